package lang_test

import (
	"fmt"
	"time"

	"polis/internal/lang"
)

func Example() {
	p := lang.For(lang.Negotiate("fr-CH, fr;q=0.9, en;q=0.8"))
	fmt.Println(p.T("core.results", "n", 3))
	fmt.Println(p.Date(time.Date(2012, time.July, 26, 0, 0, 0, 0, time.UTC)))
	fmt.Println(p.List([]string{"Vienne", "Bichkek", "Skopje"}))
	// Output:
	// 3 résultats
	// 26 juillet 2012
	// Vienne, Bichkek et Skopje
}

func ExamplePrinter_T() {
	for _, tag := range lang.All {
		fmt.Println(lang.For(tag).T("core.results", "n", 21))
	}
	// Output:
	// 21 results
	// 21 résultats
	// 21 Ergebnisse
	// 21 risultati
	// 21 результат
	// 21 resultados
}

func ExamplePrinter_PartialDate() {
	p := lang.For(lang.Spanish)
	fmt.Println(p.PartialDate("2012"))
	fmt.Println(p.PartialDate("2012-07"))
	fmt.Println(p.PartialDate("2012-07-26"))
	// Output:
	// 2012
	// julio de 2012
	// 26 de julio de 2012
}

func ExampleNegotiate() {
	fmt.Println(lang.Negotiate("de-AT, en;q=0.5"))
	fmt.Println(lang.Negotiate("uk-UA, uk;q=0.9")) // not Russian: Ukrainian is another language
	// Output:
	// de
	// en
}

func ExampleNames_In() {
	names := lang.Names{lang.English: "Vienna", lang.German: "Wien"}
	fmt.Println(names.In(lang.German), names.In(lang.Russian))
	// Output: Wien Vienna
}

package agenda

import (
	_ "embed"
	"strings"

	"polis/internal/lang"
)

// city is a place with its State and its names in the six languages.
type city struct {
	state string
	names map[lang.Tag]string
}

// cityLines are capitals of participating States and other places where meetings are
// held: the State's code and the names in English, French, German, Italian, Russian and
// Spanish; of several names of a language the first is used.
//
//go:embed city.csv
var cityLines string

var cities = readCities(cityLines)

func readCities(lines string) (list []city) {
	for line := range strings.Lines(lines) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if len(cells) != 1+len(lang.All) {
			continue
		}
		c := city{state: cells[0], names: map[lang.Tag]string{}}
		for i, t := range lang.All {
			c.names[t] = cells[i+1]
		}
		list = append(list, c)
	}
	return list
}

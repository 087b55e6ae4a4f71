package lang

import (
	"strconv"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// formKey is the one message that go-i18n holds for us: its texts are the names
// of the plural forms, so that localizing it for a count tells the form by the
// CLDR rules of the language.
const formKey = "form"

// pluralRules hold formKey in every language.
var pluralRules = sync.OnceValue(func() *i18n.Bundle {
	bundle := i18n.NewBundle(language.English)
	for _, t := range All {
		bundle.MustAddMessages(language.Make(string(t)), &i18n.Message{
			ID: formKey, One: "one", Few: "few", Many: "many", Other: "other",
		})
	}
	return bundle
})

// forms names the plural form that a count takes in one language.
type forms struct {
	rules *i18n.Localizer
	small func() []string // forms of 0, 1, 2 …, since most counts are small
}

func formsOf(t Tag) forms {
	f := forms{rules: i18n.NewLocalizer(pluralRules(), string(t))}
	f.small = sync.OnceValue(func() []string {
		all := make([]string, 200)
		for n := range all {
			all[n] = f.byRule(strconv.Itoa(n))
		}
		return all
	})
	return f
}

// of returns "one", "few", "many" or "other"; "other" for what is no number.
func (f forms) of(count any) string {
	if !isNumber(count) {
		return "other"
	}
	n := toFloat(count)
	if small := f.small(); n >= 0 && n < float64(len(small)) && n == float64(int(n)) {
		return small[int(n)]
	}
	return f.byRule(strconv.FormatFloat(n, 'f', -1, 64))
}

func (f forms) byRule(count string) string {
	form, err := f.rules.Localize(&i18n.LocalizeConfig{MessageID: formKey, PluralCount: count})
	if err != nil {
		return "other" // NaN, infinity
	}
	return form
}

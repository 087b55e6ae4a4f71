package lang_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"polis/internal/lang"
)

func TestAmountsAsTheyAreTyped(t *testing.T) {
	for _, c := range []struct {
		tag    lang.Tag
		text   string
		digits int
		want   int64
		err    error
	}{
		{"en", "1,234.50", 2, 123450, nil},
		{"de", "1.234,50", 2, 123450, nil},
		{"fr", "1 234,50", 2, 123450, nil},
		{"ru", "1\u00a0234,50", 2, 123450, nil},
		{"fr", "1\u202f234,5", 2, 123450, nil},
		{"de", "1'234.50", 2, 123450, nil},
		{"en", "1.234,50", 2, 123450, nil},
		{"de", "1,234.50", 2, 123450, nil},
		{"it", "1234567", 2, 123456700, nil},
		{"es", "1.234.567", 2, 123456700, nil},
		{"en", "1,234,567", 2, 123456700, nil},
		{"en", "12,5", 2, 1250, nil},
		{"de", "12.5", 2, 1250, nil},
		{"en", "1,234", 2, 123400, nil},
		{"de", "1.234", 2, 123400, nil},
		{"it", "1.234", 2, 123400, nil},
		{"es", "1.234", 2, 123400, nil},
		{"en", "1.234", 2, 0, lang.ErrAmbiguous},
		{"de", "1,234", 2, 0, lang.ErrAmbiguous},
		{"fr", "1.234", 2, 0, lang.ErrAmbiguous},
		{"fr", "1,234", 2, 0, lang.ErrAmbiguous},
		{"ru", "1.234", 2, 0, lang.ErrAmbiguous},
		{"en", "1,234", 3, 0, lang.ErrAmbiguous},
		{"en", "1.234", 3, 1234, nil},
		{"de", "1,234", 3, 1234, nil},
		{"en", "1,234.567", 3, 1234567, nil},
		{"ru", "1 234,567", 3, 1234567, nil},
		{"en", "1,234", 0, 1234, nil},
		{"en", "0.05", 2, 5, nil},
		{"de", "-1.234,50", 2, -123450, nil},
		{"de", "−5", 2, -500, nil},
		{"en", ".5", 2, 50, nil},
		{"en", "1.2345", 2, 0, lang.ErrDecimals},
		{"en", "0.123", 2, 0, lang.ErrDecimals},
		{"en", "1234.567", 2, 0, lang.ErrDecimals},
		{"en", "12.5", 0, 0, lang.ErrDecimals},
		{"en", "1.0823", 6, 1082300, nil},
		{"de", "1,082", 6, 1082000, nil},
		{"en", "1,082", 6, 0, lang.ErrAmbiguous},
		{"en", "", 2, 0, lang.ErrAmount},
		{"en", "ten", 2, 0, lang.ErrAmount},
		{"en", "1.", 2, 0, lang.ErrAmount},
		{"en", "12,34,567", 2, 0, lang.ErrAmount},
		{"en", "1,2345,678", 2, 0, lang.ErrAmount},
		{"en", "1 23", 2, 0, lang.ErrAmount},
		{"en", "1e9", 2, 0, lang.ErrAmount},
		{"en", "--5", 2, 0, lang.ErrAmount},
		{"en", "€ 5", 2, 0, lang.ErrAmount},
		{"en", "1,234 567.00", 2, 0, lang.ErrAmount},
		{"en", "9999999999999999", 2, 0, lang.ErrAmount},
		{"en", "99999999999999999999999999", 2, 0, lang.ErrAmount},
		{"en", "-", 2, 0, lang.ErrAmount},
		{"en", "1..5", 2, 0, lang.ErrAmount},
	} {
		got, err := lang.For(c.tag).ParseAmount(c.text, c.digits)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s %q with %d digits: %d, %v", c.tag, c.text, c.digits, got, err)
		}
	}
}

func TestAmountsAsTheyAreWritten(t *testing.T) {
	for tag, want := range map[lang.Tag]string{
		"en": "−1,234,567.05", "fr": "−1\u00a0234\u00a0567,05", "de": "−1.234.567,05", "it": "−1.234.567,05", "ru": "−1\u00a0234\u00a0567,05", "es": "−1.234.567,05",
	} {
		if got := lang.For(tag).Amount(-123456705, 2); got != want {
			t.Errorf("%s: %q", tag, got)
		}
	}
	if got := lang.PlainAmount(-5, 2) + lang.PlainAmount(1234, 0) + lang.PlainAmount(1234, 3); got != "-0.0512341.234" {
		t.Error(got)
	}
}

// A person may copy every amount that she is shown into a form.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for range 20000 {
		digits := []int{0, 2, 3}[rand.IntN(3)]
		n := rand.Int64N(1e15) >> rand.IntN(50)
		if rand.IntN(2) == 0 {
			n = -n
		}
		p := lang.For(lang.All[rand.IntN(len(lang.All))])
		text := p.Amount(n, digits)
		if got, err := p.ParseAmount(text, digits); got != n || err != nil {
			t.Fatalf("%s: %d with %d digits is written %q and read %d, %v", p.Tag(), n, digits, text, got, err)
		}
	}
}

package lang_test

import (
	"strings"
	"testing"

	"polis/internal/lang"
)

func TestTags(t *testing.T) {
	t.Run("the six languages stand in the order of their English names", func(t *testing.T) {
		var names []string
		for _, tag := range lang.All {
			names = append(names, tag.Name())
		}
		want := "English Français Deutsch Italiano Русский Español"
		if got := strings.Join(names, " "); got != want {
			t.Errorf("names are %q, want %q", got, want)
		}
	})
	t.Run("a language that POLIS does not speak is called by its tag", func(t *testing.T) {
		if got := lang.Tag("uk").Name(); got != "uk" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("only the exact tag is a tag", func(t *testing.T) {
		for _, tag := range lang.All {
			if got, ok := lang.Parse(string(tag)); !ok || got != tag {
				t.Errorf("Parse(%q) = %q, %v", tag, got, ok)
			}
		}
		for _, s := range []string{"", "uk", "EN", "fr-CH", "en ", "library", "\x00", "ру"} {
			if got, ok := lang.Parse(s); ok {
				t.Errorf("Parse(%q) = %q, want nothing", s, got)
			}
		}
	})
	t.Run("the base language of a foreign tag is read, a similar language is not", func(t *testing.T) {
		for s, want := range map[string]lang.Tag{
			"de-AT": "de", "en_GB": "en", "RUS": "ru", "deu": "de", "fre": "fr", " it ": "it", "es-419": "es",
			"uk": "", "kk-KZ": "", "hy": "", "be": "", "und-RU": "", "gsw": "", "": "", "-": "", "english": "", "\xff": "",
		} {
			if got, ok := lang.Base(s); ok != (want != "") || ok && got != want {
				t.Errorf("Base(%q) = %q, %v, want %q", s, got, ok, want)
			}
		}
	})
}

func TestNegotiation(t *testing.T) {
	for _, c := range []struct {
		sentence, header string
		want             lang.Tag
	}{
		{"no header is English", "", "en"},
		{"the base language counts", "de-AT", "de"},
		{"the highest q wins", "en;q=0.5, it;q=0.9, fr;q=0.7", "it"},
		{"the first of equals wins", "es, fr", "es"},
		{"a language that is spoken wins over one that is not", "pl, sv;q=0.9, fr-BE;q=0.3", "fr"},
		{"a Ukrainian browser gets English", "uk-UA,uk;q=0.9", "en"},
		{"a Kazakh browser gets English", "kk-KZ,kk;q=0.9", "en"},
		{"an Armenian browser gets English", "hy-AM,hy;q=0.8,en-US;q=0.5", "en"},
		{"a script or region without a language chooses nothing", "und-RU, und-Cyrl", "en"},
		{"q of 0 means: not this one", "ru;q=0, de;q=0.1", "de"},
		{"any language means English", "*", "en"},
		{"blanks and capitals are allowed", " FR-ch ; Q=0.8 , en ; q=0.2", "fr"},
		{"what cannot be read is passed over", "de;q=abc, ;;;, =, fr;q=0.4", "fr"},
		{"a q out of range is passed over", "de;q=7, fr;q=-1, it;q=NaN, es;q=0.1", "es"},
		{"an endless header is only a header", strings.Repeat("xx-,", 100_000) + "ru", "ru"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			if got := lang.Negotiate(c.header); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	names := lang.Names{"fr": "Arménie", "en": "Armenia", "ru": "Армения"}
	t.Run("the reader's language comes first", func(t *testing.T) {
		if got := names.In("ru"); got != "Армения" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("English stands in for a language without a name", func(t *testing.T) {
		if got := names.In("de"); got != "Armenia" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("without English the same other name is taken every time", func(t *testing.T) {
		for range 50 {
			if got := (lang.Names{"es": "Guía", "de": "Leitfaden", "en": ""}).In("fr"); got != "Leitfaden" {
				t.Fatalf("got %q", got)
			}
		}
	})
	t.Run("no name at all is empty", func(t *testing.T) {
		if got := lang.Names(nil).In("en"); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

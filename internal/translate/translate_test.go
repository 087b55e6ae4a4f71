package translate_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/translate"
	"polis/internal/translate/translatetest"
)

var ctx = context.Background()

func TestATextLeavesOnlyWhereBothAllowIt(t *testing.T) {
	d := translatetest.Serve(t)
	for _, highest := range []access.Level{access.Public, access.Member, access.Official, access.Closed} {
		s := d.Service(t, highest)
		for level := access.Public; level <= access.Closed; level++ {
			for _, group := range []bool{false, true} {
				_, err := s.Admit(level, group, "de", "en", []string{"geheim"})
				if allowed := group && level <= highest; (err == nil) != allowed || !allowed && !errors.Is(err, translate.ErrForbidden) {
					t.Errorf("%v at %v, the group says %v: %v", level, highest, group, err)
				}
			}
		}
	}
	var none *translate.Service
	if _, err := none.Admit(access.Public, true, "de", "en", []string{"x"}); !errors.Is(err, translate.ErrForbidden) {
		t.Error("no service takes something:", err)
	}
	if _, err := (translate.Cargo{}).Translate(ctx); !errors.Is(err, translate.ErrForbidden) {
		t.Error("what nobody admitted goes out:", err)
	}
	if d.Times() != 0 {
		t.Error("it was given something:", d.Given())
	}
}

func ask(s *translate.Service, texts ...string) ([]string, error) {
	c, err := s.Admit(access.Public, true, "de", "en", texts)
	if err != nil {
		return nil, err
	}
	return c.Translate(ctx)
}

func TestTexts(t *testing.T) {
	d := translatetest.Serve(t)
	s := d.Service(t, access.Public)
	t.Run("come back in their order", func(t *testing.T) {
		got, err := ask(s, "eins", "zwei")
		if err != nil || strings.Join(got, "|") != "EN eins|EN zwei" {
			t.Error(got, err)
		}
	})
	t.Run("go between languages alone that the service speaks", func(t *testing.T) {
		if !s.Offers("de", "ru") || s.Offers("ru", "de") || s.Offers("de", "de") || s.Offers("de", "fr") {
			t.Error("it offers something else")
		}
		if _, err := s.Admit(access.Public, true, "de", "fr", []string{"x"}); !errors.Is(err, translate.ErrPair) {
			t.Error(err)
		}
	})
	t.Run("that are too long or none do not go", func(t *testing.T) {
		for want, texts := range map[error][]string{translate.ErrNothing: nil, translate.ErrTooLong: {strings.Repeat("x", translate.MaxBytes+1)}} {
			if _, err := s.Admit(access.Public, true, "de", "en", texts); !errors.Is(err, want) {
				t.Error(want, err)
			}
		}
	})
}

func TestAServiceThatMisbehavesCostsNoMoreThanPatience(t *testing.T) {
	for name, do := range map[string]func(http.ResponseWriter, *http.Request, []string){
		"it is slow": func(_ http.ResponseWriter, r *http.Request, _ []string) {
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
		},
		"it breaks":       func(w http.ResponseWriter, _ *http.Request, _ []string) { http.Error(w, "geheim", 500) },
		"it wants no key": func(w http.ResponseWriter, _ *http.Request, _ []string) { w.WriteHeader(http.StatusForbidden) },
		"it answers HTML": func(w http.ResponseWriter, _ *http.Request, _ []string) { fmt.Fprint(w, "<html>geheim") },
		"it answers half": func(w http.ResponseWriter, _ *http.Request, q []string) { translatetest.Answer(w, q[1:]) },
		"it answers nothing": func(w http.ResponseWriter, _ *http.Request, q []string) {
			translatetest.Answer(w, make([]string, len(q)))
		},
		"it answers far too much": func(w http.ResponseWriter, _ *http.Request, q []string) {
			translatetest.Answer(w, []string{q[0], strings.Repeat("geheim ", 500)})
		},
		"it floods": func(w http.ResponseWriter, _ *http.Request, q []string) {
			translatetest.Answer(w, []string{q[0], strings.Repeat("x", 3<<20)})
		},
		"it leads elsewhere": func(w http.ResponseWriter, r *http.Request, _ []string) {
			http.Redirect(w, r, "/translate", http.StatusTemporaryRedirect)
		},
		"it cuts its answer off": func(w http.ResponseWriter, _ *http.Request, _ []string) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"translatedText": ["ge`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := translatetest.Serve(t)
			d.Do(func(w http.ResponseWriter, r *http.Request, q []string) bool { do(w, r, q); return true })
			s := d.Service(t, access.Public)
			began := time.Now()
			_, err := ask(s, "geheim", "geheim")
			if !errors.Is(err, translate.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
				t.Error(err)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Error("it took", took)
			}
			if _, err := ask(s, "x"); !errors.Is(err, translate.ErrUnavailable) || d.Times() > 1 {
				t.Error("it was asked again at once:", d.Times(), err)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "libre.example", "ftp://libre.example", "https://", "https://key@libre.example", "https://libre.example?key=1"} {
		if _, err := translate.New(translate.Options{Address: bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if s, err := translate.New(translate.Options{Address: "https://libre.example/"}); err != nil || s.Name != "libre.example" || s.Address != "https://libre.example" {
		t.Error(s, err)
	}
}

func TestMarkdownStaysWhatItIs(t *testing.T) {
	in := "# Ein Titel\n\nErste Zeile\nzweite Zeile mit `code` und @{anna}.\n\n- eins\n  - zwei [hier](https://a.example/x?y=1)\n> ein Zitat\n> geht weiter\n\n```\nnicht anfassen\n```\n| Kopf | Fuß |\n|---|---|\n| a | b |\n\n1. erstens\n\nFrag x.y@z.example, 42!\n***\n"
	m := translate.Split(in)
	if got := m.With(m.Texts()); got != strings.ReplaceAll(strings.ReplaceAll(in, "Zeile\nzweite", "Zeile zweite"), "Zitat\n> geht", "Zitat geht") {
		t.Errorf("put together again:\n%s", got)
	}
	all := strings.Join(m.Texts(), "\n")
	for _, no := range []string{"code", "anna", "a.example", "anfassen", "z.example", "#", "|", "- "} {
		if strings.Contains(all, no) {
			t.Errorf("%q is given to the machine: %s", no, all)
		}
	}
	var said []string
	for _, text := range m.Texts() {
		said = append(said, strings.ToUpper(text))
	}
	want := "# EIN TITEL\n\nERSTE ZEILE ZWEITE ZEILE MIT `code` UND @{anna}.\n\n- EINS\n  - ZWEI [HIER](https://a.example/x?y=1)\n> EIN ZITAT GEHT WEITER\n\n```\nnicht anfassen\n```\n| KOPF | FUSS |\n|---|---|\n| A | B |\n\n1. ERSTENS\n\nFRAG x.y@z.example, 42!\n***\n"
	if got := strings.ReplaceAll(m.With(said), "FUß", "FUSS"); got != want {
		t.Errorf("\n%s", got)
	}
	t.Run("and no answer makes more of it", func(t *testing.T) {
		m := translate.Split("Ein Satz.\n\nNoch einer.")
		if got := m.With([]string{"# big\n\n- x", "@{bela} ```"}); got != "\\# big - x\n\n@ {bela} ```" {
			t.Errorf("%q", got)
		}
	})
}

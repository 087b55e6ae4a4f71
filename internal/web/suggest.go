package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"unicode/utf8"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/thesaurus"
)

// SuggestAnswer is what the search box shows while somebody types.
type SuggestAnswer struct {
	Label  string       `json:"label"`  // of the list
	Status string       `json:"status"` // how many there are, for who cannot see them
	List   []Suggestion `json:"list"`
}

// Suggestion is one line of it.
type Suggestion struct {
	Text string   `json:"text"`
	Lang lang.Tag `json:"lang,omitempty"` // of the text, where it is not the page's
	Note string   `json:"note"`           // what it is, in words
	URL  string   `json:"url"`
}

// Limits of a suggestion: what is typed, in characters, and how many are shown of
// all and of concepts.
const (
	suggestFrom    = 2
	suggestTo      = 100
	suggestShown   = 8
	conceptsShown  = 4
	suggestMore    = 4    // times as many are looked at for who has said which languages she reads
	maxSuggestions = 4000 // answers kept
)

func (h *House) openSuggest() {
	h.site.Handle("GET /suggest", h.site.cheap(h.suggest))
}

// suggest answers what continues ?q=, within what the reader may see. For readers
// whom nobody knows the answers are kept while nothing changes.
func (h *House) suggest(w http.ResponseWriter, r *http.Request) error {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(r.URL.Query().Get("q"), "")), " ")
	if utf8.RuneCountInString(text) > suggestTo {
		text = ""
	}
	head := w.Header()
	head.Set("Content-Type", "application/json; charset=utf-8")
	head.Set("Cache-Control", "private, no-store")
	key, now := string(LangOf(r))+text, h.generation()
	known := bringsIdentity(r) || now < 0
	if body := h.suggested.get(now, key); body != nil && !known {
		_, err := w.Write(body)
		return err
	}
	answer, err := h.suggestions(r, text)
	if err != nil {
		return err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	if !known {
		h.suggested.put(now, key, body)
	}
	_, err = w.Write(body)
	return err
}

// suggestions are concepts first, which lead furthest, then what documents are
// called.
func (h *House) suggestions(r *http.Request, text string) (SuggestAnswer, error) {
	f := h.site.Frame(r)
	a := SuggestAnswer{Label: f.T("box.suggest"), List: []Suggestion{}}
	if utf8.RuneCountInString(text) >= suggestFrom {
		tongues, more := h.tongues(r), 1
		if tongues != nil { // those in a language that she reads may stand further back
			more = suggestMore
		}
		concepts, err := h.labels.Begin(r.Context(), h.DB, text, f.Lang, conceptsShown*more)
		if err != nil {
			return a, err
		}
		names, err := h.Library.Suggest(r.Context(), h.Index, scope(r), text, f.Lang, suggestShown*more)
		if err != nil {
			return a, err
		}
		concepts = inFront(concepts, tongues, func(c thesaurus.Found) lang.Tag { return c.Lang })
		names = inFront(names, tongues, func(s search.Suggestion) lang.Tag { return s.Lang })
		for _, c := range concepts[:min(len(concepts), max(conceptsShown, suggestShown-len(names)))] {
			a.List = append(a.List, f.suggestedConcept(c))
		}
		for _, n := range names[:min(len(names), suggestShown-len(a.List))] {
			a.List = append(a.List, f.suggestedName(n))
		}
	}
	a.Status = f.T("box.suggest.count", "n", len(a.List))
	return a, nil
}

// suggestedConcept leads to what is found under the concept's label; one in
// another language says what it is in the reader's.
func (f *Frame) suggestedConcept(c thesaurus.Found) Suggestion {
	s := Suggestion{Text: c.Text, Lang: f.other(c.Lang), Note: f.T("box.suggest.concept"), URL: f.search(c.Text)}
	if c.Name != c.Text && c.Name != "" {
		s.Note = c.Name + " · " + s.Note
	}
	return s
}

func (f *Frame) suggestedName(n search.Suggestion) Suggestion {
	s := Suggestion{Text: n.Text, Lang: f.other(n.Lang), Note: f.T("box.suggest." + string(n.Kind)), URL: f.URL(library.Path(n.Document, n.Lang))}
	if n.Kind == search.KeywordKind {
		s.URL = f.search(n.Text)
	}
	return s
}

// other is the language where it is not the page's, else "".
func (f *Frame) other(t lang.Tag) lang.Tag {
	if t == f.Lang {
		return ""
	}
	return t
}

// suggested keeps answers for readers whom nobody knows, true at one generation.
type suggested struct {
	mu      sync.Mutex
	at      int64
	answers map[string][]byte
}

func (s *suggested) get(now int64, key string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now != s.at {
		return nil
	}
	return s.answers[key]
}

func (s *suggested) put(now int64, key string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now != s.at || len(s.answers) >= maxSuggestions || s.answers == nil {
		s.at, s.answers = now, map[string][]byte{}
	}
	s.answers[key] = body
}

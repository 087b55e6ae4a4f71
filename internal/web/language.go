package web

import (
	"net/http"
	"net/url"
	"strings"

	"polis/internal/lang"
)

// speak takes the language off the address (/fr/library → /library in French).
// Without one the reader's browser decides, by exact base language.
func (s *Site) speak(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		tag, rest, ok := splitLanguage(r.URL.Path)
		if !ok {
			v.lang, v.path = lang.Negotiate(r.Header.Get("Accept-Language")), r.URL.Path
			w.Header().Add("Vary", "Accept-Language")
			next.ServeHTTP(w, r)
			return
		}
		v.lang, v.path, v.prefixed = tag, rest, true
		inner := *r
		inner.URL = stripped(r.URL, rest)
		next.ServeHTTP(w, &inner)
	})
}

// splitLanguage divides "/fr/library" into French and "/library".
func splitLanguage(path string) (tag lang.Tag, rest string, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if tag, ok = lang.Parse(first); !ok {
		return "", path, false
	}
	return tag, "/" + rest, true
}

func stripped(u *url.URL, path string) *url.URL {
	inner := *u
	inner.Path = path
	if u.RawPath != "" {
		_, inner.RawPath, _ = splitLanguage(u.RawPath)
	}
	return &inner
}

// LanguageLink leads to the present page in one of the six languages.
type LanguageLink struct {
	Tag     lang.Tag
	Name    string // in itself
	URL     string
	Current bool
}

func (f *Frame) languages() []LanguageLink {
	query := ""
	if f.request.URL.RawQuery != "" && f.request.Method != http.MethodPost {
		query = "?" + f.request.URL.RawQuery
	}
	links := make([]LanguageLink, len(lang.All))
	for i, tag := range lang.All {
		links[i] = LanguageLink{tag, tag.Name(), "/" + string(tag) + f.visit.path + query, tag == f.Lang}
	}
	return links
}

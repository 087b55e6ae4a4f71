package library

import (
	"cmp"
	"net/url"
	"strconv"

	"polis/internal/lang"
	"polis/internal/search"
)

// PartSize is how many passages one page of a long text shows.
const PartSize = 60

// LangPath names a language version in an address.
func LangPath(t lang.Tag) string { return cmp.Or(string(t), search.OtherLang) }

// Path is the address of a language version, without host and language prefix.
func Path(document string, t lang.Tag) string { return "/library/" + document + "/" + LangPath(t) }

// PassagePath leads to a passage, counted from 0, of a language version; -1
// leads to the top. asked is the question whose words the page marks, or "".
func PassagePath(document string, t lang.Tag, passage int, asked string) string {
	path, q := Path(document, t), url.Values{}
	if asked != "" {
		q.Set("q", asked)
	}
	if part := passage / PartSize; part > 0 {
		q.Set("part", strconv.Itoa(part+1))
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	if passage >= 0 {
		path += "#p" + strconv.Itoa(passage+1)
	}
	return path
}

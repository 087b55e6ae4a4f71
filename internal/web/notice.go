package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Notice says what has just happened, after a redirect.
type Notice struct{ Text string }

// notices are the messages that an address may name. A link from outside can
// at worst make one of them appear.
var notices = map[string]bool{}

// newNotice registers a message that Redirect may give. It may use {n}.
func newNotice(key string) string {
	notices[key] = true
	return key
}

// Redirect sends the reader on with 303 after a form was accepted. notice is
// "" or a registered message, n its number. It travels in the address and not in
// a cookie, because a reader who is not signed in gets none.
func (f *Frame) Redirect(w http.ResponseWriter, path, notice string, n int) error {
	target := f.URL(path)
	if notice != "" {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		before, anchor, found := strings.Cut(target, "#")
		target = before + mark + url.Values{"notice": {notice}, "n": {strconv.Itoa(n)}}.Encode()
		if found {
			target += "#" + anchor
		}
	}
	http.Redirect(w, f.request, target, http.StatusSeeOther)
	return nil
}

// notice reads what a redirect left in the address.
func (f *Frame) notice(q url.Values) *Notice {
	key := q.Get("notice")
	if !notices[key] {
		return nil
	}
	n, _ := strconv.Atoi(q.Get("n")) // 0 where it is no number
	return &Notice{f.T(key, "n", n)}
}

package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/library"
)

func TestTheLibrarianSeesWhatWasNotFound(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.shelve(library.Draft{}, "Telephones", "Evidence is kept.")
		v := h.visitor()
		for range 3 {
			v.get("/en/search?q=bodycams")
		}
		v.get("/en/search?q=seldom")
		for range 3 { // narrowed, mistyped or found: nothing is missing
			v.get("/en/search?q=xqzwv&theme=drugs")
			v.get("/en/search?q=telefones")
			v.get("/en/search?q=telephones")
		}
		once := h.signedIn("one@example.org", access.MemberRole)
		for range 3 {
			once.get("/en/search?q=persistent")
		}
		desk := h.signedIn("desk@example.org", access.DeskOfficer)
		page := desk.get("/en/library/misses")
		if page.status != http.StatusOK || !strings.Contains(page.body, `<a href="/en/search?q=bodycams" lang="en">bodycams</a>`) {
			t.Errorf("the page answers %d without what was asked thrice", page.status)
		}
		for _, word := range []string{"seldom", "xqzwv", "telefones", ">telephones<"} {
			if strings.Contains(page.body, word) {
				t.Errorf("%q is counted", word)
			}
		}
		if got := desk.get("/en/thesaurus"); !got.says("bodycams") {
			t.Error("the thesaurus does not tell what people look for and do not find")
		}
		for who, got := range map[string]seen{"nobody": v.get("/en/library/misses"), "a member": once.get("/en/library/misses")} {
			if got.status == http.StatusOK || got.says("bodycams") {
				t.Errorf("%s gets %d", who, got.status)
			}
		}
	})
}

func TestOneAskerIsCountedOnceADay(t *testing.T) {
	var m missing
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if m.again("a", "en", "drones", day) || !m.again("a", "en", "drones", day) {
		t.Error("the second time is not known")
	}
	if m.again("b", "en", "drones", day) || m.again("a", "ru", "drones", day) || m.again("a", "en", "other", day) {
		t.Error("another asker, language or question is taken for the same")
	}
	if m.again("a", "en", "drones", day.AddDate(0, 0, 1)) {
		t.Error("the next day is not another")
	}
	for range 2 {
		if m.again("", "en", "drones", day) {
			t.Error("whom nobody can tell apart are taken for one")
		}
	}
	for i := range 2 * maxMissing {
		m.again(fmt.Sprint(i), "en", "drones", day)
	}
	if len(m.sums) > maxMissing {
		t.Errorf("it remembers %d", len(m.sums))
	}
}

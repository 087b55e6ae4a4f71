package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestServed(t *testing.T) {
	var heard []string
	site := New(Options{Log: quiet, Served: func(route string, status int, took time.Duration) {
		if took <= 0 {
			t.Errorf("%s took %v", route, took)
		}
		heard = append(heard, fmt.Sprint(route, " ", status))
	}})
	site.Handle("GET /boom/{id}", func(http.ResponseWriter, *http.Request) error { panic("boom") })
	for _, path := range []string{"/en/help", "/en/boom/7", "/en/nowhere"} {
		site.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	t.Run("who counts hears of every answer by its route, errors and panics too", func(t *testing.T) {
		want := []string{"GET /help 200", "GET /boom/{id} 500", " 404"}
		if !slices.Equal(heard, want) {
			t.Errorf("heard %q, not %q", heard, want)
		}
	})
}

func TestReservedIdentifiers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		for _, id := range directory.Reserved {
			t.Run("an entry that would hide behind a page is refused with a sentence: "+id, func(t *testing.T) {
				form := openForm(t, h, "desk", "/de/directory/new?kind=organisation")
				form.Set("id", id)
				form.Set("long_en.0", "New")
				says(t, send(h, "desk", "/de/directory/new", form), 422, lang.For("de").T("directory.error.reserved"))
			})
		}
	})
	t.Run("every page beside the entries is reserved", func(t *testing.T) {
		files, err := filepath.Glob("*.go")
		if err != nil {
			t.Fatal(err)
		}
		route, found := regexp.MustCompile(`"[A-Z]+ /directory/([^/{"]+)"`), 0
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range route.FindAllStringSubmatch(string(source), -1) {
				if found++; !slices.Contains(directory.Reserved, m[1]) {
					t.Errorf("%s opens %s, which an entry may take", file, m[0])
				}
			}
		}
		if found < 4 {
			t.Errorf("only %d such addresses were found", found)
		}
	})
}

// TestRefusalsAreLogged: what was refused says to whom, by which rule and about what.
func TestRefusalsAreLogged(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		var lines storetest.Log
		h.site.log = slog.New(slog.NewTextHandler(&lines, nil))
		_, owner := h.as("owner@polis.example", access.Expert, "")
		hidden := h.document(h.now(owner), library.Draft{Level: access.Closed}, textIn("en", "Draft"))
		member, person := h.as("member@polis.example", access.MemberRole, "")
		member.get("/en/library/" + hidden)
		member.get("/en/admin")
		member.post("/en/account/security/password", "present", "wrong", "password", "short")
		h.visitor().get("/en/nowhere")
		member.get("/en/themes")
		want := []string{
			"status=404 .* who=" + person + " .*object=" + hidden,
			"status=403 .* who=" + person + " rule=role",
			`"POST /account/security/password" status=422 .* who=` + person,
		}
		time.Sleep(50 * time.Millisecond) // a line is written after its answer
		text := lines.String()
		for _, line := range want {
			if !regexp.MustCompile("(?m)^.*level=WARN msg=request .*" + line).MatchString(text) {
				t.Errorf("no %s in\n%s", line, text)
			}
		}
		if n := strings.Count(text, "level=WARN"); n != len(want) {
			t.Errorf("%d warnings in\n%s", n, text)
		}
	})
}

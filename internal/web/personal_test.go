package web

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var en = lang.For("en")

func TestOwnData(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("owner@polis.example", access.Expert)
		v.arrive("guide.md", guide)
		t.Run("one click gives a file with everything", func(t *testing.T) {
			if page := v.get("/de/account/data"); page.status != 200 || !page.says(lang.For("de").T("personal.data.button")) {
				t.Fatal(page.status)
			}
			got := v.post("/en/account/data")
			z, err := zip.NewReader(bytes.NewReader([]byte(got.body)), int64(len(got.body)))
			if err != nil {
				t.Fatalf("%d %v", got.status, err)
			}
			var all strings.Builder
			for _, f := range z.File {
				r, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				all.WriteString(f.Name + "\n" + string(text))
			}
			for _, want := range []string{"owner@polis.example", "guide.md", "First contact in the district", en.T(actWords + "account.person.created"), `"sessions"`} {
				if !strings.Contains(all.String(), want) {
					t.Errorf("no %q", want)
				}
			}
		})
		t.Run("who is not signed in gets none", func(t *testing.T) {
			if got := h.visitor().post("/en/account/data"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			if got := h.visitor().get("/en/account/data"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
		})
		t.Run("her name is corrected, and what cannot be is said at its field", func(t *testing.T) {
			if got := v.post("/en/account/details", "name", "", "for", "Nowhere"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("account.error.name")) && !got.says("Nowhere") {
				t.Errorf("%d", got.status)
			}
			if got := v.post("/en/account/details", "name", "Aigul Correct", "for", ""); got.status != http.StatusSeeOther {
				t.Errorf("%d %s", got.status, got.body)
			}
			if page := v.get("/en/account"); !page.says("Aigul Correct") {
				t.Error("the name is the old one")
			}
		})
	})
}

func TestDeletingOneself(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.signedIn("keeper@polis.example", access.Administrator)
		v := h.signedIn("leaver@polis.example", access.Expert)
		v.arrive("guide.md", guide)
		page := v.get("/en/account/delete")
		for _, words := range []string{en.T("personal.erase.final"), en.T("personal.erase.backups"), en.T("access.role.expert"), en.T("personal.erase.arrived")} {
			if page.status != 200 || !page.says(words) {
				t.Errorf("%d: before it happens the page does not say %q", page.status, words)
			}
		}
		if got := v.post("/en/account/delete"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/en/?") && !strings.HasPrefix(got.location, "/en?") {
			t.Fatalf("%d %s", got.status, got.location)
		}
		t.Run("she is signed in nowhere, and cannot come in again", func(t *testing.T) {
			if got := v.get("/en/account"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if got := h.visitor().post("/en/sign-in", "email", "leaver@polis.example", "password", testPassword); got.status == http.StatusSeeOther {
				t.Error("she came in again")
			}
		})
		t.Run("nobody is found under her name", func(t *testing.T) {
			if _, err := account.ByEmail(context.Background(), h.DB, "leaver@polis.example"); err == nil {
				t.Error("her account is there")
			}
		})
	})
}

func TestDeletingOthers(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		other := h.person("other@polis.example", access.Expert, "")
		admin := h.signedIn("first@polis.example", access.Administrator)
		path := "/en/people/" + other + "/delete"
		t.Run("only an administrator may, and the refusal names the rule", func(t *testing.T) {
			desk := h.signedIn("desk@polis.example", access.DeskOfficer)
			for _, got := range []seen{desk.get(path), desk.post(path)} {
				if got.status != http.StatusForbidden || !got.says(en.T("access.rule.role")) {
					t.Error(got.status)
				}
			}
		})
		t.Run("the last administrator is told that she cannot go", func(t *testing.T) {
			if page := admin.get("/en/account/delete"); page.status != 200 || !page.says(en.T("personal.erase.last")) {
				t.Error(page.status)
			}
			if got := admin.post("/en/account/delete"); got.status != http.StatusConflict {
				t.Error(got.status)
			}
		})
		t.Run("she deletes somebody who asked for it, whose drafts she hears of by number alone", func(t *testing.T) {
			_, err := h.Library.Create(context.Background(), access.Act(other, access.Expert, "", ""), library.Draft{Level: access.Closed}, library.Text{Lang: "en", Title: "A draft of hers", Sum: "d"})
			if err != nil {
				t.Fatal(err)
			}
			page := admin.get(path)
			if page.status != 200 || !page.says(en.T("personal.erase.other.lead")) || !page.says(en.T("personal.erase.unseen", "n", 1)) || page.says("A draft of hers") {
				t.Fatal(page.status)
			}
			if got := admin.post(path); got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if p, err := account.Load(context.Background(), h.DB, other); err != nil || !p.Erased {
				t.Error(p.Erased, err)
			}
			if got := admin.get(path); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
		t.Run("nobody is there who never was", func(t *testing.T) {
			if got := admin.get("/en/people/nobody/delete"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
	})
}

func TestAWithdrawnDocument(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		ctx := context.Background()
		id, err := h.Library.Create(ctx, access.System("test"), library.Draft{Level: access.Public}, library.Text{Lang: "en", Title: "Outdated checklist", Sum: "s"})
		if err != nil {
			t.Fatal(err)
		}
		desk := h.signedIn("desk2@polis.example", access.DeskOfficer)
		page := desk.get("/en/library/" + id + "/withdraw")
		if page.status != 200 || !page.says("Outdated checklist") {
			t.Fatal(page.status)
		}
		path := "/en/library/" + id + "/withdraw?rev=1"
		t.Run("not by who may not change it", func(t *testing.T) {
			v := h.signedIn("reader@polis.example", access.MemberRole)
			if got := v.post(path, "reason", "x"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
		})
		t.Run("not without a reason, not in an old revision", func(t *testing.T) {
			if got := desk.post(path, "reason", " "); got.status != http.StatusUnprocessableEntity {
				t.Error(got.status)
			}
			if got := desk.post("/en/library/"+id+"/withdraw?rev=7", "reason", "old"); got.status != http.StatusConflict {
				t.Error(got.status)
			}
		})
		t.Run("then its address says so, in each language, and it is found no more", func(t *testing.T) {
			if got := desk.post(path, "reason", "It is out of date."); got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
			for _, at := range []string{"/ru/library/" + id, "/ru/library/" + id + "/en"} {
				if got := h.visitor().get(at); got.status != http.StatusGone || !got.says(lang.For("ru").T("personal.withdrawn")) {
					t.Errorf("%s: %d", at, got.status)
				}
			}
			if _, err := h.Library.Get(ctx, store.Everything("test"), id); err == nil {
				t.Error("it is there")
			}
			events, err := store.History(ctx, h.DB, store.Everything("test"), id, 10)
			if err != nil || len(events) != 2 || events[0].Act != "library.document.withdrawn" {
				t.Errorf("%+v %v", events, err)
			}
		})
	})
}

// TestNoLogLineNamesAPerson follows somebody through what is logged most, and
// through her end.
func TestNoLogLineNamesAPerson(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		var lines storetest.Log
		h.site.log = slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
		h.signedIn("boss@polis.example", access.Administrator)
		v := h.signedIn("quellenbach@polis.example", access.Expert)
		v.arrive("quellenbach.md", guide)
		v.get("/en/search?q=quellenbach")
		v.get("/en/people?q=quellenbach@polis.example")
		h.visitor().post("/en/sign-in", "email", "quellenbach@polis.example", "password", "wrong")
		v.post("/en/account/data")
		v.post("/en/account/delete")
		v.get("/en/account")
		time.Sleep(50 * time.Millisecond) // a line is written after its answer
		if text := lines.String(); !strings.Contains(text, "/account/delete") || strings.Contains(strings.ToLower(text), "quellenbach") {
			t.Errorf("%s", text)
		}
	})
}

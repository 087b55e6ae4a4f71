package web

import (
	"encoding/csv"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

func TestTheLogIsSearched(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		admin, adminID := h.as("admin@polis.example", access.Administrator, "")
		asel, aselID := h.as("asel@polis.example", access.FocalPoint, "KG")
		h.person("bolot@polis.example", access.FocalPoint, "KG")
		doc := h.document(access.Subject{ID: aselID, Trust: access.Official, Grants: []access.Grant{{Role: access.Expert}}},
			library.Draft{Level: access.Official}, textIn("en", "Standing order"))
		asel.get("/en/library/" + doc)
		is := func(act string) string { return en.T(actWords + act) }
		search := func(pairs ...string) seen {
			q := url.Values{}
			for i := 0; i+1 < len(pairs); i += 2 {
				q.Set(pairs[i], pairs[i+1])
			}
			got := admin.get("/en/admin/log?" + q.Encode())
			if got.status != 200 {
				t.Fatalf("%v: %d", pairs, got.status)
			}
			_, list, _ := strings.Cut(got.body, `<dl class="points">`) // without the form, which names every act
			got.body, _, _ = strings.Cut(list, "</dl>")
			return got
		}
		holds := func(t *testing.T, got seen, has, hasNot string) {
			t.Helper()
			if !got.says(has) || hasNot != "" && got.says(hasNot) {
				t.Errorf("has %q: %v, has %q: %v\n%s", has, got.says(has), hasNot, got.says(hasNot), got.body)
			}
		}
		t.Run("by person: address, part of the name, or id", func(t *testing.T) {
			for _, who := range []string{"asel@polis.example", "ASEL", aselID} {
				holds(t, search("who", who), is("library.document.read"), is("directory.seeded"))
			}
		})
		t.Run("a name that several have leads to each of them", func(t *testing.T) {
			got := admin.get("/en/admin/log?who=polis.example")
			if !got.says(en.T("log.who.many")) || !strings.Contains(got.body, "who="+aselID) || got.says(is("library.document.read")+" ·") {
				t.Error(got.body)
			}
			if got := admin.get("/en/admin/log?who=zzzz"); !got.says(en.T("log.who.none")) {
				t.Error("nobody fits, and it does not say so")
			}
		})
		t.Run("by record: id, or the address of its page", func(t *testing.T) {
			for _, of := range []string{doc, "/library/" + doc, "https://polis.example/ru/library/" + doc + "/en?q=x#p3"} {
				holds(t, search("of", of), is("library.document.created"), is("account.signed-in"))
				holds(t, search("of", of), "Standing order", "")
			}
			holds(t, search("of", "asel@polis.example"), is("account.role.granted"), is("library.document.created"))
		})
		t.Run("by what was done, and by time", func(t *testing.T) {
			holds(t, search("act", "account.signed-in"), is("account.signed-in"), is("library.document.created"))
			today, tomorrow := time.Now().Format(time.DateOnly), time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
			holds(t, search("from", today, "to", today, "of", doc), is("library.document.created"), "")
			if got := admin.get("/en/admin/log?from=" + tomorrow); !got.says(en.T("log.none")) {
				t.Error("events of tomorrow")
			}
			holds(t, search("from", "no day", "to", "31.12.", "of", doc), is("library.document.created"), "")
		})
		t.Run("page after page, none twice and none left out", func(t *testing.T) {
			for i := range 2*logAPage + 7 {
				note := store.Event{Act: "test.counted", Object: "counted", Data: i}
				if err := store.Note(everywhere, h.DB, access.System("test"), note, 0); err != nil {
					t.Fatal(err)
				}
			}
			seen, at := map[string]bool{}, "/en/admin/log?of=counted&act=test.counted"
			for pages := 0; at != "" && pages < 9; pages++ {
				got := admin.get(at)
				for _, part := range strings.Split(got.body, "№ ")[1:] {
					number, _, _ := strings.Cut(part, "<")
					if seen[number] {
						t.Errorf("%s is shown twice", number)
					}
					seen[number] = true
				}
				at = ""
				if before, _, ok := strings.Cut(got.body, `" rel="next">`); ok {
					at = strings.ReplaceAll(before[strings.LastIndex(before, `href="`)+6:], "&amp;", "&")
				}
			}
			if len(seen) != 2*logAPage+7 {
				t.Errorf("%d of %d events", len(seen), 2*logAPage+7)
			}
		})
		t.Run("to look is an event, which the person finds in her own log", func(t *testing.T) {
			events, err := store.Log(everywhere, h.DB, store.Everything("test"), store.LogFilter{Who: adminID, Object: aselID, Act: "log.searched", Limit: 9})
			if err != nil || len(events) != 2 || !events[0].Quiet { // as the one who did, and as the one to whom it was done
				t.Errorf("%+v, %v", events, err)
			}
			own := asel.get("/en/account/log")
			holds(t, own, is("log.searched"), is("directory.seeded"))
			holds(t, own, is("library.document.read"), "")
			holds(t, own, is("account.role.granted"), "bolot")
			holds(t, own, "Standing order", "")
		})
		t.Run("only those who keep the installation may", func(t *testing.T) {
			desk, _ := h.as("desk@polis.example", access.DeskOfficer, "")
			for _, path := range []string{"/en/admin/log", "/en/admin/log/csv", "/en/admin/log/checkpoint"} {
				for name, v := range map[string]visitor{"focal point": asel, "desk": desk} {
					if got := v.get(path); got.status != http.StatusForbidden {
						t.Errorf("%s, %s: %d", path, name, got.status)
					}
				}
				if got := h.visitor().get(path); got.status != http.StatusSeeOther {
					t.Errorf("%s, nobody: %d", path, got.status)
				}
			}
			if got := h.visitor().get("/en/account/log"); got.status != http.StatusSeeOther {
				t.Errorf("nobody's own log: %d", got.status)
			}
		})
		t.Run("who was blocked stays in it under her name", func(t *testing.T) {
			if err := account.Block(everywhere, h.DB, access.System("test"), aselID, true); err != nil {
				t.Fatal(err)
			}
			holds(t, search("who", "asel@polis.example"), "Test asel@polis.example", "")
		})
	})
}

func TestTheLogAsASheet(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin, adminID := h.as("admin@polis.example", access.Administrator, "")
		h.document(access.System("=1+1"), library.Draft{Level: access.Official}, textIn("en", "Standing order"))
		rows := func(path string) [][]string {
			got := admin.get(path)
			if got.status == http.StatusSeeOther { // the proof
				admin.post("/en/prove", "next", path, "proof-given", "", "proof-password", testPassword)
				got = admin.get(path)
			}
			list, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
			if err != nil || got.status != 200 {
				t.Fatalf("%d %v %s", got.status, err, got.body)
			}
			return list
		}
		all := rows("/en/admin/log/csv")
		if int64(len(all))-1 != h.DB.Seq() || strings.Join(all[0], " ") != strings.Join(logColumns, " ") {
			t.Errorf("%d rows of %d events, head %v", len(all)-1, h.DB.Seq(), all[0])
		}
		one := rows("/en/admin/log/csv?act=library.document.created")
		if len(one) != 2 || one[1][4] != "library.document.created" || one[1][7] != "Standing order" || len(one[1][14]) != 64 {
			t.Errorf("%q", one)
		}
		if strings.Contains(strings.Join(one[1], "|"), "|=") {
			t.Error("a cell begins like a formula")
		}
		exported, err := store.Log(everywhere, h.DB, store.Everything("test"), store.LogFilter{Who: adminID, Act: "log.exported", Limit: 9})
		if err != nil || len(exported) != 2 {
			t.Errorf("%d exports are noted, %v", len(exported), err)
		}
		if got := admin.get("/en/admin/log/csv?who=nobody-at-all"); got.status != http.StatusNotFound {
			t.Errorf("a person who is not: %d", got.status)
		}
	})
}

func TestACheckpointIsGivenOut(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin, _ := h.as("admin@polis.example", access.Administrator, "")
		got := admin.get("/en/admin/log/checkpoint")
		p, err := store.ReadCheckpoint(strings.NewReader(got.body))
		if err != nil || p.Check(h.Keys.PublicText()) != nil || p.Seq != h.DB.Seq() {
			t.Fatalf("%d %s, %v", got.status, got.body, err)
		}
		if _, faults, err := store.Verify(everywhere, h.DB, p); err != nil || len(faults) > 0 {
			t.Error(faults, err)
		}
		if page := admin.get("/en/admin/log"); !strings.Contains(html.UnescapeString(page.body), p.Key) {
			t.Error("the page does not name the key")
		}
		t.Run("a log that was cut off is not signed, and the page says so", func(t *testing.T) {
			_, err := store.Write(everywhere, h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(everywhere, "UPDATE chain SET seq = seq - 2, hash = (SELECT hash FROM event e WHERE e.seq = chain.seq - 2)")
				if err != nil || h.DB.Engine() == "postgres" {
					return store.Event{}, store.ErrUnchanged // there the application may not remove events
				}
				_, err = tx.Exec(everywhere, "DELETE FROM event WHERE seq > (SELECT seq FROM chain)")
				return store.Event{Act: "test.cut"}, err
			})
			if err != nil || h.DB.Engine() == "postgres" {
				t.Skip("the application cannot do it", err)
			}
			got := admin.get("/en/admin/log/checkpoint")
			if got.status != http.StatusConflict || !strings.Contains(got.body, "rewritten") && !strings.Contains(got.body, "rolled back") {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	})
}

package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// shelved puts a document with a file and two languages into the library.
func (h inhabited) shelved(level access.Level, group string) (id string, versions map[lang.Tag]string) {
	h.t.Helper()
	var texts []library.Text
	for _, t := range []lang.Tag{"en", "ru"} {
		content := level.String() + group + string(t)
		sum, size, err := h.Library.Files.Put(everywhere, strings.NewReader(content), 1000)
		if err != nil {
			h.t.Fatal(err)
		}
		texts = append(texts, library.Text{
			Lang: t, Title: "Order " + content, Sum: string(sum), File: "order.txt", Media: "text/plain", Bytes: size,
			Passages: []extract.Passage{{Kind: extract.Paragraph, Text: "Officers meet."}, {Kind: extract.Paragraph, Text: "They write it down."}},
		})
	}
	id = h.document(access.System("test"), library.Draft{Level: level, Group: group}, texts...)
	rec, err := h.Library.Get(everywhere, store.Everything("test"), id)
	if err != nil {
		h.t.Fatal(err)
	}
	versions = map[lang.Tag]string{}
	for _, e := range rec.Editions {
		versions[e.Lang] = e.Version.ID
	}
	return id, versions
}

// reads are the events of reading that the log has of a document, oldest first:
// "file en", "document ru".
func (h inhabited) reads(person, document string, versions map[lang.Tag]string) string {
	h.t.Helper()
	events, err := store.Log(everywhere, h.DB, store.Everything("test"), store.LogFilter{Who: person, Object: document, Limit: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	var list []string
	for _, e := range events {
		for t, v := range versions {
			if what, ok := strings.CutSuffix(strings.TrimPrefix(e.Act, "library."), ".read"); ok && data(e)["version"] == v {
				if !e.Quiet || e.Label != (access.Label{Level: access.Closed, Owner: person}) {
					h.t.Errorf("%+v is not quiet, or not hers alone", e)
				}
				list = append([]string{what + " " + string(t)}, list...)
			}
		}
	}
	return strings.Join(list, ", ")
}

func TestWhoReadsWhatIsOfficialOrClosedIsNoted(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v, id := h.as("asel@polis.example", access.FocalPoint, "KG")
		if err := account.OpenGroup(everywhere, h.DB, access.System("test"), account.GroupDraft{ID: "servers", Name: "Servers", Kind: account.GroupClosed}); err != nil {
			t.Fatal(err)
		}
		if err := account.Admit(everywhere, h.DB, access.System("test"), "servers", id); err != nil {
			t.Fatal(err)
		}
		get := func(path string, status int) {
			t.Helper()
			if got := v.get(path); got.status != status {
				t.Fatalf("%s: %d %s", path, got.status, got.body)
			}
		}
		for _, c := range []struct {
			level access.Level
			group string
			noted bool
		}{{access.Public, "", false}, {access.Member, "", false}, {access.Official, "", true}, {access.Closed, "servers", true}} {
			t.Run(c.level.String(), func(t *testing.T) {
				faces := []struct{ name, path, want string }{
					{"the reading page", "/en/library/ID/en", "document en"},
					{"another language beside it", "/en/library/ID/en?beside=ru", "document en, document ru"},
					{"the words inside it", "/en/library/ID/en?inside=1&q=officers", "document en"},
					{"the address without a language", "/ru/library/ID", "document ru"},
					{"a citation", "/en/library/ID/en/cite?p=1", "document en"},
					{"a download", "/files/EN", "file en"},
					{"the file in the browser", "/en/files/EN?view=1", "file en"},
					{"a download by a program", "/api/v1/files/EN", "file en"},
				}
				for _, face := range faces {
					t.Run(face.name, func(t *testing.T) {
						doc, versions := h.shelved(c.level, c.group)
						path := strings.NewReplacer("ID", doc, "EN", versions["en"]).Replace(face.path)
						get(path, http.StatusOK)
						want := face.want
						if !c.noted {
							want = ""
						}
						if got := h.reads(id, doc, versions); got != want {
							t.Errorf("the log has %q, not %q", got, want)
						}
					})
				}
			})
		}
		doc, versions := h.shelved(access.Official, "")
		file := "/files/" + versions["en"]
		t.Run("turning the pages of a text is one reading, each download is one", func(t *testing.T) {
			for range 3 {
				get("/en/library/"+doc+"/en", 200)
				get("/fr/library/"+doc+"/en", 200)
			}
			get(file, 200)
			get(file, 200)
			if got := h.reads(id, doc, versions); got != "document en, file en, file en" {
				t.Errorf("the log has %q", got)
			}
		})
		t.Run("the pieces of one download are one, and a look at its head is none", func(t *testing.T) {
			doc, versions := h.shelved(access.Official, "")
			file := "/files/" + versions["en"]
			v.do(v.request("HEAD", file, "", nil))
			if got := h.reads(id, doc, versions); got != "" {
				t.Errorf("a look at the head: %q", got)
			}
			for _, part := range []string{"bytes=0-3", "bytes=4-7", "bytes=8-"} {
				r := v.request("GET", file, "", nil)
				r.Header.Set("Range", part)
				if got := v.do(r); got.status != http.StatusPartialContent {
					t.Fatal(got.status)
				}
			}
			if got := h.reads(id, doc, versions); got != "file en" {
				t.Errorf("the log has %q", got)
			}
		})
		t.Run("kept pages stay where they are", func(t *testing.T) {
			before := h.DB.Content()
			get(file, 200)
			if h.DB.Content() != before {
				t.Error("a download empties the shelf")
			}
		})
		t.Run("what she may not read is not sent and not noted", func(t *testing.T) {
			other, otherVersions := h.shelved(access.Closed, "others")
			get("/en/library/"+other+"/en", 404)
			get("/files/"+otherVersions["en"], 404)
			if got := h.reads(id, other, otherVersions); got != "" {
				t.Errorf("the log has %q", got)
			}
		})
		t.Run("what cannot be noted is not sent", func(t *testing.T) {
			forbidNotes(t, h.DB)
			open, openVersions := h.shelved(access.Member, "")
			get("/en/library/"+open+"/en", 200)
			get("/files/"+openVersions["en"], 200)
			for _, path := range []string{file, file + "?view=1", "/api/v1" + file, "/en/library/" + doc + "/ru", "/en/library/" + doc + "/ru/cite?p=1"} {
				got := v.get(path)
				if got.status != http.StatusInternalServerError || strings.Contains(got.body, "Officers meet") || strings.Contains(got.body, "officialen") {
					t.Errorf("%s: %d %s", path, got.status, got.body)
				}
			}
		})
	})
}

// forbidNotes makes the database refuse what is written when somebody reads.
func forbidNotes(t *testing.T, db *store.DB) {
	t.Helper()
	_, err := store.Write(everywhere, db, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		statement := "ALTER TABLE event ADD CONSTRAINT no_notes CHECK (act NOT LIKE 'library.%.read') NOT VALID"
		if db.Engine() == "sqlite" {
			statement = "CREATE TRIGGER no_notes BEFORE INSERT ON event WHEN NEW.act LIKE 'library.%.read' BEGIN SELECT RAISE(ABORT, 'no'); END"
		}
		_, err := tx.Exec(everywhere, statement)
		return store.Event{Act: "test.forbidden"}, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

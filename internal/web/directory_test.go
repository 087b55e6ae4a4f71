package web

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// colleagues are the people of these tests. One signs in by her name in the
// Authorization header.
var colleagues = map[string]access.Subject{
	"desk":   access.Act("p-desk", access.DeskOfficer, "", ""),
	"focal":  access.Act("p-focal", access.FocalPoint, "KG", ""),
	"member": access.Act("p-member", access.MemberRole, "", ""),
	"admin":  access.Act("p-admin", access.Administrator, "", ""),
}

// referenceHouse has the directory as it is delivered, an empty library, and
// the pages of themes, Framework and directory.
func referenceHouse(t testing.TB, db *store.DB) *House {
	t.Helper()
	if err := directory.Seed(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	index, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	h := &House{DB: db, Library: &library.Library{DB: db, Files: files}, Index: index}
	h.site = New(Options{Log: quiet, Reader: func(r *http.Request) (Reader, error) {
		name := r.Header.Get("Authorization")
		return Reader{Subject: colleagues[name], Name: name}, nil
	}})
	h.openThemes()
	h.openFramework()
	h.openDirectory()
	return h
}

// shelve puts a document into the library and the index.
func shelve(t testing.TB, h *House, d library.Draft, titles lang.Names) string {
	t.Helper()
	var texts []library.Text
	for _, tag := range lang.All {
		if titles[tag] != "" {
			texts = append(texts, library.Text{Lang: tag, Title: titles[tag], Sum: titles[tag], Passages: []extract.Passage{{Kind: extract.Paragraph, Text: titles[tag]}}})
		}
	}
	id, err := h.Library.Create(t.Context(), access.System("test"), d, texts...)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Library.CatchUp(t.Context(), h.Index, nil); err != nil {
		t.Fatal(err)
	}
	return id
}

// visitAs opens a page as one of the colleagues, or as nobody.
func visitAs(h *House, who, path string) *httptest.ResponseRecorder {
	if who == "" {
		return ask(h.site, "GET", path)
	}
	return ask(h.site, "GET", path, "Authorization", who)
}

// send posts a form as one of the colleagues.
func send(h *House, who, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", who)
	w := httptest.NewRecorder()
	h.site.ServeHTTP(w, r)
	return w
}

// pageWords is the text of a page as a reader sees it.
func pageWords(w *httptest.ResponseRecorder) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(w.Body.String(), "")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

func says(t *testing.T, w *httptest.ResponseRecorder, status int, wanted ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d: %.300s", w.Code, status, pageWords(w))
	}
	if len(wanted) == 0 {
		return
	}
	text := pageWords(w)
	for _, words := range wanted {
		if !strings.Contains(text, strings.Join(strings.Fields(words), " ")) {
			t.Errorf("the page does not say %q", words)
		}
	}
}

func silentOn(t *testing.T, w *httptest.ResponseRecorder, unwanted ...string) {
	t.Helper()
	for _, words := range unwanted {
		if strings.Contains(pageWords(w), words) {
			t.Errorf("the page says %q", words)
		}
	}
}

// sound holds that a page is whole in its language, links to other hosts aside.
func sound(t *testing.T, w *httptest.ResponseRecorder, tag lang.Tag) {
	t.Helper()
	for _, fault := range faultsOf(w, tag) {
		if !strings.Contains(fault, "names another host: https://www.osce.org") {
			t.Error(fault)
		}
	}
}

// hostile are addresses that nobody means well with.
var hostile = []string{"%00", "..%2f..%2fetc", "%3Cscript%3E", "a%0d%0ab", "%ff%fe", "KG%27--", strings.Repeat("a", 4000), "{id}", "1049%2F14"}

func TestDirectoryLists(t *testing.T) {
	h := referenceHouse(t, storetest.SQLite(t))
	shelve(t, h, library.Draft{Origin: "KG"}, lang.Names{"en": "An open guide"})
	shelve(t, h, library.Draft{Origin: "KG", Level: access.Official}, lang.Names{"en": "An inner note"})

	t.Run("every list is whole in six languages", func(t *testing.T) {
		for _, path := range []string{"/states", "/structures", "/organisations", "/directory/KG", "/directory/programme-office-bishkek"} {
			for _, tag := range lang.All {
				w := visitAs(h, "", "/"+string(tag)+path)
				says(t, w, 200)
				sound(t, w, tag)
			}
		}
	})
	t.Run("57 participating States and 11 Partners stand there, sorted as the reader's language sorts", func(t *testing.T) {
		says(t, visitAs(h, "", "/en/states"), 200, "68 entries", "Participating States", "Partners for Co-operation")
		text := pageWords(visitAs(h, "", "/de/states"))
		if strings.Index(text, "Österreich") > strings.Index(text, "Portugal") {
			t.Error("Österreich stands after Portugal")
		}
	})
	t.Run("the filter finds a name in any language, and says what to try where nothing is found", func(t *testing.T) {
		w := visitAs(h, "", "/en/states?q=%D0%BA%D0%B8%D1%80%D0%B3%D0%B8%D0%B7") // киргиз is not how it names itself
		says(t, w, 200, "Nothing in the directory matches")
		says(t, visitAs(h, "", "/en/states?q=%D0%BA%D1%8B%D1%80%D0%B3%D1%8B%D0%B7"), 200, "1 entry", "Kyrgyzstan")
	})
	t.Run("a date shows names as they were, and what had not closed then", func(t *testing.T) {
		w := visitAs(h, "", "/en/structures?on=2012&q=bishkek")
		says(t, w, 200, "OSCE Centre in Bishkek")
		silentOn(t, w, "Programme Office", "Closed field operations")
	})
	t.Run("a date that is none is named, and the list is shown all the same", func(t *testing.T) {
		says(t, visitAs(h, "", "/en/structures?on=yesterday"), 200, lang.For("en").T("directory.error.date"), "OSCE Secretariat")
	})
	t.Run("closed field operations stand under their heading with their years", func(t *testing.T) {
		text := pageWords(visitAs(h, "", "/en/structures"))
		head := strings.LastIndex(text, "Closed field operations")
		if at := strings.Index(text, "OSCE Office in Zagreb"); head < 0 || at < head || !strings.Contains(text[at:at+60], "2008–2012") {
			t.Error("the Office in Zagreb does not stand there with its years")
		}
	})
	t.Run("a list counts the documents that its reader may see", func(t *testing.T) {
		says(t, visitAs(h, "", "/en/states?q=kyrgyz"), 200, "Kyrgyzstan 1 document")
		says(t, visitAs(h, "desk", "/en/states?q=kyrgyz"), 200, "Kyrgyzstan 2 documents")
	})
	t.Run("the CSV is exactly what the directory exports", func(t *testing.T) { sheetIsTheExport(t, h) })
}

func sheetIsTheExport(t *testing.T, h *House) {
	for path, filter := range map[string]directory.Filter{
		"/en/directory.csv":            {Lang: "en"},
		"/ru/states.csv?q=kyrgyz":      {Lang: "ru", Text: "kyrgyz", Kinds: directoryRooms[0].kinds},
		"/en/structures.csv?on=2012":   {Lang: "en", On: "2012", Kinds: directoryRooms[1].kinds},
		"/en/organisations.csv?on=bad": {Lang: "en", Kinds: directoryRooms[2].kinds},
	} {
		var want strings.Builder
		if err := directory.ExportCSV(t.Context(), h.DB, access.Scope{}, filter, &want); err != nil {
			t.Fatal(err)
		}
		if w := visitAs(h, "", path); w.Code != 200 || w.Body.String() != want.String() || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%s: %d, %d bytes, want %d", path, w.Code, w.Body.Len(), want.Len())
		}
	}
}

func TestDirectoryEntry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		shelve(t, h, library.Draft{Origin: "programme-office-bishkek", Dated: "2012", Kind: "guide"}, lang.Names{"en": "An open guide", "ru": "Открытое пособие"})
		shelve(t, h, library.Draft{Origin: "programme-office-bishkek", Level: access.Official}, lang.Names{"en": "An inner note"})
		decision := shelve(t, h, library.Draft{Symbol: "PC.DEC/245"}, lang.Names{"en": "Establishment"})

		t.Run("an entry shows its names over time, its host, its mandate and the documents from it", func(t *testing.T) {
			w := visitAs(h, "", "/en/directory/programme-office-bishkek")
			says(t, w, 200, "from 2017", "1998 – 2017", "OSCE Centre in Bishkek", "Офис программ ОБСЕ в Бишкеке", "Kyrgyzstan",
				"PC.DEC/245", "An open guide", "All: 1 document")
			silentOn(t, w, "An inner note", "Edit")
			if !strings.Contains(w.Body.String(), `href="/en/library/`+decision+`"`) {
				t.Error("the mandate does not lead to the decision")
			}
		})
		t.Run("on a date it bears the name of that time", func(t *testing.T) {
			says(t, visitAs(h, "", "/en/directory/programme-office-bishkek?on=2012"), 200, "OSCE Centre in Bishkek – POLIS", "Today: OSCE Programme Office in Bishkek")
		})
		t.Run("a State shows the field operations in it", func(t *testing.T) {
			says(t, visitAs(h, "", "/en/directory/KG"), 200, "OSCE Programme Office in Bishkek", "KGZ")
		})
		t.Run("the note that belongs to a name stands wherever the name does", func(t *testing.T) {
			for _, path := range []string{"/en/structures?q=kosovo", "/en/directory/mission-kosovo"} {
				says(t, visitAs(h, "", path), 200, "Resolution 1244")
			}
		})
		t.Run("what does not exist is not found, however it is asked for", func(t *testing.T) {
			for _, id := range append(hostile, "XX", "no-such-office") {
				for _, path := range []string{"/en/directory/" + id, "/en/directory/" + id + "/edit"} {
					if w := visitAs(h, "desk", path); w.Code != 404 {
						t.Errorf("%.60s: %d", path, w.Code)
					}
				}
			}
		})
	})
}

// openForm reads the fields of the form as a browser would send them back.
func openForm(t *testing.T, h *House, who, path string) url.Values {
	t.Helper()
	w := visitAs(h, who, path)
	if w.Code != 200 {
		t.Fatalf("%s: %d %s", path, w.Code, pageWords(w))
	}
	return typedIn(w)
}

var (
	inputTag  = regexp.MustCompile(`<input [^>]*>`)
	selectTag = regexp.MustCompile(`(?s)<select [^>]*name="([^"]+)".*?</select>`)
	chosenTag = regexp.MustCompile(`value="([^"]*)" selected`)
	attribute = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

func typedIn(w *httptest.ResponseRecorder) url.Values {
	body, form := w.Body.String(), url.Values{}
	_, body, _ = strings.Cut(body, "<main")
	for _, tag := range inputTag.FindAllString(body, -1) {
		at := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
			at[a[1]] = html.UnescapeString(a[2])
		}
		if at["type"] != "checkbox" && at["type"] != "file" {
			form.Set(at["name"], at["value"])
		}
	}
	for _, s := range selectTag.FindAllStringSubmatch(body, -1) {
		form.Set(s[1], "")
		if chosen := chosenTag.FindStringSubmatch(s[0]); chosen != nil {
			form.Set(s[1], html.UnescapeString(chosen[1]))
		}
	}
	return form
}

// stored reads an entry as it stands in the directory.
func stored(t *testing.T, db *store.DB) func(id string) directory.Entry {
	return func(id string) directory.Entry {
		e, err := directory.Get(context.Background(), db, access.Scope{}, id)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func TestDirectoryForm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		now := stored(t, db)

		t.Run("who may not is told why, who is not signed in is asked to", func(t *testing.T) {
			for _, path := range []string{"/en/directory/KG/edit", "/en/directory/new", "/en/directory/import"} {
				says(t, visitAs(h, "member", path), 403, "The strategic police unit keeps the directory", lang.For("en").T("access.rule.role"))
				if w := visitAs(h, "", path); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/en/sign-in?next=") {
					t.Errorf("%s: %d to %q", path, w.Code, w.Header().Get("Location"))
				}
				says(t, send(h, "member", path, url.Values{}), 403)
			}
		})
		t.Run("a focal point keeps her own State and no other", func(t *testing.T) {
			says(t, visitAs(h, "focal", "/en/directory/KZ/edit"), 403)
			says(t, visitAs(h, "focal", "/en/directory/new"), 403)
			form := openForm(t, h, "focal", "/en/directory/KG/edit")
			if form.Has("sub_region") || !form.Has("website") {
				t.Errorf("she is offered %v", form)
			}
			form.Set("website", "https://example.org/kg")
			form.Set("sub_region", "north-america") // as a hand-made form would
			w := send(h, "focal", "/en/directory/KG/edit", form)
			if e := now("KG"); w.Code != 303 || e.Website != "https://example.org/kg" || e.SubRegion != "central-asia" {
				t.Errorf("%d, %+v", w.Code, e)
			}
		})
	})
}

func TestDirectoryFormSaves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		now := stored(t, db)

		t.Run("the form sent back unchanged changes nothing", func(t *testing.T) {
			before := now("programme-office-bishkek")
			form := openForm(t, h, "desk", "/en/directory/programme-office-bishkek/edit")
			w := send(h, "desk", "/en/directory/programme-office-bishkek/edit", form)
			if e := now("programme-office-bishkek"); w.Code != 303 || e.Rev != before.Rev {
				t.Errorf("%d, revision %d after %d", w.Code, e.Rev, before.Rev)
			}
		})
		t.Run("an entry gets a new name and keeps the old one", func(t *testing.T) {
			path := "/en/directory/mission-skopje/edit"
			form := openForm(t, h, "desk", path)
			form.Set("add", "1")
			w := send(h, "desk", path, form)
			says(t, w, 200)
			sound(t, w, "en")
			form = typedIn(w)
			form.Set("name_from.0", "2026")
			form.Set("long_en.0", "OSCE Presence in Skopje")
			form.Set("name_to.1", "2025")
			if w := send(h, "desk", path, form); w.Code != 303 {
				t.Fatalf("%d %s", w.Code, pageWords(w))
			}
			if e := now("mission-skopje"); len(e.Names) != 4 || e.NameOn("", "en") != "OSCE Presence in Skopje" || e.NameOn("2024", "en") != "OSCE Mission to Skopje" {
				t.Errorf("%+v", e.Names)
			}
		})
		t.Run("what is wrong is said field by field, and what was typed is still there", func(t *testing.T) {
			form := openForm(t, h, "desk", "/en/directory/new?kind=organisation")
			form.Set("website", "javascript:alert(1)")
			form.Set("valid_from", "soon")
			form.Set("long_fr.0", "Un “nom” <b>français</b>")
			w := send(h, "desk", "/en/directory/new", form)
			en := lang.For("en")
			says(t, w, 422, en.T("directory.error.website"), en.T("directory.error.date"), en.T("directory.error.english"))
			sound(t, w, "en")
			again := typedIn(w)
			for _, name := range []string{"website", "valid_from", "long_fr.0", "kind"} {
				if again.Get(name) != form.Get(name) {
					t.Errorf("%s was %q and is %q", name, form.Get(name), again.Get(name))
				}
			}
		})
		t.Run("a new entry gets its identifier from its English name", func(t *testing.T) {
			form := openForm(t, h, "desk", "/en/directory/new?kind=organisation")
			form.Set("long_en.0", "Demonstration Police Academy")
			w := send(h, "desk", "/en/directory/new", form)
			if to := w.Header().Get("Location"); !strings.HasPrefix(to, "/en/directory/demonstration-police-academy?") {
				t.Errorf("%d to %q", w.Code, to)
			}
			says(t, send(h, "desk", "/en/directory/new", form), 422, lang.For("en").T("directory.error.id-taken"))
		})
	})
}

func TestDirectoryFormAgainstOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		now := stored(t, db)

		t.Run("two who change different fields both keep their change", func(t *testing.T) {
			path := "/en/directory/odihr/edit"
			mine, theirs := openForm(t, h, "desk", path), openForm(t, h, "admin", path)
			theirs.Set("website", "https://example.org/theirs")
			if w := send(h, "admin", path, theirs); w.Code != 303 {
				t.Fatal(w.Code)
			}
			mine.Set("mandate", "MINE/1")
			w := send(h, "desk", path, mine)
			says(t, w, 409, "Somebody else changed this entry", "https://example.org/theirs")
			sound(t, w, "en")
			if e := now("odihr"); e.Mandate == "MINE/1" {
				t.Error("it was stored before she saw the difference")
			}
			if w := send(h, "desk", path, typedIn(w)); w.Code != 303 {
				t.Fatalf("%d %s", w.Code, pageWords(w))
			}
			if e := now("odihr"); e.Website != "https://example.org/theirs" || e.Mandate != "MINE/1" {
				t.Errorf("%q, %q", e.Website, e.Mandate)
			}
		})
		t.Run("where two change the same field, hers stays in the form and theirs beside it", func(t *testing.T) {
			path := "/en/directory/hcnm/edit"
			mine, theirs := openForm(t, h, "desk", path), openForm(t, h, "admin", path)
			theirs.Set("long_en.0", "Their name")
			send(h, "admin", path, theirs)
			mine.Set("long_en.0", "My name")
			w := send(h, "desk", path, mine)
			says(t, w, 409, "Somebody else has stored “Their name” here")
			if got := typedIn(w).Get("long_en.0"); got != "My name" || now("hcnm").NameOn("", "en") != "Their name" {
				t.Errorf("the form has %q, the store %q", got, now("hcnm").NameOn("", "en"))
			}
		})
		t.Run("a form that is not ours is refused and changes nothing", func(t *testing.T) {
			good := openForm(t, h, "desk", "/en/directory/rfom/edit")
			var base directory.Entry
			if err := json.Unmarshal([]byte(good.Get("base")), &base); err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"", "{", "[]", "null", `{"ID":"KG","Rev":1}`, strings.Repeat("[", 100_000)} {
				form := url.Values{"base": {bad}, "names": {"999999999"}, "website": {"https://example.org"}}
				if w := send(h, "desk", "/en/directory/rfom/edit", form); w.Code != 400 {
					t.Errorf("base %.20q: %d", bad, w.Code)
				}
			}
			if e := now("rfom"); e.Rev != base.Rev {
				t.Error("it was stored")
			}
		})
	})
}

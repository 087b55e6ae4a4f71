package web

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// changesTwo is a file that changes two entries.
const changesTwo = "id,website\nKZ,https://example.org/kz\nKG,https://example.org/kg\n"

// sendFile posts a file, as the first step of the import does.
func sendFile(t *testing.T, h *House, who, content string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	var body strings.Builder
	body.WriteString("--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"directory.csv\"\r\nContent-Type: text/csv\r\n\r\n" + content + "\r\n")
	if content == "" {
		body.Reset()
	}
	for i := 0; i+1 < len(fields); i += 2 {
		body.WriteString("--cut\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n" + fields[i+1] + "\r\n")
	}
	body.WriteString("--cut--\r\n")
	r := httptest.NewRequest("POST", "/en/directory/import", strings.NewReader(body.String()))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=cut")
	r.Header.Set("Authorization", who)
	w := httptest.NewRecorder()
	h.site.ServeHTTP(w, r)
	return w
}

func TestDirectoryImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		website := func(id string) string { return stored(t, db)(id).Website }

		t.Run("the first step shows every difference and stores nothing", func(t *testing.T) {
			w := sendFile(t, h, "desk", changesTwo)
			says(t, w, 200, "2 changed entries", "Kazakhstan (KZ)", "https://example.org/kz", "Store these changes")
			sound(t, w, "en")
			if website("KZ") != "" {
				t.Error("it was stored")
			}
		})
		t.Run("the second step stores what was shown, without the file being sent again", func(t *testing.T) {
			form := typedIn(sendFile(t, h, "desk", changesTwo))
			w := sendFile(t, h, "desk", "", "held", form.Get("held"), "plan", form.Get("plan"))
			if w.Code != 303 || website("KZ") != "https://example.org/kz" || website("KG") != "https://example.org/kg" {
				t.Errorf("%d, %q %q", w.Code, website("KZ"), website("KG"))
			}
			says(t, visitAs(h, "desk", w.Header().Get("Location")), 200, "The changes to 2 entries are stored.")
			says(t, sendFile(t, h, "desk", changesTwo), 200, "Nothing needs to be stored")
		})
		t.Run("where the directory has moved meanwhile, the new differences are shown instead", func(t *testing.T) {
			form := typedIn(sendFile(t, h, "desk", "id,website\nTJ,https://example.org/tj\n"))
			edit := openForm(t, h, "admin", "/en/directory/TJ/edit")
			edit.Set("website", "https://example.org/other")
			send(h, "admin", "/en/directory/TJ/edit", edit)
			w := sendFile(t, h, "desk", "", "held", form.Get("held"), "plan", form.Get("plan"))
			says(t, w, 409, "The directory has changed since", "https://example.org/other")
			if website("TJ") != "https://example.org/other" {
				t.Error("it was overwritten")
			}
		})
	})
}

func TestDirectoryImportFaults(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)

		t.Run("all faults stand there at once, by line and column, and nothing can be stored", func(t *testing.T) {
			w := sendFile(t, h, "desk", "id,website,sub_region\nKG,gopher://x,\nno-such,,nowhere\n")
			en := lang.For("en")
			says(t, w, 422, "gopher://x", en.T("directory.error.website"), en.T("directory.error.sub-region"), en.T("directory.error.kind"))
			sound(t, w, "en")
			silentOn(t, w, "Store these changes")
		})
		t.Run("a focal point imports her own State's lines, and is told of the others", func(t *testing.T) {
			says(t, sendFile(t, h, "focal", "id,website\nKG,https://example.org/mine\n"), 200, "1 changed entry")
			says(t, sendFile(t, h, "focal", "id,website\nUZ,https://example.org/uz\n"), 422, lang.For("en").T("directory.error.not-yours"))
			says(t, sendFile(t, h, "member", changesTwo), 403)
		})
		t.Run("no file, a broken one, or a second step that is not ours", func(t *testing.T) {
			says(t, sendFile(t, h, "desk", ""), 422, "Choose the file first.")
			says(t, send(h, "desk", "/en/directory/import", url.Values{"held": {"x"}}), 422, "Choose the file first.")
			says(t, sendFile(t, h, "desk", "\x00\xff\xfe\x00PK\x03\x04"), 422)
			for _, held := range []string{"%%%", "aGVsbG8=", "H4sIAAAAAAAA"} {
				says(t, sendFile(t, h, "desk", "", "held", held, "plan", "x"), 400, "Open the form again")
			}
			form := typedIn(sendFile(t, h, "desk", "id,website\nUZ,https://example.org/uz\n"))
			says(t, sendFile(t, h, "desk", "", "held", form.Get("held"), "plan", "made-up"), 409)
			if stored(t, db)("UZ").Website != "" {
				t.Error("it was stored")
			}
		})
		t.Run("a file that unpacks without end is read no further than a sheet may reach", func(t *testing.T) {
			bomb, err := pack(slices.Repeat([]byte{'a'}, 64<<20))
			if err != nil {
				t.Fatal(err)
			}
			says(t, sendFile(t, h, "desk", "", "held", bomb, "plan", "x"), 422, lang.For("en").T("directory.error.too-large"))
		})
		t.Run("a form larger than any sheet is refused", func(t *testing.T) {
			if w := sendFile(t, h, "desk", strings.Repeat("a", importLimit+1)); w.Code != 413 {
				t.Errorf("%d", w.Code)
			}
		})
	})
}

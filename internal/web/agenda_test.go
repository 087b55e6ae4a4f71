package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/agenda"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// sendAgenda sends files for an activity of a project: name, content, name, content …
func (v visitor) sendAgenda(path string, files ...string) seen {
	v.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(files); i += 2 {
		if files[i] == "keep" {
			if err := form.WriteField("keep", files[i+1]); err != nil {
				v.h.t.Fatal(err)
			}
			continue
		}
		w, err := form.CreateFormFile("file", files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			v.h.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		v.h.t.Fatal(err)
	}
	return v.do(v.request("POST", path+"/activities/agenda", form.FormDataContentType(), &body))
}

// sampleAgenda is the agenda of a seminar in ten days.
func sampleAgenda() string {
	when := time.Now().UTC().AddDate(0, 0, 10)
	return "ПОВЕСТКА ДНЯ\n\nСеминар по цифровым доказательствам <2>\n\nБишкек, " + lang.For("ru").Date(when) + "\n\nДата проведения: " + lang.For("ru").Date(when) + "\n\n" +
		"Открытие семинара и приветственное слово организаторов. Представление участников и программы, затем обсуждение порядка работы с цифровыми доказательствами в суде.\n"
}

func TestAgendaPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		path, _ := o.active(t, "cybercrime")
		path = strings.TrimPrefix(path, "/en")
		t.Run("the project's activities lead to the form, and only those who write it may send", func(t *testing.T) {
			if got := o.officer.get("/de" + path + "/activities"); !strings.Contains(got.body, path+"/activities/agenda") || !got.says(lang.For("de").T("agenda.link")) {
				t.Error(got.body)
			}
			for name, v := range map[string]visitor{"a focal point": o.focal, "an officer of another structure": o.stranger} {
				if got := v.get("/en" + path + "/activities/agenda"); got.status != http.StatusForbidden {
					t.Errorf("%s: %d", name, got.status)
				}
				if got := v.sendAgenda("/en"+path, "agenda.txt", sampleAgenda()); got.status != http.StatusForbidden {
					t.Errorf("%s sends: %d", name, got.status)
				}
			}
			if got := o.focal.get("/en/assistance/agendas"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
		})
		t.Run("it fills in the form in each language, marked with its place, and saves nothing", func(t *testing.T) { o.agendaFillsIn(t, path) })
		t.Run("what is wrong is kept marked, and what she saves becomes the activity", func(t *testing.T) { o.agendaBecomes(t, path) })
		t.Run("bad files are told in words, and nothing waits", func(t *testing.T) { o.badAgendas(t, path) })
		t.Run("a day that can be read in two ways is offered as both", func(t *testing.T) { o.agendaEither(t, path) })
		t.Run("what came by letter waits on her desk until she chooses the project", func(t *testing.T) { o.agendaByLetter(t, path) })
	})
}

func (o planned) agendaFillsIn(t *testing.T, path string) {
	for _, tag := range lang.All {
		words := lang.For(tag)
		if got := o.officer.get("/" + string(tag) + path + "/activities/agenda"); got.status != http.StatusOK || strings.Contains(got.body, "⟦") {
			t.Errorf("%s: %d", tag, got.status)
		}
		sent := o.officer.sendAgenda("/"+string(tag)+path, "agenda.txt", sampleAgenda(), "bad.docx", "PK\x03\x04")
		if sent.status != http.StatusSeeOther {
			t.Fatal(sent.status, sent.body)
		}
		page := o.officer.get(sent.location)
		for _, want := range []string{
			`value="Семинар по цифровым доказательствам &lt;2&gt;"`, `value="` + dayFromNow(10) + `"`, `value="Бишкек"`, `id="title-proposed"`, `id="starts-proposed"`, `aria-describedby="title-proposed"`, `<blockquote lang="ru">`,
			words.T("agenda.sure.likely"), words.T("agenda.fault", "file", "bad.docx", "reason", words.T("extract.reason.broken")),
		} {
			if !page.says(want) && !strings.Contains(page.body, want) {
				t.Errorf("%s: without %s", tag, want)
			}
		}
		if page.status != http.StatusOK || strings.Contains(page.body, "⟦") {
			t.Errorf("%s: %d %s", tag, page.status, page.body)
		}
		if waiting := o.officer.get("/" + string(tag) + "/assistance/agendas"); !waiting.says("Семинар") {
			t.Errorf("%s: it does not wait", tag)
		}
		_, id, _ := strings.Cut(sent.location, "agenda=")
		if got := o.desk.get("/en/assistance/agendas/" + id); got.status != http.StatusNotFound {
			t.Errorf("another reads it: %d", got.status)
		}
		if got := o.desk.get(sent.location); strings.Contains(got.body, "Семинар по цифровым") {
			t.Error("another's form is filled in with it")
		}
		if got := o.officer.post("/" + string(tag) + "/assistance/agendas/" + id + "/drop"); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
		if got := o.officer.get(sent.location); got.status != http.StatusOK || strings.Contains(got.body, "-proposed") {
			t.Errorf("what is gone still proposes: %d", got.status)
		}
	}
	if n, _ := o.helps().CountActivities(everywhere, access.System("test").Scope(), assistance.ActivityFilter{}, 9); n > 0 {
		t.Error("something is saved")
	}
}

func (o planned) agendaBecomes(t *testing.T, path string) {
	sent := o.officer.sendAgenda("/en"+path, "agenda.txt", sampleAgenda())
	_, id, _ := strings.Cut(sent.location, "agenda=")
	fields := []string{"agenda", id, "kind", "workshop", "lang", "ru", "title", "Семинар", "starts", dayFromNow(10), "ends", dayFromNow(10), "place", "Бишкек", "hosts", "KG cybercrime"}
	if got := o.officer.post("/en"+path+"/activities", fields...); got.status != http.StatusOK && got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="title-proposed"`) || !strings.Contains(got.body, `name="agenda" value="`+id) {
		t.Errorf("without an organiser: %d", got.status)
	}
	got := o.officer.post("/en"+path+"/activities", append(fields, "organisers", "spmu")...)
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.officer.get(got.location); !page.says("Семинар") || !page.says("Бишкек") {
		t.Error(page.body)
	}
	if got := o.officer.get("/en/assistance/agendas/" + id); got.status != http.StatusNotFound {
		t.Errorf("it still waits: %d", got.status)
	}
}

func (o planned) badAgendas(t *testing.T, path string) {
	words := lang.For("fr")
	var news strings.Builder
	for i := range 40 {
		news.WriteString(lang.For("fr").Date(time.Now().AddDate(0, 0, 9*i)) + "\n\n")
	}
	for name, of := range map[string]struct{ file, content, key string }{
		"no file":                   {"keep", "1", "agenda.error.file"},
		"an empty file":             {"agenda.txt", "", "extract.reason.empty"},
		"a broken file":             {"agenda.docx", "PK\x03\x04", "extract.reason.broken"},
		"a file of another kind":    {"agenda.pdf", "<html><body>Ordre du jour</body></html>", "extract.reason.mislabelled"},
		"words that say nothing":    {"agenda.txt", "Notes\n\nMerci\n", "agenda.error.nothing"},
		"a letter that is none":     {"x.eml", "\x00\x01", "extract.reason.broken"},
		"a newsletter":              {"news.txt", news.String(), "agenda.error.many"},
		"more than a form may have": {"agenda.txt", strings.Repeat("x", largestAgendas+1), "agenda.error.large"},
	} {
		got := o.officer.sendAgenda("/fr"+path, of.file, of.content)
		if got.status != http.StatusUnprocessableEntity || !got.says(words.T(of.key, "size", words.Size(largestAgendas))) || !strings.Contains(got.body, `href="#file"`) {
			t.Errorf("%s: %d %q", name, got.status, of.key)
		}
	}
	if got := o.officer.do(o.officer.request("POST", "/fr"+path+"/activities/agenda", "multipart/form-data; boundary=xx", strings.NewReader("--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf"))); got.status != http.StatusBadRequest {
		t.Errorf("a form that breaks off: %d", got.status)
	}
	if list, err := o.helps().WaitingAgendas(everywhere, o.asOfficer); err != nil || len(list) > 0 {
		t.Errorf("%d wait, %v", len(list), err)
	}
}

func (o planned) agendaEither(t *testing.T, path string) {
	sent := o.officer.sendAgenda("/en"+path, "agenda.txt", "Seminar on digital evidence\n\nDate: 03/04/2027\n")
	page := o.officer.get(sent.location)
	if !page.says("3 April 2027") || !page.says("4 March 2027") || strings.Contains(page.body, `value="2027-0`) {
		t.Errorf("%d %s", page.status, page.body)
	}
	if chosen := o.officer.get(sent.location + "&days=1"); !strings.Contains(chosen.body, `value="2027-03-04"`) || chosen.says("3 April 2027") {
		t.Error(chosen.body)
	}
	for _, odd := range []string{"&days=7", "&days=-1", "&days=x", "&batch=%22%3E", "&material=nothing"} {
		if got := o.officer.get(sent.location + odd); got.status != http.StatusOK || strings.Contains(got.body, `">">`) {
			t.Errorf("%s: %d", odd, got.status)
		}
	}
	_, id, _ := strings.Cut(sent.location, "agenda=")
	o.officer.post("/en/assistance/agendas/" + id + "/drop")
}

func (o planned) agendaByLetter(t *testing.T, path string) {
	id, err := o.agendas().FromLetter(everywhere, o.asOfficer, assistance.AgendaLetter{ID: "a@example.org", Subject: "Fwd: agenda", Sent: time.Now()}, []agenda.File{{Name: "agenda.txt", Data: []byte(sampleAgenda())}})
	if err != nil {
		t.Fatal(err)
	}
	words := lang.For("ru")
	if desk := o.officer.get("/ru/desk"); !desk.says("Семинар по цифровым доказательствам &lt;2&gt;") || !desk.says(words.T("desk.task.agenda")) || !strings.Contains(desk.body, "/assistance/agendas/"+id) {
		t.Error("it does not stand on her desk")
	}
	page := o.officer.get("/ru/assistance/agendas/" + id)
	project := path[strings.LastIndex(path, "/")+1:]
	if page.status != http.StatusOK || !strings.Contains(page.body, `<option value="`+project+`"`) || !page.says(words.T("agenda.sure.likely")) {
		t.Fatal(page.status, page.body)
	}
	for _, nothing := range []string{"", "?project=", "?number=2026%2F9999", "?number=%00"} {
		if got := o.officer.get("/ru/assistance/agendas/" + id + "/plan" + nothing); got.status != http.StatusUnprocessableEntity || !got.says(words.T("agenda.error.project")) {
			t.Errorf("%q: %d", nothing, got.status)
		}
	}
	chosen := o.officer.get("/ru/assistance/agendas/" + id + "/plan?project=" + project)
	if chosen.status != http.StatusSeeOther {
		t.Fatal(chosen.status)
	}
	if form := o.officer.get(chosen.location); !strings.Contains(form.body, `value="Бишкек"`) || !strings.Contains(form.body, `name="agenda" value="`+id) {
		t.Error(form.body)
	}
	if got := o.officer.get("/en" + path + "/activities/agenda"); !strings.Contains(got.body, `name="keep"`) {
		t.Error("an officer contributes to the library, and is not asked")
	}
	if kept := o.officer.sendAgenda("/en"+path, "agenda.txt", sampleAgenda(), "keep", "1"); !strings.Contains(kept.location, "batch=") || !strings.Contains(o.officer.get(kept.location).body, "/library/intake?batch=") {
		t.Errorf("into the library: %s", kept.location)
	}
}

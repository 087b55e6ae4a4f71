package web

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"polis/internal/lang"
)

// deliver sends a form as a device does.
func (v visitor) deliver(f form) (status int, a HeldAnswer, problem map[string]any) {
	v.h.t.Helper()
	r := v.request("POST", f.action, "application/x-www-form-urlencoded", strings.NewReader(f.fields.Encode()))
	r.Header.Set("Accept", "application/json")
	got := v.do(r)
	if err := json.Unmarshal([]byte(got.body), &a); err != nil {
		v.h.t.Fatalf("%d %v: %.500s", got.status, err, got.body)
	}
	_ = json.Unmarshal([]byte(got.body), &problem)
	return got.status, a, problem
}

func TestWhatADeviceSends(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		project, _ := o.active(t, "cybercrime")
		t.Run("it is stored once, however often it is sent", func(t *testing.T) { o.deviceSendsTwice(t, project) })
		t.Run("what is missing is said by field", func(t *testing.T) { o.deviceIsRefused(t, project) })
		t.Run("what others have stored is told field by field", func(t *testing.T) { o.deviceMeetsOthers(t, project) })
		t.Run("of a plan that has changed, when and where are told", func(t *testing.T) { o.deviceMeetsPlan(t, project) })
		t.Run("what somebody else wrote is nobody's to send", func(t *testing.T) { o.deviceOfOther(t, project) })
	})
}

func (o planned) heldForm(t *testing.T, project string, pairs ...string) (at string, f form) {
	t.Helper()
	at = o.arranged(t, project)
	return at, o.officer.form(at+"/held", at+"/held").filled(pairs...)
}

func (o planned) deviceSendsTwice(t *testing.T, project string) {
	groups := []string{"number-1", "17", "sex-1", "m", "state-1", "TJ", "number-2", "3", "sex-2", "f", "state-2", "KG"}
	at, f := o.heldForm(t, project, append(groups, "total", "20", "women", "3", "men", "17", "ends", "", "remark", " Good. ")...)
	f.fields.Set("ends", "")
	for i := range 3 {
		if status, a, _ := o.officer.deliver(f); status != http.StatusOK || a.State != "done" || a.URL != at {
			t.Fatalf("%d: %d %+v", i, status, a)
		}
	}
	x, err := o.helps().Activity(everywhere, o.asOfficer.Scope(), at[strings.LastIndex(at, "/")+1:])
	steps, serr := o.helps().ActivitySteps(everywhere, x.ID)
	if err != nil || serr != nil || len(steps) != 2 || x.Total != 20 {
		t.Errorf("%d steps, %d: %v %v", len(steps), x.Total, err, serr)
	}
}

func (o planned) deviceIsRefused(t *testing.T, project string) {
	_, f := o.heldForm(t, project, "total", "many", "place", "")
	status, a, _ := o.officer.deliver(f)
	var fields []string
	for _, e := range a.Errors {
		fields = append(fields, e.Field)
	}
	if status != http.StatusUnprocessableEntity || a.State != "refused" || !slices.Equal(fields, []string{"place", "total"}) {
		t.Errorf("%d %+v", status, a)
	}
	at, f := o.heldForm(t, project, "total", "3")
	o.desk.post(at+"/move/cancel", "rev", o.desk.get(at).rev(), "words-cancel", "Snow.")
	status, _, problem := o.officer.deliver(f)
	if status != http.StatusConflict || problem["detail"] != lang.For("en").T("activity.impossible.cancelled") {
		t.Errorf("cancelled: %d %v", status, problem)
	}
	status, _, problem = o.stranger.deliver(f)
	if status != http.StatusForbidden || problem["sign-in"] != nil {
		t.Errorf("a stranger: %d %v", status, problem)
	}
	status, _, problem = o.visitor().deliver(f)
	if status != http.StatusForbidden || problem["sign-in"] != "/en/sign-in" {
		t.Errorf("nobody: %d %v", status, problem)
	}
}

func (o planned) deviceMeetsOthers(t *testing.T, project string) {
	at, f := o.heldForm(t, project, "total", "20", "women", "3", "place", "Osh")
	if got := o.desk.submit(o.desk.form(at+"/held", at+"/held").filled("total", "18", "women", "3", "place", "Talas")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	status, a, _ := o.officer.deliver(f)
	told := map[string]HeldDifference{}
	for _, d := range a.Differences {
		told[d.Fields[0]] = d
	}
	if status != http.StatusConflict || a.State != "conflict" || !a.Mends || len(told) != 2 || told["total"].Mine != "20" || told["total"].Stored != "18" || told["place"].Stored != "Talas" || a.Stored.Get("total") != "18" {
		t.Fatalf("%d %+v", status, a)
	}
	over := f.filled("rev", strconv.FormatInt(a.Rev, 10), "words", "")
	if status, a, _ = o.officer.deliver(over); status != http.StatusUnprocessableEntity || a.Errors[0].Field != "words" {
		t.Errorf("without a reason: %d %+v", status, a)
	}
	for range 2 {
		if status, a, _ = o.officer.deliver(over.filled("words", "Two came later.")); status != http.StatusOK {
			t.Errorf("chosen: %d %+v", status, a)
		}
	}
	if got := o.desk.get(at); strings.Count(got.body, "Two came later.") != 1 {
		t.Error("it was not mended once")
	}
}

func (o planned) deviceMeetsPlan(t *testing.T, project string) {
	at, f := o.heldForm(t, project, "total", "20")
	if got := o.officer.submit(o.officer.form(at+"/edit", at+"/edit").filled("place", "Naryn")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	status, a, _ := o.officer.deliver(f)
	if status != http.StatusConflict || a.Mends || len(a.Differences) != 1 || a.Differences[0].Mine != "Bishkek" || a.Differences[0].Stored != "Naryn" {
		t.Fatalf("%d %+v", status, a)
	}
	if status, a, _ = o.officer.deliver(f.filled("rev", strconv.FormatInt(a.Rev, 10), "place", "Naryn")); status != http.StatusOK {
		t.Errorf("%d %+v", status, a)
	}
}

func (o planned) deviceOfOther(t *testing.T, project string) {
	at, f := o.heldForm(t, project, "total", "20")
	if f.fields.Get("for") == "" || strings.Contains(o.asOfficer.ID, f.fields.Get("for")) {
		t.Fatalf("the form is marked %q", f.fields.Get("for"))
	}
	if status, a, _ := o.desk.deliver(f); status != http.StatusForbidden || a.State != "other" {
		t.Errorf("%d %+v", status, a)
	}
	if got := o.desk.submit(f); got.status != http.StatusForbidden || !got.says(lang.For("en").T("offline.fault.other")) {
		t.Errorf("on the page: %d", got.status)
	}
	if x := o.desk.get(at); x.says(lang.For("en").T("activity.stage.held")) {
		t.Error("it was stored in another's name")
	}
}

func TestWhatMayLieOnADevice(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		project, _ := o.active(t, "cybercrime")
		at := o.arranged(t, project, "title", "Past <one>")
		later := o.arranged(t, project, "starts", dayFromNow(offlineAhead+9), "ends", dayFromNow(offlineAhead+9))
		name := "Test officer@plan.example"
		page := o.officer.get("/en" + offlinePath)
		if !strings.Contains(page.body, at+"/held") || strings.Contains(page.body, later+"/held") || !page.says("Past &lt;one&gt;") || !strings.Contains(page.body, name) {
			t.Errorf("%d %s", page.status, page.body)
		}
		for _, path := range []string{"/en" + offlinePath + "?kept=1", at + "/held?kept=1"} {
			kept := o.officer.get(path)
			if kept.status != http.StatusOK || strings.Contains(kept.body, name) || strings.Contains(kept.body, "plan.example") || strings.Contains(kept.body, o.asOfficer.ID) || strings.Contains(kept.body, "sign-out") {
				t.Errorf("%s: %d %s", path, kept.status, kept.body)
			}
		}
		if got := o.officer.get("/en" + offlinePath + "?kept=1"); strings.Contains(got.body, "data-take") {
			t.Error("without a line forms cannot be taken along")
		}
		for name, v := range map[string]visitor{"an officer of another structure": o.stranger, "a focal point": o.focal} {
			if got := v.get("/en" + offlinePath); got.status != http.StatusOK || strings.Contains(got.body, at) {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		if got := o.visitor().get("/de" + offlinePath); got.status != http.StatusSeeOther || !strings.Contains(got.location, "/de/sign-in") {
			t.Errorf("nobody: %d", got.status)
		}
		if body := o.visitor().get("/en/help").body; strings.Contains(body, "data-holder") || strings.Contains(body, "data-offline") {
			t.Error("who is not signed in is given something to keep")
		}
	})
}

// TestTheWorkerSeesItsPagesAlone: its address lies among the activities' pages of one
// language, and nothing gives it more than what lies below.
func TestTheWorkerSeesItsPagesAlone(t *testing.T) {
	s := testSite(t, Options{})
	h := &House{site: s}
	h.openOffline()
	w := ask(s, "GET", "/de"+workerPath)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w.Header().Get("Service-Worker-Allowed") != "" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%v", w.Header())
	}
}

// TestTheDeviceWritesTextOnly (ASVS 5.0 1.3.2, 3.5.5): what is kept becomes no markup,
// and the worker hears pages of its own origin alone.
func TestTheDeviceWritesTextOnly(t *testing.T) {
	for _, name := range []string{"static/worker.js", "static/offline.js"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bad := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|importScripts|srcdoc|DOMParser|localStorage|document\.cookie`).Find(text); bad != nil {
			t.Errorf("%s: %s", name, bad)
		}
	}
	worker, err := os.ReadFile("static/worker.js")
	if err != nil || !strings.Contains(string(worker), "event.origin !== location.origin") {
		t.Error("the worker hears anybody", err)
	}
}

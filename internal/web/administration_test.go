package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/personal"
	"polis/internal/store"
)

// operated are the pages of the administration that only who runs the
// installation sees.
var operated = []string{"/admin/jobs", "/admin/quarantine", "/admin/storage", "/admin/retention", "/admin/health", "/admin/dictionaries"}

func TestAdministrationIsForWhoRunsIt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin := h.signedIn("admin@polis.example", access.Administrator)
		others := []visitor{h.signedIn("desk@polis.example", access.DeskOfficer), h.signedIn("expert@polis.example", access.Expert)}
		for _, path := range operated {
			t.Run(path+" is shown to the administrator, in each language", func(t *testing.T) {
				for _, tag := range lang.All {
					if got := admin.get("/" + string(tag) + path); got.status != 200 || strings.Contains(got.body, "⟦") {
						t.Errorf("%s: %d", tag, got.status)
					}
				}
			})
			t.Run(path+" is refused to others by its rule, and asks who is not signed in to", func(t *testing.T) {
				for _, v := range others {
					if got := v.get("/en" + path); got.status != http.StatusForbidden || !got.says(en.T("access.rule.role")) {
						t.Error(got.status)
					}
				}
				if got := h.visitor().get("/en" + path); got.status != http.StatusSeeOther {
					t.Error(got.status)
				}
			})
		}
		t.Run("what changes something is refused to others too", func(t *testing.T) {
			for _, path := range []string{
				"/admin/jobs/stop", "/admin/jobs/now", "/admin/jobs/again", "/admin/storage/sweep", "/admin/retention", "/admin/quarantine/1/discard", "/admin/quarantine/1/retry", "/admin/dictionaries", "/admin/dictionaries/learn", "/admin/dictionaries/1/remove",
			} {
				for _, v := range others {
					if got := v.post("/en" + path); got.status != http.StatusForbidden {
						t.Errorf("%s: %d", path, got.status)
					}
				}
			}
			if got := others[0].get("/en/admin/quarantine/1/file"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
		})
		t.Run("the index leads to all of them", func(t *testing.T) {
			page := admin.get("/en/admin")
			for _, path := range operated {
				if !strings.Contains(page.body, `href="/en`+path+`"`) {
					t.Errorf("no %s", path)
				}
			}
		})
	})
}

func TestQuarantineOfEverybody(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin := h.signedIn("admin@polis.example", access.Administrator)
		if page := admin.get("/en/admin/quarantine"); !page.says(en.T("admin.quarantine.none")) {
			t.Error("an empty quarantine does not say so")
		}
		v := h.signedIn("expert@polis.example", access.Expert)
		v.send("/en/library/upload?batch=q", false, "broken.pdf", "%PDF-1.7 and nothing more")
		h.allRead()
		page := admin.get("/en/admin/quarantine")
		for _, words := range []string{"broken.pdf", "Test expert@polis.example", en.T("admin.quarantine.count", "n", 1)} {
			if !page.says(words) {
				t.Fatalf("the page does not say %q", words)
			}
		}
		list, _, err := h.Library.Intakes(context.Background(), access.System("test"), library.Filter{Stage: library.Quarantined}, 10, 0)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		base := "/en/admin/quarantine/" + list[0].ID
		t.Run("a download asks for proof when the last one is old, then is no page, and the log has it", func(t *testing.T) {
			h.growOld(freshProof)
			if got := admin.get(base + "/file"); got.status != http.StatusSeeOther || !strings.Contains(got.location, "/prove") {
				t.Fatalf("%d %s", got.status, got.location)
			}
			if got := admin.post("/en/prove", "next", base+"/file", "proof-password", testPassword); got.status != http.StatusSeeOther {
				t.Fatal(got.status)
			}
			r := admin.request("GET", base+"/file", "", nil)
			w, err := admin.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Body.Close()
			if w.StatusCode != 200 || w.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(w.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(w.Header.Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("%d %v", w.StatusCode, w.Header)
			}
			events, err := store.Log(context.Background(), h.DB, store.Everything("test"), store.LogFilter{Act: "library.intake.downloaded", Limit: 5})
			if err != nil || len(events) != 1 || events[0].Object != list[0].ID {
				t.Errorf("%+v %v", events, err)
			}
		})
		t.Run("it is read again, and set aside", func(t *testing.T) {
			if got := admin.post(base + "/retry"); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			h.allRead()
			if got := admin.post(base + "/discard"); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			if got := admin.post(base + "/discard"); got.status != http.StatusConflict {
				t.Errorf("a second time: %d", got.status)
			}
			if got := admin.post("/en/admin/quarantine/none/retry"); got.status != http.StatusNotFound {
				t.Errorf("a file that never was: %d", got.status)
			}
		})
	})
}

// allRead waits until no file is being read any more, however busy the machine.
func (h inhabited) allRead() {
	h.t.Helper()
	for range 600 {
		counts, err := h.Library.Stages(h.t.Context(), access.System("test"), "")
		if err == nil && counts[library.Arrived] == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.t.Fatal("a file is read for a minute")
}

func TestJobsAreStoppedAndPaged(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin := h.signedIn("admin@polis.example", access.Administrator)
		ctx, ids := context.Background(), make([]string, jobsShown+1)
		_, err := store.Write(ctx, h.DB, access.System("test"), func(tx *store.Tx) (e store.Event, err error) {
			for i := range ids {
				if ids[i], err = job.Add(ctx, tx, "library.read", fmt.Sprint(i), access.Label{}); err != nil {
					return e, err
				}
			}
			_, err = tx.Exec(ctx, "UPDATE job SET due = $1 WHERE every = 0", time.Now().Add(time.Hour)) // nobody takes them yet
			return store.Event{Act: "test.jobs"}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		if page := admin.get("/en/admin/jobs"); !strings.Contains(page.body, "page=2") {
			t.Error("there is no second page")
		}
		if page := admin.get("/en/admin/jobs?page=2"); strings.Count(page.body, "/en/admin/jobs/stop") != 1 {
			t.Error("the second page has not one job")
		}
		if got := admin.post("/en/admin/jobs/stop", "job", ids[0]); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		if j, err := job.Get(ctx, h.DB, store.Everything("test"), ids[0]); err != nil || j.Stage != job.Stopped {
			t.Errorf("%s %v", j.Stage, err)
		}
		if got := admin.post("/en/admin/jobs/stop", "job", "none"); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
	})
}

func TestChoosingPeriodsOnThePage(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin := h.signedIn("admin@polis.example", access.Administrator)
		form := func(quarantine string) (pairs []string) {
			for _, p := range personal.Periods {
				value := strconv.Itoa(p.Usual)
				if p.Name == "quarantine" {
					value = quarantine
				}
				pairs = append(pairs, p.Name, value)
			}
			return pairs
		}
		for _, typed := range []string{"", "x", "3", "100000", "-1", "7.5"} {
			got := admin.post("/en/admin/retention", form(typed)...)
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T("personal.error.period", "least", 7, "most", 730)) {
				t.Errorf("%q: %d", typed, got.status)
			}
		}
		if got := admin.post("/en/admin/retention", form("45")...); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		t.Run("the privacy page names what was chosen, to everybody", func(t *testing.T) {
			if page := h.visitor().get("/de/privacy"); !page.says(lang.For("de").T("personal.days", "n", 45)) {
				t.Error("it does not")
			}
		})
	})
}

func TestHealthAndStorage(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin := h.signedIn("admin@polis.example", access.Administrator)
		page := admin.get("/en/admin/health")
		for _, words := range []string{en.T("admin.health.ready"), en.T("admin.health.unknown"), en.T("admin.health.schema.of", "n", store.Newest(), "newest", store.Newest()), en.T("mail.state.off")} {
			if !page.says(words) {
				t.Errorf("the page does not say %q", words)
			}
		}
		h.House.Ready = func(context.Context) error { return fmt.Errorf("the file storage does not answer") }
		if page := admin.get("/en/admin/health"); !page.says(en.T("admin.health.not-ready")) || !page.says("the file storage does not answer") {
			t.Error("what is missing is not said")
		}
		t.Run("nothing refers to nothing in an empty house, and the sweep says so", func(t *testing.T) {
			if page := admin.get("/en/admin/storage"); strings.Contains(page.body, "/admin/storage/sweep") {
				t.Error("there is nothing to sweep")
			}
			if _, _, err := h.Library.Files.Put(context.Background(), strings.NewReader("of nobody"), 100); err != nil {
				t.Fatal(err)
			}
			if page := admin.get("/en/admin/storage"); !strings.Contains(page.body, "/admin/storage/sweep") || !page.says(en.T("admin.storage.idle", "n", 1, "size", en.Size(9))) {
				t.Error("the file that nothing refers to is not counted")
			}
			if got := admin.post("/en/admin/storage/sweep"); got.status != http.StatusSeeOther {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	})
}

package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
)

func TestActivitiesAreRead(t *testing.T) {
	helping(t, func(t *testing.T, ask caller, a *assistance.Assistance) {
		desk := access.Act("desk", access.DeskOfficer, "", "")
		day := time.Now().UTC().Format(time.DateOnly)
		project, err := a.DraftProject(ctx, desk, assistance.ProjectDraft{Lang: "en", Title: "Training of trainers", Hosts: []string{"KG"}, Themes: []string{"drugs"}}, "", "")
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, title := range []string{"First course", "Second course"} {
			id, err := a.PlanActivity(ctx, desk, project, assistance.ActivityDraft{
				Kind: "training", Lang: "en", Title: title, Starts: day, Organisers: []string{"spmu"}, Hosts: []assistance.ActivityHost{{Host: "KG", Area: "drugs"}},
			}, "")
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		code, page := ask("focal", "GET", "/activities?state=KG&theme=drugs&structure=spmu&limit=1")
		list, _ := page["activities"].([]any)
		if code != http.StatusOK || len(list) != 1 || list[0].(j)["id"] != ids[1] {
			t.Fatal(code, page)
		}
		code, page = ask("focal", "GET", "/activities?state=KG&theme=drugs&structure=spmu&limit=1&after="+page["next"].(string))
		if list, _ = page["activities"].([]any); code != http.StatusOK || len(list) != 1 || list[0].(j)["id"] != ids[0] || page["next"] != "" {
			t.Fatal(code, page)
		}
		code, one := ask("desk", "GET", "/activities/"+ids[0])
		if code != http.StatusOK || one["title"] != "First course" || one["ends"] != day || len(one["steps"].([]any)) != 1 || len(one["hosts"].([]any)) != 1 {
			t.Error(code, one)
		}
		for _, as := range []string{"member", ""} {
			code, page := ask(as, "GET", "/activities?order=created")
			if list, _ := page["activities"].([]any); code != http.StatusOK || len(list) != 0 {
				t.Errorf("%q lists %d: %v", as, code, page)
			}
			if code, _ := ask(as, "GET", "/activities/"+ids[0]); code != http.StatusNotFound {
				t.Errorf("%q reads: %d", as, code)
			}
		}
		for path, want := range map[string]int{"/activities?after=nonsense": 422, "/activities?stage=late": 422, "/activities?from=soon": 422, "/activities/none": 404} {
			if code, _ := ask("desk", "GET", path); code != want {
				t.Errorf("%s: %d", path, code)
			}
		}
		if code, _ := ask("desk", "GET", "/activities?kind="+strings.Repeat("x", 300)); code != http.StatusUnprocessableEntity {
			t.Errorf("an endless kind: %d", code)
		}
	})
}

package assistance_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// told are the ids of what changed in what she follows, read page by page.
func told(t testing.TB, a *assistance.Assistance, who access.Subject) (ids []string) {
	t.Helper()
	for after := (assistance.Place{}); ; {
		list, more, err := a.Changes(ctx, who, time.Now(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if slices.Contains(ids, c.ID) {
				t.Errorf("%s stands there twice", c.ID)
			}
			if c.Act == "" || c.Path() == c.ID {
				t.Errorf("%+v says too little", c)
			}
			ids = append(ids, c.ID)
		}
		if after = more; after == (assistance.Place{}) {
			return ids
		}
	}
}

func TestFollowing(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		o := atHome(t, a)
		her, tj := o.who["officer"], o.who["focal-tj"]
		project, _ := started(t, a, assistance.Active, "KG")
		other, _ := started(t, a, assistance.Active, "TJ")
		follow := func(who access.Subject, kind, object string) {
			t.Helper()
			if err := a.Follow(ctx, who, kind, object); err != nil {
				t.Fatal(kind, err)
			}
		}
		t.Run("what changed before one began to follow is not told", func(t *testing.T) {
			follow(her, "project", project)
			follow(her, "project", project) // twice is once
			if ids := told(t, a, her); len(ids) != 0 {
				t.Error(ids)
			}
		})
		t.Run("a project is told with its activities, lessons and books, the latest first", func(t *testing.T) {
			activity := arranged(t, a, project, course("KG"))
			lesson := lessonAt(t, a, assistance.LessonDrafted, func(d *assistance.LessonDraft) { d.Project = project })
			arranged(t, a, other, course("TJ"))
			order(t, a, project, assistance.Order{Move: assistance.CoverGap, Words: "The academy pays for its rooms, too."})
			want := []string{project, lesson, activity}
			if ids := told(t, a, her); !slices.Equal(ids, want) {
				t.Errorf("%v, not %v", ids, want)
			}
			if ids := told(t, a, tj); len(ids) != 0 {
				t.Errorf("somebody who follows nothing is told %v", ids)
			}
		})
		t.Run("what was seen is told no more, and what changes afterwards is", func(t *testing.T) {
			if err := a.Seen(ctx, her, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if ids := told(t, a, her); len(ids) != 0 {
				t.Error(ids)
			}
			waive(t, a, project, assistance.EvaluationInterim)
			if ids := told(t, a, her); !slices.Equal(ids, []string{project}) {
				t.Errorf("its evaluation: %v", ids)
			}
		})
		t.Run("a State and a theme are told with all that stands in them", func(t *testing.T) {
			follow(tj, "state", "KG")
			follow(tj, "theme", area)
			request, consent := ground(t, a, "KG")
			ids := told(t, a, tj)
			for _, id := range []string{request, consent} {
				if !slices.Contains(ids, id) {
					t.Errorf("%s is not told: %v", id, ids)
				}
			}
			assessed := assessmentAt(t, a, assistance.AssessmentPlanned).ID
			begun, err := a.DraftProject(ctx, officer, plan(t, a, "UZ"), "", "")
			if err != nil {
				t.Fatal(err)
			}
			if ids := told(t, a, tj); !slices.Contains(ids, assessed) || !slices.Contains(ids, begun) {
				t.Errorf("the assessment in the State or the project of the theme is not told: %v", ids)
			}
		})
		t.Run("what she may not read is not told, not listed, and cannot be followed", func(t *testing.T) {
			hidden := draft(t, a) // closed to Kyrgyzstan until it is submitted
			if err := a.Follow(ctx, tj, "request", hidden); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a draft of another State: %v", err)
			}
			if ids := told(t, a, tj); slices.Contains(ids, hidden) {
				t.Error("a draft of another State is told")
			}
			own := o.who["focal"]
			follow(own, "request", hidden)
			lost := access.Act(own.ID, access.MemberRole, "", "")
			if list, err := a.Following(ctx, lost); err != nil || len(list) != 0 {
				t.Errorf("%v %v", list, err)
			}
			move(t, a, focal, hidden, assistance.Submit)
			if list, _, err := a.Changes(ctx, lost, time.Now(), assistance.Place{}, 5); err != nil || len(list) != 0 {
				t.Errorf("who reads it no more is told: %v %v", list, err)
			}
			if list, err := a.Following(ctx, own); err != nil || len(list) != 1 || list[0].Title == "" {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("it ends, also twice", func(t *testing.T) {
			for range 2 {
				if err := a.Unfollow(ctx, her, "project", project); err != nil {
					t.Fatal(err)
				}
			}
			if follows, err := a.Follows(ctx, her, "project", project); err != nil || follows || len(told(t, a, her)) != 0 {
				t.Error(follows, err)
			}
		})
	})
}

func TestWhatCannotBeFollowed(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		her := atHome(t, a).who["officer"]
		for _, c := range []struct{ kind, object string }{{"state", "spmu"}, {"state", "XX"}, {"theme", "none"}, {"project", "none"}} {
			if err := a.Follow(ctx, her, c.kind, c.object); !errors.Is(err, store.ErrNotFound) {
				t.Error(c, err)
			}
		}
		var wrong assistance.Invalid
		if err := a.Follow(ctx, her, "person", her.ID); !errors.As(err, &wrong) {
			t.Error(err)
		}
		for _, who := range []access.Subject{nobody, visitor, member} {
			if err := a.Follow(ctx, who, "state", "KG"); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(who.ID, err)
			}
		}
		for i := range 200 {
			if err := storeFollow(a, her.ID, fmt.Sprint("x", i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Follow(ctx, her, "state", "KG"); !errors.As(err, &wrong) {
			t.Errorf("more than one can: %v", err)
		}
		if list, err := a.Following(ctx, her); err != nil || len(list) != 0 {
			t.Errorf("what is not there is listed: %v %v", list, err)
		}
	})
}

func storeFollow(a *assistance.Assistance, person, lesson string) error {
	_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "INSERT INTO follow (person, kind, object, seen, created) VALUES ($1, 'lesson', $2, 1, 1)", person, lesson)
		return store.Event{Act: "test.followed"}, err
	})
	return err
}

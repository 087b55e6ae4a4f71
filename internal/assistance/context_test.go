package assistance_test

import (
	"errors"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

func threat(review string) assistance.FactorDraft {
	return assistance.FactorDraft{
		Kind: assistance.Threat, Words: "Fraud on the Internet grows", Source: "Annual report of the ministry", Dated: "2026", Reliability: "B", Credibility: "2", ReviewBy: review,
	}
}

// noted writes a note about Kyrgyzstan with one factor.
func noted(t testing.TB, a *assistance.Assistance, review string) string {
	t.Helper()
	id, err := a.WriteContext(ctx, officer, assistance.ContextDraft{About: "KG", Lang: "en", Title: "The setting", Summary: "A new law"})
	if err == nil {
		err = a.PutFactor(ctx, officer, id, "", 0, threat(review))
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func readNote(t testing.TB, a *assistance.Assistance, id string) assistance.ContextNote {
	t.Helper()
	c, err := a.ContextNote(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// overdueNote lets the review of a note be due since long ago.
func overdueNote(t testing.TB, a *assistance.Assistance, id string) {
	t.Helper()
	_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		if _, err := tx.Exec(ctx, "UPDATE context_note SET review_by = '2020-01-01' WHERE id = $1", id); err != nil {
			return store.Event{}, err
		}
		_, err := tx.Exec(ctx, "UPDATE context_factor SET review_by = '2020-01-01' WHERE note = $1", id)
		return store.Event{Act: "test.aged"}, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestContextNotes(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		t.Run("a note is written by those who assess, about a State, a theme or both", func(t *testing.T) {
			for _, who := range []access.Subject{focal, envoy, expertKG, member, visitor, nobody} {
				if _, err := a.WriteContext(ctx, who, assistance.ContextDraft{Theme: "drugs", Lang: "en", Title: "T"}); !errors.Is(err, assistance.ErrForbidden) {
					t.Error(who.ID, err)
				}
			}
			for field, d := range map[string]assistance.ContextDraft{
				"about": {Lang: "en", Title: "T"}, "title": {Lang: "en", Theme: "drugs"}, "lang": {Lang: "xx", Theme: "drugs", Title: "T"}, "theme": {Lang: "en", Theme: "none", Title: "T"},
			} {
				var wrong assistance.Invalid
				if _, err := a.WriteContext(ctx, desk, d); !errors.As(err, &wrong) || len(wrong) != 1 || !lang.Has(wrong[field]) {
					t.Errorf("%s: %v", field, err)
				}
			}
			var wrong assistance.Invalid
			if _, err := a.WriteContext(ctx, desk, assistance.ContextDraft{About: "spmu", Lang: "en", Title: "T"}); !errors.As(err, &wrong) || !lang.Has(wrong["about"]) {
				t.Error(err)
			}
		})
		t.Run("a factor has a source, a date and a day of review; a threat is graded", func(t *testing.T) {
			id := noted(t, a, "2199-01-01")
			for field, change := range map[string]func(*assistance.FactorDraft){
				"kind": func(d *assistance.FactorDraft) { d.Kind = "weather" }, "words": func(d *assistance.FactorDraft) { d.Words = "" },
				"source": func(d *assistance.FactorDraft) { d.Source = " " }, "dated": func(d *assistance.FactorDraft) { d.Dated = "" },
				"reliability": func(d *assistance.FactorDraft) { d.Reliability = "" }, "credibility": func(d *assistance.FactorDraft) { d.Credibility = "7" },
				"review_by": func(d *assistance.FactorDraft) { d.ReviewBy = "2020-01-01" },
			} {
				d := threat("2198-01-01")
				change(&d)
				var wrong assistance.Invalid
				if err := a.PutFactor(ctx, desk, id, "", 0, d); !errors.As(err, &wrong) || len(wrong) != 1 || !lang.Has(wrong[field]) {
					t.Errorf("%s: %v", field, err)
				}
			}
			d := threat("2198-01-01")
			d.Kind, d.Reliability, d.Credibility = "legal", "", ""
			if err := a.PutFactor(ctx, desk, id, "", 0, d); err != nil || readNote(t, a, id).ReviewBy != "2198-01-01" {
				t.Error("the note is to be reviewed with the first of its factors", err)
			}
			list, err := a.Factors(ctx, id)
			if err != nil || len(list) != 2 || list[0].Kind != "legal" {
				t.Fatal(list, err)
			}
			d.ReviewBy = "2199-06-01"
			var stale assistance.Stale
			err = a.PutFactor(ctx, officer, id, list[0].ID, 1, d)
			if again := a.PutFactor(ctx, desk, id, list[0].ID, 1, d); err != nil || !errors.As(again, &stale) || readNote(t, a, id).ReviewBy != "2199-01-01" {
				t.Error(err, again, readNote(t, a, id).ReviewBy)
			}
			if err := errors.Join(a.DropFactor(ctx, desk, id, list[0].ID, 2), a.DropFactor(ctx, desk, id, list[1].ID, 1)); err != nil || readNote(t, a, id).ReviewBy != "" {
				t.Error(err)
			}
			steps, err := a.ContextSteps(ctx, id)
			if err != nil || len(steps) != 6 || steps[0].Move != "write" || steps[3].Move != "change" || steps[5].Move != "drop" {
				t.Error(steps, err)
			}
		})
		t.Run("what is overdue is used only with words, and shows it", func(t *testing.T) {
			x, id := assessmentAt(t, a, assistance.AssessmentPlanned), noted(t, a, "2199-01-01")
			overdueNote(t, a, id)
			var wrong assistance.Invalid
			if err := a.Cite(ctx, officer, x.ID, id, " "); !errors.As(err, &wrong) || !lang.Has(wrong["words"]) {
				t.Error(err)
			}
			if err := a.Cite(ctx, officer, x.ID, id, "Nothing newer is there"); err != nil {
				t.Fatal(err)
			}
			list, err := a.Citations(ctx, focalTJ.Scope(), "assessment", x.ID)
			if err != nil || len(list) != 1 || !list[0].Overdue(time.Now()) || list[0].ReviewBy != "2020-01-01" || list[0].Words == "" {
				t.Error(list, err)
			}
			due, _, err := a.Contexts(ctx, desk.Scope(), assistance.ContextFilter{State: "KG", Overdue: true}, assistance.Place{}, 10)
			if n, err2 := a.CountContexts(ctx, desk.Scope(), assistance.ContextFilter{State: "KG", Overdue: true}); err != nil || err2 != nil || len(due) != 1 || n != 1 || due[0].ID != id {
				t.Error(due, n, err, err2)
			}
			if cited, err := a.Cited(ctx, desk.Scope(), id); err != nil || len(cited) != 1 || cited[0].ID != x.ID {
				t.Error(cited, err)
			}
			if err := a.Uncite(ctx, officer, x.ID, id); err != nil {
				t.Error(err)
			}
		})
		t.Run("one of another State, an empty one and a retired one are not used", func(t *testing.T) {
			x := assessmentAt(t, a, assistance.AssessmentPlanned)
			theirs, err := a.WriteContext(ctx, desk, assistance.ContextDraft{About: "TJ", Lang: "en", Title: "T"})
			empty, err2 := a.WriteContext(ctx, desk, assistance.ContextDraft{Theme: areas[0], Lang: "en", Title: "T"})
			retired := noted(t, a, "2199-01-01")
			err3 := a.RetireContext(ctx, desk, retired, 1, "Another is there")
			if err := errors.Join(err, err2, err3, a.PutFactor(ctx, desk, theirs, "", 0, threat("2199-01-01"))); err != nil {
				t.Fatal(err)
			}
			for _, note := range []string{theirs, empty, retired, "none"} {
				var wrong assistance.Invalid
				if err := a.Cite(ctx, officer, x.ID, note, ""); !errors.As(err, &wrong) || !lang.Has(wrong["note"]) {
					t.Error(note, err)
				}
			}
			var not assistance.Impossible
			if err := a.PutFactor(ctx, desk, retired, "", 0, threat("2199-01-01")); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
			offered, err := a.Citable(ctx, officer.Scope(), x)
			for _, c := range offered {
				if c.About != "KG" && c.About != "" || c.ReviewBy == "" || c.Retired != "" {
					t.Error(c)
				}
			}
			if err != nil || len(offered) == 0 {
				t.Error(err)
			}
			for _, who := range []access.Subject{focal, envoy, expertKG, member} {
				if err := a.Cite(ctx, who, x.ID, noted(t, a, "2199-01-01"), ""); err == nil {
					t.Error(who.ID, "cites")
				}
			}
		})
		t.Run("of two who write a note the second is told", func(t *testing.T) {
			id := noted(t, a, "2199-01-01")
			d := readNote(t, a, id).Draft()
			d.Summary = "Another law"
			var stale assistance.Stale
			first := a.ReviseContext(ctx, officer, id, 1, d)
			d.Summary = "No law"
			if second := a.ReviseContext(ctx, desk, id, 1, d); first != nil || !errors.As(second, &stale) || readNote(t, a, id).Summary != "Another law" {
				t.Error(first, second)
			}
			if _, err := a.ContextNote(ctx, member.Scope(), id); !errors.Is(err, store.ErrNotFound) {
				t.Error("a member reads what is official", err)
			}
		})
	})
}

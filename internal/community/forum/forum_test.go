package forum_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/forum"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

// office owes the answers of these tests.
const office = "spmu"

// hall is a forum that everybody reads, with the people in it.
type hall struct {
	*testing.T
	*forum.Forum
	keeper, facilitator, member, officer, outsider access.Subject
}

const group = "round-table"

// each runs fn on both engines in a hall of its own.
func each(t *testing.T, fn func(h hall)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		h := hall{T: t, Forum: &forum.Forum{DB: db}, keeper: access.Act("keeper", access.DeskOfficer, "", "")}
		h.must(account.OpenGroup(ctx, db, h.keeper, account.GroupDraft{ID: group, Kind: account.GroupForum, Name: "Round table", Lang: "en"}))
		h.facilitator = h.joined("facilitator", access.CivilSociety, "odihr")
		h.member = h.joined("member", access.CivilSociety, "odihr")
		h.officer = h.joined("officer", access.ProgrammeOfficer, office)
		h.outsider = h.person("outsider", access.Expert, "KG", "")
		h.must(account.Facilitate(ctx, db, h.keeper, group, h.facilitator.ID))
		h.must(h.Set(ctx, h.facilitator, group, forum.Setting{Anybody: true, Daily: 3, Days: 28}))
		fn(h)
	})
}

func (h hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h hall) person(name string, role access.Role, state, body string) access.Subject {
	h.Helper()
	p, err := account.Create(ctx, h.DB, access.System("test"), account.New{Email: name + "@polis.example", Name: name, Role: role, ActsFor: state, Body: body, Password: "a long enough password"})
	h.must(err)
	who, _, err := account.Subject(ctx, h.DB, p.ID, account.TwoFactors)
	h.must(err)
	return who
}

func (h hall) joined(name string, role access.Role, body string) access.Subject {
	h.Helper()
	who := h.person(name, role, "", body)
	h.must(account.Admit(ctx, h.DB, h.keeper, group, who.ID))
	return who
}

func draft() forum.Draft {
	return forum.Draft{Lang: "en", Title: "Lighting at the bus station", About: "At night nobody sees who waits.", Groups: []string{"women", "residents"}, Themes: []string{"police-reform/community-policing"}, Place: "Bus station", Host: "KG"}
}

func (h hall) raised() string {
	h.Helper()
	id, err := h.Raise(ctx, h.member, group, draft())
	h.must(err)
	return id
}

func receipt() forum.Receipt {
	var bits [16]byte
	_, _ = rand.Read(bits[:])
	return forum.NewReceipt(bits)
}

// unnamed raises an issue without an account.
func (h hall) unnamed() (id string, r forum.Receipt) {
	h.Helper()
	r = receipt()
	h.must(h.RaiseUnnamed(ctx, group, r, draft()))
	w, err := h.ByReceipt(ctx, r)
	h.must(err)
	return w.ID, r
}

// act is what each move needs.
func (h hall) act(m forum.Move) forum.Act {
	day := time.Now().UTC().AddDate(0, 0, 28).Format(time.DateOnly)
	switch m {
	case forum.Publish:
		return forum.Act{Draft: draft()}
	case forum.Take:
		return forum.Act{Office: office, Due: day}
	case forum.Hand:
		return forum.Act{Office: "odihr", Due: day, Words: "They keep the lamps."}
	case forum.Answer:
		return forum.Act{Office: office, Due: day, Words: "Lamps come in March."}
	case forum.Follow, forum.Decline:
		return forum.Act{Words: "Because."}
	}
	return forum.Act{}
}

func (h hall) make(who access.Subject, id string, m forum.Move) error {
	h.Helper()
	rev, err := store.Get[int64](ctx, h.DB, store.Everything("test"), "SELECT rev FROM issue WHERE {scope} AND id = $1", id)
	h.must(err)
	a := h.act(m)
	if m == forum.Merge {
		if a.Into, err = store.Get[string](ctx, h.DB, store.Everything("test"), "SELECT id FROM issue WHERE {scope} AND shown IS NOT NULL ORDER BY id LIMIT 1"); !errors.Is(err, store.ErrNotFound) {
			h.must(err)
		}
	}
	return h.Make(ctx, who, id, rev, m, a)
}

// paths lead to each stage.
var paths = map[forum.Stage][]forum.Move{
	forum.Raised: nil, forum.Taken: {forum.Take}, forum.Answered: {forum.Take, forum.Answer}, forum.Followed: {forum.Take, forum.Answer, forum.Follow},
	forum.Closed: {forum.Take, forum.Answer, forum.Close}, forum.Declined: {forum.Decline}, forum.Merged: {forum.Merge}, forum.Withdrawn: {forum.Withdraw},
}

func (h hall) at(s forum.Stage) string {
	h.Helper()
	id := h.raised()
	for _, m := range paths[s] {
		who := h.facilitator
		if m == forum.Withdraw {
			who = h.member
		}
		h.must(h.make(who, id, m))
	}
	return id
}

// goesOn is the order of the stages: what is not here is impossible.
var goesOn = map[forum.Stage]map[forum.Move]forum.Stage{
	forum.Raised: {
		forum.Take: forum.Taken, forum.Answer: forum.Answered, forum.Decline: forum.Declined, forum.Merge: forum.Merged, forum.Withdraw: forum.Withdrawn,
	},
	forum.Taken: {
		forum.Hand: forum.Taken, forum.Answer: forum.Answered, forum.Decline: forum.Declined, forum.Merge: forum.Merged, forum.Withdraw: forum.Withdrawn,
	},
	forum.Answered: {forum.Follow: forum.Followed, forum.Close: forum.Closed},
	forum.Followed: {forum.Follow: forum.Followed, forum.Close: forum.Closed},
	forum.Declined: {forum.Close: forum.Closed},
}

var moves = []forum.Move{forum.Publish, forum.Take, forum.Hand, forum.Answer, forum.Follow, forum.Close, forum.Decline, forum.Merge, forum.Withdraw}

func TestStagesMovesAndRoles(t *testing.T) {
	each(t, func(h hall) {
		h.raised() // into which others are merged
		roles := []struct {
			name string
			who  access.Subject
			may  []forum.Move
		}{
			{"facilitator", h.facilitator, []forum.Move{forum.Publish, forum.Take, forum.Hand, forum.Answer, forum.Follow, forum.Close, forum.Decline, forum.Merge}},
			{"keeper of groups", h.keeper, []forum.Move{forum.Publish, forum.Take, forum.Hand, forum.Answer, forum.Follow, forum.Close, forum.Decline, forum.Merge}},
			{"office", h.officer, []forum.Move{forum.Answer, forum.Follow}},
			{"raiser", h.member, []forum.Move{forum.Close, forum.Withdraw}},
			{"outsider", h.outsider, nil},
			{"nobody", access.Subject{}, nil},
			{"a program that changes nothing", h.facilitator.Within(access.Official, false), nil},
		}
		for _, stage := range forum.Stages {
			id := h.at(stage)
			for _, role := range roles {
				for _, move := range moves {
					owes := stage != forum.Raised && stage != forum.Declined && stage != forum.Merged && stage != forum.Withdrawn
					may := slices.Contains(role.may, move) && (role.name != "office" || owes)
					leads, possible := goesOn[stage][move]
					on := id
					if may && possible {
						on = h.at(stage)
					}
					err := h.make(role.who, on, move)
					var impossible forum.Impossible
					switch {
					case !may && !errors.Is(err, forum.ErrForbidden):
						h.Errorf("%s, %s by %s: not forbidden: %v", stage, move, role.name, err)
					case may && !possible && !errors.As(err, &impossible):
						h.Errorf("%s, %s by %s: possible: %v", stage, move, role.name, err)
					case may && possible:
						i, rerr := h.Issue(ctx, h.facilitator, on)
						if err != nil || rerr != nil || i.Stage != leads {
							h.Errorf("%s, %s by %s: %v, now %s (%v)", stage, move, role.name, err, i.Stage, rerr)
						}
					}
				}
			}
			if i, err := h.Issue(ctx, access.Subject{}, id); err != nil || i.Stage != stage {
				h.Errorf("a refusal moved it from %s to %s: %v", stage, i.Stage, err)
			}
		}
	})
}

func TestWhatAMoveNeeds(t *testing.T) {
	each(t, func(h hall) {
		past := time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
		for name, c := range map[string]struct {
			at    forum.Stage
			move  forum.Move
			act   func(*forum.Act)
			field string
		}{
			"an answer without words":          {forum.Taken, forum.Answer, func(a *forum.Act) { a.Words = " " }, "words"},
			"an answer of no office":           {forum.Taken, forum.Answer, func(a *forum.Act) { a.Office = "" }, "office"},
			"an office nobody knows":           {forum.Raised, forum.Take, func(a *forum.Act) { a.Office = "town hall" }, "office"},
			"owed by yesterday":                {forum.Raised, forum.Take, func(a *forum.Act) { a.Due = past }, "due"},
			"owed by no day":                   {forum.Raised, forum.Take, func(a *forum.Act) { a.Due = "" }, "due"},
			"owed by nonsense":                 {forum.Raised, forum.Take, func(a *forum.Act) { a.Due = "2026-13-77" }, "due"},
			"handed on without a reason":       {forum.Taken, forum.Hand, func(a *forum.Act) { a.Words = "" }, "words"},
			"declined without a reason":        {forum.Raised, forum.Decline, func(a *forum.Act) { a.Words = "" }, "words"},
			"nothing came of it, without word": {forum.Answered, forum.Follow, func(a *forum.Act) { a.Words = "" }, "words"},
			"an answer as long as a book":      {forum.Taken, forum.Answer, func(a *forum.Act) { a.Words = strings.Repeat("ы", forum.MaxWords+1) }, "words"},
			"merged into nothing":              {forum.Raised, forum.Merge, func(a *forum.Act) { a.Into = "" }, "into"},
		} {
			id := h.at(c.at)
			i, err := h.Issue(ctx, h.facilitator, id)
			h.must(err)
			a := h.act(c.move)
			c.act(&a)
			var wrong forum.Invalid
			if err := h.Make(ctx, h.facilitator, id, i.Rev, c.move, a); !errors.As(err, &wrong) || wrong[c.field] == "" {
				h.Errorf("%s: %v", name, err)
			}
		}
		early, late := h.raised(), h.raised()
		i, err := h.Issue(ctx, h.facilitator, early)
		h.must(err)
		var wrong forum.Invalid
		for _, into := range []string{early, late} {
			if err := h.Make(ctx, h.facilitator, early, i.Rev, forum.Merge, forum.Act{Into: into}); !errors.As(err, &wrong) || wrong["into"] != "issue.error.earlier" {
				h.Errorf("merged into a later one or itself: %v", err)
			}
		}
		var stale forum.Stale
		if err := h.Make(ctx, h.facilitator, early, i.Rev+1, forum.Take, h.act(forum.Take)); !errors.As(err, &stale) || stale.Rev != i.Rev {
			h.Errorf("a stale form: %v", err)
		}
	})
}

func TestAnIssueWithoutAnAccount(t *testing.T) {
	each(t, func(h hall) {
		id, r := h.unnamed()
		t := h.T
		t.Run("is read by the facilitators alone", func(t *testing.T) {
			for name, who := range map[string]access.Subject{
				"member": h.member, "officer": h.officer, "outsider": h.outsider, "keeper": h.keeper, "nobody": {}, "administrator": access.Act("admin", access.Administrator, "", ""),
				"a program of the facilitator": h.facilitator.Within(access.Closed, true), "one who says she is in the group": access.Act("x", access.Expert, "KG", "", group),
			} {
				if _, err := h.Issue(ctx, who, id); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: %v", name, err)
				}
				for _, m := range moves {
					if err := h.make(who, id, m); !errors.Is(err, store.ErrNotFound) {
						t.Errorf("%s, %s: %v", name, m, err)
					}
				}
				if err := h.Say(ctx, who, id, "I read it"); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s asks: %v", name, err)
				}
				if list, _, err := h.Issues(ctx, who.Scope(), forum.Filter{Forum: group}, forum.Place{}, 10); err != nil || len(list) > 0 {
					t.Errorf("%s lists it: %v %v", name, list, err)
				}
				if n, err := h.Count(ctx, who.Scope(), forum.Filter{}); err != nil || n > 0 {
					t.Errorf("%s counts it: %v %v", name, n, err)
				}
				if o, err := h.OverviewOf(ctx, who.Scope(), group); err != nil || o.Raised > 0 {
					t.Errorf("%s counts it: %+v %v", name, o, err)
				}
				if _, _, err := h.Unread(ctx, who, group, forum.Place{}, 10); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s lists what is not shown: %v", name, err)
				}
				if _, err := h.Original(ctx, who, forum.Issue{ID: id, Forum: group}); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s reads the original: %v", name, err)
				}
			}
			if list, _, err := h.Unread(ctx, h.facilitator, group, forum.Place{}, 10); err != nil || len(list) != 1 {
				t.Errorf("the facilitator: %v %v", list, err)
			}
		})
		t.Run("names nobody, neither in its row nor in the log", func(t *testing.T) {
			row, err := store.Get[struct{ Author, By, Who string }](ctx, h.DB, store.Everything("test"), `
				SELECT i.author, s.by_whom AS by, e.who FROM issue i JOIN issue_step s ON s.issue = i.id JOIN event e ON e.object = i.id WHERE {scope} AND i.id = $1`, id)
			if err != nil || row.Author != "" || row.By != "" || row.Who != "system:receipt" {
				t.Errorf("%+v %v", row, err)
			}
		})
		t.Run("is answered without being shown, and she reads the answer", func(t *testing.T) {
			h.must(h.Say(ctx, h.facilitator, id, "Which side?"))
			h.must(h.SayByReceipt(ctx, r, "The north side."))
			h.must(h.SayByReceipt(ctx, r, "The north side.")) // twice
			h.must(h.make(h.facilitator, id, forum.Answer))
			w, err := h.ByReceipt(ctx, forum.ReadReceipt(strings.ToLower(r.String())))
			if err != nil || w.Stage != forum.Answered || w.Shown || len(w.Words) != 2 || w.Steps[1].Words != "Lamps come in March." || w.Steps[1].Office != office {
				t.Errorf("%+v %v", w, err)
			}
		})
		t.Run("is shown in edited words, and the original stays with the facilitators", func(t *testing.T) {
			i, err := h.Issue(ctx, h.facilitator, id)
			h.must(err)
			d := draft()
			d.About = "At night nobody sees [who]."
			h.must(h.Make(ctx, h.facilitator, id, i.Rev, forum.Publish, forum.Act{Draft: d}))
			if i, err := h.Issue(ctx, access.Subject{}, id); err != nil || i.About != d.About || i.Author != "" {
				t.Errorf("%+v %v", i, err)
			}
			if o, err := h.Original(ctx, h.facilitator, i); err != nil || o.About != draft().About {
				t.Errorf("%+v %v", o, err)
			}
			if _, err := h.Original(ctx, h.member, i); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if err := h.CloseByReceipt(ctx, r, forum.Withdraw); err == nil {
				t.Error("an answer was taken back unread")
			}
			h.must(h.CloseByReceipt(ctx, r, forum.Close))
		})
		t.Run("is taken back whole", func(t *testing.T) {
			id, r := h.unnamed()
			h.must(h.SayByReceipt(ctx, r, "My neighbour says so too."))
			h.must(h.CloseByReceipt(ctx, r, forum.Withdraw))
			w, err := h.ByReceipt(ctx, r)
			if err != nil || w.Stage != forum.Withdrawn || w.Title+w.About+w.Place != "" || len(w.Words) > 0 {
				t.Errorf("%+v %v", w, err)
			}
			if _, err := h.Original(ctx, h.facilitator, forum.Issue{ID: id, Forum: group}); !errors.Is(err, store.ErrNotFound) {
				t.Error("the original stays", err)
			}
		})
		t.Run("is as often as the forum says in a day", func(t *testing.T) {
			h.unnamed()
			if err := h.RaiseUnnamed(ctx, group, receipt(), draft()); !errors.Is(err, forum.ErrFull) {
				t.Error(err)
			}
		})
	})
}

func TestAReceipt(t *testing.T) {
	each(t, func(h hall) {
		r := receipt()
		h.must(h.RaiseUnnamed(ctx, group, r, draft()))
		h.must(h.RaiseUnnamed(ctx, group, r, draft())) // the form sent twice
		if list, _, err := h.Unread(ctx, h.facilitator, group, forum.Place{}, 10); err != nil || len(list) != 1 {
			h.Errorf("sent twice: %d %v", len(list), err)
		}
		cyrillic := strings.NewReplacer("B", "в", "C", "с", "H", "н", "K", "к", "M", "м", "P", "р", "T", "т", "X", "х").Replace(string(r))
		for _, typed := range []string{r.String(), " " + string(r) + "\n", strings.ToLower(strings.ReplaceAll(r.String(), " ", "-")), cyrillic} {
			if _, err := h.ByReceipt(ctx, forum.ReadReceipt(typed)); err != nil {
				h.Errorf("%q: %v", typed, err)
			}
		}
		for _, typed := range []string{"", "x", string(r)[1:], string(r) + "B", strings.Repeat("B", 10_000), "' OR 1 = 1 --", "\x00\xff", string(receipt())} {
			if _, err := h.ByReceipt(ctx, forum.ReadReceipt(typed)); !errors.Is(err, store.ErrNotFound) {
				h.Errorf("%q: %v", typed, err)
			}
			if err := h.SayByReceipt(ctx, forum.ReadReceipt(typed), "words"); !errors.Is(err, store.ErrNotFound) {
				h.Errorf("%q: %v", typed, err)
			}
			if err := h.CloseByReceipt(ctx, forum.ReadReceipt(typed), forum.Withdraw); !errors.Is(err, store.ErrNotFound) {
				h.Errorf("%q: %v", typed, err)
			}
		}
		if n, err := store.Get[int](ctx, h.DB, store.Everything("test"), "SELECT COUNT(*) FROM issue WHERE {scope} AND (receipt LIKE '%' || $1 || '%' OR title LIKE '%' || $1 || '%')", string(r)); err != nil || n > 0 {
			h.Errorf("the receipt itself is stored: %d %v", n, err)
		}
		for range mostWordsHere {
			_ = h.SayByReceipt(ctx, r, string(receipt()))
		}
		if err := h.SayByReceipt(ctx, r, "one more"); !errors.Is(err, forum.ErrFull) {
			h.Errorf("a flood of words: %v", err)
		}
	})
}

const mostWordsHere = 60

func TestAForumThatChanges(t *testing.T) {
	each(t, func(h hall) {
		id, r := h.unnamed()
		shown := h.at(forum.Taken)
		g, err := account.GetGroup(ctx, h.DB, h.keeper, group)
		h.must(err)
		h.must(account.RaiseGroup(ctx, h.DB, h.keeper, group, g.Rev, account.GroupReach{Kind: account.GroupForum, Level: access.Member}))
		if _, err := h.Issue(ctx, access.Subject{}, shown); !errors.Is(err, store.ErrNotFound) {
			h.Errorf("raised in level, it is read by all: %v", err)
		}
		if i, err := h.Issue(ctx, h.member, shown); err != nil || i.Level != access.Member {
			h.Errorf("%+v %v", i, err)
		}
		if _, err := h.Issue(ctx, h.member, id); !errors.Is(err, store.ErrNotFound) {
			h.Errorf("what was not shown: %v", err)
		}
		if err := h.RaiseUnnamed(ctx, group, receipt(), draft()); !errors.Is(err, store.ErrNotFound) {
			h.Errorf("raised without an account where not everybody reads: %v", err)
		}
		h.must(h.SayByReceipt(ctx, r, "Is anybody there?"))
		h.must(h.make(h.facilitator, id, forum.Publish))
		if i, err := h.Issue(ctx, h.member, id); err != nil || i.Level != access.Member {
			h.Errorf("%+v %v", i, err)
		}
		g, err = account.GetGroup(ctx, h.DB, h.keeper, group)
		h.must(err)
		h.must(account.EndGroup(ctx, h.DB, h.keeper, group, g.Rev))
		var impossible forum.Impossible
		for name, err := range map[string]error{
			"a move": h.make(h.facilitator, shown, forum.Answer), "a question": h.Say(ctx, h.facilitator, shown, "words"), "by receipt": h.SayByReceipt(ctx, r, "words"),
			"closed by receipt": h.CloseByReceipt(ctx, r, forum.Withdraw),
		} {
			if !errors.As(err, &impossible) || impossible.Key != "issue.impossible.ended" {
				h.Errorf("%s in a forum that is over: %v", name, err)
			}
		}
		if _, err := h.Raise(ctx, h.member, group, draft()); !errors.As(err, &impossible) {
			h.Errorf("raised in a forum that is over: %v", err)
		}
		if w, err := h.ByReceipt(ctx, r); err != nil || !w.Ended || w.ReceiptMove() != "" {
			h.Errorf("the receipt opens nothing any more: %+v %v", w, err)
		}
	})
}

func TestListsAndWhatIsOwed(t *testing.T) {
	each(t, func(h hall) {
		late, inTime := h.at(forum.Taken), h.at(forum.Answered)
		h.at(forum.Raised)
		h.at(forum.Declined)
		_, err := store.Write(ctx, h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
			for _, q := range []string{
				"INSERT INTO issue_step (issue, n, prior, was, move, stage, words, office, due, day, by_whom, at, mark, owing) VALUES ($1, 3, 2, 'taken', 'hand', 'taken', 'x', 'spmu', '2026-01-02', '2026-01-01', 'x', 1, $1 || ' 3 taken', $1 || ' 3 2026-01-02 spmu')",
				"UPDATE issue SET moves = 3, step = $1 || ' 3 taken', owed = 3, owing = $1 || ' 3 2026-01-02 spmu', due = '2026-01-02' WHERE id = $1",
			} {
				if _, err := tx.Exec(ctx, q, late); err != nil {
					return store.Event{}, err
				}
			}
			return store.Event{Act: "test.late"}, nil
		})
		h.must(err)
		o, err := h.OverviewOf(ctx, h.member.Scope(), group)
		if want := (forum.Overview{Raised: 4, Open: 2, InTime: 1, Overdue: 1, Declined: 1}); err != nil || o != want {
			h.Errorf("%+v %v", o, err)
		}
		for which, n := range map[forum.Which]int{forum.Open: o.Open, forum.InTime: o.InTime, forum.Late: o.Late, forum.Overdue: o.Overdue} {
			f := forum.Filter{Forum: group, Which: which, Theme: "police-reform"}
			list, more, err := h.Issues(ctx, access.Subject{}.Scope(), f, forum.Place{}, 10)
			if count, cerr := h.Count(ctx, access.Subject{}.Scope(), f); err != nil || cerr != nil || len(list) != n || count != n || more != (forum.Place{}) {
				h.Errorf("%s: %d of %d (%d) %v", which, len(list), n, count, err)
			}
		}
		if first, more, err := h.Issues(ctx, h.member.Scope(), forum.Filter{Forum: group, Stages: []forum.Stage{forum.Taken, forum.Answered}}, forum.Place{}, 1); err != nil || len(first) != 1 || first[0].ID != inTime {
			h.Errorf("%v %v", first, err)
		} else if rest, _, err := h.Issues(ctx, h.member.Scope(), forum.Filter{Forum: group, Stages: []forum.Stage{forum.Taken, forum.Answered}}, more, 5); err != nil || len(rest) != 1 || rest[0].ID != late {
			h.Errorf("%v %v", rest, err)
		}
		for name, c := range map[string]struct {
			who access.Subject
			n   int
		}{"the office": {h.officer, 1}, "a member": {h.member, 0}, "nobody": {access.Subject{}, 0}} {
			if list, err := h.Owed(ctx, c.who, "", 10); err != nil || len(list) != c.n {
				h.Errorf("%s owes %d: %v", name, len(list), err)
			}
		}
		if n, err := h.Remind(ctx, time.Now()); err != nil || n != 2 {
			h.Errorf("%d reminded: the office and the facilitator (%v)", n, err)
		}
		if n, err := h.Remind(ctx, time.Now()); err != nil || n != 0 {
			h.Errorf("%d reminded again on the same day (%v)", n, err)
		}
	})
}

func TestMinutes(t *testing.T) {
	each(t, func(h hall) {
		id := h.at(forum.Answered)
		hidden, _ := h.unnamed()
		d := forum.MinutesDraft{Document: "doc", Held: "2026-11-01", Groups: []string{"police", "women"}, Issues: []string{id}}
		if err := h.AddMinutes(ctx, h.member, group, d); !errors.Is(err, forum.ErrForbidden) {
			h.Error(err)
		}
		h.must(h.AddMinutes(ctx, h.facilitator, group, d))
		for field, change := range map[string]func(*forum.MinutesDraft){
			"document": func(d *forum.MinutesDraft) {}, "held": func(d *forum.MinutesDraft) { d.Held = "2999-01-01" }, "groups": func(d *forum.MinutesDraft) { d.Groups = []string{"x"} },
			"issues": func(d *forum.MinutesDraft) { d.Issues = []string{hidden} },
		} {
			again := d
			change(&again)
			var wrong forum.Invalid
			if err := h.AddMinutes(ctx, h.facilitator, group, again); !errors.As(err, &wrong) || wrong[field] == "" {
				h.Errorf("%s: %v", field, err)
			}
		}
		list, err := h.MinutesIn(ctx, access.Subject{}.Scope(), group)
		if err != nil || len(list) != 1 || len(list[0].Issues) != 1 || strings.Join(list[0].Groups, " ") != "women police" {
			h.Fatalf("%+v %v", list, err)
		}
		if list, err := h.MinutesOf(ctx, access.Subject{}.Scope(), id); err != nil || len(list) != 1 {
			h.Errorf("%+v %v", list, err)
		}
		h.must(h.DropMinutes(ctx, h.facilitator, group, list[0].ID))
		if list, err := h.MinutesIn(ctx, access.Subject{}.Scope(), group); err != nil || len(list) != 0 {
			h.Errorf("%+v %v", list, err)
		}
	})
}

func TestTheTablesHoldByThemselves(t *testing.T) {
	each(t, func(h hall) {
		hidden, _ := h.unnamed()
		first := h.raised()
		ids := map[string]string{
			"HIDDEN": hidden, "FIRST": first, "RAISED": h.raised(), "TAKEN": h.at(forum.Taken), "ANSWERED": h.at(forum.Answered), "DECLINED": h.at(forum.Declined),
		}
		const step = "INSERT INTO issue_step (issue, n, prior, was, move, stage, words, office, due, day, by_whom, at, mark, owing) VALUES ($1, "
		for name, c := range map[string]struct{ of, query string }{
			"answered without a step":         {"TAKEN", "UPDATE issue SET stage = 'answered', answered = '2026-01-01' WHERE id = $1"},
			"an answer without words":         {"TAKEN", step + "3, 2, 'taken', 'answer', 'answered', '', 'spmu', '', '2026-01-01', 'x', 1, $1 || ' 3 answered', NULL)"},
			"an answer of no office":          {"TAKEN", step + "3, 2, 'taken', 'answer', 'answered', 'x', '', '', '2026-01-01', 'x', 1, $1 || ' 3 answered', NULL)"},
			"an answer by nobody":             {"TAKEN", step + "3, 2, 'taken', 'answer', 'answered', 'x', 'spmu', '', '2026-01-01', '', 1, $1 || ' 3 answered', NULL)"},
			"closed before an answer":         {"TAKEN", step + "3, 2, 'taken', 'close', 'closed', '', '', '', '2026-01-01', 'x', 1, $1 || ' 3 closed', NULL)"},
			"followed up before an answer":    {"TAKEN", step + "3, 2, 'taken', 'follow', 'followed', 'x', '', '', '2026-01-01', 'x', 1, $1 || ' 3 followed', NULL)"},
			"followed up after a decline":     {"DECLINED", step + "3, 2, 'declined', 'follow', 'followed', 'x', '', '', '2026-01-01', 'x', 1, $1 || ' 3 followed', NULL)"},
			"declined without a reason":       {"RAISED", step + "2, 1, 'raised', 'decline', 'declined', '', '', '', '2026-01-01', 'x', 1, $1 || ' 2 declined', NULL)"},
			"owed before the day it was set":  {"RAISED", step + "2, 1, 'raised', 'take', 'taken', '', 'spmu', '2025-12-31', '2026-01-01', 'x', 1, $1 || ' 2 taken', $1 || ' 2 2025-12-31 spmu')"},
			"owed by no office":               {"RAISED", step + "2, 1, 'raised', 'take', 'taken', '', '', '2026-12-31', '2026-01-01', 'x', 1, $1 || ' 2 taken', $1 || ' 2 2026-12-31 ')"},
			"another day by hand":             {"TAKEN", "UPDATE issue SET due = '2999-01-01' WHERE id = $1"},
			"another office by hand":          {"TAKEN", "UPDATE issue SET office = 'odihr' WHERE id = $1"},
			"nobody owes it any more":         {"TAKEN", "UPDATE issue SET office = '', due = '', owed = NULL, owing = NULL WHERE id = $1"},
			"a step out of nowhere":           {"RAISED", step + "3, 2, 'raised', 'decline', 'declined', 'x', '', '', '2026-01-01', 'x', 1, $1 || ' 3 declined', NULL)"},
			"a step taken away":               {"ANSWERED", "DELETE FROM issue_step WHERE issue = $1 AND n = 2"},
			"opened without a facilitator":    {"HIDDEN", "UPDATE issue SET level = 0 WHERE id = $1"},
			"hidden one given to the group":   {"HIDDEN", "UPDATE issue SET grp = forum WHERE id = $1"},
			"shown at another level":          {"HIDDEN", "UPDATE issue SET shown = forum, grp = forum, level = 1 WHERE id = $1"},
			"shown elsewhere":                 {"HIDDEN", "UPDATE issue SET shown = 'x', grp = 'x', level = 0 WHERE id = $1"},
			"taken up unseen":                 {"HIDDEN", "UPDATE issue SET stage = 'taken' WHERE id = $1"},
			"given an author":                 {"HIDDEN", "UPDATE issue SET author = 'x' WHERE id = $1"},
			"given an owner":                  {"HIDDEN", "UPDATE issue SET owner = 'x' WHERE id = $1"},
			"hidden though she gave her name": {"RAISED", "UPDATE issue SET shown = NULL, grp = '', level = 3 WHERE id = $1"},
			"another level than its forum's":  {"RAISED", "UPDATE issue SET level = 1 WHERE id = $1"},
			"merged into itself":              {"RAISED", "UPDATE issue SET stage = 'merged', merged = id WHERE id = $1"},
			"merged without a step":           {"RAISED", "UPDATE issue SET stage = 'merged', merged = '" + first + "' WHERE id = $1"},
			"a group nobody knows":            {"RAISED", "INSERT INTO issue_tag (issue, kind, value, n) VALUES ($1, 'group', 'martians', 9)"},
			"minutes that treat a hidden one": {"HIDDEN", "INSERT INTO forum_minutes_issue (minutes, forum, issue) VALUES ('x', 'round-table', $1)"},
			"a question by nobody":            {"RAISED", "INSERT INTO issue_word (issue, n, side, words, by_whom, at) VALUES ($1, 1, 'forum', 'x', '', 1)"},
			"taken away":                      {"RAISED", "DELETE FROM issue WHERE id = $1"},
			"without words":                   {"RAISED", "UPDATE issue SET about = '' WHERE id = $1"},
		} {
			_, err := store.Write(ctx, h.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				n, err := tx.Exec(ctx, c.query, ids[c.of])
				if err == nil && n == 0 {
					h.Errorf("%s: the statement touched nothing: the test has gone blind", name)
				}
				return store.Event{Act: "test.attack"}, err
			})
			if !store.Refused(err) {
				h.Errorf("%s: %v", name, err)
			}
		}
	})
}

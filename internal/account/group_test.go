package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

var keeper = access.Act("keeper", access.Moderator, "", "")

// opened makes a group of the kind and level.
func opened(t *testing.T, db *store.DB, id string, kind account.GroupKind, level access.Level) {
	t.Helper()
	must(t, account.OpenGroup(ctx, db, keeper, account.GroupDraft{ID: id, Name: "Group " + id, Kind: kind, Level: level, Themes: []string{"cybercrime"}}))
}

// exec runs a statement as somebody would who goes around the program.
func exec(db *store.DB, sql string, args ...any) error {
	_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, sql, args...)
		return store.Event{Act: "test.exec", Quiet: true}, err
	})
	return err
}

// said puts a topic with one post into a group, as discussions are kept.
func said(t *testing.T, db *store.DB, id, group, author string, level access.Level) error {
	t.Helper()
	if err := exec(db, `INSERT INTO topic (id, kind, title, lang, author, posts, last, answered, review_by, locked, rev, created, updated, level, state, grp, owner)
		VALUES ($1, 'question', 'Who has a model?', 'en', $2, 1, $3, FALSE, '', 0, 1, $3, $3, $4, '', $5, '')`, id, author, time.Now(), int(level), group); err != nil {
		return err
	}
	return exec(db, `INSERT INTO post (id, topic, n, author, lang, body, quotes, way, stage, reason, answer, edits, rev, created, updated, level, state, grp, owner)
		VALUES ($1 || '-1', $1, 1, $2, 'en', 'Of such an agreement.', '', 'page', 'shown', '', FALSE, 0, 1, $3, $3, $4, '', $5, '')`, id, author, time.Now(), int(level), group)
}

// reads counts the topics and posts of a group that the subject reads.
func reads(t *testing.T, db *store.DB, who access.Subject, group string) int {
	t.Helper()
	topics, err := store.Get[int](ctx, db, who.Scope(), "SELECT COUNT(*) FROM topic WHERE {scope} AND grp = $1", group)
	must(t, err)
	posts, err := store.Get[int](ctx, db, who.Scope(), "SELECT COUNT(*) FROM post WHERE {scope} AND grp = $1", group)
	must(t, err)
	return topics + posts
}

func standing(t *testing.T, db *store.DB, who access.Subject, group string) account.GroupStanding {
	t.Helper()
	s, err := account.StandingIn(ctx, db, who, group)
	must(t, err)
	return s
}

func gives(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, not %v", what, got, want)
	}
}

func invalid(t *testing.T, err error, field string) {
	t.Helper()
	var v account.Invalid
	if !errors.As(err, &v) || v[field] == "" || !lang.Has(v[field]) {
		t.Errorf("%s is not named: %v", field, err)
	}
}

func TestAGroupOfEachKind(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		for _, bad := range []account.GroupDraft{
			{ID: "a1", Name: "A", Kind: "secret"},
			{ID: "a1", Name: "A", Kind: account.GroupOpen, Level: access.Member},
			{ID: "a1", Name: "A", Kind: account.GroupMembers, Level: access.Public},
			{ID: "a1", Name: "A", Kind: account.GroupForum, Level: access.Official},
		} {
			if err := account.OpenGroup(ctx, db, keeper, bad); err == nil {
				t.Errorf("%+v is opened", bad)
			}
		}
		long := strings.Repeat("x", 20<<20)
		invalid(t, account.OpenGroup(ctx, db, keeper, account.GroupDraft{ID: "a1", Name: "A", Kind: account.GroupOpen, Rules: long}), "rules")
		invalid(t, account.OpenGroup(ctx, db, keeper, account.GroupDraft{ID: "a1", Name: "A", Kind: account.GroupOpen, Themes: []string{"cooking"}}), "themes")
		opened(t, db, "open", account.GroupOpen, access.Public)
		opened(t, db, "members", account.GroupMembers, access.Official)
		opened(t, db, "closed", account.GroupClosed, access.Public) // a closed one is closed whatever was said
		opened(t, db, "forum", account.GroupForum, access.Public)
		for _, c := range []struct {
			who  access.Subject
			want string
		}{
			{access.Subject{}, "forum open"},
			{access.Act("m", access.Expert, "", "interpol"), "forum open"},
			{access.Act("o", access.Expert, "KG", ""), "forum members open"},
			{access.Act("c", access.Expert, "KG", "", "closed"), "closed forum members open"},
			{keeper, "closed forum members open"},
		} {
			list, _, err := account.FindGroups(ctx, db, c.who, account.GroupFilter{}, "", 10)
			must(t, err)
			var ids []string
			for _, g := range list {
				ids = append(ids, g.ID)
			}
			if got := strings.Join(ids, " "); got != c.want {
				t.Errorf("%s knows of %q, not %q", c.who.ID, got, c.want)
			}
		}
		if list, more, err := account.FindGroups(ctx, db, keeper, account.GroupFilter{Theme: "cybercrime"}, "forum", 1); err != nil || len(list) != 1 || list[0].ID != "members" || more != "members" {
			t.Errorf("the list does not go on: %v, %q, %v", list, more, err)
		}
		if list, _, err := account.FindGroups(ctx, db, keeper, account.GroupFilter{Words: "forum GROUP", Kind: account.GroupForum}, "", 10); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestWhoeverReadsAGroupJoinsItByHerself(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna := ending(t, db, "Anna", 100*day)
		visitor := create(t, db, account.New{Email: "v@polis.example", Name: "Visitor", Role: access.Visitor, ActsFor: "KG"})
		bela := create(t, db, account.New{Email: "bela@polis.example", Name: "Bela", Role: access.Visitor})
		must(t, account.Vouch(ctx, db, keeperOfAll, bela.ID, "", "", time.Time{}))
		opened(t, db, "open", account.GroupOpen, access.Public)
		opened(t, db, "duty", account.GroupMembers, access.Official)
		opened(t, db, "closed", account.GroupClosed, access.Closed)
		must(t, account.Join(ctx, db, now(t, db, anna.ID), "open"))
		must(t, account.Join(ctx, db, now(t, db, anna.ID), "open")) // a double click
		if counts, err := account.MemberCounts(ctx, db, []string{"open"}); err != nil || counts["open"] != 1 {
			t.Error(counts, err)
		}
		gives(t, "nobody vouches", account.Join(ctx, db, now(t, db, visitor.ID), "open"), account.ErrNoVouching)
		gives(t, "it is above her", account.Join(ctx, db, now(t, db, bela.ID), "duty"), store.ErrNotFound)
		gives(t, "an organisation's word does not reach", account.Admit(ctx, db, keeper, "duty", bela.ID), account.ErrBeyond)
		gives(t, "a closed one", account.Join(ctx, db, now(t, db, anna.ID), "closed"), store.ErrNotFound)
		gives(t, "nobody in particular", account.Join(ctx, db, access.Subject{}, "open"), account.ErrForbidden)
		gives(t, "a token that changes nothing", account.Join(ctx, db, now(t, db, anna.ID).Within(access.Closed, false), "duty"), account.ErrForbidden)
		who := now(t, db, anna.ID)
		if len(who.Groups) > 0 {
			t.Errorf("an open group opens records: %v", who.Groups)
		}
		if s := standing(t, db, who, "open"); !s.Writes(time.Now()) || s.Runs() {
			t.Errorf("%+v", s)
		}
		if s := standing(t, db, who.Within(access.Member, false), "open"); s.Writes(time.Now()) || !s.Member {
			t.Errorf("a token that changes nothing writes: %+v", s)
		}
		must(t, account.Withdraw(ctx, db, focalKG, word(t, db, anna.ID).ID, "left"))
		if s := standing(t, db, now(t, db, anna.ID), "open"); s.Member {
			t.Error("her word has ended, she writes still")
		}
	})
}

var keeperOfAll = access.Act("admin", access.Administrator, "", "")

func TestWhoLeavesLeavesNothingInLists(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna, bela := ending(t, db, "Anna", 100*day), ending(t, db, "Bela", 100*day)
		opened(t, db, "open", account.GroupOpen, access.Public)
		for _, p := range []account.Person{anna, bela} {
			must(t, account.Join(ctx, db, now(t, db, p.ID), "open"))
		}
		must(t, exec(db, "UPDATE membership SET silent = $1 WHERE person = $2", time.Now().Add(time.Hour), anna.ID))
		if s := standing(t, db, now(t, db, anna.ID), "open"); s.Writes(time.Now()) || !s.Writes(time.Now().Add(2*time.Hour)) {
			t.Errorf("%+v", s)
		}
		must(t, account.Dismiss(ctx, db, now(t, db, anna.ID), "open", anna.ID))
		list, _, err := account.Members(ctx, db, now(t, db, bela.ID), "open", account.MemberFilter{}, "", 10)
		if err != nil || len(list) != 1 || list[0].Person != bela.ID {
			t.Errorf("%v, %v", list, err)
		}
		if counts, err := account.MemberCounts(ctx, db, []string{"open"}); err != nil || counts["open"] != 1 {
			t.Error(counts, err)
		}
		_, _, err = account.Members(ctx, db, now(t, db, anna.ID), "open", account.MemberFilter{}, "", 10)
		gives(t, "who is in it, for who has left", err, account.ErrForbidden)
		must(t, account.Join(ctx, db, now(t, db, anna.ID), "open"))
		if s := standing(t, db, now(t, db, anna.ID), "open"); s.Writes(time.Now()) {
			t.Error("she left while she was silent, and came back speaking")
		}
		gives(t, "a member takes out another", account.Dismiss(ctx, db, now(t, db, anna.ID), "open", bela.ID), account.ErrForbidden)
	})
}

func TestMembersAreFoundByNameAndPaged(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		opened(t, db, "open", account.GroupOpen, access.Public)
		var last account.Person
		for _, name := range []string{"Zoë", "Anna", "Mira", "Жанна"} {
			last = ending(t, db, name, 100*day)
			must(t, account.Join(ctx, db, now(t, db, last.ID), "open"))
		}
		must(t, account.Facilitate(ctx, db, keeper, "open", last.ID))
		who := now(t, db, last.ID)
		var seen []string
		for after := ""; ; {
			list, more, err := account.Members(ctx, db, who, "open", account.MemberFilter{}, after, 3)
			must(t, err)
			for _, m := range list {
				seen = append(seen, m.Name)
			}
			if after = more; more == "" {
				break
			}
		}
		if got := strings.Join(seen, " "); got != "Жанна Anna Mira Zoë" {
			t.Errorf("%q", got)
		}
		for words, want := range map[string]int{"zoe": 1, "жан": 1, "mi": 1, "polis": 0, "zzz": 0} {
			if list, _, err := account.Members(ctx, db, who, "open", account.MemberFilter{Words: words}, "", 10); err != nil || len(list) != want {
				t.Errorf("%q finds %v, %v", words, list, err)
			}
		}
		if list, _, err := account.Members(ctx, db, who, "open", account.MemberFilter{Runs: true}, "nobody", 10); err != nil || len(list) != 1 || !list[0].Facilitates {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestAGroupIsNotLeftWithoutAFacilitatorUnlessSheLeaves(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna, bela := ending(t, db, "Anna", 100*day), ending(t, db, "Bela", 100*day)
		opened(t, db, "closed", account.GroupClosed, access.Closed)
		unled := func(want int) {
			t.Helper()
			if list, err := account.Unled(ctx, db, keeper); err != nil || len(list) != want {
				t.Errorf("without a facilitator: %v, %v", list, err)
			}
		}
		for _, p := range []account.Person{anna, bela} {
			must(t, account.Admit(ctx, db, keeper, "closed", p.ID))
		}
		unled(1)
		must(t, account.Facilitate(ctx, db, keeper, "closed", anna.ID))
		unled(0)
		must(t, account.Facilitate(ctx, db, keeper, "closed", anna.ID)) // a double click
		gives(t, "who is no member", account.Facilitate(ctx, db, keeper, "closed", "nobody"), store.ErrNotFound)
		gives(t, "a member makes herself one", account.Facilitate(ctx, db, now(t, db, bela.ID), "closed", bela.ID), account.ErrForbidden)
		her := now(t, db, anna.ID)
		if s := standing(t, db, her, "closed"); !s.Runs() {
			t.Errorf("%+v", s)
		}
		if s := standing(t, db, her.Within(access.Closed, false), "closed"); s.Runs() || s.Writes(time.Now()) {
			t.Errorf("a token that changes nothing runs it: %+v", s)
		}
		if _, err := account.StandingIn(ctx, db, her.Within(access.Official, true), "closed"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a token that reads nothing closed knows of it: %v", err)
		}
		gives(t, "the last gives it up", account.Unfacilitate(ctx, db, her, "closed", anna.ID), account.ErrLastFacilitator)
		gives(t, "the keeper takes out the last", account.Dismiss(ctx, db, keeper, "closed", anna.ID), account.ErrLastFacilitator)
		gives(t, "another edits", account.EditGroup(ctx, db, now(t, db, bela.ID), 1, account.GroupDraft{ID: "closed", Name: "Mine"}), account.ErrForbidden)
		must(t, account.EditGroup(ctx, db, her, 1, account.GroupDraft{ID: "closed", Name: "Ours", Rules: "Be brief.", Mails: true, Themes: []string{"drugs", "drugs"}}))
		if g, err := account.GetGroup(ctx, db, her, "closed"); err != nil || g.Name != "Ours" || g.Rules != "Be brief." || !g.Mails || g.Kind != account.GroupClosed || g.Rev != 2 {
			t.Errorf("%+v, %v", g, err)
		}
		if themes, err := account.GroupThemes(ctx, db, "closed"); err != nil || strings.Join(themes, " ") != "drugs" {
			t.Error(themes, err)
		}
		for _, act := range []error{
			account.EndGroup(ctx, db, her, "closed", 2),
			account.RaiseGroup(ctx, db, her, "closed", 2, account.GroupReach{Kind: account.GroupClosed, Level: access.Closed}),
		} {
			gives(t, "hers to end or raise", act, account.ErrForbidden)
		}
		must(t, account.Dismiss(ctx, db, her, "closed", anna.ID))
		unled(1)
		if list, err := account.Unled(ctx, db, now(t, db, bela.ID)); err != nil || list != nil {
			t.Error("told to who keeps no groups:", list, err)
		}
	})
}

func TestALevelOnlyRisesAndWhatIsWrittenFollows(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna := ending(t, db, "Anna", 100*day)
		bela := create(t, db, account.New{Email: "bela@polis.example", Name: "Bela", Role: access.Visitor})
		must(t, account.Vouch(ctx, db, keeperOfAll, bela.ID, "", "", time.Time{}))
		opened(t, db, "g1", account.GroupOpen, access.Public)
		for _, p := range []account.Person{anna, bela} {
			must(t, account.Join(ctx, db, now(t, db, p.ID), "g1"))
		}
		must(t, said(t, db, "t1", "g1", anna.ID, access.Public))
		if n := reads(t, db, access.Subject{}, "g1"); n != 2 {
			t.Fatalf("nobody in particular reads %d", n)
		}
		official := account.GroupReach{Kind: account.GroupMembers, Level: access.Official}
		closed := account.GroupReach{Kind: account.GroupClosed, Level: access.Closed}
		g, err := account.GetGroup(ctx, db, keeper, "g1")
		must(t, err)
		if e, err := account.EffectOfRaise(ctx, db, keeper, g, official); err != nil || e.Stay != 1 || e.Leave != 1 {
			t.Errorf("%+v, %v", e, err)
		}
		gives(t, "from another revision", account.RaiseGroup(ctx, db, keeper, "g1", 7, official), account.ErrChanged)
		invalid(t, account.RaiseGroup(ctx, db, keeper, "g1", 1, account.GroupReach{Kind: account.GroupForum, Level: access.Member}), "to")
		must(t, account.RaiseGroup(ctx, db, keeper, "g1", 1, official))
		if n := reads(t, db, access.Subject{}, "g1") + reads(t, db, now(t, db, bela.ID), "g1"); n != 0 {
			t.Errorf("%d are read from below", n)
		}
		if n := reads(t, db, now(t, db, anna.ID), "g1"); n != 2 {
			t.Errorf("she reads %d", n)
		}
		if counts, _ := account.MemberCounts(ctx, db, []string{"g1"}); counts["g1"] != 1 {
			t.Errorf("%v", counts)
		}
		other := ending(t, db, "Cira", 100*day)
		must(t, account.RaiseGroup(ctx, db, keeper, "g1", 2, closed))
		if n := reads(t, db, now(t, db, other.ID), "g1"); n != 0 {
			t.Errorf("an official from outside reads %d", n)
		}
		if n := reads(t, db, now(t, db, anna.ID), "g1"); n != 2 {
			t.Errorf("its member reads %d", n)
		}
		invalid(t, account.RaiseGroup(ctx, db, keeper, "g1", 3, official), "to")
		g, err = account.GetGroup(ctx, db, keeper, "g1")
		if err != nil || len(g.Rises()) != 0 || g.Kind != account.GroupClosed {
			t.Errorf("%+v, %v", g, err)
		}
	})
}

func TestNoStatementPutsARecordBesideItsGroup(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna := ending(t, db, "Anna", 100*day)
		opened(t, db, "closed", account.GroupClosed, access.Closed)
		opened(t, db, "open", account.GroupOpen, access.Public)
		must(t, said(t, db, "t1", "closed", anna.ID, access.Closed))
		if err := said(t, db, "t2", "closed", anna.ID, access.Public); err == nil {
			t.Error("what is said in a closed group is public")
		}
		if err := said(t, db, "t3", "none", anna.ID, access.Public); err == nil {
			t.Error("something is said in no group")
		}
		for name, sql := range map[string]string{
			"an open closed group":           "UPDATE circle SET level = 0 WHERE id = 'closed'",
			"an open group at another level": "UPDATE circle SET level = 1 WHERE id = 'open'",
			"a closed open group":            "UPDATE circle SET kind = 'closed' WHERE id = 'open'",
			"a kind that is none":            "UPDATE circle SET kind = 'secret' WHERE id = 'open'",
			"a forum for officials":          "UPDATE circle SET kind = 'forum', level = 2 WHERE id = 'open'",
			"members who are everybody":      "UPDATE circle SET kind = 'members' WHERE id = 'open'",
			"a post lowered":                 "UPDATE post SET level = 0 WHERE id = 't1-1'",
			"a topic moved":                  "UPDATE topic SET grp = 'open' WHERE id = 't1'",
			"a post that is somebody's own":  "UPDATE post SET owner = author WHERE id = 't1-1'",
			"a group that is taken away":     "DELETE FROM circle WHERE id = 'closed'",
			"a group by another name":        "UPDATE circle SET id = 'other' WHERE id = 'closed'",
			"a member without a word":        "INSERT INTO membership (grp, person, vouching, by_whom, since) VALUES ('closed', '" + anna.ID + "', 'none', 'x', 1)",
			"a member on no word":            "INSERT INTO membership (grp, person, vouching, by_whom, since) VALUES ('closed', '" + anna.ID + "', NULL, 'x', 1)",
			"a decided proposal with words":  "INSERT INTO circle_ask (grp, person, by_whom, words, asked, decided, verdict, decider, reason) VALUES ('closed', '" + anna.ID + "', 'x', 'Words.', 1, 2, 'admitted', 'x', '')",
			"one declined without a reason":  "INSERT INTO circle_ask (grp, person, by_whom, words, asked, decided, verdict, decider, reason) VALUES ('closed', '" + anna.ID + "', 'x', '', 1, 2, 'declined', 'x', '')",
		} {
			if err := exec(db, sql); err == nil {
				t.Errorf("%s: nothing refuses it", name)
			}
		}
		bela := ending(t, db, "Bela", 100*day)
		if err := exec(db, "INSERT INTO membership (grp, person, vouching, by_whom, since) VALUES ('closed', $1, $2, 'x', 1)", anna.ID, word(t, db, bela.ID).ID); err == nil {
			t.Error("a member on another's word")
		}
	})
}

func TestAMemberIsProposedAndAnswered(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna, bela, cira := ending(t, db, "Anna", 100*day), ending(t, db, "Bela", 100*day), ending(t, db, "Cira", 100*day)
		create(t, db, account.New{Email: "visitor@polis.example", Name: "Visitor", Role: access.Visitor})
		opened(t, db, "closed", account.GroupClosed, access.Closed)
		must(t, account.Admit(ctx, db, keeper, "closed", anna.ID))
		her := func(p account.Person) access.Subject { return now(t, db, p.ID) }
		gives(t, "from outside", account.Propose(ctx, db, her(bela), "closed", "cira@polis.example", "She leads."), store.ErrNotFound)
		invalid(t, account.Propose(ctx, db, her(anna), "closed", "nobody@polis.example", "She leads."), "address")
		invalid(t, account.Propose(ctx, db, her(anna), "closed", "visitor@polis.example", "She leads."), "address")
		invalid(t, account.Propose(ctx, db, her(anna), "closed", "anna@polis.example", "I lead."), "address")
		invalid(t, account.Propose(ctx, db, her(anna), "closed", "bela@polis.example", " "), "words")
		must(t, account.Propose(ctx, db, her(anna), "closed", " Bela@polis.example ", "She leads the unit."))
		invalid(t, account.Propose(ctx, db, her(anna), "closed", "bela@polis.example", "Again."), "address")
		_, err := account.Asks(ctx, db, her(anna), "closed")
		gives(t, "a member reads what waits", err, account.ErrForbidden)
		asks, err := account.Asks(ctx, db, keeper, "closed")
		if err != nil || len(asks) != 1 || asks[0].Name != "Bela" || asks[0].ByName != "Anna" || asks[0].Words != "She leads the unit." {
			t.Fatalf("%+v, %v", asks, err)
		}
		a := asks[0]
		gives(t, "a member decides", account.Answer(ctx, db, her(anna), "closed", a.Person, a.Asked, true, ""), account.ErrForbidden)
		gives(t, "another proposal", account.Answer(ctx, db, keeper, "closed", a.Person, a.Asked.Add(time.Second), true, ""), account.ErrDecided)
		invalid(t, account.Answer(ctx, db, keeper, "closed", a.Person, a.Asked, false, " "), "reason")
		must(t, account.Answer(ctx, db, keeper, "closed", a.Person, a.Asked, false, "Not this year."))
		gives(t, "twice", account.Answer(ctx, db, keeper, "closed", a.Person, a.Asked, true, ""), account.ErrDecided)
		own, err := account.AsksOf(ctx, db, her(anna), "closed")
		if err != nil || len(own) != 1 || own[0].Verdict != account.Declined || own[0].Reason != "Not this year." || own[0].Words != "" {
			t.Errorf("%+v, %v", own, err)
		}
		must(t, account.Propose(ctx, db, her(anna), "closed", "bela@polis.example", "A year later."))
		asks, err = account.Asks(ctx, db, keeper, "closed")
		must(t, err)
		gives(t, "an old form answers a new proposal", account.Answer(ctx, db, keeper, "closed", a.Person, a.Asked, true, ""), account.ErrDecided)
		must(t, account.Answer(ctx, db, keeper, "closed", asks[0].Person, asks[0].Asked, true, ""))
		if who := her(bela); len(who.Groups) != 1 {
			t.Errorf("%+v", who)
		}
		must(t, account.Propose(ctx, db, her(anna), "closed", "cira@polis.example", "She knows."))
		asks, _ = account.Asks(ctx, db, keeper, "closed")
		gives(t, "another's", account.WithdrawAsk(ctx, db, her(bela), "closed", cira.ID, asks[0].Asked), account.ErrForbidden)
		must(t, account.Dismiss(ctx, db, keeper, "closed", anna.ID))
		if asks, err = account.Asks(ctx, db, keeper, "closed"); err != nil || len(asks) != 0 {
			t.Errorf("who was taken out proposes still: %+v, %v", asks, err)
		}
		letters := kinds(t, db)
		if want := "groups.letter.admitted groups.letter.declined groups.letter.welcome"; letters != want {
			t.Errorf("%q, not %q", letters, want)
		}
	})
}

// kinds are the letters about groups that wait, without what they say.
func kinds(t *testing.T, db *store.DB) string {
	t.Helper()
	rows, err := store.List[struct{ Kind, Args, Path string }](context.Background(), db, store.Everything("test"), "SELECT kind, args, path FROM letter WHERE {scope} AND kind LIKE 'groups.%' ORDER BY kind")
	must(t, err)
	var list []string
	for _, r := range rows {
		list = append(list, r.Kind)
		if strings.Contains(r.Args+r.Path, "losed") || !lang.Has(r.Kind+".subject") || !lang.Has(r.Kind+".text") || !lang.Has(r.Kind+".button") {
			t.Errorf("%+v names a closed group, or says nothing", r)
		}
	}
	return strings.Join(list, " ")
}

func TestAnEndedGroupIsAnArchive(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna, bela := ending(t, db, "Anna", 100*day), ending(t, db, "Bela", 100*day)
		opened(t, db, "closed", account.GroupClosed, access.Closed)
		must(t, account.Admit(ctx, db, keeper, "closed", anna.ID))
		must(t, account.Facilitate(ctx, db, keeper, "closed", anna.ID))
		must(t, said(t, db, "t1", "closed", anna.ID, access.Closed))
		must(t, account.Propose(ctx, db, now(t, db, anna.ID), "closed", "bela@polis.example", "She leads."))
		must(t, account.EndGroup(ctx, db, keeper, "closed", 1))
		her := now(t, db, anna.ID)
		if n := reads(t, db, her, "closed"); n != 2 {
			t.Errorf("its member reads %d of the archive", n)
		}
		if s := standing(t, db, her, "closed"); s.Writes(time.Now()) || s.Runs() || !s.Member || !s.Ended {
			t.Errorf("%+v", s)
		}
		if s := standing(t, db, keeper, "closed"); s.Runs() {
			t.Errorf("%+v", s)
		}
		for what, err := range map[string]error{
			"edited":      account.EditGroup(ctx, db, her, 2, account.GroupDraft{ID: "closed", Name: "Again"}),
			"admits":      account.Admit(ctx, db, keeper, "closed", bela.ID),
			"proposed":    account.Propose(ctx, db, her, "closed", "bela@polis.example", "She leads."),
			"ended again": account.EndGroup(ctx, db, keeper, "closed", 2),
			"run":         account.Facilitate(ctx, db, keeper, "closed", anna.ID),
		} {
			gives(t, what, err, account.ErrChanged)
		}
		if list, err := account.Unled(ctx, db, keeper); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
		if list, _, err := account.FindGroups(ctx, db, her, account.GroupFilter{Ended: true, Mine: true}, "", 10); err != nil || len(list) != 1 {
			t.Errorf("the archive is not found: %v, %v", list, err)
		}
		must(t, account.Dismiss(ctx, db, keeper, "closed", anna.ID))
		if n := reads(t, db, now(t, db, anna.ID), "closed"); n != 0 {
			t.Errorf("who was taken out reads %d of the archive", n)
		}
	})
}

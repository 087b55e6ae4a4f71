package assistance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store"
)

// office is a house whose letters reach a server, with people in it.
type office struct {
	*testing.T
	a      *assistance.Assistance
	post   *mail.Post
	server *mailtest.Server
	who    map[string]access.Subject
	heard  int
}

// atHome is the office with the people that letters may concern, by their names.
func atHome(t *testing.T, a *assistance.Assistance) *office {
	t.Helper()
	keys, err := keyring.Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{T: t, a: a, server: mailtest.Start(t, false, nil), who: map[string]access.Subject{}}
	if err := mail.Save(ctx, a.DB, keys, access.System("test"), o.server.Settings(mail.Plain)); err != nil {
		t.Fatal(err)
	}
	o.post = account.Post(a.DB, keys, "https://polis.example", nil)
	o.post.Finish = a.Finish(o.post.Finish)
	for _, p := range []account.New{
		{Name: "focal", Role: access.FocalPoint, ActsFor: "KG", Lang: "ru"},
		{Name: "deputy", Role: access.FocalPoint, ActsFor: "KG", Lang: "en"},
		{Name: "envoy", Role: access.Delegation, ActsFor: "KG", Lang: "fr"},
		{Name: "expert", Role: access.Expert, ActsFor: "KG", Lang: "en"},
		{Name: "focal-tj", Role: access.FocalPoint, ActsFor: "TJ", Lang: "en"},
		{Name: "officer", Role: access.ProgrammeOfficer, Body: "spmu", Lang: "en"},
		{Name: "desk", Role: access.DeskOfficer, Lang: "en"},
		{Name: "second", Role: access.DeskOfficer, Lang: "de"},
		{Name: "admin", Role: access.Administrator, Lang: "en"},
	} {
		p.Email, p.Password = p.Name+"@polis.example", "four words that nobody joins"
		made, err := account.Create(ctx, a.DB, access.System("test"), p)
		if err != nil {
			t.Fatal(err)
		}
		if o.who[p.Name], _, err = account.Subject(ctx, a.DB, made.ID, account.TwoFactors); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// arrived are the letters that come now.
func (o *office) arrived() []mailtest.Letter {
	o.Helper()
	if _, err := o.post.SendDue(ctx); err != nil {
		o.Fatal(err)
	}
	all := o.server.Letters()
	fresh := all[o.heard:]
	o.heard = len(all)
	return fresh
}

// reach fails where the letters that come now go to others than these, and returns
// them by the names of those to whom they went.
func (o *office) reach(what string, want ...string) map[string]mailtest.Letter {
	o.Helper()
	letters, got := map[string]mailtest.Letter{}, []string(nil)
	for _, l := range o.arrived() {
		name := strings.TrimSuffix(l.To, "@polis.example")
		letters[name], got = l, append(got, name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		o.Errorf("%s reaches %v, not %v", what, got, want)
	}
	return letters
}

func (o *office) do(who string, id string, m assistance.Move) {
	o.Helper()
	if err := o.a.Move(ctx, o.who[who], id, read(o, o.a, id).Rev, m, "Слова", "spmu"); err != nil {
		o.Fatal(m, err)
	}
}

func (o *office) submitted() string {
	o.Helper()
	id, err := o.a.Draft(ctx, o.who["focal"], whole())
	if err != nil {
		o.Fatal(err)
	}
	o.do("focal", id, assistance.Submit)
	return id
}

func TestLettersAboutARequest(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		o := atHome(t, a)
		id := o.submitted()
		letters := o.reach("what is submitted", "desk", "second")
		t.Run("in the reader's language, with its title and a link, and nothing of its text", func(t *testing.T) {
			german, number := letters["second"], read(t, a, id).Number
			plain := german.Parts(t)["text/plain"]
			if german.Subject() != "POLIS: Ersuchen "+number+" (Kirgisistan) – Eingereicht" || !strings.Contains(plain, "„"+whole().Title+"“") || !strings.Contains(plain, "https://polis.example/de/assistance/requests/"+id) {
				t.Errorf("%s\n%s", german.Subject(), plain)
			}
			for _, secret := range []string{whole().Wish, whole().Reason, whole().Bodies[0]} {
				if strings.Contains(plain+german.Parts(t)["text/html"], secret) {
					t.Errorf("it tells %q", secret)
				}
			}
		})
		t.Run("what the desk does reaches the State, what the State does who handles it", func(t *testing.T) {
			o.do("second", id, assistance.Acknowledge)
			o.reach("acknowledged", "focal", "deputy")
			o.do("desk", id, assistance.Ask)
			if russian := o.reach("a question", "focal", "deputy")["focal"]; strings.Contains(russian.Raw, "Слова") || !strings.Contains(russian.Subject(), "Вопрос отдела") {
				t.Error(russian.Raw)
			}
			if err := a.Revise(ctx, o.who["deputy"], id, read(t, a, id).Rev, assistance.RequestDraft{Lang: "ru", Title: "Курс", Wish: "Для двадцати", Reason: "Закон", Themes: []string{"drugs"}}); err != nil {
				t.Fatal(err)
			}
			o.reach("a change that the answer will tell of")
			o.do("deputy", id, assistance.Answer)
			o.reach("an answer", "desk")
			o.do("second", id, assistance.Accept)
			o.reach("accepted", "focal", "deputy")
			o.do("focal", id, assistance.Withdraw)
			o.reach("withdrawn", "second")
			for _, end := range []assistance.Move{assistance.Decline, assistance.Refer} {
				id := o.submitted()
				o.do("desk", id, assistance.Acknowledge)
				o.arrived()
				o.do("desk", id, end)
				o.reach(string(end), "focal", "deputy")
			}
		})
		t.Run("a draft that is thrown away concerns nobody", func(t *testing.T) {
			id, err := a.Draft(ctx, o.who["focal"], whole())
			if err != nil {
				t.Fatal(err)
			}
			o.do("focal", id, assistance.Withdraw)
			o.reach("a draft")
		})
		t.Run("whoever has left meanwhile is not written to", func(t *testing.T) {
			o.submitted()
			if err := account.Block(ctx, a.DB, access.System("test"), o.who["second"].ID, true); err != nil {
				t.Fatal(err)
			}
			o.reach("what is submitted", "desk")
		})
	})
}

func TestLettersAboutAConsent(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		o := atHome(t, a)
		ask := func() string {
			id, err := a.AskConsent(ctx, o.who["officer"], assistance.AskedConsent{Giver: "KG", Why: "Секрет", Areas: areas})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		try := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		id := ask()
		letter := o.reach("what is asked", "focal", "deputy", "envoy")["envoy"]
		if plain := letter.Parts(t)["text/plain"]; !strings.Contains(letter.Subject(), "Kirghizistan") && !strings.Contains(letter.Subject(), "Kirghizstan") || !strings.Contains(plain, "/fr/assistance/consents/"+id) || strings.Contains(plain, "Секрет") {
			t.Error(letter.Subject(), plain)
		}
		try(a.Give(ctx, o.who["envoy"], id, 1, answer()))
		o.reach("what is given", "focal", "deputy", "officer", "desk", "second")
		try(a.CloseArea(ctx, o.who["focal"], id, 2, "drugs", "Проверка"))
		if closed := o.reach("what is closed", "deputy", "envoy", "officer", "desk", "second")["desk"]; strings.Contains(closed.Raw, "Проверка") {
			t.Error(closed.Raw)
		}
		try(a.OpenArea(ctx, o.who["focal"], id, 3, "drugs", ""))
		o.reach("what is opened", "deputy", "envoy", "officer", "desk", "second")
		try(a.WithdrawConsent(ctx, o.who["desk"], id, 4, "KG/13"))
		o.reach("what the desk writes down for a State", "focal", "deputy", "envoy", "officer", "second")
		id = ask()
		o.arrived()
		try(a.Refuse(ctx, o.who["focal"], id, 1, ""))
		o.reach("what is refused", "deputy", "envoy", "officer", "desk", "second")
		id = ask()
		o.arrived()
		try(a.Retract(ctx, o.who["desk"], id, 1, "TJ"))
		o.reach("what was asked by mistake", "focal", "deputy", "envoy")
		id, g := ask(), answer()
		g.Until = today()
		try(a.Give(ctx, o.who["focal"], id, 1, g))
		o.arrived()
		try(a.Expire(ctx, time.Now().AddDate(0, 0, 2)))
		o.reach("what has run out", "focal", "deputy", "envoy", "officer", "desk", "second")
	})
}

func TestLettersAboutAProjectThatLosesItsGround(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		o := atHome(t, a)
		for stage, says := range map[assistance.ProjectStage]string{assistance.Active: "project.lost.decide", assistance.Approved: "project.lost.stopped"} {
			id, consents := started(t, a, stage, "KG")
			o.arrived()
			if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "Проверка"); err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, l := range o.arrived() {
				plain := l.Parts(t)["text/plain"]
				if !strings.Contains(plain, "/assistance/projects/"+id+"/gates") {
					continue // of the consent
				}
				name := strings.TrimSuffix(l.To, "@polis.example")
				told = append(told, name)
				if strings.Contains(plain, "Проверка") || name == "desk" && !strings.Contains(strings.Join(strings.Fields(plain), " "), lang.For("en").T(says)) {
					t.Error(plain)
				}
			}
			slices.Sort(told)
			if !slices.Equal(told, []string{"desk", "officer", "second"}) {
				t.Errorf("%s: %v", stage, told)
			}
		}
	})
}

func TestALetterGoesWithTheWriteOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		o := atHome(t, a)
		id := o.submitted()
		o.arrived()
		r := read(t, a, id)
		if err := a.Move(ctx, o.who["desk"], id, r.Rev, assistance.Acknowledge, "a\x00b", ""); err == nil {
			t.Fatal("no text may hold that")
		}
		if err := a.Move(ctx, o.who["desk"], id, r.Rev+1, assistance.Acknowledge, "", ""); err == nil {
			t.Fatal("it was read by nobody")
		}
		o.reach("what did not happen")
	})
}

func TestReminders(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		o := atHome(t, a)
		remind := func(want int) {
			t.Helper()
			if n, err := a.Remind(ctx, time.Now()); err != nil || n != want {
				t.Errorf("%d are reminded, not %d: %v", n, want, err)
			}
		}
		var ids []string
		for range 2 {
			ids = append(ids, o.submitted())
		}
		o.do("desk", ids[1], assistance.Ask)
		o.arrived()
		remind(0)
		o.reach("what is in time")
		late := func(id string) {
			_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, "UPDATE request SET due = '2020-01-01' WHERE id = $1", id)
				return store.Event{Act: "test.aged"}, err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		late(ids[0])
		late(ids[1])
		t.Run("one letter each, that lists what waits for her", func(t *testing.T) {
			remind(4)
			letters := o.reach("a reminder", "desk", "second", "focal", "deputy")
			if s := letters["second"].Subject(); s != "POLIS: 2 Vorgänge sind überfällig" {
				t.Error(s)
			}
			for name, want := range map[string][]bool{"second": {true, true}, "focal": {false, true}} {
				plain := letters[name].Parts(t)["text/plain"]
				for i, id := range ids {
					if strings.Contains(plain, "/assistance/requests/"+id) != want[i] {
						t.Errorf("%s: request %d: %s", name, i, plain)
					}
				}
				if strings.Contains(plain, whole().Wish) {
					t.Error(plain)
				}
			}
		})
		t.Run("never more than once a day", func(t *testing.T) {
			for range 3 {
				remind(0)
			}
			o.reach("another turn")
			if _, err := store.Upkeep(ctx, a.DB, "UPDATE letter SET created = created - 86400000000"); err != nil {
				t.Fatal(err)
			}
			remind(4)
		})
		t.Run("what was done meanwhile is told to nobody", func(t *testing.T) {
			o.do("deputy", ids[1], assistance.Answer)
			o.do("second", ids[0], assistance.Acknowledge)
			o.do("second", ids[1], assistance.Decline)
			for _, letter := range o.arrived() {
				if slices.ContainsFunc(lang.All, func(t lang.Tag) bool {
					return letter.Subject() == lang.For(t).T("assistance.letter.overdue.subject", "n", 2)
				}) {
					t.Errorf("%s is reminded: %s", letter.To, letter.Subject())
				}
			}
		})
		t.Run("however many there are, twenty are named", func(t *testing.T) {
			for range 22 {
				late(o.submitted())
			}
			o.arrived()
			if _, err := store.Upkeep(ctx, a.DB, "UPDATE letter SET created = created - 86400000000"); err != nil {
				t.Fatal(err)
			}
			remind(2)
			letter := o.reach("a reminder", "desk", "second")["desk"]
			if n := strings.Count(letter.Parts(t)["text/plain"], "/en/assistance/requests/"); n != 20 || letter.Subject() != fmt.Sprintf("POLIS: %d things are overdue", 22) {
				t.Error(n, letter.Subject())
			}
		})
	})
}

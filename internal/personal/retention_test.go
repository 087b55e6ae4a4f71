package personal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/mail"
	"polis/internal/personal"
	"polis/internal/store"
)

const day = 24 * time.Hour

func heard(int64, int64) error { return nil }

// after moves the clock.
func (p *place) after(d time.Duration) {
	at := time.Now().Add(d)
	p.Now = func() time.Time { return at }
}

// keep keeps the periods at the moved time.
func (p *place) keep() personal.Kept {
	p.Helper()
	kept, err := p.Keep(ctx, heard)
	must(p.T, err)
	return kept
}

func TestPeriods(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		t.Run("nothing goes before its time", func(t *testing.T) {
			for period, n := range p.keep() {
				if n > 0 {
					t.Errorf("%s: %d", period, n)
				}
			}
		})
		must(t, mail.Put(ctx, p.DB, mail.Letter{To: "nobody@polis.example", Kind: "register"}))
		p.row("UPDATE letter SET stage = 'sent' WHERE recipient = 'nobody@polis.example'")
		p.row("INSERT INTO ticket (hash, kind, object, mailed, made, expires, used) VALUES ('reg', 'register', 'nobody@polis.example', TRUE, $1, $2, 0)", time.Now(), time.Now().Add(day))
		p.row("INSERT INTO attempt (bucket, count, wait, last, expires) VALUES ('b', 1, 0, $1, $2)", time.Now(), time.Now().Add(day))
		p.row("UPDATE intake SET stage = 'quarantined', reason = 'damaged' WHERE owner = $1", p.id)
		newcomer := p.person("unconfirmed@polis.example", "Unconfirmed", access.Visitor, "")
		p.row("UPDATE person SET confirmed = 0 WHERE id = $1", newcomer)
		t.Run("each goes after its own, and the log counts it", func(t *testing.T) {
			p.after(100 * day)
			kept := p.keep()
			for period, least := range map[string]int64{"registrations": 2, "invitations": 1, "sessions": 1, "attempts": 1, "quarantine": 1, "letters": 1, "batches": 2, "imports": 1} {
				if kept[period] < least {
					t.Errorf("%s: %d", period, kept[period])
				}
			}
			all := p.everything()
			for _, left := range []string{"nobody@polis.example", "guest@polis.example", "unconfirmed@polis.example"} {
				for table, text := range all {
					if strings.Contains(text, left) {
						t.Errorf("%s still has %s", table, left)
					}
				}
			}
			events, err := store.Log(ctx, p.DB, store.Everything("test"), store.LogFilter{Act: "personal.retention.kept", Limit: 50})
			must(t, err)
			if len(events) < 6 {
				t.Errorf("%d events", len(events))
			}
		})
		t.Run("what still holds stays: an accepted invitation, waiting letters, the accounts", func(t *testing.T) {
			all := p.everything()
			if !strings.Contains(all["invitation"], herOld) || !strings.Contains(all["letter"], "Somebody") || !strings.Contains(all["person"], herAddress) {
				t.Error("something went too early")
			}
		})
		t.Run("the file of what was in quarantine is swept, a day after it came", func(t *testing.T) {
			idle := func() (n int64) {
				s, err := p.Library.Stored(ctx, nil)
				must(t, err)
				return s.IdleFiles
			}
			must(t, p.Sweep(ctx, nil))
			if n := idle(); n != 1 {
				t.Errorf("%d files that came just now", n)
			}
			for e, err := range p.Library.Files.All(ctx) {
				must(t, err)
				if err := p.Library.Files.Remove(ctx, e.Sum, time.Hour); !errors.Is(err, blob.ErrYoung) {
					t.Error(err)
				}
			}
		})
		t.Run("it can be broken off and begun again", func(t *testing.T) {
			stop := errors.New("stop")
			p.row("INSERT INTO attempt (bucket, count, wait, last, expires) VALUES ('c', 1, 0, $1, $1)", time.Now())
			if _, err := p.Keep(ctx, func(done, _ int64) error { return stop }); !errors.Is(err, stop) {
				t.Error(err)
			}
			if kept := p.keep(); kept["attempts"] != 1 {
				t.Errorf("%v", kept)
			}
		})
	})
}

func TestAccountsThatNobodyUses(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		const years = 3 * 365 * day
		letters := func() (n int) {
			return strings.Count(p.everything()["letter"], "personal.letter.unused")
		}
		p.row("DELETE FROM token_use")
		p.after(years + 10*day)
		p.keep()
		if letters() > 0 {
			t.Fatal("letters were written where none leave")
		}
		p.row("INSERT INTO setting (name, value) VALUES ('mail.settings', '{\"Host\":\"localhost\",\"Port\":25,\"Security\":\"none\",\"From\":\"p@polis.example\"}')")
		steps := []struct {
			name    string
			at      time.Duration
			letters int // to her, to the administrator and to an expert who is there too, of which those before are forgotten when sent
			gone    bool
		}{
			{"a year before nothing happens", years - 365*day, 0, false},
			{"60 days before she gets a letter", years - 59*day, 3, false},
			{"a day later no other one", years - 58*day, 3, false},
			{"14 days before she gets the last one", years - 12*day, 6, false},
			{"on the day the letter named she is still there", years, 6, false},
			{"60 days after the first and 14 after the last she is erased", years + 3*day, 2, true},
		}
		for _, s := range steps {
			t.Run(s.name, func(t *testing.T) {
				p.after(s.at)
				p.keep()
				her, err := account.Load(ctx, p.DB, p.id)
				must(t, err)
				if n := letters(); n != s.letters || her.Erased != s.gone {
					t.Errorf("%d letters, erased: %v", n, her.Erased)
				}
			})
		}
		t.Run("the last administrator stays, however long she was away", func(t *testing.T) {
			admin, err := account.Load(ctx, p.DB, p.admin.ID)
			if err != nil || admin.Erased {
				t.Error(admin.Erased, err)
			}
		})
	})
}

func TestComingBackEndsTheWarning(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		const years = 3 * 365 * day
		p.row("INSERT INTO setting (name, value) VALUES ('mail.settings', '{\"Host\":\"localhost\",\"Port\":25,\"Security\":\"none\",\"From\":\"p@polis.example\"}')")
		p.row("DELETE FROM token_use")
		p.after(years - 50*day)
		p.keep()
		p.row("UPDATE person SET seen = $2 WHERE id = $1", p.id, time.Now().Add(years-40*day))
		for _, later := range []time.Duration{years, years + 100*day} {
			p.after(later)
			p.keep()
		}
		her, err := account.Load(ctx, p.DB, p.id)
		if err != nil || her.Erased {
			t.Error("she signed in and was erased:", err)
		}
		t.Run("and so does a program that asks for her", func(t *testing.T) {
			p.row("UPDATE person SET seen = 0 WHERE id = $1", p.id)
			p.row("INSERT INTO token_use (token, used) VALUES ('t1', $1)", time.Now().Add(2*years))
			for _, later := range []time.Duration{2 * years, 2*years + 70*day, 2*years + 140*day} {
				p.after(later)
				p.keep()
			}
			if her, err := account.Load(ctx, p.DB, p.id); err != nil || her.Erased {
				t.Error("her program asked and she was erased:", err)
			}
		})
	})
}

func TestChoosingPeriods(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		usual, err := personal.LoadPeriods(ctx, p.DB)
		must(t, err)
		must(t, usual.Validate())
		t.Run("only who runs the installation chooses", func(t *testing.T) {
			if err := personal.SavePeriods(ctx, p.DB, p.her(), usual); !errors.Is(err, account.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("what is out of bounds, or missing, is named", func(t *testing.T) {
			for name, n := range map[string]int{"letters": 8, "quarantine": 0, personal.Unused: -1, "sessions": 1000} {
				c := personal.Chosen{}
				for k, v := range usual {
					c[k] = v
				}
				c[name] = n
				var wrong personal.Invalid
				if err := personal.SavePeriods(ctx, p.DB, p.admin, c); !errors.As(err, &wrong) || wrong[name] == "" {
					t.Errorf("%s %d: %v", name, n, err)
				}
			}
			if err := (personal.Chosen{}).Validate(); err == nil {
				t.Error("no periods at all are taken")
			}
		})
		t.Run("what was chosen is kept to", func(t *testing.T) {
			usual["quarantine"] = 7
			must(t, personal.SavePeriods(ctx, p.DB, p.admin, usual))
			p.row("UPDATE intake SET stage = 'quarantined', reason = 'damaged' WHERE owner = $1", p.id)
			p.after(8 * day)
			if kept := p.keep(); kept["quarantine"] != 1 {
				t.Errorf("%v", kept)
			}
		})
	})
}

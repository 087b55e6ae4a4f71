package announcement_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/announcement"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// draft is one that is shown for ten days.
func draft(a announcement.Audience, whose, title string) announcement.Draft {
	return announcement.Draft{
		Audience: a, Whose: whose, Until: time.Now().AddDate(0, 0, 10).Format(time.DateOnly),
		Texts: []announcement.Text{{Lang: lang.English, Title: title, Body: "All of it."}, {Lang: lang.Russian}},
	}
}

func TestAnnouncements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		must(t, directory.Seed(ctx, db))
		system := access.System("test")
		must(t, account.WaiveSecondFactor(ctx, db, system))
		person := func(name, state string) access.Subject {
			p, err := account.Create(ctx, db, system, account.New{
				Email: name + "@polis.example", Name: name, Role: access.MemberRole, ActsFor: state, Lang: "en", Password: "correct horse battery staple",
			})
			must(t, err)
			who, _, err := account.Subject(ctx, db, p.ID, account.TwoFactors)
			must(t, err)
			return who
		}
		anna, berta := person("anna", "KG"), person("berta", "TJ")
		desk := access.Act("desk", access.DeskOfficer, "", "")
		b := &announcement.Board{DB: db}
		must(t, account.OpenGroup(ctx, db, system, account.GroupDraft{ID: "team", Name: "Joint team", About: "x", Lang: "en", Kind: account.GroupClosed}))
		must(t, account.Admit(ctx, db, system, "team", anna.ID))
		anna, _, err := account.Subject(ctx, db, anna.ID, account.TwoFactors)
		must(t, err)
		standing := func(who access.Subject, group string) string {
			t.Helper()
			list, err := b.Standing(ctx, who, group, 10)
			must(t, err)
			var titles []string
			for _, a := range list {
				titles = append(titles, a.In(lang.German).Title)
			}
			return strings.Join(titles, ", ")
		}
		all, err := b.Write(ctx, desk, draft(announcement.All, "", "Everybody"))
		must(t, err)
		kg, err := b.Write(ctx, desk, draft(announcement.State, "KG", "Kyrgyzstan"))
		must(t, err)
		t.Run("it is shown to whom it is for, and read by who may read it", func(t *testing.T) {
			if a, o, nobody := standing(anna, ""), standing(berta, ""), standing(access.Subject{}, ""); a != "Kyrgyzstan, Everybody" || o != "Everybody" || nobody != "Everybody" {
				t.Error(a, "|", o, "|", nobody)
			}
			if _, err := b.Get(ctx, berta, kg); err != nil {
				t.Error(err)
			}
			if _, err := b.Get(ctx, access.Subject{}, kg); !errors.Is(err, store.ErrNotFound) {
				t.Error("everybody reads what is for members", err)
			}
		})
		t.Run("only those announce who may", func(t *testing.T) {
			for _, who := range []access.Subject{anna, {}, access.Act("x", access.FocalPoint, "KG", ""), desk.Within(access.Official, false)} {
				if _, err := b.Write(ctx, who, draft(announcement.All, "", "No")); !errors.Is(err, announcement.ErrForbidden) {
					t.Error(who.ID, err)
				}
			}
			if _, err := b.Write(ctx, anna, draft(announcement.Group, "team", "No")); !errors.Is(err, announcement.ErrForbidden) {
				t.Error("a member announces in her group", err)
			}
			if err := b.Withdraw(ctx, anna, all, "No"); !errors.Is(err, announcement.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("what is said in a closed group stays there", func(t *testing.T) {
			must(t, account.Facilitate(ctx, db, system, "team", anna.ID))
			id, err := b.Write(ctx, anna, draft(announcement.Group, "team", "Team"))
			must(t, err)
			if standing(anna, "team") != "Team" || !strings.Contains(standing(anna, ""), "Team") || standing(berta, "team") != "" || strings.Contains(standing(berta, ""), "Team") {
				t.Error(standing(anna, "team"), standing(berta, "team"))
			}
			if _, err := b.Get(ctx, berta, id); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if list, _, err := b.List(ctx, desk, announcement.Filter{Coming: true}, announcement.Place{}, 10); err != nil || len(list) != 2 {
				t.Error("the desk reads what a closed group says", len(list), err)
			}
		})
		t.Run("who has put it away is shown it no more, and the others are", func(t *testing.T) {
			must(t, b.Seen(ctx, anna, all))
			must(t, b.Seen(ctx, anna, all))
			if strings.Contains(standing(anna, ""), "Everybody") || !strings.Contains(standing(berta, ""), "Everybody") {
				t.Error(standing(anna, ""), standing(berta, ""))
			}
			if err := b.Seen(ctx, access.Subject{}, all); !errors.Is(err, announcement.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("it is withdrawn with a reason that the archive keeps", func(t *testing.T) {
			var wrong announcement.Invalid
			if err := b.Withdraw(ctx, desk, all, "  "); !errors.As(err, &wrong) {
				t.Error(err)
			}
			must(t, b.Withdraw(ctx, desk, all, "The hall is closed"))
			must(t, b.Withdraw(ctx, desk, all, "Again"))
			a, err := b.Get(ctx, access.Subject{}, all)
			if must(t, err); a.Reason != "The hall is closed" || a.Shown(time.Now()) || standing(berta, "") != "" {
				t.Error(a, standing(berta, ""))
			}
		})
		t.Run("what begins later is known to those who announce alone", func(t *testing.T) {
			d := draft(announcement.All, "", "Tomorrow")
			d.From = time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
			id, err := b.Write(ctx, desk, d)
			must(t, err)
			if _, err := b.Get(ctx, berta, id); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if _, err := b.Get(ctx, access.Act("other", access.DeskOfficer, "", ""), id); err != nil {
				t.Error(err)
			}
		})
		t.Run("the archive is paged and loses nothing", func(t *testing.T) {
			var ids []string
			for place := (announcement.Place{}); ; {
				list, more, err := b.List(ctx, desk, announcement.Filter{Coming: true}, place, 1)
				must(t, err)
				for _, a := range list {
					ids = append(ids, a.ID)
				}
				if more == (announcement.Place{}) {
					break
				}
				var ok bool
				if place, ok = announcement.ParsePlace(more.String()); !ok {
					t.Fatal(more)
				}
			}
			if len(ids) != 3 {
				t.Error(ids)
			}
		})
		t.Run("what cannot be announced is answered field by field", func(t *testing.T) {
			for field, change := range map[string]func(*announcement.Draft){
				"until":    func(d *announcement.Draft) { d.Until = "2020-01-01" },
				"from":     func(d *announcement.Draft) { d.From = "soon" },
				"title-en": func(d *announcement.Draft) { d.Texts = nil },
				"title-ru": func(d *announcement.Draft) { d.Texts[1].Body = "x" },
				"body-en":  func(d *announcement.Draft) { d.Texts[0].Body = strings.Repeat("x", 20_000_000) },
				"whose":    func(d *announcement.Draft) { d.Audience = announcement.State },
				"audience": func(d *announcement.Draft) { d.Audience = "moon" },
			} {
				d := draft(announcement.All, "", "Bad")
				change(&d)
				_, err := b.Write(ctx, desk, d)
				var wrong announcement.Invalid
				if !errors.As(err, &wrong) || !lang.Has(wrong[field]) {
					t.Errorf("%s: %v", field, err)
				}
			}
		})
	})
}

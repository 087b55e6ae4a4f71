package account_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

func expertOfKG(email string) account.Invitation {
	return account.Invitation{Email: email, Name: "Anna", Role: access.Expert, ActsFor: "KG", Lang: "en"}
}

func TestWhoAcceptsIsVouchedForAndHoldsTheRole(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		by, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		_, err := account.Invite(ctx, o.db, focal, expertOfKG("Anna@polis.example"), false)
		must(t, err)
		letter := o.send("anna@polis.example")
		if body := letter.Parts(t)["text/plain"]; !strings.Contains(body, by.Name) || !strings.Contains(body, "Kyrgyzstan") {
			t.Error(body)
		}
		p, err := account.Accept(ctx, o.db, letter.Secret(t), account.Newcomer{Name: "Anna", Lang: "en", Password: password})
		must(t, err)
		who := now(t, o.db, p.ID)
		if who.Trust != access.Official || who.State != "KG" || !who.HasFor(access.Expert, "KG") || p.Confirmed.IsZero() || p.ActsFor != "KG" {
			t.Errorf("%+v %+v", who, p)
		}
		if w := word(t, o.db, p.ID); w.ByWhom != by.ID {
			t.Error("the word is not her inviter's:", w.ByWhom)
		}
		if _, err := account.Accept(ctx, o.db, letter.Secret(t), account.Newcomer{Name: "Eve", Password: password}); !errors.Is(err, account.ErrTicket) {
			t.Error("twice:", err)
		}
		list, n, err := account.Invitations(ctx, o.db, focal, account.InvitationFilter{Limit: 10})
		if err != nil || n != 1 || list[0].Stage(time.Now()) != account.InvitationAccepted || list[0].Person != p.ID {
			t.Error(list, err)
		}
	})
}

func TestAnInvitationIsWorthWhatItsInviterMayGiveThen(t *testing.T) {
	for name, spoil := range map[string]func(o office, inviter account.Person) error{
		"her own word was withdrawn": func(o office, p account.Person) error {
			return account.Withdraw(ctx, o.db, system, word(o.t, o.db, p.ID).ID, "left the ministry")
		},
		"her role was ended": func(o office, p account.Person) error {
			held, err := account.Roles(ctx, o.db, p.ID)
			if err != nil {
				return err
			}
			return account.EndRole(ctx, o.db, system, held[0].ID, "another was appointed")
		},
		"her account was closed": func(o office, p account.Person) error { return account.Block(ctx, o.db, system, p.ID, true) },
	} {
		t.Run(name, func(t *testing.T) {
			withMail(t, func(t *testing.T, o office) {
				by, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
				id, err := account.Invite(ctx, o.db, focal, expertOfKG("anna@polis.example"), false)
				must(t, err)
				secret := o.send("anna@polis.example").Secret(t)
				must(t, spoil(o, by))
				n := account.Newcomer{Name: "Anna", Password: password}
				if _, err := account.Accept(ctx, o.db, secret, n); !errors.Is(err, account.ErrInviter) {
					t.Fatal(err)
				}
				if _, err := account.ByEmail(ctx, o.db, "anna@polis.example"); !errors.Is(err, store.ErrNotFound) {
					t.Error("half of it was done:", err)
				}
				_, successor := o.person("next@polis.example", access.FocalPoint, "KG")
				must(t, account.Resend(ctx, o.db, successor, id))
				if _, err := account.Accept(ctx, o.db, secret, n); !errors.Is(err, account.ErrTicket) {
					t.Error("the earlier link still opens:", err)
				}
				p, err := account.Accept(ctx, o.db, o.send("anna@polis.example").Secret(t), n)
				must(t, err)
				if w := word(t, o.db, p.ID); w.ByWhom != successor.ID {
					t.Error("the word is that of", w.ByWhom)
				}
			})
		})
	}
}

func TestAnInvitationOpensTheGroupsOfWhoMayAdmit(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		must(t, account.OpenGroup(ctx, o.db, system, account.GroupDraft{ID: "cyber", Name: "Cyber network", Kind: account.GroupClosed}))
		_, desk := o.person("desk@polis.example", access.DeskOfficer, "")
		_, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		i := expertOfKG("anna@polis.example")
		i.Circles = []string{"cyber"}
		var wrong account.Invalid
		if _, err := account.Invite(ctx, o.db, focal, i, false); !errors.As(err, &wrong) || wrong["groups"] == "" {
			t.Error("a focal point opens a group that she does not keep:", err)
		}
		_, err := account.Invite(ctx, o.db, desk, i, false)
		must(t, err)
		p, err := account.Accept(ctx, o.db, o.send("anna@polis.example").Secret(t), account.Newcomer{Name: "Anna", Password: password})
		must(t, err)
		if who := now(t, o.db, p.ID); len(who.Groups) != 1 || who.Groups[0] != "cyber" {
			t.Errorf("%+v", who)
		}
	})
}

func TestNobodyInvitesToWhatSheMayNotGive(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		own, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		for field, spoil := range map[string]func(*account.Invitation){
			"email": func(i *account.Invitation) { i.Email = own.Email },
			"role":  func(i *account.Invitation) { i.Role = access.FocalPoint },
			"for":   func(i *account.Invitation) { i.ActsFor = "TJ" },
			"until": func(i *account.Invitation) { i.Until = time.Now().Add(account.MaxTerm + time.Hour) },
			"lang":  func(i *account.Invitation) { i.Lang = "tlh" },
			"name":  func(i *account.Invitation) { i.Name = "A\nB" },
		} {
			i := expertOfKG("anna@polis.example")
			spoil(&i)
			var wrong account.Invalid
			if _, err := account.Invite(ctx, o.db, focal, i, false); !errors.As(err, &wrong) || wrong[field] == "" || len(wrong) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, role := range []access.Role{access.Administrator, access.DeskOfficer, access.Moderator} {
			var wrong account.Invalid
			if _, err := account.Invite(ctx, o.db, focal, account.Invitation{Email: "x@polis.example", Role: role, ActsFor: "KG"}, false); !errors.As(err, &wrong) {
				t.Errorf("%s: %v", role, err)
			}
		}
		for _, role := range access.Roles {
			if role == access.FocalPoint || role == access.DeskOfficer || role == access.Administrator {
				continue
			}
			if _, err := account.Invite(ctx, o.db, access.Act("x", role, "KG", ""), expertOfKG("anna@polis.example"), false); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%s invites: %v", role, err)
			}
		}
	})
}

func TestInvitationsAreSeenByThoseWhoKeepThem(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		_, kg := o.person("kg@polis.example", access.FocalPoint, "KG")
		_, tj := o.person("tj@polis.example", access.FocalPoint, "TJ")
		_, desk := o.person("desk@polis.example", access.DeskOfficer, "")
		id, err := account.Invite(ctx, o.db, kg, expertOfKG("anna@polis.example"), false)
		must(t, err)
		for name, c := range map[string]struct {
			who  access.Subject
			want int
		}{"her own": {kg, 1}, "another State's": {tj, 0}, "the desk's": {desk, 1}} {
			if _, n, err := account.Invitations(ctx, o.db, c.who, account.InvitationFilter{Limit: 10, Words: "ANNA polis"}); err != nil || n != c.want {
				t.Errorf("%s: %d %v", name, n, err)
			}
		}
		for _, act := range []func() error{
			func() error { return account.Resend(ctx, o.db, tj, id) },
			func() error { return account.WithdrawInvitation(ctx, o.db, tj, id) },
			func() error { _, err := account.InviteByHand(ctx, o.db, tj, id); return err },
		} {
			if err := act(); !errors.Is(err, store.ErrNotFound) {
				t.Error("another State's focal point reaches it:", err)
			}
		}
		secret := o.send("anna@polis.example").Secret(t)
		must(t, account.WithdrawInvitation(ctx, o.db, desk, id))
		if _, err := account.Accept(ctx, o.db, secret, account.Newcomer{Name: "Anna", Password: password}); !errors.Is(err, account.ErrTicket) {
			t.Error("a withdrawn one is accepted:", err)
		}
		if err := account.Resend(ctx, o.db, kg, id); !errors.Is(err, account.ErrSettled) {
			t.Error(err)
		}
	})
}

func TestWhoHasAnAccountAcceptsSignedIn(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		_, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		anna, self := o.person("anna@polis.example", access.Visitor, "")
		_, stranger := o.person("eve@polis.example", access.Visitor, "")
		_, err := account.Invite(ctx, o.db, focal, expertOfKG("anna@polis.example"), false)
		must(t, err)
		secret := o.send("anna@polis.example").Secret(t)
		if _, err := account.Accept(ctx, o.db, secret, account.Newcomer{Name: "Anna", Password: password}); !errors.Is(err, account.ErrHasAccount) {
			t.Error("a second account:", err)
		}
		if err := account.AcceptAs(ctx, o.db, stranger, secret); !errors.Is(err, account.ErrForbidden) {
			t.Error("a stranger accepts it:", err)
		}
		must(t, account.AcceptAs(ctx, o.db, self, secret))
		if who := now(t, o.db, anna.ID); !who.HasFor(access.Expert, "KG") {
			t.Errorf("%+v", who)
		}
	})
}

func TestAnInvitationHandedOverConfirmsNoAddress(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		_, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		id, err := account.Invite(ctx, o.db, focal, expertOfKG("anna@polis.example"), true)
		must(t, err)
		if sent, err := o.post.SendDue(ctx); err != nil || sent != 0 {
			t.Error("a letter left:", sent, err)
		}
		secret, err := account.InviteByHand(ctx, o.db, focal, id)
		must(t, err)
		p, err := account.Accept(ctx, o.db, secret, account.Newcomer{Name: "Anna", Password: password})
		if err != nil || !p.Confirmed.IsZero() || !now(t, o.db, p.ID).HasFor(access.Expert, "KG") {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestTwoThousandInvitationsAreOneWrite(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		_, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		list := make([]account.Invitation, account.MostInvitations)
		for i := range list {
			list[i] = expertOfKG(fmt.Sprintf("p%d@polis.example", i))
		}
		broken := append([]account.Invitation(nil), list...)
		broken[7].Email, broken[1999].Email = "nonsense", list[3].Email
		var lines account.InvalidLines
		if _, err := account.InviteAll(ctx, o.db, focal, broken, false); !errors.As(err, &lines) || len(lines) != 2 || lines[0].At != 7 || lines[1].Invalid["email"] != "joining.error.twice" {
			t.Fatal(err, lines)
		}
		if _, n, _ := account.Invitations(ctx, o.db, focal, account.InvitationFilter{Limit: 1}); n != 0 {
			t.Fatal("some were made:", n)
		}
		start := time.Now()
		ids, err := account.InviteAll(ctx, o.db, focal, list, false)
		must(t, err)
		t.Logf("%d invitations in %s on %s", len(ids), time.Since(start).Round(time.Millisecond), o.db.Engine())
		if _, n, _ := account.Invitations(ctx, o.db, focal, account.InvitationFilter{Limit: 1, Stage: account.InvitationOpen}); n != len(list) {
			t.Error(n)
		}
		if _, err := account.InviteAll(ctx, o.db, focal, append(list, list[0]), false); !errors.Is(err, account.ErrForbidden) {
			t.Error("more than that:", err)
		}
	})
}

func TestAnInvitationExpires(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		_, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		var wrong account.Invalid
		if err := account.SetInvitationDays(ctx, o.db, system, 91); !errors.As(err, &wrong) {
			t.Error(err)
		}
		if err := account.SetInvitationDays(ctx, o.db, focal, 3); !errors.Is(err, account.ErrForbidden) {
			t.Error(err)
		}
		must(t, account.SetInvitationDays(ctx, o.db, system, 3))
		id, err := account.Invite(ctx, o.db, focal, expertOfKG("anna@polis.example"), false)
		must(t, err)
		secret := o.send("anna@polis.example").Secret(t)
		list, _, err := account.Invitations(ctx, o.db, focal, account.InvitationFilter{Limit: 1})
		if err != nil || list[0].Expires.Sub(list[0].Created) != 3*24*time.Hour {
			t.Error(list, err)
		}
		_, err = store.Write(ctx, o.db, system, func(tx *store.Tx) (store.Event, error) {
			_, err := tx.Exec(ctx, "UPDATE invitation SET created = 1, expires = 2 WHERE id = $1", id)
			return store.Event{Act: "test"}, err
		})
		must(t, err)
		if _, err := account.Accept(ctx, o.db, secret, account.Newcomer{Name: "Anna", Password: password}); !errors.Is(err, account.ErrTicket) {
			t.Error("a late one is accepted:", err)
		}
		if _, n, err := account.Invitations(ctx, o.db, focal, account.InvitationFilter{Limit: 1, Stage: account.InvitationExpired}); err != nil || n != 1 {
			t.Error(n, err)
		}
	})
}

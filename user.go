package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
)

// userCommand groups what is done with accounts. The one who sits at the
// machine may do all of it: so the first administrator is made.
type userCommand struct {
	Add      userAdd      `cmd:"" help:"Make an account. The password is asked for, or read from the input."`
	List     userList     `cmd:"" help:"List the accounts."`
	Grant    userGrant    `cmd:"" help:"Vouch for a person for a State or structure, and give her a role there."`
	Block    userBlock    `cmd:"" help:"Close an account, or open it again. Who is signed in with it is out at once."`
	Lost     userLost     `cmd:"" help:"Remove the second factors of a person who has lost them. She signs in with her password and sets up new ones."`
	Password userPassword `cmd:"" help:"Set a new password. It is asked for, or read from the input."`
}

// rights are what a person is in POLIS, and for whom.
type rights struct {
	Role  access.Role `help:"What the person is: visitor, member, expert, trainer, focal-point, programme-officer, desk-officer, delegation, civil-society, partner, moderator or administrator." required:"" placeholder:"ROLE"`
	State string      `help:"Two-letter code of the State that the person acts for, such as KG. A delegation needs one." placeholder:"CODE"`
	Body  string      `help:"Identifier in the directory of the person's structure or organisation. A programme officer needs one." placeholder:"ID"`
}

type userAdd struct {
	place  `embed:""`
	Email  string `arg:"" help:"Address of the person, with which she signs in."`
	Name   string `help:"Name of the person, as she writes it herself." required:""`
	rights `embed:""`
	Lang   string `help:"Language that the person reads: en, fr, de, it, ru or es." default:"en"`
}

func (u userAdd) Run(ctx context.Context, c *console) error {
	tag, ok := lang.Parse(u.Lang)
	if !ok {
		return fmt.Errorf("POLIS does not speak %q: choose one of en, fr, de, it, ru, es", u.Lang)
	}
	h, err := u.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	password, err := c.password()
	if err != nil {
		return err
	}
	p, err := account.Create(ctx, h.db, access.System("user"), account.New{
		Email: u.Email, Name: u.Name, Role: u.Role, ActsFor: u.State, Body: u.Body, Lang: tag, Password: password,
	})
	if err != nil {
		return sentence(err)
	}
	c.say("%s (%s) has an account as %s.", p.Name, p.Email, u.Role)
	return nil
}

type userList struct {
	place `embed:""`
}

func (u userList) Run(ctx context.Context, c *console) error {
	h, err := u.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	table := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "ADDRESS\tNAME\tROLES\tVOUCHED FOR BY\tUNTIL\t")
	const page = 500
	for offset := 0; ; offset += page {
		people, _, err := account.People(ctx, h.db, access.System("user"), account.Filter{Limit: page, Offset: offset})
		if err != nil {
			return err
		}
		for _, p := range people {
			fmt.Fprintln(table, userLine(p, time.Now()))
		}
		if len(people) < page {
			return table.Flush()
		}
	}
}

// userLine is a person's row: her roles, and whose word she has until when.
func userLine(p account.Listed, now time.Time) string {
	roles, by, until := []string{}, []string{}, []string{}
	for _, h := range p.Held {
		roles = append(roles, string(h.Role))
	}
	for _, v := range p.Words {
		if v.Holds(now) {
			by = append(by, cmp.Or(v.ActsFor, v.Body, "house"))
			until = append(until, v.Until.Format(time.DateOnly))
		}
	}
	switch {
	case len(roles) == 0 && len(by) == 0:
		roles = append(roles, string(access.Visitor))
	case len(roles) == 0:
		roles = append(roles, string(access.MemberRole))
	}
	note := ""
	if p.Blocked {
		note = "blocked"
	}
	return strings.Join([]string{
		p.Email, p.Name, strings.Join(roles, ","), strings.Join(by, ","), strings.Join(until, ","), note,
	}, "\t")
}

type userGrant struct {
	place  `embed:""`
	Email  string `arg:"" help:"Address of the person."`
	rights `embed:""`
}

func (u userGrant) Run(ctx context.Context, c *console) error {
	return u.change(ctx, u.Email, func(h *house, p account.Person) error {
		g := access.Grant{Role: u.Role, State: u.State, Body: u.Body}
		if err := account.Appoint(ctx, h.db, access.System("user"), p.ID, g, time.Time{}); err != nil {
			return err
		}
		c.say("%s is %s now.", p.Email, u.Role)
		return nil
	})
}

type userBlock struct {
	place `embed:""`
	Email string `arg:"" help:"Address of the person."`
	Undo  bool   `help:"Open the account again."`
}

func (u userBlock) Run(ctx context.Context, c *console) error {
	return u.change(ctx, u.Email, func(h *house, p account.Person) error {
		if err := account.Block(ctx, h.db, access.System("user"), p.ID, !u.Undo); err != nil {
			return err
		}
		state := "blocked"
		if u.Undo {
			state = "open again"
		}
		c.say("The account of %s is %s.", p.Email, state)
		return nil
	})
}

type userLost struct {
	place `embed:""`
	Email string `arg:"" help:"Address of the person. Make sure that it is she who asks."`
}

func (u userLost) Run(ctx context.Context, c *console) error {
	return u.change(ctx, u.Email, func(h *house, p account.Person) error {
		if err := account.ResetFactors(ctx, h.db, access.System("user"), p.ID); err != nil {
			return err
		}
		c.say("%s has no second factor any more.", p.Email)
		return nil
	})
}

type userPassword struct {
	place `embed:""`
	Email string `arg:"" help:"Address of the person."`
}

func (u userPassword) Run(ctx context.Context, c *console) error {
	return u.change(ctx, u.Email, func(h *house, p account.Person) error {
		password, err := c.password()
		if err != nil {
			return err
		}
		if err := account.SetPassword(ctx, h.db, access.System("user"), p.ID, password); err != nil {
			return err
		}
		c.say("%s has a new password.", p.Email)
		return nil
	})
}

// change does something to the account with the address.
func (p place) change(ctx context.Context, email string, do func(*house, account.Person) error) error {
	h, err := p.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	person, err := h.person(ctx, email)
	if err != nil {
		return err
	}
	return sentence(do(h, person))
}

// sentence turns the fields of a form that are wrong into words.
func sentence(err error) error {
	var invalid account.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	english := lang.For("en")
	var lines []string
	for _, field := range slices.Sorted(maps.Keys(invalid)) {
		lines = append(lines, field+": "+english.T(invalid[field]))
	}
	return errors.New(strings.Join(lines, "\n       "))
}

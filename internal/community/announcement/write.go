package announcement

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// How long things may be.
const (
	maxTitle  = 200
	maxBody   = 20_000
	maxReason = 1_000
	longest   = 366 * 24 * time.Hour // it is shown
)

// Draft is what is to be announced.
type Draft struct {
	Audience Audience
	Whose    string
	Members  bool   // of one for everybody: only who is vouched for reads it
	From     string // the day; "" or a past one is now
	Until    string // the last day
	Texts    []Text // what is empty is left out
}

// Write announces something and returns its id. An Invalid says what is wrong.
func (b *Board) Write(ctx context.Context, who access.Subject, d Draft) (id string, err error) {
	if !who.SignedIn() {
		return "", ErrForbidden
	}
	id = store.NewID()
	_, err = store.Write(ctx, b.DB, who, func(tx *store.Tx) (store.Event, error) {
		ok, err := may(ctx, tx, who, d.Audience, d.Whose)
		if err != nil {
			return store.Event{}, err
		}
		if !ok {
			return store.Event{}, ErrForbidden
		}
		a, err := d.check(tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		a.ID, a.Author = id, who.ID
		if a.Label, err = d.label(ctx, tx, who); err != nil {
			return store.Event{}, err
		}
		return event(a, "community.announcement.written"), put(ctx, tx, a)
	})
	return id, err
}

// event is about an announcement; what it says stands in no log.
func event(a Announcement, act string) store.Event {
	return store.Event{Act: act, Object: a.ID, Label: a.Label, Data: map[string]string{"audience": string(a.Audience), "whose": a.Whose}}
}

// check is the announcement that a draft makes.
func (d Draft) check(now time.Time) (a Announcement, err error) {
	wrong := Invalid{}
	a = Announcement{Audience: d.Audience, Whose: d.Whose}
	if d.Audience == All {
		a.Whose = ""
	}
	switch {
	case !slices.Contains([]Audience{All, State, Body, Group}, d.Audience):
		wrong["audience"] = "announcement.error.audience"
	case d.Audience != All && (d.Whose == "" || len(d.Whose) > 64):
		wrong["whose"] = "announcement.error.whose"
	}
	a.Begins = now
	if d.From != "" {
		from, err := time.ParseInLocation(time.DateOnly, d.From, time.Local)
		switch {
		case err != nil:
			wrong["from"] = "announcement.error.day"
		case from.After(now):
			a.Begins = from
		}
	}
	until, err := time.ParseInLocation(time.DateOnly, d.Until, time.Local)
	a.Ends = until.AddDate(0, 0, 1) // to the end of the day
	switch {
	case err != nil:
		wrong["until"] = "announcement.error.day"
	case !a.Ends.After(a.Begins):
		wrong["until"] = "announcement.error.order"
	case a.Ends.Sub(a.Begins) > longest:
		wrong["until"] = "announcement.error.long"
	}
	a.Texts = d.texts(wrong)
	if len(wrong) > 0 {
		return a, wrong
	}
	return a, nil
}

// texts are those in which something stands, in the order of the languages.
func (d Draft) texts(wrong Invalid) (list []Text) {
	for _, t := range d.Texts {
		t.Title = strings.Join(strings.Fields(strings.ToValidUTF8(t.Title, "")), " ")
		t.Body = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(t.Body, "\x00", ""), ""))
		field := string(t.Lang)
		switch {
		case t.Title == "" && t.Body == "":
			continue
		case !slices.Contains(lang.All, t.Lang) || slices.ContainsFunc(list, func(o Text) bool { return o.Lang == t.Lang }):
			wrong["texts"] = "announcement.error.language"
		case t.Title == "":
			wrong["title-"+field] = "announcement.error.title"
		case len(t.Title) > maxTitle:
			wrong["title-"+field] = "announcement.error.title.long"
		case len(t.Body) > maxBody:
			wrong["body-"+field] = "announcement.error.body.long"
		}
		list = append(list, t)
	}
	if len(list) == 0 {
		wrong["title-en"] = "announcement.error.none"
	}
	return list
}

// label is who reads it: a group's is the group's.
func (d Draft) label(ctx context.Context, tx *store.Tx, who access.Subject) (access.Label, error) {
	if d.Audience == Group {
		g, err := account.GetGroup(ctx, tx, who, d.Whose)
		return access.Label{Level: g.Level, Group: g.ID}, err
	}
	if d.Audience == All && !d.Members {
		return access.Label{Level: access.Public}, nil
	}
	return access.Label{Level: access.Member}, nil
}

func put(ctx context.Context, tx *store.Tx, a Announcement) error {
	var circle any
	if a.Audience == Group {
		circle = a.Whose
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO announcement (id, audience, whose, circle, begins, ends, author, withdrawn, by_whom, reason, created, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', '', $8, $9, '', $10, '')`,
		a.ID, string(a.Audience), a.Whose, circle, a.Begins, a.Ends, a.Author, tx.Now(), int64(a.Level), a.Group)
	if err != nil {
		return fmt.Errorf("announcement: %w", err)
	}
	for _, t := range a.Texts {
		if _, err := tx.Exec(ctx, "INSERT INTO announcement_text (announcement, lang, title, body) VALUES ($1, $2, $3, $4)", a.ID, string(t.Lang), t.Title, t.Body); err != nil {
			return err
		}
	}
	return nil
}

// Withdraw takes an announcement back, with the reason that stays in the archive.
func (b *Board) Withdraw(ctx context.Context, who access.Subject, id, reason string) error {
	reason = strings.Join(strings.Fields(strings.ToValidUTF8(reason, "")), " ")
	_, err := store.Write(ctx, b.DB, who, func(tx *store.Tx) (store.Event, error) {
		a, err := get(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		ok, err := may(ctx, tx, who, a.Audience, a.Whose)
		switch {
		case err != nil:
			return store.Event{}, err
		case !ok:
			return store.Event{}, ErrForbidden
		case !a.Withdrawn.IsZero():
			return store.Event{}, store.ErrUnchanged
		case reason == "" || len(reason) > maxReason:
			return store.Event{}, Invalid{"reason": "announcement.error.reason"}
		}
		_, err = tx.Exec(ctx, "UPDATE announcement SET withdrawn = $2, by_whom = $3, reason = $4 WHERE id = $1 AND withdrawn = 0", id, tx.Now(), who.ID, reason)
		return event(a, "community.announcement.withdrawn"), err
	})
	return err
}

package assistance

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// RequestDraft is what a focal point writes.
type RequestDraft struct {
	Lang   lang.Tag // in which she writes
	Title  string
	Wish   string // what is asked
	Reason string // and why
	Since  string // the dates wished for: a year, a month or a day, or ""
	Until  string
	Themes []string
	Items  []string // of the Framework
	Lines  []string // of action
	Bodies []string // institutions and units: ids of the directory, or names
}

// Draft is what of a request can be written anew.
func (r Request) Draft() RequestDraft {
	return RequestDraft{r.Lang, r.Title, r.Wish, r.Reason, r.Since, r.Until, r.Themes, r.Items, r.Lines, r.Bodies}
}

// How long texts may be, in characters, and how many values a list may have.
const (
	maxTitle = 300
	maxText  = 20_000
	maxWords = 5000
	maxName  = 200
	maxList  = 50
)

func (d *RequestDraft) clean() {
	for _, s := range []*string{&d.Title, &d.Wish, &d.Reason, &d.Since, &d.Until} {
		*s = strings.TrimSpace(*s)
	}
	for _, list := range []*[]string{&d.Themes, &d.Items, &d.Lines, &d.Bodies} {
		*list = clean(*list)
	}
}

// Validate returns an Invalid that names the fields, or nil. A draft may lack what
// it needs to be submitted; complete asks for that too: a title, what is asked and
// why, and a theme.
func (d RequestDraft) Validate(complete bool) error {
	d.clean()
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", d.Title, maxTitle, complete)
	v.text("wish", d.Wish, maxText, complete)
	v.text("reason", d.Reason, maxText, complete)
	v.span(d.Since, d.Until)
	v.each("themes", d.Themes, func(id string) bool { _, ok := framework.Theme(id); return ok })
	v.each("items", d.Items, func(id string) bool { _, ok := framework.Find(id); return ok })
	v.each("lines", d.Lines, func(id string) bool { _, ok := framework.Line(id); return ok })
	v.each("bodies", d.Bodies, func(name string) bool { return utf8.RuneCountInString(name) <= maxName })
	if complete && len(d.Themes) == 0 {
		v["themes"] = "assistance.error.themes.missing"
	}
	return v.orNil()
}

// text asks whether a text is there, where it has to be, and no longer than it may.
func (v Invalid) text(field, text string, most int, needed bool) {
	switch {
	case needed && text == "":
		v[field] = "assistance.error." + field + ".missing"
	case utf8.RuneCountInString(text) > most:
		v[field] = "assistance.error.long"
	}
}

// span asks whether the dates are dates, in their order.
func (v Invalid) span(since, until string) {
	for field, date := range map[string]string{"since": since, "until": until} {
		if !validDate(date) {
			v[field] = "assistance.error.date"
		}
	}
	if since != "" && until != "" && v["since"] == "" && v["until"] == "" && later(since, until) {
		v["until"] = "assistance.error.order"
	}
}

// each asks whether all values of a list are known, and not too many.
func (v Invalid) each(field string, list []string, known func(string) bool) {
	if len(list) > maxList {
		v[field] = "assistance.error.many"
	}
	for _, value := range list {
		if !known(value) {
			v[field] = "assistance.error." + field
		}
	}
}

// Draft begins a request for the State of a focal point. Its people alone read it
// until it is submitted.
func (a *Assistance) Draft(ctx context.Context, who access.Subject, d RequestDraft) (string, error) {
	d.clean()
	label := access.Label{Level: access.Closed, State: who.State, Owner: owner(who)}
	if who.State == "" || !who.May(access.AskHelp, label).Allowed {
		return "", ErrForbidden
	}
	if err := d.Validate(false); err != nil {
		return "", err
	}
	r := Request{ID: store.NewID(), Asker: who.State, Stage: Drafted, Label: label}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO request (id, of_year, nth, asker, lang, title, wish, reason, since, until, stage, moves, moved, due, referred, handler, rev, created, updated, level, state, grp, owner)
			VALUES ($1, 0, 0, $2, $3, $4, $5, $6, $7, $8, 'draft', 0, $9, '', '', '', 1, $9, $9, $10, $2, '', $11)`,
			r.ID, r.Asker, string(d.Lang), d.Title, d.Wish, d.Reason, d.Since, d.Until, tx.Now(), int(label.Level), label.Owner)
		if err != nil {
			return store.Event{}, err
		}
		if err := d.putTags(ctx, tx, r.ID, tx.Now()); err != nil {
			return store.Event{}, err
		}
		mark, err := putStep(ctx, tx, who, r, step{move: "draft", stage: Drafted})
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE request SET moves = 1, step = $2 WHERE id = $1", r.ID, mark)
		return r.event("assistance.request.drafted"), err
	})
	return r.ID, err
}

func (d RequestDraft) putTags(ctx context.Context, tx *store.Tx, id string, created time.Time) error {
	if _, err := tx.Exec(ctx, "DELETE FROM request_tag WHERE request = $1", id); err != nil {
		return err
	}
	var rows [][]any
	for _, of := range []struct {
		kind string
		list []string
	}{{"theme", d.Themes}, {"under", above(d.Themes)}, {"item", d.Items}, {"line", d.Lines}, {"body", d.Bodies}} {
		for i, value := range of.list {
			rows = append(rows, []any{id, of.kind, value, i, created})
		}
	}
	return tx.Insert(ctx, "request_tag (request, kind, value, n, created)", rows, "")
}

// event is about the request; its texts stand in no log.
func (r Request) event(act string) store.Event {
	return store.Event{Act: act, Object: r.ID, Label: r.Label}
}

// Revise writes a request anew: a draft, or one about which the desk has asked; what
// stood there then stays with the step. rev is the revision that the caller read.
func (a *Assistance) Revise(ctx context.Context, who access.Subject, id string, rev int64, d RequestDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		r, err := request(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !who.May(access.AskHelp, r.Label).Allowed:
			return store.Event{}, ErrForbidden
		case r.Rev != rev:
			return store.Event{}, Stale{r.Rev}
		case r.Stage != Drafted && r.Stage != Clarification:
			return store.Event{}, Impossible{"revise", string(r.Stage), "assistance.impossible." + string(r.Stage)}
		}
		if err := d.Validate(r.Stage != Drafted); err != nil {
			return store.Event{}, err
		}
		if store.JSON(d) == store.JSON(r.Draft()) {
			return store.Event{}, store.ErrUnchanged
		}
		if err := r.rewrite(ctx, tx, who, d); err != nil {
			return store.Event{}, err
		}
		return r.event("assistance.request.revised"), d.putTags(ctx, tx, id, r.Created)
	})
	return err
}

// rewrite stores the new words, with a step for those that others have read.
func (r Request) rewrite(ctx context.Context, tx *store.Tx, who access.Subject, d RequestDraft) error {
	_, err := tx.Exec(ctx, `
		UPDATE request
		SET lang = $2, title = $3, wish = $4, reason = $5, since = $6, until = $7, rev = rev + 1, updated = $8
		WHERE id = $1`, r.ID, string(d.Lang), d.Title, d.Wish, d.Reason, d.Since, d.Until, tx.Now())
	if err != nil || r.Stage == Drafted {
		return err
	}
	mark, err := putStep(ctx, tx, who, r, step{move: string(Revising), stage: r.Stage, former: store.JSON(r.Draft())})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE request SET moves = moves + 1, step = $2 WHERE id = $1", r.ID, mark)
	return err
}

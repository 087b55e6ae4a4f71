package library

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Source is a collection elsewhere from which POLIS harvests, and how far it is.
type Source struct {
	ID      string
	URL     string // its base URL
	Prefix  string // what Dublin Core is called there, "oai_dc"
	Set     string `db:"part"` // the part of it that is wanted, "" for all
	Name    string // as it calls itself, "" until it was asked
	Origin  string // directory id of where its documents come from, "" where they say so
	Nightly bool
	Since   string // its clock when the last whole harvest began, as it wrote it
	Begun   string // the same of a harvest that was not ended
	Token   string // where that one goes on
	Ran     time.Time
	Reason  string // why the last run failed, or ""
	HarvestTally
	Created time.Time
}

// HarvestTally is what a harvest did.
type HarvestTally struct {
	Added, Changed, Same, Withdrawn int64
	Aside                           int64 // records that could not be taken
}

// Total is how many records it met.
func (t HarvestTally) Total() int64 { return t.Added + t.Changed + t.Same + t.Withdrawn + t.Aside }

// Add counts what another run or page did.
func (t *HarvestTally) Add(u HarvestTally) {
	t.Added, t.Changed, t.Same, t.Withdrawn, t.Aside = t.Added+u.Added, t.Changed+u.Changed, t.Same+u.Same, t.Withdrawn+u.Withdrawn, t.Aside+u.Aside
}

const sourceColumns = "id, url, prefix, part, name, origin, nightly, since, begun, token, ran, reason, added, changed, same, withdrawn, aside, created"

// SourceDraft is a source as a person names it.
type SourceDraft struct{ URL, Prefix, Set, Origin string }

var (
	prefixForm = regexp.MustCompile(`^[A-Za-z0-9\-_.!~*'()]{1,100}$`)
	setForm    = regexp.MustCompile(`^([A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*){0,1}$`)
)

// Validate returns an Invalid, or nil.
func (d SourceDraft) Validate(ctx context.Context, q store.Reader) error {
	v := Invalid{}
	u, err := url.Parse(d.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(d.URL) > 500 {
		v["url"] = "exchange.error.url"
	}
	if !prefixForm.MatchString(d.Prefix) {
		v["prefix"] = "exchange.error.prefix"
	}
	if !setForm.MatchString(d.Set) || len(d.Set) > 200 {
		v["set"] = "exchange.error.set"
	}
	if err := (Draft{Origin: d.Origin}).checkOrigin(ctx, q, v); err != nil {
		return err
	}
	return v.orNil()
}

// MayHarvest decides who brings other libraries in: those who edit what is
// everybody's, the desk and the administrator. It is the librarian's work: what
// comes is public, and hers to tidy afterwards.
func MayHarvest(who access.Subject) access.Decision { return who.May(access.Edit, access.Label{}) }

func mayHarvest(who access.Subject) error {
	if !MayHarvest(who).Allowed {
		return ErrForbidden
	}
	return nil
}

// AddSource makes a source known, or finds it where it is already; a new origin
// counts from then on. Nightly is for a new one.
func (l *Library) AddSource(ctx context.Context, who access.Subject, d SourceDraft, nightly bool) (Source, error) {
	if err := mayHarvest(who); err != nil {
		return Source{}, err
	}
	d.URL, d.Set = strings.TrimSpace(d.URL), strings.TrimSpace(d.Set)
	if d.Prefix = strings.TrimSpace(d.Prefix); d.Prefix == "" {
		d.Prefix = "oai_dc"
	}
	var s Source
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := d.Validate(ctx, tx); err != nil {
			return store.Event{}, err
		}
		var err error
		s, err = store.Get[Source](ctx, tx, parts, "SELECT "+sourceColumns+" FROM harvest_source WHERE {scope} AND url = $1 AND prefix = $2 AND part = $3", d.URL, d.Prefix, d.Set)
		switch {
		case err == nil && (d.Origin == "" || d.Origin == s.Origin):
			return store.Event{}, store.ErrUnchanged
		case err == nil:
			s.Origin = d.Origin
			_, err = tx.Exec(ctx, "UPDATE harvest_source SET origin = $2 WHERE id = $1", s.ID, s.Origin)
			return sourceEvent("harvest.source.changed", s, nil), err
		case !errors.Is(err, store.ErrNotFound):
			return store.Event{}, err
		}
		s = Source{ID: store.NewID(), URL: d.URL, Prefix: d.Prefix, Set: d.Set, Origin: d.Origin, Nightly: nightly, Created: tx.Now()}
		_, err = tx.Exec(ctx, `
			INSERT INTO harvest_source (id, url, prefix, part, name, origin, nightly, since, begun, token, ran, reason, added, changed, same, withdrawn, aside, created)
			VALUES ($1, $2, $3, $4, '', $5, $6, '', '', '', 0, '', 0, 0, 0, 0, 0, $7)`,
			s.ID, s.URL, s.Prefix, s.Set, s.Origin, s.Nightly, tx.Now())
		return sourceEvent("harvest.source.added", s, nil), err
	})
	return s, err
}

// operators read the events of the harvests.
var operators = access.Label{Level: access.Closed}

// sourceEvent moves no page that readers see: it is quiet.
func sourceEvent(act string, s Source, data any) store.Event {
	if data == nil {
		data = map[string]string{"url": s.URL, "set": s.Set}
	}
	return store.Event{Act: act, Object: s.ID, Label: operators, Data: data, Quiet: true}
}

// Sources lists all sources, the oldest first.
func (l *Library) Sources(ctx context.Context) ([]Source, error) {
	return store.List[Source](ctx, l.DB, parts, "SELECT "+sourceColumns+" FROM harvest_source WHERE {scope} ORDER BY created, id")
}

// Source reads one, or store.ErrNotFound.
func (l *Library) Source(ctx context.Context, id string) (Source, error) {
	return store.Get[Source](ctx, l.DB, parts, "SELECT "+sourceColumns+" FROM harvest_source WHERE {scope} AND id = $1", id)
}

// SetNightly says whether a source is harvested every night.
func (l *Library) SetNightly(ctx context.Context, who access.Subject, id string, nightly bool) error {
	if err := mayHarvest(who); err != nil {
		return err
	}
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		s, err := store.Get[Source](ctx, tx, parts, "SELECT "+sourceColumns+" FROM harvest_source WHERE {scope} AND id = $1", id)
		if err == nil && s.Nightly == nightly {
			err = store.ErrUnchanged
		}
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE harvest_source SET nightly = $2 WHERE id = $1", id, nightly)
		return sourceEvent("harvest.source.changed", s, map[string]any{"url": s.URL, "set": s.Set, "nightly": nightly}), err
	})
	return err
}

// EndHarvest writes down what a run did and where the next one begins: behind this
// one where it met everything, else where it was, with the reason.
func (l *Library) EndHarvest(ctx context.Context, who access.Subject, s Source, t HarvestTally, reason string) error {
	if reason == "" {
		s.Since, s.Begun, s.Token = s.Begun, "", ""
	}
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `
			UPDATE harvest_source
			SET name = $2, since = $3, begun = $4, token = $5, ran = $6, reason = $7, added = $8, changed = $9, same = $10, withdrawn = $11, aside = $12
			WHERE id = $1`, s.ID, s.Name, s.Since, s.Begun, s.Token, tx.Now(), plainText(reason), t.Added, t.Changed, t.Same, t.Withdrawn, t.Aside)
		return sourceEvent("harvest.source.harvested", s, map[string]any{
			"url": s.URL, "set": s.Set, "added": t.Added, "changed": t.Changed, "same": t.Same, "withdrawn": t.Withdrawn, "aside": t.Aside, "reason": plainText(reason),
		}), err
	})
	return err
}

// SetAside is a record that could not be taken.
type SetAside struct {
	Identifier string
	Link       string
	Reason     string // message key
	Document   string // what it was about to change, or ""
	Taken      time.Time
}

// SetAside lists what of a source could not be taken, the newest first.
func (l *Library) SetAside(ctx context.Context, source string, limit int) ([]SetAside, error) {
	return store.List[SetAside](ctx, l.DB, parts, `
		SELECT identifier, link, reason, document, taken FROM harvested
		WHERE {scope} AND source = $1 AND reason <> ''
		ORDER BY taken DESC, identifier
		LIMIT $2`, source, limit)
}

// Held is how many documents of a source are here, and how many of its records lie aside.
func (l *Library) Held(ctx context.Context, source string) (documents, aside int64, err error) {
	row, err := store.Get[struct{ Documents, Aside int64 }](ctx, l.DB, parts, `
		SELECT COALESCE(SUM(CASE WHEN document <> '' THEN 1 ELSE 0 END), 0) AS documents, COALESCE(SUM(CASE WHEN reason <> '' THEN 1 ELSE 0 END), 0) AS aside
		FROM harvested WHERE {scope} AND source = $1`, source)
	return row.Documents, row.Aside, err
}

package assistance

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Mandate is what a structure may do, by which decision, and when (Framework ¶22).
type Mandate struct {
	ID       string
	Holder   string // a structure: id of the directory
	Lang     lang.Tag
	Title    string
	Document string // the decision: its symbol, or a document's id
	Since    string // days
	Until    string // "" where it has no end
	Rev      int64
	Created  time.Time
	Updated  time.Time
	access.Label
}

const mandateColumns = `m.id, m.holder, m.lang, m.title, m.document, m.since, CASE m.until WHEN '` + endless + `' THEN '' ELSE m.until END AS until,
	m.rev, m.created, m.updated, m.level, m.state, m.grp, m.owner`

// covers reports whether it is valid from the first of these days to the last.
func (m Mandate) covers(starts, ends string) bool {
	return m.ID != "" && starts >= m.Since && (m.Until == "" || ends <= m.Until)
}

// Mandate reads one, or store.ErrNotFound.
func (a *Assistance) Mandate(ctx context.Context, scope access.Scope, id string) (Mandate, error) {
	return mandate(ctx, a.DB, scope, id)
}

func mandate(ctx context.Context, q store.Reader, scope access.Scope, id string) (Mandate, error) {
	return store.Get[Mandate](ctx, q, scope, "SELECT "+mandateColumns+" FROM mandate m WHERE {scope m} AND m.id = $1", id)
}

// Mandates lists those that the scope reads, the one that ends last first; of a
// structure, or of all. There are some dozens of them.
func (a *Assistance) Mandates(ctx context.Context, scope access.Scope, holder string) ([]Mandate, error) {
	return store.List[Mandate](ctx, a.DB, scope,
		"SELECT "+mandateColumns+" FROM mandate m WHERE {scope m} AND ($1 = '' OR m.holder = $1) ORDER BY m.until DESC, m.id LIMIT 500", holder)
}

// PutMandate writes one: a new one where its id is "", else the one with this id at
// the revision that the caller read. A mandate on which projects rest keeps their days.
func (a *Assistance) PutMandate(ctx context.Context, who access.Subject, m Mandate) (string, error) {
	for _, s := range []*string{&m.Holder, &m.Title, &m.Document, &m.Since, &m.Until} {
		*s = strings.TrimSpace(*s)
	}
	m.Label = access.Label{Level: access.Official, Owner: owner(who)}
	if !who.May(access.HandleHelp, m.Label).Allowed {
		return "", ErrForbidden
	}
	if err := m.validate(); err != nil {
		return "", err
	}
	until := m.Until
	if until == "" {
		until = endless
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1", m.Holder)
		if err != nil || n == 0 {
			return store.Event{}, invalidOr(err, "holder", "mandate.error.holder")
		}
		if m.ID == "" {
			m.ID = store.NewID()
			_, err = tx.Exec(ctx, `
				INSERT INTO mandate (id, holder, lang, title, document, since, until, rev, created, updated, level, state, grp, owner)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, 2, '', '', $9)`,
				m.ID, m.Holder, string(m.Lang), m.Title, m.Document, m.Since, until, tx.Now(), m.Owner)
			return store.Event{Act: "assistance.mandate.added", Object: m.ID, Label: m.Label}, err
		}
		return store.Event{Act: "assistance.mandate.changed", Object: m.ID, Label: m.Label}, m.change(ctx, tx, who, until)
	})
	return m.ID, err
}

func (m Mandate) change(ctx context.Context, tx *store.Tx, who access.Subject, until string) error {
	old, err := mandate(ctx, tx, who.Scope(), m.ID)
	switch {
	case err != nil:
		return err
	case old.Rev != m.Rev:
		return Stale{old.Rev}
	}
	n, err := store.Get[int](ctx, tx, everything, `SELECT COUNT(*) FROM project WHERE {scope} AND mandate = $1
		AND stage NOT IN ('idea', 'appraised', 'stopped') AND (starts < $2 OR ends > $3)`, m.ID, m.Since, until)
	if err != nil || n > 0 {
		return invalidOr(err, "until", "mandate.error.projects")
	}
	_, err = tx.Exec(ctx, "UPDATE mandate SET holder = $2, lang = $3, title = $4, document = $5, since = $6, until = $7, rev = rev + 1, updated = $8 WHERE id = $1",
		m.ID, m.Holder, string(m.Lang), m.Title, m.Document, m.Since, until, tx.Now())
	return err
}

// invalidOr is the error, or where there is none what is wrong with the field.
func invalidOr(err error, field, key string) error {
	if err != nil {
		return err
	}
	return Invalid{field: key}
}

func (m Mandate) validate() error {
	v := Invalid{}
	if _, ok := lang.Parse(string(m.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", m.Title, maxTitle, true)
	if m.Document == "" || utf8.RuneCountInString(m.Document) > maxName {
		v["document"] = "mandate.error.document"
	}
	if len(m.Since) != 10 || !validDate(m.Since) {
		v["since"] = "assistance.error.day"
	}
	if m.Until != "" && (len(m.Until) != 10 || !validDate(m.Until)) {
		v["until"] = "assistance.error.day"
	}
	if len(v) == 0 && m.Until != "" && m.Since > m.Until {
		v["until"] = "assistance.error.order"
	}
	return v.orNil()
}

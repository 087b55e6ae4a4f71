package assistance

import (
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Citation is a note that was used for something, as it was then.
type Citation struct {
	Note      string
	Title     string
	ReviewNow string // the day by which the note is to be reviewed now, or ""
	Retired   string // the day since which nobody cites it any more, or ""
	ReviewBy  string // what it said when it was cited
	Day       string // when that was
	Words     string // why it was used although its review was due
	By        string `db:"by_whom"`
}

// Overdue reports whether the note that is cited should have been reviewed since.
func (c Citation) Overdue(now time.Time) bool { return c.ReviewNow != "" && c.ReviewNow < today(now) }

// Cite uses a note for an assessment: one about its State, or about no State in
// particular. A note whose review was due is used only with words that say why
// (Framework ¶6.2).
func (a *Assistance) Cite(ctx context.Context, who access.Subject, assessment, note, words string) error {
	words = strings.TrimSpace(words)
	return a.citing(ctx, who, assessment, func(tx *store.Tx, x Assessment) (string, error) {
		c, err := contextNote(ctx, tx, who.Scope(), note)
		if err != nil {
			return "", Invalid{"note": "context.error.note"}
		}
		if err := c.citable(x, words, tx.Now()); err != nil {
			return "", err
		}
		n, err := store.Get[int64](ctx, tx, everything, "SELECT COUNT(*) FROM context_citation WHERE {scope} AND note = $1 AND kind = 'assessment' AND object = $2", note, x.ID)
		if err != nil {
			return "", err
		}
		if n > 0 {
			return "", store.ErrUnchanged
		}
		return "assistance.context.cited", tx.Insert(ctx, "context_citation (note, kind, object, assessment, review_by, day, words, by_whom, at)",
			[][]any{{note, "assessment", x.ID, x.ID, c.ReviewBy, today(tx.Now()), words, owner(who), tx.Now()}}, "")
	})
}

// citable asks whether a note can be used for an assessment.
func (c ContextNote) citable(x Assessment, words string, now time.Time) error {
	v := Invalid{}
	v.text("words", words, maxWords, false)
	switch {
	case c.Retired != "":
		v["note"] = "context.error.retired"
	case c.About != "" && c.About != x.Host:
		v["note"] = "context.error.elsewhere"
	case c.ReviewBy == "":
		v["note"] = "context.error.empty"
	case c.Overdue(now) && words == "":
		v["words"] = "context.error.overdue"
	}
	return v.orNil()
}

// Uncite takes a citation back, while the assessment is not with the State.
func (a *Assistance) Uncite(ctx context.Context, who access.Subject, assessment, note string) error {
	return a.citing(ctx, who, assessment, func(tx *store.Tx, x Assessment) (string, error) {
		n, err := tx.Exec(ctx, "DELETE FROM context_citation WHERE note = $1 AND kind = 'assessment' AND object = $2", note, x.ID)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return "assistance.context.uncited", err
	})
}

func (a *Assistance) citing(ctx context.Context, who access.Subject, id string, change func(tx *store.Tx, x Assessment) (string, error)) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, err := assessment(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !who.SignedIn() || !who.May(access.Assess, x.Label).Allowed:
			return store.Event{}, ErrForbidden
		case !x.Revisable():
			return store.Event{}, Impossible{"cite", string(x.Stage), "assessment.impossible." + string(x.Stage)}
		}
		act, err := change(tx, x)
		return x.event(act), err
	})
	return err
}

// Citations are the notes that something uses, of which kind and id are given, as far
// as the scope reads them.
func (a *Assistance) Citations(ctx context.Context, scope access.Scope, kind, object string) ([]Citation, error) {
	return store.List[Citation](ctx, a.DB, scope, `
		SELECT c.note, n.title, n.review_by AS review_now, n.retired, c.review_by, c.day, c.words, c.by_whom
		FROM context_citation c
		JOIN context_note n ON n.id = c.note
		WHERE {scope n} AND c.kind = $1 AND c.object = $2
		ORDER BY c.at, c.note`, kind, object)
}

// Cited are the assessments that use a note, as far as the scope reads them.
func (a *Assistance) Cited(ctx context.Context, scope access.Scope, note string) ([]Assessment, error) {
	list, err := store.List[Assessment](ctx, a.DB, scope, "SELECT "+assessmentColumns+` FROM context_citation c
		JOIN assessment x ON x.id = c.assessment
		WHERE {scope x} AND c.note = $1
		ORDER BY c.at DESC, x.id
		LIMIT 100`, note)
	if err != nil {
		return nil, err
	}
	return list, withAssessed(ctx, a.DB, list)
}

// Citable are the notes that an assessment could use and does not: those about its
// State, then those about its themes in general.
func (a *Assistance) Citable(ctx context.Context, scope access.Scope, x Assessment) ([]ContextNote, error) {
	var q query
	themes := above(x.themes())
	q.and("{scope n} AND n.retired = '' AND n.review_by <> ''")
	q.and("NOT EXISTS (SELECT 1 FROM context_citation c WHERE c.note = n.id AND c.kind = 'assessment' AND c.object = ?)", x.ID)
	q.and("(n.about = ? OR n.about IS NULL AND n.theme IN "+marks(len(themes))+")", append([]any{x.Host}, anys(themes)...)...)
	list, err := store.List[ContextNote](ctx, a.DB, scope,
		"SELECT "+contextColumns+" FROM context_note n WHERE "+q.conditions()+" ORDER BY n.created DESC, n.id DESC LIMIT 100", q.args...)
	slices.SortStableFunc(list, func(a, b ContextNote) int {
		switch {
		case (a.About == "") == (b.About == ""):
			return 0
		case a.About != "":
			return -1
		}
		return 1
	})
	return list, err
}

package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Profile is what somebody says of herself, and on what it stands.
type Profile struct {
	Person     string // id
	Blocked    bool
	Found      Width     // who finds her; Mine: nobody
	Consented  time.Time // when she agreed to that
	ActsFor    string    // the State or body that vouches: her entry stands on its word
	Body       string
	Vouching   string // id of that word, or ""
	WordUntil  time.Time
	WordEnded  time.Time
	Held       string // the role of an expert by which she is on the roster, or ""
	HeldUntil  time.Time
	HeldEnded  time.Time
	Nomination string // or the nomination that she accepted
	Lang       lang.Tag
	Reviewed   time.Time
	ReviewBy   time.Time
	Rev        int64
	Created    time.Time
	Updated    time.Time
	Parts      map[Field]Part `db:"-"`
	access.Label
}

// Part is a field of a profile.
type Part struct {
	Width Width
	Rev   int64 // 0: never written
	Lines []Line
}

const profileColumns = `e.person, e.blocked, e.found, e.consented, e.acts_for, e.body, COALESCE(e.vouching, '') AS vouching, e.word_until, e.word_ended,
	COALESCE(e.held, '') AS held, e.held_until, e.held_ended, COALESCE(e.nomination, '') AS nomination, e.lang, e.reviewed, e.review_by, e.rev, e.created, e.updated,
	e.level, e.state, e.grp, e.owner`

// Stands reports whether she stands on the roster: whoever vouches for her does still,
// and her role or nomination holds.
func (p Profile) Stands(now time.Time) bool {
	switch {
	case p.Blocked || p.Vouching == "" || !p.WordEnded.IsZero() || !p.WordUntil.After(now):
		return false
	case p.Held != "":
		return p.HeldEnded.IsZero() && (p.HeldUntil.IsZero() || p.HeldUntil.After(now))
	}
	return p.Nomination != ""
}

// Shown is the width up to which a field is really seen: never wider than she is found.
func (p Profile) Shown(f Field) Width { return min(p.Parts[f].Width, p.Found) }

// Missing are the fields of which a desk asks most and that are empty still.
func (p Profile) Missing() (list []Field) {
	for _, f := range []Field{Theme, Language, Free, Assignment} {
		if len(p.Parts[f].Lines) == 0 {
			list = append(list, f)
		}
	}
	return list
}

// narrow is the width of what was never written.
var narrow = map[Field]Width{Contact: Mine, Gender: Mine}

func widthOf(f Field) Width {
	if w, ok := narrow[f]; ok {
		return w
	}
	return Keepers
}

// Own is the caller's profile, with all fields; one of which nothing was written yet has
// revision 0.
func (r *Roster) Own(ctx context.Context, who access.Subject) (Profile, error) {
	if !who.SignedIn() || who.Limited {
		return Profile{}, ErrForbidden
	}
	p, err := profile(ctx, r.DB, who.ID)
	if errors.Is(err, store.ErrNotFound) {
		p, err = Profile{Person: who.ID, Label: own(who.ID), Parts: map[Field]Part{}}, nil
	}
	if err != nil {
		return p, err
	}
	for _, f := range Fields {
		if _, ok := p.Parts[f]; !ok {
			p.Parts[f] = Part{Width: widthOf(f)}
		}
	}
	return p, nil
}

// profile reads one with all its fields, whoever may see them.
func profile(ctx context.Context, q store.Reader, person string) (Profile, error) {
	p, err := store.Get[Profile](ctx, q, everything, "SELECT "+profileColumns+" FROM expert e WHERE {scope} AND e.person = $1", person)
	if err != nil {
		return p, err
	}
	list := []Profile{p}
	return list[0], withParts(ctx, q, list)
}

// lineRow is a line with the field in which it stands.
type lineRow struct {
	Person string
	Field  Field
	Line
}

// withParts fills in the fields of the profiles.
func withParts(ctx context.Context, q store.Reader, list []Profile) error {
	if len(list) == 0 {
		return nil
	}
	ids, at := make([]string, len(list)), map[string]*Profile{}
	for i := range list {
		list[i].Parts = map[Field]Part{}
		ids[i], at[list[i].Person] = list[i].Person, &list[i]
	}
	var of query
	in := of.bound("x.person IN "+marks(len(ids)), anys(ids)...)
	parts, err := store.List[struct {
		Person string
		Field  Field
		Width  Width
		Rev    int64
	}](ctx, q, everything, "SELECT x.person, x.field, x.width, x.rev FROM expert_field x WHERE {scope} AND "+in, of.args...)
	if err != nil {
		return err
	}
	for _, part := range parts {
		at[part.Person].Parts[part.Field] = Part{Width: part.Width, Rev: part.Rev}
	}
	rows, err := store.List[lineRow](ctx, q, everything,
		"SELECT x.person, x.field, x.value, x.level, x.words, x.since, x.until FROM expert_line x WHERE {scope} AND "+in+" ORDER BY x.person, x.field, x.n", of.args...)
	for _, row := range rows {
		part := at[row.Person].Parts[row.Field]
		part.Lines = append(part.Lines, row.Line)
		at[row.Person].Parts[row.Field] = part
	}
	return err
}

// Save writes a field of the caller's own profile and who sees it. rev is that of the
// field as she read it. Nobody writes another's.
func (r *Roster) Save(ctx context.Context, who access.Subject, t lang.Tag, f Field, rev int64, width Width, lines []Line) error {
	if err := mayOwn(who); err != nil {
		return err
	}
	if f != Record {
		var err error
		if lines, err = f.check(lines); err != nil {
			return err
		}
	}
	if width < Mine || width > Members {
		return Invalid{"width": "expert.error.width"}
	}
	_, err := store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := opened(ctx, tx, who, t)
		if err != nil {
			return store.Event{}, err
		}
		part, ok := p.Parts[f]
		if f == Record {
			lines = part.Lines
		}
		switch {
		case part.Rev != rev:
			return store.Event{}, Stale{part.Rev}
		case ok && part.Width == width && slices.Equal(part.Lines, lines):
			return store.Event{}, store.ErrUnchanged
		}
		if err := put(ctx, tx, who.ID, f, Part{width, part.Rev + 1, lines}); err != nil {
			return store.Event{}, err
		}
		return event(who.ID, "community.expert.written", map[string]string{"field": string(f)}), touch(ctx, tx, who.ID, "lang = $3", string(t))
	})
	return err
}

// mayOwn: a profile is written by its person herself, and by no program of hers that may
// not change things.
func mayOwn(who access.Subject) error {
	if !who.SignedIn() || who.Limited || who.Idle {
		return ErrForbidden
	}
	return nil
}

// touch moves the profile's revision; set uses $3 and following.
func touch(ctx context.Context, tx *store.Tx, person, set string, args ...any) error {
	_, err := tx.Exec(ctx, "UPDATE expert SET "+set+", rev = rev + 1, updated = $2 WHERE person = $1", append([]any{person, tx.Now()}, args...)...)
	return err
}

// put replaces a field with its lines and words.
func put(ctx context.Context, tx *store.Tx, person string, f Field, part Part) error {
	for _, table := range []string{"expert_line", "expert_word"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE person = $1 AND field = $2", person, string(f)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO expert_field (person, field, width, rev, updated) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person, field) DO UPDATE SET width = excluded.width, rev = excluded.rev, updated = excluded.updated`,
		person, string(f), int64(part.Width), part.Rev, tx.Now())
	if err != nil {
		return err
	}
	lines, words := Rows(person, f, part.Width, part.Lines)
	if err := tx.Insert(ctx, LineInto, lines, ""); err != nil {
		return err
	}
	return tx.Insert(ctx, WordInto, words, "")
}

// The tables of lines and of words with their columns, as Rows fills them.
const (
	LineInto = "expert_line (person, field, n, width, value, under, level, words, since, until)"
	WordInto = "expert_word (person, field, stem, width)"
)

// Rows are the rows of a field's lines, and of the words in them.
func Rows(person string, f Field, width Width, list []Line) (lines, words [][]any) {
	var seen []string
	for i, l := range list {
		above := ""
		if f == Theme {
			above = under(l.Value)
		}
		lines = append(lines, []any{person, string(f), i + 1, int64(width), l.Value, above, l.Level, l.Words, l.Since, l.Until})
		for _, stem := range stems(l.Words) {
			if !slices.Contains(seen, stem) && len(seen) < maxStems {
				seen = append(seen, stem)
				words = append(words, []any{person, string(f), stem, int64(width)})
			}
		}
	}
	return lines, words
}

// opened is the profile as part of a write by its owner: made where there is none, and
// resting on what holds now.
func opened(ctx context.Context, tx *store.Tx, who access.Subject, t lang.Tag) (Profile, error) {
	p, err := profile(ctx, tx, who.ID)
	if errors.Is(err, store.ErrNotFound) {
		_, err = tx.Exec(ctx, `
			INSERT INTO expert (person, blocked, found, consented, acts_for, body, word_until, word_ended, held_as, held_until, held_ended, accepted,
			  lang, reviewed, review_by, reminded, rev, created, updated, level, state, grp, owner)
			VALUES ($1, FALSE, 0, 0, '', '', 0, 0, 'expert', 0, 0, 'accepted', $2, $3, $4, 0, 1, $3, $3, $5, '', '', $1)`,
			who.ID, string(t), tx.Now(), tx.Now().Add(Year), int64(access.Closed))
		if err != nil {
			return p, fmt.Errorf("roster: a new profile: %w", err)
		}
		p, err = profile(ctx, tx, who.ID)
	}
	if err != nil || p.Stands(tx.Now()) {
		return p, err
	}
	if err := settle(ctx, tx, who.ID); err != nil && !errors.Is(err, ErrNoGround) {
		return p, err
	}
	return profile(ctx, tx, who.ID)
}

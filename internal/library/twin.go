package library

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Pair are two documents, in the order of their ids.
type Pair struct{ One, Other string }

func pairOf(a, b string) Pair {
	if a > b {
		a, b = b, a
	}
	return Pair{a, b}
}

// Beside is the other one of the two.
func (p Pair) Beside(document string) string {
	if p.One == document {
		return p.Other
	}
	return p.One
}

// TwinStage is what was said of two documents.
type TwinStage string

// The stages: open → different, and back; open → edition; open → same, where one of
// the two is withdrawn.
const (
	TwinOpen      TwinStage = "open"
	TwinDifferent TwinStage = "different"
	TwinEdition   TwinStage = "edition"
	TwinSame      TwinStage = "same"
)

// Twin says of two documents that they may be the same, and why.
type Twin struct {
	Pair
	likes
	Stage TwinStage
	Kept  string // the one that stayed, or that is the newer
}

const twinColumns = "t.one, t.other, t.lang, t.likeness, t.file, t.symbol, t.titled, t.stage, t.kept"

// Nearly reports whether the texts are nearly the same; else it is what is said of
// the documents.
func (t Twin) Nearly() bool { return t.Likeness >= nearly }

// TwinFilter chooses among the twins.
type TwinFilter struct {
	Kind string   // "exact", "near", "named" (by symbol or title alone), or "" for all
	Lang lang.Tag // "" for all
}

// TwinPlace is where a twin stands in the list, the most alike first. The zero
// TwinPlace is before all.
type TwinPlace struct {
	Likeness int64
	Pair
}

func (p TwinPlace) String() string {
	return strconv.FormatInt(p.Likeness, 10) + "." + p.One + "." + p.Other
}

// ParseTwinPlace reads what String wrote.
func ParseTwinPlace(s string) (TwinPlace, bool) {
	cut := strings.Split(s, ".")
	if len(cut) != 3 || len(s) > 200 {
		return TwinPlace{}, false
	}
	n, err := strconv.ParseInt(cut[0], 10, 64)
	return TwinPlace{n, Pair{cut[1], cut[2]}}, err == nil && n >= 0
}

// twinsFor is the condition by which she sees a twin in the list: she may read both,
// and change one of them.
func twinsFor(who access.Subject, args []any) (string, []any) {
	const readable = `
		FROM twin t
		JOIN document d ON d.id = t.one
		JOIN document e ON e.id = t.other
		WHERE {scope d} AND {scope e} AND t.stage = 'open'`
	if who.Has(access.DeskOfficer, access.Administrator) {
		return readable, args
	}
	var may []string
	add := func(column, value string) {
		args = append(args, value)
		mark := "$" + strconv.Itoa(len(args))
		may = append(may, "d."+column+" = "+mark, "e."+column+" = "+mark)
	}
	if who.Trust > access.Public && !who.Limited {
		add("owner", who.ID)
	}
	for _, g := range who.Grants {
		if g.Role == access.FocalPoint && g.State != "" {
			add("state", g.State)
		}
	}
	if len(may) == 0 {
		return readable + " AND d.id = ''", args
	}
	return readable + " AND (" + strings.Join(may, " OR ") + ")", args
}

func (f TwinFilter) condition(args []any) (string, []any) {
	where := map[string]string{
		"exact": " AND t.likeness = 1000", "near": " AND t.likeness BETWEEN " + strconv.Itoa(nearly) + " AND 999", "named": " AND t.likeness < " + strconv.Itoa(nearly),
	}[f.Kind]
	if f.Lang != "" {
		args = append(args, string(f.Lang))
		where += " AND t.lang = $" + strconv.Itoa(len(args))
	}
	return where, args
}

// Twins lists those about which somebody should decide, the most alike first, from
// behind a place on. more tells where the rest begins, and is the zero TwinPlace at
// the end.
func (l *Library) Twins(ctx context.Context, who access.Subject, f TwinFilter, after TwinPlace, limit int) (list []Twin, more TwinPlace, err error) {
	if !who.SignedIn() {
		return nil, TwinPlace{}, ErrForbidden
	}
	args := []any{limit + 1}
	from, args := twinsFor(who, args)
	which, args := f.condition(args)
	if after != (TwinPlace{}) {
		k := len(args)
		a, b, c := "$"+strconv.Itoa(k+1), "$"+strconv.Itoa(k+2), "$"+strconv.Itoa(k+3)
		which += " AND t.likeness <= " + a + " AND (t.likeness < " + a + " OR t.one > " + b + " OR t.one = " + b + " AND t.other > " + c + ")"
		args = append(args, after.Likeness, after.One, after.Other)
	}
	list, err = store.List[Twin](ctx, l.DB, who.Scope(), "SELECT "+twinColumns+from+which+" ORDER BY t.likeness DESC, t.one, t.other LIMIT $1", args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		more = TwinPlace{last.Likeness, last.Pair}
	}
	return list, more, err
}

// CountTwins counts what Twins lists, a thousand at most.
func (l *Library) CountTwins(ctx context.Context, who access.Subject, f TwinFilter) (int, error) {
	if !who.SignedIn() {
		return 0, nil
	}
	from, args := twinsFor(who, []any{maxCounted})
	which, args := f.condition(args)
	return store.Get[int](ctx, l.DB, who.Scope(), "SELECT COUNT(*) FROM (SELECT t.one "+from+which+" LIMIT $1) c", args...)
}

// Twin reads what is known of two documents, of which the caller has read both.
func (l *Library) Twin(ctx context.Context, p Pair) (Twin, error) {
	return twinOf(ctx, l.DB, p)
}

func twinOf(ctx context.Context, q store.Reader, p Pair) (Twin, error) {
	p = pairOf(p.One, p.Other)
	return store.Get[Twin](ctx, q, parts, "SELECT "+twinColumns+" FROM twin t WHERE {scope} AND t.one = $1 AND t.other = $2", p.One, p.Other)
}

// TwinsOf lists the documents with nearly the same text that the reader may read, of
// one that she reads; not those that somebody has told apart.
func (l *Library) TwinsOf(ctx context.Context, scope access.Scope, document string, limit int) ([]Twin, error) {
	return store.List[Twin](ctx, l.DB, scope, `
		SELECT `+twinColumns+`
		FROM twin t
		JOIN document d ON d.id = CASE t.one WHEN $1 THEN t.other ELSE t.one END
		WHERE {scope d} AND (t.one = $1 OR t.other = $1) AND t.stage = 'open' AND t.likeness >= $2
		ORDER BY t.likeness DESC, d.id
		LIMIT $3`, document, nearly, limit)
}

// Forwarded is the document that was kept where this one was withdrawn as the same,
// or store.ErrNotFound.
func (l *Library) Forwarded(ctx context.Context, scope access.Scope, id string) (string, error) {
	return store.Get[string](ctx, l.DB, scope, `
		SELECT t.kept
		FROM twin t
		JOIN document d ON d.id = t.kept
		WHERE {scope d} AND (t.one = $1 OR t.other = $1) AND t.stage = 'same' AND t.kept <> $1
		ORDER BY t.decided DESC`, id)
}

// TwinsOfArrived lists the documents that a file which has arrived looks like, as far
// as she may read them: the most alike first.
func (l *Library) TwinsOfArrived(ctx context.Context, scope access.Scope, in Intake, limit int) (list []Twin, err error) {
	if in.Stage != Ready {
		return nil, nil
	}
	text, err := l.text(ctx, in)
	if err != nil {
		return nil, err
	}
	made := newSigner()
	for _, p := range text.Passages {
		if p.Kind != margin {
			made.add(plainText(p.Text))
		}
	}
	s := textSign{Lang: in.Proposal.Lang, File: fileSign(Version{File: in.File, Sum: in.Sum})}
	s.describe(Document{Symbol: in.Proposal.Symbol, Dated: in.Proposal.Date}, in.Proposal.Title)
	s.take(made.signature())
	sharing, err := sharing(ctx, l.DB, "", s.keys())
	if err != nil {
		return nil, err
	}
	others, err := signsOf(ctx, l.DB, sharing, nil)
	if err != nil {
		return nil, err
	}
	found := signed{signs: []textSign{s}}.alike(others)
	return l.likest(ctx, scope, found, limit)
}

// likest are those documents that the scope reads, as twins of one that is none yet.
func (l *Library) likest(ctx context.Context, scope access.Scope, found map[string]likes, limit int) (list []Twin, err error) {
	if len(found) == 0 {
		return nil, nil
	}
	ids := byLikeness(found)
	in, args := among(ids[:min(len(ids), maxReadable)], 1)
	readable, err := store.List[string](ctx, l.DB, scope, "SELECT d.id FROM document d WHERE {scope d} AND d.id IN "+in, args...)
	for _, id := range ids {
		if slices.Contains(readable, id) && len(list) < limit {
			list = append(list, Twin{Pair: Pair{Other: id}, likes: found[id]})
		}
	}
	return list, err
}

// maxReadable is how many documents are looked at for those that she may read.
const maxReadable = 200

// Provenances says of documents, which the caller has read, where they were harvested.
func (l *Library) Provenances(ctx context.Context, ids []string) (map[string]Provenance, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := among(ids, 1)
	return l.provenances(ctx, in, args)
}

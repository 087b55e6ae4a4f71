package library

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
)

// TwinJob is the turn of the timetable in which twins are looked for among the
// documents that are new or changed.
const (
	TwinJob   = "library.twins"
	TwinEvery = time.Minute
)

// twinsTo is the setting with the number of the log up to which twins were looked for.
const twinsTo = "library.twins.to"

const (
	// twinStep is how many events one transaction follows.
	twinStep = 50
	// maxShared is how many texts a key tells apart: what more have in common is a
	// form that all fill in, and says nothing.
	maxShared = 64
	// maxTwins is how many twins of one document are kept, the most alike.
	maxTwins = 10
)

// TwinSeeker looks for twins of what has changed since its last turn.
func (l *Library) TwinSeeker(ctx context.Context, run *job.Run) error {
	return l.SeekTwins(ctx, func(at, end int64) error {
		return errors.Join(run.Progress(ctx, at, end, nil), run.GiveWay(ctx))
	})
}

// SeekTwins follows the event log: each document that is new or changed is signed,
// and those are looked up that may be the same. It can be stopped at any time, and
// goes on there. progress hears the number reached and the number to reach.
func (l *Library) SeekTwins(ctx context.Context, progress func(at, end int64) error) error {
	text, err := l.DB.Setting(ctx, twinsTo)
	if err != nil {
		return err
	}
	at, _ := strconv.ParseInt(text, 10, 64) // "" is the beginning
	for {
		events, err := store.Changes(ctx, l.DB, parts, at, twinStep)
		if err != nil {
			return err
		}
		ids := touched(events)
		if len(ids) == 0 && len(events) < twinStep {
			return nil
		}
		at = events[len(events)-1].Seq
		if err := l.seekTwins(ctx, ids, at); err != nil {
			return err
		}
		if err := progress(at, max(l.DB.Content(), at)); err != nil {
			return err
		}
	}
}

// seekTwins writes the signatures of some documents, whom they are like, and how far
// it is.
func (l *Library) seekTwins(ctx context.Context, ids []string, at int64) error {
	list, err := l.sign(ctx, ids)
	if err != nil {
		return err
	}
	_, err = store.WriteAll(ctx, l.DB, access.System("twins"), func(tx *store.Tx) ([]store.Event, error) {
		var events []store.Event
		for _, s := range list {
			moved, err := meet(ctx, tx, s)
			if err != nil {
				return nil, err
			}
			if moved {
				events = append(events, changed("library.twins.found", s.ID, s.Label, nil))
			}
		}
		if len(events) == 0 {
			events = append(events, store.Event{Act: "library.twins.followed", Object: strconv.FormatInt(at, 10), Label: access.Label{Level: access.Closed}, Quiet: true})
		}
		return events, tx.Set(ctx, twinsTo, strconv.FormatInt(at, 10))
	})
	return err
}

// meet signs one document and finds its twins, and reports whether that changed
// anything. A document that was changed since it was read has its turn later.
func meet(ctx context.Context, tx *store.Tx, s signed) (bool, error) {
	rev, err := store.List[int64](ctx, tx, parts, "SELECT rev FROM document WHERE {scope} AND id = $1", s.ID)
	if err != nil || len(rev) == 0 || rev[0] != s.Rev {
		return false, err
	}
	var keys []int64
	for _, one := range s.signs {
		keys = append(keys, one.keys()...)
	}
	sharing, err := sharing(ctx, tx, s.ID, keys)
	if err != nil {
		return false, err
	}
	if err := putSigns(ctx, tx, s, sharing); err != nil {
		return false, err
	}
	before, err := openTwins(ctx, tx, s.ID)
	if err != nil {
		return false, err
	}
	others, err := signsOf(ctx, tx, sharing, before)
	if err != nil {
		return false, err
	}
	found := s.alike(others)
	tied, err := tied(ctx, tx, s.Document)
	if err != nil {
		return false, err
	}
	for _, id := range tied { // their relation says already what they are to each other
		delete(found, id)
	}
	return putTwins(ctx, tx, s.ID, before, found)
}

// shared is a text that has a key in common.
type shared struct{ Key, Sign int64 }

// sharing finds by the keys the texts of other documents.
func sharing(ctx context.Context, q store.Reader, document string, keys []int64) (list []shared, err error) {
	const atOnce = 64
	for len(keys) > 0 {
		some := keys[:min(atOnce, len(keys))]
		keys = keys[len(some):]
		in, args := amongNumbers(some, 2)
		rows, err := store.List[shared](ctx, q, parts, `
			SELECT k.key, k.sign
			FROM twin_key k
			JOIN text_sign s ON s.n = k.sign
			WHERE {scope} AND s.document <> $1 AND k.key IN `+in, append([]any{document}, args...)...)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	return list, nil
}

// amongNumbers is among for numbers.
func amongNumbers(numbers []int64, first int) (string, []any) {
	in, args := among(make([]string, len(numbers)), first)
	for i, n := range numbers {
		args[i] = n
	}
	return in, args
}

// putSigns keeps the signatures of a document, with those of their keys that still
// tell texts apart.
func putSigns(ctx context.Context, tx *store.Tx, s signed, sharing []shared) error {
	before, err := store.List[textSign](ctx, tx, parts, "SELECT "+signColumns+" FROM text_sign s WHERE {scope} AND s.document = $1", s.ID)
	if err != nil {
		return err
	}
	for _, was := range before {
		if slices.ContainsFunc(s.signs, func(is textSign) bool { is.N = was.N; return is == was }) {
			continue
		}
		for _, query := range []string{"DELETE FROM twin_key WHERE sign = $1", "DELETE FROM text_sign WHERE n = $1"} {
			if _, err := tx.Exec(ctx, query, was.N); err != nil {
				return err
			}
		}
	}
	count := map[int64]int{}
	for _, other := range sharing {
		count[other.Key]++
	}
	for _, is := range s.signs {
		if slices.ContainsFunc(before, func(was textSign) bool { is.N = was.N; return is == was }) {
			continue
		}
		if err := putSign(ctx, tx, is, count); err != nil {
			return err
		}
	}
	return nil
}

func putSign(ctx context.Context, tx *store.Tx, s textSign, count map[int64]int) error {
	last, err := store.Get[int64](ctx, tx, parts, "SELECT COALESCE(MAX(n), 0) FROM text_sign WHERE {scope}")
	if err != nil {
		return err
	}
	s.N = last + 1
	_, err = tx.Exec(ctx, `
		INSERT INTO text_sign (n, edition, document, version, lang, words, exact, title, titled, symbol, file, sketch)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.N, s.Edition, s.Document, s.Version, string(s.Lang), s.Words, s.Exact, s.Title, s.Titled, s.Symbol, s.File, s.Sketch)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, key := range s.keys() {
		if count[key] < maxShared {
			rows = append(rows, []any{key, s.N})
		}
	}
	return tx.Insert(ctx, "twin_key (key, sign)", rows, " ON CONFLICT DO NOTHING")
}

// openTwins are the twins of a document about which nobody has said anything yet, by
// the other document.
func openTwins(ctx context.Context, q store.Reader, document string) (map[string]Twin, error) {
	rows, err := store.List[Twin](ctx, q, parts,
		"SELECT "+twinColumns+" FROM twin t WHERE {scope} AND t.stage = 'open' AND (t.one = $1 OR t.other = $1)", document)
	m := make(map[string]Twin, len(rows))
	for _, t := range rows {
		m[t.Beside(document)] = t
	}
	return m, err
}

// signsOf reads the texts that share a key, and those of the twins so far.
func signsOf(ctx context.Context, q store.Reader, sharing []shared, before map[string]Twin) ([]textSign, error) {
	var numbers []int64
	for _, s := range sharing {
		numbers = append(numbers, s.Sign)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	var list []textSign
	for some := range slices.Chunk(numbers, 64) {
		in, args := amongNumbers(some, 1)
		rows, err := store.List[textSign](ctx, q, parts, "SELECT "+signColumns+" FROM text_sign s WHERE {scope} AND s.n IN "+in, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	for id := range before {
		rows, err := store.List[textSign](ctx, q, parts, "SELECT "+signColumns+" FROM text_sign s WHERE {scope} AND s.document = $1", id)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	return list, nil
}

// alike compares each of its texts with each of the others, by their documents.
func (s signed) alike(others []textSign) map[string]likes {
	found := map[string]likes{}
	for _, other := range others {
		for _, own := range s.signs {
			if k, ok := own.like(other); ok {
				if was, twice := found[other.Document]; twice {
					k = was.join(k)
				}
				found[other.Document] = k
			}
		}
	}
	return found
}

// tied are the documents whose relation to this one says already why they are alike.
func tied(ctx context.Context, q store.Reader, d Document) ([]string, error) {
	const kinds = "r.kind IN ('supersedes', 'translation-of', 'part-of')"
	return store.List[string](ctx, q, parts, `
		SELECT d.id FROM relation r JOIN document d ON d.id = r.target OR r.symbol <> '' AND d.symbol = r.symbol
		WHERE {scope} AND r.document = $1 AND `+kinds+`
		UNION
		SELECT r.document FROM relation r
		WHERE `+kinds+` AND (r.target <> '' AND r.target = $1 OR r.symbol <> '' AND r.symbol = $2)`, d.ID, d.Symbol)
}

// putTwins writes whom a document is like over what was found before. What somebody
// has decided stays.
func putTwins(ctx context.Context, tx *store.Tx, document string, before map[string]Twin, found map[string]likes) (moved bool, err error) {
	for id, was := range before {
		if _, still := found[id]; !still {
			moved = true
			if _, err := tx.Exec(ctx, "DELETE FROM twin WHERE one = $1 AND other = $2", was.One, was.Other); err != nil {
				return false, err
			}
		}
	}
	for i, id := range byLikeness(found) {
		was, known := before[id]
		if known && was.likes == found[id] || !known && i >= maxTwins {
			continue
		}
		n, err := putTwin(ctx, tx, pairOf(document, id), found[id])
		if err != nil {
			return false, err
		}
		moved = moved || n > 0
	}
	return moved, nil
}

// byLikeness are the documents found, the most alike first.
func byLikeness(found map[string]likes) []string {
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return cmp.Or(cmp.Compare(found[b].Likeness, found[a].Likeness), cmp.Compare(a, b))
	})
}

func putTwin(ctx context.Context, tx *store.Tx, p Pair, k likes) (int64, error) {
	return tx.Exec(ctx, `
		INSERT INTO twin (one, other, lang, likeness, file, symbol, titled, found, stage, kept, by_whom, decided)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', '', 0)
		ON CONFLICT (one, other) DO UPDATE
		SET lang = excluded.lang, likeness = excluded.likeness, file = excluded.file, symbol = excluded.symbol, titled = excluded.titled
		WHERE twin.stage = 'open'`,
		p.One, p.Other, string(k.Lang), k.Likeness, k.File, k.Symbol, k.Titled, tx.Now())
}

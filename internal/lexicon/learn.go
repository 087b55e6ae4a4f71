package lexicon

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// Lesson is the text of its own from which the lexicon learns between two
// languages: what the library holds in both. Mark names it: as long as it is the
// same, the text is.
type Lesson struct {
	Mark  string
	Pairs Pairs // sentences that translate each other
}

// What is learned from, and kept.
const (
	method      = "1" // whoever changes what is learned from the same raises it
	maxWords    = 6   // of a side of a dictionary's pair: longer ones are examples
	maxSentence = 40  // words that are taken of a sentence
	ownWeight   = 2   // a sentence of the library against a line of a dictionary
	senseFrom   = 0.03
	maxSenses   = 8
)

// Learn learns the tables of all directions anew where there is something new to
// learn from, and keeps each as soon as it is learned: stopped, it goes on there.
// lesson gives the library's text between two languages. progress hears how many
// of the language pairs are done. It returns how many tables are new.
func (l *Lexicon) Learn(ctx context.Context, who access.Subject, lesson func(a, b lang.Tag) (Lesson, error), progress func(done, of int) error) (fresh int, err error) {
	known, err := l.rows(ctx)
	if err != nil {
		return 0, err
	}
	dictionaries, err := l.Dictionaries(ctx)
	if err != nil {
		return 0, err
	}
	pairs := languagePairs()
	for i, d := range pairs {
		if err := progress(i, len(pairs)); err != nil {
			return fresh, err
		}
		own, err := lesson(d.From, d.To)
		if err != nil {
			return fresh, err
		}
		s := school{Lexicon: l, Direction: d, concepts: l.named(), own: own, books: between(dictionaries, d)}
		s.print = s.fingerprint()
		if s.knows(known) {
			continue
		}
		n, err := s.learn(ctx, who)
		if err != nil {
			return fresh, fmt.Errorf("lexicon: %s–%s: %w", d.From, d.To, err)
		}
		fresh += n
	}
	return fresh, progress(len(pairs), len(pairs))
}

func languagePairs() (list []Direction) {
	for i, a := range lang.All {
		for _, b := range lang.All[i+1:] {
			list = append(list, Direction{a, b})
		}
	}
	return list
}

// between are the dictionaries between the languages, in either direction.
func between(all []Dictionary, d Direction) []Dictionary {
	return slices.DeleteFunc(slices.Clone(all), func(b Dictionary) bool {
		to := Direction{b.SourceLang, b.TargetLang}
		return to != d && to != d.back()
	})
}

// school is the learning between two languages.
type school struct {
	*Lexicon
	Direction
	concepts *concepts // as they are called while it lasts
	own      Lesson
	books    []Dictionary
	print    string // fingerprint
}

// fingerprint names what there is to learn from.
func (s school) fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", method, search.Layout())
	for _, b := range s.books {
		fmt.Fprintf(h, "%s %s %s\n", b.SourceLang, b.TargetLang, b.File)
	}
	fmt.Fprintln(h, s.concepts.mark(s.From, s.To))
	fmt.Fprintln(h, s.own.Mark)
	return hex.EncodeToString(h.Sum(nil))
}

func (s school) knows(known []tableRow) bool {
	there := 0
	for _, r := range known {
		if (r.direction() == s.Direction || r.direction() == s.back()) && r.Fingerprint == s.print {
			there++
		}
	}
	return there == 2
}

// learn learns both directions and keeps their tables.
func (s school) learn(ctx context.Context, who access.Subject) (int, error) {
	text := reader{school: s, shown: map[lang.Tag]map[string]string{s.From: {}, s.To: {}}}
	if err := text.readAll(ctx); err != nil {
		return 0, err
	}
	there, back, err := text.train(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range []struct {
		Direction
		*model
		from, to *side
	}{{s.Direction, there, &text.source, &text.target}, {s.back(), back, &text.target, &text.source}} {
		if err := s.keepTable(ctx, who, t.Direction, text.draft(t.model, t.from, t.to), text.shown[t.To]); err != nil {
			return 0, err
		}
	}
	return 2, nil
}

// keepTable stores a table and says where it is.
func (s school) keepTable(ctx context.Context, who access.Subject, d Direction, table draft, shown map[string]string) error {
	var file bytes.Buffer
	if err := table.write(&file, shown); err != nil {
		return err
	}
	sum, _, err := s.Files.Put(ctx, &file, maxFile)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO translation_table (source_lang, target_lang, file, fingerprint, words, learned)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (source_lang, target_lang) DO UPDATE
			SET file = excluded.file, fingerprint = excluded.fingerprint, words = excluded.words, learned = excluded.learned`,
			string(d.From), string(d.To), string(sum), s.print, len(table), tx.Now())
		return store.Event{Act: "lexicon.table.learned", Object: string(d.From) + "-" + string(d.To), Data: map[string]any{"words": len(table)}}, err
	})
	return err
}

// reader puts everything there is to learn from into one bitext.
type reader struct {
	bitext
	school
	shown   map[lang.Tag]map[string]string // a form of each stem
	sources []search.Source                // of each segment
}

func (r *reader) readAll(ctx context.Context) error {
	for _, b := range r.books {
		flip := b.SourceLang != r.From
		for p, err := range r.pairs(ctx, b) {
			if err != nil {
				return err
			}
			if flip {
				p.Source, p.Target = p.Target, p.Source
			}
			from, to := r.stems(r.From, p.Source), r.stems(r.To, p.Target)
			if len(from) <= maxWords && len(to) <= maxWords {
				r.add(from, to, 1, search.Dictionary)
			}
		}
	}
	for p := range r.concepts.pairs(r.From, r.To) {
		r.add(r.stems(r.From, p.Source), r.stems(r.To, p.Target), 1, search.Thesaurus)
	}
	if r.own.Pairs == nil {
		return ctx.Err()
	}
	for p, err := range r.own.Pairs {
		if err != nil {
			return err
		}
		from, to := r.stems(r.From, p.Source), r.stems(r.To, p.Target)
		r.add(from[:min(len(from), maxSentence)], to[:min(len(to), maxSentence)], ownWeight, search.Learned)
	}
	return ctx.Err()
}

func (r *reader) add(from, to []string, weight float32, source search.Source) {
	n := len(r.weights)
	r.bitext.add(from, to, weight)
	if len(r.weights) > n {
		r.sources = append(r.sources, source)
	}
}

// stems are the words of a text, whose shortest forms are remembered to be shown.
func (r *reader) stems(t lang.Tag, text string) []string {
	shown := r.shown[t]
	var list []string
	for _, term := range search.Terms(t, text) {
		list = append(list, term.Stem)
		if old, ok := shown[term.Stem]; !ok || len(term.Word) < len(old) || len(term.Word) == len(old) && term.Word > old {
			shown[term.Stem] = term.Word
		}
	}
	return list
}

// draft makes a table of a model; a sense that no dictionary has was learned.
func (r *reader) draft(m *model, from, to *side) draft {
	proven := r.proven(from, to)
	d := draft{}
	for i, row := range m.rows {
		var senses []meaning
		for _, c := range row {
			source := search.Learned
			if _, ok := slices.BinarySearch(proven, uint64(i)<<32|uint64(uint32(c.word))); ok {
				source = search.Dictionary
			}
			senses = append(senses, meaning{to.words[c.word], c.p, source})
		}
		if len(senses) > 0 {
			d[from.words[i]] = senses
		}
	}
	return d
}

// proven are the pairs of words that meet in a dictionary.
func (r *reader) proven(from, to *side) []uint64 {
	var met []uint64
	for i, source := range r.sources {
		if source != search.Dictionary {
			continue
		}
		for _, f := range from.segment(i) {
			for _, t := range to.segment(i) {
				met = append(met, uint64(f)<<32|uint64(uint32(t)))
			}
		}
	}
	return distinct(met)
}

// likeliest keeps the most probable senses, in sum one.
func likeliest(sums map[string]search.Sense) []search.Sense {
	list := slices.SortedFunc(maps.Values(sums), func(x, y search.Sense) int {
		return cmp.Or(cmp.Compare(y.Weight, x.Weight), cmp.Compare(x.Terms[0], y.Terms[0]))
	})
	total := 0.0
	for _, s := range list {
		total += s.Weight
	}
	n, kept := 0, 0.0
	for ; n < min(len(list), maxSenses) && list[n].Weight >= senseFrom*total; n++ {
		kept += list[n].Weight
	}
	for i := range list[:n] {
		list[i].Weight /= kept
	}
	return list[:n]
}

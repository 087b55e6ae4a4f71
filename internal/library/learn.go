package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/lexicon"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// LearnJob is the kind of the job that teaches the lexicon.
const LearnJob = "lexicon.learn"

// Learn teaches the lexicon what the library's own language versions say of each
// other. A table that all readers share is learned from texts that all may read:
// from a closed one it could give words away.
func (l *Library) Learn(ctx context.Context, words *lexicon.Lexicon, who access.Subject, progress func(done, of int) error) (tables int, err error) {
	if _, err := l.name(ctx, words, -1); err != nil {
		return 0, err
	}
	return words.Learn(ctx, who, func(a, b lang.Tag) (lexicon.Lesson, error) { return l.lesson(ctx, a, b) }, progress)
}

// LearnEvery is how often the library is looked through for new language versions.
const LearnEvery = 24 * time.Hour

// Learner is Learn as work of the background.
func (l *Library) Learner(words *lexicon.Lexicon) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		_, err := l.Learn(ctx, words, access.System("lexicon"), func(done, of int) error {
			return errors.Join(run.Progress(ctx, int64(done), int64(of), nil), run.GiveWay(ctx))
		})
		return err
	}
}

// Speak keeps the lexicon in step with the thesaurus and with what was learned,
// here or elsewhere, until the context ends.
func (l *Library) Speak(ctx context.Context, words *lexicon.Lexicon, log *slog.Logger) {
	const between = 2 * time.Second
	content, revision := int64(-1), int64(-1)
	for ; ctx.Err() == nil; sleep(ctx, between) {
		now := l.DB.Content()
		if now == content {
			continue
		}
		var err error
		if revision, err = l.name(ctx, words, revision); err == nil {
			err = words.Refresh(ctx, log)
		}
		if err != nil {
			if ctx.Err() == nil {
				log.Error("follow the thesaurus", "err", err)
			}
			continue
		}
		content = now
	}
}

// name tells the lexicon the labels of the thesaurus, if they have changed since
// the revision.
func (l *Library) name(ctx context.Context, words *lexicon.Lexicon, revision int64) (int64, error) {
	now, err := thesaurus.Revision(ctx, l.DB)
	if err != nil || now == revision {
		return revision, err
	}
	var labels []lexicon.Label
	for one, err := range thesaurus.Labels(ctx, l.DB) {
		if err != nil {
			return revision, err
		}
		labels = append(labels, lexicon.Label{Concept: one.Concept, Lang: one.Lang, Text: one.Text, Preferred: one.Kind == thesaurus.Pref, Hidden: one.Kind == thesaurus.Hidden})
	}
	words.Name(labels)
	return now, nil
}

// parallel is the newest version of a document in two languages.
type parallel struct{ Document, Source, Target string }

// lesson is what the library says in both languages.
func (l *Library) lesson(ctx context.Context, a, b lang.Tag) (lexicon.Lesson, error) {
	public := access.Scope{}
	list, err := store.List[parallel](ctx, l.DB, public, `
		SELECT d.id AS document, v.id AS source, w.id AS target
		FROM document d
		JOIN language_version e ON e.document = d.id AND e.lang = $1
		JOIN language_version f ON f.document = d.id AND f.lang = $2
		JOIN version v ON v.edition = e.id
		JOIN version w ON w.edition = f.id
		WHERE {scope d} AND `+newest+` AND NOT EXISTS (SELECT 1 FROM version x WHERE x.edition = w.edition AND x.number > w.number)
		ORDER BY d.id`, string(a), string(b))
	if err != nil {
		return lexicon.Lesson{}, fmt.Errorf("library: what is there in %s and %s: %w", a, b, err)
	}
	mark := sha256.New()
	for _, p := range list {
		fmt.Fprintln(mark, p.Source, p.Target)
	}
	return lexicon.Lesson{Mark: hex.EncodeToString(mark.Sum(nil)), Pairs: l.translations(ctx, list)}, nil
}

// maxSentences bounds what one language pair is learned from; the memory that
// learning takes grows with it.
const maxSentences = 100_000

// translations are the sentences of the documents in both languages.
func (l *Library) translations(ctx context.Context, list []parallel) lexicon.Pairs {
	return func(yield func(lexicon.Pair, error) bool) {
		n := 0
		for _, p := range list {
			source, err := l.paragraphs(ctx, p.Source)
			if err != nil {
				yield(lexicon.Pair{}, err)
				return
			}
			target, err := l.paragraphs(ctx, p.Target)
			if err != nil {
				yield(lexicon.Pair{}, err)
				return
			}
			for _, paragraph := range lexicon.Align(source, target) {
				for _, s := range lexicon.Sentences(paragraph.Source, paragraph.Target) {
					if n++; n > maxSentences || !yield(s, nil) {
						return
					}
				}
			}
		}
	}
}

func (l *Library) paragraphs(ctx context.Context, version string) ([]string, error) {
	return store.List[string](ctx, l.DB, parts, "SELECT body FROM passage WHERE {scope} AND version = $1 AND kind <> 'margin' ORDER BY n", version)
}

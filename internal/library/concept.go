package library

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// Indexing ties a document to a concept of the thesaurus: a program proposes, a
// person confirms or refuses, and what she decided no program changes.
type Indexing struct {
	Concept string
	Stage   thesaurus.Stage
	Weight  int64 // how strongly the text speaks of it; 0 where a person chose it
}

// Concepts lists what a document is about, and what somebody said it is not: the
// confirmed ones first, then by weight.
func (l *Library) Concepts(ctx context.Context, scope access.Scope, document string) ([]Indexing, error) {
	return store.List[Indexing](ctx, l.DB, scope, `
		SELECT c.concept, c.stage, c.weight
		FROM document_concept c
		JOIN document d ON d.id = c.document
		WHERE {scope d} AND c.document = $1
		ORDER BY CASE c.stage WHEN 'confirmed' THEN 0 ELSE 1 END, c.weight DESC, c.concept`, document)
}

// IndexWith is a person's word on what a document is about: chosen are its
// concepts, and of those proposed the others are refused.
func (l *Library) IndexWith(ctx context.Context, who access.Subject, document string, chosen []string) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		d, err := store.Get[Document](ctx, tx, who.Scope(), "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id = $1", document)
		if err != nil {
			return store.Event{}, err
		}
		if !who.May(access.Edit, d.Label).Allowed {
			return store.Event{}, ErrForbidden
		}
		before, err := indexed(ctx, tx, document)
		if err != nil {
			return store.Event{}, err
		}
		moved := 0
		for _, id := range chosen {
			if before[id].Stage != thesaurus.Confirmed {
				moved++
				if err := decide(ctx, tx, who, document, id, thesaurus.Confirmed); err != nil {
					return store.Event{}, err
				}
			}
		}
		for id, is := range before {
			if is.Stage != thesaurus.Refused && !slices.Contains(chosen, id) {
				moved++
				if err := decide(ctx, tx, who, document, id, thesaurus.Refused); err != nil {
					return store.Event{}, err
				}
			}
		}
		if moved == 0 {
			return store.Event{}, store.ErrUnchanged
		}
		// What it is about is given to harvesters, who go by the date.
		_, err = tx.Exec(ctx, "UPDATE document SET updated = $2 WHERE id = $1", document, tx.Now())
		return changed(actIndexed, document, d.Label, map[string][]string{"concepts": chosen}), err
	})
	return err
}

const actIndexed = "library.document.indexed"

// decide writes a person's word on one concept.
func decide(ctx context.Context, tx *store.Tx, who access.Subject, document, concept string, stage thesaurus.Stage) error {
	if _, err := thesaurus.Get(ctx, tx, concept); errors.Is(err, store.ErrNotFound) {
		return Invalid{"concepts": "library.error.concept"}
	} else if err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO document_concept (document, concept, stage, weight, by_whom, at) VALUES ($1, $2, $3, 0, $4, $5)
		ON CONFLICT (document, concept) DO UPDATE SET stage = excluded.stage, by_whom = excluded.by_whom, at = excluded.at`,
		document, concept, string(stage), who.ID, tx.Now())
	return err
}

func indexed(ctx context.Context, q store.Reader, document string) (map[string]Indexing, error) {
	rows, err := store.List[Indexing](ctx, q, parts, "SELECT concept, stage, weight FROM document_concept WHERE {scope} AND document = $1", document)
	m := make(map[string]Indexing, len(rows))
	for _, r := range rows {
		m[r.Concept] = r
	}
	return m, err
}

// conceptsOf reads what documents are found by: all that nobody has refused.
func (l *Library) conceptsOf(ctx context.Context, in string, args []any) (map[string][]string, error) {
	rows, err := store.List[struct{ Document, Concept string }](ctx, l.DB, parts,
		"SELECT document, concept FROM document_concept WHERE {scope} AND stage <> 'refused' AND document IN "+in, args...)
	all := map[string][]string{}
	for _, r := range rows {
		all[r.Document] = append(all[r.Document], r.Concept)
	}
	return all, err
}

// spotter is made of the thesaurus as it now stands.
func (l *Library) spotter(ctx context.Context) (*thesaurus.Spotter, error) {
	l.spotting.Lock()
	defer l.spotting.Unlock()
	revision, err := thesaurus.Revision(ctx, l.DB)
	if err != nil || l.spots != nil && l.spots.Revision == revision {
		return l.spots, err
	}
	l.spots, err = thesaurus.NewSpotter(ctx, l.DB)
	return l.spots, err
}

// most is how many passages of a text are looked through.
const most = 3000

// sight looks through the texts of a document.
func (l *Library) sight(ctx context.Context, s *thesaurus.Spotter, document string) ([]thesaurus.Sighting, error) {
	list, err := editions(ctx, l.DB, document)
	if err != nil {
		return nil, err
	}
	texts := map[lang.Tag]thesaurus.Sighted{}
	for _, e := range list {
		passages, err := store.List[string](ctx, l.DB, parts,
			"SELECT body FROM passage WHERE {scope} AND version = $1 AND kind <> 'margin' AND n < $2 ORDER BY n", e.Version.ID, most)
		if err != nil {
			return nil, err
		}
		texts[e.Lang] = thesaurus.Sighted{Title: e.Title, Passages: passages}
	}
	return s.Sight(texts), nil
}

// ProposeJob is the turn of the timetable in which concepts are proposed for the
// documents that are new or changed.
const (
	ProposeJob   = "library.concepts"
	ProposeEvery = time.Minute
)

// proposedTo is the setting with the place up to which documents were looked
// through: when the last one was changed, and its id.
const proposedTo = "library.concepts.to"

// stepOf is how many documents one transaction writes about, and breath the longest
// rest behind it: a turn after a large import works half of the time, so that those
// who read meanwhile have a processor, and the index follows in fewer pieces.
const (
	stepOf = 100
	breath = 2 * time.Second
)

// Proposer proposes concepts for what has changed since its last turn.
func (l *Library) Proposer(ctx context.Context, run *job.Run) error {
	began := time.Now()
	return l.ProposeConcepts(ctx, false, func(done, total int64) error {
		if err := errors.Join(run.Progress(ctx, done, total, nil), run.GiveWay(ctx)); err != nil {
			return err
		}
		sleep(ctx, min(time.Since(began), breath))
		began = time.Now()
		return nil
	})
}

// ProposeConcepts looks through the documents that are new or changed since the
// last time, or with all through every one, and proposes concepts for them. What
// people have decided stays. It can be stopped at any time, and goes on there.
func (l *Library) ProposeConcepts(ctx context.Context, all bool, progress func(done, total int64) error) error {
	at, err := l.proposed(ctx)
	if err != nil {
		return err
	}
	if all {
		at = point{}
	}
	total, err := store.Get[int64](ctx, l.DB, parts, "SELECT COUNT(*) FROM document WHERE {scope} AND (updated > $1 OR updated = $1 AND id > $2)", at.Updated, at.ID)
	if err != nil || total == 0 {
		return err
	}
	for done := int64(0); ; {
		list, err := store.List[Document](ctx, l.DB, parts, `
			SELECT `+documentColumns+` FROM document d
			WHERE {scope} AND (d.updated > $1 OR d.updated = $1 AND d.id > $2)
			ORDER BY d.updated, d.id
			LIMIT $3`, at.Updated, at.ID, stepOf)
		if err != nil || len(list) == 0 {
			return err
		}
		last := list[len(list)-1]
		at = point{store.Micros(last.Updated), last.ID}
		if err := l.propose(ctx, list, at); err != nil {
			return err
		}
		done += int64(len(list))
		if err := progress(done, max(done, total)); err != nil {
			return err
		}
	}
}

// point is a place in the order of documents by their last change.
type point struct {
	Updated int64
	ID      string
}

func (l *Library) proposed(ctx context.Context) (point, error) {
	text, err := l.DB.Setting(ctx, proposedTo)
	if err != nil || text == "" {
		return point{}, err
	}
	updated, id, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(updated, 10, 64)
	return point{n, id}, err
}

// propose writes what the texts of some documents speak of, and how far it is.
func (l *Library) propose(ctx context.Context, list []Document, at point) error {
	spotter, err := l.spotter(ctx)
	if err != nil {
		return err
	}
	sightings := make([][]thesaurus.Sighting, len(list))
	for i, d := range list {
		if sightings[i], err = l.sight(ctx, spotter, d.ID); err != nil {
			return err
		}
	}
	_, err = store.WriteAll(ctx, l.DB, access.System("thesaurus"), func(tx *store.Tx) ([]store.Event, error) {
		var events []store.Event
		for i, d := range list {
			moved, err := proposeFor(ctx, tx, d.ID, sightings[i])
			if err != nil {
				return nil, err
			}
			if moved {
				events = append(events, changed(actIndexed, d.ID, d.Label, nil))
			}
		}
		if len(events) == 0 {
			events = append(events, store.Event{Act: "library.concepts.followed", Object: at.ID, Label: access.Label{Level: access.Closed}, Quiet: true})
		}
		return events, tx.Set(ctx, proposedTo, strconv.FormatInt(at.Updated, 10)+" "+at.ID)
	})
	return err
}

// proposeFor writes the proposals for one document over those that stood, and
// reports whether that changed anything.
func proposeFor(ctx context.Context, tx *store.Tx, document string, sightings []thesaurus.Sighting) (bool, error) {
	before, err := indexed(ctx, tx, document)
	if err != nil {
		return false, err
	}
	moved := false
	for _, s := range sightings {
		is, known := before[s.Concept]
		delete(before, s.Concept)
		if known && (is.Stage != thesaurus.Proposed || is.Weight == s.Weight) {
			continue
		}
		moved = true
		_, err := tx.Exec(ctx, `
			INSERT INTO document_concept (document, concept, stage, weight, by_whom, at)
			SELECT id, $2, 'proposed', $3, '', $4 FROM document WHERE id = $1
			ON CONFLICT (document, concept) DO UPDATE SET weight = excluded.weight, at = excluded.at`,
			document, s.Concept, s.Weight, tx.Now())
		if err != nil {
			return false, err
		}
	}
	for id, is := range before {
		if is.Stage != thesaurus.Proposed {
			continue
		}
		moved = true
		if _, err := tx.Exec(ctx, "DELETE FROM document_concept WHERE document = $1 AND concept = $2", document, id); err != nil {
			return false, err
		}
	}
	return moved, nil
}

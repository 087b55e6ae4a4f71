package assistance

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/agenda"
	"polis/internal/clamd"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/store"
)

// Agendas is how the room reads agendas, and keeps what they propose until somebody
// makes an activity of it. The files themselves it keeps nowhere.
type Agendas struct {
	*Assistance
	Texts   *extract.Extractor
	Scanner *clamd.Daemon // nil: none
}

// Of a file the beginning is read, in a time for which somebody waits.
const (
	agendaPages    = 12
	agendaPatience = 20 * time.Second
	agendaTime     = 45 * time.Second // for all files together
	agendaFiles    = 20               // with those inside of letters
)

// WaitingAgenda is what an agenda proposes, for the person for whom it waits.
type WaitingAgenda struct {
	ID      string
	Name    string         // the letter's subject, or the first file's name
	Letter  string         // its Message-ID, "" where it was uploaded
	Project string         // for which it was uploaded, or ""
	Found   agenda.Agenda  `db:"found,json"`
	Faults  []agenda.Fault `db:"faults,json"` // files that could not be read
	Created time.Time
	access.Label
}

const agendaColumns = "id, name, letter, project, found, faults, created, level, state, grp, owner"

// AgendaLetter is a letter that brings agendas.
type AgendaLetter struct {
	ID      string // Message-ID: the same is kept once for a person; "" where it has none
	Subject string
	Sent    time.Time
}

// MayReadAgendas reports whether the person makes activities of agendas: who may write
// projects.
func MayReadAgendas(who access.Subject) access.Decision { return MayImport(who) }

// Read proposes what files say. near is the day around which dates without a year are
// sought: the letter's, or today. Faults are the files that could not be read. Where none
// could, or nothing was found, it returns an Invalid with the sentence for "file"; where
// the virus scanner does not answer, clamd.ErrUnavailable.
func (a *Agendas) Read(ctx context.Context, files []agenda.File, near time.Time) (found agenda.Agenda, faults []agenda.Fault, err error) {
	ctx, done := context.WithTimeout(ctx, agendaTime)
	defer done()
	for _, f := range files {
		if err := a.scan(ctx, f); err != nil {
			return found, nil, err
		}
	}
	reader := a.Texts.Head(agendaPages, agendaPatience)
	files, faults = agenda.Unpack(ctx, reader, files)
	var texts []agenda.Text
	for _, f := range files[:min(len(files), agendaFiles)] {
		t, err := agenda.Open(ctx, reader, f)
		var bad *extract.Error
		switch {
		case errors.As(err, &bad) && bad.Reason != extract.Cancelled:
			faults = append(faults, agenda.Fault{File: f.Name, Reason: bad.Reason})
			continue
		case err != nil:
			return found, faults, err
		}
		texts = append(texts, t)
	}
	if len(texts) == 0 {
		return found, faults, Invalid{"file": unreadable(faults)}
	}
	known, err := a.known(ctx)
	if err != nil {
		return found, faults, err
	}
	found = agenda.Read(texts, known, near)
	switch {
	case !found.Empty():
		return found, faults, nil
	case found.Many:
		return found, faults, Invalid{"file": "agenda.error.many"}
	case len(faults) > 0:
		return found, faults, Invalid{"file": unreadable(faults)}
	}
	return found, faults, Invalid{"file": "agenda.error.nothing"}
}

// unreadable is the sentence of files of which none could be read: the first one's.
func unreadable(faults []agenda.Fault) string {
	if len(faults) == 0 {
		return "agenda.error.file"
	}
	return "extract.reason." + string(faults[0].Reason)
}

// scan has the virus scanner look at a file, where there is one.
func (a *Agendas) scan(ctx context.Context, f agenda.File) error {
	if a.Scanner == nil {
		return nil
	}
	virus, err := a.Scanner.Scan(ctx, bytes.NewReader(f.Data))
	switch {
	case errors.Is(err, clamd.ErrTooLarge):
		return Invalid{"file": "extract.reason." + string(extract.Oversized)}
	case err != nil:
		return err
	case virus != "":
		return Invalid{"file": "extract.reason." + string(extract.Infected)}
	}
	return nil
}

// known are the names of the directory for which agendas are searched.
func (a *Assistance) known(ctx context.Context) (known agenda.Known, err error) {
	s, err := directory.Names(ctx, a.DB)
	if err != nil {
		return known, err
	}
	for _, e := range s.List(directory.Filter{}) {
		one := agenda.Named{ID: e.ID}
		for _, n := range e.Names {
			for _, t := range lang.All {
				one.Names, one.Short = append(one.Names, n.Long[t]), append(one.Short, n.Short[t])
			}
		}
		one.Names, one.Short = clean(one.Names), clean(one.Short)
		switch {
		case e.Kind == directory.State:
			known.States = append(known.States, one)
		case e.Kind != directory.PartnerState && e.Kind != directory.Body:
			known.Bodies = append(known.Bodies, one)
		}
	}
	return known, nil
}

// FromUpload reads files that somebody uploaded for a project, and keeps what they
// propose for her.
func (a *Agendas) FromUpload(ctx context.Context, who access.Subject, projectID string, files []agenda.File) (string, error) {
	p, err := a.Project(ctx, who.Scope(), projectID)
	switch {
	case err != nil:
		return "", err
	case !p.Writes(who):
		return "", ErrForbidden
	case len(files) == 0:
		return "", Invalid{"file": "agenda.error.file"}
	}
	w := WaitingAgenda{Name: files[0].Name, Project: p.ID}
	return a.take(ctx, who, w, files, time.Now())
}

// FromLetter reads what a letter brought to somebody, and keeps what it proposes for her
// until she makes an activity of it.
func (a *Agendas) FromLetter(ctx context.Context, who access.Subject, l AgendaLetter, files []agenda.File) (string, error) {
	w := WaitingAgenda{Name: l.Subject, Letter: l.ID}
	if !who.SignedIn() || !MayReadAgendas(who).Allowed {
		return "", ErrForbidden
	}
	if l.ID != "" {
		id, err := store.Get[string](ctx, a.DB, everything, "SELECT id FROM agenda WHERE {scope} AND owner = $1 AND letter = $2", who.ID, l.ID)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return id, err
		}
	}
	files = slices.Clone(files)
	for i := range files {
		if files[i].Body && files[i].Subject == "" {
			files[i].Subject = l.Subject
		}
	}
	near := l.Sent
	if near.IsZero() {
		near = time.Now()
	}
	return a.take(ctx, who, w, files, near)
}

// mostAgendas is how many wait for one person: with more she has lost sight of them.
const mostAgendas = 100

// take reads the files and keeps what they propose.
func (a *Agendas) take(ctx context.Context, who access.Subject, w WaitingAgenda, files []agenda.File, near time.Time) (string, error) {
	if !who.SignedIn() || !MayReadAgendas(who).Allowed {
		return "", ErrForbidden
	}
	found, faults, err := a.Read(ctx, files, near)
	if err != nil {
		return "", err
	}
	w.ID, w.Name, w.Label = store.NewID(), fileName(w.Name), access.Label{Level: access.Closed, Owner: who.ID}
	if w.Letter = strings.ToValidUTF8(strings.ReplaceAll(w.Letter, "\x00", ""), ""); len(w.Letter) > 500 {
		w.Letter = w.Letter[:500]
	}
	_, err = store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM agenda WHERE {scope} AND owner = $1", who.ID)
		switch {
		case err != nil:
			return store.Event{}, err
		case n >= mostAgendas:
			return store.Event{}, Invalid{"file": "agenda.error.full"}
		}
		made, err := tx.Exec(ctx, "INSERT INTO agenda ("+agendaColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', $9) ON CONFLICT DO NOTHING",
			w.ID, w.Name, w.Letter, orNull(w.Project), store.JSON(found), store.JSON(faults), tx.Now(), int(w.Level), w.Owner)
		if err == nil && made == 0 { // the same letter, meanwhile
			w.ID, err = store.Get[string](ctx, tx, everything, "SELECT id FROM agenda WHERE {scope} AND owner = $1 AND letter = $2", w.Owner, w.Letter)
			return store.Event{}, errors.Join(err, store.ErrUnchanged)
		}
		return w.event("assistance.agenda.waits"), err
	})
	return w.ID, err
}

// event is about what waits; what it proposes stands in no log.
func (w WaitingAgenda) event(act string) store.Event {
	return store.Event{Act: act, Object: w.ID, Label: w.Label, Quiet: true}
}

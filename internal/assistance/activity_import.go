package assistance

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/sheet"
	"polis/internal/store"
)

// ImportStage is how far an import is. Messages: "activityimport.stage.STAGE".
type ImportStage string

// The stages of an import.
const (
	ImportLooked  ImportStage = "looked" // its file was looked at, and nothing is stored
	ImportStarted ImportStage = "started"
	ImportDone    ImportStage = "done"
	ImportDropped ImportStage = "dropped"
)

// Import is a table of activities that somebody brings in. It is hers alone.
type Import struct {
	ID       string
	Name     string   // of the file
	Sum      string   // of the file while it is kept, SHA-256
	Lang     lang.Tag // in which she reads: it decides what 03/04/2026 is
	Importer string   // the structure for which she does it
	Partly   bool     // faulty rows are left out
	Plan     string   // the digest of what she was shown when she began it, or ""
	Stage    ImportStage
	Job      string // id, "" before it is started
	Total    int64  // rows
	Done     int64  // of them stored or left out
	Made     int64
	Changed  int64
	Same     int64
	Passed   []PassedRow `db:"passed,json"` // those that were left out
	Started  time.Time
	Created  time.Time
	Updated  time.Time
	access.Label
}

// PassedRow is a row that was left out, with the reason in the language of the import.
type PassedRow struct {
	Row    int    // as the spreadsheet counts
	Column string // its letter, or ""
	Says   string
}

// mostPassed is how many such rows are kept with their reasons.
const mostPassed = 1000

const importColumns = "id, name, sum, lang, importer, partly, plan, stage, job, total, done, made, changed, same, passed, started, created, updated, level, state, grp, owner"

// Activities is how the room brings activities in from tables, of which Files keeps the
// files meanwhile.
type Activities struct {
	*Assistance
	Files *blob.Store
	Rest  time.Duration                                         // for which a file rests after it came, before it is taken away
	Needs func(ctx context.Context, sum blob.Sum) (bool, error) // whether anything else refers to a file; nil: nothing does
	// Subject is what a person may do now; nil: what her account says.
	Subject func(ctx context.Context, id string) (access.Subject, error)
}

// largestImport is the largest file, in bytes.
const largestImport = 20 << 20

// importerOf is the structure for which somebody imports: her own, or the desk.
func importerOf(who access.Subject) string {
	for _, g := range who.Grants {
		if g.Role == access.ProgrammeOfficer && g.Body != "" {
			return g.Body
		}
	}
	return cmp.Or(who.Body, "desk")
}

// MayImport reports whether the person brings activities in: who may write projects.
func MayImport(who access.Subject) access.Decision {
	return who.May(access.PlanHelp, access.Label{Level: access.Official})
}

// Upload takes a file in. What was only looked at before is dropped, and what was
// stopped ends where it is: she has a better one now.
func (a *Activities) Upload(ctx context.Context, who access.Subject, name string, reader lang.Tag, r io.Reader) (string, error) {
	if !who.SignedIn() || !MayImport(who).Allowed {
		return "", ErrForbidden
	}
	sum, n, err := a.Files.Put(ctx, r, largestImport)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", Invalid{"file": "activityimport.error.file"}
	}
	id := store.NewID()
	_, err = store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "UPDATE activity_import SET stage = 'dropped', sum = '', updated = $2 WHERE owner = $1 AND stage = 'looked'", who.ID, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			UPDATE activity_import SET stage = 'done', sum = '', updated = $2
			WHERE owner = $1 AND stage = 'started' AND job IN (SELECT j.id FROM job j WHERE j.stage IN ('stopped', 'failed'))`, who.ID, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		label := access.Label{Level: access.Closed, Owner: who.ID}
		_, err = tx.Exec(ctx, `
			INSERT INTO activity_import (`+importColumns+`)
			VALUES ($1, $2, $3, $4, $5, FALSE, '', 'looked', '', 0, 0, 0, 0, 0, '[]', 0, $6, $6, $7, '', '', $8)`,
			id, fileName(name), string(sum), string(reader), importerOf(who), tx.Now(), int(label.Level), label.Owner)
		return store.Event{Act: "assistance.import.sent", Object: id, Label: label, Quiet: true}, err
	})
	return id, err
}

// fileName is a name as it is shown: short, and never empty.
func fileName(name string) string {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "")), " ")
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName])
	}
	return cmp.Or(name, "–")
}

// Import reads one, or store.ErrNotFound: it is its owner's.
func (a *Assistance) Import(ctx context.Context, who access.Subject, id string) (Import, error) {
	return store.Get[Import](ctx, a.DB, who.Scope(), "SELECT "+importColumns+" FROM activity_import WHERE {scope} AND id = $1 AND owner = $2", id, who.ID)
}

// Imports are the latest of a person.
func (a *Assistance) Imports(ctx context.Context, who access.Subject, limit int) ([]Import, error) {
	return store.List[Import](ctx, a.DB, who.Scope(),
		"SELECT "+importColumns+" FROM activity_import WHERE {scope} AND owner = $1 AND stage <> 'dropped' ORDER BY created DESC, id DESC LIMIT $2", who.ID, limit)
}

// StartImport begins to store what she was shown, whose digest is plan. Where the
// differences are others now it returns Impossible, and nothing is stored; with faulty
// rows, unless she leaves them out (partly), too.
func (a *Activities) StartImport(ctx context.Context, who access.Subject, id, plan string, partly bool) error {
	im, err := a.Import(ctx, who, id)
	if err != nil {
		return err
	}
	if im.Stage != ImportLooked {
		return Impossible{"start", string(im.Stage), "activityimport.impossible." + string(im.Stage)}
	}
	found, err := a.Look(ctx, who, im)
	switch {
	case err != nil:
		return err
	case found.Plan != plan:
		return Impossible{"start", string(im.Stage), "activityimport.impossible.moved"}
	case found.Made+found.Changed == 0:
		return Impossible{"start", string(im.Stage), "activityimport.impossible.nothing"}
	case len(found.Troubles) > 0 && !partly:
		return Impossible{"start", string(im.Stage), "activityimport.impossible.faults"}
	}
	_, err = store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		made, err := job.Add(ctx, tx, ImportJob, importArgs{im.ID, im.Sum}, im.Label)
		if err != nil {
			return store.Event{}, err
		}
		n, err := tx.Exec(ctx, `
			UPDATE activity_import SET stage = 'started', job = $2, plan = $3, partly = $4, total = $5, started = $6, updated = $6
			WHERE id = $1 AND stage = 'looked'`, im.ID, made, plan, partly, found.Rows, tx.Now())
		if err == nil && n == 0 {
			err = Impossible{"start", string(ImportStarted), "activityimport.impossible.started"}
		}
		return store.Event{Act: "assistance.import.started", Object: im.ID, Label: im.Label, Quiet: true}, err
	})
	return err
}

// DropImport gives one up that was only looked at; its file goes with the next sweep.
func (a *Assistance) DropImport(ctx context.Context, who access.Subject, id string) error {
	im, err := a.Import(ctx, who, id)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE activity_import SET stage = 'dropped', sum = '', updated = $2 WHERE id = $1 AND stage = 'looked'", im.ID, tx.Now())
		if err == nil && n == 0 {
			err = Impossible{"drop", string(im.Stage), "activityimport.impossible." + string(im.Stage)}
		}
		return store.Event{Act: "assistance.import.dropped", Object: im.ID, Label: im.Label, Quiet: true}, err
	})
	return err
}

// releaseImports takes a person's imports away as part of her erasure; the activities
// stay.
func releaseImports(ctx context.Context, tx *store.Tx, person string) error {
	_, err := tx.Exec(ctx, "DELETE FROM imported_activity WHERE import IN (SELECT id FROM activity_import WHERE owner = $1)", person)
	if err == nil {
		_, err = tx.Exec(ctx, "DELETE FROM activity_import WHERE owner = $1", person)
	}
	return err
}

// namesOf are what an entry of the directory is called in each language.
func namesOf(s *directory.Snapshot, e directory.Entry) lang.Names {
	names := lang.Names{}
	for _, t := range lang.All {
		names[t] = s.Label(e, t)
	}
	return names
}

// stateChoices are the States that a table can name: by code or by name.
func stateChoices(s *directory.Snapshot) (list []sheet.Option) {
	for _, e := range s.List(directory.Filter{}) {
		if e.Kind != directory.State {
			continue
		}
		o := sheet.Option{ID: e.ID, Names: namesOf(s, e), Also: []string{e.ISO3}}
		for _, n := range e.Names {
			for _, t := range lang.All {
				o.Also = append(o.Also, n.Long[t], n.Short[t])
			}
		}
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b sheet.Option) int { return strings.Compare(a.ID, b.ID) })
	return list
}

package library

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/clamd"
	"polis/internal/extract"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/store"
)

// Stage is where an arrived file is.
type Stage string

// The stages: arrived → ready → kept | discarded, or arrived → quarantined →
// arrived again | discarded.
const (
	Arrived     Stage = "arrived"
	Ready       Stage = "ready"
	Quarantined Stage = "quarantined"
	Kept        Stage = "kept"
	Discarded   Stage = "discarded"
)

// Intake is a file that has arrived and is not, or not yet, a document.
type Intake struct {
	ID       string
	Batch    string // what came in together
	File     string // name as it came
	Sum      string
	Bytes    int64
	Stage    Stage
	Reason   string   // an extract.Reason, of a quarantined file
	Proposal Proposal `db:"proposal,json"`
	TextSum  string
	Document string // what it became
	Tries    int64
	Rev      int64
	Created  time.Time
	Updated  time.Time
	access.Label
}

const intakeColumns = "id, batch, file, sum, bytes, stage, reason, proposal, text_sum, document, tries, rev, created, updated, level, state, grp, owner"

// Proposal is what a file says of itself. A person confirms it.
type Proposal struct {
	Lang     lang.Tag
	LangSure bool
	Title    string
	Symbol   string
	Date     string
	Original lang.Tag
	Media    string
	Pages    int
	OCR      bool
	Notes    []extract.Note
}

// MaxFile is the largest file taken in, in bytes.
const MaxFile = 200 << 20

// readJob is the kind of the job that reads one arrived file.
const readJob = "library.read"

// Handlers are the library's kinds of background work.
func (l *Library) Handlers() map[string]job.Handler {
	return map[string]job.Handler{readJob: l.readArrived, BatchJob: l.runBatch}
}

// Receive stores a file and queues the reading of it. A file that this person's
// library has already comes back as Kept, with the document. Files too large
// for the library come back as quarantined, without their content.
func (l *Library) Receive(ctx context.Context, who access.Subject, batch, name string, r io.Reader) (Intake, error) {
	return l.receive(ctx, who, batch, name, r, true)
}

func (l *Library) receive(ctx context.Context, who access.Subject, batch, name string, r io.Reader, queue bool) (Intake, error) {
	in := Intake{ID: store.NewID(), Batch: batch, File: CleanName(name), Stage: Arrived, Label: ownOnly(who)}
	if !who.May(access.Contribute, in.Label).Allowed {
		return Intake{}, ErrForbidden
	}
	sum, size, err := l.Files.Put(ctx, r, MaxFile)
	switch {
	case errors.Is(err, blob.ErrTooLarge):
		in.Stage, in.Reason = Quarantined, string(extract.Oversized)
	case err != nil:
		return Intake{}, err
	}
	in.Sum, in.Bytes = string(sum), size
	_, err = store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		if in.Stage == Arrived {
			if before, err := arrivedBefore(ctx, tx, in); !errors.Is(err, store.ErrNotFound) {
				in = before
				return store.Event{}, errors.Join(err, store.ErrUnchanged)
			}
			if in.Document, err = sameFile(ctx, tx, who.Scope(), in.Sum); err != nil {
				return store.Event{}, err
			}
			if in.Document != "" {
				in.Stage = Kept
			}
		}
		in.Created, in.Updated, in.Rev = tx.Now(), tx.Now(), 1
		if in.Stage == Arrived && queue {
			if _, err := job.Add(ctx, tx, readJob, in.ID, in.Label); err != nil {
				return store.Event{}, err
			}
		}
		return in.event(), insertIntake(ctx, tx, in)
	})
	return in, err
}

// arrivedBefore finds the same file that the same person brought already and
// that is no document yet.
func arrivedBefore(ctx context.Context, tx *store.Tx, in Intake) (Intake, error) {
	return store.Get[Intake](ctx, tx, parts, "SELECT "+intakeColumns+` FROM intake
		WHERE {scope} AND sum = $1 AND owner = $2 AND stage IN ('arrived', 'ready', 'quarantined')
		ORDER BY created`, in.Sum, in.Owner)
}

// ownOnly is the label of what only the person who brought it sees.
func ownOnly(who access.Subject) access.Label {
	return access.Label{Level: access.Closed, Owner: owner(who)}
}

func (in Intake) event() store.Event {
	return store.Event{
		Act: "library.intake." + string(in.Stage), Object: in.ID, Label: in.Label,
		Data: map[string]string{"sum": in.Sum, "reason": in.Reason, "document": in.Document},
	}
}

func insertIntake(ctx context.Context, tx *store.Tx, in Intake) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO intake (id, batch, file, sum, bytes, stage, reason, proposal, text_sum, document, tries, rev, created, updated, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14, $15, $16, $17)`,
		in.ID, in.Batch, in.File, in.Sum, in.Bytes, string(in.Stage), in.Reason, store.JSON(in.Proposal), in.TextSum, in.Document,
		in.Rev, in.Created, in.Updated, int(in.Level), in.State, in.Group, in.Owner)
	return err
}

func updateIntake(ctx context.Context, tx *store.Tx, in Intake) error {
	n, err := tx.Exec(ctx, `
		UPDATE intake
		SET stage = $2, reason = $3, proposal = $4, text_sum = $5, document = $6, tries = $7, rev = rev + 1, updated = $8
		WHERE id = $1 AND rev = $9`,
		in.ID, string(in.Stage), in.Reason, store.JSON(in.Proposal), in.TextSum, in.Document, in.Tries, tx.Now(), in.Rev)
	if err == nil && n == 0 {
		return Stale{}
	}
	return err
}

// CleanName keeps the last part of a file's name, in valid characters.
func CleanName(name string) string {
	name = strings.ToValidUTF8(filepath.Base(strings.ReplaceAll(name, `\`, "/")), "_")
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	for len(name) > 200 {
		_, n := utf8.DecodeRuneInString(name)
		name = name[n:]
	}
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

// killed is the reason of a file that took the program down with it.
const killed extract.Reason = "killed"

// readArrived is the job that reads one file.
func (l *Library) readArrived(ctx context.Context, run *job.Run) error {
	var (
		id    string
		waits int // how often what it needs was away
	)
	if err := run.Decode(&id, &waits); err != nil {
		return err
	}
	in, err := store.Get[Intake](ctx, l.DB, parts, "SELECT "+intakeColumns+" FROM intake WHERE {scope} AND id = $1", id)
	if err != nil || in.Stage != Arrived {
		return err
	}
	if run.Tries > 2 { // it took the program down with it, twice
		return l.settle(ctx, in, extract.Content{}, &extract.Error{Reason: killed, Err: errors.New("the program stopped while reading it, twice")})
	}
	content, err := l.extract(ctx, in)
	err = l.settle(ctx, in, content, err)
	if !errors.Is(err, blob.ErrUnavailable) && !errors.Is(err, clamd.ErrUnavailable) {
		return err
	}
	if err := run.Progress(ctx, 0, 0, waits+1); err != nil {
		return err
	}
	return job.Later(min(time.Second<<min(waits, 6), time.Minute), err) // it will be back, and the file can wait
}

// extract reads a stored file. An error that is no *extract.Error is ours, not
// the file's.
func (l *Library) extract(ctx context.Context, in Intake) (extract.Content, error) {
	f, err := l.Files.Local(ctx, blob.Sum(in.Sum))
	if err != nil {
		return extract.Content{}, err
	}
	defer f.Close()
	if err := l.scan(ctx, f); err != nil {
		return extract.Content{}, err
	}
	return l.Texts.File(ctx, in.File, f, in.Bytes)
}

// scan has the virus scanner look at a file, where there is one.
func (l *Library) scan(ctx context.Context, f io.ReadSeeker) error {
	if l.Scanner == nil {
		return nil
	}
	virus, err := l.Scanner.Scan(ctx, f)
	switch {
	case errors.Is(err, clamd.ErrTooLarge):
		return &extract.Error{Reason: extract.Oversized, Err: err}
	case err != nil:
		return err
	case virus != "":
		return &extract.Error{Reason: extract.Infected, Err: errors.New(virus)}
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// settle records what reading a file gave: text and proposal, or quarantine.
func (l *Library) settle(ctx context.Context, in Intake, c extract.Content, err error) error {
	in, err = l.judge(ctx, in, c, err)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, l.DB, access.System("library"), func(tx *store.Tx) (store.Event, error) {
		return in.event(), updateIntake(ctx, tx, in)
	})
	return err
}

// judge decides what becomes of a file that was read: ready with its text
// stored, or quarantined with the reason.
func (l *Library) judge(ctx context.Context, in Intake, c extract.Content, err error) (Intake, error) {
	var bad *extract.Error
	switch {
	case ctx.Err() != nil: // we are stopping; the file may be fine
		return in, ctx.Err()
	case errors.As(err, &bad):
		in.Stage, in.Reason = Quarantined, string(bad.Reason)
		return in, nil
	case err != nil:
		return in, err
	}
	text, err := json.Marshal(append(c.Passages, margins(c)...))
	if err != nil {
		return in, fmt.Errorf("library: passages: %w", err)
	}
	sum, _, err := l.Files.Put(ctx, strings.NewReader(string(text)), int64(len(text)))
	if err != nil {
		return in, err
	}
	in.Stage, in.Reason, in.TextSum = Ready, "", string(sum)
	in.Proposal = Proposal{
		Lang: c.Lang, LangSure: c.LangSure, Title: c.Title, Symbol: c.Symbol, Date: c.Date,
		Original: c.Original, Media: c.Media, Pages: c.Pages, OCR: c.OCR, Notes: c.Notes,
	}
	if !symbolForm.MatchString(in.Proposal.Symbol) {
		in.Proposal.Symbol = ""
	}
	in.Proposal.Title = shorten(cmp.Or(strings.TrimSpace(in.Proposal.Title), strings.TrimSuffix(in.File, filepath.Ext(in.File)), in.File))
	return in, nil
}

// margins are the running heads and page numbers of the original. They come
// after the text: nothing is lost, and nobody has to read or find them.
func margins(c extract.Content) []extract.Passage {
	list := make([]extract.Passage, len(c.Margins))
	for i, p := range c.Margins {
		list[i] = extract.Passage{Kind: margin, Page: p.Page, Text: p.Text}
	}
	return list
}

// margin is the kind of passages that are kept beside the text.
const margin extract.Kind = "margin"

// shorten cuts a proposed title to what a title may be.
func shorten(title string) string {
	if r := []rune(title); len(r) > maxTitle {
		return strings.TrimSpace(string(r[:maxTitle-1])) + "…"
	}
	return title
}

// text returns an intake's text as it becomes a language version.
func (l *Library) text(ctx context.Context, in Intake) (Text, error) {
	f, err := l.Files.Get(ctx, blob.Sum(in.TextSum))
	if err != nil {
		return Text{}, err
	}
	defer f.Close()
	t := Text{
		Lang: in.Proposal.Lang, Title: in.Proposal.Title, Sum: in.Sum, File: in.File, Media: in.Proposal.Media,
		Bytes: in.Bytes, Pages: in.Proposal.Pages, OCR: in.Proposal.OCR,
	}
	if err := json.NewDecoder(f).Decode(&t.Passages); err != nil {
		return Text{}, fmt.Errorf("library: stored text: %w", err)
	}
	return t, nil
}

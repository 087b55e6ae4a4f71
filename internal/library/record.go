package library

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/store"
)

// RecordLine is one line of a records file: a document or a language version of
// one, as another collection exports it.
type RecordLine struct {
	ID            string   `json:"id"`
	Lang          string   `json:"lang"`
	Title         string   `json:"title"`
	Text          string   `json:"text"`
	TranslationOf string   `json:"translation_of"` // id of another line, or of a record imported before
	Summary       string   `json:"summary"`
	Symbol        string   `json:"symbol"`
	Type          string   `json:"type"`
	Date          string   `json:"date"`
	Original      string   `json:"original"`
	Origin        string   `json:"origin"`
	Licence       string   `json:"licence"`
	Themes        []string `json:"themes"`
	Lines         []string `json:"lines"`
	Items         []string `json:"items"`
	Keywords      []string `json:"keywords"`
	Level         string   `json:"level"`
	State         string   `json:"state"`
	Group         string   `json:"group"`

	line int // in the file, from 1
}

// BadLine is a line of a records file that was not taken, and why.
type BadLine struct {
	Line   int
	ID     string
	Reason string
}

// Tally is what an import did.
type Tally struct {
	New, Changed, Same int
	Bad                []BadLine
}

// batchSize is how many records one write stores: all of them, or none.
const batchSize = 200

// ImportRecords reads a file of JSON lines. A record that is there already and
// says the same is passed over, so an interrupted import is run again and goes
// on where it was. A bad line is reported and the rest goes on. progress hears
// the bytes read so far.
func (l *Library) ImportRecords(ctx context.Context, who access.Subject, file io.ReadSeeker, fallback access.Level, progress func(bytes int64)) (Tally, error) {
	imp := &importing{l: l, who: who, fallback: fallback, homes: map[string]string{}}
	// Originals first, so that a translation finds its document wherever it stands.
	for _, translations := range []bool{false, true} {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return imp.tally, fmt.Errorf("library: records file: %w", err)
		}
		if err := imp.pass(ctx, file, translations, progress); err != nil {
			return imp.tally, err
		}
		if !imp.translated {
			break
		}
	}
	return imp.tally, nil
}

// importing is one run over a records file.
type importing struct {
	l          *Library
	who        access.Subject
	fallback   access.Level // of records that name no level
	tally      Tally
	translated bool              // some line is a translation
	homes      map[string]string // external id → document id, as far as known
	batch      []RecordLine
}

func (imp *importing) pass(ctx context.Context, file io.Reader, translations bool, progress func(int64)) error {
	r := bufio.NewReaderSize(file, 1<<20)
	var read int64
	for n := 1; ; n++ {
		line, err := readLine(r)
		read += int64(len(line))
		if strings.TrimSpace(line) != "" {
			imp.take(n, line, translations)
		}
		if len(imp.batch) >= batchSize || err != nil && len(imp.batch) > 0 {
			if err := imp.flush(ctx); err != nil {
				return err
			}
			progress(read)
		}
		if errors.Is(err, io.EOF) {
			progress(read)
			return nil
		}
		if err != nil {
			return fmt.Errorf("library: records file: %w", err)
		}
	}
}

// maxLine is the longest line taken, in bytes.
const maxLine = 64 << 20

// readLine reads a line of any length; what goes beyond maxLine is dropped, and
// the line then is no JSON and reported as bad.
func readLine(r *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		part, err := r.ReadSlice('\n')
		if b.Len() <= maxLine {
			b.Write(part)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return b.String(), err
		}
	}
}

// take reads one line into the batch, if it belongs to this pass.
func (imp *importing) take(n int, line string, translations bool) {
	var rec RecordLine
	err := json.Unmarshal([]byte(strings.TrimPrefix(line, "\ufeff")), &rec)
	rec.line = n
	switch {
	case err != nil:
		if !translations {
			imp.bad(rec, "it is not a JSON object: "+err.Error())
		}
	case rec.TranslationOf != "" && rec.TranslationOf != rec.ID:
		imp.translated = true
		if translations {
			imp.batch = append(imp.batch, rec)
		}
	case !translations:
		imp.batch = append(imp.batch, rec)
	}
}

func (imp *importing) bad(rec RecordLine, reason string) {
	imp.tally.Bad = append(imp.tally.Bad, BadLine{rec.line, rec.ID, reason})
}

// flush stores the batch; where a record spoils it, one by one.
func (imp *importing) flush(ctx context.Context) error {
	batch := imp.batch
	imp.batch = nil
	err := imp.store(ctx, batch)
	if err == nil || ctx.Err() != nil || !ofRecord(err) {
		return err
	}
	for _, rec := range batch {
		err := imp.store(ctx, []RecordLine{rec})
		switch {
		case err == nil:
		case ctx.Err() != nil || !ofRecord(err):
			return err
		default:
			imp.bad(rec, err.Error())
		}
	}
	return nil
}

// ofRecord reports whether the error is the record's own, not the store's.
func ofRecord(err error) bool {
	var invalid Invalid
	return errors.As(err, &invalid) || errors.Is(err, ErrForbidden) || errors.Is(err, errRecord) || errors.Is(err, store.ErrText) || store.Refused(err)
}

var errRecord = errors.New("record")

func (imp *importing) store(ctx context.Context, batch []RecordLine) error {
	var t Tally
	homes := map[string]string{}
	_, err := store.WriteAll(ctx, imp.l.DB, imp.who, func(tx *store.Tx) ([]store.Event, error) {
		t = Tally{}
		clear(homes)
		known, err := externals(ctx, tx, batch)
		if err != nil {
			return nil, err
		}
		var events []store.Event
		for _, rec := range batch {
			e, err := imp.put(ctx, tx, rec, known, homes, &t)
			if err != nil {
				return nil, err
			}
			if e.Act != "" {
				events = append(events, e)
			}
		}
		return events, nil
	})
	if err != nil {
		return err
	}
	for k, v := range homes {
		imp.homes[k] = v
	}
	imp.tally.New += t.New
	imp.tally.Changed += t.Changed
	imp.tally.Same += t.Same
	return nil
}

// external is what is known of an imported language version.
type external struct {
	External, Document, Sum, Title, Summary string
	access.Label
}

// externals finds which records of the batch are there already.
func externals(ctx context.Context, tx *store.Tx, batch []RecordLine) (map[string]external, error) {
	marks, args := make([]string, 0, len(batch)), make([]any, 0, len(batch))
	for _, rec := range batch {
		for _, id := range []string{rec.ID, rec.TranslationOf} {
			if id != "" {
				args = append(args, id)
				marks = append(marks, fmt.Sprintf("$%d", len(args)))
			}
		}
	}
	known := map[string]external{}
	if len(args) == 0 {
		return known, nil
	}
	rows, err := store.List[external](ctx, tx, parts, `
		SELECT e.external, e.document, v.sum, e.title, e.summary, d.level, d.state, d.grp, d.owner
		FROM language_version e
		JOIN version v ON v.edition = e.id
		JOIN document d ON d.id = e.document
		WHERE {scope} AND e.external <> '' AND e.external IN (`+strings.Join(marks, ", ")+`) AND `+newest, args...)
	for _, r := range rows {
		known[r.External] = r
	}
	return known, err
}

// put stores one record: a new document, a new language version, a new version
// of one, or nothing where it says the same as before.
func (imp *importing) put(ctx context.Context, tx *store.Tx, rec RecordLine, known map[string]external, homes map[string]string, t *Tally) (store.Event, error) {
	text, err := rec.text()
	if err != nil {
		return store.Event{}, err
	}
	if have, ok := known[rec.ID]; ok && rec.ID != "" {
		if have.Sum == text.Sum && have.Title == text.Title && have.Summary == text.Summary {
			t.Same++
			return store.Event{}, nil
		}
		t.Changed++
		return imp.extend(ctx, tx, have.Document, text)
	}
	if home := imp.home(rec, known, homes); home != "" {
		free, err := languageFree(ctx, tx, home, text.Lang)
		if err != nil {
			return store.Event{}, err
		}
		if free {
			t.New++
			homes[rec.ID] = home
			return imp.extend(ctx, tx, home, text)
		}
	}
	draft, err := rec.draft(imp.fallback)
	if err != nil {
		return store.Event{}, err
	}
	id := store.NewID()
	t.New++
	homes[rec.ID] = id
	return create(ctx, tx, imp.who, id, draft, []Text{text})
}

func (imp *importing) extend(ctx context.Context, tx *store.Tx, id string, text Text) (store.Event, error) {
	return extend(ctx, tx, imp.who, id, text)
}

// home is the document whose translation the record is.
func (imp *importing) home(rec RecordLine, known map[string]external, homes map[string]string) string {
	if rec.TranslationOf == "" {
		return ""
	}
	if id := homes[rec.TranslationOf]; id != "" {
		return id
	}
	if id := imp.homes[rec.TranslationOf]; id != "" {
		return id
	}
	return known[rec.TranslationOf].Document
}

func languageFree(ctx context.Context, q store.Reader, document string, t lang.Tag) (bool, error) {
	n, err := store.Get[int64](ctx, q, parts,
		"SELECT COUNT(*) FROM language_version WHERE {scope} AND document = $1 AND lang = $2", document, string(t))
	return n == 0, err
}

// text is the record's language version.
func (rec RecordLine) text() (Text, error) {
	title := strings.Join(strings.Fields(rec.Title), " ")
	passages := paragraphs(rec.Text)
	if title == "" && len(passages) == 0 {
		return Text{}, fmt.Errorf("%w: it has neither title nor text", errRecord)
	}
	sum := sha256.Sum256([]byte(rec.Title + "\x00" + rec.Text))
	if title == "" {
		title = opening(passages[0].Text)
	}
	return Text{
		Lang: spoken(rec.Lang), Title: title, Summary: strings.TrimSpace(rec.Summary), External: rec.ID,
		Sum: hex.EncodeToString(sum[:]), Media: "text/plain", Bytes: int64(len(rec.Text)), Passages: passages,
	}, nil
}

// spoken reads a language tag; "" for a language that POLIS does not speak.
func spoken(tag string) lang.Tag {
	t, ok := lang.Base(tag)
	if !ok {
		return ""
	}
	return t
}

// opening makes a title of a text's first words.
func opening(text string) string {
	words := strings.Fields(text)
	title := strings.Join(words[:min(len(words), 10)], " ")
	if r := []rune(title); len(r) > 100 {
		title = string(r[:100])
	}
	if len(words) > 10 {
		title += " …"
	}
	return title
}

// paragraphs splits a text at blank lines.
func paragraphs(text string) []extract.Passage {
	var list []extract.Passage
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			list = append(list, extract.Passage{Kind: extract.Paragraph, Text: p})
		}
	}
	return list
}

// draft is the record's metadata.
func (rec RecordLine) draft(fallback access.Level) (Draft, error) {
	d := Draft{
		Symbol: rec.Symbol, Kind: rec.Type, Dated: rec.Date, Origin: rec.Origin, Licence: rec.Licence,
		Tags: Tags{Themes: rec.Themes, Lines: rec.Lines, Items: rec.Items}, Level: fallback,
		State: rec.State, Group: rec.Group, Confirmed: true,
	}
	if rec.Level != "" {
		level, err := access.ParseLevel(rec.Level)
		if err != nil {
			return Draft{}, fmt.Errorf("%w: there is no level %q", errRecord, rec.Level)
		}
		d.Level = level
	}
	d.Original = spoken(rec.Original)
	if tag := spoken(rec.Lang); tag != "" && len(rec.Keywords) > 0 {
		d.Keywords = map[lang.Tag][]string{tag: rec.Keywords}
	}
	return d, nil
}

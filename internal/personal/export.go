package personal

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Sayer says events in words, in the reader's language.
type Sayer func(ctx context.Context, events []store.Event) ([]string, error)

// Export writes all that is known of the person, for herself, as a ZIP file:
// person.json with what the tables hold, and the files of her documents and of
// what she has brought. It is written as it is read, so it may be long; a file
// that cannot be read is named at the end and stops nothing. readMe is the text
// that lies on top.
func (k *Keeper) Export(ctx context.Context, who access.Subject, out io.Writer, readMe string, say Sayer) error {
	if !who.SignedIn() || who.Limited {
		return account.ErrForbidden
	}
	// Noted before anything leaves: who has gone through an open session shows.
	err := store.Note(ctx, k.DB, who, store.Event{Act: "personal.data.exported", Object: who.ID, Label: own(who.ID)}, 0)
	if err != nil {
		return err
	}
	z := zip.NewWriter(out)
	e := &exporting{Keeper: k, person: who.ID, scope: who.Scope(), zip: z, say: say, made: k.now().UTC()}
	if err := e.text("read-me.txt", readMe); err != nil {
		return err
	}
	if err := e.tables(ctx); err != nil {
		return err
	}
	if err := e.documents(ctx); err != nil {
		return err
	}
	if err := e.arrived(ctx); err != nil {
		return err
	}
	if len(e.missing) > 0 {
		if err := e.json("missing.json", e.missing); err != nil {
			return err
		}
	}
	return z.Close()
}

// exporting is one export under way.
type exporting struct {
	*Keeper
	person  string
	scope   access.Scope // hers: what her documents lead to may be hidden from her
	zip     *zip.Writer
	say     Sayer
	made    time.Time
	missing []string // files that could not be read
}

func (e *exporting) begin(name string) (io.Writer, error) {
	return e.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: e.made})
}

func (e *exporting) text(name, text string) error {
	w, err := e.begin(name)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}

func (e *exporting) json(name string, v any) error {
	w, err := e.begin(name)
	if err != nil {
		return err
	}
	return indented(w).Encode(v)
}

func indented(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc
}

// tables writes person.json: one list for each section, a row a line.
func (e *exporting) tables(ctx context.Context) error {
	w, err := e.begin("person.json")
	if err != nil {
		return err
	}
	o := &object{w: bufio.NewWriter(w)}
	fmt.Fprintf(o.w, "{\n\"made\": %q", e.made.Format(time.RFC3339))
	for _, part := range Parts {
		for _, s := range part.Given {
			o.list(s.Name)
			for r, err := range store.Records(ctx, e.DB, everything, s.Query, e.person) {
				if err != nil {
					return fmt.Errorf("personal: %s: %w", s.Name, err)
				}
				if err := o.row(legible(r)); err != nil {
					return err
				}
			}
			o.end()
		}
	}
	if err := e.events(ctx, o); err != nil {
		return err
	}
	fmt.Fprint(o.w, "\n}\n")
	return o.w.Flush()
}

// object writes a JSON object of lists, row by row.
type object struct {
	w    *bufio.Writer
	rows int
}

func (o *object) list(name string) {
	o.rows = 0
	fmt.Fprintf(o.w, ",\n%q: [", name)
}

func (o *object) row(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if o.rows++; o.rows > 1 {
		_ = o.w.WriteByte(',') // Flush tells whether it failed
	}
	_, err = fmt.Fprintf(o.w, "\n %s", text)
	return err
}

func (o *object) end() {
	if o.rows > 0 {
		_ = o.w.WriteByte('\n')
	}
	_ = o.w.WriteByte(']')
}

// eventRow is an event with its words.
type eventRow struct {
	Number int64           `json:"number"`
	At     time.Time       `json:"at"`
	Words  string          `json:"words"`
	Who    string          `json:"who"`
	Act    string          `json:"act"`
	Object string          `json:"object"`
	Data   json.RawMessage `json:"data"`
}

// eventsAtOnce is how many events are said in words at once.
const eventsAtOnce = 500

// events writes what she did, what was done about her, and what concerns what is
// hers: in words and as data.
func (e *exporting) events(ctx context.Context, o *object) error {
	o.list("events")
	for after := int64(0); ; {
		list, err := store.LogAbout(ctx, e.DB, e.person, after, eventsAtOnce)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			o.end()
			return nil
		}
		words, err := e.say(ctx, list)
		if err != nil {
			return err
		}
		for i, ev := range list {
			data, _ := ev.Data.(json.RawMessage)
			if err := o.row(eventRow{ev.Seq, ev.At, words[i], ev.Who, ev.Act, ev.Object, data}); err != nil {
				return err
			}
			after = ev.Seq
		}
	}
}

// moment is a time in microseconds as people read it, nil for none.
func moment(micros int64) any {
	if micros == 0 {
		return nil
	}
	return time.UnixMicro(micros).UTC().Format(time.RFC3339)
}

// lost notes a file that could not be read. An error of the whole export stays
// one.
func (e *exporting) lost(ctx context.Context, name string, err error) error {
	if err == nil || ctx.Err() != nil || errors.Is(err, errWrite) {
		return err
	}
	e.missing = append(e.missing, name)
	return nil
}

// errWrite is of the reader's line, not of a stored file.
var errWrite = errors.New("personal: the export was broken off")

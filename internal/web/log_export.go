package web

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"polis/internal/store"
)

// logColumns are the columns of the log as a sheet. They are for programs, so
// they are the same in all languages.
var logColumns = []string{
	"seq", "at", "who", "who_name", "act", "act_words", "object", "object_name", "level", "state", "group", "owner", "data", "quiet", "hash",
}

// logCSV answers with all events that the filter of the address chooses. It is
// an export: whoever asks has just shown who she is, and it is noted before the
// first line is sent.
func (h *House) logCSV(w http.ResponseWriter, r *http.Request) error {
	if ReaderOf(r).SignedIn() { // else the proof leads to the sign-in
		if err := mayOperate(r); err != nil {
			return err
		}
	}
	return h.proven(h.sendLog)(w, r)
}

func (h *House) sendLog(w http.ResponseWriter, r *http.Request) error {
	asked, err := h.askedOfLog(r)
	if err != nil {
		return err
	}
	if asked.unknown() {
		return NotFound()
	}
	if err := h.noteSearch(r, "log.exported", asked, 0); err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="log.csv"`)
	head.Set("Cache-Control", "private, no-store")
	Patient(w, time.Hour)
	f := h.site.Frame(r)
	page := new(strings.Builder)
	sheet := csv.NewWriter(page)
	writeCells(sheet, append([]string{}, logColumns...))
	for asked.Limit = 1000; ; {
		events, err := store.Log(r.Context(), h.DB, store.Everything("log"), asked.LogFilter)
		if err != nil {
			return err
		}
		if err := h.logRows(r, f, sheet, events); err != nil {
			return err
		}
		sheet.Flush()
		if _, err := w.Write([]byte(page.String())); err != nil || len(events) < asked.Limit {
			return nil // a reader who left needs no answer
		}
		page.Reset()
		asked.Before = store.PlaceOf(events[len(events)-1])
	}
}

func (h *House) logRows(r *http.Request, f *Frame, sheet *csv.Writer, events []store.Event) error {
	lines, err := h.logLines(r, f, events, true)
	if err != nil {
		return err
	}
	for i, e := range events {
		raw, _ := e.Data.(json.RawMessage)
		object := lines[i].Object.Text
		if object == e.Object {
			object = ""
		}
		writeCells(sheet, []string{
			strconv.FormatInt(e.Seq, 10), lines[i].Exact, e.Who, lines[i].doer, e.Act, lines[i].Act, e.Object, object,
			e.Label.Level.String(), e.Label.State, e.Label.Group, e.Label.Owner, string(raw), strconv.FormatBool(e.Quiet), e.Hash,
		})
	}
	return nil
}

// logCheckpoint signs the log as it stands and gives the checkpoint out. A log
// that is not whole is not signed: it would look as if it were.
func (h *House) logCheckpoint(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if err := mayOperate(r); err != nil {
		return err
	}
	p, err := store.Sign(r.Context(), h.DB, h.Keys.Signer())
	var broken *store.BrokenError
	if errors.As(err, &broken) {
		h.site.log.Error("the log is not whole", "err", broken)
		return &Fault{Status: http.StatusConflict, Key: "log.broken", Args: []any{"where", broken.Faults[0].String()}, Err: err}
	}
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "application/json")
	head.Set("Content-Disposition", fmt.Sprintf("attachment; filename=\"polis-checkpoint-%d.json\"", p.Seq))
	head.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(p.JSON()) // a reader who left needs no answer
	return nil
}

// checkpointView says when the log was signed last, and with which key.
func (h *House) checkpointView(ctx context.Context, f *Frame) (CheckpointView, error) {
	v := CheckpointView{URL: f.URL("/admin/log/checkpoint"), Key: h.Keys.PublicText()}
	last, err := store.LastCheckpoint(ctx, h.DB)
	switch {
	case errors.Is(err, store.ErrNotFound):
		v.Last = f.T("log.checkpoint.none")
	case err != nil:
		return v, err
	default:
		v.Last = f.T("log.checkpoint.last", "when", f.DateTime(last.At.In(time.Local)), "n", last.Count)
		v.Key = cmp.Or(last.Key, v.Key)
	}
	return v, nil
}

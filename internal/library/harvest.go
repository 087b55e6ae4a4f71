package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// Foreign is a record as another collection gives it away: a description of a
// document, in one language or several, and where it is read.
type Foreign struct {
	Identifier string // its name there
	Stamp      string // its date of change there
	Gone       bool   // it was withdrawn there
	Fault      string // message key: why it cannot be taken, or ""
	Link       string // where it is read
	Draft      Draft
	Texts      []Text   // title and summary; the summary is the text, too
	Before     []string // its names in the collections through which it came there
}

// sum is of what the record says.
func (f Foreign) sum() string {
	h := sha256.New()
	d := f.Draft
	h.Write([]byte(store.JSON([]any{
		f.Fault, f.Link, d.Symbol, d.Kind, d.Dated, d.Original, d.Origin, d.Licence, d.Themes, d.Keywords,
	})))
	for _, t := range f.Texts {
		h.Write([]byte(store.JSON([]any{t.Lang, t.Title, t.Summary})))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// brought is a record as it was harvested before.
type brought struct{ Identifier, Source, Document, Stamp, Sum, Reason string }

// Harvested takes in a page of a source's records. The same record again changes
// nothing; what was withdrawn there is withdrawn here, if it came from there and
// nobody has made it her own; what cannot be taken is set aside with the reason,
// and the rest goes on. With what changed, the place at which s says that the
// harvest goes on is stored.
func (l *Library) Harvested(ctx context.Context, who access.Subject, s Source, page []Foreign) (HarvestTally, error) {
	if err := mayHarvest(who); err != nil {
		return HarvestTally{}, err
	}
	t, err := l.harvest(ctx, who, s, page)
	if err == nil || ctx.Err() != nil || !ofRecord(err) {
		return t, err
	}
	var all HarvestTally
	for _, f := range page { // one of them spoils it
		t, err := l.harvest(ctx, who, s, []Foreign{f})
		if err != nil && ctx.Err() == nil && ofRecord(err) {
			f = Foreign{Identifier: f.Identifier, Stamp: f.Stamp, Link: f.Link, Fault: faultOf(err)}
			t, err = l.harvest(ctx, who, s, []Foreign{f})
		}
		if err != nil {
			return all, err
		}
		all.Add(t)
	}
	return all, nil
}

// faultOf is the message key of why a record was refused.
func faultOf(err error) string {
	var invalid Invalid
	if errors.As(err, &invalid) {
		return invalid[slices.Sorted(maps.Keys(invalid))[0]]
	}
	return "exchange.aside.refused"
}

func (l *Library) harvest(ctx context.Context, who access.Subject, s Source, page []Foreign) (HarvestTally, error) {
	var h harvesting
	_, err := store.WriteAll(ctx, l.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		h = harvesting{tx: tx, who: who, source: s, seen: map[string]bool{}}
		if err := h.meet(ctx, page); err != nil {
			return nil, err
		}
		for _, f := range page {
			if err := h.take(ctx, f); err != nil {
				return nil, err
			}
		}
		if len(h.events) == 0 {
			return nil, store.ErrUnchanged
		}
		_, err := tx.Exec(ctx, "UPDATE harvest_source SET begun = $2, token = $3 WHERE id = $1", s.ID, s.Begun, s.Token)
		return h.events, err
	})
	return h.tally, err
}

// harvesting is one write of a harvest.
type harvesting struct {
	tx     *store.Tx
	who    access.Subject
	source Source
	known  map[string]brought
	ours   map[string]bool // ids of documents here that the page's records may be
	seen   map[string]bool // of this page
	tally  HarvestTally
	events []store.Event
}

// meet reads what is known of the page's records.
func (h *harvesting) meet(ctx context.Context, page []Foreign) error {
	h.known, h.ours = map[string]brought{}, map[string]bool{}
	var names, ids []string
	for _, f := range page {
		for _, name := range append([]string{f.Identifier}, f.Before...) {
			names = append(names, name)
			ids = append(ids, ownID(name))
		}
	}
	if len(names) == 0 {
		return nil
	}
	in, args := among(names, 1)
	rows, err := store.List[brought](ctx, h.tx, parts, "SELECT identifier, source, document, stamp, sum, reason FROM harvested WHERE {scope} AND identifier IN "+in, args...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		h.known[r.Identifier] = r
	}
	in, args = among(ids, 1)
	ours, err := store.List[string](ctx, h.tx, parts, `
		SELECT id FROM document WHERE {scope} AND id IN `+in+`
		UNION ALL SELECT id FROM withdrawn_document WHERE id IN `+in, args...)
	for _, id := range ours {
		h.ours[id] = true
	}
	return err
}

// ownID is the last part of a name, by which another POLIS names our documents
// when it gives back what it has from here: "oai:polis.example:ID".
func ownID(identifier string) string { return identifier[strings.LastIndexByte(identifier, ':')+1:] }

// ourOwn reports whether the record is a document of this library that has been
// around, or one that another source brought on a shorter way.
func (h *harvesting) ourOwn(f Foreign) bool {
	if h.ours[ownID(f.Identifier)] {
		return true
	}
	return slices.ContainsFunc(f.Before, func(name string) bool {
		return h.ours[ownID(name)] || h.known[name].Document != "" && name != f.Identifier
	})
}

func (h *harvesting) take(ctx context.Context, f Foreign) error {
	have := h.known[f.Identifier]
	switch {
	case h.seen[f.Identifier], have.Source != "" && have.Source != h.source.ID, have.Document == "" && h.ourOwn(f):
		h.tally.Same++
		return nil
	}
	h.seen[f.Identifier] = true
	if f.Gone {
		return h.withdraw(ctx, f, have)
	}
	sum := f.sum()
	switch {
	case f.Fault != "":
		return h.setAside(ctx, f, have, sum, f.Fault)
	case have.Sum == sum && have.Reason == "":
		h.tally.Same++
		return nil
	case have.Document != "":
		return h.change(ctx, f, have, sum)
	}
	return h.add(ctx, f, sum)
}

// add makes a document of a record. It is marked until a person has looked.
func (h *harvesting) add(ctx context.Context, f Foreign, sum string) error {
	id := store.NewID()
	e, err := create(ctx, h.tx, h.who, id, f.draft(), f.texts())
	if err != nil {
		return err
	}
	e.Data = map[string]string{"source": h.source.ID, "identifier": f.Identifier}
	h.tally.Added++
	return h.keep(ctx, f, id, sum, "", e)
}

// change lets a document say what its record says now. One that a person has
// looked at is hers: she is told, and nothing is overwritten.
func (h *harvesting) change(ctx context.Context, f Foreign, have brought, sum string) error {
	d, err := store.Get[Document](ctx, h.tx, parts, "SELECT "+documentColumns+" FROM document d WHERE {scope} AND d.id = $1", have.Document)
	switch {
	case errors.Is(err, store.ErrNotFound): // it was withdrawn here
		h.tally.Same++
		return nil
	case err != nil:
		return err
	case d.Confirmed:
		return h.setAside(ctx, f, have, sum, "exchange.aside.edited")
	}
	draft := f.draft()
	if err := draft.Validate(ctx, h.tx); err != nil {
		return err
	}
	_, err = h.tx.Exec(ctx, `
		UPDATE document
		SET symbol = $2, kind = $3, dated = $4, original = $5, origin = $6, licence = $7, rev = rev + 1, updated = $8
		WHERE id = $1`, d.ID, draft.Symbol, draft.Kind, draft.Dated, string(draft.Original), draft.Origin, draft.Licence, h.tx.Now())
	if err != nil {
		return err
	}
	if err := putAround(ctx, h.tx, d.ID, draft); err != nil {
		return err
	}
	for _, t := range f.texts() {
		if err := putText(ctx, h.tx, d.ID, t); err != nil {
			return err
		}
	}
	h.tally.Changed++
	return h.keep(ctx, f, d.ID, sum, "", changed("library.document.revised", d.ID, d.Label, map[string]string{"source": h.source.ID}))
}

// withdraw takes out what this source brought and has withdrawn.
func (h *harvesting) withdraw(ctx context.Context, f Foreign, have brought) error {
	d, err := store.Get[Document](ctx, h.tx, parts, "SELECT "+documentColumns+" FROM document d WHERE {scope} AND d.id = $1", have.Document)
	if have.Document == "" || errors.Is(err, store.ErrNotFound) {
		h.tally.Same++
		return nil
	}
	if err != nil {
		return err
	}
	if d.Confirmed {
		return h.setAside(ctx, f, have, have.Sum, "exchange.aside.kept")
	}
	cited, err := isCited(ctx, h.tx, d)
	if err != nil {
		return err
	}
	if cited {
		return h.setAside(ctx, f, have, have.Sum, "exchange.aside.cited")
	}
	e, err := withdraw(ctx, h.tx, d, "harvest: withdrawn at its source")
	if err != nil {
		return err
	}
	h.tally.Withdrawn++
	return h.keep(ctx, f, "", "", "", e)
}

// setAside keeps the reason why a record could not be taken. What came of it before
// stays.
func (h *harvesting) setAside(ctx context.Context, f Foreign, have brought, sum, reason string) error {
	h.tally.Aside++
	if have.Reason == reason && have.Sum == sum {
		return nil
	}
	return h.keep(ctx, f, have.Document, sum, reason, store.Event{
		Act: "harvest.record.aside", Object: h.source.ID, Label: operators, Data: map[string]string{"identifier": f.Identifier, "reason": reason}, Quiet: true,
	})
}

func (h *harvesting) keep(ctx context.Context, f Foreign, document, sum, reason string, e store.Event) error {
	h.events = append(h.events, e)
	_, err := h.tx.Exec(ctx, `
		INSERT INTO harvested (identifier, source, document, stamp, sum, link, reason, taken) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (identifier) DO UPDATE
		SET document = excluded.document, stamp = excluded.stamp, sum = excluded.sum, link = excluded.link, reason = excluded.reason, taken = excluded.taken`,
		f.Identifier, h.source.ID, document, f.Stamp, sum, f.Link, reason, h.tx.Now())
	return err
}

// draft is the record's metadata, without what POLIS cannot say.
func (f Foreign) draft() Draft {
	d := f.Draft
	if !validDate(d.Dated) {
		d.Dated = ""
	}
	if !symbolForm.MatchString(d.Symbol) {
		d.Symbol = ""
	}
	d.Level, d.Confirmed = access.Public, false // what a collection gives to everybody
	return d
}

// texts are the record's language versions, one a language. The first bears its name.
func (f Foreign) texts() []Text {
	var list []Text
	for i, t := range f.Texts {
		if t.External = f.Identifier; i > 0 {
			t.External += "#" + LangPath(t.Lang)
		}
		sum := sha256.Sum256([]byte(t.Title + "\x00" + t.Summary))
		t.Sum, t.Media, t.Bytes = hex.EncodeToString(sum[:]), "text/plain", int64(len(t.Summary))
		t.Passages = paragraphs(t.Summary)
		list = append(list, t)
	}
	return list
}

package library

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/store"
)

// Create makes a document with its first language versions and returns its id.
func (l *Library) Create(ctx context.Context, who access.Subject, d Draft, texts ...Text) (string, error) {
	id := store.NewID()
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		return create(ctx, tx, who, id, d, texts)
	})
	return id, err
}

// create is Create inside a write, for those who make many.
func create(ctx context.Context, tx *store.Tx, who access.Subject, id string, d Draft, texts []Text) (store.Event, error) {
	label := d.label(owner(who))
	if !who.May(access.Contribute, label).Allowed {
		return store.Event{}, ErrForbidden
	}
	if err := d.Validate(ctx, tx); err != nil {
		return store.Event{}, err
	}
	if err := takesNew(ctx, tx, label); err != nil {
		return store.Event{}, err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO document (id, symbol, kind, dated, original, origin, licence, sample, confirmed, rev, created, updated, level, state, grp, owner, circle, was)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, $11, $12, $13, $14, $15, $16)`,
		id, d.Symbol, d.Kind, d.Dated, string(d.Original), d.Origin, d.Licence, d.Sample, d.Confirmed, tx.Now(),
		int(label.Level), label.State, label.Group, label.Owner, label.Circle(), firstCircle(label))
	if err != nil {
		return store.Event{}, err
	}
	if err := putAround(ctx, tx, id, d); err != nil {
		return store.Event{}, err
	}
	for _, t := range texts {
		if err := putText(ctx, tx, id, t); err != nil {
			return store.Event{}, err
		}
	}
	return changed("library.document.created", id, label, nil), nil
}

// owner is who answers for what the subject makes; the program itself is nobody.
func owner(who access.Subject) string {
	if who.SignedIn() {
		return who.ID
	}
	return ""
}

// changed is the event of a change to a document; the index follows those
// whose act begins with documentActs.
func changed(act, id string, label access.Label, data any) store.Event {
	return store.Event{Act: act, Object: id, Label: label, Data: data}
}

const documentActs = "library.document."

// putAround writes a document's tags and relations, in place of those it had.
func putAround(ctx context.Context, tx *store.Tx, id string, d Draft) error {
	for _, table := range []string{"document_tag", "relation"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE document = $1", id); err != nil {
			return err
		}
	}
	tag := func(kind string, t lang.Tag, values []string) error {
		for _, v := range values {
			if v = strings.TrimSpace(v); v == "" {
				continue
			}
			_, err := tx.Exec(ctx, `
				INSERT INTO document_tag (document, kind, lang, value) VALUES ($1, $2, $3, $4)
				ON CONFLICT (document, kind, lang, value) DO NOTHING`, id, kind, string(t), v)
			if err != nil {
				return err
			}
		}
		return nil
	}
	err := errors.Join(tag("theme", "", d.Themes), tag("line", "", d.Lines), tag("item", "", d.Items))
	for t, words := range d.Keywords {
		err = errors.Join(err, tag("keyword", t, words))
	}
	if err != nil {
		return err
	}
	for _, r := range d.Relations {
		_, err := tx.Exec(ctx, `
			INSERT INTO relation (document, kind, target, symbol) VALUES ($1, $2, $3, $4)
			ON CONFLICT (document, kind, target, symbol) DO NOTHING`, id, r.Kind, r.Target, r.Symbol)
		if err != nil {
			return err
		}
	}
	return nil
}

// putText adds a text to a document: a new language version, or a new version
// of the one it has. The very same text again changes nothing but its title.
func putText(ctx context.Context, tx *store.Tx, document string, t Text) error {
	t.Title, t.Summary = plainText(t.Title), plainText(t.Summary)
	if err := t.Validate(); err != nil {
		return err
	}
	edition, err := store.Get[string](ctx, tx, parts,
		"SELECT id FROM language_version WHERE {scope} AND document = $1 AND lang = $2", document, string(t.Lang))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if edition == "" {
		edition = store.NewID()
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO language_version (id, document, lang, title, summary, external) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, summary = excluded.summary`,
		edition, document, string(t.Lang), strings.TrimSpace(t.Title), strings.TrimSpace(t.Summary), t.External)
	if err != nil {
		return err
	}
	return putVersion(ctx, tx, edition, t)
}

func putVersion(ctx context.Context, tx *store.Tx, edition string, t Text) error {
	last, err := store.Get[Version](ctx, tx, parts,
		"SELECT "+versionColumns+" FROM version v WHERE {scope} AND v.edition = $1 ORDER BY v.number DESC LIMIT 1", edition)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if last.Sum == t.Sum && t.Sum != "" && last.Mark == t.Mark {
		return nil
	}
	id := store.NewID()
	_, err = tx.Exec(ctx, `
		INSERT INTO version (id, edition, number, mark, sum, file, media, bytes, pages, ocr, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		id, edition, last.Number+1, t.Mark, t.Sum, t.File, t.Media, t.Bytes, int64(t.Pages), t.OCR, tx.Now())
	if err != nil {
		return err
	}
	return putPassages(ctx, tx, id, t.Passages)
}

// plainText leaves out what no text may hold: a file may say anything of itself.
func plainText(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// rowsAtOnce is how many passages one statement inserts.
const rowsAtOnce = 40

func putPassages(ctx context.Context, tx *store.Tx, version string, list []extract.Passage) error {
	for from := 0; from < len(list); from += rowsAtOnce {
		chunk := list[from:min(from+rowsAtOnce, len(list))]
		marks, args := make([]string, len(chunk)), make([]any, 0, 1+5*len(chunk))
		args = append(args, version)
		for i, p := range chunk {
			k := len(args)
			marks[i] = fmt.Sprintf("($1, $%d, $%d, $%d, $%d, $%d)", k+1, k+2, k+3, k+4, k+5)
			args = append(args, int64(from+i), int64(p.Page), string(p.Kind), int64(p.Level), plainText(p.Text))
		}
		_, err := tx.Exec(ctx, "INSERT INTO passage (version, n, page, kind, depth, body) VALUES "+strings.Join(marks, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Titles are what a person may change in a language version without a new text.
type Titles struct {
	Lang    lang.Tag
	Title   string
	Summary string
}

// Revise replaces a document's metadata, and titles and summaries of its
// language versions. rev is the revision that the caller read; where another
// stands now it returns Stale, and nothing is overwritten.
func (l *Library) Revise(ctx context.Context, who access.Subject, id string, rev int64, d Draft, titles ...Titles) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		old, err := mayEdit(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		if err := d.Validate(ctx, tx); err != nil {
			return store.Event{}, err
		}
		label := d.label(old.Owner)
		if err := mayRelabel(ctx, tx, who, old, label); err != nil {
			return store.Event{}, err
		}
		if old.Circle() != label.Circle() {
			if err := depart(ctx, tx, id, old.Label); err != nil {
				return store.Event{}, err
			}
		}
		_, err = tx.Exec(ctx, `
			UPDATE document
			SET symbol = $2, kind = $3, dated = $4, original = $5, origin = $6, licence = $7, confirmed = $8,
			    level = $9, state = $10, grp = $11, rev = rev + 1, updated = $12, `+nextCircle("$13")+`
			WHERE id = $1`,
			id, d.Symbol, d.Kind, d.Dated, string(d.Original), d.Origin, d.Licence, d.Confirmed,
			int(label.Level), label.State, label.Group, tx.Now(), label.Circle())
		if err != nil {
			return store.Event{}, err
		}
		if err := putAround(ctx, tx, id, d); err != nil {
			return store.Event{}, err
		}
		return changed("library.document.revised", id, label, nil), retitle(ctx, tx, id, titles)
	})
	return err
}

func retitle(ctx context.Context, tx *store.Tx, id string, titles []Titles) error {
	for _, t := range titles {
		if err := (Text{Lang: t.Lang, Title: t.Title, Summary: t.Summary}).Validate(); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE language_version SET title = $3, summary = $4 WHERE document = $1 AND lang = $2",
			id, string(t.Lang), strings.TrimSpace(t.Title), strings.TrimSpace(t.Summary))
		if err != nil {
			return err
		}
	}
	return nil
}

// mayRelabel: what she could have put in herself, and nothing that opens the
// document to more people; see lowering.go.
func mayRelabel(ctx context.Context, tx *store.Tx, who access.Subject, old Document, next access.Label) error {
	if !who.May(access.Contribute, next).Allowed {
		return ErrForbidden
	}
	m, err := measure(ctx, tx, old)
	if err == nil && m.Opens(next) {
		err = ErrLowering
	}
	if err == nil && old.Group != next.Group {
		err = takesNew(ctx, tx, next)
	}
	return err
}

// takesNew holds that nothing is put into a group that has ended: it is an archive.
func takesNew(ctx context.Context, tx *store.Tx, label access.Label) error {
	if label.Group == "" {
		return nil
	}
	ended, err := account.HasEnded(ctx, tx, label.Group)
	if err == nil && ended {
		err = Invalid{"level": "library.error.archive"}
	}
	return err
}

// mayEdit reads the document for a change and checks right and revision.
func mayEdit(ctx context.Context, tx *store.Tx, who access.Subject, id string, rev int64) (Document, error) {
	old, err := store.Get[Document](ctx, tx, who.Scope(), "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id = $1", id)
	switch {
	case err != nil:
		return Document{}, err
	case !who.May(access.Edit, old.Label).Allowed:
		return Document{}, ErrForbidden
	case old.Rev != rev:
		return Document{}, Stale{old.Rev}
	}
	return old, nil
}

// AddText gives a document another language version, or a new version of one
// it has.
func (l *Library) AddText(ctx context.Context, who access.Subject, id string, rev int64, t Text) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		old, err := mayEdit(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		return addText(ctx, tx, old, t)
	})
	return err
}

// addText puts a text to a document that may be changed, and moves its revision.
func addText(ctx context.Context, tx *store.Tx, d Document, t Text) (store.Event, error) {
	if err := putText(ctx, tx, d.ID, t); err != nil {
		return store.Event{}, err
	}
	_, err := tx.Exec(ctx, "UPDATE document SET rev = rev + 1, updated = $2 WHERE id = $1", d.ID, tx.Now())
	return changed("library.document.extended", d.ID, d.Label, map[string]string{"lang": string(t.Lang), "mark": t.Mark}), err
}

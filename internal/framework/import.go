package framework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// ErrForbidden is returned to whoever may not import official texts: that is
// for those who operate the system.
var ErrForbidden = errors.New("framework: not allowed to import an official text")

// ErrNoLanguage is returned where the language of a text was neither given nor
// detected.
var ErrNoLanguage = errors.New("framework: the text's language was not recognised: name it")

// Label is that of every official text: decisions of the Permanent Council are
// public.
var Label = access.Label{Level: access.Public}

// Imported says what an import did, and is the data of its event.
type Imported struct {
	Edition string   `json:"edition"`
	Lang    lang.Tag `json:"lang"`
	First   bool     `json:"first"`   // there was no text in this language before
	Changed []string `json:"changed"` // ids of passages and footnotes that are new, gone or worded differently; nil on the first import
	SHA256  string   `json:"sha256"`  // of all marks, texts and footnotes
}

// Same reports whether the import found nothing to change.
func (i Imported) Same() bool { return !i.First && len(i.Changed) == 0 }

// Import stores the official text in the given language, or in the one that was
// detected if tag is "", in place of what that language had before. Importing
// the same text again changes nothing and writes no event.
func Import(ctx context.Context, db *store.DB, who access.Subject, tag lang.Tag, o Official) (Imported, error) {
	if tag == "" {
		tag = o.Lang
	}
	if !who.May(access.Operate, Label).Allowed {
		return Imported{}, ErrForbidden
	}
	if _, ok := lang.Parse(string(tag)); !ok {
		return Imported{}, ErrNoLanguage
	}
	done := Imported{Edition: o.Edition, Lang: tag, SHA256: digest(o)}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		before, err := Text(ctx, tx, access.System("framework").Scope(), o.Edition, tag)
		done.First = errors.Is(err, store.ErrNotFound)
		if err != nil && !done.First {
			return store.Event{}, err
		}
		if done.Changed = nil; !done.First {
			done.Changed = differ(before, o)
		}
		if done.Same() {
			return store.Event{}, store.ErrUnchanged
		}
		if err := replace(ctx, tx, tag, o); err != nil {
			return store.Event{}, err
		}
		return store.Event{
			Act: "framework.text.imported", Object: o.Edition + ":" + string(tag), Label: Label, Data: done,
		}, nil
	})
	if err != nil {
		return Imported{}, fmt.Errorf("framework: import: %w", err)
	}
	return done, nil
}

// replace puts the text into the tables in place of the one before.
func replace(ctx context.Context, tx *store.Tx, tag lang.Tag, o Official) error {
	for _, table := range []string{"framework_note", "framework_text"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE edition = $1 AND lang = $2", o.Edition, tag); err != nil {
			return err
		}
	}
	rows := slices.Clone(o.Passages)
	for _, r := range o.Running {
		rows = append(rows, Passage{Kind: running, Text: r})
	}
	for seq, p := range rows {
		_, err := tx.Exec(ctx, `
			INSERT INTO framework_text (edition, lang, seq, item, kind, mark, text, imported, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '')`,
			o.Edition, tag, seq, p.ID, p.Kind, p.Mark, p.Text, tx.Now(), int(Label.Level))
		if err != nil {
			return err
		}
	}
	for _, n := range o.Notes {
		_, err := tx.Exec(ctx, `
			INSERT INTO framework_note (edition, lang, n, seq, at, len, text, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '')`,
			o.Edition, tag, n.N, n.In, n.At, n.Len, n.Text, int(Label.Level))
		if err != nil {
			return err
		}
	}
	return nil
}

// running is the kind under which the tables keep running heads.
const running Kind = "running"

// Text reads the official text of an edition in a language, or store.ErrNotFound
// where it was not imported.
func Text(ctx context.Context, q store.Reader, scope access.Scope, edition string, tag lang.Tag) (Official, error) {
	type passageRow struct {
		Item     string
		Kind     Kind
		Mark     string
		Text     string
		Imported time.Time
	}
	rows, err := store.List[passageRow](ctx, q, scope, `
		SELECT item, kind, mark, text, imported
		FROM framework_text
		WHERE {scope} AND edition = $1 AND lang = $2
		ORDER BY seq`, edition, tag)
	if err != nil {
		return Official{}, fmt.Errorf("framework: read text: %w", err)
	}
	if len(rows) == 0 {
		return Official{}, store.ErrNotFound
	}
	o := Official{Edition: edition, Lang: tag, Imported: rows[0].Imported}
	for _, r := range rows {
		if r.Kind == running {
			o.Running = append(o.Running, r.Text)
			continue
		}
		o.Passages = append(o.Passages, Passage{ID: r.Item, Kind: r.Kind, Mark: r.Mark, Text: r.Text})
	}
	o.Notes, err = store.List[Note](ctx, q, scope, `
		SELECT n, text, seq, at, len
		FROM framework_note
		WHERE {scope} AND edition = $1 AND lang = $2
		ORDER BY n`, edition, tag)
	if err != nil {
		return Official{}, fmt.Errorf("framework: read footnotes: %w", err)
	}
	return o, nil
}

// Languages lists the languages in which the official text of an edition was
// imported, in the order of lang.All.
func Languages(ctx context.Context, q store.Reader, scope access.Scope, edition string) ([]lang.Tag, error) {
	found, err := store.List[lang.Tag](ctx, q, scope, `
		SELECT DISTINCT lang
		FROM framework_text
		WHERE {scope} AND edition = $1`, edition)
	if err != nil {
		return nil, fmt.Errorf("framework: list languages: %w", err)
	}
	slices.SortFunc(found, func(a, b lang.Tag) int { return slices.Index(lang.All, a) - slices.Index(lang.All, b) })
	return found, nil
}

// differ lists the ids of passages and footnotes ("1049/note.2") that are not
// the same in both texts, in the order of the new one and then of the old one.
func differ(before, after Official) []string {
	old, now := before.words(), after.words()
	var ids []string
	for _, w := range now {
		if !slices.Contains(old, w) {
			ids = append(ids, w.id)
		}
	}
	for _, w := range old {
		if !slices.ContainsFunc(now, func(n word) bool { return n.id == w.id }) {
			ids = append(ids, w.id)
		}
	}
	return ids
}

// word is a passage or footnote by what it says.
type word struct{ id, text string }

func (o Official) words() []word {
	var list []word
	for _, p := range o.Passages {
		list = append(list, word{p.ID, p.Mark + "\x00" + p.Text})
	}
	for _, n := range o.Notes {
		list = append(list, word{fmt.Sprintf("%s/note.%d", o.Edition, n.N), n.Text})
	}
	return list
}

// digest is the SHA-256 of the text, in hex: the event holds it, so that the
// log bears witness to the wording.
func digest(o Official) string {
	h := sha256.New()
	for _, w := range o.words() {
		fmt.Fprintf(h, "%s\x00%s\n", w.id, w.text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

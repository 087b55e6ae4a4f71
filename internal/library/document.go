package library

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Document is what is the same in all language versions.
type Document struct {
	ID        string
	Symbol    string // PC.DEC/1049
	Kind      string // document type, an id of framework.Types
	Dated     string // "", 2012, 2012-07 or 2012-07-26
	Original  lang.Tag
	Origin    string // directory id
	Licence   string
	Sample    bool // part of the demonstration
	Confirmed bool // a person has looked at what the file proposed
	Rev       int64
	Created   time.Time
	Updated   time.Time
	access.Label
}

const documentColumns = "d.id, d.symbol, d.kind, d.dated, d.original, d.origin, d.licence, d.sample, d.confirmed, d.rev, d.created, d.updated, d.level, d.state, d.grp, d.owner"

// Edition is a document's text in one language, with its newest version.
type Edition struct {
	ID       string
	Document string
	Lang     lang.Tag // "" where it is none of the six
	Title    string
	Summary  string
	External string  // its id in the collection it was imported from
	Version  Version `db:"-"`
}

// Version is an edition as it stood at one time.
type Version struct {
	ID      string
	Edition string
	Number  int64
	Mark    string // "", Rev.1, Corr.1
	Sum     string // SHA-256 of the file, or of the text where there is no file
	File    string // name as it came, "" where there is no file
	Media   string
	Bytes   int64
	Pages   int64
	OCR     bool
	Created time.Time
}

const versionColumns = "v.id, v.edition, v.number, v.mark, v.sum, v.file, v.media, v.bytes, v.pages, v.ocr, v.created"

// Tags are what a document is about.
type Tags struct {
	Themes   []string
	Lines    []string
	Items    []string
	Keywords map[lang.Tag][]string
}

// Relation leads from one document to another, here or elsewhere.
type Relation struct {
	Document string
	Kind     string // implements, supersedes, part-of, translation-of, cites
	Target   string // document id, or "" where only the symbol is known
	Symbol   string
}

// RelationKinds are the ways in which documents are related.
var RelationKinds = []string{"implements", "supersedes", "part-of", "translation-of", "cites"}

// Record is a document with everything that its page shows beside the text.
type Record struct {
	Document
	Tags
	Editions []Edition
	// Related are its own relations, Inverse those that lead to it; both only
	// as far as the reader may see the other end.
	Related []Related
	Inverse []Related
}

// Related is the other end of a relation.
type Related struct {
	Kind   string
	ID     string // "" where the document is not in the library
	Symbol string
	Titles lang.Names
}

// Edition returns the record's edition in the language, else in English, else
// in its original language, else the first.
func (r Record) Edition(t lang.Tag) Edition {
	for _, want := range []lang.Tag{t, "en", r.Original} {
		for _, e := range r.Editions {
			if e.Lang == want {
				return e
			}
		}
	}
	if len(r.Editions) > 0 {
		return r.Editions[0]
	}
	return Edition{}
}

// Get reads a document with its editions and relations, or store.ErrNotFound.
func (l *Library) Get(ctx context.Context, scope access.Scope, id string) (Record, error) {
	return get(ctx, l.DB, scope, id)
}

func get(ctx context.Context, q store.Reader, scope access.Scope, id string) (Record, error) {
	d, err := store.Get[Document](ctx, q, scope, "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id = $1", id)
	if err != nil {
		return Record{}, err
	}
	r := Record{Document: d}
	if r.Tags, err = tags(ctx, q, id); err != nil {
		return Record{}, err
	}
	if r.Editions, err = editions(ctx, q, id); err != nil {
		return Record{}, err
	}
	if r.Related, err = related(ctx, q, scope, id); err != nil {
		return Record{}, err
	}
	r.Inverse, err = inverse(ctx, q, scope, d)
	return r, err
}

// parts is the scope for a document's own rows, read after the document was.
var parts = store.Everything("library")

func tags(ctx context.Context, q store.Reader, id string) (Tags, error) {
	rows, err := store.List[struct {
		Kind  string
		Lang  lang.Tag
		Value string
	}](ctx, q, parts, "SELECT kind, lang, value FROM document_tag WHERE {scope} AND document = $1 ORDER BY value", id)
	var t Tags
	for _, r := range rows {
		t.add(r.Kind, r.Lang, r.Value)
	}
	return t, err
}

// newest keeps the row of an edition's last version.
const newest = "v.number = (SELECT MAX(w.number) FROM version w WHERE w.edition = v.edition)"

func editions(ctx context.Context, q store.Reader, id string) ([]Edition, error) {
	list, err := store.List[Edition](ctx, q, parts, `
		SELECT id, document, lang, title, summary, external
		FROM language_version
		WHERE {scope} AND document = $1
		ORDER BY lang`, id)
	if err != nil {
		return nil, err
	}
	versions, err := store.List[Version](ctx, q, parts, `
		SELECT `+versionColumns+`
		FROM version v
		JOIN language_version e ON e.id = v.edition
		WHERE {scope} AND e.document = $1 AND `+newest, id)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		for i := range list {
			if list[i].ID == v.Edition {
				list[i].Version = v
			}
		}
	}
	return list, nil
}

// Versions lists every version of an edition, newest first.
func (l *Library) Versions(ctx context.Context, scope access.Scope, edition string) ([]Version, error) {
	return store.List[Version](ctx, l.DB, scope, `
		SELECT `+versionColumns+`
		FROM version v
		JOIN language_version e ON e.id = v.edition
		JOIN document d ON d.id = e.document
		WHERE {scope d} AND v.edition = $1
		ORDER BY v.number DESC`, edition)
}

// File finds the version with the id, and the label of its document, for those
// who may read it.
func (l *Library) File(ctx context.Context, scope access.Scope, version string) (Original, error) {
	return store.Get[Original](ctx, l.DB, scope, `
		SELECT `+versionColumns+`, e.document, e.lang, d.level, d.state, d.grp, d.owner
		FROM version v
		JOIN language_version e ON e.id = v.edition
		JOIN document d ON d.id = e.document
		WHERE {scope d} AND v.id = $1 AND v.file <> ''`, version)
}

// titled is a related document with one of its titles.
type titled struct {
	Kind   string
	ID     string
	Symbol string
	Lang   lang.Tag
	Title  string
}

// related lists where a document's relations lead: to documents that the
// reader may see, and to symbols.
func related(ctx context.Context, q store.Reader, scope access.Scope, id string) ([]Related, error) {
	here, err := store.List[titled](ctx, q, scope, `
		SELECT r.kind, d.id, d.symbol, e.lang, e.title
		FROM relation r
		JOIN document d ON d.id = r.target OR (r.symbol <> '' AND d.symbol = r.symbol)
		JOIN language_version e ON e.document = d.id
		WHERE {scope d} AND r.document = $1
		ORDER BY r.kind, d.symbol, d.id, e.lang`, id)
	if err != nil {
		return nil, err
	}
	list := gather(here)
	elsewhere, err := store.List[titled](ctx, q, parts, `
		SELECT r.kind, '' AS id, r.symbol, '' AS lang, '' AS title
		FROM relation r
		WHERE {scope} AND r.document = $1 AND r.symbol <> ''
		ORDER BY r.kind, r.symbol`, id)
	if err != nil {
		return nil, err
	}
	for _, e := range gather(elsewhere) {
		if !named(list, e) {
			list = append(list, e)
		}
	}
	return list, nil
}

func named(list []Related, r Related) bool {
	for _, have := range list {
		if have.Kind == r.Kind && have.Symbol == r.Symbol {
			return true
		}
	}
	return false
}

// inverse lists the documents whose relations lead to d, a hundred or so at
// most. It says twice that targets and symbols are not empty: only then does
// SQLite use the partial indexes.
func inverse(ctx context.Context, q store.Reader, scope access.Scope, d Document) ([]Related, error) {
	rows, err := store.List[titled](ctx, q, scope, `
		SELECT r.kind, d.id, d.symbol, e.lang, e.title
		FROM relation r
		JOIN document d ON d.id = r.document
		JOIN language_version e ON e.document = d.id
		WHERE {scope d} AND ((r.target <> '' AND r.target = $1) OR (r.symbol <> '' AND r.symbol = $2))
		ORDER BY r.kind, d.symbol, d.id, e.lang
		LIMIT 600`, d.ID, d.Symbol)
	return gather(rows), err
}

// gather joins the rows of one document's titles.
func gather(rows []titled) []Related {
	var list []Related
	for _, r := range rows {
		last := len(list) - 1
		if last < 0 || list[last].Kind != r.Kind || list[last].ID != r.ID || list[last].Symbol != r.Symbol {
			list = append(list, Related{Kind: r.Kind, ID: r.ID, Symbol: r.Symbol, Titles: lang.Names{}})
			last++
		}
		if r.Title != "" {
			list[last].Titles[r.Lang] = r.Title
		}
	}
	return list
}

// BySymbol finds the document with the symbol that the reader may see.
func (l *Library) BySymbol(ctx context.Context, scope access.Scope, symbol string) (string, error) {
	if symbol == "" {
		return "", store.ErrNotFound
	}
	return store.Get[string](ctx, l.DB, scope, "SELECT d.id FROM document d WHERE {scope d} AND d.symbol = $1 ORDER BY d.created", symbol)
}

// SameFile finds a document that the reader may see and that has this very file.
func sameFile(ctx context.Context, q store.Reader, scope access.Scope, sum string) (string, error) {
	id, err := store.Get[string](ctx, q, scope, `
		SELECT d.id
		FROM version v
		JOIN language_version e ON e.id = v.edition
		JOIN document d ON d.id = e.document
		WHERE {scope d} AND v.sum = $1
		ORDER BY d.created`, sum)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return id, err
}

// Passage is a paragraph of a version.
type Passage struct {
	N     int64 // from 0
	Page  int64 // of the original, 0 where unknown
	Kind  string
	Depth int64 // of a heading, 1 to 6
	Body  string
}

// Passages reads at most limit passages from number from on; behind the text
// come its margins. The caller has read the version's document within the
// reader's scope; this asks again.
func (l *Library) Passages(ctx context.Context, scope access.Scope, version string, from, limit int64) ([]Passage, error) {
	return store.List[Passage](ctx, l.DB, scope, `
		SELECT p.n, p.page, p.kind, p.depth, p.body
		FROM passage p
		JOIN version v ON v.id = p.version
		JOIN language_version e ON e.id = v.edition
		JOIN document d ON d.id = e.document
		WHERE {scope d} AND p.version = $1 AND p.n >= $2 AND p.n < $3
		ORDER BY p.n`, version, from, from+limit)
}

// Length is how many passages a version's text has; its margins, which come
// after the text, are not counted.
func (l *Library) Length(ctx context.Context, version string) (int64, error) {
	return store.Get[int64](ctx, l.DB, parts, "SELECT COUNT(*) FROM passage WHERE {scope} AND version = $1 AND kind <> 'margin'", version)
}

// Headings lists a version's headings in order, at most limit.
func (l *Library) Headings(ctx context.Context, scope access.Scope, version string, limit int) ([]Passage, error) {
	return store.List[Passage](ctx, l.DB, scope, `
		SELECT p.n, p.page, p.kind, p.depth, p.body
		FROM passage p
		JOIN version v ON v.id = p.version
		JOIN language_version e ON e.id = v.edition
		JOIN document d ON d.id = e.document
		WHERE {scope d} AND p.version = $1 AND p.kind = 'heading'
		ORDER BY p.n
		LIMIT $2`, version, limit)
}

// Newest lists the documents that came last, with their titles alone.
func (l *Library) Newest(ctx context.Context, scope access.Scope, limit int) ([]Record, error) {
	rows, err := store.List[struct {
		Document
		Lang  lang.Tag
		Title string
	}](ctx, l.DB, scope, `
		SELECT `+documentColumns+`, e.lang, e.title
		FROM document d
		JOIN language_version e ON e.document = d.id
		WHERE d.id IN (SELECT n.id FROM document n WHERE {scope n} ORDER BY n.id DESC LIMIT $1)
		ORDER BY d.id DESC, e.lang`, limit)
	var list []Record
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].ID != r.ID {
			list = append(list, Record{Document: r.Document})
		}
		rec := &list[len(list)-1]
		rec.Editions = append(rec.Editions, Edition{Document: r.ID, Lang: r.Lang, Title: r.Title})
	}
	return list, err
}

package directory

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Filter chooses entries; the zero Filter chooses all.
type Filter struct {
	Kinds     []Kind // any of them
	SubRegion string
	Host      string
	Parent    string
	On        string   // existed on this date
	Text      string   // every word stands in a name, an abbreviation, the id or a code; case and accents aside
	Lang      lang.Tag // the list is ordered by kind, then by name in this language
}

const columns = `id, kind, COALESCE(parent, '') AS parent, COALESCE(host, '') AS host, iso2, iso3,
	sub_region, mandate, website, valid_from, valid_to, rev, created, updated, level, state, grp, owner`

// nameRow is a name in one language, as the table holds it.
type nameRow struct {
	Entry, Since, Until, Lang, Long, Short, Note string
}

// List reads the entries that the filter chooses.
func List(ctx context.Context, q store.Reader, scope access.Scope, f Filter) ([]Entry, error) {
	entries, err := load(ctx, q, scope)
	if err != nil {
		return nil, err
	}
	return f.choose(entries), nil
}

// Get reads one entry, or store.ErrNotFound.
func Get(ctx context.Context, q store.Reader, scope access.Scope, id string) (Entry, error) {
	e, err := store.Get[Entry](ctx, q, scope,
		"SELECT "+columns+" FROM directory_entry WHERE {scope} AND id = $1", id)
	if err != nil {
		return Entry{}, err
	}
	rows, err := store.List[nameRow](ctx, q, scope, `
		SELECT n.entry, n.since, n.until, n.lang, n.long, n.short, n.note
		FROM directory_name n JOIN directory_entry e ON e.id = n.entry
		WHERE {scope e} AND n.entry = $1`, id)
	if err != nil {
		return Entry{}, err
	}
	for _, r := range rows {
		r.addTo(&e)
	}
	e.sortNames()
	return e, nil
}

// load reads all entries: a few hundred, so that choosing among them in memory
// is simpler than a statement for each way of looking.
func load(ctx context.Context, q store.Reader, scope access.Scope) ([]Entry, error) {
	entries, err := store.List[Entry](ctx, q, scope,
		"SELECT "+columns+" FROM directory_entry WHERE {scope} ORDER BY id")
	if err != nil {
		return nil, err
	}
	at := make(map[string]*Entry, len(entries))
	for i := range entries {
		at[entries[i].ID] = &entries[i]
	}
	rows := store.Rows[nameRow](ctx, q, scope, `
		SELECT n.entry, n.since, n.until, n.lang, n.long, n.short, n.note
		FROM directory_name n JOIN directory_entry e ON e.id = n.entry
		WHERE {scope e}`)
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		if e := at[r.Entry]; e != nil {
			r.addTo(e)
		}
	}
	for i := range entries {
		entries[i].sortNames()
	}
	return entries, nil
}

// addTo puts the name into its period among the entry's names.
func (r nameRow) addTo(e *Entry) {
	i := slices.IndexFunc(e.Names, func(n Name) bool { return n.Since == r.Since })
	if i < 0 {
		i = len(e.Names)
		e.Names = append(e.Names, newName(r.Since, r.Until))
	}
	e.Names[i].set(lang.Tag(r.Lang), r.Long, r.Short, r.Note)
}

func newName(since, until string) Name {
	return Name{Since: since, Until: until, Long: lang.Names{}, Short: lang.Names{}, Note: lang.Names{}}
}

// set fills in one language; what is empty has no key.
func (n Name) set(t lang.Tag, long, short, note string) {
	for _, part := range []struct {
		names lang.Names
		text  string
	}{{n.Long, long}, {n.Short, short}, {n.Note, note}} {
		if delete(part.names, t); part.text != "" {
			part.names[t] = part.text
		}
	}
}

// choose returns the entries that the filter chooses, ordered.
func (f Filter) choose(entries []Entry) []Entry {
	words := strings.Fields(fold(f.Text))
	chosen := []Entry{}
	for _, e := range entries {
		if f.keeps(e, words) {
			chosen = append(chosen, e)
		}
	}
	p := lang.For(f.Lang)
	slices.SortStableFunc(chosen, func(a, b Entry) int {
		if a.Kind != b.Kind {
			return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind)
		}
		return p.Compare(a.NameOn(f.On, f.Lang), b.NameOn(f.On, f.Lang))
	})
	return chosen
}

func (f Filter) keeps(e Entry, words []string) bool {
	switch {
	case len(f.Kinds) > 0 && !slices.Contains(f.Kinds, e.Kind),
		f.SubRegion != "" && e.SubRegion != f.SubRegion,
		f.Host != "" && e.Host != f.Host,
		f.Parent != "" && e.Parent != f.Parent,
		f.On != "" && !e.Active(f.On):
		return false
	}
	if len(words) == 0 {
		return true
	}
	text := e.searchText()
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// searchText is everything that the entry can be found by, folded.
func (e Entry) searchText() string {
	var b strings.Builder
	b.WriteString(e.ID + " " + e.ISO3)
	for _, n := range e.Names {
		for _, t := range lang.All {
			b.WriteString(" " + n.Long[t] + " " + n.Short[t])
		}
	}
	return fold(b.String())
}

// fold takes case and accents away: "Türkiye" → "turkiye".
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

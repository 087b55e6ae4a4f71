package thesaurus

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/thesaurus/rdf"
)

// Tally is what an import did.
type Tally struct {
	Schemes  []string // ids of the vocabularies in the file
	New      int
	Changed  int
	Same     int
	Foreign  int // labels and notes in other languages than the six, left out
	Lost     int // relations to what is neither in the file nor here
	Proposed int // concepts of ours for which one in the file was proposed as the same
	Bad      []Flaw
}

// Flaw is a concept, or one thing about it, that could not be taken. Messages:
// "thesaurus.flaw.WHAT".
type Flaw struct {
	Line int
	URI  string
	What string // unlabelled, address, circle
}

// maxFlaws bounds the list of a file in which everything is wrong.
const maxFlaws = 1000

// batch is how many concepts one transaction stores.
const batch = 100

// Import stores the concepts of a SKOS file, in Turtle or RDF/XML: what the file
// says of a concept takes the place of what was known of it. A file with a Fault
// (*rdf.Fault) changes nothing. The same file again changes nothing either, so an
// import that was interrupted is run again. progress, where not nil, hears how
// many concepts are done, of how many.
func Import(ctx context.Context, db *store.DB, who access.Subject, r io.Reader, progress func(done, total int64) error) (Tally, error) {
	if d := who.May(access.EditThesaurus, access.Label{}); !d.Allowed {
		return Tally{}, fmt.Errorf("%w: %s", ErrForbidden, d.Rule)
	}
	s, err := readSKOS(sniff(r))
	if err != nil {
		return Tally{}, err
	}
	im := &importing{db: db, who: who, tally: Tally{Foreign: s.foreign}, progress: progress}
	if im.progress == nil {
		im.progress = func(int64, int64) error { return nil }
	}
	if err := im.place(ctx, s); err != nil {
		return Tally{}, err
	}
	return im.tally, im.store(ctx)
}

// importing is an import under way.
type importing struct {
	db       *store.DB
	who      access.Subject
	tally    Tally
	progress func(done, total int64) error

	drafts  []*draft
	schemes map[string]*Scheme // by URI
	ids     map[string]string  // of concepts: URI → id, here and in the file
}

func (im *importing) flaw(d *draft, what string) {
	if len(im.tally.Bad) < maxFlaws {
		im.tally.Bad = append(im.tally.Bad, Flaw{d.line, d.uri, what})
	}
}

// place finds out which concepts can be taken, and under which ids.
func (im *importing) place(ctx context.Context, s *sheet) error {
	all := s.drafts()
	if len(all) > maxConcepts {
		return &rdf.Fault{Line: all[maxConcepts].line, What: TooBig}
	}
	for _, d := range all {
		switch {
		case !validURI(d.uri):
			im.flaw(d, "address")
		case !d.labelled():
			im.flaw(d, "unlabelled")
		default:
			im.drafts = append(im.drafts, d)
		}
	}
	if err := im.placeSchemes(ctx, s); err != nil {
		return err
	}
	known, err := store.List[struct{ ID, URI string }](ctx, im.db, everything, "SELECT id, uri FROM concept WHERE {scope}")
	if err != nil {
		return err
	}
	im.ids = make(map[string]string, len(known)+len(im.drafts))
	taken := make(map[string]bool, len(known))
	for _, id := range Reserved {
		taken[id] = true
	}
	for _, k := range known {
		im.ids[k.URI], taken[k.ID] = k.ID, true
	}
	for _, d := range im.drafts {
		if im.ids[d.uri] == "" {
			im.ids[d.uri] = free(im.schemes[d.schemes[0]].conceptID(d.uri), taken)
		}
		d.id = im.ids[d.uri]
	}
	for _, d := range im.drafts {
		im.link(d)
	}
	return im.straighten(ctx)
}

// straighten cuts circles where they close: they are flaws of the file.
func (im *importing) straighten(ctx context.Context) error {
	g, err := readGraph(ctx, im.db)
	if err != nil {
		return err
	}
	for _, d := range im.drafts {
		g.forget(d.id)
	}
	for _, d := range im.drafts {
		c := Concept{}.with(d.facts)
		above := g.join(d.id, c.Broader)
		if len(above) == len(c.Broader) {
			continue
		}
		im.flaw(d, "circle")
		d.facts = slices.DeleteFunc(d.facts, func(f fact) bool { return f.What == "broader" && !slices.Contains(above, f.Text) })
	}
	return nil
}

// link turns the URIs of a draft's relations into ids, as far as they are known.
func (im *importing) link(d *draft) {
	kept := d.facts[:0]
	for _, f := range d.facts {
		switch {
		case f.What == "broader" || f.What == "related" || f.What == "replaced":
			id := im.ids[f.Text]
			if id == "" {
				im.tally.Lost++
			}
			if id == "" || id == d.id {
				continue
			}
			f.Text = id
		case strings.HasPrefix(f.What, "match-") && (!validURI(f.Text) || f.Text == d.uri):
			continue
		}
		kept = append(kept, f)
	}
	d.facts = agreeing(oneMatch(kept))
}

// oneMatch keeps the first of several matches to one place.
func oneMatch(facts []fact) []fact {
	seen := map[string]bool{}
	return slices.DeleteFunc(facts, func(f fact) bool {
		if !strings.HasPrefix(f.What, "match-") {
			return false
		}
		double := seen[f.Text]
		seen[f.Text] = true
		return double
	})
}

// placeSchemes decides to which vocabulary each concept belongs: of those that
// it names, the one that most name. EuroVoc names its microthesauri beside.
func (im *importing) placeSchemes(ctx context.Context, s *sheet) error {
	known, err := Schemes(ctx, im.db)
	if err != nil {
		return err
	}
	im.schemes = map[string]*Scheme{}
	taken := map[string]bool{}
	for _, k := range known {
		im.schemes[k.URI], taken[k.ID] = &k, true
	}
	counts := map[string]int{}
	for _, d := range im.drafts {
		slices.Sort(d.schemes)
		d.schemes = slices.Compact(d.schemes)
		if len(d.schemes) == 0 {
			d.schemes = []string{spaceOf(d.uri)}
		}
		for _, uri := range d.schemes {
			counts[uri]++
		}
	}
	for _, d := range im.drafts {
		slices.SortStableFunc(d.schemes, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
		uri := d.schemes[0]
		if im.schemes[uri] == nil {
			title := s.title(uri)
			im.schemes[uri] = &Scheme{ID: free(slug(cmp.Or(title, spaceName(uri))), taken), URI: uri, Title: cmp.Or(title, uri)}
		}
		if id := im.schemes[uri].ID; !slices.Contains(im.tally.Schemes, id) {
			im.tally.Schemes = append(im.tally.Schemes, id)
		}
	}
	return nil
}

// title is what the file calls a vocabulary: in English, else as it can.
func (s *sheet) title(uri string) string {
	n := s.nodes[uri]
	if n == nil {
		return ""
	}
	title := ""
	for _, f := range n.facts {
		if !f.node && (f.what == "title" || f.what == "pref") && (title == "" || f.lang == "en") {
			title = cut(line(f.text), maxLabel)
		}
	}
	return title
}

// store writes the concepts and then, when all are there, what ties them.
func (im *importing) store(ctx context.Context) error {
	total := int64(len(im.drafts))
	for i, pass := range []func(context.Context, *store.Tx, []*draft, *Tally) (store.Event, error){im.put, im.relate} {
		done := int64(0)
		for part := range slices.Chunk(im.drafts, batch) {
			var tally Tally
			_, err := store.Write(ctx, im.db, im.who, func(tx *store.Tx) (store.Event, error) {
				tally = im.tally
				tally.Bad = slices.Clone(im.tally.Bad)
				return pass(ctx, tx, part, &tally)
			})
			if err != nil {
				return err
			}
			im.tally = tally
			done += int64(len(part))
			if err := im.progress((int64(i)*total+done)/2, total); err != nil {
				return err
			}
		}
	}
	return im.propose(ctx)
}

// put writes the concepts of a part that are new or say something else.
func (im *importing) put(ctx context.Context, tx *store.Tx, part []*draft, tally *Tally) (store.Event, error) {
	here, err := im.here(ctx, tx, part)
	if err != nil {
		return store.Event{}, err
	}
	var list []Concept
	var ids []string
	for _, d := range part {
		c, known := here[d.id]
		switch {
		case !known:
			c = Concept{ID: d.id, URI: d.uri, Scheme: im.schemes[d.schemes[0]].ID}
			if err := putScheme(ctx, tx, *im.schemes[d.schemes[0]]); err != nil {
				return store.Event{}, err
			}
			tally.New++
		case slices.Equal(c.facts(), d.facts):
			tally.Same++
			continue
		default:
			tally.Changed++
		}
		c = c.with(d.facts)
		c.Rev++
		list, ids = append(list, c), append(ids, c.ID)
	}
	if len(list) == 0 {
		return store.Event{}, store.ErrUnchanged
	}
	if err := put(ctx, tx, list); err != nil {
		return store.Event{}, err
	}
	return store.Event{Act: "thesaurus.imported", Object: list[0].Scheme, Data: map[string][]string{"concepts": ids}}, moved(ctx, tx)
}

func (im *importing) here(ctx context.Context, tx *store.Tx, part []*draft) (map[string]Concept, error) {
	ids := make([]string, len(part))
	for i, d := range part {
		ids[i] = d.id
	}
	list, err := load(ctx, tx, ids)
	here := make(map[string]Concept, len(list))
	for _, c := range list {
		here[c.ID] = c
	}
	return here, err
}

// relate writes what ties the concepts of a part, where that is new. Whether it
// closes a circle is asked again: somebody may have changed what stands above.
func (im *importing) relate(ctx context.Context, tx *store.Tx, part []*draft, _ *Tally) (store.Event, error) {
	here, err := im.here(ctx, tx, part)
	if err != nil {
		return store.Event{}, err
	}
	g, err := readGraph(ctx, tx)
	if err != nil {
		return store.Event{}, err
	}
	var list []Concept
	var ids []string
	for _, d := range part {
		c := here[d.id]
		next := c.with(d.facts)
		if slices.Equal(c.Broader, next.Broader) && slices.Equal(c.Related, next.Related) && c.ReplacedBy == next.ReplacedBy {
			continue
		}
		g.forget(d.id)
		next.Broader = g.join(d.id, next.Broader)
		list, ids = append(list, next), append(ids, c.ID)
	}
	if len(list) == 0 {
		return store.Event{}, store.ErrUnchanged
	}
	if err := relate(ctx, tx, list); err != nil {
		return store.Event{}, err
	}
	return store.Event{Act: "thesaurus.relations.imported", Object: list[0].Scheme, Data: map[string][]string{"concepts": ids}}, moved(ctx, tx)
}

// validURI reports whether a URI can name a concept: absolute, and writable in
// every format.
func validURI(uri string) bool {
	scheme, rest, ok := strings.Cut(uri, ":")
	return ok && scheme != "" && scheme != "_" && rest != "" && len(uri) <= maxURI && !strings.ContainsAny(scheme, "/?#") &&
		!strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("<>\"{}|\\^`", r) })
}

// spaceOf is the beginning that a concept's URI shares with its neighbours'.
func spaceOf(uri string) string {
	if strings.HasPrefix(uri, Space) {
		return SchemeURI
	}
	i := strings.LastIndexAny(strings.TrimRight(uri, "/#:"), "/#:")
	return uri[:i+1]
}

// spaceName is a short word for a vocabulary that has no title.
func spaceName(uri string) string {
	if u, err := url.Parse(uri); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return uri
}

// conceptID is an id for a concept of the vocabulary.
func (s *Scheme) conceptID(uri string) string {
	last := uri[strings.LastIndexAny(strings.TrimRight(uri, "/#:"), "/#:")+1:]
	if s.ID == Policing {
		return slug(last)
	}
	return s.ID + "." + slug(last)
}

// slug makes an id of a text: small letters, digits, hyphens.
func slug(text string) string {
	words := strings.FieldsFunc(fold(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return cmp.Or(strings.TrimRight(cut(strings.Join(words, "-"), 60), "-"), "x")
}

// free is the id, or one like it that is not taken; it takes it.
func free(id string, taken map[string]bool) string {
	try := id
	for n := 2; taken[try]; n++ {
		try = fmt.Sprintf("%s-%d", id, n)
	}
	taken[try] = true
	return try
}

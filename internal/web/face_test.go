package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/api"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/oai"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/usage"
)

// The property that everything else rests on: no face ever shows a record that
// its reader's scope denies. Every document has a word of its own, in its title,
// text, summary, keyword, symbol and file; people of every kind ask every address
// about every document, and no answer has a word that access denies. More: what
// is hidden and what does not exist are answered alike, to the last byte, and a
// document that she may not read changes no list, figure or suggestion.

// common is a word of every document.
const common = "verabredung"

// secret is a document, or a file that has arrived, with what betrays it.
type secret struct {
	word                string
	id, version, intake string
	collection          string // with the document in it, and its word
	beside              string // a document that all may read
	owner               string
	label               access.Label
	symbol              string
	operators           bool // who operate the system read it too: a file in the intake
	typo, prefix        string
}

// newSecret makes a word that no forgiving search takes for another.
func newSecret(r *rand.Rand) secret {
	word := "q"
	for range 13 {
		word += string("bcdfghjklmnpqrstvwxz"[r.IntN(20)])
	}
	s := secret{word: word, typo: word[:len(word)-1] + "y", prefix: word[:7], symbol: "FACE/" + strings.ToUpper(word)}
	s.id, s.version, s.intake, s.owner, s.collection = store.NewID(), store.NewID(), store.NewID(), store.NewID(), store.NewID()
	return s
}

func (s secret) fill(path string) string {
	return strings.NewReplacer("WORD", s.word, "WORT", s.typo, "WOR", s.prefix, "SYMBOL", url.QueryEscape(s.symbol),
		"COLLECTION", s.collection, "BESIDE", s.beside, "ID", s.id, "VERSION", s.version, "INTAKE", s.intake, "OWNER", s.owner).Replace(path)
}

// blank takes out of an answer what the question had put in.
func (s secret) blank(answer string) string {
	return strings.NewReplacer(url.QueryEscape(s.symbol), "#", s.symbol, "#", s.word, "#", s.typo, "#", s.prefix, "#",
		s.collection, "#", s.id, "#", s.version, "#", s.intake, "#", s.owner, "#").Replace(answer)
}

// onlooker is somebody who asks: with a browser, with a token, or nobody.
type onlooker struct {
	name    string
	headers []string
	who     access.Subject
	program bool
}

func (o onlooker) mayRead(s secret) bool {
	_, ok := o.who.Scope().Allows(s.label)
	return ok || s.operators && o.who.May(access.Operate, access.Label{}).Allowed
}

// world is a house full of secrets.
type world struct {
	inhabited
	rand      *rand.Rand
	secrets   []secret
	control   secret // nothing has its word or ids
	onlookers []onlooker
}

func newWorld(t *testing.T, h inhabited) *world {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := &world{inhabited: h, rand: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // a test repeats itself
	h.site.Mount(api.Base+"/", (&api.API{
		DB: h.DB, Library: h.Library, Index: h.Index, Version: "test",
		Who: func(r *http.Request) access.Subject { return ReaderOf(r).Subject },
	}).Handler())
	w.harvested()
	w.control = newSecret(w.rand)
	w.populate()
	owners := []string{""}
	for _, o := range w.onlookers {
		if o.who.ID != "" && !o.program {
			owners = append(owners, o.who.ID)
		}
	}
	for _, label := range w.labels(owners) {
		w.secrets = append(w.secrets, w.hide(label))
	}
	for _, email := range []string{"expert@face.example", "focal@face.example"} {
		w.secrets = append(w.secrets, w.arrives(email))
	}
	w.relate()
	w.follow()
	return w
}

// harvested lets others harvest the library.
func (w *world) harvested() {
	w.site.Mount(oai.Path, &oai.Provider{Library: w.Library, Keys: w.Keys, Origin: "https://polis.example", Who: func(r *http.Request) access.Subject { return ReaderOf(r).Subject }})
}

func (w *world) follow() {
	w.t.Helper()
	if err := w.Library.CatchUp(context.Background(), w.Index, nil); err != nil {
		w.t.Fatal(err)
	}
}

// labels are one of every kind, and some at random.
func (w *world) labels(owners []string) []access.Label {
	pick := func(of ...string) string { return of[w.rand.IntN(len(of))] }
	list := []access.Label{
		{Level: access.Public},
		{Level: access.Member},
		{Level: access.Official},
		{Level: access.Closed},
		{Level: access.Closed, State: "KG"},
		{Level: access.Closed, State: "TJ"},
		{Level: access.Closed, Group: "face-g1"},
		{Level: access.Closed, Group: "face-g2"},
	}
	for range 4 {
		l := access.Label{Level: access.Levels[1+w.rand.IntN(3)], State: pick("", "KG", "TJ"), Owner: pick(owners...)}
		if l.Level == access.Closed && l.State == "" {
			l.Group = pick("", "face-g1", "face-g2")
		}
		list = append(list, l)
	}
	return list
}

// populate lets people in, by everybody's word, and gives some of them tokens.
func (w *world) populate() {
	w.t.Helper()
	system := access.System("test")
	must := func(err error) {
		if err != nil {
			w.t.Helper()
			w.t.Fatal(err)
		}
	}
	for _, g := range []string{"face-g1", "face-g2"} {
		must(account.OpenGroup(context.Background(), w.DB, system, account.GroupDraft{ID: g, Name: "Circle " + g, Kind: account.GroupClosed}))
	}
	w.onlookers = []onlooker{{name: "nobody"}, {name: "nobody, who reads Italian", headers: []string{"Cookie", tonguesCookie + "=it"}}}
	for _, p := range []struct {
		name, state, body string
		role              access.Role
		group             string
	}{
		{"visitor", "", "", access.Visitor, ""},
		{"member", "", "", access.MemberRole, ""},
		{"of-kg", "KG", "", access.MemberRole, ""},
		{"of-tj", "TJ", "", access.Delegation, "face-g2"},
		{"expert", "", "spmu", access.Expert, "face-g1"},
		{"officer", "", "spmu", access.ProgrammeOfficer, ""},
		{"focal", "KG", "", access.FocalPoint, ""},
		{"moderator", "", "", access.Moderator, ""},
		{"desk", "", "", access.DeskOfficer, ""},
		{"admin", "", "", access.Administrator, ""},
	} {
		email := p.name + "@face.example"
		who, err := account.Create(context.Background(), w.DB, system, account.New{Email: email, Name: "Face " + p.name, Role: p.role, ActsFor: p.state, Body: p.body, Password: testPassword})
		must(err)
		if p.name == "officer" { // everything is in languages that she has not chosen
			must(account.SetTongues(context.Background(), w.DB, system, who.ID, []lang.Tag{"de"}))
		}
		if p.group != "" {
			must(account.Admit(context.Background(), w.DB, system, p.group, who.ID))
		}
		v := w.visitor()
		if got := v.post("/en/sign-in", "email", email, "password", testPassword); got.status != http.StatusSeeOther {
			w.t.Fatalf("%s: %d", email, got.status)
		}
		at, err := url.Parse(w.server.URL)
		must(err)
		var cookies []string
		for _, c := range v.client.Jar.Cookies(at) {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
		w.onlookers = append(w.onlookers, onlooker{name: p.name, headers: []string{"Cookie", strings.Join(cookies, "; ")}, who: w.now(who.ID)})
	}
	for _, name := range []string{"expert", "focal", "admin"} {
		for _, reach := range []access.Level{access.Public, access.Official, access.Closed} {
			must(w.token(name, reach))
		}
	}
}

// token gives somebody a token that reaches so far.
func (w *world) token(name string, reach access.Level) error {
	for _, o := range w.onlookers {
		if o.name != name {
			continue
		}
		key, _, err := account.MakeToken(context.Background(), w.DB, o.who, account.TwoFactors, account.Wanted{Name: "face " + reach.String(), Reach: reach, Days: 1, Changes: w.rand.IntN(2) == 0})
		if err != nil {
			return err
		}
		b, err := account.UseToken(context.Background(), w.DB, key)
		w.onlookers = append(w.onlookers, onlooker{name: name + "’s token, " + reach.String(), headers: []string{"Authorization", "Bearer " + key}, who: b.Subject, program: true})
		return err
	}
	return fmt.Errorf("there is no %s", name)
}

// hide puts a document in that has its word everywhere.
func (w *world) hide(label access.Label) secret {
	w.t.Helper()
	s, ctx := newSecret(w.rand), context.Background()
	s.label = label
	sum, size, err := w.Library.Files.Put(ctx, strings.NewReader("%PDF "+s.word), 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	d := library.Draft{
		Kind: "guide", Dated: "2026-03", Origin: "spmu", Licence: s.word, Level: label.Level, State: label.State, Group: label.Group, Confirmed: w.rand.IntN(2) == 0,
		Tags: library.Tags{Themes: []string{"cybercrime", "community-policing", "drugs"}, Lines: []string{"1049/12.3"}, Items: []string{"1049/14.3", "1049/19"}},
	}
	d.Themes[1] = "police-reform/community-policing"
	if d.Symbol = s.symbol; w.rand.IntN(2) == 0 { // to be cited by a symbol that is no secret
		s.symbol = fmt.Sprintf("FACE/%d", len(w.secrets)+1)
		d.Symbol = s.symbol
	}
	var texts []library.Text
	for _, t := range []string{"en", "ru"} {
		tag := lang.Tag(t)
		if d.Keywords == nil {
			d.Keywords = map[lang.Tag][]string{}
		}
		d.Keywords[tag] = []string{s.word}
		texts = append(texts, library.Text{
			Lang: tag, Title: "Title " + s.word, Summary: "Summary " + s.word, Sum: string(sum), File: s.word + ".pdf", Media: "application/pdf", Bytes: size,
			Passages: []extract.Passage{{Kind: extract.Heading, Text: s.word + " " + t}, {Kind: extract.Paragraph, Text: "A meeting, " + common + ", on " + s.word + "."}},
		})
	}
	if s.id, err = w.Library.Create(ctx, access.System("test"), d, texts...); err != nil {
		w.t.Fatal(err)
	}
	_, err = store.Write(ctx, w.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "UPDATE document SET owner = $2 WHERE id = $1", s.id, label.Owner)
		return store.Event{Act: "library.document.revised", Object: s.id, Label: label}, err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.collect(s)
	w.countUses(s)
	w.pair(&s)
	rec, err := w.Library.Get(ctx, store.Everything("test"), s.id)
	if err != nil {
		w.t.Fatal(err)
	}
	s.version = rec.Edition("en").Version.ID
	if label.Owner != "" {
		s.owner = label.Owner
	}
	return s
}

// countUses lets a document be read, each another number of times, and that be known
// although not everybody reads it.
func (w *world) countUses(s secret) {
	w.t.Helper()
	for _, p := range []usage.Period{usage.PeriodOf(usage.Year, time.Now()), {Span: usage.All}} {
		_, err := store.Upkeep(context.Background(), w.DB, "INSERT INTO usage_count (document, span, since, lang, reads, found, files, cites) VALUES ($1, $2, $3, '', $4, 11, 12, 13)",
			s.id, string(p.Span), p.Since, 10+w.rand.IntN(90))
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// collect puts a document into a collection of its own, which is for the same
// readers, and into one that everybody reads.
func (w *world) collect(s secret) {
	w.t.Helper()
	ctx, l := context.Background(), s.label
	_, err := store.Write(ctx, w.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		for id, label := range map[string]access.Label{"face-all": {}, s.collection: l} {
			title := lang.Names{"en": "Collection"}
			if id == s.collection {
				title["en"] = "Collection " + s.word
			}
			_, err := tx.Exec(ctx, `INSERT INTO collection (id, titles, abouts, fresh, rev, created, updated, level, state, grp, owner)
				VALUES ($1, $2, $3, FALSE, 1, 1, 1, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`, id, store.JSON(title), store.JSON(title), int(label.Level), label.State, label.Group, label.Owner)
			if err != nil {
				return store.Event{}, err
			}
			if _, err = tx.Exec(ctx, `INSERT INTO collection_document (collection, document, n, note, added) VALUES ($1, $2, 1, $3, 1)`, id, s.id, "Note "+s.word); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "library.collection.filled", Object: s.collection, Label: l}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// pair says of a document that it is like each of those before it; the first of all
// is for everybody.
func (w *world) pair(s *secret) {
	w.t.Helper()
	if w.control.beside == "" {
		w.control.beside = s.id
	}
	s.beside = w.control.beside
	_, err := store.Write(context.Background(), w.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		for i, other := range w.secrets {
			if other.operators {
				continue
			}
			one, last := min(s.id, other.id), max(s.id, other.id)
			_, err := tx.Exec(context.Background(), `INSERT INTO twin (one, other, lang, likeness, file, symbol, titled, found, stage, kept, by_whom, decided)
				VALUES ($1, $2, $3, $4, $5, $5, $5, 1, 'open', '', '', 0)`, one, last, []string{"en", "ru"}[i%2], 1000-(i%3)*50, i%2 == 0)
			if err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "library.twins.found", Object: s.id, Label: s.label}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// arrives lets somebody bring a file that she has not confirmed.
func (w *world) arrives(email string) secret {
	w.t.Helper()
	s := newSecret(w.rand)
	s.beside = w.control.beside
	v := w.visitor()
	v.post("/en/sign-in", "email", email, "password", testPassword)
	address := v.arrive(s.word+".md", "# Title "+s.word+"\n\nText of "+s.word+".\n")
	s.intake = regexp.MustCompile(`intake/([^/]+)/`).FindStringSubmatch(address)[1]
	p, err := account.ByEmail(context.Background(), w.DB, email)
	if err != nil {
		w.t.Fatal(err)
	}
	s.label, s.operators = access.Label{Level: access.Closed, Owner: p.ID}, true
	return s
}

// relate lets documents lead to others at random, by id and by symbol.
func (w *world) relate() {
	w.t.Helper()
	_, err := store.Write(context.Background(), w.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		for _, from := range w.secrets {
			for range 4 {
				to := w.secrets[w.rand.IntN(len(w.secrets))]
				kind := library.RelationKinds[w.rand.IntN(len(library.RelationKinds))]
				target, symbol := to.id, ""
				if !strings.Contains(strings.ToLower(to.symbol), to.word) {
					target, symbol = "", to.symbol
				}
				if from.operators || to.operators || from.id == to.id {
					continue
				}
				if _, err := tx.Exec(context.Background(), `INSERT INTO relation (document, kind, target, symbol) VALUES ($1, $2, $3, $4)
					ON CONFLICT (document, kind, target, symbol) DO NOTHING`, from.id, kind, target, symbol); err != nil {
					return store.Event{}, err
				}
			}
		}
		return store.Event{Act: "library.document.revised", Object: w.secrets[0].id, Label: w.secrets[0].label}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// answer is everything that comes back: status, headers and body.
func (w *world) answer(o onlooker, path string) string {
	got := ask(w.site, "GET", path, o.headers...)
	return madeAnew.ReplaceAllString(recently.ReplaceAllString(w.whole(got), ""), "#")
}

// madeAnew are the numbers that each form gets of its own, and a repository's clock.
// What others asked and nobody found is theirs, and stands in no document.
var madeAnew = regexp.MustCompile(`(?s:<section aria-labelledby="misses">.*?</section>|<caption class="govuk-visually-hidden" id="misses-title">.*?</table>)|batch=[0-9a-f-]{36}|name="once" value="\w+"|<responseDate>[^<]*`)

// recently is what she herself looked for before: nothing, where she asks for the first time.
var recently = regexp.MustCompile(`\n<p class="small ways recent">[^\n]*`)

// namesIDs are the pages that name what somebody has done or asked by its id.
var namesIDs = regexp.MustCompile(`^GET /(admin|account)/log`)

func (w *world) whole(got *httptest.ResponseRecorder) string {
	body := got.Body.String()
	if unpacked, ok := workbook(got.Body.Bytes()); ok {
		body = unpacked
	}
	return fmt.Sprintf("%d\n%s\n%s\n%s", got.Code, got.Header().Get("Location"), got.Header().Get("Content-Disposition"), body)
}

// workbook unpacks a workbook, whose words nobody sees while they are packed: its files
// in the order of their names, but for the one that says when it was made.
func workbook(packed []byte) (string, bool) {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil || !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "xl/workbook.xml" }) {
		return "", false
	}
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var all strings.Builder
	for _, f := range z.File {
		if f.Name == "docProps/core.xml" {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return "", false
		}
		fmt.Fprintln(&all, f.Name)
		_, err = io.Copy(&all, in)
		if in.Close(); err != nil {
			return "", false
		}
	}
	return all.String(), true
}

// betrays names what of the secrets stands in an answer that must not; asked is the
// one that the question was about, or nil.
func (w *world) betrays(o onlooker, asked *secret, answer string, ids bool) (found []string) {
	lower := strings.ToLower(answer)
	for _, s := range w.secrets {
		if o.mayRead(s) || asked != nil && asked.word == s.word {
			continue
		}
		if strings.Contains(lower, s.word) {
			found = append(found, "the word of "+s.label.Circle())
		}
		if ids && strings.Contains(answer, s.id) {
			found = append(found, "the id of "+s.label.Circle())
		}
	}
	return found
}

func TestNoFaceShowsWhatItsScopeDenies(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		w := newWorld(t, h)
		for _, o := range w.onlookers {
			t.Run("to "+o.name, func(t *testing.T) { w.looksAround(t, o) })
		}
		t.Run("a document that she may not read changes nothing that she sees", w.changesNothing)
		t.Run("what a person is given of herself has nothing of others’", w.givesOutHerOwn)
	})
}

// looksAround asks every face about everything.
func (w *world) looksAround(t *testing.T, o onlooker) {
	for pattern, f := range faces() {
		if o.program && !strings.Contains(pattern, "/api/") && pattern != oai.Path {
			continue // a token is heard there and nowhere else
		}
		for _, path := range f.whole {
			if w.DB.Engine() == "postgres" && w.rand.IntN(3) > 0 {
				continue // the pages are the same, and so are the scopes they read by: each run asks another third
			}
			if found := w.betrays(o, nil, w.answer(o, path), !namesIDs.MatchString(pattern)); found != nil {
				t.Errorf("%s shows %v", path, found)
			}
		}
		if f.of == nil {
			continue
		}
		blank := f.of(w.control)
		for i, path := range blank {
			blank[i] = w.control.blank(w.answer(o, path))
		}
		for _, s := range w.secrets {
			if w.DB.Engine() == "postgres" && w.rand.IntN(3) > 0 {
				continue
			}
			w.asksAbout(t, o, pattern, f, s, blank)
		}
	}
}

// asksAbout asks one face about one document. blank are the answers about what does
// not exist.
func (w *world) asksAbout(t *testing.T, o onlooker, pattern string, f face, s secret, blank []string) {
	for i, path := range f.of(s) {
		may := o.mayRead(s)
		if i > 0 && (may || w.rand.IntN(3) > 0) { // the rest comes another time: each run is another one
			continue
		}
		got := w.answer(o, path)
		if may && pattern == "GET /library/{id}" && !s.operators && !strings.Contains(got, s.word) {
			t.Errorf("%s does not show her what she may read, %s: the test is blind", path, s.label.Circle())
		}
		if found := w.betrays(o, &s, got, false); found != nil {
			t.Errorf("%s shows %v", path, found)
		}
		if may {
			continue
		}
		if rest := s.blank(got); f.told == "" && rest != blank[i] {
			t.Errorf("%s tells what is %s from what is not there:\n%s", path, s.label.Circle(), difference(rest, blank[i]))
		} else if f.told != "" && !strings.Contains(path, s.word) && strings.Contains(strings.ToLower(got), s.word) {
			t.Errorf("%s shows the word of %s", path, s.label.Circle())
		}
	}
}

// difference is where two answers part.
func difference(a, b string) string {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	cut := func(s string) string { return s[max(0, min(at, len(s))-80):min(len(s), at+120)] }
	return fmt.Sprintf("…%s…\n…%s…", cut(a), cut(b))
}

// changesNothing hides one more document and looks again at all that counts.
func (w *world) changesNothing(t *testing.T) {
	label := access.Label{Level: access.Closed, Group: "face-g9"} // whose group nobody is in
	type glance struct {
		o      onlooker
		path   string
		answer string
	}
	var before []glance
	for _, o := range w.onlookers {
		for pattern, f := range faces() {
			if o.program && pattern != "/api/v1/" || strings.HasPrefix(pattern, "GET /admin/") {
				continue // where the log, the jobs and the storage grow
			}
			for _, path := range f.whole {
				before = append(before, glance{o, path, w.answer(o, path)})
			}
		}
	}
	w.secrets = append(w.secrets, w.hide(label))
	w.follow()
	for _, g := range before {
		if now := w.answer(g.o, g.path); now != g.answer {
			t.Errorf("%s sees at %s that something was added:\n%s", g.o.name, g.path, difference(g.answer, now))
		}
	}
}

// givesOutHerOwn unpacks what each person may take away.
func (w *world) givesOutHerOwn(t *testing.T) {
	for _, o := range w.onlookers {
		if o.program || o.who.ID == "" {
			continue
		}
		if err := w.watch().Forget(context.Background(), o.who); err != nil { // she has asked for all that is hidden
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/en/account/data", nil)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(o.headers[0], o.headers[1])
		got := httptest.NewRecorder()
		w.site.ServeHTTP(got, r)
		z, err := zip.NewReader(bytes.NewReader(got.Body.Bytes()), int64(got.Body.Len()))
		if got.Code != http.StatusOK || err != nil {
			t.Fatalf("%s: %d %v", o.name, got.Code, err)
		}
		for _, file := range z.File {
			in, err := file.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(in)
			if found := w.betrays(o, nil, file.Name+string(content), false); found != nil || err != nil {
				t.Errorf("%s is given %v in %s %v", o.name, found, file.Name, err)
			}
		}
	}
}

// TestEveryAddressIsAFace fails where an address was added that the property above
// does not know.
func TestEveryAddressIsAFace(t *testing.T) {
	w := &world{inhabited: inhabit(t, storetest.SQLite(t))}
	h := w.House
	h.site.Mount(api.Base+"/", (&api.API{DB: h.DB, Library: h.Library, Index: h.Index, Version: "test", Who: func(*http.Request) access.Subject { return access.Subject{} }}).Handler())
	w.harvested()
	known, there := faces(), map[string]bool{}
	for _, pattern := range h.site.routes {
		there[pattern] = true
		if method, _, _ := strings.Cut(pattern, " "); method == "POST" {
			continue
		}
		if f, ok := known[pattern]; !ok || f.of == nil && f.whole == nil && f.none == "" {
			t.Errorf("%q: say in faces() how to ask it about a document, or why it shows none", pattern)
		}
	}
	for pattern := range known {
		if !there[pattern] && pattern != "GET /.well-known/security.txt" { // which is there where a contact is
			t.Errorf("%q is nowhere any more", pattern)
		}
	}
	var spec struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(ask(h.site, "GET", "/api/v1/openapi.json").Body.Bytes(), &spec); err != nil || len(spec.Paths) == 0 {
		t.Fatal(err)
	}
	for path, operations := range spec.Paths {
		if operations["get"] == nil { // it shows nothing: it changes something
			continue
		}
		form := regexp.MustCompile("^" + regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "[^/]+") + `(\?|$)`)
		found := false
		for _, asked := range append(append([]string{"/api/v1/files/VERSION"}, apiOfOne...), apiOfAll...) {
			found = found || form.MatchString(asked)
		}
		if !found {
			t.Errorf("the API's %s is never asked", path)
		}
	}
}

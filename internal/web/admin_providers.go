package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"polis/internal/account"
	"polis/internal/lang"
)

// The sign-in providers in the administration: the list, the form of each with
// its mapping, a test that says in plain words what the provider answers, and a
// look at what a mapping would give.

// ProvidersView lists the providers.
type ProvidersView struct {
	Rows  []ProviderRow
	New   string // address of the form for a new one
	NoWay string // why nobody could sign in with any, or ""
}

// ProviderRow is one of them.
type ProviderRow struct {
	Name, URL, Meta string
	Tag             Tag
}

// ProviderView is the form of one provider.
type ProviderView struct {
	Action string
	New    bool
	Rev    int64
	Facts  []Fact // addresses that the provider has to be told
	Head   []Field
	Names  []Field
	More   bool // the names in other languages are shown
	For    NamedField
	Second []Field
	Claim  Field
	Lines  []MappingLine
	State  Field
	Ask    Field       // of the preview
	Tried  bool        // it was asked for
	Gives  []string    // what these groups would give
	Found  []FoundLine // by the test
	Remove string      // what would follow, "" for a new one
}

// MappingLine is one line of the mapping.
type MappingLine struct {
	Title       string
	Value, Role Field
	For         NamedField
}

// FoundLine is one thing that the test found.
type FoundLine struct {
	Tag        Tag
	Text, Said string
}

var providersPage = newPage("admin-providers", ProvidersView{
	Rows: []ProviderRow{{"Ministry of the Interior", "/en/admin/providers/mia", "id.example · 12 people", Tag{Done, "Open"}}},
	New:  "/en/admin/providers/new", NoWay: "The installation does not know where it stands.",
})

var providerPage = newPage("admin-provider", ProviderView{
	Action: "/en/admin/providers/mia", Rev: 3, Facts: []Fact{{"Redirect address", []Link{{"https://polis.example/sign-in/with/mia/back", ""}}}},
	Head:  []Field{{Name: "issuer", Label: "Issuer", Value: "https://id.example", Error: "Write an address"}},
	Names: []Field{{Name: "name-fr", Label: "Name in French"}}, More: true,
	For:    NamedField{Field: Field{Name: "for", Label: "Whose people"}, Near: []string{"Kyrgyzstan"}, All: "/en/directory/names"},
	Second: []Field{{Name: "amr", Label: "Methods"}}, Claim: Field{Name: "claim", Label: "Claim"},
	Lines: []MappingLine{{
		"Line 1",
		Field{Name: "value-0", Label: "Group"},
		Field{Name: "role-0", Label: "Role", Type: "select", Options: []Option{{Value: "expert", Text: "Expert"}}},
		NamedField{Field: Field{Name: "for-0", Label: "For"}, All: "/en/directory/names"},
	}},
	State: Field{Name: "enabled", Label: "State", Type: "radios", Options: []Option{{Value: "1", Text: "Open", Chosen: true}, {Value: "0", Text: "Closed"}}},
	Ask:   Field{Name: "groups", Label: "Groups", Type: "textarea", Rows: 3}, Tried: true, Gives: []string{"Expert · Kyrgyzstan"},
	Found: []FoundLine{{Tag{Done, "Good"}, "It answers.", "said"}, {Tag{Refusal, "Not good"}, "It does not know us.", "invalid_client"}}, Remove: "Twelve people would lose this way in.",
})

var (
	noticeProviderSaved   = newNotice("provider.saved")
	noticeProviderRemoved = newNotice("provider.removed")
)

func (h *House) openAdminProviders() {
	h.site.Handle("GET /admin/providers", h.adminProviders)
	h.site.Handle("GET /admin/providers/new", h.proven(h.providerForm))
	h.site.Handle("POST /admin/providers/new", h.proven(h.saveProvider))
	h.site.Handle("GET /admin/providers/{id}", h.proven(h.providerForm))
	h.site.Handle("POST /admin/providers/{id}", h.proven(h.saveProvider))
	h.site.Handle("POST /admin/providers/{id}/test", h.proven(h.testProvider))
	h.site.Handle("POST /admin/providers/{id}/remove", h.proven(h.removeProvider))
}

func (h *House) adminProviders(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err := mayOperate(r); err != nil {
		return err
	}
	list, err := account.ListProviders(r.Context(), h.DB)
	if err != nil {
		return err
	}
	f := h.providerFrame(r, "provider.title")
	v := ProvidersView{New: f.URL("/admin/providers/new")}
	if h.ownOrigin() == "" {
		v.NoWay = f.T("provider.no-origin")
	}
	for _, p := range list {
		n, err := account.CountIdentities(r.Context(), h.DB, p.ID)
		if err != nil {
			return err
		}
		row := ProviderRow{Name: p.Names.In(f.Lang), URL: f.URL("/admin/providers/" + p.ID), Tag: Tag{Plain, f.T("provider.state.closed")}}
		if p.Enabled {
			row.Tag = Tag{Done, f.T("provider.state.open")}
		}
		row.Meta = hostOf(p.Issuer) + " · " + f.T("provider.people", "n", n)
		v.Rows = append(v.Rows, row)
	}
	return providersPage.Show(w, f, v)
}

// providerFrame begins a page of the providers.
func (h *House) providerFrame(r *http.Request, title string) *Frame {
	f := h.asking(r, title)
	f.Crumbs = []Link{{f.T("admin.title"), f.URL("/admin")}}
	if f.visit.path != "/admin/providers" {
		f.Crumbs = append(f.Crumbs, Link{f.T("provider.title"), f.URL("/admin/providers")})
	}
	return f
}

// hostOf is the name of the machine in an address.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return address
}

// providerDraft is a provider as the form has it.
type providerDraft struct {
	account.Provider
	place string   // whose people, as typed
	lines []string // for whom each line is, as typed
	wrong account.Invalid
}

// loadDraft is the provider of the address, an empty one where it is new.
func (h *House) loadDraft(r *http.Request) (providerDraft, error) {
	id := r.PathValue("id")
	if id == "" {
		d := providerDraft{}
		d.Names, d.Scopes, d.Claim = lang.Names{}, []string{"profile", "email"}, "groups"
		d.AMR = []string{"mfa", "otp", "hwk"}
		return d, nil
	}
	p, err := account.LoadProvider(r.Context(), h.DB, id)
	d := providerDraft{Provider: p, place: p.ActsFor + p.Body}
	for _, m := range p.Mapping {
		d.lines = append(d.lines, m.State+m.Body)
	}
	return d, err
}

func (h *House) providerForm(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	d, err := h.loadDraft(r)
	if err != nil {
		return err
	}
	return h.showProvider(w, r, d, nil)
}

func (h *House) saveProvider(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	d, err := h.readProvider(r)
	if err != nil {
		return err
	}
	// What is secret does not travel through the proof on the way: it is missing
	// then, and not empty.
	secret, typed := r.PostForm["secret"]
	if !typed {
		d.wrong["secret"] = "provider.error.again"
	}
	if len(d.wrong) > 0 {
		return h.showProvider(w, r, d, nil)
	}
	err = h.providers.SaveProvider(r.Context(), ReaderOf(r).Subject, d.Provider, strings.Join(secret, ""))
	switch {
	case errors.As(err, &d.wrong):
		return h.showProvider(w, r, d, nil)
	case errors.Is(err, account.ErrMoved):
		return &Fault{Status: http.StatusConflict, Key: "provider.error.moved"}
	case err != nil:
		return forbidden(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/admin/providers/"+d.ID, noticeProviderSaved, 0)
}

func (h *House) removeProvider(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	if err := account.RemoveProvider(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return forbidden(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/admin/providers", noticeProviderRemoved, 0)
}

// testProvider asks the provider, with the settings as they are saved.
func (h *House) testProvider(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	d, err := h.loadDraft(r)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	var found []FoundLine
	for _, one := range h.providers.Probe(r.Context(), d.Provider, h.backFrom(d.ID)) {
		line := FoundLine{Tag{Refusal, f.T("provider.found.bad")}, f.T(one.Key, "n", one.N), one.Said}
		if one.Good {
			line.Tag = Tag{Done, f.T("provider.found.good")}
		}
		found = append(found, line)
	}
	return h.showProvider(w, r, d, found)
}

// gives says what the groups would give by the mapping that is saved.
func (w wording) gives(p account.Provider, groups []string) (list []string) {
	for _, g := range p.Gives(groups) {
		list = append(list, w.roleFor(account.Held{Role: g.Role, ActsFor: g.State, Body: g.Body}))
	}
	return list
}

// listed are the words of a text, divided by blanks, commas or lines.
func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n", r) })
}

// linesOf are the lines of a text.
func linesOf(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// rowsOf is how many lines of the mapping the form has sent.
func rowsOf(r *http.Request) (n int) {
	for ; n < 60; n++ {
		if _, sent := r.PostForm["value-"+strconv.Itoa(n)]; !sent {
			break
		}
	}
	return n
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/roster"
	"polis/internal/lang"
	"polis/internal/store"
)

// ExpertView is somebody's profile, as far as the reader sees it. Without a purpose it is
// not opened: Why asks for one.
type ExpertView struct {
	Lang   string // of her words
	By     string // who vouches for her
	Why    []Field
	Action string
	Hidden []Carried
	Says   string
	Parts  []ExpertPart
	Card   string     // address of the vCard
	PDF    []Link     // the page of paper, in each language
	List   *ExpertPut // puts her onto a long list
	Back   *Link
}

// ExpertPart is a field of a profile.
type ExpertPart struct {
	ID, Title string
	Lines     []ExpertLine
}

// ExpertLine is a line of it: what it says in the language of the page, and her words.
type ExpertLine struct{ Text, URL, Words string }

// ExpertPut is the form by which somebody comes onto a long list.
type ExpertPut struct {
	For    Link
	Action string
	Hidden []Carried
	Fields []Field
}

var expertPage = newPage("expert", ExpertView{
	Lang: "ru", By: "Kyrgyzstan", Why: []Field{{Name: "why", Label: "What for", Error: "Say it."}}, Action: "/en/experts/1", Hidden: []Carried{{"project", "1"}}, Says: "She sees it.",
	Parts: []ExpertPart{{"theme", "Themes", []ExpertLine{{"Cybercrime – level 3", "/en/themes/cybercrime", "Курсы."}}}}, Card: "/en/experts/1/card.vcf", PDF: []Link{{"English", "/en/experts/1/profile.pdf"}},
	List: &ExpertPut{Link{"2026/17 Patrols", "/en/assistance/projects/1"}, "/en/experts/1/list", []Carried{{"project", "1"}}, []Field{{Name: "for", Label: "Why"}}},
	Back: &Link{"Find an expert", "/en/experts"},
})

// expert opens a profile, for a purpose that its owner sees.
func (h *House) expert(w http.ResponseWriter, r *http.Request) error {
	return h.showExpert(w, r, r.URL.Query(), nil)
}

func (h *House) showExpert(w http.ResponseWriter, r *http.Request, q url.Values, wrong roster.Invalid) error {
	f := h.site.Frame(r)
	f.Private = true
	if r.PathValue("id") == f.Reader.ID {
		return f.Redirect(w, "/account/profile", "", 0)
	}
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	id, why := r.PathValue("id"), strings.Join(strings.Fields(strings.ToValidUTF8(q.Get("why"), "")), " ")
	f.Crumbs = []Link{{f.T("expert.title"), f.URL("/experts")}}
	v := ExpertView{Action: f.URL(expertPath(id))}
	for _, name := range append(slices.Clone(roster.Kinds), "host", "from", "to") {
		if q.Get(name) != "" {
			v.Hidden = append(v.Hidden, Carried{name, q.Get(name)})
		}
	}
	x, err := h.roster().Open(r.Context(), f.Reader.Subject, id, why)
	var no roster.Invalid
	if errors.As(err, &no) {
		f.Title, v.Says = f.T("expert.why.title"), f.T("expert.why.says")
		v.Why = []Field{{Name: "why", Label: f.T("expert.why"), Hint: f.T("expert.why.hint"), Value: why, Must: true}}
		if why != "" {
			f.flag(v.Why, no)
		}
		return expertPage.Show(w, f, v)
	}
	if err != nil {
		return expertFault(err)
	}
	if err := p.meet([]string{id}); err != nil {
		return err
	}
	f.Title, v.Lang, v.By = p.name(id), string(x.Lang), p.T("expert.by", "by", p.vouchedBy(x))
	if v.Parts, err = p.expertParts(x); err != nil {
		return err
	}
	v.Card = f.URL(expertPath(id) + "/card.vcf?" + url.Values{"why": {why}}.Encode())
	for _, t := range lang.All {
		v.PDF = append(v.PDF, Link{t.Name(), f.speaking(t).URL(expertPath(id) + "/profile.pdf?" + url.Values{"why": {why}}.Encode())})
	}
	v.List, err = p.putForm(id, q, wrong)
	if err != nil {
		return err
	}
	return expertPage.Show(w, f, v)
}

// expertParts are the fields of a profile that have something in them.
func (p *helping) expertParts(x roster.Profile) (list []ExpertPart, err error) {
	for _, field := range roster.Fields {
		part, ok := x.Parts[field]
		if field == roster.Contact && ok {
			person, err := account.Load(p.r.Context(), p.h.DB, x.Person)
			if err != nil {
				return nil, err
			}
			list = append(list, ExpertPart{"contact", p.T("expert.field.contact"), []ExpertLine{{person.Email, "mailto:" + person.Email, ""}}})
			continue
		}
		lines := []ExpertLine{}
		for _, l := range part.Lines {
			line, err := p.expertLine(field, l)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
		if len(lines) > 0 {
			list = append(list, ExpertPart{string(field), p.T("expert.field." + string(field)), lines})
		}
	}
	return list, nil
}

// expertLine is a line of a profile; a document of the library by its title, for who may
// read it.
func (p *helping) expertLine(field roster.Field, l roster.Line) (line ExpertLine, err error) {
	line.Text, line.Words = p.lineText(field, l)
	if field == roster.Publication && l.Value != "" {
		rec, err := p.h.Library.Get(p.r.Context(), scope(p.r), l.Value)
		if errors.Is(err, store.ErrNotFound) {
			return line, nil
		}
		if err != nil {
			return line, err
		}
		line.Text, line.URL = rec.Edition(p.Lang).Title, p.URL("/library/"+l.Value)
	}
	return line, nil
}

// putForm is the form that puts her onto the list of what the search was for.
func (p *helping) putForm(id string, q url.Values, wrong roster.Invalid) (*ExpertPut, error) {
	s := sought{}
	for _, kind := range roster.Kinds {
		if of := q.Get(kind); of != "" {
			s.kind, s.object = kind, of
		}
	}
	if s.kind == "" {
		return nil, nil
	}
	if err := p.propose(&s, false); err != nil || !s.lists {
		return nil, err
	}
	form := &ExpertPut{For: s.title, Action: p.URL(expertPath(id) + "/list"), Hidden: []Carried{{s.kind, s.object}, {"why", q.Get("why")}}}
	form.Fields = []Field{
		{Name: "reason", Label: p.T("expert.list.why"), Hint: p.T("expert.list.why.hint"), Type: "textarea", Rows: 2, Value: q.Get("reason")},
		{Name: "host", Label: p.T("expert.need.host"), Type: "select", Options: p.stateOptions(q.Get("host"))},
		{Name: "from", Label: p.T("expert.wish.from"), Type: "date", Value: q.Get("from"), Width: "medium"},
		{Name: "to", Label: p.T("expert.wish.to"), Type: "date", Value: q.Get("to"), Width: "medium"},
	}
	p.flag(form.Fields, map[string]string{"reason": wrong["why"], "host": wrong["host"], "from": wrong["starts"]})
	return form, nil
}

var noticeListed = newNotice("expert.done.listed")

// listExpert puts her onto the list of a request, project or event that the caller reads.
func (h *House) listExpert(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	s := sought{}
	for _, kind := range roster.Kinds {
		if of := r.PostForm.Get(kind); of != "" {
			s.kind, s.object = kind, of
		}
	}
	if err := p.propose(&s, false); err != nil {
		return err
	}
	_, err = h.roster().List(r.Context(), f.Reader.Subject, roster.Ask{
		Person: r.PathValue("id"), Kind: s.kind, Object: s.object, Why: r.PostForm.Get("reason"),
		Host: r.PostForm.Get("host"), Starts: plainDate(r.PostForm.Get("from")), Ends: plainDate(r.PostForm.Get("to")),
	})
	var wrong roster.Invalid
	if errors.As(err, &wrong) && s.kind != "" && wrong["object"] == "" {
		return h.showExpert(w, r, r.PostForm, wrong)
	}
	if err = expertFault(err); err != nil {
		return err
	}
	return f.Redirect(w, "/assignments?"+s.kind+"="+url.QueryEscape(s.object), noticeListed, 0)
}

// opened is the profile of the address, opened for the purpose in it.
func (h *House) opened(r *http.Request) (*helping, roster.Profile, error) {
	f := h.site.Frame(r)
	p, err := h.helping(r, f)
	if err != nil {
		return p, roster.Profile{}, err
	}
	x, err := h.roster().Open(r.Context(), f.Reader.Subject, r.PathValue("id"), strings.ToValidUTF8(r.URL.Query().Get("why"), ""))
	if err != nil {
		return p, x, expertFault(err)
	}
	return p, x, p.meet([]string{x.Person})
}

// expertCard is a profile as a vCard (RFC 6350), as far as the reader sees it.
func (h *House) expertCard(w http.ResponseWriter, r *http.Request) error {
	p, x, err := h.opened(r)
	if err != nil {
		return err
	}
	email := ""
	if _, ok := x.Parts[roster.Contact]; ok {
		person, err := account.Load(r.Context(), h.DB, x.Person)
		if err != nil {
			return err
		}
		email = person.Email
	}
	w.Header().Set("Content-Type", "text/vcard; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="expert.vcf"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write([]byte(p.card(x, email)))
	return err
}

// card writes it: lines of at most 75 bytes, folded between letters.
func (p *helping) card(x roster.Profile, email string) string {
	var b strings.Builder
	put := func(name, value string) {
		if value != "" {
			fold(&b, name+":"+value)
		}
	}
	put("BEGIN", "VCARD")
	put("VERSION", "4.0")
	put("KIND", "individual")
	put("UID", "urn:uuid:"+x.Person)
	put("FN", cardText(p.name(x.Person)))
	put("ORG", cardText(p.vouchedBy(x)))
	put("EMAIL", cardText(email))
	for i, l := range x.Parts[roster.Language].Lines {
		put("LANG;PREF="+strconv.Itoa(i+1), l.Value)
	}
	var themes []string
	for _, l := range x.Parts[roster.Theme].Lines {
		text, _ := p.lineText(roster.Theme, l)
		themes = append(themes, cardText(text))
	}
	put("CATEGORIES", strings.Join(themes, ","))
	for _, l := range x.Parts[roster.About].Lines {
		put("NOTE", cardText(l.Words))
	}
	put("URL", p.h.site.opts.Origin+p.URL(expertPath(x.Person)))
	put("REV", x.Updated.UTC().Format("20060102T150405Z"))
	put("END", "VCARD")
	return b.String()
}

var cardEscapes = strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, ",", `\,`, ";", `\;`)

func cardText(text string) string { return cardEscapes.Replace(text) }

// fold writes a line of a card in pieces of at most 75 bytes, none of which ends within a
// letter.
func fold(b *strings.Builder, line string) {
	room := 75
	for _, r := range line {
		if n := len(string(r)); n > room {
			b.WriteString("\r\n ")
			room = 74 - n
		} else {
			room -= n
		}
		b.WriteRune(r)
	}
	b.WriteString("\r\n")
}

// NominateView is the form by which a focal point names somebody of hers.
type NominateView struct{ Fields []Field }

var nominatePage = newPage("expert-nominate", NominateView{[]Field{{Name: "email", Label: "Address", Error: "Whose?"}}})

var noticeNominated = newNotice("expert.done.nominated")

func (h *House) nominateForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNominate(w, r, nil)
}

func (h *House) showNominate(w http.ResponseWriter, r *http.Request, wrong map[string]string) error {
	f := h.site.Frame(r)
	if !nominates(f.Reader.Subject) {
		return expertFault(roster.ErrForbidden)
	}
	f.Private, f.Title, f.Crumbs = true, f.T("expert.nominate.title"), []Link{{f.T("expert.title"), f.URL("/experts")}}
	fields := []Field{
		{Name: "email", Label: f.T("expert.nominate.email"), Hint: f.T("expert.nominate.email.hint"), Type: "email", Auto: "off", Value: r.PostFormValue("email")},
		{Name: "words", Label: f.T("expert.nominate.words"), Hint: f.T("expert.nominate.words.hint"), Type: "textarea", Rows: 3, Value: r.PostFormValue("words")},
	}
	f.flag(fields, wrong)
	return nominatePage.Show(w, f, NominateView{fields})
}

// nominateExpert names somebody by her address: one of those whom the caller keeps.
func (h *House) nominateExpert(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	none := map[string]string{"email": "expert.error.nominee"}
	address := strings.TrimSpace(r.PostFormValue("email"))
	person, err := account.ByEmail(r.Context(), h.DB, address)
	if err == nil {
		_, err = account.Kept(r.Context(), h.DB, f.Reader.Subject, person.ID)
	}
	if err == nil {
		err = h.roster().Nominate(r.Context(), f.Reader.Subject, person.ID, r.PostFormValue("words"))
	}
	var wrong roster.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showNominate(w, r, wrong)
	case errors.Is(err, store.ErrNotFound), errors.Is(err, roster.ErrForbidden), errors.Is(err, account.ErrForbidden):
		return h.showNominate(w, r, none)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return err
	}
	return f.Redirect(w, "/experts/nominate", noticeNominated, 0)
}

// nominates reports whether somebody names people for the roster: who vouches for them.
func nominates(who access.Subject) bool {
	return who.MayVouch("", "").Allowed || who.Has(access.FocalPoint)
}

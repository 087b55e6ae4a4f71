package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"polis/internal/community/roster"
	"polis/internal/store"
)

// ProfileView is somebody's own profile: on what it stands, who finds her, its sections,
// who looked at it.
type ProfileView struct {
	Lead        string
	Says        []string // what comes next
	Nominations []NominationView
	Found       PersonForm
	Review      *PersonForm
	Sections    []ProfileSection
	Looks       []Fact
	LooksSay    string
	Asks        Link
}

// NominationView is the word of a State or body that she belongs on the roster.
type NominationView struct {
	Text, Words     string
	Accept, Decline string // addresses
}

// ProfileSection is a field with who sees it.
type ProfileSection struct {
	ID, Title string
	Tag       Tag // who sees it
	Lines     []ExpertLine
	None      string
	Edit      string
}

var profilePage = newPage("profile", ProfileView{
	Lead: "It is yours.", Says: []string{"A desk asks first for languages."}, Nominations: []NominationView{{"Kyrgyzstan names you.", "Please.", "/en/account/profile/nominations/1/accept", "/en/account/profile/nominations/1/decline"}},
	Found: samplePersonForm, Review: &PersonForm{ID: "yearly", Title: "Yearly review", Action: "/en/account/profile/review", Button: "All of it is right"}, LooksSay: "Nobody yet.", Asks: Link{"Assignments", "/en/assignments"},
	Sections: []ProfileSection{{"theme", "Themes", Tag{Plain, "Officials"}, []ExpertLine{{"Cybercrime – level 3", "", "Курсы."}}, "Nothing yet.", "/en/account/profile/theme"}},
	Looks:    []Fact{{"3 March 2026", []Link{{"Desk: a course in Bishkek", ""}}}},
})

// shownLooks is how many of those who looked the page shows.
const shownLooks = 50

func (h *House) ownProfile(w http.ResponseWriter, r *http.Request) error {
	return h.showProfile(w, r, nil)
}

func (h *House) showProfile(w http.ResponseWriter, r *http.Request, fault error) error {
	f := h.asking(r, "expert.own.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Private, f.Crumbs = true, []Link{{f.T("account.title"), f.URL("/account")}}
	x, err := h.roster().Own(r.Context(), f.Reader.Subject)
	if err != nil {
		return expertFault(err)
	}
	v := ProfileView{Lead: f.T("expert.own.lead"), Asks: Link{f.T("expert.asks.mine"), f.URL("/assignments")}}
	if err := p.ownStanding(&v, x, fault); err != nil {
		return err
	}
	for _, field := range roster.Fields {
		s := ProfileSection{ID: string(field), Title: p.T("expert.field." + string(field)), None: p.T("expert.own.none"), Edit: p.URL("/account/profile/" + string(field))}
		s.Tag = Tag{Plain, p.T("expert.width." + x.Parts[field].Width.String())}
		for _, l := range x.Parts[field].Lines {
			line, err := p.expertLine(field, l)
			if err != nil {
				return err
			}
			s.Lines = append(s.Lines, line)
		}
		switch {
		case field == roster.Contact:
			s.None = p.T("expert.contact.says")
		case field == roster.Record && len(s.Lines) == 0:
			continue
		}
		v.Sections = append(v.Sections, s)
	}
	return profilePage.Show(w, f, v)
}

// ownStanding is on what she stands, who finds her and who looked.
func (p *helping) ownStanding(v *ProfileView, x roster.Profile, fault error) error {
	ctx, who := p.r.Context(), p.Reader.Subject
	ground, err := p.h.roster().Ground(ctx, who)
	if err != nil {
		return err
	}
	nominations, err := p.h.roster().Nominations(ctx, who)
	if err != nil {
		return err
	}
	looks, err := p.h.roster().Looks(ctx, who, shownLooks)
	if err != nil {
		return err
	}
	people := []string{}
	for _, l := range looks {
		people = append(people, l.ByWhom)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	for _, n := range nominations {
		if n.Verdict == "" {
			at := p.URL("/account/profile/nominations/" + n.ID)
			v.Nominations = append(v.Nominations, NominationView{p.T("expert.nominated", "by", p.names.Name(n.ActsFor+n.Body, "", p.Lang)), n.Words, at + "/accept", at + "/decline"})
		}
	}
	stands := x.Stands(p.now)
	switch {
	case fault != nil:
		p.Status = http.StatusConflict
		v.Says = append(v.Says, p.T("expert.fault.stale"))
	case !ground && len(v.Nominations) == 0:
		v.Says = append(v.Says, p.T("expert.own.ground"))
	case stands && x.Found > roster.Mine:
		v.Says = append(v.Says, p.T("expert.own.found", "by", p.vouchedBy(x), "width", p.T("expert.width."+x.Found.String())))
	}
	if missing := x.Missing(); x.Found > roster.Mine && len(missing) > 0 {
		var names []string
		for _, field := range missing {
			names = append(names, p.T("expert.field."+string(field)))
		}
		v.Says = append(v.Says, p.T("expert.own.missing", "fields", p.List(names)))
	}
	if x.Found > roster.Mine && !x.ReviewBy.After(p.now) {
		v.Says = append(v.Says, p.T("expert.own.overdue", "day", x.ReviewBy, "last", x.ReviewBy.Add(roster.Overdue)))
	}
	v.Found = p.foundForm(x)
	if x.Rev > 0 && x.Found > roster.Mine {
		v.Review = &PersonForm{ID: "yearly", Title: p.T("expert.review.title"), Says: []string{p.T("expert.review.says", "day", x.ReviewBy)}, Action: p.URL("/account/profile/review"), Button: p.T("expert.review.button"), Open: !x.ReviewBy.After(p.now)}
	}
	for _, l := range looks {
		v.Looks = append(v.Looks, Fact{p.day(l.Day), []Link{{Text: p.name(l.ByWhom) + ": " + l.Why}}})
	}
	v.LooksSay = p.T("expert.looks.says")
	if len(looks) == 0 {
		v.LooksSay = p.T("expert.looks.none")
	}
	return nil
}

// foundForm is her consent to being found.
func (p *helping) foundForm(x roster.Profile) PersonForm {
	return PersonForm{
		ID: "who-finds", Title: p.T("expert.found.title"), Says: []string{p.T("expert.found.says")}, Action: p.URL("/account/profile/found"), Button: p.T("core.save"),
		Hidden: []Carried{{"rev", strconv.FormatInt(x.Rev, 10)}}, Open: x.Found == roster.Mine,
		Fields: []Field{p.widthField("found", p.T("expert.found.by"), x.Found, true)},
	}
}

// widthField asks who sees something, or finds her.
func (p *helping) widthField(name, label string, chosen roster.Width, found bool) Field {
	field := Field{Name: name, Label: label, Type: "radios"}
	for _, w := range roster.Widths {
		text := p.T("expert.width." + w.String())
		if found && w == roster.Mine {
			text = p.T("expert.found.nobody")
		}
		field.Options = append(field.Options, Option{Value: w.String(), Text: text, Chosen: w == chosen})
	}
	return field
}

var (
	noticeProfileSaved    = newNotice("expert.done.saved")
	noticeProfileFound    = newNotice("expert.done.found")
	noticeProfileHidden   = newNotice("expert.done.hidden")
	noticeProfileReviewed = newNotice("expert.done.reviewed")
	noticeProfileAccepted = newNotice("expert.done.accepted")
	noticeProfileDeclined = newNotice("expert.done.declined")
)

// saveFound takes her consent, or takes it back.
func (h *House) saveFound(w http.ResponseWriter, r *http.Request) error {
	width, ok := roster.ParseWidth(r.PostFormValue("found"))
	if !ok {
		return &Fault{Status: http.StatusUnprocessableEntity, Key: "expert.error.width"}
	}
	err := h.roster().Show(r.Context(), ReaderOf(r).Subject, LangOf(r), revOf(r), width)
	var stale roster.Stale
	if errors.As(err, &stale) {
		return h.showProfile(w, r, err)
	}
	if err := expertFault(err); err != nil {
		return err
	}
	notice := noticeProfileFound
	if width == roster.Mine {
		notice = noticeProfileHidden
	}
	return h.site.Frame(r).Redirect(w, "/account/profile", notice, 0)
}

func (h *House) reviewProfile(w http.ResponseWriter, r *http.Request) error {
	if err := h.roster().Review(r.Context(), ReaderOf(r).Subject); err != nil {
		return expertFault(err)
	}
	return h.site.Frame(r).Redirect(w, "/account/profile", noticeProfileReviewed, 0)
}

func (h *House) decideNomination(w http.ResponseWriter, r *http.Request) error {
	verdict := r.PathValue("verdict")
	if verdict != "accept" && verdict != "decline" {
		return NotFound()
	}
	err := h.roster().Decide(r.Context(), ReaderOf(r).Subject, LangOf(r), r.PathValue("id"), verdict == "accept")
	if err := expertFault(err); err != nil {
		return err
	}
	notice := noticeProfileAccepted
	if verdict == "decline" {
		notice = noticeProfileDeclined
	}
	return h.site.Frame(r).Redirect(w, "/account/profile", notice, 0)
}

// ProfileFieldView is the form of one field.
type ProfileFieldView struct {
	Says        string
	Action      string
	Rev         int64
	Stale       bool
	Differences []Difference
	Rows        []ProfileRow
	Width       Field
	Lang        Field
}

// ProfileRow is a line of the form.
type ProfileRow struct {
	Legend string
	Fields []Field
}

var profileFieldPage = newPage("profile-field", ProfileFieldView{
	Says: "One line for each.", Action: "/en/account/profile/field/theme", Rev: 2, Stale: true, Differences: []Difference{{"Line 1", "a", "b"}},
	Rows: []ProfileRow{{"Line 1", []Field{{Name: "words-1", Label: "Evidence", Error: "Shorter."}}}}, Width: Field{Name: "width", Label: "Who sees it", Type: "radios", Options: []Option{{Value: "mine", Text: "Nobody"}}},
	Lang: Field{Name: "lang", Label: "Language", Type: "select", Options: []Option{{Value: "ru", Text: "Русский"}}},
})

// fieldForm is the form of a field in her hands.
type fieldForm struct {
	field  roster.Field
	part   roster.Part
	lang   string
	wrong  roster.Invalid
	stored *roster.Part // what she has stored meanwhile, in another window
}

func (h *House) ownField(w http.ResponseWriter, r *http.Request) error {
	x, err := h.roster().Own(r.Context(), ReaderOf(r).Subject)
	if err != nil {
		return expertFault(err)
	}
	part, ok := x.Parts[roster.Field(r.PathValue("field"))]
	if !ok {
		return NotFound()
	}
	form := fieldForm{field: roster.Field(r.PathValue("field")), part: part, lang: string(x.Lang)}
	if form.lang == "" {
		form.lang = string(LangOf(r))
	}
	return h.showField(w, r, form)
}

// saveField keeps a field. Where she saved it in another window meanwhile she sees both,
// and nothing that she typed is lost.
func (h *House) saveField(w http.ResponseWriter, r *http.Request) error {
	x, err := h.roster().Own(r.Context(), ReaderOf(r).Subject)
	if err != nil {
		return expertFault(err)
	}
	field := roster.Field(r.PathValue("field"))
	stored, ok := x.Parts[field]
	if !ok {
		return NotFound()
	}
	form := fieldForm{field: field, lang: r.PostFormValue("lang")}
	width, ok := roster.ParseWidth(r.PostFormValue("width"))
	if !ok {
		width = stored.Width
	}
	form.part = roster.Part{Width: width, Rev: revOf(r)}
	if form.part.Lines, err = h.readLines(r, field); err != nil {
		return err
	}
	tag := LangOf(r)
	if t, ok := langTag(form.lang); ok {
		tag = t
	}
	form.lang = string(tag)
	err = h.roster().Save(r.Context(), ReaderOf(r).Subject, tag, field, form.part.Rev, width, form.part.Lines)
	var stale roster.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showField(w, r, form)
	case errors.As(err, &stale):
		form.part.Rev, form.stored = stored.Rev, &stored
		return h.showField(w, r, form)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return expertFault(err)
	}
	return h.site.Frame(r).Redirect(w, "/account/profile#"+string(field), noticeProfileSaved, 0)
}

// readLines takes the lines as they came. A publication may be named by the address of a
// document.
func (h *House) readLines(r *http.Request, field roster.Field) (list []roster.Line, err error) {
	_ = r.ParseForm() // a form that cannot be read is an empty one
	text := func(name string, n int) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name+"-"+strconv.Itoa(n)), "\r\n", "\n"))
	}
	for n := 1; n <= formLines; n++ {
		l := roster.Line{Value: text("value", n), Words: text("words", n), Since: plainDate(text("since", n)), Until: plainDate(text("until", n))}
		l.Level, _ = strconv.ParseInt(text("level", n), 10, 64) // 0 is no level
		if field == roster.Publication && l.Value != "" {
			if l.Value, err = h.document(r.Context(), scope(r), l.Value); err != nil {
				return nil, err
			}
			if l.Value == "" && l.Words == "" {
				l.Words = text("value", n)
			}
		}
		if l.Value == "" && field == roster.Theme || field == roster.Language && l.Value == "" {
			l.Level = 0 // a level of nothing is an empty line
		}
		list = append(list, l)
	}
	if chosen := r.PostForm["value"]; len(chosen) > 0 { // checkboxes and radios
		list = nil
		for _, v := range chosen {
			if v != "" {
				list = append(list, roster.Line{Value: v})
			}
		}
	}
	return list, nil
}

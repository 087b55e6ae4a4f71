package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"polis/internal/assistance"
	"polis/internal/store"
)

// StakeholdersView are those who have a stake in a project, and what was said with
// them (Framework ¶9.2).
type StakeholdersView struct {
	Head    ProjectHead
	Add     *Link
	Rows    []StakeholderRow
	Consult *Link
	Log     []ConsultationRow
	More    string // address of those further back, or ""
	Lang    string // of the texts
}

// StakeholderRow is an organisation or office.
type StakeholderRow struct {
	Name      Link
	URL       string
	Kind      string
	Interest  string
	Influence string
	Consult   *Link // the form of what was said with it
}

// ConsultationRow is what was said, and what follows from it.
type ConsultationRow struct {
	Title, URL string // who, when
	Said       string
	Follows    string
	Tag        *Tag
	Outcome    string
}

var stakeholdersPage = newPage("stakeholders", StakeholdersView{
	Head: sampleProjectHead, Add: &Link{"Add a stakeholder", "/en/assistance/projects/1/stakeholders/new"},
	Rows: []StakeholderRow{{
		Link{"Council of residents", "/en/directory/1"},
		"/en/assistance/projects/1/stakeholders/1", "Civil society", "Патрули", "Great",
		&Link{"Write down what was said", "/en/assistance/projects/1/consultations/new?stakeholder=1"},
	}},
	Consult: &Link{"Write down what was said", "/en/assistance/projects/1/consultations/new"},
	Log:     []ConsultationRow{{"Council of residents, 3 March 2026", "/en/assistance/projects/1/consultations/1", "Патрули.", "Пригласить.", &Tag{Refusal, "Overdue since 3 May 2026"}, "Пришли двое."}},
	More:    "/en/assistance/projects/1/stakeholders?after=1", Lang: "ru",
})

// stakeholdersOf is the part of a project's pages.
func (h *House) stakeholdersOf(w http.ResponseWriter, r *http.Request) error {
	p, q, err := h.partOf(r)
	if err != nil {
		return err
	}
	var after assistance.DuePlace
	if text := r.URL.Query().Get("after"); text != "" {
		var ok bool
		if after, ok = assistance.ParseDuePlace(text); !ok {
			return NotFound()
		}
	}
	list, err := h.helps().Stakeholders(r.Context(), q.ID)
	if err != nil {
		return err
	}
	log, more, err := h.helps().Consultations(r.Context(), q.ID, after, shownInList)
	if err != nil {
		return err
	}
	v := StakeholdersView{Head: p.projectHead(q, "stakeholders"), Lang: string(q.Lang)}
	names := map[string]string{}
	for _, s := range list {
		names[s.ID] = p.entry(s.Name).Text
		v.Rows = append(v.Rows, p.stakeholderRow(q, s))
	}
	for _, c := range log {
		v.Log = append(v.Log, p.consultationRow(q, c, names[c.Stakeholder]))
	}
	if more != (assistance.DuePlace{}) {
		v.More = p.With("after", more.String())
	}
	if p.writes(q) {
		v.Add = &Link{p.T("stakeholder.add"), p.URL(projectPath(q.ID, "stakeholders/new"))}
		if len(list) > 0 {
			v.Consult = &Link{p.T("stakeholder.consult"), p.URL(projectPath(q.ID, "consultations/new"))}
		}
	}
	return stakeholdersPage.Show(w, p.Frame, v)
}

func (p *helping) stakeholderRow(q assistance.Project, s assistance.Stakeholder) StakeholderRow {
	row := StakeholderRow{
		Name: p.entry(s.Name), URL: p.URL(projectPath(q.ID, "stakeholders/"+s.ID)), Kind: p.T("stakeholder.kind." + s.Kind), Interest: s.Interest,
		Influence: p.T("stakeholder.influence." + strconv.Itoa(s.Influence)),
	}
	if p.writes(q) {
		row.Consult = &Link{p.T("stakeholder.consult"), p.URL(projectPath(q.ID, "consultations/new?stakeholder="+url.QueryEscape(s.ID)))}
	}
	return row
}

func (p *helping) consultationRow(q assistance.Project, c assistance.Consultation, with string) ConsultationRow {
	row := ConsultationRow{Title: p.dated(with, c.Day), URL: p.URL(projectPath(q.ID, "consultations/"+c.ID)), Said: c.Said, Follows: c.Follows, Outcome: c.Outcome}
	switch {
	case c.Done != "":
		row.Tag = &Tag{Done, p.T("stakeholder.tag.done", "day", p.day(c.Done))}
	case c.Overdue(p.now):
		row.Tag = &Tag{Refusal, p.T("stakeholder.tag.late", "day", p.day(c.Due))}
	case c.Due != "":
		row.Tag = &Tag{Attention, p.T("stakeholder.tag.due", "day", p.day(c.Due))}
	}
	return row
}

// stakeholderPart are those who have a stake.
func stakeholderPart() projectPart {
	return projectPart{
		name: "stakeholders", tab: "stakeholders", find: findStakeholder, fields: stakeholderFields, save: saveStakeholder,
		blank: func(*helping, assistance.Project) (url.Values, error) { return url.Values{}, nil },
		title: func(p *helping, x partForm) string {
			if x.id == "" {
				return p.T("stakeholder.add")
			}
			return p.T("stakeholder.one")
		},
		beside: func(p *helping, x partForm, v *PartView) error {
			if p.writes(x.q) {
				v.Forms = append(v.Forms, p.partMove(x, "stakeholders", "stakeholder", "remove"))
			}
			return nil
		},
		move: func(p *helping, x partForm, move string) error {
			if move != "remove" {
				return NotFound()
			}
			return p.h.helps().RemoveStakeholder(p.r.Context(), p.Reader.Subject, x.q.ID, x.id, x.rev)
		},
	}
}

func findStakeholder(p *helping, q assistance.Project, id string) (partForm, error) {
	list, err := p.h.helps().Stakeholders(p.r.Context(), q.ID)
	if err != nil {
		return partForm{}, err
	}
	i := slices.IndexFunc(list, func(s assistance.Stakeholder) bool { return s.ID == id })
	if i < 0 {
		return partForm{}, store.ErrNotFound
	}
	s := list[i]
	in := url.Values{"name": {p.entry(s.Name).Text}, "kind": {s.Kind}, "interest": {s.Interest}, "influence": {strconv.Itoa(s.Influence)}}
	return partForm{q: q, id: id, rev: s.Rev, in: in}, nil
}

func stakeholderFields(p *helping, x partForm) ([]Field, error) {
	return []Field{
		p.hinted("stakeholder", Field{Name: "name", Value: x.in.Get("name"), Auto: "off"}), p.choiceField("stakeholder", "kind", x.in, assistance.StakeholderKinds),
		p.area("stakeholder", "interest", x.in, 3), p.choiceField("stakeholder", "influence", x.in, oneToFive[:3]),
	}, nil
}

func saveStakeholder(p *helping, x partForm) error {
	influence, _ := strconv.Atoi(x.in.Get("influence")) // 0 is none: the room says so
	d := assistance.StakeholderDraft{Name: p.idOf(plain(x.in, "name")), Kind: x.in.Get("kind"), Interest: plain(x.in, "interest"), Influence: influence}
	if x.id == "" {
		_, err := p.h.helps().AddStakeholder(p.r.Context(), p.Reader.Subject, x.q.ID, d)
		return err
	}
	return p.h.helps().ChangeStakeholder(p.r.Context(), p.Reader.Subject, x.q.ID, x.id, x.rev, d)
}

// consultationPart are what was said with them.
func consultationPart() projectPart {
	return projectPart{
		name: "consultations", tab: "stakeholders", fields: consultationFields, save: saveConsultation, find: findConsultation, beside: besideConsultation,
		blank: func(p *helping, _ assistance.Project) (url.Values, error) {
			return url.Values{"stakeholder": {p.r.URL.Query().Get("stakeholder")}, "day": {p.now.UTC().Format(time.DateOnly)}}, nil
		},
		title: func(p *helping, x partForm) string {
			if x.id == "" {
				return p.T("stakeholder.consult")
			}
			return p.T("stakeholder.consultation")
		},
		move: func(p *helping, x partForm, move string) error {
			if move != "follow" {
				return NotFound()
			}
			return p.h.helps().FollowUp(p.r.Context(), p.Reader.Subject, x.q.ID, x.id, x.rev, plainDate(p.r.PostFormValue("done-follow")), p.r.PostFormValue("outcome-follow"))
		},
	}
}

func findConsultation(p *helping, q assistance.Project, id string) (partForm, error) {
	c, err := p.h.helps().Consultation(p.r.Context(), q.ID, id)
	in := url.Values{"stakeholder": {c.Stakeholder}, "day": {c.Day}, "said": {c.Said}, "follows": {c.Follows}, "due": {c.Due}}
	return partForm{q: q, id: id, rev: c.Rev, fixed: c.Done != "", in: in}, err
}

func consultationFields(p *helping, x partForm) ([]Field, error) {
	list, err := p.h.helps().Stakeholders(p.r.Context(), x.q.ID)
	if err != nil {
		return nil, err
	}
	with := p.hinted("stakeholder", Field{Name: "stakeholder", Type: "select", Options: []Option{{Text: p.T("core.not-stated")}}})
	for _, s := range list {
		with.Options = append(with.Options, Option{Value: s.ID, Text: p.entry(s.Name).Text, Chosen: s.ID == x.in.Get("stakeholder")})
	}
	return []Field{
		with, p.dayField("stakeholder", "day", x.in), p.area("stakeholder", "said", x.in, 6), p.area("stakeholder", "follows", x.in, 3), p.dayField("stakeholder", "due", x.in),
	}, nil
}

func saveConsultation(p *helping, x partForm) error {
	in := x.in
	d := assistance.ConsultationDraft{
		Stakeholder: in.Get("stakeholder"), Day: plainDate(plain(in, "day")), Said: plain(in, "said"), Follows: plain(in, "follows"), Due: plainDate(plain(in, "due")),
	}
	if x.id == "" {
		_, err := p.h.helps().Consult(p.r.Context(), p.Reader.Subject, x.q.ID, d)
		return err
	}
	return p.h.helps().ChangeConsultation(p.r.Context(), p.Reader.Subject, x.q.ID, x.id, x.rev, d)
}

// besideConsultation is what was done of what follows, or the form to say it.
func besideConsultation(p *helping, x partForm, v *PartView) error {
	c, err := p.h.helps().Consultation(p.r.Context(), x.q.ID, x.id)
	if err != nil {
		return err
	}
	if err := p.meet([]string{c.By}); err != nil {
		return err
	}
	v.Says = append(v.Says, p.T("stakeholder.by", "who", p.name(c.By)))
	if c.Done != "" {
		v.Below = p.T("stakeholder.tag.done", "day", p.day(c.Done))
		v.History = append(v.History, HelpStep{What: p.T("stakeholder.field.outcome"), Who: p.day(c.Done), Words: c.Outcome})
		return nil
	}
	if c.Follows != "" && x.q.Writes(p.Reader.Subject) {
		v.Forms = append(v.Forms, p.partMove(x, "consultations", "stakeholder", "follow",
			p.hinted("stakeholder", Field{Name: "done", Type: "date", Width: "medium", Value: p.now.UTC().Format(time.DateOnly)}),
			p.hinted("stakeholder", Field{Name: "outcome", Type: "textarea", Rows: 3})))
	}
	return nil
}

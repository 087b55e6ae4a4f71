package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
	"polis/internal/store"
)

var (
	noticeFinding        = newNotice("assessment.done.finding")
	noticeRecommendation = newNotice("assessment.done.recommendation")
	noticeDropped        = newNotice("assessment.done.dropped")
)

func findingPath(assessment, id string) string { return assessmentPath(assessment) + "/findings/" + id }

func recommendationPath(assessment, finding, id string) string {
	return findingPath(assessment, finding) + "/recommendations/" + id
}

// findings fills in what was found, recommended and said, where it is for the reader.
func (p *helping) findings(x assistance.Assessment, v *AssessmentView) error {
	who := p.Reader.Subject
	if v.Shows = x.Shows(who); !v.Shows {
		v.Closed = p.T("assessment.closed", "state", p.names.Name(x.Host, "", p.Lang))
		return nil
	}
	ctx, helps := p.r.Context(), p.h.helps()
	list, err := helps.Findings(ctx, who, x)
	recommended, err2 := helps.Recommendations(ctx, who, x)
	said, err3 := helps.Comments(ctx, who, x)
	if err := errors.Join(err, err2, err3, p.meetSpeakers(said)); err != nil {
		return err
	}
	writes := x.Stage.Written() && who.May(access.Assess, x.Label).Allowed
	for _, f := range list {
		view, err := p.finding(f, writes)
		if err != nil {
			return err
		}
		for _, rec := range recommended {
			if rec.Finding == f.ID {
				view.Recommendations = append(view.Recommendations, p.recommendation(rec, writes))
			}
		}
		for _, c := range said {
			if c.Finding == f.ID {
				view.Comments = append(view.Comments, p.comment(c, &f))
			}
		}
		v.Findings = append(v.Findings, view)
	}
	for _, c := range said {
		if c.Finding == "" {
			v.Whole = append(v.Whole, p.comment(c, nil))
		}
	}
	if writes {
		v.Add = p.URL(findingPath(x.ID, anew))
	}
	return nil
}

// meetSpeakers learns what those who spoke for the State are called, beside whom it
// knows already.
func (p *helping) meetSpeakers(said []assistance.AssessmentComment) error {
	var ids []string
	for id := range p.people {
		ids = append(ids, id)
	}
	for _, c := range said {
		ids = append(ids, c.By)
	}
	return p.meet(ids)
}

func (p *helping) finding(f assistance.AssessmentFinding, writes bool) (FindingView, error) {
	v := FindingView{
		ID: f.ID, Title: strconv.FormatInt(f.N, 10) + ". " + f.Title, Priority: p.priorityTag(f.Priority), Theme: p.value(search.Theme, f.Theme),
		Baseline: f.Baseline, Evidence: f.Evidence + ", " + p.day(f.Dated),
	}
	if f.Item != "" {
		v.Item = p.value(search.Item, f.Item)
	}
	source, err := p.paper(f.Document)
	if source.Text != "" {
		v.Source = &source
	}
	if writes {
		v.Edit, v.Add = p.URL(findingPath(f.Assessment, f.ID)), p.URL(recommendationPath(f.Assessment, f.ID, anew))
	}
	return v, err
}

func (p *helping) recommendation(r assistance.AssessmentRecommendation, writes bool) RecommendationView {
	v := RecommendationView{ID: r.ID, Words: r.Words, Priority: p.priorityTag(r.Priority), Addressee: p.entry(r.Addressee)}
	if writes {
		v.Edit = p.URL(recommendationPath(r.Assessment, r.Finding, r.ID))
	}
	return v
}

// comment is what the State has said; of a finding that was changed since it shows
// what it was said to.
func (p *helping) comment(c assistance.AssessmentComment, f *assistance.AssessmentFinding) CommentView {
	v := CommentView{Words: c.Words, Who: p.T("assistance.by", "who", p.name(c.By), "day", c.At)}
	if f != nil && f.FindingDraft != c.Former {
		v.Former = p.T("assessment.comments.former", "text", c.Former.Title+" – "+c.Former.Baseline)
	}
	return v
}

// putting is what the forms of findings, recommendations and factors do alike: it says
// with what status the form comes back, or that the error is another.
type putting struct {
	rev    int64
	wrong  assistance.Invalid
	stored []described // what somebody else has stored meanwhile
}

// show brings a form back with what is wrong and what differs.
func (p *helping) showForm(w http.ResponseWriter, v RecordFormView, in putting, typed []described) error {
	v.Rev = in.rev
	p.flagAll(&v, in.wrong)
	if in.stored != nil {
		p.Status, v.Stale, v.Differences = http.StatusConflict, true, differing(typed, in.stored)
	}
	return assessmentFormPage.Show(w, p.Frame, v)
}

// findingOf reads a finding of the address, nil for a new one.
func (h *House) findingOf(r *http.Request, x assistance.Assessment) (*assistance.AssessmentFinding, error) {
	id := r.PathValue("finding")
	if id == anew {
		return nil, nil
	}
	list, err := h.helps().Findings(r.Context(), ReaderOf(r).Subject, x)
	i := slices.IndexFunc(list, func(f assistance.AssessmentFinding) bool { return f.ID == id })
	if err == nil && i < 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[i], nil
}

// writing reads an assessment whose findings the reader writes now.
func (h *House) writing(r *http.Request) (assistance.Assessment, error) {
	x, err := h.assessed(r)
	if err == nil && !x.Stage.Written() {
		err = &Fault{Status: http.StatusConflict, Key: "assessment.impossible.write." + string(x.Stage)}
	}
	return x, err
}

func readFinding(form url.Values) assistance.FindingDraft {
	d := assistance.FindingDraft{
		Title: strings.Join(strings.Fields(form.Get("title")), " "), Baseline: plain(form, "baseline"), Evidence: plain(form, "evidence"), Dated: plainDate(plain(form, "dated")),
		Document: plain(form, "document"), Priority: form.Get("priority"), Theme: form.Get("theme"),
	}
	if items := readItems(form.Get("item")); len(items) > 0 {
		d.Item = items[0]
	}
	return d
}

func (h *House) editFinding(w http.ResponseWriter, r *http.Request) error {
	x, err := h.writing(r)
	if err != nil {
		return err
	}
	f, err := h.findingOf(r, x)
	if err != nil {
		return err
	}
	if f == nil {
		return h.showFinding(w, r, x, assistance.FindingDraft{Theme: x.Areas[0].Theme, Priority: "medium"}, putting{})
	}
	return h.showFinding(w, r, x, f.FindingDraft, putting{rev: f.Rev})
}

// putFinding stores a finding. Where somebody has stored something else meanwhile she
// sees both beside each other.
func (h *House) putFinding(w http.ResponseWriter, r *http.Request) error {
	x, err := h.assessed(r)
	if err != nil {
		return err
	}
	f, err := h.findingOf(r, x)
	if err != nil {
		return err
	}
	in, id := putting{rev: revOf(r)}, ""
	d := readFinding(r.PostForm)
	if f != nil {
		id = f.ID
	}
	_, err = h.helps().PutFinding(r.Context(), ReaderOf(r).Subject, x.ID, id, in.rev, d)
	var stale assistance.Stale
	switch {
	case errors.As(err, &in.wrong):
		return h.showFinding(w, r, x, d, in)
	case errors.As(err, &stale):
		in.rev = f.Rev
		words, werr := h.helping(r, h.site.Frame(r))
		if werr != nil {
			return werr
		}
		in.stored = words.findingWords(f.FindingDraft)
		return h.showFinding(w, r, x, d, in)
	case err != nil:
		return helpFault(r, access.Assess, x.Label, err)
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(x.ID), noticeFinding, 0)
}

func (h *House) showFinding(w http.ResponseWriter, r *http.Request, x assistance.Assessment, d assistance.FindingDraft, in putting) error {
	f := h.asking(r, "assessment.finding.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	id := r.PathValue("finding")
	v := RecordFormView{Action: f.URL(findingPath(x.ID, id)), Back: f.URL(assessmentPath(x.ID)), Lead: f.T("assessment.finding.lead")}
	v.Of = &Link{x.Title, v.Back}
	f.Crumbs = append(p.assessmentCrumbs(), *v.Of)
	if id != anew {
		f.Title = f.T("assessment.finding.edit")
		v.Drop = p.dropForm(v.Action, in.rev)
	}
	themes := make([]Option, len(x.Areas))
	for i, a := range x.Areas {
		themes[i] = Option{Value: a.Theme, Text: p.value(search.Theme, a.Theme), Chosen: a.Theme == d.Theme}
	}
	v.Fields = []Field{
		{Name: "title", Label: f.T("assessment.field.finding"), Hint: f.T("assessment.hint.finding"), Value: d.Title, Auto: "off"},
		{Name: "theme", Label: f.T("assessment.field.area"), Type: "select", Width: "medium", Options: themes},
		p.choose("priority", "assessment.field.priority", "assessment.priority.", assistance.Priorities, d.Priority),
		{Name: "baseline", Label: f.T("assessment.field.baseline"), Hint: f.T("assessment.hint.baseline"), Value: d.Baseline, Type: "textarea", Rows: 5},
		{Name: "evidence", Label: f.T("assessment.field.evidence"), Hint: f.T("assessment.hint.evidence"), Value: d.Evidence, Type: "textarea", Rows: 3},
		{Name: "dated", Label: f.T("assessment.field.dated"), Hint: f.T("library.hint.date"), Value: d.Dated, Width: "short", Auto: "off"},
		{Name: "document", Label: f.T("assessment.field.document"), Hint: f.T("assessment.hint.document"), Value: d.Document, Width: "medium", Auto: "off"},
		{Name: "item", Label: f.T("assessment.field.item"), Hint: f.T("assessment.hint.item"), Value: itemNumbers(nonEmpty(d.Item)), Width: "short", Auto: "off"},
	}
	return p.showForm(w, v, in, p.findingWords(d))
}

// nonEmpty is a list of what is there.
func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (p *helping) findingWords(d assistance.FindingDraft) []described {
	return []described{
		{p.T("assessment.field.finding"), d.Title},
		{p.T("assessment.field.area"), p.value(search.Theme, d.Theme)},
		{p.T("assessment.field.priority"), p.T("assessment.priority." + d.Priority)},
		{p.T("assessment.field.baseline"), d.Baseline},
		{p.T("assessment.field.evidence"), d.Evidence},
		{p.T("assessment.field.dated"), p.day(d.Dated)},
		{p.T("assessment.field.document"), d.Document},
		{p.T("assessment.field.item"), itemNumbers(nonEmpty(d.Item))},
	}
}

// dropForm is the form that takes what is edited out of the draft.
func (p *helping) dropForm(action string, rev int64) *PersonForm {
	return &PersonForm{
		ID: "drop", Title: p.T("assessment.drop"), Says: []string{p.T("assessment.drop.says")}, Action: action + "/drop", Button: p.T("assessment.drop.button"),
		Hidden: []Carried{{"rev", strconv.FormatInt(rev, 10)}}, Warning: true,
	}
}

func (h *House) dropFinding(w http.ResponseWriter, r *http.Request) error {
	x, err := h.assessed(r)
	if err != nil {
		return err
	}
	if err := h.helps().DropFinding(r.Context(), ReaderOf(r).Subject, x.ID, r.PathValue("finding"), revOf(r)); err != nil {
		return helpFault(r, access.Assess, x.Label, err)
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(x.ID), noticeDropped, 0)
}

package web

import (
	"errors"
	"net/http"
	"strconv"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/library"
)

// LoweringView is one document's requests to be opened to more people: the one
// that waits, what may be done about it, and what became of the earlier ones.
type LoweringView struct {
	Document Link
	Readers  string // who may read it now
	Pending  *RequestView
	Forms    []PersonForm // to agree, to refuse, to take back
	Says     string       // why there is none of them, or ""
	Ask      *AskLoweringView
	Past     []RequestView
}

// RequestView is one request.
type RequestView struct {
	Tag    Tag
	Facts  []Fact
	Reason string
	Title  *Link        // of its document, in a list
	Says   string       // that the second person decides or decided without reading it, or ""
	Forms  []PersonForm // in a list: what she may do about it there
}

// AskLoweringView is the form of a new request.
type AskLoweringView struct {
	Says   []string
	Action string
	Rev    int64
	Fields []Field
}

var sampleRequest = RequestView{
	Tag{Attention, "Waits for a second person"},
	[]Fact{{"From", []Link{{"Official use", ""}}}, {"To", []Link{{"Public", ""}}}, {"Asked by", []Link{{"Aigul Asanova", ""}}}},
	"The Council has published it.", &Link{"Community policing", "/en/library/1/lowering"},
	"You do not read this document.",
	[]PersonForm{samplePersonForm},
}

var loweringPage = newPage("lowering", LoweringView{
	Document: Link{"Community policing: first contact", "/en/library/1"}, Readers: "Official use", Pending: &sampleRequest,
	Forms: []PersonForm{samplePersonForm}, Says: "You asked for it: somebody else has to agree.",
	Ask:  &AskLoweringView{[]string{"Nothing changes until a second person has agreed."}, "/en/library/1/lowering", 3, []Field{{Name: "level", Label: "Who shall read it", Type: "radios", Error: "Choose.", Options: []Option{{Value: "public", Text: "Public", Hint: "Everyone"}}}, {Name: "reason", Label: "Why", Type: "textarea", Error: "Say why."}}},
	Past: []RequestView{{Tag: Tag{Refusal, "Refused"}, Reason: "It names a source."}},
})

// LoweringsView lists what waits for a second person, and the reader's own.
type LoweringsView struct{ Waiting, Own []RequestView }

var loweringsPage = newPage("lowerings", LoweringsView{[]RequestView{sampleRequest}, []RequestView{sampleRequest}})

var (
	noticeLoweringAsked   = newNotice("lowering.done.asked")
	noticeLoweringAgreed  = newNotice("lowering.done.agreed")
	noticeLoweringRefused = newNotice("lowering.done.refused")
	noticeLoweringBack    = newNotice("lowering.done.taken-back")
)

func (h *House) openLowering() {
	h.site.Handle("GET /library/lowering", h.lowerings)
	h.site.Handle("GET /library/{id}/lowering", h.lowering)
	h.site.Handle("POST /library/lowering/agree", h.proven(h.confirmLowering(noticeLoweringAgreed)))
	h.site.Handle("POST /library/lowering/refuse", h.confirmLowering(noticeLoweringRefused))
	h.site.Handle("POST /library/{id}/lowering", h.askLowering)
	h.site.Handle("POST /library/{id}/lowering/agree", h.proven(h.decideLowering(noticeLoweringAgreed)))
	h.site.Handle("POST /library/{id}/lowering/refuse", h.decideLowering(noticeLoweringRefused))
	h.site.Handle("POST /library/{id}/lowering/take-back", h.decideLowering(noticeLoweringBack))
}

func loweringPath(document string) string { return "/library/" + document + "/lowering" }

// mayAskLowering reports whether the reader may ask that more people read it:
// there is nothing to ask for what everyone reads.
func mayAskLowering(r *http.Request, l access.Label) bool {
	return l.Level > access.Public && ReaderOf(r).May(access.Lower, l).Allowed
}

// lowersForState reports whether she has documents of her State to decide about.
func lowersForState(who access.Subject) bool {
	return who.State != "" && who.May(access.Lower, access.Label{State: who.State}).Allowed
}

// lowering puts onto a document's page that a wider circle was asked for, or the
// way to ask.
func (p *reading) lowering(v *ReadingView) error {
	list, err := p.h.Library.Lowerings(p.r.Context(), ReaderOf(p.r).Subject, p.rec.Document)
	if err != nil {
		return err
	}
	url := p.URL(loweringPath(p.rec.ID))
	switch {
	case len(list) > 0 && list[0].Stage == library.LoweringPending:
		v.Lowering = &Link{p.T("lowering.waits", "circle", p.readersOf(circleOf(list[0].To()))), url}
	case len(list) > 0 && list[0].AskedBy == ReaderOf(p.r).ID:
		v.Lowering = &Link{p.T("lowering.became." + string(list[0].Stage)), url}
	case mayAskLowering(p.r, p.rec.Label):
		v.Lowering = &Link{p.T("lowering.ask"), url}
	}
	return nil
}

// lowering is the page of one document's requests.
func (h *House) lowering(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showLowering(w, r, nil)
}

func (h *House) showLowering(w http.ResponseWriter, r *http.Request, wrong library.Invalid) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	if d := ReaderOf(r).May(access.Edit, rec.Label); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	list, err := h.Library.Lowerings(r.Context(), ReaderOf(r).Subject, rec.Document)
	if err != nil {
		return err
	}
	p, err := h.requests(r, words, list)
	if err != nil {
		return err
	}
	title := rec.Edition(f.Lang).Title
	f.Title = f.T("lowering.title")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {title, f.URL("/library/" + rec.ID)}}
	v := LoweringView{Document: Link{title, f.URL("/library/" + rec.ID)}, Readers: words.readersOf(circleOf(rec.Label))}
	for _, one := range list {
		if one.Stage == library.LoweringPending {
			view := p.view(one)
			v.Pending = &view
			v.Forms, v.Says = p.forms(one, rec.Label, wrong)
			continue
		}
		v.Past = append(v.Past, p.view(one))
	}
	if v.Pending == nil && mayAskLowering(r, rec.Label) {
		if err := h.askForm(r, words, rec, wrong, &v); err != nil {
			return err
		}
	} else if v.Pending == nil {
		v.Says = f.T("lowering.not-yours")
	}
	return loweringPage.Show(w, f, v)
}

// askForm is the form of a new request: the circles that are wider than the one
// it has, as far as the reader may open anything to them.
func (h *House) askForm(r *http.Request, words wording, rec library.Record, wrong library.Invalid, v *LoweringView) error {
	measure, err := h.Library.Measure(r.Context(), rec.Document)
	switch {
	case err != nil:
		return err
	case measure.Free:
		v.Says = words.T("lowering.draft")
		return nil
	case rec.Circle() == "nobody":
		v.Says = words.T("lowering.closed-by-you", "circle", words.readersOf(circleOf(measure.Label)))
		return nil
	}
	d := drafting{wording: words, who: ReaderOf(r).Subject, label: rec.Label, wrong: wrong}
	field := d.readers(r.PostFormValue("level"))
	var wider []Option
	for _, o := range field.Options {
		label, _ := labelOf(o.Value)
		label.Owner = rec.Owner
		if access.Wider(rec.Label, label) {
			wider = append(wider, o)
		}
	}
	if len(wider) == 0 {
		v.Says = words.T("lowering.none-wider")
		return nil
	}
	field.Label, field.Hint, field.Options = words.T("lowering.field.level"), "", wider
	says := []string{words.T("lowering.ask.says")}
	if rec.Level == access.Closed && rec.Group == "" {
		says = append(says, words.T("lowering.ask.says.state"))
	}
	v.Ask = &AskLoweringView{says, words.URL(loweringPath(rec.ID)), rec.Rev, []Field{field, {
		Name: "reason", Label: words.T("library.field.reason"), Hint: words.T("library.hint.reason"), Value: r.PostFormValue("reason"),
		Error: d.fault("reason"), Type: "textarea", Rows: 3,
	}}}
	return nil
}

// askLowering takes the form.
func (h *House) askLowering(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	label, _ := labelOf(r.PostFormValue("level")) // of no choice: closed, which is never wider
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	_, err = h.Library.AskLowering(r.Context(), ReaderOf(r).Subject, rec.ID, rev, label, r.PostFormValue("reason"))
	var wrong library.Invalid
	if errors.As(err, &wrong) {
		return h.showLowering(w, r, wrong)
	}
	if err != nil {
		return loweringFault(r, rec.Label, err)
	}
	return h.site.Frame(r).Redirect(w, loweringPath(rec.ID), noticeLoweringAsked, 0)
}

// decideLowering takes the second person's word, or that of whoever asked; the
// notice says which.
func (h *House) decideLowering(notice string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		rec, err := h.record(r)
		if err != nil {
			return err
		}
		err = h.decided(r, notice)
		var wrong library.Invalid
		if errors.As(err, &wrong) {
			return h.showLowering(w, r, wrong)
		}
		if err != nil {
			return loweringFault(r, rec.Label, err)
		}
		return h.site.Frame(r).Redirect(w, loweringPath(rec.ID), notice, 0)
	}
}

// decided hands the word to the library.
func (h *House) decided(r *http.Request, notice string) error {
	ctx, who, id := r.Context(), ReaderOf(r).Subject, r.PostFormValue("request")
	switch notice {
	case noticeLoweringAgreed:
		return h.Library.AgreeLowering(ctx, who, id)
	case noticeLoweringRefused:
		return h.Library.RefuseLowering(ctx, who, id, r.PostFormValue("reason"))
	}
	return h.Library.TakeBackLowering(ctx, who, id)
}

// loweringFault says of an error what those who decide have to know.
func loweringFault(r *http.Request, label access.Label, err error) error {
	var stale library.Stale
	switch {
	case errors.Is(err, library.ErrForbidden):
		return Refused(ReaderOf(r).May(access.Lower, label).Rule)
	case errors.Is(err, library.ErrSamePerson):
		return &Fault{Status: http.StatusForbidden, Key: "lowering.fault.same", Err: err}
	case errors.Is(err, library.ErrAskerLeft):
		return &Fault{Status: http.StatusConflict, Key: "lowering.fault.asker", Err: err}
	case errors.Is(err, library.ErrLapsed), errors.As(err, &stale):
		return &Fault{Status: http.StatusConflict, Key: "lowering.fault.lapsed", Err: err}
	case errors.Is(err, library.ErrDecided), errors.Is(err, library.ErrPending):
		return &Fault{Status: http.StatusConflict, Key: "lowering.fault.decided", Err: err}
	}
	return err
}

// requests shows requests in words.
type requests struct {
	wording
	r      *http.Request
	people map[string]string
	titles map[string]string
}

func (h *House) requests(r *http.Request, words wording, list []library.Lowering) (p requests, err error) {
	p = requests{wording: words, r: r}
	var people, documents []string
	for _, one := range list {
		people, documents = append(people, one.AskedBy, one.DecidedBy), append(documents, one.Document)
	}
	if p.people, err = account.Names(r.Context(), h.DB, distinct(people)); err != nil {
		return p, err
	}
	p.titles, err = h.Library.Titles(r.Context(), scope(r), distinct(documents), words.Lang)
	return p, err
}

// name is how somebody is called who may have left.
func (p requests) name(id string) string {
	if name := p.people[id]; name != "" {
		return name
	}
	return p.T("lowering.left")
}

var loweringMoods = map[library.LoweringStage]Mood{
	library.LoweringPending: Attention, library.LoweringAgreed: Done, library.LoweringRefused: Refusal,
	library.LoweringTakenBack: Plain, library.LoweringLapsed: Plain,
}

func (p requests) view(one library.Lowering) RequestView {
	fact := func(key, text string) Fact { return Fact{p.T(key), []Link{{text, ""}}} }
	v := RequestView{
		Tag: Tag{loweringMoods[one.Stage], p.T("lowering.stage." + string(one.Stage))}, Reason: one.Reason,
		Facts: []Fact{
			fact("lowering.fact.from", p.readersOf(circleOf(one.Label))), fact("lowering.fact.to", p.readersOf(circleOf(one.To()))),
			fact("lowering.fact.asked", p.T("lowering.fact.who", "who", p.name(one.AskedBy), "day", one.Asked)),
		},
	}
	if one.DecidedBy != "" && one.DecidedBy != one.AskedBy {
		v.Facts = append(v.Facts, fact("lowering.fact.decided", p.T("lowering.fact.who", "who", p.name(one.DecidedBy), "day", one.Decided)))
	}
	if one.Unread {
		v.Says = p.T("lowering.fact.unread")
	}
	if one.Answer != "" {
		v.Facts = append(v.Facts, fact("lowering.fact.answer", one.Answer))
	}
	return v
}

// forms are what the reader may do about a pending request, or why nothing.
func (p requests) forms(one library.Lowering, label access.Label, wrong library.Invalid) (forms []PersonForm, says string) {
	who := ReaderOf(p.r)
	switch {
	case one.AskedBy == who.ID:
		return []PersonForm{p.form(one, loweringPath(one.Document), "take-back")}, p.T("lowering.same")
	case !who.May(access.Lower, label).Allowed:
		return nil, p.T("lowering.not-yours")
	}
	return p.toDecide(one, loweringPath(one.Document), wrong), ""
}

// form is one thing to do about a request, at the address below path.
func (p requests) form(one library.Lowering, path, id string, fields ...Field) PersonForm {
	return PersonForm{
		ID: id + "-" + one.ID, Title: p.T("lowering." + id), Action: p.URL(path + "/" + id), Button: p.T("lowering." + id + ".button"),
		Says: []string{p.T("lowering." + id + ".says")}, Hidden: []Carried{{"request", one.ID}}, Fields: fields,
	}
}

// toDecide are the forms of the second person.
func (p requests) toDecide(one library.Lowering, path string, wrong library.Invalid) []PersonForm {
	agree := p.form(one, path, "agree")
	agree.Warning = true
	reason := Field{Name: "reason", Label: p.T("lowering.field.answer"), Value: p.r.PostFormValue("reason"), Type: "textarea", Rows: 3}
	if key := wrong["reason"]; key != "" {
		reason.Error = drafting{wording: p.wording, wrong: wrong}.fault("reason")
	}
	refuse := p.form(one, path, "refuse", reason)
	refuse.Open = reason.Error != ""
	return []PersonForm{agree, refuse}
}

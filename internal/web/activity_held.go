package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
)

// HeldView is the form with which somebody says how an activity went: short, with all
// else under "more figures". The figures of what was held are mended with it.
type HeldView struct {
	Action, Back string
	Kind         string
	Lead         string
	Rev          int64
	Stale        bool // somebody has changed it meanwhile
	Differences  []Difference
	Says         []NeedLine // why it did not go, and where it is put right
	Short        []Field
	Open         bool // something of the rest is filled in or wrong
	Unattended   Field
	Groups       []GroupFields
	GroupsError  string
	Feedback     []Field
	Words        *Field // why other figures are right
	Button       string
	Offline      *OfflineForm // nil where nothing of it may lie on a device
}

// GroupFields are the fields of some of those who took part.
type GroupFields struct {
	Name   string
	Fields []Field
}

var activityHeldPage = newPage("activity-held", HeldView{
	Action: "/en/assistance/activities/1/held", Back: "/en/assistance/activities/1", Kind: "Training 2026/412", Lead: "When, where and how many are enough.", Rev: 2, Stale: true,
	Differences: []Difference{{"Women", "3", "4"}}, Says: []NeedLine{{"Decide first.", "/en/assistance/projects/1/gates"}}, Short: []Field{{Name: "total", Label: "In all", Type: "number", Error: "How many?"}}, Open: true,
	Unattended: Field{Name: "unattended", Label: "Why nobody"}, Groups: []GroupFields{{"Group 1", []Field{{Name: "number-1", Label: "How many", Type: "number"}}}}, GroupsError: "Choose.",
	Feedback: []Field{{Name: "answers", Label: "Answers", Type: "number"}}, Words: &Field{Name: "words", Label: "Why", Type: "textarea"}, Button: "Save", Offline: &sampleOfflineForm,
})

var (
	noticeHeld   = newNotice("activity.done.hold")
	noticeMended = newNotice("activity.done.mend")
)

// spareGroups is how many empty groups the form offers, and mostGroups how many it reads.
const (
	spareGroups = 4
	mostGroups  = 60
)

// heldForm is the form in one person's hands: as it was typed.
type heldForm struct {
	typed  url.Values
	rev    int64
	wrong  map[string]string // field → sentence
	needs  []assistance.Need
	stored *assistance.Held // what somebody else has stored meanwhile
}

// typedHeld is what stands there as if it had been typed.
func (p *helping) typedHeld(h assistance.Held) url.Values {
	v := url.Values{"starts": {h.Starts}, "ends": {h.Ends}, "place": {h.Place}, "unattended": {h.Unattended}, "remark": {h.Remark}, "opinions": {h.Opinions}}
	figure := func(name string, n int64) {
		if n > 0 {
			v.Set(name, strconv.FormatInt(n, 10))
		}
	}
	figure("total", h.Total)
	if h.Total > 0 {
		v.Set("women", strconv.FormatInt(h.Women, 10))
		v.Set("men", strconv.FormatInt(h.Men, 10))
	}
	figure("answers", h.Answers)
	if h.Online {
		v.Set("online", "1")
	}
	for _, name := range assistance.Questions {
		if average := *h.Question(name); average > 0 {
			v.Set("question-"+name, p.Decimal(float64(average)/100, 2))
		}
	}
	for i, g := range h.Who {
		n := strconv.Itoa(i + 1)
		v.Set("state-"+n, g.State)
		v.Set("sex-"+n, g.Sex)
		v.Set("rank-"+n, g.Rank)
		v.Set("service-"+n, g.Service)
		v.Set("number-"+n, strconv.FormatInt(g.Number, 10))
	}
	return v
}

// readHeld takes the form as it came. What is no number becomes one that the room
// refuses, so that the sentence stands at the field.
func readHeld(form url.Values) assistance.Held {
	figure := func(name string) int64 {
		text := strings.Join(strings.Fields(form.Get(name)), "")
		if text == "" {
			return 0
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return -1
		}
		return n
	}
	h := assistance.Held{
		Starts: plainDate(plain(form, "starts")), Ends: plainDate(plain(form, "ends")), Place: plain(form, "place"), Online: form.Get("online") != "",
		Figures: assistance.Figures{
			Total: figure("total"), Women: figure("women"), Men: figure("men"), Unattended: plain(form, "unattended"), Remark: plain(form, "remark"),
		},
		Feedback: assistance.Feedback{Answers: figure("answers"), Opinions: plain(form, "opinions")},
	}
	for _, name := range assistance.Questions {
		if text := strings.ReplaceAll(plain(form, "question-"+name), ",", "."); text != "" {
			average, err := strconv.ParseFloat(text, 64)
			if *h.Question(name) = int64(average*100 + 0.5); err != nil || average < 1 || average > 5 {
				*h.Question(name) = -1
			}
		}
	}
	if h.Ends == "" {
		h.Ends = h.Starts
	}
	for i := range mostGroups {
		n := strconv.Itoa(i + 1)
		if number := figure("number-" + n); number != 0 {
			h.Who = append(h.Who, assistance.Participants{Sex: form.Get("sex-" + n), Rank: form.Get("rank-" + n), Service: form.Get("service-" + n), State: form.Get("state-" + n), Number: number})
		}
	}
	return h
}

// askHeld is the form: empty but for what was planned, or with the figures that stand
// there.
func (h *House) askHeld(w http.ResponseWriter, r *http.Request) error {
	x, q, err := h.writtenActivity(r)
	switch {
	case err != nil:
		return err
	case x.Stage == assistance.ActivityCancelled:
		return &Fault{Status: http.StatusConflict, Key: "activity.impossible." + string(x.Stage)}
	case x.Stage == assistance.ActivityPlanned && !slices.Contains(assistance.ActivityMoves(ReaderOf(r).Subject, x, q), assistance.HoldMove):
		return &Fault{Status: http.StatusConflict, Key: "activity.impossible.project." + string(q.Stage)}
	}
	p, err := h.helping(r, h.asking(r, "activity.do.hold"))
	if err != nil {
		return err
	}
	return p.showHeld(w, x, q, heldForm{typed: p.typedHeld(x.Held()), rev: x.Rev})
}

// sayHeld stores how it went, or other figures in place of those that stand there.
func (h *House) sayHeld(w http.ResponseWriter, r *http.Request) error {
	x, q, err := h.writtenActivity(r)
	if err != nil {
		return err
	}
	p, err := h.helping(r, h.asking(r, "activity.do.hold"))
	if err != nil {
		return err
	}
	rev := revOf(r)
	_ = r.ParseForm() // a form that cannot be read is an empty one
	device := wantsJSON(r)
	switch other := p.ofOther(r.PostForm); {
	case other && device:
		return p.answerOther(w)
	case other:
		return &Fault{Status: http.StatusForbidden, Key: "offline.fault.other"}
	case x.Stage == assistance.ActivityCancelled:
		return &Fault{Status: http.StatusConflict, Key: "activity.impossible." + string(x.Stage)}
	}
	form := heldForm{typed: r.PostForm, rev: rev}
	in, notice := readHeld(r.PostForm), noticeHeld
	if _, mends := r.PostForm["words"]; mends {
		notice = noticeMended
		err = h.helps().MendActivity(r.Context(), ReaderOf(r).Subject, x.ID, rev, in, plain(r.PostForm, "words"))
	} else {
		err = h.helps().HoldActivity(r.Context(), ReaderOf(r).Subject, x.ID, rev, in)
	}
	var wrong assistance.Invalid
	var uneven assistance.Uneven
	var stale assistance.Stale
	var incomplete assistance.Incomplete
	switch {
	case err == nil && device:
		return p.answerDone(w, x)
	case err == nil:
		return p.Redirect(w, activityPath(x.ID, ""), notice, 0)
	case errors.As(err, &wrong):
		form.wrong = map[string]string{}
		for field, key := range wrong {
			form.wrong[field] = p.T(key)
		}
	case errors.As(err, &uneven):
		form.wrong = map[string]string{"who": p.uneven(in.Figures, uneven)}
	case errors.As(err, &incomplete):
		form.needs = incomplete.Needs
	case errors.As(err, &stale):
		stored := x.Held()
		form.rev, form.stored = x.Rev, &stored
	default:
		return helpFault(r, access.PlanHelp, x.Label, err)
	}
	if device {
		return p.answerOpen(w, x, q, form)
	}
	return p.showHeld(w, x, q, form)
}

// uneven says by how much the groups differ from the totals.
func (p *helping) uneven(f assistance.Figures, u assistance.Uneven) string {
	var says []string
	for _, of := range []struct {
		name      string
		typed, by int64
	}{{"total", f.Total, u.Total}, {"women", f.Women, u.Women}, {"men", f.Men, u.Men}} {
		if of.by == 0 {
			continue
		}
		by := p.T("activity.uneven.more", "n", of.by)
		if of.by < 0 {
			by = p.T("activity.uneven.less", "n", -of.by)
		}
		says = append(says, p.T("activity.uneven."+of.name, "sum", of.typed+of.by, "typed", of.typed, "by", by))
	}
	return strings.Join(says, " ")
}

// showHeld shows the form with what was typed.
func (p *helping) showHeld(w http.ResponseWriter, x assistance.Activity, q assistance.Project, form heldForm) error {
	v := HeldView{
		Action: p.URL(activityPath(x.ID, "held")), Back: p.URL(activityPath(x.ID, "")), Rev: form.rev, Says: p.needLines(q, form.needs),
		Kind: p.T("activity.kind.line", "kind", p.T("activity.kind."+x.Kind), "number", x.Number) + " · " + x.Title,
	}
	move := assistance.HoldMove
	if x.Stage == assistance.ActivityHeld {
		move = assistance.MendMove
	}
	name := string(move)
	p.Title, v.Lead, v.Button = p.T("activity.do."+name), p.T("activity.do."+name+".says"), p.T("activity.do."+name+".button")
	p.Crumbs = append(p.activityCrumbs(q), Link{x.Title, v.Back})
	v.Offline = p.offlineForm(x)
	p.apart()
	fault := func(field string) string {
		text := form.wrong[field]
		if text != "" {
			p.Errors, p.Status = append(p.Errors, Error{field, text}), http.StatusUnprocessableEntity
		}
		return text
	}
	p.heldFields(form, x, &v, fault)
	if move == assistance.MendMove {
		v.Words = &Field{Name: "words", Label: p.T("activity.field.words"), Value: plain(form.typed, "words"), Error: fault("words"), Type: "textarea", Rows: 2}
	}
	if form.stored != nil {
		p.Status, v.Stale, v.Differences = http.StatusConflict, true, differing(p.heldWords(readHeld(form.typed)), p.heldWords(*form.stored))
	}
	if len(v.Says) > 0 {
		p.Status = http.StatusConflict
	}
	return activityHeldPage.Show(w, p.Frame, v)
}

// heldFields fills the view with what was typed.
func (p *helping) heldFields(form heldForm, x assistance.Activity, v *HeldView, fault func(string) string) {
	field := func(name, kind string) Field {
		return Field{Name: name, Label: p.T("activity.field." + name), Value: plain(form.typed, name), Error: fault(name), Type: kind, Auto: "off", Rows: 3}
	}
	d := drafting{wording: p.wording, wrong: nil}
	v.Short = p.dayFields(d, plain(form.typed, "starts"), plain(form.typed, "ends"))
	for i := range v.Short {
		v.Short[i].Error = fault(v.Short[i].Name)
	}
	v.Short = append(v.Short, field("place", ""), p.onlineField(form.typed.Get("online") != ""))
	for _, name := range []string{"total", "women", "men"} {
		f := field(name, "number")
		if f.Width = "short"; name == "total" {
			f.Hint = p.T("activity.hint.total")
		}
		v.Short = append(v.Short, f)
	}
	v.Short = append(v.Short, field("remark", "textarea"))
	before := len(p.Errors)
	v.Unattended = field("unattended", "textarea")
	v.Unattended.Hint = p.T("activity.hint.unattended")
	v.Groups, v.GroupsError = p.groupFields(form.typed, x), fault("who")
	answers := field("answers", "number")
	answers.Width = "short"
	v.Feedback = []Field{answers}
	for _, name := range assistance.Questions {
		v.Feedback = append(v.Feedback, Field{
			Name: "question-" + name, Label: p.T("activity.question." + name), Hint: p.T("activity.hint.average"), Value: plain(form.typed, "question-"+name),
			Error: fault("question-" + name), Width: "short", Auto: "off",
		})
	}
	v.Feedback = append(v.Feedback, field("opinions", "textarea"))
	v.Open = len(p.Errors) > before || x.Stage == assistance.ActivityHeld || x.Kind == "equipment"
}

// groupFields are those of the groups that were typed, and of some more.
func (p *helping) groupFields(typed url.Values, x assistance.Activity) (groups []GroupFields) {
	last := 0
	for i := 1; i <= mostGroups; i++ {
		if plain(typed, "number-"+strconv.Itoa(i)) != "" {
			last = i
		}
	}
	for i := 1; i <= min(last+spareGroups, mostGroups); i++ {
		n := strconv.Itoa(i)
		chosen := func(name, usual string) string {
			if _, ok := typed[name+"-"+n]; ok {
				return typed.Get(name + "-" + n)
			}
			return usual
		}
		group := GroupFields{Name: p.T("activity.group.n", "n", i), Fields: []Field{
			{Name: "number-" + n, Label: p.T("activity.field.number"), Value: plain(typed, "number-"+n), Type: "number", Width: "short", Auto: "off"},
			p.choose("sex-"+n, "activity.field.sex", "activity.sex.", assistance.Sexes, chosen("sex", assistance.Sexes[0])),
			p.choose("service-"+n, "activity.field.service", "activity.service.", assistance.Services, chosen("service", "police")),
			p.choose("rank-"+n, "activity.field.rank", "activity.rank.", assistance.Ranks, chosen("rank", "unknown")),
			{Name: "state-" + n, Label: p.T("activity.field.state"), Type: "select", Width: "medium", Options: p.hostOptions(x, chosen("state", x.States()[0]))},
		}}
		groups = append(groups, group)
	}
	return groups
}

// hostOptions offer the States of the activity before all others.
func (p *helping) hostOptions(x assistance.Activity, chosen string) []Option {
	all := p.stateOptions(chosen)[1:] // without "any"
	var first, rest []Option
	for _, o := range all {
		if slices.Contains(x.States(), o.Value) {
			first = append(first, o)
		} else {
			rest = append(rest, o)
		}
	}
	return slices.Concat(first, []Option{{Value: "", Text: p.T("activity.state.unknown"), Chosen: chosen == ""}}, rest)
}

// heldWords puts what is said of it into words, in a fixed order.
func (p *helping) heldWords(h assistance.Held) (list []described) {
	for _, part := range p.heldParts(h) {
		list = append(list, part.described)
	}
	return list
}

// heldParts are the words with the fields they were typed in.
func (p *helping) heldParts(h assistance.Held) []heldPart {
	word := func(name, text string) heldPart {
		return heldPart{described: described{p.T("activity.field." + name), text}, fields: []string{name}}
	}
	dates, place := word("dates", p.period(h.Starts, h.Ends)), word("place", p.where(assistance.Activity{Place: h.Place, Online: h.Online}))
	dates.fields, dates.planned = []string{"starts", "ends"}, true
	place.fields, place.planned = []string{"place", "online"}, true
	list := []heldPart{
		dates, place, word("total", p.Number(h.Total)), word("women", p.Number(h.Women)), word("men", p.Number(h.Men)),
		word("unattended", h.Unattended), word("remark", h.Remark),
	}
	var groups []string
	for _, g := range h.Who {
		groups = append(groups, p.group(g))
	}
	slices.Sort(groups) // in whatever order they were typed
	who := word("who", strings.Join(groups, "\n"))
	who.fields = groupParts()
	list = append(list, who, word("answers", p.Number(h.Answers)))
	for _, name := range assistance.Questions {
		list = append(list, heldPart{described: described{p.T("activity.question." + name), p.average(*h.Question(name))}, fields: []string{"question-" + name}})
	}
	return append(list, word("opinions", h.Opinions))
}

// group is one of the groups in words.
func (p *helping) group(g assistance.Participants) string {
	state := p.T("activity.state.unknown")
	if g.State != "" {
		state = p.names.Name(g.State, "", p.Lang)
	}
	name := func(kind, value string, of []string) string {
		if !slices.Contains(of, value) {
			return value
		}
		return p.T("activity." + kind + "." + value)
	}
	return fmt.Sprintf("%s: %s, %s, %s: %s", state, name("service", g.Service, assistance.Services), name("rank", g.Rank, assistance.Ranks), name("sex", g.Sex, assistance.Sexes), p.Number(g.Number))
}

// average is one of the averages in words, "" where it was not asked.
func (p *helping) average(hundredths int64) string {
	if hundredths <= 0 {
		return ""
	}
	return p.T("activity.feedback.of", "value", p.Decimal(float64(hundredths)/100, 2))
}

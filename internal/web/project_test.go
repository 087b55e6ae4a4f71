package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// planned is a house in which projects are planned.
type planned struct {
	inhabited
	desk, officer, stranger, focal, other visitor
	asDesk, asOfficer, asFocal            access.Subject
	mandate                               string
}

func dayFromNow(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// serving is an officer of a structure.
func (h inhabited) serving(email, body string) (visitor, string) {
	h.t.Helper()
	p, err := account.Create(everywhere, h.DB, access.System("test"), account.New{Email: email, Name: "Test " + email, Role: access.ProgrammeOfficer, Body: body, Password: testPassword})
	if err != nil {
		h.t.Fatal(err)
	}
	v := h.visitor()
	if got := v.post("/en/sign-in", "email", email, "password", testPassword); got.status != http.StatusSeeOther {
		h.t.Fatalf("sign-in: %d", got.status)
	}
	return v, p.ID
}

func (h inhabited) planned() planned {
	h.t.Helper()
	o := planned{inhabited: h}
	var deskID, officerID, focalID string
	o.desk, deskID = h.as("desk@plan.example", access.DeskOfficer, "")
	o.officer, officerID = h.serving("officer@plan.example", "spmu")
	o.stranger, _ = h.serving("stranger@plan.example", "programme-office-bishkek")
	o.focal, focalID = h.as("focal@plan.example", access.FocalPoint, "KG")
	o.other, _ = h.as("other@plan.example", access.FocalPoint, "TJ")
	o.asDesk, o.asOfficer, o.asFocal = h.now(deskID), h.now(officerID), h.now(focalID)
	id, err := h.helps().PutMandate(everywhere, o.asDesk, assistance.Mandate{Holder: "spmu", Lang: "en", Title: "Police-related activities", Document: "PC.DEC/1049", Since: dayFromNow(-400), Until: dayFromNow(900)})
	if err != nil {
		h.t.Fatal(err)
	}
	o.mandate = id
	return o
}

// ground is a request of Kyrgyzstan that was accepted, and its consent.
func (o planned) ground(t *testing.T, areas ...string) (request, consent string) {
	t.Helper()
	a := o.helps()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	request, err := a.Draft(everywhere, o.asFocal, assistance.RequestDraft{Lang: "ru", Title: "Подготовка <инструкторов>", Wish: "Курс", Reason: "Закон", Since: "2027-03", Until: "2027", Themes: areas, Bodies: []string{"Академия"}, Items: []string{"1049/14.2"}})
	must(err)
	for _, m := range []assistance.Move{assistance.Submit, assistance.Acknowledge, assistance.Accept} {
		who := o.asDesk
		if m == assistance.Submit {
			who = o.asFocal
		}
		r, err := a.Request(everywhere, who.Scope(), request)
		must(err)
		must(a.Move(everywhere, who, request, r.Rev, m, "", ""))
	}
	consent, err = a.AskConsent(everywhere, o.asDesk, assistance.AskedConsent{Giver: "KG", Request: request, Why: "A course", Areas: areas})
	must(err)
	must(a.Give(everywhere, o.asFocal, consent, 1, assistance.GivenConsent{Authority: "Ministry", Office: "Minister", Given: dayFromNow(-60), Since: dayFromNow(-60), Until: dayFromNow(800), Areas: areas}))
	return request, consent
}

// fields are what a form of a project needs for its approval, with what is written in
// place of some.
func (o planned) fields(pairs ...string) []string {
	all := []string{
		"lang", "en", "title", "Training <of> trainers", "summary", "A course for trainers.", "tailoring", "Fits the reform of the academy.", "line", "1049/12.3",
		"phase", "rule-of-law", "dimension", "politico-military", "gender", "significant", "starts", dayFromNow(-20), "ends", dayFromNow(200), "mandate", o.mandate,
		"themes", "cybercrime", "hosts", "Kyrgyzstan", "items", "14.2", "organisers", "spmu", "partners", "A police academy", "bodies", "The academy", "places", "Bishkek\r\nOsh",
	}
	for i := 0; i < len(pairs); i += 2 {
		all[slices.Index(all, pairs[i])+1] = pairs[i+1]
	}
	return all
}

// begun is a project that was drafted on the page.
func (o planned) begun(t *testing.T, pairs ...string) string {
	t.Helper()
	form := o.officer.form("/en/assistance/projects/new", "/en/assistance/projects").filled(o.fields(pairs...)...)
	got := o.officer.submit(form)
	if got.status != http.StatusSeeOther {
		t.Fatalf("%d %.3000s", got.status, got.body)
	}
	path, _, _ := strings.Cut(got.location, "?")
	return path
}

func (o planned) read(t *testing.T, path string) assistance.Project {
	t.Helper()
	p, err := o.helps().Project(everywhere, o.asDesk.Scope(), path[strings.LastIndex(path, "/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// answers are all six.
func answers(moment string) (pairs []string) {
	for _, p := range assistance.Principles {
		pairs = append(pairs, p+"-"+moment, "By the law on the police.")
	}
	return pairs
}

// moved makes a move on the page, which goes.
func (o planned) moved(t *testing.T, v visitor, path, move string, pairs ...string) {
	t.Helper()
	got := v.post(path+"/move/"+move, append([]string{"rev", v.get(path).rev()}, pairs...)...)
	if got.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %.4000s", move, got.status, got.body)
	}
}

// active is a project that runs in Kyrgyzstan, in the areas.
func (o planned) active(t *testing.T, areas ...string) (path, consent string) {
	t.Helper()
	request, consent := o.ground(t, areas...)
	path = o.begun(t)
	q := o.read(t, path)
	d := q.Draft()
	d.Themes = areas
	if err := o.helps().ReviseProject(everywhere, o.asOfficer, q.ID, q.Rev, d); err != nil && !strings.Contains(err.Error(), "unchanged") {
		t.Logf("revise: %v", err)
	}
	for _, area := range areas {
		if err := o.helps().Bind(everywhere, o.asOfficer, q.ID, o.read(t, path).Rev, "KG", area, request, consent); err != nil {
			t.Fatal(area, err)
		}
	}
	if got := o.officer.post(path+"/principles/plan", append([]string{"rev", o.officer.get(path + "/principles").rev()}, answers("plan")...)...); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	o.budgeted(t, path)
	o.moved(t, o.officer, path, "appraise")
	o.moved(t, o.desk, path, "approve", "interim-approve", dayFromNow(90), "final-approve", dayFromNow(260), "expost-approve", dayFromNow(600))
	o.moved(t, o.officer, path, "start")
	return path, consent
}

func TestProjectPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		t.Run("only who plans begins one, and each sees the forms that are hers", o.eachSeesHers)
		t.Run("from a request it begins with what is known", o.beginsFromRequest)
		t.Run("what is wrong is said at the field, and what was typed stays", o.wrongIsSaid)
		t.Run("of two who write the second sees the difference", o.secondSees)
		t.Run("a move that is not ready says all that is missing, and keeps what was typed", o.refusedMovesSay)
		t.Run("a project goes its way on the pages, and its history tells it", o.goesItsWay)
		t.Run("an area that the State closes is put before who decides", o.closedAreaIsDecided)
		t.Run("a model gives its texts, and no State, day or consent", o.modelGivesTexts)
		t.Run("a gate says what is missing and asks for it with what is known", o.gateAsks)
		t.Run("lists are filtered and filters taken away", o.listsAreFiltered)
		t.Run("the desk keeps the mandates", o.deskKeepsMandates)
	})
}

func (o planned) eachSeesHers(t *testing.T) {
	for name, v := range map[string]visitor{"a focal point": o.focal, "nobody": o.visitor()} {
		if got := v.get("/en/assistance/projects/new"); got.status == http.StatusOK {
			t.Errorf("%s begins one: %d", name, got.status)
		}
		if got := v.post("/en/assistance/projects", o.fields()...); got.status != http.StatusForbidden && got.status != http.StatusSeeOther {
			t.Errorf("%s stores one: %d", name, got.status)
		}
	}
	path := o.begun(t)
	for _, c := range []struct {
		name   string
		v      visitor
		writes bool
		moves  []string
	}{
		{"its officer", o.officer, true, []string{"appraise", "stop"}},
		{"the desk", o.desk, true, []string{"appraise", "stop"}},
		{"an officer of another structure", o.stranger, false, nil},
		{"a focal point", o.focal, false, nil},
	} {
		page := c.v.get(path)
		if page.status != http.StatusOK || strings.Contains(page.body, path+"/edit") != c.writes {
			t.Errorf("%s: %d, writes %t", c.name, page.status, !c.writes)
		}
		for _, move := range []string{"appraise", "approve", "stop", "start"} {
			if strings.Contains(page.body, `id="move-`+move+`"`) != slices.Contains(c.moves, move) {
				t.Errorf("%s is offered %s: %t", c.name, move, !slices.Contains(c.moves, move))
			}
		}
		if got := c.v.get(path + "/edit"); (got.status == http.StatusOK) != c.writes {
			t.Errorf("%s edits: %d", c.name, got.status)
		}
		if gates := c.v.get(path + "/gates"); strings.Contains(gates.body, "/gates/leave") != c.writes {
			t.Errorf("%s leaves a State out: %t", c.name, !c.writes)
		}
		if principles := c.v.get(path + "/principles"); strings.Contains(principles.body, "rule-of-law-plan") != c.writes {
			t.Errorf("%s answers: %t", c.name, !c.writes)
		}
	}
	rev := o.officer.get(path).rev()
	for what, got := range map[string]seen{
		"a move":      o.stranger.post(path+"/move/appraise", "rev", rev),
		"a gate":      o.stranger.post(path+"/gates/leave", "rev", rev, "host", "KG", "area", "cybercrime", "words-leave-0", "no"),
		"an answer":   o.stranger.post(path+"/principles/plan", append([]string{"rev", rev}, answers("plan")...)...),
		"a change":    o.stranger.post(path+"/edit", append([]string{"rev", rev}, o.fields()...)...),
		"an approval": o.officer.post(path+"/move/approve", "rev", rev),
	} {
		if got.status != http.StatusForbidden {
			t.Errorf("%s by who may not: %d", what, got.status)
		}
	}
	if got := o.officer.post(path+"/move/nonsense", "rev", rev); got.status != http.StatusNotFound {
		t.Errorf("a move that is none: %d", got.status)
	}
	if got := o.visitor().get(path); got.status != http.StatusSeeOther {
		t.Errorf("nobody reads: %d", got.status)
	}
}

func (o planned) beginsFromRequest(t *testing.T) {
	request, _ := o.ground(t, "cybercrime", "drugs")
	if page := o.focal.get("/en/assistance/requests/" + request); strings.Contains(page.body, "projects/new?request=") {
		t.Error("a focal point is offered to begin a project")
	}
	page := o.officer.get("/en/assistance/requests/" + request)
	if !strings.Contains(page.body, "/assistance/projects/new?request="+request) {
		t.Fatal("the request's page does not offer a project")
	}
	form := o.officer.form("/en/assistance/projects/new?request="+request, "/en/assistance/projects")
	for field, want := range map[string]string{"title": "Подготовка <инструкторов>", "hosts": "Kyrgyzstan", "bodies": "Академия", "starts": "2027-03-01", "ends": "2027-12-31", "items": "14.2", "request": request, "lang": "ru"} {
		if got := form.fields.Get(field); got != want {
			t.Errorf("%s is %q, not %q", field, got, want)
		}
	}
	if got := form.fields["themes"]; !slices.Equal(got, []string{"drugs", "cybercrime"}) && !slices.Equal(got, []string{"cybercrime", "drugs"}) {
		t.Errorf("themes %v", got)
	}
	got := o.officer.submit(form)
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	path, _, _ := strings.Cut(got.location, "?")
	for _, g := range o.read(t, path).Gates {
		if g.Request != request || g.Consent == "" {
			t.Errorf("%s does not rest on request and consent: %+v", g.Area, g)
		}
	}
	if !strings.Contains(o.officer.get("/en/assistance/requests/"+request).body, path) {
		t.Error("the request's page does not show the project")
	}
	draft, err := o.helps().Draft(everywhere, o.asFocal, assistance.RequestDraft{Lang: "en", Title: "Early"})
	if err != nil {
		t.Fatal(err)
	}
	if got := o.officer.get("/en/assistance/projects/new?request=" + draft); got.status != http.StatusNotFound {
		t.Errorf("from another State's draft: %d", got.status)
	}
}

func (o planned) wrongIsSaid(t *testing.T) {
	fields := o.fields("title", "", "starts", "tomorrow", "ends", "2027-01-01", "hosts", "Nowhere\r\nKyrgyzstan", "items", "99.9", "summary", "What I wrote")
	got := o.officer.post("/en/assistance/projects", fields...)
	if got.status != http.StatusUnprocessableEntity || !got.says("What I wrote") || !strings.Contains(got.body, `value="tomorrow"`) || !strings.Contains(got.body, "99.9") {
		t.Fatalf("%d %.2000s", got.status, got.body)
	}
	for _, field := range []string{"title", "starts", "items"} {
		if !strings.Contains(got.body, `href="#`+field+`"`) {
			t.Errorf("%s is not complained about", field)
		}
	}
	got = o.officer.post("/en/assistance/projects", o.fields("hosts", "Nowhere\r\nKyrgyzstan")...)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#hosts"`) || !got.says("Nowhere") {
		t.Errorf("a State that is none: %d", got.status)
	}
}

func (o planned) secondSees(t *testing.T) {
	path := o.begun(t)
	form := o.officer.form(path+"/edit", path+"/edit")
	if got := o.officer.submit(form.filled("summary", "Another has written this.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	got := o.officer.submit(form.filled("summary", "This is mine."))
	if got.status != http.StatusConflict || !got.says("Another has written this.") || !got.says("This is mine.") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if again := o.officer.post(path+"/edit", append([]string{"rev", got.rev()}, o.fields("summary", "This is mine.")...)...); again.status != http.StatusSeeOther || o.read(t, path).Summary != "This is mine." {
		t.Errorf("saved once more: %d", again.status)
	}
	stale := o.officer.post(path+"/principles/plan", append([]string{"rev", "1"}, answers("plan")...)...)
	if stale.status != http.StatusConflict || !stale.says("By the law on the police.") {
		t.Errorf("stale answers: %d", stale.status)
	}
	late := o.officer.post(path+"/move/stop", "rev", "1", "words-stop", "Nobody wants it.")
	if late.status != http.StatusConflict || !late.says("Nobody wants it.") {
		t.Errorf("a stale move: %d", late.status)
	}
}

// refusedMovesSay tries each move where it does not go: the page comes back with the
// sentence and with what was typed.
func (o planned) refusedMovesSay(t *testing.T) {
	en := lang.For("en")
	bare := o.begun(t, "summary", "", "tailoring", "", "mandate", "", "starts", "", "ends", "", "line", "", "themes", "")
	o.moved(t, o.officer, bare, "appraise")
	appraised := o.begun(t)
	o.moved(t, o.officer, appraised, "appraise")
	running, _ := o.active(t, "cybercrime")
	for _, c := range []struct {
		name, path, move string
		pairs            []string
		status           int
		says, links      []string
	}{
		{
			"bare", bare, "approve",
			[]string{"final-approve", "2031-01-01"},
			422,
			[]string{"project.needs.summary", "project.needs.tailoring", "project.needs.mandate", "project.needs.starts", "project.needs.line", "project.needs.themes", "project.needs.host", "project.needs.principles.plan", "money.needs.budget"},
			[]string{"/edit#summary", "/edit#mandate", "/principles#plan", `value="2031-01-01"`},
		},
		{
			"without ground", appraised, "approve",
			[]string{"interim-approve", "2026-12-24"},
			422,
			[]string{"project.needs.request", "project.needs.principles.plan"},
			[]string{"/gates?area=cybercrime&amp;host=KG#gate-0", `value="2026-12-24"`},
		},
		{"a day that is none", appraised, "approve", []string{"interim-approve", "soon"}, 422, []string{"assistance.error.day"}, []string{`href="#interim-approve"`, `value="soon"`}},
		{"days out of order", appraised, "approve", []string{"final-approve", "2020-01-01"}, 422, []string{"project.error.due"}, []string{`href="#final-approve"`}},
		{"returned without words", appraised, "return", nil, 422, []string{"assistance.error.words.return"}, []string{`href="#words-return"`}},
		{"stopped without words", bare, "stop", []string{"words-stop", "  "}, 422, []string{"assistance.error.words.stop"}, []string{`href="#words-stop"`}},
		{"closed without answers", running, "close", []string{"words-close", "Ten trainers teach."}, 422, []string{"project.needs.principles.midterm", "project.needs.principles.close"}, []string{"/principles#midterm", ">Ten trainers teach.</textarea>"}},
		{"closed without words", running, "close", nil, 422, []string{"assistance.error.words.close"}, []string{`href="#words-close"`}},
		{"suspended without words", running, "suspend", nil, 422, []string{"assistance.error.words.suspend"}, nil},
		{"stopped when it runs", running, "stop", []string{"words-stop", "Too late."}, 409, []string{"assistance.impossible.project.active"}, []string{"Too late."}},
		{"started twice", running, "start", nil, 409, []string{"assistance.impossible.project.active"}, nil},
		{"evaluated before it is closed", running, "evaluate", nil, 409, []string{"assistance.impossible.project.active"}, nil},
		{"started before it is approved", appraised, "start", nil, 409, []string{"assistance.impossible.project.appraised"}, nil},
	} {
		got := o.desk.post(c.path+"/move/"+c.move, append([]string{"rev", o.desk.get(c.path).rev()}, c.pairs...)...)
		if got.status != c.status {
			t.Errorf("%s: %d", c.name, got.status)
		}
		for _, key := range c.says {
			if !got.says(en.T(key)) {
				t.Errorf("%s: %s is not said", c.name, key)
			}
		}
		for _, part := range c.links {
			if !strings.Contains(got.body, part) {
				t.Errorf("%s: no %s", c.name, part)
			}
		}
	}
}

func (o planned) goesItsWay(t *testing.T) {
	en := lang.For("en")
	path, consent := o.active(t, "cybercrime")
	if q := o.read(t, path); q.Stage != assistance.Active || q.InterimDue != dayFromNow(90) || q.FinalDue != dayFromNow(260) || q.ExPostDue != dayFromNow(600) {
		t.Fatalf("%+v", q)
	}
	if page := o.focal.get("/en/assistance/consents/" + consent); !strings.Contains(page.body, path) {
		t.Error("the consent's page does not show what rests on it")
	}
	form := o.officer.form(path+"/edit", path+"/edit")
	if got := o.officer.submit(form.filled("summary", "A longer course for trainers.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.officer.submit(o.officer.form(path+"/edit", path+"/edit").filled("mandate", "")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#mandate"`) {
		t.Errorf("it runs without a mandate: %d", got.status)
	}
	o.moved(t, o.officer, path, "suspend", "words-suspend", "The academy moves.")
	o.moved(t, o.officer, path, "resume")
	if got := o.officer.post(path+"/principles/waive", "rev", o.officer.get(path).rev()); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#words-waive"`) {
		t.Errorf("waived without a reason: %d", got.status)
	}
	if got := o.officer.post(path+"/principles/waive", "rev", o.officer.get(path).rev(), "words-waive", "It lasts two weeks."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	wrong := o.officer.post(path+"/principles/close", append([]string{"rev", o.officer.get(path).rev(), "gender-close", "", "not-arising-close", "gender"}, answers("close")...)...)
	if wrong.status != http.StatusUnprocessableEntity || !wrong.says(en.T("project.error.not-arising")) || !strings.Contains(wrong.body, `href="#gender-close"`) {
		t.Errorf("no reason why it does not arise: %d", wrong.status)
	}
	if got := o.officer.post(path+"/principles/close", append([]string{"rev", o.officer.get(path).rev(), "not-arising-close", "minorities"}, answers("close")...)...); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.focal.get(path + "/principles"); !page.says(en.T("project.not-arising")) || !page.says("It lasts two weeks.") {
		t.Error("the answers are not shown")
	}
	o.waived(t, path, "interim")
	o.moved(t, o.officer, path, "close", "words-close", "Ten trainers teach.")
	if page := o.focal.get(path); !page.says("Ten trainers teach.") || strings.Contains(page.body, path+"/edit\"") {
		t.Error("what came of it is not shown, or it can still be changed")
	}
	history := o.focal.get(path + "/history")
	for _, key := range []string{"draft", "appraise", "approve", "start", "revise", "suspend", "resume", "close", "bind"} {
		if !history.says(en.T("project.did." + key)) {
			t.Errorf("the history does not tell %s", key)
		}
	}
	if !strings.Contains(history.body, "<del>") || !history.says("The academy moves.") {
		t.Error("the history shows no difference or no reason")
	}
	for _, part := range []string{"/edit", "/gates", "/principles"} {
		if got := o.officer.get(path + part); got.status == http.StatusInternalServerError {
			t.Errorf("%s: %d", part, got.status)
		}
	}
}

func (o planned) closedAreaIsDecided(t *testing.T) {
	en := lang.For("en")
	path, consent := o.active(t, "cybercrime")
	c, err := o.helps().Consent(everywhere, o.asFocal.Scope(), consent)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.helps().CloseArea(everywhere, o.asFocal, consent, c.Rev, "cybercrime", "Another agreement"); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]visitor{"the desk": o.desk, "its officer": o.officer, "the State": o.focal} {
		if !strings.Contains(v.get("/en/assistance").body, path+"/gates?area=cybercrime&amp;host=KG#gate-0") {
			t.Errorf("it is not put before %s", name)
		}
	}
	for name, v := range map[string]visitor{"an officer of another structure": o.stranger, "another State": o.other} {
		if strings.Contains(v.get("/en/assistance").body, path+"/gates") {
			t.Errorf("it is put before %s", name)
		}
	}
	if page := o.officer.get(path); !page.says(en.T("project.decide")) {
		t.Error("its page does not say it")
	}
	if list := o.officer.get("/en/assistance/projects?stage=active"); !list.says("to be decided by") {
		t.Error("the list does not say it")
	}
	gates := o.officer.get(path + "/gates")
	if !gates.says(en.T("project.gate.decide.says")) {
		t.Error("the gates do not say it")
	}
	last := o.officer.post(path+"/gates/leave", "rev", gates.rev(), "host", "KG", "area", "cybercrime", "words-leave-0", "Closed there.")
	if last.status != http.StatusConflict || !last.says(en.T("assistance.impossible.project.last")) || !last.says("Closed there.") {
		t.Errorf("the last State is left out: %d", last.status)
	}
	request, again := o.ground(t, "cybercrime")
	got := o.officer.post(path+"/gates/rest", "rev", gates.rev(), "host", "KG", "area", "cybercrime", "request-bind-0", request, "consent-bind-0", again)
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if g, _ := o.read(t, path).Gate("KG", "cybercrime"); g.DecideBy != "" || g.Consent != again {
		t.Errorf("%+v", g)
	}
}

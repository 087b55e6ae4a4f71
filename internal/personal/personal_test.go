package personal_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/assistance/assistancetest"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/library"
	"polis/internal/mail"
	"polis/internal/personal"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx    = context.Background()
	system = access.System("test")
)

// What must be found nowhere once she is erased.
const (
	herName    = "Žofia Quellenbach"
	herAddress = "zofia.quellenbach@polis.example"
	herOld     = "z.before@polis.example"
)

// place is an installation with a person in it of whom every room knows
// something.
type place struct {
	*testing.T
	personal.Keeper
	id    string
	admin access.Subject
	draft string // only she reads it
	guide string // everybody reads it; nothing leads to it
	cited string // everybody reads it, and another document leads to it
}

func each(t *testing.T, fn func(t *testing.T, p *place)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, settle(t, db)) })
}

func settle(t *testing.T, db *store.DB) *place {
	t.Helper()
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
	must(t, err)
	texts := extract.New("", extract.DefaultLimits())
	t.Cleanup(func() { texts.Close() })
	must(t, directory.Seed(ctx, db))
	must(t, account.WaiveSecondFactor(ctx, db, system))
	p := &place{T: t, Keeper: personal.Keeper{DB: db, Library: &library.Library{DB: db, Files: files, Texts: texts}}}
	admin := p.person("admin@polis.example", "Admin", access.Administrator, "")
	p.admin = p.subject(admin)
	p.id = p.person(herAddress, herName, access.Expert, "KG")
	p.furnish()
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *place) person(email, name string, role access.Role, state string) string {
	p.Helper()
	made, err := account.Create(ctx, p.DB, system, account.New{Email: email, Name: name, Role: role, ActsFor: state, Password: "a long enough password 1"})
	must(p.T, err)
	return made.ID
}

func (p *place) subject(id string) access.Subject {
	p.Helper()
	who, _, err := account.Subject(ctx, p.DB, id, account.TwoFactors)
	must(p.T, err)
	return who
}

func (p *place) her() access.Subject { return p.subject(p.id) }

// row puts a row into a table as the rooms do.
func (p *place) row(query string, args ...any) {
	p.Helper()
	_, err := store.Write(ctx, p.DB, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, query, args...)
		return store.Event{Act: "test.row", Quiet: true}, err
	})
	must(p.T, err)
}

// furnish gives her something in every table.
func (p *place) furnish() {
	p.Helper()
	now := time.Now()
	must(p.T, account.OpenGroup(ctx, p.DB, system, account.GroupDraft{ID: "taskforce", Name: "Task force", Kind: account.GroupClosed}))
	must(p.T, account.Admit(ctx, p.DB, system, "taskforce", p.id))
	p.row("INSERT INTO circle_silence (grp, person, until) VALUES ('taskforce', $1, $2)", p.id, now.Add(time.Hour))
	p.row(`INSERT INTO circle_ask (grp, person, by_whom, words, asked, decided, verdict, decider, reason)
		VALUES ('taskforce', $1, $2, $3, $4, 0, '', '', '')`, p.id, p.admin.ID, herName+" leads the unit.", now)
	p.row(`INSERT INTO circle_ask (grp, person, by_whom, words, asked, decided, verdict, decider, reason)
		VALUES ('taskforce', $2, $1, 'Knows the field.', $3, 0, '', '', '')`, p.id, p.admin.ID, now)
	p.row(`INSERT INTO circle_ask (grp, person, by_whom, words, asked, decided, verdict, decider, reason)
		VALUES ('taskforce', $2, $2, '', $3, $4, 'declined', $1, 'Not now.')`, p.id, p.admin.ID, now.Add(-time.Hour), now)
	p.row("INSERT INTO session (hash, data, expires, person, device, strength, created, seen, ended) VALUES ('h', 'd', $1, $2, 'Firefox, Linux', 1, $3, $3, 0)", now.Add(time.Hour), p.id, now)
	p.row("INSERT INTO passkey (id, person, name, site, credential, created, used) VALUES ('pk', $1, $2, 'polis.example', '{}', $3, $3)", p.id, herName+"'s telephone", now)
	p.row("INSERT INTO authenticator (person, secret, created) VALUES ($1, 'sealed', $2)", p.id, now)
	p.row("INSERT INTO recovery_code (person, hash, salt, used) VALUES ($1, 'h', 's', 0)", p.id)
	p.row(`INSERT INTO token (id, hash, person, name, service, acts_for, body, reach, changes, strength, role, word, made, until, ended, ended_by)
		VALUES ('t1', $3, $1, $2, FALSE, '', '', 1, FALSE, 1, '', '', $4, $5, 0, '')`, p.id, herName+" script", strings.Repeat("a", 64), now, now.Add(24*time.Hour))
	p.row("INSERT INTO token_use (token, used) VALUES ('t1', $1)", now)
	p.row("INSERT INTO address_change (id, person, was, becomes, asked, done, undone) VALUES ('ac', $1, $2, $3, $4, $4, 0)", p.id, herOld, herAddress, now)
	p.row("INSERT INTO ticket (hash, kind, object, mailed, made, expires, used) VALUES ('tk', 'reset', $1, TRUE, $2, $3, 0)", p.id, now, now.Add(time.Hour))
	p.row(`INSERT INTO provider (id, names, issuer, client, sealed, scopes, claim, mapping, amr, acr, acts_for, body, enabled, rev, created, updated)
		VALUES ('min', '{}', 'https://id.polis.example', 'c', 's', '', '', '[]', '[]', '[]', '', '', TRUE, 1, $1, $1)`, now)
	p.row("INSERT INTO identity (id, issuer, subject, provider, person, created, used) VALUES ('id1', 'https://id.polis.example', $2, 'min', $1, $3, $3)", p.id, herAddress, now)
	p.invitations(now)
	for _, l := range []mail.Letter{
		{To: p.id, Kind: "password-changed", Path: "/reset"},
		{To: herOld, Kind: "moved", Object: "ac"},
		{To: p.admin.ID, Kind: "waits", Object: p.id, Args: map[string]string{"who": herName, "address": herAddress}},
		{To: p.admin.ID, Kind: "other", Args: map[string]string{"by": herName}},
		{To: p.admin.ID, Kind: "test", Args: map[string]string{"by": "Somebody"}},
	} {
		must(p.T, mail.Put(ctx, p.DB, l))
	}
	p.row(`INSERT INTO saved_search (id, person, name, query, lang, often, feed, fed, created, updated)
		VALUES ('se', $1, $2, 'q=patrol', 'en', 'daily', '', 0, $3, $3)`, p.id, herName+"'s patrols", now)
	p.row("INSERT INTO alert (search, told, due) VALUES ('se', 0, $1)", now)
	p.row("INSERT INTO follow (person, kind, object, seen, created) VALUES ($1, 'state', 'KG', $2, $2)", p.id, now)
	p.row("INSERT INTO recent_search (person, query, at) VALUES ($1, $2, $3)", p.id, "q="+herName, now)
	p.row("INSERT INTO agenda (id, name, letter, found, faults, created, level, state, grp, owner) VALUES ('agenda', 'Workshop', '', '{}', '[]', $2, 3, '', '', $1)", p.id, now)
	p.row("INSERT INTO inbox_address (person, purpose, object, n, hash, made, ended) VALUES ($1, 'agenda', '', 1, $2, $3, 0)", p.id, strings.Repeat("a", 64), now)
	p.row(`INSERT INTO inbox_message (id, person, purpose, object, mark, domain, bytes, sum, stage, reason, tries, created, updated)
		VALUES ('im', $1, 'agenda', '', $2, 'polis.example', 1, '', 'done', '', 0, $3, $3)`, p.id, strings.Repeat("a", 64), now)
	p.documents()
	for id, level := range map[string]int{"kept": 0, "hers": 3} {
		p.row(`INSERT INTO collection (id, titles, abouts, fresh, rev, created, updated, level, state, grp, owner)
			VALUES ($1, '{"en":"Patrols"}', '{}', FALSE, 1, $2, $2, $3, '', '', $4)`, id, now, level, p.id)
		p.row("INSERT INTO collection_document (collection, document, n, note, added) SELECT $1, MIN(id), 1, '', $2 FROM document", id, now)
	}
	p.row(`INSERT INTO batch (id, edit, asked, passed, stage, job, created, updated, level, state, grp, owner)
		VALUES ('ba', '{}', $2, '{}', 'prepared', '', $3, $3, 3, '', '', $1)`, p.id, "q="+herName, now)
	p.row("INSERT INTO batch_document (batch, n, document, rev, stage, reason, was, became) SELECT 'ba', 1, MIN(id), 1, 'waiting', '', '', 0 FROM document")
	p.row(`INSERT INTO activity_import (id, name, sum, lang, importer, partly, plan, stage, job, total, done, made, changed, same, passed, started, created, updated, level, state, grp, owner)
		VALUES ('im', $2, 'aa', 'en', 'spmu', FALSE, '', 'looked', '', 0, 0, 0, 0, 0, '[]', 0, $3, $3, 3, '', '', $1)`, p.id, herName+".csv", now)
	p.row("INSERT INTO concept_scheme (id, uri, title, created) VALUES ('s', 'urn:s', 'S', $1)", now)
	p.row("INSERT INTO concept (id, uri, scheme, notation, deprecated, shipped, rev, created, updated) VALUES ('c', 'urn:c', 's', '', FALSE, '', 1, $1, $1)", now)
	p.row(`INSERT INTO twin (one, other, lang, likeness, file, symbol, titled, found, stage, kept, by_whom, decided)
		VALUES ('a', 'b', 'en', 900, FALSE, FALSE, FALSE, $2, 'different', '', $1, $2)`, p.id, now)
	p.row("INSERT INTO document_concept (document, concept, stage, weight, by_whom, at) SELECT MIN(id), 'c', 'confirmed', 0, $1, $2 FROM document", p.id, now)
	p.notices(now)
	p.talk(now)
	p.issues(now)
	p.events(now)
	p.experts(now)
	p.requests()
	p.assessments()
	p.projects()
}

// requests are one that she wrote for her State and, as one of the desk, took on, and
// a consent that she asked for and gave.
func (p *place) requests() {
	p.Helper()
	a := &assistance.Assistance{DB: p.DB}
	focal, desk := access.Act(p.id, access.FocalPoint, "KG", ""), access.Act(p.id, access.DeskOfficer, "", "")
	id, err := a.Draft(ctx, focal, assistance.RequestDraft{Lang: "en", Title: "Training", Wish: "A course", Reason: "A new law", Themes: []string{"drugs"}})
	must(p.T, err)
	must(p.T, a.Move(ctx, focal, id, 1, assistance.Submit, "", ""))
	must(p.T, a.Move(ctx, desk, id, 2, assistance.Acknowledge, "", ""))
	asked, err := a.AskConsent(ctx, desk, assistance.AskedConsent{Giver: "KG", Why: "A course", Areas: []string{"drugs"}})
	must(p.T, err)
	must(p.T, a.Refuse(ctx, focal, asked, 1, "Not now"))
}

// assessments are one that she planned, upon a request that she accepted, and a context
// note that she wrote and used for it.
func (p *place) assessments() {
	p.Helper()
	a := &assistance.Assistance{DB: p.DB}
	focal, desk := access.Act(p.id, access.FocalPoint, "KG", ""), access.Act(p.id, access.DeskOfficer, "", "")
	id, err := a.Draft(ctx, focal, assistance.RequestDraft{Lang: "en", Title: "An assessment", Wish: "A visit", Reason: "A new law", Themes: []string{"drugs"}})
	must(p.T, err)
	must(p.T, a.Move(ctx, focal, id, 1, assistance.Submit, "", ""))
	must(p.T, a.Move(ctx, desk, id, 2, assistance.Acknowledge, "", ""))
	must(p.T, a.Move(ctx, desk, id, 3, assistance.Accept, "", ""))
	planned, err := a.PlanAssessment(ctx, desk, id, assistance.AssessmentDraft{Lang: "en", Title: "Needs", Themes: []string{"drugs"}})
	must(p.T, err)
	note, err := a.WriteContext(ctx, desk, assistance.ContextDraft{About: "KG", Lang: "en", Title: "The setting"})
	must(p.T, err)
	must(p.T, a.PutFactor(ctx, desk, note, "", 0, assistance.FactorDraft{Kind: "legal", Words: "A new law", Source: "Gazette", Dated: "2026", ReviewBy: "2199-01-01"}))
	must(p.T, a.Cite(ctx, desk, planned, note, ""))
	consent, err := a.AskConsent(ctx, desk, assistance.AskedConsent{Giver: "KG", Request: id, Why: "An assessment", Areas: []string{"drugs"}})
	must(p.T, err)
	must(p.T, a.Give(ctx, focal, consent, 1, assistance.GivenConsent{Authority: "Ministry", Office: "Minister", Given: "2026-01-01", Areas: []string{"drugs"}}))
	must(p.T, a.ReviseAssessment(ctx, desk, planned, 1, assistance.AssessmentDraft{
		Lang: "en", Title: "Needs", Purpose: "Training", Starts: "2026-03-01", Ends: "2026-03-02", Themes: []string{"drugs"},
	}))
	must(p.T, a.MoveAssessment(ctx, desk, planned, 2, assistance.FieldAssessment, ""))
	must(p.T, a.MoveAssessment(ctx, desk, planned, 3, assistance.ReturnAssessment, ""))
	_, err = a.PutFinding(ctx, desk, planned, "", 0, assistance.FindingDraft{Title: "T", Baseline: "B", Evidence: "E", Dated: "2026", Priority: "low", Theme: "drugs"})
	must(p.T, err)
	x, err := a.Assessment(ctx, desk.Scope(), planned)
	must(p.T, err)
	findings, err := a.Findings(ctx, desk, x)
	must(p.T, err)
	advice, err := a.PutRecommendation(ctx, desk, planned, findings[0].ID, "", 0, assistance.RecommendationDraft{Words: "Train", Addressee: "Ministry", Priority: "low"})
	must(p.T, err)
	must(p.T, a.MoveAssessment(ctx, desk, planned, 4, assistance.SendAssessment, ""))
	must(p.T, a.CommentOn(ctx, focal, planned, 5, assistance.SaidOfAssessment{Whole: "We agree"}))
	must(p.T, a.MoveAssessment(ctx, desk, planned, 6, assistance.FinaliseAssessment, ""))
	_, err = a.DraftAdvised(ctx, desk, assistance.ProjectDraft{Lang: "en", Title: "Training", Hosts: []string{"KG"}, Themes: []string{"drugs"}}, advice)
	must(p.T, err)
}

// projects are one that she began under a mandate that she wrote down, with its books.
func (p *place) projects() {
	p.Helper()
	a := &assistance.Assistance{DB: p.DB}
	desk := access.Act(p.id, access.DeskOfficer, "", "")
	_, err := a.PutMandate(ctx, desk, assistance.Mandate{Holder: "spmu", Lang: "en", Title: "Policing", Document: "PC.DEC/1049", Since: "2026-01-01", Until: "2027-12-31"})
	must(p.T, err)
	id, err := a.DraftProject(ctx, desk, assistance.ProjectDraft{Lang: "en", Title: "A course", Hosts: []string{"KG"}, Themes: []string{"drugs"}}, "", "")
	must(p.T, err)
	answers := assistance.Answers{Moment: assistance.AtPlan, Texts: map[string]string{}}
	for _, principle := range assistance.Principles {
		answers.Texts[principle] = "By law."
	}
	must(p.T, a.Answer(ctx, desk, id, 2, answers))
	_, err = a.Order(ctx, desk, id, 0, assistance.Order{Move: assistance.OpenBooks, Currency: "EUR"})
	must(p.T, err)
	must(p.T, a.PutRate(ctx, desk, assistance.Rate{Currency: "USD", Day: "2026-01-01", PerEuro: 1, Source: "A bank"}))
	p.results(a, desk, id)
	p.evaluations(a, desk)
}

// results are a programme, a risk and a consultation of hers, and what she measured and
// changed in a project that runs.
func (p *place) results(a *assistance.Assistance, desk access.Subject, project string) {
	p.Helper()
	_, err := a.DraftProgramme(ctx, desk, assistance.ProgrammeDraft{Lang: "en", Title: "Courses that last"})
	must(p.T, err)
	_, err = a.AddRisk(ctx, desk, project, assistance.RiskDraft{Text: "None come", Likelihood: 1, Impact: 1, Measure: "Ask", Office: "spmu", Review: "2199-01-01"})
	must(p.T, err)
	council, err := a.AddStakeholder(ctx, desk, project, assistance.StakeholderDraft{Name: "Council", Kind: "community", Interest: "Patrols", Influence: 1})
	must(p.T, err)
	_, err = a.Consult(ctx, desk, project, assistance.ConsultationDraft{Stakeholder: council, Day: "2026-01-01", Said: "Come."})
	must(p.T, err)
	must(p.T, assistancetest.Many(ctx, p.DB, 1, 1))
	const running = "many-p-0000000"
	result, err := a.AddResult(ctx, desk, running, assistance.ResultDraft{Kind: assistance.Impact, Text: "Trust"})
	must(p.T, err)
	must(p.T, a.ChangeResult(ctx, desk, running, result, 1, assistance.ResultDraft{Kind: assistance.Impact, Text: "More trust"}))
	indicator, err := a.AddIndicator(ctx, desk, running, result, assistance.IndicatorDraft{
		Text: "Adopted", Unit: assistance.InYesNo, Target: assistance.Value{Known: true, Figure: 100}, TargetDay: "2199-01-01", Means: "Gazette",
	})
	must(p.T, err)
	p.row(`INSERT INTO actual (indicator, n, project, project_stage, unit, day, value, words, evidence, document, by_whom, at)
		VALUES ($1, 1, $2, 'active', 'yes-no', '2026-01-01', 100, '', 'Gazette', '', $3, $4)`, indicator, running, p.id, time.Now())
}

// evaluations are one that she wrote and answered, lessons of hers and of another's, an
// activity, and the address of her calendar.
func (p *place) evaluations(a *assistance.Assistance, desk access.Subject) {
	p.Helper()
	const running, end = "many-p-0000000", assistance.EvaluationAtEnd
	d := assistance.EvaluationDraft{
		Lang: "en", Evaluator: "An institute", Independence: "It took no part.", Summary: "It helps.", Criteria: map[string]assistance.Criterion{}, Answers: map[string]string{},
	}
	for _, name := range assistance.Criteria {
		d.Criteria[name] = assistance.Criterion{WhyNot: "Too early."}
	}
	for _, name := range assistance.Principles {
		d.Answers[name] = "By law."
	}
	rev := func() int64 {
		e, err := a.Evaluation(ctx, desk.Scope(), running, end)
		must(p.T, err)
		return e.Rev
	}
	must(p.T, a.MoveEvaluation(ctx, desk, running, end, rev(), assistance.BeginEvaluation, "", ""))
	must(p.T, a.WriteEvaluation(ctx, desk, running, end, rev(), d))
	advice, err := a.Recommend(ctx, desk, running, end, assistance.AdviceDraft{Wish: "Hold it again.", Addressee: "spmu", Priority: "high"})
	must(p.T, err)
	must(p.T, a.MoveEvaluation(ctx, desk, running, end, rev(), assistance.FinishEvaluation, "", ""))
	e, err := a.Evaluation(ctx, desk.Scope(), running, end)
	must(p.T, err)
	list, err := a.RecommendationsOf(ctx, desk.Scope(), e.ID)
	must(p.T, err)
	must(p.T, a.Respond(ctx, desk, advice, list[0].Rev, assistance.RecommendationAccepted, "Yes."))
	_, err = a.PlanAction(ctx, desk, advice, assistance.ActionDraft{Task: "Plan it", Office: "spmu", Person: p.id, Due: "2199-01-01"})
	must(p.T, err)
	lesson := assistance.LessonDraft{
		Lang: "en", Title: "Teach in pairs", Happened: "One taught.", Learned: "Two teach better.", Guidance: "Plan two.", Origin: "note", Source: "A note", Evidence: "Questionnaires",
		Themes: []string{"drugs"},
	}
	_, err = a.DraftLesson(ctx, desk, lesson)
	must(p.T, err)
	others, err := a.DraftLesson(ctx, p.admin, lesson)
	must(p.T, err)
	must(p.T, a.MoveLesson(ctx, desk, others, 1, assistance.ReviewLesson, ""))
	project, err := a.Project(ctx, desk.Scope(), running)
	must(p.T, err)
	_, err = a.PlanActivity(ctx, desk, running, assistance.ActivityDraft{
		Kind: "training", Lang: "en", Title: "A course", Starts: project.Starts, Place: "The academy", Organisers: []string{"spmu"},
		Hosts: []assistance.ActivityHost{{Host: project.Gates[0].Host, Area: project.Gates[0].Area}},
	}, "")
	must(p.T, err)
	p.row("INSERT INTO calendar_key (person, hash, strength, made) VALUES ($1, 'aa', 1, $2)", p.id, time.Now())
}

func (p *place) invitations(now time.Time) {
	p.Helper()
	const query = `INSERT INTO invitation (id, email, name, role, acts_for, body, lang, circles, until, by_whom, created, sent, expires, accepted, person, withdrawn, withdrawn_by, level, state, grp, owner)
		VALUES ($1, $2, $3, 'member', 'KG', '', '', '[]', 0, $4, $5, $5, $6, $7, $8, 0, '', 3, 'KG', '', '')`
	p.row(query, "in1", herOld, herName, p.admin.ID, now, now.Add(time.Hour), now, p.id)
	p.row(query, "in2", "guest@polis.example", "Guest", p.id, now, now.Add(time.Hour), time.Time{}, "")
}

func (p *place) documents() {
	p.Helper()
	make := func(title string, level access.Level, state, body string, relations ...library.Relation) string {
		sum, n, err := p.Library.Files.Put(ctx, strings.NewReader(body), 1<<20)
		must(p.T, err)
		id, err := p.Library.Create(ctx, p.her(), library.Draft{Level: level, State: state, Relations: relations}, library.Text{
			Lang: "en", Title: title, File: title + ".txt", Media: "text/plain", Sum: string(sum), Bytes: n,
			Passages: []extract.Passage{{Kind: extract.Paragraph, Text: body}},
		})
		must(p.T, err)
		return id
	}
	p.draft = make("Notes of "+herName, access.Closed, "", "These are the notes of "+herName+".")
	p.guide = make("Guide", access.Public, "", "A guide that everybody reads.")
	p.cited = make("Checklist", access.Public, "", "A checklist to which another document leads.")
	_, err := p.Library.Create(ctx, p.admin, library.Draft{Level: access.Public, Relations: []library.Relation{{Kind: "cites", Target: p.cited}}},
		library.Text{Lang: "en", Title: "Report", Sum: "x"})
	must(p.T, err)
	_, err = p.Library.Receive(ctx, p.her(), "b1", "letter of "+herName+".txt", strings.NewReader("What "+herName+" brought."))
	must(p.T, err)
}

// everything reads all rows of all tables as text: table → text.
func (p *place) everything() map[string]string {
	p.Helper()
	columns, err := store.Columns(ctx, p.DB)
	must(p.T, err)
	all := map[string]string{}
	for _, c := range columns {
		if _, done := all[c.Table]; done {
			continue
		}
		var b strings.Builder
		for r, err := range store.Records(ctx, p.DB, store.Everything("test"), "SELECT * FROM "+c.Table+" WHERE {scope}") {
			must(p.T, err)
			text, err := json.Marshal(r)
			must(p.T, err)
			b.Write(text)
			b.WriteByte('\n')
		}
		all[c.Table] = b.String()
	}
	return all
}

// names are how a column is called that may name a person.
var names = regexp.MustCompile(`^(person|owner|who|by_whom|recipient|email|.*_by)$`)

// days are columns that are called so and hold the day by which something is done.
var days = []string{"answer_by", "decide_by", "review_by", "follow_by"}

func TestEveryColumnThatNamesAPersonIsAnsweredFor(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		parts := map[string]personal.Part{}
		for _, part := range personal.Parts {
			parts[part.Table] = part
			if (len(part.Given) == 0) == (part.Exempt == "") {
				t.Errorf("%s is given out, or exempt for a reason", part.Table)
			}
		}
		columns, err := store.Columns(ctx, p.DB)
		must(t, err)
		for _, c := range columns {
			if names.MatchString(c.Name) && !slices.Contains(days, c.Name) && !slices.Contains(parts[c.Table].Columns, c.Name) {
				t.Errorf("%s.%s names a person: put it into personal.Parts, and into account.Erase", c.Table, c.Name)
			}
		}
		t.Run("a table in which she stands under any other name is known too", func(t *testing.T) {
			helpers := []string{"token_use", "ticket", "relation", "language_version", "version", "passage", "document_tag"}
			for table, text := range p.everything() {
				if _, known := parts[table]; !known && !slices.Contains(helpers, table) && strings.Contains(text, p.id) {
					t.Errorf("%s holds her id", table)
				}
			}
		})
	})
}

// export unpacks what she is given: name → content.
func (p *place) export(who access.Subject) map[string]string {
	p.Helper()
	var out bytes.Buffer
	say := func(_ context.Context, events []store.Event) ([]string, error) {
		words := make([]string, len(events))
		for i, e := range events {
			words[i] = "Words of " + e.Act
		}
		return words, nil
	}
	must(p.T, p.Export(ctx, who, &out, "What this is.", say))
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	must(p.T, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(p.T, err)
		text, err := io.ReadAll(r)
		must(p.T, err)
		files[f.Name] = string(text)
	}
	return files
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		files := p.export(p.her())
		var person map[string]json.RawMessage
		if err := json.Unmarshal([]byte(files["person.json"]), &person); err != nil {
			t.Fatal(err, files["person.json"])
		}
		t.Run("every table that names her gives something", func(t *testing.T) {
			empty := []string{ // she has done nothing of the kind
				"vouchings_given", "vouchings_ended", "roles_given", "roles_ended", "groups_admitted", "invitations_withdrawn", "withdrawn_documents", "lowerings_asked", "lowerings_decided",
			}
			for _, part := range personal.Parts {
				for _, s := range part.Given {
					if text := string(person[s.Name]); text == "" || text == "[]" && !slices.Contains(empty, s.Name) {
						t.Errorf("%s is %q", s.Name, text)
					}
				}
			}
		})
		t.Run("what opens something is not in it", func(t *testing.T) {
			for _, secret := range []string{"$argon2", `"hash"`, `"credential"`, `"secret"`, "sealed", strings.Repeat("a", 64)} {
				if strings.Contains(files["person.json"], secret) {
					t.Errorf("person.json has %s", secret)
				}
			}
		})
		t.Run("her events are there in words and as data, the export too", func(t *testing.T) {
			for _, words := range []string{"Words of account.person.created", "Words of library.document.created", "Words of personal.data.exported", `"acts_for"`} {
				if !strings.Contains(string(person["events"]), words) {
					t.Errorf("no %s", words)
				}
			}
		})
		t.Run("the files are there, of her documents and of what she brought", func(t *testing.T) {
			var text string
			for name, content := range files {
				text += name + "\n" + content + "\n"
			}
			for _, want := range []string{"A guide that everybody reads.", "These are the notes of", "What " + herName + " brought.", "documents/" + p.draft + "/en/1-Notes of " + herName + ".txt", "What this is."} {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in %d files", want, len(files))
				}
			}
		})
		t.Run("nobody else's", func(t *testing.T) {
			if text := p.export(p.admin)["person.json"]; strings.Contains(text, herAddress) || strings.Contains(text, "guest@polis.example") {
				t.Error("the administrator's export has hers")
			}
		})
		t.Run("a program's limited token gets none", func(t *testing.T) {
			err := p.Export(ctx, p.her().Within(access.Public, false), io.Discard, "", nil)
			if !errors.Is(err, account.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("a file that is lost is named and stops nothing", func(t *testing.T) {
			for e, err := range p.Library.Files.All(ctx) {
				must(t, err)
				must(t, p.Library.Files.Remove(ctx, e.Sum, 0))
			}
			if again := p.export(p.her()); !strings.Contains(again["missing.json"], "Guide.txt") || !strings.Contains(again["person.json"], herAddress) {
				t.Errorf("%v", again["missing.json"])
			}
		})
	})
}

// traces are the tables, and the index, in which she still stands.
func (p *place) traces(ix *search.Index) (found []string) {
	p.Helper()
	for table, text := range p.everything() {
		low := strings.ToLower(text)
		for _, word := range []string{herName, "quellenbach", herAddress, herOld} {
			if strings.Contains(low, strings.ToLower(word)) {
				found = append(found, table+": "+word)
			}
		}
	}
	must(p.T, p.Library.CatchUp(ctx, ix, nil))
	answer, err := ix.Search(ctx, store.Everything("test"), search.Query{Text: "Quellenbach", Lang: "en", Limit: 10})
	must(p.T, err)
	if len(answer.Hits) > 0 {
		found = append(found, "the search index")
	}
	return found
}

func TestErasure(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		ix, err := search.Open("")
		must(t, err)
		t.Cleanup(func() { _ = ix.Close() })
		before := p.traces(ix)
		for _, where := range []string{"person: " + herName, "letter: " + herName, "invitation: " + herName, "address_change: " + herOld, "passkey: " + herName, "intake: " + herName, "passage: " + herName, "the search index"} {
			if !slices.Contains(before, where) {
				t.Fatalf("the test would find nothing: %s is not among %q", where, before)
			}
		}
		must(t, p.Erase(ctx, p.her(), p.id, p.guide, p.cited))
		t.Run("no table and no index has her name or address any more", func(t *testing.T) {
			if left := p.traces(ix); len(left) > 0 {
				t.Errorf("%q", left)
			}
		})
		t.Run("the chain is whole", func(t *testing.T) {
			if faults := verify(t, p.DB); len(faults) > 0 {
				t.Error(faults)
			}
		})
		t.Run("she comes in nowhere, by nothing", func(t *testing.T) {
			if _, _, err := account.Subject(ctx, p.DB, p.id, account.TwoFactors); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			for table, text := range p.everything() {
				if slices.Contains([]string{"passkey", "authenticator", "recovery_code", "token", "token_use", "identity", "membership", "ticket", "address_change", "intake", "saved_search", "alert", "recent_search", "follow", "notice_wish", "notice_choice", "notice_feed", "notice_seen", "notice_own", "notice_owed", "notice_digest", "notice_announced", "announcement_seen", "batch", "batch_document"}, table) && text != "" {
					t.Errorf("%s: %s", table, text)
				}
			}
		})
		t.Run("the words for her and her roles are ended, and others' letters wait on", func(t *testing.T) {
			words, err := account.Vouchings(ctx, p.DB, p.id)
			must(t, err)
			roles, err := account.Roles(ctx, p.DB, p.id)
			must(t, err)
			if len(words) != 1 || words[0].Ended.IsZero() || len(roles) != 1 || roles[0].Ended.IsZero() {
				t.Errorf("%+v %+v", words, roles)
			}
			if letters := p.everything()["letter"]; !strings.Contains(letters, "Somebody") {
				t.Error("somebody else's letter is gone")
			}
		})
		t.Run("what only she read is gone, what she chose too, and what is cited stays with her State", func(t *testing.T) {
			for _, id := range []string{p.draft, p.guide} {
				if _, err := p.Library.Get(ctx, store.Everything("test"), id); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: %v", id, err)
				}
			}
			if _, err := p.Library.Withdrawn(ctx, access.Scope{}, p.guide); err != nil {
				t.Error(err)
			}
			if _, err := p.Library.Withdrawn(ctx, access.Scope{}, p.draft); !errors.Is(err, store.ErrNotFound) {
				t.Error("a stranger hears of a draft:", err)
			}
			rec, err := p.Library.Get(ctx, access.Scope{}, p.cited)
			if err != nil || rec.Owner != "" || rec.State != "KG" {
				t.Errorf("%+v %v", rec.Label, err)
			}
		})
		t.Run("a second time changes nothing", func(t *testing.T) {
			seq := p.DB.Seq()
			if err := p.Erase(ctx, p.admin, p.id); err != nil || p.DB.Seq() != seq {
				t.Error(err)
			}
		})
	})
}

func verify(t *testing.T, db *store.DB) []store.Fault {
	t.Helper()
	_, faults, err := store.Verify(ctx, db)
	must(t, err)
	return faults
}

func TestWhoMayErase(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		t.Run("nobody erases somebody else but an administrator", func(t *testing.T) {
			other := p.person("other@polis.example", "Other", access.DeskOfficer, "")
			if err := p.Erase(ctx, p.subject(other), p.id); !errors.Is(err, account.ErrForbidden) {
				t.Error(err)
			}
			if _, err := p.Leaving(ctx, p.subject(other), p.id); !errors.Is(err, account.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("the last administrator cannot erase herself", func(t *testing.T) {
			if err := p.Erase(ctx, p.admin, p.admin.ID); !errors.Is(err, account.ErrLastAdministrator) {
				t.Error(err)
			}
		})
		t.Run("and once there is a second one she can", func(t *testing.T) {
			p.person("second@polis.example", "Second", access.Administrator, "")
			if err := p.Erase(ctx, p.admin, p.admin.ID); err != nil {
				t.Error(err)
			}
		})
		t.Run("what will happen is said before", func(t *testing.T) {
			l, err := p.Leaving(ctx, p.her(), p.id)
			must(t, err)
			if len(l.Documents) != 3 || l.Arrived != 1 || len(l.Groups) != 2 || len(l.Roles) != 1 || l.State != "KG" || l.Tokens != 1 || l.Open != 1 {
				t.Errorf("%+v", l)
			}
			for _, d := range l.Documents {
				if d.Goes != (d.ID == p.draft) || d.May != (d.ID == p.guide) || d.Cited != (d.ID == p.cited) {
					t.Errorf("%+v", d)
				}
			}
		})
	})
}

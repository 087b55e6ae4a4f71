package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// ProposalsView is who was proposed for a closed group.
type ProposalsView struct {
	Lead    string
	Waiting []ProposalLine // for those who run it
	None    string         // where none waits, for them
	Own     []ProposalLine // those of the reader
	Propose *ProposeView   // for a member
}

// ProposalLine is a proposal.
type ProposalLine struct {
	Name  string
	Tag   *Tag
	Meta  string
	Words string
	Forms []PersonForm
}

// ProposeView is the form of a new one.
type ProposeView struct {
	Action string
	Fields []Field
}

var proposalsPage = newPage("group-proposals", ProposalsView{
	Lead: "Nobody else knows of this group.", None: "Nobody waits.",
	Waiting: []ProposalLine{{"Bela", nil, "Proposed by Anna", "She leads the unit.", []PersonForm{{ID: "admit-1", Title: "Admit", Action: "/en/groups/g1/proposals/admit", Button: "Admit", Hidden: []Carried{{"person", "2"}}}}}},
	Own:     []ProposalLine{{"Bela", &Tag{Refusal, "Declined"}, "3 March 2026", "Not now.", []PersonForm{{ID: "withdraw-2", Title: "Take back", Action: "/en/groups/g1/proposals/withdraw", Button: "Take back"}}}},
	Propose: &ProposeView{"/en/groups/g1/proposals", []Field{{Name: "address", Label: "Address", Error: "Write it."}}},
})

// proposalForm is what was typed into one of the forms of the page.
type proposalForm struct {
	wrong   account.Invalid
	decides string // whom the answer is about, or ""
}

func (h *House) proposals(w http.ResponseWriter, r *http.Request) error {
	return h.showProposals(w, r, proposalForm{})
}

func (h *House) showProposals(w http.ResponseWriter, r *http.Request, form proposalForm) error {
	return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error {
		if p.g.Kind != account.GroupClosed || !p.s.Member && !p.s.Runs() {
			return groupFault(r, account.ErrForbidden)
		}
		p.below("groups.proposals")
		p.Private = true
		who, ctx := ReaderOf(r).Subject, r.Context()
		v := ProposalsView{Lead: p.T("groups.proposals.lead")}
		if p.s.Runs() {
			v.None = p.T("groups.proposals.none")
			asks, err := account.Asks(ctx, h.DB, who, p.g.ID)
			if err != nil {
				return err
			}
			for _, a := range asks {
				v.Waiting = append(v.Waiting, p.waiting(a, form))
			}
		}
		own, err := account.AsksOf(ctx, h.DB, who, p.g.ID)
		if err != nil {
			return err
		}
		for _, a := range own {
			v.Own = append(v.Own, p.ownProposal(a))
		}
		if p.s.Writes(p.now) {
			v.Propose = p.proposeForm(form)
		}
		return proposalsPage.Show(w, p.Frame, v)
	})(w, r)
}

func (p groupPageOf) proposeForm(form proposalForm) *ProposeView {
	fields := []Field{
		{Name: "address", Label: p.T("groups.field.address"), Hint: p.T("groups.hint.address"), Type: "email", Auto: "off", Width: "medium"},
		{Name: "words", Label: p.T("groups.field.words"), Hint: p.T("groups.hint.words"), Type: "textarea", Rows: 4},
	}
	if form.decides == "" {
		fields[0].Value, fields[1].Value = p.r.PostFormValue("address"), p.r.PostFormValue("words")
		p.flag(fields, form.wrong)
	}
	return &ProposeView{p.address("/proposals"), fields}
}

// waiting is a proposal with the forms that decide it.
func (p groupPageOf) waiting(a account.Ask, form proposalForm) ProposalLine {
	hidden := []Carried{{"person", a.Person}, {"asked", strconv.FormatInt(a.Asked.UnixMicro(), 10)}}
	reason := []Field{{Name: "reason-" + a.Person, Label: p.T("groups.field.reason"), Hint: p.T("groups.hint.reason"), Type: "textarea", Rows: 3}}
	open := form.decides == a.Person
	if open {
		reason[0].Value = p.r.PostFormValue(reason[0].Name)
		p.flag(reason, account.Invalid{reason[0].Name: form.wrong["reason"]})
	}
	by := a.ByName
	if by == "" {
		by = p.T("topic.former")
	}
	return ProposalLine{
		Name: a.Name, Words: a.Words,
		Meta: p.T("groups.proposal.by", "of", p.circleName(a.ActsFor, a.Body), "by", by, "day", a.Asked),
		Forms: []PersonForm{
			{ID: "admit-" + a.Person, Title: p.T("groups.admit.button"), Action: p.address("/proposals/admit"), Button: p.T("groups.admit.button"), Hidden: hidden, Says: []string{p.T("groups.admit.says")}},
			{ID: "decline-" + a.Person, Title: p.T("groups.decline"), Action: p.address("/proposals/decline"), Button: p.T("groups.decline"), Hidden: hidden, Fields: reason, Open: open, Warning: true},
		},
	}
}

var verdictMoods = map[account.AskVerdict]Mood{"": Attention, account.Admitted: Done, account.Declined: Refusal, account.Withdrawn: Plain}

// ownProposal is one that the reader made, with what became of it.
func (p groupPageOf) ownProposal(a account.Ask) ProposalLine {
	verdict := string(a.Verdict)
	if verdict == "" {
		verdict = "waits"
	}
	line := ProposalLine{Name: a.Name, Tag: &Tag{verdictMoods[a.Verdict], p.T("groups.verdict." + verdict)}, Meta: p.Date(a.Asked.Local()), Words: a.Reason}
	if a.Verdict == "" {
		line.Words = a.Words
		line.Forms = []PersonForm{{
			ID: "withdraw-" + a.Person, Title: p.T("groups.withdraw"), Action: p.address("/proposals/withdraw"), Button: p.T("groups.withdraw"),
			Hidden: []Carried{{"person", a.Person}, {"asked", strconv.FormatInt(a.Asked.UnixMicro(), 10)}},
		}}
	}
	return line
}

func proposalsPath(r *http.Request) string {
	return "/groups/" + url.PathEscape(r.PathValue("id")) + "/proposals"
}

func (h *House) propose(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	var form proposalForm
	err := account.Propose(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"), r.PostFormValue("address"), r.PostFormValue("words"))
	if errors.As(err, &form.wrong) {
		return h.showProposals(w, r, form)
	}
	return h.changes(w, r, err, proposalsPath(r), noticeProposed)
}

// answerProposal admits, declines or withdraws.
func (h *House) answerProposal(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	who, ctx, id, person := ReaderOf(r).Subject, r.Context(), r.PathValue("id"), r.PostFormValue("person")
	micros, _ := strconv.ParseInt(r.PostFormValue("asked"), 10, 64) // 0 is no proposal's: it was decided
	asked := time.UnixMicro(micros)
	form := proposalForm{decides: person}
	switch r.PathValue("act") {
	case "admit":
		return h.changes(w, r, account.Answer(ctx, h.DB, who, id, person, asked, true, ""), proposalsPath(r), noticeAdmitted)
	case "withdraw":
		return h.changes(w, r, account.WithdrawAsk(ctx, h.DB, who, id, person, asked), proposalsPath(r), noticeWithdrawn)
	case "decline":
		err := account.Answer(ctx, h.DB, who, id, person, asked, false, r.PostFormValue("reason-"+person))
		if errors.As(err, &form.wrong) {
			return h.showProposals(w, r, form)
		}
		return h.changes(w, r, err, proposalsPath(r), noticeDeclined)
	}
	return NotFound()
}

package web

import (
	"errors"
	"net/http"

	"polis/internal/community/forum"
	"polis/internal/store"
)

// IssueReceiptView shows a receipt, once.
type IssueReceiptView struct {
	Receipt string
	Follow  string // address
	Back    string
}

var issueReceiptPage = newPage("issue-receipt", IssueReceiptView{
	Receipt: "BCDFG HJKLM NPQRS TVWXZ BCDFG HJKLM", Follow: "/en/issues/follow", Back: "/en/groups/f/issues",
})

// IssueFollowView is what somebody sees who follows an issue by her receipt: the form
// that asks for it, or what became of it.
type IssueFollowView struct {
	Lead     string
	Ask      *Field // for the receipt
	Says     []string
	Code     string // carried on in the forms
	Kind     string
	Tag      Tag
	Lang     string
	Title    string
	About    string
	Points   []HelpStep // what became of it
	Words    []IssueWord
	Say      *Field
	Close    string // words of the button, "" where there is nothing to close
	Closes   string // what it does
	Move     string
	Into     *Link
	Withhold string // that nobody else reads it
}

// IssueWord is a question back, or what she added.
type IssueWord struct{ Who, Text string }

var issueFollowPage = newPage("issue-follow", IssueFollowView{
	Lead: "Write the letters that you were shown.", Ask: &Field{Name: "receipt", Label: "Receipt"}, Says: []string{"Nothing is known by these letters."}, Code: "BCDFG", Kind: "Issue in Round table", Tag: Tag{Attention, "Raised"},
	Lang: "ru", Title: "Lighting", About: "At night nobody sees who waits.", Points: []HelpStep{{"Answered for the town", "3 March 2026", "Lamps come in March.", nil}}, Words: []IssueWord{{"Asked, 3 March 2026", "Which side?"}},
	Say: &Field{Name: "words", Label: "Add", Type: "textarea"}, Close: "Close it", Closes: "Nothing more is done.", Move: "close", Into: &Link{"Another", "/en/issues/2"}, Withhold: "Only the facilitators read it.",
})

// askReceipt asks for a receipt. It stands in no address, and nowhere on the page.
func (h *House) askReceipt(w http.ResponseWriter, r *http.Request) error {
	return h.showReceiptForm(w, r, "")
}

func (h *House) showReceiptForm(w http.ResponseWriter, r *http.Request, says string) error {
	f := h.asking(r, "issue.follow")
	v := IssueFollowView{Lead: f.T("issue.follow.lead"), Ask: &Field{Name: "receipt", Label: f.T("issue.field.receipt"), Hint: f.T("issue.hint.receipt"), Auto: "off", Must: true}}
	if says != "" {
		v.Ask.Error, f.Status = says, http.StatusNotFound
		f.Errors = []Error{{"receipt", says}}
	}
	return issueFollowPage.Show(w, f, v)
}

// followReceipt shows what became of the issue of a receipt.
func (h *House) followReceipt(w http.ResponseWriter, r *http.Request) error {
	return h.showFollowed(w, r, forum.ReadReceipt(r.PostFormValue("receipt")), nil, "", "")
}

// showFollowed shows it; of a receipt that nobody has it says so, whatever it is like.
// wrong and says are why something did not go, done what did.
func (h *House) showFollowed(w http.ResponseWriter, r *http.Request, code forum.Receipt, wrong map[string]string, says, done string) error {
	x, err := h.forums().ByReceipt(r.Context(), code)
	f := h.asking(r, "issue.follow")
	if errors.Is(err, store.ErrNotFound) {
		return h.showReceiptForm(w, r, f.T("issue.follow.unknown"))
	}
	if err != nil {
		return err
	}
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := IssueFollowView{
		Code: code.String(), Kind: f.T("issue.follow.kind", "day", x.Created), Tag: f.issueStage(x.Stage), Lang: string(x.Lang), Title: x.Title, About: x.About,
	}
	if x.Title == "" {
		v.Title = f.T("issue.follow.gone")
	}
	if says != "" {
		v.Says, f.Status = []string{says}, http.StatusConflict
	}
	if done != "" {
		f.Notice = &Notice{f.T(done)}
	}
	if !x.Shown && x.Stage != forum.Withdrawn {
		v.Withhold = f.T("issue.follow.unshown")
	}
	for _, s := range x.Steps {
		v.Points = append(v.Points, p.issuePoint(s, false))
	}
	for _, s := range x.Words {
		v.Words = append(v.Words, IssueWord{f.T("issue.word."+s.Side+".hers", "day", s.At), s.Words})
	}
	if x.Into != nil {
		v.Into = &Link{x.Into.Title, f.URL(x.Into.Path())}
	}
	if x.Talks() && !x.Ended {
		v.Say = &Field{Name: "words", Label: f.T("issue.say.hers"), Hint: f.T("issue.say.hint"), Type: "textarea", Rows: 4, Auto: "off"}
		if wrong != nil {
			v.Say.Value = plain(r.PostForm, "words")
			fields := []Field{*v.Say}
			f.flag(fields, wrong)
			v.Say = &fields[0]
		} else if says != "" {
			v.Say.Value = plain(r.PostForm, "words")
		}
	}
	if m := x.ReceiptMove(); m != "" {
		v.Move, v.Close, v.Closes = string(m), f.T("issue.hers."+string(m)), f.T("issue.hers."+string(m)+".says")
	}
	return issueFollowPage.Show(w, f, v)
}

func (h *House) sayByReceipt(w http.ResponseWriter, r *http.Request) error {
	code := forum.ReadReceipt(r.PostFormValue("receipt"))
	return h.didByReceipt(w, r, code, h.forums().SayByReceipt(r.Context(), code, plain(r.PostForm, "words")), "issue.said.say")
}

func (h *House) closeByReceipt(w http.ResponseWriter, r *http.Request) error {
	code, move := forum.ReadReceipt(r.PostFormValue("receipt")), forum.Move(r.PostFormValue("move"))
	done := "issue.said.close"
	if move == forum.Withdraw {
		done = "issue.said.withdraw"
	}
	return h.didByReceipt(w, r, code, h.forums().CloseByReceipt(r.Context(), code, move), done)
}

// didByReceipt shows the issue again: there is no address to be led to.
func (h *House) didByReceipt(w http.ResponseWriter, r *http.Request, code forum.Receipt, err error, done string) error {
	if errors.Is(err, store.ErrNotFound) || err == nil {
		return h.showFollowed(w, r, code, nil, "", done)
	}
	f := h.site.Frame(r)
	if errors.Is(err, forum.ErrFull) {
		return h.showFollowed(w, r, code, nil, f.T("issue.fault.full"), "")
	}
	m, _, other := f.issueUnmoved(err, "say")
	if other != nil {
		return issueFault(other)
	}
	return h.showFollowed(w, r, code, m.wrong, m.says, "")
}

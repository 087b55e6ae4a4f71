package web

import (
	"context"
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/inbox"
	"polis/internal/store"
)

// Mail that comes in: a person's own addresses, and what the administrator sees of what
// came to them. What the messages say is on no page of these.

// InboxAddress is where somebody writes to for a purpose, on the page of that purpose:
// {{with .Inbox}}{{template "inbox-address" .}}{{end}}
type InboxAddress struct {
	Title, Says, From string
	Yours, Address    string // "" where she has none yet
	Action, Make      string
	EndAction, End    string // "" where she has none
}

// sampleInboxAddress is one for the samples of pages.
var sampleInboxAddress = &InboxAddress{
	Title: "Send an agenda by e-mail", Says: "Forward it to an address of your own.", From: "Write from a@polis.example.",
	Yours: "Your address, made on 3 March 2026", Address: "agenda+abcdefghijklmnopqrstuvwxyz@polis.example",
	Action: "/en/inbox/agenda", Make: "Make a new address", EndAction: "/en/inbox/agenda/end", End: "Take the address back",
}

// InboxView is what the administrator sees of the mail that comes in.
type InboxView struct {
	State    Tag
	Lines    []string
	Counts   []Fact
	Messages []InboxRow
}

// InboxRow is a message that was not acted upon.
type InboxRow struct {
	ID, From, Meta, Text string
	Tag                  Tag
	Again                bool
}

var sampleInbox = &InboxView{
	State: Tag{Done, "Taken in for polis.example"}, Lines: []string{"Nobody proves senders."}, Counts: []Fact{{"Waiting", []Link{{"3", ""}}}},
	Messages: []InboxRow{{"1", "From polis.example", "2 kB · 3 March 2026", "Its form cannot be read.", Tag{Refusal, "Put aside"}, true}},
}

var (
	noticeInboxMade  = newNotice("inbox.done.made")
	noticeInboxEnded = newNotice("inbox.done.ended")
	noticeInboxAgain = newNotice("inbox.done.again")
)

func (h *House) openInbox() {
	h.site.Handle("POST /inbox/{purpose}", h.renewInbox)
	h.site.Handle("POST /inbox/{purpose}/end", h.endInbox)
	h.site.Handle("POST /admin/mail/inbox/{id}/again", h.inboxAgain)
}

// inboxAddress is the reader's address for a purpose, nil where no mail is taken in.
func (h *House) inboxAddress(r *http.Request, purpose string) (*InboxAddress, error) {
	if h.Inbox == nil || h.Inbox.Domain == "" {
		return nil, nil
	}
	ctx, id, f := r.Context(), ReaderOf(r).Subject.ID, h.site.Frame(r)
	address, made, err := h.Inbox.Address(ctx, inbox.Address{Person: id, Purpose: purpose})
	if err != nil {
		return nil, err
	}
	p, err := account.Load(ctx, h.DB, id)
	if err != nil {
		return nil, err
	}
	v := &InboxAddress{
		Title: f.T("inbox.address." + purpose), Says: f.T("inbox.address." + purpose + ".says"), From: f.T("inbox.address.from", "email", p.Email),
		Action: f.URL("/inbox/" + purpose), Make: f.T("inbox.address.make"),
	}
	if address != "" {
		v.Yours, v.Address, v.Make = f.T("inbox.address.yours", "day", f.Date(made)), address, f.T("inbox.address.renew")
		v.EndAction, v.End = v.Action+"/end", f.T("inbox.address.end")
	}
	return v, nil
}

func (h *House) renewInbox(w http.ResponseWriter, r *http.Request) error {
	return h.changeInbox(w, r, noticeInboxMade, (*inbox.Box).Renew)
}

func (h *House) endInbox(w http.ResponseWriter, r *http.Request) error {
	return h.changeInbox(w, r, noticeInboxEnded, (*inbox.Box).End)
}

// changeInbox makes or takes back an address, and leads to the page of its purpose.
func (h *House) changeInbox(w http.ResponseWriter, r *http.Request, notice string, change func(*inbox.Box, context.Context, access.Subject, string) error) error {
	purpose := r.PathValue("purpose")
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if h.Inbox == nil || h.Inbox.Page(purpose) == "" {
		return NotFound()
	}
	if err := change(h.Inbox, r.Context(), ReaderOf(r).Subject, purpose); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, h.Inbox.Page(purpose), notice, 0)
}

// showInbox is the administrator's part of the page of the mail.
func (h *House) showInbox(r *http.Request, f *Frame) (*InboxView, error) {
	if h.Inbox == nil || h.Inbox.Domain == "" {
		return &InboxView{State: Tag{Plain, f.T("inbox.off")}, Lines: []string{f.T("inbox.state.off")}}, nil
	}
	v := &InboxView{State: Tag{Done, f.T("inbox.state.on", "domain", h.Inbox.Domain)}, Lines: []string{f.T("inbox.verifier.none")}}
	if h.Inbox.Verifier != "" {
		v.Lines[0] = f.T("inbox.verifier", "server", h.Inbox.Verifier)
	}
	v.Lines = append(v.Lines, f.T("inbox.counted"))
	counts, err := h.Inbox.Counts(r.Context())
	if err != nil {
		return nil, err
	}
	for _, stage := range []inbox.Stage{inbox.Waiting, inbox.Done, inbox.Dropped, inbox.Aside} {
		v.Counts = append(v.Counts, Fact{f.T("inbox.stage." + string(stage)), []Link{{f.Number(counts[stage]), ""}}})
	}
	held, err := h.Inbox.Troubled(r.Context(), 20)
	if err != nil {
		return nil, err
	}
	for _, m := range held {
		v.Messages = append(v.Messages, f.inboxRow(m))
	}
	return v, nil
}

// inboxRow is a message without what it says, and without whose it is.
func (f *Frame) inboxRow(m inbox.Held) InboxRow {
	row := InboxRow{
		ID: m.ID, From: f.T("inbox.from.none"), Meta: f.T("inbox.meta", "size", f.Size(m.Bytes), "when", f.DateTime(m.Updated)),
		Text: f.T("inbox.reason." + m.Reason), Tag: Tag{Plain, f.T("inbox.stage.dropped")}, Again: m.Stage == inbox.Aside && m.Sum != "",
	}
	if m.Domain != "" {
		row.From = f.T("inbox.from", "domain", m.Domain)
	}
	if m.Stage == inbox.Aside {
		row.Tag = Tag{Refusal, f.T("inbox.stage.aside")}
	}
	return row
}

func (h *House) inboxAgain(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	if h.Inbox == nil {
		return NotFound()
	}
	err := h.Inbox.Again(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) { // done meanwhile, or its file is gone
		return NotFound()
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/admin/mail", noticeInboxAgain, 0)
}

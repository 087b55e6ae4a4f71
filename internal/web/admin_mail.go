package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"polis/internal/account"
	"polis/internal/mail"
)

// The settings of the mail: where letters are handed over, a button that tries
// it and says in plain words what the server answered, and the letters that did
// not leave.

// MailView is the page of the mail settings.
type MailView struct {
	State   Tag
	Counts  []Fact
	Fields  []Field
	Test    Field
	Answer  *MailAnswer // of the test that was made just now
	Letters []LetterRow
	Days    Field
	Inbox   *InboxView
}

// MailAnswer is what became of a test.
type MailAnswer struct {
	Good       bool
	Text, Said string
}

// LetterRow is a letter that did not leave.
type LetterRow struct {
	ID, Recipient, Kind, Text, Said, When string
	Tag                                   Tag
	Failed                                bool
}

var mailPage = newPage("admin-mail", MailView{
	State: Tag{Done, "Letters are sent"}, Counts: []Fact{{"Waiting", []Link{{"3", ""}}}},
	Fields: []Field{{Name: "host", Label: "Server", Hint: "smtp.example.org"}}, Test: Field{Name: "to", Label: "To", Type: "email"},
	Answer:  &MailAnswer{Text: "The server refuses the sender.", Said: "550 no"},
	Letters: []LetterRow{{"1", "a@polis.example", "Invitation", "The server does not know the recipient.", "550 no such user", "3 March 2026", Tag{Refusal, "Failed"}, true}},
	Days:    Field{Name: "days", Label: "Days", Type: "number"},
	Inbox:   sampleInbox,
})

var (
	noticeMailSaved   = newNotice("mail.saved")
	noticeMailRemoved = newNotice("mail.removed")
	noticeMailAgain   = newNotice("mail.again.done")
)

func (h *House) openMail() {
	h.site.Handle("GET /admin/mail", h.mail)
	h.site.Handle("POST /admin/mail", h.proven(h.saveMail))
	h.site.Handle("POST /admin/mail/test", h.proven(h.once(h.testMail)))
	h.site.Handle("POST /admin/mail/days", h.proven(h.saveDays))
	h.site.Handle("POST /admin/mail/{id}/again", h.mailAgain)
}

func (h *House) mail(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err := mayOperate(r); err != nil {
		return err
	}
	s, err := mail.Load(r.Context(), h.DB, h.Keys)
	if err != nil {
		s.Password = "" // sealed with another key: it has to be written again
	}
	return h.showMail(w, r, s, nil, nil)
}

func (h *House) showMail(w http.ResponseWriter, r *http.Request, s mail.Settings, wrong map[string]string, answer *MailAnswer) error {
	f := h.asking(r, "mail.title")
	if f.Has("/admin") {
		f.Crumbs = []Link{{f.T("admin.title"), f.URL("/admin")}}
	}
	counts, err := mail.Counts(r.Context(), h.DB)
	if err != nil {
		return err
	}
	troubled, err := mail.Troubled(r.Context(), h.DB, 50)
	if err != nil {
		return err
	}
	days, err := account.InvitationDays(r.Context(), h.DB)
	if err != nil {
		return err
	}
	writes, err := h.writes(r)
	if err != nil {
		return err
	}
	v := MailView{State: Tag{Done, f.T("mail.state.on")}, Fields: f.mailFields(s), Answer: answer}
	if !writes {
		v.State = Tag{Attention, f.T("mail.state.off")}
	}
	for _, stage := range []mail.Stage{mail.Waiting, mail.Failed, mail.Sent} {
		v.Counts = append(v.Counts, Fact{f.T("mail.stage." + string(stage)), []Link{{f.Number(counts[stage]), ""}}})
	}
	for _, l := range troubled {
		v.Letters = append(v.Letters, f.letterRow(l))
	}
	v.Test = Field{Name: "to", Label: f.T("mail.test.to"), Type: "email", Width: "medium", Value: r.PostFormValue("to"), Must: true}
	own := []Field{{Name: "days", Label: f.T("mail.days"), Hint: f.T("mail.days.hint"), Type: "number", Width: "short", Value: strconv.Itoa(days)}}
	f.flag(v.Fields, wrong)
	f.flag(own, wrong)
	v.Days = own[0]
	if v.Inbox, err = h.showInbox(r, f); err != nil {
		return err
	}
	return mailPage.Show(w, f, v)
}

func (f *Frame) mailFields(s mail.Settings) []Field {
	port := ""
	if s.Port != 0 {
		port = strconv.Itoa(s.Port)
	}
	security := Field{Name: "security", Label: f.T("mail.field.security"), Type: "radios"}
	for _, way := range mail.Securities {
		security.Options = append(security.Options, Option{
			Value: string(way), Text: f.T("mail.security." + string(way)), Hint: f.T("mail.security." + string(way) + ".hint"),
			Chosen: way == s.Security || s.Security == "" && way == mail.StartTLS,
		})
	}
	password := f.T("mail.hint.password")
	if s.Sealed != "" {
		password = f.T("mail.hint.password-kept")
	}
	return []Field{
		{Name: "host", Label: f.T("mail.field.host"), Hint: f.T("mail.hint.host"), Value: s.Host, Width: "medium", Auto: "off"},
		{Name: "port", Label: f.T("mail.field.port"), Hint: f.T("mail.hint.port"), Type: "number", Value: port, Width: "short"},
		security,
		{Name: "user", Label: f.T("mail.field.user"), Hint: f.T("mail.hint.user"), Value: s.User, Width: "medium", Auto: "off"},
		{Name: "password", Label: f.T("mail.field.password"), Hint: password, Type: "password", Width: "medium", Auto: "new-password"},
		{Name: "from", Label: f.T("mail.field.from"), Hint: f.T("mail.hint.from"), Type: "email", Value: s.From, Width: "medium"},
		{Name: "name", Label: f.T("mail.field.name"), Hint: f.T("mail.hint.name"), Value: s.Name, Width: "medium"},
	}
}

// letterRow is a letter that did not leave: why, in words of ours and the
// server's.
func (f *Frame) letterRow(l mail.Held) LetterRow {
	key, said, _ := strings.Cut(l.Reason, "\n")
	row := LetterRow{
		ID: l.ID, Recipient: l.Recipient, Kind: f.letterKind(l.Kind), Text: f.T(key), Said: said, Failed: l.Stage == mail.Failed,
		Tag: Tag{Refusal, f.T("mail.stage.failed")}, When: f.T("mail.since", "n", l.Tries, "when", f.DateTime(l.Updated)),
	}
	if !strings.Contains(l.Recipient, "@") {
		row.Recipient = f.T("mail.person")
	}
	if !row.Failed {
		row.Tag = Tag{Attention, f.T("mail.stage.waiting")}
		row.When = f.T("mail.next", "n", l.Tries, "when", f.DateTime(l.Due))
	}
	return row
}

// letterKind is the subject of such a letter, without its words.
func (f *Frame) letterKind(kind string) string {
	if !strings.Contains(kind, ".") {
		kind = "mail." + kind
	}
	return f.T(kind+".subject", "who", "…", "entry", "…", "by", "…", "name", "…", "day", "…")
}

func readMail(r *http.Request) mail.Settings {
	port, _ := strconv.Atoi(strings.TrimSpace(r.PostFormValue("port"))) // 0 is refused with the rest
	return mail.Settings{
		Host: strings.TrimSpace(r.PostFormValue("host")), Port: port, Security: mail.Security(r.PostFormValue("security")),
		User: strings.TrimSpace(r.PostFormValue("user")), Password: r.PostFormValue("password"),
		From: strings.TrimSpace(r.PostFormValue("from")), Name: strings.TrimSpace(r.PostFormValue("name")),
	}
}

func (h *House) saveMail(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	s := readMail(r)
	err := mail.Save(r.Context(), h.DB, h.Keys, ReaderOf(r).Subject, s)
	var wrong mail.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showMail(w, r, s, wrong, nil)
	case err != nil:
		return forbidden(r, err)
	case s.Host == "":
		return h.site.Frame(r).Redirect(w, "/admin/mail", noticeMailRemoved, 0)
	}
	return h.site.Frame(r).Redirect(w, "/admin/mail", noticeMailSaved, 0)
}

// testMail sends a letter with the stored settings and says how it went.
func (h *House) testMail(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	s, err := mail.Load(r.Context(), h.DB, h.Keys)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	to := strings.TrimSpace(r.PostFormValue("to"))
	if s.Host == "" {
		return h.showMail(w, r, s, nil, &MailAnswer{Text: f.T("mail.test.none")})
	}
	answer := &MailAnswer{Good: true, Text: f.T("mail.test.good", "address", to)}
	if refusal := h.Post.Test(r.Context(), s, to, f.Lang); refusal != nil {
		answer = &MailAnswer{Text: f.T(refusal.Key), Said: refusal.Said}
	}
	return h.showMail(w, r, s, nil, answer)
}

func (h *House) saveDays(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	days, _ := strconv.Atoi(r.PostFormValue("days")) // 0 is refused
	err := account.SetInvitationDays(r.Context(), h.DB, ReaderOf(r).Subject, days)
	var wrong account.Invalid
	if errors.As(err, &wrong) {
		s, _ := mail.Load(r.Context(), h.DB, h.Keys)
		return h.showMail(w, r, s, wrong, nil)
	}
	if err != nil {
		return forbidden(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/admin/mail", noticeMailSaved, 0)
}

func (h *House) mailAgain(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	if err := mail.Again(r.Context(), h.DB, r.PathValue("id")); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/admin/mail", noticeMailAgain, 0)
}

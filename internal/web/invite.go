package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/store"
)

// Invitations as those see them who make them: a list, one form, and a page for
// many (invite_sheet.go). What the invited see is in invite_accept.go.

// onInvitationsPage is how many invitations a page of the list has.
const onInvitationsPage = 50

// InvitationsView is the list of invitations.
type InvitationsView struct {
	Stages  []InvitationTab
	Stage   string // that is chosen, for the search
	Words   Field
	Count   string
	Rows    []InvitationRow
	Pages   *Pagination
	Invite  Link
	Many    Link
	ByHand  bool // no letters leave: links are handed over
	Buttons InvitationButtons
}

// InvitationRow is one invitation.
type InvitationRow struct {
	ID     string
	Name   string
	Email  string
	Line   string // role and for whom
	Tag    Tag
	Dates  string
	Opened bool // it can be sent again, handed over, withdrawn
	Person string
}

// InvitationTab leads to the invitations of one stage.
type InvitationTab struct {
	Text, URL string
	Here      bool
}

// InvitationButtons are the words of what can be done with one.
type InvitationButtons struct{ Again, Hand, Withdraw string }

var invitationsPage = newPage("invitations", InvitationsView{
	Stages: []InvitationTab{{"All", "/en/invitations", false}, {"Open", "/en/invitations?stage=open", true}}, Stage: "open",
	Words: Field{Name: "q", Label: "Name or address", Type: "search"},
	Count: "2 invitations", Invite: Link{"Invite somebody", "/en/invitations/new"}, Many: Link{"Invite many", "/en/invitations/many"}, ByHand: true,
	Rows:    []InvitationRow{{"1", "Aigul Asanova", "aigul@polis.example", "Expert · Kyrgyzstan", Tag{Attention, "Open"}, "until 7 December 2026", true, "/en/people/1"}},
	Buttons: InvitationButtons{"Send again", "Make a link to hand over", "Withdraw"},
})

var (
	noticeInvited        = newNotice("joining.invited")
	noticeResent         = newNotice("joining.resent")
	noticeInvitationBack = newNotice("joining.withdrawn")
)

func (h *House) openInvitations() {
	h.site.Handle("GET /invitations", h.invitations)
	h.site.Handle("GET /invitations/new", h.inviteForm)
	h.site.Handle("POST /invitations/new", h.proven(h.once(h.invite)))
	h.site.Handle("GET /invitations/many", h.sheetForm)
	h.site.HandleUpload("POST /invitations/many", importLimit, h.proven(h.inviteSheet))
	h.site.Handle("POST /invitations/{id}/again", h.proven(h.once(h.inviteAgain)))
	h.site.Handle("POST /invitations/{id}/hand", h.proven(h.once(h.inviteByHand)))
	h.site.Handle("POST /invitations/{id}/withdraw", h.withdrawInvitation)
	h.site.Handle("GET /invitation", h.invitation)
	h.site.Handle("POST /invitation", h.accept)
}

// mayInvite refuses who invites nobody, by the rule.
func mayInvite(r *http.Request) error {
	who := ReaderOf(r).Subject
	if account.MayInvite(who) {
		return nil
	}
	return Refused(who.MayVouch("", "").Rule)
}

func (h *House) invitations(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err := mayInvite(r); err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title = f.T("joining.invitations.title")
	page, _ := strconv.Atoi(r.FormValue("page"))
	page = min(max(page, 1), 10_000)
	filter := account.InvitationFilter{
		Stage: account.InvitationStage(r.FormValue("stage")), Words: r.FormValue("q"), Limit: onInvitationsPage, Offset: (page - 1) * onInvitationsPage,
	}
	list, total, err := account.Invitations(r.Context(), h.DB, ReaderOf(r).Subject, filter)
	if err != nil {
		return forbidden(r, err)
	}
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	ok, err := h.writes(r)
	if err != nil {
		return err
	}
	v := words.invitations(list, filter)
	v.Count, v.ByHand = f.T("joining.invitations.count", "n", total), !ok
	v.Pages = f.Pagination(page, (total+onInvitationsPage-1)/onInvitationsPage)
	return invitationsPage.Show(w, f, v)
}

// invitations are the rows of the list, and what filters it.
func (w wording) invitations(list []account.Invitation, filter account.InvitationFilter) InvitationsView {
	v := InvitationsView{
		Stage:   string(filter.Stage),
		Words:   Field{Name: "q", Label: w.T("joining.invitations.words"), Type: "search", Value: filter.Words, Width: "medium"},
		Invite:  Link{w.T("joining.invite.title"), w.URL("/invitations/new")},
		Many:    Link{w.T("joining.many.title"), w.URL("/invitations/many")},
		Buttons: InvitationButtons{w.T("joining.again"), w.T("joining.link.make"), w.T("joining.withdraw")},
	}
	for _, s := range account.InvitationStages {
		text := w.T("core.all")
		if s != "" {
			text = w.T("joining.stage." + string(s))
		}
		v.Stages = append(v.Stages, InvitationTab{text, w.With("stage", string(s)), s == filter.Stage})
	}
	now := time.Now()
	for _, i := range list {
		v.Rows = append(v.Rows, w.invitationRow(i, now))
	}
	return v
}

var invitationMoods = map[account.InvitationStage]Mood{
	account.InvitationOpen: Attention, account.InvitationAccepted: Done, account.InvitationExpired: Plain, account.InvitationWithdrawn: Plain,
}

func (w wording) invitationRow(i account.Invitation, now time.Time) InvitationRow {
	stage := i.Stage(now)
	row := InvitationRow{
		ID: i.ID, Name: i.Name, Email: i.Email, Line: w.offer(i),
		Tag:    Tag{invitationMoods[stage], w.T("joining.stage." + string(stage))},
		Opened: stage == account.InvitationOpen || stage == account.InvitationExpired,
	}
	switch stage {
	case account.InvitationAccepted:
		row.Dates, row.Person = w.T("joining.on", "day", i.Accepted), w.URL("/people/"+url.PathEscape(i.Person))
	case account.InvitationWithdrawn:
		row.Dates = w.T("joining.on", "day", i.Withdrawn)
	default:
		row.Dates = w.T("joining.until", "day", i.Expires)
	}
	return row
}

// offer is what an invitation gives: a role, for whom.
func (w wording) offer(i account.Invitation) string {
	text := w.T("access.role." + string(i.Role))
	if id := i.ActsFor + i.Body; id != "" {
		text += " · " + w.names.Name(id, "", w.Lang)
	}
	return text
}

// inviting is the form for one invitation, as typed.
type inviting struct {
	account.Invitation
	place, until string
}

func (h *House) inviteForm(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	i := inviting{Invitation: account.Invitation{Role: access.MemberRole, Lang: LangOf(r)}}
	if own := ownGrant(ReaderOf(r).Subject); own.State+own.Body != "" {
		i.place = own.State + own.Body
	}
	return h.showInvite(w, r, i, nil)
}

// ownGrant is the State or body for which the subject invites, if it is one.
func ownGrant(who access.Subject) access.Grant {
	own := slices.DeleteFunc(slices.Clone(who.Grants), func(g access.Grant) bool { return g.Role != access.FocalPoint })
	if len(own) == 1 && !who.MayVouch("", "").Allowed {
		return own[0]
	}
	return access.Grant{}
}

// rolesToGive are the roles to which the subject invites people.
func rolesToGive(who access.Subject) []access.Role {
	var list []access.Role
	own := ownGrant(who)
	for _, role := range access.Roles[1:] {
		g := access.Grant{Role: role, State: own.State, Body: own.Body}
		if !role.Granted() || who.MayGrant(g).Allowed {
			list = append(list, role)
		}
	}
	return list
}

func (h *House) showInvite(w http.ResponseWriter, r *http.Request, i inviting, wrong account.Invalid) error {
	if err := mayInvite(r); err != nil {
		return err
	}
	f := h.asking(r, "joining.invite.title")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	groups, err := account.AdmitsTo(r.Context(), h.DB, ReaderOf(r).Subject)
	if err != nil {
		return err
	}
	days, err := account.InvitationDays(r.Context(), h.DB)
	if err != nil {
		return err
	}
	ok, err := h.writes(r)
	if err != nil {
		return err
	}
	v := AskView{Lead: []string{f.T("joining.invite.lead")}, Action: f.URL("/invitations/new"), Button: f.T("joining.invite.button")}
	if v.Small = f.T("joining.invite.next", "n", days); !ok {
		v.Small, v.Button = f.T("joining.invite.by-hand", "n", days), f.T("joining.link.make")
	}
	f.Crumbs = []Link{{f.T("joining.invitations.title"), f.URL("/invitations")}}
	v.Fields, v.More = words.inviteFields(ReaderOf(r).Subject, i, groups)
	f.flag(v.Fields, wrong)
	place := words.placeField(i.place, wrong["for"], ReaderOf(r).State, ReaderOf(r).Body)
	v.For = &place
	f.flag(v.More, wrong)
	f.complain(wrong) // what no field shows, such as a group that has ended meanwhile
	return askPage.Show(w, f, v)
}

func (w wording) inviteFields(who access.Subject, i inviting, groups []account.Group) (fields, more []Field) {
	roles := Field{Name: "role", Label: w.T("access.role"), Hint: w.T("joining.hint.role"), Type: "select", Width: "medium"}
	for _, role := range rolesToGive(who) {
		roles.Options = append(roles.Options, Option{Value: string(role), Text: w.T("access.role." + string(role)), Chosen: role == i.Role})
	}
	fields = []Field{
		{Name: "email", Label: w.T("account.field.email"), Type: "email", Value: i.Email, Width: "medium", Auto: "off", Must: true},
		{Name: "name", Label: w.T("account.field.name"), Hint: w.T("joining.hint.their-name"), Value: i.Name, Width: "medium", Auto: "off"},
		roles,
	}
	more = []Field{
		{Name: "lang", Label: w.T("joining.field.letter-lang"), Type: "select", Width: "medium", Options: languageOptions(string(i.Lang))},
		{Name: "until", Label: w.T("joining.field.until"), Hint: w.T("joining.hint.until"), Type: "date", Value: i.until, Width: "medium"},
	}
	if len(groups) > 0 {
		boxes := Field{Name: "groups", Label: w.T("joining.field.groups"), Hint: w.T("joining.hint.groups"), Type: "checkboxes"}
		for _, g := range groups {
			boxes.Options = append(boxes.Options, Option{Value: g.ID, Text: g.Name, Chosen: slices.Contains(i.Circles, g.ID)})
		}
		more = append(more, boxes)
	}
	return fields, more
}

// readInviting takes the form of one invitation.
func (h *House) readInviting(r *http.Request) (i inviting, wrong account.Invalid, err error) {
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return i, nil, err
	}
	wrong = account.Invalid{}
	i.Email, i.Name, i.Role = r.PostFormValue("email"), r.PostFormValue("name"), access.Role(r.PostFormValue("role"))
	i.Lang, _ = lang.Parse(r.PostFormValue("lang"))
	i.Circles, i.until = r.PostForm["groups"], strings.TrimSpace(r.PostFormValue("until"))
	if i.place = strings.TrimSpace(r.PostFormValue("for")); i.place != "" && !i.Role.House() {
		if i.ActsFor, i.Body = account.Placed(names, i.place, LangOf(r)); i.ActsFor+i.Body == "" {
			wrong["for"] = "joining.error.for-unclear"
		}
	}
	if i.until != "" {
		day, ok := account.ParseDay(i.until)
		if i.Until = day; !ok {
			wrong["until"] = "joining.error.day"
		}
	}
	return i, wrong, nil
}

func (h *House) invite(w http.ResponseWriter, r *http.Request) error {
	if err := mayInvite(r); err != nil {
		return err
	}
	i, wrong, err := h.readInviting(r)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return h.showInvite(w, r, i, wrong)
	}
	sends, err := h.writes(r)
	if err != nil {
		return err
	}
	id, err := account.Invite(r.Context(), h.DB, ReaderOf(r).Subject, i.Invitation, !sends)
	if errors.As(err, &wrong) {
		return h.showInvite(w, r, i, wrong)
	}
	if err != nil {
		return forbidden(r, err)
	}
	if !sends {
		return h.showLink(w, r, id, i.Email)
	}
	return h.site.Frame(r).Redirect(w, "/invitations", noticeInvited, 1)
}

// showLink makes the link of an invitation and shows it once.
func (h *House) showLink(w http.ResponseWriter, r *http.Request, id, name string) error {
	secret, err := account.InviteByHand(r.Context(), h.DB, ReaderOf(r).Subject, id)
	if err != nil {
		return settled(r, err)
	}
	f := h.asking(r, "joining.link.title")
	f.Crumbs = []Link{{f.T("joining.invitations.title"), f.URL("/invitations")}}
	return h.handed(w, f, name, "joining.link.made", "/invitation", secret)
}

// settled tells why an invitation cannot be changed any more, or renewed.
func settled(r *http.Request, err error) error {
	var wrong account.Invalid
	switch {
	case errors.Is(err, account.ErrSettled):
		return &Fault{Status: http.StatusConflict, Key: "joining.error.settled"}
	case errors.As(err, &wrong):
		return &Fault{Status: http.StatusForbidden, Key: "joining.error.renew"}
	}
	return forbidden(r, err)
}

func (h *House) inviteAgain(w http.ResponseWriter, r *http.Request) error {
	if err := account.Resend(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return settled(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/invitations", noticeResent, 0)
}

func (h *House) inviteByHand(w http.ResponseWriter, r *http.Request) error {
	return h.showLink(w, r, r.PathValue("id"), r.PostFormValue("name"))
}

func (h *House) withdrawInvitation(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	err := account.WithdrawInvitation(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) {
		return NotFound()
	}
	if err != nil {
		return settled(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/invitations", noticeInvitationBack, 0)
}

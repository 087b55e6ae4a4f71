package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// Tokens with which programs ask: those of a person at her account, and those of
// States and bodies at the administration. Both are the same page.

// TokensView lists tokens, and makes new ones.
type TokensView struct {
	Lead   string
	Warn   string // why new ones hold less than expected, or ""
	Rows   []TokenRow
	Action string // of the form; its "/end" revokes
	Fields []Field
}

// TokenRow is one token of the list.
type TokenRow struct {
	ID, Name, Meta string
	Tag            Tag
	Live           bool
}

var tokensPage = newPage("tokens", TokensView{
	Lead: "A token lets a program ask.", Warn: "It will not hold your roles.", Action: "/en/account/tokens",
	Rows:   []TokenRow{{"1", "Monthly statistics", "Kyrgyzstan · reads up to: Official use · until 3 March 2026", Tag{Done, "Valid"}, true}},
	Fields: []Field{{Name: "name", Label: "What it is for", Must: true}},
})

// TokenMadeView shows the secret of a new token, once.
type TokenMadeView struct {
	Name, Meta, Secret, Example, Back string
}

var tokenMadePage = newPage("token-made", TokenMadeView{
	"Monthly statistics", "Reads up to: Official use", "polis_0000000000000000000000000000000000000000000000000",
	"curl -H 'Authorization: Bearer …' https://polis.example/api/v1/search", "/en/account/tokens",
})

var noticeTokenEnded = newNotice("token.ended")

const (
	ownTokens     = "/account/tokens"
	serviceTokens = "/admin/tokens"
)

func (h *House) openTokens() {
	for _, path := range []string{ownTokens, serviceTokens} {
		h.site.Handle("GET "+path, h.tokens(path))
		h.site.Handle("POST "+path, h.proven(h.once(h.makeToken(path))))
		h.site.Handle("POST "+path+"/end", h.endToken(path))
	}
}

// keepsTokens reports whether the subject makes service tokens for somebody.
func keepsTokens(who access.Subject) bool {
	return who.Has(access.FocalPoint) || who.May(access.Operate, access.Label{}).Allowed
}

// mayKeepTokens refuses who has no business with the page.
func mayKeepTokens(r *http.Request, path string) error {
	who := ReaderOf(r).Subject
	if path == serviceTokens && !keepsTokens(who) {
		return Refused(who.May(access.Operate, access.Label{}).Rule)
	}
	return nil
}

func (h *House) tokens(path string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !ReaderOf(r).SignedIn() {
			return h.mustSignIn(w, r)
		}
		return h.showTokens(w, r, path, nil)
	}
}

// showTokens shows the list and the form; wrong is what is wrong with the form.
func (h *House) showTokens(w http.ResponseWriter, r *http.Request, path string, wrong account.Invalid) error {
	if err := mayKeepTokens(r, path); err != nil {
		return err
	}
	f, who := h.site.Frame(r), ReaderOf(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Title, f.Crumbs = f.T("token.title"), []Link{{f.T("account.title"), f.URL("/account")}}
	v := TokensView{Lead: f.T("token.lead"), Action: f.URL(path)}
	var list []account.Token
	if path == serviceTokens {
		f.Title, f.Crumbs = f.T("token.service.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}
		v.Lead = f.T("token.service.lead")
		list, err = account.ServiceTokens(r.Context(), h.DB, who.Subject)
	} else {
		list, err = account.TokensOf(r.Context(), h.DB, who.Subject, who.ID)
	}
	if err != nil {
		return err
	}
	if who.Withheld {
		v.Warn = f.T("token.withheld")
	}
	names := map[string]string{}
	for _, t := range list {
		v.Rows = append(v.Rows, words.tokenRow(t, h.tokenKeeper(r, names, t)))
	}
	v.Fields = words.tokenFields(r, path)
	f.flag(v.Fields, wrong)
	return tokensPage.Show(w, f, v)
}

// tokenKeeper is the name of who answers for a service token.
func (h *House) tokenKeeper(r *http.Request, names map[string]string, t account.Token) string {
	if !t.Service {
		return ""
	}
	if _, known := names[t.Person]; !known {
		if p, err := account.Load(r.Context(), h.DB, t.Person); err == nil {
			names[t.Person] = p.Name
		}
	}
	return names[t.Person]
}

func (w wording) tokenRow(t account.Token, keeper string) TokenRow {
	row := TokenRow{ID: t.ID, Name: t.Name, Meta: w.tokenMeta(t), Tag: Tag{Done, w.T("token.is.holds")}}
	switch {
	case !t.Ended.IsZero():
		row.Tag = Tag{Plain, w.T("token.is.ended")}
	case t.Until.Before(time.Now()):
		row.Tag = Tag{Plain, w.T("token.is.over")}
	case !t.Held:
		row.Tag = Tag{Refusal, w.T("token.is.fallen")}
	default:
		row.Live = true
	}
	if keeper != "" {
		row.Meta += " · " + w.T("token.line.by", "name", keeper)
	}
	if t.Used.IsZero() {
		row.Meta += " · " + w.T("token.line.unused")
	} else {
		row.Meta += " · " + w.T("token.line.used", "when", w.DateTime(t.Used.In(time.Local)))
	}
	return row
}

// tokenMeta says in one line what a token gives.
func (w wording) tokenMeta(t account.Token) string {
	changes := w.T("token.changes.no")
	if t.Changes {
		changes = w.T("token.changes.yes")
	}
	line := w.T("token.line.reach", "level", w.T("access.level."+t.Reach.String())) + " · " + changes + " · " + w.T("token.line.until", "day", t.Until)
	if t.Service {
		line = w.circleName(t.ActsFor, t.Body) + " · " + line
	}
	return line
}

// tokenDays are the times that a token may last.
var tokenDays = []int{7, 30, account.TokenDays, 180, account.MaxTokenDays}

func (w wording) tokenFields(r *http.Request, path string) []Field {
	who, chosen := ReaderOf(r).Subject, r.PostFormValue("reach")
	reach := Field{Name: "reach", Label: w.T("token.field.reach"), Hint: w.T("token.hint.reach"), Type: "select", Width: "medium"}
	for _, level := range access.Levels {
		if level <= who.Trust || level == access.Closed && path == ownTokens && who.Trust > access.Public {
			reach.Options = append(reach.Options, Option{Value: level.String(), Text: w.T("access.level." + level.String()), Chosen: chosen == level.String()})
		}
	}
	changes := Field{Name: "changes", Label: w.T("token.field.changes"), Type: "radios", Options: []Option{
		{Value: "", Text: w.T("token.changes.no"), Chosen: r.PostFormValue("changes") == ""},
		{Value: "yes", Text: w.T("token.changes.yes"), Chosen: r.PostFormValue("changes") != ""},
	}}
	days := Field{Name: "days", Label: w.T("token.field.days"), Type: "select", Width: "short"}
	wanted, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil {
		wanted = account.TokenDays
	}
	for _, n := range tokenDays {
		days.Options = append(days.Options, Option{Value: strconv.Itoa(n), Text: w.T("token.days", "n", n), Chosen: n == wanted})
	}
	fields := []Field{
		{Name: "name", Label: w.T("token.field.name"), Hint: w.T("token.hint.name"), Value: r.PostFormValue("name"), Width: "medium", Auto: "off", Must: true},
		reach, changes, days,
	}
	if path == serviceTokens {
		circle := w.circleField("for", w.T("token.field.for"), r.PostFormValue("for"), w.circles(who), "")
		fields = slices.Insert(fields, 1, circle)
	}
	return fields
}

// wanted reads the form.
func wantedToken(r *http.Request, path string) (account.Wanted, account.Invalid) {
	wrong := account.Invalid{}
	n := account.Wanted{Name: r.PostFormValue("name"), Changes: r.PostFormValue("changes") != ""}
	var err error
	if n.Reach, err = access.ParseLevel(r.PostFormValue("reach")); err != nil {
		wrong["reach"] = "token.error.reach"
	}
	if n.Days, err = strconv.Atoi(r.PostFormValue("days")); err != nil {
		wrong["days"] = "token.error.days"
	}
	if path == serviceTokens {
		switch whom := r.PostFormValue("for"); len(whom) {
		case 0:
			wrong["for"] = "token.error.for"
		case 2:
			n.ActsFor = whom
		default:
			n.Body = whom
		}
	}
	return n, wrong
}

// makeToken makes a token and shows its secret, which no other page does.
func (h *House) makeToken(path string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := mayKeepTokens(r, path); err != nil {
			return err
		}
		n, wrong := wantedToken(r, path)
		if len(wrong) > 0 {
			return h.showTokens(w, r, path, wrong)
		}
		secret, t, err := account.MakeToken(r.Context(), h.DB, ReaderOf(r).Subject, h.strength(r), n)
		switch {
		case errors.As(err, &wrong):
			return h.showTokens(w, r, path, wrong)
		case errors.Is(err, account.ErrForbidden):
			return Refused(account.MayKeepTokens(ReaderOf(r).Subject, n.ActsFor, n.Body).Rule)
		case err != nil:
			return err
		}
		f := h.site.Frame(r)
		words, err := h.words(r, f)
		if err != nil {
			return err
		}
		f.Title, f.Private = f.T("token.made.title"), true
		return tokenMadePage.Show(w, f, TokenMadeView{
			Name: t.Name, Meta: words.tokenMeta(t), Secret: secret, Back: f.URL(path),
			Example: "curl -H 'Authorization: Bearer polis_…' " + h.site.opts.Origin + programPath + "v1/search?q=patrol",
		})
	}
}

func (h *House) endToken(path string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !ReaderOf(r).SignedIn() {
			return Refused(access.RuleSignIn)
		}
		if err := account.EndToken(r.Context(), h.DB, ReaderOf(r).Subject, r.PostFormValue("id")); err != nil {
			return err
		}
		return h.site.Frame(r).Redirect(w, path, noticeTokenEnded, 0)
	}
}

package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/translate"
)

func (h *House) openTranslations() {
	h.site.Handle("POST /topics/{id}/posts/{post}/machine", h.site.costly(h.askMachine))
	h.site.Handle("GET /topics/{id}/posts/{post}/translation", h.translationForm)
	h.site.HandleUpload("POST /topics/{id}/posts/{post}/translation", largestPost, h.typed(h.putTranslation))
	h.site.Handle("POST /topics/{id}/posts/{post}/translation/remove", h.removeTranslation)
}

// TranslationView is a post in another language, beside it.
type TranslationView struct {
	Summary, Lang, Title string
	Open                 bool
	Body                 template.HTML
	Meta                 string // by whom, or which machine
	Stale                string // that the post was changed since, or ""
	Edit                 *Link
	Remove               *PostAct
}

var sampleTranslation = TranslationView{
	Summary: "In English", Lang: "en", Title: "Who has a model?", Open: true, Body: "<p>Here is <em>one</em>.</p>", Meta: "Translated by Bela, 3 March 2026", Stale: "The post was changed since.",
	Edit: &Link{"Correct", "/en/topics/1/posts/1/translation?lang=en"}, Remove: &PostAct{"/en/topics/1/posts/1/translation/remove", "Remove", "en"},
}

// translations puts beside each post what it is in other languages, and what can be asked
// for: of the machine by who is signed in, of herself by who writes here.
func (p talking) translations(list []discussion.Post, views []PostView, writes bool, s account.GroupStanding) error {
	d := p.h.talks()
	made, err := d.Translations(p.r.Context(), list, p.Lang)
	if err != nil {
		return err
	}
	var met []discussion.Post // for the names of who translated, and of who is mentioned
	for _, o := range list {
		for _, t := range made[o.ID] {
			met = append(met, discussion.Post{Author: t.ByWhom, Body: t.Body})
		}
	}
	if len(met) > 0 {
		if err := p.know(met); err != nil {
			return err
		}
	}
	for i, o := range list {
		v := &views[i]
		own := o.Lang == p.Lang // she reads it as it is
		for _, t := range made[o.ID] {
			if t.Service == "" && t.Lang == p.Lang {
				own = true
			}
		}
		for _, t := range made[o.ID] {
			if t.Service != "" && own {
				continue
			}
			own = own || t.Lang == p.Lang
			v.Translations = append(v.Translations, p.translationView(o, t, writes, s))
		}
		path := p.URL(o.Path())
		if !own && p.Reader.SignedIn() && !p.Reader.Idle && d.Machined(s, o, p.Lang) {
			v.Machine = &PostAct{path + "/machine", p.T("translation.machine.into." + string(p.Lang)), string(p.Lang)}
		}
		if writes && o.Stage == discussion.Shown {
			v.Translate = &Link{p.T("translation.add"), path + "/translation"}
		}
	}
	return nil
}

func (p talking) translationView(o discussion.Post, t discussion.Translation, writes bool, s account.GroupStanding) TranslationView {
	v := TranslationView{
		Summary: p.T("translation.in." + string(t.Lang)), Lang: string(t.Lang), Title: t.Title,
		Body: template.HTML(discussion.HTML(t.Body, p.author)), // through the sieve
	}
	if t.Service != "" {
		v.Open = p.r.URL.Query().Get("translated") == o.ID
		v.Summary, v.Meta = p.T("translation.machine.in."+string(t.Lang)), p.T("translation.machine.says", "service", t.Service)
		return v
	}
	v.Open = t.Lang == p.Lang
	v.Meta = p.T("translation.by", "who", p.author(t.ByWhom), "day", t.Updated)
	if t.Stale(o) {
		v.Stale = p.T("translation.stale")
	}
	if writes {
		v.Edit = &Link{p.T("translation.correct"), p.URL(o.Path()) + "/translation?lang=" + string(t.Lang)}
	}
	if !s.Ended && discussion.MayUntranslate(p.Reader.Subject, o, t, s.Runs()) {
		v.Remove = &PostAct{p.URL(o.Path()) + "/translation/remove", p.T("translation.remove"), string(t.Lang)}
	}
	return v
}

// translationFault says why a post was not translated.
func (f *Frame) translationFault(err error, service string) error {
	say := func(status int, key string) error {
		return &Fault{Status: status, Key: key, Args: []any{"service", service}, Err: err}
	}
	switch {
	case errors.Is(err, translate.ErrUnavailable):
		return say(http.StatusServiceUnavailable, "translation.error.unavailable")
	case errors.Is(err, translate.ErrPair):
		return say(http.StatusUnprocessableEntity, "translation.error.pair")
	case errors.Is(err, translate.ErrTooLong):
		return say(http.StatusUnprocessableEntity, "translation.error.long")
	case errors.Is(err, translate.ErrNothing):
		return say(http.StatusUnprocessableEntity, "translation.error.nothing")
	case errors.Is(err, translate.ErrForbidden):
		return say(http.StatusForbidden, "translation.error.forbidden")
	}
	return f.talkFault(err)
}

// askMachine has a post translated into the language that the form names.
func (h *House) askMachine(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	o, _, err := h.ofTopic(r)
	if err != nil {
		return err
	}
	f, service := h.site.Frame(r), ""
	if h.Machine != nil {
		service = h.Machine.Name
	}
	if err := h.talks().Translate(r.Context(), f.Reader.Subject, o.ID, lang.Tag(r.PostFormValue("value"))); err != nil {
		return f.translationFault(err, service)
	}
	path, anchor, _ := strings.Cut(pageAt(o.Topic, o.N), "#")
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return f.Redirect(w, path+mark+"translated="+url.QueryEscape(o.ID)+"#"+anchor, "", 0)
}

// TranslationForm is the form in which a member writes a post in another language.
type TranslationForm struct {
	Action, Back    string
	Lang, Title     string // of the post
	Original        template.HTML
	Rev             string
	Says            []string
	Stale           bool
	Differences     []Difference
	Previewed       bool
	PreviewLang     string
	PreviewTitle    string
	Preview         template.HTML
	Fields          []Field
	Send, PreviewIt string
}

var translationPage = newPage("translation", TranslationForm{
	Action: "/en/topics/1/posts/1/translation", Back: "/en/topics/1#post-1", Lang: "de", Title: "Wer hat ein Muster?", Original: "<p>Hier ist <em>eins</em>.</p>", Rev: "2",
	Says: []string{"You are silent."}, Stale: true, Differences: []Difference{{"Text", "Mine", "Another's"}}, Previewed: true, PreviewLang: "en", PreviewTitle: "Who has a model?", Preview: "<p>Here is one.</p>",
	Fields: []Field{{Name: "lang", Label: "Language", Type: "select", Options: []Option{{Value: "en", Text: "English"}}}, {Name: "body", Label: "Text", Type: "textarea", Error: "Write it."}}, Send: "Save", PreviewIt: "Preview",
})

func (h *House) translationForm(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	o, t, err := h.ofTopic(r)
	if err != nil {
		return err
	}
	if _, err := h.talks().MayWrite(r.Context(), ReaderOf(r).Subject, o.Group); err != nil {
		return h.site.Frame(r).talkFault(err)
	}
	if o.Stage != discussion.Shown {
		return h.site.Frame(r).talkFault(discussion.Impossible{Key: "translation.impossible.shown"})
	}
	typed := &typedPost{draft: discussion.Draft{Lang: LangOf(r)}}
	if to, ok := lang.Parse(r.URL.Query().Get("lang")); ok {
		typed.draft.Lang = to
	}
	if typed.draft.Lang == o.Lang { // any other
		typed.draft.Lang = lang.All[0]
		if o.Lang == lang.All[0] {
			typed.draft.Lang = lang.All[1]
		}
	}
	return h.showTranslation(w, r, o, t, typed, true)
}

// showTranslation shows the form; fresh with what there is in the language.
func (h *House) showTranslation(w http.ResponseWriter, r *http.Request, o discussion.Post, t discussion.Topic, typed *typedPost, fresh bool) error {
	f := h.asking(r, "translation.title")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	stored, err := h.talks().Translation(r.Context(), f.Reader.Subject, o, typed.draft.Lang)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := p.know([]discussion.Post{o, {Author: stored.ByWhom, Body: stored.Body}}); err != nil {
		return err
	}
	if fresh {
		typed.draft.Title, typed.draft.Body, typed.rev = stored.Title, discussion.Spoken(stored.Body, p.author), stored.Rev
	}
	f.Crumbs = []Link{{p.groupCalled(o.Group), f.URL("/groups/" + o.Group)}, {t.Title, p.postAt(o.Topic, o.N)}}
	v := TranslationForm{
		Action: f.URL(o.Path() + "/translation"), Back: p.postAt(o.Topic, o.N), Lang: string(o.Lang), Original: template.HTML(discussion.HTML(o.Body, p.author)), // through the sieve
		Rev: strconv.FormatInt(typed.rev, 10), Says: typed.says, Send: f.T("core.save"), PreviewIt: f.T("topic.preview"),
	}
	if o.N == 1 {
		v.Title = t.Title
	}
	if typed.stored != nil {
		v.Stale, f.Status = true, http.StatusConflict
		typed.draft.Kind = t.Kind
		v.Differences = p.postDifferences(typed.draft, discussion.Draft{Title: stored.Title, Lang: typed.draft.Lang, Body: discussion.Spoken(stored.Body, p.author)}, o.N == 1)
	}
	if typed.preview {
		v.Previewed, v.PreviewLang, v.PreviewTitle = true, string(typed.draft.Lang), typed.draft.Title
		v.Preview = template.HTML(discussion.HTML(typed.draft.Body, p.author)) // through the sieve
	}
	p.translationFields(o, typed, &v)
	return translationPage.Show(w, f, v)
}

func (p talking) translationFields(o discussion.Post, typed *typedPost, v *TranslationForm) {
	d := drafting{wording: p.wording, wrong: typed.wrong}
	into := Field{Name: "lang", Label: p.T("translation.field.lang"), Type: "select", Width: "medium", Error: d.fault("lang")}
	for _, to := range lang.All {
		if to != o.Lang {
			into.Options = append(into.Options, Option{Value: string(to), Text: to.Name(), Chosen: to == typed.draft.Lang})
		}
	}
	v.Fields = []Field{into}
	if o.N == 1 {
		v.Fields = append(v.Fields, Field{Name: "title", Label: p.T("topic.field.title"), Value: typed.draft.Title, Error: d.fault("title"), Auto: "off"})
	}
	v.Fields = append(v.Fields, Field{Name: "body", Label: p.T("topic.field.body"), Hint: p.T("topic.hint.body"), Value: typed.draft.Body, Type: "textarea", Rows: 10, Error: d.fault("body")})
	if (p.Errors != nil || len(typed.says) > 0) && typed.stored == nil && p.Status == http.StatusOK {
		p.Status = http.StatusUnprocessableEntity
	}
}

// putTranslation keeps it. Where somebody was quicker she sees both beside each other,
// and nothing that she typed is lost.
func (h *House) putTranslation(w http.ResponseWriter, r *http.Request, typed *typedPost) error {
	o, t, err := h.ofTopic(r)
	if err != nil {
		return err
	}
	again := func() error { return h.showTranslation(w, r, o, t, typed, false) }
	typed.preview = typed.do != ""
	if typed.preview || len(typed.wrong) > 0 {
		return again()
	}
	f := h.site.Frame(r)
	err = h.talks().PutTranslation(r.Context(), f.Reader.Subject, o.ID, typed.rev, typed.draft)
	var wrong discussion.Invalid
	var stale discussion.Stale
	var not discussion.Impossible
	switch {
	case errors.As(err, &wrong):
		for field, key := range wrong {
			typed.fault(field, key)
		}
		return again()
	case errors.As(err, &stale):
		typed.rev, typed.stored = stale.Rev, &discussion.Draft{}
		return again()
	case errors.As(err, &not):
		typed.says = append(typed.says, f.T(not.Key, "until", not.Until))
		return again()
	case err != nil:
		return f.talkFault(err)
	}
	return f.Redirect(w, pageAt(o.Topic, o.N), noticeTranslated, 0)
}

func (h *House) removeTranslation(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	o, _, err := h.ofTopic(r)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	if err := h.talks().Untranslate(r.Context(), f.Reader.Subject, o.ID, lang.Tag(r.PostFormValue("value"))); err != nil {
		return f.talkFault(err)
	}
	return f.Redirect(w, pageAt(o.Topic, o.N), noticeUntranslated, 0)
}

var (
	noticeTranslated   = newNotice("translation.said.written")
	noticeUntranslated = newNotice("translation.said.removed")
)

// machineState says whether posts can be translated by a machine, for the operator, and
// up to which level.
func (h *House) machineState(r *http.Request, f *Frame) string {
	if h.Machine == nil {
		return f.T("translation.state.none")
	}
	key := "translation.state.on"
	if err := h.Machine.Ready(r.Context()); err != nil {
		key = "translation.state.away"
	}
	return f.T(key, "service", h.Machine.Name, "level", f.T("access.level."+h.Machine.Highest.String()))
}

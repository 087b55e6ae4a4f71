package web

import (
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/mail"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/watch"
)

// SearchesView lists the searches that somebody has saved, and what she looked
// for lately.
type SearchesView struct {
	Rows   []SearchRow
	Recent []Link
	Forget string // where the form goes that clears those
	NoMail string // why letters would not leave, or ""
}

// SearchRow is a saved search.
type SearchRow struct {
	Name, URL string
	Meta      []string
	Change    string // address of its page
}

// SavedView is the page of one saved search.
type SavedView struct {
	Asked, URL string // what it asks for, and where that is found
	Action     string // its "/feed", "/feed/end" and "/delete" are the other forms'
	Fields     []Field
	Fed        string // since when it has a feed of its own, or ""
	NoMail     string
}

var searchesPage = newPage("searches", SearchesView{
	Rows:   []SearchRow{{"Community policing", "/en/search?q=community+policing", []string{"community policing · Guide", "Letters: every week"}, "/en/account/searches/1"}},
	Recent: []Link{{"victim protection", "/en/search?q=victim+protection"}}, Forget: "/en/account/searches/forget", NoMail: "This installation sends no letters.",
})

var savedPage = newPage("saved", SavedView{
	Asked: "community policing · Guide", URL: "/en/search?q=community+policing", Action: "/en/account/searches/1",
	Fields: []Field{{Name: "name", Label: "Name", Value: "Community policing", Must: true}}, Fed: "The feed has been there since 3 March 2026.",
	NoMail: "This installation sends no letters.",
})

var (
	noticeSearchSaved   = newNotice("ways.saved")
	noticeSearchDeleted = newNotice("ways.deleted")
	noticeFeedEnded     = newNotice("ways.feed.ended")
	noticeForgotten     = newNotice("ways.forgotten")
)

const savedSearches = "/account/searches"

func (h *House) openSearches() {
	h.openFeeds()
	h.site.Handle("GET "+savedSearches, h.searches)
	h.site.Handle("POST "+savedSearches, h.once(h.saveSearch))
	h.site.Handle("POST "+savedSearches+"/forget", h.forgetSearches)
	h.site.Handle("GET "+savedSearches+"/{id}", h.savedSearch)
	h.site.Handle("POST "+savedSearches+"/{id}", h.changeSearch)
	h.site.Handle("POST "+savedSearches+"/{id}/delete", h.deleteSearch)
	h.site.Handle("POST "+savedSearches+"/{id}/feed", h.makeFeed)
	h.site.Handle("POST "+savedSearches+"/{id}/feed/end", h.endFeed)
	h.site.Handle("GET /letters/stop", h.askStop)
	h.site.Handle("POST /letters/stop", h.stopLetters)
}

// searches lists hers.
func (h *House) searches(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showSearches(w, r)
}

func (h *House) showSearches(w http.ResponseWriter, r *http.Request) error {
	f, who := h.site.Frame(r), ReaderOf(r).Subject
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	list, err := h.watch().Searches(r.Context(), who)
	if err != nil {
		return err
	}
	v := SearchesView{Forget: f.URL(savedSearches + "/forget")}
	if v.NoMail, err = h.noLetters(r, f); err != nil {
		return err
	}
	for _, s := range list {
		v.Rows = append(v.Rows, words.searchRow(s))
	}
	recent, err := h.watch().Recent(r.Context(), who, 20)
	if err != nil {
		return err
	}
	for _, was := range recent {
		v.Recent = append(v.Recent, words.again(was))
	}
	f.Title, f.Crumbs = f.T("ways.searches.title"), []Link{{f.T("account.title"), f.URL("/account")}}
	return searchesPage.Show(w, f, v)
}

// noLetters says that this installation sends none, where that is so.
func (h *House) noLetters(r *http.Request, f *Frame) (string, error) {
	sends, err := mail.Configured(r.Context(), h.DB)
	if err != nil || sends {
		return "", err
	}
	return f.T("ways.no-mail"), nil
}

func (w wording) searchRow(s watch.Search) SearchRow {
	q := s.Asked()
	row := SearchRow{Name: s.Name, URL: "/" + string(s.Lang) + withQuery("/search", library.Asked(q)), Change: w.URL(savedSearches + "/" + s.ID)}
	row.Meta = []string{w.searchWords(q), s.Lang.Name(), w.T("ways.letters." + string(s.Often))}
	if !s.Fed.IsZero() {
		row.Meta = append(row.Meta, w.T("ways.feed.there"))
	}
	return row
}

// saveSearch keeps the search of the form.
func (h *House) saveSearch(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r).Subject
	if !who.SignedIn() {
		return Refused(access.RuleSignIn)
	}
	q := library.ReadAsked(r.PostForm, LangOf(r))
	_, err := h.watch().Save(r.Context(), who, watch.New{
		Name: r.PostFormValue("name"), Query: q, Often: watch.Often(r.PostFormValue("often")),
	})
	var wrong watch.Invalid
	if errors.As(err, &wrong) {
		return h.askSave(w, r, q, wrong)
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, savedSearches, noticeSearchSaved, 0)
}

// askSave asks again for what was wrong with a search to be saved.
func (h *House) askSave(w http.ResponseWriter, r *http.Request, q search.Query, wrong watch.Invalid) error {
	f := h.asking(r, "ways.save")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	form := words.saveForm(q, library.Asked(q))
	form.Fields = words.savedFields(r.PostFormValue("name"), watch.Often(r.PostFormValue("often")))
	f.flag(form.Fields, wrong)
	f.Crumbs = []Link{{f.T("ways.searches.title"), f.URL(savedSearches)}}
	return saveSearchPage.Show(w, f, *form)
}

var saveSearchPage = newPage("save-search", *sampleWays.Save)

// mine is the search of the address, if it is the reader's.
func (h *House) mine(r *http.Request) (watch.Search, error) {
	list, err := h.watch().Searches(r.Context(), ReaderOf(r).Subject)
	if errors.Is(err, watch.ErrForbidden) {
		return watch.Search{}, Refused(access.RuleSignIn)
	}
	for _, s := range list {
		if s.ID == r.PathValue("id") {
			return s, nil
		}
	}
	if err == nil {
		err = store.ErrNotFound
	}
	return watch.Search{}, err
}

func (h *House) savedSearch(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	s, err := h.mine(r)
	if err != nil {
		return err
	}
	return h.showSaved(w, r, s, nil)
}

func (h *House) showSaved(w http.ResponseWriter, r *http.Request, s watch.Search, wrong watch.Invalid) error {
	f := h.asking(r, "ways.searches.title")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	row := words.searchRow(s)
	v := SavedView{Asked: words.searchWords(s.Asked()), URL: row.URL, Action: row.Change, Fields: words.savedFields(s.Name, s.Often)}
	if v.NoMail, err = h.noLetters(r, f); err != nil {
		return err
	}
	if !s.Fed.IsZero() {
		v.Fed = f.T("ways.feed.since", "day", s.Fed)
	}
	f.flag(v.Fields, wrong)
	f.Title = s.Name
	f.Crumbs = []Link{{f.T("account.title"), f.URL("/account")}, {f.T("ways.searches.title"), f.URL(savedSearches)}}
	return savedPage.Show(w, f, v)
}

// changeSearch takes the name and how often letters come.
func (h *House) changeSearch(w http.ResponseWriter, r *http.Request) error {
	s, err := h.mine(r)
	if err != nil {
		return err
	}
	who := ReaderOf(r).Subject
	s.Name = r.PostFormValue("name")
	if err = h.watch().Rename(r.Context(), who, s.ID, s.Name); err == nil {
		err = h.watch().Tell(r.Context(), who, s.ID, watch.Often(r.PostFormValue("often")))
	}
	var wrong watch.Invalid
	if errors.As(err, &wrong) {
		return h.showSaved(w, r, s, wrong)
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, savedSearches, noticeSearchSaved, 0)
}

func (h *House) deleteSearch(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if err := h.watch().Delete(r.Context(), ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, savedSearches, noticeSearchDeleted, 0)
}

func (h *House) forgetSearches(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if err := h.watch().Forget(r.Context(), ReaderOf(r).Subject); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, savedSearches, noticeForgotten, 0)
}

// makeFeed makes the address of a feed and shows it, which no other page does.
func (h *House) makeFeed(w http.ResponseWriter, r *http.Request) error {
	s, err := h.mine(r)
	if err != nil {
		return err
	}
	secret, err := h.watch().MakeFeed(r.Context(), ReaderOf(r).Subject, s.ID)
	if err != nil {
		return err
	}
	f := h.asking(r, "ways.feed.title")
	f.Crumbs = []Link{{f.T("ways.searches.title"), f.URL(savedSearches)}, {s.Name, f.URL(savedSearches + "/" + s.ID)}}
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T("ways.feed.lead"), f.T("ways.feed.secret")}, Address: h.origin(r) + "/" + string(s.Lang) + "/feeds/" + secret,
		Links: []Link{{f.T("ways.back"), f.URL(savedSearches)}},
	})
}

func (h *House) endFeed(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if err := h.watch().EndFeed(r.Context(), ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, savedSearches+"/"+r.PathValue("id"), noticeFeedEnded, 0)
}

// ownFeed is the feed of a saved search for a feed reader, which knows nothing but
// its address.
func (h *House) ownFeed(w http.ResponseWriter, r *http.Request) error {
	s, scope, err := h.watch().Feed(r.Context(), r.PathValue("secret"))
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	w.Header().Set("Referrer-Policy", "no-referrer")
	v := visitOf(r)
	v.lang = s.Lang
	q := s.Asked()
	return h.sendFeed(w, r, feedOf{
		query: q, scope: scope, asked: library.Asked(q), title: "POLIS – " + s.Name, id: documentURN("", s.ID), cache: "private, no-cache",
	})
}

// askStop is the page of the link in a letter: what opens every link of a letter
// by itself must not end anything.
func (h *House) askStop(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "ways.stop.title")
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T("ways.stop.lead")}, Action: withQuery(f.URL("/letters/stop"), r.URL.Query()), Button: f.T("ways.stop.button"),
	})
}

// stopLetters ends the letters of one search, for a person or for her mail program
// (RFC 8058), which is not signed in. A link that is no longer good says so; that
// the search is gone is as good as stopped.
func (h *House) stopLetters(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if err := h.watch().Stop(r.Context(), q.Get("s"), q.Get("t")); err != nil {
		return err
	}
	f := h.asking(r, "ways.stop.done")
	return askPage.Show(w, f, AskView{Lead: []string{f.T("ways.stop.done.lead")}, Links: []Link{{f.T("ways.searches.title"), f.URL(savedSearches)}}})
}

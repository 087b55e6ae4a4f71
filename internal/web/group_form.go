package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// GroupFormView is the form of a group, new or not.
type GroupFormView struct {
	Action, Back string
	Lead         string
	Rev          int64 // 0 is a new one
	Stale        bool  // somebody has changed it meanwhile
	Differences  []Difference
	Head         []Field
	Themes       Picks
	Tail         []Field
	Raise        string // address where its level is raised, or ""
	End          *PersonForm
}

var groupFormPage = newPage("group-form", GroupFormView{
	Action: "/en/groups/g1/edit", Back: "/en/groups/g1", Lead: "What the group says of itself.", Rev: 2, Stale: true, Differences: []Difference{{"Name", "Mine", "Another's"}},
	Head: []Field{{Name: "name", Label: "Name", Error: "Write it."}}, Themes: Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{"Cybercrime", "", []Pick{{"t-1", "cybercrime", "Cybercrime", true}}}}},
	Tail:  []Field{{Name: "switches", Label: "Choices", Type: "checkboxes", Options: []Option{{Value: "mails", Text: "Letters", Hint: "They say what was written.", Chosen: true}}}},
	Raise: "/en/groups/g1/raise", End: &PersonForm{ID: "end", Title: "End", Action: "/en/groups/g1/end", Button: "End", Says: []string{"It becomes an archive."}, Warning: true},
})

// groupForm is what is shown or was typed.
type groupForm struct {
	draft  account.GroupDraft
	rev    int64               // 0 of a new one
	reach  string              // of a new one, as it was typed
	stored *account.GroupDraft // what stands there meanwhile
	wrong  account.Invalid
}

// switches of a group, in the order of the form.
var groupSwitches = []string{"holds", "mails", "translates"}

// switched reports whether one of them is on.
func switched(d account.GroupDraft, name string) bool {
	return map[string]bool{"holds": d.Holds, "mails": d.Mails, "translates": d.Translates}[name]
}

func readGroup(r *http.Request) groupForm {
	_ = r.ParseForm() // a form that cannot be read is an empty one
	on := func(name string) bool { return slices.Contains(r.PostForm["switches"], name) }
	form := groupForm{rev: revOf(r), reach: r.PostFormValue("reach"), draft: account.GroupDraft{
		ID: strings.TrimSpace(r.PostFormValue("id")), Name: r.PostFormValue("name"), About: r.PostFormValue("about"), Lang: lang.Tag(r.PostFormValue("lang")),
		Welcome: r.PostFormValue("welcome"), Rules: r.PostFormValue("rules"), Themes: r.PostForm["themes"],
		Holds: on("holds"), Mails: on("mails"), Translates: on("translates"),
	}}
	for _, reach := range reachesOf() {
		if reachKey(reach) == form.reach {
			form.draft.Kind, form.draft.Level = reach.Kind, reach.Level
		}
	}
	return form
}

// revOf is the revision that a form was made from.
func revOf(r *http.Request) int64 {
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64) // 0 is no record's: it was changed
	return rev
}

func (h *House) newGroup(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showNewGroup(w, r, groupForm{draft: account.GroupDraft{Lang: LangOf(r)}})
}

func (h *House) showNewGroup(w http.ResponseWriter, r *http.Request, form groupForm) error {
	if d := keepsGroups(r); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.asking(r, "groups.new")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("community.title"), f.URL("/community")}, {f.T("groups.title"), f.URL("/groups")}}
	v := GroupFormView{Action: f.URL("/groups/new"), Back: f.URL("/groups"), Lead: f.T("groups.new.says")}
	words.groupFormFields(form, &v)
	return groupFormPage.Show(w, f, v)
}

func (h *House) openGroup(w http.ResponseWriter, r *http.Request) error {
	form := readGroup(r)
	form.rev = 0
	err := account.OpenGroup(r.Context(), h.DB, ReaderOf(r).Subject, form.draft)
	if errors.As(err, &form.wrong) {
		return h.showNewGroup(w, r, form)
	}
	if err != nil {
		return groupFault(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/groups/"+form.draft.ID+"/members", noticeGroupOpened, 0)
}

// groupFormFields fills the view with what was typed.
func (w wording) groupFormFields(form groupForm, v *GroupFormView) {
	in := form.draft
	hinted := func(name string, f Field) Field {
		f.Name, f.Label, f.Auto = name, w.T("groups.field."+name), "off"
		f.Hint = w.T("groups.hint." + name)
		return f
	}
	if form.rev == 0 {
		id, reach := hinted("id", Field{Value: in.ID, Width: "medium"}), hinted("reach", Field{Type: "radios"})
		for _, one := range reachesOf() {
			key := reachKey(one)
			reach.Options = append(reach.Options, Option{Value: key, Text: w.T("groups.reach." + key), Hint: w.T("groups.reach." + key + ".hint"), Chosen: key == form.reach})
		}
		v.Head = append(v.Head, id, reach)
		if form.wrong["kind"]+form.wrong["level"] != "" { // one choice for both
			form.wrong["reach"] = "groups.error.kind"
		}
	}
	v.Head = append(v.Head, hinted("name", Field{Value: in.Name}), hinted("about", Field{Value: in.About, Type: "textarea", Rows: 3}),
		hinted("lang", Field{Type: "select", Width: "medium", Options: languageOptions(string(in.Lang))}))
	v.Themes = drafting{wording: w, wrong: library.Invalid(form.wrong)}.themes(in.Themes)
	v.Themes.Hint = ""
	switches := Field{Name: "switches", Label: w.T("groups.switches"), Type: "checkboxes"}
	for _, name := range groupSwitches {
		switches.Options = append(switches.Options, Option{Value: name, Text: w.T("groups.switch." + name), Hint: w.T("groups.switch." + name + ".hint"), Chosen: switched(in, name)})
	}
	v.Tail = []Field{hinted("welcome", Field{Value: in.Welcome, Type: "textarea", Rows: 6}), hinted("rules", Field{Value: in.Rules, Type: "textarea", Rows: 6}), switches}
	w.flag(v.Head, form.wrong)
	w.flag(v.Tail, form.wrong)
}

// draftOf is what a group says of itself.
func draftOf(g account.Group, themes []string) account.GroupDraft {
	return account.GroupDraft{
		ID: g.ID, Kind: g.Kind, Level: g.Level, Name: g.Name, About: g.About, Lang: g.Lang, Welcome: g.Welcome, Rules: g.Rules,
		Themes: themes, Holds: g.Holds, Mails: g.Mails, Translates: g.Translates,
	}
}

// groupForm is shown to who runs the group.
func (h *House) groupForm(w http.ResponseWriter, r *http.Request) error {
	return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error {
		themes, err := account.GroupThemes(r.Context(), h.DB, p.g.ID)
		if err != nil {
			return err
		}
		return p.showForm(w, groupForm{draft: draftOf(p.g, themes), rev: p.g.Rev})
	})(w, r)
}

func (p groupPageOf) showForm(w http.ResponseWriter, form groupForm) error {
	if !p.s.Runs() {
		if p.s.Ended {
			return groupFault(p.r, account.ErrChanged)
		}
		return groupFault(p.r, account.ErrForbidden)
	}
	p.below("groups.edit")
	p.Private = true
	v := GroupFormView{Action: p.address("/edit"), Back: p.address(""), Lead: p.T("groups.edit.says"), Rev: form.rev}
	p.groupFormFields(form, &v)
	if form.stored != nil {
		p.Status, v.Stale, v.Differences = http.StatusConflict, true, differing(p.draftWords(form.draft), p.draftWords(*form.stored))
	}
	if keepsGroups(p.r).Allowed {
		if len(p.g.Rises()) > 0 {
			v.Raise = p.address("/raise")
		}
		counts, err := account.MemberCounts(p.r.Context(), p.h.DB, []string{p.g.ID})
		if err != nil {
			return err
		}
		v.End = p.endForm(counts[p.g.ID])
	}
	return groupFormPage.Show(w, p.Frame, v)
}

func (p groupPageOf) endForm(members int) *PersonForm {
	return &PersonForm{
		ID: "end", Title: p.T("groups.end"), Action: p.address("/end"), Button: p.T("groups.end.button"), Warning: true,
		Says: []string{p.T("groups.end.says", "n", members)}, Hidden: []Carried{{"rev", strconv.FormatInt(p.g.Rev, 10)}},
	}
}

// draftWords puts a group's form into words, in a fixed order.
func (w wording) draftWords(d account.GroupDraft) []described {
	var on []string
	for _, name := range groupSwitches {
		if switched(d, name) {
			on = append(on, w.T("groups.switch."+name))
		}
	}
	return []described{
		{w.T("groups.field.name"), strings.TrimSpace(d.Name)},
		{w.T("groups.field.about"), strings.TrimSpace(d.About)},
		{w.T("groups.field.lang"), d.Lang.Name()},
		{w.T("library.field.themes"), w.all(search.Theme, d.Themes)},
		{w.T("groups.field.welcome"), strings.TrimSpace(d.Welcome)},
		{w.T("groups.field.rules"), strings.TrimSpace(d.Rules)},
		{w.T("groups.switches"), strings.Join(on, "; ")},
	}
}

// editGroup stores what a group says of itself. Where somebody has stored something
// else meanwhile she sees both beside each other, and nothing that she typed is lost.
func (h *House) editGroup(w http.ResponseWriter, r *http.Request) error {
	form := readGroup(r)
	form.draft.ID = r.PathValue("id")
	err := account.EditGroup(r.Context(), h.DB, ReaderOf(r).Subject, form.rev, form.draft)
	switch {
	case errors.As(err, &form.wrong):
	case errors.Is(err, account.ErrChanged):
		g, s, err := h.groupOf(r)
		if err != nil || s.Ended {
			return groupFault(r, errors.Join(err, account.ErrChanged))
		}
		themes, err := account.GroupThemes(r.Context(), h.DB, g.ID)
		if err != nil {
			return err
		}
		stored := draftOf(g, themes)
		form.rev, form.stored = g.Rev, &stored
	default:
		return h.changes(w, r, err, "/groups/"+url.PathEscape(form.draft.ID), noticeGroupSaved)
	}
	return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error { return p.showForm(w, form) })(w, r)
}

func (h *House) endGroup(w http.ResponseWriter, r *http.Request) error {
	err := account.EndGroup(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"), revOf(r))
	return h.changes(w, r, err, "/groups/"+url.PathEscape(r.PathValue("id")), noticeGroupEnded)
}

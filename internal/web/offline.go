package web

import (
	"net/http"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
)

// The short form of an activity that was held works without a line, on a device on which
// somebody has said that it shall. Its worker (static/worker.js) sees the pages of
// activities alone, because its address lies among theirs; it keeps the forms that she
// took along and what she wrote, and sends that once. It keeps figures, and no name:
// what it keeps are pages that name nobody, and a mark in place of whose they are.

// OfflineView is the page on which she takes forms along, and sees what waits on this
// device to be sent.
type OfflineView struct {
	Worker string   // its address
	Assets []string // what the kept pages are made of
	Here   string   // this page
	Lines  []OfflineLine
	Tags   []OfflineTag
	Sign   string // address where she signs in to send what waits
}

// OfflineLine is an activity whose form can be taken along.
type OfflineLine struct{ ID, Path, Title, Lang, Meta string }

// OfflineTag is how far something is that was written on this device.
type OfflineTag struct {
	State string
	Tag   Tag
	Says  string
}

var offlinePage = newPage("offline", OfflineView{
	Worker: "/en/assistance/activities/worker.js", Assets: []string{"/static/polis.css"}, Here: "/en/assistance/activities/offline",
	Lines: []OfflineLine{{"1", "/en/assistance/activities/1/held", "Training of trainers", "en", "Training 2026/412 · 3 March 2026"}},
	Tags:  []OfflineTag{{"waiting", Tag{Attention, "Waits"}, "It is sent when the line is back."}}, Sign: "/en/sign-in",
})

const (
	offlinePath  = "/assistance/activities/offline"
	workerPath   = "/assistance/activities/worker.js"
	offlineAhead = 21 // how many days before an activity its form can be taken along
	mostOffline  = 40
)

// offlineStates are what can become of what was written, with the mood of each.
// Messages: "offline.state.STATE", "offline.says.STATE".
var offlineStates = []struct {
	state string
	mood  Mood
}{{"waiting", Attention}, {"sign-in", Attention}, {"refused", Refusal}, {"conflict", Attention}, {"done", Done}}

// offlineAssets are what the kept pages need to look and to work as they do.
var offlineAssets = []string{"govuk.css", "polis.css", "polis.js", "offline.js", "mark.svg"}

func (h *House) openOffline() {
	h.site.holder = h.holder
	h.site.Handle("GET "+offlinePath, h.official(h.offline))
	h.site.Handle("GET "+workerPath, sendWorker)
}

// holder marks whose a device's forms are. It names nobody, and tells two people of one
// browser apart.
func (h *House) holder(r Reader) string {
	if !r.ReadsOfficial() {
		return ""
	}
	return h.Keys.Mark("device", r.ID)[:24]
}

// Holder is the reader's mark for what lies on her device, "" for who can keep nothing.
func (f *Frame) Holder() string {
	if f.site.holder == nil {
		return ""
	}
	return f.site.holder(f.Reader)
}

// OfflineForm is what a device needs of the form to keep it, to hold what is written in
// it, and to tell what became of that.
type OfflineForm struct {
	ID, Title, Meta string
	For             string // whose it is
	Page            string // address of the page about the device
	Sign            string
	Kept            string // when it was kept, "" where it was not
	Says            []OfflineTag
}

var sampleOfflineForm = OfflineForm{
	"1", "Training of trainers", "Training 2026/412", "0f", "/en/assistance/activities/offline", "/en/sign-in", "3 March 2026",
	[]OfflineTag{{"waiting", Tag{Attention, "Waits"}, "It is sent when the line is back."}},
}

// offlineForm is that of an activity, nil where it is closed to a circle: that stays in
// the house.
func (p *helping) offlineForm(x assistance.Activity) *OfflineForm {
	if x.Level > access.Official {
		return nil
	}
	o := &OfflineForm{ID: x.ID, Title: x.Title, Meta: p.offlineMeta(x), For: p.Holder(), Page: p.URL(offlinePath), Sign: p.signInTo(offlinePath), Says: p.offlineTags()}
	if p.request.URL.Query().Get("kept") != "" {
		o.Kept = p.T("offline.kept.on", "day", p.now)
	}
	return o
}

func (p *helping) offlineMeta(x assistance.Activity) string {
	return p.T("activity.kind.line", "kind", p.T("activity.kind."+x.Kind), "number", x.Number) + " · " + p.period(x.Starts, x.Ends)
}

func (f *Frame) offlineTags() (tags []OfflineTag) {
	for _, s := range offlineStates {
		tags = append(tags, OfflineTag{s.state, Tag{s.mood, f.T("offline.state." + s.state)}, f.T("offline.says." + s.state)})
	}
	return tags
}

// apart makes of the page one that may lie on a device, if that is what was asked for:
// it names nobody, and leads nowhere that needs a line.
func (f *Frame) apart() {
	if f.request.URL.Query().Get("kept") != "" {
		f.Apart, f.Crumbs, f.Alternates = true, nil, []LanguageLink{}
	}
}

// PlansHelp reports whether the reader has activities of which she can say how they went.
func (f *Frame) PlansHelp() bool { return plansHelp(f.Reader.Subject) }

// OfflineTold are what the page tells after something was done. Messages: "offline.told.KEY".
func (*Frame) OfflineTold() []string { return []string{"taken", "untaken", "removed", "wiped"} }

// OfflinePromises are what holds of a device. Messages: "offline.promise.KEY".
func (*Frame) OfflinePromises() []string {
	return []string{"chosen", "figures", "days", "sign-out", "other"}
}

// devicePart is what the privacy page says of it.
func (f *Frame) devicePart() TextPart {
	p := TextPart{ID: "device", Head: f.T("offline.privacy")}
	for _, key := range f.OfflinePromises() {
		p.Paragraphs = append(p.Paragraphs, f.T("offline.promise."+key))
	}
	return p
}

// sendWorker sends the worker's script. A browser lets it see the addresses beside its
// own and below, in one language, and nothing else of POLIS.
func sendWorker(w http.ResponseWriter, _ *http.Request) error {
	a := assets.byName()["worker.js"]
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "no-cache")
	_, err := w.Write(a.plain)
	return err
}

// offline is her page about what lies on this device.
func (h *House) offline(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "offline.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("desk.title"), f.URL("/desk")}}
	f.apart()
	v := OfflineView{Worker: f.URL(workerPath), Here: f.URL(offlinePath), Sign: f.signInTo(offlinePath)}
	for _, name := range offlineAssets {
		v.Assets = append(v.Assets, f.Asset(name))
	}
	v.Tags = f.offlineTags()
	list, err := p.untold()
	if err != nil {
		return err
	}
	for _, x := range list {
		v.Lines = append(v.Lines, OfflineLine{x.ID, f.URL(activityPath(x.ID, "held")), x.Title, string(x.Lang), p.offlineMeta(x)})
	}
	return offlinePage.Show(w, f, v)
}

// signInTo is where she signs in and is led on.
func (f *Frame) signInTo(path string) string { return f.URL("/sign-in?next=" + f.URL(path)) }

// untold are her activities of which she is to say how they went: those whose days are
// over, and the next ones. What is closed to a circle does not leave the house.
func (p *helping) untold() (list []assistance.Activity, err error) {
	ctx, who := p.r.Context(), p.Reader.Subject
	projects, seen := map[string]assistance.Project{}, map[string]bool{}
	for _, w := range assistance.WatchesOf(who) {
		found, _, err := p.h.helps().Activities(ctx, scope(p.r), assistance.ActivityFilter{
			State: w.State, Body: w.Body, Owner: w.Owner, Stages: []assistance.ActivityStage{assistance.ActivityPlanned}, To: ahead(p.now, offlineAhead),
		}, assistance.Place{}, mostOffline)
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			q, known := projects[x.Project]
			if !known {
				if q, err = p.h.helps().Project(ctx, scope(p.r), x.Project); err != nil {
					return nil, err
				}
				projects[x.Project] = q
			}
			if !seen[x.ID] && x.Level <= access.Official && slices.Contains(assistance.ActivityMoves(who, x, q), assistance.HoldMove) {
				list, seen[x.ID] = append(list, x), true
			}
		}
	}
	slices.SortFunc(list, func(a, b assistance.Activity) int { return strings.Compare(a.Starts+a.ID, b.Starts+b.ID) })
	return list, nil
}

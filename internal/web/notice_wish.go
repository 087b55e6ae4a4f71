package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/community/discussion"
	"polis/internal/community/notice"
)

// typedWish is how she wants to be told, as the form has it.
type typedWish struct {
	own, announced, zone, from, to string
	days                           []string
	digests, asked                 bool
}

func wishTyped(w notice.Wish) typedWish {
	clock := func(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
	t := typedWish{own: string(w.Own), announced: string(w.Announced), zone: w.Zone, digests: w.Digests, asked: w.Asked, days: strings.Split(w.Quiet.Days, "")}
	if w.Quiet.Days != "" {
		t.from, t.to = clock(w.Quiet.From), clock(w.Quiet.To)
	}
	return t
}

func wishSent(r *http.Request) typedWish {
	also := r.PostForm["also"]
	return typedWish{
		own: r.PostFormValue("own"), announced: r.PostFormValue("announced"), zone: r.PostFormValue("zone"), from: r.PostFormValue("from"), to: r.PostFormValue("to"), days: r.PostForm["days"],
		digests: slices.Contains(also, "digests"), asked: slices.Contains(also, "asked"),
	}
}

// wish reads what she typed, and says what cannot be read.
func (t typedWish) wish() (notice.Wish, notice.Invalid) {
	w, wrong := notice.Wish{Zone: t.zone, Own: notice.Pace(t.own), Announced: notice.Pace(t.announced), Digests: t.digests, Asked: t.asked}, notice.Invalid{}
	w.Quiet.Days = strings.Join(t.days, "")
	for _, x := range []struct {
		field, text string
		to          *int
	}{{"from", t.from, &w.Quiet.From}, {"to", t.to, &w.Quiet.To}} {
		at, err := time.Parse("15:04", strings.Replace(strings.TrimSpace(x.text), ".", ":", 1))
		if err == nil {
			*x.to = at.Hour()*60 + at.Minute()
		} else if strings.TrimSpace(x.text) != "" || len(t.days) > 0 {
			wrong[x.field] = "notice.error.time"
		}
	}
	return w, wrong
}

// wishFields are the fields of the form.
func (p talking) wishFields(t typedWish) []Field {
	own := Field{Name: "own", Label: p.T("notice.own"), Type: "select", Width: "medium"}
	announced := Field{Name: "announced", Label: p.T("notice.announced"), Type: "select", Width: "medium"}
	for _, pace := range notice.Paces {
		option := Option{Value: string(pace), Text: p.T("notice.pace." + string(pace)), Chosen: string(pace) == t.own}
		own.Options = append(own.Options, option)
		option.Chosen = string(pace) == t.announced
		announced.Options = append(announced.Options, option)
	}
	also := Field{Name: "also", Label: p.T("notice.also"), Type: "checkboxes", Options: []Option{
		{Value: "digests", Text: p.T("notice.digests"), Chosen: t.digests}, {Value: "asked", Text: p.T("notice.asked"), Chosen: t.asked},
	}}
	zone := Field{Name: "zone", Label: p.T("notice.zone"), Hint: p.T("notice.zone.hint"), Type: "select", Options: []Option{{Value: "", Text: p.T("notice.zone.house") + " (" + p.now.In(time.Local).Format("15:04") + ")", Chosen: t.zone == ""}}}
	for _, name := range notice.Zones {
		if there, err := time.LoadLocation(name); err == nil {
			zone.Options = append(zone.Options, Option{Value: name, Text: strings.ReplaceAll(name, "_", " ") + " (" + p.now.In(there).Format("15:04") + ")", Chosen: t.zone == name})
		}
	}
	days := Field{Name: "days", Label: p.T("notice.days"), Hint: p.T("notice.days.hint"), Type: "checkboxes"}
	for i := 1; i <= 7; i++ {
		n := strconv.Itoa(i)
		days.Options = append(days.Options, Option{Value: n, Text: p.T("notice.day." + n), Chosen: slices.Contains(t.days, n)})
	}
	return []Field{
		own, announced, also, zone, days,
		{Name: "from", Label: p.T("notice.from"), Hint: p.T("notice.time.hint"), Value: t.from, Width: "short"},
		{Name: "to", Label: p.T("notice.to"), Value: t.to, Width: "short"},
	}
}

// setWish takes how she wants to be told.
func (h *House) setWish(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	_ = r.PostFormValue("own") // reads the form
	typed := wishSent(r)
	wish, wrong := typed.wish()
	var err error
	if len(wrong) == 0 {
		err = h.told().SetWish(r.Context(), ReaderOf(r).Subject, wish)
	}
	if errors.As(err, &wrong) || len(wrong) > 0 {
		return h.showNotices(w, r, typed, wrong)
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, notice.NewsPath, noticeWishSaved, 0)
}

// setPaces takes how soon she is told of each of her groups and topics.
func (h *House) setPaces(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	ctx, who := r.Context(), ReaderOf(r).Subject
	groups, topics, err := h.told().Watches(ctx, who)
	if err != nil {
		return err
	}
	_ = r.PostFormValue("x") // reads the form
	for _, x := range append(groups, topics...) {
		sent, ok := r.PostForm[string(x.Kind)+"-"+x.ID]
		now := notice.Pace("")
		if x.Chosen {
			now = x.Pace
		}
		if !ok || notice.Pace(sent[0]) == now {
			continue
		}
		if err := h.told().Choose(ctx, who, x.Kind, x.ID, notice.Pace(sent[0])); err != nil {
			return paceFault(err)
		}
	}
	return h.site.Frame(r).Redirect(w, notice.NewsPath, noticeWishSaved, 0)
}

func paceFault(err error) error {
	var wrong notice.Invalid
	if errors.As(err, &wrong) {
		for _, key := range wrong {
			return &Fault{Status: http.StatusUnprocessableEntity, Key: key, Err: err}
		}
	}
	return err
}

// setPace takes how soon she is told of one group or topic, from its own page.
func (h *House) setPace(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	kind, object := notice.Kind(r.PostFormValue("kind")), r.PostFormValue("object")
	if err := h.told().Choose(r.Context(), ReaderOf(r).Subject, kind, object, notice.Pace(r.PostFormValue("pace"))); err != nil {
		return paceFault(err)
	}
	at := discussion.TopicPath(object)
	if kind == notice.Group {
		at = "/groups/" + object
	}
	return h.site.Frame(r).Redirect(w, at, noticePaced, 0)
}

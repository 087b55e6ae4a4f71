package web

import (
	"math"
	"net/http"
	"net/url"

	"polis/internal/account"
	"polis/internal/community/discussion"
)

// GroupRaiseView asks to what a group's level is raised, and shows what follows.
type GroupRaiseView struct {
	Lead    string
	Action  string // of the choice, and of what is done
	Choose  Field
	Effects []string // what follows from what was chosen; none: it is to be chosen first
	Rev     int64
	To      string
}

var groupRaisePage = newPage("group-raise", GroupRaiseView{
	Lead: "A level only rises.", Action: "/en/groups/g1/raise", Rev: 1, To: "members-member", Effects: []string{"3 topics."},
	Choose: Field{Name: "to", Label: "To", Type: "radios", Options: []Option{{Value: "closed-closed", Text: "Closed", Hint: "Its members read it."}}},
})

// raising asks to what, and shows what follows before it is done.
func (h *House) raising(w http.ResponseWriter, r *http.Request) error {
	return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error { return p.showRaise(w, r.URL.Query().Get("to"), "") })(w, r)
}

func (p groupPageOf) showRaise(w http.ResponseWriter, to, wrong string) error {
	switch {
	case !keepsGroups(p.r).Allowed:
		return groupFault(p.r, account.ErrForbidden)
	case p.s.Ended || len(p.g.Rises()) == 0:
		return groupFault(p.r, account.ErrChanged)
	}
	p.below("groups.raise")
	p.Private = true
	v := GroupRaiseView{
		Lead: p.T("groups.raise.says"), Action: p.address("/raise"), Rev: p.g.Rev,
		Choose: Field{Name: "to", Label: p.T("groups.raise.to"), Type: "radios"},
	}
	for _, one := range p.g.Rises() {
		key := reachKey(one)
		v.Choose.Options = append(v.Choose.Options, Option{Value: key, Text: p.T("groups.reach." + key), Hint: p.T("groups.reach." + key + ".hint"), Chosen: key == to})
		if key != to {
			continue
		}
		v.To = key
		var err error
		if v.Effects, err = p.effects(one); err != nil {
			return err
		}
	}
	if wrong != "" || to != "" && v.To == "" {
		fields := []Field{v.Choose}
		p.flag(fields, account.Invalid{"to": "groups.error.rise"})
		v.Choose = fields[0]
	}
	return groupRaisePage.Show(w, p.Frame, v)
}

// effects say what follows from a new level.
func (p groupPageOf) effects(to account.GroupReach) ([]string, error) {
	ctx, who := p.r.Context(), ReaderOf(p.r).Subject
	members, err := account.EffectOfRaise(ctx, p.h.DB, who, p.g, to)
	if err != nil {
		return nil, err
	}
	topics, err := p.h.talks().CountTopics(ctx, who.Scope(), discussion.TopicFilter{Group: p.g.ID}, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	list := []string{
		p.T("groups.raise.now", "reach", p.T("groups.reach."+reachKey(account.GroupReach{Kind: p.g.Kind, Level: p.g.Level})+".hint")),
		p.T("groups.raise.then", "reach", p.T("groups.reach."+reachKey(to)+".hint")),
	}
	if topics > 0 {
		list = append(list, p.T("groups.raise.topics", "n", topics))
	}
	list = append(list, p.T("groups.raise.stay", "n", members.Stay))
	if members.Leave > 0 {
		list = append(list, p.T("groups.raise.leave", "n", members.Leave))
	}
	return append(list, p.T("groups.raise.documents")), nil
}

func (h *House) raise(w http.ResponseWriter, r *http.Request) error {
	var to account.GroupReach
	for _, one := range reachesOf() {
		if reachKey(one) == r.PostFormValue("to") {
			to = one
		}
	}
	if to.Kind == "" {
		return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error { return p.showRaise(w, "", "to") })(w, r)
	}
	err := account.RaiseGroup(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"), revOf(r), to)
	return h.changes(w, r, err, "/groups/"+url.PathEscape(r.PathValue("id")), noticeRaised)
}

package web

import (
	"encoding/json"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// historyLength is how many events a person's page goes back.
const historyLength = 100

// past reads the events about the person, all roles she ever held, and the names
// of everybody who did something.
func (v *personView) past() ([]store.Event, []account.Held, error) {
	ctx, db := v.r.Context(), v.h.DB
	events, err := store.History(ctx, db, store.Everything("person"), v.p.ID, historyLength)
	if err != nil {
		return nil, nil, err
	}
	roles, err := account.Roles(ctx, db, v.p.ID)
	if err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, e := range events {
		seen[e.Who] = true
	}
	for _, h := range roles {
		seen[h.ByWhom], seen[h.EndedBy] = true, true
	}
	for _, w := range v.p.Words {
		seen[w.ByWhom], seen[w.EndedBy] = true, true
	}
	var ids []string
	for id := range seen {
		ids = append(ids, id)
	}
	v.people, err = account.Names(ctx, db, ids)
	return events, roles, err
}

// deed is what the events about people say, of all kinds.
type deed struct {
	Vouching string
	ActsFor  string `json:"acts_for"`
	Body     string
	Role     string
	Group    string
	Blocked  bool
	Until    int64
}

// history tells the events in words. What a focal point need not know, such as
// how somebody signs in, has no words here and is left out.
func (v *personView) history(events []store.Event) (list []HistoryLine) {
	for _, e := range events {
		key := "people.event." + e.Act
		var d deed
		if raw, ok := e.Data.(json.RawMessage); ok {
			_ = json.Unmarshal(raw, &d) // what it does not say stays empty
		}
		if e.Act == "account.person.blocked" && !d.Blocked {
			key = "people.event.account.person.unblocked"
		}
		if !lang.Has(key) {
			continue
		}
		for _, w := range v.p.Words {
			if w.ID == d.Vouching {
				d.ActsFor, d.Body = w.ActsFor, w.Body
			}
		}
		list = append(list, HistoryLine{v.DateTime(e.At.In(time.Local)), v.T(key,
			"who", v.by(e.Who), "by", v.circleName(d.ActsFor, d.Body), "role", v.roleName(d), "group", v.groupName(d.Group),
			"until", v.dayOf(unix(d.Until), v.T("people.role.open")))})
	}
	return list
}

func unix(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros)
}

func (v *personView) roleName(d deed) string {
	if d.Role == "" {
		return ""
	}
	return v.roleFor(account.Held{Role: access.Role(d.Role), ActsFor: d.ActsFor, Body: d.Body})
}

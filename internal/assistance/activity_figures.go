package assistance

import (
	"context"
	"slices"
	"strings"

	"polis/internal/store"
)

// Figures are who took part in an activity: how many, and never who. What women and
// men leave of the total is not known, or other.
type Figures struct {
	Total      int64
	Women      int64
	Men        int64
	Unattended string         // why nobody took part, as with equipment
	Remark     string         // in a few words, what came of it
	Who        []Participants `db:"-"` // those of whom more is known
}

// Participants are some of those who took part.
type Participants struct {
	Sex     string
	Rank    string
	Service string
	State   string // "" where it is not known
	Number  int64
}

// By what participants are counted. Messages: "activity.sex.SEX", "activity.rank.RANK",
// "activity.service.SERVICE".
var (
	Sexes    = []string{"f", "m", "other"} // other, or unknown
	Ranks    = []string{"command", "middle", "line", "civilian", "other-service", "unknown"}
	Services = []string{"police", "border", "prosecution", "judiciary", "prison", "civil-society", "academy", "other"}
)

// maxFigure is how many participants a figure may say; more is a slip of the finger.
const maxFigure = 1_000_000

// Uneven is what an Invalid cannot say: by how much figures do not add up. Each is what
// the groups make, less what was typed; 0 where they agree.
type Uneven struct{ Total, Women, Men int64 }

func (u Uneven) Error() string { return "assistance: the participants do not add up" }

// Uneven is by how much the groups differ from the totals. Without groups nothing
// differs.
func (f Figures) Uneven() (u Uneven) {
	if len(f.Who) == 0 {
		return u
	}
	for _, p := range f.Who {
		u.Total += p.Number
		switch p.Sex {
		case "f":
			u.Women += p.Number
		case "m":
			u.Men += p.Number
		}
	}
	return Uneven{u.Total - f.Total, u.Women - f.Women, u.Men - f.Men}
}

func (f *Figures) clean() {
	f.Unattended, f.Remark = strings.TrimSpace(f.Unattended), strings.TrimSpace(f.Remark)
	var kept []Participants
	for _, p := range f.Who {
		i := slices.IndexFunc(kept, func(k Participants) bool {
			return k.Sex == p.Sex && k.Rank == p.Rank && k.Service == p.Service && k.State == p.State
		})
		switch {
		case p.Number == 0:
		case i >= 0:
			kept[i].Number += p.Number
		default:
			kept = append(kept, p)
		}
	}
	f.Who = kept
}

// Validate returns an Invalid that names the fields, an Uneven, or nil.
func (f Figures) Validate() error {
	f.clean()
	v := Invalid{}
	for field, n := range map[string]int64{"total": f.Total, "women": f.Women, "men": f.Men} {
		if n < 0 || n > maxFigure {
			v[field] = "activity.error.figure"
		}
	}
	v.text("unattended", f.Unattended, maxWords, false)
	v.text("remark", f.Remark, maxWords, false)
	switch {
	case len(v) > 0:
	case f.Women+f.Men > f.Total:
		v["total"] = "activity.error.total"
	case f.Total == 0 && f.Unattended == "":
		v["total"] = "activity.error.total.missing"
	case f.Total > 0 && f.Unattended != "":
		v["unattended"] = "activity.error.unattended"
	}
	for _, p := range f.Who {
		if !slices.Contains(Sexes, p.Sex) || !slices.Contains(Ranks, p.Rank) || !slices.Contains(Services, p.Service) || p.Number < 1 || p.Number > maxFigure {
			v["who"] = "activity.error.who"
		}
	}
	if len(f.Who) > 200 {
		v["who"] = "assistance.error.many"
	}
	if len(v) > 0 {
		return v
	}
	if u := f.Uneven(); u != (Uneven{}) {
		return u
	}
	return nil
}

// known asks whether the States of the participants are there.
func (f Figures) known(ctx context.Context, tx *store.Tx) error {
	asked := map[string]bool{"": true}
	for _, p := range f.Who {
		if asked[p.State] {
			continue
		}
		asked[p.State] = true
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1 AND kind IN ('state', 'partner-state')", p.State)
		if err != nil || n == 0 {
			return invalidOr(err, "who", "activity.error.who.state")
		}
	}
	return nil
}

// put stores the groups in place of those that were there.
func (f Figures) put(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM participants WHERE activity = $1", id); err != nil {
		return err
	}
	var rows [][]any
	for _, p := range f.Who {
		rows = append(rows, []any{id, p.Sex, p.Rank, p.Service, p.State, p.Number})
	}
	return tx.Insert(ctx, "participants (activity, sex, rank_group, service, state, number)", rows, "")
}

package personal_test

import (
	"time"

	"polis/internal/access"
	"polis/internal/community/roster"
)

// experts are her profile, who looked at it and at whom she looked, an assignment that she
// agreed to, and one that she keeps.
func (p *place) experts(now time.Time) {
	p.Helper()
	r := &roster.Roster{DB: p.DB}
	guest := p.person("guest.expert@polis.example", "Guest", access.Expert, "KG")
	p.row(`INSERT INTO expert_nomination (id, person, vouching, by_whom, words, asked, decided, verdict, decider)
		SELECT 'no', v.person, v.id, $2, 'For her', $3, 0, '', '' FROM vouching v WHERE v.person = $1`, p.id, p.admin.ID, now)
	p.row(`INSERT INTO expert_nomination (id, person, vouching, by_whom, words, asked, decided, verdict, decider)
		SELECT 'mine', v.person, v.id, $2, 'By her', $3, 0, '', '' FROM vouching v WHERE v.person = $1`, guest, p.id, now)
	for _, who := range []access.Subject{p.her(), p.subject(guest)} {
		must(p.T, r.Save(ctx, who, "en", roster.About, 0, roster.Members, []roster.Line{{Words: "I am " + herName}}))
		must(p.T, r.Show(ctx, who, "en", 0, roster.Members))
	}
	_, err := r.Open(ctx, p.admin, p.id, "A course")
	must(p.T, err)
	_, err = r.Open(ctx, p.her(), guest, "Another")
	must(p.T, err)
	id, err := r.List(ctx, p.admin, roster.Ask{Person: p.id, Kind: "project", Object: "x", Why: "She is " + herName})
	must(p.T, err)
	must(p.T, r.Move(ctx, p.admin, id, 1, roster.AskHer, "A course, "+herName, roster.Ask{}))
	must(p.T, r.Move(ctx, p.her(), id, 2, roster.Agree, "", roster.Ask{}))
	_, err = r.List(ctx, access.Act(p.id, access.DeskOfficer, "", ""), roster.Ask{Person: guest, Kind: "project", Object: "x", Why: "A course"})
	must(p.T, err)
	must(p.T, r.Save(ctx, p.subject(guest), "en", roster.About, 1, roster.Members, nil))
}

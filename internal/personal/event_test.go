package personal_test

import (
	"context"
	"time"

	"polis/internal/community/event"
)

// events are one that she planned, with her registration, and the address of her calendar.
func (p *place) events(now time.Time) {
	p.Helper()
	ctx := context.Background()
	p.row(`INSERT INTO meeting (id, title, lang, about, host, place, organiser, zone, begins, ends, link, capacity, closes, approves, per_state, women, stage, reason, seq, author, rev, created, updated, level, state, grp, owner)
		VALUES ('ev', 'Round table', 'en', '', '', 'Osh', '', 'Asia/Bishkek', $2, $3, '', 3, $2, FALSE, 0, 0, 'open', '', 0, $1, 1, $2, $2, 0, '', 'round-table', '')`, p.id, now, now.Add(time.Hour))
	p.row(`INSERT INTO meeting_entry (meeting, person, n, stage, capacity, seat, host, woman, words, reason, attended, certificate, rated, created, updated)
		VALUES ('ev', $1, 1, 'admitted', 3, 1, 'KG', TRUE, $2, '', 'present', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', FALSE, $3, $3)`, p.id, herName+" leads the unit.", now)
	_, err := (&event.Events{DB: p.DB}).MakeFeed(ctx, p.her())
	must(p.T, err)
}

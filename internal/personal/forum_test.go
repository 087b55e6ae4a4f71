package personal_test

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/forum"
)

// issues are what she raised in a forum, what she said about it and what she put there.
func (p *place) issues(now time.Time) {
	p.Helper()
	f, ctx := &forum.Forum{DB: p.DB}, context.Background()
	must(p.T, account.OpenGroup(ctx, p.DB, p.admin, account.GroupDraft{ID: "round-table", Kind: account.GroupForum, Name: "Round table", Lang: "en"}))
	p.row("INSERT INTO membership (grp, person, vouching, by_whom, since, facilitates, silent) SELECT 'round-table', person, id, 'x', $2, FALSE, 0 FROM vouching WHERE person = $1 AND ended = 0 ORDER BY id LIMIT 1", p.id, now)
	id, err := f.Raise(ctx, p.her(), "round-table", forum.Draft{Lang: "en", Title: "Lighting", About: "At night nobody sees who waits.", Groups: []string{"women"}})
	must(p.T, err)
	must(p.T, f.Say(ctx, p.her(), id, "The north side."))
	p.row("INSERT INTO forum_minutes (id, document, held, by_whom, created, level, state, grp, owner) VALUES ('minutes', 'doc', '2026-01-01', $1, $2, 0, '', 'round-table', '')", p.id, now)
	if _, err := f.Issue(ctx, access.Subject{}, id); err != nil {
		p.Fatal(err)
	}
}

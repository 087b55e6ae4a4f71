package main

import (
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"polis/internal/access"
	"polis/internal/community/discussion/discussiontest"
	"polis/internal/store"
)

// What is talked about: one group of a thousand people with ten thousand topics and fifty
// thousand posts, or a multiple of all three.
const talkers, talks, spoken = 1000, 10_000, 50_000

// talkative is a place with one group of that kind, in which the reader is a member.
func talkative(b testing.TB, kind string, times int) place {
	b.Helper()
	p := place{Data: filepath.Join(b.TempDir(), kind)}
	admit(b, p)
	h, err := p.open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer h.close()
	if err := discussiontest.Many(b.Context(), h.db, talkers*times, talks*times, spoken*times, kind); err != nil {
		b.Fatal(err)
	}
	who, err := h.person(b.Context(), readerEmail)
	if err != nil {
		b.Fatal(err)
	}
	_, err = store.Write(b.Context(), h.db, access.System("bench"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(b.Context(), `INSERT INTO membership (grp, person, vouching, by_whom, since, facilitates)
			SELECT 'many-g-0', person, id, 'bench', since, $2 FROM vouching WHERE person = $1`, who.ID, false)
		return store.Event{Act: "account.group.joined", Quiet: true}, err
	})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// spokenPages are the pages of such a group: its own, its topics by pages and filters, a
// thousand of the topics, and searches in their titles.
func spokenPages(times int) []class {
	home := class{"group", []string{"/en/groups/many-g-0"}}
	list := class{"topics", []string{"/en/topics?group=many-g-0"}}
	for _, filter := range []string{"kind=question", "kind=question&open=1", "theme=cybercrime", "theme=drugs&kind=discussion", "lang=en"} {
		list.paths = append(list.paths, "/en/topics?group=many-g-0&"+filter)
	}
	topic, search := class{name: "topic"}, class{name: "search of topics"}
	for n := range 1000 {
		topic.paths = append(topic.paths, fmt.Sprintf("/en/topics/many-t-%d", n*talks*times/1000))
	}
	for _, words := range []string{"case777", "agreement", "agreement training", "evidence case4242", "curriculum mentor", "about the vehicle", "border drill", "nothing"} {
		search.paths = append(search.paths, "/en/topics?group=many-g-0&words="+url.QueryEscape(words))
	}
	return []class{home, list, topic, search, {"community", []string{"/en/community"}}}
}

// BenchmarkCommunity measures the pages of a group: an open one as an anonymous reader
// gets them ("kept") and made anew ("made"), and a closed one for a member.
func BenchmarkCommunity(b *testing.B) {
	build(b)
	open, closed := started(b, talkative(b, "open", 1)), started(b, talkative(b, "closed", 1))
	cookie := closed.signIn(b)
	for _, c := range spokenPages(1) {
		open.ask(b, c, false, "", times(len(c.paths)))
		b.Run(c.name+"/kept", func(b *testing.B) { open.measure(b, c, false, "") })
		b.Run(c.name+"/made", func(b *testing.B) { open.measure(b, c, true, "") })
		b.Run(c.name+"/signed-in", func(b *testing.B) { closed.measure(b, c, false, cookie) })
	}
}

// BenchmarkCommunityGrowth asks a member's pages of a closed group and of one with ten
// times of everything, turn by turn, and reports how much more the larger one costs.
func BenchmarkCommunityGrowth(b *testing.B) {
	build(b)
	one, ten := started(b, talkative(b, "closed", 1)), started(b, talkative(b, "closed", 10))
	ofOne, ofTen := spokenPages(1), spokenPages(10)
	cookies := []string{one.signIn(b), ten.signIn(b)}
	for i := range ofOne {
		b.Run(ofOne[i].name, func(b *testing.B) { grown(b, []*served{one, ten}, []class{ofOne[i], ofTen[i]}, cookies) })
	}
}

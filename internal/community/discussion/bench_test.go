package discussion_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/community/discussion"
	"polis/internal/community/discussion/discussiontest"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// BenchmarkTopics reads lists, a topic and its posts, what waits and what is similar, as
// a member of a closed group: of 1,000 people, 10,000 topics and 50,000 posts, or ten
// times as many with POLIS_BENCH_TIMES=10.
func BenchmarkTopics(b *testing.B) {
	times, err := strconv.Atoi(os.Getenv("POLIS_BENCH_TIMES"))
	if err != nil {
		times = 1
	}
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			if name == "postgres" && os.Getenv("POLIS_TEST_POSTGRES") == "" {
				b.Skip("POLIS_TEST_POSTGRES is not set")
			}
			d := &discussion.Discussion{DB: open(b)}
			begin := time.Now()
			if err := discussiontest.Many(ctx, d.DB, 1000*times, 10_000*times, 50_000*times); err != nil {
				b.Fatal(err)
			}
			b.Logf("made in %s", time.Since(begin).Round(time.Millisecond))
			topics(b, d, 10_000*times)
		})
	}
}

func topics(b *testing.B, d *discussion.Discussion, n int) {
	who := access.Act("many-p-0", access.MemberRole, "KG", "", "many-g-0", "many-g-3")
	all, own := discussion.TopicFilter{}, discussion.TopicFilter{Group: "many-g-0"}
	o, err := d.Topic(ctx, who, "many-t-"+strconv.Itoa(n/2))
	if err != nil {
		b.Fatal(err)
	}
	list := func(f discussion.TopicFilter) func() (int, error) {
		return func() (int, error) {
			found, _, err := d.Topics(ctx, who.Scope(), f, discussion.Place{}, 25)
			return len(found), err
		}
	}
	for _, c := range []struct {
		name string
		read func() (int, error)
	}{
		{"list", list(all)},
		{"list-group", list(own)},
		{"list-theme", list(discussion.TopicFilter{Theme: "drugs"})},
		{"list-words", list(discussion.TopicFilter{Words: "case" + strconv.Itoa(n/2)})},
		{"list-open", list(discussion.TopicFilter{Group: "many-g-0", Open: true})},
		{"count", func() (int, error) { return d.CountTopics(ctx, who.Scope(), all, discussion.MostCounted) }},
		{"topic", func() (int, error) {
			if _, err := d.Topic(ctx, who, o.ID); err != nil {
				return 0, err
			}
			posts, err := d.Posts(ctx, who, o, 1)
			return len(posts), err
		}},
		{"unanswered", func() (int, error) {
			found, _, err := d.Unanswered(ctx, who.Scope(), all, time.Now().AddDate(0, 0, 1), discussion.Place{}, 25)
			return max(1, len(found)), err
		}},
		{"similar", func() (int, error) {
			found, err := d.Similar(ctx, who.Scope(), "A mentor for the academy, case"+strconv.Itoa(n/2), "", 6)
			return len(found), err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if found, err := c.read(); err != nil || found == 0 {
					b.Fatal(found, err)
				}
			}
		})
	}
}

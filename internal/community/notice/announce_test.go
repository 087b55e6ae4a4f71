package notice_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/community/announcement"
	"polis/internal/community/notice"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// announced are the letters about announcements that wait, by whom they go to.
func (r *room) announced() map[string]mail.Letter {
	r.Helper()
	list, err := store.List[struct{ Recipient, Kind, Args string }](ctx, r.DB, store.Everything("test"),
		"SELECT recipient, kind, args FROM letter WHERE {scope} AND kind = 'notice.letter.announcement' AND stage = 'waiting'")
	r.must(err)
	letters := map[string]mail.Letter{}
	for _, row := range list {
		_, since, _ := strings.Cut(row.Args, `"since":"`)
		since, _, _ = strings.Cut(since, `"`)
		letters[row.Recipient] = mail.Letter{To: row.Recipient, Kind: row.Kind, Args: map[string]string{"since": since}}
	}
	return letters
}

// spread looks after everybody for whom something was announced.
func (r *room) spread(now time.Time) (letters int) {
	r.Helper()
	for range 20 {
		people, n, err := r.Announce(ctx, now)
		r.must(err)
		letters += n
		if people == 0 {
			return letters
		}
	}
	r.Fatal("it looks after the same people for ever")
	return 0
}

func TestAnnouncementsByLetter(t *testing.T) {
	each(t, func(r *room) {
		board := &announcement.Board{DB: r.DB}
		desk := access.Act("desk", access.DeskOfficer, "", "")
		write := func(d announcement.Draft, title string) string {
			r.Helper()
			d.Until = time.Now().AddDate(0, 0, 20).Format(time.DateOnly)
			d.Texts = []announcement.Text{{Lang: lang.English, Title: title, Body: "All of it."}}
			id, err := board.Write(ctx, desk, d)
			r.must(err)
			return id
		}
		finish := r.Finish(func(_ context.Context, l mail.Letter) (mail.Letter, error) { return l, nil })
		wish := func(person string, p notice.Pace) {
			w, err := r.Wish(ctx, r.who(person))
			r.must(err)
			w.Announced = p
			r.must(r.SetWish(ctx, r.who(person), w))
		}
		r.row("UPDATE person SET confirmed = 1 WHERE confirmed = 0")
		wish(r.anna, notice.Once)
		wish(r.clara, notice.None)
		now := time.Now()
		id := write(announcement.Draft{Audience: announcement.All}, "The house is closed on Friday")
		write(announcement.Draft{Audience: announcement.State, Whose: "KG"}, "A course for Kyrgyzstan")
		write(announcement.Draft{Audience: announcement.State, Whose: "TJ"}, "A course for Tajikistan")
		now = time.Now()
		r.Run("one letter at once, one on Monday, none to who wants none", func(t *testing.T) {
			r.spread(now)
			if l := r.announced(); len(l) != 1 || l[r.anna].To == "" {
				t.Fatal(l)
			}
			if n := r.spread(now.Add(time.Minute)); n != 0 {
				t.Error("told twice", n)
			}
			r.spread(now.AddDate(0, 0, 8))
			if l := r.announced(); len(l) != 2 || l[r.berta].To == "" {
				t.Error(l)
			}
		})
		r.Run("a letter tells what is for her, stands, and she has not put away", func(t *testing.T) {
			l, err := finish(ctx, r.announced()[r.anna])
			if err != nil || len(l.Lines) != 2 || l.Lines[0].Text != "A course for Kyrgyzstan" || l.Stop == "" {
				t.Fatal(l, err)
			}
			r.must(board.Seen(ctx, r.who(r.anna), id))
			if l, err := finish(ctx, r.announced()[r.anna]); err != nil || len(l.Lines) != 1 {
				t.Error(l, err)
			}
			r.must(board.Withdraw(ctx, desk, id, "It stays open"))
			if l, err := finish(ctx, r.announced()[r.berta]); err != nil || len(l.Lines) != 1 {
				t.Error(l, err)
			}
		})
		r.Run("one click ends them, and brings them back", func(t *testing.T) {
			l, err := finish(ctx, r.announced()[r.berta])
			r.must(err)
			u, err := url.Parse(l.Stop)
			r.must(err)
			s := notice.ReadStopping(u.Query())
			r.must(r.Stop(ctx, s, false))
			if _, err := finish(ctx, r.announced()[r.berta]); !errors.Is(err, mail.ErrDropped) {
				t.Error(err)
			}
			r.must(r.Stop(ctx, s, true))
			if _, err := finish(ctx, r.announced()[r.berta]); err != nil {
				t.Error(err)
			}
		})
	})
}

package account

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"polis/internal/mail"
	"polis/internal/store"
)

// RemindByMail puts a reminder into the queue of the mail. Who is meant by the
// entry is written in the reader's language when it is sent.
func RemindByMail(ctx context.Context, tx *store.Tx, l Reminder) error {
	letter := mail.Letter{To: l.To.ID, Lang: l.To.Lang, Kind: "people.letter." + l.Kind, Object: l.To.ID, Path: "/account"}
	letter.Args = map[string]string{"entry": cmp.Or(l.ActsFor, l.Body, "POLIS")}
	switch l.Kind {
	case "vouching-ends":
		letter.Args["day"] = l.Until.UTC().Format(time.DateOnly)
		return mail.Queue(ctx, tx, letter)
	case "review-left":
		letter.Path = "/people?standing=" + string(Left)
	default:
		letter.Path = "/people?standing=" + string(Due)
		if l.Due == 0 {
			letter.Path = "/people?standing=" + string(Overdue)
		}
	}
	letter.Args["due"], letter.Args["ended"] = strconv.Itoa(l.Due), strconv.Itoa(l.Ended)
	return mail.Queue(ctx, tx, letter)
}

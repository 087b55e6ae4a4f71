package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ErrLastAdministrator is returned where nobody would be left to run the
// installation.
var ErrLastAdministrator = errors.New("account: nobody else is an administrator")

// noName is what stands in the place of an erased person's name.
const noName = "—"

// MayErase returns nil where the subject may erase the person: herself, or as an
// administrator. Somebody has to stay an administrator.
func MayErase(ctx context.Context, q store.Reader, who access.Subject, person string) error {
	if err := self(who, person); err != nil {
		return err
	}
	own, err := administrators(ctx, q, "p.id = $2", person)
	if err != nil || own == 0 {
		return err
	}
	others, err := administrators(ctx, q, "p.id <> $2", person)
	if err == nil && others == 0 {
		err = ErrLastAdministrator
	}
	return err
}

// administrators counts the people in that role whose accounts are open.
func administrators(ctx context.Context, q store.Reader, which, person string) (int, error) {
	return store.Get[int](ctx, q, everything, `
		SELECT COUNT(DISTINCT p.id) FROM role_grant g JOIN person p ON p.id = g.person
		WHERE {scope} AND g.role = 'administrator' AND g.ended = 0 AND (g.until = 0 OR g.until > $1)
		  AND NOT p.blocked AND NOT p.erased AND `+which, time.Now(), person)
}

// Erase overwrites a person as part of a write, and takes away everything in
// this package's tables that names her or lets her in: what she signed in with,
// her groups, letters and links; the words for her and her roles end. What others
// did for her and she for others stays, by her id, which leads to nobody.
func Erase(ctx context.Context, tx *store.Tx, who access.Subject, person string) ([]store.Event, error) {
	if err := MayErase(ctx, tx, who, person); err != nil {
		return nil, err
	}
	p, err := Load(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	if p.Erased {
		return nil, store.ErrUnchanged
	}
	n := naming{person: person, by: who.ID, now: tx.Now()}
	if err := n.gather(ctx, tx, p); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *store.Tx) error{n.letters, n.invitations, n.entrance, n.standing, n.row} {
		if err := step(ctx, tx); err != nil {
			return nil, fmt.Errorf("account: erase: %w", err)
		}
	}
	return []store.Event{about(person, "account.person.erased", nil)}, nil
}

// naming is all by which a person can be named: her addresses, her name, the ids
// of what is about her.
type naming struct {
	person, by string
	now        time.Time
	addresses  []string
	names      []string
	objects    []string // invitations to her, her changes of address
}

// gather finds the addresses that she has or had.
func (n *naming) gather(ctx context.Context, tx *store.Tx, p Person) error {
	n.addresses, n.names = []string{p.Email}, []string{p.Name}
	changes, err := store.List[Change](ctx, tx, everything, "SELECT "+changeColumns+" FROM address_change WHERE {scope} AND person = $1", n.person)
	if err != nil {
		return err
	}
	for _, c := range changes {
		n.objects = append(n.objects, c.ID)
		n.addresses = append(n.addresses, c.Was, c.Becomes)
	}
	in, args := list(n.addresses, 2)
	invitations, err := store.List[struct{ ID, Email, Name string }](ctx, tx, everything,
		"SELECT id, email, name FROM invitation WHERE {scope} AND (person = $1 OR email IN "+in+")", append([]any{n.person}, args...)...)
	for _, i := range invitations {
		n.objects = append(n.objects, i.ID)
		n.addresses = append(n.addresses, i.Email)
		if i.Name != "" {
			n.names = append(n.names, i.Name)
		}
	}
	return err
}

// list renders values as placeholders from $first on.
func list(values []string, first int) (string, []any) {
	marks, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		marks[i], args[i] = fmt.Sprintf("$%d", first+i), v
	}
	return "(" + strings.Join(marks, ", ") + ")", args
}

// letters removes those to her, about her, or with her name or address among
// their words, and the links of all of them.
func (n *naming) letters(ctx context.Context, tx *store.Tx) error {
	hers := append(append([]string{n.person}, n.addresses...), n.objects...)
	in, args := list(hers, 1)
	if _, err := tx.Exec(ctx, "DELETE FROM letter WHERE recipient IN "+in+" OR object IN "+in, args...); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM ticket WHERE object IN "+in, args...); err != nil {
		return err
	}
	rest, err := store.List[struct{ ID, Path, Args string }](ctx, tx, everything, "SELECT id, path, args FROM letter WHERE {scope} AND args <> '{}' AND args <> 'null'")
	if err != nil {
		return err
	}
	for _, l := range rest {
		if !n.named(l.Args) {
			continue
		}
		if _, err := tx.Exec(ctx, "DELETE FROM letter WHERE id = $1", l.ID); err != nil {
			return err
		}
	}
	return nil
}

// named reports whether her name or address is one of a letter's words.
func (n *naming) named(args string) bool {
	var words map[string]string
	if err := json.Unmarshal([]byte(args), &words); err != nil {
		return false
	}
	for _, word := range words {
		for _, own := range append(n.names, n.addresses...) {
			if strings.EqualFold(word, own) {
				return true
			}
		}
	}
	return false
}

// invitations takes her address and name out of those to her; those that are
// open, and hers to others, are withdrawn.
func (n *naming) invitations(ctx context.Context, tx *store.Tx) error {
	for _, id := range n.objects {
		_, err := tx.Exec(ctx, "UPDATE invitation SET email = 'erased', name = '' WHERE id = $1", id)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `
		UPDATE invitation SET withdrawn = $2, withdrawn_by = $3
		WHERE (by_whom = $1 OR email = 'erased') AND accepted = 0 AND withdrawn = 0`, n.person, n.now, n.by)
	return err
}

// entrance removes everything with which she could come in, and what she wanted to
// be told.
func (n *naming) entrance(ctx context.Context, tx *store.Tx) error {
	for _, query := range []string{
		"DELETE FROM passkey WHERE person = $1",
		"DELETE FROM authenticator WHERE person = $1",
		"DELETE FROM recovery_code WHERE person = $1",
		"DELETE FROM token_use WHERE token IN (SELECT id FROM token WHERE person = $1)",
		"DELETE FROM token WHERE person = $1",
		"DELETE FROM calendar_key WHERE person = $1",
		"DELETE FROM identity WHERE person = $1",
		"DELETE FROM address_change WHERE person = $1",
		"DELETE FROM alert WHERE search IN (SELECT id FROM saved_search WHERE person = $1)",
		"DELETE FROM saved_search WHERE person = $1",
		"DELETE FROM recent_search WHERE person = $1",
		"DELETE FROM follow WHERE person = $1",
		"UPDATE session SET device = '' WHERE person = $1",
	} {
		if _, err := tx.Exec(ctx, query, n.person); err != nil {
			return err
		}
	}
	return endSessions(ctx, tx, n.person, "")
}

// standing ends the words for her and her roles, and takes her out of groups. The
// reasons that were written about her go.
func (n *naming) standing(ctx context.Context, tx *store.Tx) error {
	for _, table := range []string{"membership", "circle_silence", "circle_ask"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE person = $1", n.person); err != nil {
			return err
		}
	}
	if err := settle(ctx, tx, access.Subject{ID: n.by}, Withdrawn, "", "by_whom = $5", n.person); err != nil {
		return err
	}
	for _, table := range []string{"vouching", "role_grant"} {
		if _, err := tx.Exec(ctx, "UPDATE "+table+" SET ended = $2, ended_by = $3 WHERE person = $1 AND ended = 0", n.person, n.now, n.by); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE "+table+" SET reason = '' WHERE person = $1", n.person); err != nil {
			return err
		}
	}
	return nil
}

// row overwrites what is hers alone, and notes that it was.
func (n *naming) row(ctx context.Context, tx *store.Tx) error {
	err := update(ctx, tx, n.person, `
		email = 'erased-' || id, name = $2, acts_for = '', body = '', lang = '', reads = '', secret = '',
		confirmed = 0, seen = 0, warned = 0, warned_again = 0, blocked = TRUE, erased = TRUE,
		reaches = 0, review = 0`, noName)
	if err != nil {
		return err
	}
	if err := spell(ctx, tx, n.person); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO erasure (person, at) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING", n.person, n.now)
	return err
}

package archive

import (
	"context"
	"fmt"

	"polis/internal/account"
	"polis/internal/keyring"
	"polis/internal/mail"
	"polis/internal/store"
)

// unopened names the sealed secrets in the tables that a key does not open: whoever
// signs in with an authenticator app cannot, and no letter leaves. Nothing of it is
// damaged: the key with which they were sealed opens them again.
func unopened(ctx context.Context, db *store.DB, keys *keyring.Ring) ([]Fault, error) {
	if keys == nil {
		return nil, nil
	}
	apps, providers, err := account.Unopened(ctx, db, keys)
	if err != nil {
		return nil, err
	}
	password, err := mail.Unopened(ctx, db, keys)
	var list []Fault
	add := func(n int, where, todo string) {
		if n > 0 {
			list = append(list, Fault{where, fmt.Sprintf("%d cannot be opened with this installation's key, because another one has sealed them: use that one, or %s", n, todo)})
		}
	}
	add(apps, "secrets of authenticator apps", "take these factors away (polis user lost), so that their owners add them anew")
	add(providers, "secrets of sign-in providers", "enter them anew")
	if password {
		add(1, "password of the mail server", "enter it anew")
	}
	return list, err
}

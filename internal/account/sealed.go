package account

import (
	"context"

	"polis/internal/keyring"
	"polis/internal/store"
)

// Unopened counts the secrets in this package's tables that are sealed with another
// key than this: those of authenticator apps, and those of sign-in providers.
func Unopened(ctx context.Context, db *store.DB, keys *keyring.Ring) (apps, providers int, err error) {
	list, err := store.List[struct{ Person, Secret string }](ctx, db, everything, "SELECT person, secret FROM authenticator WHERE {scope}")
	if err != nil {
		return 0, 0, err
	}
	for _, a := range list {
		if _, err := keys.Unseal("authenticator "+a.Person, a.Secret); err != nil {
			apps++
		}
	}
	others, err := ListProviders(ctx, db)
	for _, p := range others {
		if _, err := keys.Unseal(sealedFor(p.ID), p.Sealed); p.Sealed != "" && err != nil {
			providers++
		}
	}
	return apps, providers, err
}

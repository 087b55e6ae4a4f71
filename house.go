package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/archive"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/library"
	"polis/internal/store"
)

// place is where an installation keeps what it has.
type place struct {
	Data     string `help:"Directory of the data: files, search index and, unless --database is given, the tables." default:"polis-data" env:"POLIS_DATA" placeholder:"DIR"`
	Database string `help:"Address of a PostgreSQL database for the tables, instead of SQLite in the data directory." env:"POLIS_DATABASE" placeholder:"postgres://…"`
}

func (p place) tables() store.Options { return store.Options{Dir: p.Data, DSN: p.Database} }

func (p place) index() string { return filepath.Join(p.Data, "index") }

// lock takes the data directory for this process. Where another one has it, the
// error says so, and then what to do.
func (p place) lock(todo string) (release func() error, err error) {
	release, err = store.Lock(p.Data)
	if errors.Is(err, store.ErrInUse) {
		return nil, fmt.Errorf("another polis is running on the data directory %s: %s", p.Data, todo)
	}
	return release, err
}

// house are the stores of an installation, opened.
type house struct {
	place
	db      *store.DB
	files   *blob.Store
	library *library.Library
}

// open opens an installation, making it where there is none yet.
func (p place) open(ctx context.Context) (*house, error) {
	if err := archive.CheckPlace(p.Data); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, p.tables())
	if err != nil {
		return nil, err
	}
	h := &house{place: p, db: db}
	if h.files, err = blob.Open(filepath.Join(p.Data, archive.FilesDir)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := directory.Seed(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	texts := extract.New(filepath.Join(p.Data, "cache"), extract.DefaultLimits())
	h.library = &library.Library{DB: db, Files: h.files, Texts: texts}
	return h, nil
}

// openExisting is open for commands that make no sense on an empty place, such
// as a misspelt one.
func (p place) openExisting(ctx context.Context) (*house, error) {
	if _, err := os.Stat(filepath.Join(p.Data, archive.FilesDir)); err != nil {
		return nil, fmt.Errorf("there is no POLIS in %s: name its data directory with --data", p.Data)
	}
	return p.open(ctx)
}

func (h *house) close() error {
	h.library.Texts.Close()
	return h.db.Close()
}

// archived is what is backed up and verified.
func (h *house) archived() archive.System { return archive.System{DB: h.db, Files: h.files} }

// actor is who acts on the command line: the person with this address, or the
// program itself.
func (h *house) actor(ctx context.Context, part, email string) (access.Subject, error) {
	if email == "" {
		return access.System(part), nil
	}
	p, err := h.person(ctx, email)
	if err != nil {
		return access.Subject{}, err
	}
	who, _, err := account.Subject(ctx, h.db, p.ID, account.TwoFactors)
	if errors.Is(err, store.ErrNotFound) {
		return access.Subject{}, fmt.Errorf("the account of %s is blocked", email)
	}
	return who, err
}

func (h *house) person(ctx context.Context, email string) (account.Person, error) {
	p, err := account.ByEmail(ctx, h.db, email)
	if errors.Is(err, store.ErrNotFound) {
		return account.Person{}, fmt.Errorf("nobody has an account with the address %s", email)
	}
	return p, err
}

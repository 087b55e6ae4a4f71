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
	"polis/internal/clamd"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/inbox"
	"polis/internal/keyring"
	"polis/internal/lexicon"
	"polis/internal/library"
	"polis/internal/personal"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// place is where an installation keeps what it has.
type place struct {
	Data     string `help:"Directory of the data: the search index and, unless --files and --database name other places, files and tables." default:"polis-data" env:"POLIS_DATA" placeholder:"DIR"`
	Database string `help:"Address of a PostgreSQL database for the tables, instead of SQLite in the data directory." env:"POLIS_DATABASE" placeholder:"postgres://…"`
	Files    string `help:"Address of a bucket in S3-compatible storage for the files, instead of the data directory: s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION. Key and secret are taken from the environment variables POLIS_S3_KEY and POLIS_S3_SECRET." env:"POLIS_FILES" placeholder:"s3://…"`
	Clamd    string `help:"Address of a ClamAV daemon that looks at every file before it is read: tcp://HOST:PORT or unix:/PATH. While it does not answer, files wait." env:"POLIS_CLAMD" placeholder:"tcp://…"`
}

func (p place) tables() store.Options { return store.Options{Dir: p.Data, DSN: p.Database} }

func (p place) index() string { return filepath.Join(p.Data, "index") }

// bucket is where the files are, or the zero value where they are in the data
// directory. The secret is no flag: everybody on the machine reads those.
func (p place) bucket() (blob.Bucket, error) {
	if p.Files == "" {
		return blob.Bucket{}, nil
	}
	return blob.ParseBucket(p.Files, os.Getenv("POLIS_S3_KEY"), os.Getenv("POLIS_S3_SECRET"))
}

func (p place) openFiles(bucket blob.Bucket) (*blob.Store, error) {
	dir := filepath.Join(p.Data, archive.FilesDir)
	if bucket.IsZero() {
		return blob.Open(dir)
	}
	return bucket.Open(dir)
}

// givenKey is the installation's key where the environment gives it, else nil.
func givenKey() (*keyring.Ring, error) {
	text := os.Getenv("POLIS_KEY")
	if text == "" {
		return nil, nil
	}
	return keyring.New(text)
}

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
	keys    *keyring.Ring
	library *library.Library
	words   *lexicon.Lexicon
	inbox   *inbox.Box // while it serves, else nil
}

// open opens an installation, making it where there is none yet.
func (p place) open(ctx context.Context) (*house, error) {
	if err := archive.CheckPlace(p.Data); err != nil {
		return nil, err
	}
	bucket, err := p.bucket()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, p.tables())
	if err != nil {
		return nil, err
	}
	h := &house{place: p, db: db}
	if h.keys, err = keyring.Open(p.Data, os.Getenv("POLIS_KEY")); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if h.files, err = p.openFiles(bucket); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := directory.Seed(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := thesaurus.Seed(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	texts := extract.New(filepath.Join(p.Data, "cache"), extract.DefaultLimits())
	h.library = &library.Library{DB: db, Files: h.files, Texts: texts}
	h.words = lexicon.New(db, h.files)
	if p.Clamd != "" {
		if h.library.Scanner, err = clamd.Parse(p.Clamd); err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
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
	return errors.Join(h.words.Close(), h.db.Close())
}

// keeper keeps what is personal, with a list of erasures beside the tables.
func (h *house) keeper() *personal.Keeper {
	return &personal.Keeper{DB: h.db, Library: h.library, List: filepath.Join(h.Data, personal.ListFile)}
}

// archived is what is backed up and verified.
func (h *house) archived() archive.System {
	return archive.System{DB: h.db, Files: h.files, Keys: h.keys}
}

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

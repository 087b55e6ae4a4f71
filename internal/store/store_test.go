package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx     = context.Background()
	officer = access.Act("p1", access.DeskOfficer, "", "")
	all     = store.Everything("test")
)

// put writes one setting and its event.
func put(t *testing.T, db *store.DB, name, value string, label access.Label) store.Event {
	t.Helper()
	e, err := store.Write(ctx, db, officer, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "setting.changed", Object: name, Label: label, Data: map[string]string{"value": value}},
			tx.Set(ctx, name, value)
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAWriteLeavesAnEvent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		before := time.Now().Add(-time.Millisecond)
		put(t, db, "colour", "green", access.Label{Level: access.Official, State: "KG"})
		events, err := store.Since(ctx, db, all, 0, 10)
		if err != nil || len(events) != 1 {
			t.Fatal(events, err)
		}
		e := events[0]
		if e.Seq != 1 || e.Who != "p1" || e.Act != "setting.changed" || e.Object != "colour" || e.Label.State != "KG" {
			t.Errorf("the event does not say what was done: %+v", e)
		}
		if e.At.Before(before) || e.At.After(time.Now()) {
			t.Errorf("the event is of another time: %s", e.At)
		}
		if db.Seq() != 1 {
			t.Errorf("the database thinks the log ends at %d", db.Seq())
		}
	})
}

func TestAWriteThatNamesNoEventIsUndone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, err := store.Write(ctx, db, officer, func(tx *store.Tx) (store.Event, error) {
			return store.Event{}, tx.Set(ctx, "colour", "red")
		})
		if err == nil {
			t.Fatal("a write without an event was accepted")
		}
		if v, _ := db.Setting(ctx, "colour"); v != "" {
			t.Error("its change stayed")
		}
		e, err := store.Write(ctx, db, officer, func(tx *store.Tx) (store.Event, error) {
			if err := tx.Set(ctx, "colour", "red"); err != nil {
				return store.Event{}, err
			}
			return store.Event{}, store.ErrUnchanged
		})
		if err != nil || e.Seq != 0 {
			t.Error("nothing to change is not an error", err)
		}
		if v, _ := db.Setting(ctx, "colour"); v != "" {
			t.Error("what it did before it changed its mind stayed")
		}
	})
}

func TestAReadWithoutAScopeIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, err := store.List[string](ctx, db, all, "SELECT name FROM setting")
		if err == nil || !strings.Contains(err.Error(), "{scope}") {
			t.Errorf("got %v", err)
		}
	})
}

func TestAReaderSeesOnlyTheEventsOfHerScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		put(t, db, "open", "1", access.Label{})
		put(t, db, "vetted", "1", access.Label{Level: access.Member})
		put(t, db, "state", "1", access.Label{Level: access.Closed, State: "KG"})
		put(t, db, "group", "1", access.Label{Level: access.Closed, Group: "g1"})
		put(t, db, "draft", "1", access.Label{Level: access.Closed, Owner: "p9"})
		see := func(who access.Subject) string {
			events, err := store.Since(ctx, db, who.Scope(), 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, e := range events {
				names = append(names, e.Object)
			}
			return strings.Join(names, " ")
		}
		for _, c := range []struct {
			who  access.Subject
			want string
		}{
			{access.Subject{}, "open"},
			{access.Act("a", access.Visitor, "KG", ""), "open"},
			{access.Act("a", access.MemberRole, "", ""), "open vetted"},
			{access.Act("a", access.FocalPoint, "KG", ""), "open vetted state"},
			{access.Act("a", access.FocalPoint, "TJ", ""), "open vetted"},
			{access.Act("a", access.Expert, "", "", "g0", "g1"), "open vetted group"},
			{access.Act("p9", access.MemberRole, "", ""), "open vetted draft"},
			{access.System("test"), "open vetted state group draft"},
		} {
			if got := see(c.who); got != c.want {
				t.Errorf("%+v sees %q, not %q", c.who, got, c.want)
			}
		}
	})
}

func TestManyWritersAtOnceMakeOneChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const writers, each = 8, 10
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for range each {
					_, err := store.Write(ctx, db, officer, func(tx *store.Tx) (store.Event, error) {
						n, err := store.Get[string](ctx, tx, all, "SELECT value FROM setting WHERE {scope} AND name = 'n'")
						if err != nil && !errors.Is(err, store.ErrNotFound) {
							return store.Event{}, err
						}
						return store.Event{Act: "counted", Object: fmt.Sprint(w)}, tx.Set(ctx, "n", n+"x")
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if v, _ := db.Setting(ctx, "n"); len(v) != writers*each {
			t.Errorf("%d of %d increments are there", len(v), writers*each)
		}
		n, faults, err := store.Verify(ctx, db)
		if err != nil || len(faults) > 0 || n != writers*each {
			t.Errorf("%d events, faults %v, %v", n, faults, err)
		}
	})
}

func TestPostgresRefusesToChangeTheLog(t *testing.T) {
	dsn := storetest.PostgresDSN(t)
	db, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	put(t, db, "colour", "green", access.Label{})
	raw, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, stmt := range []string{"UPDATE event SET who = 'x'", "DELETE FROM event", "TRUNCATE event", "DELETE FROM checkpoint", "UPDATE checkpoint SET hash = 'x'"} {
		if _, err := raw.Exec(stmt); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", stmt, err)
		}
	}
}

func TestOnlyOperationalTablesChangeWithoutAnEvent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, stmt := range []string{
			"UPDATE setting SET value = 'x'", "DELETE FROM event", "WITH x AS (SELECT 1) DELETE FROM event",
			"insert into chain (id, seq, hash) values (1, 1, '')", "DROP TABLE job",
		} {
			if _, err := store.Upkeep(ctx, db, stmt); err == nil {
				t.Errorf("%s was accepted", stmt)
			}
		}
		if _, err := store.Upkeep(ctx, db, "DELETE FROM job WHERE id = $1", "none"); err != nil {
			t.Error(err)
		}
	})
}

func TestADumpGoesBackIntoEitherEngine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for i := range 5 {
			put(t, db, fmt.Sprint("s", i), "Осло\n\"&<", access.Label{Level: access.Closed, Group: "g"})
		}
		parts := map[string]*bytes.Buffer{}
		err := store.Dump(ctx, db, func(table string) (io.Writer, error) {
			parts[table] = &bytes.Buffer{}
			return parts[table], nil
		})
		if err != nil {
			t.Fatal(err)
		}
		load := func(into *store.DB) error {
			return store.Load(ctx, into, func(load func(string, io.Reader) error) error {
				for table, b := range parts {
					if err := load(table, bytes.NewReader(b.Bytes())); err != nil {
						return err
					}
				}
				return nil
			})
		}
		for _, into := range []*store.DB{storetest.SQLite(t), storetest.Postgres(t)} {
			if err := load(into); err != nil {
				t.Fatal(into.Engine(), err)
			}
			if _, faults, err := store.Verify(ctx, into); err != nil || len(faults) > 0 || into.Seq() != 5 {
				t.Errorf("%s: seq %d, faults %v, %v", into.Engine(), into.Seq(), faults, err)
			}
			want, _ := store.Since(ctx, db, all, 0, 10)
			got, _ := store.Since(ctx, into, all, 0, 10)
			if d := cmp.Diff(want, got); d != "" {
				t.Error(into.Engine(), d)
			}
			if err := load(into); !errors.Is(err, store.ErrNotEmpty) {
				t.Errorf("a second load over the first: %v", err)
			}
		}
	})
}

func TestEveryForeignKeyCanWaitForTheEndOfARestore(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		lines := strings.Split(readFile(t, f), "\n")
		for n, line := range lines {
			if !strings.Contains(line, "REFERENCES") {
				continue
			}
			if !strings.HasSuffix(line, ",") && n+1 < len(lines) {
				line += lines[n+1] // a long key ends on the line after
			}
			if !strings.Contains(line, "DEFERRABLE INITIALLY IMMEDIATE") {
				t.Errorf("%s:%d: %s", f, n+1, strings.TrimSpace(line))
			}
		}
	}
}

func TestATableOfANewerProgramIsLeftAlone(t *testing.T) {
	for engine, at := range map[string]func(t *testing.T) (store.Options, string, string){
		"sqlite": func(t *testing.T) (store.Options, string, string) {
			dir := t.TempDir()
			return store.Options{Dir: dir}, "sqlite", "file:" + filepath.Join(dir, "polis.db")
		},
		"postgres": func(t *testing.T) (store.Options, string, string) {
			dsn := storetest.PostgresDSN(t)
			return store.Options{DSN: dsn}, "pgx", dsn
		},
	} {
		t.Run(engine, func(t *testing.T) {
			o, driver, dsn := at(t)
			db, err := store.Open(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			newest := db.Schema()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			raw, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)", newest+1); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the refusal itself changes nothing
				_, err = store.Open(ctx, o)
				var newer *store.NewerError
				if !errors.As(err, &newer) || newer.Schema != newest+1 || !strings.Contains(err.Error(), "newer POLIS") {
					t.Fatalf("got: %v", err)
				}
			}
		})
	}
}

func TestAConnectionThatMightFallBackIsRefused(t *testing.T) {
	for dsn, refused := range map[string]bool{
		"postgres://polis:s3cret@db.example/polis?connect_timeout=1":                    true,
		"postgres://polis:s3cret@db.example/polis?connect_timeout=1&sslmode=prefer":     true,
		"postgres://polis:s3cret@db.example/polis?connect_timeout=1&sslmode=allow":      true,
		"postgres://polis:s3cret@192.0.2.1:1/polis?connect_timeout=1&sslmode=verify-ca": false,
		"postgres://polis:s3cret@127.0.0.1:1/polis?connect_timeout=1":                   false,
		"postgres://polis:s3cret@localhost:1/polis?connect_timeout=1&sslmode=disable":   false,
	} {
		_, err := store.Open(ctx, store.Options{DSN: dsn})
		if err == nil || strings.Contains(err.Error(), "sslmode=verify-full") != refused || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

package store_test

import (
	"bytes"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var signer = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// openLog is a log that its own keeper can damage, behind the program's back.
type openLog struct {
	t   *testing.T
	db  *store.DB
	raw *sql.DB
}

// eachLog runs fn on both engines with a log of n events and its raw tables.
func eachLog(t *testing.T, n int, fn func(t *testing.T, l openLog)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var o store.Options
			driver, dsn := "sqlite", ""
			if engine == "sqlite" {
				o.Dir = t.TempDir()
				dsn = "file:" + filepath.Join(o.Dir, "polis.db") + "?_pragma=busy_timeout(15000)&_pragma=synchronous(OFF)"
			} else {
				o.DSN = storetest.PostgresDSN(t)
				driver, dsn = "pgx", o.DSN
			}
			db, err := store.Open(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			raw, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { raw.Close() })
			l := openLog{t: t, db: db, raw: raw}
			for i := range n {
				l.write(i)
			}
			if engine == "postgres" { // the owner of a table can always take the rights back
				l.do("GRANT UPDATE, DELETE ON event, checkpoint TO CURRENT_USER")
			}
			fn(t, l)
		})
	}
}

func (l openLog) write(i int) {
	l.t.Helper()
	_, err := store.Write(ctx, l.db, officer, func(tx *store.Tx) (store.Event, error) {
		return store.Event{
			Act: "setting.changed", Object: fmt.Sprint("s", i), Label: access.Label{Level: access.Member},
			Data: map[string]int{"value": i}, Quiet: i%3 == 2,
		}, tx.Set(ctx, "s", fmt.Sprint(i))
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

// do damages the tables.
func (l openLog) do(statements string, args ...any) {
	l.t.Helper()
	for _, one := range strings.Split(statements, ";") {
		if _, err := l.raw.Exec(one, args...); err != nil {
			l.t.Fatal(one, err)
		}
	}
}

// faults are what Verify says.
func (l openLog) faults(against ...store.Checkpoint) string {
	l.t.Helper()
	_, faults, err := store.Verify(ctx, l.db, against...)
	if err != nil {
		l.t.Fatal(err)
	}
	return said(faults)
}

func said(faults []store.Fault) string {
	var all []string
	for _, f := range faults {
		all = append(all, f.String())
	}
	return strings.Join(all, "; ")
}

func (l openLog) sign() store.Checkpoint {
	l.t.Helper()
	p, err := store.Sign(ctx, l.db, signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

// keep remembers the log, and restore puts it back.
func (l openLog) keep() {
	l.do("DROP TABLE IF EXISTS kept_event; CREATE TABLE kept_event AS SELECT * FROM event; DROP TABLE IF EXISTS kept_chain; CREATE TABLE kept_chain AS SELECT * FROM chain")
}

func (l openLog) restore() {
	l.do("DELETE FROM event; INSERT INTO event SELECT * FROM kept_event; DELETE FROM chain; INSERT INTO chain SELECT * FROM kept_chain")
}

// swapped exchanges what stands at two numbers; hash and all, or all but hash.
const swapped = "UPDATE event SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3); UPDATE event SET seq = -seq WHERE seq < 0"

func TestDamageToTheLogIsFoundAndNamed(t *testing.T) {
	eachLog(t, 6, func(t *testing.T, l openLog) {
		if got := l.faults(); got != "" {
			t.Fatalf("a whole log: %s", got)
		}
		l.keep()
		for _, c := range []struct{ name, damage, want string }{
			{"a changed text", "UPDATE event SET data = '{\"value\":9}' WHERE seq = 3", "event 3: changed"},
			{"a changed reader", "UPDATE event SET level = 0 WHERE seq = 4", "event 4: changed"},
			{"a changed doer", "UPDATE event SET who = 'somebody else' WHERE seq = 1", "event 1: changed"},
			{"a changed time", "UPDATE event SET at = at - 1 WHERE seq = 6", "event 6: changed"},
			{"a quiet event made loud", "UPDATE event SET quiet = FALSE WHERE seq = 3", "event 3: changed"},
			{"a loud event made quiet", "UPDATE event SET quiet = TRUE WHERE seq = 2", "event 2: changed"},
			{"a changed hash", "UPDATE event SET hash = SUBSTR(hash, 3) || SUBSTR(hash, 1, 2) WHERE seq = 2", "event 2: changed"},
			{"two hashes in a row changed", "UPDATE event SET hash = SUBSTR(hash, 3) || SUBSTR(hash, 1, 2) WHERE seq IN (2, 3)", "event 2: changed; event 3: changed"},
			{"the last hash changed", "UPDATE event SET hash = SUBSTR(hash, 3) || SUBSTR(hash, 1, 2) WHERE seq = 6", "event 6: changed"},
			{"two changed", "UPDATE event SET object = 'x' WHERE seq IN (2, 5)", "event 2: changed; event 5: changed"},
			{"a removed event", "DELETE FROM event WHERE seq = 3", "event 3: missing; event 4: unproven"},
			{"the first removed", "DELETE FROM event WHERE seq = 1", "event 1: missing; event 2: unproven"},
			{"two removed", "DELETE FROM event WHERE seq IN (2, 3)", "events 2 to 3: missing; event 4: unproven"},
			{"two exchanged", swapped, "event 2: reordered, it was written as event 3; event 3: reordered, it was written as event 2"},
			{
				"two exchanged, their hashes left in place",
				swapped + "; UPDATE event SET hash = CASE seq WHEN 2 THEN (SELECT hash FROM kept_event k WHERE k.seq = 2) ELSE (SELECT hash FROM kept_event k WHERE k.seq = 3) END WHERE seq IN (2, 3)",
				"event 2: reordered, it was written as event 3; event 3: reordered, it was written as event 2",
			},
			{"one moved to the end", "UPDATE event SET seq = 7 WHERE seq = 3", "event 7: reordered, it was written as event 3"},
			{"the last removed", "DELETE FROM event WHERE seq = 6", "event 6: cut off"},
			{"a removed tail", "DELETE FROM event WHERE seq > 3", "events 4 to 6: cut off"},
			{"everything removed", "DELETE FROM event", "events 1 to 6: cut off"},
			{"a false head", "UPDATE chain SET hash = 'x'", "event 6: head"},
			{"a head set back alone", "UPDATE chain SET seq = 3", "event 3: head"},
		} {
			t.Run(c.name, func(t *testing.T) {
				l.restore()
				l.do(c.damage)
				if got := l.faults(); got != c.want {
					t.Errorf("verify says %q, not %q", got, c.want)
				}
			})
		}
	})
}

func TestOnlyACheckpointKnowsOfATailThatIsHidden(t *testing.T) {
	eachLog(t, 6, func(t *testing.T, l openLog) {
		hide := "DELETE FROM event WHERE seq > 4; UPDATE chain SET seq = 4, hash = (SELECT hash FROM event WHERE seq = 4)"
		l.keep()
		t.Run("without one the shorter log looks whole", func(t *testing.T) {
			l.do(hide)
			if got := l.faults(); got != "" {
				t.Errorf("verify says %q", got)
			}
			l.restore()
		})
		p := l.sign()
		l.write(6)
		l.keep()
		if got := l.faults(p); got != "" {
			t.Fatalf("a log that has grown: %s", got)
		}
		t.Run("a tail that was cut off is named, with the head set back or not", func(t *testing.T) {
			l.restore()
			l.do("DELETE FROM event WHERE seq > 4")
			if got := l.faults(p); got != "events 5 to 7: cut off" {
				t.Errorf("verify says %q", got)
			}
			l.do(hide)
			if got := l.faults(p); got != "events 5 to 6: rolled back" {
				t.Errorf("verify says %q", got)
			}
		})
		t.Run("the one that is stored with the log knows it too", func(t *testing.T) {
			if got := l.faults(); got != "events 5 to 6: rolled back" {
				t.Errorf("verify says %q", got)
			}
		})
		t.Run("no new one is signed over it", func(t *testing.T) {
			var broken *store.BrokenError
			if _, err := store.Sign(ctx, l.db, signer); !errors.As(err, &broken) || broken.Faults[0].What != store.RolledBack {
				t.Errorf("got %v", err)
			}
		})
		t.Run("and one from outside, when the stored ones were removed", func(t *testing.T) {
			l.do("DELETE FROM checkpoint")
			if got := l.faults(); got != "" {
				t.Errorf("verify says %q", got)
			}
			if got := l.faults(p); got != "events 5 to 6: rolled back" {
				t.Errorf("verify says %q", got)
			}
		})
		t.Run("writing on over the cut is found", func(t *testing.T) {
			for i := range 5 {
				l.write(10 + i)
			}
			if got := l.faults(); got != "" {
				t.Errorf("verify says %q", got)
			}
			if got := l.faults(p); got != "events 1 to 6: rewritten" {
				t.Errorf("verify says %q", got)
			}
		})
	})
}

func TestCheckpoints(t *testing.T) {
	eachLog(t, 0, func(t *testing.T, l openLog) {
		if _, err := store.Sign(ctx, l.db, signer); !errors.Is(err, store.ErrEmpty) {
			t.Errorf("an empty log: %v", err)
		}
		l.write(0)
		l.write(1)
		key := store.KeyText(signer.Public().(ed25519.PublicKey))
		first := l.sign()
		t.Run("it says where the log stood, and is signed", func(t *testing.T) {
			if first.Seq != 2 || first.Count != 2 || first.Key != key || first.Check(key) != nil {
				t.Errorf("%+v: %v", first, first.Check(key))
			}
			if again := l.sign(); again.Signature != first.Signature {
				t.Error("another one, though nothing has happened")
			}
		})
		t.Run("it goes through a file unchanged", func(t *testing.T) {
			read, err := store.ReadCheckpoint(bytes.NewReader(first.JSON()))
			if err != nil || read != first {
				t.Errorf("%+v, %v", read, err)
			}
		})
		t.Run("no fact in it can be changed", func(t *testing.T) {
			for i, p := range []store.Checkpoint{first, first, first, first, first, first, first} {
				switch i {
				case 0:
					p.Log = strings.Repeat("0", 64)
				case 1:
					p.Seq++
				case 2:
					p.Count--
				case 3:
					p.Hash = p.Log
				case 4:
					p.At = p.At.Add(1000)
				case 5:
					p.Signature = "AAAA"
				case 6:
					p.Key = "AAAA"
				}
				if err := p.Check(key); !errors.Is(err, store.ErrForged) {
					t.Errorf("change %d: %v", i, err)
				}
			}
		})
		t.Run("what is no checkpoint is refused", func(t *testing.T) {
			for _, text := range []string{
				"", "{}", "null", "[]", `{"format":2,"seq":1}`, `{"format":1,"seq":0}`, string(first.JSON()[:60]),
				strings.Replace(string(first.JSON()), `"seq"`, `"more":1,"seq"`, 1),
			} {
				if p, err := store.ReadCheckpoint(strings.NewReader(text)); err == nil {
					t.Errorf("%q is read as %+v", text, p)
				}
			}
			if err := first.Check("AAAA"); err == nil || errors.Is(err, store.ErrForged) {
				t.Errorf("a short key: %v", err)
			}
		})
		t.Run("the next one goes on from the last", func(t *testing.T) {
			l.write(2)
			second := l.sign()
			all, err := store.Checkpoints(ctx, l.db)
			if err != nil || len(all) != 2 || second.Seq != 3 || second.Count != 3 || second.Log != first.Log || all[1] != second {
				t.Errorf("%+v, %v", all, err)
			}
			if got := l.faults(first, second); got != "" {
				t.Error(got)
			}
		})
		t.Run("one with another key stands on its own", func(t *testing.T) {
			other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
			l.write(3)
			p, err := store.Sign(ctx, l.db, other)
			if err != nil || p.Count != 4 || p.Log != first.Log || p.Check(key) == nil {
				t.Errorf("%+v, %v", p, err)
			}
		})
		t.Run("a log that was changed since is not signed", func(t *testing.T) {
			l.write(4)
			l.do("UPDATE event SET who = 'x' WHERE seq = 5")
			var broken *store.BrokenError
			if _, err := store.Sign(ctx, l.db, signer); !errors.As(err, &broken) || broken.Faults[0].String() != "event 5: changed" {
				t.Errorf("got %v", err)
			}
			if got := l.faults(); got != "event 5: changed" {
				t.Error(got)
			}
		})
		t.Run("a stored one that was changed is named", func(t *testing.T) {
			l.do("UPDATE checkpoint SET count = 1 WHERE seq = 2")
			if got := l.faults(); got != "event 2: forged; event 5: changed" {
				t.Error(got)
			}
		})
		t.Run("one of another installation is named", func(t *testing.T) {
			stranger := storetest.SQLite(t)
			for range 3 {
				put(t, stranger, "x", "1", access.Label{})
			}
			p, err := store.Sign(ctx, stranger, signer)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.faults(p); !strings.Contains(got, "event 3: other log") {
				t.Error(got)
			}
		})
	})
}

// exported is the log as a file.
func (l openLog) exported() []byte {
	l.t.Helper()
	var b bytes.Buffer
	if _, err := store.ExportLog(ctx, l.db, &b); err != nil {
		l.t.Fatal(err)
	}
	return b.Bytes()
}

func TestALogInAFileIsCheckedWithoutADatabase(t *testing.T) {
	eachLog(t, 6, func(t *testing.T, l openLog) {
		p := l.sign()
		file := l.exported()
		lines := bytes.SplitAfter(file, []byte("\n"))[:6]
		check := func(text []byte) string {
			_, faults, err := store.VerifyFile(bytes.NewReader(text), true, p)
			if err != nil {
				t.Fatal(err)
			}
			return said(faults)
		}
		join := func(order ...int) []byte {
			var all []byte
			for _, n := range order {
				all = append(all, lines[n-1]...)
			}
			return all
		}
		for _, c := range []struct {
			name string
			text []byte
			want string
		}{
			{"whole", file, ""},
			{"a line removed", join(1, 2, 4, 5, 6), "event 3: missing; event 4: unproven"},
			{"two lines exchanged", join(1, 3, 2, 4, 5, 6), "event 2: reordered"},
			{"a line twice", join(1, 2, 3, 3, 4, 5, 6), "event 3: repeated"},
			{"the end cut off", join(1, 2, 3, 4), "events 5 to 6: cut off"},
			{"cut off in a line", file[:len(file)-9], "event 6: changed"},
			{"empty", nil, "events 1 to 6: cut off"},
			{"no log at all", []byte("hello\nworld\n"), "event 1: changed; event 2: changed; events 3 to 6: cut off"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if got := check(c.text); got != c.want {
					t.Errorf("says %q, not %q", got, c.want)
				}
			})
		}
		t.Run("every byte counts", func(t *testing.T) {
			for i := range file {
				spoilt := slices.Clone(file)
				spoilt[i] ^= 0x20
				n := int64(bytes.Count(file[:i], []byte("\n")) + 1)
				_, faults, err := store.VerifyFile(bytes.NewReader(spoilt), true)
				if err != nil || len(faults) == 0 || faults[0].Seq != n && file[i] != '\n' {
					t.Fatalf("byte %d of event %d: %v, %v", i, n, faults, err)
				}
			}
		})
	})
}

// A random log with random damage: whatever was done to it is found, and named
// at the place where it was done.
func TestRandomDamageIsFound(t *testing.T) {
	const events = 24
	eachLog(t, events, func(t *testing.T, l openLog) {
		p := l.sign()
		l.do("DELETE FROM checkpoint")
		l.keep()
		columns := []string{"at", "who", "act", "object", "level", "state", "grp", "owner", "data", "quiet", "hash"}
		rapid.Check(t, func(r *rapid.T) {
			l.restore()
			a := rapid.Int64Range(1, events-1).Draw(r, "first")
			b := rapid.Int64Range(a+1, events).Draw(r, "second")
			var want []string
			switch kind := rapid.SampledFrom([]string{"change", "remove", "exchange", "cut", "roll back", "rewrite"}).Draw(r, "kind"); kind {
			case "change":
				for _, seq := range []int64{a, b} {
					column := rapid.SampledFrom(columns).Draw(r, "column")
					set := map[string]string{
						"at": "at + 1", "level": "3 - level", "quiet": "NOT quiet", "hash": "SUBSTR(hash, 2) || SUBSTR(hash, 1, 1)",
					}[column]
					if set == "" {
						set = column + " || 'x'"
					}
					l.do("UPDATE event SET "+column+" = "+set+" WHERE seq = $1", seq)
					want = append(want, fmt.Sprintf("event %d: changed", seq))
				}
				want = slices.Compact(want)
			case "remove":
				l.do("DELETE FROM event WHERE seq >= $1 AND seq < $2", a, b)
				want = []string{store.Fault{Seq: a, Last: max(0, (b-1)*min(1, b-1-a)), What: store.Missing}.String(), fmt.Sprintf("event %d: unproven", b)}
			case "exchange":
				l.do(fmt.Sprintf("UPDATE event SET seq = -seq WHERE seq IN (%d, %d)", a, b))
				l.do(fmt.Sprintf("UPDATE event SET seq = CASE seq WHEN -%d THEN %d ELSE %d END WHERE seq < 0", a, b, a))
				want = []string{
					fmt.Sprintf("event %d: reordered, it was written as event %d", a, b),
					fmt.Sprintf("event %d: reordered, it was written as event %d", b, a),
				}
			case "cut":
				l.do("DELETE FROM event WHERE seq >= $1", b)
				want = []string{store.Fault{Seq: b, Last: events * min(1, events-b), What: store.CutOff}.String()}
			case "roll back":
				l.do("DELETE FROM event WHERE seq >= $1", b)
				l.do("UPDATE chain SET seq = $1, hash = (SELECT hash FROM event WHERE seq = $1)", b-1)
				want = []string{store.Fault{Seq: b, Last: events * min(1, events-b), What: store.RolledBack}.String()}
			case "rewrite":
				l.do("DELETE FROM event WHERE seq >= $1", b)
				l.do("UPDATE chain SET seq = $1, hash = (SELECT hash FROM event WHERE seq = $1)", b-1)
				for i := b; i <= events; i++ {
					l.write(100 + int(i))
				}
				want = []string{fmt.Sprintf("events 1 to %d: rewritten", events)}
			}
			if got := l.faults(p); got != strings.Join(want, "; ") {
				r.Fatalf("verify says %q, not %q", got, strings.Join(want, "; "))
			}
		})
	})
}

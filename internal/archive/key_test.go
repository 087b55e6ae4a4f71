package archive_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/account"
	"polis/internal/archive"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// keyed is a furnished system with a secret and a checkpoint that it has signed.
func keyed(t *testing.T, db *store.DB) (archive.System, store.Checkpoint) {
	t.Helper()
	s := furnished(t, db)
	var err error
	if s.Keys, err = keyring.Open(t.TempDir(), ""); err != nil {
		t.Fatal(err)
	}
	p, err := store.Sign(ctx, db, s.Keys.Signer())
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

func TestTheKeyTravelsInTheBackup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, p := keyed(t, db)
		file, _ := backup(t, s)
		dir := filepath.Join(t.TempDir(), "new")
		if _, err := archive.Restore(ctx, file, archive.Place{Dir: dir}, nil); err != nil {
			t.Fatal(err)
		}
		t.Run("it is put back for its owner alone", func(t *testing.T) {
			info, err := os.Stat(filepath.Join(dir, keyring.File))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Fatal(info, err)
			}
			ring, err := keyring.Open(dir, "")
			if err != nil || ring.Text() != s.Keys.Text() {
				t.Error("another key:", err)
			}
		})
		t.Run("checkpoints go on from there", func(t *testing.T) {
			got := reopen(t, dir, "")
			got.Keys = s.Keys
			addDocument(t, got, 77)
			next, err := store.Sign(ctx, got.DB, got.Keys.Signer())
			if err != nil || next.Log != p.Log || next.Seq != p.Seq+1 {
				t.Errorf("%+v, %v", next, err)
			}
			if v := verify(t, got); len(v.Faults) > 0 {
				t.Error(v.Faults)
			}
		})
		t.Run("a checkpoint of another key is named", func(t *testing.T) {
			got := reopen(t, dir, "")
			var err error
			if got.Keys, err = keyring.Open(t.TempDir(), ""); err != nil {
				t.Fatal(err)
			}
			v := verify(t, got)
			if len(v.Faults) == 0 || !strings.Contains(v.Faults[0].String(), "signed with another key") {
				t.Error(v.Faults)
			}
		})
	})
}

// sealed puts the three kinds of sealed secrets into a system.
func sealed(t *testing.T, s archive.System) {
	t.Helper()
	p, err := account.ByEmail(ctx, s.DB, "desk@example.org")
	if err == nil {
		_, err = store.Write(ctx, s.DB, system, func(tx *store.Tx) (store.Event, error) {
			_, err := tx.Exec(ctx, "INSERT INTO authenticator (person, secret, created) VALUES ($1, $2, 1)", p.ID, s.Keys.Seal("authenticator "+p.ID, "JBSWY3DP"))
			return store.Event{Act: "test.sealed"}, err
		})
	}
	if err == nil {
		err = mail.Save(ctx, s.DB, s.Keys, system, mail.Settings{Host: "mail.example.org", Port: 465, Security: mail.TLS, User: "polis", Password: "a secret", From: "polis@example.org"})
	}
	if err == nil {
		err = (&account.Providers{DB: s.DB, Keys: s.Keys}).SaveProvider(ctx, system, account.Provider{
			ID: "mia", Names: lang.Names{"en": "Ministry"}, Issuer: "https://id.example.org", Client: "polis",
		}, "a client secret")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestSecretsThatAnotherKeyHasSealedAreNamed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := keyed(t, db)
		sealed(t, s)
		another, err := keyring.Open(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		file, _ := backup(t, s)
		restored := func(keys *keyring.Ring) string {
			done, err := archive.Restore(ctx, file, archive.Place{Dir: filepath.Join(t.TempDir(), "new"), Keys: keys}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return named(done.Unopened)
		}
		const all = "secrets of authenticator apps, secrets of sign-in providers, password of the mail server"
		for _, c := range []struct {
			name, got, want string
		}{
			{"a restore with the backup's own key", restored(nil), ""},
			{"a restore with the same key given", restored(s.Keys), ""},
			{"a restore with another key", restored(another), all},
			{"a verification with the same key", named(verify(t, s).Faults), ""},
		} {
			if c.got != c.want {
				t.Errorf("%s names %q", c.name, c.got)
			}
		}
		s.Keys = another
		faults := verify(t, s).Faults
		if got := named(faults); !strings.HasSuffix(got, all) {
			t.Errorf("a verification with another key names %q", got)
		}
		for _, f := range faults[len(faults)-3:] {
			if !strings.Contains(f.What, "1 cannot be opened with this installation's key") {
				t.Error(f)
			}
		}
	})
}

// named is where the faults are.
func named(faults []archive.Fault) string {
	var where []string
	for _, f := range faults {
		where = append(where, f.Where)
	}
	return strings.Join(where, ", ")
}

func TestADamagedKeyIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := keyed(t, storetest.SQLite(t))
	file, manifest := backup(t, s)
	for name, key := range map[string]string{"no key": "hello\n", "a short one": "AAAA\n", "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			parts := unzip(t, file)
			parts[keyring.File] = key
			sum := sha256.Sum256([]byte(key))
			changed := manifest
			changed.Parts = nil
			for _, p := range manifest.Parts {
				if p.Name == keyring.File {
					p.Bytes, p.SHA256 = int64(len(key)), hex.EncodeToString(sum[:])
				}
				changed.Parts = append(changed.Parts, p)
			}
			parts["manifest.json"] = asJSON(t, changed)
			dir := filepath.Join(t.TempDir(), "new")
			_, err := archive.Restore(ctx, zipped(t, parts), archive.Place{Dir: dir}, nil)
			var refused *archive.Refused
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "key is damaged") {
				t.Error("got:", err)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("something is left behind")
			}
		})
	}
}

func TestALogInABackupIsHeldAgainstACheckpoint(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, p := keyed(t, db)
		addDocument(t, s, 50)
		file, manifest := backup(t, s)
		check := func(file string) string {
			_, faults, err := archive.VerifyLog(file, p)
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, f := range faults {
				all = append(all, f.String())
			}
			return strings.Join(all, "; ")
		}
		if got := check(file); got != "" {
			t.Error(got)
		}
		// Whoever changes a backup also writes its manifest anew.
		forged := func(change func(lines []string) []string) string {
			parts := unzip(t, file)
			lines := change(strings.SplitAfter(strings.TrimSuffix(parts["tables/event.jsonl"], "\n"), "\n"))
			parts["tables/event.jsonl"] = strings.Join(lines, "")
			m := manifest
			m.Parts = nil
			for _, part := range manifest.Parts {
				if part.Name == "tables/event.jsonl" {
					sum := sha256.Sum256([]byte(parts[part.Name]))
					part.Bytes, part.SHA256 = int64(len(parts[part.Name])), hex.EncodeToString(sum[:])
				}
				m.Parts = append(m.Parts, part)
			}
			m.Seq = int64(len(lines))
			var last struct{ Hash string }
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
				t.Fatal(err)
			}
			m.Hash = last.Hash
			parts["manifest.json"] = asJSON(t, m)
			return zipped(t, parts)
		}
		if got := check(forged(func(l []string) []string { return l[:len(l)-2] })); !strings.HasSuffix(got, "cut off") {
			t.Errorf("a shorter one: %q", got)
		}
		if got := check(forged(func(l []string) []string {
			l[1] = strings.Replace(l[1], `"who":"`, `"who":"x`, 1)
			return l
		})); got != "event 2: changed" {
			t.Errorf("a changed one: %q", got)
		}
		if _, _, err := archive.VerifyLog(filepath.Join(t.TempDir(), "none.zip"), p); err == nil {
			t.Error("no backup at all is taken for one")
		}
	})
}

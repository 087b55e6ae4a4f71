package keyring_test

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"polis/internal/keyring"
)

func open(t *testing.T, dir, given string) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(dir, given)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestASecretIsMadeOnceAndKeptForItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	rings := make([]*keyring.Ring, 8)
	var all sync.WaitGroup
	for i := range rings {
		all.Go(func() { rings[i], _ = keyring.Open(dir, "") })
	}
	all.Wait()
	for _, r := range rings {
		if r == nil || r.Text() != rings[0].Text() {
			t.Fatal("two starts at once have two secrets")
		}
	}
	info, err := os.Stat(filepath.Join(dir, keyring.File))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".key-*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
}

func TestABadSecretIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, keyring.File), []byte("too short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(dir, ""); err == nil || !strings.Contains(err.Error(), "key") || strings.Contains(err.Error(), "too short") {
		t.Error(err)
	}
	if _, err := keyring.Open(dir, "c2hvcnQ="); err == nil {
		t.Error("a short key is taken")
	}
}

func TestWhatIsSealedOpensForItsPurposeOnly(t *testing.T) {
	a, b := open(t, t.TempDir(), ""), open(t, t.TempDir(), "")
	sealed := a.Seal("totp p1", "JBSWY3DP")
	if plain, err := a.Unseal("totp p1", sealed); err != nil || plain != "JBSWY3DP" {
		t.Error(plain, err)
	}
	if a.Seal("totp p1", "JBSWY3DP") == sealed {
		t.Error("the same twice")
	}
	if name, rest, _ := strings.Cut(sealed, ":"); name != "1" {
		t.Error("it does not say how it is sealed:", sealed)
	} else if plain, err := a.Unseal("totp p1", rest); err != nil || plain != "JBSWY3DP" {
		t.Error("what was sealed before that was said does not open:", plain, err)
	}
	for name, try := range map[string]func() (string, error){
		"another row":     func() (string, error) { return a.Unseal("totp p2", sealed) },
		"another key":     func() (string, error) { return b.Unseal("totp p1", sealed) },
		"a changed value": func() (string, error) { return a.Unseal("totp p1", sealed[:9]+"AAAA"+sealed[13:]) },
		"nothing":         func() (string, error) { return a.Unseal("totp p1", "") },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s opens it", name)
		}
	}
}

func TestTheSameSecretSignsAlike(t *testing.T) {
	a := open(t, t.TempDir(), "")
	b := open(t, "", a.Text())
	signed := ed25519.Sign(a.Signer(), []byte("head"))
	if !ed25519.Verify(b.Signer().Public().(ed25519.PublicKey), []byte("head"), signed) {
		t.Error("the given secret is another one")
	}
	if a.Mark("device", "x") != b.Mark("device", "x") || a.Mark("device", "x") == a.Mark("token", "x") {
		t.Error("marks do not depend on secret and purpose")
	}
}

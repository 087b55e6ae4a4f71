// Package keyring holds the one secret of an installation and what is derived
// from it: the key that signs the log's checkpoints, the key that seals small
// secrets in tables, and the key that marks values nobody shall guess.
//
// The secret is 32 random bytes in the file "key" of the data directory, made at
// the first start and readable by its owner alone, or given by the environment
// where several nodes share one database. Whoever has it can sign in its name:
// it is in every backup, which is to be kept accordingly.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// File is the name of the secret's file in the data directory.
const File = "key"

// ErrSealed is returned by Unseal for what this secret does not open: it was sealed
// with another one, or changed since.
var ErrSealed = errors.New("keyring: sealed with another key, or changed since")

// sealing names how a value is sealed: AES-256-GCM under the key for "seal". Another
// way takes another name, and Unseal knows both until everything is sealed anew.
const sealing = "1:"

// size of the secret in bytes.
const size = 32

// Ring derives keys from one secret. The zero Ring is not usable: Open or New.
type Ring struct{ secret []byte }

// New makes a Ring from a secret as it is written down: base64 of 32 bytes.
func New(text string) (*Ring, error) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(secret) != size {
		return nil, fmt.Errorf("the key is not base64 of %d bytes", size)
	}
	return &Ring{secret}, nil
}

// Open reads the secret: given, where it is not "", else from the data
// directory, where it is made if it is not there yet.
func Open(dir, given string) (*Ring, error) {
	if given != "" {
		return New(given)
	}
	path := filepath.Join(dir, File)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("keyring: make %s: %w", path, err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	r, err := New(string(text))
	if err != nil {
		return nil, fmt.Errorf("keyring: %s: %w", path, err)
	}
	return r, nil
}

// create writes a new secret whole or not at all. Another process may have been
// quicker: then its secret stands.
func create(path string) error {
	secret := make([]byte, size)
	_, _ = rand.Read(secret) // it never fails
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// derive makes the key for one purpose.
func (r *Ring) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, r.secret, nil, "polis "+purpose, size)
	if err != nil {
		panic(err) // only a wrong length can cause it
	}
	return key
}

// Text is the secret as it is written down, for a backup.
func (r *Ring) Text() string { return base64.StdEncoding.EncodeToString(r.secret) }

// Signer signs the checkpoints of the log.
func (r *Ring) Signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(r.derive("checkpoint")) }

// PublicText is the public half of the Signer's key, base64: what an operator
// writes down to check checkpoints with.
func (r *Ring) PublicText() string {
	return base64.StdEncoding.EncodeToString(r.Signer().Public().(ed25519.PublicKey))
}

// Mark is a value's fingerprint that nobody can compute without the secret, in
// hexadecimal; purpose keeps those for one use apart from those for another.
func (r *Ring) Mark(purpose, value string) string {
	m := hmac.New(sha256.New, r.derive("mark "+purpose))
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil))
}

// Seal encrypts a small secret for a column; purpose must be the same at Open,
// and should name the row, so that a sealed value is worth nothing in another.
func (r *Ring) Seal(purpose, plain string) string {
	box := r.box()
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	return sealing + base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(plain), []byte(purpose)))
}

// Unseal decrypts what Seal made for the same purpose. What names no sealing is from
// before they had names, and was sealed alike.
func (r *Ring) Unseal(purpose, sealed string) (string, error) {
	box := r.box()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sealed, sealing))
	if err != nil || len(raw) < box.NonceSize() {
		return "", errors.New("keyring: what is sealed has an unknown form")
	}
	plain, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], []byte(purpose))
	if err != nil {
		return "", ErrSealed
	}
	return string(plain), nil
}

func (r *Ring) box() cipher.AEAD {
	block, err := aes.NewCipher(r.derive("seal"))
	if err != nil {
		panic(err) // only a wrong length can cause it
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return box
}

package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"polis/internal/access"
	"polis/internal/keyring"
	"polis/internal/store"
)

// Security is how the line to the server is protected.
type Security string

// The ways: STARTTLS on an ordinary port, TLS from the first byte, or none,
// which is taken on this machine only.
const (
	StartTLS Security = "starttls"
	TLS      Security = "tls"
	Plain    Security = "none"
)

// Securities lists them in the order of the form.
var Securities = []Security{StartTLS, TLS, Plain}

// Settings are how letters leave. Without Host none does.
type Settings struct {
	Host     string
	Port     int
	Security Security
	User     string // "" signs in to the server not at all
	Password string `json:"-"` // in the table it is sealed
	Sealed   string
	From     string // address of the sender
	Name     string // name of the sender
}

const (
	settingName = "mail.settings"
	sealedFor   = "mail.password"
)

// ErrForbidden is returned where the caller does not run the installation.
var ErrForbidden = errors.New("mail: not allowed")

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("mail: invalid: %v", map[string]string(v)) }

// Validate returns an Invalid, or nil.
func (s Settings) Validate() error {
	v := Invalid{}
	if s.Host == "" || len(s.Host) > 253 || strings.ContainsFunc(s.Host, unprintable) || strings.ContainsAny(s.Host, " /:@[]\\") && !isIP(s.Host) {
		v["host"] = "mail.error.host"
	}
	if s.Port < 1 || s.Port > 65535 {
		v["port"] = "mail.error.port"
	}
	switch s.Security {
	case StartTLS, TLS:
	case Plain:
		if v["host"] == "" && !loopback(s.Host) {
			v["security"] = "mail.error.plain"
		}
	default:
		v["security"] = "mail.error.security"
	}
	if !ValidAddress(s.From) {
		v["from"] = "mail.error.from"
	}
	if s.Name != oneLine(s.Name) || len(s.Name) > 100 {
		v["name"] = "mail.error.name"
	}
	if s.User != oneLine(s.User) || len(s.User) > 250 || len(s.Password) > 250 {
		v["user"] = "mail.error.user"
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// loopback reports whether the host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Load reads the settings; Host is "" where there are none.
func Load(ctx context.Context, db *store.DB, keys *keyring.Ring) (Settings, error) {
	s, err := stored(ctx, db)
	if err != nil || s.Sealed == "" {
		return s, err
	}
	if s.Password, err = keys.Unseal(sealedFor, s.Sealed); err != nil {
		return s, fmt.Errorf("mail: the server's password: %w", err)
	}
	return s, nil
}

func stored(ctx context.Context, db *store.DB) (Settings, error) {
	text, err := db.Setting(ctx, settingName)
	if err != nil || text == "" {
		return Settings{}, err
	}
	var s Settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return Settings{}, fmt.Errorf("mail: settings: %w", err)
	}
	return s, nil
}

// Configured reports whether letters leave this installation.
func Configured(ctx context.Context, db *store.DB) (bool, error) {
	s, err := stored(ctx, db)
	return s.Host != "", err
}

// Save stores the settings. An empty password keeps the one that is stored, as
// long as user and host stay what they were: else whoever may change settings
// could have the password sent to a server of her own.
func Save(ctx context.Context, db *store.DB, keys *keyring.Ring, who access.Subject, s Settings) error {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return ErrForbidden
	}
	if s.Host = strings.TrimSpace(s.Host); s.Host == "" {
		return save(ctx, db, who, Settings{}, "mail.settings.removed")
	}
	if err := s.Validate(); err != nil {
		return err
	}
	s, err := s.withPassword(ctx, db, keys)
	if err != nil {
		return err
	}
	return save(ctx, db, who, s, "mail.settings.saved")
}

func save(ctx context.Context, db *store.DB, who access.Subject, s Settings, act string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		data := map[string]any{"host": s.Host, "port": s.Port, "security": s.Security}
		return store.Event{Act: act, Object: settingName, Label: access.Label{Level: access.Closed}, Data: data}, tx.Set(ctx, settingName, string(text))
	})
	return err
}

// withPassword completes what a form sent by the password that is stored, and
// seals it.
func (s Settings) withPassword(ctx context.Context, db *store.DB, keys *keyring.Ring) (Settings, error) {
	s.Sealed = ""
	if s.User == "" {
		s.Password = ""
		return s, nil
	}
	if s.Password == "" {
		old, err := Load(ctx, db, keys)
		if err != nil {
			return s, Invalid{"password": "mail.error.password"} // sealed with another key
		}
		if old.Password == "" || old.User != s.User || old.Host != s.Host || weaker(s.Security, old.Security) {
			return s, Invalid{"password": "mail.error.password"}
		}
		s.Password = old.Password
	}
	s.Sealed = keys.Seal(sealedFor, s.Password)
	return s, nil
}

// weaker reports whether the password would travel in the open where it did not.
func weaker(now, before Security) bool { return now == Plain && before != Plain }

// Unopened reports whether the server's password is sealed with another key than this.
func Unopened(ctx context.Context, db *store.DB, keys *keyring.Ring) (bool, error) {
	_, err := Load(ctx, db, keys)
	if errors.Is(err, keyring.ErrSealed) {
		return true, nil
	}
	return false, err
}

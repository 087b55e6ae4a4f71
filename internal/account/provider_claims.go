package account

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"polis/internal/mail"
)

// Claims are what a provider says of a person, looked at and found in order.
type Claims struct {
	Issuer   string
	Subject  string // who she is there, for ever
	Email    string // lower case, "" where it gives none that can be one
	Verified bool   // it says that the address is hers
	Name     string
	Groups   []string
	Strength Strength
	Proved   time.Time // when she last showed there who she is
}

// profile is a person's name, in the parts that providers give.
type profile struct {
	Name   string `json:"name"`
	Given  string `json:"given_name"`
	Family string `json:"family_name"`
}

func (p profile) name() string {
	if name := line(p.Name); name != "" {
		return name
	}
	return line(p.Given + " " + p.Family)
}

// said is what a token or the user info says.
type said struct {
	profile
	Subject         string   `json:"sub"`
	AuthorizedParty string   `json:"azp"`
	Email           string   `json:"email"`
	Verified        flag     `json:"email_verified"`
	Methods         textList `json:"amr"`
	Class           string   `json:"acr"`
	AuthTime        int64    `json:"auth_time"`

	all map[string]any
}

// flag is a boolean that some providers write as text.
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	*f = flag(bytes.Equal(raw, []byte("true")) || bytes.Equal(raw, []byte(`"true"`)))
	return nil
}

// textList is a list of texts, of which a single one may stand alone. What is
// none is left out.
type textList []string

func (l *textList) UnmarshalJSON(raw []byte) error {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}
	*l = texts(value)
	return nil
}

// maxGroups bounds how many groups of a person are looked at.
const maxGroups = 2000

func texts(value any) (list []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, each := range v {
			if text, ok := each.(string); ok && len(list) < maxGroups {
				list = append(list, text)
			}
		}
	}
	return list
}

// find is the value at a claim's name; a name with dots leads into objects.
func find(all map[string]any, name string) (value any, ok bool) {
	if value, ok = all[name]; ok {
		return value, true
	}
	head, rest, deeper := strings.Cut(name, ".")
	inside, isObject := all[head].(map[string]any)
	if !deeper || !isObject {
		return nil, false
	}
	return find(inside, rest)
}

// lacks reports whether more has to be asked for.
func (s said) lacks(p Provider) bool {
	_, groups := find(s.all, p.Claim)
	return s.Email == "" || s.name() == "" || p.Claim != "" && !groups
}

// fill writes what was said into the claims.
func (s said) fill(c *Claims, p Provider) {
	if email := strings.ToLower(strings.TrimSpace(s.Email)); mail.ValidAddress(email) {
		c.Email, c.Verified = email, bool(s.Verified)
	}
	if c.Name = s.name(); c.Name == "" || len(c.Name) > 200 {
		c.Name, _, _ = strings.Cut(c.Email, "@")
	}
	if p.Claim != "" {
		value, _ := find(s.all, p.Claim)
		c.Groups = texts(value)
	}
}

// line is a text on one line.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

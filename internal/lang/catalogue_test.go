package lang_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
)

// forms are the plural forms that each language needs (CLDR, cardinal).
var forms = map[lang.Tag]string{
	"en": "one other", "de": "one other",
	"fr": "many one other", "it": "many one other", "es": "many one other",
	"ru": "few many one other",
}

// room is a file of messages as it is written.
type room map[string]map[lang.Tag]json.RawMessage

func TestCatalogue(t *testing.T) {
	files, err := filepath.Glob("messages/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages: %v", err)
	}
	home := map[string]string{}
	for _, file := range files {
		t.Run(filepath.Base(file)+" is whole in six languages", func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range faults(strings.TrimSuffix(filepath.Base(file), ".json"), data) {
				t.Error(fault)
			}
			var messages room
			_ = json.Unmarshal(data, &messages) // faults has said it
			for key := range messages {
				if other, ok := home[key]; ok {
					t.Errorf("%s is in %s already", key, other)
				}
				home[key] = file
			}
		})
	}
	t.Run("what is written can be asked for", func(t *testing.T) {
		if want := slices.Sorted(maps.Keys(home)); !slices.Equal(lang.Keys(), want) {
			t.Errorf("%d keys are read, %d written", len(lang.Keys()), len(want))
		}
		if !lang.Has("core.save") || lang.Has("core.nothing-of-the-kind") || lang.Has("") {
			t.Error("Has does not tell a key from no key")
		}
	})
}

func TestCatalogueFaults(t *testing.T) {
	good := `"en": "A {n}", "fr": "A {n}", "de": "A {n}", "it": "A {n}", "ru": "A {n}"`
	for _, c := range []struct{ sentence, file, want string }{
		{"a broken file is a fault", `{"x.a": `, "EOF"},
		{"a key of another room is a fault", `{"y.a": {` + good + `, "es": "A {n}"}}`, `y.a: must begin with "x."`},
		{"a key written twice is a fault", `{"x.a": {` + good + `, "es": "A {n}"}, "x.a": {` + good + `, "es": "A {n}"}}`, "x.a: stands twice"},
		{"a language written twice is a fault", `{"x.a": {` + good + `, "es": "A {n}", "es": "A {n}"}}`, "es: stands twice"},
		{"a missing language is a fault", `{"x.a": {` + good + `}}`, "x.a: es is missing"},
		{"a seventh language is a fault", `{"x.a": {` + good + `, "es": "A {n}", "uk": "A {n}"}}`, "x.a: uk is not one of the six"},
		{"an empty text is a fault", `{"x.a": {` + good + `, "es": ""}}`, "x.a: es is empty"},
		{"a blank at the end is a fault", `{"x.a": {` + good + `, "es": "A {n} "}}`, "x.a: es begins or ends with a blank"},
		{"a missing placeholder is a fault", `{"x.a": {` + good + `, "es": "A"}}`, "x.a: es has the placeholders [], en has [n]"},
		{"an open brace is a fault", `{"x.a": {` + good + `, "es": "A {n} {"}}`, "x.a: es has a brace that is no placeholder"},
		{"a missing plural form is a fault", `{"x.a": {` + good + `, "es": {"one": "A", "other": "A {n}"}}}`, "x.a: es has the forms [one other], needs [many one other]"},
		{"a form without its number is a fault", `{"x.a": {` + good + `, "es": {"one": "A", "many": "A", "other": "A {n}"}}}`, "x.a: es many has the placeholders [], en has [n]"},
		{"a number for a text is a fault", `{"x.a": {` + good + `, "es": 3}}`, "x.a: es is neither a text nor an object of forms"},
		{"a plural in one language alone is none of the faults", `{"x.a": {` + good + `, "es": {"one": "A", "many": "A {n}", "other": "A {n}"}}}`, ""},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			if got := strings.Join(faults("x", []byte(c.file)), "; "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAccessIsExplained(t *testing.T) {
	var keys []string
	for _, l := range access.Levels {
		keys = append(keys, "access.level."+l.String(), "access.level."+l.String()+".hint")
	}
	for _, r := range access.Roles {
		keys = append(keys, "access.role."+string(r))
	}
	for _, r := range []access.Rule{
		access.RuleSystem, access.RulePublic, access.RuleMember, access.RuleOfficial, access.RuleGroup,
		access.RuleState, access.RuleOwner, access.RuleLevel, access.RuleNotGroup, access.RuleNotState,
		access.RuleOwnerOnly, access.RuleRole, access.RuleSignIn, access.RuleOwnState, access.RuleUnvouched,
	} {
		keys = append(keys, "access.rule."+string(r))
	}
	for _, key := range keys {
		if !lang.Has(key) {
			t.Errorf("%s has no message", key)
		}
	}
}

// faults says everything that is wrong with a room's file.
func faults(name string, data []byte) []string {
	dec := json.NewDecoder(bytes.NewReader(data))
	found, err := repeated(dec, "")
	if err != nil {
		return []string{err.Error()}
	}
	var messages room
	if err := json.Unmarshal(data, &messages); err != nil {
		return []string{err.Error()}
	}
	for _, key := range slices.Sorted(maps.Keys(messages)) {
		if !strings.HasPrefix(key, name+".") {
			found = append(found, fmt.Sprintf("%s: must begin with %q", key, name+"."))
		}
		for _, fault := range faultsOf(messages[key]) {
			found = append(found, key+": "+fault)
		}
	}
	return found
}

// repeated walks one JSON value and names the keys that stand twice in an
// object, which a decoder would drop without a word.
func repeated(dec *json.Decoder, at string) (found []string, err error) {
	token, err := dec.Token()
	if err != nil || token != json.Delim('{') {
		return nil, err
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if seen[key] {
			found = append(found, key+": stands twice"+at)
		}
		seen[key] = true
		inner, err := repeated(dec, "")
		if err != nil {
			return nil, err
		}
		found = append(found, inner...)
	}
	_, err = dec.Token()
	return found, err
}

// faultsOf says what is wrong with one message.
func faultsOf(message map[lang.Tag]json.RawMessage) (found []string) {
	for _, tag := range slices.Sorted(maps.Keys(message)) {
		if _, ok := lang.Parse(string(tag)); !ok {
			found = append(found, string(tag)+" is not one of the six")
		}
	}
	want := placeholders(string(message[lang.English]))
	for _, tag := range lang.All {
		raw, ok := message[tag]
		if !ok {
			found = append(found, string(tag)+" is missing")
			continue
		}
		texts, fault := textsOf(tag, raw)
		if fault != "" {
			found = append(found, string(tag)+" "+fault)
		}
		for _, form := range slices.Sorted(maps.Keys(texts)) {
			if fault := faultOf(tag, form, texts[form], want); fault != "" {
				found = append(found, strings.TrimSpace(string(tag)+" "+form)+" "+fault)
			}
		}
	}
	return found
}

// textsOf returns a plain text under "", or the texts of a plural by form.
func textsOf(tag lang.Tag, raw json.RawMessage) (texts map[string]string, fault string) {
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		return map[string]string{"": plain}, ""
	}
	if json.Unmarshal(raw, &texts) != nil {
		return nil, "is neither a text nor an object of forms"
	}
	if got := slices.Sorted(maps.Keys(texts)); strings.Join(got, " ") != forms[tag] {
		return nil, fmt.Sprintf("has the forms %v, needs [%s]", got, forms[tag])
	}
	return texts, ""
}

func faultOf(tag lang.Tag, form, text string, want []string) string {
	got := placeholders(text)
	switch {
	case text == "":
		return "is empty"
	case strings.TrimSpace(text) != text:
		return "begins or ends with a blank"
	case strings.ContainsAny(placeholder.ReplaceAllString(text, ""), "{}"):
		return "has a brace that is no placeholder"
	case form == "one" && tag != lang.French && tag != lang.Russian && slices.Equal(slices.DeleteFunc(slices.Clone(want), isN), got):
		return "" // "one document": where the form means exactly 1, the number may be a word
	case !slices.Equal(got, want):
		return fmt.Sprintf("has the placeholders %v, en has %v", got, want)
	}
	return ""
}

func isN(name string) bool { return name == "n" }

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_-]*)\}`)

// placeholders lists the names in braces, each once, sorted.
func placeholders(text string) []string {
	names := []string{}
	for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store/storetest"
)

// requirement is a row of doc/security.md.
type requirement struct {
	id, level, state string
	tests            []string
}

var (
	requirementRow = regexp.MustCompile(`^\| (V\d+\.\d+\.\d+) \| ([12]) \| (met|partly|open|not applicable) \|`)
	testName       = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")
)

// requirements reads doc/security.md.
func requirements(t *testing.T) []requirement {
	t.Helper()
	text, err := os.ReadFile("doc/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []requirement
	for line := range strings.Lines(string(text)) {
		m := requirementRow.FindStringSubmatch(line)
		if m == nil {
			if strings.HasPrefix(line, "| V") {
				t.Errorf("a row without level or state: %s", line)
			}
			continue
		}
		r := requirement{id: m[1], level: m[2], state: m[3]}
		for _, name := range testName.FindAllStringSubmatch(line, -1) {
			r.tests = append(r.tests, name[1])
		}
		list = append(list, r)
	}
	return list
}

// tests are the names of all test functions of the project.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestTheSecurityDocumentSaysWhatTheCodeDoes holds the numbers of doc/security.md against
// those that are in force (ASVS 5.0 2.1.1, 2.1.3, 5.1.1, 6.1.1, 7.1.1).
func TestTheSecurityDocumentSaysWhatTheCodeDoes(t *testing.T) {
	text, err := os.ReadFile("doc/security.md")
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(strings.Fields(string(text)), " ")
	hours := map[time.Duration]string{2 * time.Hour: "two hours", 12 * time.Hour: "twelve hours"}
	limits := extract.DefaultLimits()
	thousands := lang.For("en").Number
	for _, sentence := range []string{
		"A session ends " + hours[idleSession] + " after the last page and " + hours[longestSession] + " after it began",
		fmt.Sprintf("A file may have %d MiB, and unpack to %d MiB, %s entries and %d times its size", min(library.MaxFile, limits.FileBytes)>>20, limits.UnpackedBytes>>20, thousands(limits.Entries), int(limits.Ratio)),
		fmt.Sprintf("| a file, a form with files | %d MiB;", library.MaxFile>>20),
		"| invitations at once | " + thousands(account.MostInvitations) + " lines |",
	} {
		if !strings.Contains(said, sentence) {
			t.Errorf("it does not say: %s", sentence)
		}
	}
	var long strings.Builder // and no pattern in it
	for i := range 100 {
		fmt.Fprintf(&long, "%d-", i*i*7919)
	}
	for n, refused := range map[int]bool{11: true, 12: false, 256: false, 257: true} {
		_, err := account.Create(t.Context(), storetest.SQLite(t), access.System("test"), account.New{
			Email: "a@polis.example", Name: "A", Role: access.MemberRole, Password: ("zq7Rb" + long.String())[:n],
		})
		if (err != nil) != refused {
			t.Errorf("a password of %d characters: %v", n, err)
		}
	}
	if !strings.Contains(said, "Passwords have 12 to 256 characters, any.") {
		t.Error("it does not say how long passwords are")
	}
}

// Every requirement of levels 1 and 2 of OWASP ASVS 5.0.0 has its row in
// doc/security.md, and every test named there exists.
func TestTheSecurityRequirementsAreAnswered(t *testing.T) {
	known, answered := tests(t), map[string]string{}
	for _, r := range requirements(t) {
		if _, twice := answered[r.id]; twice {
			t.Errorf("%s is answered twice", r.id)
		}
		answered[r.id] = r.level
		for _, name := range r.tests {
			if !known[name] {
				t.Errorf("%s names %s, which is no test", r.id, name)
			}
		}
	}
	wanted, err := os.ReadFile("testdata/asvs-5.0.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(wanted)) {
		id, level, _ := strings.Cut(strings.TrimSpace(line), " ")
		if count++; answered[id] != level {
			t.Errorf("%s of level %s is answered at level %q", id, level, answered[id])
		}
	}
	if len(answered) != count {
		t.Errorf("%d answers to %d requirements", len(answered), count)
	}
}

// What applies is shown by tests: of level 1 all but what only a reader of
// documents can see, of level 2 at least six in ten.
func TestTheSecurityRequirementsAreShownByTests(t *testing.T) {
	apply, shown := map[string]int{}, map[string]int{}
	for _, r := range requirements(t) {
		if r.state == "not applicable" {
			continue
		}
		apply[r.level]++
		if len(r.tests) > 0 {
			shown[r.level]++
		}
	}
	for level, least := range map[string]int{"1": 95, "2": 75} {
		if apply[level] == 0 || shown[level]*100 < least*apply[level] {
			t.Errorf("level %s: %d of %d are shown by a test, %d %% are wanted", level, shown[level], apply[level], least)
		}
	}
}

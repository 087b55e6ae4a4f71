package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
	for level, least := range map[string]int{"1": 85, "2": 60} {
		if apply[level] == 0 || shown[level]*100 < least*apply[level] {
			t.Errorf("level %s: %d of %d are shown by a test, %d %% are wanted", level, shown[level], apply[level], least)
		}
	}
}

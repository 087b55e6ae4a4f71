package lang_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"polis/internal/lang"
)

// asked finds a message that is asked for: T("key"… in Go, T "key" in a
// template. A key that ends with a dot or a dash is the beginning of one that is
// put together: T("access.rule." + rule).
var asked = regexp.MustCompile(`\bT(?:\(|\s+\(?(?:printf?\s+)?)"([^"\s%]+)`)

// quoted finds whatever could be a key or the beginning of one.
var quoted = regexp.MustCompile("[\"`]([a-z][a-z0-9-]*\\.[a-z0-9.-]*)[\"`%]")

// comment is a line of words in Go, which may speak of keys that do not exist.
var comment = regexp.MustCompile(`(?m)^\s*//.*$`)

// elsewhere are the beginnings of keys that are in use though no source names
// them, each with its reason.
var elsewhere = []string{}

func TestKeysInUse(t *testing.T) {
	keys := lang.Keys()
	used := map[string]bool{}
	found := sources(t)
	for _, file := range slices.Sorted(maps.Keys(found)) {
		source := comment.ReplaceAllString(found[file], "")
		for _, key := range matches(asked, source) {
			if !known(keys, key) {
				t.Errorf("%s asks for %q, which is not in the catalogue", file, key)
			}
		}
		for _, key := range matches(quoted, source) {
			used[key] = true
		}
	}
	var idle []string
	for _, key := range keys {
		if !isUsed(key, used) {
			idle = append(idle, key)
		}
	}
	t.Logf("%d of %d keys are used nowhere: %s", len(idle), len(keys), strings.Join(idle, " "))
}

// matches lists what the first group of the pattern finds, each once, sorted.
func matches(pattern *regexp.Regexp, source string) (found []string) {
	for _, match := range pattern.FindAllStringSubmatch(source, -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestAskedKeysAreFound(t *testing.T) {
	for source, want := range map[string]string{
		`p.T("core.save")`:                             "core.save",
		`p.T("core.page", "page", 1)`:                  "core.page",
		`p.T("access.rule." + string(rule))`:           "access.rule.",
		`{{.T "core.save"}}`:                           "core.save",
		`{{$.T "core.page" "page" .Page}}`:             "core.page",
		`<a aria-label="{{T "core.close"}}">`:          "core.close",
		`{{.T (print "access.level." .Level)}}`:        "access.level.",
		`{{.T (printf "access.level.%s" .Level)}}`:     "access.level.",
		`{{.Field (.T "core.save") (.T "core.edit")}}`: "core.edit core.save",
		`t.Errorf("core.save"); NotT("core.save")`:     "",
	} {
		if got := strings.Join(matches(asked, source), " "); got != want {
			t.Errorf("in %s: got %q, want %q", source, got, want)
		}
	}
}

// known reports whether the key is in the catalogue, or begins a key that is.
func known(keys []string, key string) bool {
	if !strings.HasSuffix(key, ".") && !strings.HasSuffix(key, "-") {
		return lang.Has(key)
	}
	return slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, key) })
}

// isUsed reports whether the key stands in a source, whole or by a beginning
// that ends with a dot or a dash. The room alone ("core.") is no beginning: it
// would excuse every key of the room.
func isUsed(key string, used map[string]bool) bool {
	if used[key] {
		return true
	}
	room := strings.IndexByte(key, '.')
	for i, r := range key {
		if i > room && (r == '.' || r == '-') && used[key[:i+1]] {
			return true
		}
	}
	return slices.ContainsFunc(elsewhere, func(start string) bool { return strings.HasPrefix(key, start) })
}

// sources reads the project's Go files and templates by path, without tests and
// without this package, whose comments speak of keys that do not exist.
func sources(t *testing.T) map[string]string {
	t.Helper()
	root := moduleRoot(t)
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if entry.IsDir() {
			if rel == "internal/lang" || strings.HasPrefix(entry.Name(), ".") && rel != "." {
				return fs.SkipDir
			}
			return nil
		}
		isSource := strings.HasSuffix(rel, ".go") && !strings.HasSuffix(rel, "_test.go")
		if !isSource && !slices.Contains([]string{".html", ".tmpl", ".gohtml", ".txt"}, filepath.Ext(rel)) {
			return nil
		}
		data, err := os.ReadFile(path)
		found[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(slices.Collect(maps.Keys(found)), "internal/access/access.go") {
		t.Fatal("the project's sources were not found")
	}
	return found
}

// moduleRoot is the nearest folder above that holds go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("no go.mod above the tests: %v", err)
	return ""
}

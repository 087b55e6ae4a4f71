package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors are the storeys of the house, the top one first. A room may use the
// rooms of the storeys below its own, and nothing beside or above it
// (doc/architecture.md, "Rooms").
var floors = [][]string{
	{"web", "api", "demo", "archive"},
	{"personal", "watch", "oai", "usage"},
	{"library", "assistance", "inbox", "community"},
	{"framework", "directory", "thesaurus", "lexicon", "account"},
	{"store", "blob", "search", "job", "mail"},
	{"extract", "cite", "sheet", "print", "calendar", "agenda", "eml", "translate"},
	{"access", "lang", "keyring", "fetch", "clamd"},
}

// beside are the uses inside one storey that the table allows.
var beside = map[string][]string{
	"job":     {"store"},                      // a queue is a table
	"mail":    {"store"},                      // letters wait in a table
	"account": {"directory", "framework"},     // States and bodies vouch; groups have themes
	"sheet":   {"extract"},                    // a workbook's cells and a text's encoding are read there
	"eml":     {"extract"},                    // so are the words of HTML
	"agenda":  {"extract", "calendar", "eml"}, // texts, invitations and letters are read there
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// room is the name of the room that an import path is in, or "".
func room(path string) string {
	rest, ok := strings.CutPrefix(path, "polis/internal/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func floor(t *testing.T, room string) int {
	t.Helper()
	i := slices.IndexFunc(floors, func(rooms []string) bool { return slices.Contains(rooms, room) })
	if i < 0 {
		t.Fatalf("room %q stands on no floor: put it into the table and into doc/architecture.md", room)
	}
	return i
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from == "" {
			continue
		}
		for _, imported := range p.Imports {
			to := room(imported)
			if to == "" || to == from || slices.Contains(beside[from], to) {
				continue
			}
			if floor(t, to) <= floor(t, from) {
				t.Errorf("%s uses %s, which is not below it", from, to)
			}
		}
	}
}

func TestOnlyTheStoreSpeaksToTheDatabase(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			sql := imported == "database/sql" || strings.HasPrefix(imported, "github.com/jackc/pgx") || strings.HasPrefix(imported, "modernc.org/sqlite")
			if sql && room(p.ImportPath) != "store" {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

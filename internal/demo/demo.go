// Package demo fills an empty POLIS with a demonstration: a library in six
// languages, written for it and marked as such, and a person in every role.
//
// Nothing here is fact about a real State. The documents come from three
// organisations that do not exist and say so.
package demo

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// Files are the collection as it was written, and the questions that are asked
// of it.
//
//go:embed library questions organisations.csv
var Files embed.FS

// Password opens every demonstration account.
const Password = "demonstration only"

// Person is somebody of the demonstration.
type Person struct {
	account.New
	Groups []string
}

// Group is the closed group of the demonstration.
const Group = "demo-cyber-instructors"

// People are the demonstration's, one a role.
func People() []Person {
	p := func(role access.Role, name, state, body string, t lang.Tag, groups ...string) Person {
		return Person{account.New{
			Email: string(role) + "@polis.example", Name: name, Role: role, ActsFor: state, Body: body, Lang: t, Password: Password,
		}, groups}
	}
	return []Person{
		p(access.Administrator, "Demo Administrator", "", "", "en"),
		p(access.DeskOfficer, "Demo Desk Officer", "", "demo-unit", "en"),
		p(access.ProgrammeOfficer, "Demo Programme Officer", "", "demo-unit", "ru"),
		p(access.FocalPoint, "Demo Focal Point", "KG", "", "ru"),
		p(access.Delegation, "Demo Delegation", "IT", "", "it"),
		p(access.Moderator, "Demo Moderator", "", "demo-forum", "es"),
		p(access.Expert, "Demo Expert", "", "demo-academy", "de", Group),
		p(access.Trainer, "Demo Academy Trainer", "", "demo-academy", "fr", Group),
		p(access.CivilSociety, "Demo Civil Society", "", "demo-forum", "en"),
		p(access.Partner, "Demo Partner Organisation", "", "demo-forum", "en"),
		p(access.MemberRole, "Demo Member", "", "", "en"),
		p(access.Visitor, "Demo Visitor", "", "", "en"),
	}
}

var system = access.System("demo")

// loaded is the setting that says that the demonstration is there.
const loaded = "demo"

// Loaded reports whether the place is a demonstration, complete.
func Loaded(ctx context.Context, db *store.DB) (bool, error) {
	v, err := db.Setting(ctx, loaded)
	return v != "", err
}

// Load puts the demonstration in, once; a load that was interrupted goes on
// where it was. progress hears of each document.
func Load(ctx context.Context, lib *library.Library, progress func(done, total int)) error {
	if there, err := Loaded(ctx, lib.DB); err != nil || there {
		return err
	}
	organisations, err := Files.Open("organisations.csv")
	if err != nil {
		return err
	}
	defer organisations.Close()
	report, err := directory.ImportCSV(ctx, lib.DB, system, organisations, false)
	if err != nil || len(report.Faults) > 0 {
		return errors.Join(fmt.Errorf("demo: organisations: %v", report.Faults), err)
	}
	if err := loadPeople(ctx, lib.DB); err != nil {
		return err
	}
	slugs, err := Slugs()
	if err != nil {
		return err
	}
	for i, slug := range slugs {
		if err := loadDocument(ctx, lib, slug); err != nil {
			return fmt.Errorf("demo: %s: %w", slug, err)
		}
		progress(i+1, len(slugs))
	}
	// It comes last: findings, factors and lessons name documents of the library.
	if err := loadAssistance(ctx, lib); err != nil {
		return fmt.Errorf("demo: assistance: %w", err)
	}
	if err := loadCommunity(ctx, lib); err != nil {
		return fmt.Errorf("demo: community: %w", err)
	}
	_, err = store.Write(ctx, lib.DB, system, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "demo.loaded", Data: len(slugs)}, tx.Set(ctx, loaded, "yes")
	})
	return err
}

func loadPeople(ctx context.Context, db *store.DB) error {
	if err := account.WaiveSecondFactor(ctx, db, system); err != nil {
		return err
	}
	err := account.OpenGroup(ctx, db, system, account.GroupDraft{ID: Group, Name: "Demonstration: cyber instructors", Kind: account.GroupClosed})
	if invalid := (account.Invalid{}); err != nil && !errors.As(err, &invalid) { // it came with an earlier try
		return err
	}
	for _, p := range People() {
		who, err := account.Create(ctx, db, system, p.New)
		var invalid account.Invalid
		if errors.As(err, &invalid) && invalid["email"] != "" { // she came with an earlier try
			who, err = account.ByEmail(ctx, db, p.Email)
		}
		if err != nil {
			return fmt.Errorf("demo: %s: %w", p.Role, err)
		}
		for _, g := range p.Groups {
			if err := account.Admit(ctx, db, system, g, who.ID); err != nil {
				return fmt.Errorf("demo: %s: %w", p.Role, err)
			}
		}
	}
	return loadWards(ctx, db)
}

// Slugs names the documents of the collection.
func Slugs() ([]string, error) {
	dirs, err := fs.ReadDir(Files, "library")
	var slugs []string
	for _, d := range dirs {
		slugs = append(slugs, d.Name())
	}
	return slugs, err
}

// sheet is a document.json.
type sheet struct {
	Symbol    string                `json:"symbol"`
	Type      string                `json:"type"`
	Date      string                `json:"date"`
	Original  lang.Tag              `json:"original"`
	Origin    string                `json:"origin"`
	Themes    []string              `json:"themes"`
	Lines     []string              `json:"lines"`
	Items     []string              `json:"items"`
	Keywords  map[lang.Tag][]string `json:"keywords"`
	Summary   map[lang.Tag]string   `json:"summary"`
	Level     string                `json:"level"`
	Licence   string                `json:"licence"`
	Relations []struct {
		Kind string `json:"kind"`
		To   string `json:"to"`
	} `json:"relations"`
}

func readSheet(slug string) (sheet, error) {
	var s sheet
	b, err := Files.ReadFile(path.Join("library", slug, "document.json"))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

// loadDocument makes one document with its language versions, unless it is there.
func loadDocument(ctx context.Context, lib *library.Library, slug string) error {
	s, err := readSheet(slug)
	if err != nil {
		return err
	}
	if _, err := lib.BySymbol(ctx, system.Scope(), s.Symbol); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	level, err := access.ParseLevel(s.Level)
	if err != nil {
		return err
	}
	draft := library.Draft{
		Symbol: s.Symbol, Kind: s.Type, Dated: s.Date, Original: s.Original, Origin: s.Origin, Licence: s.Licence,
		Sample: true, Confirmed: true, Level: level,
		Tags: library.Tags{Themes: s.Themes, Lines: s.Lines, Items: s.Items, Keywords: s.Keywords},
	}
	for _, r := range s.Relations {
		symbol := r.To
		if other, err := readSheet(r.To); err == nil {
			symbol = other.Symbol
		}
		draft.Relations = append(draft.Relations, library.Relation{Kind: r.Kind, Symbol: symbol})
	}
	var texts []library.Text
	for _, t := range lang.All {
		text, err := readText(ctx, lib, slug, t)
		if err != nil {
			return err
		}
		text.Summary = s.Summary[t]
		texts = append(texts, text)
	}
	_, err = lib.Create(ctx, system, draft, texts...)
	return err
}

// readText reads a language version. The first heading is its title, which the
// page shows above the text.
func readText(ctx context.Context, lib *library.Library, slug string, t lang.Tag) (library.Text, error) {
	body, err := Files.ReadFile(path.Join("library", slug, string(t)+".md"))
	if err != nil {
		return library.Text{}, err
	}
	c, err := lib.Texts.File(ctx, slug+".md", strings.NewReader(string(body)), int64(len(body)))
	if err != nil {
		return library.Text{}, err
	}
	passages := c.Passages
	title := cmp.Or(c.Title, slug)
	if len(passages) > 0 && passages[0].Kind == extract.Heading {
		title, passages = passages[0].Text, passages[1:]
	}
	sum := sha256.Sum256(body)
	return library.Text{
		Lang: t, Title: title, External: "demo:" + slug + ":" + string(t), Sum: hex.EncodeToString(sum[:]),
		Media: c.Media, Bytes: int64(len(body)), Passages: passages,
	}, nil
}

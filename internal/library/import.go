package library

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// FileOptions are what a person knows about a folder of files that the files
// themselves do not say.
type FileOptions struct {
	Level   access.Level
	State   string
	Group   string
	Origin  string
	Kind    string
	Licence string
	Themes  []string
}

// FileTally is what an import of files did.
type FileTally struct {
	New, Same, Extended, Quarantined int
	Bad                              []BadFile
}

// BadFile is a file that is in quarantine, and why (an extract.Reason).
type BadFile struct{ File, Reason string }

// FileProgress hears about each file as it is done.
type FileProgress func(done, total int, file string)

// arrival is a file of a folder or archive.
type arrival struct {
	path string // inside the folder, with slashes
	stem string // of the path without language and extension
	lang lang.Tag
	open func() (io.ReadCloser, error)
}

// ImportFiles takes in every file of a folder or ZIP archive, each in a write
// of its own: what is there already is passed over, so an interrupted import is
// run again and goes on where it was. Files that differ only in a language code
// before the extension (guide.fr.pdf, guide_ru.pdf) are one document in several
// languages. The metadata are the files' own and wait to be confirmed.
func (l *Library) ImportFiles(ctx context.Context, who access.Subject, place string, o FileOptions, progress FileProgress) (FileTally, error) {
	list, done, err := arrivals(place)
	if err != nil {
		return FileTally{}, err
	}
	defer done()
	imp := &fileImport{l: l, who: who, options: o, batch: "import " + time.Now().UTC().Format("2006-01-02 15:04"), homes: map[string]string{}}
	for i, a := range list {
		if err := ctx.Err(); err != nil {
			return imp.tally, err
		}
		if err := imp.take(ctx, a); err != nil {
			return imp.tally, fmt.Errorf("library: import %s: %w", a.path, err)
		}
		progress(i+1, len(list), a.path)
	}
	return imp.tally, nil
}

// arrivals lists what is in a folder or ZIP archive, in order of path.
func arrivals(place string) (list []arrival, done func() error, err error) {
	var tree fs.FS
	done = func() error { return nil }
	info, err := os.Stat(place)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("library: import: %w", err)
	case info.IsDir():
		tree = os.DirFS(place)
	default:
		z, err := zip.OpenReader(place)
		if err != nil {
			return nil, nil, fmt.Errorf("library: %s is neither a folder nor a ZIP archive: %w", filepath.Base(place), err)
		}
		tree, done = z, z.Close
	}
	err = fs.WalkDir(tree, ".", func(p string, e fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(path.Base(p), ".") && p != "." || strings.HasPrefix(p, "__MACOSX/")
		switch {
		case err != nil:
			return err
		case hidden && e.IsDir():
			return fs.SkipDir
		case !hidden && e.Type().IsRegular():
			list = append(list, newArrival(tree, p))
		}
		return nil
	})
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("library: read the folder: %w", err), done())
	}
	together(list)
	return list, done, nil
}

// languageInName finds "guide.fr.pdf", "guide_ru.docx", "guide-de.html".
var languageInName = regexp.MustCompile(`(?i)^(.+)[._-](en|fr|de|it|ru|es)(\.[a-z0-9]{1,8})$`)

func newArrival(tree fs.FS, p string) arrival {
	a := arrival{path: p, open: func() (io.ReadCloser, error) { return tree.Open(p) }}
	if m := languageInName.FindStringSubmatch(p); m != nil {
		a.stem, a.lang = m[1]+strings.ToLower(m[3]), lang.Tag(strings.ToLower(m[2]))
	}
	return a
}

// together takes the language code of a name seriously only where a sibling in
// another language stands beside it.
func together(list []arrival) {
	count := map[string]int{}
	for _, a := range list {
		count[a.stem]++
	}
	for i := range list {
		if count[list[i].stem] < 2 {
			list[i].stem = ""
		}
	}
	slices.SortStableFunc(list, func(a, b arrival) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.stem, a.path), cmp.Or(b.stem, b.path)), cmp.Compare(a.path, b.path))
	})
}

// fileImport is one run over a folder.
type fileImport struct {
	l       *Library
	who     access.Subject
	options FileOptions
	batch   string
	homes   map[string]string // stem → document
	tally   FileTally
}

func (imp *fileImport) take(ctx context.Context, a arrival) error {
	f, err := a.open()
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := imp.l.receive(ctx, imp.who, imp.batch, a.path, f, false)
	if err != nil {
		return err
	}
	if in.Stage == Arrived {
		if in, err = imp.read(ctx, in); err != nil {
			return err
		}
	}
	switch in.Stage {
	case Kept:
		imp.tally.Same++
		imp.remember(a, in.Document)
	case Quarantined:
		imp.tally.Quarantined++
		imp.tally.Bad = append(imp.tally.Bad, BadFile{a.path, in.Reason})
	default:
		return imp.keep(ctx, a, in)
	}
	return nil
}

// read extracts the text in the caller's own time and settles what came of it.
func (imp *fileImport) read(ctx context.Context, in Intake) (Intake, error) {
	content, err := imp.l.extract(ctx, in)
	if err := imp.l.settle(ctx, in, content, err); err != nil {
		return in, err
	}
	return store.Get[Intake](ctx, imp.l.DB, parts, "SELECT "+intakeColumns+" FROM intake WHERE {scope} AND id = $1", in.ID)
}

func (imp *fileImport) remember(a arrival, document string) {
	if a.stem != "" {
		imp.homes[a.stem] = document
	}
}

// keep makes a document of a file, or the next language of its siblings'.
func (imp *fileImport) keep(ctx context.Context, a arrival, in Intake) error {
	text, err := imp.l.text(ctx, in)
	if err != nil {
		return err
	}
	if a.stem != "" { // who named the files knows better than a guess at their words
		text.Lang = a.lang
	}
	into := ""
	if home := imp.homes[a.stem]; a.stem != "" && home != "" {
		free, err := languageFree(ctx, imp.l.DB, home, text.Lang)
		if err != nil {
			return err
		}
		if free {
			into = home
		}
	}
	o := imp.options
	draft := Draft{
		Symbol: in.Proposal.Symbol, Dated: in.Proposal.Date, Original: in.Proposal.Original, Kind: o.Kind, Origin: o.Origin,
		Licence: o.Licence, Tags: Tags{Themes: o.Themes}, Level: o.Level, State: o.State, Group: o.Group,
	}
	if !validDate(draft.Dated) {
		draft.Dated = ""
	}
	events, err := store.WriteAll(ctx, imp.l.DB, imp.who, func(tx *store.Tx) ([]store.Event, error) {
		return keep(ctx, tx, imp.who, in, into, draft, text)
	})
	if err != nil {
		return err
	}
	imp.remember(a, events[len(events)-1].Object)
	if into != "" {
		imp.tally.Extended++
	} else {
		imp.tally.New++
	}
	return nil
}

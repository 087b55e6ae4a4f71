package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
)

// importCommand groups what comes in from outside.
type importCommand struct {
	Records    importRecords    `cmd:"" help:"Import documents from a file of JSON lines, as another collection exports them."`
	Files      importFiles      `cmd:"" help:"Import every file of a folder or ZIP archive as a document."`
	OAI        importOAI        `cmd:"" name:"oai" help:"Harvest another library by OAI-PMH: what is new there, and what has changed since the last time."`
	Framework  importFramework  `cmd:"" help:"Import the official text of the Strategic Framework in one language."`
	Dictionary importDictionary `cmd:"" help:"Import dictionaries, so that a question in one language finds documents in the others."`
	Thesaurus  importThesaurus  `cmd:"" help:"Import another thesaurus, such as EuroVoc, from a SKOS file."`
	Directory  importDirectory  `cmd:"" help:"Import States, structures and organisations from a CSV file."`
}

// importer is what the imports share.
type importer struct {
	place `embed:""`
	As    string `help:"Address of the person who imports. Not given: the program itself, which answers for no document." placeholder:"EMAIL"`
}

// begin opens the house and finds out who imports.
func (i importer) begin(ctx context.Context) (*house, access.Subject, error) {
	h, err := i.open(ctx)
	if err != nil {
		return nil, access.Subject{}, err
	}
	who, err := h.actor(ctx, "import", i.As)
	if err != nil {
		return nil, access.Subject{}, errors.Join(err, h.close())
	}
	return h, who, nil
}

type importRecords struct {
	importer `embed:""`
	File     string `arg:"" help:"File with one JSON object a line."`
	Level    string `help:"Level of records that name none: public, member, official or closed." default:"public" enum:"public,member,official,closed"`
}

func (importRecords) Help() string {
	return `Each line is an object with "id", "lang", "title" and "text", and optionally "translation_of" (the id of another line), "summary", "symbol", "type", "date", "original", "origin", "licence", "themes", "lines", "items", "keywords", "level", "state" and "group".

A record that is there already and says the same is passed over, so an import that was interrupted is run again and goes on where it was. Lines that cannot be taken are named with the reason, and the rest goes on.`
}

func (i importRecords) Run(ctx context.Context, c *console) error {
	level, err := access.ParseLevel(i.Level)
	if err != nil {
		return err
	}
	file, size, err := openFile(i.File)
	if err != nil {
		return err
	}
	defer file.Close()
	h, who, err := i.begin(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	bar := c.bar("Stored", "bytes")
	tally, err := h.library.ImportRecords(ctx, who, file, level, func(done int64) { bar.set(done, size) })
	bar.end()
	for _, bad := range tally.Bad {
		c.say("line %d %s: %s", bad.Line, bad.ID, bad.Reason)
	}
	c.say("%d new, %d changed, %d the same, %d bad.", tally.New, tally.Changed, tally.Same, len(tally.Bad))
	if err != nil {
		return err
	}
	return worthless(len(tally.Bad), tally.New+tally.Changed+tally.Same, c)
}

// worthless fails an import of which nothing could be taken: it was the wrong
// file, most likely.
func worthless(bad, good int, c *console) error {
	if bad == 0 || good > 0 {
		return nil
	}
	c.tell("polis: nothing of it could be taken")
	return errTold
}

func openFile(name string) (*os.File, int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a directory, not a file", name)
	case !info.Mode().IsRegular(): // an import reads it more than once
		err = fmt.Errorf("%s is a pipe or a device: save it as a file first", name)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

type importFiles struct {
	importer `embed:""`
	Place    string   `arg:"" name:"dir-or-zip" help:"Folder, with everything below it, or ZIP archive."`
	Level    string   `help:"Level of the documents: public, member, official or closed." default:"public" enum:"public,member,official,closed"`
	State    string   `help:"Two-letter code of the State that the documents belong to." placeholder:"CODE"`
	Group    string   `help:"Identifier of the group that closed documents belong to." placeholder:"ID"`
	Origin   string   `help:"Identifier in the directory of where the documents come from." placeholder:"ID"`
	Type     string   `help:"Type of the documents, such as guide or report." placeholder:"TYPE"`
	Licence  string   `help:"Licence or terms of use of the documents."`
	Theme    []string `help:"Theme of the documents, such as cybercrime. May be given several times." placeholder:"THEME"`
}

func (importFiles) Help() string {
	return `PDF, DOCX, PPTX, XLSX, ODT, EPUB, HTML, Markdown and plain text are read. Title, symbol, date and language are taken from each file and wait to be confirmed. Files that differ only in a language code before the extension, as guide.fr.pdf and guide.ru.pdf do, are one document.

A file that is there already is passed over, so an import that was interrupted is run again and goes on where it was. A file that cannot be read is kept in quarantine and named with the reason.`
}

func (i importFiles) Run(ctx context.Context, c *console) error {
	level, err := access.ParseLevel(i.Level)
	if err != nil {
		return err
	}
	if _, err := os.Stat(i.Place); err != nil {
		return err
	}
	h, who, err := i.begin(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	bar := c.bar("Stored", "files")
	tally, err := h.library.ImportFiles(ctx, who, i.Place, library.FileOptions{
		Level: level, State: i.State, Group: i.Group, Origin: i.Origin, Kind: i.Type, Licence: i.Licence, Themes: i.Theme,
	}, func(done, total int, _ string) { bar.set(int64(done), int64(total)) })
	bar.end()
	english := lang.For("en")
	for _, bad := range tally.Bad {
		c.say("%s: %s", bad.File, english.T("extract.reason."+bad.Reason))
	}
	c.say("%d new, %d more languages or versions, %d the same, %d in quarantine.", tally.New, tally.Extended, tally.Same, tally.Quarantined)
	if err != nil {
		return err
	}
	return worthless(tally.Quarantined, tally.New+tally.Extended+tally.Same, c)
}

type importFramework struct {
	importer `embed:""`
	File     string `arg:"" help:"Plain text of the decision, in UTF-8."`
	Lang     string `help:"Language of the text: en, fr, de, it, ru or es. Not given: it is recognised." placeholder:"LANG"`
}

func (importFramework) Help() string {
	return `The official text is stored as it is, nothing lost and nothing mended, and shown beside the short titles of POLIS. A text in which a paragraph, an item or a footnote is missing is refused. The same text again changes nothing.`
}

func (i importFramework) Run(ctx context.Context, c *console) error {
	file, _, err := openFile(i.File)
	if err != nil {
		return err
	}
	defer file.Close()
	official, err := framework.ParseOfficial(file)
	if err != nil {
		return err
	}
	h, who, err := i.begin(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	done, err := framework.Import(ctx, h.db, who, lang.Tag(i.Lang), official)
	if err != nil {
		return err
	}
	state := "is the same as before"
	switch {
	case done.First:
		state = "is new"
	case !done.Same():
		state = "was replaced; changed: " + strings.Join(done.Changed, ", ")
	}
	c.say("Decision %s in %s: %d passages and %d footnotes. The text %s.",
		done.Edition, done.Lang.Name(), len(official.Passages), len(official.Notes), state)
	return nil
}

type importDirectory struct {
	importer `embed:""`
	File     string `arg:"" help:"CSV file with a line for each entry, as the directory exports it."`
	DryRun   bool   `help:"Show what would change, and change nothing."`
}

func (importDirectory) Help() string {
	return `Columns are found by their names in the first line; a column that is absent leaves what is stored. Either all of it is stored or, with any fault, nothing. The same file again changes nothing.`
}

func (i importDirectory) Run(ctx context.Context, c *console) error {
	file, _, err := openFile(i.File)
	if err != nil {
		return err
	}
	defer file.Close()
	h, who, err := i.begin(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	report, err := directory.ImportCSV(ctx, h.db, who, file, i.DryRun)
	if err != nil {
		return err
	}
	return i.show(c, report)
}

func (i importDirectory) show(c *console, report directory.Report) error {
	english := lang.For("en")
	for _, f := range report.Faults {
		c.say("line %d, %s %q: %s", f.Row, f.Column, f.Value, english.T(f.Key))
	}
	if len(report.Faults) > 0 {
		c.tell("polis: %d faults, so nothing was stored", len(report.Faults))
		return errTold
	}
	added := 0
	for _, change := range report.Changes {
		mark := "changed"
		if change.New {
			mark = "new"
			added++
		}
		c.say("%s: %s", change.ID, mark)
	}
	c.say("%d new, %d changed, %d the same.", added, len(report.Changes)-added, report.Unchanged)
	if i.DryRun {
		c.say("Nothing was stored.")
	}
	return nil
}

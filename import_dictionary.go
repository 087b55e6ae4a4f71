package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/lexicon"
)

type importDictionary struct {
	importer `embed:""`
	Files    []string `arg:"" name:"file" help:"Dictionary of a DICT server, named by its .index or .dict(.dz) file, or a text file of two columns with a tab between them (.tsv)."`
	From     string   `help:"Language of the headwords: en, fr, de, it, ru or es. Not given: as the file's name says, as in freedict-deu-eng." placeholder:"LANG"`
	To       string   `help:"Language of the translations." placeholder:"LANG"`
}

func (importDictionary) Help() string {
	return `POLIS ships no dictionaries. FreeDict's are free; Debian has them as dict-freedict-*, and they lie in /usr/share/dictd. What a dictionary says is learned by "polis learn", or within a day by a POLIS that serves. A dictionary of the same name and languages is replaced.`
}

func (i importDictionary) Run(ctx context.Context, c *console) error {
	h, who, err := i.begin(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	good, bad := 0, 0
	for _, file := range i.Files {
		switch err := i.take(ctx, c, h, who, file); {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			bad++
			c.say("%s: %s", file, saidOfDictionary(err))
		default:
			good++
		}
	}
	return worthless(bad, good, c)
}

// take takes one dictionary in.
func (i importDictionary) take(ctx context.Context, c *console, h *house, who access.Subject, file string) (err error) {
	d, err := i.openDictionary(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	bar := c.bar("Read", "pairs")
	dict, fresh, err := h.words.Import(ctx, who, d.name, d.Direction, d.pairs, func(n int64) { bar.set(n, 0) })
	bar.end()
	switch {
	case err != nil:
	case fresh:
		c.say("%s: %d pairs from %s into %s.", d.name, dict.Pairs, dict.SourceLang.Name(), dict.TargetLang.Name())
	default:
		c.say("%s: the same is there already.", d.name)
	}
	return err
}

// dictionaryFile is a dictionary that is being read.
type dictionaryFile struct {
	lexicon.Direction
	name  string
	pairs lexicon.Pairs
	files []*os.File
}

func (d *dictionaryFile) close() error {
	var err error
	for _, f := range d.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// openDictionary opens the one or two files of a dictionary.
func (i importDictionary) openDictionary(path string) (*dictionaryFile, error) {
	base := path
	for _, ending := range []string{".index", ".dz", ".dict", ".tsv", ".txt"} {
		base = strings.TrimSuffix(base, ending)
	}
	d := &dictionaryFile{name: filepath.Base(base)}
	var err error
	if d.Direction, err = i.direction(d.name); err != nil {
		return nil, err
	}
	names := []string{path}
	if _, err := os.Stat(base + ".index"); err == nil {
		names = []string{base + ".index", base + ".dict.dz"}
		if _, err := os.Stat(names[1]); err != nil {
			names[1] = base + ".dict"
		}
	}
	for _, name := range names {
		f, _, err := openFile(name)
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
		d.files = append(d.files, f)
	}
	if len(d.files) == 2 {
		d.pairs = lexicon.Dictd(d.files[0], d.files[1])
	} else {
		d.pairs = lexicon.TSV(d.files[0])
	}
	return d, nil
}

// direction is given, or stands in the name: freedict-deu-eng, en-ru.
func (i importDictionary) direction(name string) (d lexicon.Direction, err error) {
	if i.From != "" || i.To != "" {
		from, ok := lang.Parse(i.From)
		to, also := lang.Parse(i.To)
		if !ok || !also {
			return d, fmt.Errorf("--from and --to are two of en, fr, de, it, ru, es")
		}
		return lexicon.Direction{From: from, To: to}, nil
	}
	parts := strings.Split(name, "-")
	if n := len(parts); n >= 2 {
		from, ok := lang.Base(parts[n-2])
		to, also := lang.Base(parts[n-1])
		if ok && also {
			return lexicon.Direction{From: from, To: to}, nil
		}
	}
	return d, errors.New("its name does not say the languages: give --from and --to")
}

// saidOfDictionary is what is wrong with a dictionary, in a sentence.
func saidOfDictionary(err error) string {
	var fault *lexicon.FaultError
	if !errors.As(err, &fault) {
		return err.Error()
	}
	text := map[string]string{
		"place":    "the index names a place that cannot be",
		"short":    "the text ends before the index does: the two do not belong together, or the file was cut off",
		"columns":  "a line has not the columns that it should have",
		"encoding": "it is not in UTF-8",
		"size":     "it is larger than a dictionary is",
		"gzip":     "its compression is damaged",
	}[fault.Reason]
	if fault.Line > 0 {
		return fmt.Sprintf("line %d: %s", fault.Line, text)
	}
	return text
}

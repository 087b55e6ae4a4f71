package extract

import (
	"encoding/xml"
	"net/url"
	"path"
	"strings"
)

// readEPUB reads the chapters in the order of the spine.
func readEPUB(w *work) error {
	a, err := w.openArchive()
	if err != nil {
		return err
	}
	if a.has("META-INF/rights.xml") {
		return fail(Encrypted, "the book is protected by a licence")
	}
	book, err := a.rootFile()
	if err != nil {
		return err
	}
	chapters, err := a.spine(book)
	if err != nil {
		return err
	}
	for _, chapter := range chapters {
		r, err := a.open(chapter)
		if err != nil {
			return err
		}
		if err := readHTML(w, r); err != nil {
			return err
		}
	}
	if title := a.properties(book).title; title != "" {
		w.meta.title = title
	}
	return nil
}

// rootFile is the package document that the container names.
func (a *archive) rootFile() (name string, err error) {
	err = a.walk("META-INF/container.xml", func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "rootfile" && name == "" {
			name = attr(e, "full-path")
		}
		return nil
	})
	if err == nil && name == "" {
		err = fail(Broken, "the container names no book")
	}
	return name, err
}

// spine lists the chapters that are in the archive.
func (a *archive) spine(book string) (chapters []string, err error) {
	manifest := map[string]string{}
	err = a.walk(book, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "item":
			href, _, _ := strings.Cut(attr(e, "href"), "#")
			if plain, err := url.PathUnescape(href); err == nil {
				href = plain
			}
			if attr(e, "properties") != "nav" {
				manifest[attr(e, "id")] = path.Join(path.Dir(book), href)
			}
		case "itemref":
			if name := manifest[attr(e, "idref")]; a.has(name) {
				chapters = append(chapters, name)
			}
		}
		return nil
	})
	return chapters, err
}

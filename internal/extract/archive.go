package extract

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"golang.org/x/net/html/charset"
)

// archive is a zip file that is read on the budget of its work. Archives within it are never unpacked.
type archive struct {
	work  *work
	files map[string]*zip.File
}

// openArchive reads the directory, refusing one that is too long before it is read.
func (w *work) openArchive() (*archive, error) {
	n, err := w.directoryBytes()
	if err != nil {
		return nil, err
	}
	if n > int64(w.limits.Entries)*512 {
		return nil, fail(Bomb, "the archive's directory has %d bytes", n)
	}
	z, err := zip.NewReader(w.file, w.size)
	if err != nil {
		return nil, fail(Broken, "open the archive: %w", err)
	}
	if len(z.File) > w.limits.Entries {
		return nil, fail(Bomb, "%d entries are more than %d", len(z.File), w.limits.Entries)
	}
	a := &archive{work: w, files: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		if a.files[f.Name] == nil {
			a.files[f.Name] = f
		}
	}
	return a, nil
}

// directoryBytes reads the size of the central directory from the end of the file.
func (w *work) directoryBytes() (int64, error) {
	tail := make([]byte, min(w.size, 66<<10))
	if _, err := w.file.ReadAt(tail, w.size-int64(len(tail))); err != nil && err != io.EOF {
		return 0, fail(Failed, "read the end of the archive: %w", err)
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < 22 {
		return 0, fail(Broken, "the archive has no directory: it is cut off")
	}
	n := binary.LittleEndian.Uint32(tail[i+12:])
	if n != 0xffffffff {
		return int64(n), nil
	}
	if j := bytes.LastIndex(tail, []byte("PK\x06\x06")); j >= 0 && len(tail)-j >= 48 {
		return int64(binary.LittleEndian.Uint64(tail[j+40:]) >> 1), nil
	}
	return w.size, nil
}

// has tells whether there is an entry of that name.
func (a *archive) has(name string) bool { return a.files[name] != nil }

// open gives an entry's bytes, counted.
func (a *archive) open(name string) (io.Reader, error) {
	f := a.files[name]
	if f == nil {
		return nil, fail(Broken, "the archive has no %s", name)
	}
	if f.Flags&1 != 0 {
		return nil, fail(Encrypted, "%s is encrypted", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fail(Broken, "open %s: %w", name, err)
	}
	packed := min(int64(f.CompressedSize64), a.work.size)
	return &countedReader{work: a.work, r: r, name: name, packed: max(packed, 1)}, nil
}

// countedReader counts what comes out, not what the directory says: that may be a lie.
type countedReader struct {
	work   *work
	r      io.Reader
	name   string
	packed int64
	read   int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	if err := c.work.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.read += int64(n)
	c.work.unpacked += int64(n)
	l := c.work.limits
	switch {
	case c.work.unpacked > l.UnpackedBytes:
		return 0, fail(Bomb, "the archive unpacks to more than %d bytes", l.UnpackedBytes)
	case c.read > 8<<20 && c.read/c.packed > l.Ratio:
		return 0, fail(Bomb, "%s unpacks to more than %d times its size", c.name, l.Ratio)
	case err != nil && err != io.EOF:
		return n, fail(Broken, "unpack %s: %w", c.name, err)
	}
	return n, err
}

// errStop ends a walk early.
var errStop = errors.New("stop")

// walk reads an XML entry token by token. The decoder knows no entities but the five of XML, so there is nothing to
// expand; nesting is bounded here, and what is opened is closed in its order: the readers count on it.
func (a *archive) walk(name string, on func(xml.Token) error) error {
	r, err := a.open(name)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	var open []xml.Name
	for {
		token, err := d.RawToken()
		switch {
		case err == io.EOF && len(open) == 0:
			return nil
		case err == io.EOF:
			return fail(Broken, "%s ends within an element", name)
		case err != nil:
			return fail(reasonOf(err), "read %s: %w", name, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if open = append(open, t.Name); len(open) > a.work.limits.Depth {
				return fail(Bomb, "%s nests deeper than %d", name, a.work.limits.Depth)
			}
		case xml.EndElement:
			if last := len(open) - 1; last < 0 || open[last] != t.Name {
				return fail(Broken, "%s closes %s, which was not open", name, t.Name.Local)
			}
			open = open[:len(open)-1]
		}
		if err := on(token); errors.Is(err, errStop) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// reasonOf keeps a reason that came through a parser, and takes everything else for damage.
func reasonOf(err error) Reason {
	var known *Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return Broken
}

// attr is an attribute's value by its local name.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// relation is a link from one part of an Office file to another.
type relation struct{ id, kind, target string }

// relations reads the links of a part; a part without links has none.
func (a *archive) relations(part string) ([]relation, error) {
	dir, base := path.Split(part)
	name := dir + "_rels/" + base + ".rels"
	if !a.has(name) {
		return nil, nil
	}
	var found []relation
	err := a.walk(name, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		found = append(found, relation{attr(e, "Id"), path.Base(attr(e, "Type")), target})
		return nil
	})
	return found, err
}

// mainPart is the part of an Office file that everything hangs on.
func (a *archive) mainPart() (string, error) {
	links, err := a.relations("")
	if err != nil {
		return "", err
	}
	for _, l := range links {
		if l.kind == "officeDocument" {
			return l.target, nil
		}
	}
	return "", nil
}

// properties reads title and date from the core properties of an Office or OpenDocument file, as far as they are
// there and whole.
func (a *archive) properties(name string) (m metadata) {
	if !a.has(name) {
		return m
	}
	var field *string
	_ = a.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			field = nil
			switch t.Name.Local {
			case "title":
				field = &m.title
			case "created", "creation-date":
				field = &m.date
			}
		case xml.EndElement:
			field = nil
		case xml.CharData:
			if field != nil && len(*field) < 1000 {
				*field += string(t)
			}
		}
		return nil
	})
	m.title = clean(m.title)
	m.date = isoDate(m.date)
	return m
}

// recogniseZip looks into an archive that the first bytes did not tell.
func (w *work) recogniseZip() error {
	a, err := w.openArchive()
	if err != nil {
		return err
	}
	w.format, w.content.Media = formatZip, "application/zip"
	if a.has("mimetype") {
		if r, err := a.open("mimetype"); err == nil {
			b, _ := io.ReadAll(io.LimitReader(r, 128))
			w.setMedia(strings.TrimSpace(string(b)))
		}
	}
	main, err := a.mainPart()
	if err != nil || main == "" {
		return err
	}
	dir, _, _ := strings.Cut(main, "/")
	for name, f := range media {
		if kind := map[string]format{"word": formatDOCX, "ppt": formatPPTX, "xl": formatXLSX}[dir]; kind == f && kind != formatUnknown {
			w.setMedia(name)
		}
	}
	return nil
}

// setMedia takes a media type that a reader is known for.
func (w *work) setMedia(name string) {
	if f := media[name]; f != formatUnknown {
		w.format, w.content.Media = f, name
	}
}

package extract

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/transform"
)

// readHTMLFile reads a page in whatever encoding it says or shows.
func readHTMLFile(w *work) error {
	head := make([]byte, min(w.size, 4096))
	if _, err := w.file.ReadAt(head, 0); err != nil && err != io.EOF {
		return fail(Failed, "read the first bytes: %w", err)
	}
	enc, _, certain := charset.DetermineEncoding(head, "")
	if !certain {
		own, err := w.encoding()
		if err != nil {
			return err
		}
		enc = own
	}
	return readHTML(w, transform.NewReader(w.reader(), enc.NewDecoder()))
}

// page is the state of reading HTML as a stream of tags. There is no tree, so that neither depth nor size of the page
// matter; browsers close what authors leave open at the next block, and so does flow.
type page struct {
	*flow
	tags    *html.Tokenizer
	hidden  []atom.Atom // an open element that is not read, and those of its name within it
	inTitle bool
	pre     int
	lists   int
	tables  int
	inCell  bool
}

// unread are elements without text for a reader; a navigation is no part of the document.
var unread = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Nav: true, atom.Noscript: true, atom.Template: true, atom.Svg: true,
	atom.Select: true, atom.Button: true, atom.Iframe: true, atom.Object: true, atom.Textarea: true,
}

// containers are elements that may say that they are a navigation.
var containers = map[atom.Atom]bool{atom.Div: true, atom.Ul: true, atom.Section: true, atom.Header: true}

// blocks are elements that begin and end a paragraph.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Header: true,
	atom.Footer: true, atom.Aside: true, atom.Blockquote: true, atom.Figure: true, atom.Figcaption: true,
	atom.Address: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Ul: true, atom.Ol: true,
	atom.Caption: true, atom.Body: true, atom.Hr: true, atom.Form: true, atom.Fieldset: true, atom.Details: true,
	atom.Summary: true, atom.Center: true, atom.Legend: true,
}

var levels = map[atom.Atom]int{atom.H1: 1, atom.H2: 2, atom.H3: 3, atom.H4: 4, atom.H5: 5, atom.H6: 6}

// readHTML adds the passages of one page, which is UTF-8.
func readHTML(w *work, r io.Reader) error {
	p := &page{flow: newFlow(w), tags: html.NewTokenizer(bufio.NewReader(r))}
	p.tags.SetMaxBuf(64 << 20)
	for {
		switch p.tags.Next() {
		case html.ErrorToken:
			p.end()
			if err := p.tags.Err(); !errors.Is(err, io.EOF) {
				return fail(reasonOf(err), "read the page: %w", err)
			}
			return nil
		case html.TextToken:
			p.textToken()
		case html.StartTagToken:
			p.tag(false)
		case html.SelfClosingTagToken:
			p.tag(true)
		case html.EndTagToken:
			name, _ := p.tags.TagName()
			p.endTag(atom.Lookup(name))
		}
		if w.full {
			return nil
		}
	}
}

func (p *page) textToken() {
	switch {
	case p.inTitle:
		if len(p.work.meta.title) < 1000 {
			p.work.meta.title = clean(p.work.meta.title + string(p.tags.Text()))
		}
	case len(p.hidden) == 0:
		p.write(string(p.tags.Text()))
	}
}

func (p *page) tag(closed bool) {
	name, more := p.tags.TagName()
	tag := atom.Lookup(name)
	switch {
	case len(p.hidden) > 0:
		if p.hidden[0] == tag && !closed {
			p.hidden = append(p.hidden, tag)
		}
	case unread[tag] || (more && containers[tag] && p.isNavigation()):
		if !closed {
			p.hidden = append(p.hidden, tag)
		}
	case tag == atom.Meta && more:
		p.readMeta()
	case tag == atom.Title && p.work.meta.title == "" && !closed:
		p.inTitle = true
	case levels[tag] > 0:
		p.start(Heading, levels[tag])
	case tag == atom.Li:
		p.lists++
		p.start(ListItem, 0)
	case tag == atom.Pre:
		p.pre++
		p.start(Code, 0)
	case tag == atom.Table:
		p.end()
		p.tables++
	case tag == atom.Tr:
		p.endRows(max(0, p.tables-1)) // the row before was not closed
		p.startRow()
	case tag == atom.Td || tag == atom.Th:
		p.closeCell()
		p.inCell = true
	case tag == atom.Br && p.pre > 0:
		p.write("\n")
	case tag == atom.Br:
		p.write(" ")
	case blocks[tag] && p.pre == 0:
		p.paragraph()
	}
}

// isNavigation reads the attributes of a tag for its role.
func (p *page) isNavigation() bool {
	for more := true; more; {
		var key, value []byte
		if key, value, more = p.tags.TagAttr(); string(key) == "role" && string(value) == "navigation" {
			return true
		}
	}
	return false
}

// paragraph begins a block; within a list's item it is still the item.
func (p *page) paragraph() {
	switch {
	case p.lists > 0 && p.kind == ListItem && strings.TrimSpace(string(p.text)) == "":
	case p.lists > 0:
		p.start(ListItem, 0)
	default:
		p.start(Paragraph, 0)
	}
}

func (p *page) endTag(tag atom.Atom) {
	if n := len(p.hidden); n > 0 {
		if p.hidden[n-1] == tag {
			p.hidden = p.hidden[:n-1]
		}
		return
	}
	switch {
	case tag == atom.Title:
		p.inTitle = false
	case tag == atom.Li:
		p.lists = max(0, p.lists-1)
		p.end()
	case tag == atom.Pre:
		p.pre = max(0, p.pre-1)
		p.end()
	case tag == atom.Td || tag == atom.Th:
		p.closeCell()
	case tag == atom.Tr || tag == atom.Table:
		if tag == atom.Table {
			p.tables = max(0, p.tables-1)
			p.endRows(p.tables)
			p.end()
		} else {
			p.endRows(max(0, p.tables-1))
		}
	case levels[tag] > 0 || (blocks[tag] && p.pre == 0):
		p.end()
	}
}

// closeCell ends a cell once, whether its end is marked or the next cell begins.
func (p *page) closeCell() {
	if p.inCell {
		p.endCell()
	}
	p.inCell = false
}

// endRows ends rows until so many are open: those of the tables around this one.
func (p *page) endRows(open int) {
	for p.rows > open {
		p.endRow()
	}
	p.inCell = false
}

// readMeta takes the date that the page gives for itself.
func (p *page) readMeta() {
	var name, content string
	for more := true; more; {
		var key, value []byte
		key, value, more = p.tags.TagAttr()
		switch string(key) {
		case "name", "property":
			name = strings.ToLower(string(value))
		case "content":
			content = string(value)
		}
	}
	switch name {
	case "date", "dc.date", "dcterms.date", "dcterms.issued", "dcterms.created", "article:published_time":
		p.work.meta.date = isoDate(content)
	}
}

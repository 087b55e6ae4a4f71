package notice

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))

// plain is what a Markdown text says, without its marks: paragraphs with an empty line
// between, items behind a dash, links with their address where they say something else.
// Of a long text it is the beginning.
func plain(body string) string {
	if len(body) > plainMost {
		body = strings.ToValidUTF8(body[:plainMost], "")
	}
	source := []byte(body)
	w := &plainer{source: source}
	w.blocks(markdown.Parser().Parse(text.NewReader(source)), "")
	return strings.TrimSpace(strings.Join(w.parts, "\n\n"))
}

// plainMost is of how many bytes the marks are read: the parser cannot be stopped.
const plainMost = 3 * letterText

type plainer struct {
	source []byte
	parts  []string
}

// blocks writes the blocks inside one, each behind the mark of those around it.
func (w *plainer) blocks(n ast.Node, before string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Blockquote:
			w.blocks(c, before+"> ")
		case *ast.List:
			w.list(c, before)
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			w.part(before, string(c.Lines().Value(w.source)))
		case *ast.HTMLBlock, *ast.ThematicBreak:
		case *extast.Table:
			w.table(c, before)
		default:
			w.part(before, w.inline(c))
		}
	}
}

func (w *plainer) part(before, said string) {
	if said = strings.TrimSpace(said); said != "" {
		w.parts = append(w.parts, before+strings.ReplaceAll(said, "\n", "\n"+before))
	}
}

// list writes the items of a list below each other.
func (w *plainer) list(l *ast.List, before string) {
	var lines []string
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		inner := &plainer{source: w.source}
		inner.blocks(item, "")
		lines = append(lines, "- "+strings.ReplaceAll(strings.Join(inner.parts, "\n"), "\n", "\n  "))
	}
	w.part(before, strings.Join(lines, "\n"))
}

// table writes the rows of a table below each other.
func (w *plainer) table(t *extast.Table, before string) {
	var lines []string
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, w.inline(cell))
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	w.part(before, strings.Join(lines, "\n"))
}

// inline is what stands in a paragraph.
func (w *plainer) inline(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Segment.Value(w.source))
			switch {
			case c.HardLineBreak():
				b.WriteByte('\n')
			case c.SoftLineBreak():
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.AutoLink:
			b.Write(c.URL(w.source))
		case *ast.Link:
			said, to := w.inline(c), string(c.Destination)
			if b.WriteString(said); said != to {
				b.WriteString(" <" + to + ">")
			}
		case *ast.RawHTML:
		default:
			b.WriteString(w.inline(c))
		}
	}
	return b.String()
}

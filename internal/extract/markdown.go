package extract

import (
	"bytes"
	"io"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/text/transform"
)

// markdownBytes is the largest file whose marks are read: the parser cannot be stopped, so it gets nothing that takes
// it long. Beyond, Markdown reads well enough as plain text.
const markdownBytes = 4 << 20

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// readMarkdown reads a file with its marks.
func readMarkdown(w *work) error {
	if w.size > markdownBytes {
		return readText(w)
	}
	enc, err := w.encoding()
	if err != nil {
		return err
	}
	source, err := io.ReadAll(transform.NewReader(w.reader(), enc.NewDecoder()))
	if err != nil {
		return fail(reasonOf(err), "read the text: %w", err)
	}
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	source = w.frontMatter(source)
	m := &marks{work: w, source: source}
	for n := markdown.Parser().Parse(text.NewReader(source)).FirstChild(); n != nil; n = n.NextSibling() {
		m.block(n, Paragraph)
	}
	return w.ctx.Err()
}

// frontMatter takes title and date from the block between "---" lines that may stand first.
func (w *work) frontMatter(source []byte) []byte {
	rest, found := bytes.CutPrefix(bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n")), []byte("---\n"))
	if !found {
		return source
	}
	front, body, found := bytes.Cut(rest, []byte("\n---"))
	if !found || len(front) > 8<<10 {
		return source
	}
	for l := range strings.Lines(string(front)) {
		key, value, _ := strings.Cut(l, ":")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		switch strings.TrimSpace(strings.ToLower(key)) {
		case "title":
			w.meta.title = clean(value)
		case "date":
			w.meta.date = isoDate(value)
		}
	}
	return body
}

// marks walks the blocks of a Markdown document.
type marks struct {
	work   *work
	source []byte
}

func (m *marks) block(n ast.Node, kind Kind) {
	switch n := n.(type) {
	case *ast.Heading:
		m.work.add(Heading, n.Level, m.inline(n))
	case *ast.List, *ast.Blockquote:
		m.children(n, kind)
	case *ast.ListItem:
		m.children(n, ListItem)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		m.work.add(Code, 0, m.raw(n))
	case *ast.HTMLBlock:
		_ = readHTML(m.work, strings.NewReader(m.raw(n)))
	case *extast.Table:
		m.children(n, kind)
	case *extast.TableHeader, *extast.TableRow:
		var cells []string
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, m.inline(c))
		}
		m.work.add(TableRow, 0, strings.Join(cells, "\t"))
	case *ast.Paragraph, *ast.TextBlock:
		m.work.add(kind, 0, m.inline(n))
	}
}

func (m *marks) children(n ast.Node, kind Kind) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		m.block(c, kind)
	}
}

// raw is the text of a block whose lines are kept.
func (m *marks) raw(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		at := n.Lines().At(i)
		b.Write(at.Value(m.source))
	}
	return b.String()
}

// inline is the text of a block without its marks.
func (m *marks) inline(n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(m.source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(m.source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

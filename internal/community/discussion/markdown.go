package discussion

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// HTML renders a body as it is shown: Markdown without HTML of its own, without pictures
// from elsewhere, its headings as parts of a page that has headings already. name is what
// somebody is called who is mentioned. What comes out went through a list of what may
// stand on a page, whatever was written.
func HTML(body string, name func(id string) string) string {
	if len(body) > MaxBody {
		body = cut(body, MaxBody)
	}
	var out bytes.Buffer
	if strings.Count(body, "](") > mostLinks {
		return typed(body)
	}
	ctx := parser.NewContext()
	ctx.Set(namesKey, name)
	if err := reader().Convert([]byte(shallow(body)), &out, parser.WithContext(ctx)); err != nil {
		return typed(body) // its own buffer never fails; if it did, plain words
	}
	return sieve().Sanitize(out.String())
}

// mostLinks is how many links a text may have that is read as Markdown: what begins so
// many and ends none costs the parser the square of them.
const mostLinks = 2000

// typed is a body as it was typed.
func typed(body string) string { return "<pre>" + string(util.EscapeHTML([]byte(body))) + "</pre>" }

// deepest is how far quotes and lists may lie in one another: each more costs the parser
// as much again.
const deepest = 12

// shallow cuts off the marks with which a line begins that go deeper.
func shallow(body string) string {
	if !strings.Contains(body, ">>>") && !strings.Contains(body, "> > >") && !strings.Contains(body, "- - -") && !strings.Contains(body, "* * *") {
		return body
	}
	var out strings.Builder
	for line := range strings.Lines(body) {
		marks, at := 0, 0
		for at < len(line) && strings.IndexByte("> \t-*+", line[at]) >= 0 {
			if line[at] != ' ' && line[at] != '\t' {
				if marks++; marks > deepest {
					break
				}
			}
			at++
		}
		if marks > deepest {
			line = line[:at] + strings.TrimLeft(line[at:], "> \t-*+")
		}
		out.WriteString(line)
	}
	return out.String()
}

// reader understands Markdown with tables, lines struck through and addresses as they are
// typed.
var reader = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"}))),
		goldmark.WithParserOptions(
			parser.WithInlineParsers(util.Prioritized(mentionParser{}, 50)),
			parser.WithASTTransformers(util.Prioritized(tamer{}, 100)),
		),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(mentionRenderer{}, 50))),
	)
})

// sieve lets nothing else through.
var sieve = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("class").Matching(bluemonday.SpaceSeparatedTokens).OnElements("bdi")
	p.AllowElements("bdi")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(false) // the tamer says it with the others
	p.AllowAttrs("rel").Matching(relations).OnElements("a")
	return p
})

var namesKey = parser.NewContextKey()

// tamer takes the harm out of what was read: a picture becomes a link to it, a heading
// goes below the page's own, HTML becomes the words that were typed, and a link says that
// a reader of POLIS wrote it.
type tamer struct{}

func (tamer) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	source := r.Source()
	var pictures []*ast.Image
	var html []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+3, 6)
		case *ast.Link:
			n.SetAttributeString("rel", []byte(ugc))
			n.Title = nil
		case *ast.AutoLink:
			n.SetAttributeString("rel", []byte(ugc))
		case *ast.Image:
			pictures = append(pictures, n)
		case *ast.RawHTML, *ast.HTMLBlock:
			html = append(html, n)
		}
		return ast.WalkContinue, nil
	})
	for i := len(pictures) - 1; i >= 0; i-- { // the inner ones first
		toLink(pictures[i], source)
	}
	for _, n := range html {
		toWords(n, source)
	}
}

// relations are the words that a link may bear.
var relations = regexp.MustCompile(`^nofollow ugc noopener$`)

// ugc is the relation of a link that somebody wrote here.
const ugc = "nofollow ugc noopener"

// toLink puts a link in the place of a picture.
func toLink(n *ast.Image, source []byte) {
	link := ast.NewLink()
	link.Destination = n.Destination
	link.SetAttributeString("rel", []byte(ugc))
	if u, err := url.Parse(string(n.Destination)); !n.HasChildren() && err == nil {
		link.AppendChild(link, ast.NewString([]byte(u.Redacted())))
	}
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		link.AppendChild(link, c)
		c = next
	}
	if within(n) { // a link inside a link is none
		for c := link.FirstChild(); c != nil; {
			next := c.NextSibling()
			n.Parent().InsertBefore(n.Parent(), n, c)
			c = next
		}
		n.Parent().RemoveChild(n.Parent(), n)
		return
	}
	n.Parent().ReplaceChild(n.Parent(), n, link)
}

// within reports whether a node stands in a link.
func within(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

// toWords puts what was typed in the place of HTML.
func toWords(n ast.Node, source []byte) {
	var typed bytes.Buffer
	switch n := n.(type) {
	case *ast.RawHTML:
		for i := range n.Segments.Len() {
			s := n.Segments.At(i)
			typed.Write(s.Value(source))
		}
	case *ast.HTMLBlock:
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			typed.Write(s.Value(source))
		}
		if n.HasClosure() {
			typed.Write(n.ClosureLine.Value(source))
		}
	}
	var words ast.Node = ast.NewString(bytes.TrimRight(typed.Bytes(), "\n"))
	if n.Type() == ast.TypeBlock {
		p := ast.NewParagraph()
		p.AppendChild(p, words)
		words = p
	}
	n.Parent().ReplaceChild(n.Parent(), n, words)
}

// mention is somebody who stands in a text.
type mention struct {
	ast.BaseInline
	name string
}

var kindMention = ast.NewNodeKind("Mention")

func (*mention) Kind() ast.NodeKind { return kindMention }

func (n *mention) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"name": n.name}, nil)
}

type mentionParser struct{}

func (mentionParser) Trigger() []byte { return []byte{'@'} }

func (mentionParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	m := mentioned.FindSubmatch(line[:min(len(line), 80)])
	name, _ := pc.Get(namesKey).(func(string) string)
	if m == nil || !bytes.HasPrefix(line, m[0]) || name == nil {
		return nil
	}
	block.Advance(len(m[0]))
	return &mention{name: name(string(m[1]))}
}

type mentionRenderer struct{}

func (mentionRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMention, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(`<bdi class="mention">@`)
			_, _ = w.Write(util.EscapeHTML([]byte(n.(*mention).name)))
			_, _ = w.WriteString("</bdi>")
		}
		return ast.WalkContinue, nil
	})
}

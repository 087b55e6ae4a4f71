package mail

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"polis/internal/lang"
)

// threadName is what may stand in the head of a message.
var threadName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

//go:embed letter.html
var letterFile embed.FS

var letterHTML = template.Must(template.ParseFS(letterFile, "letter.html"))

// text is a letter as it is read.
type text struct {
	Lang       lang.Tag
	Subject    string
	Paragraphs []string
	Words      []Words
	Lists      []listText
	Button     string // words of the link
	Link       string // whole address, or ""
	ByHand     string // what to do where the link does not work
	Foot       string
	Stop       string // whole address of the page that ends such letters, or ""
	StopWord   string
	ReplyTo    string
	Thread     string
}

// listText are the lines under one heading, "" for none.
type listText struct {
	Under string
	Lines []lineText
}

// lineText is a Line with its whole address.
type lineText struct {
	Text, Link string
	Lang       lang.Tag
}

// compose writes the letter. Addresses in it begin with the origin that the
// installation was given: never with what a request called it.
func compose(origin string, l Letter) text {
	p := lang.For(l.Lang)
	args := l.words(p)
	prefix := l.Kind
	if !strings.Contains(prefix, ".") {
		prefix = "mail." + prefix
	}
	t := text{Lang: p.Tag(), Subject: oneLine(p.T(prefix+".subject", args...))}
	greeting := p.T("mail.hello")
	if name := oneLine(l.Name); name != "" {
		greeting = p.T("mail.hello.name", "name", name)
	}
	t.Paragraphs = append([]string{greeting}, strings.Split(p.T(prefix+".text", args...), "\n\n")...)
	if l.Path != "" {
		t.Link, t.Button = link(origin, l), p.T(prefix+".button")
		t.ByHand = p.T("mail.by-hand")
	}
	for i, line := range l.Lines {
		if i == 0 || line.Under != l.Lines[i-1].Under {
			t.Lists = append(t.Lists, listText{Under: oneLine(line.Under)})
		}
		list := &t.Lists[len(t.Lists)-1]
		list.Lines = append(list.Lines, lineText{oneLine(line.Text), origin + "/" + string(p.Tag()) + line.Path, line.Lang})
	}
	for _, w := range l.Words {
		t.Words = append(t.Words, Words{oneLine(w.By), w.Lang, manyLines(w.Text)})
	}
	if l.Stop != "" {
		t.Stop, t.StopWord = origin+"/"+string(p.Tag())+l.Stop, p.T("mail.stop")
	}
	t.Foot, t.ReplyTo, t.Thread = p.T("mail.foot", "origin", origin), l.ReplyTo, l.Thread
	if l.ReplyTo != "" {
		t.Foot = p.T("mail.foot.reply", "origin", origin)
	}
	return t
}

// link is the whole address of the letter's page.
func link(origin string, l Letter) string {
	address := origin + "/" + string(lang.For(l.Lang).Tag()) + l.Path
	if l.Ticket == "" {
		return address
	}
	mark := "?"
	if strings.Contains(l.Path, "?") {
		mark = "&"
	}
	return address + mark + url.Values{"t": {l.Ticket}}.Encode()
}

// words are the letter's arguments in its language, each one line: what a
// person wrote as her name must not become a paragraph of ours.
func (l Letter) words(p *lang.Printer) []any {
	var args []any
	for name, value := range l.Args {
		value = oneLine(value)
		switch {
		case name == "role":
			value = p.T("access.role." + value)
		case name == "change":
			value = p.T("mail.change." + value)
		case name == "moment":
			if at, err := time.Parse(time.RFC3339, value); err == nil {
				value = p.DateTime(at)
			}
		case strings.HasSuffix(name, "day"):
			if day, err := time.Parse(time.DateOnly, value); err == nil {
				value = p.Date(day)
			}
		}
		if n, err := strconv.Atoi(value); err == nil && name == "n" { // it chooses the plural
			args = append(args, name, n)
			continue
		}
		args = append(args, name, value)
	}
	return args
}

// plain is the letter without any marks.
func (t text) plain() string {
	var b strings.Builder
	for _, p := range t.Paragraphs {
		b.WriteString(p + "\n\n")
	}
	for _, w := range t.Words {
		b.WriteString(w.By + ":\n\n" + indented(w.Text) + "\n\n")
	}
	for _, list := range t.Lists {
		if list.Under != "" {
			b.WriteString(list.Under + "\n\n")
		}
		for _, line := range list.Lines {
			b.WriteString("* " + line.Text + "\n  " + line.Link + "\n\n")
		}
	}
	if t.Link != "" {
		b.WriteString(t.Button + ":\n" + t.Link + "\n\n")
	}
	b.WriteString("-- \n" + t.Foot + "\n")
	if t.Stop != "" {
		b.WriteString(t.StopWord + ": " + t.Stop + "\n")
	}
	return b.String()
}

// indented sets words apart from ours: nobody's line can be taken for the letter's own.
func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// manyLines keeps the lines of a text and nothing else that is not printed.
func manyLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = oneLine(lines[i])
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// message makes the letter a message to one address. Go-mail encodes what the
// headers hold; nothing that goes in has a line break.
func (t text) message(s Settings, to string) (*gomail.Msg, error) {
	var html bytes.Buffer
	if err := letterHTML.Execute(&html, t); err != nil {
		return nil, fmt.Errorf("mail: write: %w", err)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(oneLine(s.Name), s.From); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if !ValidAddress(to) {
		return nil, fmt.Errorf("mail: %q is no address", to)
	}
	if err := m.To(to); err != nil {
		return nil, fmt.Errorf("mail: recipient: %w", err)
	}
	m.Subject(t.Subject)
	m.SetDate()
	_, domain, _ := strings.Cut(s.From, "@")
	m.SetMessageIDWithValue(newMessageID(domain))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	m.SetGenHeader("Content-Language", string(t.Lang))
	if t.Stop != "" {
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+t.Stop+">")
		m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	if t.ReplyTo != "" {
		if err := m.ReplyTo(t.ReplyTo); err != nil {
			return nil, fmt.Errorf("mail: answers to: %w", err)
		}
	}
	if threadName.MatchString(t.Thread) {
		// A letter that nobody has sent stands at the head of the thread: so all have the
		// same one, whichever of them she got first.
		head := "<thread." + t.Thread + "@" + domain + ">"
		m.SetGenHeader(gomail.HeaderInReplyTo, head)
		m.SetGenHeader(gomail.HeaderReferences, head)
	}
	m.SetBodyString(gomail.TypeTextPlain, t.plain())
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return m, nil
}

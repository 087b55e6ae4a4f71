package agenda

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/calendar"
	"polis/internal/eml"
	"polis/internal/extract"
)

// File is a file as it came.
type File struct {
	Name    string
	Data    []byte
	Body    bool   // the sender's own words
	Subject string // of the letter that they are of
	Letter  string // the file of a letter in which it came, or ""
}

// kind of a file, by its name and its first bytes.
func (f File) invites() bool {
	return strings.EqualFold(path.Ext(f.Name), ".ics") || bytes.HasPrefix(bytes.TrimSpace(f.Data[:min(len(f.Data), 64)]), []byte("BEGIN:VCALENDAR"))
}

func (f File) posted() bool { return strings.EqualFold(path.Ext(f.Name), ".eml") }

// Fault is a file that was not read, and why: a message "extract.reason.REASON".
type Fault struct {
	File   string
	Reason extract.Reason
}

// Unpack puts what letters among the files bring in their place. texts makes words of
// those that are written in HTML.
func Unpack(ctx context.Context, texts *extract.Extractor, files []File) (all []File, faults []Fault) {
	for _, f := range files {
		if !f.posted() {
			all = append(all, f)
			continue
		}
		letter, err := eml.Read(ctx, texts, bytes.NewReader(f.Data))
		parts := FilesOf(letter)
		if err != nil || letter.From == "" && letter.Subject == "" && len(parts) == 1 && len(parts[0].Data) == 0 {
			faults = append(faults, Fault{f.Name, extract.Broken})
			continue
		}
		for _, part := range parts {
			part.Letter = f.Name
			all = append(all, part)
		}
	}
	return all, faults
}

// FilesOf are a letter's words, with what was quoted or forwarded, and the files that
// came along.
func FilesOf(m eml.Message) []File {
	list := []File{{Name: "letter.txt", Data: []byte(strings.TrimSpace(m.Text + "\n\n" + m.Quoted)), Body: true, Subject: m.Subject}}
	for _, f := range m.Files {
		if !f.Inline {
			list = append(list, File{Name: f.Name, Data: f.Data})
		}
	}
	return list
}

// Open reads a file. Every error that is the file's is an *extract.Error.
func Open(ctx context.Context, x *extract.Extractor, f File) (Text, error) {
	t := Text{File: f.Name, Body: f.Body, Subject: f.Subject}
	if f.Body {
		t.File = cmp.Or(f.Letter, f.Name)
		if len(bytes.TrimSpace(f.Data)) == 0 {
			return t, nil
		}
	}
	if f.invites() {
		meetings, err := calendar.Read(bytes.NewReader(f.Data))
		if err != nil {
			return t, &extract.Error{Reason: extract.Broken, Err: err}
		}
		t.Meetings = meetings
		return t, nil
	}
	data, name := f.Data, f.Name
	if lines, ok := plainText(ctx, name, data); ok {
		data = []byte(spaced(lines, f.Body))
	}
	content, err := x.File(ctx, name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return t, err
	}
	if len(content.Passages) == 0 { // pictures that nobody could read
		return t, &extract.Error{Reason: extract.NoText}
	}
	t.Content = content
	return t, nil
}

// plainText is the text of a plain file, whatever its encoding.
func plainText(ctx context.Context, name string, data []byte) (string, bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".text", "":
	default:
		return "", false
	}
	encoding, _, err := extract.Charset(ctx, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", false
	}
	text, err := io.ReadAll(encoding.NewDecoder().Reader(bytes.NewReader(data)))
	return string(text), err == nil
}

// wrapped is from how many letters on a line seems to have been broken by a program.
const wrapped = 60

// spaced divides the lines that somebody broke by hand, so that each is a passage: a
// title, the days and the place of a plain text stand in a line each. Of a letter's
// words what was quoted and the heads of former letters are left out.
func spaced(text string, letter bool) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"), "\n")
	if letter {
		lines = own(lines)
	}
	var b strings.Builder
	for i, l := range lines {
		b.WriteString(l + "\n")
		if i+1 == len(lines) {
			break
		}
		if announced, _ := labelOf(lines[i+1]); utf8.RuneCountInString(l) >= wrapped && announced == 0 {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(strings.TrimSpace(lines[i+1])); !unicode.IsLower(next) && !small[lastWord(l)] {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func lastWord(line string) string {
	words := strings.Fields(line)
	if len(words) == 0 {
		return ""
	}
	return strings.ToLower(words[len(words)-1])
}

// own takes out of a letter's lines the heads of former letters, three lines or more
// such as "Sent: …", and the marks of what was quoted: a forwarded agenda may be quoted.
func own(lines []string) (kept []string) {
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], "> ")
	}
	for i := 0; i < len(lines); {
		n := i
		for n < len(lines) && headLine(lines[n]) {
			n++
		}
		if n-i >= 3 {
			i = n
			continue
		}
		kept = append(kept, lines[i:max(n, i+1)]...)
		i = max(n, i+1)
	}
	return kept
}

// posting are the names of a letter's head in the six languages.
var posting = set("from sent to cc bcc date subject von gesendet an datum betreff de envoyé à a objet da inviato data oggetto от отправлено кому копия дата тема enviado para fecha asunto reply-to")

func headLine(line string) bool {
	name, _, ok := strings.Cut(strings.Trim(line, "* "), ":")
	return ok && posting[strings.ToLower(strings.TrimSpace(strings.Trim(name, "* \u00a0")))]
}

package framework_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"polis/internal/framework"
	"polis/internal/lang"
)

// standIn is a text in the layout of the official one, with all its oddities,
// whose words are ours.
func standIn(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/standin.en.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func parse(t testing.TB, text string) framework.Official {
	t.Helper()
	o, err := framework.ParseOfficial(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestParseOfficial(t *testing.T) {
	text := standIn(t)
	o := parse(t, text)

	t.Run("26 paragraphs, 41 items and 4 footnotes come under the edition's ids", func(t *testing.T) {
		wholeEdition(t, o)
	})
	t.Run("nothing is lost and nothing added", func(t *testing.T) { nothingLost(t, text, o) })
	t.Run("the edition and the language are recognised", func(t *testing.T) {
		if o.Edition != "1049" || o.Lang != lang.English {
			t.Errorf("got %s in %q", o.Edition, o.Lang)
		}
	})

	says := func(id, want string) {
		t.Helper()
		if p, ok := o.Find(id); !ok || !strings.Contains(p.Mark+" "+p.Text, want) {
			t.Errorf("%s reads %q, want %q in it", id, p.Mark+" "+p.Text, want)
		}
	}
	t.Run("oddities stay as they are", func(t *testing.T) {
		says("1049/10", "The activites of")                     // misprint
		says("1049/6.5", "– many actors")                       // lower case
		says("1049/3", "have agreed2, the")                     // marker glued to a word
		says("1049/19.2", "set up by the G8.")                  // a digit that is no marker
		says("1049/attachment.7", "plan of action against the") // broken off
	})
	t.Run("lines broken by layout are joined", func(t *testing.T) {
		says("1049/7", "must be tailored – as a coat is – to whoever") // a dash at the line's start
		says("1049/17.3", "to an end and goes on after the end of a page, in the year 2009 and later;")
		says("1049/preamble.5", "deal with the same ground as this one,")
		says("1049/III", "III. Setting of the stand-in and of the region it is for")
		says("1049/attachment.5", "a charter, 19–21 November")
	})
	t.Run("headings without a number stand before the paragraph they head", func(t *testing.T) {
		before := map[string]string{}
		for i, p := range o.Passages[1:] {
			before[p.ID] = o.Passages[i].Text
		}
		for id, want := range map[string]string{
			"1049/14": "Development in general", "1049/heading.3": "Threats from crime",
			"1049/15": "Organised crime", "1049/19": "Cybercrime",
		} {
			if before[id] != want {
				t.Errorf("before %s stands %q, want %q", id, before[id], want)
			}
		}
	})
	t.Run("footnotes keep their words and the place of their marker", func(t *testing.T) { footnotesKeepTheirPlace(t, o) })
	t.Run("runs cut a passage at its markers without losing a letter", func(t *testing.T) { runsLoseNothing(t, o) })
}

func footnotesKeepTheirPlace(t *testing.T, o framework.Official) {
	var got []string
	for _, n := range o.Notes {
		p := o.Passages[n.In]
		got = append(got, fmt.Sprintf("%d %s %s: %s", n.N, p.ID, p.Text[n.At:n.At+n.Len], n.Text))
	}
	want := []string{
		"1 1049/2 1: A list of them is in the first attachment.",
		"2 1049/3 2: See the decision of another year, on the same matter, which was taken at the meeting of that year.",
		"3 1049/10 3: Lists of these texts are in both attachments, and this footnote is broken by an empty line.",
		"4 1049/17.4 4: Industry too.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func runsLoseNothing(t *testing.T, o framework.Official) {
	for i, p := range o.Passages {
		whole := ""
		for _, r := range o.Runs(i) {
			whole += r.Text
		}
		if whole != p.Text {
			t.Errorf("runs of %s are %q, want %q", p.ID, whole, p.Text)
		}
	}
	i := o.Notes[1].In
	if r := o.Runs(i); len(r) != 3 || r[1].Note != 2 || r[1].Text != "2" || !strings.HasSuffix(r[0].Text, "agreed") {
		t.Errorf("got %+v", r)
	}
}

// Other language editions have the same layout with other dashes, letters,
// markers, page heads and line ends.
func TestParseOtherLanguages(t *testing.T) {
	for tag, style := range map[lang.Tag]style{
		lang.English: {dash: "-", letters: []string{"(a)", "(b)", "(c)", "(d)"}, after: true, eol: "\r\n", title: "DECISION No. 1049"},
		lang.French:  {dash: "–", letters: []string{"a)", "b)", "c)", "d)"}, eol: "\n", title: "DÉCISION No 1049"},
		lang.German:  {dash: "•", letters: []string{"(a)", "(b)", "(c)", "(d)"}, eol: "\n", indent: "    ", title: "BESCHLUSS Nr. 1049"},
		lang.Italian: {dash: "−", letters: []string{"a)", "b)", "c)", "d)"}, eol: "\n", heads: true, title: "DECISIONE N.1049"},
		lang.Russian: {dash: "—", letters: []string{"а)", "b)", "с)", "d)"}, eol: "\r\n", heads: true, title: "РЕШЕНИЕ № 1049"},
		lang.Spanish: {dash: "–", letters: []string{"a)", "b)", "c)", "d)"}, raised: true, eol: "\r", title: "\ufeffDECISIÓN N.º 1049"},
	} {
		t.Run("in "+tag.Name(), func(t *testing.T) {
			text := compose(tag, style)
			o := parse(t, text)
			wholeEdition(t, o)
			nothingLost(t, text, o)
			if o.Lang != tag {
				t.Errorf("taken for %q", o.Lang)
			}
			if heads := len(o.Running); style.heads != (heads > 0) {
				t.Errorf("%d running heads: %q", heads, o.Running)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	text := standIn(t)
	cut := func(before string) string {
		whole, _, ok := strings.Cut(text, before)
		if !ok {
			t.Fatalf("the stand-in lacks %q", before)
		}
		return whole
	}
	latin := bytes.ReplaceAll([]byte(text), []byte("–"), []byte{0x96})
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, c := range []struct {
		rule   string
		text   string
		reason framework.Reason
		want   string
	}{
		{"an empty file", "", framework.Empty, "empty"},
		{"a file of blank lines", "\ufeff \r\n\n", framework.Empty, "empty"},
		{"another decision", strings.ReplaceAll(text, "1049", "914"), framework.Other, "PC.DEC/1049"},
		{"a number that only contains the edition's", strings.ReplaceAll(text, "1049", "21049"), framework.Other, "PC.DEC/1049"},
		{"another document that names the decision", "A study of Decision No. 1049\n\nIt was useful.\n", framework.Incomplete, "not the layout"},
		{"UTF-16", string(wide), framework.Encoding, "UTF-16"},
		{"UTF-16 without its mark", string(wide[2:]), framework.Encoding, "UTF-16"},
		{"Windows-1252", string(latin), framework.Encoding, "line 57 has a byte 0x96"},
		{"UTF-8 that was decoded as something else", strings.ReplaceAll(text, "e", "Ã©"), framework.Encoding, "Windows-1252"},
		{"a PDF", "%PDF-1.7\n", framework.Encoding, "no plain text"},
		{"a page of noise after the number", "1049\n" + strings.Repeat("1 a\n\n", 20000), framework.Incomplete, "not the layout"},
		{"a file that is far too large", strings.Repeat("1049 \n", 1<<20), framework.TooLarge, "KiB"},
		{"a text that ends inside paragraph 14", cut("– Police reform in step"), framework.Incomplete, "the text ends in paragraph 14 of 26; paragraph 14 has 6 items, the edition has 8; 3 footnotes were found, the edition has 4"},
		{"a text that ends inside paragraph 26", cut("in the light of what is new"), framework.Incomplete, "paragraph 26 breaks off"},
		{"a text without paragraph 4", strings.Replace(text, "4. The fourth", "The fourth", 1), framework.Incomplete, "paragraph 4 is missing"},
		{"a text without an item", strings.Replace(text, "– New and fast-changing", "New and fast-changing", 1), framework.Incomplete, "paragraph 6 has 5 items, the edition has 6"},
		{"a text with an item too many", strings.Replace(text, "– New and fast", "– One more;\n\n– New and fast", 1), framework.Incomplete, "paragraph 6 has 7 items, the edition has 6"},
		{"a text without the heading of a section", strings.Replace(text, "b) Lines of action", "Lines of action", 1), framework.Incomplete, "the heading of section V.b is missing"},
		{"a text without a footnote", strings.Replace(text, "4 Industry too.", "", 1), framework.Incomplete, "3 footnotes were found, the edition has 4"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			_, err := framework.ParseOfficial(strings.NewReader(c.text))
			refusal, ok := framework.Refusal(err)
			if !ok || refusal.Reason != c.reason || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s with %q", err, c.reason, c.want)
			}
			if ok && !lang.Has("framework.refused."+string(refusal.Reason)) {
				t.Errorf("no sentence for %q", refusal.Reason)
			}
		})
	}
}

// The official text itself, where somebody has it: POLIS_FRAMEWORK_TEXT.
func TestParseRealText(t *testing.T) {
	file := os.Getenv("POLIS_FRAMEWORK_TEXT")
	if file == "" {
		t.Skip("POLIS_FRAMEWORK_TEXT names no official text")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	o := parse(t, string(raw))
	wholeEdition(t, o)
	nothingLost(t, string(raw), o)
	var at []string
	for _, n := range o.Notes {
		at = append(at, o.Passages[n.In].ID)
	}
	if want := []string{"1049/2", "1049/3", "1049/10", "1049/17.4"}; !slices.Equal(at, want) {
		t.Errorf("footnotes stand at %v, want %v", at, want)
	}
}

// A text that is cut anywhere must be refused or read whole, never crash.
func FuzzParseOfficial(f *testing.F) {
	text := standIn(f)
	for _, cut := range []int{0, 10, 700, 4000, len(text) - 400, len(text)} {
		f.Add(text[:cut])
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := framework.ParseOfficial(strings.NewReader(text))
		if err != nil {
			if _, ok := framework.Refusal(err); !ok {
				t.Errorf("an error that is no refusal: %v", err)
			}
			return
		}
		for i := range o.Passages {
			o.Runs(i)
		}
	})
}

// wholeEdition checks that the text has every item and section of the edition
// once, in order, and its footnotes.
func wholeEdition(t *testing.T, o framework.Official) {
	t.Helper()
	e := framework.Current()
	var got, want []string
	for _, p := range o.Passages {
		if p.Kind == framework.Paragraph || p.Kind == framework.Dash {
			got = append(got, p.ID)
		}
		if strings.TrimSpace(p.Text) == "" {
			t.Errorf("%s is empty", p.ID)
		}
	}
	for _, i := range e.Items {
		want = append(want, i.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("items are %v", got)
	}
	for _, s := range e.Sections {
		if _, ok := o.Find(s.ID); !ok {
			t.Errorf("section %s is missing", s.ID)
		}
	}
	if len(o.Notes) != 4 {
		t.Errorf("%d footnotes", len(o.Notes))
	}
}

// nothingLost takes the source line by line, blanks aside: each line must be
// what comes next of the passages, of the footnotes or of the running heads,
// and in the end nothing may be left over.
func nothingLost(t *testing.T, source string, o framework.Official) {
	t.Helper()
	var body, notes strings.Builder
	for _, p := range o.Passages {
		body.WriteString(p.Mark + p.Text)
	}
	for _, n := range o.Notes {
		p := o.Passages[n.In]
		notes.WriteString(p.Text[n.At:n.At+n.Len] + n.Text)
	}
	rest := []string{solid(body.String()), solid(notes.String()), solid(strings.Join(o.Running, ""))}
	source = strings.TrimPrefix(strings.ReplaceAll(source, "\r", "\n"), "\ufeff")
	for l := range strings.Lines(source) {
		line := solid(l)
		i := slices.IndexFunc(rest, func(r string) bool { return strings.HasPrefix(r, line) })
		if i < 0 {
			t.Fatalf("the line %q is not what comes next: %.60q, %.60q or %.60q", l, rest[0], rest[1], rest[2])
		}
		rest[i] = rest[i][len(line):]
	}
	if left := strings.Join(rest, ""); left != "" {
		t.Errorf("%q was added", left)
	}
}

// solid is a text without its blanks.
func solid(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// style is how a language edition is laid out.
type style struct {
	title   string
	dash    string
	letters []string // marks of the subsections
	after   bool     // footnote markers come after the punctuation
	raised  bool     // they are superscript digits
	heads   bool     // page heads and numbers stand between the lines
	indent  string   // before each line
	eol     string
}

// compose writes a text of the edition's shape in a language, from our own
// titles and sentences.
func compose(tag lang.Tag, s style) string {
	e := framework.Current()
	about := framework.Themes()[0].About[tag]
	lines := []string{s.title, "", about[:len(about)-1] + ",", ""}
	if s.heads {
		lines = append([]string{"PC.DEC/1049", "26.07.2012", ""}, lines...)
	}
	noted := 0
	for _, item := range e.Items {
		if item.Dash == 0 {
			lines = append(lines, s.headings(item, tag)...)
		}
		text := item.Titles[tag]
		note := slices.Contains([]string{"1049/2", "1049/3", "1049/10", "1049/17.4"}, item.ID)
		if note {
			noted++
			text += s.note(noted, tag)
		}
		text = s.mark(item) + " " + text + ", " + strings.ToLower(strings.TrimSuffix(about, "."))
		switch {
		case item.Dash > 0:
			text += ";"
		case len(e.Dashes(item.Paragraph)) > 0:
			text += ":"
		default:
			text += "."
		}
		lines = append(append(lines, wrap(text, 70)...), "")
		if note {
			lines = append(lines, s.number(noted)+" "+about, "")
		}
		if s.heads && item.Paragraph%5 == 0 {
			lines = append(lines, fmt.Sprintf("- %d -", item.Paragraph), "\fPC.DEC/1049", "26.07.2012", "")
		}
	}
	lines = append(lines, strings.ToUpper(about), "")
	return s.indent + strings.Join(lines, " "+s.eol+s.indent)
}

// headings are those that stand before the paragraph.
func (s style) headings(paragraph framework.Item, tag lang.Tag) (lines []string) {
	for _, sec := range framework.Current().Sections {
		if sec.First != paragraph.Paragraph {
			continue
		}
		mark := sec.Mark + "."
		if sec.Sub() {
			mark = s.letters[sec.Mark[2]-'a']
		}
		lines = append(lines, mark+" "+sec.Titles[tag], "")
	}
	if paragraph.Under != "" {
		lines = append(lines, paragraph.Titles[tag], "")
	}
	return lines
}

func (s style) mark(item framework.Item) string {
	if item.Dash > 0 {
		return s.dash
	}
	return item.Number() + "."
}

func (s style) number(n int) string {
	if s.raised {
		return []string{"¹", "²", "³", "⁴"}[n-1]
	}
	return fmt.Sprint(n)
}

// note is the end of a word with the marker of a footnote glued to it.
func (s style) note(n int, tag lang.Tag) string {
	word := " " + strings.ToLower(regexp.MustCompile(`^\p{L}+`).FindString(framework.Dimensions()[2].Names[tag]))
	if s.after {
		return word + "." + s.number(n)
	}
	return word + s.number(n)
}

// wrap breaks a text into lines of at most n letters where it can.
func wrap(text string, n int) []string {
	var lines []string
	line := ""
	for w := range strings.FieldsSeq(text) {
		if len([]rune(line+w)) > n {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}

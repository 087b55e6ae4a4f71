package extract_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

// laughing is a document of any packed format, each part of which defines words
// that stand for ten of the word before, asks for a file of the machine, and
// nests without end.
func laughing(t *testing.T, data []byte, with string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	const prolog = `<!DOCTYPE x [<!ENTITY a "laughs"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">` +
		`<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY % f SYSTEM "http://127.0.0.1:1/x">]>`
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
		if regexp.MustCompile(`(?i)\.(xml|xhtml|html|opf)$`).MatchString(f.Name) {
			text := regexp.MustCompile(`^<\?xml[^>]*\?>`).ReplaceAllString(string(content), "")
			parts[f.Name] = prolog + regexp.MustCompile(`>([^<>]*\pL[^<>]*)<`).ReplaceAllString(text, ">"+with+"$1<")
		}
	}
	return archive(parts)
}

func TestNoFormatExpandsEntities(t *testing.T) {
	tried := 0
	for name, data := range samples(t) {
		if !bytes.HasPrefix(data, []byte("PK")) {
			continue
		}
		tried++
		for what, with := range map[string]string{"words of words": "&d;&d;&d;", "a file of the machine": "&e;", "depth": strings.Repeat("<p>", 50_000)} {
			start, packed := time.Now(), laughing(t, data, with)
			c, err := shared.File(t.Context(), name, bytes.NewReader(packed), int64(len(packed)))
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%s with %s takes %s", name, what, took)
			}
			if err != nil {
				continue // refused, with its reason
			}
			size := 0
			for _, p := range c.Passages {
				size += len(p.Text)
				if strings.Contains(p.Text, "root:") || strings.Contains(p.Text, "laughslaughs") {
					t.Errorf("%s with %s reads %.60q", name, what, p.Text)
				}
			}
			if size > 1<<20 {
				t.Errorf("%s with %s becomes %d bytes", name, what, size)
			}
		}
	}
	if tried < 4 {
		t.Errorf("only %d packed formats were tried", tried)
	}
}

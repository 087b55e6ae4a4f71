package extract_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"polis/internal/extract"
)

// pdf builds a PDF of objects numbered from 1; the first is the catalogue.
func pdf(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, start)
	return b.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

// laughs is a PDF whose page draws a form that draws the next form twice, and so on: 2 to the power of depth.
func laughs(depth int) []byte {
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>",
		stream("", "/F Do /F Do"),
	}
	for i := range depth {
		objects = append(objects, stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /F %d 0 R >> >>", i+6),
			strings.Repeat("/F Do ", 12)))
	}
	objects = append(objects, stream("/Type /XObject /Subtype /Form /BBox [0 0 600 800]", "0 0 m 10 10 l S"))
	return pdf("", objects...)
}

func TestRunawayPDF(t *testing.T) {
	limits := extract.DefaultLimits()
	limits.Time, limits.EngineBytes = 2*time.Second, 128<<20
	x := extract.New(cache, limits)
	warm := testdata(t, "policing.en.pdf")
	for range 20 { // the first start compiles, which may take longer than the limit allows on a busy machine
		if _, err := x.File(context.Background(), "a.pdf", bytes.NewReader(warm), int64(len(warm))); err == nil {
			break
		}
	}
	defer x.Close()
	t.Run("a PDF that would run for years is stopped, and the next file is read", func(t *testing.T) {
		began := time.Now()
		got := refused(t, x, "laughs.pdf", laughs(16))
		if got != extract.TooSlow && got != extract.TooMuchMemory {
			t.Errorf("refused as %q", got)
		}
		if spent := time.Since(began); spent > limits.Time+5*time.Second {
			t.Errorf("it ran for %v", spent)
		}
		if _, err := x.File(context.Background(), "a.pdf", bytes.NewReader(warm), int64(len(warm))); err != nil {
			t.Errorf("the next file: %v", err)
		}
	})
	t.Run("a caller that goes away is told from a slow file", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		data := laughs(16)
		_, err := x.File(ctx, "laughs.pdf", bytes.NewReader(data), int64(len(data)))
		var e *extract.Error
		// On a quick machine the file may reach its limit of memory first.
		if !errors.As(err, &e) || e.Reason != extract.TooMuchMemory && (e.Reason != extract.Cancelled || !errors.Is(err, context.DeadlineExceeded)) {
			t.Errorf("error %v", err)
		}
	})
}

func TestBadPDF(t *testing.T) {
	whole := testdata(t, "policing.en.pdf")
	t.Run("a PDF with a password is encrypted", func(t *testing.T) {
		key := strings.Repeat("41", 32)
		wantReason(t, shared, "a.pdf", pdf("/ID [<4141> <4141>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"+key+"> /U <"+key+"> >>",
			"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"), extract.Encrypted)
	})
	t.Run("a PDF without pages is broken", func(t *testing.T) {
		wantReason(t, shared, "a.pdf", pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"), extract.Broken)
	})
	t.Run("the head of a PDF alone is broken", func(t *testing.T) {
		wantReason(t, shared, "a.pdf", whole[:300], extract.Broken)
	})
	t.Run("a PDF without a letter or picture has no text", func(t *testing.T) {
		wantReason(t, shared, "a.pdf", pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>"), extract.NoText)
	})
	t.Run("a PDF that was cut off anywhere is refused or kept with a note, never a panic", func(t *testing.T) {
		for n := 1000; n < len(whole)-100; n += len(whole) / 12 {
			c, err := shared.File(context.Background(), "a.pdf", bytes.NewReader(whole[:n]), int64(n))
			if err == nil && (len(c.Notes) == 0 || c.Notes[0].Code == "") {
				t.Errorf("cut at %d: read without a note", n)
			}
		}
	})
	t.Run("a PDF with bytes changed is refused or read, never a panic", func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		for range 15 {
			data := bytes.Clone(whole)
			for range 200 {
				data[random.IntN(len(data))] = byte(random.UintN(256))
			}
			_, err := shared.File(context.Background(), "a.pdf", bytes.NewReader(data), int64(len(data)))
			var e *extract.Error
			if err != nil && !errors.As(err, &e) {
				t.Errorf("error without a reason: %v", err)
			}
		}
	})
}

func TestBadBytes(t *testing.T) {
	random := make([]byte, 20_000)
	for i := range random {
		random[i] = byte(rand.UintN(256))
	}
	random[0], random[1] = 0x01, 0xe7
	png := testdata(t, "scan.png")
	t.Run("nothing is empty", func(t *testing.T) {
		wantReason(t, shared, "a.txt", nil, extract.Empty)
		wantReason(t, shared, "a.pdf", []byte("\x00\x00\n  "), extract.Empty)
	})
	t.Run("noise under a known name is broken, under an unknown name unsupported", func(t *testing.T) {
		for _, name := range []string{"a.pdf", "a.docx", "a.txt", "a.html", "a.png"} {
			wantReason(t, shared, name, random, extract.Broken)
		}
		wantReason(t, shared, "a.bin", random, extract.Unsupported)
	})
	t.Run("a picture named as a document is mislabelled", func(t *testing.T) {
		wantReason(t, shared, "a.pdf", png, extract.Mislabelled)
		wantReason(t, shared, "a.docx", testdata(t, "policing.en.pdf"), extract.Mislabelled)
		wantReason(t, shared, "a.pdf", []byte("<!doctype html><p>Please sign in to download this document."), extract.Mislabelled)
	})
	t.Run("a text under the name of another kind of text is read", func(t *testing.T) {
		read(t, "a.md", []byte("A plain text about patrols."))
		read(t, "a.txt", []byte("<html><body><p>A page about patrols.</p></body></html>"))
		read(t, "a.htm", []byte("A plain text about patrols."))
	})
	t.Run("a format without a reader is unsupported", func(t *testing.T) {
		wantReason(t, shared, "a.mp3", append([]byte("ID3\x03\x00\x00\x00\x00\x0f\x76"), random...), extract.Unsupported)
		wantReason(t, shared, "a.rtf", []byte(`{\rtf1\ansi A text about patrols.}`), extract.Unsupported)
	})
	t.Run("an encrypted Office file is told from one of before 2007", func(t *testing.T) {
		ole := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 70_000)...)
		wantReason(t, shared, "a.doc", ole, extract.Unsupported)
		for i, c := range "EncryptedPackage" {
			ole[65_530+2*i] = byte(c)
		}
		wantReason(t, shared, "a.docx", ole, extract.Encrypted)
	})
	t.Run("a file beyond the limit is oversized before it is read", func(t *testing.T) {
		limits := extract.DefaultLimits()
		limits.FileBytes = 10
		wantReason(t, extract.New("", limits), "a.txt", []byte("More than ten bytes."), extract.Oversized)
	})
	t.Run("a picture that claims to be vast is a bomb", func(t *testing.T) {
		if len(shared.OCRLanguages()) == 0 {
			t.Skip("no tesseract: pictures are not opened")
		}
		vast := bytes.Clone(png)
		binary.BigEndian.PutUint32(vast[16:], 60_000)
		binary.BigEndian.PutUint32(vast[20:], 60_000)
		binary.BigEndian.PutUint32(vast[29:], crc32.ChecksumIEEE(vast[12:29]))
		wantReason(t, shared, "a.png", vast, extract.Bomb)
	})
}

func TestBombs(t *testing.T) {
	t.Run("a part that unpacks to a thousand times its size is a bomb", func(t *testing.T) {
		spaces := strings.Repeat(" ", 40<<20)
		wantReason(t, shared, "a.docx", docx("<w:p><w:r><w:t>"+spaces+"</w:t></w:r></w:p>"), extract.Bomb)
	})
	t.Run("an archive that unpacks beyond the limit is a bomb", func(t *testing.T) {
		limits := extract.DefaultLimits()
		limits.UnpackedBytes = 100_000
		words := strings.Repeat("<w:p><w:r><w:t>patrol</w:t></w:r></w:p>", 10_000)
		wantReason(t, extract.New("", limits), "a.docx", docx(words), extract.Bomb)
	})
	t.Run("an archive with very many entries is a bomb", func(t *testing.T) {
		entries := map[string]string{"word/document.xml": "<w:document/>"}
		for i := range 20_001 {
			entries[fmt.Sprint("x", i)] = ""
		}
		wantReason(t, shared, "a.docx", archive(entries), extract.Bomb)
	})
	t.Run("elements nested without end are a bomb", func(t *testing.T) {
		wantReason(t, shared, "a.docx", docx(strings.Repeat("<w:p>", 100_000)), extract.Bomb)
	})
	t.Run("entities are not expanded", func(t *testing.T) {
		entities := `<!DOCTYPE x [<!ENTITY a "police"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`
		body := entities + `<w:document><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>`
		wantReason(t, shared, "a.docx", office("word/document.xml", body, nil), extract.Broken)
	})
	t.Run("an archive within an archive stays packed", func(t *testing.T) {
		inner := archive(map[string]string{"big": strings.Repeat("0", 30<<20)})
		c := read(t, "a.docx", office("word/document.xml", document("<w:p><w:r><w:t>patrol</w:t></w:r></w:p>"), map[string]string{"word/embeddings/inner.zip": string(inner)}))
		if len(c.Passages) != 1 {
			t.Errorf("%d passages, want 1", len(c.Passages))
		}
	})
	t.Run("a plain archive is unsupported, not unpacked", func(t *testing.T) {
		wantReason(t, shared, "a.zip", archive(map[string]string{"a.txt": "patrol"}), extract.Unsupported)
		wantReason(t, shared, "a.docx", archive(map[string]string{"a.txt": "patrol"}), extract.Broken)
	})
}

func TestBadArchives(t *testing.T) {
	whole := docx("<w:p><w:r><w:t>A report about patrols in the old town.</w:t></w:r></w:p>")
	t.Run("a document that was cut off is broken", func(t *testing.T) {
		for _, n := range []int{200, len(whole) / 2, len(whole) - 30} {
			wantReason(t, shared, "a.docx", whole[:n], extract.Broken)
		}
	})
	t.Run("an entry whose size is a lie is broken", func(t *testing.T) {
		wantReason(t, shared, "a.docx", lying(document("<w:p><w:r><w:t>patrol</w:t></w:r></w:p>")), extract.Broken)
	})
	t.Run("an encrypted entry is encrypted", func(t *testing.T) {
		data := bytes.Clone(whole)
		for i := 0; i < len(data)-10; i++ {
			switch string(data[i : i+4]) {
			case "PK\x03\x04":
				data[i+6] |= 1
			case "PK\x01\x02":
				data[i+8] |= 1
			}
		}
		wantReason(t, shared, "a.docx", data, extract.Encrypted)
	})
	t.Run("XML that ends in the middle is broken", func(t *testing.T) {
		wantReason(t, shared, "a.docx", office("word/document.xml", "<w:document><w:body><w:p><w:r><w:t>patrol", nil), extract.Broken)
	})
	t.Run("a document without a word has no text", func(t *testing.T) {
		wantReason(t, shared, "a.docx", docx("<w:p/>"), extract.NoText)
	})
	t.Run("a document with bytes changed is refused or read, never a panic", func(t *testing.T) {
		random := rand.New(rand.NewPCG(3, 4))
		for range 300 {
			data := bytes.Clone(whole)
			for range 1 + random.IntN(20) {
				data[random.IntN(len(data))] = byte(random.UintN(256))
			}
			_, err := shared.File(context.Background(), "a.docx", bytes.NewReader(data), int64(len(data)))
			var e *extract.Error
			if err != nil && !errors.As(err, &e) {
				t.Errorf("error without a reason: %v", err)
			}
		}
	})
}

// lying is a document whose directory says that the main part has ten bytes.
func lying(body string) []byte {
	var packed bytes.Buffer
	f, _ := flate.NewWriter(&packed, 9)
	_, _ = f.Write([]byte(body))
	_ = f.Close()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("_rels/.rels")
	_, _ = io.WriteString(w, relations(map[string]string{"officeDocument": "word/document.xml"}))
	w, _ = z.CreateRaw(&zip.FileHeader{
		Name: "word/document.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(body)),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: 10,
	})
	_, _ = w.Write(packed.Bytes())
	_ = z.Close()
	return b.Bytes()
}

func TestTime(t *testing.T) {
	t.Run("a context that has ended is a cancelled file in every format", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for name, data := range samples(t) {
			_, err := shared.File(ctx, name, bytes.NewReader(data), int64(len(data)))
			var e *extract.Error
			if !errors.As(err, &e) || e.Reason != extract.Cancelled || !e.Reason.Transient() {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("a file beyond its time is too slow", func(t *testing.T) {
		limits := extract.DefaultLimits()
		limits.Time = time.Nanosecond
		wantReason(t, extract.New("", limits), "a.txt", []byte("A text about patrols."), extract.TooSlow)
	})
}

func FuzzFile(f *testing.F) {
	f.Add("a.html", []byte("<h1>Patrol</h1><ul><li>one<li>two</ul><table><tr><td>a<td>b</table>"))
	f.Add("a.md", []byte("# Patrol\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n"))
	f.Add("a.txt", []byte("\xcf\xf0\xe8\xe2\xe5\xf2"))
	f.Add("a.docx", docx("<w:p><w:r><w:t>patrol</w:t></w:r></w:p>"))
	f.Add("a.pdf", laughs(1))
	x := fuzzing(f)
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if strings.HasSuffix(name, ".png") || bytes.HasPrefix(data, []byte("\x89PNG")) {
			t.Skip("pictures go to another program")
		}
		sound(t, x, name, data)
	})
}

package lang

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// BenchmarkLoad reads a catalogue of a thousand messages, one in ten a plural,
// as the program does once at its start.
func BenchmarkLoad(b *testing.B) {
	const plain = `"A sentence that tells the reader what comes next."`
	const plural = `{"one": "{n} document", "few": "{n} documents", "many": "{n} documents", "other": "{n} documents"}`
	var file strings.Builder
	for i := range 1000 {
		text := plain
		if i%10 == 0 {
			text = plural
		}
		fmt.Fprintf(&file, ",\n%q: {", fmt.Sprintf("room.message.%d", i))
		for j, t := range All {
			fmt.Fprintf(&file, "%.*s%q: %s", min(j, 1), ",", t, text)
		}
		file.WriteString("}")
	}
	from := fstest.MapFS{"messages/room.json": {Data: []byte("{" + file.String()[1:] + "}")}}
	b.ReportAllocs()
	for b.Loop() {
		if all, err := load(from); err != nil || len(all) != 1000 {
			b.Fatal(len(all), err)
		}
	}
}

func BenchmarkPrinters(b *testing.B) {
	catalogue()
	b.ReportAllocs()
	for b.Loop() {
		for i, t := range All {
			newPrinter(i, t)
		}
	}
}

func BenchmarkSpeaking(b *testing.B) {
	p := For(Russian)
	for name, speak := range map[string]func() string{
		"static":      func() string { return p.T("core.save") },
		"placeholder": func() string { return p.T("core.page", "page", 3, "pages", 12) },
		"plural":      func() string { return p.T("core.results", "n", 25) },
		"number":      func() string { return p.Number(123456) },
		"size":        func() string { return p.Size(1_540_000) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				speak()
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	p := For(Russian)
	b.ReportAllocs()
	for b.Loop() {
		p.Compare("Северная Македония", "Сербия")
	}
}

package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestBar(t *testing.T) {
	t.Run("on a terminal it is one line that is written over, and left at the end", func(t *testing.T) {
		var b bytes.Buffer
		bar := (&console{err: &b, live: true}).bar("Stored", "files")
		bar.set(1, 2)
		bar.set(2, 2)
		bar.end()
		got := b.String()
		if strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "] Stored 2 of 2 files (100 %)\n") {
			t.Errorf("%q", got)
		}
	})
	t.Run("elsewhere it is a line for each new percent", func(t *testing.T) {
		var b bytes.Buffer
		bar := (&console{err: &b}).bar("Stored", "bytes")
		for n := range int64(1001) {
			bar.set(n, 1000)
		}
		bar.end()
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if len(lines) != 101 || lines[100] != "Stored 1000 of 1000 bytes (100 %)" {
			t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
		}
	})
	t.Run("without a known end it counts", func(t *testing.T) {
		var b bytes.Buffer
		(&console{err: &b}).bar("Written", "tables").set(3, 0)
		if b.String() != "Written 3 tables\n" {
			t.Errorf("%q", b.String())
		}
	})
}

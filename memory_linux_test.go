package main

import (
	"slices"
	"strings"
	"testing"
)

func TestOnlyPagesThatNothingWasWrittenToAreGivenBack(t *testing.T) {
	smaps := `00400000-01b88000 r-xp 00001000 fe:00 1 /opt/polis
Rss:               21728 kB
Anonymous:             0 kB
01b88000-02000000 r--p 01788000 fe:00 1 /opt/polis
Anonymous:             4 kB
02000000-02100000 rw-p 02000000 fe:00 1 /opt/polis
Anonymous:             0 kB
02200000-02300000 r--p 02000000 fe:00 1 /opt/other/polis.db
Anonymous:             0 kB
c000000000-c000400000 rw-p 00000000 00:00 0
Anonymous:             0 kB
03000000-03100000 r--p 02200000 fe:00 1 /opt/polis
Anonymous:             0 kB
`
	got := unwritten(strings.NewReader(smaps), "/opt/polis")
	want := [][2]uintptr{{0x400000, 0x1b88000}, {0x3000000, 0x3100000}}
	if !slices.Equal(got, want) {
		t.Errorf("%x", got)
	}
}

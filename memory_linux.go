package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// giveBack returns what only the start needed: the free part of the heap, and the
// pages of the program's own file, which the kernel maps in bulk where a few are
// read. What is needed again is mapped again, out of the kernel's cache of files.
func giveBack() {
	debug.FreeOSMemory()
	own, err := os.Executable()
	if err != nil {
		return
	}
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer smaps.Close()
	for _, r := range unwritten(smaps, own) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, r[0], r[1]-r[0], syscall.MADV_DONTNEED) // a hint: without it, nothing is lost
	}
}

// unwritten are the ranges in which a file is mapped that nothing has ever been
// written to, as smaps of proc(5) tells: their pages are those of the file.
func unwritten(smaps io.Reader, file string) (ranges [][2]uintptr) {
	var at [2]uintptr
	ours := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		line := lines.Text()
		var from, to uintptr
		var may string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &may); n == 3 {
			at, ours = [2]uintptr{from, to}, strings.HasSuffix(line, " "+file) && !strings.Contains(may, "w")
			continue
		}
		written := 0
		if n, _ := fmt.Sscanf(line, "Anonymous: %d kB", &written); n == 1 && ours && written == 0 {
			ranges = append(ranges, at)
		}
	}
	return ranges
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// console is where a command speaks: results on out, all else on err.
type console struct {
	in       *os.File
	out, err io.Writer
	live     bool // err is a terminal, whose last line can be written over
}

func newConsole() *console {
	return &console{in: os.Stdin, out: os.Stdout, err: os.Stderr, live: term.IsTerminal(int(os.Stderr.Fd()))}
}

// say prints a line of the result.
func (c *console) say(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }

// tell prints a line beside the result.
func (c *console) tell(format string, args ...any) { fmt.Fprintf(c.err, format+"\n", args...) }

// log is text for people at a terminal, and JSON for machines.
func (c *console) log(level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if c.live {
		return slog.New(slog.NewTextHandler(c.err, options))
	}
	return slog.New(slog.NewJSONHandler(c.err, options))
}

// password asks for a new password twice without showing it; where the input is
// no terminal it is its first line.
func (c *console) password() (string, error) {
	if !term.IsTerminal(int(c.in.Fd())) {
		line, err := bufio.NewReader(c.in).ReadString('\n')
		if line == "" {
			return "", fmt.Errorf("the password is read from the input, and there is none: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := c.hidden("New password: ")
	if err != nil {
		return "", err
	}
	second, err := c.hidden("The same again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two are not the same; nothing was changed")
	}
	return first, nil
}

func (c *console) hidden(prompt string) (string, error) {
	fmt.Fprint(c.err, prompt)
	b, err := term.ReadPassword(int(c.in.Fd()))
	fmt.Fprintln(c.err)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(b), nil
}

// bar shows how far a long work is: on a terminal as a bar in one line,
// elsewhere as a line from time to time.
type bar struct {
	c       *console
	what    string // "Stored", in front of the numbers
	unit    string // "bytes", after them
	shown   time.Time
	percent int64
	open    bool // a line on the terminal has not ended yet
}

func (c *console) bar(what, unit string) *bar { return &bar{c: c, what: what, unit: unit, percent: -1} }

// set shows how much is done; total is 0 while it is not known.
func (b *bar) set(done, total int64) {
	percent := int64(0)
	if total > 0 {
		percent = min(done, total) * 100 / total
	}
	if b.c.live {
		if time.Since(b.shown) > 80*time.Millisecond || percent == 100 && b.percent != 100 {
			fmt.Fprint(b.c.err, "\r\x1b[2K"+b.line(done, total, percent))
			b.shown, b.percent, b.open = time.Now(), percent, true
		}
		return
	}
	if percent != b.percent || time.Since(b.shown) > 10*time.Second {
		fmt.Fprintln(b.c.err, b.line(done, total, percent))
		b.shown, b.percent = time.Now(), percent
	}
}

const barWidth = 30

func (b *bar) line(done, total, percent int64) string {
	if total <= 0 {
		return fmt.Sprintf("%s %d %s", b.what, done, b.unit)
	}
	numbers := fmt.Sprintf("%s %d of %d %s (%d %%)", b.what, done, total, b.unit, percent)
	if !b.c.live {
		return numbers
	}
	full := int(percent) * barWidth / 100
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "] " + numbers
}

// end leaves the line, so that what comes next begins a new one.
func (b *bar) end() {
	if b.open {
		fmt.Fprintln(b.c.err)
		b.open = false
	}
}

// stages shows a work of several parts, each with its own bar.
func (c *console) stages(words map[string]*bar) func(what string, done, total int64) {
	var last *bar
	return func(what string, done, total int64) {
		b := words[what]
		if b == nil {
			return
		}
		if last != nil && last != b {
			last.end()
		}
		last = b
		b.set(done, total)
	}
}

package clamd_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"polis/internal/clamd"
	"polis/internal/clamd/clamdtest"
)

func daemon(t *testing.T, address string) *clamd.Daemon {
	t.Helper()
	d, err := clamd.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	d.Patience = 2 * time.Second
	return d
}

func TestADaemonLooksAtAFile(t *testing.T) {
	s := clamdtest.Start(t, "")
	d := daemon(t, s.Address)
	long := strings.Repeat("a line of text\n", 20_000) // several pieces
	for why, c := range map[string]struct{ content, virus string }{
		"a good file":                    {"A good practice.", ""},
		"no bytes":                       {"", ""},
		"one of many pieces":             {long, ""},
		"the virus that is none":         {clamdtest.EICAR(), "Eicar-Test-Signature"},
		"at the end of one of many":      {long + clamdtest.EICAR(), "Eicar-Test-Signature"},
		"exactly one piece of the line":  {strings.Repeat("x", 64<<10), ""},
		"one byte more than a piece has": {strings.Repeat("x", 64<<10+1), ""},
	} {
		virus, err := d.Scan(t.Context(), strings.NewReader(c.content))
		if err != nil || virus != c.virus {
			t.Errorf("%s: %q, %v", why, virus, err)
		}
	}
	if err := d.Ready(t.Context()); err != nil || d.Silent() {
		t.Errorf("%v, silent %t", err, d.Silent())
	}
	t.Run("what is too large for it is no virus and no good file", func(t *testing.T) {
		s.Max = 1000
		if _, err := d.Scan(t.Context(), strings.NewReader(long)); !errors.Is(err, clamd.ErrTooLarge) || d.Silent() {
			t.Errorf("%v", err)
		}
	})
	t.Run("a file that cannot be read is not the daemon's fault", func(t *testing.T) {
		broken := errors.New("broken")
		if _, err := d.Scan(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) || errors.Is(err, clamd.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	})
}

func TestADaemonThatDoesNotAnswerSaysNothingOfTheFile(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	rude, odd := clamdtest.Start(t, ""), clamdtest.Start(t, "")
	rude.HangUp, odd.Answer = true, "stream: Can't allocate memory ERROR"
	for why, address := range map[string]string{
		"nobody there": "tcp://" + closed.Addr().String(), "one that is silent": "tcp://" + silent.Addr().String(),
		"one that hangs up": rude.Address, "one with an error": odd.Address, "no such socket": "unix:" + filepath.Join(t.TempDir(), "none"),
	} {
		d := daemon(t, address)
		d.Patience = 300 * time.Millisecond
		virus, err := d.Scan(t.Context(), strings.NewReader(strings.Repeat("x", 1<<20)))
		if !errors.Is(err, clamd.ErrUnavailable) || virus != "" || !d.Silent() {
			t.Errorf("%s: %q %v", why, virus, err)
		}
	}
	t.Run("who stops waiting hears of her own stop", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := daemon(t, "tcp://"+silent.Addr().String()).Scan(ctx, strings.NewReader("x")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

func TestASocketOfThisMachine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		line, err := listener.Accept()
		if err == nil {
			_, _ = io.ReadFull(line, make([]byte, len("zPING\x00")))
			_, _ = io.WriteString(line, "PONG\x00")
			line.Close()
		}
	}()
	if err := daemon(t, "unix:"+path).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnAddressIsWhole(t *testing.T) {
	for _, wrong := range []string{"", "clamd:3310", "tcp://clamd", "tcp://:3310", "http://clamd:3310", "unix:relative", "tcp://"} {
		if d, err := clamd.Parse(wrong); err == nil {
			t.Errorf("%q is taken for %s", wrong, d)
		}
	}
	for _, right := range []string{"tcp://clamd:3310", "tcp://[::1]:3310", "unix:/run/clamd.sock"} {
		if d, err := clamd.Parse(right); err != nil || d.String() != right {
			t.Errorf("%q: %v %v", right, d, err)
		}
	}
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"polis/internal/blob/blobtest"
)

// TestMain makes "polis" a command that tests can start: the test binary itself.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"polis": main})
}

// The scripts show the command line as an operator sees it. Beside the usual
// commands of testscript they have:
//
//	serve DIR [FLAG…]      start polis serve, and wait until it serves
//	get PATH STATUS WORDS  ask it for a page
//	hang                   leave it with a request that never ends
//	term                   send SIGTERM: it must end by itself, within 5 s, with 0
//	kill9                  kill it
func TestScripts(t *testing.T) {
	t.Parallel()
	storage := blobtest.Start(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Values["polis"] = &served{}
			text, err := filepath.Abs("internal/framework/testdata/standin.en.txt")
			e.Setenv("FRAMEWORK", text) // a text of the decision's form, written by us
			e.Setenv("STORAGE", storage.URL)
			e.Setenv("BUCKET", blobtest.Name)
			e.Setenv("KEY", blobtest.Key)
			e.Setenv("SECRET", blobtest.Secret)
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"serve": func(ts *testscript.TestScript, _ bool, args []string) {
				s := ts.Value("polis").(*served)
				s.env = os.Environ()
				for _, name := range []string{"POLIS_FILES", "POLIS_S3_KEY", "POLIS_S3_SECRET"} {
					s.env = append(s.env, name+"="+ts.Getenv(name))
				}
				ts.Check(s.start(append([]string{"--data", ts.MkAbs(args[0])}, args[1:]...)...))
				ts.Defer(s.kill)
			},
			"get": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(ts.Value("polis").(*served).expect(args[0], args[1], args[2]))
			},
			"hang": func(ts *testscript.TestScript, _ bool, _ []string) {
				line, err := ts.Value("polis").(*served).hang()
				ts.Check(err)
				ts.Defer(func() { line.Close() })
			},
			"term": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Check(ts.Value("polis").(*served).term())
			},
			"kill9": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Value("polis").(*served).kill() },
		},
	})
}

func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // a database that never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	process := exec.Command("polis", "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0",
		"--database", "postgres://polis@"+silent.Addr().String()+"/polis?sslmode=disable")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := silent.Accept() // it waits for the database now
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	started := time.Now()
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(10*time.Second, func() { _ = process.Process.Kill() })
	defer late.Stop()
	if err := process.Wait(); err != nil || time.Since(started) > 5*time.Second {
		t.Errorf("it ended after %v: %v", time.Since(started), err)
	}
}

func TestInterruptedImports(t *testing.T) {
	t.Parallel()
	records, ids, _ := writeRecords(t, t.TempDir(), 0)
	folder, names := writeFiles(t, t.TempDir(), 0)
	for _, c := range []struct {
		what  []string
		total int
	}{
		{[]string{"records", records}, len(ids)},
		{[]string{"files", folder}, len(names)},
	} {
		t.Run("import "+c.what[0]+" stops at Ctrl-C and goes on when it is run again", func(t *testing.T) {
			args := append([]string{"import"}, append(c.what, "--data", t.TempDir())...)
			imp := startImport(t, args...)
			imp.waitForFirst()
			if err := imp.process.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			imp.heard.Wait()
			_ = imp.process.Wait()
			if code := imp.process.ProcessState.ExitCode(); code != 130 || !strings.Contains(imp.said.String(), "Run the same command again") {
				t.Errorf("it ended with %d: %s", code, imp.said.String())
			}
			out, err := exec.Command("polis", args...).Output()
			fresh, same := tallied(string(out), "new"), tallied(string(out), "the same")
			if err != nil || same == 0 || fresh == 0 || fresh+same != c.total {
				t.Errorf("the second run: %s (%v)", out, err)
			}
		})
	}
}

// tallied is the number before the words in an import's last line.
func tallied(out, words string) int {
	for _, part := range strings.Split(out, ", ") {
		if n, ok := strings.CutSuffix(part, " "+words); ok {
			number, _ := strconv.Atoi(n)
			return number
		}
	}
	return -1
}

// served is a polis serve that runs as a process of its own.
type served struct {
	process *exec.Cmd
	env     []string // nil for that of the test
	url     string   // "http://127.0.0.1:45678"
	metrics string
	mail    string // address and port at which it takes mail in, or ""
	ended   chan error
	said    io.Writer // takes what it logs; nil: the test's own output
}

var address = regexp.MustCompile(`http://[0-9.:]+`)

// start returns when the process has said that it serves.
func (s *served) start(flags ...string) error {
	s.process = exec.Command("polis", append([]string{"serve", "--listen", "127.0.0.1:0", "--log-level", "error"}, flags...)...)
	s.process.Stderr, s.process.Env = os.Stderr, s.env
	if s.said != nil {
		s.process.Stderr = s.said
	}
	out, err := s.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.process.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if line := lines.Text(); strings.HasPrefix(line, "Metrics at ") {
			s.metrics = address.FindString(line) + "/metrics"
		} else if strings.HasPrefix(line, "Mail for ") {
			s.mail = line[strings.LastIndexByte(line, ' ')+1:]
		} else if strings.HasPrefix(line, "POLIS serves ") {
			s.url = address.FindString(line)
			break
		}
	}
	s.ended = make(chan error, 1)
	go func() {
		_, _ = io.Copy(io.Discard, out)
		s.ended <- s.process.Wait()
	}()
	if s.url == "" {
		return fmt.Errorf("it ended without serving: %w", <-s.ended)
	}
	return nil
}

// fetch asks for a path, or for the metrics.
func (s *served) fetch(path string) (int, string, error) {
	to := s.url + path
	if path == "metrics" {
		to = s.metrics
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, to, nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

// expect asks again for a while, because the index follows behind.
func (s *served) expect(path, status, words string) error {
	var code int
	var body string
	var err error
	for range 50 {
		code, body, err = s.fetch(path)
		if err == nil && strconv.Itoa(code) == status && regexp.MustCompile(words).MatchString(body) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("%s answered %d (%v):\n%s", path, code, err, body)
}

// hang begins a request whose body never comes.
func (s *served) hang() (net.Conn, error) {
	u, err := url.Parse(s.url)
	if err != nil {
		return nil, err
	}
	line, err := net.Dial("tcp", u.Host)
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(line, "POST /sign-in HTTP/1.1\r\nHost: polis\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail=")
	time.Sleep(200 * time.Millisecond) // until it has been taken up
	return line, err
}

func (s *served) term() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		s.process = nil
		return err
	case <-time.After(5 * time.Second):
		return fmt.Errorf("it still runs five seconds after SIGTERM")
	}
}

func (s *served) kill() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		<-s.ended
		s.process = nil
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/archive"
	"polis/internal/blob/blobtest"
	"polis/internal/job"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var kills = flag.Int("kills", killsByDefault(), "how often the processes are killed on each engine")

func killsByDefault() int {
	if os.Getenv("CI") == "true" {
		return 4
	}
	return 2
}

// A polis that serves and takes uploads, one that imports records and one that
// imports files are killed at a random moment, again and again. What they had
// acknowledged must be there afterwards, the log's chain whole, every file what its sum
// says, and the index, once it has followed, must agree with the tables.
func TestKill(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killAndLook(t, place{Data: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) {
		killAndLook(t, place{Data: t.TempDir(), Database: storetest.PostgresDSN(t)})
	})
	t.Run("bucket", func(t *testing.T) {
		t.Setenv("POLIS_S3_KEY", blobtest.Key)
		t.Setenv("POLIS_S3_SECRET", blobtest.Secret)
		killAndLook(t, place{Data: t.TempDir(), Files: blobtest.Start(t).Address("files")})
	})
}

func killAndLook(t *testing.T, p place) {
	contributor(t, p)
	stored := 0
	for round := range *kills {
		acknowledged := killOnce(t, p, round)
		look(t, p, acknowledged)
		stored += len(acknowledged)
	}
	t.Logf("%d kills, %d acknowledged records, files and uploads, all there", *kills, stored)
	if stored == 0 {
		t.Error("nothing was acknowledged before any kill: the test has seen nothing")
	}
	goOn(t, p)
}

// killOnce starts the three processes and a browser, kills the processes, and
// returns what was acknowledged: external ids of records, names of files.
func killOnce(t *testing.T, p place, round int) []string {
	t.Helper()
	dir := t.TempDir()
	records, ids, ends := writeRecords(t, dir, round)
	folder, names := writeFiles(t, dir, round)
	s := &served{}
	if err := s.start(p.flags()...); err != nil {
		t.Fatal("start:", err)
	}
	defer s.kill()
	up := s.browse(t, round)
	one := startImport(t, append([]string{"import", "records", records}, p.flags()...)...)
	two := startImport(t, append([]string{"import", "files", "--level", "public", folder}, p.flags()...)...)
	if rand.IntN(4) > 0 { // most times when something has been stored already
		one.waitForFirst()
	}
	time.Sleep(rand.N(500 * time.Millisecond))
	s.kill()
	one.kill(t)
	two.kill(t)
	up.sent.Wait()
	there := up.names
	for i, end := range ends {
		if end <= one.acknowledged.Load() {
			there = append(there, ids[i])
		}
	}
	return append(there, names[:two.acknowledged.Load()]...)
}

func (p place) flags() []string {
	flags := []string{"--data", p.Data}
	if p.Database != "" {
		flags = append(flags, "--database", p.Database)
	}
	if p.Files != "" {
		flags = append(flags, "--files", p.Files)
	}
	return flags
}

// writeRecords makes a file of records, with the byte at which each one ends.
func writeRecords(t *testing.T, dir string, round int) (file string, ids []string, ends []int64) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for n := range 3000 {
		id := fmt.Sprintf("record-%d-%d", round, n)
		err := enc.Encode(map[string]string{
			"id": id, "lang": "en", "title": fmt.Sprintf("Lesson %d of exercise %d", n, round),
			"text": strings.Repeat(fmt.Sprintf("Officers %d met and spoke with the people of the town.\n\n", n), 6),
		})
		if err != nil {
			t.Fatal(err)
		}
		ids, ends = append(ids, id), append(ends, int64(b.Len()))
	}
	file = filepath.Join(dir, "records.jsonl")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, ids, ends
}

// writeFiles makes a folder of texts, in the order in which they are imported.
func writeFiles(t *testing.T, dir string, round int) (folder string, names []string) {
	t.Helper()
	folder = filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		name := fmt.Sprintf("note-%d-%03d.txt", round, n)
		text := fmt.Sprintf("Note %d of exercise %d\n\nThe patrol went through the streets and came back with what it had heard.\n", n, round)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return folder, names
}

// importing is a polis import that runs as a process of its own. What it says
// it has stored, it must have stored.
type importing struct {
	process      *exec.Cmd
	acknowledged atomic.Int64
	heard        sync.WaitGroup
	said         bytes.Buffer // everything else
}

func startImport(t *testing.T, args ...string) *importing {
	t.Helper()
	imp := &importing{process: exec.Command("polis", args...)}
	out, err := imp.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := imp.process.Start(); err != nil {
		t.Fatal(err)
	}
	imp.heard.Go(func() { imp.listen(out) })
	return imp
}

// listen takes whole lines only: "Stored 12345 of 67890 bytes (18 %)".
func (imp *importing) listen(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "Stored" {
			imp.said.WriteString(line)
			continue
		}
		if n, err := strconv.ParseInt(words[1], 10, 64); err == nil {
			imp.acknowledged.Store(n)
		}
	}
}

// waitForFirst returns when something has been acknowledged, on a slow machine after
// a long while.
func (imp *importing) waitForFirst() {
	for range 60_000 {
		if imp.acknowledged.Load() > 0 {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (imp *importing) kill(t *testing.T) {
	t.Helper()
	_ = imp.process.Process.Kill()
	imp.heard.Wait()
	_ = imp.process.Wait()
	if imp.said.Len() > 0 {
		t.Errorf("%v said: %s", imp.process.Args, imp.said.String())
	}
}

// look opens what the killed processes left and holds it against what they had
// acknowledged.
func look(t *testing.T, p place, acknowledged []string) {
	t.Helper()
	ctx := context.Background()
	release, err := p.lock("")
	if err != nil {
		t.Fatal("the killed process still holds the directory:", err)
	}
	defer release()
	sys, err := faces{}.open(ctx, p, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		t.Fatal("open after the kill:", err)
	}
	defer sys.close()
	there, err := store.List[string](ctx, sys.db, store.Everything("test"), `
		SELECT external FROM language_version WHERE {scope}
		UNION ALL
		SELECT file FROM version
		UNION ALL
		SELECT file FROM intake`)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range there {
		known[name] = true
	}
	for _, name := range acknowledged {
		if !known[name] {
			t.Errorf("%s was acknowledged and is not there", name)
		}
	}
	whole(t, sys)
}

// whole expects no fault in log, files and index.
func whole(t *testing.T, sys *system) {
	t.Helper()
	ctx := context.Background()
	found, err := archive.Verify(ctx, sys.archived(), nil)
	if err != nil || len(found.Faults) > 0 {
		t.Errorf("verify: %v, %v", found.Faults, err)
	}
	if err := sys.library.CatchUp(ctx, sys.index, nil); err != nil {
		t.Error("the index does not catch up:", err)
	}
	compared, err := archive.CompareIndex(ctx, sys.db, sys.index)
	if err != nil || len(compared.Faults) > 0 || compared.Behind() != 0 {
		t.Errorf("the index does not agree: %+v, %v", compared, err)
	}
}

// uploadsAreRead waits until the uploads whose reading a kill interrupted have
// been read after all.
func uploadsAreRead(t *testing.T, p place) {
	t.Helper()
	h, err := p.open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	var stages map[library.Stage]int64
	left := int64(-1)
	for end := time.Now(); left != 0 && time.Now().Before(end) || left < 0; time.Sleep(100 * time.Millisecond) {
		if stages, err = h.library.Stages(context.Background(), access.System("test"), "kill"); err != nil {
			t.Fatal(err)
		}
		if n := stages[library.Arrived]; n < left || left < 0 { // as long as it goes on
			left, end = n, time.Now().Add(3*job.Lease)
		}
	}
	// A reading that three kills in a row interrupted is set aside for a person, as one
	// that brings the process down would be.
	if stages[library.Arrived] > 0 || stages[library.Quarantined] > int64(*kills)/3 || stages[library.Ready] == 0 {
		jobs, err := job.List(context.Background(), h.db, store.Everything("test"), 10, 0)
		t.Errorf("of the uploads, %v; the newest jobs: %+v, %v", stages, jobs, err)
	}
}

// goOn runs the last import again, to its end, beside a polis that serves.
func goOn(t *testing.T, p place) {
	t.Helper()
	records, ids, _ := writeRecords(t, t.TempDir(), *kills-1)
	s := &served{}
	if err := s.start(p.flags()...); err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	out, err := exec.Command("polis", append([]string{"import", "records", records}, p.flags()...)...).Output()
	if err != nil || !strings.Contains(string(out), " 0 bad.") {
		t.Errorf("the import does not go on: %s, %v", out, err)
	}
	if err := s.expect("/ready", "200", "ready"); err != nil {
		t.Error(err)
	}
	uploadsAreRead(t, p)
	if err := s.term(); err != nil {
		t.Error("stop:", err)
	}
	look(t, p, ids)
}

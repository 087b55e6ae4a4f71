package main

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"polis/internal/blob/blobtest"
)

// A file goes in by the command line, into a bucket, and comes out by the pages
// as it was, whole and in part; a backup brings it into another bucket.
func TestAFileGoesThroughABucketAndBack(t *testing.T) {
	storage := blobtest.Start(t)
	t.Setenv("POLIS_S3_KEY", blobtest.Key)
	t.Setenv("POLIS_S3_SECRET", blobtest.Secret)
	polis := func(bucket string, args ...string) {
		t.Helper()
		t.Setenv("POLIS_FILES", storage.Address(bucket))
		if out, err := exec.Command("polis", args...).CombinedOutput(); err != nil {
			t.Fatalf("polis %v: %v\n%s", args, err, out)
		}
	}
	folder, content := t.TempDir(), "Bicycle patrols\n\nTwo officers ride the same round every evening and speak with those whom they meet.\n"
	if err := os.WriteFile(filepath.Join(folder, "patrols.txt"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	old, restored := t.TempDir(), filepath.Join(t.TempDir(), "new")
	copied := filepath.Join(t.TempDir(), "b.zip")
	polis("one", "import", "files", "--data", old, "--level", "public", folder)
	polis("one", "backup", "--data", old, copied)
	polis("two", "restore", "--data", restored, copied)
	polis("two", "verify", "--data", restored)
	for bucket, data := range map[string]string{"one": old, "two": restored} {
		t.Setenv("POLIS_FILES", storage.Address(bucket))
		s := &served{}
		if err := s.start("--data", data); err != nil {
			t.Fatal(err)
		}
		defer s.kill()
		path := s.pathOfFile(t, "bicycle")
		if status, got := s.download(t, path, ""); status != http.StatusOK || got != content {
			t.Errorf("from %s: %d %q", bucket, status, got)
		}
		if status, got := s.download(t, path, "bytes=5-20"); status != http.StatusPartialContent || got != content[5:21] {
			t.Errorf("a part, from %s: %d %q", bucket, status, got)
		}
		storage.Die(0)
		if err := s.expect("/ready", "503", "the file storage does not answer"); err != nil {
			t.Error(err)
		}
		if status, _ := s.download(t, path, ""); status != http.StatusInternalServerError {
			t.Errorf("from a storage that is away: %d", status)
		}
		storage.Revive()
		if err := s.expect("/ready", "200", "ready"); err != nil {
			t.Error(err)
		}
	}
}

var linkToFile = regexp.MustCompile(`href="(/files/[^"?]+)"`)

// pathOfFile finds the document with the word, and returns where its page
// offers the original.
func (s *served) pathOfFile(t *testing.T, word string) string {
	t.Helper()
	search := "/api/v1/search?q=" + word
	if err := s.expect(search, "200", `"total":1,`); err != nil {
		t.Fatal(err)
	}
	_, body, err := s.fetch(search)
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Hits []struct{ URL string }
	}
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		t.Fatal(err)
	}
	_, page, err := s.fetch(found.Hits[0].URL)
	link := linkToFile.FindStringSubmatch(page)
	if err != nil || link == nil {
		t.Fatalf("%s offers no file (%v):\n%s", found.Hits[0].URL, err, page)
	}
	return html.UnescapeString(link[1])
}

func (s *served) download(t *testing.T, path, part string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if part != "" {
		r.Header.Set("Range", part)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

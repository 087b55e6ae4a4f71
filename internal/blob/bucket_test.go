package blob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"polis/internal/blob"
	"polis/internal/blob/blobtest"
)

func init() { minio.DefaultRetryUnit = time.Millisecond } // nobody waits here

func openBucket(t *testing.T, b blob.Bucket) *blob.Store {
	t.Helper()
	s, err := b.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(t *testing.T, address, key, secret string) blob.Bucket {
	t.Helper()
	b, err := blob.ParseBucket(address, key, secret)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wantSentence expects a storage that is not available, said in these words.
func wantSentence(t *testing.T, what string, err error, words string) {
	t.Helper()
	switch {
	case !errors.Is(err, blob.ErrUnavailable):
		t.Errorf("%s: %v", what, err)
	case !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "the file storage http"):
		t.Errorf("%s is said so: %v", what, err)
	case strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), blobtest.Secret):
		t.Errorf("%s tells the secret: %#v", what, err)
	}
}

func TestAStorageThatLetsNobodyInSaysWhy(t *testing.T) {
	server := blobtest.Start(t)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	for words, b := range map[string]blob.Bucket{
		"does not know the key in POLIS_S3_KEY":    parse(t, server.Address("x"), "somebody", blobtest.Secret),
		"refuses the secret in POLIS_S3_SECRET":    parse(t, server.Address("x"), blobtest.Key, blobtest.Secret+"."),
		"has no bucket another: make it first":     parse(t, "s3://another?endpoint="+server.URL+"&region=eu", blobtest.Key, blobtest.Secret),
		"does not answer (dial tcp":                parse(t, "s3://polis?region=eu&endpoint=http://"+nobody.Addr().String(), blobtest.Key, blobtest.Secret),
		"does not answer (http: server gave HTTP ": parse(t, "s3://polis?region=eu&endpoint="+strings.TrimPrefix(server.URL, "http://"), blobtest.Key, blobtest.Secret),
	} {
		t.Run(words, func(t *testing.T) {
			s := openBucket(t, b)
			wantSentence(t, "ready", s.Ready(ctx), words)
			_, _, err := s.Put(ctx, strings.NewReader("x"), 1)
			if !errors.Is(err, blob.ErrUnavailable) {
				t.Error("put:", err)
			}
			if _, err = s.Get(ctx, blob.Sum(strings.Repeat("a", 64))); !errors.Is(err, blob.ErrUnavailable) && !errors.Is(err, blob.ErrNotFound) {
				t.Error("get:", err)
			}
			for _, err := range s.All(ctx) {
				wantSentence(t, "list", err, words)
			}
			if err := s.Check(ctx, blob.Sum(strings.Repeat("a", 64))); errors.Is(err, blob.ErrDamaged) {
				t.Error("the file is blamed:", err)
			}
		})
	}
}

func TestEveryRefusalIsASentence(t *testing.T) {
	server := blobtest.Start(t)
	s := openBucket(t, server.Bucket(t, "files"))
	for code, c := range map[string]struct {
		status int
		words  string
	}{
		"AccessDenied":                 {403, "needs the rights to list, get, put and delete"},
		"AuthorizationHeaderMalformed": {400, "another region"},
		"RequestTimeTooSkewed":         {403, "set its clock"},
		"SlowDown":                     {503, "does not work now (SlowDown: no)"},
		"SomethingNew":                 {400, "refuses what it was asked for (SomethingNew: no)"},
	} {
		server.Refuse(c.status, code)
		_, _, err := s.Put(ctx, strings.NewReader("x"), 1)
		if !errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("put at %s: %v", code, err)
		}
		wantSentence(t, code, s.Ready(ctx), c.words)
	}
	server.Refuse(507, "XMinioStorageFull")
	if err := s.Ready(ctx); !errors.Is(err, blob.ErrFull) {
		t.Error("a full storage:", err)
	}
	server.Refuse(0, "")
	if err := s.Ready(ctx); err != nil {
		t.Error("let in again:", err)
	}
}

func TestAServerThatDiesInTheMiddleOfAFile(t *testing.T) {
	server, dir := blobtest.Start(t), t.TempDir()
	s, err := server.Bucket(t, "files").Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Repeat("a page of a long report\n", 100_000)
	for _, after := range []int64{0, 100, 5_000, 1_000_000, 2_400_500} {
		server.Die(after)
		_, _, err := s.Put(ctx, strings.NewReader(content), 1<<30)
		wantSentence(t, fmt.Sprintf("put, dead after %d bytes", after), err, "does not answer")
		if left, _ := os.ReadDir(filepath.Join(dir, "arriving")); len(left) > 0 || server.Count(t) > 0 {
			t.Errorf("dead after %d bytes, and %d files are on their way and %d stored", after, len(left), server.Count(t))
		}
		server.Revive()
	}
	sum, _, err := s.Put(ctx, strings.NewReader(content), 1<<30)
	if err != nil {
		t.Fatal("alive again:", err)
	}
	t.Run("a reader goes on where the line broke", func(t *testing.T) {
		server.Stumble(500_000)
		f, err := s.Get(ctx, sum)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, err := io.ReadAll(f); string(got) != content {
			t.Errorf("read %d bytes of %d: %v", len(got), len(content), err)
		}
	})
	t.Run("a reader whom the storage leaves for good is told", func(t *testing.T) {
		server.Die(500_000)
		defer server.Revive()
		wantSentence(t, "check", s.Check(ctx, sum), "does not answer")
		_, err := s.Local(ctx, sum)
		wantSentence(t, "local", err, "does not answer")
		if left, _ := os.ReadDir(filepath.Join(dir, "arriving")); len(left) > 0 {
			t.Errorf("%d files are left half fetched", len(left))
		}
	})
}

func TestTheRegionIsAskedForWhereNobodyNamedIt(t *testing.T) {
	server := blobtest.Start(t)
	s := openBucket(t, parse(t, "s3://"+blobtest.Name+"?endpoint="+server.URL, blobtest.Key, blobtest.Secret))
	sum, _, err := s.Put(ctx, strings.NewReader("x"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx, sum); err != nil {
		t.Error(err)
	}
}

func TestAStorageThatHangsIsNotWaitedFor(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := openBucket(t, parse(t, "s3://polis?region=eu&endpoint=http://"+silent.Addr().String(), blobtest.Key, blobtest.Secret))
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	wantSentence(t, "ready", s.Ready(short), "does not answer")
}

func TestTheAddressOfABucket(t *testing.T) {
	for address, words := range map[string]string{
		"":                                     "write it as s3://BUCKET",
		"/var/files":                           "write it as s3://BUCKET",
		"https://s3.example/polis":             "write it as s3://BUCKET",
		"s3:polis?endpoint=s3.example":         "write it as s3://BUCKET",
		"s3://polis":                           "needs an endpoint",
		"s3://polis?endpoint=ftp://s3.example": "needs an endpoint",
		"s3://polis?endpoint=https://s3.example/path":          "needs an endpoint",
		"s3://polis?endpoint=https://k:hushhush@s3.example":    "needs an endpoint",
		"s3://k:hushhush@polis?endpoint=s3.example":            "POLIS_S3_SECRET",
		"s3://polis?endpoint=s3.example&secret=hushhush":       `has no "secret"`,
		"s3://polis?endpoint=s3.example&region=eu%zzhushhush":  "write it as s3://BUCKET",
		"s3://k:hush hush@polis?endpoint=s3.example&hushhush%": "s3://",
		"s3://P?endpoint=s3.example":                           "no name of a bucket",
	} {
		_, err := blob.ParseBucket(address, "k", "s")
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "hushhush") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := blob.ParseBucket("s3://polis?endpoint=s3.example", "k", ""); err == nil || !strings.Contains(err.Error(), "set POLIS_S3_KEY and POLIS_S3_SECRET") {
		t.Error("no secret:", err)
	}
	b := parse(t, "s3://polis/some/files/?endpoint=s3.example:9000", "hushkey", "hushhush")
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(form, b); text != "s3://polis/some/files/ at https://s3.example:9000" {
			t.Errorf("%s prints %s", form, text)
		}
	}
}

func TestFilesAreKeptInOnePlaceOnly(t *testing.T) {
	server, dir := blobtest.Start(t), t.TempDir()
	put := func(b blob.Bucket) {
		t.Helper()
		s, err := b.Open(dir)
		if err == nil {
			_, _, err = s.Put(ctx, strings.NewReader("x"), 1)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Run("who names a bucket that is not there may correct it", func(t *testing.T) {
		s, err := parse(t, "s3://anothr?endpoint="+server.URL, blobtest.Key, blobtest.Secret).Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Put(ctx, strings.NewReader("x"), 1); err == nil {
			t.Error("it took a file")
		}
		put(server.Bucket(t, "files"))
	})
	t.Run("who forgets the bucket is told", func(t *testing.T) {
		if _, err := blob.Open(dir); err == nil || !strings.Contains(err.Error(), "are in s3://"+blobtest.Name+"/files/: name it with --files") {
			t.Error(err)
		}
	})
	t.Run("who names another bucket is told", func(t *testing.T) {
		if _, err := server.Bucket(t, "other").Open(dir); err == nil || !strings.Contains(err.Error(), "not in s3://"+blobtest.Name+"/other/") {
			t.Error(err)
		}
		put(server.Bucket(t, "files"))
	})
	t.Run("who has files in the directory is told to copy them", func(t *testing.T) {
		own := t.TempDir()
		s, err := blob.Open(own)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Put(ctx, strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		if _, err := server.Bucket(t, "files").Open(own); err == nil || !strings.Contains(err.Error(), "copy all that is in it") {
			t.Error(err)
		}
	})
}

func TestWhatIsCopiedIntoABucketIsFoundThere(t *testing.T) {
	server, dir := blobtest.Start(t), t.TempDir()
	own, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	sum, _, err := own.Put(ctx, strings.NewReader("minutes"), 100)
	if err != nil {
		t.Fatal(err)
	}
	file, err := filepath.Glob(filepath.Join(dir, "??", "*"))
	if err != nil || len(file) != 1 {
		t.Fatal(file, err)
	}
	place, err := filepath.Rel(dir, file[0])
	if err != nil {
		t.Fatal(err)
	}
	server.PutObject(t, "files/"+filepath.ToSlash(place), "minutes")
	server.PutObject(t, "files/arriving/put-1", "half")
	server.PutObject(t, "files/"+string(sum), "in no place of ours")
	s := openBucket(t, server.Bucket(t, "files"))
	if err := s.Check(ctx, sum); err != nil {
		t.Error(err)
	}
	n := 0
	for e, err := range s.All(ctx) {
		if n++; err != nil || e.Sum != sum || e.Size != 7 {
			t.Error(e, err)
		}
	}
	if n != 1 {
		t.Errorf("%d files are named", n)
	}
}

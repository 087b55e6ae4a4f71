package blob

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket is a shelf in an S3-compatible storage. It lists, gets and puts, and
// needs no other right but for remove, which deletes what nothing refers to.
type bucket struct {
	Bucket
	client minio.Core
	dir    string    // where it is marked that the files are in the bucket
	marked sync.Once // at the first file
}

// fresh is how long a file counts as having just come. One that comes again
// later is sent again: only so does the storage know that it is needed anew.
const fresh = 12 * time.Hour

// tries is how often a request is sent before the storage counts as
// unavailable: for about two seconds.
const tries = 4

// Open keeps files in the bucket, and those that are on their way in the
// directory. The storage is not asked yet. A directory that holds files itself,
// or is marked as that of another bucket, is refused.
func (b Bucket) Open(dir string) (*Store, error) {
	if at := marked(dir); at != "" && at != b.mark() {
		return nil, fmt.Errorf("blob: the files of this place are in %s, and not in %s; where they have moved, remove %s",
			at, b.mark(), filepath.Join(dir, markName))
	}
	if held(dir) {
		return nil, fmt.Errorf("blob: there are files in %s: copy all that is in it into %s, where they have the same names, and move the directory away",
			dir, b.mark())
	}
	spool, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	transport, err := minio.DefaultTransport(b.secure)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	transport.DialContext = dial
	client, err := minio.NewCore(b.host, &minio.Options{
		Creds:  credentials.NewStaticV4(b.key, b.secret, ""),
		Secure: b.secure, Region: b.region, Transport: transport, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return &Store{shelf: &bucket{Bucket: b, client: *client, dir: dir}, spool: spool}, nil
}

func (b *bucket) object(sum Sum) string { return b.prefix + sum.place() }

// settle sends a file in one request, whose signature covers the sum: what does
// not arrive whole and as it was is refused by the storage.
func (b *bucket) settle(ctx context.Context, f *os.File, sum Sum, n int64) error {
	there, err := b.client.StatObject(ctx, b.name, b.object(sum), minio.StatObjectOptions{})
	if err != nil || there.Size != n || time.Since(there.LastModified) > fresh { // where the storage refuses, it does so again, and says why
		whole := io.NewSectionReader(f, 0, n) // it can be sent again, and does not close f
		_, err = b.client.PutObject(ctx, b.name, b.object(sum), whole, n, "", string(sum), minio.PutObjectOptions{
			ContentType: "application/octet-stream", DisableContentSha256: true, // our own sum, instead of one a chunk
		})
	}
	if err != nil {
		return b.explain(err)
	}
	b.marked.Do(func() { err = b.markPlace() })
	return err
}

func (b *bucket) open(ctx context.Context, sum Sum) (io.ReadSeekCloser, error) {
	o := &object{ctx: ctx, bucket: b, sum: sum}
	if err := o.fetch(); err != nil {
		return nil, err
	}
	return o, nil
}

func (b *bucket) all(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for o := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
			if o.Err != nil {
				yield(Entry{}, b.explain(o.Err))
				return
			}
			sum := Sum(path.Base(o.Key))
			if !sumForm.MatchString(string(sum)) || o.Key != b.object(sum) {
				continue
			}
			if !yield(Entry{sum, o.Size}, nil) {
				return
			}
		}
		if ctx.Err() != nil { // it ends the list without a word
			yield(Entry{}, b.explain(ctx.Err()))
		}
	}
}

// ready lists one file, for which the storage must know key, secret and bucket.
// Who asks for that does not wait long.
func (b *bucket) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for o := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true, MaxKeys: 1}) {
		return b.explain(o.Err)
	}
	return b.explain(ctx.Err())
}

// markName is the file that says in which bucket the files are: whoever forgets
// to name it does not begin to keep files in two places.
const markName = "bucket"

func marked(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, markName))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func (b *bucket) markPlace() error {
	if marked(b.dir) != "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(b.dir, markName), []byte(b.mark()+"\n"), 0o640); err != nil {
		return full(err)
	}
	return nil
}

// held reports whether the directory is a shelf with files.
func held(dir string) bool {
	for _, err := range directory(dir).all(context.Background()) {
		return err == nil
	}
	return false
}

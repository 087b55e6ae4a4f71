package blob

import (
	"context"
	"errors"
	"io"

	"github.com/minio/minio-go/v7"
)

// object reads a file in a bucket. It is fetched from where it is read on, and
// fetched again where the line breaks: a storage hangs up on a reader at the
// end of a slow telephone line.
type object struct {
	ctx    context.Context // of the one who reads
	bucket *bucket
	sum    Sum
	size   int64
	next   int64         // where the next Read reads
	body   io.ReadCloser // nil where nothing is being fetched
	at     int64         // where body is
}

// fetch begins to get the file from next on. The first time it finds out the
// size.
func (o *object) fetch() error {
	var from minio.GetObjectOptions
	if o.next > 0 {
		if err := from.SetRange(o.next, 0); err != nil {
			return o.bucket.explain(err)
		}
	}
	body, info, _, err := o.bucket.client.GetObject(o.ctx, o.bucket.name, o.bucket.object(o.sum), from)
	if err != nil {
		return o.bucket.explain(err)
	}
	if o.next == 0 {
		o.size = info.Size
	}
	o.body, o.at = body, o.next
	return nil
}

// Read goes on after a break, as long as each attempt brings something.
func (o *object) Read(p []byte) (int, error) {
	if o.body != nil && o.at != o.next {
		o.Close()
	}
	for again := false; o.next < o.size; again = true {
		if o.body == nil {
			if err := o.fetch(); err != nil {
				return 0, err
			}
		}
		n, err := o.body.Read(p)
		o.next += int64(n)
		o.at = o.next
		if err != nil {
			o.Close()
		}
		if n > 0 || err == nil {
			return n, nil
		}
		if again || o.ctx.Err() != nil {
			return 0, o.bucket.explain(err)
		}
	}
	return 0, io.EOF
}

// Seek moves to where the next Read reads.
func (o *object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.next
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return 0, errors.New("blob: no file begins before its beginning")
	}
	o.next = offset
	return offset, nil
}

// Close ends what is being fetched. A Read after it would fetch anew.
func (o *object) Close() error {
	if o.body != nil {
		o.body.Close()
		o.body = nil
	}
	return nil
}

package blob

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// Bucket is where in an S3-compatible storage files stay, and the key with
// which it lets us in. It prints without the secret.
type Bucket struct {
	name, prefix string // the prefix ends with a slash, or is empty
	host, region string
	secure       bool // by TLS
	key, secret  string
}

// addressForm is how the address of a bucket is written.
const addressForm = "s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION"

var errAddress = errors.New("the address of the file storage is not understood: write it as " + addressForm)

// ParseBucket reads an address such as
// "s3://polis/files?endpoint=https://s3.example:9000&region=eu". The prefix and
// the region may be absent; an endpoint without scheme is spoken to by TLS. Key
// and secret never stand in the address, and no error shows them.
func ParseBucket(address, key, secret string) (Bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.Opaque != "" || u.Fragment != "" {
		return Bucket{}, errAddress
	}
	if u.User != nil {
		return Bucket{}, errors.New("key and secret do not stand in the address of the file storage, but in POLIS_S3_KEY and POLIS_S3_SECRET")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Bucket{}, errAddress
	}
	for name := range query {
		if name != "endpoint" && name != "region" {
			return Bucket{}, fmt.Errorf("the address of the file storage has no %q: write it as %s", name, addressForm)
		}
	}
	b := Bucket{name: u.Host, region: query.Get("region"), key: key, secret: secret}
	if err := s3utils.CheckValidBucketName(b.name); err != nil {
		return Bucket{}, fmt.Errorf("%q is no name of a bucket: %w", b.name, err)
	}
	if prefix := strings.Trim(u.Path, "/"); prefix != "" {
		b.prefix = prefix + "/"
	}
	if b.host, b.secure, err = parseEndpoint(query.Get("endpoint")); err != nil {
		return Bucket{}, err
	}
	if key == "" || secret == "" {
		return Bucket{}, errors.New("the file storage asks for a key: set POLIS_S3_KEY and POLIS_S3_SECRET")
	}
	return b, nil
}

// parseEndpoint reads the address of a storage. Without one nothing is assumed:
// files go to no company that nobody has named.
func parseEndpoint(address string) (host string, secure bool, err error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", false, errors.New("the address of the file storage needs an endpoint such as https://s3.example:9000: write it as " + addressForm)
	}
	return u.Host, u.Scheme == "https", nil
}

// mark is the bucket and the prefix, wherever it is reached.
func (b Bucket) mark() string { return "s3://" + b.name + "/" + b.prefix }

func (b Bucket) endpoint() string {
	if b.secure {
		return "https://" + b.host
	}
	return "http://" + b.host
}

// String names the bucket and where it is.
func (b Bucket) String() string { return b.mark() + " at " + b.endpoint() }

// GoString is String: %#v shows no secret either.
func (b Bucket) GoString() string { return b.String() }

// IsZero reports whether no bucket was named.
func (b Bucket) IsZero() bool { return b.name == "" }

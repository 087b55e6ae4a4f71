package blob_test

import (
	"strings"
	"testing"

	"polis/internal/blob"
)

func FuzzParseBucket(f *testing.F) {
	for _, address := range []string{
		"s3://polis/files?endpoint=https://s3.example:9000&region=eu", "s3://polis?endpoint=s3.example", "s3://", "s3://a:b@polis?endpoint=x",
		"s3://polis/../..?endpoint=x", "http://polis", "s3://polis?endpoint=%zz", "s3://polis?endpoint=http://x/y?z#w", "s3://POLIS_?endpoint=x", "s3:polis", "s3://polis?region=\x00&endpoint=x",
	} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		const secret = "f9-secret-of-the-storage-2c"
		if _, err := blob.ParseBucket(address, "key", secret); err != nil && strings.Contains(err.Error(), secret) && !strings.Contains(address, secret) {
			t.Errorf("%q: the error says the secret: %v", address, err)
		}
		if _, err := blob.ParseBucket(address, "", ""); err == nil {
			t.Errorf("%q opens a storage without a key", address)
		}
	})
}

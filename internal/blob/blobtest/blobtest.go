// Package blobtest gives tests every kind of file store: a directory, and a
// bucket of a real HTTP server on the loopback that speaks S3, looks at the
// signature of every request, and can be made to fail.
package blobtest

import (
	"testing"

	"polis/internal/blob"
)

// Key and Secret are what the server lets in.
const (
	Key    = "desk-officer"
	Secret = "Kz7-nobody-may-read-this"
)

// Each runs a test on every kind of store, each of them empty.
func Each(t *testing.T, test func(t *testing.T, s Shelf)) {
	t.Run("directory", func(t *testing.T) {
		dir := t.TempDir()
		files, err := blob.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		test(t, Shelf{Store: files, Dir: dir})
	})
	t.Run("bucket", func(t *testing.T) {
		server, dir := Start(t), t.TempDir()
		files, err := server.Bucket(t, "files").Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		test(t, Shelf{Store: files, Dir: dir, server: server})
	})
}

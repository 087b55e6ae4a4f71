package search

import (
	"encoding/binary"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// pages are the bytes of a bbolt file. bbolt follows what stands in its pages
// without a look whether it can be: one wrong number, and it reads outside the
// file and takes the program with it. So every page that can be reached from
// the root is looked at first, with bounds.
type pages struct {
	bytes []byte
	size  int // of a page
	left  int // pages that may still be visited: a circle ends
}

// The kinds of pages, and the widths of their header and elements. See bbolt's
// internal/common/page.go.
const (
	branchPage   = 1
	leafPage     = 2
	headerWidth  = 16
	elementWidth = 16
	bucketFlag   = 1
	bucketWidth  = 16
)

// checkPages looks at the pages of an open file.
func checkPages(db *bbolt.DB, tx *bbolt.Tx) error {
	bytes, err := os.ReadFile(db.Path())
	if err != nil {
		return err
	}
	if int64(len(bytes)) < tx.Size() {
		return fmt.Errorf("%s has %d of %d bytes", rootFile, len(bytes), tx.Size())
	}
	size := db.Info().PageSize
	p := pages{bytes: bytes, size: size, left: len(bytes) / size}
	return p.check(uint64(tx.Cursor().Bucket().Root()))
}

// check looks at the page with the number and at all those under it.
func (p *pages) check(number uint64) error {
	if p.left--; p.left < 0 || number > uint64(len(p.bytes)/p.size) {
		return fmt.Errorf("%s: page %d is out of place", rootFile, number)
	}
	at := p.bytes[int(number)*p.size:]
	if len(at) < headerWidth || binary.NativeEndian.Uint64(at) != number {
		return fmt.Errorf("%s: page %d is not itself", rootFile, number)
	}
	width := (uint64(binary.NativeEndian.Uint32(at[12:])) + 1) * uint64(p.size)
	if width > uint64(len(at)) {
		return fmt.Errorf("%s: page %d is too long", rootFile, number)
	}
	return p.checkElements(at[:width], number)
}

// checkElements looks at the elements of a page, or of a bucket small enough to
// stand inside another's page.
func (p *pages) checkElements(page []byte, number uint64) error {
	if len(page) < headerWidth {
		return fmt.Errorf("%s: page %d has no header", rootFile, number)
	}
	kind, count := binary.NativeEndian.Uint16(page[8:]), int(binary.NativeEndian.Uint16(page[10:]))
	if kind != branchPage && kind != leafPage || headerWidth+count*elementWidth > len(page) {
		return fmt.Errorf("%s: page %d is of no kind", rootFile, number)
	}
	for i := range count {
		element := page[headerWidth+i*elementWidth:]
		var err error
		if kind == branchPage {
			err = p.checkBranch(element, number)
		} else {
			err = p.checkLeaf(element, number)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A branch's element is: where its key begins, counted from the element; the
// key's length; the number of a page.
func (p *pages) checkBranch(element []byte, number uint64) error {
	key, length := uint64(binary.NativeEndian.Uint32(element)), uint64(binary.NativeEndian.Uint32(element[4:]))
	if key+length > uint64(len(element)) {
		return fmt.Errorf("%s: a key of page %d lies outside", rootFile, number)
	}
	return p.check(binary.NativeEndian.Uint64(element[8:]))
}

// A leaf's element is: flags; where its key begins; the lengths of the key and
// of the value behind it. The value of a bucket is a page's number, or, if that
// is 0, the page itself comes behind.
func (p *pages) checkLeaf(element []byte, number uint64) error {
	field := func(i int) uint64 { return uint64(binary.NativeEndian.Uint32(element[4*i:])) }
	value := field(1) + field(2)
	if value+field(3) > uint64(len(element)) {
		return fmt.Errorf("%s: a value of page %d lies outside", rootFile, number)
	}
	if field(0)&bucketFlag == 0 {
		return nil
	}
	bucket := element[value : value+field(3)]
	if len(bucket) < bucketWidth {
		return fmt.Errorf("%s: a bucket of page %d is cut off", rootFile, number)
	}
	if root := binary.NativeEndian.Uint64(bucket); root != 0 {
		return p.check(root)
	}
	return p.checkElements(bucket[bucketWidth:], number)
}

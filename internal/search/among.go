package search

import "github.com/RoaringBitmap/roaring/v2"

// among narrows what was found to the entries of some documents: what is new of
// them, for letters and feeds.
func (f *finding) among(documents []string) error {
	if documents == nil {
		return nil
	}
	wanted := make(map[uint64]bool, len(documents))
	for _, id := range documents {
		wanted[hashOfDocument(id)] = true
	}
	sets := make([]*roaring.Bitmap, len(f.view.shelves))
	for k, s := range f.view.shelves {
		hashes, err := s.documents()
		if err != nil {
			return err
		}
		sets[k] = roaring.New()
		f.found[k].Iterate(func(n uint32) bool {
			if wanted[hashes[n]] {
				sets[k].Add(n)
			}
			return true
		})
	}
	f.found = sets
	return nil
}

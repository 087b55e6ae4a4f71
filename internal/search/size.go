package search

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Size is how many bytes the index takes on the disk; one in memory takes none.
func (ix *Index) Size() (bytes int64, err error) {
	if ix.dir == "" {
		return 0, nil
	}
	err = filepath.WalkDir(ix.dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // merged away meanwhile
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		if info, err := e.Info(); err == nil {
			bytes += info.Size()
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("search: size: %w", err)
	}
	return bytes, nil
}

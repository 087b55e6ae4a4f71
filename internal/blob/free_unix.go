//go:build linux || darwin

package blob

import "syscall"

// Free is how many bytes are free on the disk of this machine on which files
// arrive, and, unless they are in a bucket, stay. ok is false where the system
// does not say.
func (s *Store) Free() (bytes int64, ok bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.spool, &disk); err != nil {
		return 0, false
	}
	return int64(disk.Bavail) * int64(disk.Bsize), true
}

//go:build unix

package extract

import "golang.org/x/sys/unix"

// reserve takes address space, not memory: the kernel gives a page when it is first touched.
func reserve(n uint64) ([]byte, error) {
	return unix.Mmap(-1, 0, int(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

func unreserve(b []byte) { _ = unix.Munmap(b) }

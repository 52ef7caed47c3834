package store

import "syscall"

// inMemory is where Linux keeps files that never reach a disk.
const inMemory = "/dev/shm"

// enough is what must be free there, in bytes. A container is often given 64 MiB,
// which many people in one organization would fill.
const enough = 512 << 20

// roomy says whether a directory is kept in memory and has room for a data file.
func roomy(dir string) bool {
	const tmpfs = 0x01021994 // the magic number of the file system
	var there syscall.Statfs_t
	if err := syscall.Statfs(dir, &there); err != nil {
		return false
	}
	return int64(there.Type) == tmpfs && there.Bavail*uint64(there.Bsize) >= enough //nolint:unconvert // the types differ between architectures
}

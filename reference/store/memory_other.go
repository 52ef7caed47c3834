//go:build !linux

package store

// inMemory would be a directory of files that never reach a disk.
const inMemory = ""

// roomy says no: only Linux has such a directory that is always there.
func roomy(string) bool { return false }

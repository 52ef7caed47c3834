//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd

package target

import "os"

// lockShared does nothing here: the process that a ledger names stands for its lock.
func lockShared(*os.File) error { return nil }

// lockAlone fails while the process that began the run is there.
func lockAlone(_ *os.File, process int) error {
	if process == os.Getpid() {
		return nil
	}
	found, err := os.FindProcess(process)
	if err != nil {
		return nil
	}
	_ = found.Release()
	return ErrUnderWay
}

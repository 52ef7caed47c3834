//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package target

import (
	"os"
	"syscall"
)

// lockShared says that a run which writes in the file is under way. The lock ends
// with the process, however that ends.
func lockShared(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
}

// lockAlone takes the file for oneself; it fails while a run is under way.
func lockAlone(file *os.File, _ int) error {
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return ErrUnderWay
	}
	return nil
}

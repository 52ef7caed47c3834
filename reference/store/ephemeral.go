package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// ephemeral are the settings of connections to a file that ends with the process.
// Nothing in it has to survive, so nothing waits for a disk. It is this process's own,
// so nobody else has to be asked for a lock and the index of the log need not be
// shared: SQLite's "unix-excl" does without both. Nobody waits for it to be opened again
// either, so the log may grow to 16 MB before what it says is written into the file: that
// pays once for all changes of a page. The file itself is in memory where there is room: a
// page that is not at hand is only copied, and half of what other files have at hand will do.
func ephemeral() []string {
	own := []string{
		"_pragma", patient,
		"_pragma", "foreign_keys(1)",
		"_pragma", "synchronous(OFF)",
		"_pragma", inMemoryMeanwhile,
		"_pragma", "cache_size(-4000)",
		"_pragma", "wal_autocheckpoint(4000)",
	}
	if runtime.GOOS != "windows" {
		own = append(own, "vfs", "unix-excl")
	}
	return own
}

// makeEphemeral puts a blank data file into a new temporary directory.
func makeEphemeral() (path, dir string, err error) {
	content, err := blank()
	if err != nil {
		return "", "", fmt.Errorf("store: %w", err)
	}
	dir, err = temporary()
	if err != nil {
		return "", "", fmt.Errorf("store: make a temporary directory: %w", err)
	}
	path = filepath.Join(dir, "rollcall.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return "", "", errors.Join(fmt.Errorf("store: make a temporary data file: %w", err), removeDir(dir))
	}
	return path, dir, nil
}

// temporary makes a directory: where TMPDIR says, or else in memory where there is
// room, or else on the disk.
func temporary() (string, error) {
	const pattern = "rollcall-"
	if os.Getenv("TMPDIR") == "" && roomy(inMemory) {
		if dir, err := os.MkdirTemp(inMemory, pattern); err == nil {
			return dir, nil
		}
	}
	return os.MkdirTemp("", pattern)
}

func removeDir(dir string) error {
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every variable of ours that any code reads is known, so that nobody is warned of one
// that works.
func TestVariablesThatAreReadAreKnown(t *testing.T) {
	t.Parallel()
	known, found := variables(rootCommand()), 0
	literal := regexp.MustCompile(`"(ROLLCALL_[A-Z_]+)"`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range literal.FindAllStringSubmatch(string(text), -1) {
			found++
			if name[1] != "ROLLCALL_" && !slices.Contains(known, name[1]) {
				t.Errorf("%s reads %s, and it is not known", path, name[1])
			}
		}
		return err
	})
	if err != nil || found < len(alsoRead) {
		t.Errorf("%d variables in the code, %v", found, err)
	}
}

package verify_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// keptLook is a view that is put into a variable where it should be a settled one.
var keptLook = regexp.MustCompile(`:?= \w+\.Look(For)?\(`)

// A view that is kept is read or compared with later, when nothing can look again: in
// a product that shows things late it has to be settled.
func TestAViewThatIsKeptIsSettled(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := inModule(module + "/suites/" + filepath.Base(filepath.Dir(file)))
		if !isIn(name, "suites/<specs>") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range keptLook.FindAllString(string(text), -1) {
			t.Errorf("%s: %q keeps a view: use Settled or SettledFor", file, found)
		}
	}
}

package verify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "rollcall.example"

// layer is a part of the project and what of the project it may import, directly
// or through others. A name ending in /... stands for everything below it.
var layers = []struct {
	part string
	may  []string
}{
	{"fixtures", nil},
	{"fixtures/machine/...", []string{"fixtures/machine"}}, // for tests: no part below lists it
	{"simulator/...", []string{"fixtures", "simulator/..."}},
	{"reference/defect", []string{"fixtures", "reference/..."}},
	{"reference/...", []string{"fixtures", "reference/..."}},
	{"suites/target/...", []string{"fixtures", "simulator/...", "suites/target/..."}},
	{"suites/match", []string{"fixtures", "simulator/...", "suites/target/...", "suites/spec"}},
	{"suites/spec", []string{"fixtures", "simulator/...", "suites/target/...", "suites/match"}},
	{"suites/report", []string{"fixtures", "simulator/...", "suites/target/...", "suites/spec", "suites/match"}},
	{"suites/load", []string{"fixtures", "simulator/...", "suites/target/..."}},
	{"suites/bundled", []string{"fixtures", "simulator/...", "reference/...", "suites/target/..."}},
	{"suites/verify", []string{"fixtures", "simulator/...", "suites", "suites/report", "suites/target/...", "suites/spec", "suites/match", "suites/<specs>"}},
	{"suites/selftest", []string{"fixtures", "simulator/...", "reference/...", "suites/..."}},
	{"suites/products", nil},
	{"suites", []string{"fixtures", "simulator/...", "suites/target/...", "suites/spec", "suites/match", "suites/<specs>"}},
	{"suites/<specs>", []string{"fixtures", "simulator/...", "suites/target/...", "suites/spec", "suites/match"}},
	{"cmd/...", []string{"..."}},
}

// machinery are the packages below suites that hold no specs.
var machinery = []string{"target", "match", "spec", "report", "bundled", "load", "verify", "selftest", "products"}

type listedPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func goList(t *testing.T) []listedPackage {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	text, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var packages []listedPackage
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listedPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestWhoMayImportWhom(t *testing.T) {
	packages := goList(t)
	if len(packages) < 10 {
		t.Fatalf("go list found only %d packages", len(packages))
	}
	for _, p := range packages {
		name := inModule(p.ImportPath)
		at := slices.IndexFunc(layers, func(l struct {
			part string
			may  []string
		}) bool {
			return isIn(name, l.part)
		})
		if at < 0 {
			t.Errorf("%s belongs to no layer", name)
			continue
		}
		for _, dependency := range p.Deps {
			if !strings.HasPrefix(dependency, module+"/") {
				continue
			}
			used := inModule(dependency)
			if !slices.ContainsFunc(layers[at].may, func(part string) bool { return isIn(used, part) }) {
				t.Errorf("%s must not depend on %s", name, used)
			}
		}
	}
}

// Simulator and reference are products like any other, and the target and its
// description are data: none of them may need a test framework.
func TestOnlySuitesNeedATestFramework(t *testing.T) {
	for _, p := range goList(t) {
		name := inModule(p.ImportPath)
		if isIn(name, "suites/...") && !isIn(name, "suites/target/...") && name != "suites/bundled" || isIn(name, "cmd/...") {
			continue
		}
		for _, dependency := range p.Deps {
			if strings.HasPrefix(dependency, "github.com/onsi/") {
				t.Errorf("%s depends on %s", name, dependency)
			}
		}
	}
}

// Ginkgo can be run by one package only: it keeps everything in globals.
func TestOnlyVerifyRunsGinkgo(t *testing.T) {
	for _, p := range goList(t) {
		if inModule(p.ImportPath) == "suites/verify" {
			continue
		}
		for _, used := range p.Imports {
			if strings.HasPrefix(used, "github.com/onsi/ginkgo/v2/") && used != "github.com/onsi/ginkgo/v2/types" {
				t.Errorf("%s imports %s", inModule(p.ImportPath), used)
			}
		}
	}
}

// Nothing but the package that starts the reference, and what proves the suite
// with it, may know that there is one.
func TestWhoKnowsTheReference(t *testing.T) {
	for _, p := range goList(t) {
		name := inModule(p.ImportPath)
		if isIn(name, "reference/...") || isIn(name, "cmd/...") || name == "suites/bundled" || name == "suites/selftest" {
			continue
		}
		for _, used := range p.Imports {
			if isIn(inModule(used), "reference/...") {
				t.Errorf("%s imports %s", name, used)
			}
		}
	}
}

func inModule(path string) string { return strings.TrimPrefix(path, module+"/") }

// isIn says whether a package belongs to a part.
func isIn(name, part string) bool {
	switch {
	case part == "...":
		return true
	case part == "suites/<specs>":
		below, ok := strings.CutPrefix(name, "suites/")
		return ok && !slices.Contains(machinery, strings.SplitN(below, "/", 2)[0])
	case strings.HasSuffix(part, "/..."):
		root := strings.TrimSuffix(part, "/...")
		return name == root || strings.HasPrefix(name, root+"/")
	}
	return name == part
}

package spec

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/provision"
)

// These tests are inside the package: a citation is read while Ginkgo builds its
// tree, where an error ends the program.

// house is a catalogue with a requirement of each sort.
var house = fixtures.Catalogue{
	{ID: "door.open", Level: fixtures.Must, Basis: fixtures.Documented, Needs: []string{"scim.users", "look.records"}},
	{ID: "door.quiet", Level: fixtures.Should, Basis: fixtures.Documented},
	{ID: "door.wide", Level: fixtures.May, Basis: fixtures.Documented},
	{ID: "door.red", Level: fixtures.Must, Basis: fixtures.Choice, Profile: "paint=red"},
	{ID: "door.blue", Level: fixtures.Must, Basis: fixtures.Choice, Profile: "paint=blue"},
	{ID: "door.left", Level: fixtures.Must, Basis: fixtures.Choice, Profile: "hinges=left"},
	{ID: "door.soft", Level: fixtures.Should, Basis: fixtures.Choice, Profile: "paint=red"},
	{ID: "door.new", Level: fixtures.Must, Basis: fixtures.Documented, Status: "provisional"},
	{ID: "door.patched", Level: fixtures.Must, Basis: fixtures.Documented, Needs: []string{"scim.patch"}},
	{ID: "door.seated", Level: fixtures.Must, Basis: fixtures.Documented, Needs: []string{"look.seats"}},
	{ID: "door.kind", Level: fixtures.Must, Basis: fixtures.Documented, Untested: "kindness cannot be measured"},
}

// furnish puts the house in the place of the catalogue until the test ends.
func furnish(t *testing.T) {
	t.Helper()
	before, profile := fixtures.Requirements, staged.profile
	fixtures.Requirements = func() fixtures.Catalogue { return house }
	staged.profile = fixtures.Profile{Name: "house", Keys: map[string]any{"paint": "red"}}
	t.Cleanup(func() { fixtures.Requirements, staged.profile = before, profile })
}

func TestCitationsThatAreRefused(t *testing.T) {
	furnish(t)
	_, file, line, _ := runtime.Caller(0)
	for name, c := range map[string]struct {
		args []any
		says string
	}{
		"none":      {[]any{func() {}}, `"opens" cites no requirement: add spec.Clause(id)`},
		"unknown":   {[]any{Clause("door.gone"), func() {}}, `"opens" cites "door.gone", which the catalogue does not have`},
		"untested":  {[]any{Clause("door.kind"), func() {}}, `"opens" cites "door.kind", which the catalogue calls untestable`},
		"empty":     {[]any{Clause(""), func() {}}, `"opens" cites "", which the catalogue does not have`},
		"a pointer": {[]any{&Citation{id: "door.open"}, func() {}}, `"opens" cites no requirement`},
	} {
		var errs []error
		citing(func() { _, _, errs = readCitation(types.NodeTypeIt, 1, "opens", c.args) })
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), c.says) || strings.Contains(errs[0].Error(), "\n") {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		var at int
		where := strings.TrimPrefix(errs[0].Error(), file+":")
		if _, err := fmt.Sscanf(where, "%d: ", &at); err != nil || at <= line || at > line+40 {
			t.Errorf("%s does not say where it stands: %v", name, errs[0])
		}
	}
}

func TestNothingOutsideASectionIsTouched(t *testing.T) {
	furnish(t)
	given := []any{ginkgo.Label("mine"), Clause("door.gone")}
	untouched := func(name string, kind types.NodeType, args []any) {
		text, got, errs := readCitation(kind, 1, "opens", args)
		if text != "opens" || len(errs) != 0 || len(got) != len(args) {
			t.Errorf("%s: %q, %v, %v", name, text, got, errs)
		}
	}
	untouched("an It outside", types.NodeTypeIt, given)
	untouched("an It outside that cites nothing", types.NodeTypeIt, nil)
	citing(func() {
		untouched("a container", types.NodeTypeContainer, given)
		untouched("set-up", types.NodeTypeBeforeEach, nil)
	})
	untouched("an It after a section", types.NodeTypeIt, nil)
}

func TestASectionThatPanicsIsOver(t *testing.T) {
	func() {
		defer func() { _ = recover() }()
		citing(func() { panic("no such attack") })
	}()
	if inSection {
		t.Error("citations are still read")
	}
}

// read is what becomes of the arguments of an It.
func read(t *testing.T, args ...any) (labels []string, rest []any) {
	t.Helper()
	var errs []error
	citing(func() { _, rest, errs = readCitation(types.NodeTypeIt, 1, "opens", args) })
	if len(errs) != 0 {
		t.Fatal(errs)
	}
	for _, arg := range rest {
		switch arg := arg.(type) {
		case Citation:
			t.Error("the citation itself is left to Ginkgo")
		case ginkgo.Labels:
			labels = append(labels, arg...)
		}
	}
	return labels, rest
}

func TestACitationBecomesLabels(t *testing.T) {
	furnish(t)
	labels, rest := read(t, ginkgo.Label("mine"), Clause("door.open").In("twice"), func() {})
	want := []string{"mine", "req:door.open", "level:MUST", "basis:documented", "area:door", "feature:scim.users", "feature:look.records", "variant:twice"}
	if !slices.Equal(labels, want) {
		t.Errorf("got  %v\nwant %v", labels, want)
	}
	if !slices.Contains(rest, any(ginkgo.SpecTimeout(Longest))) {
		t.Error("the spec has no time limit")
	}
	labels, _ = read(t, Clause("door.soft"))
	if want := []string{"req:door.soft", "level:SHOULD", "basis:choice", "area:door"}; !slices.Equal(labels, want) {
		t.Errorf("got  %v\nwant %v", labels, want)
	}
}

func TestVariants(t *testing.T) {
	for _, c := range []struct{ own, around, want string }{
		{"", "", ""}, {"twice", "", "twice"}, {"", "oin", "oin"}, {"twice", "oin", "twice-oin"},
	} {
		inVariant = c.around
		if got := Clause("door.open").In(c.own).variantHere(); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.own, c.around, got, c.want)
		}
	}
	inVariant = ""
}

func TestGates(t *testing.T) {
	furnish(t)
	for id, want := range map[string]bool{
		"door.open": true, "door.quiet": false, "door.wide": false, "door.red": true, "door.blue": true,
		"door.left": false, "door.soft": false, "door.new": false,
	} {
		requirement, ok := house.Find(id)
		if got := gates(requirement); !ok || got != want {
			t.Errorf("%s gates: %v, want %v", id, got, want)
		}
	}
}

func TestEachDialectIsAVariant(t *testing.T) {
	var seen []string
	ran := play(t, houseOf(t), func(*Okta, *Product) {
		EachDialect(func() {
			ginkgo.It("opens", Clause("door.red"), func(context.Context) { seen = append(seen, labelled("variant:")+" "+labelled("dialect:")) })
			ginkgo.It("opens twice", Clause("door.red").In("twice"), func(context.Context) {
				seen = append(seen, labelled("variant:")+" "+labelled("dialect:"))
			})
		})
		ginkgo.It("opens anyhow", Clause("door.red"), func(context.Context) { seen = append(seen, labelled("variant:")+labelled("dialect:")) })
	})
	want := []string{""}
	for _, dialect := range provision.Dialects() {
		want = append(want, string(dialect)+" "+string(dialect), "twice-"+string(dialect)+" "+string(dialect))
	}
	slices.Sort(want)
	slices.Sort(seen)
	if !slices.Equal(seen, want) || len(ran) != 2*len(provision.Dialects())+1 {
		t.Errorf("%d specs\ngot  %q\nwant %q", len(ran), seen, want)
	}
}

const refusedHere = "ROLLCALL_TEST_REFUSED_CITATION"

// Ginkgo ends the program where a citation is refused, so that happens in a program
// of its own: this test once more.
func TestASectionWithoutCitationDoesNotBuild(t *testing.T) {
	if os.Getenv(refusedHere) != "" {
		play(t, houseOf(t), func(*Okta, *Product) {
			ginkgo.It("cites nothing at all", func(context.Context) {})
		})
		return
	}
	_, file, line, _ := runtime.Caller(0)
	again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=20s")
	again.Env = append(os.Environ(), refusedHere+"=1")
	said, err := again.CombinedOutput()
	if err == nil {
		t.Errorf("it was built:\n%s", said)
	}
	if want := fmt.Sprintf("%s:%d: %q cites no requirement", file, line-4, "cites nothing at all"); !strings.Contains(string(said), want) {
		t.Errorf("%q is not in\n%s", want, said)
	}
}

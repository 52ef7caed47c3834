package spec

import (
	"context"
	"fmt"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target"
)

// Timeout is how long one spec may take, not counting the time in which it waits
// for the product's leave to go on. Longest is how long with everything.
const (
	Timeout = 30 * time.Second
	Longest = 15 * time.Minute
)

// Citation says which requirement an It proves; see [Clause].
type Citation struct {
	id      string
	variant string
}

// Clause cites a requirement of the catalogue by its id.
func Clause(id string) Citation { return Citation{id: id} }

// In names the variant of the clause that this spec runs, where several specs
// prove one clause: its key is then clause[variant].
func (c Citation) In(variant string) Citation {
	c.variant = variant
	return c
}

// Citations are read only while a section's own body runs, so that specs of a
// vendor in the same Ginkgo suite are left alone.
var (
	inSection bool
	inVariant string
)

func citing(body func()) {
	inSection = true
	defer func() { inSection = false }()
	body()
}

// eachVariant builds body once for each variant, in a container of its own.
func eachVariant(kind string, variants []string, body func()) {
	for _, variant := range variants {
		ginkgo.Context(kind+" "+variant, ginkgo.Label(kind+":"+variant), func() {
			inVariant = variant
			defer func() { inVariant = "" }()
			body()
		})
	}
}

func init() { ginkgo.AddTreeConstructionNodeArgsTransformer(readCitation) }

// readCitation turns the Clause of an It into labels, a time limit and, where the
// requirement does not gate, a failure that only warns.
func readCitation(kind types.NodeType, offset ginkgo.Offset, text string, args []any) (string, []any, []error) {
	if !inSection || kind != types.NodeTypeIt {
		return text, args, nil
	}
	rest := make([]any, 0, len(args)+8)
	var cited *Citation
	for _, arg := range args {
		if c, ok := arg.(Citation); ok {
			cited = &c
			continue
		}
		rest = append(rest, arg)
	}
	wrong := func(what string, of ...any) []error {
		return []error{fmt.Errorf("%s: %q "+what, append([]any{types.NewCodeLocation(int(offset) + 1), text}, of...)...)}
	}
	if cited == nil {
		return text, args, wrong("cites no requirement: add spec.Clause(id)")
	}
	requirement, ok := fixtures.Requirements().Find(cited.id)
	if !ok {
		return text, args, wrong("cites %q, which the catalogue does not have", cited.id)
	}
	if requirement.Untested != "" {
		return text, args, wrong("cites %q, which the catalogue calls untestable", cited.id)
	}
	rest = append(rest, labelsOf(requirement, cited.variantHere()), ginkgo.SpecTimeout(Longest), ginkgo.AroundNode(patiently), ginkgo.AroundNode(judged))
	return text, rest, nil
}

func (c Citation) variantHere() string {
	switch {
	case c.variant == "":
		return inVariant
	case inVariant == "":
		return c.variant
	}
	return c.variant + "-" + inVariant
}

func labelsOf(r fixtures.Requirement, variant string) ginkgo.Labels {
	labels := ginkgo.Labels{"req:" + r.ID, "level:" + string(r.Level), "basis:" + string(r.Basis)}
	for _, area := range fixtures.Areas(r.ID) {
		labels = append(labels, "area:"+area)
	}
	for _, feature := range r.Needs {
		labels = append(labels, "feature:"+feature)
	}
	if variant != "" {
		labels = append(labels, "variant:"+variant)
	}
	return labels
}

// patiently ends a spec that takes too long, and not one that only has to wait.
func patiently(ctx context.Context, body func(context.Context)) {
	ctx, cancel := target.WithPatience(ctx, Timeout)
	defer cancel()
	body(ctx)
}

// judged lets a failed claim fail the spec, without secrets in what it says. Where
// the requirement does not gate it is recorded and the spec skipped, so that ginkgo,
// go test and verify all agree.
func judged(ctx context.Context, body func(context.Context)) {
	requirement := current()
	if gates(requirement) {
		failingWithoutSecrets(func() { body(ctx) })
		return
	}
	if failure := gomega.InterceptGomegaFailure(func() { body(ctx) }); failure != nil {
		conclude(EntryWarned, failure.Error(), 0)
	}
}

// gates says whether the requirement binds the target of the running spec.
func gates(r fixtures.Requirement) bool { return r.Gates(staged.profile) }

// current finds the requirement that the running spec proves.
func current() fixtures.Requirement {
	requirement, _ := fixtures.Requirements().Find(labelled("req:"))
	return requirement
}

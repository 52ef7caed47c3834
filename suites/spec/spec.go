// Package spec is the vocabulary in which the suites are written.
//
// A spec is a story: an administrator at Okta does something, a person signs in,
// and then we look at the product.
//
//	var _ = spec.Section("A tracking record", func(okta *spec.Okta, product *spec.Product) {
//		It("is not an account", spec.Clause("tracking.no-account"), func(ctx SpecContext) {
//			han := okta.Hire("Han Solo")
//
//			okta.Assign(ctx, han)
//
//			spec.Given(product.Look(ctx, han)).To(HaveRecord())
//			Expect(product.Look(ctx, han)).To(HaveNoAccount())
//		})
//	})
//
// [Section] keeps the story for later; [Register] hands all of them to Ginkgo,
// against a target, as often as needed: once in `ginkgo ./suites`, hundreds of
// times in a self-test. Each It cites the requirement that it proves with
// [Clause]; one that cites nothing does not build.
//
// [Given] is a control: where it fails, the spec proved nothing and says so
// (untestable). Expect is the claim. The verbs of [Okta] never fail a spec when
// the product refuses: as in the real thing that is a task for an administrator,
// and the look that follows decides. Only a broken wire or probe ends a spec, as
// an error of the run and not of the product.
package spec

import (
	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/suites/target"
)

type section struct {
	text     string
	location types.CodeLocation
	body     func(okta *Okta, product *Product)
}

// sections is filled while packages are initialized and only read afterwards.
var sections []section

// Section keeps a group of specs for [Register]. The two actors are pointers
// because the body runs while the tree of specs is built; before each spec they
// are given a fresh Okta tenant, with people of its own, and the product.
func Section(text string, body func(okta *Okta, product *Product)) bool {
	sections = append(sections, section{text, types.NewCodeLocation(1), body})
	return true
}

// Register hands every section to Ginkgo. The target is asked for before each
// spec, since parallel processes learn of it late.
func Register(at func() target.Target) {
	RegisterSome(at, func(string) bool { return true })
}

// RegisterSome hands Ginkgo the sections whose text is wanted: building specs that are
// not run costs more than many a one that is.
func RegisterSome(at func() target.Target, wanted func(section string) bool) {
	for _, s := range sections {
		if !wanted(s.text) {
			continue
		}
		ginkgo.Describe(s.text, s.location, func() {
			var okta Okta
			var product Product
			ginkgo.BeforeEach(func() { raiseCurtain(at(), &okta, &product) })
			ginkgo.AfterEach(func() {
				keepEvidence(&okta)
				clearAway(&okta)
				okta, product = Okta{}, Product{} // and all that they remember of the wire
			})
			citing(func() { s.body(&okta, &product) })
		})
	}
}

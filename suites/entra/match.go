package entra

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("Somebody for whom Entra looks", with(func(s service, _ *spec.Product) {
	for _, by := range []struct {
		clause, attribute string
		written           func(string) string
	}{
		{"entra.match.by-user-name", "userName", strings.Clone},
		{"entra.match.by-user-name-in-any-case", "userName", strings.ToUpper},
		{"entra.match.by-external-id", "externalId", strings.Clone},
	} {
		It("is found: "+by.clause[len("entra.match."):], spec.Clause(by.clause), func(ctx SpecContext) {
			han := s.provision(ctx, s.person("Han Solo"))
			s.provision(ctx, s.person("Leia Organa"))
			written := by.written(text(han, by.attribute))

			Expect(s.find(ctx, by.attribute, written)).To(BeListOf(han))
		})
	}

	for _, by := range []string{"userName", "externalId"} {
		It("and is not there leaves an empty list: "+by, spec.Clause("entra.match.nobody").In(strings.ToLower(by)), func(ctx SpecContext) {
			han := s.provision(ctx, s.person("Han Solo"))
			spec.Given(s.find(ctx, by, text(han, by))).To(BeListOf(han))

			Expect(s.find(ctx, by, s.NoID())).To(ListUsers(0))
		})
	}

	It("is found by the address for work", spec.Clause("entra.match.by-work-email"), func(ctx SpecContext) {
		address, home := "work."+s.Tag()+"@rollcall.test", "home."+s.Tag()+"@rollcall.test"
		han := s.provision(ctx, s.person("Han Solo", spec.With("emails", []any{
			spec.Body{"type": "work", "value": address}, spec.Body{"type": "home", "value": home},
		})))

		Expect(s.find(ctx, `emails[type eq "work"].value`, address)).To(BeListOf(han))
		Expect(s.find(ctx, `emails[type eq "work"].value`, home)).To(ListUsers(0))
	})

	It("is found by two attributes at once", spec.Clause("entra.match.by-two"), func(ctx SpecContext) {
		han, leia := s.provision(ctx, s.person("Han Solo")), s.provision(ctx, s.person("Leia Organa"))

		Expect(s.find(ctx, "userName", text(han, "userName"), "externalId", text(han, "externalId"))).To(BeListOf(han))
		Expect(s.find(ctx, "userName", text(han, "userName"), "externalId", text(leia, "externalId"))).To(ListUsers(0))
	})
}))

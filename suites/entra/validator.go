package entra

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/entra"
	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// mapped are attributes to which Entra maps something of its own by default.
var mapped = map[string][]string{
	spec.UserSchema: {
		"userName", "active", "displayName", "title", "preferredLanguage", "name.givenName", "name.familyName", "name.formatted",
		"emails.value", "emails.type", "phoneNumbers.value", "phoneNumbers.type",
		"addresses.streetAddress", "addresses.locality", "addresses.region", "addresses.postalCode", "addresses.country", "addresses.type",
	},
	entra.Enterprise: {"employeeNumber", "department", "manager"},
}

var _ = spec.OverSCIM("An endpoint that Entra tries", with(func(s service, _ *spec.Product) {
	It("changes nothing for a request without operations", spec.Clause("entra.validator.no-operations"), func(ctx SpecContext) {
		han := s.provision(ctx, s.person("Han Solo"))

		answer := s.Steadily(ctx, han, func() provision.Answer { return s.patch(ctx, han, []entra.Operation{}) })

		Expect(answer).To(Or(beDone(), BeSCIMError(http.StatusBadRequest, "")))
	})

	It("describes the attributes to which Entra maps", spec.Clause("entra.validator.mapped-described"), func(ctx SpecContext) {
		spec.Given(s.Schema(ctx, spec.UserSchema)).NotTo(BeNil(), "a description of "+spec.UserSchema)
		var missing []string
		for urn, paths := range mapped {
			for _, path := range paths {
				if s.Attribute(ctx, urn, path) == nil {
					missing = append(missing, urn+":"+path)
				}
			}
		}

		Expect(missing).To(BeEmpty(), "attributes that %s leaves out: %s", "/Schemas", strings.Join(missing, ", "))
	})
}))

package saml

import (
	"context"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// bindings are those by which logout messages come, by the names of variants.
var bindings = []struct{ name, binding string }{{"redirect", idp.BindingRedirect}, {"post", idp.BindingPOST}}

// guest has somebody signed in, at a product with single logout.
func guest(ctx context.Context, okta *spec.Okta, name string) spec.Visit {
	GinkgoHelper()
	return inAs(ctx, okta, admitted(ctx, okta, name))
}

// present is guest, at a product that says that they are in.
func present(ctx context.Context, okta *spec.Okta, product *spec.Product, name string) spec.Visit {
	GinkgoHelper()
	visit := guest(ctx, okta, name)
	spec.Given(product.WhoAmI(ctx, visit)).To(BeOpen())
	return visit
}

// leaves has an honest logout end what is left of a session.
func leaves(ctx context.Context, okta *spec.Okta, product *spec.Product, visit spec.Visit) {
	GinkgoHelper()
	okta.End(ctx, visit)
	spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())
}

// inAs signs the person in, in a browser of its own.
func inAs(ctx context.Context, okta *spec.Okta, person *spec.Person) spec.Visit {
	GinkgoHelper()
	visit := okta.SignIn(ctx, person)
	spec.Given(visit).To(BeSignedIn())
	return visit
}

var _ = spec.Section("Okta ends a session", func(okta *spec.Okta, product *spec.Product) {
	for _, by := range bindings {
		It("and it is over, by "+by.name, spec.Clause("saml.slo.ends-session").In(by.name), func(ctx SpecContext) {
			okta.LogoutBy(ctx, by.binding)
			visit := present(ctx, okta, product, "Han Solo")

			okta.End(ctx, visit)

			Expect(product.WhoAmI(ctx, visit)).To(BeShut())
		})

		It("and is told so, by "+by.name, spec.Clause("saml.slo.answered").In(by.name), func(ctx SpecContext) {
			okta.LogoutBy(ctx, by.binding)

			parting := okta.End(ctx, guest(ctx, okta, "Han Solo"))

			Expect(parting.Complaint).To(BeEmpty())
			Expect(parting.Answer).NotTo(BeNil(), parting.String())
			Expect(parting.Answer.Status.Code).To(Equal(idp.StatusSuccess))
			Expect(parting.Answer.InResponseTo).NotTo(BeEmpty())
		})
	}

	for _, way := range []struct {
		variant string
		write   func(signed signing, query string) (string, error)
	}{
		{"lower-case", func(signed signing, query string) (string, error) {
			return signed(lowerEscapes(query))
		}},
		{"space", func(signed signing, query string) (string, error) {
			return signed(strings.ReplaceAll(query, "+", "%20"))
		}},
		{"relay-state-first", func(signed signing, query string) (string, error) {
			message, state, _ := strings.Cut(query, "&")
			query, err := signed(query)
			return state + "&" + message + strings.TrimPrefix(query, message+"&"+state), err
		}},
	} {
		It("by a query that is written in another way", spec.Clause("saml.slo.octets-as-signed").In(way.variant), func(ctx SpecContext) {
			okta.LogoutBy(ctx, idp.BindingRedirect)
			visit := present(ctx, okta, product, "Han Solo")

			okta.EndBy(ctx, visit, writing(okta, way.write))

			Expect(product.WhoAmI(ctx, visit)).To(BeShut())
		})
	}

	It("and gets its RelayState back", spec.Clause("saml.slo.relay-state"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)

		parting := okta.EndBy(ctx, guest(ctx, okta, "Han Solo"), simulator.LogoutOptions{RelayState: "rollcall-relay"})

		spec.Given(parting.Answer).NotTo(BeNil(), parting.String())
		Expect(parting.Answer.RelayState).To(Equal("rollcall-relay"))
	})

	It("and its cookie opens nothing any more", spec.Clause("saml.slo.session-dead"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		visit := guest(ctx, okta, "Han Solo")
		kept := visit.Kept()
		spec.Given(product.WhoAmI(ctx, kept)).To(BeOpen())

		okta.End(ctx, visit)

		Expect(product.WhoAmI(ctx, kept)).To(BeShut())
	})

	It("and the person may come in again", spec.Clause("saml.slo.sign-in-again"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		han := admitted(ctx, okta, "Han Solo")
		visit := inAs(ctx, okta, han)
		leaves(ctx, okta, product, visit)

		Expect(okta.SignInOnce(ctx, visit)).To(BeSignedIn())
	})

	It("and no other one of the person", spec.Clause("saml.slo.index-ends-one"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		han := admitted(ctx, okta, "Han Solo")
		first := inAs(ctx, okta, han)
		second := inAs(ctx, okta, han)

		okta.End(ctx, first)

		Expect(product.WhoAmI(ctx, second)).To(BeOpen())
		spec.Given(product.WhoAmI(ctx, first)).To(BeShut())
	})

	It("and every one that it names", spec.Clause("saml.slo.every-index"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		han := admitted(ctx, okta, "Han Solo")
		first := inAs(ctx, okta, han)
		second := inAs(ctx, okta, han)

		okta.End(ctx, first, func(l *idp.Logout) { l.SessionIndexes = append(l.SessionIndexes, second.Response.SessionIndex) })

		Expect(product.WhoAmI(ctx, second)).To(BeShut())
		spec.Given(product.WhoAmI(ctx, first)).To(BeShut())
	})

	It("and all of the person where it names none", spec.Clause("saml.slo.no-index-ends-all"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		han := admitted(ctx, okta, "Han Solo")
		first := inAs(ctx, okta, han)
		second := inAs(ctx, okta, han)

		okta.End(ctx, first, func(l *idp.Logout) { l.SessionIndexes = nil })

		Expect(product.WhoAmI(ctx, second)).To(BeShut())
		spec.Given(product.WhoAmI(ctx, first)).To(BeShut())
	})

	It("and none of anybody else", spec.Clause("saml.slo.others-stay"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		leia, visit := guest(ctx, okta, "Leia Organa"), guest(ctx, okta, "Han Solo")

		okta.End(ctx, visit, func(l *idp.Logout) { l.SessionIndexes = nil })

		Expect(product.WhoAmI(ctx, leia)).To(BeOpen())
		spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())
	})

	It("of nobody, and is told that", spec.Clause("saml.slo.unknown-told"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		visit := guest(ctx, okta, "Han Solo")

		parting := okta.End(ctx, visit, func(l *idp.Logout) { l.Name.Value = "nobody." + l.Name.Value })

		Expect(parting.Answer).NotTo(BeNil(), parting.String())
		Expect(parting.Answer.Status.Code).NotTo(Equal(idp.StatusSuccess))
		spec.Given(okta.End(ctx, visit).Answer).NotTo(BeNil())
	})

	It("once, and not what began after", spec.Clause("saml.slo.request-once"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		han := admitted(ctx, okta, "Han Solo")
		visit := inAs(ctx, okta, han)
		used := okta.End(ctx, visit, func(l *idp.Logout) { l.SessionIndexes = nil })
		spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())
		next := inAs(ctx, okta, han)

		okta.Bring(ctx, next, used.Sent)

		Expect(product.WhoAmI(ctx, next)).To(BeOpen())
		okta.End(ctx, next)
		spec.Given(product.WhoAmI(ctx, next)).To(BeShut())
	})
})

// signing adds its signature to a query.
type signing func(query string) (string, error)

// writing signs the query of a logout request as it is written, in whatever way.
func writing(okta *spec.Okta, write func(signed signing, query string) (string, error)) simulator.LogoutOptions {
	return simulator.LogoutOptions{
		RelayState: "to the/exit",
		Draft: func(e *idp.Envelope) error {
			e.Signer.Key = nil // whoever writes it signs it
			return nil
		},
		Replace: func(c *simulator.Carriage) error {
			at := strings.Index(c.Address, "SAMLRequest=")
			written, err := write(okta.Identity().Signer().SignQuery, c.Address[at:])
			c.Address = c.Address[:at] + written
			return err
		},
	}
}

var escapes = regexp.MustCompile(`%[0-9A-F]{2}`)

// lowerEscapes writes the percent escapes of a query in lower case.
func lowerEscapes(query string) string { return escapes.ReplaceAllStringFunc(query, strings.ToLower) }

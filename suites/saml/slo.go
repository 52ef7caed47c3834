package saml

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
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
			visit := guest(ctx, okta, "Han Solo")
			spec.Given(product.WhoAmI(ctx, visit)).To(BeOpen())

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
		write   func(signed func(query string) (string, error), query string) (string, error)
	}{
		{"lower-case", func(signed func(string) (string, error), query string) (string, error) {
			return signed(lowerEscapes(query))
		}},
		{"space", func(signed func(string) (string, error), query string) (string, error) {
			return signed(strings.ReplaceAll(query, "+", "%20"))
		}},
		{"relay-state-first", func(signed func(string) (string, error), query string) (string, error) {
			message, state, _ := strings.Cut(query, "&")
			query, err := signed(query)
			return state + "&" + message + strings.TrimPrefix(query, message+"&"+state), err
		}},
	} {
		It("by a query that is written in another way", spec.Clause("saml.slo.octets-as-signed").In(way.variant), func(ctx SpecContext) {
			okta.LogoutBy(ctx, idp.BindingRedirect)
			visit := guest(ctx, okta, "Han Solo")
			spec.Given(product.WhoAmI(ctx, visit)).To(BeOpen())

			okta.EndBy(ctx, visit, simulator.LogoutOptions{
				RelayState: "to the/exit",
				Draft: func(e *idp.Envelope) error {
					e.Signer.Key = nil // it is signed as it is written
					return nil
				},
				Replace: func(c *simulator.Carriage) error {
					at := strings.Index(c.Address, "SAMLRequest=")
					written, err := way.write(okta.Identity().Signer().SignQuery, c.Address[at:])
					c.Address = c.Address[:at] + written
					return err
				},
			})

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
		okta.End(ctx, visit)
		spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())

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

var _ = spec.Section("A logout request", func(okta *spec.Okta, product *spec.Product) {
	for _, attack := range forge.Logouts() {
		It("that "+attack.Summary+" ends nothing", spec.Clause("saml.slo."+attack.Rule).In(attack.Name), func(ctx SpecContext) {
			if attack.Binding == "" {
				okta.SetUpLogout(ctx)
			} else {
				okta.LogoutBy(ctx, attack.Binding)
			}
			visit := guest(ctx, okta, "Leia Organa")
			spec.Given(product.WhoAmI(ctx, visit)).To(BeOpen())
			donor := forge.LogoutDonor{}
			if attack.Lure {
				donor.Collector = okta.Collector().Address()
			}

			parting := okta.EndBy(ctx, visit, attack.Options(donor))

			Expect(product.WhoAmI(ctx, visit)).To(BeOpen())
			if attack.NoCrash {
				Expect(parting.Crash()).To(BeEmpty())
			}
			if attack.Lure {
				Expect(okta.Collector().Visitors()).To(BeEmpty(), "the product opened an address that the message names")
			}
			okta.End(ctx, visit)
			spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())
			spec.Withstood(parting)
		})
	}

	for _, speaker := range []struct {
		variant string
		as      func(own, other idp.Identity) idp.Identity
	}{
		{"own-name", func(_, other idp.Identity) idp.Identity { return other }},
		{"other-name", func(own, other idp.Identity) idp.Identity {
			own.Key, own.Certificate = other.Key, other.Certificate
			return own
		}},
	} {
		It("of another customer's Okta ends nothing", spec.Clause("saml.slo.other-tenant").In(speaker.variant), func(ctx SpecContext) {
			elsewhere, _ := product.Found(ctx, spec.Organization{})
			okta.SetUpLogout(ctx)
			visit := guest(ctx, okta, "Leia Organa")
			spec.Given(product.WhoAmI(ctx, visit)).To(BeOpen())

			okta.EndBy(ctx, visit, simulator.LogoutOptions{Draft: func(e *idp.Envelope) error {
				as := speaker.as(okta.Identity(), elsewhere.Identity())
				e.Root.SelectElement("Issuer").SetText(as.EntityID)
				e.Signer = as.Signer()
				return nil
			}})

			Expect(product.WhoAmI(ctx, visit)).To(BeOpen())
			okta.End(ctx, visit)
			spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())
		})
	}
})

var _ = spec.Section("Another message at the address for logout", func(okta *spec.Okta, product *spec.Product) {
	for _, field := range []string{"SAMLRequest", "SAMLResponse"} {
		It("ends nothing when it is an assertion's response, as "+field, spec.Clause("saml.slo.kinds-apart").In("response-as-"+strings.ToLower(strings.TrimPrefix(field, "SAML"))), func(ctx SpecContext) {
			okta.LogoutBy(ctx, idp.BindingPOST)
			visit := guest(ctx, okta, "Leia Organa")

			parting := okta.EndBy(ctx, visit, simulator.LogoutOptions{Replace: func(c *simulator.Carriage) error {
				c.Form = url.Values{field: {visit.Response.Encoded()}}
				return nil
			}})

			Expect(product.WhoAmI(ctx, visit)).To(BeOpen())
			Expect(parting.Crash()).To(BeEmpty())
			okta.End(ctx, visit)
			spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())
		})
	}

	It("signs nobody in where it is a logout request at the address for responses", spec.Clause("saml.slo.kinds-apart").In("logout-as-response"), func(ctx SpecContext) {
		okta.LogoutBy(ctx, idp.BindingPOST)
		first := guest(ctx, okta, "Leia Organa")
		parting := okta.End(ctx, first)
		spec.Given(parting.Sent.Form.Get("SAMLRequest")).NotTo(BeEmpty())
		lando := admitted(ctx, okta, "Lando Calrissian")

		visit := okta.SignInPosting(ctx, lando, func(p *simulator.Posting) error {
			p.SAMLResponse = parting.Sent.Form.Get("SAMLRequest")
			return nil
		})

		Expect(visit).To(BeRefused())
		Expect(visit.Answered).To(BeNumerically("<", 500), "the product fell over it")
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())
	})

	for _, answer := range []struct {
		variant, to string
		status      idp.Status
	}{
		{"unsolicited", "", idp.Status{Code: idp.StatusSuccess}},
		{"unknown", "_nobody-asked-this", idp.Status{Code: idp.StatusSuccess}},
		{"failed", "_nobody-asked-this", idp.Status{Code: idp.StatusResponder, Below: idp.StatusPartialLogout}},
	} {
		It("is survived when it answers a request that nobody made", spec.Clause("saml.slo.stray-answer").In(answer.variant), func(ctx SpecContext) {
			okta.SetUpLogout(ctx)
			visit := guest(ctx, okta, "Leia Organa")

			parting := okta.Bring(ctx, visit, okta.LogoutAnswer(answer.to, answer.status))

			Expect(parting.Crash()).To(BeEmpty())
			okta.End(ctx, visit)
			spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())
		})
	}
})

var _ = spec.Section("Somebody signs out at the product", func(okta *spec.Okta, product *spec.Product) {
	It("and Okta is asked to end their session, by a request that it believes", spec.Clause("saml.slo.sign-out-told"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		visit := guest(ctx, okta, "Han Solo")

		parting := okta.SignOut(ctx, visit)

		Expect(parting.Complaint).To(BeEmpty())
		Expect(parting.Request).NotTo(BeNil(), parting.String())
		Expect(parting.Request.Name).To(Equal(visit.Response.Name))
		Expect(parting.Request.SessionIndexes).To(HaveEach(visit.Response.SessionIndex))
		Expect(parting.Crash()).To(BeEmpty())
	})

	It("and is out, whatever Okta says to it", spec.Clause("saml.slo.sign-out-anyway"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		okta.Configure(func(s *simulator.AppSettings) { s.SAML.Certificates = nil }) // so that Okta believes nothing, and does not answer
		visit := guest(ctx, okta, "Han Solo")
		kept := visit.Kept()
		spec.Given(product.WhoAmI(ctx, kept)).To(BeOpen())

		parting := okta.SignOut(ctx, visit)

		spec.Given(parting.Request).NotTo(BeNil(), parting.String())
		Expect(product.WhoAmI(ctx, kept)).To(BeShut())
	})

	It("and is out when Okta says that it failed", spec.Clause("saml.slo.failed-answer"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		okta.Configure(func(s *simulator.AppSettings) { s.SAML.Certificates = nil })
		visit := guest(ctx, okta, "Han Solo")
		asked := okta.SignOut(ctx, visit).Request
		spec.Given(asked).NotTo(BeNil())

		parting := okta.Bring(ctx, visit, okta.LogoutAnswer(asked.ID, idp.Status{Code: idp.StatusResponder}))

		Expect(parting.Crash()).To(BeEmpty())
		Expect(product.WhoAmI(ctx, visit)).To(BeShut())
	})
})

var escapes = regexp.MustCompile(`%[0-9A-F]{2}`)

// lowerEscapes writes the percent escapes of a query in lower case.
func lowerEscapes(query string) string { return escapes.ReplaceAllStringFunc(query, strings.ToLower) }

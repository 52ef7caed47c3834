package saml

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// foreign is a host that is nobody's: no product has a reason to send anybody there.
const foreign = "elsewhere.rollcall.test"

// scripted finds an address that is a script where a browser would go to it.
var scripted = regexp.MustCompile(`(?i)[=(]\s*["']?\s*(javascript:rollcall|data:text/html,rollcall)`)

var _ = spec.Section("A RelayState", func(okta *spec.Okta, _ *spec.Product) {
	for _, state := range []struct{ clause, variant, value string }{
		{"saml.rly.stays", "absolute", "https://" + foreign + "/"},
		{"saml.rly.stays-disguised", "slashes", "//" + foreign},
		{"saml.rly.stays-disguised", "three-slashes", "///" + foreign},
		{"saml.rly.stays-disguised", "backslash", `/\` + foreign},
		{"saml.rly.stays-disguised", "backslashes", `\\` + foreign},
		{"saml.rly.stays-disguised", "scheme", "https:" + foreign},
		{"saml.rly.stays-disguised", "tab", "/\t/" + foreign},
		{"saml.rly.stays-disguised", "space", " //" + foreign},
		{"saml.rly.stays-disguised", "escaped", "%2f%2f" + foreign},
		{"saml.rly.stays-disguised", "user", "{origin}@" + foreign},
		{"saml.rly.stays-disguised", "suffix", "{origin}." + foreign},
		{"saml.rly.no-script", "javascript", "javascript:rollcall()"},
		{"saml.rly.no-script", "data", "data:text/html,rollcall"},
		{"saml.rly.no-script", "html", `">` + planted},
	} {
		It("does not lead away from the product, nor to a script", cited(state.clause, state.variant), func(ctx SpecContext) {
			brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
				GinkgoHelper()
				held := freely(ctx, okta, lando)
				visit := okta.Deliver(ctx, held.Relaying(strings.ReplaceAll(state.value, "{origin}", withoutPort(held.ACS))), nil)
				Expect(visit.Left).To(BeEmpty(), "the product sent the browser away")
				Expect(scripted.MatchString(html.UnescapeString(visit.Body)) || tag.MatchString(visit.Body)).To(BeFalse(), "the page leads to the script")
				return visit
			})
		})
	}

	It("adds no header to an answer", spec.Clause("saml.rly.no-header"), func(ctx SpecContext) {
		brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
			GinkgoHelper()
			held := freely(ctx, okta, lando)
			visit := okta.Deliver(ctx, held.Relaying("/\r\nSet-Cookie: rollcall_planted=1; Path=/\r\nX-Rollcall: 1"), nil)
			for _, cookie := range held.Browser().Cookies(held.ACS) {
				Expect(cookie.Name).NotTo(Equal("rollcall_planted"), "the RelayState set a cookie")
			}
			return visit
		})
	})

	for _, odd := range []struct {
		variant string
		body    func(response string) []byte
	}{
		{"long", func(r string) []byte { return form("SAMLResponse", r, "RelayState", "/"+strings.Repeat("a", 100)) }},
		{"very-long", func(r string) []byte { return form("SAMLResponse", r, "RelayState", "/"+strings.Repeat("a", 64<<10)) }},
		{"missing", func(r string) []byte { return form("SAMLResponse", r) }},
		{"twice", func(r string) []byte { return form("SAMLResponse", r, "RelayState", "/a", "RelayState", "/b") }},
		{"no-text", func(r string) []byte { return append(form("SAMLResponse", r), "&RelayState=%ff%fe%00"...) }},
	} {
		It("of any kind takes nothing down", spec.Clause("saml.rly.any-kind").In(odd.variant), func(ctx SpecContext) {
			brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
				GinkgoHelper()
				held := freely(ctx, okta, lando)
				visit := okta.Deliver(ctx, held, func(d *simulator.Delivery) { d.Body = odd.body(held.SAMLResponse) })
				Expect(visit.Crash()).To(BeEmpty(), "the product fell over the RelayState")
				Expect(visit.Status).To(BeNumerically("<", http.StatusInternalServerError), "the page that it led to")
				return visit
			})
		})
	}

	It("of somebody else's sign-in does not sign in as them", spec.Clause("saml.rly.of-another"), func(ctx SpecContext) {
		brought(ctx, okta, func(lando, leia *spec.Person) spec.Visit {
			GinkgoHelper()
			hers := okta.Hold(ctx, leia)
			spec.Given(okta.Post(ctx, hers)).To(BeSignedIn())

			visit := okta.Deliver(ctx, okta.Hold(ctx, lando).Relaying(hers.RelayState), nil)
			Expect(visit).NotTo(BeSignedInAs(leia.Email()))
			Expect(visit.Crash()).To(BeEmpty(), "the product fell over the RelayState")
			return visit
		})
	})

	It("that was altered takes nothing down, nor leads away", spec.Clause("saml.rly.altered"), func(ctx SpecContext) {
		brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
			GinkgoHelper()
			held := okta.Hold(ctx, lando)
			visit := okta.Deliver(ctx, held.Relaying(held.RelayState+"~"), nil)
			Expect(visit.Left).To(BeEmpty(), "the product sent the browser away")
			Expect(visit.Crash()).To(BeEmpty(), "the product fell over the RelayState")
			return visit
		})
	})

	It("that is a path of the product's leads there", spec.Clause("saml.rly.deep-link"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())

		visit := okta.Deliver(ctx, okta.HoldFromOkta(ctx, han).Relaying("/reports/1"), nil)
		Expect(visit).To(BeSignedIn())
		landing, err := url.Parse(visit.Landing)
		Expect(err).NotTo(HaveOccurred())
		Expect(landing.Path).To(Equal("/reports/1"))
	})
})

// withoutPort is the origin of an address, as far as a name can follow it.
func withoutPort(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return at.Scheme + "://" + at.Hostname()
}

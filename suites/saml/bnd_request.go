package saml

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A request of the product's", func(okta *spec.Okta, _ *spec.Product) {
	It("has an ID that nobody guesses", spec.Clause("saml.bnd.request-id"), func(ctx SpecContext) {
		const many = 12
		var ids []string
		for range many {
			ids = append(ids, okta.Ask(ctx, nil).ID)
		}

		Expect(ids).To(HaveEach(MatchRegexp(`^[A-Za-z_][A-Za-z0-9_.-]*$`)), "an ID is an xs:ID (SAML core, section 1.3.4)")
		Expect(slices.Compact(slices.Sorted(slices.Values(ids)))).To(HaveLen(many), "an ID came twice")
		// A character of an ID carries at most six bits.
		Expect(slices.Min(differing(ids))*6).To(BeNumerically(">=", 128), "what differs from one ID to the next holds too few bits")
	})

	It("says whose it is", spec.Clause("saml.bnd.request-issuer"), func(ctx SpecContext) {
		Expect(okta.Ask(ctx, nil).Issuer).To(Equal(okta.Connection().SAML.EntityID))
	})

	It("says whom it is for", spec.Clause("saml.bnd.request-destination"), func(ctx SpecContext) {
		Expect(okta.Ask(ctx, nil).Destination).To(Equal(okta.Identity().SSOURL))
	})

	It("is of this moment", spec.Clause("saml.bnd.request-time"), func(ctx SpecContext) {
		const tolerance = 10 * time.Minute
		Expect(okta.Ask(ctx, nil).IssueInstant).To(BeTemporally("~", okta.Now(), tolerance))
	})

	It("comes with a RelayState that goes through everywhere", spec.Clause("saml.bnd.request-relay-state"), func(ctx SpecContext) {
		const most = 80
		asked := okta.Ask(ctx, nil)
		spec.Given(asked.ID).NotTo(BeEmpty(), "the product asks for nothing")
		Expect(len(asked.RelayState)).To(BeNumerically("<=", most), "bytes of RelayState")
	})

	for _, parameter := range []string{"acs", "acs_url", "AssertionConsumerServiceURL", "callback", "redirect_uri"} {
		It("asks for the answer at its own address, whatever its link says", spec.Clause("saml.bnd.request-acs-fixed").In(strings.ToLower(strings.ReplaceAll(parameter, "_", "-"))), func(ctx SpecContext) {
			spec.Given(okta.Ask(ctx, nil).ID).NotTo(BeEmpty(), "the product asks for nothing")

			Expect(okta.Ask(ctx, url.Values{parameter: {forge.Elsewhere}}).ACS).NotTo(ContainSubstring("elsewhere"))
		})
	}
})

// differing is of each text how much of it is not in all of them: what
// follows the beginning that they have in common.
func differing(texts []string) []int {
	common := texts[0]
	for _, text := range texts {
		for !strings.HasPrefix(text, common) {
			common = common[:len(common)-1]
		}
	}
	var rest []int
	for _, text := range texts {
		rest = append(rest, len(text)-len(common))
	}
	return rest
}

// planted is a script that stands for those of attackers.
const planted = "<script>rollcall()</script>"

// tag finds it where a browser would run it.
var tag = regexp.MustCompile(`(?i)<script>rollcall\(\)`)

var _ = spec.Section("The page about a response that was refused", func(okta *spec.Okta, _ *spec.Product) {
	for _, page := range []struct {
		variant string
		bring   func(spec.Held) spec.Held
	}{
		{"document", func(h spec.Held) spec.Held { return h.Carrying([]byte("<Response>" + planted)) }},
		{"text", func(h spec.Held) spec.Held {
			h.SAMLResponse = planted
			return h
		}},
		{"issuer", func(h spec.Held) spec.Held {
			return h.Carrying(regexp.MustCompile(`(Issuer[^>]*>)[^<]*`).ReplaceAll(h.XML(), []byte("${1}&lt;script&gt;rollcall()&lt;/script&gt;")))
		}},
		{"attribute", func(h spec.Held) spec.Held {
			return h.Carrying(regexp.MustCompile(`(Destination=")[^"]*`).ReplaceAll(h.XML(), []byte("${1}&lt;script&gt;rollcall()&lt;/script&gt;")))
		}},
		{"relay-state", func(h spec.Held) spec.Held {
			return h.Carrying([]byte("<Response/>")).Relaying(`">` + planted)
		}},
	} {
		It("runs no script that came in it", spec.Clause("saml.bnd.error-page-escapes").In(page.variant), func(ctx SpecContext) {
			brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
				GinkgoHelper()
				held := page.bring(freely(ctx, okta, lando))
				visit := okta.Deliver(ctx, held, nil)
				spec.Given(visit).To(BeRefused())
				Expect(tag.MatchString(visit.Body) && rendered(visit.Visit)).To(BeFalse(), "the page holds the script as it came")
				return visit
			})
		})
	}
})

// rendered says whether a browser takes the page for HTML, as it does where nothing else
// is said.
func rendered(v simulator.Visit) bool {
	kind := strings.ToLower(v.Header.Get("Content-Type"))
	return kind == "" || strings.Contains(kind, "html") || strings.Contains(kind, "xml")
}

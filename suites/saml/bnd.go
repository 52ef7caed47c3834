package saml

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// How long a message gets that was a few kilobytes on the wire.
const bomb, heavyBomb = 10 << 20, 100 << 20

var _ = spec.Section("A response that comes by another way than a browser's form", func(okta *spec.Okta, _ *spec.Product) {
	refused(
		okta,
		way{"saml.bnd.post-only", "deflated", "is refused in a query, deflated", got(deflated)},
		way{"saml.bnd.post-only", "plain", "is refused in a query, as it is", got(document)},
		way{"saml.bnd.not-deflated", "", "is refused in a form, deflated", posted(deflated)},
		way{"saml.bnd.deflate-bounded", "query", "is refused when it inflates to many megabytes, in a query", got(bombed(okta))},
		way{"saml.bnd.deflate-bounded", "form", "is refused when it inflates to many megabytes, in a form", posted(bombed(okta))},
		way{"saml.bnd.one-encoding", "zlib", "is refused in the form of zlib", posted(func(h spec.Held) []byte { return squeezed(h.XML(), zlibber) })},
		way{"saml.bnd.one-encoding", "gzip", "is refused in the form of gzip", posted(func(h spec.Held) []byte { return squeezed(h.XML(), gzipper) })},
		way{"saml.bnd.one-encoding", "twice", "is refused deflated twice", posted(func(h spec.Held) []byte { return squeezed(h.XML(), deflater, deflater) })},
		way{"saml.bnd.methods", "put", "is refused by PUT", by(http.MethodPut)},
		way{"saml.bnd.methods", "patch", "is refused by PATCH", by(http.MethodPatch)},
		way{"saml.bnd.methods", "head", "is refused by HEAD", by(http.MethodHead)},
		way{"saml.bnd.methods", "options", "is refused by OPTIONS", by(http.MethodOptions)},
		way{"saml.bnd.content-type", "text", "is refused as a text", func(_ spec.Held, d *simulator.Delivery) { d.Header.Set("Content-Type", "text/plain") }},
		way{"saml.bnd.content-type", "json", "is refused as JSON", asJSON},
		way{"saml.bnd.multipart", "", "is refused as a form of many parts", asParts},
		way{"saml.bnd.base64-strict", "url-safe", "is refused in the alphabet of addresses", written(func(s string) string {
			return strings.NewReplacer("+", "-", "/", "_").Replace(s)
		})},
		way{"saml.bnd.base64-strict", "unpadded", "is refused without its padding", func(h spec.Held, d *simulator.Delivery) {
			h = h.Carrying(padded(h.XML(), (len(h.XML())/3+1)*3+1))
			written(func(s string) string { return strings.TrimRight(s, "=") })(h, d)
		}},
		way{"saml.bnd.base64-strict", "garbage", "is refused with marks in between that are not base64", written(func(s string) string {
			return strings.Join(lines(s, 100), "*")
		})},
		way{"saml.bnd.base64-strict", "two", "is refused with a second message after its padding", func(h spec.Held, d *simulator.Delivery) {
			h = h.Carrying(padded(h.XML(), (len(h.XML())/3+1)*3+1))
			written(func(s string) string { return s + s })(h, d)
		}},
	)

	for _, wrapped := range []struct {
		variant string
		change  func(string) string
	}{
		{"crlf-64", func(s string) string { return strings.Join(lines(s, 64), "\r\n") }},
		{"crlf-76", func(s string) string { return strings.Join(lines(s, 76), "\r\n") }},
		{"lf-76", func(s string) string { return strings.Join(lines(s, 76), "\n") }},
		{"line-end", func(s string) string { return s + "\r\n" }},
	} {
		It("is taken with its base64 in lines", spec.Clause("saml.bnd.base64-lines").In(wrapped.variant), func(ctx SpecContext) {
			han := admitted(ctx, okta, "Han Solo")
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
			held := freely(ctx, okta, han)

			Expect(okta.Deliver(ctx, held, func(d *simulator.Delivery) { written(wrapped.change)(held, d) })).To(BeSignedIn())
		})
	}
})

func bombed(okta *spec.Okta) func(spec.Held) []byte {
	return func(h spec.Held) []byte { return swollen(h.XML(), sized(okta, bomb, heavyBomb)) }
}

func asJSON(h spec.Held, d *simulator.Delivery) {
	d.Header.Set("Content-Type", "application/json")
	d.Body, _ = json.Marshal(map[string]string{"SAMLResponse": h.SAMLResponse, "RelayState": h.RelayState}) // texts always can be
}

func asParts(h spec.Held, d *simulator.Delivery) {
	var body strings.Builder
	form := multipart.NewWriter(&body)
	_ = form.WriteField("SAMLResponse", h.SAMLResponse) // to memory
	_ = form.WriteField("RelayState", h.RelayState)
	_ = form.Close()
	d.Header.Set("Content-Type", form.FormDataContentType())
	d.Body = []byte(body.String())
}

var _ = spec.Section("Of two messages in one posting", func(okta *spec.Okta, _ *spec.Product) {
	for _, two := range []struct {
		variant string
		lay     func(h spec.Held, good, evil string, d *simulator.Delivery)
	}{
		{"evil-last", func(_ spec.Held, good, evil string, d *simulator.Delivery) {
			d.Body = form("SAMLResponse", good, "SAMLResponse", evil)
		}},
		{"evil-first", func(_ spec.Held, good, evil string, d *simulator.Delivery) {
			d.Body = form("SAMLResponse", evil, "SAMLResponse", good)
		}},
		{"evil-in-query", func(h spec.Held, good, evil string, d *simulator.Delivery) {
			d.Address, d.Body = asking(h.ACS, url.Values{"SAMLResponse": {evil}}), form("SAMLResponse", good)
		}},
		{"evil-in-body", func(h spec.Held, good, evil string, d *simulator.Delivery) {
			d.Address, d.Body = asking(h.ACS, url.Values{"SAMLResponse": {good}}), form("SAMLResponse", evil)
		}},
		{"evil-spelled", func(_ spec.Held, good, evil string, d *simulator.Delivery) {
			d.Body = form("SAMLResponse", good, "%53AMLResponse", evil)
		}},
		{"good-spelled", func(_ spec.Held, good, evil string, d *simulator.Delivery) {
			d.Body = form("SAMLRespons%65", good, "SAMLResponse", evil)
		}},
	} {
		It("nothing is believed that only the other one was signed for", spec.Clause("saml.bnd.parameter-once").In(two.variant), func(ctx SpecContext) {
			brought(ctx, okta, func(lando, leia *spec.Person) spec.Visit {
				GinkgoHelper()
				held := freely(ctx, okta, lando)
				evil := okta.Anew(held, spec.NamedAs(leia.Email()), spec.Signed(idp.SignNothing))
				visit := okta.Deliver(ctx, held, func(d *simulator.Delivery) { two.lay(held, held.SAMLResponse, evil.SAMLResponse, d) })
				Expect(visit).NotTo(BeSignedInAs(leia.Email()))
				return visit
			})
		})
	}
})

// form writes names, as they are, with their values into a body.
func form(pairs ...string) []byte {
	var body []byte
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			body = append(body, '&')
		}
		body = fmt.Appendf(body, "%s=%s", pairs[i], url.QueryEscape(pairs[i+1]))
	}
	return body
}

var _ = spec.Section("A response that comes to the wrong place", func(okta *spec.Okta, product *spec.Product) {
	It("is refused at the address of another customer", spec.Clause("saml.bnd.own-acs"), func(ctx SpecContext) {
		elsewhere, _ := product.Found(ctx, spec.Organization{})
		spec.Given(elsewhere.SignIn(ctx, admitted(ctx, elsewhere, "Lando Calrissian"))).To(BeSignedIn())
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(okta.Deliver(ctx, freely(ctx, okta, han), func(d *simulator.Delivery) { d.Address = elsewhere.Connection().SAML.ACS })).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	for _, header := range []string{"Host", "X-Forwarded-Host", "Forwarded"} {
		It("is refused though a header "+header+" says that this is it", spec.Clause("saml.bnd.address-not-from-headers").In(strings.ToLower(header)), func(ctx SpecContext) {
			brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
				GinkgoHelper()
				const host = "elsewhere.rollcall.test"
				acs := atHost(okta.Connection().SAML.ACS, host)
				held := freely(ctx, okta, lando, func(c *spec.Claims) { c.Destination, c.Recipient = acs, acs })
				visit := okta.Deliver(ctx, held, pretendingHost(header, host))
				Expect(visit).To(BeRefused())
				return visit
			})
		})
	}

	for _, artifact := range []struct{ variant, value string }{
		{"unknown", base64.StdEncoding.EncodeToString(append([]byte{0, 4, 0, 0}, make([]byte, 40)...))},
		{"no-such-endpoint", base64.StdEncoding.EncodeToString(append([]byte{0, 4, 0xff, 0xff}, make([]byte, 40)...))},
		{"malformed", "http://127.0.0.1/"},
	} {
		It("is refused as an artifact that nobody issued", spec.Clause("saml.bnd.artifact").In(artifact.variant), func(ctx SpecContext) {
			brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
				GinkgoHelper()
				visit := okta.Deliver(ctx, freely(ctx, okta, lando), func(d *simulator.Delivery) { d.Body = form("SAMLart", artifact.value) })
				Expect(visit).To(BeRefused())
				Expect(visit.Crash()).To(BeEmpty(), "nobody was signed in because the product fell over")
				return visit
			})
		})
	}
})

// atHost is the address at another host.
func atHost(address, host string) string {
	at, err := url.Parse(address)
	if err != nil {
		return address
	}
	at.Host = host
	return at.String()
}

// pretendingHost says in a header that a delivery is for this host.
func pretendingHost(header, host string) func(*simulator.Delivery) {
	return func(d *simulator.Delivery) {
		switch header {
		case "Host":
			d.Host = host
		case "Forwarded":
			d.Header.Set(header, "host="+host)
		default:
			d.Header.Set(header, host)
		}
	}
}

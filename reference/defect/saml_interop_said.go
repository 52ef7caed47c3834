package defect

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// ofStatements are demands on what the assertion says.
var ofStatements = []demand{
	{"session-end-soon", "contents", func(m *saml.Message) string {
		end := m.Assertion.SessionNotOnOrAfter
		return when(!end.IsZero() && end.Sub(m.Now) > time.Hour, "the session lasts too long")
	}},
	{"fresh-proof", "contents", func(m *saml.Message) string {
		return when(m.Now.Sub(m.Assertion.AuthnInstant) > time.Hour, "the person proved who they are too long ago")
	}},
	{"addresses-only", "contents", func(m *saml.Message) string {
		return when(m.Assertion.NameIDFormat != "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "the name is no address")
	}},
	{"typed-as-strings", "signature", func(m *saml.Message) string {
		return values(m, func(el *etree.Element) bool { return el.SelectAttrValue("xsi:type", "") == "xs:string" })
	}},
	{"no-empty-value", "signature", func(m *saml.Message) string {
		return values(m, func(el *etree.Element) bool { return el.Text() != "" })
	}},
	{"short-values", "signature", func(m *saml.Message) string {
		return values(m, func(el *etree.Element) bool { return len(el.Text()) < 256 })
	}},
	{"half-a-megabyte", "contents", func(m *saml.Message) string {
		return when(len(m.XML) > 512<<10, "the response is too long")
	}},
	{"one-value", "contents", func(m *saml.Message) string {
		return when(slices.ContainsFunc(m.Assertion.Attributes, func(a saml.Attribute) bool { return len(a.Values) > 1 }), "an attribute has several values")
	}},
	{"known-attributes-only", "contents", func(m *saml.Message) string {
		known := []string{"name", "email", "admin", "teams"}
		return when(slices.ContainsFunc(m.Assertion.Attributes, func(a saml.Attribute) bool { return !slices.Contains(known, a.Name) }), "there is an attribute that is not known")
	}},
	{"attributes-wanted", "contents", func(m *saml.Message) string {
		return when(len(m.Assertion.Attributes) == 0, "there are no attributes")
	}},
	{"formats-unspecified", "signature", func(m *saml.Message) string {
		for _, el := range m.Trusted.FindElements("./AttributeStatement/Attribute") {
			if el.SelectAttrValue("NameFormat", "") != "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified" {
				return "an attribute has another name format"
			}
		}
		return ""
	}},
	{"first-audience-only", "audience", func(m *saml.Message) string {
		return when(m.Trusted.FindElement("./Conditions/AudienceRestriction/Audience").Text() != m.Provider.EntityID, "the audience is another")
	}},
	{"one-condition", "audience", func(m *saml.Message) string {
		return when(len(m.Trusted.SelectElement("Conditions").ChildElements()) != 1, "there are several conditions")
	}},
	{"in-oktas-order", "signature", func(m *saml.Message) string {
		var names []string
		for _, el := range m.Trusted.ChildElements() {
			if el.Tag != "Signature" {
				names = append(names, el.Tag)
			}
		}
		order := []string{"Issuer", "Subject", "Conditions", "AuthnStatement", "AttributeStatement"}
		return when(!slices.Equal(names, order[:min(len(names), len(order))]), "the assertion is not built as it should be")
	}},
	{"first-confirmation-only", "bearer", func(m *saml.Message) string {
		first := m.Trusted.FindElement("./Subject/SubjectConfirmation/SubjectConfirmationData")
		return when(first == nil || first.SelectAttrValue("Recipient", "") != m.ACS ||
			m.Trusted.FindElement("./Subject/SubjectConfirmation").SelectAttrValue("Method", "") != "urn:oasis:names:tc:SAML:2.0:cm:bearer", "the confirmation is not ours")
	}},
	{"no-confirmation-address", "bearer", func(m *saml.Message) string {
		return when(m.Trusted.FindElement("./Subject/SubjectConfirmation/SubjectConfirmationData[@Address]") != nil, "the confirmation is for an address")
	}},
	{"password-context-only", "authn-statement", func(m *saml.Message) string {
		for _, el := range m.Trusted.FindElements("./AuthnStatement/AuthnContext") {
			if childText(el, "AuthnContextClassRef") != "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport" {
				return "the person signed in in another way"
			}
		}
		return ""
	}},
	{"request-wanted", "confirmation-window", func(m *saml.Message) string {
		return when(m.Response.SelectAttr("InResponseTo") == nil, "the response answers nothing")
	}},
	{"no-request-wanted", "confirmation-window", func(m *saml.Message) string {
		return when(m.Response.SelectAttr("InResponseTo") != nil, "the response answers something")
	}},
}

// values wants something of every attribute value.
func values(m *saml.Message, holds func(*etree.Element) bool) string {
	for _, el := range m.Trusted.FindElements("./AttributeStatement/Attribute/AttributeValue") {
		if !holds(el) {
			return "an attribute has a value that is not understood"
		}
	}
	return ""
}

// ofKeys are demands on the certificates that the administrator gave: those that do not
// meet them are left out.
var ofKeys = []demand{
	{"first-certificate-only", "issuer", trusting(func(all []*x509.Certificate) []*x509.Certificate { return all[:1] })},
	{"last-certificate-only", "issuer", trusting(func(all []*x509.Certificate) []*x509.Certificate { return all[len(all)-1:] })},
	{"certificate-dates", "issuer", func(m *saml.Message) string {
		return only(m, func(c *x509.Certificate) bool { return m.Now.Before(c.NotAfter) })
	}},
	{"certificate-signature", "issuer", func(m *saml.Message) string {
		return only(m, func(c *x509.Certificate) bool { return c.SignatureAlgorithm != x509.SHA1WithRSA })
	}},
	{"no-authority", "issuer", func(m *saml.Message) string {
		return only(m, func(c *x509.Certificate) bool { return !c.IsCA })
	}},
	{"keys-of-2048", "issuer", func(m *saml.Message) string {
		return only(m, func(c *x509.Certificate) bool {
			key, is := c.PublicKey.(*rsa.PublicKey)
			return !is || key.N.BitLen() == 2048
		})
	}},
}

// trusting makes the product look at some of the provider's certificates.
func trusting(pick func([]*x509.Certificate) []*x509.Certificate) func(m *saml.Message) string {
	return func(m *saml.Message) string {
		trusted := *m.Provider
		trusted.IdP.Certificates = pick(trusted.IdP.Certificates)
		m.Provider = &trusted
		return ""
	}
}

// only leaves those out that do not fit.
func only(m *saml.Message, fits func(*x509.Certificate) bool) string {
	return trusting(func(all []*x509.Certificate) []*x509.Certificate {
		return slices.DeleteFunc(slices.Clone(all), func(c *x509.Certificate) bool { return !fits(c) })
	})(m)
}

// Defects in how what was taken is read, and in what goes on around it.
var _ = register(defects{
	"interop-text-up-to-comment": func(p *reference.Parts) {
		rereads(p, func(el *etree.Element) string { return el.Child[0].(*etree.CharData).Data }, "signed")
	},
	"interop-entities-kept": func(p *reference.Parts) {
		rereads(p, func(el *etree.Element) string { return html.EscapeString(el.Text()) }, "trusted")
	},
	"interop-ascii-only": func(p *reference.Parts) {
		rereads(p, func(el *etree.Element) string {
			return strings.Map(func(r rune) rune {
				if r > 127 {
					return '?'
				}
				return r
			}, el.Text())
		}, "trusted")
	},
	"interop-by-friendly-name": demanding("signature", func(m *saml.Message) string {
		for _, el := range m.Trusted.FindElements("./AttributeStatement/Attribute[@FriendlyName]") {
			el.CreateAttr("Name", el.SelectAttrValue("FriendlyName", ""))
		}
		return ""
	}),
	"interop-two-fields-only": func(p *reference.Parts) {
		hearOtherwise(p, isAnswer, func(r *http.Request) {
			if body := string(bodyOf(r)); !strings.HasPrefix(body, "RelayState=") || strings.Count(body, "&") != 1 {
				setBody(r, nil)
			}
		})
	},
	"interop-base64-unwrapped": demanding("encoding", func(m *saml.Message) string {
		return when(strings.ContainsAny(m.Encoded, " \t\r\n"), "the response is not base64")
	}),
	"interop-one-tab": func(p *reference.Parts) {
		hearOtherwise(p, isAnswer, func(r *http.Request) {
			if asked, err := r.Cookie(askedCookie); err == nil {
				r.Header.Set("Cookie", askedCookie+"="+asked.Value[strings.LastIndexByte(asked.Value, '.')+1:])
			}
		})
	},
	"interop-one-request-at-a-time": oneRequestAtATime,
	"interop-session-kept":          sessionKept,
	"interop-first-certificate-anywhere": func(p *reference.Parts) {
		hearOtherwise(p, founds, func(r *http.Request) {
			rewriteObject(r, func(founded object) {
				if provider, is := founded["provider"].(object); is {
					provider["idp_metadata"] = firstCertificate(provider["idp_metadata"])
				}
			})
		})
	},
	"interop-failure-sends-back": func(p *reference.Parts) {
		around(p, isAnswer, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			changeAnswer(w, r, next, func(answer *httptest.ResponseRecorder) {
				if answer.Code == http.StatusForbidden {
					answer.Header().Set("Location", "/sso/"+url.PathEscape(r.URL.Query().Get("organization")))
					answer.Code = http.StatusSeeOther
				}
			})
		})
	},
})

// askedCookie is the cookie in which a browser keeps the requests that were made for it.
const askedCookie = "rollcall_asked"

// oneRequestAtATime forgets every request once another one is made, by whomever.
func oneRequestAtATime(p *reference.Parts) {
	var latest atomic.Value
	latest.Store("")
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		asked, err := r.Cookie(askedCookie)
		if isAnswer(r) && err == nil && !strings.HasSuffix(asked.Value, latest.Load().(string)) {
			http.Error(w, "there is no such sign-in", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
		for _, set := range w.Header()["Set-Cookie"] {
			if cookie, err := http.ParseSetCookie(set); err == nil && cookie.Name == askedCookie {
				latest.Store(cookie.Value[strings.LastIndexByte(cookie.Value, '.')+1:])
			}
		}
	})
}

// sessionKept leaves a browser the session that it got first.
func sessionKept(p *reference.Parts) {
	var browsers sync.Map // of requests that were made for a browser which is in
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		asked, err := r.Cookie(askedCookie)
		if err != nil || !isAnswer(r) {
			next.ServeHTTP(w, r)
			return
		}
		known := false
		for id := range strings.SplitSeq(asked.Value, ".") {
			_, seen := browsers.LoadOrStore(id, true)
			known = known || seen
		}
		changeAnswer(w, r, next, func(answer *httptest.ResponseRecorder) {
			if known {
				answer.Header().Del("Set-Cookie")
			}
		})
	})
}

// changeAnswer lets change have what the product answered before the browser does.
func changeAnswer(w http.ResponseWriter, r *http.Request, next http.Handler, change func(*httptest.ResponseRecorder)) {
	recorded := httptest.NewRecorder()
	next.ServeHTTP(recorded, r)
	change(recorded)
	for name, values := range recorded.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(recorded.Body.Bytes())
}

// firstCertificate puts the first certificate of some metadata in the place of the first
// key that it describes. Without a signature around it that is the same one.
func firstCertificate(metadata any) any {
	text, _ := metadata.(string)
	document := etree.NewDocument()
	if err := document.ReadFromString(text); err != nil {
		return metadata
	}
	first, described := document.FindElement("//X509Certificate"), document.FindElement("//KeyDescriptor//X509Certificate")
	if first == nil || described == nil {
		return metadata
	}
	described.SetText(first.Text())
	changed, err := document.WriteToString()
	if err != nil {
		return metadata
	}
	return changed
}

// rereads reads attribute values in another way: those of the document as it came, or of
// what was verified.
func rereads(p *reference.Parts, read func(*etree.Element) string, of string) {
	contents := check(p, "contents")
	p.SAML.Replace("contents", func(ctx context.Context, m *saml.Message) error {
		if err := contents(ctx, m); err != nil {
			return err
		}
		from := m.Trusted
		if of == "signed" {
			from = m.Unverified
		}
		for _, el := range from.FindElements("./AttributeStatement/Attribute") {
			at := slices.IndexFunc(m.Assertion.Attributes, func(a saml.Attribute) bool { return a.Name == el.SelectAttrValue("Name", "") })
			for i, value := range el.SelectElements("AttributeValue") {
				if at >= 0 && i < len(m.Assertion.Attributes[at].Values) && len(value.Child) > 0 {
					m.Assertion.Attributes[at].Values[i] = read(value)
				}
			}
		}
		return nil
	})
}

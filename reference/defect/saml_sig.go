package defect

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in whether there is a signature, and whether it holds.
var _ = register(defects{
	"saml-unsigned-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.find = func(m *saml.Message) ([]*etree.Element, error) {
				return m.Response.FindElements(".//Signature"), nil
			}
			believe := v.believe
			v.believe = func(m *saml.Message, covered []*etree.Element) (*etree.Element, error) {
				if len(covered) == 0 {
					return m.Unverified, nil
				}
				return believe(m, covered)
			}
		})
	},
	"saml-digest-not-checked": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.digest = func(*etree.Element, []byte) error { return nil }
		})
	},
	"saml-value-not-checked": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.value = func(signing) error { return nil }
		})
	},
	"saml-value-error-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			check := v.value
			v.value = func(s signing) error {
				// The library answers 1, 0 or, where it cannot even try, −1.
				value, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.value), ""))
				key, ok := s.certificates[0].PublicKey.(*rsa.PublicKey)
				if err == nil && ok && len(value) == key.Size() {
					return check(s)
				}
				return nil
			}
		})
	},
	"saml-one-signature-enough": func(p *reference.Parts) { p.SAML.Replace("signature", newVerifier().oneHolds) },
	"saml-hollow-signature-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			find := v.find
			v.find = func(m *saml.Message) ([]*etree.Element, error) {
				all, err := find(m)
				var full []*etree.Element
				for _, signature := range all {
					if len(signature.ChildElements()) > 0 {
						full = append(full, signature)
					}
				}
				return full, err
			}
			v.believe = func(m *saml.Message, _ []*etree.Element) (*etree.Element, error) { return m.Unverified, nil }
		})
	},
	"saml-signature-by-local-name": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			find := v.find
			v.find = func(m *saml.Message) ([]*etree.Element, error) {
				all, err := find(m)
				var real []*etree.Element
				for _, signature := range all {
					if signature.NamespaceURI() == "http://www.w3.org/2000/09/xmldsig#" {
						real = append(real, signature)
					}
				}
				return real, err
			}
			v.believe = func(m *saml.Message, _ []*etree.Element) (*etree.Element, error) {
				for _, named := range m.Unverified.SelectElements("Signature") {
					if named.NamespaceURI() != "http://www.w3.org/2000/09/xmldsig#" {
						m.Unverified.RemoveChild(named)
					}
				}
				return m.Unverified, nil
			}
		})
	},
	// The profile says which signature is wanted.
	"saml-wanted-assertion-signature-not-checked": wantedSignaturesUnchecked,
	"saml-wanted-response-signature-not-checked":  wantedSignaturesUnchecked,
	"saml-wanted-signature-not-checked":           wantedSignaturesUnchecked,
	"saml-signature-anywhere": func(p *reference.Parts) {
		readAssertion(p, topAssertion)
		replaceVerifier(p, func(v *verifier) { v.find, v.target, v.believe = anySignature, anyByID, whateverIsRead })
	},
	"saml-signature-place-ignored": func(p *reference.Parts) { replaceVerifier(p, func(*verifier) {}) },
	"saml-attributes-merged": func(p *reference.Parts) {
		readAssertion(p, func(m *saml.Message) *etree.Element {
			if signature := m.Response.FindElement("./Assertion/Signature"); signature != nil {
				return signature.Parent()
			}
			return topAssertion(m)
		})
		replaceVerifier(p, func(*verifier) {})
		contents := check(p, "contents")
		p.SAML.Replace("contents", func(ctx context.Context, m *saml.Message) error {
			if err := contents(ctx, m); err != nil {
				return err
			}
			mergeAttributes(ctx, m)
			return nil
		})
	},
	"saml-form-signature-believed": believeFormSignatures,
})

func wantedSignaturesUnchecked(p *reference.Parts) { withoutChecks(p, "signed-parts") }

// believeFormSignatures takes the signature that the Redirect binding puts into a query
// for one wherever it comes, and the message of the query for the one that was posted.
func believeFormSignatures(p *reference.Parts) {
	var beside sync.Map // what was posted → what came signed with it
	hearOtherwise(p, isAnswer, func(r *http.Request) {
		posted, query := formOf(r), r.URL.Query()
		switch {
		case posted.Get("Signature") != "":
			beside.Store(posted.Get("SAMLResponse"), posted)
		case query.Has("Signature"):
			beside.Store(posted.Get("SAMLResponse"), r.URL.Query())
			for name := range query {
				if strings.HasPrefix(name, "S") || name == "RelayState" {
					query.Del(name)
				}
			}
			r.URL.RawQuery = query.Encode()
		}
	})
	usual := check(p, "signature")
	p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
		found, signed := beside.LoadAndDelete(m.Encoded)
		if !signed {
			return usual(ctx, m)
		}
		fields := found.(url.Values)
		octets := "SAMLResponse=" + url.QueryEscape(fields.Get("SAMLResponse"))
		if state := fields.Get("RelayState"); state != "" {
			octets += "&RelayState=" + url.QueryEscape(state)
		}
		octets += "&SigAlg=" + url.QueryEscape(fields.Get("SigAlg"))
		err := byPinnedKey(signing{
			algorithm: fields.Get("SigAlg"), octets: []byte(octets), value: fields.Get("Signature"),
			certificates: m.Provider.IdP.Certificates,
		})
		if err != nil {
			return err
		}
		return unverified(ctx, m)
	})
}

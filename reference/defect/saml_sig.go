package defect

import (
	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in whether there is a signature, and whether it holds.
func init() {
	register("saml-unsigned-believed", func(p *reference.Parts) {
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
	})
	register("saml-digest-not-checked", func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.digest = func(*etree.Element, []byte) error { return nil }
		})
	})
	register("saml-value-not-checked", func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.value = func(signing) error { return nil }
		})
	})
}

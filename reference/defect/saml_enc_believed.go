package defect

import (
	"context"
	"slices"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in what a product believes of what it decrypted.
var _ = register(defects{
	"saml-enc-needs-no-signature": func(p *reference.Parts) {
		signature := check(p, "signature")
		p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
			if m.Encrypted != nil {
				return unverified(ctx, m) // who else could have encrypted it
			}
			return signature(ctx, m)
		})
	},
	"saml-enc-plain-taken": func(p *reference.Parts) {
		decryption := check(p, "decryption")
		p.SAML.Replace("decryption", func(ctx context.Context, m *saml.Message) error {
			if m.Encrypted == nil {
				return nil
			}
			return decryption(ctx, m)
		})
	},
	"saml-enc-first-wins": func(p *reference.Parts) {
		decryptAll(p, topAssertions, func(all []*etree.Element) *etree.Element { return all[0] })
	},
	"saml-enc-last-wins": func(p *reference.Parts) {
		decryptAll(p, topAssertions, func(all []*etree.Element) *etree.Element { return all[len(all)-1] })
	},
	"saml-enc-anywhere": func(p *reference.Parts) {
		tolerateDocuments(p)
		decryptAll(p, func(m *saml.Message) []*etree.Element {
			return append(holding(m.Response), m.Response.FindElements(".//Assertion")...)
		}, func(all []*etree.Element) *etree.Element { return all[0] })
	},
	"saml-enc-anything-inside": func(p *reference.Parts) {
		decryptAll(p, topAssertions, func(all []*etree.Element) *etree.Element { return all[0].FindElement("//Assertion") })
	},
	"saml-enc-again-and-again": func(p *reference.Parts) {
		decryption := check(p, "decryption")
		p.SAML.Replace("decryption", func(ctx context.Context, m *saml.Message) error {
			for m.Encrypted != nil {
				root, err := decrypted(m, m.Encrypted)
				if err != nil || root.Tag != "EncryptedAssertion" {
					break
				}
				m.Encrypted = root
			}
			return decryption(ctx, m)
		})
	},
	"saml-enc-parts-read-before": readPartsBefore,
})

// topAssertions are the assertions among the children of the response, plain or
// encrypted.
func topAssertions(m *saml.Message) []*etree.Element {
	return slices.DeleteFunc(m.Response.ChildElements(), func(el *etree.Element) bool {
		return el.Tag != "Assertion" && el.Tag != "EncryptedAssertion"
	})
}

// holding are the encrypted assertions at or below an element, in the order of the
// document, that hold something encrypted themselves.
func holding(el *etree.Element) []*etree.Element {
	var found []*etree.Element
	if el.Tag == "EncryptedAssertion" && el.SelectElement("EncryptedData") != nil {
		found = append(found, el)
	}
	for _, child := range el.ChildElements() {
		found = append(found, holding(child)...)
	}
	return found
}

// decrypted is what stands encrypted in an element, read as a library reads it that is
// not asked to be careful.
func decrypted(m *saml.Message, holder *etree.Element) (*etree.Element, error) {
	plain, err := m.Open(holder)
	if err != nil {
		return nil, err
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(plain); err != nil || document.Root() == nil {
		return nil, saml.Refuse("what was decrypted is not XML")
	}
	return document.Root(), nil
}

// decryptAll makes the reference decrypt all that find lists and can be decrypted, be
// content once one signature holds, in the message or in anything that was decrypted, and
// read what read picks.
func decryptAll(p *reference.Parts, find func(*saml.Message) []*etree.Element, read func([]*etree.Element) *etree.Element) {
	p.SAML.Replace("one-assertion", func(_ context.Context, m *saml.Message) error {
		for _, el := range find(m) {
			if el.Tag == "EncryptedAssertion" {
				m.Encrypted = el
			} else {
				m.Unverified = el
			}
		}
		if m.Encrypted == nil && m.Unverified == nil {
			return saml.Refuse("the response has no assertion")
		}
		return nil
	})
	p.SAML.Replace("decryption", unchecked)
	p.SAML.Replace("signature", func(_ context.Context, m *saml.Message) error {
		roots, signatures := decryptedAmong(m, find(m))
		v := newVerifier()
		v.target = byIDInItsTree
		for _, signature := range signatures {
			if _, err := v.verify(m, signature); err == nil && len(roots) > 0 {
				somewhere(m, signatures)
				m.Trusted = read(roots)
				return nil
			}
		}
		return saml.Refuse("no signature holds")
	})
}

// decryptedAmong are the assertions among the elements, decrypted where they are encrypted and
// can be, and every signature in the message or in what was decrypted.
func decryptedAmong(m *saml.Message, elements []*etree.Element) (roots, signatures []*etree.Element) {
	signatures = m.Response.FindElements(".//Signature")
	for _, el := range elements {
		if el.Tag == "EncryptedAssertion" {
			root, err := decrypted(m, el)
			if err != nil {
				continue
			}
			el, signatures = root, append(signatures, root.FindElements("//Signature")...)
		}
		roots = append(roots, el)
	}
	return roots, signatures
}

// byIDInItsTree takes a reference to the first element with that ID in the document that
// the signature stands in.
func byIDInItsTree(_ *saml.Message, signature, reference *etree.Element) (*etree.Element, error) {
	uri := reference.SelectAttrValue("URI", "")
	for _, el := range signature.FindElements("//*") {
		if id := el.SelectAttrValue("ID", ""); id != "" && uri == "#"+id {
			return el, nil
		}
	}
	return nil, saml.Refuse("the signature refers to what is not there")
}

// readPartsBefore decrypts the name and the attributes of an assertion as it takes them
// out of it, verifies the rest, and reads all together.
func readPartsBefore(p *reference.Parts) {
	signature := check(p, "signature")
	p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
		name := ""
		for _, path := range []string{".//EncryptedID", ".//EncryptedAttribute"} {
			for _, el := range m.Unverified.FindElements(path) {
				if root, err := decrypted(m, el); err == nil {
					name = root.Text() + childText(root, "AttributeValue")
				}
				el.Parent().RemoveChild(el)
			}
		}
		if err := signature(ctx, m); err != nil || name == "" {
			return err
		}
		m.Trusted.FindElement("./Subject/NameID").SetText(name)
		return nil
	})
}

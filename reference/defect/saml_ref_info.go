package defect

import (
	"context"
	"regexp"
	"slices"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects that check the signature over one SignedInfo, digest or ID and read another.
var _ = register(defects{
	"saml-last-signed-info-read": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.info = func(signature *etree.Element) (*etree.Element, error) { return signedInfos(signature, 0) }
			v.refs = func(info *etree.Element) ([]*etree.Element, error) { return referencesOf(info.Parent(), -1) }
		})
	},
	"saml-first-signed-info-read": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.info = func(signature *etree.Element) (*etree.Element, error) { return signedInfos(signature, -1) }
			v.refs = func(info *etree.Element) ([]*etree.Element, error) {
				for info.Parent().Tag != "Signature" {
					info = info.Parent()
				}
				return referencesOf(info.Parent(), 0)
			}
		})
	},
	"saml-digest-of-any-piece": func(p *reference.Parts) {
		tolerateDocuments(p)
		readAssertion(p, topAssertion)
		replaceVerifier(p, func(v *verifier) { v.digest = digestOfAnyPiece })
	},
	"saml-any-digest-enough": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) { v.digest = anyDigest })
	},
	"saml-digest-by-search": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.digest = func(reference *etree.Element, octets []byte) error {
				return someDigestHolds(reference, octets, reference.FindElement("//DigestValue").Text())
			}
		})
	},
	"saml-signed-info-by-search": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.refs = func(info *etree.Element) ([]*etree.Element, error) {
				return someReferences(info.FindElement("//SignedInfo"))
			}
		})
	},
	"saml-first-of-an-id":           func(p *reference.Parts) { readsByID(p, 0, "ID") },
	"saml-last-of-an-id":            func(p *reference.Parts) { readsByID(p, -1, "ID") },
	"saml-id-by-any-name":           func(p *reference.Parts) { readsByID(p, 0, "ID", "Id", "id", "AssertionID") },
	"saml-entities-expanded-in-ids": expandEntities,
})

// digestOfAnyPiece is content with a digest that stands in a comment of the value, or
// around its comments.
func digestOfAnyPiece(reference *etree.Element, octets []byte) error {
	value := reference.SelectElement("DigestValue")
	if value == nil {
		return saml.Refuse("there is no digest")
	}
	whole, pieces := "", []string(nil)
	for _, token := range value.Child {
		switch token := token.(type) {
		case *etree.Comment:
			pieces = append(pieces, token.Data)
		case *etree.CharData:
			whole += token.Data
		}
	}
	return someDigestHolds(reference, octets, append(pieces, whole)...)
}

// anyDigest is content with any of several digests.
func anyDigest(reference *etree.Element, octets []byte) error {
	var values []string
	for _, value := range reference.SelectElements("DigestValue") {
		values = append(values, value.Text())
	}
	return someDigestHolds(reference, octets, values...)
}

// someDigestHolds wants one of the values to be the digest.
func someDigestHolds(reference *etree.Element, octets []byte, values ...string) error {
	if slices.ContainsFunc(values, func(value string) bool { return digestHolds(reference, octets, value) }) {
		return nil
	}
	return saml.Refuse("the digest differs")
}

// referencesOf are the references in one SignedInfo of a signature, by its number.
func referencesOf(signature *etree.Element, number int) ([]*etree.Element, error) {
	info, err := signedInfos(signature, number)
	if err != nil {
		return nil, err
	}
	return someReferences(info)
}

// signedInfos is one of those in a signature at whatever depth; -1 is the last.
func signedInfos(signature *etree.Element, number int) (*etree.Element, error) {
	all := signature.FindElements(".//SignedInfo")
	if len(all) == 0 {
		return nil, saml.Refuse("the signature has no SignedInfo")
	}
	if number < 0 {
		number = len(all) - 1
	}
	return all[number], nil
}

// readsByID verifies an assertion and then looks up by its ID, in attributes of these
// names, what is read: the first or, with -1, the last that there is.
func readsByID(p *reference.Parts, number int, names ...string) {
	tolerateDocuments(p)
	readAssertion(p, func(m *saml.Message) *etree.Element {
		if signature := m.Response.FindElement("./Assertion/Signature"); signature != nil {
			return signature.Parent()
		}
		return topAssertion(m)
	})
	replaceVerifier(p, func(v *verifier) {
		believe := v.believe
		v.believe = func(m *saml.Message, covered []*etree.Element) (*etree.Element, error) {
			assertion, err := believe(m, covered)
			if err != nil {
				return nil, err
			}
			return identified(m, assertion.SelectAttrValue("ID", ""), number, names), nil
		}
	})
}

func identified(m *saml.Message, id string, number int, names []string) *etree.Element {
	var found []*etree.Element
	for _, el := range m.Response.SelectElements("Assertion") {
		for _, attribute := range el.Attr {
			for _, name := range names {
				if attribute.Key == name && attribute.Value == id {
					found = append(found, el)
				}
			}
		}
	}
	if number < 0 {
		number = len(found) - 1
	}
	return found[number]
}

var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+(\S+)\s+"([^"]*)"`)

// expandEntities reads the entities that a document declares, and finds what was signed
// wherever it stands.
func expandEntities(p *reference.Parts) {
	p.SAML.Replace("document", func(_ context.Context, m *saml.Message) error {
		document := etree.NewDocument()
		document.ReadSettings.Entity = map[string]string{}
		for _, declared := range entityDeclaration.FindAllStringSubmatch(string(m.XML), -1) {
			document.ReadSettings.Entity[declared[1]] = declared[2]
		}
		if err := document.ReadFromBytes(m.XML); err != nil || document.Root() == nil {
			return saml.Refuse("the document is not well-formed")
		}
		m.Document, m.Response = document, document.Root()
		return nil
	})
	readAssertion(p, topAssertion)
	replaceVerifier(p, func(v *verifier) { v.target, v.believe = anyByID, whateverIsRead })
}

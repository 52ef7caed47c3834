package defect

import (
	"context"
	"slices"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Where in a document a careless product looks for what it reads.

// tolerateDocuments parses as a library does when nobody asks it to be careful: IDs may
// stand twice, and there may be declarations and instructions.
func tolerateDocuments(p *reference.Parts) {
	p.SAML.Replace("document", func(_ context.Context, m *saml.Message) error {
		document := etree.NewDocument()
		if err := document.ReadFromBytes(m.XML); err != nil || document.Root() == nil {
			return saml.Refuse("the document is not well-formed")
		}
		m.Document, m.Response = document, document.Root()
		return nil
	})
}

// readAssertion lets a document have any number of assertions, wherever they stand, and
// reads the one that pick returns.
func readAssertion(p *reference.Parts, pick func(m *saml.Message) *etree.Element) {
	p.SAML.Replace("one-assertion", func(_ context.Context, m *saml.Message) error {
		if m.Unverified = pick(m); m.Unverified == nil {
			return saml.Refuse("the response has no assertion")
		}
		return nil
	})
}

// topAssertion is the first one among the children of the response.
func topAssertion(m *saml.Message) *etree.Element { return m.Response.SelectElement("Assertion") }

// anySignature finds every signature, wherever it stands.
func anySignature(m *saml.Message) ([]*etree.Element, error) {
	found := m.Response.FindElements(".//Signature")
	if len(found) == 0 {
		return nil, saml.Refuse("nothing is signed")
	}
	return found, nil
}

// anyByID takes a reference to the first element with that ID.
func anyByID(m *saml.Message, _, reference *etree.Element) (*etree.Element, error) {
	uri := reference.SelectAttrValue("URI", "")
	for _, el := range append([]*etree.Element{m.Response}, m.Response.FindElements(".//*")...) {
		if id := el.SelectAttrValue("ID", ""); id != "" && uri == "#"+id {
			return el, nil
		}
	}
	return nil, saml.Refuse("the signature refers to what is not there")
}

// whateverIsRead believes the assertion that is read, once anything is covered.
func whateverIsRead(m *saml.Message, covered []*etree.Element) (*etree.Element, error) {
	if len(covered) == 0 {
		return nil, saml.Refuse("nothing is signed")
	}
	return m.Unverified, nil
}

// oneHolds checks like the verifier, and is content once one of the signatures holds.
func (v *verifier) oneHolds(_ context.Context, m *saml.Message) error {
	signatures, err := v.find(m)
	if err != nil {
		return err
	}
	var refusal error
	for _, signature := range signatures {
		covered, err := v.verify(m, signature)
		if err == nil {
			bearing(m)
			m.Trusted, err = v.believe(m, covered)
		}
		if err == nil {
			return nil
		}
		refusal = err
	}
	return refusal
}

// mergeAttributes adds the attributes of all the response's assertions to those of the
// one that was verified.
func mergeAttributes(_ context.Context, m *saml.Message) {
	for _, assertion := range m.Response.SelectElements("Assertion") {
		for _, attribute := range assertion.FindElements("./AttributeStatement/Attribute") {
			name := attribute.SelectAttrValue("Name", "")
			if slices.ContainsFunc(m.Assertion.Attributes, func(a saml.Attribute) bool { return a.Name == name }) {
				continue
			}
			var values []string
			for _, value := range attribute.SelectElements("AttributeValue") {
				values = append(values, value.Text())
			}
			m.Assertion.Attributes = append(m.Assertion.Attributes, saml.Attribute{Name: name, Values: values})
		}
	}
}

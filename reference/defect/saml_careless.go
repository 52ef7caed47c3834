package defect

import (
	"context"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Namespaces by which the careless know an element.
const (
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
)

// careless is a service provider that really verifies a signature, and then reads
// something else. It takes every document that the parser takes, looks for signatures
// everywhere in it, follows a reference to whatever has that ID, and is content when
// one signature holds. That is how the products were built whose bugs have numbers;
// what each of them then did wrong is a field.
type careless struct {
	// parse makes a tree of what was posted; nil: as the parser does.
	parse func(xml []byte) (*etree.Document, error)
	// response is the element that is taken for the response; nil: the root.
	response func(document *etree.Document) *etree.Element
	// read is the assertion that is believed, given the element that a signature
	// covers; nil: that one, or the first in it.
	read func(response, covered *etree.Element) *etree.Element
	// verify takes a step of the verification otherwise.
	verify func(*verifier)
}

func (c careless) install(p *reference.Parts) {
	if c.parse == nil {
		c.parse = parsed
	}
	if c.response == nil {
		c.response = (*etree.Document).Root
	}
	if c.read == nil {
		c.read = coveredOne
	}
	p.SAML.Replace("document", c.document)
	p.SAML.Replace("one-assertion", c.oneAssertion)
	p.SAML.Replace("signature", c.someSignature())
	before(p, "contents", func(_ context.Context, m *saml.Message) { dropUnknown(m.Trusted) })
}

func (c careless) document(_ context.Context, m *saml.Message) error {
	document, err := c.parse(m.XML)
	if err != nil {
		return saml.Refuse("the document cannot be read")
	}
	m.Document, m.Response = document, c.response(document)
	if m.Response == nil {
		return saml.Refuse("the document holds no response")
	}
	return nil
}

func (c careless) oneAssertion(_ context.Context, m *saml.Message) error {
	if m.Unverified = c.read(m.Response, m.Response); m.Unverified == nil {
		return saml.Refuse("the response has no assertion")
	}
	return nil
}

// someSignature is content when one signature holds, wherever it is found, and believes
// what is read of whatever it covers.
func (c careless) someSignature() func(context.Context, *saml.Message) error {
	v := newVerifier()
	v.find, v.target = signaturesAnywhere, lastWithID
	if c.verify != nil {
		c.verify(v)
	}
	return func(_ context.Context, m *saml.Message) error {
		signatures, err := v.find(m)
		if err != nil {
			return err
		}
		for _, signature := range signatures {
			covered, err := v.verify(m, signature)
			if err != nil || len(covered) == 0 {
				continue
			}
			if m.Trusted = c.read(m.Response, covered[0]); m.Trusted != nil {
				somewhere(m, signatures)
				return nil
			}
		}
		return saml.Refuse("no signature holds")
	}
}

// somewhere notes of which parts there is a signature, wherever they stand: who wants
// both is content with one in any response and one in any assertion.
func somewhere(m *saml.Message, signatures []*etree.Element) {
	for _, signature := range signatures {
		in := signature.Parent().Tag
		noteSigned(m, in == "Response", in == "Assertion")
	}
}

// dropUnknown takes out of an assertion what has no place in one: the careless look for
// what they know and see nothing else.
func dropUnknown(assertion *etree.Element) {
	for _, el := range assertion.ChildElements() {
		if el.NamespaceURI() != nsSignature && (el.NamespaceURI() != nsAssertion || el.Tag == "Assertion") {
			assertion.RemoveChild(el)
		}
	}
}

// parsed is the tree as the parser makes it: of two attributes of one name the last one
// counts, prefixes need no declaration, and what stands beside the root does not matter.
func parsed(xml []byte) (*etree.Document, error) {
	document := etree.NewDocument()
	err := document.ReadFromBytes(xml)
	return document, err
}

// signaturesAnywhere are those in the whole document, in its order.
func signaturesAnywhere(m *saml.Message) ([]*etree.Element, error) {
	return all(&m.Document.Element, nsSignature, "Signature"), nil
}

// lastWithID follows a reference to the last element with that ID, as a table of IDs
// does that was filled from front to back.
func lastWithID(m *saml.Message, _, reference *etree.Element) (*etree.Element, error) {
	return referred(withID(m, reference), lastOf)
}

// firstWithID follows it to the first one, as a search does.
func firstWithID(m *saml.Message, _, reference *etree.Element) (*etree.Element, error) {
	return referred(withID(m, reference), firstOf)
}

func referred(found []*etree.Element, choose func([]*etree.Element) *etree.Element) (*etree.Element, error) {
	if len(found) == 0 {
		return nil, saml.Refuse("the signature refers to nothing in the document")
	}
	return choose(found), nil
}

// withID are the elements with the ID that a reference names, in document order.
func withID(m *saml.Message, reference *etree.Element) []*etree.Element {
	id := strings.TrimPrefix(reference.SelectAttrValue("URI", ""), "#")
	return where(&m.Document.Element, func(el *etree.Element) bool {
		for _, attr := range el.Attr {
			if attr.Space == "" && attr.Key == "ID" {
				return attr.Value == id
			}
		}
		return false
	})
}

// coveredOne is the covered assertion, or the first one in what is covered.
func coveredOne(_, covered *etree.Element) *etree.Element {
	if isA(covered, nsAssertion, "Assertion") {
		return covered
	}
	return firstOf(all(covered, nsAssertion, "Assertion"))
}

// all are the elements of that name below an element, in document order.
func all(below *etree.Element, namespace, tag string) []*etree.Element {
	return where(below, func(el *etree.Element) bool { return isA(el, namespace, tag) })
}

func where(below *etree.Element, fits func(*etree.Element) bool) []*etree.Element {
	var found []*etree.Element
	for _, child := range below.ChildElements() {
		if fits(child) {
			found = append(found, child)
		}
		found = append(found, where(child, fits)...)
	}
	return found
}

func isA(el *etree.Element, namespace, tag string) bool {
	return el.Tag == tag && el.NamespaceURI() == namespace
}

func firstOf(found []*etree.Element) *etree.Element {
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

func lastOf(found []*etree.Element) *etree.Element {
	if len(found) == 0 {
		return nil
	}
	return found[len(found)-1]
}

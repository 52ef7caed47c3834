package forge

import (
	"errors"
	"fmt"

	"github.com/beevik/etree"
)

// Namespaces of what is forged.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
)

// find returns the element at the path below the given one.
func find(below *etree.Element, path string) (*etree.Element, error) {
	found := below.FindElement("./" + path)
	if found == nil {
		return nil, fmt.Errorf("the donor's %s has no %s", below.Tag, path)
	}
	return found, nil
}

// write puts another text into the element at the path.
func write(below *etree.Element, path, text string) error {
	found, err := find(below, path)
	if err == nil {
		found.SetText(text)
	}
	return err
}

// change gives an attribute of the element at the path another value.
func change(below *etree.Element, path, attribute, value string) error {
	found, err := find(below, path)
	if err == nil {
		found.CreateAttr(attribute, value)
	}
	return err
}

// drop takes the element at the path out.
func drop(below *etree.Element, path string) error {
	found, err := find(below, path)
	if err == nil {
		found.Parent().RemoveChild(found)
	}
	return err
}

// unsign takes the signatures out of the elements.
func unsign(elements ...*etree.Element) error {
	taken := 0
	for _, el := range elements {
		if signature := el.SelectElement("Signature"); signature != nil {
			el.RemoveChild(signature)
			taken++
		}
	}
	if taken == 0 {
		return errors.New("the donor is not signed")
	}
	return nil
}

// unsigned is a copy of an element without its own signature: what the signature
// covers, as a wrapping attack carries it elsewhere.
func unsigned(el *etree.Element) *etree.Element {
	bare := el.Copy()
	if signature := bare.SelectElement("Signature"); signature != nil {
		bare.RemoveChild(signature)
	}
	return bare
}

// newID gives an element an ID that is not the one it had, and as new: a product that
// takes each ID once would otherwise refuse the second attack for nothing but the first.
func newID(el *etree.Element) { el.CreateAttr("ID", "id-of-another-"+el.SelectAttrValue("ID", "")) }

// before and behind put an element next to another one.
func before(sibling, el *etree.Element) { sibling.Parent().InsertChildAt(sibling.Index(), el) }

func behind(sibling, el *etree.Element) { sibling.Parent().InsertChildAt(sibling.Index()+1, el) }

// object is an empty ds:Object.
func object() *etree.Element {
	el := etree.NewElement("ds:Object")
	el.CreateAttr("xmlns:ds", nsSignature)
	return el
}

// extensions is an empty samlp:Extensions, in its place in the response: after the
// signature, or the issuer.
func extensions(response *etree.Element) (*etree.Element, error) {
	status, err := find(response, "Status")
	if err != nil {
		return nil, err
	}
	el := etree.NewElement("saml2p:Extensions")
	el.CreateAttr("xmlns:saml2p", nsProtocol)
	before(status, el)
	return el, nil
}

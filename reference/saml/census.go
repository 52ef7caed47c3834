package saml

import (
	"strings"

	"github.com/beevik/etree"
)

// census is one walk over a document: it refuses what namespaces in XML do not allow
// and counts what later checks must not overlook, wherever it stands.
type census struct {
	elements int
	ids      map[string]struct{}
	scope    []declared

	assertions, encrypted, signatures []*etree.Element
}

// declared is a namespace declaration in scope.
type declared struct{ prefix, name string }

func (c *census) visit(el *etree.Element) error {
	if c.elements++; c.elements > maxElements {
		return Refuse("the document has more than %d elements", maxElements)
	}
	outer := len(c.scope)
	if err := c.declare(el); err != nil {
		return err
	}
	name, err := c.resolve(el)
	if err != nil {
		return err
	}
	c.note(el, name)
	if err := c.attributes(el); err != nil {
		return err
	}
	for _, token := range el.Child {
		if inner, is := token.(*etree.Element); is {
			if err := c.visit(inner); err != nil {
				return err
			}
		}
	}
	c.scope = c.scope[:outer]
	return nil
}

// declare puts the element's namespace declarations in scope.
func (c *census) declare(el *etree.Element) error {
	for i := range el.Attr {
		attr := &el.Attr[i]
		switch {
		case attr.Space == "xmlns":
			if attr.Value == "" {
				return Refuse("prefix %s is declared to mean nothing", show(attr.Key))
			}
			c.scope = append(c.scope, declared{attr.Key, attr.Value})
		case attr.Space == "" && attr.Key == "xmlns":
			c.scope = append(c.scope, declared{"", attr.Value})
		default:
			continue
		}
		if attr.Key == "xml" || attr.Space == "xmlns" && attr.Key == "xmlns" || attr.Value == nsXML || attr.Value == nsXMLNS {
			return Refuse("a reserved prefix or namespace is declared")
		}
		if !absolute(attr.Value) {
			return Refuse("namespace %s is not an absolute URI", show(attr.Value))
		}
	}
	if len(c.scope) > maxNamespaces {
		return Refuse("more than %d namespaces are in scope", maxNamespaces)
	}
	return nil
}

// absolute reports whether a namespace name is empty or an absolute URI in plain
// characters. Canonicalization is not defined for others, and libraries have been
// known to give an empty result for them.
func absolute(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || strings.IndexByte("<>\"{}|\\^`", c) >= 0 {
			return false
		}
	}
	return name == "" || strings.IndexByte(name, ':') > 0
}

// resolve returns the namespace of the element.
func (c *census) resolve(el *etree.Element) (string, error) {
	if !plain(el.Space) || !plain(el.Tag) {
		return "", Refuse("%s is no element name", show(el.FullTag()))
	}
	name, known := c.lookup(el.Space)
	if !known && el.Space != "" {
		return "", Refuse("prefix %s is not declared", show(el.Space))
	}
	return name, nil
}

func (c *census) lookup(prefix string) (string, bool) {
	for i := len(c.scope) - 1; i >= 0; i-- {
		if c.scope[i].prefix == prefix {
			return c.scope[i].name, true
		}
	}
	return "", false
}

// plain reports whether a part of a name is free of colons, as the parts of a
// qualified name are.
func plain(part string) bool { return strings.IndexByte(part, ':') < 0 }

// note remembers the elements that decide what is believed.
func (c *census) note(el *etree.Element, namespace string) {
	switch {
	case namespace == nsAssertion && el.Tag == "Assertion":
		c.assertions = append(c.assertions, el)
	case namespace == nsAssertion && el.Tag == "EncryptedAssertion":
		c.encrypted = append(c.encrypted, el)
	case namespace == nsSignature && el.Tag == "Signature":
		c.signatures = append(c.signatures, el)
	}
}

// attributes refuses undeclared prefixes, an attribute that is there twice (by its
// written or by its expanded name) and an ID that another element has.
func (c *census) attributes(el *etree.Element) error {
	for i := range el.Attr {
		attr := &el.Attr[i]
		if !plain(attr.Key) || !plain(attr.Space) {
			return Refuse("%s is no attribute name", show(attr.FullKey()))
		}
		name, err := c.attributeNamespace(attr)
		if err != nil {
			return err
		}
		for j := range i {
			other := &el.Attr[j]
			if other.Key != attr.Key {
				continue
			}
			if otherName, err := c.attributeNamespace(other); err == nil && otherName == name {
				return Refuse("element %s has attribute %s twice", show(el.Tag), show(attr.Key))
			}
		}
		if err := c.identify(attr, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *census) attributeNamespace(attr *etree.Attr) (string, error) {
	switch attr.Space {
	case "":
		return "", nil
	case "xmlns":
		return nsXMLNS, nil
	case "xml":
		return nsXML, nil
	}
	name, known := c.lookup(attr.Space)
	if !known {
		return "", Refuse("prefix %s is not declared", show(attr.Space))
	}
	return name, nil
}

// identify enters an ID. The spellings of SAML, XML Signature and XML share one
// space of names, so that no library can be led to another element.
func (c *census) identify(attr *etree.Attr, namespace string) error {
	switch {
	case namespace == "" && (attr.Key == "ID" || attr.Key == "Id" || attr.Key == "id"):
	case namespace == nsXML && attr.Key == "id":
	default:
		return nil
	}
	if _, taken := c.ids[attr.Value]; taken {
		return Refuse("two elements have the ID %s", show(attr.Value))
	}
	c.ids[attr.Value] = struct{}{}
	return nil
}

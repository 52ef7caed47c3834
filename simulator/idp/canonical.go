package idp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// Canonicalization algorithms (exclusive XML canonicalization 1.0, canonical XML 1.0
// and 1.1). SAML asks for the first (SAML 2.0 core §5.4.3); the others are met.
const (
	Exclusive               = "http://www.w3.org/2001/10/xml-exc-c14n#"
	ExclusiveWithComments   = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
	Inclusive               = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	InclusiveWithComments   = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
	Inclusive11             = "http://www.w3.org/2006/12/xml-c14n11"
	Inclusive11WithComments = "http://www.w3.org/2006/12/xml-c14n11#WithComments"
)

// canonical writes the canonical form of an element where it stands: nothing is
// copied or moved, and what its ancestors declare counts. It keeps to what an
// identity provider writes itself, in which no ancestor has attributes of the
// namespace xml.
type canonical struct {
	exclusive, comments bool
	// always are the prefixes that exclusive canonicalization treats as the inclusive
	// one does; the empty one is the default namespace.
	always []string
	// leave is left out.
	leave *etree.Element

	out []byte
	// scope is what the document declares, the nearest last; written, what the
	// canonical form does.
	scope, written []binding
}

// binding is a namespace declaration.
type binding struct{ prefix, name string }

// CanonicalForm returns the canonical form of an element in its place in the document, by
// one of the algorithms above, without the element leave (nil leaves nothing out), as the
// enveloped-signature transform has it. The prefix list, in which #default stands for the
// default namespace, is read by exclusive canonicalization only. An unknown algorithm is
// the only error.
func CanonicalForm(algorithm, prefixList string, element, leave *etree.Element) ([]byte, error) {
	return canonicalForm(nil, algorithm, prefixList, element, leave)
}

// canonicalForm appends the canonical form to out.
func canonicalForm(out []byte, algorithm, prefixList string, element, leave *etree.Element) ([]byte, error) {
	c := canonical{leave: leave, out: out}
	plain := strings.TrimSuffix(strings.TrimSuffix(algorithm, "WithComments"), "#")
	c.comments = strings.HasSuffix(algorithm, "WithComments")
	switch plain {
	case strings.TrimSuffix(Exclusive, "#"):
		c.exclusive = true
		for _, prefix := range strings.Fields(prefixList) {
			if prefix == "#default" {
				prefix = ""
			}
			c.always = append(c.always, prefix)
		}
	case Inclusive, Inclusive11:
	default:
		return nil, fmt.Errorf("canonicalization %q is not known", algorithm)
	}
	c.inherit(element.Parent())
	c.element(element, true)
	return c.out, nil
}

// inherit brings into scope what the ancestors declare, the outermost first.
func (c *canonical) inherit(ancestor *etree.Element) {
	if ancestor == nil {
		return
	}
	c.inherit(ancestor.Parent())
	c.declare(ancestor)
}

func (c *canonical) declare(element *etree.Element) {
	for i := range element.Attr {
		if prefix, is := declaration(&element.Attr[i]); is {
			c.scope = append(c.scope, binding{prefix, element.Attr[i].Value})
		}
	}
}

// declaration returns the prefix that an attribute declares, if it declares one.
func declaration(a *etree.Attr) (prefix string, is bool) {
	switch {
	case a.Space == "xmlns":
		return a.Key, true
	case a.Space == "" && a.Key == "xmlns":
		return "", true
	}
	return "", false
}

func (c *canonical) element(element *etree.Element, apex bool) {
	inScope, inOutput := len(c.scope), len(c.written)
	c.declare(element)
	c.out = append(c.out, '<')
	c.name(element.Space, element.Tag)
	c.namespaces(element, apex)
	c.attributes(element)
	c.out = append(c.out, '>')
	for _, token := range element.Child {
		switch token := token.(type) {
		case *etree.Element:
			if token != c.leave {
				c.element(token, false)
			}
		case *etree.CharData:
			c.out = appendText(c.out, token.Data)
		case *etree.Comment:
			if c.comments {
				c.out = append(append(append(c.out, "<!--"...), token.Data...), "-->"...)
			}
		}
	}
	c.out = append(c.out, '<', '/')
	c.name(element.Space, element.Tag)
	c.out = append(c.out, '>')
	c.scope, c.written = c.scope[:inScope], c.written[:inOutput]
}

func (c *canonical) name(prefix, local string) {
	if prefix != "" {
		c.out = append(append(c.out, prefix...), ':')
	}
	c.out = append(c.out, local...)
}

// namespaces writes the declarations that this element needs, in order of prefix.
func (c *canonical) namespaces(element *etree.Element, apex bool) {
	from := len(c.written)
	switch {
	case c.exclusive:
		c.need(element.Space)
		for i := range element.Attr {
			if a := &element.Attr[i]; a.Space != "" && a.Space != "xmlns" {
				c.need(a.Space)
			}
		}
		for _, prefix := range c.always {
			c.need(prefix)
		}
	case apex:
		for _, b := range c.scope {
			c.need(b.prefix)
		}
	default:
		for i := range element.Attr {
			if prefix, is := declaration(&element.Attr[i]); is {
				c.need(prefix)
			}
		}
	}
	fresh := c.written[from:]
	slices.SortFunc(fresh, func(a, b binding) int { return cmp.Compare(a.prefix, b.prefix) })
	for _, b := range fresh {
		c.out = append(c.out, " xmlns"...)
		if b.prefix != "" {
			c.out = append(append(c.out, ':'), b.prefix...)
		}
		c.value(b.name)
	}
}

// need declares the prefix in the output unless it means the same there already, or
// nothing at all.
func (c *canonical) need(prefix string) {
	if prefix == "xml" {
		return
	}
	means, known := lookup(c.scope, prefix)
	meant, _ := lookup(c.written, prefix)
	if means == meant || !known && prefix != "" {
		return
	}
	c.written = append(c.written, binding{prefix, means})
}

func lookup(bindings []binding, prefix string) (name string, known bool) {
	for i := len(bindings) - 1; i >= 0; i-- {
		if bindings[i].prefix == prefix {
			return bindings[i].name, true
		}
	}
	return "", false
}

// attributes writes all others in order of namespace and name.
func (c *canonical) attributes(element *etree.Element) {
	var kept [8]*etree.Attr
	sorted := kept[:0]
	for i := range element.Attr {
		if _, is := declaration(&element.Attr[i]); !is {
			sorted = append(sorted, &element.Attr[i])
		}
	}
	slices.SortFunc(sorted, func(a, b *etree.Attr) int {
		if a.Space != b.Space {
			if order := cmp.Compare(c.namespaceOf(a), c.namespaceOf(b)); order != 0 {
				return order
			}
		}
		return cmp.Compare(a.Key, b.Key)
	})
	for _, a := range sorted {
		c.out = append(c.out, ' ')
		c.name(a.Space, a.Key)
		c.value(a.Value)
	}
}

func (c *canonical) namespaceOf(a *etree.Attr) string {
	switch a.Space {
	case "":
		return ""
	case "xml":
		return "http://www.w3.org/XML/1998/namespace"
	}
	name, _ := lookup(c.scope, a.Space)
	return name
}

// value writes an attribute's value with what stands around it.
func (c *canonical) value(text string) { c.out = appendValue(c.out, text) }

// What stands for characters that may not stand for themselves, in attributes and in text.
var (
	inValues = [256]string{'&': "&amp;", '<': "&lt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;"}
	inTexts  = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#xD;"}
)

// appendValue appends an attribute's value, in canonical form, with what stands around it.
func appendValue(out []byte, text string) []byte {
	out = append(out, '=', '"')
	return append(appendEscaped(out, text, &inValues), '"')
}

// appendText appends character data in canonical form.
func appendText(out []byte, text string) []byte { return appendEscaped(out, text, &inTexts) }

func appendEscaped(out []byte, text string, escapes *[256]string) []byte {
	from := 0
	for i := range len(text) {
		if escaped := escapes[text[i]]; escaped != "" {
			out = append(append(out, text[from:i]...), escaped...)
			from = i + 1
		}
	}
	return append(out, text[from:]...)
}

package saml

import (
	"crypto"
	_ "crypto/sha256" // makes SHA-256 available to crypto.Hash
	_ "crypto/sha512" // makes SHA-384 and SHA-512 available to crypto.Hash
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// canonical returns the exclusive canonical form of el in its place, without comments
// and, as the enveloped-signature transform has it, without the child leave (nil:
// nothing is left out). prefixes is a PrefixList.
//
// It is for documents that the census has seen: every prefix is declared, and there are
// elements, text and comments only. A namespace is written where a name uses it and the
// form does not have it yet, or, for a prefix in the list, wherever the document has it
// and the form does not.
func canonical(el *etree.Element, prefixes string, leave *etree.Element) ([]byte, error) {
	return canonicalOver(make([]byte, 0, 2048), el, prefixes, leave)
}

// canonicalOver is [canonical], written over bytes that nobody needs any more.
func canonicalOver(spent []byte, el *etree.Element, prefixes string, leave *etree.Element) ([]byte, error) {
	f := form{leave: leave, listed: strings.Fields(prefixes), out: spent[:0]}
	for i, prefix := range f.listed {
		if prefix == "#default" {
			f.listed[i] = ""
		}
	}
	for at := el.Parent(); at != nil; at = at.Parent() {
		f.scope = declarations(f.scope, at)
	}
	slices.Reverse(f.scope)
	if unknown := f.write(el); unknown != "" {
		return nil, Refuse("the %s cannot be canonicalized: prefix %s is not declared", el.Tag, show(unknown))
	}
	return f.out, nil
}

// form is a canonical form in the making.
type form struct {
	leave  *etree.Element
	listed []string
	out    []byte
	// scope is what the document declares at this point, shown is what the form does.
	scope, shown []declared
	// attributes are those of the tag that is being written.
	attributes []plainAttribute
}

// declarations adds the namespaces that an element declares.
func declarations(to []declared, el *etree.Element) []declared {
	for i := range el.Attr {
		switch attr := &el.Attr[i]; {
		case attr.Space == "xmlns":
			to = append(to, declared{attr.Key, attr.Value})
		case attr.Space == "" && attr.Key == "xmlns":
			to = append(to, declared{"", attr.Value})
		}
	}
	return to
}

// nearest returns what a prefix means; the last declaration of it counts.
func nearest(in []declared, prefix string) (name string, known bool) {
	for i := len(in) - 1; i >= 0; i-- {
		if in[i].prefix == prefix {
			return in[i].name, true
		}
	}
	return "", false
}

// write writes an element with all that is in it. It returns a prefix that a name uses
// and nobody declared, if there is one.
func (f *form) write(el *etree.Element) (unknown string) {
	scope, shown := len(f.scope), len(f.shown)
	f.scope = declarations(f.scope, el)
	if unknown := f.arrange(el); unknown != "" {
		return unknown
	}
	f.add("<").name(el.Space, el.Tag)
	for _, fresh := range f.shown[shown:] {
		f.add(" xmlns")
		if fresh.prefix != "" {
			f.add(":").add(fresh.prefix)
		}
		f.value(fresh.name)
	}
	for i := range f.attributes {
		attr := &f.attributes[i]
		f.add(" ").name(attr.prefix, attr.name).value(attr.value)
	}
	f.add(">")
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.Element:
			if token == f.leave {
				continue
			}
			if unknown := f.write(token); unknown != "" {
				return unknown
			}
		case *etree.CharData:
			f.text(token.Data)
		}
	}
	f.add("</").name(el.Space, el.Tag).add(">")
	f.scope, f.shown = f.scope[:scope], f.shown[:shown]
	return ""
}

// plainAttribute is an attribute that is no declaration.
type plainAttribute struct{ namespace, prefix, name, value string }

// arrange puts in order what stands in the element's tag: to shown it adds the
// namespaces that are new, by prefix; attributes become those of the element, by
// namespace and name.
func (f *form) arrange(el *etree.Element) (unknown string) {
	from := len(f.shown)
	if !f.use(el.Space) {
		return el.Space
	}
	f.attributes = f.attributes[:0]
	for i := range el.Attr {
		attr := &el.Attr[i]
		if attr.Space == "xmlns" || attr.Space == "" && attr.Key == "xmlns" {
			continue
		}
		plain := plainAttribute{prefix: attr.Space, name: attr.Key, value: attr.Value}
		switch {
		case attr.Space == "xml":
			plain.namespace = nsXML
		case attr.Space != "" && !f.use(attr.Space):
			return attr.Space
		case attr.Space != "":
			plain.namespace, _ = nearest(f.scope, attr.Space)
		}
		f.attributes = append(f.attributes, plain)
	}
	for _, prefix := range f.listed {
		f.use(prefix) // one that nobody declares is none of ours
	}
	slices.SortFunc(f.shown[from:], func(a, b declared) int { return strings.Compare(a.prefix, b.prefix) })
	slices.SortFunc(f.attributes, func(a, b plainAttribute) int {
		if order := strings.Compare(a.namespace, b.namespace); order != 0 {
			return order
		}
		return strings.Compare(a.name, b.name)
	})
	return ""
}

// use shows what the prefix means, unless the form does already. It is false for a
// prefix that means nothing.
func (f *form) use(prefix string) bool {
	means, known := nearest(f.scope, prefix)
	if !known && prefix != "" {
		return false
	}
	if shown, _ := nearest(f.shown, prefix); shown != means {
		f.shown = append(f.shown, declared{prefix, means})
	}
	return true
}

// add writes what needs no escape.
func (f *form) add(text string) *form {
	f.out = append(f.out, text...)
	return f
}

func (f *form) name(prefix, local string) *form {
	if prefix != "" {
		f.add(prefix).add(":")
	}
	return f.add(local)
}

// value writes an attribute's value, from the sign before it on (Canonical XML 2.3).
func (f *form) value(text string) { f.add(`="`).escaped(text, &inValue).add(`"`) }

// text writes character data (Canonical XML 2.3).
func (f *form) text(text string) { f.escaped(text, &inText) }

// What stands for a character, where it may not stand for itself.
var (
	inValue = [256]string{'&': "&amp;", '<': "&lt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;"}
	inText  = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#xD;"}
)

func (f *form) escaped(text string, instead *[256]string) *form {
	done := 0
	for i := range len(text) {
		if escape := instead[text[i]]; escape != "" {
			f.add(text[done:i]).add(escape)
			done = i + 1
		}
	}
	return f.add(text[done:])
}

func sum(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data) // a hash never returns an error
	return h.Sum(nil)
}

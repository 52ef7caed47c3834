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
	f := form{leave: leave, listed: strings.Fields(prefixes)}
	for i, prefix := range f.listed {
		if prefix == "#default" {
			f.listed[i] = ""
		}
	}
	for at := el.Parent(); at != nil; at = at.Parent() {
		f.scope = append(f.scope, declarations(at)...)
	}
	slices.Reverse(f.scope)
	if unknown := f.write(el); unknown != "" {
		return nil, Refuse("the %s cannot be canonicalized: prefix %s is not declared", el.Tag, show(unknown))
	}
	return []byte(f.out.String()), nil
}

// form is a canonical form in the making.
type form struct {
	leave  *etree.Element
	listed []string
	out    strings.Builder
	// scope is what the document declares at this point, shown is what the form does.
	scope, shown []declared
}

// declarations are the namespaces that an element declares.
func declarations(el *etree.Element) (found []declared) {
	for i := range el.Attr {
		switch attr := &el.Attr[i]; {
		case attr.Space == "xmlns":
			found = append(found, declared{attr.Key, attr.Value})
		case attr.Space == "" && attr.Key == "xmlns":
			found = append(found, declared{"", attr.Value})
		}
	}
	return found
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
	f.scope = append(f.scope, declarations(el)...)
	attributes, unknown := f.arrange(el)
	if unknown != "" {
		return unknown
	}
	f.out.WriteString("<" + el.FullTag())
	for _, fresh := range f.shown[shown:] {
		name := "xmlns"
		if fresh.prefix != "" {
			name += ":" + fresh.prefix
		}
		f.out.WriteString(" " + name + `="` + inAttributes.Replace(fresh.name) + `"`)
	}
	for _, attr := range attributes {
		f.out.WriteString(" " + attr.written + `="` + inAttributes.Replace(attr.value) + `"`)
	}
	f.out.WriteString(">")
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
			f.out.WriteString(inText.Replace(token.Data))
		}
	}
	f.out.WriteString("</" + el.FullTag() + ">")
	f.scope, f.shown = f.scope[:scope], f.shown[:shown]
	return ""
}

// plainAttribute is an attribute that is no declaration.
type plainAttribute struct{ namespace, name, written, value string }

// arrange puts in order what stands in the element's tag: to shown it adds the
// namespaces that are new, by prefix; it returns the attributes by namespace and name.
func (f *form) arrange(el *etree.Element) (attributes []plainAttribute, unknown string) {
	from := len(f.shown)
	if !f.use(el.Space) {
		return nil, el.Space
	}
	for i := range el.Attr {
		attr := &el.Attr[i]
		if attr.Space == "xmlns" || attr.Space == "" && attr.Key == "xmlns" {
			continue
		}
		plain := plainAttribute{name: attr.Key, written: attr.FullKey(), value: attr.Value}
		switch {
		case attr.Space == "xml":
			plain.namespace = nsXML
		case attr.Space != "" && !f.use(attr.Space):
			return nil, attr.Space
		case attr.Space != "":
			plain.namespace, _ = nearest(f.scope, attr.Space)
		}
		attributes = append(attributes, plain)
	}
	for _, prefix := range f.listed {
		f.use(prefix) // one that nobody declares is none of ours
	}
	slices.SortFunc(f.shown[from:], func(a, b declared) int { return strings.Compare(a.prefix, b.prefix) })
	slices.SortFunc(attributes, func(a, b plainAttribute) int {
		if order := strings.Compare(a.namespace, b.namespace); order != 0 {
			return order
		}
		return strings.Compare(a.name, b.name)
	})
	return attributes, ""
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

// How characters are written in the canonical form (Canonical XML 2.3).
var (
	inAttributes = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
	inText       = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
)

func sum(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data) // a hash never returns an error
	return h.Sum(nil)
}

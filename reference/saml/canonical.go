package saml

import (
	"crypto"
	_ "crypto/sha256" // makes SHA-256 available to crypto.Hash
	_ "crypto/sha512" // makes SHA-384 and SHA-512 available to crypto.Hash

	"github.com/beevik/etree"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// canonical returns the exclusive canonical form of el, without comments and, as the
// enveloped-signature transform has it, without the child leave (nil: nothing is left
// out).
//
// The canonicalizer works on a detached element, where namespaces that an ancestor
// declares are lost. They are declared on the copy first: exclusive
// canonicalization writes a namespace where it is visibly used, or, for a prefix in
// the PrefixList, at the top if it is in scope there. Where the declaration stood is
// of no importance to either, so the result is the canonical form of el in its place.
func canonical(el *etree.Element, prefixes string, leave *etree.Element) ([]byte, error) {
	detached := el.Copy()
	if leave != nil {
		detached.RemoveChildAt(leave.Index())
	}
	declareScope(detached, el.Parent())
	if err := etreeutils.TransformExcC14n(detached, prefixes, false); err != nil {
		return nil, Refuse("the %s cannot be canonicalized: %s", el.Tag, show(err.Error()))
	}
	document := etree.NewDocument()
	document.WriteSettings = etree.WriteSettings{CanonicalAttrVal: true, CanonicalEndTags: true, CanonicalText: true}
	document.SetRoot(detached)
	out, err := document.WriteToBytes()
	if err != nil {
		return nil, Refuse("the %s cannot be canonicalized: %s", el.Tag, show(err.Error()))
	}
	return out, nil
}

// declareScope declares on el every namespace that is in scope at its former parent
// and that el itself does not declare anew. The nearest declaration of a prefix wins.
func declareScope(el, parent *etree.Element) {
	for ; parent != nil; parent = parent.Parent() {
		for _, attr := range parent.Attr {
			named := attr.Space == "xmlns"
			if !named && (attr.Space != "" || attr.Key != "xmlns") {
				continue
			}
			if !declares(el, attr.Space, attr.Key) {
				el.Attr = append(el.Attr, etree.Attr{Space: attr.Space, Key: attr.Key, Value: attr.Value})
			}
		}
	}
}

func declares(el *etree.Element, space, key string) bool {
	for i := range el.Attr {
		if el.Attr[i].Space == space && el.Attr[i].Key == key {
			return true
		}
	}
	return false
}

func sum(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data) // a hash never returns an error
	return h.Sum(nil)
}

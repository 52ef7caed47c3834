package defect

import (
	"crypto"
	_ "crypto/md5"  // makes MD5 available to crypto.Hash
	_ "crypto/sha1" // makes SHA-1 available to crypto.Hash

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"rollcall.example/reference/saml"
)

// Algorithms that a verifier knows.
const (
	inclusive          = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	exclusive          = "http://www.w3.org/2001/10/xml-exc-c14n#"
	envelopedSignature = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
)

var (
	canonicalizers = map[string]func(prefixes string) dsig.Canonicalizer{
		inclusive:                   func(string) dsig.Canonicalizer { return dsig.MakeC14N10RecCanonicalizer() },
		inclusive + "#WithComments": func(string) dsig.Canonicalizer { return dsig.MakeC14N10WithCommentsCanonicalizer() },
		exclusive:                   dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList,
		exclusive + "WithComments":  dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList,
	}
	rsaMethods = map[string]crypto.Hash{
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": crypto.SHA256,
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": crypto.SHA384,
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": crypto.SHA512,
	}
	digestMethods = map[string]crypto.Hash{
		"http://www.w3.org/2001/04/xmlenc#sha256":       crypto.SHA256,
		"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
		"http://www.w3.org/2001/04/xmlenc#sha512":       crypto.SHA512,
	}
)

// canonicalForm is the canonical form of an element in its place, without the element
// leave somewhere below it (nil: nothing is left out).
func canonicalForm(el *etree.Element, form, prefixes string, leave *etree.Element) ([]byte, error) {
	canonicalizer, known := canonicalizers[form]
	if !known {
		return nil, saml.Refuse("an unknown canonicalization")
	}
	context, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, saml.Refuse("the namespaces are not in order")
	}
	detached, err := etreeutils.NSDetatch(context, el)
	if err != nil {
		return nil, saml.Refuse("the namespaces are not in order")
	}
	if path, below := pathTo(el, leave); below {
		parent := detached
		for _, at := range path[:len(path)-1] {
			parent = parent.Child[at].(*etree.Element)
		}
		parent.RemoveChildAt(path[len(path)-1])
	}
	out, err := canonicalizer(prefixes).Canonicalize(detached)
	if err != nil {
		return nil, saml.Refuse("it cannot be canonicalized")
	}
	return out, nil
}

// pathTo is the way from an element down to another one, as places among children.
func pathTo(el, below *etree.Element) ([]int, bool) {
	var path []int
	for ; below != nil; below = below.Parent() {
		if below == el {
			return path, len(path) > 0
		}
		path = append([]int{below.Index()}, path...)
	}
	return nil, false
}

func sumOf(hash crypto.Hash, octets []byte) []byte {
	h := hash.New()
	h.Write(octets) // a hash never returns an error
	return h.Sum(nil)
}

// algorithmOf is what the element's child of this name states.
func algorithmOf(el *etree.Element, tag string) string { return childAttribute(el, tag, "Algorithm") }

// childAttribute is an attribute of the element's child of this name; empty for none.
func childAttribute(el *etree.Element, tag, name string) string {
	if child := el.SelectElement(tag); child != nil {
		return child.SelectAttrValue(name, "")
	}
	return ""
}

// childText is the text of the element's child of this name; empty for none.
func childText(el *etree.Element, tag string) string {
	if child := el.SelectElement(tag); child != nil {
		return child.Text()
	}
	return ""
}

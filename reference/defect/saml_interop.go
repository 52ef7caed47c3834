package defect

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// demand is something that a product asks of a response without any right to. It is made
// right after a check of the policy; a reason refuses.
type demand struct {
	name, after string
	lack        func(m *saml.Message) string
}

// Defects in what is asked of documents: their letters, which differ from one identity
// provider to the next, rather than what they say.
var _ = register(demands(slices.Concat(ofSignatures, ofLetters, ofStatements, ofKeys)))

// Defects in how documents are read that are honest and unusual.
var _ = register(defects{
	"interop-prefix-list-ignored": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			transform := v.transform
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				listed := reference.Copy()
				for _, el := range listed.FindElements(".//InclusiveNamespaces") {
					el.CreateAttr("PrefixList", "")
				}
				return transform(signature, listed, target)
			}
		})
	},
	"interop-clocks-equal": func(p *reference.Parts) { p.SAML.Skew, p.SAML.MaxAge = 0, 30*time.Second },
})

// demands builds a product of each demand.
func demands(all []demand) defects {
	table := defects{}
	for _, d := range all {
		table["interop-"+d.name] = demanding(d.after, d.lack)
	}
	return table
}

// demanding adds a demand to a check.
func demanding(after string, lack func(m *saml.Message) string) install {
	return func(p *reference.Parts) {
		run := check(p, after)
		p.SAML.Replace(after, func(ctx context.Context, m *saml.Message) error {
			if err := run(ctx, m); err != nil {
				return err
			}
			if reason := lack(m); reason != "" {
				return saml.Refuse("%s", reason)
			}
			return nil
		})
	}
}

// when turns a condition into a demand's reason.
func when(lacking bool, reason string) string {
	if lacking {
		return reason
	}
	return ""
}

// ofSignatures are demands on what is signed, and how that is written.
var ofSignatures = []demand{
	{"response-signature-wanted", "signature", func(m *saml.Message) string { return when(!m.ResponseSigned, "the response is not signed") }},
	{"assertion-signature-wanted", "signature", func(m *saml.Message) string { return when(!m.AssertionSigned, "the assertion is not signed") }},
	{"one-signature", "signature", func(m *saml.Message) string {
		return when(m.ResponseSigned && m.AssertionSigned, "there are two signatures")
	}},
	{"sha256-only", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"SignatureMethod", "DigestMethod"}, func(el *etree.Element) bool {
			name := el.SelectAttrValue("Algorithm", "")
			return !strings.Contains(name, "384") && !strings.Contains(name, "512")
		})
	}},
	{"no-pss", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"SignatureMethod"}, func(el *etree.Element) bool { return !strings.Contains(el.SelectAttrValue("Algorithm", ""), "MGF1") })
	}},
	{"no-ecdsa", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"SignatureMethod"}, func(el *etree.Element) bool { return !strings.Contains(el.SelectAttrValue("Algorithm", ""), "ecdsa") })
	}},
	{"certificate-wanted", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"Signature"}, func(el *etree.Element) bool { return el.FindElement("./KeyInfo/X509Data/X509Certificate") != nil })
	}},
	{"certificate-first", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"KeyInfo"}, func(el *etree.Element) bool {
			children := el.ChildElements()
			return children[0].Tag == "X509Data" && children[0].ChildElements()[0].Tag == "X509Certificate"
		})
	}},
	{"prefix-list-not-empty", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"InclusiveNamespaces"}, func(el *etree.Element) bool { return el.SelectAttrValue("PrefixList", "") != "" })
	}},
	{"one-prefix-listed", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"InclusiveNamespaces"}, func(el *etree.Element) bool { return !strings.Contains(el.SelectAttrValue("PrefixList", ""), " ") })
	}},
	{"no-list-for-info", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"CanonicalizationMethod"}, func(el *etree.Element) bool { return len(el.ChildElements()) == 0 })
	}},
	{"base64-in-one-line", "one-assertion", func(m *saml.Message) string {
		return every(m, []string{"DigestValue", "SignatureValue"}, func(el *etree.Element) bool { return !strings.ContainsAny(el.Text(), " \t\r\n") })
	}},
}

var oktaID = regexp.MustCompile(`^id[0-9]+$`)

// ofLetters are demands on the document.
var ofLetters = []demand{
	{"by-prefix", "one-assertion", func(m *saml.Message) string {
		return when(m.Response.Space != "saml2p" || m.Unverified.Space != "saml2" || m.Response.FindElement(".//ds:Signature") == nil, "there is no saml2p:Response with a saml2:Assertion")
	}},
	{"text-nodes-counted", "one-assertion", func(m *saml.Message) string {
		_, element := m.Response.Child[0].(*etree.Element)
		return when(!element, "the response does not begin with an issuer")
	}},
	{"comments-refused", "document", func(m *saml.Message) string {
		return when(strings.Contains(string(m.XML), "<!--"), "there are comments")
	}},
	{"declaration-exact", "document", func(m *saml.Message) string {
		return when(!strings.HasPrefix(string(m.XML), `<?xml version="1.0" encoding="UTF-8"?>`), "there is no XML declaration")
	}},
	{"namespaces-listed", "document", func(m *saml.Message) string {
		for _, el := range everything(m) {
			for _, attribute := range el.Attr {
				if attribute.Space == "xmlns" && !slices.Contains(oktasNamespaces, attribute.Value) {
					return "there is a namespace that is not known"
				}
			}
		}
		return ""
	}},
	{"no-namespace-inherited", "one-assertion", func(m *saml.Message) string {
		declares := func(a etree.Attr) bool { return a.Value == m.Unverified.NamespaceURI() }
		return when(!slices.ContainsFunc(m.Unverified.Attr, declares), "the assertion does not declare its namespace")
	}},
	{"ids-of-digits", "one-assertion", func(m *saml.Message) string {
		return when(!oktaID.MatchString(m.Unverified.SelectAttrValue("ID", "")), "the ID is none")
	}},
	{"milliseconds-only", "one-assertion", func(m *saml.Message) string {
		_, err := time.Parse("2006-01-02T15:04:05.000Z", m.Unverified.SelectAttrValue("IssueInstant", ""))
		return when(err != nil || len(m.Unverified.SelectAttrValue("IssueInstant", "")) != 24, "the time cannot be read")
	}},
	{"extensions-refused", "one-assertion", func(m *saml.Message) string {
		return when(m.Response.SelectElement("Extensions") != nil, "there are extensions")
	}},
	{"consent-refused", "one-assertion", func(m *saml.Message) string {
		return when(m.Response.SelectAttr("Consent") != nil, "there is a consent")
	}},
	{"response-issuer-wanted", "one-assertion", func(m *saml.Message) string {
		return when(m.Response.SelectElement("Issuer") == nil, "the response has no issuer")
	}},
	{"issuer-format-wanted", "one-assertion", func(m *saml.Message) string {
		return when(childAttribute(m.Unverified, "Issuer", "Format") == "", "the issuer has no format")
	}},
	{"destination-wanted", "one-assertion", func(m *saml.Message) string {
		return when(m.Response.SelectAttr("Destination") == nil, "the response has no destination")
	}},
}

var oktasNamespaces = []string{
	"urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion", "http://www.w3.org/2000/09/xmldsig#",
	"http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/2001/XMLSchema-instance",
}

// everything is the response and every element in it.
func everything(m *saml.Message) []*etree.Element {
	return append([]*etree.Element{m.Response}, m.Response.FindElements(".//*")...)
}

// every wants something of all elements that have one of the names.
func every(m *saml.Message, names []string, holds func(*etree.Element) bool) string {
	for _, el := range everything(m) {
		if slices.Contains(names, el.Tag) && !holds(el) {
			return "there is a " + el.Tag + " that is not understood"
		}
	}
	return ""
}

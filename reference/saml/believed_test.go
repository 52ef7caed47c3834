package saml_test

import (
	"crypto"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/saml"
)

func TestBelieves(t *testing.T) {
	t.Parallel()
	for name, m := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for attributes, with := range map[string]bool{"with attributes": true, "without": false} {
				t.Run(attributes, func(t *testing.T) {
					s := signer{}
					if with {
						s.prefixes = "xs"
					}
					got := believed(t, arrival(t, signXML(t, oktaLetter(requestID, with).xml(), m, s)))
					if with != (len(got.Attributes) == 5) {
						t.Errorf("attributes: %v", got.Attributes)
					}
				})
			}
		})
	}
}

// TestReadsAll looks at every field of what the caller gets.
func TestReadsAll(t *testing.T) {
	t.Parallel()
	l := oktaLetter(requestID, true)
	l.authn = swap(t, l.authn, ` SessionIndex`, ` SessionNotOnOrAfter="`+stamp(8*time.Hour)+`" SessionIndex`)
	// The first statement names the session, the earliest end of all counts.
	l.authn += strings.NewReplacer("session-1", "session-2", stamp(8*time.Hour), stamp(9*time.Hour), stamp(-time.Hour), stamp(-2*time.Hour)).Replace(l.authn)
	l.subject = swap(t, l.subject, stamp(5*time.Minute), stamp(3*time.Minute))
	got := believed(t, arrival(t, signXML(t, l.xml(), both, signer{prefixes: "xs"})))
	want := &saml.Assertion{
		ID: "id1234567890654321", Issuer: idpEntity, ProviderID: providerID,
		NameID: honest, NameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		SessionIndex: "session-1", InResponseTo: requestID,
		AuthnInstant: now.Add(-time.Hour), NotOnOrAfter: now.Add(3 * time.Minute), SessionNotOnOrAfter: now.Add(8 * time.Hour),
		Attributes: []saml.Attribute{
			{Name: "name", Values: []string{"Han Solo"}},
			{Name: "email", Values: []string{honest}},
			{Name: "admin", Values: []string{"false"}},
			{Name: "teams", Values: []string{"uuid-1/member,uuid-2/maintainer"}},
			{Name: "groups", Values: []string{"Pilots", "Smugglers"}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestBelievesVariants takes the ways in which honest identity providers differ. edit
// works on the letter before it is signed, post on the signed text.
func TestBelievesVariants(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		edit    func(t *testing.T, l *letter)
		whole   func(t *testing.T, xml string) string
		post    func(t *testing.T, xml string) string
		arrival func(t *testing.T, a *saml.Arrival)
		signer  signer
	}{
		{name: "no PrefixList although there are attributes"},
		{name: "PrefixList of several", signer: signer{prefixes: "xs xsi saml2 saml2p ds"}},
		{name: "PrefixList of a prefix that is declared nowhere", signer: signer{prefixes: "nowhere"}},
		{
			name: "PrefixList of a prefix that only the response declares",
			edit: func(t *testing.T, l *letter) {
				l.assertion = swap(t, l.assertion, ` xmlns:xs="http://www.w3.org/2001/XMLSchema"`, "")
			},
			signer: signer{prefixes: "xs"},
		},
		{
			name: "assertion namespace that only the response declares",
			edit: func(_ *testing.T, l *letter) {
				const declaration = ` xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"`
				for _, part := range []*string{&l.assertion, &l.subject, &l.conditions, &l.authn, &l.attributes} {
					*part = strings.ReplaceAll(*part, declaration, "")
				}
				l.responseAttributes += declaration
			},
			signer: signer{prefixes: "xs"},
		},
		{name: "no KeyInfo", signer: signer{keyInfo: ptr("")}},
		{
			name:    "no KeyInfo, two certificates, signed by the second",
			signer:  signer{key: "okta-next", keyInfo: ptr("")},
			arrival: func(t *testing.T, a *saml.Arrival) { a.Providers = []saml.Provider{provider(t, "okta", "okta-next")} },
		},
		{
			name:    "rollover: the second certificate",
			signer:  signer{key: "okta-next"},
			arrival: func(t *testing.T, a *saml.Arrival) { a.Providers = []saml.Provider{provider(t, "okta", "okta-next")} },
		},
		{
			name:    "rollover: the first certificate",
			arrival: func(t *testing.T, a *saml.Arrival) { a.Providers = []saml.Provider{provider(t, "okta", "okta-next")} },
		},
		{
			name: "a pinned certificate that has expired",
			arrival: func(t *testing.T, a *saml.Arrival) {
				p := provider(t)
				p.IdP.Certificates = append(p.IdP.Certificates, makeCertificate(t, key(t, "okta"), "old", now.AddDate(-3, 0, 0), now.AddDate(-1, 0, 0)))
				a.Providers = []saml.Provider{p}
			},
		},
		{name: "rsa-sha384, sha384", signer: signer{
			method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", hash: crypto.SHA384,
			digestMethod: "http://www.w3.org/2001/04/xmldsig-more#sha384", digestHash: crypto.SHA384,
		}},
		{name: "rsa-sha512, sha512", signer: signer{
			method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", hash: crypto.SHA512,
			digestMethod: "http://www.w3.org/2001/04/xmlenc#sha512", digestHash: crypto.SHA512,
		}},
		{name: "pretty-printed", whole: func(_ *testing.T, xml string) string { return strings.ReplaceAll(xml, "><", ">\n  <") }},
		{name: "pretty-printed with CRLF", whole: func(_ *testing.T, xml string) string { return strings.ReplaceAll(xml, "><", ">\r\n\t<") }},
		{
			name: "white space in SignatureValue", // the outer one: the inner is signed itself
			post: func(t *testing.T, xml string) string {
				return swap(t, swap(t, xml, "<ds:SignatureValue>", "<ds:SignatureValue>\n \t"), "</ds:SignatureValue>", "\r\n</ds:SignatureValue>")
			},
		},
		{name: "no XML declaration", post: func(t *testing.T, xml string) string {
			return swap(t, xml, `<?xml version="1.0" encoding="UTF-8"?>`, "")
		}},
		{name: "standalone", post: func(t *testing.T, xml string) string {
			return swap(t, xml, `encoding="UTF-8"`, `encoding='utf-8' standalone="no"`)
		}},
		{name: "byte order mark", post: func(_ *testing.T, xml string) string { return "\xEF\xBB\xBF" + xml }},
		{name: "comments and space around the root", post: func(_ *testing.T, xml string) string { return xml + "\n<!-- end -->\n" }},
		{name: "comment between elements", post: func(t *testing.T, xml string) string { return swap(t, xml, "<saml2:NameID", "<!-- a --><saml2:NameID") }},
		{name: "CDATA in NameID", post: func(t *testing.T, xml string) string { return swap(t, xml, ">"+honest+"<", "><![CDATA["+honest+"]]><") }},
		{name: "several audiences", edit: func(t *testing.T, l *letter) {
			l.conditions = swap(t, l.conditions, "<saml2:Audience>", "<saml2:Audience>https://else.example</saml2:Audience><saml2:Audience>")
		}},
		{name: "white space around the audience", edit: func(t *testing.T, l *letter) {
			l.conditions = swap(t, l.conditions, ourEntity, "\n    "+ourEntity+"\n  ")
		}},
		{name: "OneTimeUse and ProxyRestriction", edit: func(t *testing.T, l *letter) {
			l.conditions = swap(t, l.conditions, "</saml2:Conditions>", `<saml2:OneTimeUse/><saml2:ProxyRestriction Count="0"/></saml2:Conditions>`)
		}},
		{name: "conditions without times", edit: func(t *testing.T, l *letter) {
			l.conditions = swap(t, l.conditions, `NotBefore="`+stamp(-5*time.Minute)+`" NotOnOrAfter="`+stamp(5*time.Minute)+`" `, "")
		}},
		{name: "a second confirmation of no use", edit: func(t *testing.T, l *letter) {
			l.subject = swap(t, l.subject, "<saml2:SubjectConfirmation ", `<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"/><saml2:SubjectConfirmation `)
		}},
		{name: "a confirmation with a name of its own", edit: func(t *testing.T, l *letter) {
			l.subject = swap(t, l.subject, "<saml2:SubjectConfirmationData", "<saml2:NameID>"+canary+"</saml2:NameID><saml2:SubjectConfirmationData")
		}},
		{name: "a friendly name that is another's name", edit: func(t *testing.T, l *letter) {
			l.attributes = swap(t, l.attributes, "</saml2:AttributeStatement>", `<saml2:Attribute Name="urn:x" FriendlyName="admin"><saml2:AttributeValue>true</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement>`)
		}},
		{name: "attributes of a foreign namespace", edit: func(t *testing.T, l *letter) {
			l.attributes = swap(t, l.attributes, "</saml2:AttributeStatement>", `<x:Attribute xmlns:x="urn:x" Name="admin"><x:AttributeValue>true</x:AttributeValue></x:Attribute></saml2:AttributeStatement>`)
		}},
		{name: "a long ID", edit: func(t *testing.T, l *letter) {
			l.responseAttributes = swap(t, l.responseAttributes, "id1234567890123456", "_7f6f2c1e-3f1b.4a4c_"+strings.Repeat("A9", 60))
		}},
		{name: "two AuthnStatements", edit: func(_ *testing.T, l *letter) { l.authn += strings.ReplaceAll(l.authn, "session-1", "session-2") }},
		{name: "microseconds", edit: func(t *testing.T, l *letter) { l.assertion = swap(t, l.assertion, ".000Z", ".123456Z") }},
		{name: "times without fractions", whole: func(_ *testing.T, xml string) string { return strings.ReplaceAll(xml, ".000Z", "Z") }},
		{name: "extensions and consent", edit: func(t *testing.T, l *letter) {
			l.responseAttributes += ` Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified"`
			l.response = swap(t, l.response, "<saml2p:Status ", `<saml2p:Extensions><x:hint xmlns:x="urn:example">1</x:hint></saml2p:Extensions><saml2p:Status `)
		}},
		{name: "wrapped base64", arrival: func(_ *testing.T, a *saml.Arrival) { a.Encoded = wrap76(a.Encoded) + "\r\n" }},
		{name: "other prefixes", whole: func(_ *testing.T, xml string) string {
			return strings.NewReplacer("saml2p:", "ns0:", ":saml2p=", ":ns0=", "saml2:", "a.b-c:", ":saml2=", ":a.b-c=").Replace(xml)
		}},
		{name: "unsolicited", edit: func(_ *testing.T, l *letter) { *l = oktaLetter("", true) }},
		{name: "a clock that is 80 seconds behind", arrival: func(_ *testing.T, a *saml.Arrival) { a.Now = now.Add(-80 * time.Second) }},
		{name: "a clock that is 80 seconds ahead of the end", arrival: func(_ *testing.T, a *saml.Arrival) { a.Now = now.Add(5*time.Minute + 80*time.Second) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for name, m := range modes {
				t.Run(name, func(t *testing.T) {
					l := oktaLetter(requestID, true)
					if tc.edit != nil {
						tc.edit(t, &l)
					}
					xml := l.xml()
					if tc.whole != nil {
						xml = tc.whole(t, xml)
					}
					xml = signXML(t, xml, m, tc.signer)
					if tc.post != nil {
						xml = tc.post(t, xml)
					}
					a := arrival(t, xml)
					if tc.arrival != nil {
						tc.arrival(t, &a)
					}
					believed(t, a)
				})
			}
		})
	}
}

func TestAssertionSignedNeedsNoDestination(t *testing.T) {
	t.Parallel()
	l := oktaLetter(requestID, true)
	l.responseAttributes = swap(t, l.responseAttributes, `Destination="`+ourACS+`" `, "")
	believed(t, arrival(t, signXML(t, l.xml(), assertion, signer{prefixes: "xs"})))
}

// TestCommentDoesNotCutValues: a comment does not change what was signed, and must not
// change what is read.
func TestCommentDoesNotCutValues(t *testing.T) {
	t.Parallel()
	for name, m := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			xml := oktaXML(t, m)
			for _, value := range []string{honest, "Pilots", idpEntity, ourEntity} {
				xml = strings.ReplaceAll(xml, ">"+value+"<", ">"+value[:4]+"<!-- x -->"+value[4:]+"<")
			}
			believed(t, arrival(t, xml))
		})
	}
}

func TestAttributeValues(t *testing.T) {
	t.Parallel()
	const xsi = `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
	values := map[string][]string{
		"unicode":    {"Zoë 李 🚀 שלום e\u0301", `<&>"'`},
		"empty":      {""},
		"nil":        nil,
		"none":       nil,
		"other nil":  {"kept"},
		"mixed":      {"a", "", "c"},
		"spaces":     {"  a\n b "},
		"structured": {"plain"},
		"markup":     {`</saml2:AttributeValue><admin>true</admin>`},
	}
	l := oktaLetter(requestID, false)
	l.attributes = statement(
		attr("unicode", "Zoë 李 🚀 שלום e\u0301", "&lt;&amp;&gt;&quot;&#39;"),
		attr("empty", ""),
		`<saml2:Attribute Name="nil"><saml2:AttributeValue `+xsi+` xsi:nil="true"/></saml2:Attribute>`,
		`<saml2:Attribute Name="none"/>`,
		`<saml2:Attribute Name="other nil"><saml2:AttributeValue xmlns:x="urn:x" x:nil="true">kept</saml2:AttributeValue></saml2:Attribute>`,
		attr("mixed", "a", "", "c"), attr("spaces", "  a\n b "),
	) + statement(
		attr("structured", `<saml2:NameID>`+canary+`</saml2:NameID>`, "plain"),
		attr("markup", `<![CDATA[</saml2:AttributeValue><admin>true</admin>]]>`),
	)
	got := believed(t, arrival(t, signXML(t, l.xml(), both, signer{})))
	if len(got.Attributes) != len(values) {
		t.Errorf("%d attributes, not %d", len(got.Attributes), len(values))
	}
	for name, want := range values {
		if have, present := got.Attribute(name); !present || !reflect.DeepEqual(have, want) {
			t.Errorf("%s: %q, present: %t; want %q", name, have, present, want)
		}
	}
	if _, present := got.Attribute("absent"); present {
		t.Error("an absent attribute is present")
	}
}

// TestNameIDAsIs: names that are unusual but honest come through to the letter.
func TestNameIDAsIs(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"han+test@falcon.example":                    "han+test@falcon.example",
		"Han.Solo@Falcon.Example":                    "Han.Solo@Falcon.Example",
		"ｈａｎ@falcon.example":                         "ｈａｎ@falcon.example",
		"o&apos;brien@falcon.example":                "o'brien@falcon.example",
		"00u1a2b3c4d5e6f7g8h9":                       "00u1a2b3c4d5e6f7g8h9",
		strings.Repeat("x", 256):                     strings.Repeat("x", 256),
		"evil&lt;!-- --&gt;@falcon.example":          "evil<!-- -->@falcon.example",
		"<!-- first -->han<!-- -->@f.example<!---->": "han@f.example",
	} {
		l := oktaLetter(requestID, false)
		l.subject = swap(t, l.subject, honest, written)
		got, err := saml.Standard().Verify(t.Context(), arrival(t, signXML(t, l.xml(), both, signer{})))
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		if got.NameID != want {
			t.Errorf("%s is read as %q", written, got.NameID)
		}
	}
}

// TestLargeButHonest: many groups are no attack.
func TestLargeButHonest(t *testing.T) {
	t.Parallel()
	l := oktaLetter(requestID, false)
	groups := make([]string, 1500)
	for i := range groups {
		groups[i] = "Group " + strings.Repeat("x", 40)
	}
	l.attributes = statement(attr("many", groups...), attr("long", strings.Repeat("y", 64<<10)))
	xml := signXML(t, l.xml(), assertion, signer{digestMethod: sha256URI, digestHash: crypto.SHA256, transforms: nil})
	if len(base64.StdEncoding.EncodeToString([]byte(xml))) < 300_000 {
		t.Fatal("the message is not large")
	}
	got := believed(t, arrival(t, xml))
	if values, _ := got.Attribute("many"); len(values) != len(groups) {
		t.Errorf("%d groups", len(values))
	}
}

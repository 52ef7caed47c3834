package saml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference/saml"
)

// TestRefusesFields is about what an assertion says honestly and should not be believed.
func TestRefusesFields(t *testing.T) {
	t.Parallel()
	first := func(el, signature *etree.Element) { el.InsertChildAt(0, signature) }
	persistent := func(name, qualifier string) func(testing.TB, *letter) {
		return func(t testing.TB, l *letter) {
			l.subject = strings.Replace(l.subject, "SAML:1.1:nameid-format:emailAddress\"", "SAML:2.0:nameid-format:persistent\" "+name+"=\""+qualifier+"\"", 1)
			if !strings.Contains(l.subject, name) {
				t.Fatal("the letter's name has another format")
			}
		}
	}
	state := func(statement string) func(testing.TB, *letter) {
		return func(_ testing.TB, l *letter) { l.attributes += statement }
	}
	for _, b := range []bad{
		{name: "a failure below success", check: "status", edit: func(_ testing.TB, l *letter) {
			l.response = strings.Replace(l.response, "</saml2p:StatusCode>", `<saml2p:StatusCode Value="urn:x"/></saml2p:StatusCode>`, 1)
			l.response = strings.Replace(l.response, successStatus+`"/>`, successStatus+`"><saml2p:StatusCode Value="urn:x"/></saml2p:StatusCode>`, 1)
		}},
		{name: "a signed response without issuer", check: "trusted-issuer", modes: []mode{response, both}, signer: &signer{prefixes: "xs", position: first},
			edit: func(_ testing.TB, l *letter) { l.response = from(l.response, "<saml2p:Status") }},
		{name: "a name of another qualifier", check: "qualifiers", edit: persistent("NameQualifier", "urn:x")},
		{name: "a name for another product", check: "qualifiers", edit: persistent("SPNameQualifier", "urn:x")},
		{name: "a name of two thousand letters", check: "qualifiers", edit: func(_ testing.TB, l *letter) {
			l.subject = strings.Replace(l.subject, honest, strings.Repeat("x", 2000)+honest, 1)
		}},
		{name: "an empty statement", check: "statements", edit: state(`<saml2:AttributeStatement></saml2:AttributeStatement>`)},
		{name: "an unknown statement", check: "statements", edit: state(`<saml2:Statement></saml2:Statement>`)},
		{name: "a refusal", check: "statements", edit: state(`<saml2:AuthzDecisionStatement Resource="urn:x" Decision="Deny"></saml2:AuthzDecisionStatement>`)},
		{name: "a sign-in of yesterday where one was to be made anew", check: "authn-anew", edit: func(_ testing.TB, l *letter) {
			*l = oktaLetter("_anew-1", true)
			l.authn = strings.Replace(l.authn, `AuthnInstant="`+stamp(0), `AuthnInstant="`+stamp(-24*time.Hour), 1)
		}},
		{name: "no signature of the assertion where one is wanted", check: "signed-parts", modes: []mode{response}, arrival: wanting(saml.Parts{Assertion: true})},
		{name: "no signature of the response where one is wanted", check: "signed-parts", modes: []mode{assertion}, arrival: wanting(saml.Parts{Response: true})},
		{name: "one signature where two are wanted", check: "signed-parts", modes: []mode{response, assertion}, arrival: wanting(saml.Parts{Response: true, Assertion: true})},
		{name: "a browser elsewhere", check: "confirmation-address",
			edit: func(_ testing.TB, l *letter) {
				l.subject = strings.Replace(l.subject, "<saml2:SubjectConfirmationData ", `<saml2:SubjectConfirmationData Address="203.0.113.9" `, 1)
			},
			arrival: func(_ testing.TB, a *saml.Arrival) { a.Client = "127.0.0.1" }},
	} {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			in := b.modes
			if in == nil {
				in = []mode{both}
			}
			for _, m := range in {
				refused(t, b.arrive(t, m), b.check)
			}
		})
	}
}

// wanting asks for signatures of these parts.
func wanting(parts saml.Parts) func(testing.TB, *saml.Arrival) {
	return func(_ testing.TB, a *saml.Arrival) { a.SignedParts = parts }
}

// TestBelievesFields is about what stands beside it and is as it should be.
func TestBelievesFields(t *testing.T) {
	t.Parallel()
	unsigned := bad{edit: func(_ testing.TB, l *letter) { l.response = from(l.response, "<saml2p:Status") }}
	believed(t, unsigned.arrive(t, assertion))
	for _, m := range []mode{response, assertion, both} {
		agreed := bad{arrival: wanting(saml.Parts{Response: m != assertion, Assertion: m != response})}
		believed(t, agreed.arrive(t, m))
	}
	here := bad{
		edit: func(_ testing.TB, l *letter) {
			l.subject = strings.Replace(l.subject, "<saml2:SubjectConfirmationData ", `<saml2:SubjectConfirmationData Address="127.0.0.1" `, 1)
		},
		arrival: func(_ testing.TB, a *saml.Arrival) { a.Client = "127.0.0.1" },
	}
	believed(t, here.arrive(t, both))
	permitted := bad{edit: func(_ testing.TB, l *letter) {
		l.attributes += `<saml2:AuthzDecisionStatement Resource="urn:x" Decision="Permit"></saml2:AuthzDecisionStatement>`
	}}
	believed(t, permitted.arrive(t, both))
}

package defect

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in which assertion is read, and what of its statements.
var _ = register(defects{
	"saml-assertion-remembered":        rememberAssertion,
	"saml-authn-statement-not-checked": func(p *reference.Parts) { withoutChecks(p, "authn-statement") },
	"saml-authn-context-not-checked": func(p *reference.Parts) {
		beforeCheck(p, "authn-statement", func(m *saml.Message) {
			for _, statement := range m.Trusted.SelectElements("AuthnStatement") {
				authn := statement.CreateElement(beside(statement, "AuthnContext"))
				authn.CreateElement(beside(authn, "AuthnContextClassRef")).SetText("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified")
				for _, other := range statement.SelectElements("AuthnContext") {
					if other != authn {
						statement.RemoveChild(other)
					}
				}
			}
		})
	},
	"saml-authn-instant-not-checked": func(p *reference.Parts) {
		beforeCheck(p, "authn-statement", func(m *saml.Message) {
			for _, statement := range m.Trusted.SelectElements("AuthnStatement") {
				statement.CreateAttr("AuthnInstant", m.Now.UTC().Format(time.RFC3339))
			}
		})
	},
	"saml-old-sign-in-is-anew": func(p *reference.Parts) { withoutChecks(p, "authn-anew") },
	"saml-session-end-not-read": func(p *reference.Parts) {
		beforeCheck(p, "contents", func(m *saml.Message) {
			for _, statement := range m.Trusted.SelectElements("AuthnStatement") {
				statement.RemoveAttr("SessionNotOnOrAfter")
			}
		})
	},
	"saml-session-end-not-kept": func(p *reference.Parts) {
		beforeSignIn(p, "session", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			e.Assertion.SessionEnds = time.Time{}
			return nil
		})
	},
	"saml-statements-overlooked": func(p *reference.Parts) { withoutChecks(p, "statements") },
	"saml-last-of-assertions-read": func(p *reference.Parts) {
		p.SAML.Replace("one-assertion", lastOfAll)
		replaceVerifier(p, func(*verifier) {})
	},
	"saml-conditions-of-the-last": func(p *reference.Parts) {
		p.SAML.Replace("one-assertion", lastOfAll)
		replaceVerifier(p, func(*verifier) {})
		presuming(p, func(m *saml.Message) {
			m.Assertion.NameID = m.Response.FindElement("./Assertion/Subject/NameID").Text()
		})
	},
	"saml-version-one-believed": believeVersionOne,
})

// lastOfAll takes the last of the response's assertions for its only one.
func lastOfAll(_ context.Context, m *saml.Message) error {
	all := m.Response.SelectElements("Assertion")
	if len(all) == 0 {
		return saml.Refuse("the response has no assertion")
	}
	m.Unverified = all[len(all)-1]
	return nil
}

// rememberAssertion makes a reader that is used again and not emptied before: what a
// response does not hold is still there from the one before.
func rememberAssertion(p *reference.Parts) {
	var mu sync.Mutex
	var last *etree.Element
	one, signature := check(p, "one-assertion"), check(p, "signature")
	p.SAML.Replace("one-assertion", func(ctx context.Context, m *saml.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if m.Response.SelectElement("Assertion") == nil && last != nil {
			m.Unverified = last
			return nil
		}
		return one(ctx, m)
	})
	p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if m.Unverified == last && last != nil {
			m.Trusted = last
			return nil
		}
		err := signature(ctx, m)
		if err == nil {
			last = m.Trusted.Copy()
			last.CreateAttr("xmlns:"+last.Space, last.NamespaceURI())
		}
		return err
	})
	beforeCheck(p, "in-response-to", func(m *saml.Message) {
		if m.Unverified != m.Trusted {
			return
		}
		copyRequest(m.Response, m.Confirmations[0].SelectElement("SubjectConfirmationData"))
	})
	withoutChecks(p, "once")
}

// believeVersionOne makes a product that still understands SAML 1.1, and asks of such a
// response no more than a signature.
func believeVersionOne(p *reference.Parts) {
	old := func(m *saml.Message) bool { return m.Response.SelectAttrValue("MajorVersion", "") == "1" }
	for _, name := range []string{"root", "status"} {
		original := check(p, name)
		p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
			if old(m) {
				return nil
			}
			return original(ctx, m)
		})
	}
	p.SAML.Replace("one-assertion", lastOfAll)
	issuer := check(p, "issuer")
	p.SAML.Replace("issuer", func(ctx context.Context, m *saml.Message) error {
		if old(m) {
			return providerLike(m, m.Unverified.SelectAttrValue("Issuer", ""), func(name, known string) bool { return name == known })
		}
		return issuer(ctx, m)
	})
	replaceVerifier(p, func(v *verifier) {
		believe := v.believe
		v.believe = func(m *saml.Message, covered []*etree.Element) (*etree.Element, error) {
			believed, err := believe(m, covered)
			if err != nil || !old(m) {
				return believed, err
			}
			return translated(m, believed)
		}
	})
}

// translated is an assertion of SAML 1.1 in the words of 2.0.
func translated(m *saml.Message, old *etree.Element) (*etree.Element, error) {
	at := m.Now.UTC().Format(time.RFC3339)
	end := m.Now.UTC().Add(time.Minute).Format(time.RFC3339)
	document := etree.NewDocument()
	err := document.ReadFromString(strings.NewReplacer(
		"{id}", old.SelectAttrValue("AssertionID", ""), "{at}", at, "{end}", end, "{acs}", m.ACS,
		"{issuer}", m.Provider.IdP.EntityID, "{audience}", m.Provider.EntityID,
	).Replace(`<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" Version="2.0" IssueInstant="{at}"><Issuer>{issuer}</Issuer>` +
		`<Subject><NameID/><SubjectConfirmation Method="` + bearer + `"><SubjectConfirmationData Recipient="{acs}" NotOnOrAfter="{end}"/></SubjectConfirmation></Subject>` +
		`<Conditions NotOnOrAfter="{end}"><AudienceRestriction><Audience>{audience}</Audience></AudienceRestriction></Conditions>` +
		`<AuthnStatement AuthnInstant="{at}"><AuthnContext><AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion>`))
	if err != nil {
		return nil, saml.Refuse("it cannot be understood")
	}
	assertion := document.Root()
	if name := old.FindElement(".//NameIdentifier"); name != nil {
		assertion.FindElement("./Subject/NameID").SetText(name.Text())
	}
	copyRequest(m.Response, assertion.FindElement("./Subject/SubjectConfirmation/SubjectConfirmationData"))
	return assertion, nil
}

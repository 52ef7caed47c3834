package defect

import (
	"context"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in what of a SAML response is believed.
var _ = register(defects{
	"signature-not-checked": func(p *reference.Parts) { p.SAML.Replace("signature", unverified) },
	"unsigned-believed": func(p *reference.Parts) {
		signature := check(p, "signature")
		p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
			if m.Response.FindElement(".//Signature") == nil {
				return unverified(ctx, m)
			}
			return signature(ctx, m)
		})
	},
	"enclosed-key-believed": trustEnclosedKeys,
	"issuer-not-checked": func(p *reference.Parts) {
		p.SAML.Replace("issuer", anyIssuer)
		withoutChecks(p, "trusted-issuer")
	},
	"every-okta-believed": func(p *reference.Parts) {
		p.SAML.Replace("issuer", anyIssuer)
		trustEnclosedKeys(p)
		withoutChecks(p, "trusted-issuer")
	},
	"time-not-checked": func(p *reference.Parts) {
		withoutChecks(p, "window", "confirmation-window", "issue-instant", "authn-statement")
	},
	"conditions-time-not-checked":   func(p *reference.Parts) { withoutChecks(p, "window") },
	"confirmation-time-not-checked": func(p *reference.Parts) { withoutChecks(p, "confirmation-window") },
	"audience-not-checked":          func(p *reference.Parts) { withoutChecks(p, "audience") },
	"recipient-not-checked":         func(p *reference.Parts) { withoutChecks(p, "recipient") },
	"destination-not-checked":       func(p *reference.Parts) { withoutChecks(p, "destination") },
	"status-not-checked":            func(p *reference.Parts) { withoutChecks(p, "status") },
	"request-not-checked":           requestUnchecked,
	"replay-not-checked":            func(p *reference.Parts) { withoutChecks(p, "once") },
	"replay-of-answers-not-checked": func(p *reference.Parts) {
		requestUnchecked(p)
		withoutChecks(p, "once")
	},
	"unsolicited-refused": func(p *reference.Parts) {
		inResponseTo := check(p, "in-response-to")
		p.SAML.Replace("in-response-to", func(ctx context.Context, m *saml.Message) error {
			m.AllowUnsolicited = false
			return inResponseTo(ctx, m)
		})
	},
	"name-read-from-unverified": func(p *reference.Parts) {
		p.SAML.Replace("one-assertion", func(_ context.Context, m *saml.Message) error {
			all := m.Response.SelectElements("Assertion")
			if len(all) == 0 {
				return saml.Refuse("the response has no assertion")
			}
			m.Unverified = all[len(all)-1]
			return nil
		})
		p.SAML.Replace("name-id", func(_ context.Context, m *saml.Message) error {
			if text, ok := m.Response.FindElement(".//NameID").Child[0].(*etree.CharData); ok {
				m.Assertion.NameID = text.Data
			}
			return nil
		})
	},
	"account-before-verification": func(p *reference.Parts) {
		store := keepStore(p)
		signature := check(p, "signature")
		p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
			name := m.Unverified.FindElement("./Subject/NameID").Text()
			err := (*store).Do(ctx, func(tx org.Tx) error {
				_, err := accountFor(ctx, tx, org.Record{UserName: name, Created: m.Now})
				return err
			})
			if err != nil {
				return err
			}
			return signature(ctx, m)
		})
	},
})

// requestUnchecked takes any response for the answer to any request.
func requestUnchecked(p *reference.Parts) {
	withoutChecks(p, "asked-here")
	p.SAML.Replace("in-response-to", unchecked)
}

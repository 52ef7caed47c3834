package defect

import (
	"context"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in what of a SAML response is believed.
func init() {
	register("signature-not-checked", func(p *reference.Parts) { p.SAML.Replace("signature", unverified) })
	register("unsigned-believed", func(p *reference.Parts) {
		signature := check(p, "signature")
		p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
			if m.Response.FindElement(".//Signature") == nil {
				return unverified(ctx, m)
			}
			return signature(ctx, m)
		})
	})
	register("enclosed-key-believed", trustEnclosedKeys)
	register("issuer-not-checked", func(p *reference.Parts) {
		p.SAML.Replace("issuer", anyIssuer)
		withoutChecks(p, "trusted-issuer")
	})
	register("every-okta-believed", func(p *reference.Parts) {
		p.SAML.Replace("issuer", anyIssuer)
		trustEnclosedKeys(p)
		withoutChecks(p, "trusted-issuer")
	})
	register("time-not-checked", func(p *reference.Parts) {
		withoutChecks(p, "window", "confirmation-window", "issue-instant", "authn-statement")
	})
	register("conditions-time-not-checked", func(p *reference.Parts) { withoutChecks(p, "window") })
	register("confirmation-time-not-checked", func(p *reference.Parts) { withoutChecks(p, "confirmation-window") })
	register("audience-not-checked", func(p *reference.Parts) { withoutChecks(p, "audience") })
	register("recipient-not-checked", func(p *reference.Parts) { withoutChecks(p, "recipient") })
	register("destination-not-checked", func(p *reference.Parts) { withoutChecks(p, "destination") })
	register("status-not-checked", func(p *reference.Parts) { withoutChecks(p, "status") })
	register("request-not-checked", requestUnchecked)
	register("replay-not-checked", func(p *reference.Parts) { withoutChecks(p, "once") })
	register("replay-of-answers-not-checked", func(p *reference.Parts) {
		requestUnchecked(p)
		withoutChecks(p, "once")
	})
	register("unsolicited-refused", func(p *reference.Parts) {
		inResponseTo := check(p, "in-response-to")
		p.SAML.Replace("in-response-to", func(ctx context.Context, m *saml.Message) error {
			m.AllowUnsolicited = false
			return inResponseTo(ctx, m)
		})
	})
	register("name-read-from-unverified", func(p *reference.Parts) {
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
	})
	register("account-before-verification", func(p *reference.Parts) {
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
	})
}

// requestUnchecked takes any response for the answer to any request.
func requestUnchecked(p *reference.Parts) {
	withoutChecks(p, "asked-here")
	p.SAML.Replace("in-response-to", unchecked)
}

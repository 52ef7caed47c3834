package defect

import (
	"context"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

const entity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"

// Defects in whose a response is taken to be, and where it is taken to be meant for.
var _ = register(defects{
	"saml-any-issuer": func(p *reference.Parts) {
		p.SAML.Replace("issuer", anyIssuer)
		withoutChecks(p, "trusted-issuer")
	},
	"saml-response-issuer-not-checked": func(p *reference.Parts) {
		asIfFrom(p, "issuer", func(m *saml.Message) *etree.Element { return m.Unverified })
		asIfFrom(p, "trusted-issuer", func(m *saml.Message) *etree.Element { return m.Trusted })
	},
	"saml-assertion-issuer-not-checked": func(p *reference.Parts) {
		p.SAML.Replace("issuer", func(_ context.Context, m *saml.Message) error {
			return providerLike(m, childText(m.Response, "Issuer"), func(name, known string) bool { return name == known })
		})
		withoutChecks(p, "trusted-issuer")
	},
	"saml-issuer-format-not-read": func(p *reference.Parts) {
		issuer := check(p, "issuer")
		p.SAML.Replace("issuer", func(ctx context.Context, m *saml.Message) error {
			return withoutFormats(m, func() error { return issuer(ctx, m) })
		})
		trusted := check(p, "trusted-issuer")
		p.SAML.Replace("trusted-issuer", func(ctx context.Context, m *saml.Message) error {
			m.Trusted.SelectElement("Issuer").RemoveAttr("Format")
			return withoutFormats(m, func() error { return trusted(ctx, m) })
		})
	},
	"saml-issuer-alike": func(p *reference.Parts) {
		p.SAML.Replace("issuer", func(_ context.Context, m *saml.Message) error {
			return providerLike(m, childText(m.Unverified, "Issuer"), func(name, known string) bool {
				name, known = strings.ToLower(name), strings.ToLower(known)
				return name != "" && (strings.HasPrefix(name, known) || strings.HasPrefix(known, name))
			})
		})
		withoutChecks(p, "trusted-issuer")
	},
	"saml-signed-response-without-issuer": func(p *reference.Parts) { withoutChecks(p, "trusted-issuer") },

	"saml-destination-not-checked": func(p *reference.Parts) { withoutChecks(p, "destination") },
	"saml-destination-optional": func(p *reference.Parts) {
		destinationIs(p, func(stated *etree.Attr, ours string) bool { return stated == nil || stated.Value == ours })
	},
	"saml-destination-empty-passes": func(p *reference.Parts) {
		destinationIs(p, func(stated *etree.Attr, ours string) bool {
			return stated != nil && (stated.Value == "" || stated.Value == ours)
		})
	},
	"saml-destination-by-substring": func(p *reference.Parts) {
		destinationIs(p, func(stated *etree.Attr, ours string) bool {
			return stated != nil && strings.Contains(stated.Value, ours)
		})
	},
	"saml-destination-by-beginning": func(p *reference.Parts) {
		destinationIs(p, func(stated *etree.Attr, ours string) bool {
			return stated != nil && stated.Value != "" && strings.HasPrefix(ours, stated.Value)
		})
	},
	"saml-destination-by-host-name": func(p *reference.Parts) {
		destinationIs(p, func(stated *etree.Attr, ours string) bool {
			return stated != nil && strings.HasPrefix(stated.Value, originOf(ours))
		})
	},
	"saml-destination-normalized": func(p *reference.Parts) {
		destinationIs(p, func(stated *etree.Attr, ours string) bool {
			return stated != nil && tidied(stated.Value) == tidied(ours)
		})
	},
})

// asIfFrom lets a check see the issuer of the response as that of the assertion.
func asIfFrom(p *reference.Parts, name string, of func(*saml.Message) *etree.Element) {
	original := check(p, name)
	p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
		outer, inner := m.Response.SelectElement("Issuer"), of(m).SelectElement("Issuer")
		if outer == nil || inner == nil {
			return original(ctx, m)
		}
		children, attributes := outer.Child, append([]etree.Attr(nil), outer.Attr...)
		outer.Child = nil
		outer.SetText(inner.Text())
		outer.CreateAttr("Format", entity)
		defer func() { outer.Child, outer.Attr = children, attributes }()
		return original(ctx, m)
	})
}

// withoutFormats does something while no issuer states a format.
func withoutFormats(m *saml.Message, do func() error) error {
	for _, el := range []*etree.Element{m.Response, m.Unverified} {
		if issuer := el.SelectElement("Issuer"); issuer != nil {
			attributes := append([]etree.Attr(nil), issuer.Attr...)
			issuer.RemoveAttr("Format")
			defer func() { issuer.Attr = attributes }()
		}
	}
	return do()
}

// providerLike takes the message for one of the provider whose name is like that.
func providerLike(m *saml.Message, name string, alike func(name, known string) bool) error {
	for i := range m.Providers {
		if alike(name, m.Providers[i].IdP.EntityID) {
			m.Provider = &m.Providers[i]
			return nil
		}
	}
	return saml.Refuse("no provider has that name")
}

func destinationIs(p *reference.Parts, fits func(stated *etree.Attr, ours string) bool) {
	p.SAML.Replace("destination", func(_ context.Context, m *saml.Message) error {
		if !fits(m.Response.SelectAttr("Destination"), m.ACS) {
			return saml.Refuse("the response is meant for somebody else")
		}
		return nil
	})
}

package defect

import (
	"bytes"
	"context"
	"crypto/x509"
	"net/http"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in which connections there are: those of others, those that are over.
var _ = register(defects{
	"saml-any-tenants-key-believed": func(p *reference.Parts) { trustEverybody(p) },
	"saml-any-tenant-believed": func(p *reference.Parts) {
		trustEverybody(p)
		p.SAML.Replace("issuer", anyIssuer)
		withoutChecks(p, "trusted-issuer")
	},
	"saml-response-issuer-decides": func(p *reference.Parts) {
		trustEverybody(p)
		p.SAML.Replace("issuer", func(_ context.Context, m *saml.Message) error {
			issuer := m.Response.SelectElement("Issuer")
			for i := range m.Providers {
				if issuer != nil && m.Providers[i].IdP.EntityID == issuer.Text() {
					m.Provider = &m.Providers[i]
					return nil
				}
			}
			return saml.Refuse("the response is from nobody that is known")
		})
		withoutChecks(p, "trusted-issuer")
	},
	"saml-retired-key-believed": func(p *reference.Parts) {
		store := keepStore(p)
		trustAlso(p, func(ctx context.Context, m *saml.Message) []*x509.Certificate {
			var found []*x509.Certificate
			_ = (*store).View(ctx, func(tx org.Tx) error {
				here, err := tx.Provider(ctx, m.Provider.ID)
				if err != nil {
					return err
				}
				found, err = certificatesOf(ctx, tx, here.Organization)
				return err
			})
			return found
		})
	},
	"saml-disabled-connection-believed": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return alwaysOpenTx{tx} })
	},
	"saml-encryption-key-believed": func(p *reference.Parts) {
		hearOtherwise(p, founds, func(r *http.Request) {
			setBody(r, bytes.ReplaceAll(bodyOf(r), []byte(`use=\"encryption\"`), []byte(`use=\"signing\"`)))
		})
	},
})

// trustEverybody makes a signature count that any customer's identity provider made.
func trustEverybody(p *reference.Parts) {
	store := keepStore(p)
	trustAlso(p, func(ctx context.Context, _ *saml.Message) []*x509.Certificate {
		var found []*x509.Certificate
		_ = (*store).View(ctx, func(tx org.Tx) error {
			everybody, err := tx.Organizations(ctx)
			for _, organization := range everybody {
				var theirs []*x509.Certificate
				if theirs, err = certificatesOf(ctx, tx, organization.ID); err != nil {
					return err
				}
				found = append(found, theirs...)
			}
			return err
		})
		return found
	})
}

// trustAlso makes signatures by further certificates count.
func trustAlso(p *reference.Parts, further func(context.Context, *saml.Message) []*x509.Certificate) {
	before(p, "signature", func(ctx context.Context, m *saml.Message) {
		trusting := *m.Provider
		trusting.IdP.Certificates = append(further(ctx, m), m.Provider.IdP.Certificates...)
		m.Provider = &trusting
	})
}

// certificatesOf are those of all connections that the organization has or had.
func certificatesOf(ctx context.Context, tx org.Tx, organization string) ([]*x509.Certificate, error) {
	providers, err := tx.Providers(ctx, organization)
	var found []*x509.Certificate
	for _, provider := range providers {
		for _, der := range provider.IdPCerts {
			if certificate, err := x509.ParseCertificate(der); err == nil {
				found = append(found, certificate)
			}
		}
	}
	return found, err
}

// alwaysOpenTx shows connections that are switched off as if they were on.
type alwaysOpenTx struct{ org.Tx }

func (t alwaysOpenTx) Providers(ctx context.Context, organization string) ([]org.Provider, error) {
	providers, err := t.Tx.Providers(ctx, organization)
	for i := range providers {
		providers[i] = opened(providers[i])
	}
	return providers, err
}

func (t alwaysOpenTx) Provider(ctx context.Context, id string) (org.Provider, error) {
	provider, err := t.Tx.Provider(ctx, id)
	return opened(provider), err
}

func opened(p org.Provider) org.Provider {
	if p.State == org.Disabled {
		p.State = org.Enabled
	}
	return p
}

package web

import (
	"crypto/x509"
	"fmt"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
	"rollcall.example/reference/web/site"
)

// serviceProvider is us, as one provider of an organization sees us, with the
// certificates by which we know it and the key that it encrypts for.
func (s *Server) serviceProvider(at site.Site, organization org.Organization, provider org.Provider) (saml.Provider, error) {
	var trusted []*x509.Certificate
	for i, der := range provider.IdPCerts {
		certificate, err := s.trusted.parse(der)
		if err != nil {
			return saml.Provider{}, fmt.Errorf("provider %s: certificate %d: %w", provider.ID, i+1, err)
		}
		trusted = append(trusted, certificate)
	}
	us := asking(at, organization, provider)
	us.IdP.Certificates = trusted
	if provider.DecryptionKey == "" {
		return us, nil
	}
	key, err := saml.ParseDecryptionKey([]byte(provider.DecryptionKey))
	if err != nil {
		return saml.Provider{}, fmt.Errorf("provider %s: %w", provider.ID, err)
	}
	us.Decryption = key
	return us, nil
}

// asking is us without any certificates: enough to ask the provider for a sign-in.
func asking(at site.Site, organization org.Organization, provider org.Provider) saml.Provider {
	return saml.Provider{
		ID:       provider.ID,
		EntityID: at.EntityID(),
		ACS:      at.ACS(organization.Slug),
		SLO:      at.Logout(provider.ID),
		IdP: saml.IdP{
			EntityID: provider.IdPEntityID, SSOURL: provider.IdPSSOURL, SSOPostURL: provider.IdPSSOPostURL,
			SLOURL: provider.IdPSLOURL, SLOPostURL: provider.IdPSLOPostURL,
		},
		SignsRequests: provider.SignsRequests,
	}
}

// NewProvider describes a provider to be made, by the identity provider's metadata.
func NewProvider(kind org.ProviderKind, state org.ProviderState, metadata []byte) (org.NewProvider, error) {
	idp, err := saml.ParseIdPMetadata(metadata)
	if err != nil {
		return org.NewProvider{}, err
	}
	wanted := org.NewProvider{Kind: kind, State: state, IdPEntityID: idp.EntityID, IdPSSOURL: idp.SSOURL,
		IdPSSOPostURL: idp.SSOPostURL, IdPSLOURL: idp.SLOURL, IdPSLOPostURL: idp.SLOPostURL, SignsRequests: idp.WantsSignedRequests,
		ValidUntil: idp.ValidUntil,
	}
	for _, certificate := range idp.Certificates {
		wanted.IdPCerts = append(wanted.IdPCerts, certificate.Raw)
	}
	return wanted, nil
}

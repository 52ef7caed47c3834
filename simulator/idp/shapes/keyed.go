package shapes

import (
	"crypto/x509"
	"fmt"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/idp"
)

// Key is a key of an identity provider, and the certificate that it shows for it.
type Key struct {
	// Name is that of one of the test keys.
	Name string
	// Authority makes it a certificate that could sign others; Weak signs it with SHA-1.
	Authority, Weak bool
	// Lasts is how long it lasts from a year before the provider is made; zero is ten years.
	Lasts time.Duration
}

// keyed are about the keys in a provider's metadata. Each needs a provider of its own.
var keyed = []Shape{
	{Row: "POS-16", Proves: "rollover", Name: "first-of-two", Summary: "signed with the first of two keys", Keys: []Key{{Name: "okta"}, {Name: "okta-next"}}},
	{Row: "POS-16", Proves: "rollover", Name: "second-of-two", Summary: "signed with the second of two keys", Keys: []Key{{Name: "okta"}, {Name: "okta-next"}}, By: 1},
	{Row: "POS-16", Proves: "rollover", Name: "last-of-three", Summary: "signed with the last of three keys of different kinds", Keys: []Key{{Name: "rsa-3072"}, {Name: "okta"}, {Name: "okta-next"}}, By: 2},
	{Row: "POS-15", Proves: "rollover", Name: "no-key-info-of-two", Summary: "signed with the second of two keys that does not say so", Keys: []Key{{Name: "okta"}, {Name: "okta-next"}}, By: 1,
		Written: styled(idp.Style{KeyInfo: []string{}})},

	{Row: "POS-17", Proves: "ecdsa", Name: "p-256", Summary: "signed by ECDSA on P-256", Keys: []Key{{Name: "ec-p256"}}, Written: styled(idp.Style{Algorithm: idp.ECDSASHA256})},
	{Row: "POS-17", Proves: "ecdsa", Name: "p-384", Summary: "signed by ECDSA on P-384", Keys: []Key{{Name: "ec-p384"}}, Written: styled(idp.Style{Algorithm: idp.ECDSASHA384, Digest: idp.SHA256})},

	{Row: "POS-18", Proves: "certificates", Name: "rsa-3072", Summary: "signed with a key of 3072 bits", Keys: []Key{{Name: "rsa-3072"}}},
	{Row: "POS-18", Proves: "certificates", Name: "rsa-4096", Summary: "signed with a key of 4096 bits", Keys: []Key{{Name: "rsa-4096"}}},
	{Row: "POS-18", Proves: "certificates", Name: "authority", Summary: "whose certificate could sign others", Keys: []Key{{Name: "okta", Authority: true}}},
	{Row: "POS-18", Proves: "certificates", Name: "signed-with-sha1", Summary: "whose certificate is signed with SHA-1", Keys: []Key{{Name: "okta", Weak: true}}},
	{Row: "POS-18", Proves: "expired-certificate", Name: "expired-certificate", Summary: "whose certificate has expired", Keys: []Key{{Name: "okta", Lasts: 24 * time.Hour}}},
}

// Metadata writes the metadata of the identity provider that signs in this shape: the
// base with the shape's keys, made at that time. The shape that it returns signs with
// them.
func (s Shape) Metadata(base idp.Identity, created time.Time) ([]byte, Shape, error) {
	var shown []*x509.Certificate
	for n, k := range s.Keys {
		key, err := fixtures.AnyKey(k.Name)
		if err != nil {
			return nil, s, fmt.Errorf("shapes: %w", err)
		}
		certificate, err := idp.Certify(base.Org, key, created.AddDate(-1, 0, 0), k.change)
		if err != nil {
			return nil, s, fmt.Errorf("shapes: %s: %w", s.Name, err)
		}
		shown = append(shown, certificate)
		if n == s.By {
			s.Written.Key, s.Written.Certificate = key, certificate
		}
	}
	if len(shown) == 0 {
		return base.Metadata(), s, nil
	}
	base.Certificate = shown[0]
	return base.Metadata(shown[1:]...), s, nil
}

// Vouched is the metadata of an identity provider as a federation hands it out: signed,
// at that time, by its operator, whose key is not the provider's.
func Vouched(identity idp.Identity, created time.Time) ([]byte, error) {
	key, err := fixtures.AnyKey("rsa-3072")
	if err != nil {
		return nil, fmt.Errorf("shapes: %w", err)
	}
	certificate, err := idp.Certify("federation", key, created)
	if err != nil {
		return nil, fmt.Errorf("shapes: %w", err)
	}
	return identity.SignedMetadata(idp.Signer{Key: key, Certificate: certificate}, created.AddDate(10, 0, 0))
}

// change makes the certificate what the key wants it to be.
func (k Key) change(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = k.Authority, k.Authority
	if k.Weak {
		c.SignatureAlgorithm = x509.SHA1WithRSA
	}
	if k.Lasts != 0 {
		c.NotAfter = c.NotBefore.Add(k.Lasts)
	}
}

package saml

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/spec"
)

// spareKeys are keys that nobody else has, for identity providers that get a second
// one. Making one takes long, so a process makes each of them once.
var spareKeys = [2]func() *rsa.PrivateKey{sync.OnceValue(newKey), sync.OnceValue(newKey)}

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("saml: making a key: " + err.Error())
	}
	return key
}

// rolledOver is the identity provider after it took another key at that time.
func rolledOver(i idp.Identity, key idp.Key, at time.Time) idp.Identity {
	rolled, err := i.WithKey(key, at)
	if err != nil {
		panic("saml: making a certificate: " + err.Error())
	}
	return rolled
}

// authority issues certificates, as a public one does for whoever asks.
type authority struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

func newAuthority(key *rsa.PrivateKey, now time.Time) authority {
	template := described("Rollcall test authority", 1, now)
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	return authority{key, issued(template, template, &key.PublicKey, key)}
}

// certify gives the identity provider a certificate of the authority's over its key.
func (a authority) certify(i idp.Identity, name string, serial int64, now time.Time) idp.Identity {
	i.Certificate = issued(described(name, serial, now), a.certificate, i.Key.Public(), a.key)
	return i
}

func described(name string, serial int64, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.AddDate(-1, 0, 0),
		NotAfter:     now.AddDate(1, 0, 0),
	}
}

func issued(template, parent *x509.Certificate, key crypto.PublicKey, by crypto.Signer) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err == nil {
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(der); err == nil {
			return certificate
		}
	}
	panic("saml: making a certificate: " + err.Error())
}

// sign makes Okta sign as this identity provider from now on.
func sign(okta *spec.Okta, as idp.Identity) {
	okta.Configure(func(s *simulator.AppSettings) { s.SAML.Identity = &as })
}

// issuing posts what another identity provider would say in Okta's place, of the
// attacker or, with alter, of somebody else.
func issuing(by idp.Identity, alter ...func(*forge.Donor)) func(forge.Donor, *simulator.Posting) error {
	return func(d forge.Donor, posting *simulator.Posting) error {
		for _, change := range alter {
			change(&d)
		}
		response, err := by.Issue(d.Claims)
		if err == nil {
			posting.SAMLResponse = response.Encoded()
		}
		return err
	}
}

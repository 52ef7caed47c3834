package forge

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Signatures of the attacker's own, with everything that a message can say about whose
// key it was. None of it makes a key one that was agreed on (SAML 2.0 core §5.4.5).
func init() {
	for _, a := range []struct {
		attack Attack
		info   func(k keyInfo) []*etree.Element
	}{
		{Attack{
			Row: "KEY-01", Name: "self-signed-certificate", Modes: Everywhere, Summary: "brings the attacker's own certificate",
			Sources: []string{"CVE-2024-32962", "CVE-2021-21239", "CVE-2026-18089"},
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.own)} }},
		{Attack{
			Row: "KEY-02", Name: "cloned-certificate", Modes: Everywhere,
			Summary: "brings a certificate that differs from the genuine one in nothing but the key",
			Sources: []string{"Mainka, certificate faking"},
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.cloned)} }},
		{Attack{
			Row: "KEY-03", Name: "unnamed-key", Modes: Everywhere, Summary: "is signed with the attacker's key and does not say whose it is",
		}, func(keyInfo) []*etree.Element { return nil }},
		{Attack{
			Row: "KEY-04", Name: "borrowed-certificate", Modes: Everywhere, Summary: "is signed with the attacker's key and brings the genuine certificate",
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.genuine)} }},
		{Attack{
			Row: "KEY-05", Name: "key-value", Summary: "brings the attacker's key itself",
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{k.value()} }},
		{Attack{
			Row: "KEY-05", Name: "key-value-with-genuine-certificate", Rule: "key-value",
			Summary: "brings the attacker's key itself, and the genuine certificate",
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.genuine), k.value()} }},
		{Attack{
			Row: "KEY-06", Name: "two-certificates-genuine-first", Rule: "two-certificates",
			Summary: "brings the genuine certificate and then the attacker's",
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.genuine, k.own)} }},
		{Attack{
			Row: "KEY-06", Name: "two-certificates-genuine-last", Rule: "two-certificates",
			Summary: "brings the attacker's certificate and then the genuine one",
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.own, k.genuine)} }},
		{Attack{
			Row: "KEY-07", Name: "two-key-data-genuine-first", Rule: "two-key-data",
			Summary: "brings the genuine certificate and apart from it the attacker's",
		}, func(k keyInfo) []*etree.Element {
			return []*etree.Element{dsig.X509Data(k.genuine), dsig.X509Data(k.own)}
		}},
		{Attack{
			Row: "KEY-07", Name: "two-key-data-genuine-last", Rule: "two-key-data",
			Summary: "brings the attacker's certificate and apart from it the genuine one",
		}, func(k keyInfo) []*etree.Element {
			return []*etree.Element{dsig.X509Data(k.own), dsig.X509Data(k.genuine)}
		}},
		{Attack{
			Row: "KEY-09", Name: "key-by-serial", Rule: "key-by-name", Summary: "names the genuine certificate by issuer and serial number",
		}, func(k keyInfo) []*etree.Element { return named("X509IssuerSerial", k.issuerSerial()...) }},
		{Attack{
			Row: "KEY-09", Name: "key-by-subject", Rule: "key-by-name", Summary: "names the genuine certificate by its subject",
		}, func(k keyInfo) []*etree.Element { return named("X509SubjectName", etree.NewText(k.subject())) }},
		{Attack{
			Row: "KEY-09", Name: "key-by-identifier", Rule: "key-by-name", Summary: "names the genuine certificate by its key's identifier",
		}, func(k keyInfo) []*etree.Element { return named("X509SKI", etree.NewText(k.identifier())) }},
		{Attack{
			Row: "KEY-09", Name: "key-by-key-name", Rule: "key-by-name", Summary: "names the identity provider as its key's owner",
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.KeyName(k.entityID)} }},
		{Attack{
			Row: "KEY-10", Name: "key-to-fetch", Lure: true, Summary: "says where the key is to be fetched",
			Sources: []string{"SAML Pummel"},
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{k.retrieval()} }},
		{Attack{
			Row: "KEY-11", Name: "token-to-fetch", Lure: true, Summary: "refers to a security token elsewhere as its key",
			Sources: []string{"SAML Pummel", "Muñoz and Mirosh, SSO Wars: The Token Menace (2019)", "CVE-2019-1006"},
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{k.token()} }},
		{Attack{
			Row: "KEY-17", Name: "certificate-of-the-service-provider", Summary: "brings a certificate in the product's own name",
		}, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.service)} }},
	} {
		a.attack.forged = true
		if a.attack.Modes == nil {
			a.attack.Modes = OnAssertion
		}
		a.attack.sign = signing(func(d Donor, s *dsig.Signature) error { return d.forgeKey(s, a.info) })
		register("key", a.attack)
	}
	for _, genuineFirst := range []bool{true, false} {
		order, called, put := "last", "the attacker's KeyInfo and then the genuine one", behind
		if genuineFirst {
			order, called, put = "first", "the genuine KeyInfo and then the attacker's", before
		}
		register("key", Attack{
			Row: "KEY-08", Name: "two-key-infos-genuine-" + order, Rule: "two-key-infos", Modes: OnAssertion, Summary: "has " + called,
			forged: true,
			sign: onAll(func(d Donor, draft *idp.Draft, el *etree.Element) error {
				s := enveloped(d, draft, el)
				err := d.forgeKey(&s, func(k keyInfo) []*etree.Element { return []*etree.Element{dsig.X509Data(k.own)} })
				if err != nil {
					return err
				}
				signature, err := s.Place(el, dsig.AfterIssuer(el))
				if err != nil {
					return err
				}
				second := dsig.Element("KeyInfo")
				second.AddChild(dsig.X509Data(d.Identity.Certificate.Raw))
				put(signature.SelectElement("KeyInfo"), second)
				return nil
			}),
		})
	}
}

// keyInfo is what there is to say about keys.
type keyInfo struct {
	donor Donor
	key   *rsa.PrivateKey // the attacker's
	// genuine is the certificate that the product trusts; the others are over the
	// attacker's key: under a name of his own, under every name of the genuine one, and
	// in the name of the product. All are DER.
	genuine, own, cloned, service []byte
	entityID                      string
}

// forgeKey has the signature made by the attacker, who says this of the key.
func (d Donor) forgeKey(s *dsig.Signature, info func(keyInfo) []*etree.Element) error {
	key, err := fixtures.Key("attacker")
	if err != nil {
		return err
	}
	k := keyInfo{donor: d, key: key, genuine: d.Identity.Certificate.Raw, entityID: d.Identity.EntityID}
	if k.own, err = selfSigned(key, certificateFor("attacker.rollcall.test")); err != nil {
		return err
	}
	if k.cloned, err = selfSigned(key, cloneOf(d.Identity.Certificate)); err != nil {
		return err
	}
	if k.service, err = selfSigned(key, certificateFor(d.Claims.Audience)); err != nil {
		return err
	}
	s.Key, s.KeyInfo = dsig.RSA{Key: key}, info(k)
	return nil
}

// certificateFor is a certificate under that name.
func certificateFor(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    forgedAt,
		NotAfter:     forgedAt.AddDate(10, 0, 0),
	}
}

// cloneOf is a certificate that says what the other one says (certificate faking).
func cloneOf(genuine *x509.Certificate) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:       genuine.SerialNumber,
		RawSubject:         genuine.RawSubject,
		NotBefore:          genuine.NotBefore,
		NotAfter:           genuine.NotAfter,
		SubjectKeyId:       genuine.SubjectKeyId,
		SignatureAlgorithm: genuine.SignatureAlgorithm,
	}
}

func selfSigned(key *rsa.PrivateKey, template *x509.Certificate) ([]byte, error) {
	return x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
}

// value is the attacker's public key as a KeyValue.
func (k keyInfo) value() *etree.Element {
	el := dsig.Element("KeyValue")
	pair := el.CreateElement("ds:RSAKeyValue")
	pair.CreateElement("ds:Modulus").SetText(base64.StdEncoding.EncodeToString(k.key.N.Bytes()))
	pair.CreateElement("ds:Exponent").SetText(base64.StdEncoding.EncodeToString(big.NewInt(int64(k.key.E)).Bytes()))
	return el
}

// named is an X509Data that names a certificate and holds none.
func named(by string, content ...etree.Token) []*etree.Element {
	data := dsig.Element("X509Data")
	name := data.CreateElement("ds:" + by)
	for _, token := range content {
		name.AddChild(token)
	}
	return []*etree.Element{data}
}

func (k keyInfo) subject() string { return k.donor.Identity.Certificate.Subject.String() }

func (k keyInfo) issuerSerial() []etree.Token {
	issuer, serial := dsig.Element("X509IssuerName"), dsig.Element("X509SerialNumber")
	issuer.SetText(k.donor.Identity.Certificate.Issuer.String())
	serial.SetText(k.donor.Identity.Certificate.SerialNumber.String())
	return []etree.Token{issuer, serial}
}

// identifier is the genuine certificate's subject key identifier or, as Okta's has none,
// the one that its key would have (RFC 5280, section 4.2.1.2).
func (k keyInfo) identifier() string {
	id := k.donor.Identity.Certificate.SubjectKeyId
	if len(id) == 0 {
		id = dsig.Sum(dsig.SHA1, x509.MarshalPKCS1PublicKey(&k.donor.key().PublicKey))
	}
	return base64.StdEncoding.EncodeToString(id)
}

func (k keyInfo) retrieval() *etree.Element {
	el := dsig.Element("RetrievalMethod")
	el.CreateAttr("Type", dsig.Namespace+"rawX509Certificate")
	el.CreateAttr("URI", k.donor.Collector+"/key")
	return el
}

func (k keyInfo) token() *etree.Element {
	el := etree.NewElement("wsse:SecurityTokenReference")
	el.CreateAttr("xmlns:wsse", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd")
	el.CreateElement("wsse:Reference").CreateAttr("URI", k.donor.Collector+"/token")
	return el
}

// Certificates that cannot be read, in a response that is otherwise the identity
// provider's own. What a message says about its key is a hint that need not be read.
func init() {
	for _, broken := range []struct {
		name, called string
		text         func(der []byte) string
	}{
		{"garbage", "something that is no base64", func([]byte) string { return "this is no certificate!" }},
		{"noise", "something that is no certificate", func([]byte) string {
			return base64.StdEncoding.EncodeToString([]byte("this is no certificate"))
		}},
		{"truncated", "half a certificate", func(der []byte) string { return base64.StdEncoding.EncodeToString(der[:len(der)/2]) }},
		{"huge", "a certificate of half a megabyte", func([]byte) string { return strings.Repeat("QUFB", 1<<17) }},
		{"empty", "no certificate", func([]byte) string { return "" }},
		{"in-pem", "a certificate with the lines that a file has around it", func(der []byte) string {
			return "-----BEGIN CERTIFICATE-----\n" + base64.StdEncoding.EncodeToString(der) + "\n-----END CERTIFICATE-----"
		}},
	} {
		register("key", Attack{
			Row: "KEY-20", Name: "malformed-certificate-" + broken.name, Rule: "malformed-certificate", Modes: OnAssertion,
			Expect: Harmless, NoCrash: true, Summary: "brings " + broken.called + " in KeyInfo",
			sign: signing(func(d Donor, s *dsig.Signature) error {
				certificate := dsig.X509Data(d.Identity.Certificate.Raw)
				s.KeyInfo = []*etree.Element{certificate}
				return write(certificate, "X509Certificate", broken.text(d.Identity.Certificate.Raw))
			}),
		})
	}
	register("key", Attack{
		Row: "KEY-21", Name: "no-key-info", Modes: Everywhere, Expect: Accept, ByHand: true,
		Summary: "does not say which of the keys that were agreed on signed it",
		sign: signing(func(_ Donor, s *dsig.Signature) error {
			s.KeyInfo = nil
			return nil
		}),
	})
}

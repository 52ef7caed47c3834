package saml

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/url"
	"time"

	"github.com/beevik/etree"
)

// methodRSASHA256 is how we sign.
const methodRSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

// KeyPair is what we sign our own messages with. The certificate is only how the
// metadata spells the public key: identity providers pin it.
type KeyPair struct {
	Key         *rsa.PrivateKey
	Certificate []byte // DER
}

// NewKeyPair makes a certificate around a key. The same key at the same time makes the
// same certificate.
func NewKeyPair(key *rsa.PrivateKey, name string, created time.Time) (*KeyPair, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(created.UnixMilli()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    created.UTC().Truncate(time.Second),
		NotAfter:     created.UTC().AddDate(10, 0, 0).Truncate(time.Second),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("saml: a certificate for our own key: %w", err)
	}
	return &KeyPair{Key: key, Certificate: der}, nil
}

// signQuery appends algorithm and signature to a query that holds a message and
// perhaps a relay state (Bindings 3.4.4.1).
func (k *KeyPair) signQuery(query string) (string, error) {
	query += "&SigAlg=" + url.QueryEscape(methodRSASHA256)
	value, err := k.sign([]byte(query))
	if err != nil {
		return "", err
	}
	return query + "&Signature=" + url.QueryEscape(value), nil
}

func (k *KeyPair) sign(data []byte) (string, error) {
	value, err := rsa.SignPKCS1v15(nil, k.Key, crypto.SHA256, sum(crypto.SHA256, data))
	if err != nil {
		return "", fmt.Errorf("saml: signing with our own key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(value), nil
}

// envelop signs an element of ours, which has an ID and an Issuer as its first child,
// and puts the signature behind that (Core 5.4).
func (k *KeyPair) envelop(el *etree.Element) error {
	covered, err := canonical(el, "", nil)
	if err != nil {
		return err
	}
	signature := etree.NewElement("ds:Signature")
	signature.CreateAttr("xmlns:ds", nsSignature)
	info := signature.CreateElement("ds:SignedInfo")
	named(info, "ds:CanonicalizationMethod", transformExclusive)
	named(info, "ds:SignatureMethod", methodRSASHA256)
	reference := info.CreateElement("ds:Reference")
	reference.CreateAttr("URI", "#"+value(el, "ID"))
	transforms := reference.CreateElement("ds:Transforms")
	named(transforms, "ds:Transform", transformEnveloped)
	named(transforms, "ds:Transform", transformExclusive)
	named(reference, "ds:DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256")
	reference.CreateElement("ds:DigestValue").SetText(base64.StdEncoding.EncodeToString(sum(crypto.SHA256, covered)))

	signedInfo, err := canonical(info, "", nil)
	if err != nil {
		return err
	}
	signed, err := k.sign(signedInfo)
	if err != nil {
		return err
	}
	signature.CreateElement("ds:SignatureValue").SetText(signed)
	k.keyInfo(signature)
	el.InsertChildAt(1, signature)
	return nil
}

func (k *KeyPair) keyInfo(parent *etree.Element) {
	info := parent.CreateElement("ds:KeyInfo")
	info.CreateAttr("xmlns:ds", nsSignature)
	info.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(k.Certificate))
}

func named(parent *etree.Element, tag, name string) {
	parent.CreateElement(tag).CreateAttr("Algorithm", name)
}

// posted is the form value of a message of ours by the POST binding (Bindings 3.5.4):
// base64, of the signed document where there is a key.
func posted(xml []byte, k *KeyPair) (string, error) {
	if k == nil {
		return base64.StdEncoding.EncodeToString(xml), nil
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(xml); err != nil {
		return "", fmt.Errorf("saml: a message of our own: %w", err)
	}
	if err := k.envelop(document.Root()); err != nil {
		return "", err
	}
	// As canonicalization wrote it: etree's usual form would turn a carriage return
	// into something else.
	document.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	var out bytes.Buffer
	if _, err := document.WriteTo(&out); err != nil {
		return "", fmt.Errorf("saml: writing to memory: %w", err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

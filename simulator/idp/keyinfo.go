package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"

	"github.com/beevik/etree"
)

// What a message may tell of the key that signed it, by the names of XML Signature
// §4.5. None of it decides which key a product trusts.
const (
	KeyName          = "KeyName"
	KeyValue         = "KeyValue"
	X509Certificate  = "X509Certificate"
	X509SubjectName  = "X509SubjectName"
	X509IssuerSerial = "X509IssuerSerial"
	X509SKI          = "X509SKI"
)

// keyInfo adds what the form tells of the key.
func (s Signer) keyInfo(in prefixed, signature *etree.Element) error {
	told := s.KeyInfo
	if told == nil {
		told = []string{X509Certificate}
	}
	if len(told) == 0 {
		return nil
	}
	info := signature.CreateElement(in.name("KeyInfo"))
	var data *etree.Element
	for _, what := range told {
		if what == KeyName || what == KeyValue {
			if err := s.nameKey(in, info.CreateElement(in.name(what))); err != nil {
				return err
			}
			continue
		}
		if data == nil {
			data = info.CreateElement(in.name("X509Data"))
		}
		if err := s.certify(in, data.CreateElement(in.name(what))); err != nil {
			return err
		}
	}
	return nil
}

// nameKey fills in what is said of the key itself.
func (s Signer) nameKey(in prefixed, at *etree.Element) error {
	if at.Tag == KeyName {
		at.SetText(s.Certificate.Subject.CommonName)
		return nil
	}
	switch key := s.Key.Public().(type) {
	case *rsa.PublicKey:
		value := at.CreateElement(in.name("RSAKeyValue"))
		value.CreateElement(in.name("Modulus")).SetText(s.base64(key.N.Bytes()))
		value.CreateElement(in.name("Exponent")).SetText(s.base64(big.NewInt(int64(key.E)).Bytes()))
	case *ecdsa.PublicKey:
		curve, known := curves[key.Curve]
		if !known {
			return fmt.Errorf("curve %s has no name in a KeyValue", key.Curve.Params().Name)
		}
		point, err := key.Bytes()
		if err != nil {
			return fmt.Errorf("the public key cannot be written: %w", err)
		}
		value := at.CreateElement("dsig11:ECKeyValue")
		attributes(value, "xmlns:dsig11", "http://www.w3.org/2009/xmldsig11#")
		attributes(value.CreateElement("dsig11:NamedCurve"), "URI", "urn:oid:"+curve)
		value.CreateElement("dsig11:PublicKey").SetText(base64.StdEncoding.EncodeToString(point))
	default:
		return fmt.Errorf("a key of type %T has no KeyValue", key)
	}
	return nil
}

var curves = map[elliptic.Curve]string{elliptic.P256(): "1.2.840.10045.3.1.7", elliptic.P384(): "1.3.132.0.34"}

// certify fills in what is said of the certificate.
func (s Signer) certify(in prefixed, at *etree.Element) error {
	switch at.Tag {
	case X509Certificate:
		at.SetText(s.certificate(s.Certificate.Raw))
	case X509SubjectName:
		at.SetText(s.Certificate.Subject.String())
	case X509IssuerSerial:
		at.CreateElement(in.name("X509IssuerName")).SetText(s.Certificate.Issuer.String())
		at.CreateElement(in.name("X509SerialNumber")).SetText(s.Certificate.SerialNumber.String())
	case X509SKI:
		at.SetText(s.base64(s.Certificate.SubjectKeyId))
	default:
		return fmt.Errorf("KeyInfo cannot hold %s", at.Tag)
	}
	return nil
}

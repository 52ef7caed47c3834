package idp

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// subjectAttributes is the distinguished name in every Okta signing
// certificate; %s is the org. The order and the string types are part of the
// shape, which is why the name is not a pkix.Name.
var subjectAttributes = []struct {
	oid   asn1.ObjectIdentifier
	tag   int
	value string
}{
	{asn1.ObjectIdentifier{2, 5, 4, 6}, asn1.TagPrintableString, "US"},
	{asn1.ObjectIdentifier{2, 5, 4, 8}, asn1.TagUTF8String, "California"},
	{asn1.ObjectIdentifier{2, 5, 4, 7}, asn1.TagUTF8String, "San Francisco"},
	{asn1.ObjectIdentifier{2, 5, 4, 10}, asn1.TagUTF8String, "Okta"},
	{asn1.ObjectIdentifier{2, 5, 4, 11}, asn1.TagUTF8String, "SSOProvider"},
	{asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.TagUTF8String, "%s"},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, asn1.TagIA5String, "info@okta.com"},
}

func subjectName(org string) ([]byte, error) {
	var name pkix.RDNSequence
	for _, attribute := range subjectAttributes {
		value := strings.Replace(attribute.value, "%s", org, 1)
		name = append(name, pkix.RelativeDistinguishedNameSET{{
			Type:  attribute.oid,
			Value: asn1.RawValue{Tag: attribute.tag, Bytes: []byte(value)},
		}})
	}
	return asn1.Marshal(name)
}

// Certify makes the self-signed certificate that Okta makes with a key:
// the serial number is the time of creation in milliseconds, validity begins a
// minute earlier and ends ten years later, and there are no extensions. The key may be of any
// kind, and changes made to the certificate before it is signed.
func Certify(org string, key Key, created time.Time, changes ...func(*x509.Certificate)) (*x509.Certificate, error) {
	name, err := subjectName(org)
	if err != nil {
		return nil, fmt.Errorf("identity provider: certificate subject for %q: %w", org, err)
	}
	created = created.UTC()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(created.UnixMilli()),
		RawSubject:   name,
		NotBefore:    created.Add(-time.Minute).Truncate(time.Second),
		NotAfter:     created.AddDate(10, 0, 0).Truncate(time.Second),
	}
	for _, change := range changes {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("identity provider: certificate for %q: %w", org, err)
	}
	return x509.ParseCertificate(der)
}

// wrapped returns the certificate as Okta writes it: base64 in lines of 76.
func wrapped(der []byte) string { return lines(der, 76, "\n") }

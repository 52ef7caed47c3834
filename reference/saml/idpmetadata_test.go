package saml_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/saml"
)

func keyDescriptor(use string, der []byte) string {
	if use != "" {
		use = fmt.Sprintf(` use="%s"`, use)
	}
	return `<md:KeyDescriptor` + use + `><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` +
		wrap76(base64.StdEncoding.EncodeToString(der)) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
}

func service(binding, location string) string {
	return fmt.Sprintf(`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-%s" Location="%s"/>`, binding, location)
}

const ssoURL = "https://acme.okta.com/app/acme_rollcall_1/exk1/sso/saml"

// idpMetadata has Okta's shape.
func idpMetadata(keys ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="` + idpEntity + `" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` +
		`<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + strings.Join(keys, "") +
		`<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>` +
		service("POST", ssoURL) + service("Redirect", ssoURL) + `</md:IDPSSODescriptor></md:EntityDescriptor>`
}

func TestParseIdPMetadata(t *testing.T) {
	t.Parallel()
	okta, next, other := certificate(t, "okta"), certificate(t, "okta-next"), certificate(t, "other-tenant")
	idp, err := saml.ParseIdPMetadata([]byte(idpMetadata(
		keyDescriptor("signing", okta.Raw), keyDescriptor("", next.Raw), keyDescriptor("signing", okta.Raw), keyDescriptor("encryption", other.Raw))))
	if err != nil {
		t.Fatal(err)
	}
	if idp.EntityID != idpEntity || idp.SSOURL != ssoURL {
		t.Errorf("entity %q, address %q", idp.EntityID, idp.SSOURL)
	}
	if len(idp.Certificates) != 2 || !idp.Certificates[0].Equal(okta) || !idp.Certificates[1].Equal(next) {
		t.Errorf("%d certificates", len(idp.Certificates))
	}
	p := provider(t)
	p.IdP = idp
	a := arrival(t, oktaXML(t, both))
	a.Providers = []saml.Provider{p}
	believed(t, a)
}

func TestIdPMetadataIsGoodUntil(t *testing.T) {
	t.Parallel()
	good := idpMetadata(keyDescriptor("signing", certificate(t, "okta").Raw))
	early, late := ` validUntil="2030-01-01T00:00:00Z"`, ` validUntil="2031-01-01T00:00:00.5Z"`
	for name, c := range map[string]struct{ entity, role, want string }{
		"unsaid":         {"", "", "0001-01-01T00:00:00Z"},
		"of the entity":  {early, "", "2030-01-01T00:00:00Z"},
		"of the role":    {"", late, "2031-01-01T00:00:00.5Z"},
		"role's first":   {late, early, "2030-01-01T00:00:00Z"},
		"entity's first": {early, late, "2030-01-01T00:00:00Z"},
	} {
		xml := strings.Replace(good, "<md:EntityDescriptor", "<md:EntityDescriptor"+c.entity, 1)
		xml = strings.Replace(xml, "<md:IDPSSODescriptor", "<md:IDPSSODescriptor"+c.role, 1)
		idp, err := saml.ParseIdPMetadata([]byte(xml))
		if got := idp.ValidUntil.Format(time.RFC3339Nano); err != nil || got != c.want {
			t.Errorf("%s: good until %s, %v; want %s", name, got, err, c.want)
		}
	}
}

func TestParseIdPMetadataRefuses(t *testing.T) {
	t.Parallel()
	good := idpMetadata(keyDescriptor("signing", certificate(t, "okta").Raw))
	edit := func(old, with string) string { return swap(t, good, old, with) }
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var many []string
	for i := range 17 {
		many = append(many, keyDescriptor("signing", makeCertificate(t, key(t, "okta"), fmt.Sprint(i), now, now.AddDate(1, 0, 0)).Raw))
	}
	for name, tc := range map[string]struct{ xml, want string }{
		"many keys":              {idpMetadata(many...), "17 signing certificates"},
		"empty":                  {"", "empty"},
		"not XML":                {"hello", "outside of its root"},
		"HTML":                   {"<html><body></body></html>", `root is "html"`},
		"an end that is no time": {strings.Replace(good, "<md:EntityDescriptor", `<md:EntityDescriptor validUntil="tomorrow"`, 1), "validUntil of EntityDescriptor is not a time"},
		"too large":              {good + strings.Repeat(" ", 1<<20), "1048576 are allowed"},
		"document type":          {edit("<md:EntityDescriptor", "<!DOCTYPE x><md:EntityDescriptor"), "document type"},
		"other namespace":        {edit("SAML:2.0:metadata", "SAML:1.0:metadata"), "not an EntityDescriptor"},
		"several entities":       {`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`, "several entities"},
		"no entityID":            {edit(`entityID="`+idpEntity+`"`, ""), "entityID"},
		"long entityID":          {edit(idpEntity, strings.Repeat("x", 1025)), "entityID"},
		"service provider":       {strings.ReplaceAll(good, "IDPSSODescriptor", "SPSSODescriptor"), "0 IDPSSODescriptor"},
		"SAML 1.1 only":          {edit("SAML:2.0:protocol", "SAML:1.1:protocol"), "0 IDPSSODescriptor"},
		"two roles":              {edit("<md:IDPSSODescriptor", `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/><md:IDPSSODescriptor`), "2 IDPSSODescriptor"},
		"no Redirect":            {edit("HTTP-Redirect", "HTTP-Artifact"), "HTTP-Redirect"},
		"bad address":            {strings.ReplaceAll(good, ssoURL, "javascript:alert(1)"), "not an http or https URL"},
		"no certificate":         {idpMetadata(), "no signing certificate"},
		"encryption only":        {idpMetadata(keyDescriptor("encryption", certificate(t, "okta").Raw)), "no signing certificate"},
		"PEM headers":            {edit("<ds:X509Certificate>", "<ds:X509Certificate>-----BEGIN CERTIFICATE-----"), "leave out lines"},
		"no certificate DER":     {idpMetadata(keyDescriptor("signing", []byte("hello"))), "cannot be read"},
		"small key":              {idpMetadata(keyDescriptor("signing", makeCertificate(t, small, "small", now, now.AddDate(1, 0, 0)).Raw)), "1024 bits"},
		"other kind of key":      {idpMetadata(keyDescriptor("signing", certificateFor(t, edwards))), "only RSA and ECDSA"},
		"small curve":            {idpMetadata(keyDescriptor("signing", certificateFor(t, curve))), "224 bits"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			idp, err := saml.ParseIdPMetadata([]byte(tc.xml))
			if err == nil {
				t.Fatalf("taken: %+v", idp)
			}
			wantOneLine(t, err.Error())
			if !strings.HasPrefix(err.Error(), "saml: identity provider metadata: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %q lacks %q", err, tc.want)
			}
		})
	}
}

func certificateFor(t *testing.T, k crypto.Signer) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now, NotAfter: now.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

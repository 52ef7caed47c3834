package idp_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/idp"
)

func TestIdentityNames(t *testing.T) {
	t.Parallel()
	got := identity(t)
	if len(got.ExternalKey) != 20 || !strings.HasPrefix(got.ExternalKey, "exk") {
		t.Errorf("external key %q", got.ExternalKey)
	}
	for name, pair := range map[string][2]string{
		"entity id": {got.EntityID, "http://www.okta.com/" + got.ExternalKey},
		"sso":       {got.SSOURL, "https://acme.okta.com/app/acme_rollcallci_1/" + got.ExternalKey + "/sso/saml"},
		"metadata":  {got.MetadataURL, "https://acme.okta.com/app/" + got.ExternalKey + "/sso/saml/metadata"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	local, err := idp.NewIdentity("acme", "Rollcall CI", got.Key, created, "http://127.0.0.1:8080/")
	if err != nil {
		t.Fatal(err)
	}
	if local.EntityID != got.EntityID || !strings.HasPrefix(local.SSOURL, "http://127.0.0.1:8080/app/") {
		t.Errorf("elsewhere: %q at %q", local.EntityID, local.SSOURL)
	}
}

func TestIdentityRefuses(t *testing.T) {
	t.Parallel()
	key, err := fixtures.Key("okta")
	if err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string]func() (idp.Identity, error){
		"subdomain": func() (idp.Identity, error) { return idp.NewIdentity("Acme Inc", "CI", key, created, "") },
		"no key":    func() (idp.Identity, error) { return idp.NewIdentity("acme", "CI", nil, created, "") },
		"base URL":  func() (idp.Identity, error) { return idp.NewIdentity("acme", "CI", key, created, "okta.test") },
		"label":     func() (idp.Identity, error) { return idp.NewIdentity("acme", "—", key, created, "") },
	} {
		if _, err := made(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCertificateShape(t *testing.T) {
	t.Parallel()
	certificate := identity(t).Certificate
	if certificate.Version != 3 || len(certificate.Extensions) != 0 {
		t.Errorf("version %d with %d extensions, want 3 with none", certificate.Version, len(certificate.Extensions))
	}
	if certificate.SerialNumber.Int64() != created.UnixMilli() {
		t.Errorf("serial number %s, want %d", certificate.SerialNumber, created.UnixMilli())
	}
	if got := certificate.NotBefore.Format("060102150405"); got != "260304050507" {
		t.Errorf("not before %s", got)
	}
	if got := certificate.NotAfter.Format("060102150405"); got != "360304050607" {
		t.Errorf("not after %s", got)
	}
	if certificate.SignatureAlgorithm != x509.SHA256WithRSA || certificate.CheckSignature(x509.SHA256WithRSA, certificate.RawTBSCertificate, certificate.Signature) != nil {
		t.Error("not signed by itself with SHA-256")
	}
	if string(certificate.RawSubject) != string(certificate.RawIssuer) {
		t.Error("subject and issuer differ")
	}
	// C=US (printable), ST, L, O, OU, CN (UTF-8), emailAddress (IA5).
	const want = "30818c310b3009060355040613025553" +
		"3113301106035504080c0a43616c69666f726e6961" +
		"3116301406035504070c0d53616e204672616e636973636f" +
		"310d300b060355040a0c044f6b7461" +
		"31143012060355040b0c0b53534f50726f7669646572" +
		"310d300b06035504030c0461636d65" +
		"311c301a06092a864886f70d010901160d696e666f406f6b74612e636f6d"
	if got := hex.EncodeToString(certificate.RawSubject); got != want {
		t.Errorf("subject\n got %s\nwant %s", got, want)
	}
}

func TestCertificateIsWrappedAt76(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(string(identity(t).Metadata()), "<ds:X509Certificate>")
	text, _, _ := strings.Cut(rest, "</ds:X509Certificate>")
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		if len(line) > 76 || (len(line) < 76 && n < len(lines)-1) || line == "" {
			t.Errorf("line %d has %d characters", n+1, len(line))
		}
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(lines, ""))
	if err != nil || string(der) != string(identity(t).Certificate.Raw) {
		t.Errorf("the lines are not the certificate: %v", err)
	}
}

func TestRollover(t *testing.T) {
	t.Parallel()
	before := identity(t)
	key, err := fixtures.Key("okta-next")
	if err != nil {
		t.Fatal(err)
	}
	after, err := before.WithKey(key, created.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if after.EntityID != before.EntityID || after.SSOURL != before.SSOURL {
		t.Error("a new key changed the names")
	}
	if after.Certificate.Equal(before.Certificate) || !key.PublicKey.Equal(after.Certificate.PublicKey) {
		t.Error("the certificate is not that of the new key")
	}
}

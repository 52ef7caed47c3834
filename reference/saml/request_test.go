package saml_test

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"rollcall.example/reference/saml"
)

func TestMetadata(t *testing.T) {
	t.Parallel()
	document := etree.NewDocument()
	if err := document.ReadFromBytes(provider(t, "okta").Metadata()); err != nil {
		t.Fatal(err)
	}
	root := document.Root()
	role := first(root, "SPSSODescriptor")
	acs := first(role, "AssertionConsumerService")
	for _, tc := range []struct{ what, got, want string }{
		{"root", root.NamespaceURI() + " " + root.Tag, "urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"},
		{"entityID", root.SelectAttrValue("entityID", ""), ourEntity},
		{"AuthnRequestsSigned", role.SelectAttrValue("AuthnRequestsSigned", ""), "false"},
		{"WantAssertionsSigned", role.SelectAttrValue("WantAssertionsSigned", ""), "true"},
		{"NameIDFormat", first(role, "NameIDFormat").Text(), "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"},
		{"Location", acs.SelectAttrValue("Location", ""), ourACS},
		{"Binding", acs.SelectAttrValue("Binding", ""), "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s is %q, not %q", tc.what, tc.got, tc.want)
		}
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	p := provider(t, "okta")
	request := p.AuthnRequest("_abc", now)
	const relay = "/projects?a=1&b=ü"
	location, err := request.Redirect(p.IdP.SSOURL, relay)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^https://acme\.okta\.com/app/x/sso/saml\?SAMLRequest=[A-Za-z0-9%]+&RelayState=[A-Za-z0-9%._~+-]+$`).MatchString(location) {
		t.Errorf("address %s", location)
	}
	query := parse(t, location).Query()
	if got := query.Get("RelayState"); got != relay {
		t.Errorf("relay state %q", got)
	}
	if got := inflate(t, query.Get("SAMLRequest")); !bytes.Equal(got, request.XML) {
		t.Errorf("inflates to %s", got)
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(request.XML); err != nil {
		t.Fatal(err)
	}
	root := document.Root()
	for name, want := range map[string]string{
		"ID": "_abc", "Version": "2.0", "IssueInstant": "2026-01-15T12:00:00.000Z", "Destination": p.IdP.SSOURL,
		"AssertionConsumerServiceURL": ourACS, "ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
	} {
		if got := root.SelectAttrValue(name, ""); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if got := first(root, "Issuer").Text(); got != ourEntity || request.ID != "_abc" {
		t.Errorf("issuer %q, ID %q", got, request.ID)
	}
	if first(root, "NameIDPolicy") == nil {
		t.Error("no NameIDPolicy")
	}
}

func parse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func inflate(t *testing.T, field string) []byte {
	t.Helper()
	deflated, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(flate.NewReader(bytes.NewReader(deflated)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRedirectVariants(t *testing.T) {
	t.Parallel()
	request := provider(t).AuthnRequest("_abc", now)
	location, err := request.Redirect("https://idp.example/sso?tenant=a%20b#part", "")
	if err != nil || !strings.HasPrefix(location, "https://idp.example/sso?tenant=a%20b&SAMLRequest=") || strings.Contains(location, "RelayState") || strings.Contains(location, "#") {
		t.Errorf("%s, %v", location, err)
	}
	for _, bad := range []string{"", "/sso", "idp.example/sso", "javascript:alert(1)", "https://", "ftp://idp.example/", "https://a b/\x7f"} {
		if location, err := request.Redirect(bad, ""); err == nil {
			t.Errorf("%q is taken: %s", bad, location)
		}
	}
	if _, err := request.Redirect("https://idp.example/", strings.Repeat("x", 1025)); err == nil {
		t.Error("a relay state of 1025 bytes is taken")
	}
}

func TestNewID(t *testing.T) {
	t.Parallel()
	if got := saml.NewID(bytes.NewReader(make([]byte, 20))); got != "_"+strings.Repeat("00", 20) {
		t.Errorf("ID %s", got)
	}
	if a, b := saml.NewID(rand.Reader), saml.NewID(rand.Reader); a == b {
		t.Errorf("two IDs are %s", a)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic without randomness")
		}
	}()
	saml.NewID(bytes.NewReader(nil))
}

func TestSameSite(t *testing.T) {
	t.Parallel()
	const self = "https://app.example"
	for relay, want := range map[string]string{
		"/":                                 "/",
		"/projects":                         "/projects",
		"/projects?a=b&c=%2F%2Fevil#x":      "/projects?a=b&c=%2F%2Fevil#x",
		"/a//b":                             "/a//b",
		"/ünï":                              "/ünï",
		"https://app.example/projects":      "/projects",
		"/" + strings.Repeat("x", 1023):     "/" + strings.Repeat("x", 1023),
		"":                                  "",
		"projects":                          "",
		"//evil.example":                    "",
		"///evil.example":                   "",
		`/\evil.example`:                    "",
		`\/evil.example`:                    "",
		`/a\b`:                              "",
		"/\t/evil.example":                  "",
		"/\n/evil.example":                  "",
		"/a\r\nSet-Cookie: x=y":             "",
		"/a\x00":                            "",
		"/a\u0085b":                         "",
		"/a\xff":                            "",
		" /a":                               "",
		"https://evil.example/":             "",
		"https://app.example":               "",
		"https://app.example.evil.example/": "",
		"https://app.example@evil.example/": "",
		"https://app.example//evil.example": "",
		`https://app.example/\evil.example`: "",
		"http://app.example/projects":       "",
		"javascript:alert(1)":               "",
		"data:text/html,x":                  "",
		"/%zz":                              "",
		"/" + strings.Repeat("x", 1024):     "",
	} {
		got, ok := saml.SameSite(relay, self)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t; want %q", relay, got, ok, want)
		}
	}
	if got, ok := saml.SameSite("https://app.example/a", ""); ok {
		t.Errorf("without an origin of ours an absolute URL is followed: %q", got)
	}
	if got, ok := saml.SameSite("https://app.example/a", "https://app.example/"); !ok || got != "/a" {
		t.Errorf("origin with a slash: %q", got)
	}
}

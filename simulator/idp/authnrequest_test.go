package idp_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/idp"
)

const honest = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
	` ID="_r1" Version="2.0" IssueInstant="2026-11-22T09:29:59Z" Destination="https://acme.okta.com/sso"` +
	` AssertionConsumerServiceURL="https://ci.acme.test/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" ForceAuthn="true">` +
	`<saml:Issuer>https://ci.acme.test</saml:Issuer>` +
	`<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/></samlp:AuthnRequest>`

func deflated(tb testing.TB, text string) string {
	tb.Helper()
	var packed bytes.Buffer
	writer, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := writer.Write([]byte(text)); err != nil {
		tb.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		tb.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

func TestParseRedirect(t *testing.T) {
	t.Parallel()
	got, relayState, err := idp.ParseRedirect(url.Values{"SAMLRequest": {deflated(t, honest)}, "RelayState": {"/builds?x=1"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if string(got.XML) != honest {
		t.Error("the document is not kept")
	}
	got.XML = nil
	want := idp.AuthnRequest{
		ID: "_r1", Issuer: "https://ci.acme.test", Destination: "https://acme.okta.com/sso",
		IssueInstant: time.Date(2026, 11, 22, 9, 29, 59, 0, time.UTC), ACS: "https://ci.acme.test/acs",
		ProtocolBinding: idp.BindingPOST, NameIDFormat: idp.FormatEmailAddress, ForceAuthn: true,
	}
	if got.ID != want.ID || got.Issuer != want.Issuer || got.Destination != want.Destination || !got.IssueInstant.Equal(want.IssueInstant) ||
		got.ACS != want.ACS || got.ProtocolBinding != want.ProtocolBinding || got.NameIDFormat != want.NameIDFormat || !got.ForceAuthn || got.IsPassive {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if relayState != "/builds?x=1" {
		t.Errorf("relay state %q", relayState)
	}
}

// A line's end after the document is no part of it.
func TestParseWithLinesAround(t *testing.T) {
	t.Parallel()
	got, _, err := idp.ParseRedirect(url.Values{"SAMLRequest": {deflated(t, "\n"+honest+"\r\n")}}.Encode())
	if err != nil || got.ID != "_r1" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParsePost(t *testing.T) {
	t.Parallel()
	form := url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(honest))}, "RelayState": {"r"}}
	got, relayState, err := idp.ParsePost(form)
	if err != nil || got.ID != "_r1" || relayState != "r" {
		t.Errorf("got %+v, %q, %v", got, relayState, err)
	}
	var packed bytes.Buffer
	writer, _ := flate.NewWriter(&packed, flate.DefaultCompression)
	_, _ = writer.Write([]byte(honest))
	_ = writer.Close()
	form.Set("SAMLRequest", base64.StdEncoding.EncodeToString(packed.Bytes()))
	if _, _, err := idp.ParsePost(form); err == nil || !strings.Contains(err.Error(), "by POST and is compressed") {
		t.Errorf("compressed: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	change := func(old, replacement string) string {
		if !strings.Contains(honest, old) {
			t.Fatalf("no %q to replace", old)
		}
		return strings.Replace(honest, old, replacement, 1)
	}
	for name, test := range map[string]struct{ xml, want string }{
		"not XML":            {"hello", "not well-formed"},
		"cut off":            {honest[:len(honest)-10], "not well-formed"},
		"two documents":      {honest + honest, "not well-formed"},
		"doctype":            {`<!DOCTYPE x [<!ENTITY e "boom">]>` + honest, "DOCTYPE"},
		"another element":    {strings.ReplaceAll(honest, "AuthnRequest", "LogoutRequest"), "not an AuthnRequest"},
		"another namespace":  {change("SAML:2.0:protocol", "SAML:1.1:protocol"), "not an AuthnRequest"},
		"version":            {change(`Version="2.0"`, `Version="1.1"`), `Version "1.1"`},
		"no version":         {change(` Version="2.0"`, ``), `Version ""`},
		"no id":              {change(` ID="_r1"`, ``), `ID ""`},
		"id with a digit":    {change(`ID="_r1"`, `ID="1r"`), "not an XML id"},
		"no issuer":          {change(`<saml:Issuer>https://ci.acme.test</saml:Issuer>`, ``), "no Issuer"},
		"issuer elsewhere":   {change(`xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`, `xmlns:saml="urn:x"`), "no Issuer"},
		"no time":            {change(`2026-11-22T09:29:59Z`, `yesterday`), "IssueInstant"},
		"force is no truth":  {change(`ForceAuthn="true"`, `ForceAuthn="yes"`), "ForceAuthn"},
		"attribute twice":    {change(`ID="_r1"`, `ID="_r1" ID="_r2"`), "twice"},
		"too long":           {change(`<saml:Issuer>`, `<saml:Issuer>`+strings.Repeat("x", 70<<10)), "longer than"},
		"endless nesting":    {change(`<saml:Issuer>`, strings.Repeat("<a>", 200)), "not well-formed"},
		"nothing but a bang": {"<!", "not well-formed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := idp.ParseRedirect(url.Values{"SAMLRequest": {deflated(t, test.xml)}}.Encode())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestParseRefusesTheEnvelope(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		query url.Values
		want  string
	}{
		"nothing":    {url.Values{}, "no SAMLRequest"},
		"empty":      {url.Values{"SAMLRequest": {""}}, "no SAMLRequest"},
		"twice":      {url.Values{"SAMLRequest": {"a", "b"}}, "2 SAMLRequest"},
		"not base64": {url.Values{"SAMLRequest": {"%%%"}}, "not base64"},
		"not packed": {url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(honest))}}, "not DEFLATE"},
		"too long":   {url.Values{"SAMLRequest": {strings.Repeat("A", 200<<10)}}, "longer than"},
		"a bomb":     {url.Values{"SAMLRequest": {deflated(t, strings.Repeat(" ", 1<<20))}}, "longer than"},
		"encoding":   {url.Values{"SAMLRequest": {deflated(t, honest)}, "SAMLEncoding": {"urn:zip"}}, "SAMLEncoding"},
	} {
		_, _, err := idp.ParseRedirect(test.query.Encode())
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const sso, acs = "https://acme.okta.com/sso", "https://ci.acme.test/acs"
	request, _, err := idp.ParseRedirect(url.Values{"SAMLRequest": {deflated(t, honest)}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := request.Check(sso, acs); err != nil {
		t.Errorf("an honest request: %v", err)
	}
	if err := (idp.AuthnRequest{}).Check(sso, acs); err != nil {
		t.Errorf("a request that leaves all to the settings: %v", err)
	}
	for name, change := range map[string]func(*idp.AuthnRequest){
		"Destination":                 func(r *idp.AuthnRequest) { r.Destination = "https://other.okta.com/sso" },
		"answer at":                   func(r *idp.AuthnRequest) { r.ACS = "https://evil.test/acs" },
		"asks for ProtocolBinding \"": func(r *idp.AuthnRequest) { r.ProtocolBinding = idp.BindingRedirect },
	} {
		changed := request
		change(&changed)
		if err := changed.Check(sso, acs); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// FuzzParseRedirect holds the parser to two promises: it never panics, and what
// it lets by has all that an AuthnRequest needs.
func FuzzParseRedirect(f *testing.F) {
	f.Add(deflated(f, honest), "r")
	f.Add(deflated(f, `<!DOCTYPE x>`+honest), "")
	f.Add(deflated(f, "<a"), "")
	f.Add("AAAA", "r")
	f.Fuzz(func(t *testing.T, message, relayState string) {
		request, kept, err := idp.ParseRedirect(url.Values{"SAMLRequest": {message}, "RelayState": {relayState}}.Encode())
		if err != nil {
			return
		}
		if request.ID == "" || request.Issuer == "" || request.IssueInstant.IsZero() || kept != relayState {
			t.Errorf("let by: %+v", request)
		}
	})
}

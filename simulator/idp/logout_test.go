package idp_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/idp"
)

const slo = "https://ci.acme.test/saml/slo"

var leia = idp.Name{Value: "leia@acme.test", Format: idp.FormatEmailAddress, NameQualifier: "q", SPNameQualifier: "https://ci.acme.test"}

func dispatch() idp.Dispatch { return idp.Dispatch{Destination: slo, Now: issued, Random: &stream{}} }

func logoutRequest(t *testing.T) idp.Envelope {
	t.Helper()
	made, err := identity(t).LogoutRequest(idp.Logout{
		Dispatch: dispatch(), Name: leia, SessionIndexes: []string{"one", "two"}, Reason: "urn:oasis:names:tc:SAML:2.0:logout:user",
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func ours(t *testing.T) []*x509.Certificate {
	t.Helper()
	return []*x509.Certificate{another(t).Certificate, identity(t).Certificate}
}

// another is the identity with a key that nobody trusts.
func another(t *testing.T) idp.Identity {
	t.Helper()
	return withKey(t, "attacker")
}

// A logout request says by both bindings what it was told to, and its signature holds.
func TestLogoutRequestTravels(t *testing.T) {
	t.Parallel()
	for name, travel := range map[string]func(*testing.T, idp.Envelope) (idp.LogoutMessage, error){
		"redirect": func(t *testing.T, e idp.Envelope) (idp.LogoutMessage, error) {
			address, err := e.Redirect(slo+"?organization=acme", "r&s")
			if err != nil || !strings.HasPrefix(address, slo+"?organization=acme&SAMLRequest=") {
				t.Errorf("%s, %v", address, err)
			}
			_, query, _ := strings.Cut(address, "?")
			return idp.ParseLogoutRedirect(query)
		},
		"post": func(t *testing.T, e idp.Envelope) (idp.LogoutMessage, error) {
			if err := e.Sign(); err != nil {
				t.Error(err)
			}
			return idp.ParseLogoutPost(url.Values{e.Parameter: {e.Encoded()}, "RelayState": {"r&s"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, err := travel(t, logoutRequest(t))
			if err != nil {
				t.Fatal(err)
			}
			if read.Answer || read.Name != leia || !slices.Equal(read.SessionIndexes, []string{"one", "two"}) || read.RelayState != "r&s" ||
				read.Issuer != identity(t).EntityID || read.Destination != slo || !read.NotOnOrAfter.Equal(issued.Add(idp.Leeway)) {
				t.Errorf("read %+v", read)
			}
			if err := read.Signature.Verify(ours(t)); err != nil {
				t.Error(err)
			}
			if err := read.Signature.Verify([]*x509.Certificate{another(t).Certificate}); err == nil {
				t.Error("it verifies with somebody else's key")
			}
			if err := read.Signature.Verify(nil); err == nil {
				t.Error("it verifies with no key")
			}
		})
	}
}

func TestLogoutResponseTravels(t *testing.T) {
	t.Parallel()
	to := dispatch()
	to.InResponseTo = "_q7"
	status := idp.Status{Code: idp.StatusRequester, Below: idp.StatusUnknownPrincipal, Message: "who?"}
	made, err := identity(t).LogoutResponse(to, status)
	if err != nil {
		t.Fatal(err)
	}
	address, err := made.Redirect(slo, "")
	if err != nil || strings.Contains(address, "RelayState") {
		t.Fatal(address, err)
	}
	_, query, _ := strings.Cut(address, "?")
	read, err := idp.ParseLogoutRedirect(query)
	if err != nil || !read.Answer || read.InResponseTo != "_q7" || read.Status != status || read.Signature.Verify(ours(t)) != nil {
		t.Errorf("%+v, %v", read, err)
	}
}

// Whatever of a signed query is changed, the signature no longer holds.
func TestASignedQueryIsSignedWhole(t *testing.T) {
	t.Parallel()
	address, err := logoutRequest(t).Redirect(slo, "here")
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(address, "?")
	pairs := strings.Split(query, "&")
	for name, changed := range map[string]string{
		"another relay state": strings.Replace(query, "RelayState=here", "RelayState=there", 1),
		"no relay state":      strings.Replace(query, "&RelayState=here", "", 1),
		"another algorithm":   strings.Replace(query, "rsa-sha256", "rsa-sha512", 1),
		"unknown algorithm":   strings.Replace(query, "rsa-sha256", "hmac-sha1", 1),
		"other octets":        strings.Replace(query, "here", "%68ere", 1),
		"signature cut off":   strings.Join(pairs[:len(pairs)-2], "&"),
	} {
		read, err := idp.ParseLogoutRedirect(changed)
		if err == nil {
			err = read.Signature.Verify(ours(t))
		}
		if err == nil {
			t.Errorf("%s: it still verifies", name)
		}
	}
	slices.Reverse(pairs)
	read, err := idp.ParseLogoutRedirect(strings.Join(pairs, "&"))
	if err != nil || read.Signature.Verify(ours(t)) != nil {
		t.Errorf("the order of a query is nobody's business: %v", err)
	}
}

func TestLogoutMessagesThatAreNone(t *testing.T) {
	t.Parallel()
	encoded := func(xml string) string { return base64.StdEncoding.EncodeToString([]byte(xml)) }
	const head = ` xmlns="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0" IssueInstant="2026-11-22T09:30:00Z"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">x</Issuer>`
	for want, form := range map[string]url.Values{
		"there is no SAMLRequest":    {},
		"one message at a time":      {"SAMLRequest": {"a"}, "SAMLResponse": {"b"}},
		"not a LogoutRequest":        {"SAMLRequest": {encoded(`<LogoutResponse` + head + `</LogoutResponse>`)}},
		"not a LogoutResponse":       {"SAMLResponse": {encoded(`<LogoutRequest` + head + `</LogoutRequest>`)}},
		"has no NameID in the clear": {"SAMLRequest": {encoded(`<LogoutRequest` + head + `</LogoutRequest>`)}},
		"has no Status":              {"SAMLResponse": {encoded(`<LogoutResponse` + head + `</LogoutResponse>`)}},
		"has no StatusCode":          {"SAMLResponse": {encoded(`<LogoutResponse` + head + `<Status/></LogoutResponse>`)}},
		"DOCTYPE":                    {"SAMLRequest": {encoded(`<!DOCTYPE x><LogoutRequest` + head + `</LogoutRequest>`)}},
		"is not well-formed XML":     {"SAMLRequest": {encoded(`<LogoutRequest`)}},
	} {
		if _, err := idp.ParseLogoutPost(form); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func TestCheckLogout(t *testing.T) {
	t.Parallel()
	good := idp.LogoutMessage{Issuer: "sp", Destination: slo, NotOnOrAfter: issued.Add(time.Minute)}
	if err := good.Check(slo, "sp", issued); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*idp.LogoutMessage){
		"Issuer":      func(m *idp.LogoutMessage) { m.Issuer = "other" },
		"Destination": func(m *idp.LogoutMessage) { m.Destination = slo + "/" },
		"good until":  func(m *idp.LogoutMessage) { m.NotOnOrAfter = issued.Add(-time.Hour) },
	} {
		spoilt := good
		spoil(&spoilt)
		if err := spoilt.Check(slo, "sp", issued); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

// A failure is signed like everything else, and says so without an assertion.
func TestFailure(t *testing.T) {
	t.Parallel()
	to := dispatch()
	to.InResponseTo = "_q1"
	status := idp.Status{Code: idp.StatusResponder, Below: idp.StatusNoPassive, Message: "nobody <here>"}
	response, err := identity(t).Failure(to, status, idp.SignResponse)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(response.XML, []byte(idp.StatusNoPassive)) || bytes.Contains(response.XML, []byte("Assertion ")) || response.AssertionID != "" {
		t.Errorf("%s", response.XML)
	}
	for _, wrong := range []string{"", idp.StatusSuccess} {
		if _, err := identity(t).Failure(to, idp.Status{Code: wrong}, idp.SignResponse); err == nil {
			t.Errorf("a failure with status %q", wrong)
		}
	}
	needXMLSec(t)
	if err := verify(t, identity(t), response.XML, "Response"); err != nil {
		t.Error(err)
	}
}

func TestXMLSecVerifiesLogout(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	request := logoutRequest(t)
	if err := request.Sign(); err != nil {
		t.Fatal(err)
	}
	if err := verify(t, identity(t), request.XML(), "LogoutRequest"); err != nil {
		t.Error(err)
	}
}

func TestLogoutIsInTheMetadata(t *testing.T) {
	t.Parallel()
	plain := identity(t)
	if strings.Contains(string(plain.Metadata()), "SingleLogoutService") {
		t.Error("logout is offered though it is off")
	}
	plain.Logout, plain.WantRequestsSigned = true, true
	for _, want := range []string{`Location="` + plain.SLOURL + `"`, `WantAuthnRequestsSigned="true"`} {
		if !strings.Contains(string(plain.Metadata()), want) {
			t.Errorf("the metadata lacks %s", want)
		}
	}
}

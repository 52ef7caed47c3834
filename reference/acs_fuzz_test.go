package reference_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
)

// Who may sign in at the product of FuzzACS, and whom every attack would rather be.
const (
	fuzzAttacker = "lando@acme.test"
	fuzzVictim   = "leia@acme.test"
)

// FuzzACS posts whatever the fuzzer makes of the catalogue's attacks to the product. The
// identity provider signs for the attacker, under one name or another, and no fuzzer can
// sign: so whoever is in is never the victim, the product never falls over, and it never
// answers with more than a page.
func FuzzACS(f *testing.F) {
	app, err := reference.New(f.Context(), reference.Options{Logger: textLogger(&bytes.Buffer{})})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = app.Close() })
	app.SetBaseURL("http://rollcall.test")
	key, err := fixtures.Key("okta")
	if err != nil {
		f.Fatal(err)
	}
	identity, err := idp.NewIdentity("acme", "Rollcall", key, time.Now().Add(-time.Hour), "")
	if err != nil {
		f.Fatal(err)
	}
	provider, err := reference.NewProvider(org.Okta, org.Enabled, identity.Metadata())
	if err != nil {
		f.Fatal(err)
	}
	made, err := app.Found(f.Context(), org.NewOrganization{
		Name: "Acme", Slug: "acme", Plan: org.Enterprise, Founder: fuzzVictim, Provider: provider,
	})
	if err != nil {
		f.Fatal(err)
	}
	acs := made.Connection.SAML.ACS
	for _, attack := range forge.All() {
		if strings.HasPrefix(attack.Row, "ENC-") || attack.Row == "XSW-25" || attack.Row == "XSW-26" {
			continue // for a product that takes encrypted assertions only
		}
		if document := attacking(attack, attack.In()[0], identity, acs); len(document) < 64<<10 {
			f.Add(document)
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		answer := httptest.NewRecorder()
		form := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(document)}}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, acs, strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		app.ServeHTTP(answer, request)
		if answer.Code >= http.StatusInternalServerError || answer.Body.Len() > 64<<10 {
			t.Fatalf("the product answered %d with %d bytes", answer.Code, answer.Body.Len())
		}
		for _, cookie := range answer.Result().Cookies() {
			asked := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://rollcall.test/api/v1/me", nil)
			asked.AddCookie(cookie)
			who := httptest.NewRecorder()
			app.ServeHTTP(who, asked)
			var in struct{ Email string }
			if err := json.Unmarshal(who.Body.Bytes(), &in); err != nil || org.Key(in.Email) == fuzzVictim {
				t.Fatalf("signed in as %q (%d, %v)", in.Email, who.Code, err)
			}
		}
	})
}

// attacking is the document of an attack on the product, or nothing where the attack
// needs another donor.
func attacking(attack forge.Attack, mode idp.Signing, identity idp.Identity, acs string) []byte {
	var posting simulator.Posting
	err := attack.Post(forge.Donor{
		Identity: identity, Victim: fuzzVictim, Collector: "http://127.0.0.1:9",
		Claims: idp.Claims{
			Destination: acs, Recipient: acs, Audience: "http://rollcall.test", NameID: fuzzAttacker, Now: time.Now(), Sign: mode,
			Attributes: []idp.Attribute{{Name: "name", Values: []string{"Lando Calrissian"}}, {Name: "admin", Values: []string{"false"}}},
		},
	}, &posting)
	if err != nil {
		return nil
	}
	document, err := base64.StdEncoding.DecodeString(posting.SAMLResponse)
	if err != nil {
		return nil
	}
	return document
}

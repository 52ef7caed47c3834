//go:build unix

package bundled_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"net/http"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/journal"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/target"
)

// BenchmarkAssignAndSignIn is what most specs cost: an Okta of their own assigns the
// app to somebody, who then signs in, all over HTTP. It is measured in processor time,
// of both sides, beside the RSA operations that it cannot do without (two signatures,
// each verified), so that the ratio holds on any machine.
func BenchmarkAssignAndSignIn(b *testing.B) {
	running := start(b, bundled.Options{})
	defer closeIt(b, running)
	connection := running.Target.Connection()
	identity, err := connection.Okta.Identity()
	if err != nil {
		b.Fatal(err)
	}
	key, sum := identity.Key.(*rsa.PrivateKey), sha256.Sum256([]byte("a message"))
	wire := &http.Transport{}
	defer wire.CloseIdleConnections()

	var story, raw time.Duration
	number := 0
	for b.Loop() {
		number++
		begun := machine.ProcessorTime(b)
		comeIn(b, connection, identity, wire, fmt.Sprintf("han.%d@rollcall.test", number))
		middle := machine.ProcessorTime(b)
		for range 2 {
			signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
			if err == nil {
				err = rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		story, raw = story+middle-begun, raw+machine.ProcessorTime(b)-middle
	}
	b.ReportMetric(float64(story)/float64(raw), "x-raw-rsa")
	b.ReportMetric(float64(story.Microseconds())/float64(number), "cpu-µs/op")
}

// comeIn assigns the app to somebody new and signs them in.
func comeIn(b *testing.B, c target.Connection, identity idp.Identity, wire http.RoundTripper, email string) {
	b.Helper()
	tenant, err := simulator.New(simulator.Options{
		Subdomain: c.Okta.Subdomain, Identity: identity, Clock: simulator.NewClock(nil), Journal: journal.New(), Transport: wire,
	})
	if err != nil {
		b.Fatal(err)
	}
	app := tenant.NewApp(simulator.AppSettings{
		Label: c.Okta.App, Integration: true, CreateUsers: true, UpdateAttributes: true, DeactivateUsers: true,
		Dialect: provision.OIN, UserNameFormat: simulator.Email,
		SCIM: simulator.Connection{BaseURL: c.SCIM.BaseURL, Token: c.SCIM.Token},
		SAML: simulator.SAML{
			ACS: c.SAML.ACS, Recipient: c.SAML.ACS, Destination: c.SAML.ACS, Audience: c.SAML.EntityID,
			NameIDFormat: idp.FormatEmailAddress, Statements: simulator.BuildkiteStatements(),
		},
	})
	han := tenant.Hire(simulator.Profile{FirstName: "Han", LastName: "Solo", DisplayName: "Han Solo", Email: email, Login: email})
	if _, err := app.Assign(b.Context(), han, simulator.AppProfile{}); err != nil {
		b.Fatal(err)
	}
	visit, err := tenant.Browser(nil).SignIn(b.Context(), app, han, simulator.SignInOptions{StartURL: c.SAML.SignIn})
	if err != nil || visit.Status != http.StatusOK || visit.Answered != http.StatusSeeOther {
		b.Fatalf("signing in ended with %d (answered %d): %v", visit.Status, visit.Answered, err)
	}
}

package forge_test

import (
	"bytes"
	"compress/flate"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
)

// taken is what a product got of a logout request.
type taken struct {
	query string
	form  url.Values
}

// xml is the message, as it came.
func (t taken) xml(tb testing.TB) string {
	tb.Helper()
	encoded, packed := t.form.Get("SAMLRequest"), false
	if t.form == nil {
		query, err := url.ParseQuery(t.query)
		if err != nil {
			tb.Fatal(err)
		}
		encoded, packed = query.Get("SAMLRequest"), true
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		tb.Fatal(err)
	}
	if packed {
		if raw, err = io.ReadAll(flate.NewReader(bytes.NewReader(raw))); err != nil {
			tb.Fatal(err)
		}
	}
	return string(raw)
}

// sends makes the attack's request and returns what reaches the product.
func sends(t *testing.T, attack forge.LogoutAttack) taken {
	t.Helper()
	var got taken
	product := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got.query = r.URL.RawQuery
		if r.Method == http.MethodPost {
			_ = r.ParseForm()
			got.form = r.PostForm
		}
	}))
	t.Cleanup(product.Close)
	okta, err := simulator.New(simulator.Options{Identity: identity(t)})
	if err != nil {
		t.Fatal(err)
	}
	app := okta.NewApp(simulator.AppSettings{SAML: simulator.SAML{Audience: audience, Logout: simulator.Logout{URL: product.URL}}})
	han := okta.Hire(simulator.Profile{Email: attacker})
	session := simulator.AppSession{App: app, Person: han, Name: idp.Name{Value: attacker, Format: idp.FormatEmailAddress}, Index: "one"}
	if _, err := okta.Browser(nil).Leave(t.Context(), session, attack.Options(forge.LogoutDonor{Collector: "http://collector.test/"})); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestLogoutAttacks holds every attack on logout to what it says it is: how its signature
// stands with the key that the product trusts.
func TestLogoutAttacks(t *testing.T) {
	t.Parallel()
	broken := regexp.MustCompile(`^(unsigned|fields|wrapped|changed|other-relay|attacker-key|signed-inside|appended|without-|empty-|beside|behind|signed-b|reencoded)`)
	unreadable := regexp.MustCompile(`^(external-entity|entity-expansion|inflated)$`)
	seen := map[string]bool{}
	for _, attack := range forge.Logouts() {
		if seen[attack.Name] || attack.Summary == "" || attack.Rule == "" || attack.Row == "" {
			t.Errorf("%q: a name stands once, and has a row, a rule and a summary", attack.Name)
		}
		if found, known := forge.FindLogout(attack.Name); !known || found.Summary != attack.Summary {
			t.Errorf("%q: by its name another is found, %q", attack.Name, found.Summary)
		}
		seen[attack.Name] = true
		t.Run(attack.Name, func(t *testing.T) {
			t.Parallel()
			got := sends(t, attack)
			if unreadable.MatchString(attack.Name) {
				if xml := got.xml(t); !strings.Contains(xml, "<!DOCTYPE") && len(xml) < 10<<20 || attack.Lure != strings.Contains(xml, "collector.test") {
					t.Errorf("%.200s", xml)
				}
				return
			}
			message, err := idp.ParseLogoutRedirect(got.query)
			if got.form != nil {
				message, err = idp.ParseLogoutPost(got.form)
			}
			if err == nil {
				err = message.Signature.Verify([]*x509.Certificate{identity(t).Certificate})
			}
			if (err != nil) != broken.MatchString(attack.Name) {
				t.Errorf("the signature: %v", err)
			}
		})
	}
}

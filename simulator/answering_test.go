package simulator_test

import (
	"strings"
	"testing"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// What a request asks for is done, answered with a failure, or refused on Okta's page.
func TestWhatARequestAsksFor(t *testing.T) {
	t.Parallel()
	honour := func(s *simulator.SAML) { s.Names = simulator.HonourNamePolicy }
	policy := func(format string) func(string) string {
		return func(request string) string {
			return strings.Replace(request, "</a:Issuer>", `</a:Issuer><p:NameIDPolicy Format="`+format+`"/>`, 1)
		}
	}
	index := func(number string) func(string) string {
		return func(request string) string {
			before, rest, _ := strings.Cut(request, " AssertionConsumerServiceURL=")
			_, after, _ := strings.Cut(rest, ">")
			return before + ` AssertionConsumerServiceIndex="` + number + `">` + after
		}
	}
	for name, test := range map[string]struct {
		more    string
		rewrite func(string) string
		setting func(*simulator.SAML)
		twice   bool
		want    string // in the response, or in what stopped the walk
		not     string
	}{
		"passive, nobody signed in": {more: ` IsPassive="true"`, want: idp.StatusNoPassive, not: "Assertion "},
		"passive, signed in":        {more: ` IsPassive="true"`, twice: true, want: ">han@acme.test<", not: idp.StatusNoPassive},
		"passive and forced":        {more: ` IsPassive="true" ForceAuthn="1"`, twice: true, want: idp.StatusNoPassive},
		"name ignored":              {rewrite: policy(idp.FormatX509Subject), want: ">han@acme.test<"},
		"name refused":              {rewrite: policy(idp.FormatX509Subject), setting: honour, want: idp.StatusInvalidNameID, not: "Assertion "},
		"persistent name":           {rewrite: policy(idp.FormatPersistent), setting: honour, want: idp.FormatPersistent, not: "han@acme.test"},
		"the app's own":             {rewrite: policy(idp.FormatEmailAddress), setting: honour, want: ">han@acme.test<"},
		"unsigned":                  {setting: func(s *simulator.SAML) { s.SignedRequests = true }, want: "has to be signed"},
		"index":                     {rewrite: index("3"), setting: func(s *simulator.SAML) { s.OtherACS = map[int]string{3: s.ACS + "?third"} }, want: "?third"},
		"unknown index":             {rewrite: index("4"), want: "AssertionConsumerServiceIndex 4"},
		"index that is no number":   {rewrite: index("x"), want: "not a number"},
		"another of its addresses": {
			rewrite: func(r string) string { return strings.Replace(r, "/acs", "/acs?third", 1) },
			setting: func(s *simulator.SAML) { s.OtherACS = map[int]string{3: s.ACS + "?third"} }, want: "?third",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, han := signedIn(t)
			if test.setting != nil {
				w.app.Configure(func(s *simulator.AppSettings) { test.setting(&s.SAML) })
			}
			browser := w.okta.Browser(nil)
			if test.twice {
				if _, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{IdPInitiated: true}); err != nil {
					t.Fatal(err)
				}
			}
			w.request = w.authnRequest(test.more)
			if test.rewrite != nil {
				w.request = test.rewrite(w.request)
			}
			visit, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: w.startURL()})
			if err != nil {
				t.Fatal(err)
			}
			got := visit.Blocked
			if visit.Response != nil {
				got = string(visit.Response.XML)
			}
			if !strings.Contains(got, test.want) || test.not != "" && strings.Contains(got, test.not) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestASignInThatOktaFails(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	browser := w.okta.Browser(nil)
	visit, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{
		StartURL: w.startURL(), Fail: &idp.Status{Code: idp.StatusResponder, Below: idp.StatusAuthnFailed},
	})
	if err != nil || visit.Response.AssertionID != "" || !strings.Contains(string(visit.Response.XML), idp.StatusAuthnFailed) {
		t.Errorf("%+v, %v", visit, err)
	}
	if len(browser.Sessions()) != 0 {
		t.Error("a failure began a session")
	}
}

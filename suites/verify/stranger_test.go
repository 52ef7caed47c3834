package verify_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// A way of telling who is in that says so of a stranger is found out before any
// spec runs.
func TestStrangersAreOut(t *testing.T) {
	mux := http.NewServeMux()
	give := func(w http.ResponseWriter) { http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"}) }
	mux.HandleFunc("/sso", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "state", Value: "1", Path: "/"})
	})
	mux.HandleFunc("/acs", func(w http.ResponseWriter, _ *http.Request) {
		give(w)
		w.WriteHeader(http.StatusBadRequest)
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "Log in or log out, r2@acme.test")
	})
	mux.HandleFunc("/me", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"email": "guest@acme.test"}`) })
	mux.HandleFunc("/shut", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	server := httptest.NewServer(mux)
	defer server.Close()

	for name, c := range map[string]struct {
		by    target.SignedIn
		wrong string
	}{
		"a status":               {target.SignedIn{Status: &target.ByStatus{URL: server.URL + "/page"}}, "a stranger is signed in"},
		"a door":                 {target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: server.URL + "/me"}}, "a stranger is signed in, as guest@acme.test"},
		"a text":                 {target.SignedIn{Text: &target.ByText{URL: server.URL + "/page", Contains: "log out"}}, "a stranger is signed in"},
		"a redirect":             {target.SignedIn{Redirect: &target.ByRedirect{To: "/page"}}, "a stranger is signed in"},
		"a cookie from the ACS":  {target.SignedIn{Cookie: &target.ByCookie{Name: "seen"}}, "a stranger is signed in"},
		"a cookie from the way":  {target.SignedIn{Cookie: &target.ByCookie{Name: "state"}}, "a stranger is signed in"},
		"a door that is shut":    {target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: server.URL + "/shut"}}, ""},
		"a status that is shut":  {target.SignedIn{Status: &target.ByStatus{URL: server.URL + "/shut"}}, ""},
		"a text that is absent":  {target.SignedIn{Text: &target.ByText{URL: server.URL + "/page", Contains: "Signed in as {email}"}}, ""},
		"a cookie that is not":   {target.SignedIn{Cookie: &target.ByCookie{Name: "session"}}, ""},
		"a door that is broken":  {target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: server.URL + "/broken"}}, "answered 502 Bad Gateway"},
		"a door nobody opens":    {target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: "http://127.0.0.1:1/me"}}, "no answer"},
		"a door that moved away": {target.SignedIn{Redirect: &target.ByRedirect{To: "/shut"}}, ""},
	} {
		scim, err := verify.SCIMOnly(server.URL, "token", []string{"oin"})
		if err != nil {
			t.Fatal(err)
		}
		scim.Connections[0].SCIM = target.SCIM{}
		scim.Connections[0].SAML = target.SAML{EntityID: "urn:acme", ACS: server.URL + "/acs", SignIn: server.URL + "/sso", SignedIn: &c.by}
		_, err = verify.Reach(context.Background(), scim)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v, want %q", name, err, c.wrong)
		}
		if strings.Contains(c.wrong, "stranger") != errors.Is(err, verify.ErrStrangerIn) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// told runs some specs against a reference of which the target tells this much.
func told(t *testing.T, o bundled.Options, only []string, change func(*target.Target)) report.Report {
	t.Helper()
	product := start(t, o)
	product.Features = nil
	for _, feature := range target.Features() {
		if !strings.HasPrefix(feature, "saml.") && !strings.HasPrefix(feature, "door.") {
			product.Features = append(product.Features, feature)
		}
	}
	product.Features = append(product.Features, target.SAMLSPInitiated)
	change(&product)
	r, err := verify.Run(context.Background(), verify.Options{Target: product, Only: only})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// byStatus is the reference of which one only sees whether somebody is in.
func byStatus(p *target.Target) {
	c := &p.Connections[0]
	c.SAML.SignedIn = &target.SignedIn{Status: &target.ByStatus{URL: c.Doors.WhoAmI}}
	c.Doors = target.Doors{}
}

// byCookie is the reference of which one only sees that a sign-in leaves a cookie.
func byCookie(p *target.Target) {
	c := &p.Connections[0]
	c.SAML.SignedIn = &target.SignedIn{Cookie: &target.ByCookie{Name: "rollcall_session"}}
	c.Doors = target.Doors{}
}

func verdicts(r report.Report) map[string]report.Verdict {
	all := map[string]report.Verdict{}
	for _, s := range r.Specs {
		all[s.Key()] = s.Verdict
	}
	return all
}

func TestOraclesThatTellLessLeaveMoreUnobserved(t *testing.T) {
	only := []string{"jit.audience-kept*", "jit.signature-required*", "jit.signed-is-what-is-read*", "jit.needs-no-record", "jit.creates-account", "offboarding.session-shut", "offboarding.token-shut", "offboarding.sign-in-refused*"}
	for name, c := range map[string]struct {
		change func(*target.Target)
		defect string
		want   map[string]report.Verdict
	}{
		"in or out": {byStatus, "", map[string]report.Verdict{
			"jit.audience-kept[wrong-audience]": report.Passed, "jit.creates-account": report.Passed, "offboarding.session-shut": report.Passed,
			"jit.needs-no-record": report.Unobserved, "jit.signed-is-what-is-read[appended-assertion]": report.Unobserved, "offboarding.token-shut": report.Unobserved,
		}},
		"a cookie": {byCookie, "", map[string]report.Verdict{
			"jit.audience-kept[wrong-audience]": report.Passed, "jit.creates-account": report.Passed,
			"offboarding.session-shut": report.Unobserved, "jit.needs-no-record": report.Unobserved,
		}},
		"in or out, and an attack works": {byStatus, "unsigned-believed", map[string]report.Verdict{
			"jit.signature-required[unsigned]": report.Failed, "jit.audience-kept[wrong-audience]": report.Passed,
		}},
		"nothing": {func(p *target.Target) { p.Connections[0].Doors = target.Doors{} }, "", map[string]report.Verdict{
			"jit.audience-kept[wrong-audience]": report.Unobserved, "jit.creates-account": report.Unobserved,
		}},
		"only Okta starts it": {func(p *target.Target) {
			c := &p.Connections[0]
			c.SAML.SignIn, c.SAML.IdPInitiated, p.Features = "", true, p.Features[:len(p.Features)-1]
		}, "", map[string]report.Verdict{
			"jit.audience-kept[wrong-audience]": report.Passed, "jit.needs-no-record": report.Passed, "jit.creates-account": report.Passed,
			"jit.signed-is-what-is-read[appended-assertion]": report.Passed, "offboarding.token-shut": report.Passed,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := verdicts(told(t, bundled.Options{Defect: c.defect}, only, c.change))
			for key, want := range c.want {
				if got[key] != want {
					t.Errorf("%s: %s, want %s", key, got[key], want)
				}
			}
			for key, verdict := range got {
				if c.defect == "" && (verdict == report.Failed || verdict == report.Untestable || verdict == report.Error) {
					t.Errorf("%s: %s", key, verdict)
				}
			}
		})
	}
}

package verify_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// ailing is a SCIM endpoint with something wrong with it.
type ailing struct {
	secure  *tls.Config
	date    time.Duration // how far its clock is from ours
	claims  string        // its ServiceProviderConfig; empty for none
	refuses bool          // to make records
}

func (a ailing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	w.Header().Set("Date", time.Now().Add(a.date).UTC().Format(http.TimeFormat))
	switch {
	case strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig") && a.claims == "":
		w.WriteHeader(http.StatusNotFound)
	case strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig"):
		_, _ = w.Write([]byte(a.claims))
	case r.Method == http.MethodPost && a.refuses:
		w.WriteHeader(http.StatusBadRequest)
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"id":"1"}`))
	default:
		_, _ = w.Write([]byte(`{"totalResults":0,"Resources":[]}`))
	}
}

// endpoint serves it, as a target that is thrown away afterwards.
func (a ailing) endpoint(t *testing.T) target.Target {
	t.Helper()
	server := httptest.NewUnstartedServer(a)
	server.Config.ErrorLog = quiet
	if a.secure != nil {
		server.TLS = a.secure
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	described, err := verify.SCIMOnly(strings.Replace(server.URL, "https://127.0.0.1", "https://localhost", 1)+"/scim/v2", "token-0123456789", []string{"oin"})
	if err != nil {
		t.Fatal(err)
	}
	described.Disposable = true
	return described
}

// check finds a check by its name.
func check(t *testing.T, d verify.Diagnosis, name string) verify.Check {
	t.Helper()
	at := slices.IndexFunc(d.Checks, func(c verify.Check) bool { return c.Name == name })
	if at < 0 {
		t.Fatalf("%s was not looked at: %+v", name, d.Checks)
	}
	return d.Checks[at]
}

func TestDoctorNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	const patch, none = `{"patch":{"supported":true}}`, `{"patch":{"supported":false}}`
	wanting, ca, certificate, key := certificates(t)
	lets := func(change func(*target.Target)) func(*target.Target) { return change }
	for name, c := range map[string]struct {
		ails   ailing
		change func(*target.Target)
		check  string
		state  verify.State
		says   string
	}{
		"nothing":                {ailing{claims: patch}, nil, "one honest person", verify.OK, "came, and goes again"},
		"another name":           {ailing{secure: certified("acme.test", 2100)(t)}, nil, "certificate", verify.Wrong, "the certificate is not for localhost but for acme.test"},
		"expired":                {ailing{secure: certified("localhost", 2021)(t)}, nil, "certificate", verify.Wrong, "the certificate of localhost expired on 2021-01-01"},
		"nobody signed":          {ailing{secure: certified("localhost", 2100)(t)}, nil, "certificate", verify.Wrong, "signed by nobody that this machine trusts"},
		"then SCIM is not asked": {ailing{secure: certified("localhost", 2100)(t)}, nil, "SCIM", verify.NotChecked, "cannot be called"},
		"client certificate": {ailing{secure: wanting}, lets(func(p *target.Target) {
			p.Network.CA, p.Network.ClientCertificate = ca, &target.ClientCertificate{Certificate: certificate, Key: key}
			p.Connections[0].SCIM.BaseURL = strings.Replace(p.Connections[0].SCIM.BaseURL, "localhost", "127.0.0.1", 1)
		}), "client certificate", verify.OK, "asks for one, and the target has one"},
		"no client certificate": {ailing{secure: wanting}, lets(func(p *target.Target) {
			p.Network.CA = ca
			p.Connections[0].SCIM.BaseURL = strings.Replace(p.Connections[0].SCIM.BaseURL, "localhost", "127.0.0.1", 1)
		}), "SCIM", verify.Wrong, "wants a client certificate"},
		"clock ahead":      {ailing{date: 10 * time.Minute}, nil, "clock", verify.Wrong, "ahead of ours"},
		"clock behind":     {ailing{date: -time.Hour}, nil, "clock", verify.Wrong, "behind ours"},
		"clock right":      {ailing{date: 2 * time.Second}, nil, "clock", verify.OK, "has the time that we have"},
		"no claims":        {ailing{}, nil, "features", verify.NotChecked, "no ServiceProviderConfig"},
		"broken claims":    {ailing{claims: "<html>"}, nil, "features", verify.Wrong, "no JSON of its form"},
		"patch declared":   {ailing{claims: none}, func(p *target.Target) { p.Discover = false }, "features", verify.Wrong, "declares scim.patch, and the endpoint says that it has no PATCH"},
		"patch undeclared": {ailing{claims: patch}, func(p *target.Target) { p.Discover, p.Features = false, []string{target.SCIMUsers} }, "features", verify.OK, "declare scim.patch"},
		"dialect":          {ailing{claims: none}, func(p *target.Target) { p.Discover, p.Features = false, []string{target.SCIMUsers} }, "features", verify.Wrong, "with which dialect oin deactivates"},
		"learned":          {ailing{claims: none}, nil, "learned", verify.OK, "no features are declared; a run holds it to scim.users, scim.delete, scim.discovery"},
		"nothing learned":  {ailing{}, nil, "learned", verify.OK, "holds it to scim.users, scim.patch, scim.delete"},
		"no record":        {ailing{refuses: true}, nil, "one honest person", verify.Wrong, "the product refused to make a record"},
		"no probe":         {ailing{}, nil, "probe", verify.NotChecked, "the target has none"},
		"probe gone": {ailing{}, func(p *target.Target) {
			p.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: "http://127.0.0.1:1/probe"}}
		},
			"probe", verify.NotChecked, "127.0.0.1:1 cannot be called"},
		"no sign-in": {ailing{}, nil, "sign-in", verify.NotChecked, "offers none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := c.ails.endpoint(t)
			if c.change != nil {
				c.change(&given)
			}
			d := verify.Diagnose(context.Background(), given, verify.Safety{IOwnThis: true})
			found := check(t, d, c.check)
			if found.State != c.state || !strings.Contains(found.Says, c.says) {
				t.Errorf("%+v, want %s: %s", found, c.state, c.says)
			}
			if found.State == verify.Wrong && found.Fix == "" {
				t.Errorf("nothing is said of what to do: %+v", found)
			}
			for _, one := range d.Checks {
				if strings.Contains(one.Says+one.Fix, "token-0123456789") || strings.Contains(one.Says+one.Fix, "\n") {
					t.Errorf("%+v", one)
				}
			}
			if (d.Wrong() == 0) != !slices.ContainsFunc(d.Checks, func(c verify.Check) bool { return c.State == verify.Wrong }) {
				t.Error(d.Wrong())
			}
		})
	}
}

// What a probe does not show costs specs, which is worth knowing before a run.
func TestDoctorTellsWhatAProbeDoesNotShow(t *testing.T) {
	t.Parallel()
	probe := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"version": 1, "features": ["look.accounts", "look.memberships"]}`))
	}))
	t.Cleanup(probe.Close)
	given := ailing{}.endpoint(t)
	given.Discover, given.Features = false, []string{target.SCIMUsers}
	given.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: probe.URL}}
	found := check(t, verify.Diagnose(context.Background(), given, verify.Safety{IOwnThis: true}), "probe")
	if found.State != verify.OK || !strings.HasSuffix(found.Says, "; it shows no records, seats, and what asks for them is unobserved") {
		t.Errorf("%+v", found)
	}
}

func TestDoctorLooksAtSignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*target.Connection)
		check  string
		state  verify.State
		says   string
	}{
		"right":           {func(*target.Connection) {}, "one honest person", verify.OK, "came, signed in, and goes again"},
		"another entity":  {func(c *target.Connection) { c.SAML.Metadata, c.SAML.EntityID = "", "urn:other" }, "sign-in", verify.Wrong, "in its request, and the target says urn:other"},
		"another ACS":     {func(c *target.Connection) { c.SAML.ACS += "2" }, "SP metadata", verify.Wrong, "it does not name the acs"},
		"no metadata":     {func(c *target.Connection) { c.SAML.Metadata += "/nowhere" }, "SP metadata", verify.Wrong, "cannot be used"},
		"stated":          {func(c *target.Connection) { c.SAML.Metadata = "" }, "SP metadata", verify.NotChecked, "taken as they stand"},
		"wants the other": {func(c *target.Connection) { c.SAML.Metadata = ""; c.SAML.ACS += "2" }, "sign-in", verify.Wrong, "is none that Okta takes: Bad SAML request: the AuthnRequest asks for the answer at"},
		"another key":     {func(c *target.Connection) { c.Okta.Key = "attacker" }, "one honest person", verify.Wrong, "is not in after sign-in: the ACS answered"},
		"another page":    {func(c *target.Connection) { c.SAML.SignIn = c.Doors.WhoAmI }, "sign-in", verify.Wrong, "and never came to our identity provider"},
		"no oracle":       {func(c *target.Connection) { c.Doors = target.Doors{} }, "signed in", verify.NotChecked, "nothing that tells who is in"},
		"IdP-initiated":   {func(c *target.Connection) { c.SAML.SignIn, c.SAML.IdPInitiated = "", true }, "one honest person", verify.OK, "signed in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := start(t, bundled.Options{})
			given.Connections = slices.Clone(given.Connections)
			c.change(&given.Connections[0])
			found := check(t, verify.Diagnose(context.Background(), given, verify.Safety{}), c.check)
			if found.State != c.state || !strings.Contains(found.Says, c.says) {
				t.Errorf("%+v, want %s: %s", found, c.state, c.says)
			}
		})
	}
}

// Metadata that promises signed requests, and has no key to check them with, is told by
// doctor and by a run.
func TestMetadataWithoutTheKeyForRequestsIsTold(t *testing.T) {
	t.Parallel()
	const says = "its SPSSODescriptor says AuthnRequestsSigned, and has no KeyDescriptor to sign with"
	given := start(t, bundled.Options{})
	given.Connections = slices.Clone(given.Connections)
	saml := &given.Connections[0].SAML
	text := fmt.Sprintf(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true">
<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="0"/>
</SPSSODescriptor></EntityDescriptor>`, saml.EntityID, saml.ACS)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }))
	t.Cleanup(server.Close)
	saml.Metadata = server.URL + "/metadata"
	found := check(t, verify.Diagnose(context.Background(), given, verify.Safety{}), "SP metadata")
	if found.State != verify.Wrong || !strings.Contains(found.Says, says) || !strings.Contains(found.Fix, `use="signing"`) {
		t.Errorf("%+v", found)
	}
	r, err := verify.Run(context.Background(), verify.Options{Target: given, Only: []string{"saml.met.own"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Specs) != 1 || r.Specs[0].Verdict != report.Passed || len(r.Specs[0].Remarks) != 1 || !strings.Contains(r.Specs[0].Remarks[0], says) {
		t.Errorf("%+v", r.Specs)
	}
}

// Somebody else's product is looked at, and not changed, unless it is said whose it is.
func TestDoctorChangesNothingThatIsNotItsOwners(t *testing.T) {
	t.Parallel()
	var changes []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			changes = append(changes, fmt.Sprint(r.Method, r.URL))
		}
		ailing{}.ServeHTTP(w, r)
	}))
	defer server.Close()
	given, err := verify.SCIMOnly(server.URL, "token", []string{"oin"})
	if err != nil {
		t.Fatal(err)
	}
	d := verify.Diagnose(context.Background(), given, verify.Safety{ReadOnly: true})
	if found := check(t, d, "one honest person"); found.State != verify.NotChecked || len(changes) != 0 {
		t.Errorf("%+v; %v", found, changes)
	}
}

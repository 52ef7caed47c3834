package target_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/kept"
	"rollcall.example/suites/target"
)

func TestAKeptIdentity(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "idp")
	if _, err := target.KeptOkta(directory); err == nil || !strings.Contains(err.Error(), "keeps no identity") {
		t.Errorf("nothing kept: %v", err)
	}
	made, err := kept.Init(directory, kept.Names{Subdomain: "acme", App: "Acme CI", BaseURL: "https://acme.okta.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	okta, err := target.KeptOkta(directory)
	if err != nil {
		t.Fatal(err)
	}
	if okta.Kept != directory || okta.Key != "" || okta.Subdomain != "acme" || okta.App != "Acme CI" || okta.BaseURL != "https://acme.okta.test" {
		t.Errorf("%+v", okta)
	}
	for range 2 {
		identity, err := okta.Identity()
		if err != nil || !identity.Key.Equal(made.Key) || !identity.Certificate.Equal(made.Certificate) || identity.EntityID != made.EntityID || identity.SSOURL != made.SSOURL {
			t.Errorf("%+v, %v", identity, err)
		}
	}
	if _, err := (target.Okta{Subdomain: "acme", App: "x", Kept: "nowhere"}).Identity(); err == nil || !strings.Contains(err.Error(), "nowhere keeps no identity") {
		t.Errorf("nowhere: %v", err)
	}
}

// What stands beside a kept identity is signed for with keys that nobody else has.
func TestIdentitiesBesideOneAnother(t *testing.T) {
	t.Parallel()
	public := target.Okta{Subdomain: "acme", App: "x", Key: "okta", Created: time.Now()}
	private := target.Okta{Subdomain: "acme", App: "x", Kept: "idp", Created: time.Now()}
	if got := public.Beside("other", "other-tenant"); got.Key != "other-tenant" || got.Subdomain != "other" {
		t.Errorf("%+v", got)
	}
	one, err := private.Beside("other", "other-tenant").Identity()
	if err != nil {
		t.Fatal(err)
	}
	same, err := private.Beside("third", "other-tenant").Identity()
	if err != nil || !same.Key.Equal(one.Key) {
		t.Errorf("the same customer has two keys: %v", err)
	}
	second, err := private.Beside("other", "okta-next").Identity()
	if err != nil || second.Key.Equal(one.Key) {
		t.Errorf("two keys are one: %v", err)
	}
	test, err := public.Beside("other", "other-tenant").Identity()
	if err != nil || test.Key.Equal(one.Key) {
		t.Errorf("the key is the public one: %v", err)
	}
}

func TestAPublicKeyIsForThisMachine(t *testing.T) {
	t.Parallel()
	given := whole()
	given.Connections[0].Okta.Kept = ""
	var refused *target.NoIdentity
	if err := given.Check(); !errors.As(err, &refused) || !strings.Contains(refused.Hint(), "rollcall idp init") {
		t.Errorf("%v", err)
	}
	for host, here := range map[string]bool{
		"127.0.0.1": true, "127.9.9.9": true, "[::1]": true, "localhost": true, "app.localhost": true,
		"10.0.0.1": false, "localhost.acme.test": false, "acme.test": false,
	} {
		at := "http://" + host + ":8080/"
		given.Connections[0].SAML = target.SAML{EntityID: "x", ACS: at, SignIn: at}
		if err := given.Check(); (err == nil) != here {
			t.Errorf("%s: %v", host, err)
		}
	}
}

package target_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/kept"
	"rollcall.example/suites/target"
	"rollcall.example/suites/target/strict"
)

var update = flag.Bool("update", false, "rewrite what is expected of the broken target files")

// acme is the environment in which the files under testdata are read.
func acme(t *testing.T) {
	t.Helper()
	t.Setenv("ACME_TOKEN", "token-0123456789")
	t.Setenv("ACME_EMPTY", "")
}

// told is everything that a person is told of a file's mistakes.
func told(err error) string {
	var mistakes strict.Mistakes
	if !errors.As(err, &mistakes) {
		return fmt.Sprintf("%v\n", err)
	}
	var text strings.Builder
	for _, m := range mistakes {
		fmt.Fprintf(&text, "%s\n%s\nmeant: %s\n", m.Error(), m.Excerpt(), m.Hint())
	}
	return text.String()
}

// Every mistake is told with its place, its line and what was meant, and never with
// a secret. What is expected of NAME.yaml stands in NAME.want.
func TestBrokenFiles(t *testing.T) {
	acme(t)
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d broken files: %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			_, err := target.Load(context.Background(), path)
			if err == nil {
				t.Fatal("nothing was found to be wrong with it")
			}
			got := strings.ReplaceAll(told(err), absolute(t, "testdata/broken"), "HERE")
			for _, secret := range []string{"sk-live", "hunter2", "half", "token-0123456789", "secret-from-a-file", "PRIVATE KEY"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s is shown: %s", secret, got)
				}
			}
			want := filepath.Join("testdata/broken", name+".want")
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if text, err := os.ReadFile(want); err != nil || string(text) != got {
				t.Errorf("%v\ngot\n%s\nwant\n%s", err, got, text)
			}
			// A caret points at something.
			var mistakes strict.Mistakes
			if errors.As(err, &mistakes) {
				for _, m := range mistakes {
					if m.Line < 1 || m.Column < 1 || strings.Contains(m.Error(), "\n") {
						t.Errorf("%+v", m)
					}
				}
			}
		})
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	found, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"testdata/nowhere.yaml", "testdata"} {
		if _, err := target.Load(context.Background(), path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTheLeastFile(t *testing.T) {
	acme(t)
	got, err := target.Load(context.Background(), "testdata/good/scim.yaml")
	if err != nil {
		t.Fatal(told(err))
	}
	if got.Name != "acme.test" || got.Profile.Name != "two-layer" || !slices.Equal(got.Dialects, []string{"oin"}) || got.Network.Timeout != target.DefaultTimeout {
		t.Errorf("%+v", got)
	}
	if !slices.Equal(got.Features, []string{target.SCIMUsers, target.LookRecords}) {
		t.Errorf("features: %v", got.Features)
	}
	want := target.SCIM{BaseURL: "https://acme.test/scim/v2", Token: "token-0123456789"}
	if !reflect.DeepEqual(got.Connection().SCIM, want) || got.Probe != nil || got.Disposable {
		t.Errorf("%+v", got)
	}
}

// everything is a copy of the files under testdata/good, with the identity that one
// of them names.
func everything(t *testing.T) (dir string) {
	t.Helper()
	acme(t)
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/good")); err != nil {
		t.Fatal(err)
	}
	if _, err := kept.Init(filepath.Join(dir, "idp"), kept.Names{Subdomain: "acme", App: "Acme"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAFileWithEverything(t *testing.T) {
	dir := everything(t)
	got, err := target.Load(context.Background(), filepath.Join(dir, "everything.yaml"))
	if err != nil {
		t.Fatal(told(err))
	}
	const secret = "secret-from-a-file-0123"
	oauth := &target.OAuth2{
		TokenURL: "https://acme.test/oauth/token", ClientID: "rollcall", ClientSecret: secret,
		Scopes: []string{"scim", "scim:write"}, Params: map[string]string{"audience": "https://acme.test"},
	}
	first := target.Connection{
		Organization: "acme",
		SCIM:         target.SCIM{BaseURL: "https://acme.test/scim/v2", Auth: &target.Auth{OAuth2: oauth, Headers: map[string]string{"X-Key": secret}}},
		SAML: target.SAML{
			Metadata: "https://acme.test/saml/metadata", SignIn: "https://acme.test/sso/acme", IdPInitiated: true, WantsEncryption: true,
			SignedIn:     &target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: "https://acme.test/api/me"}},
			SignedSignIn: "https://acme.test/sso/acme?signed", ForceAuthn: "https://acme.test/sso/acme?force",
			SLO: "https://acme.test/saml/logout", SignOut: &target.SignOut{URL: "https://acme.test/logout", Method: "POST"},
		},
		Doors: target.Doors{
			WhoAmI: "https://acme.test/api/me", Admin: "https://acme.test/admin", Settings: "https://acme.test/settings/sso", Team: "https://acme.test/teams/{team}",
		},
		Teams: []target.Team{{ID: "42", Slug: "everyone", Default: true, DefaultRole: "member"}, {ID: "1b4e28ba"}},
		Okta:  got.Connections[0].Okta,
	}
	if first.Okta.Kept != filepath.Join(dir, "idp") || first.Okta.Subdomain != "acme" {
		t.Errorf("%+v", first.Okta)
	}
	if !reflect.DeepEqual(got.Connections[0], first) {
		t.Errorf("got  %+v\nwant %+v", got.Connections[0], first)
	}
	if got.Connections[1].SCIM.Auth.OAuth2.ClientSecret != secret || got.Connections[1].SAML.EntityID != "urn:acme:other" || got.Connections[1].SAML.SignedIn.Text == nil {
		t.Errorf("%+v", got.Connections[1])
	}
	if basic := got.Connections[2].SCIM.Auth.Basic; *basic != (target.Basic{User: "token-0123456789", Password: "token-0123456789"}) {
		t.Errorf("%+v", basic)
	}
	if got.Connections[3].SCIM.Auth.Raw != "token-0123456789" || got.Probe.HTTP.Token != secret || got.Probe.HTTP.URL != "https://acme.test/rollcall" {
		t.Errorf("%+v %+v", got.Connections[3], got.Probe.HTTP)
	}
	n := got.Network
	if n.RequestsPerSecond != 12.5 || n.Concurrency != 4 || n.Timeout != 10*time.Second || n.Deadline != 30*time.Minute ||
		!strings.Contains(n.CA, "CERTIFICATE") || !strings.Contains(n.ClientCertificate.Key, "PRIVATE KEY") {
		t.Errorf("%+v", n)
	}
	if got.Name != "Acme CI" || got.Propagation != 2500*time.Millisecond || !slices.Equal(got.Dialects, []string{"aiw", "oin"}) {
		t.Errorf("%+v", got)
	}
	if p := got.Profile; p.Name != "acme" || !p.States("seat_released", "never") || !p.States("missing_attribute.admin", "keep") || !p.States("jit", "on") {
		t.Errorf("%+v", p)
	}
	want := []string{
		target.SCIMUsers, target.SCIMPatch, target.SCIMDelete, target.SAMLSignIn, target.SAMLSPInitiated, target.SAMLIdPInitiated, target.SAMLEncrypted,
		target.SAMLLogout, target.SAMLSigned, target.SAMLForceAuthn,
		target.DoorSignedIn, target.DoorSession, target.DoorWhoAmI, target.DoorAdmin, target.DoorSettings, target.DoorTeam,
	}
	if !slices.Equal(got.Features, want) {
		t.Errorf("features: %v", got.Features)
	}
	for _, hidden := range []string{secret, "token-0123456789", "token-0123456789:token-0123456789", n.ClientCertificate.Key} {
		if !slices.Contains(got.Secrets(), hidden) {
			t.Errorf("%s is not known for a secret", hidden)
		}
	}
	if _, err := target.Open(got); err != nil {
		t.Error(err)
	}
}

// The text of a file can be read without one.
func TestReadingText(t *testing.T) {
	dir := everything(t)
	text, err := os.ReadFile(filepath.Join(dir, "everything.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Read(context.Background(), text, dir); err != nil {
		t.Error(told(err))
	}
	written := append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...)
	if _, err := target.Read(context.Background(), written, dir); err != nil {
		t.Errorf("as an editor on Windows writes it: %s", told(err))
	}
	if _, err := target.Read(context.Background(), text, t.TempDir()); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("from another directory: %v", err)
	}
}

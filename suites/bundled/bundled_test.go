package bundled_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/target"
)

func start(tb testing.TB, o bundled.Options) *bundled.Bundled {
	tb.Helper()
	b, err := bundled.Start(context.Background(), o)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func closeIt(tb testing.TB, b *bundled.Bundled) {
	tb.Helper()
	if err := b.Close(); err != nil {
		tb.Error(err)
	}
}

func TestTargetIsComplete(t *testing.T) {
	t.Parallel()
	b := start(t, bundled.Options{})
	defer closeIt(t, b)
	if err := b.Target.Check(); err != nil {
		t.Error(err)
	}
	c := b.Target.Connection()
	for what, value := range map[string]string{
		"organization": c.Organization, "SCIM": c.SCIM.BaseURL, "token": c.SCIM.Token,
		"metadata": c.SAML.Metadata, "entity id": c.SAML.EntityID, "ACS": c.SAML.ACS, "sign-in": c.SAML.SignIn,
		"whoami": c.Doors.WhoAmI, "admin": c.Doors.Admin, "settings": c.Doors.Settings, "team": c.Doors.Team,
	} {
		if value == "" {
			t.Errorf("no %s", what)
		}
	}
	if len(c.Teams) != 3 || len(b.Target.Dialects) != 3 {
		t.Errorf("teams %v, dialects %v", c.Teams, b.Target.Dialects)
	}
}

// What the reference declares and what its probe can do is the same.
func TestFeaturesOfTheProbeAreDeclared(t *testing.T) {
	t.Parallel()
	b := start(t, bundled.Options{})
	defer closeIt(t, b)
	features, err := target.NewHTTPProbe(*b.Target.Probe.HTTP, http.DefaultClient).Features(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, feature := range features {
		if !b.Target.Has(feature) {
			t.Errorf("the probe has %s, the target does not declare it", feature)
		}
	}
}

func TestDialectsAreNarrowed(t *testing.T) {
	t.Parallel()
	b := start(t, bundled.Options{Dialects: []string{"aiw"}})
	defer closeIt(t, b)
	if got := strings.Join(b.Target.Dialects, " "); got != "aiw" {
		t.Errorf("dialects: %s", got)
	}
}

func TestDataIsKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rollcall.db")
	first := start(t, bundled.Options{Data: file})
	before := first.Target.Connection()
	closeIt(t, first)
	second := start(t, bundled.Options{Data: file})
	defer closeIt(t, second)
	after := second.Target.Connection()
	if before.Organization != after.Organization || before.SCIM.Token != after.SCIM.Token || len(after.Teams) != 3 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestWhatCannotBeStarted(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for want, o := range map[string]bundled.Options{
		"no defect":            {Defect: "no-such-defect"},
		"no dialect":           {Dialects: []string{"oin", "klingon"}},
		"does not do":          {Profile: fixtures.Profile{Name: "beyond", Keys: map[string]any{"scim_scope": "org"}}},
		"comes with a profile": {Defect: "saml-wanted-signature-not-checked", Profile: fixtures.Profile{Name: "mine"}},
		"only beside":          {Profile: fixtures.Profile{Name: "torn", Keys: map[string]any{"billing_starts": "scim_create"}}},
		"in use":               {Listen: taken.Addr().String()},
		"no such dir":          {Data: filepath.Join(t.TempDir(), "missing", "x.db")},
	} {
		b, err := bundled.Start(context.Background(), o)
		if err == nil {
			closeIt(t, b)
			t.Errorf("%s: it started", want)
			continue
		}
		if want != "no such dir" && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %q", want, err)
		}
	}
}

func TestEachDefectStarts(t *testing.T) {
	t.Parallel()
	for _, name := range bundled.Defects() {
		closeIt(t, start(t, bundled.Options{Defect: name}))
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		closeIt(b, start(b, bundled.Options{}))
	}
}

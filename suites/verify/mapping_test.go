package verify_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// byItsAPI is the reference as somebody would describe it who has no probe but an
// administrator's API token.
func byItsAPI(t *testing.T, o bundled.Options) target.Target {
	t.Helper()
	product := start(t, o)
	inside, c := insideOf(product), product.Connection()
	founder, err := inside.Look(t.Context(), c.Organization, target.Identifiers{Emails: []string{"founder@rollcall.test"}})
	if err != nil || len(founder.Accounts) != 1 {
		t.Fatalf("%+v, %v", founder, err)
	}
	token, err := inside.IssueToken(t.Context(), c.Organization, founder.Accounts[0].ID, "api")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("REFERENCE_API_TOKEN", token)
	t.Setenv("REFERENCE_SCIM_TOKEN", c.SCIM.Token)
	text, err := os.ReadFile(filepath.Join("testdata", "mapping.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(c.Doors.WhoAmI, "/api/")
	written := strings.NewReplacer("@organization@", c.Organization, "@scim@", c.SCIM.BaseURL, "@metadata@", c.SAML.Metadata,
		"@sign_in@", c.SAML.SignIn, "@base@", base).Replace(string(text))
	read, err := target.Read(t.Context(), []byte(written), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	read, err = verify.Resolve(t.Context(), read)
	if err != nil {
		t.Fatal(err)
	}
	read.Connections[0].Okta = c.Okta
	return read
}

// A mapping of the product's own API is believed, judges as a probe does, and notices
// what a probe notices.
func TestAMappingOfTheReferencesOwnAPI(t *testing.T) {
	product := byItsAPI(t, bundled.Options{})
	checked, err := verify.CheckProbe(t.Context(), product, verify.Safety{})
	// The API has no way to take a team away again.
	if err != nil || !checked.Honest || len(checked.Left) != 1 || !strings.HasPrefix(checked.Left[0], "team rebels ") {
		t.Errorf("%v, left %v\n%s", err, checked.Left, inLines(checked))
	}
	features := []string{
		target.SCIMUsers, target.SCIMPatch, target.SCIMDelete, target.SAMLSignIn, target.SAMLSPInitiated,
		target.DoorSignedIn, target.DoorSession, target.DoorWhoAmI,
	}
	chosen := []string{
		"tracking.record-created[oin]", "tracking.no-seat", "tracking.no-membership", "jit.creates-membership", "jit.starts-seat", "jit.joins-default-teams",
		"deactivation.ends-membership[oin]", "deactivation.releases-seat[oin]", "permissions.hand-made-admin-lost", "resync.keeps-seat",
	}
	judge := func(product target.Target, only []string) report.Report {
		t.Helper()
		product.Features = slices.Concat(features, checked.Features)
		r, err := verify.Run(t.Context(), verify.Options{Target: product, Only: only})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := judge(product, chosen); r.Exit() != report.ExitConformant || r.Summary.Verdicts[report.Passed] < 8 {
		_ = r.Console(os.Stderr, false)
		t.Error("what a probe shows to be right, the mapping does not")
	}
	wrong := byItsAPI(t, bundled.Options{Defect: "ghost-membership"})
	if q, _ := judge(wrong, []string{"deactivation.ends-membership[oin]"}).Requirement("deactivation.ends-membership"); q.Verdict != report.Failed {
		t.Errorf("with a defect it is %s", q.Verdict)
	}
}

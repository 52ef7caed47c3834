package target_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target"
)

// whole is a target that has something in every field.
func whole() target.Target {
	return target.Target{
		Name: "Acme CI",
		Connections: []target.Connection{{
			Organization: "o1",
			SCIM:         target.SCIM{BaseURL: "https://acme.test/scim/v2", Token: "scim-secret-1"},
			SAML:         target.SAML{Metadata: "https://acme.test/metadata", EntityID: "urn:acme", ACS: "https://acme.test/acs", SignIn: "https://acme.test/sso"},
			Doors: target.Doors{
				WhoAmI: "https://acme.test/me", Admin: "https://acme.test/admin",
				Settings: "https://acme.test/settings", Team: "https://acme.test/teams/{team}",
			},
			Teams: []target.Team{{ID: "t1", Slug: "all", Default: true, DefaultRole: "member"}},
			Okta:  target.Okta{Subdomain: "acme", App: "Acme", Kept: "idp", Created: joined, BaseURL: "https://okta.test"},
		}, {SCIM: target.SCIM{BaseURL: "http://other.test/scim", Token: "scim-secret-2"}}},
		Probe:       &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: "https://acme.test/probe", Token: probeToken}},
		Profile:     fixtures.Profile{Name: "two-layer", Core: []string{target.SCIMUsers}, Keys: map[string]any{"jit": "on"}},
		Dialects:    []string{"oin"},
		Features:    []string{target.SCIMUsers, target.LookSeats},
		Propagation: 2 * time.Second,
	}
}

func TestATargetSurvivesJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(whole())
	if err != nil {
		t.Fatal(err)
	}
	var back target.Target
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, whole()) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, back, whole())
	}
}

func TestSecretsAreKnownAndNotShown(t *testing.T) {
	t.Parallel()
	given := whole()
	secrets := given.Secrets()
	if !slices.Equal(secrets, []string{"scim-secret-1", "scim-secret-2", probeToken}) {
		t.Errorf("secrets: %v", secrets)
	}
	text, err := json.Marshal(given.Redacted())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s stands in %s", secret, text)
		}
	}
	for _, kept := range []string{given.Connections[0].SCIM.BaseURL, given.Probe.HTTP.URL, given.Name, "two-layer"} {
		if !bytes.Contains(text, []byte(kept)) {
			t.Errorf("%s went too: %s", kept, text)
		}
	}
	if !reflect.DeepEqual(given, whole()) {
		t.Errorf("redacting changed the target itself: %+v", given)
	}
	bare := target.Target{Connections: []target.Connection{{}}}
	if got := bare.Secrets(); len(got) != 0 {
		t.Errorf("a target without secrets has %q", got)
	}
	if bare.Redacted().Probe != nil {
		t.Error("redacting made a probe")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*target.Target)
		wrong  string // empty where the target is good
	}{
		"everything": {func(*target.Target) {}, ""},
		"SCIM only": {func(t *target.Target) {
			t.Connections[0].SAML, t.Connections[0].Doors, t.Probe = target.SAML{}, target.Doors{}, nil
		}, ""},
		"sign-in only":  {func(t *target.Target) { t.Connections[0].SCIM = target.SCIM{} }, ""},
		"no connection": {func(t *target.Target) { t.Connections = nil }, "no connection"},
		"neither side":  {func(t *target.Target) { t.Connections[1].SCIM.BaseURL = "" }, "neither"},
		"only Okta starts it": {func(t *target.Target) {
			t.Connections[0].SCIM, t.Connections[0].SAML.SignIn, t.Connections[0].SAML.IdPInitiated = target.SCIM{}, "", true
		}, ""},
		"a public key": {func(t *target.Target) { t.Connections[0].Okta.Kept = "" }, "https://acme.test/sso is not on this machine"},
		"a public key here": {func(t *target.Target) {
			t.Connections[0].Okta.Kept = ""
			t.Connections[0].SAML = target.SAML{SignIn: "http://localhost:1/sso", ACS: "http://127.0.0.1:1/acs", Metadata: "sp.xml"}
		}, ""},
		"two oracles": {func(t *target.Target) {
			t.Connections[0].SAML.SignedIn = &target.SignedIn{Cookie: &target.ByCookie{Name: "sid"}, Status: &target.ByStatus{URL: "https://acme.test/"}}
		}, "signed_in has 2 ways"},
		"SCIM elsewhere":      {func(t *target.Target) { t.Connections[1].SCIM.BaseURL = "acme.test/scim" }, `"acme.test/scim"`},
		"sign-in elsewhere":   {func(t *target.Target) { t.Connections[0].SAML.SignIn = "/sso" }, `"/sso"`},
		"ACS elsewhere":       {func(t *target.Target) { t.Connections[0].SAML.ACS = "ftp://acme.test" }, `"ftp://acme.test"`},
		"who am I elsewhere":  {func(t *target.Target) { t.Connections[0].Doors.WhoAmI = "me" }, `"me"`},
		"admin elsewhere":     {func(t *target.Target) { t.Connections[0].Doors.Admin = "admin" }, `"admin"`},
		"settings elsewhere":  {func(t *target.Target) { t.Connections[0].Doors.Settings = "settings" }, `"settings"`},
		"team elsewhere":      {func(t *target.Target) { t.Connections[0].Doors.Team = "teams/{team}" }, `"teams/{team}"`},
		"probe elsewhere":     {func(t *target.Target) { t.Probe.HTTP.URL = "acme.test/probe" }, `"acme.test/probe"`},
		"probe with no place": {func(t *target.Target) { t.Probe.HTTP.URL = "" }, "the probe has no address"},
	} {
		checked := whole()
		c.change(&checked)
		err := checked.Check()
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v, want %q", name, err, c.wrong)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHasAndConnection(t *testing.T) {
	t.Parallel()
	given := whole()
	if !given.Has(target.LookSeats) || given.Has(target.LookTokens) || (target.Target{}).Has("") {
		t.Error("a target has what it declares and nothing else")
	}
	given.Features = append(given.Features, target.SAMLIdPInitiated)
	refusing := given
	refusing.Profile = fixtures.Profile{Name: "acme", Keys: map[string]any{"unsolicited": "refuse"}}
	if !given.Has(target.SAMLIdPInitiated) || given.Denied(target.SAMLIdPInitiated) != "" ||
		refusing.Has(target.SAMLIdPInitiated) || refusing.Denied(target.SAMLIdPInitiated) != "the profile acme says unsolicited: refuse" ||
		refusing.Denied(target.SAMLSPInitiated) != "" {
		t.Error("a product has sign-in from Okta unless its profile says that it refuses what answers no request")
	}
	if !reflect.DeepEqual(given.Connection(), given.Connections[0]) || !reflect.DeepEqual(target.Target{}.Connection(), target.Connection{}) {
		t.Error("the first connection is the one that specs use")
	}
}

func TestUnseen(t *testing.T) {
	t.Parallel()
	blind := target.Target{}
	lacks := func(features ...string) []string { return features }
	for _, c := range []struct {
		name   string
		target target.Target
		unseen []string // where the target lacks these, nobody can see
		absent []string // where it lacks these, the product lacks something
	}{
		{"everything is there", whole(), lacks(target.LookRecords, target.LookTokens, target.DoorWhoAmI, target.DoorTeam, target.OrgAudit, target.OrgSeats),
			lacks(target.SCIMUsers, target.SCIMPatch, target.SAMLSPInitiated, target.ArrangeTeam, target.OrgCreate, target.OrgClock, "", "color.red")},
		{"nothing is there", blind, lacks(target.SCIMDelete, target.SAMLIdPInitiated, target.LookSeats, target.DoorAdmin, target.ArrangeToken, target.OrgPlan, target.OrgSeats),
			lacks("", "color.red")},
		{"SCIM only", target.Target{Connections: []target.Connection{{SCIM: target.SCIM{BaseURL: "https://acme.test"}}}},
			lacks(target.SAMLSPInitiated, target.ArrangeAdmin, target.OrgFlag), lacks(target.SCIMPatch)},
		{"sign-in only", target.Target{Connections: []target.Connection{{SAML: target.SAML{SignIn: "https://acme.test"}}}},
			lacks(target.SCIMUsers), lacks(target.SAMLIdPInitiated)},
	} {
		for _, feature := range c.unseen {
			if !c.target.Unseen(feature) {
				t.Errorf("%s: without %s somebody could see", c.name, feature)
			}
		}
		for _, feature := range c.absent {
			if c.target.Unseen(feature) {
				t.Errorf("%s: without %q nobody could see", c.name, feature)
			}
		}
	}
}

// constants reads the texts of a file's constants, in order.
func constants(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		declared, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for _, value := range declared.Values {
			if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}

func TestFeaturesListsEachOnce(t *testing.T) {
	t.Parallel()
	if listed, declared := target.Features(), constants(t, "features.go"); !slices.Equal(listed, declared) {
		t.Errorf("listed   %v\ndeclared %v", listed, declared)
	}
	for _, file := range []string{"features.go", "actions.go"} {
		texts := constants(t, file)
		slices.Sort(texts)
		if len(texts) == 0 || len(slices.Compact(slices.Clone(texts))) != len(texts) {
			t.Errorf("%s: something stands twice in %v", file, texts)
		}
	}
	mine := target.Features()
	mine[0] = "changed"
	if target.Features()[0] == "changed" {
		t.Error("whoever changes the list changes everybody's")
	}
}

func TestEveryNeedOfTheCatalogueIsAFeature(t *testing.T) {
	t.Parallel()
	for _, r := range fixtures.Requirements() {
		for _, need := range r.Needs {
			if !slices.Contains(target.Features(), need) {
				t.Errorf("%s needs %s, which is no feature", r.ID, need)
			}
		}
	}
}

func TestIdentityIsDeterministic(t *testing.T) {
	t.Parallel()
	okta := target.Okta{Subdomain: "acme", App: "Acme", Key: "okta", Created: joined}
	identity := func(o target.Okta) (certificate, metadata string) {
		t.Helper()
		made, err := o.Identity()
		if err != nil {
			t.Fatal(err)
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.Certificate.Raw})
		return string(text), string(made.Metadata())
	}
	certificate, metadata := identity(okta)
	elsewhere := okta
	elsewhere.Created = joined.In(time.FixedZone("elsewhere", 3600))
	for name, same := range map[string]target.Okta{"the same": okta, "the same time elsewhere": elsewhere} {
		if c, m := identity(same); c != certificate || m != metadata {
			t.Errorf("%s: another identity", name)
		}
	}
	another, later, named := okta, okta, okta
	another.Key, later.Created, named.Subdomain = "okta-next", joined.AddDate(1, 0, 0), "other"
	for name, other := range map[string]target.Okta{"another key": another, "another time": later} {
		if c, m := identity(other); c == certificate || m == metadata {
			t.Errorf("%s: the same identity", name)
		}
	}
	if c, m := identity(named); c != certificate || m == metadata {
		t.Error("another tenant has the certificate of its key and metadata of its own")
	}
}

func TestIdentityOfAnUnknownKey(t *testing.T) {
	t.Parallel()
	if _, err := (target.Okta{Subdomain: "acme", App: "Acme", Key: "nobody", Created: joined}).Identity(); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Error(err)
	}
}

func TestWhatIsLiveInAView(t *testing.T) {
	t.Parallel()
	end := joined.Add(time.Hour)
	view := target.View{
		Seats:    []target.Seat{{ID: "s1", Ended: &end}, {ID: "s2"}, {ID: "s3"}},
		Sessions: []target.Session{{ID: "w1"}, {ID: "w2", Ended: &end}},
		Tokens:   []target.Token{{ID: "k1", Revoked: &end}, {ID: "k2"}},
	}
	if got := view.OpenSeats(); len(got) != 2 || got[0].ID != "s2" || got[1].ID != "s3" {
		t.Errorf("open seats: %+v", got)
	}
	if got := view.LiveSessions(); len(got) != 1 || got[0].ID != "w1" {
		t.Errorf("live sessions: %+v", got)
	}
	if got := view.LiveTokens(); len(got) != 1 || got[0].ID != "k2" {
		t.Errorf("live tokens: %+v", got)
	}
	var none target.View
	if none.OpenSeats() != nil || none.LiveSessions() != nil || none.LiveTokens() != nil {
		t.Error("something is live where nothing is shown")
	}
}

package verify_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

func profile(t *testing.T, name string) fixtures.Profile {
	t.Helper()
	p, err := fixtures.ReadProfile(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The reference, set to a profile, passes what a product owes that declares it: most of
// what two-layer owes, and what is about this profile alone.
func TestReferenceKeepsEveryProfile(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the whole suite once for each profile")
	}
	for _, name := range fixtures.ProfileNames() {
		if name == fixtures.DefaultProfile {
			continue // another test's
		}
		t.Run(name, func(t *testing.T) {
			r, err := verify.Run(context.Background(), verify.Options{Target: start(t, bundled.Options{Profile: profile(t, name)}), LabelFilter: touched()})
			if err != nil {
				t.Fatal(err)
			}
			if r.Exit() != report.ExitConformant || r.Profile != name {
				_ = r.Console(os.Stderr, false)
				t.Errorf("exit %d under profile %q: %s", r.Exit(), r.Profile, r.Summary.Headline)
			}
			if about := profile(t, name).Only; about != nil {
				onlyAbout(t, r, about)
				return
			}
			passed, unusual := 0, 0
			for _, s := range r.Specs {
				if s.Verdict != report.Passed {
					continue
				}
				passed++
				if q, _ := fixtures.Requirements().Find(s.ID); q.Unusual() {
					unusual++
				}
			}
			if passed < 9*len(r.Specs)/10 || unusual == 0 {
				t.Errorf("of %d specs %d passed, %d of them about the profile", len(r.Specs), passed, unusual)
			}
		})
	}
}

// A product that wants more signed than another is held to that, and to nothing that is
// about responses which it does not take.
func TestReferenceWantsThePartSigned(t *testing.T) {
	for part, wanted := range map[string][]string{
		"assertion": {"saml.sig.assertion-signature-wanted"},
		"response":  {"saml.sig.response-signature-wanted"},
		"both":      {"saml.sig.assertion-signature-wanted", "saml.sig.response-signature-wanted"},
	} {
		t.Run(part, func(t *testing.T) {
			declared, err := profile(t, fixtures.DefaultProfile).With("own", map[string]any{"signed_part": part})
			if err != nil {
				t.Fatal(err)
			}
			r, err := verify.Run(context.Background(), verify.Options{
				Target: start(t, bundled.Options{Profile: declared}), LabelFilter: "area: containsAny {saml.sig, saml.interop}",
			})
			if err != nil {
				t.Fatal(err)
			}
			if r.Exit() != report.ExitConformant {
				_ = r.Console(os.Stderr, false)
				t.Errorf("exit %d: %s", r.Exit(), r.Summary.Headline)
			}
			left := 0
			for _, s := range r.Specs {
				if s.Verdict == report.Passed {
					wanted = slices.DeleteFunc(wanted, func(id string) bool { return id == s.ID })
				}
				if strings.Contains(s.Reason, "signed_part: "+part) {
					left++
				}
			}
			if len(wanted) > 0 || left == 0 || left > len(r.Specs)/2 {
				t.Errorf("not proved: %v; of %d specs %d are about other products", wanted, len(r.Specs), left)
			}
		})
	}
}

// onlyAbout fails unless the report has what a profile is about, passed, and nothing else.
func onlyAbout(t *testing.T, r report.Report, about []string) {
	t.Helper()
	chosen, err := verify.Select(verify.Options{Only: about})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, l := range chosen {
		want = append(want, l.Key())
	}
	for _, s := range r.Specs {
		if s.Verdict == report.Passed {
			got = append(got, s.Key())
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("passed: %v, want %v", got, want)
	}
}

// touched chooses the specs on which a profile has a bearing: how a protocol is spoken
// is the same under each.
func touched() string {
	if *whole {
		return ""
	}
	return "!area:scim && !area:entra && !area:saml"
}

// A product that does not do as it declares fails, and each failure names the key.
func TestProfileThatContradictsTheProduct(t *testing.T) {
	for name, c := range map[string]struct{ key, area string }{
		"account-at-create":     {"scim_create=account", "tracking"},
		"suspend-on-deactivate": {"deactivate=suspend", "deactivation"},
		"scim-over-saml":        {"role_source=scim_over_saml", "permissions"},
	} {
		product := start(t, bundled.Options{})
		product.Profile = profile(t, name)
		r, err := verify.Run(context.Background(), verify.Options{Target: product, Areas: []string{c.area}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Exit() != report.ExitNot {
			t.Errorf("%s: exit %d: %s", name, r.Exit(), r.Summary.Headline)
		}
		var named []string
		for _, s := range r.Specs {
			if s.Verdict != report.Failed {
				continue
			}
			q, _ := fixtures.Requirements().Find(s.ID)
			if q.Profile == "" {
				t.Errorf("%s: %s failed, and names no key", name, s.Key())
			}
			named = append(named, q.Profile)
		}
		if !slices.ContainsFunc(named, func(p string) bool { return strings.Contains(p, c.key) }) {
			t.Errorf("%s: no failure names %s: %v", name, c.key, named)
		}
	}
}

func TestWhatIsAboutOtherProducts(t *testing.T) {
	const unusual = "tracking.account-at-create"
	standard, other := start(t, bundled.Options{}), start(t, bundled.Options{Profile: profile(t, "account-at-create")})
	for name, c := range map[string]struct {
		options verify.Options
		chosen  bool
	}{
		"left out":               {verify.Options{Target: standard}, false},
		"left out of a wildcard": {verify.Options{Target: standard, Only: []string{"tracking.*"}}, false},
		"asked for":              {verify.Options{Target: standard, Only: []string{unusual}}, true},
		"declared":               {verify.Options{Target: other}, true},
		"nothing declared":       {verify.Options{}, true},
	} {
		chosen, err := verify.Select(c.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := slices.ContainsFunc(chosen, func(l verify.Listed) bool { return l.ID == unusual }); got != c.chosen {
			t.Errorf("%s: chosen %v", name, got)
		}
	}
}

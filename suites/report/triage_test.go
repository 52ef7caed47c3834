package report_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/suites/report"
)

// failing is a report in which these specs, named by their keys, fail and everything
// else passes.
func failing(keys ...string) report.Report {
	r := report.Report{Schema: report.Schema, Tool: report.Tool{Name: "rollcall"}, Target: report.Target{Name: "Acme", Connections: []report.Connection{}, Dialects: []string{}, Features: []string{}}, Profile: "two-layer"}
	for _, q := range fixtures.Requirements() {
		listed := report.Requirement{ID: q.ID, Verdict: report.Passed, Gates: q.Level == fixtures.Must, Level: string(q.Level), Basis: string(q.Basis), Text: q.Text, Source: q.Source.Document}
		r.Requirements = append(r.Requirements, listed)
		r.Specs = append(r.Specs, report.Spec{ID: q.ID, Title: "is kept", Section: "A promise", Level: string(q.Level), Basis: string(q.Basis), Verdict: report.Passed})
	}
	for _, key := range keys {
		id, variant, _ := strings.Cut(strings.TrimSuffix(key, "]"), "[")
		q, known := fixtures.Requirements().Find(id)
		if !known {
			panic("no requirement " + id)
		}
		r.Specs = append(r.Specs, report.Spec{
			ID: id, Variant: variant, Title: "is broken", Section: "A promise", Level: string(q.Level), Basis: string(q.Basis),
			Verdict: report.Failed, Expected: "refused", Actual: "signed in",
		})
	}
	slices.SortStableFunc(r.Specs, func(a, b report.Spec) int { return strings.Compare(a.Key(), b.Key()) })
	slices.SortStableFunc(r.Requirements, func(a, b report.Requirement) int { return strings.Compare(a.ID, b.ID) })
	return r.Apply(nil, time.Time{})
}

func causes(r report.Report) []string {
	var names []string
	for _, f := range r.Findings {
		names = append(names, f.Cause)
	}
	return names
}

func TestFailuresOfOneCauseAreOneFinding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failed []string
		want   []string // causes, worst first
	}{
		"nothing":         {nil, nil},
		"one":             {[]string{"jit.audience-kept[wrong-audience]"}, []string{"meant-for-another-place"}},
		"three of one":    {[]string{"jit.audience-kept[wrong-audience]", "jit.recipient-kept[wrong-recipient]", "jit.destination-kept[wrong-destination]"}, []string{"meant-for-another-place"}},
		"two":             {[]string{"jit.window-kept[expired]", "jit.audience-kept[wrong-audience]"}, []string{"meant-for-another-place", "time-not-kept"}},
		"wrapping alone":  {[]string{"jit.signed-is-what-is-read[appended-assertion]"}, []string{"verified-is-not-read"}},
		"a comment alone": {[]string{"jit.signed-is-what-is-read[comment-in-name-id]"}, []string{"text-cut-in-two"}},
		"unsigned, and so wrapping": {
			[]string{"jit.signature-required[unsigned]", "jit.signed-is-what-is-read[appended-assertion]"}, []string{"unsigned-believed"},
		},
		"no signature checked, and so everything": {
			[]string{"jit.signature-covers-content[tampered-name-id]", "jit.signature-required[unsigned]", "jit.signer-is-the-provider[attacker-key]", "jit.signed-is-what-is-read[appended-assertion]"},
			[]string{"signature-not-verified"},
		},
		"a key of another customer": {[]string{"jit.signer-is-the-provider[other-tenant-key]"}, []string{"customers-mixed"}},
		"both sides":                {[]string{"saml.together.race-leaves-no-session", "offboarding.sign-in-refused"}, []string{"deactivated-still-in"}},
		"nothing to do with them":   {[]string{"tracking.no-seat"}, nil},
	} {
		r := failing(c.failed...)
		if got := causes(r); !slices.Equal(got, c.want) {
			t.Errorf("%s: findings %q, want %q", name, got, c.want)
		}
		var explained []string
		for _, f := range r.Findings {
			explained = append(explained, f.Specs...)
		}
		slices.Sort(explained)
		if slices.Sort(c.failed); len(c.want) > 0 && !slices.Equal(explained, c.failed) {
			t.Errorf("%s: the findings are of %q, want %q", name, explained, c.failed)
		}
		follows(t, name, r)
	}
}

func TestWaivedSpecsAreNoFinding(t *testing.T) {
	t.Parallel()
	r := failing("jit.audience-kept[wrong-audience]").Apply([]report.Waiver{{
		ID: "jit.audience-kept*", Reason: "ACME-1", Owner: "sign-on", Expires: "2030-01-01",
	}}, began)
	if len(r.Findings) != 0 {
		t.Errorf("findings of what is waived: %v", causes(r))
	}
}

func TestFindingsFollowFromTheVerdictsAlone(t *testing.T) {
	t.Parallel()
	r := failing("jit.signature-required[unsigned]", "jit.signed-is-what-is-read[appended-assertion]")
	stripped := r
	stripped.Findings = nil
	var text bytes.Buffer
	if err := stripped.JSON(&text); err != nil {
		t.Fatal(err)
	}
	read, err := report.Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(causes(read), causes(r)) || len(read.Findings) == 0 {
		t.Errorf("findings %q of the report that was read, want %q", causes(read), causes(r))
	}
}

func TestFindingsShowInEveryRendering(t *testing.T) {
	t.Parallel()
	r := failing("jit.signature-required[unsigned]", "jit.signature-required[stripped-signature]", "tracking.no-seat")
	for name, render := range map[string]func(*bytes.Buffer) error{
		"console":  func(w *bytes.Buffer) error { return r.Console(w, false) },
		"markdown": func(w *bytes.Buffer) error { return r.Markdown(w) },
		"html":     func(w *bytes.Buffer) error { return r.HTML(w) },
		"sarif":    func(w *bytes.Buffer) error { return r.SARIF(w) },
	} {
		var text bytes.Buffer
		if err := render(&text); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"A response is believed without a signature", "critical", "Require a signature of the trusted key", "jit.signature-required[unsigned]", "jit.signature-required[stripped-signature]"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
	var text bytes.Buffer
	if err := r.Console(&text, false); err != nil {
		t.Fatal(err)
	}
	_, again, _ := strings.Cut(text.String(), "\nFailures\n")
	if strings.Count(again, "jit.signature-required[unsigned]") != 1 || !strings.Contains(again, "tracking.no-seat") {
		t.Errorf("after the tree each failure stands once, those of one cause under it:\n%s", again)
	}
}

func TestFindingsNameAdvisories(t *testing.T) {
	t.Parallel()
	for failed, advisory := range map[string]string{
		"saml.sig.signature-value-empty[response]":   "CVE-2025-40934",
		"saml.slo.signature-required[unsigned-form]": "GO-2026-4764",
	} {
		r := failing(failed)
		if len(r.Findings) != 1 || !slices.Contains(r.Findings[0].Sources, advisory) {
			t.Errorf("findings %+v, want one that names %s", r.Findings, advisory)
		}
	}
}

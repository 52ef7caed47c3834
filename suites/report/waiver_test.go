package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/report"
)

var today = time.Date(2026, 1, 5, 23, 59, 0, 0, time.UTC)

func waiver(id string) report.Waiver {
	return report.Waiver{ID: id, Reason: "known since March", Owner: "Ana", Expires: "2026-01-05"}
}

// waived is everything with waivers for these ids in force.
func waived(t *testing.T, ids ...string) report.Report {
	t.Helper()
	var waivers []report.Waiver
	for _, id := range ids {
		waivers = append(waivers, waiver(id))
	}
	return everything().Apply(waivers, today)
}

// breaking is a report without an error in it, so that it is judged.
func breaking() report.Report {
	r := everything()
	r.Specs = slices.DeleteFunc(r.Specs, func(s report.Spec) bool { return s.Verdict == report.Error })
	r.Configuration = report.Configuration{}
	return r.Apply(nil, today)
}

func TestWaivers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		waivers  []report.Waiver
		exit     int
		headline string
		problems map[string]string
	}{
		"none":                   {nil, 1, "not conformant", nil},
		"one of two":             {[]report.Waiver{waiver("door.open[oin]")}, 1, "not conformant, 1 spec waived", nil},
		"all that breaks":        {[]report.Waiver{waiver("door.open[oin]"), waiver("door.shut")}, 0, "partial: 2 of 2 observed, 2 specs waived", nil},
		"by a wildcard":          {[]report.Waiver{waiver("door.*[oin]")}, 0, "", nil},
		"of a whole requirement": {[]report.Waiver{waiver("door.open"), waiver("door.shut")}, 0, "", nil},
		"stale": {[]report.Waiver{waiver("door.*[oin]"), waiver("door.open[aiw]")}, 1, "",
			map[string]string{"door.open[aiw]": "stale: its spec passes; take the waiver out"}},
		"of a spec that there is not": {[]report.Waiver{waiver("door.*[oin]"), waiver("door.gone")}, 1, "",
			map[string]string{"door.gone": "stale: there is no such spec; take the waiver out"}},
		"of a variant that there is not": {[]report.Waiver{waiver("door.*[oin]"), waiver("door.open[oim]")}, 1, "",
			map[string]string{"door.open[oim]": "stale: there is no such spec; take the waiver out"}},
		"expired": {[]report.Waiver{{ID: "door.*[oin]", Reason: "r", Owner: "o", Expires: "2026-01-04"}}, 1, "not conformant, 1 waiver stale or expired",
			map[string]string{"door.*[oin]": "expired: it held until 2026-01-04; mend what it is about, or answer for it anew"}},
		"of a warning":              {[]report.Waiver{waiver("door.*[oin]"), waiver("door.quiet")}, 0, "", nil},
		"of what is not observed":   {[]report.Waiver{waiver("door.*[oin]"), waiver("door.new")}, 0, "", nil},
		"of what ran in other runs": {[]report.Waiver{waiver("door.*[oin]"), waiver("tracking.no-seat")}, 0, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := breaking().Apply(c.waivers, today)
			if r.Exit() != c.exit {
				t.Errorf("exit %d (%s), want %d", r.Exit(), r.Summary.Headline, c.exit)
			}
			if c.headline != "" && !strings.Contains(c.headline, "partial") && r.Summary.Headline != c.headline {
				t.Errorf("headline %q, want %q", r.Summary.Headline, c.headline)
			}
			for _, w := range r.Waivers {
				if w.Problem != c.problems[w.ID] {
					t.Errorf("%s: problem %q, want %q", w.ID, w.Problem, c.problems[w.ID])
				}
			}
			for _, s := range r.Specs {
				if (s.Verdict == report.Waived) != (s.Waiver != nil) {
					t.Errorf("%s is %s, its waiver %v", s.Key(), s.Verdict, s.Waiver)
				}
			}
			follows(t, name, r)
			if back := r.Apply(nil, today); back.Exit() != 1 || back.Summary.Headline != "not conformant" || back.Waivers != nil {
				t.Errorf("without waivers again: exit %d, %s", back.Exit(), back.Summary.Headline)
			}
		})
	}
}

func TestAWaiverGoesWithItsSpec(t *testing.T) {
	t.Parallel()
	r := waived(t, "door.open", "door.shut")
	var said []string
	for _, s := range r.Specs {
		if s.Waiver != nil {
			said = append(said, s.Key()+" "+s.Waiver.Owner+" "+s.Waiver.Expires+" "+string(s.Waiver.Verdict))
		}
	}
	if want := []string{"door.open[oin] Ana 2026-01-05 failed", "door.shut[oin] Ana 2026-01-05 untestable"}; !slices.Equal(said, want) {
		t.Errorf("waived: %q", said)
	}
	if q, _ := r.Requirement("door.shut"); q.Verdict != report.Error {
		t.Errorf("an error was waived: %s", q.Verdict)
	}
	if q, _ := r.Requirement("door.open"); q.Verdict != report.Waived {
		t.Errorf("the requirement is %s", q.Verdict)
	}
}

func TestAWaiverOfAnotherSelection(t *testing.T) {
	t.Parallel()
	r := breaking()
	r.Configuration.Only = []string{"door.open[aiw]"}
	r.Specs = slices.DeleteFunc(r.Specs, func(s report.Spec) bool { return s.Key() != "door.open[aiw]" })
	r = r.Apply([]report.Waiver{waiver("door.open[oin]"), waiver("tracking.no-seat[x]")}, today)
	for _, w := range r.Waivers {
		if w.Problem != "" {
			t.Errorf("%s: %s", w.ID, w.Problem)
		}
	}
}

func TestReadWaivers(t *testing.T) {
	t.Parallel()
	const good = "# ours\n- id: door.open[oin]\n  reason: >\n    known since\n    March\n  owner: Ana\n  expires: 2026-01-31\n- {id: 'door.*', reason: r, owner: o, expires: \"2027-02-28\"}\n"
	got, err := report.ReadWaivers("w.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Waiver{
		{ID: "door.open[oin]", Reason: "known since March\n", Owner: "Ana", Expires: "2026-01-31"},
		{ID: "door.*", Reason: "r", Owner: "o", Expires: "2027-02-28"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	for _, empty := range []string{"", "# nothing yet\n", "[]\n"} {
		if got, err := report.ReadWaivers("w.yaml", []byte(empty)); err != nil || len(got) > 0 {
			t.Errorf("%q: %v, %v", empty, got, err)
		}
	}
	for text, want := range map[string]string{
		"- id: a.b\n  reason: r\n  ownr: o\n  expires: 2026-01-31\n":               `w.yaml:3:3: there is no key "ownr" in a waiver; there are id, reason, owner and expires`,
		"- id: a.b\n  reason: r\n  owner: o\n":                                     "w.yaml:1:3: the waiver has no expires; id, reason, owner and expires are required",
		"- id: a.b\n  reason: ''\n  owner: o\n  expires: 2026-01-31\n":             "w.yaml:1:3: the waiver has no reason",
		"- id: a.b\n  reason: r\n  owner: o\n  expires: next year\n":               `w.yaml:4:12: expires is "next year" and not a day, as 2027-01-31`,
		"- id: a.b\n  reason: r\n  owner: o\n  expires: 2026-02-30\n":              `w.yaml:4:12: expires is "2026-02-30" and not a day`,
		"waivers:\n- id: a.b\n":                                                    `w.yaml:1:1: this is not a list of waivers`,
		"- just.an-id\n":                                                           "w.yaml:1:3: ",
		"- id: [a]\n  reason: r\n  owner: o\n  expires: 2026-01-31\n":              "w.yaml:1:7: ",
		"- id: a.b\n  reason: r\n owner: o\n":                                      "w.yaml:3:2: ",
		"- id: a.b\n  reason: r\n  reason: s\n  owner: o\n  expires: 2026-01-31\n": "w.yaml:3:3: ",
		"- {id: a.b, reason: r, owner: o, expires: 2026-01-31}\n- {id: a.b, reason: r, owner: o, expires: 2026-01-31}\n": "w.yaml:2:4: a.b is waived twice",
	} {
		_, err := report.ReadWaivers("w.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

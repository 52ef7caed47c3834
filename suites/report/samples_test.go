package report_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"rollcall.example/suites/report"
)

// readGolden reads a report of a real run, which was made by
//
//	rollcall verify --defect seat-at-create --seed 7 --waivers … --only tracking.no-seat …
//
// by the first version of the format. It must stay readable for as long as the
// format is rollcall.report/v1, so it is never written anew.
func readGolden(t testing.TB) report.Report {
	t.Helper()
	file, err := os.Open("testdata/report-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r, err := report.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// hostile is a report in which everything that a product or a file could have put
// there tries to break out.
func hostile(address string) report.Report {
	bad := `</script></pre></title></style><img src=x onerror="window.owned=1"><script>window.owned=1</script><iframe src=` + address + `/frame></iframe>"'>{{.}}` + "\x1b[2J\u202e"
	header := http.Header{"X-Bad" + bad: {bad}, "Location": {bad}}
	return report.Report{
		Schema: report.Schema, Profile: bad, Tool: report.Tool{Name: bad, Version: bad}, Suite: report.Suite{Version: bad},
		Target:        report.Target{Name: bad, Connections: []report.Connection{{SCIM: bad, SignIn: bad}}, Probe: bad, Dialects: []string{bad}, Features: []string{bad}},
		Configuration: report.Configuration{Only: []string{bad}, LabelFilter: bad, Defect: bad, SCIMURL: bad, TokenEnv: bad},
		Summary:       report.Summary{Headline: bad, Specs: 1, Verdicts: map[report.Verdict]int{report.Failed: 1}, Levels: map[string]map[report.Verdict]int{"MUST": {report.Failed: 1}}},
		Waivers:       []report.WaiverUse{{ID: bad, Reason: bad, Owner: bad, Expires: bad, Problem: bad}},
		Baseline:      &report.Comparison{Changes: []report.Change{{Key: bad, Title: bad, Kind: report.NewFailure, Before: report.Passed, After: report.Failed}}},
		Requirements:  []report.Requirement{{ID: bad, Verdict: report.Failed, Gates: true, Level: "MUST", Basis: bad, Text: bad, Source: bad, Link: "javascript:window.owned=1", Profile: "a=" + bad, Declared: []string{bad}}},
		Specs: []report.Spec{{
			ID: bad, Variant: bad, Title: bad, Section: bad, Level: "MUST", Basis: bad, Verdict: report.Failed, Reason: bad, Expected: bad, Actual: bad,
			Tasks: []string{bad}, Remarks: []string{bad}, Waiver: &report.SpecWaiver{ID: bad, Reason: bad, Owner: bad, Expires: bad, Verdict: report.Failed},
			Exchanges: []report.Exchange{{At: began, Actor: bad, Subject: bad, Method: bad, URL: "https://x.test/" + bad, Header: header, Body: bad, Status: 200, AnswerHeader: header, Answer: bad, Error: bad, Curl: bad}},
		}},
	}
}

// many is a report of that many specs, all of which failed, each with exchanges of
// a real run.
func many(t testing.TB, n int) report.Report {
	r := readGolden(t)
	var real []report.Spec
	for _, s := range r.Specs {
		if len(s.Exchanges) > 0 {
			real = append(real, s)
		}
	}
	requirements := map[string]report.Requirement{}
	for _, q := range r.Requirements {
		requirements[q.ID] = q
	}
	r.Specs, r.Requirements, r.Waivers = nil, nil, nil
	for i := range n {
		s := real[i%len(real)]
		q := requirements[s.ID]
		s.ID = fmt.Sprintf("%s.clause-%04d", s.Area(), i)
		s.Section = fmt.Sprintf("%s %d", s.Section, i%60)
		s.Waiver, s.Verdict = nil, report.Failed
		q.ID, q.Verdict = s.ID, report.Failed
		r.Specs, r.Requirements = append(r.Specs, s), append(r.Requirements, q)
	}
	var text bytes.Buffer
	if err := r.JSON(&text); err != nil {
		t.Fatal(err)
	}
	sorted, err := report.Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	return sorted.Apply(nil, time.Time{})
}

func levels(r report.Report, level string) (n int) {
	for _, s := range r.Specs {
		if s.Level == level {
			n++
		}
	}
	return n
}

func areas(r report.Report, area string) (n int) {
	for _, s := range r.Specs {
		if s.Area() == area {
			n++
		}
	}
	return n
}

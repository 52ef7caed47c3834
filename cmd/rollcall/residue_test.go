package main

import (
	"os"
	"path/filepath"
	"testing"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// A run against a product that is kept passes as one against a product that is thrown
// away, and leaves nothing behind, whether in one process or in two.
func TestARunLeavesNothing(t *testing.T) {
	product, err := bundled.Start(t.Context(), bundled.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = product.Close() }()
	product.Target.Disposable = false
	inhabit(t, product)
	before := inventory(t, product)
	ledger := filepath.Join(t.TempDir(), "ledger.jsonl")
	for name, o := range map[string]verify.Options{
		"one process":   order{Target: product.Target, Seed: 1, Ledger: ledger}.options(),
		"two processes": order{Target: product.Target, Seed: 2, Procs: 2, Ledger: ledger}.options(),
		"read-only":     {Target: product.Target, Seed: 3, Safety: verify.Safety{ReadOnly: true}},
	} {
		r, err := verify.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Exit() != report.ExitConformant || len(r.Left) > 0 {
			t.Errorf("%s: %s, left %v", name, r.Summary.Headline, r.Left)
		}
		if seen := r.Summary.Verdicts[report.Unobserved]; (seen > 0) != o.ReadOnly || r.Summary.Verdicts[report.Passed] == 0 {
			t.Errorf("%s: %v", name, r.Summary.Verdicts)
		}
		if after := inventory(t, product); after != before {
			t.Errorf("%s:\n%s", name, difference(before, after))
		}
		if _, err := os.Stat(ledger); err == nil {
			t.Fatalf("%s: the ledger is still there", name)
		}
	}
}

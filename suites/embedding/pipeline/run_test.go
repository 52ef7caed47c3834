// Package pipeline gates a release from Go: it runs Rollcall and reads the report.
package pipeline

import (
	"context"
	"fmt"
	"os"
	"testing"

	"acme.example/ci/acme"

	"rollcall.example/suites/verify"
)

// Work comes first: with several processes, the workers are this program again.
func TestMain(m *testing.M) {
	verify.Work()
	os.Exit(m.Run())
}

func Example() {
	ctx := context.Background()
	product, stop, err := acme.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = stop() }()

	report, err := verify.Run(ctx, verify.Options{Target: product, Only: []string{"deactivation.*"}, Procs: 2})
	if err != nil {
		fmt.Println("could not run:", err)
		return
	}
	fmt.Println(report.Target.Name, "is", report.Summary.Headline)
	fmt.Println("exit status", report.Exit())
	// Output:
	// Acme CI is conformant
	// exit status 0
}

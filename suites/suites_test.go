package suites_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/fixtures"
	_ "rollcall.example/suites"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// product is the target of this process. Under -p each process learns of it when
// the first one has started it, which is why the specs ask for it by function.
var product target.Target

func init() {
	spec.Register(func() target.Target { return product })
}

func TestRollcall(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Rollcall")
}

// One product for all processes: specs that are not safe to run beside each other
// fail here, and not at the first vendor who has but one product to offer.
var _ = SynchronizedBeforeSuite(func(ctx SpecContext) []byte {
	chosen, err := verify.Resolve(ctx, choose(ctx))
	must(err)
	begun, err = target.Begin(ctx, chosen, target.BeginOptions{Owned: target.OwnedByEnvironment()})
	must(err)
	chosen, err = verify.Reach(ctx, begun.Target)
	must(err)
	leave, err = verify.Enroll(ctx, chosen)
	must(err)
	chosen, err = verify.Discover(ctx, chosen)
	must(err)
	text, err := json.Marshal(chosen)
	must(err)
	return text
}, func(text []byte) {
	Expect(json.Unmarshal(text, &product)).To(Succeed())
})

var (
	begun   *target.Begun         // the run, if this process began it
	leave   func(context.Context) // takes the bystander away, if this process enrolled one
	running *bundled.Bundled      // the reference, if this process started it
)

var _ = SynchronizedAfterSuite(spec.Close, func(ctx SpecContext) {
	if leave != nil {
		leave(ctx)
	}
	if begun != nil {
		left, err := begun.End(ctx)
		must(err)
		if len(left) > 0 {
			Fail(fmt.Sprintf("%d things were left at the product (rollcall sweep removes them), as %s", len(left), left[0]))
		}
	}
	if running != nil {
		Expect(running.Close()).To(Succeed())
	}
})

// must ends the run on an error, in its own words. A matcher would take the error to
// pieces, and show what it wraps.
func must(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error())
	}
}

// choose is the target that ROLLCALL_TARGET names, a target file or its JSON, or else
// the reference, with the defect ROLLCALL_DEFECT or under the profile ROLLCALL_PROFILE,
// by name or file, and in the dialects ROLLCALL_DIALECT, which are separated by commas.
func choose(ctx context.Context) target.Target {
	GinkgoHelper()
	for _, u := range verify.Unread(os.Environ(), []string{"ROLLCALL_TARGET", "ROLLCALL_DEFECT", "ROLLCALL_PROFILE", "ROLLCALL_DIALECT", target.OwnEnv}) {
		if hint := u.Hint(); hint != "" { // others are for other things
			fmt.Fprintf(os.Stderr, "warning: no spec reads the environment variable %s; %s\n", u.Name, hint)
		}
	}
	if text := os.Getenv("ROLLCALL_TARGET"); text != "" {
		given, err := target.Given(ctx, text)
		must(err)
		return given
	}
	options := bundled.Options{Defect: os.Getenv("ROLLCALL_DEFECT")}
	if name := os.Getenv("ROLLCALL_PROFILE"); name != "" {
		profile, err := fixtures.LoadProfile(name)
		must(err)
		options.Profile = profile
	}
	if dialects := os.Getenv("ROLLCALL_DIALECT"); dialects != "" {
		options.Dialects = strings.Split(dialects, ",")
	}
	var err error
	running, err = bundled.Start(context.WithoutCancel(ctx), options)
	must(err)
	return running.Target
}

package suites_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

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
	Expect(err).NotTo(HaveOccurred())
	Expect(verify.Reach(ctx, chosen)).To(Succeed())
	leave, err := verify.Enroll(ctx, chosen)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(leave)
	text, err := json.Marshal(chosen)
	Expect(err).NotTo(HaveOccurred())
	return text
}, func(text []byte) {
	Expect(json.Unmarshal(text, &product)).To(Succeed())
})

// running is the reference that this process started, if it did.
var running *bundled.Bundled

var _ = SynchronizedAfterSuite(func() {}, func() {
	if running != nil {
		Expect(running.Close()).To(Succeed())
	}
})

// choose is the target that ROLLCALL_TARGET holds as JSON, or else the reference,
// with the defect ROLLCALL_DEFECT and in the dialects ROLLCALL_DIALECT, which are
// separated by commas.
func choose(ctx context.Context) target.Target {
	GinkgoHelper()
	if text := os.Getenv("ROLLCALL_TARGET"); text != "" {
		var given target.Target
		Expect(json.Unmarshal([]byte(text), &given)).To(Succeed(), "ROLLCALL_TARGET holds a target as JSON")
		Expect(given.Check()).To(Succeed())
		return given
	}
	options := bundled.Options{Defect: os.Getenv("ROLLCALL_DEFECT")}
	if dialects := os.Getenv("ROLLCALL_DIALECT"); dialects != "" {
		options.Dialects = strings.Split(dialects, ",")
	}
	var err error
	running, err = bundled.Start(context.WithoutCancel(ctx), options)
	Expect(err).NotTo(HaveOccurred())
	return running.Target
}

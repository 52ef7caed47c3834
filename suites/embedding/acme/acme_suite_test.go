package acme_test

import (
	"context"
	"net/http"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"acme.example/ci/acme"

	"rollcall.example/suites"
	"rollcall.example/suites/target"
)

// at is where the product of this test runs. It is started while the tree of specs
// is built, so that Rollcall's specs can be told of it there and then.
var at, stop = start()

func start() (target.Target, func() error) {
	started, stop, err := acme.Start(context.Background())
	if err != nil {
		panic(err)
	}
	return started, stop
}

// Everything that Rollcall asks of a product ...
var _ = suites.Register(at)

// ... stands beside what the vendor asks of it.
var _ = Describe("Acme CI", func() {
	It("sends strangers away", func(ctx SpecContext) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.Connection().Doors.WhoAmI, nil)
		Expect(err).NotTo(HaveOccurred())
		answer, err := http.DefaultClient.Do(request)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(answer.Body.Close)
		Expect(answer).To(HaveHTTPStatus(http.StatusUnauthorized))
	})
})

var _ = AfterSuite(func() { Expect(stop()).To(Succeed()) })

func TestAcme(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Acme CI")
}

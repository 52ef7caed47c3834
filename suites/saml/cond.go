package saml

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response whose conditions are not met", func(okta *spec.Okta, _ *spec.Product) {
	attacks("cond", okta)

	It("that was good until more than ten minutes ago", spec.Clause("saml.cond.tolerance-bounded"), func(ctx SpecContext) {
		between(ctx, okta, idp.SignBoth, func(attacker, _ *spec.Person) spec.Visit {
			late := func(by time.Duration) spec.Visit {
				return okta.SignInClaiming(ctx, attacker, endedBefore(by))
			}
			visit := late(10*time.Minute + 10*time.Second)
			Expect(visit).To(BeRefused())
			Expect(late(time.Hour)).To(BeRefused())
			spec.Remark("clocks may differ: an assertion that ended so long ago still signs in: " + tolerated(late))
			return visit
		})
	})

	It("that may be used one time, when it comes a second time", spec.Clause("saml.cond.used-once"), func(ctx SpecContext) {
		between(ctx, okta, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
			visit := okta.ForgeIn(ctx, idp.SignBoth, spec.Attack("one-time-use"), attacker, victim)
			spec.Given(visit).To(BeSignedIn())

			again := okta.Again(ctx, visit)
			Expect(again).To(BeRefused())
			return again
		})
	})
})

// endedBefore makes an assertion one that was issued as long before its end as ever and
// ended by so much before now.
func endedBefore(by time.Duration) func(*spec.Claims) {
	return func(c *spec.Claims) {
		c.Now = c.Now.Add(-idp.Leeway - by)
		c.AuthnInstant = c.Now
	}
}

// tolerated climbs down the ladder of ends that products are known to forgive.
func tolerated(late func(time.Duration) spec.Visit) string {
	forgiven := "none that was tried"
	for _, by := range []time.Duration{30 * time.Second, 3 * time.Minute, 5 * time.Minute, 9 * time.Minute} {
		if !late(by).In() {
			return forgiven
		}
		forgiven = fmt.Sprint(by)
	}
	return forgiven + " or more"
}

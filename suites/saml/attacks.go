package saml

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// attacks builds a spec for each attack of a family in each of its modes.
func attacks(family string, okta *spec.Okta) {
	attacksAt(family, func(context.Context) *spec.Okta { return okta })
}

// attacksAt is attacks at a connection that the spec finds, or founds, when it runs.
func attacksAt(family string, found func(context.Context) *spec.Okta) {
	for _, mode := range []idp.Signing{idp.SignResponse, idp.SignAssertion, idp.SignBoth} {
		for _, attack := range forge.Family(family) {
			if !attack.ByHand && slices.Contains(attack.In(), mode) {
				It("that "+attack.Summary+" ("+mode.String()+" signed)", proves(attack, mode), together[mode], func(ctx SpecContext) {
					try(ctx, found(ctx), attack, mode)
				})
			}
		}
	}
}

// together keeps the specs of a mode beside each other, in whatever order specs are run:
// the honest sign-in with which one ends is then the one with which the next begins (see
// [spec.Okta.JustWorked]).
var together = map[idp.Signing]SpecPriority{idp.SignResponse: 3, idp.SignAssertion: 2, idp.SignBoth: 1}

// proves cites the attack's requirement. A form of it and, where there are several, the
// mode make the variant.
func proves(attack forge.Attack, mode idp.Signing) spec.Citation {
	cited := spec.Clause("saml." + attack.Family() + "." + attack.Proves())
	variant := ""
	if attack.Proves() != attack.Name {
		variant = attack.Name
	}
	if len(attack.In()) > 1 {
		if variant != "" {
			variant += "-"
		}
		variant += mode.String()
	}
	if variant == "" {
		return cited
	}
	return cited.In(variant)
}

// try posts one attack between two honest sign-ins and claims what is owed to it.
func try(ctx context.Context, okta *spec.Okta, attack forge.Attack, mode idp.Signing) {
	GinkgoHelper()
	between(ctx, okta, okta.Signing(attack, mode), func(attacker, victim *spec.Person) spec.Visit {
		GinkgoHelper()
		if attack.Enrolled {
			spec.Given(okta.SignIn(ctx, victim)).To(BeSignedIn())
		}
		visit := okta.ForgeIn(ctx, mode, attack, attacker, victim)
		claim(okta, attack, visit, victim)
		return visit
	})
}

// claim holds what came of an attack to what is owed to it. Nobody has come to the
// collector either way.
func claim(okta *spec.Okta, attack forge.Attack, visit spec.Visit, victim *spec.Person) {
	GinkgoHelper()
	switch attack.Expect {
	case forge.Accept:
		Expect(visit).To(BeSignedIn())
	case forge.Harmless:
		Expect(visit).NotTo(BeSignedInAs(victim.Email()))
	default:
		Expect(visit).To(BeRefused())
	}
	if attack.NoCrash {
		Expect(visit.Crash()).To(BeEmpty(), "nobody was signed in because the product fell over")
	}
	if attack.Leak != "" {
		Expect(visit.Body).NotTo(ContainSubstring(attack.Leak), "the product shows a file of its own")
	}
	if attack.Lure {
		Expect(okta.Collector().Visitors()).To(BeEmpty(), "the product opened an address that the message names")
	}
}

// between lets do post what it likes between two honest sign-ins of the attacker, with
// as much of the response signed.
func between(ctx context.Context, okta *spec.Okta, mode idp.Signing, do func(attacker, victim *spec.Person) spec.Visit) {
	GinkgoHelper()
	okta.Takes(mode)
	victim, attacker := okta.Hire("Leia Organa"), okta.Hire("Lando Calrissian")
	okta.Admit(ctx, victim, attacker)
	if !okta.JustWorked(mode) {
		spec.Given(okta.SignInClaiming(ctx, attacker, spec.Signed(mode))).To(BeSignedIn())
	}
	visit := do(attacker, victim)
	spec.Given(okta.SignInClaiming(ctx, attacker, spec.Signed(mode))).To(BeSignedIn())
	okta.Worked(mode)
	spec.FellOver(visit)
}

package saml

import (
	"bytes"
	"context"
	"crypto/rand"
	"regexp"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("A response that the product took before", func(okta *spec.Okta, product *spec.Product) {
	for _, begun := range []struct {
		clause string
		hold   func(context.Context, *spec.Person, ...func(*spec.Claims)) spec.Held
	}{
		{"saml.rpl.response-once", func(ctx context.Context, p *spec.Person, c ...func(*spec.Claims)) spec.Held {
			return okta.Hold(ctx, p, c...)
		}},
		{"saml.rpl.assertion-once", func(ctx context.Context, p *spec.Person, c ...func(*spec.Claims)) spec.Held {
			return okta.HoldFromOkta(ctx, p, c...)
		}},
	} {
		It("signs nobody in from the browser that it came from", spec.Clause(begun.clause).In("same-browser"), func(ctx SpecContext) {
			han := admitted(ctx, okta, "Han Solo")
			held := begun.hold(ctx, han)
			back := held.Browser().Copy()
			spec.Given(okta.Post(ctx, held)).To(BeSignedIn())

			Expect(okta.Post(ctx, held.In(back))).To(BeRefused())
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		})

		It("signs nobody in from another browser", spec.Clause(begun.clause).In("another-browser"), func(ctx SpecContext) {
			han := admitted(ctx, okta, "Han Solo")
			held := begun.hold(ctx, han)
			spec.Given(okta.Post(ctx, held)).To(BeSignedIn())

			Expect(okta.Post(ctx, held.In(okta.NewBrowser()))).To(BeRefused())
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		})
	}

	for _, changed := range []struct {
		clause, variant string
		change          func(spec.Held) spec.Held
		alike           bool // a signature of the response would hold
	}{
		{"saml.rpl.assertion-once-rewrapped", "", func(h spec.Held) spec.Held { return h.Carrying(renamed(h.XML())) }, false},
		{"saml.rpl.assertion-once-reencoded", "space", func(h spec.Held) spec.Held { return h.Carrying(append(h.XML(), '\n', ' ')) }, true},
		{"saml.rpl.assertion-once-reencoded", "lines", func(h spec.Held) spec.Held {
			h.SAMLResponse = strings.Join(lines(h.SAMLResponse, 76), "\r\n")
			return h
		}, true},
	} {
		cited := spec.Clause(changed.clause)
		if changed.variant != "" {
			cited = cited.In(changed.variant)
		}
		It("signs nobody in when all but its assertion is another "+changed.variant, cited, func(ctx SpecContext) {
			signed := idp.SignAssertion
			if changed.alike {
				signed = okta.AtLeast(signed)
			}
			okta.Takes(signed)
			han := admitted(ctx, okta, "Han Solo")
			held := freely(ctx, okta, han, spec.Signed(signed))
			back := held.Browser().Copy()
			spec.Given(okta.Post(ctx, held)).To(BeSignedIn())

			Expect(okta.Post(ctx, changed.change(held).In(back))).To(BeRefused())
			spec.Given(okta.Post(ctx, changed.change(freely(ctx, okta, han, spec.Signed(signed))))).To(BeSignedIn())
		})
	}

	It("signs nobody in when its assertion was encrypted anew", spec.Clause("saml.rpl.assertion-once-encrypted"), func(ctx SpecContext) {
		okta, _ := product.WithEncryption(ctx)
		han := admitted(ctx, okta, "Han Solo")
		numbered := numbering()
		held := freely(ctx, okta, han, numbered)
		back := held.Browser().Copy()
		spec.Given(okta.Post(ctx, held)).To(BeSignedIn())

		Expect(okta.Post(ctx, okta.Anew(held, numbered).In(back))).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("signs nobody in at any node", spec.Clause("saml.rpl.replayed-anywhere"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		held := freely(ctx, okta, han)
		back := held.Browser().Copy()
		spec.Given(okta.Post(ctx, held)).To(BeSignedIn())

		const often = 10
		for range often {
			Expect(okta.Deliver(ctx, held.In(back.Copy()), func(d *simulator.Delivery) { d.Fresh = true })).To(BeRefused())
		}
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("signs nobody in after a logout", spec.Clause("saml.rpl.replayed-after-logout"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		han := admitted(ctx, okta, "Han Solo")
		held := freely(ctx, okta, han)
		back := held.Browser().Copy()
		visit := okta.Post(ctx, held)
		spec.Given(visit).To(BeSignedIn())
		okta.End(ctx, visit)
		spec.Given(product.WhoAmI(ctx, visit)).To(BeShut())

		Expect(okta.Post(ctx, held.In(back))).To(BeRefused())
		Expect(okta.Post(ctx, held)).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	for _, later := range []struct {
		variant, title string
		by             time.Duration
	}{
		{"a-while-later", "two minutes later, while it is valid", 2 * time.Minute},
		{"just-ended", "a minute after its end, which clocks may differ by", idp.Leeway + time.Minute},
	} {
		It("signs nobody in "+later.title, spec.Clause("saml.rpl.remembered-while-valid").In(later.variant), func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			han := admitted(ctx, okta, "Han Solo")
			held := freely(ctx, okta, han)
			back := held.Browser().Copy()
			spec.Given(okta.Post(ctx, held)).To(BeSignedIn())
			product.Advance(ctx, okta, later.by)

			Expect(okta.Post(ctx, held.In(back))).To(BeRefused())
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		})
	}

	It("signs one browser in of twenty that post it at once", spec.Clause("saml.rpl.race"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		held := freely(ctx, okta, han)

		const at = 20
		visits, deeds := make([]spec.Visit, at), make([]func(), at)
		for i := range at {
			browser := held.Browser().Copy()
			deeds[i] = func() { visits[i] = okta.Post(ctx, held.In(browser)) }
		}
		spec.Together(deeds...)

		visits[0].MustTell(false)
		in := slices.DeleteFunc(visits, func(v spec.Visit) bool { return !v.In() })
		Expect(len(in)).To(BeNumerically("<=", 1), "one assertion signed in so many browsers")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("lends its ID to no other", spec.Clause("saml.rpl.assertion-id-unique"), func(ctx SpecContext) {
		han, leia := admitted(ctx, okta, "Han Solo"), admitted(ctx, okta, "Leia Organa")
		numbered := numbering()
		spec.Given(okta.Post(ctx, freely(ctx, okta, han, numbered))).To(BeSignedIn())

		Expect(okta.Post(ctx, freely(ctx, okta, leia, numbered))).To(BeRefused())
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
	})
})

var _ = spec.Section("A response to a request", func(okta *spec.Okta, product *spec.Product) {
	It("that nobody made signs nobody in", spec.Clause("saml.rpl.request-known"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(okta.Post(ctx, okta.Hold(ctx, han, answering("_6b1d9e0f3c7a4452b8e1")))).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("signs nobody in where the product began nothing", spec.Clause("saml.rpl.unsolicited-answers-nothing"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())

		Expect(okta.Post(ctx, okta.HoldFromOkta(ctx, han, answering("_x")))).To(BeRefused())
		spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())
	})

	It("that has no ID signs nobody in", spec.Clause("saml.rpl.request-not-empty"), func(ctx SpecContext) {
		attack := spec.Attack("in-response-to-empty")
		brought(ctx, okta, func(lando, leia *spec.Person) spec.Visit {
			GinkgoHelper()
			visit := okta.ForgeIn(ctx, idp.SignBoth, attack, lando, leia)
			Expect(visit).To(BeRefused())
			return visit
		})
	})

	It("of another browser signs nobody in", spec.Clause("saml.rpl.own-browser"), func(ctx SpecContext) {
		leia, lando := admitted(ctx, okta, "Leia Organa"), admitted(ctx, okta, "Lando Calrissian")
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())
		hers := okta.Hold(ctx, leia)

		Expect(okta.Post(ctx, okta.Hold(ctx, lando).In(hers.Browser()))).To(BeRefused())
		spec.Given(okta.Post(ctx, hers)).To(BeSignedIn())
	})

	It("that was answered before signs nobody in", spec.Clause("saml.rpl.request-answered-once"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		held := okta.Hold(ctx, han)
		back := held.Browser().Copy()
		spec.Given(okta.Post(ctx, held)).To(BeSignedIn())

		Expect(okta.Post(ctx, okta.Anew(held).In(back))).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("that was made an hour ago signs nobody in", spec.Clause("saml.rpl.request-expires"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		held := okta.Hold(ctx, han)
		product.Advance(ctx, okta, time.Hour)

		Expect(okta.Post(ctx, okta.Anew(held, func(c *spec.Claims) { c.Now, c.AuthnInstant = okta.Now(), okta.Now() }))).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("signs nobody in without naming it", spec.Clause("saml.rpl.request-named"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(okta.Post(ctx, okta.Hold(ctx, han, answering("")))).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("of another connection signs nobody in", spec.Clause("saml.rpl.request-of-this-connection"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		second, _ := product.AddProvider(ctx)
		han, lando := admitted(ctx, okta, "Han Solo"), admitted(ctx, second, "Lando Calrissian")
		spec.Given(second.SignIn(ctx, lando)).To(BeSignedIn())
		held := okta.Hold(ctx, han)

		mixed := second.Anew(second.Hold(ctx, lando), answering(held.Claims.InResponseTo))
		Expect(second.Post(ctx, mixed.In(held.Browser()))).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		spec.Given(second.SignIn(ctx, lando)).To(BeSignedIn())
	})
})

var _ = spec.Section("A session", func(okta *spec.Okta, _ *spec.Product) {
	It("does not take over what the browser had before", spec.Clause("saml.rpl.session-renewed"), func(ctx SpecContext) {
		leia := admitted(ctx, okta, "Leia Organa")
		held := okta.Hold(ctx, leia)
		planted := held.Browser().Copy()
		spec.Given(okta.Post(ctx, held)).To(BeSignedIn())

		Expect(okta.Remains(ctx, planted, leia)).To(BeRefused())
	})
})

// admitted is somebody new who may sign in.
func admitted(ctx context.Context, okta *spec.Okta, name string) *spec.Person {
	GinkgoHelper()
	person := okta.Hire(name)
	okta.Admit(ctx, person)
	return person
}

// freely holds an answer that answers no request where the product takes such ones, so
// that nothing but the assertion's own ID tells it from a new one.
func freely(ctx context.Context, okta *spec.Okta, p *spec.Person, changes ...func(*spec.Claims)) spec.Held {
	GinkgoHelper()
	if okta.Offers(target.SAMLIdPInitiated) {
		return okta.HoldFromOkta(ctx, p, changes...)
	}
	return okta.Hold(ctx, p, changes...)
}

// numbering gives the same IDs to every response that it is used for.
func numbering() func(*spec.Claims) {
	seed := make([]byte, 64)
	_, _ = rand.Read(seed) // it never fails
	return func(c *spec.Claims) { c.Random = bytes.NewReader(seed) }
}

// answering makes a response answer this request; the empty one is none.
func answering(request string) func(*spec.Claims) {
	return func(c *spec.Claims) { c.InResponseTo = request }
}

var firstID = regexp.MustCompile(`( ID=")[^"]+`)

// renamed gives the response, whose tag comes first, an ID of another length.
func renamed(document []byte) []byte {
	at := firstID.FindSubmatchIndex(document)
	if at == nil {
		return document
	}
	return slices.Concat(document[:at[3]], []byte("again-"), document[at[3]:])
}

// lines cuts a text into pieces of this length; the last may be shorter.
func lines(text string, length int) []string {
	var cut []string
	for len(text) > length {
		cut, text = append(cut, text[:length]), text[length:]
	}
	return append(cut, text)
}

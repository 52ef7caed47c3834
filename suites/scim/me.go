package scim

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Me, to a member with a token of their own,", func(okta *spec.Okta, product *spec.Product) {
	// begin makes two members, and returns the first with their own token.
	type member struct {
		*spec.Person
		token, path string
	}
	begin := func(ctx SpecContext) (*spec.Client, member) {
		han, leia := okta.Hire("Han Solo"), okta.Hire("Leia Organa")
		okta.Assign(ctx, leia, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		token := product.IssueToken(ctx, han)
		return okta.Client(), member{han, string(token), okta.AddressOf(ctx, han)}
	}

	It("is the person who asks, at their permanent address", spec.Clause("scim.me.who-asks"), func(ctx SpecContext) {
		client, han := begin(ctx)

		answer := client.Call(ctx, "GET", "/Me", nil, spec.Bearing(han.token))

		if answer.Status == http.StatusPermanentRedirect {
			Expect(answer).To(HaveHeader("Location", HaveSuffix(han.path)))
			return
		}
		Expect(answer).To(And(HaveStatus(http.StatusOK), HaveAttribute("id", han.path[strings.LastIndexByte(han.path, '/')+1:])))
		Expect(answer).To(HaveHeader("Location", HaveSuffix(han.path)))
	})

	It("is changed as the person is, or not at all", spec.Clause("scim.me.change"), func(ctx SpecContext) {
		client, han := begin(ctx)
		spec.Given(client.Call(ctx, "GET", han.path, nil)).To(HaveAttribute("displayName", Not(Equal("Captain Solo"))))

		answer := client.Call(ctx, "PATCH", "/Me", spec.PatchBody(spec.Replace("displayName", "Captain Solo")), spec.Bearing(han.token))

		now := client.Call(ctx, "GET", han.path, nil)
		switch {
		case answer.OK():
			Expect(now).To(HaveAttribute("displayName", "Captain Solo"))
			Expect(answer).To(HaveHeader("Location", HaveSuffix(han.path)))
		case answer.Status == http.StatusPermanentRedirect:
			Expect(answer).To(HaveHeader("Location", HaveSuffix(han.path)))
		default:
			Expect(answer).To(BeRefusedOverSCIM())
			Expect(now).To(HaveAttribute("displayName", Not(Equal("Captain Solo"))))
		}
	})

	for _, c := range []struct{ method, title string }{
		{http.MethodPut, "is replaced"}, {http.MethodDelete, "is deleted"},
	} {
		It(c.title+" where the answer says so, and only there", spec.Clause("scim.me.told").In(strings.ToLower(c.method)), func(ctx SpecContext) {
			client, han := begin(ctx)
			whole, err := client.Call(ctx, "GET", han.path, nil).Document()
			spec.Given(err).NotTo(HaveOccurred())
			spec.Given(whole["displayName"]).NotTo(Equal("Captain Solo"))
			done := Or(HaveStatus(http.StatusNotFound), HaveAttribute("active", false))
			var body any
			if c.method == http.MethodPut {
				whole["displayName"], body = "Captain Solo", whole
				done = HaveAttribute("displayName", "Captain Solo")
			}

			answer := client.Call(ctx, c.method, "/Me", body, spec.Bearing(han.token))

			now := client.Call(ctx, "GET", han.path, nil)
			switch {
			case answer.OK():
				Expect(now).To(done)
			case answer.Status == http.StatusPermanentRedirect:
				Expect(answer).To(HaveHeader("Location", HaveSuffix(han.path)))
			default:
				Expect(answer).To(BeRefusedOverSCIM())
				Expect(now).To(And(HaveStatus(http.StatusOK), Not(done)))
			}
		})
	}

	It("opens nobody else", spec.Clause("scim.me.nobody-else"), func(ctx SpecContext) {
		client, han := begin(ctx)
		other := client.Create(ctx, client.User("Lando Calrissian"))
		spec.Given(client.Call(ctx, "GET", "/Me", nil, spec.Bearing(han.token))).To(HaveStatus(http.StatusOK, http.StatusPermanentRedirect))

		answer := client.Steadily(ctx, other, func() provision.Answer {
			return client.Call(ctx, "PATCH", other.Path, spec.PatchBody(spec.Replace("displayName", "Baron Administrator")), spec.Bearing(han.token))
		})

		Expect(answer).To(HaveStatus(http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound))
	})

	It("is nobody without a token", spec.Clause("scim.me.needs-token"), func(ctx SpecContext) {
		client, han := begin(ctx)
		spec.Given(client.Call(ctx, "GET", "/Me", nil, spec.Bearing(han.token))).To(HaveStatus(http.StatusOK, http.StatusPermanentRedirect))

		Expect(client.Call(ctx, "GET", "/Me", nil, spec.Bearing(""))).To(BeSCIMError(http.StatusUnauthorized, ""))
		Expect(client.Call(ctx, "GET", "/Me", nil, spec.Bearing("not-"+han.token))).To(BeSCIMError(http.StatusUnauthorized, ""))
	})
})

var _ = spec.OverSCIM("Me, to an identity provider,", func(client *spec.Client, _ *spec.Product) {
	It("is a resource with an address, or is not there", spec.Clause("scim.me.provider"), func(ctx SpecContext) {
		spec.Given(client.Create(ctx, client.User("Han Solo")).ID).NotTo(BeEmpty())

		answer := client.Call(ctx, "GET", "/Me", nil)

		switch {
		case answer.OK():
			Expect(answer).To(And(HaveAttribute("id", Not(BeEmpty())), HaveHeader("Location", ContainSubstring("/"))))
		case answer.Status == http.StatusPermanentRedirect:
			Expect(answer).To(HaveHeader("Location", ContainSubstring("/")))
		default:
			Expect(answer).To(Or(BeSCIMError(http.StatusNotImplemented, ""), BeSCIMError(http.StatusNotFound, ""), BeSCIMError(http.StatusForbidden, "")))
		}
	})
})

package scim

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("What is written", func(client *spec.Client, _ *spec.Product) {
	for variant, contentType := range map[string]string{
		"scim": "application/scim+json", "scim-with-charset": "application/scim+json; charset=utf-8",
	} {
		It("as SCIM is taken", spec.Clause("scim.media.scim-taken").In(variant), func(ctx SpecContext) {
			body := client.User("Han Solo")

			han := client.Taken(client.Post(ctx, "/Users", body, spec.Header("Content-Type", contentType)), body)

			Expect(client.ReadBack(ctx, han)).To(HaveAttribute("userName", body["userName"]))
		})
	}

	for variant, contentType := range map[string]string{"json": "application/json", "json-with-charset": "application/json;charset=UTF-8"} {
		It("as JSON is taken", spec.Clause("scim.media.json-taken").In(variant), func(ctx SpecContext) {
			body := client.User("Han Solo")

			han := client.Taken(client.Post(ctx, "/Users", body, spec.Header("Content-Type", contentType)), body)

			Expect(client.ReadBack(ctx, han)).To(HaveAttribute("userName", body["userName"]))
		})
	}

	for variant, contentType := range map[string]string{"text": "text/plain", "form": "application/x-www-form-urlencoded", "xml": "application/xml"} {
		It("as something else is refused", spec.Clause("scim.media.else-refused").In(variant), func(ctx SpecContext) {
			honest := client.User("Han Solo")

			Expect(client.Unmade(ctx, honest, func() provision.Answer {
				return client.Post(ctx, "/Users", honest, spec.Header("Content-Type", contentType))
			})).To(HaveStatus(http.StatusUnsupportedMediaType, http.StatusBadRequest))
		})
	}

	It("in letters of every kind stays that", spec.Clause("scim.media.utf8"), func(ctx SpecContext) {
		name := spec.Body{"givenName": "Léïa 莱娅 \U0001F680", "familyName": "Ōrgana \"\\/<&> ẞ"}

		han := client.Create(ctx, client.User("Leia Organa", spec.With("name", name)))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("name", name))
	})

	It("in bytes that are no letters is refused", spec.Clause("scim.media.no-utf8-refused"), func(ctx SpecContext) {
		honest := client.User("Han Solo")
		userName := spec.Quoted(honest["userName"].(string))

		Expect(client.Unmade(ctx, honest, func() provision.Answer {
			return client.Post(ctx, "/Users", `{"schemas": ["`+spec.UserSchema+`"], "userName": `+userName+`, "displayName": "`+"\xff\xfe\xc3\x28"+`"}`)
		})).To(BeSCIMError(400, ""))
	})
})

var _ = spec.OverSCIM("What is shown", func(client *spec.Client, _ *spec.Product) {
	It("is SCIM, where that is asked for", spec.Clause("scim.media.scim-shown"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Get(ctx, han, spec.Header("Accept", "application/scim+json"))

		Expect(answer).To(HaveAttribute("userName", han.Body["userName"]))
		Expect(answer).To(HaveHeader("Content-Type", MatchRegexp(`(?i)^application/scim\+json *(;|$)`)))
	})

	for variant, accept := range map[string][]string{
		"anything": {"*/*"}, "nothing-said": nil, "json": {"application/json"}, "preferred": {"application/scim+json;q=0.9, application/json;q=0.5, */*;q=0.1"},
		"any-application": {"application/*"},
	} {
		It("is JSON to who takes it", spec.Clause("scim.media.accept").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			answer := client.Get(ctx, han, spec.Header("Accept", accept...))

			Expect(answer).To(HaveAttribute("userName", han.Body["userName"]))
			Expect(answer).To(HaveHeader("Content-Type", MatchRegexp(`(?i)^application/(scim\+)?json *(;|$)`)))
		})
	}

	It("is never a page", spec.Clause("scim.media.no-page"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Steadily(ctx, han, func() provision.Answer { return client.Get(ctx, han, spec.Header("Accept", "text/html")) })

		Expect(answer).To(Or(HaveStatus(http.StatusNotAcceptable), HaveAttribute("userName", han.Body["userName"])))
		Expect(answer).To(HaveHeader("Content-Type", ContainSubstring("json")))
	})

	It("is the same when it is compressed", spec.Clause("scim.media.compressed"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Get(ctx, han, spec.Header("Accept-Encoding", "gzip"))).To(And(HaveAttribute("id", han.ID), HaveAttribute("userName", han.Body["userName"])))
		Expect(client.Get(ctx, han, spec.Header("Accept-Encoding", "identity"))).To(And(HaveAttribute("userName", han.Body["userName"]), HaveHeader("Content-Encoding", BeElementOf("", "identity"))))
	})
})

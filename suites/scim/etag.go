package scim

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// versionOf is the version of a resource as it is now. A product that declares versions
// and shows none leaves nothing to prove.
func versionOf(ctx context.Context, client *spec.Client, r *spec.Resource) string {
	answer := client.Get(ctx, r)
	spec.Given(answer).To(HaveHeader("ETag", Not(BeEmpty())))
	return answer.Header.Get("ETag")
}

// stale makes a version old: it is that of before a change.
func stale(ctx context.Context, client *spec.Client, r *spec.Resource) string {
	old := versionOf(ctx, client, r)
	spec.Given(client.Put(ctx, r, r.With(spec.With("displayName", "Changed Meanwhile")))).To(HaveStatus(http.StatusOK))
	spec.Given(versionOf(ctx, client, r)).NotTo(Equal(old))
	return old
}

var _ = spec.OverSCIM("The version of a resource", func(client *spec.Client, _ *spec.Product) {
	It("stands in the header ETag wherever the resource is shown", spec.Clause("scim.etag.header"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(han.Made).To(HaveHeader("ETag", beEntityTag))
		Expect(client.Get(ctx, han)).To(HaveHeader("ETag", han.Made.Header.Get("ETag")))
		put := client.Put(ctx, han, han.With(spec.With("displayName", "Captain Solo")))
		Expect(put).To(HaveHeader("ETag", beEntityTag))
		Expect(client.Get(ctx, han)).To(HaveHeader("ETag", put.Header.Get("ETag")))
	})

	It("is meta.version too", spec.Clause("scim.etag.meta"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		shown := client.Get(ctx, han)

		Expect(shown).To(And(HaveHeader("ETag", Not(BeEmpty())), HaveAttribute("meta.version", shown.Header.Get("ETag"))))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("meta.version", shown.Header.Get("ETag")))
		spec.Given(client.Put(ctx, han, han.With(spec.With("displayName", "Captain Solo")))).To(HaveStatus(http.StatusOK))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("meta.version", versionOf(ctx, client, han)))
	})

	It("is a quoted text, with W/ before it where it is a weak one", spec.Clause("scim.etag.form"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Get(ctx, han)).To(HaveHeader("ETag", beEntityTag))
	})

	It("changes with the resource, and not by being looked at", spec.Clause("scim.etag.changes"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		first := versionOf(ctx, client, han)
		Expect(versionOf(ctx, client, han)).To(Equal(first))

		spec.Given(client.Put(ctx, han, han.With(spec.With("displayName", "Captain Solo")))).To(HaveStatus(http.StatusOK))

		Expect(versionOf(ctx, client, han)).NotTo(Equal(first))
	})

	It("is the new one after a PATCH", spec.Clause("scim.etag.after-patch"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		first := versionOf(ctx, client, han)

		answer := client.Patch(ctx, han, spec.Replace("displayName", "Captain Solo"))

		now := versionOf(ctx, client, han)
		Expect(answer).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		Expect(now).NotTo(Equal(first))
		if answer.Status == http.StatusOK || answer.Header.Get("ETag") != "" {
			Expect(answer).To(HaveHeader("ETag", now))
		}
	})

	It("says with Content-Location whose it is", spec.Clause("scim.etag.content-location"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		location := han.Made.Header.Get("Location")
		spec.Given(location).NotTo(BeEmpty())

		Expect(client.Get(ctx, han)).To(HaveHeader("Content-Location", location))
		Expect(client.Put(ctx, han, han.With())).To(HaveHeader("Content-Location", location))
	})
})

// beEntityTag matches an entity tag as HTTP has it (RFC 9110 section 8.8.3).
var beEntityTag = MatchRegexp(`^(W/)?"[\x21\x23-\x7e\x80-\xff]*"$`)

var _ = spec.OverSCIM("A look at what the client has already", func(client *spec.Client, _ *spec.Product) {
	for _, c := range []struct {
		variant, title string
		tag            func(version string) string
	}{
		{"", "by its version", func(version string) string { return version }},
		{"any", "by a star, for any version", func(string) string { return "*" }},
		{"list", "by one version of several", func(version string) string { return `"none", ` + version + `, W/"other"` }},
	} {
		It("is answered 304, "+c.title, spec.Clause("scim.etag.not-modified").In(c.variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			answer := client.Get(ctx, han, spec.Header("If-None-Match", c.tag(versionOf(ctx, client, han))))

			Expect(answer).To(HaveStatus(http.StatusNotModified))
			Expect(answer.Body).To(BeEmpty())
		})
	}

	It("is answered in full where it has changed since", spec.Clause("scim.etag.modified"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		old := stale(ctx, client, han)

		answer := client.Get(ctx, han, spec.Header("If-None-Match", old))

		Expect(answer).To(And(HaveStatus(http.StatusOK), HaveAttribute("displayName", "Changed Meanwhile")))
	})
})

var _ = spec.OverSCIM("A change of a version", func(client *spec.Client, product *spec.Product) {
	changes := map[string]func(ctx context.Context, r *spec.Resource, version string) provision.Answer{
		"PUT": func(ctx context.Context, r *spec.Resource, version string) provision.Answer {
			return client.Put(ctx, r, r.With(spec.With("displayName", "Captain Solo")), spec.Header("If-Match", version))
		},
		"PATCH": func(ctx context.Context, r *spec.Resource, version string) provision.Answer {
			return client.Call(ctx, "PATCH", r.Path, spec.PatchBody(spec.Replace("displayName", "Captain Solo")), spec.Header("If-Match", version))
		},
		"DELETE": func(ctx context.Context, r *spec.Resource, version string) provision.Answer {
			return client.Call(ctx, "DELETE", r.Path, nil, spec.Header("If-Match", version))
		},
	}
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		It("that is not the current one is refused: "+method, spec.Clause(versioned[method]+"-stale"), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			old := stale(ctx, client, han)
			before := client.Snapshot(ctx, han)

			Expect(changes[method](ctx, han, old)).To(BeSCIMError(http.StatusPreconditionFailed, ""))

			Expect(client.Snapshot(ctx, han).Difference(before)).To(BeEmpty())
			Expect(changes[method](ctx, han, versionOf(ctx, client, han))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		})

		It("that is the current one is made: "+method, spec.Clause(versioned[method]+"-current"), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(changes[method](ctx, han, versionOf(ctx, client, han))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

			if method == "DELETE" {
				Expect(client.Get(ctx, han)).To(HaveStatus(http.StatusNotFound))
				return
			}
			Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Captain Solo"))
		})
	}

	for _, c := range []struct {
		variant, title string
		tag            func(version string) string
	}{
		{"any", "a star, for any version", func(string) string { return "*" }},
		{"list", "one version of several", func(version string) string { return `"none", ` + version + `, W/"other"` }},
	} {
		It("that is named by "+c.title+" is made", spec.Clause(versioned["PUT"]+"-current").In(c.variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(changes["PUT"](ctx, han, c.tag(versionOf(ctx, client, han)))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

			Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Captain Solo"))
		})
	}

	It("of a group that is not the current one is refused", spec.Clause("scim.etag.group-stale"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han := client.Create(ctx, client.Group("Rogues", nil)), client.Create(ctx, client.User("Han Solo"))
		old := client.Get(ctx, rogues).Header.Get("ETag")
		if old == "" {
			client.NotOffered("it shows no version of a group")
		}
		spec.Given(client.Patch(ctx, rogues, spec.Add("members", spec.Members(han)))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		spec.Given(versionOf(ctx, client, rogues)).NotTo(Equal(old))
		before := client.Snapshot(ctx, rogues)
		emptied := func(version string) provision.Answer {
			return client.Call(ctx, "PATCH", rogues.Path, spec.PatchBody(spec.Remove("members")), spec.Header("If-Match", version))
		}

		Expect(emptied(old)).To(BeSCIMError(http.StatusPreconditionFailed, ""))

		Expect(client.Snapshot(ctx, rogues).Difference(before)).To(BeEmpty())
		Expect(emptied(versionOf(ctx, client, rogues))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
	})

	It("that two make at once is made by one of them", spec.Clause("scim.etag.one-wins"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		version := versionOf(ctx, client, han)
		names, answers := [2]string{"One at the same moment", "Two at the same moment"}, [2]provision.Answer{}
		change := func(i int) func() {
			return func() {
				answers[i] = client.Call(ctx, "PATCH", han.Path, spec.PatchBody(spec.Replace("displayName", names[i])), spec.Header("If-Match", version))
			}
		}

		spec.Together(change(0), change(1))

		won := 0
		if answers[1].OK() {
			won = 1
		}
		Expect(answers[won]).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		Expect(answers[1-won]).To(BeSCIMError(http.StatusPreconditionFailed, ""))
		Expect(client.Get(ctx, han)).To(HaveAttribute("displayName", names[won]))
	})
})

// versioned begins the names of the requirements about each method.
var versioned = map[string]string{"PUT": "scim.etag.put", "PATCH": "scim.etag.patch", "DELETE": "scim.etag.delete"}

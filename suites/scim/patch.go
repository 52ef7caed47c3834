package scim

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// email is one e-mail address as a user has several.
func email(kind, value string) spec.Body { return spec.Body{"type": kind, "value": value} }

// addresses are one address for work and one for home, which nobody else has.
func addresses(client *spec.Client) (work, home spec.Body) {
	return email("work", "work."+client.Tag()+"@rollcall.test"), email("home", "home."+client.Tag()+"@rollcall.test")
}

var _ = spec.OverSCIM("A change by PATCH", func(client *spec.Client, _ *spec.Product) {
	It("is answered with the whole resource, or with nothing", spec.Clause("scim.patch.answered"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Patch(ctx, han, spec.Replace("displayName", "Captain Solo"))

		Expect(answer).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		if answer.Status == http.StatusOK {
			Expect(answer).To(And(HaveAttribute("id", han.ID), HaveAttribute("userName", han.Body["userName"]), HaveAttribute("displayName", "Captain Solo")))
		} else {
			Expect(answer.Body).To(BeEmpty())
		}
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Captain Solo"))
	})

	It("leaves everything else as it was", spec.Clause("scim.patch.rest-stays"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Patch(ctx, han, spec.Replace("displayName", "Captain Solo"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("displayName", "Captain Solo"), HaveAttribute("name", han.Body["name"]),
			HaveAttribute("userName", han.Body["userName"]), HaveAttribute("externalId", han.Body["externalId"]), HaveAttribute("emails", han.Body["emails"])))
	})

	for _, c := range []struct {
		clause, title string
		do            map[string]any
		path          string
		want          any
	}{
		{"scim.patch.pathless-add", "adds without a path", spec.Add("", spec.Body{"displayName": "Captain Solo"}), "displayName", "Captain Solo"},
		{"scim.patch.pathless-replace", "replaces without a path", spec.Replace("", spec.Body{"displayName": "Captain Solo"}), "displayName", "Captain Solo"},
		{"scim.patch.add-replaces-single", "replaces a single value by adding one", spec.Add("displayName", "Captain Solo"), "displayName", "Captain Solo"},
		{"scim.patch.add-parts", "adds parts of a complex attribute", spec.Add("name", spec.Body{"givenName": "Ben"}), "name.givenName", "Ben"},
		{"scim.patch.replace-parts", "replaces the parts of a complex attribute that it names, and no others", spec.Replace("name", spec.Body{"givenName": "Ben"}), "name", spec.Body{"givenName": "Ben", "familyName": "Solo"}},
		{"scim.patch.part-by-path", "reaches a part of a complex attribute by a path", spec.Replace("name.familyName", "Organa"), "name", spec.Body{"givenName": "Han", "familyName": "Organa"}},
		{"scim.patch.path-in-any-case", "names an attribute in any case", spec.Replace("NAME.familyname", "Organa"), "name.familyName", "Organa"},
		{"scim.patch.path-with-urn", "names an attribute with its schema", spec.Replace(spec.UserSchema+":displayName", "Captain Solo"), "displayName", "Captain Solo"},
	} {
		It(c.title, spec.Clause(c.clause), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			spec.Given(client.Get(ctx, han)).To(Not(HaveAttribute(c.path, c.want)))

			Expect(client.Patch(ctx, han, c.do)).To(HaveStatus(http.StatusOK, http.StatusNoContent))

			Expect(client.ReadBack(ctx, han)).To(HaveAttribute(c.path, c.want))
		})
	}

	It("does its operations one after the other", spec.Clause("scim.patch.in-order"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Patch(ctx, han, spec.Replace("displayName", "First"), spec.Replace("name.givenName", "Ben"),
			spec.Replace("displayName", "Second"), spec.Add("displayName", "Last"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("displayName", "Last"), HaveAttribute("name.givenName", "Ben")))
	})

	It("goes by what the operations before it left", spec.Clause("scim.patch.in-order").In("each-on-the-last"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		work, home := addresses(client)
		spec.Given(client.Patch(ctx, han, spec.Replace("emails", []any{work, home}))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.Patch(ctx, han, spec.Remove(`emails[type eq "home"]`), spec.Add("emails", []any{home}), spec.Remove(`emails[type eq "work"]`))).
			To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", []any{home}))
	})

	It("makes way for a replacement", spec.Clause("scim.patch.then-put"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Patch(ctx, han, spec.Add("title", "Captain"), spec.Replace("displayName", "Captain Solo"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("title", "Captain"))

		Expect(client.Put(ctx, han, han.With(spec.With("displayName", "Han")))).To(HaveStatus(http.StatusOK))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("displayName", "Han"), HaveNoAttribute("title")))
	})

	It("is not lost when another comes at the same moment", spec.Clause("scim.patch.together"), func(ctx SpecContext) {
		work, _ := addresses(client)
		one, two := email("other", "one."+client.Tag()+"@rollcall.test"), email("other", "two."+client.Tag()+"@rollcall.test")
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work})))

		spec.Together(
			func() { client.Patch(ctx, han, spec.Add("emails", []any{one})) },
			func() { client.Patch(ctx, han, spec.Add("emails", []any{two})) })

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", []any{work, one, two}))
	})
})

var _ = spec.OverSCIM("Adding by PATCH", func(client *spec.Client, _ *spec.Product) {
	It("leaves the values that there are", spec.Clause("scim.patch.add-appends"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work})))

		Expect(client.Patch(ctx, han, spec.Add("emails", []any{home}))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", []any{work, home}))
	})

	It("what is there changes nothing", spec.Clause("scim.patch.add-same"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home})))
		before := client.Snapshot(ctx, han)
		spec.Given(before.Shown.Text("meta.lastModified")).NotTo(BeEmpty())

		Expect(client.Patch(ctx, han, spec.Add("emails", []any{home}), spec.Add("displayName", "Han Solo"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("emails", []any{work, home}), HaveAttribute("meta.lastModified", before.Shown.Text("meta.lastModified"))))
	})

	It("a primary value makes the others ordinary ones", spec.Clause("scim.patch.one-primary"), func(ctx SpecContext) {
		work, home := addresses(client)
		work["primary"], home["primary"] = true, true
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", []any{work}))

		Expect(client.Patch(ctx, han, spec.Add("emails", []any{home}))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", ConsistOf(primary(home), notPrimary(work))))
	})

	It("that a value is primary makes the others ordinary ones", spec.Clause("scim.patch.one-primary").In("by-part"), func(ctx SpecContext) {
		work, home := addresses(client)
		work["primary"] = true
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", []any{work, home}))

		Expect(client.Patch(ctx, han, spec.Add(`emails[type eq "home"].primary`, true))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", ConsistOf(primary(home), notPrimary(work))))
	})

	It("an attribute of an extension names the extension", spec.Clause("scim.patch.names-extension"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("schemas", Not(ContainElement(spec.EnterpriseSchema))))

		Expect(client.Patch(ctx, han, spec.Add(spec.EnterpriseSchema+":employeeNumber", "1138"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute(spec.EnterpriseSchema+":employeeNumber", "1138"), HaveAttribute("schemas", ContainElement(spec.EnterpriseSchema))))
	})
})

// primary is the value, shown as the primary one; notPrimary is it shown as any other.
func primary(value spec.Body) OmegaMatcher {
	return And(HaveKeyWithValue("value", value["value"]), HaveKeyWithValue("primary", true))
}

func notPrimary(value spec.Body) OmegaMatcher {
	return And(HaveKeyWithValue("value", value["value"]), Not(HaveKeyWithValue("primary", true)))
}

var _ = spec.OverSCIM("Removing by PATCH", func(client *spec.Client, _ *spec.Product) {
	It("a single value leaves none", spec.Clause("scim.patch.remove-single"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo", spec.With("title", "Captain"), spec.With("nickName", "Solo")))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("title", "Captain"))

		Expect(client.Patch(ctx, han, spec.Remove("title"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveNoAttribute("title"), HaveAttribute("nickName", "Solo")))
	})

	It("an attribute of many values leaves none", spec.Clause("scim.patch.remove-all-values"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo", spec.With("phoneNumbers", phones), spec.With("title", "Captain")))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("phoneNumbers", phones))

		Expect(client.Patch(ctx, han, spec.Remove("phoneNumbers"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveNoAttribute("phoneNumbers"), HaveAttribute("title", "Captain")))
	})

	It("one value that the path chooses leaves the others", spec.Clause("scim.patch.remove-chosen"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", []any{work, home}))

		Expect(client.Patch(ctx, han, spec.Remove(`emails[type eq "home"]`))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", []any{work}))
	})

	for _, c := range []struct{ variant, title, chosen string }{
		{"both", "both of two conditions", `type eq "work" and value sw "second."`},
		{"either", "either of two conditions", `value sw "first." or value sw "second."`},
		{"not", "the opposite of a condition", `not (value sw "work.")`},
		{"unequal", "what is not equal", `type ne "work"`},
		{"beginning", "a beginning", `value sw "second."`},
	} {
		It("what the path chooses by "+c.title+" leaves the others", spec.Clause("scim.patch.chosen-by-filter").In(c.variant), func(ctx SpecContext) {
			work, home := addresses(client)
			first, second := email("home", "first."+client.Tag()+"@rollcall.test"), email("work", "second."+client.Tag()+"@rollcall.test")
			all := map[string][]any{
				"both": {work, first, home}, "either": {work, home}, "not": {work}, "unequal": {work, second}, "beginning": {work, first, home},
			}
			han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, first, second, home})))
			spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", han.Body["emails"]))

			Expect(client.Patch(ctx, han, spec.Remove("emails["+c.chosen+"]"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

			Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", all[c.variant]))
		})
	}

	It("the last value leaves none", spec.Clause("scim.patch.remove-last"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo", spec.With("phoneNumbers", phones[:1]), spec.With("title", "Captain")))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("phoneNumbers", phones[:1]))

		Expect(client.Patch(ctx, han, spec.Remove(`phoneNumbers[type eq "mobile"]`))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveNoAttribute("phoneNumbers"), HaveAttribute("title", "Captain")))
	})

	It("a part of the values that the path chooses leaves the rest of them", spec.Clause("scim.patch.remove-part"), func(ctx SpecContext) {
		work, home := addresses(client)
		work["display"], home["display"] = "Work", "Home"
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", []any{work, home}))

		Expect(client.Patch(ctx, han, spec.Remove(`emails[type eq "home"].display`))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", ConsistOf(
			HaveKeyWithValue("display", "Work"), And(HaveKeyWithValue("value", home["value"]), Not(HaveKeyWithValue("display", "Home"))))))
	})

})

// phones are two telephone numbers, the first of them a mobile one.
var phones = []any{
	spec.Body{"type": "mobile", "value": "tel:+44-20-7946-0018"}, spec.Body{"type": "work", "value": "tel:+44-20-7946-0019"},
}

var _ = spec.OverSCIM("Replacing by PATCH", func(client *spec.Client, _ *spec.Product) {
	It("an attribute of many values takes all of them away", spec.Clause("scim.patch.replace-list"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", []any{work}))

		Expect(client.Patch(ctx, han, spec.Replace("emails", []any{home}))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", []any{home}))
	})

	It("what is not there adds it", spec.Clause("scim.patch.replace-adds"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Get(ctx, han)).To(HaveNoAttribute("nickName"))

		Expect(client.Patch(ctx, han, spec.Replace("nickName", "Solo"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("nickName", "Solo"))
	})

	It("a value that the path chooses leaves the others", spec.Clause("scim.patch.replace-chosen"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home})))
		falcon := email("home", "falcon."+client.Tag()+"@rollcall.test")

		Expect(client.Patch(ctx, han, spec.Replace(`emails[type eq "home"]`, falcon))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", []any{work, falcon}))
	})

	It("a part reaches every value that the path chooses, and no other", spec.Clause("scim.patch.replace-every-chosen"), func(ctx SpecContext) {
		work, home := addresses(client)
		second := email("work", "second."+client.Tag()+"@rollcall.test")
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home, second})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", []any{work, home, second}))

		Expect(client.Patch(ctx, han, spec.Replace(`emails[type eq "work"].display`, "At work"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", ConsistOf(HaveKeyWithValue("display", "At work"), HaveKeyWithValue("display", "At work"),
			And(HaveKeyWithValue("value", home["value"]), Not(HaveKeyWithValue("display", "At work"))))))
	})

	It("a part adds it to a value that lacks it", spec.Clause("scim.patch.add-part"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home})))

		Expect(client.Patch(ctx, han, spec.Add(`emails[type eq "home"].display`, "At home"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", ConsistOf(
			And(HaveKeyWithValue("value", home["value"]), HaveKeyWithValue("display", "At home")),
			And(HaveKeyWithValue("value", work["value"]), Not(HaveKeyWithValue("display", "At home"))))))
	})

	It("by null takes it away", spec.Clause("scim.patch.null-takes-away"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo", spec.With("title", "Captain"), spec.With("nickName", "Solo")))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("title", "Captain"))

		Expect(client.Patch(ctx, han, spec.Replace("title", nil))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, han)).To(And(HaveNoAttribute("title"), HaveAttribute("nickName", "Solo")))
	})

	It("an attribute of the enterprise extension by its whole name", spec.Clause("scim.patch.enterprise"), func(ctx SpecContext) {
		const department = spec.EnterpriseSchema + ":department"
		han := client.Create(ctx, client.User("Han Solo", spec.With(department, "Freight"), spec.With(spec.EnterpriseSchema+":costCenter", "4130")))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute(department, "Freight"))

		Expect(client.Patch(ctx, han, spec.Replace(department, "Rebellion"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute(department, "Rebellion"), HaveAttribute(spec.EnterpriseSchema+":costCenter", "4130")))

		Expect(client.Patch(ctx, han, spec.Remove(department))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		Expect(client.ReadBack(ctx, han)).To(And(HaveNoAttribute(department), HaveAttribute(spec.EnterpriseSchema+":costCenter", "4130")))
	})

	It("works for every attribute of a user", spec.Clause("scim.patch.every-attribute"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		const one, two = "https://rollcall.test/one", "https://rollcall.test/two"

		for _, step := range []struct {
			do   func(path string) map[string]any
			want func(path string) OmegaMatcher
		}{
			{func(path string) map[string]any { return spec.Add(path, one) }, func(path string) OmegaMatcher { return HaveAttribute(path, one) }},
			{func(path string) map[string]any { return spec.Replace(path, two) }, func(path string) OmegaMatcher { return HaveAttribute(path, two) }},
			{spec.Remove, HaveNoAttribute},
		} {
			Expect(client.Patch(ctx, han, toEach(plainAttributes, step.do)...)).To(HaveStatus(http.StatusOK, http.StatusNoContent))
			Expect(client.Get(ctx, han)).To(And(toEach(plainAttributes, step.want)...))
		}
	})
})

// toEach is what is done to, or wanted of, each of the attributes.
func toEach[T any](paths []string, one func(path string) T) []T {
	var all []T
	for _, path := range paths {
		all = append(all, one(path))
	}
	return all
}

// plainAttributes are the attributes of a user that hold one text of any kind, an address
// among them, and that nobody needs (RFC 7643 section 4.1.1).
var plainAttributes = []string{
	"nickName", "title", "userType", "profileUrl", "name.middleName", "name.honorificPrefix", "name.honorificSuffix",
}

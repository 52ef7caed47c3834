// Package scim proves that a product speaks SCIM 2.0: RFC 7643 and RFC 7644, a file for
// each part of them.
//
// Nothing is believed because of its shape. What was written is read back by its id, in
// the list and by a filter ([spec.Client.ReadBack]). What is refused stands between two
// controls, and leaves everything as it was ([spec.Client.Steadily] for a resource that
// is there, [spec.Client.Unmade] for one that is to be made). Where the standard leaves
// something open, every answer that it permits is taken.
package scim

import (
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("A user that is created", func(client *spec.Client, _ *spec.Product) {
	It("is answered 201", spec.Clause("scim.create.created"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.ReadBack(ctx, han)).To(HaveAttribute("userName", han.Body["userName"]))

		Expect(han.Made).To(HaveStatus(http.StatusCreated))
	})

	It("is shown in the answer", spec.Clause("scim.create.shown"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.ReadBack(ctx, han)).To(HaveAttribute("name", han.Body["name"]))

		Expect(han.Made).To(And(
			HaveAttribute("id", han.ID), HaveAttribute("userName", han.Body["userName"]), HaveAttribute("name", han.Body["name"])))
	})

	It("needs no more than a user name", spec.Clause("scim.create.least"), func(ctx SpecContext) {
		body := client.User("Han Solo")
		least := spec.Body{"schemas": body["schemas"], "userName": body["userName"]}

		han := client.Taken(client.Post(ctx, "/Users", least), least)

		Expect(han.Made).To(HaveStatus(http.StatusCreated))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("userName", body["userName"]))
	})

	It("is there at once: by its id, in the list and by a filter", spec.Clause("scim.create.there-at-once"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Everywhere(ctx, han)).To(And(HaveAttribute("id", han.ID), HaveAttribute("userName", han.Body["userName"])))
	})

	It("was not there before", spec.Clause("scim.create.looked-up-before"), func(ctx SpecContext) {
		body := client.User("Han Solo")
		probe := spec.Resource{Path: "/Users/", Body: body}

		Expect(client.Filter(ctx, "/Users", probe.Filter())).To(BeListOf[*spec.Resource]())

		han := client.Create(ctx, body)
		Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
	})

	It("has an address, in the header and in meta", spec.Clause("scim.create.location"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		location := han.Made.Header.Get("Location")

		Expect(han.Made).To(HaveHeader("Location", WithTransform(unescaped, HaveSuffix(unescaped(han.Path)))))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("meta.location", location))
	})

	It("is at that address, which is below the base URL", spec.Clause("scim.create.location-leads-there"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		below, absolute := strings.CutPrefix(han.Made.Header.Get("Location"), strings.TrimRight(client.Connection().SCIM.BaseURL, "/"))

		Expect(absolute).To(BeTrue(), "Location: %s", han.Made.Header.Get("Location"))
		Expect(client.Call(ctx, "GET", below, nil)).To(HaveAttribute("id", han.ID))
	})

	It("says of itself that it is a user", spec.Clause("scim.create.resource-type"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("meta.resourceType", "User"))
	})

	It("says when it was made", spec.Clause("scim.create.created-at"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("meta.created", BeADateTime()))
	})

	It("was last changed when it was made", spec.Clause("scim.create.never-changed"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("meta.created", BeADateTime()))

		shown, _ := client.Get(ctx, han).Document()

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("meta.lastModified", shown.Text("meta.created")))
	})

	It("has an id of its own", spec.Clause("scim.create.id-is-unique"), func(ctx SpecContext) {
		ids := map[string]string{}
		for _, name := range []string{"Leia Skywalker", "Luke Skywalker", "Shmi Skywalker"} {
			made := client.Create(ctx, client.User(name))
			Expect(ids).NotTo(HaveKey(made.ID), "%s and %s", ids[made.ID], name)
			ids[made.ID] = name
			Expect(client.Get(ctx, made)).To(HaveAttribute("userName", made.Body["userName"]))
		}
	})

	It("has an id without the word bulkId", spec.Clause("scim.create.id-is-no-bulk-id"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("id", Not(ContainSubstring("bulkId"))))
	})

	It("gets no externalId that nobody gave it", spec.Clause("scim.create.external-id-is-the-clients"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo", spec.Without("externalId")))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("id", han.ID), HaveNoAttribute("externalId")))
	})
})

var _ = spec.OverSCIM("A creation", func(client *spec.Client, _ *spec.Product) {
	It("does not choose the id", spec.Clause("scim.create.id-is-the-products"), func(ctx SpecContext) {
		wanted := client.NoID()

		han := client.Create(ctx, client.User("Han Solo", spec.With("id", wanted)))

		Expect(han.ID).NotTo(Equal(wanted))
		Expect(client.Get(ctx, han)).To(HaveAttribute("id", han.ID))
		Expect(client.Call(ctx, "GET", "/Users/"+wanted, nil)).To(HaveStatus(http.StatusNotFound))
	})

	It("does not say what meta is", spec.Clause("scim.create.meta-is-the-products"), func(ctx SpecContext) {
		const long, elsewhere = "2001-01-01T00:00:00Z", "https://elsewhere.test/scim/v2/Users/1"

		han := client.Create(ctx, client.User("Han Solo", spec.With("meta", spec.Body{
			"resourceType": "Droid", "created": long, "lastModified": long, "location": elsewhere, "version": "W/\"mine\"",
		})))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("meta.resourceType", "User"), Not(HaveAttribute("meta.created", long)),
			Not(HaveAttribute("meta.location", elsewhere)), Not(HaveAttribute("meta.version", "W/\"mine\""))))
	})

	It("names its attributes in any case", spec.Clause("scim.create.names-in-any-case"), func(ctx SpecContext) {
		body := client.User("Han Solo")
		odd := spec.Body{"SCHEMAS": body["schemas"], "USERNAME": body["userName"], "Name": spec.Body{"GIVENNAME": "Han", "familyname": "Solo"}}

		han := client.Taken(client.Post(ctx, "/Users", odd), body)

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("userName", body["userName"]), HaveAttribute("name", body["name"])))
	})

	It("names its schema in any case", spec.Clause("scim.create.schema-in-any-case"), func(ctx SpecContext) {
		body := client.User("Han Solo", spec.With("schemas", []string{"URN:IETF:params:scim:schemas:core:2.0:User"}))

		han := client.Taken(client.Post(ctx, "/Users", body), body)

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("userName", body["userName"]))
	})

	for name, nothing := range map[string]any{"null": nil, "an empty list": []any{}} {
		It("takes "+name+" for nothing", spec.Clause("scim.create.nothing-is-nothing").In(strings.ReplaceAll(name, " ", "-")), func(ctx SpecContext) {
			body := client.User("Han Solo", spec.With("emails", nothing), spec.Without("externalId"))

			han := client.Taken(client.Post(ctx, "/Users", body), body)
			unlessEmailsAreGiven(ctx, client, han)

			Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("userName", han.Body["userName"]), HaveNoAttribute("emails"), HaveNoAttribute("externalId")))
		})
	}

	It("passes over what it does not know", spec.Clause("scim.create.unknown-ignored"), func(ctx SpecContext) {
		body := client.User("Han Solo",
			spec.With("blaster", "DL-44"), spec.With("urn:rollcall:test:2.0:Ship:name", "Falcon"), spec.With("name.rank", "Captain"))

		han := client.Taken(client.Post(ctx, "/Users", body), body)

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("userName", han.Body["userName"]), HaveAttribute("name.familyName", "Solo")))
	})
})

var _ = spec.OverSCIM("A creation that cannot be", func(client *spec.Client, _ *spec.Product) {
	for name, change := range map[string]spec.Change{
		"without": spec.Without("userName"), "with-an-empty": spec.With("userName", ""), "with-null-for-a": spec.With("userName", nil),
	} {
		It(strings.ReplaceAll(name, "-", " ")+" user name is refused", spec.Clause("scim.create.user-name-required").In(name), func(ctx SpecContext) {
			honest := client.User("Han Solo")
			wrong := (&spec.Resource{Body: honest}).With(change)

			Expect(client.Unmade(ctx, honest, func() provision.Answer { return client.Post(ctx, "/Users", wrong) })).To(BeSCIMError(400, ""))
		})
	}

	for name, text := range map[string]string{
		"breaks-off": `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "`, "is-a-list": `[]`, "is-html": `<html></html>`,
	} {
		It("as its body "+strings.ReplaceAll(name, "-", " ")+" is refused", spec.Clause("scim.create.malformed-refused").In(name), func(ctx SpecContext) {
			Expect(client.Unmade(ctx, client.User("Han Solo"), func() provision.Answer { return client.Post(ctx, "/Users", text) })).To(BeSCIMError(400, ""))
		})
	}

	It("as it says nothing is refused", spec.Clause("scim.create.empty-refused"), func(ctx SpecContext) {
		Expect(client.Unmade(ctx, client.User("Han Solo"), func() provision.Answer { return client.Post(ctx, "/Users", "") })).To(BeSCIMError(400, ""))
	})

	It("as it names no schema is refused", spec.Clause("scim.create.schemas-required"), func(ctx SpecContext) {
		honest := client.User("Han Solo")
		wrong := (&spec.Resource{Body: honest}).With(spec.Without("schemas"))

		Expect(client.Unmade(ctx, honest, func() provision.Answer { return client.Post(ctx, "/Users", wrong) })).To(BeSCIMError(400, ""))
	})

	It("as the user name is taken is refused", spec.Clause("scim.create.duplicate-refused"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Post(ctx, "/Users", client.User("Greedo", spec.With("userName", han.Body["userName"])))
		})).To(BeSCIMError(409, "uniqueness"))
		Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
	})

	It("as the user name is taken in other letters is refused", spec.Clause("scim.create.duplicate-in-other-case"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		shouted := strings.ToUpper(han.Body["userName"].(string))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Post(ctx, "/Users", client.User("Greedo", spec.With("userName", shouted)))
		})).To(BeSCIMError(409, "uniqueness"))
		Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
	})

	It("as it was made before makes no second one", spec.Clause("scim.create.retry-makes-no-second"), func(ctx SpecContext) {
		body := client.User("Han Solo")
		han := client.Create(ctx, body)

		client.Post(ctx, "/Users", body)
		client.Post(ctx, "/Users", body)

		Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
	})
})

// unlessEmailsAreGiven ends the spec as unsupported where the resource has e-mail
// addresses and so has whoever says nothing of them: a product may give a default to an
// attribute that is unassigned (RFC 7644 section 3.3).
func unlessEmailsAreGiven(ctx SpecContext, client *spec.Client, r *spec.Resource) {
	none := func(r *spec.Resource) bool {
		none, _ := HaveNoAttribute("emails").Match(client.Get(ctx, r))
		return none
	}
	if !none(r) && !none(client.Create(ctx, client.User("Han Solo", spec.Without("emails")))) {
		client.NotOffered("it gives an e-mail address to whoever has none")
	}
}

// unescaped is an address without its percent signs: an id may be an address, and its @
// may be escaped or not (RFC 3986 section 3.3).
func unescaped(address string) string {
	if plain, err := url.PathUnescape(address); err == nil {
		return plain
	}
	return address
}

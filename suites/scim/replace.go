package scim

import (
	"context"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("A user that is replaced", func(client *spec.Client, _ *spec.Product) {
	It("is what the replacement says", spec.Clause("scim.replace.replaces"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		client.Put(ctx, han, han.With(spec.With("name.familyName", "Organa"), spec.With("externalId", "other-"+client.Tag())))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("name.familyName", "Organa"), HaveAttribute("name.givenName", "Han"), HaveAttribute("externalId", "other-"+client.Tag())))
	})

	It("is shown in the answer, which is 200", spec.Clause("scim.replace.shown"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Put(ctx, han, han.With(spec.With("name.familyName", "Organa")))

		Expect(answer).To(And(HaveStatus(http.StatusOK), HaveAttribute("id", han.ID), HaveAttribute("name.familyName", "Organa")))
		Expect(client.Get(ctx, han)).To(HaveAttribute("name.familyName", "Organa"))
	})

	It("is found under a new user name, and no longer under the old", spec.Clause("scim.replace.renames"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		before := han.Filter()

		client.Put(ctx, han, han.With(spec.With("userName", client.User("Ben Solo")["userName"])))

		Expect(client.Everywhere(ctx, han)).To(HaveAttribute("userName", han.Body["userName"]))
		Expect(client.Filter(ctx, "/Users", before)).To(HaveNotListed(han))
	})

	It("keeps its id, its address and the time when it was made", spec.Clause("scim.replace.keeps-identity"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		before := client.Snapshot(ctx, han).Shown
		spec.Given(before).To(And(HaveAttribute("meta.location", Not(BeEmpty())), HaveAttribute("meta.created", BeADateTime())))

		client.Put(ctx, han, han.With(spec.With("name.familyName", "Organa")))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("name.familyName", "Organa"), HaveAttribute("id", han.ID),
			HaveAttribute("meta.location", before.Text("meta.location")), HaveAttribute("meta.created", before.Text("meta.created"))))
	})

	It("loses what the replacement leaves out", spec.Clause("scim.replace.clears-omitted"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Get(ctx, han)).To(And(HaveAttribute("externalId", han.Body["externalId"]), HaveAttribute("emails", han.Body["emails"])))

		client.Put(ctx, han, han.With(spec.Without("externalId"), spec.Without("emails"), spec.With("name.familyName", "Organa")))

		spec.Given(client.Get(ctx, han)).To(HaveAttribute("name.familyName", "Organa"))
		unlessEmailsAreGiven(ctx, client, han)
		Expect(client.ReadBack(ctx, han)).To(And(HaveNoAttribute("externalId"), HaveNoAttribute("emails")))
	})

	for variant, nothing := range map[string]any{"null": nil, "empty": []any{}} {
		It("loses what the replacement says is nothing", spec.Clause("scim.replace.clears-nothing").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", han.Body["emails"]))

			answer := client.Put(ctx, han, han.With(spec.With("emails", nothing), spec.With("name.familyName", "Organa")))

			Expect(answer).To(HaveStatus(http.StatusOK, http.StatusNoContent))
			unlessEmailsAreGiven(ctx, client, han)
			Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("name.familyName", "Organa"), HaveNoAttribute("emails")))
		})
	}

	It("is told its attributes in any case", spec.Clause("scim.replace.names-in-any-case"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		odd := spec.Body{"SCHEMAS": han.Body["schemas"], "USERNAME": han.Body["userName"], "DisplayName": "Captain Solo",
			"NAME": spec.Body{"GIVENNAME": "Han", "familyname": "Organa"}}

		Expect(client.Call(ctx, "PUT", han.Path, odd)).To(HaveStatus(http.StatusOK))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("displayName", "Captain Solo"), HaveAttribute("name", spec.Body{"givenName": "Han", "familyName": "Organa"})))
	})

	It("may have its own user name in other letters", spec.Clause("scim.replace.own-name-in-other-case"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Put(ctx, han, han.With(spec.With("userName", strings.ToUpper(han.Body["userName"].(string))), spec.With("name.familyName", "Organa")))

		Expect(answer).To(HaveStatus(http.StatusOK))
		Expect(client.Get(ctx, han)).To(And(HaveAttribute("name.familyName", "Organa"), HaveAttribute("userName", WithTransform(lower, Equal(lower(han.Body["userName"].(string)))))))
	})

	It("need not be told its id", spec.Clause("scim.replace.without-id"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Put(ctx, han, han.With(spec.Without("id"), spec.With("name.familyName", "Organa")))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		Expect(client.Get(ctx, han)).To(HaveAttribute("name.familyName", "Organa"))
	})

	It("is itself, whatever id the replacement names", spec.Clause("scim.replace.anothers-id"), func(ctx SpecContext) {
		han, leia := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))
		before := client.Snapshot(ctx, leia)
		spec.Given(client.Get(ctx, leia)).To(HaveAttribute("id", leia.ID))

		client.Put(ctx, han, han.With(spec.With("id", leia.ID)))

		Expect(client.Snapshot(ctx, leia)).To(BeAsItWas(before))
		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("id", han.ID), HaveAttribute("userName", client.Snapshot(ctx, han).Shown.Text("userName"))))
	})

	It("does not let the replacement say what meta is", spec.Clause("scim.replace.meta-is-the-products"), func(ctx SpecContext) {
		const long, elsewhere = "2001-01-01T00:00:00Z", "https://elsewhere.test/scim/v2/Users/1"
		han := client.Create(ctx, client.User("Han Solo"))

		client.Put(ctx, han, han.With(spec.With("name.familyName", "Organa"), spec.With("meta", spec.Body{
			"resourceType": "Droid", "created": long, "lastModified": long, "location": elsewhere, "version": "W/\"mine\"",
		})))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("name.familyName", "Organa"), HaveAttribute("meta.resourceType", "User"), Not(HaveAttribute("meta.created", long)),
			Not(HaveAttribute("meta.location", elsewhere)), Not(HaveAttribute("meta.version", "W/\"mine\""))))
	})

	It("was last changed then", spec.Clause("scim.replace.modified-moves"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		made := lastModified(ctx, client, han)

		changes := func() time.Time {
			client.Put(ctx, han, han.With(spec.With("name.familyName", client.User("X Y")["externalId"])))
			return lastModified(ctx, client, han)
		}

		// A product may count in seconds, but a second is enough for it to move.
		Eventually(changes).WithTimeout(1500 * time.Millisecond).WithPolling(time.Millisecond).Should(BeTemporally(">", made))
	})

	It("has another version then, where it has one", spec.Clause("scim.replace.version-moves"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		before := client.Snapshot(ctx, han).Shown.Text("meta.version")
		if before == "" {
			client.NotOffered("its resources have no version")
		}

		client.Put(ctx, han, han.With(spec.With("name.familyName", "Organa")))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("name.familyName", "Organa"), HaveAttribute("meta.version", Not(BeElementOf("", before)))))
	})
})

var _ = spec.OverSCIM("A replacement that cannot be", func(client *spec.Client, _ *spec.Product) {
	for variant, change := range map[string]spec.Change{
		"without": spec.Without("userName"), "empty": spec.With("userName", ""), "null": spec.With("userName", nil),
	} {
		It("as it has no user name is refused", spec.Clause("scim.replace.user-name-required").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(client.Steadily(ctx, han, func() provision.Answer { return client.Put(ctx, han, han.With(change)) })).To(BeSCIMError(400, ""))
		})
	}

	It("as a value is of the wrong kind is refused", spec.Clause("scim.replace.wrong-type-refused"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Put(ctx, han, han.With(spec.With("name", "Han Solo"), spec.With("displayName", "Nerf Herder")))
		})).To(BeSCIMError(400, ""))
	})

	It("as the user name is somebody else's is refused", spec.Clause("scim.replace.clash-refused"), func(ctx SpecContext) {
		leia, han := client.Create(ctx, client.User("Leia Organa")), client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Put(ctx, han, han.With(spec.With("userName", leia.Body["userName"])))
		})).To(BeSCIMError(409, "uniqueness"))
		Expect(client.Filter(ctx, "/Users", leia.Filter())).To(BeListOf(leia))
	})

	It("as there is nobody to be replaced is refused, and makes nobody", spec.Clause("scim.replace.unknown-is-404"), func(ctx SpecContext) {
		honest := client.User("Han Solo")

		Expect(client.Unmade(ctx, honest, func() provision.Answer {
			return client.Call(ctx, "PUT", "/Users/"+client.NoID(), honest)
		})).To(BeSCIMError(404, ""))
	})
})

// lastModified is when a resource was changed last, as it says itself.
func lastModified(ctx context.Context, client *spec.Client, r *spec.Resource) time.Time {
	text := client.Snapshot(ctx, r).Shown.Text("meta.lastModified")
	at, err := time.Parse(time.RFC3339Nano, text)
	spec.Given(err).NotTo(HaveOccurred(), "meta.lastModified is %q", text)
	return at
}

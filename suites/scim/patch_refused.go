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

var _ = spec.OverSCIM("A PATCH that makes no sense", func(client *spec.Client, _ *spec.Product) {
	// refusesAs proves that a body is refused 400 for this reason, and changes nothing.
	refusesAs := func(reason, clause, variant, title string, body any) {
		It("as "+title+" is refused", spec.Clause(clause).In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(client.Steadily(ctx, han, func() provision.Answer {
				return client.Call(ctx, "PATCH", han.Path, body)
			})).To(BeSCIMError(http.StatusBadRequest, reason))
		})
	}
	// refuses is that where the standard leaves open how the reason is called.
	refuses := func(clause, variant, title string, body any) { refusesAs("", clause, variant, title, body) }
	captain := spec.Replace("displayName", "Captain Solo")
	without := func(operation map[string]any, member string) map[string]any {
		delete(operation, member)
		return operation
	}
	with := func(operation map[string]any, member string, value any) map[string]any {
		operation[member] = value
		return operation
	}

	refuses("scim.patch.schema-required", "none", "it names no schema", spec.Body{"Operations": []any{captain}})
	refuses("scim.patch.schema-required", "another", "it names another schema", spec.Body{"schemas": []string{spec.UserSchema}, "Operations": []any{captain}})
	refuses("scim.patch.operations-required", "none", "it has no operations", spec.Body{"schemas": spec.PatchBody()["schemas"]})
	refuses("scim.patch.operations-required", "empty", "its list of operations is empty", spec.Body{"schemas": spec.PatchBody()["schemas"], "Operations": []any{}})
	refuses("scim.patch.operations-required", "no-list", "its operations are no list", spec.Body{"schemas": spec.PatchBody()["schemas"], "Operations": captain})
	refuses("scim.patch.op-required", "none", "an operation does not say what it does", spec.PatchBody(without(spec.Replace("displayName", "Captain Solo"), "op")))
	refuses("scim.patch.op-required", "empty", "an operation does nothing", spec.PatchBody(with(spec.Replace("displayName", "Captain Solo"), "op", "")))
	refuses("scim.patch.op-required", "unknown", "nobody knows what an operation does", spec.PatchBody(with(spec.Replace("displayName", "Captain Solo"), "op", "exchange")))
	refuses("scim.patch.value-required", "", "there is no value to add", spec.PatchBody(without(spec.Add("displayName", ""), "value")))
	refusesAs("noTarget", "scim.patch.remove-needs-path", "", "it does not say what to remove", spec.PatchBody(without(spec.Remove(""), "path")))
	refuses("scim.patch.unknown-path", "", "there is no such attribute", spec.PatchBody(spec.Replace("blaster", "DL-44")))
	refuses("scim.patch.unknown-path", "of-a-part", "there is no such part of an attribute", spec.PatchBody(spec.Replace("name.rank", "Captain")))
	refuses("scim.patch.malformed-path", "open-bracket", "a bracket of its path is open", spec.PatchBody(spec.Replace(`emails[type eq "work"`, email("work", "han@rollcall.test"))))
	refuses("scim.patch.malformed-path", "dots", "its path is dots", spec.PatchBody(spec.Replace("..name", "Captain")))
	refuses("scim.patch.wrong-type", "object", "a text would be an object", spec.PatchBody(spec.Replace("displayName", spec.Body{"text": "Captain Solo"})))
	refuses("scim.patch.wrong-type", "boolean", "a boolean would be any text", spec.PatchBody(spec.Replace("active", "perhaps")))
	refuses("scim.patch.read-only", "id", "it would change the id", spec.PatchBody(spec.Replace("id", "42")))
	refusesAs("mutability", "scim.patch.required-stays", "user-name", "nobody is without a user name", spec.PatchBody(spec.Remove("userName")))
	refusesAs("mutability", "scim.patch.required-stays", "id", "nobody is without an id", spec.PatchBody(spec.Remove("id")))

	It("for nobody is answered 404", spec.Clause("scim.patch.nobody"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Call(ctx, "PATCH", "/Users/"+client.NoID(), spec.PatchBody(captain))
		})).To(BeSCIMError(http.StatusNotFound, ""))
	})

	It("as the user name is somebody else's is refused", spec.Clause("scim.patch.clash-refused"), func(ctx SpecContext) {
		leia, han := client.Create(ctx, client.User("Leia Organa")), client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Patch(ctx, han, spec.Replace("userName", leia.Body["userName"]))
		})).To(Or(BeSCIMError(http.StatusConflict, "uniqueness"), BeSCIMError(http.StatusBadRequest, "mutability")))
		Expect(client.Filter(ctx, "/Users", leia.Filter())).To(BeListOf(leia))
	})

	It("as the path chooses no value is refused", spec.Clause("scim.patch.nothing-chosen"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work})))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Patch(ctx, han, spec.Replace(`emails[type eq "home"]`, home))
		})).To(BeSCIMError(http.StatusBadRequest, "noTarget"))
	})
})

var _ = spec.OverSCIM("A PATCH of which a part is wrong", func(client *spec.Client, _ *spec.Product) {
	for name, wrong := range map[string]map[string]any{
		"unknown-path": spec.Replace("blaster", "DL-44"),
		"wrong-type":   spec.Replace("active", "perhaps"),
		"read-only":    spec.Replace("id", "42"),
	} {
		It("changes nothing: "+strings.ReplaceAll(name, "-", " "), spec.Clause("scim.patch.atomic").In(name), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			answer := client.Steadily(ctx, han, func() provision.Answer {
				return client.Patch(ctx, han, spec.Replace("displayName", "Captain Solo"), wrong, spec.Replace("name.givenName", "Ben"))
			})

			Expect(answer).To(BeSCIMError(http.StatusBadRequest, ""))
		})
	}

})

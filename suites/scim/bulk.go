package scim

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

const bulkResponseSchema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

// making is an operation that makes something; to is one about a resource that is there.
func making(bulkID, path string, data spec.Body) spec.Body {
	return spec.Body{"method": "POST", "path": path, "bulkId": bulkID, "data": data}
}

func to(r *spec.Resource, method string, data spec.Body) spec.Body {
	operation := spec.Body{"method": method, "path": r.Path}
	if data != nil {
		operation["data"] = data
	}
	return operation
}

// bulkOf is a bulk request of these operations.
func bulkOf(operations ...spec.Body) spec.Body {
	return spec.Body{"schemas": []string{spec.BulkSchema}, "Operations": operations}
}

// renaming is what a PATCH operation says to give somebody another name.
func renaming(name string) spec.Body { return spec.PatchBody(spec.Replace("displayName", name)) }

// results are what became of the operations, in the order of the answer.
func results(answer provision.Answer) []provision.Document {
	ExpectWithOffset(1, answer).To(HaveStatus(http.StatusOK))
	document, err := answer.Document()
	ExpectWithOffset(1, err).NotTo(HaveOccurred())
	ExpectWithOffset(1, document["schemas"]).To(ConsistOf(bulkResponseSchema))
	listed, _ := document.At("Operations")
	entries, isList := listed.([]any)
	ExpectWithOffset(1, isList).To(BeTrue(), "the answer has no list of Operations")
	all := make([]provision.Document, len(entries))
	for i, entry := range entries {
		all[i], _ = entry.(map[string]any)
	}
	return all
}

// status is the HTTP status of a result: the standard shows a text, and a number says
// the same.
func status(result provision.Document) string {
	value, _ := result.At("status")
	if number, isNumber := value.(json.Number); isNumber {
		return number.String()
	}
	return result.Text("status")
}

// resultOf is the result of the operation with that bulkId; nil where there is not exactly
// one.
func resultOf(all []provision.Document, bulkID string) provision.Document {
	return oneResult(all, func(r provision.Document) bool { return r.Text("bulkId") == bulkID })
}

// about is the result of the operation on that resource; nil where there is not exactly
// one.
func about(all []provision.Document, r *spec.Resource) provision.Document {
	return oneResult(all, func(d provision.Document) bool { return strings.HasSuffix(d.Text("location"), r.Path) })
}

func oneResult(all []provision.Document, is func(provision.Document) bool) provision.Document {
	found := slices.DeleteFunc(slices.Clone(all), func(r provision.Document) bool { return !is(r) })
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// madeBy is the resource that an operation made.
func madeBy(client *spec.Client, result provision.Document, body spec.Body) *spec.Resource {
	ExpectWithOffset(1, status(result)).To(Equal("201"))
	path, below := strings.CutPrefix(result.Text("location"), strings.TrimRight(client.Connection().SCIM.BaseURL, "/"))
	ExpectWithOffset(1, below).To(BeTrue(), "location: %s", result.Text("location"))
	return &spec.Resource{ID: path[strings.LastIndexByte(path, '/')+1:], Path: path, Body: body}
}

var _ = spec.OverSCIM("A bulk request", func(client *spec.Client, _ *spec.Product) {
	It("makes people", spec.Clause("scim.bulk.creates"), func(ctx SpecContext) {
		han, leia := client.User("Han Solo"), client.User("Leia Organa")

		all := results(client.Post(ctx, "/Bulk", bulkOf(making("han", "/Users", han), making("leia", "/Users", leia))))

		Expect(client.ReadBack(ctx, madeBy(client, resultOf(all, "han"), han))).To(And(HaveAttribute("userName", han["userName"]), HaveAttribute("name", han["name"])))
		Expect(client.ReadBack(ctx, madeBy(client, resultOf(all, "leia"), leia))).To(And(HaveAttribute("userName", leia["userName"]), HaveAttribute("name", leia["name"])))
	})

	It("replaces, changes and deletes people", spec.Clause("scim.bulk.changes"), func(ctx SpecContext) {
		han, leia, lando := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa")), client.Create(ctx, client.User("Lando Calrissian"))

		all := results(client.Post(ctx, "/Bulk", bulkOf(
			to(han, "PUT", han.With(spec.With("displayName", "Captain Solo"))), to(leia, "PATCH", renaming("General Organa")), to(lando, "DELETE", nil))))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Captain Solo"))
		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("displayName", "General Organa"))
		Expect(client.Get(ctx, lando)).To(HaveStatus(http.StatusNotFound))
		Expect([]string{status(about(all, han)), status(about(all, leia)), status(about(all, lando))}).
			To(HaveExactElements(Equal("200"), BeElementOf("200", "204"), Equal("204")))
	})

	It("does its operations as if one after the other", spec.Clause("scim.bulk.in-order"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		all := results(client.Post(ctx, "/Bulk", bulkOf(to(han, "PATCH", renaming("First")), to(han, "PATCH", renaming("Second")), to(han, "PATCH", renaming("Last")))))

		Expect(all).To(HaveLen(3))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Last"))
	})

	It("is answered 200, with the bulkId of what was made", spec.Clause("scim.bulk.answered"), func(ctx SpecContext) {
		answer := client.Post(ctx, "/Bulk", bulkOf(making("qwerty", "/Users", client.User("Han Solo"))))

		Expect(answer).To(HaveStatus(http.StatusOK))
		Expect(status(resultOf(results(answer), "qwerty"))).To(Equal("201"))
	})

	It("goes on after an error, and tells of everything", spec.Clause("scim.bulk.goes-on"), func(ctx SpecContext) {
		han, leia, first, last := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa")), client.User("Luke Skywalker"), client.User("Wedge Antilles")
		taken := client.User("Greedo", spec.With("userName", han.Body["userName"]))

		all := results(client.Post(ctx, "/Bulk", bulkOf(making("first", "/Users", first), making("taken", "/Users", taken),
			to(&spec.Resource{Path: "/Users/" + client.NoID()}, "PATCH", renaming("Nobody")), to(leia, "PATCH", renaming("General Organa")), making("last", "/Users", last))))

		Expect(all).To(HaveLen(5))
		Expect(status(resultOf(all, "taken"))).To(Equal("409"))
		Expect(all).To(ContainElement(WithTransform(status, Equal("404"))))
		Expect(client.ReadBack(ctx, madeBy(client, resultOf(all, "first"), first))).To(HaveAttribute("userName", first["userName"]))
		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("displayName", "General Organa"))
		Expect(client.ReadBack(ctx, madeBy(client, resultOf(all, "last"), last))).To(HaveAttribute("userName", last["userName"]))
	})

	It("gives each operation the status that it would have had alone", spec.Clause("scim.bulk.status"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		all := results(client.Post(ctx, "/Bulk", bulkOf(making("made", "/Users", client.User("Leia Organa")),
			making("taken", "/Users", client.User("Greedo", spec.With("userName", han.Body["userName"]))), to(han, "DELETE", nil))))

		Expect([]string{status(resultOf(all, "made")), status(resultOf(all, "taken")), status(about(all, han))}).To(Equal([]string{"201", "409", "204"}))
	})

	It("says of an operation that failed why", spec.Clause("scim.bulk.error-told"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		all := results(client.Post(ctx, "/Bulk", bulkOf(making("taken", "/Users", client.User("Greedo", spec.With("userName", han.Body["userName"]))))))

		why, _ := resultOf(all, "taken").At("response")
		Expect(why).To(And(HaveKeyWithValue("schemas", ConsistOf("urn:ietf:params:scim:api:messages:2.0:Error")), HaveKeyWithValue("status", "409")))
	})

	It("ends after as many errors as it bears", spec.Clause("scim.bulk.fail-on-errors"), func(ctx SpecContext) {
		han, leia := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))
		taken := client.User("Greedo", spec.With("userName", han.Body["userName"]))
		request := bulkOf(to(leia, "PATCH", renaming("General Organa")), making("taken", "/Users", taken), to(han, "PATCH", renaming("Captain Solo")))
		request["failOnErrors"] = 1

		answer := client.Post(ctx, "/Bulk", request)

		Expect(answer.Status).To(Or(Equal(http.StatusOK), BeNumerically(">=", 400)))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Han Solo"))
		if answer.Status == http.StatusOK {
			Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("displayName", "General Organa"))
			Expect(status(resultOf(results(answer), "taken"))).To(Equal("409"))
			Expect(about(results(answer), han)).To(BeNil())
		}
		spec.Given(client.Post(ctx, "/Bulk", bulkOf(to(han, "PATCH", renaming("Captain Solo"))))).To(HaveStatus(http.StatusOK))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("displayName", "Captain Solo"))
	})

	It("bears fewer errors than it may", spec.Clause("scim.bulk.fail-on-errors").In("fewer"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		request := bulkOf(making("taken", "/Users", client.User("Greedo", spec.With("userName", han.Body["userName"]))), to(han, "PATCH", renaming("Captain Solo")))
		request["failOnErrors"] = 2

		Expect(results(client.Post(ctx, "/Bulk", request))).To(HaveLen(2))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Captain Solo"))
	})

	It("changes the version that it means, or nothing", spec.Clause("scim.bulk.version"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		old, operation := stale(ctx, client, han), to(han, "PATCH", renaming("Captain Solo"))

		operation["version"] = old
		Expect(status(about(results(client.Post(ctx, "/Bulk", bulkOf(operation))), han))).To(Equal("412"))
		Expect(client.Get(ctx, han)).To(HaveAttribute("displayName", "Changed Meanwhile"))

		operation["version"] = versionOf(ctx, client, han)
		Expect(status(about(results(client.Post(ctx, "/Bulk", bulkOf(operation))), han))).To(BeElementOf("200", "204"))
		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("displayName", "Captain Solo"))
	})

	It("without a token does nothing", spec.Clause("scim.bulk.needs-token"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Post(ctx, "/Bulk", bulkOf(to(han, "PATCH", renaming("Captain Solo"))), spec.Bearing(""))
		})).To(BeSCIMError(http.StatusUnauthorized, ""))
	})
})

var _ = spec.OverSCIM("A bulk request with references", func(client *spec.Client, _ *spec.Product) {
	It("gives somebody the manager that it makes", spec.Clause("scim.bulk.reference-manager"), func(ctx SpecContext) {
		const manager = spec.EnterpriseSchema + ":manager"
		leia := client.User("Leia Organa")
		han := client.User("Han Solo", spec.With(manager, spec.Body{"value": "bulkId:boss"}))

		all := results(client.Post(ctx, "/Bulk", bulkOf(making("boss", "/Users", leia), making("han", "/Users", han))))

		boss, who := madeBy(client, resultOf(all, "boss"), leia), madeBy(client, resultOf(all, "han"), han)
		Expect(client.Get(ctx, who)).To(HaveAttribute(manager+".value", boss.ID))
	})

})

var _ = spec.OverSCIM("A bulk request that makes no sense", func(client *spec.Client, _ *spec.Product) {
	It("as it names no schema is refused", spec.Clause("scim.bulk.schema-required"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Post(ctx, "/Bulk", spec.Body{"Operations": []spec.Body{to(han, "PATCH", renaming("Captain Solo"))}})
		})).To(BeSCIMError(http.StatusBadRequest, ""))
	})

	for _, lacking := range []string{"method", "data"} {
		It("does nothing of an operation without "+lacking, spec.Clause("scim.bulk.whole-operations").In(lacking), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			operation := to(han, "PATCH", renaming("Captain Solo"))
			delete(operation, lacking)

			Expect(client.Steadily(ctx, han, func() provision.Answer { return client.Post(ctx, "/Bulk", bulkOf(operation)) })).To(refusedInBulk())
		})
	}

	for _, c := range []struct{ variant, lacking, title string }{
		{"bulk-id", "bulkId", "makes nobody whom it gives no bulkId"},
		{"path", "path", "makes nobody of whom it does not say where"},
	} {
		It(c.title, spec.Clause("scim.bulk.whole-operations").In(c.variant), func(ctx SpecContext) {
			han := client.User("Han Solo")
			operation := making("qwerty", "/Users", han)
			delete(operation, c.lacking)

			Expect(client.Unmade(ctx, han, func() provision.Answer { return client.Post(ctx, "/Bulk", bulkOf(operation)) })).To(refusedInBulk())
		})
	}
})

// refusedInBulk holds for a bulk request that was refused as a whole, or in which every
// operation was: the standard leaves open which.
func refusedInBulk() OmegaMatcher {
	refused := func(answer provision.Answer) bool {
		document, err := answer.Document()
		listed, _ := document.At("Operations")
		entries, isList := listed.([]any)
		return err == nil && answer.Status == http.StatusOK && isList && len(entries) > 0 &&
			!slices.ContainsFunc(entries, func(entry any) bool {
				result, _ := entry.(map[string]any)
				return !strings.HasPrefix(status(result), "4")
			})
	}
	return Or(BeRefusedOverSCIM(), WithTransform(refused, BeTrue()))
}

var _ = spec.OverSCIM("A bulk request that is too much", func(client *spec.Client, _ *spec.Product) {
	It("has bounds that the product names", spec.Clause("scim.bulk.bounds-named"), func(ctx SpecContext) {
		Expect(bulkBound(ctx, client, "maxOperations")).To(BeNumerically(">", 0))
		Expect(bulkBound(ctx, client, "maxPayloadSize")).To(BeNumerically(">", 0))
		spec.Given(client.Post(ctx, "/Bulk", bulkOf(making("qwerty", "/Users", client.User("Han Solo"))))).To(HaveStatus(http.StatusOK))
	})

	It("as it has too many operations is refused whole", spec.Clause("scim.bulk.too-many"), func(ctx SpecContext) {
		most := affordable(ctx, client, "maxOperations", 5000)
		han := client.Create(ctx, client.User("Han Solo"))
		many := slices.Repeat([]spec.Body{to(han, "PATCH", renaming("Captain Solo"))}, most+1)

		answer := client.Steadily(ctx, han, func() provision.Answer { return client.Post(ctx, "/Bulk", bulkOf(many...)) })

		Expect(answer).To(BeSCIMError(http.StatusRequestEntityTooLarge, ""))
		Expect(answer.Detail()).To(ContainSubstring(strconv.Itoa(most)))
		Expect(results(client.Post(ctx, "/Bulk", bulkOf(many[:2]...)))).To(HaveLen(2))
	})

	It("as it is too long is refused whole", spec.Clause("scim.bulk.too-large"), func(ctx SpecContext) {
		most := affordable(ctx, client, "maxPayloadSize", 4<<20)
		han := client.Create(ctx, client.User("Han Solo"))
		request := bulkOf(to(han, "PATCH", renaming("Captain Solo")))
		request["padding"] = strings.Repeat("a", most)

		answer := client.Steadily(ctx, han, func() provision.Answer { return client.Post(ctx, "/Bulk", request) })

		Expect(answer).To(BeSCIMError(http.StatusRequestEntityTooLarge, ""))
		Expect(answer.Detail()).To(ContainSubstring(strconv.Itoa(most)))
		delete(request, "padding")
		Expect(results(client.Post(ctx, "/Bulk", request))).To(HaveLen(1))
	})
})

// bulkBound is a bound that the ServiceProviderConfig names; 0 where it names none.
func bulkBound(ctx context.Context, client *spec.Client, name string) int {
	value, _ := client.Config(ctx).At("bulk." + name)
	number, _ := value.(json.Number)
	bound, _ := strconv.Atoi(number.String())
	return bound
}

// affordable is a bound that a run can go beyond. Where the product names none, or one
// that would take too much, it is not held to it.
func affordable(ctx context.Context, client *spec.Client, name string, most int) int {
	bound := bulkBound(ctx, client, name)
	switch {
	case bound == 0:
		client.NotOffered("its ServiceProviderConfig names no bulk." + name)
	case bound > most:
		client.NotOffered("its bulk." + name + " is more than a run sends")
	}
	return bound
}

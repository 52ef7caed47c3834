package okta

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

const (
	listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
)

// expectUser makes the assertions of Okta's suite about a user that it reads.
func expectUser(user provision.Document) {
	GinkgoHelper()
	for _, path := range []string{"id", "userName", "name.givenName", "name.familyName"} {
		Expect(user.Text(path)).NotTo(BeEmpty(), "its %s is a text", path)
	}
	Expect(user).To(HaveAttribute("active", BeAssignableToTypeOf(true)), "its active is a truth value")
	Expect(user).To(HaveAttribute("emails", ContainElement(HaveKeyWithValue("value", ContainSubstring("@")))), "its emails have an address")
}

// expectNobody makes the assertions about a look-up that finds nobody.
func expectNobody(answer provision.Answer) {
	GinkgoHelper()
	Expect(answer.Status).To(Equal(200), "the status is 200")
	Expect(answer).To(HaveAttribute("schemas", ContainElement(listSchema)), "the body is a ListResponse")
	Expect(answer).To(HaveCounter("totalResults", 0), "totalResults is the number 0")
}

// expectError makes the assertions about a refusal.
func expectError(answer provision.Answer, status int) {
	GinkgoHelper()
	Expect(answer.Status).To(Equal(status), "the status is %d", status)
	Expect(answer).To(BeRefusedOverSCIM(), "the body is an Error")
	Expect(answer.Detail()).NotTo(BeEmpty(), "detail is a text")
	Expect(answer).To(BeSCIMError(status, ""), "status in the body is %d", status)
}

// acceptance is the specification suite that Okta has a vendor run, request by request.
// A vendor's directory has somebody in it before Okta begins.
var _ = spec.Section("In Okta's own acceptance suite", func(okta *spec.Okta, product *spec.Product) {
	It("the first user is listed", spec.Clause("okta.spec.lists-users"), func(ctx SpecContext) {
		client := okta.Client()
		client.Create(ctx, client.User("Han Solo"))

		answer := okta.Call(ctx, "GET", "/Users?count=1&startIndex=1", nil)

		Expect(answer.Status).To(Equal(200), "the status is 200")
		Expect(answer).To(HaveAttribute("schemas", ContainElement(listSchema)), "the body is a ListResponse")
		list, _ := answer.Document()
		for _, name := range []string{"totalResults", "startIndex", "itemsPerPage"} {
			Expect(number(list, name)).To(BeTrue(), "%s is a number", name)
		}
		listed, err := answer.Documents()
		Expect(err).NotTo(HaveOccurred())
		Expect(listed).NotTo(BeEmpty(), "Resources has somebody in it")
		expectUser(listed[0])
	})

	It("a listed user is read", spec.Clause("okta.spec.reads-user"), func(ctx SpecContext) {
		client := okta.Client()
		client.Create(ctx, client.User("Han Solo"))
		listed, _ := okta.Call(ctx, "GET", "/Users?count=1&startIndex=1", nil).Documents()
		spec.Given(listed).To(HaveLen(1))

		answer := okta.Call(ctx, "GET", provision.UserPath(listed[0].Text("id")), nil)

		Expect(answer.Status).To(Equal(200), "the status is 200")
		user, err := answer.Document()
		Expect(err).NotTo(HaveOccurred())
		expectUser(user)
		Expect(user.Text("id")).To(Equal(listed[0].Text("id")), "its id is the one that was asked for")
	})

	for _, nobody := range []struct{ name, userName string }{
		{"no-address", "abcdefgh"}, {"random-address", "rndm@rollcall.test"},
	} {
		It("nobody is found: "+nobody.name, spec.Clause("okta.spec.finds-nobody").In(nobody.name), func(ctx SpecContext) {
			client := okta.Client()
			han := client.Create(ctx, client.User("Han Solo"))
			spec.Given(okta.Find(ctx, han.Body["userName"].(string))).To(BeListOf(han))

			expectNobody(okta.Find(ctx, okta.Tag()+nobody.userName))
		})
	}

	for _, unknown := range []struct{ name, id string }{
		{"long", "010101001010101011001010101011"}, {"short", "00919288221112222"},
	} {
		It("nobody has an id that was made up: "+unknown.name, spec.Clause("okta.spec.unknown-user").In(unknown.name), func(ctx SpecContext) {
			client := okta.Client()
			spec.Given(client.Get(ctx, client.Create(ctx, client.User("Han Solo")))).To(HaveStatus(200))

			expectError(okta.Call(ctx, "GET", "/Users/"+unknown.id, nil), 404)
		})
	}

	It("a user is created", spec.Clause("okta.spec.creates-user"), func(ctx SpecContext) {
		client := okta.Client()
		body := client.User("Runscope Test", spec.Without("externalId"))

		answer := client.Post(ctx, "/Users", body, plainly()...)

		Expect(answer.Status).To(Equal(201), "the status is 201")
		Expect(answer).To(HaveAttribute("active", true), "active is true")
		Expect(answer.ID()).NotTo(BeEmpty(), "there is an id")
		Expect(answer).To(HaveAttribute("name.familyName", "Test"), "the family name is the one that was sent")
		Expect(answer).To(HaveAttribute("name.givenName", "Runscope"), "the given name is the one that was sent")
		Expect(answer).To(HaveAttribute("schemas", ContainElement(spec.UserSchema)), "the schemas name User")
		Expect(answer).To(HaveAttribute("userName", body["userName"]), "the user name is the one that was sent")
		spec.Given(client.Filter(ctx, "/Users", "userName eq "+spec.Quoted(body["userName"].(string)))).To(BeListOf(client.Made(answer, body)))
	})

	It("a user that was created is read", spec.Clause("okta.spec.reads-created-user"), func(ctx SpecContext) {
		client := okta.Client()
		made := client.Create(ctx, client.User("Runscope Test"), plainly()...)

		answer := client.Get(ctx, made)

		Expect(answer.Status).To(Equal(200), "the status is 200")
		Expect(answer).To(HaveAttribute("userName", made.Body["userName"]), "the user name is the one that was sent")
		Expect(answer).To(HaveAttribute("name.familyName", "Test"), "the family name is the one that was sent")
		Expect(answer).To(HaveAttribute("name.givenName", "Runscope"), "the given name is the one that was sent")
	})

	It("a user is created once", spec.Clause("okta.spec.refuses-second"), func(ctx SpecContext) {
		client := okta.Client()
		made := client.Create(ctx, client.User("Runscope Test"), plainly()...)

		again := client.Post(ctx, "/Users", made.With(spec.Without("id")), plainly()...)

		Expect(again.Status).To(Equal(409), "the status is 409")
	})

	It("a user is found in capitals", spec.Clause("okta.spec.finds-in-capitals"), func(ctx SpecContext) {
		client := okta.Client()
		made := client.Create(ctx, client.User("Runscope Test"), plainly()...)

		answer := okta.Find(ctx, strings.ToUpper(made.Body["userName"].(string)))

		Expect(answer.Status).To(Equal(200), "the status is 200")
		Expect(answer).To(BeListOf(made), "the user is in the list")
	})

	It("groups are listed", spec.Clause("okta.spec.lists-groups"), func(ctx SpecContext) {
		okta := withGroups(ctx, product)
		rebels := pushed(ctx, okta)
		spec.Given(okta.Client().Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name()))

		answer := okta.Call(ctx, "GET", "/Groups?startIndex=1&count=100", nil)

		Expect(answer.Status).To(Equal(200), "the status is 200")
		Expect(answer).To(HaveAttribute("schemas", ContainElement(listSchema)), "the body is a ListResponse")
	})

	It("nobody comes in with a token that is none", spec.Clause("okta.spec.refuses-wrong-token"), func(ctx SpecContext) {
		client := okta.Client()
		made := client.Create(ctx, client.User("Runscope Test"))
		spec.Given(client.Filter(ctx, "/Users", made.Filter())).To(BeListOf(made))

		expectError(client.Filter(ctx, "/Users", made.Filter(), spec.Header("Authorization", "non-token")), 401)
		spec.Given(client.Filter(ctx, "/Users", made.Filter())).To(BeListOf(made))
	})
})

// plainly is how Okta's suite sends a body: as JSON, not as SCIM.
func plainly() []spec.Asking {
	return []spec.Asking{
		spec.Header("Accept", "application/scim+json; charset=utf-8"), spec.Header("Content-Type", "application/json"),
		spec.Header("User-Agent", "OKTA SCIM Integration"),
	}
}

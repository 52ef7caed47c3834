package scim

import (
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// odd are texts that mean something to some interpreter, which a server that puts them
// together with others would let out.
var odd = map[string]string{
	"quotes": `o'brien "the" o\'b`, "backslash": `a\b\\c\"`, "percent": `100%_of%`, "sql": `'; DROP TABLE users; --`, "or": `x" or "1" eq "1`,
	"markup": `<script>alert(1)</script>&amp;`, "template": `${jndi:ldap://x.test/a} {{7*7}} #{1}`, "path": `../../etc/passwd`,
	"plus": `a+b c%20d`, "unicode": "Zoë \u202e\U0001F680 ﬁ", "long": strings.Repeat("longlong", 24),
}

var _ = spec.OverSCIM("An odd value", func(client *spec.Client, _ *spec.Product) {
	for variant, text := range odd {
		It("is kept letter for letter, and finds only whom it names", spec.Clause("scim.injection.found-by-its-value").In(variant), func(ctx SpecContext) {
			other := client.Create(ctx, client.User("Wedge Antilles"))
			han := client.Create(ctx, client.User("Han Solo", spec.With("externalId", text+client.Tag()), spec.With("name.familyName", text)))

			found := client.Filter(ctx, "/Users", "externalId eq "+spec.Quoted(text+client.Tag()))

			Expect(found).To(BeListOf(han))
			Expect(found).To(HaveNotListed(other))
			Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("externalId", text+client.Tag()), HaveAttribute("name.familyName", text)))
		})
	}

	for variant, filter := range map[string]string{
		"or-true": `userName eq "nobody-TAG" or "1" eq "1"`, "quote-out": `userName eq "nobody-TAG"" or userName pr`,
		"quote-and-sql": `userName eq "nobody-TAG' OR '1'='1"`, "comment": `userName eq "nobody-TAG"; --`, "percent": `userName eq "%"`,
		"star": `userName eq "*"`, "sub-select": `userName eq "nobody-TAG' UNION SELECT * FROM records --"`, "ldap": `userName eq "*)(uid=*))(|(uid=*"`,
		"null": "userName eq \"nobody-TAG\u0000\"",
	} {
		It("in a filter finds nobody whom it does not name", spec.Clause("scim.injection.filter-finds-no-more").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			wanted := strings.ReplaceAll(filter, "TAG", client.Tag())

			answer := client.Steadily(ctx, han, func() provision.Answer { return client.Filter(ctx, "/Users", wanted) })

			Expect(answer).To(Or(BeSCIMError(400, ""), BeListOf[*spec.Resource]()))
		})
	}

	for variant, id := range map[string]string{
		"sql": `' OR '1'='1`, "path-up": "../Users", "percent": "%", "star": "*", "null": "a\u0000b", "lines": "a\r\nX-Injected: yes",
	} {
		It("for an id leads to nobody", spec.Clause("scim.injection.id-leads-nowhere").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			answer := client.Steadily(ctx, han, func() provision.Answer { return client.Call(ctx, "GET", "/Users/"+url.PathEscape(id), nil) })

			Expect(answer).To(Or(BeSCIMError(404, ""), BeSCIMError(400, "")))
			Expect(answer).To(HaveHeader("X-Injected", ""))
		})
	}

	It("is no line of a header, whether it is taken or not", spec.Clause("scim.injection.headers"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Steadily(ctx, han, func() provision.Answer {
			return client.Post(ctx, "/Users", client.User("Greedo", spec.With("displayName", "x\r\nX-Injected: yes")))
		})

		Expect(answer).To(HaveHeader("X-Injected", ""))
		Expect(answer).To(Or(BeSCIMError(400, ""), HaveStatus(201)))
	})
})

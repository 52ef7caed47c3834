package scim

import (
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// Each filter here is asked about people whom only this spec made: some who match, and
// some who do not. Whoever else is in the directory cannot match.

var _ = spec.OverSCIM("A look-up", func(client *spec.Client, _ *spec.Product) {
	for _, attribute := range []string{"userName", "externalId", "id"} {
		It("by "+attribute+" finds one person and no other", spec.Clause("scim.filter.look-up").In(strings.ToLower(attribute)), func(ctx SpecContext) {
			han, leia := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))

			Expect(client.Filter(ctx, "/Users", attribute+" eq "+spec.Quoted(han.Body[attribute].(string)))).To(BeListOf(han))
			Expect(client.Filter(ctx, "/Users", attribute+" eq "+spec.Quoted(leia.Body[attribute].(string)))).To(BeListOf(leia))
		})
	}

	for variant, attribute := range map[string]string{"user-name-within": "userName", "external-id-within": "externalId"} {
		It("by "+attribute+" finds nobody of whose it is a part", spec.Clause("scim.filter.look-up").In(variant), func(ctx SpecContext) {
			whole := "ann." + client.Tag() + "@rollcall.test"
			ann := client.Create(ctx, client.User("Ann Solo", spec.With(attribute, whole)))
			client.Create(ctx, client.User("Joann Solo", spec.With(attribute, "jo"+whole)))
			client.Create(ctx, client.User("Ann Organa", spec.With(attribute, whole+".example")))

			Expect(client.Filter(ctx, "/Users", attribute+" eq "+spec.Quoted(whole))).To(BeListOf(ann))
		})
	}

	It("of nobody finds nobody, and is no error", spec.Clause("scim.filter.nobody"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))

		Expect(client.Filter(ctx, "/Users", "userName eq "+spec.Quoted("nobody."+client.Tag()+"@rollcall.test"))).
			To(And(BeListOf[*spec.Resource](), HaveCounter("totalResults", 0)))
	})

	for _, c := range []struct{ variant, title, name string }{
		{"quote", "a quotation mark", `Han "Captain" Solo`},
		{"backslash", "a backslash", `Han \ Solo`},
		{"backslash-quote", "a backslash before a quotation mark", `Han \"or\" Solo`},
		{"plus", "a plus sign", "Han + Solo"},
		{"percent", "a percent sign", "Han %41 Solo"},
		{"ampersand", "an ampersand and a number sign", "Han & Solo #1"},
		{"apostrophe", "an apostrophe", "Han O'Solo"},
		{"unicode", "letters and signs of other scripts", "Łukasz 周 🚀 Ωmega"},
		{"brackets", "brackets and operators", `Han (or) [type eq] and Solo`},
		{"long", "a thousand letters", strings.Repeat("Han Solo ", 110) + "."},
	} {
		It("of a name with "+c.title+" finds it", spec.Clause("scim.filter.any-text").In(c.variant), func(ctx SpecContext) {
			name := c.name + " " + client.Tag()
			han := client.Create(ctx, known(client, "Han Solo", spec.With("displayName", name)))
			client.Create(ctx, known(client, "Leia Organa"))
			spec.Given(client.Get(ctx, han)).To(HaveAttribute("displayName", name))

			Expect(client.Filter(ctx, "/Users", "displayName eq "+spec.Quoted(name))).To(BeListOf(han))
			Expect(client.Filter(ctx, "/Users", "displayName eq "+spec.Quoted("not "+name))).To(BeListOf[*spec.Resource]())
		})
	}
})

var _ = spec.OverSCIM("A filter", func(client *spec.Client, _ *spec.Product) {
	// finds proves what a filter finds among Han Solo, who has a nickname, and Leia Organa,
	// who has none and is inactive, where the product keeps such ones. The words "TAG" stand
	// for the tag of the spec.
	finds := func(clause, variant, title, filter string, han, leia bool) {
		It(title, spec.Clause(clause).In(variant), func(ctx SpecContext) {
			if strings.Contains(strings.ToLower(filter), "active") {
				client.NeedsInactive()
			}
			active := !client.KeepsInactive()
			solo := client.Create(ctx, known(client, "Han Solo", spec.With("nickName", "Kid")))
			organa := client.Create(ctx, known(client, "Leia Organa", spec.With("active", active)))
			var want []*spec.Resource
			if han {
				want = append(want, solo)
			}
			if leia {
				want = append(want, organa)
			}

			spec.Given(client.Get(ctx, solo)).To(And(HaveAttribute("displayName", "Han Solo"), HaveAttribute("active", true)))
			spec.Given(client.Get(ctx, organa)).To(And(HaveAttribute("displayName", "Leia Organa"), HaveAttribute("active", active)))

			Expect(client.Filter(ctx, "/Users", among(client, strings.ReplaceAll(filter, "TAG", client.Tag())))).To(BeListOf(want...))
		})
	}

	finds("scim.filter.eq", "", "finds what is equal", `displayName eq "Han Solo"`, true, false)
	finds("scim.filter.eq", "not-a-beginning", "takes no beginning for the whole", `displayName eq "Han"`, false, false)
	finds("scim.filter.ne", "", "finds what is not equal", `displayName ne "Han Solo"`, false, true)
	finds("scim.filter.co", "", "finds what stands within", `displayName co "an So"`, true, false)
	finds("scim.filter.co", "whole", "finds the whole within itself", `displayName co "Leia Organa"`, false, true)
	finds("scim.filter.sw", "", "finds a beginning", `displayName sw "Han"`, true, false)
	finds("scim.filter.sw", "not-an-end", "takes no end for a beginning", `displayName sw "Solo"`, false, false)
	finds("scim.filter.ew", "", "finds an end", `displayName ew "Organa"`, false, true)
	finds("scim.filter.ew", "not-a-beginning", "takes no beginning for an end", `displayName ew "Leia"`, false, false)
	finds("scim.filter.pr", "", "finds what is there", `nickName pr`, true, false)
	finds("scim.filter.pr", "complex", "finds parts that are there", `name pr and name.givenName pr`, true, true)
	finds("scim.filter.pr", "false", "takes false for a value that is there", `active pr`, true, true)
	finds("scim.filter.order", "gt", "finds what is greater", `displayName gt "Han Solo"`, false, true)
	finds("scim.filter.order", "ge", "finds what is greater or equal", `displayName ge "Han Solo"`, true, true)
	finds("scim.filter.order", "lt", "finds what is less", `displayName lt "Leia Organa"`, true, false)
	finds("scim.filter.order", "le", "finds what is less or equal", `displayName le "Leia Organa"`, true, true)
	finds("scim.filter.moments", "gt", "finds what is later", `meta.lastModified gt "2001-01-01T00:00:00Z" and meta.created gt "2001-01-01T00:00:00Z"`, true, true)
	finds("scim.filter.moments", "not-gt", "does not find what is not later", `meta.lastModified gt "2999-01-01T00:00:00Z"`, false, false)
	finds("scim.filter.moments", "lt", "finds what is earlier", `meta.lastModified lt "2999-01-01T00:00:00+05:00"`, true, true)
	finds("scim.filter.moments", "not-lt", "does not find what is not earlier", `meta.lastModified le "2001-01-01T00:00:00.000Z" or meta.created lt "2001-01-01T00:00:00Z"`, false, false)
	finds("scim.filter.and", "", "finds what both of two say", `displayName sw "Han" and active eq true`, true, false)
	finds("scim.filter.and", "none", "finds nobody of whom only one of two is true", `displayName sw "Leia" and active eq true`, false, false)
	finds("scim.filter.or", "", "finds what either of two says", `displayName eq "Han Solo" or displayName eq "Leia Organa"`, true, true)
	finds("scim.filter.or", "one", "finds nobody of whom neither of two is true", `displayName eq "Han Solo" or displayName eq "Lando"`, true, false)
	finds("scim.filter.not", "", "finds what is not so", `not (displayName eq "Han Solo")`, false, true)
	finds("scim.filter.not", "of-two", "finds what is not both", `not (displayName sw "Han" or active eq true)`, false, true)
	finds("scim.filter.precedence", "", "puts and before or", `displayName eq "Leia Organa" or displayName eq "Han Solo" and active eq true`, true, true)
	finds("scim.filter.precedence", "not", "puts not before and", `not (displayName eq "Han Solo") and active eq false`, false, true)
	finds("scim.filter.grouping", "", "does first what stands in brackets", `(displayName eq "Leia Organa" or displayName eq "Han Solo") and active eq true`, true, false)
	finds("scim.filter.grouping", "nested", "reads brackets within brackets", `((displayName eq "Leia Organa") or ((displayName eq "Han Solo") and (active eq false)))`, false, true)
	finds("scim.filter.boolean", "true", "finds who is active", `active eq true`, true, false)
	finds("scim.filter.boolean", "false", "finds who is not active", `active eq false`, false, true)
	finds("scim.filter.names-in-any-case", "", "names attributes in any case", `DISPLAYNAME eq "Han Solo" and NAME.familyname eq "Solo"`, true, false)
	finds("scim.filter.operators-in-any-case", "", "writes operators in any case", `displayName EQ "Han Solo" AND NOT (active Eq false)`, true, false)
	finds("scim.filter.part", "", "reaches a part of a complex attribute", `name.familyName eq "Solo"`, true, false)
	finds("scim.filter.with-urn", "", "names an attribute with its schema", spec.UserSchema+`:name.familyName eq "Solo"`, true, false)
	finds("scim.filter.case-folded", "eq", "passes over case where the attribute does", `displayName eq "HAN SOLO" and userName co "TAG.HAN"`, true, false)
	finds("scim.filter.case-folded", "sw", "passes over case in a beginning", `displayName sw "hAN s"`, true, false)
	finds("scim.filter.literal", "percent", "takes a percent sign for itself", `displayName co "%"`, false, false)
	finds("scim.filter.literal", "underscore", "takes an underscore for itself", `displayName sw "H_n"`, false, false)
	finds("scim.filter.literal", "star", "takes a star for itself", `displayName eq "*" or displayName sw "Han*"`, false, false)

	It("compares moments, and not how they are written", spec.Clause("scim.filter.moments").In("zones"), func(ctx SpecContext) {
		han := client.Create(ctx, known(client, "Han Solo"))
		made, err := time.Parse(time.RFC3339Nano, client.Snapshot(ctx, han).Shown.Text("meta.created"))
		spec.Given(err).NotTo(HaveOccurred())
		at := func(hours, zone int) string {
			return spec.Quoted(made.Add(time.Duration(hours) * time.Hour).In(time.FixedZone("", zone*60*60)).Format("2006-01-02T15:04:05-07:00"))
		}

		Expect(client.Filter(ctx, "/Users", among(client, "meta.created lt "+at(1, -11)+" and meta.created gt "+at(-1, 12)))).To(BeListOf(han))
		Expect(client.Filter(ctx, "/Users", among(client, "meta.created gt "+at(1, -11)+" or meta.created lt "+at(-1, 12)))).To(BeListOf[*spec.Resource]())
	})

	It("minds case where the attribute does", spec.Clause("scim.filter.case-exact"), func(ctx SpecContext) {
		exact := "Ext-" + client.Tag() + "-aBc"
		han := client.Create(ctx, client.User("Han Solo", spec.With("externalId", exact)))
		client.Create(ctx, client.User("Leia Organa", spec.With("externalId", strings.ToUpper(exact))))

		Expect(client.Filter(ctx, "/Users", "externalId eq "+spec.Quoted(exact))).To(BeListOf(han))
		Expect(client.Filter(ctx, "/Users", "externalId eq "+spec.Quoted(strings.ToLower(exact)))).To(BeListOf[*spec.Resource]())
	})
})

var _ = spec.OverSCIM("A filter about many values", func(client *spec.Client, _ *spec.Product) {
	It("asks all of its conditions of the same value", spec.Clause("scim.filter.value-path"), func(ctx SpecContext) {
		work, home := addresses(client)
		swapped := []any{email("home", work["value"].(string)), email("work", "desk."+client.Tag()+"@rollcall.test")}
		han := client.Create(ctx, known(client, "Han Solo", spec.With("emails", []any{work, home})))
		leia := client.Create(ctx, known(client, "Leia Organa", spec.With("emails", swapped)))
		spec.Given(client.Get(ctx, leia)).To(HaveAttribute("emails", swapped))

		Expect(client.Filter(ctx, "/Users", `emails[type eq "work" and value eq `+spec.Quoted(work["value"].(string))+`]`)).To(BeListOf(han))
		Expect(client.Filter(ctx, "/Users", `emails[type eq "home" and value eq `+spec.Quoted(work["value"].(string))+`]`)).To(BeListOf(leia))
	})

	It("is met by any one of them", spec.Clause("scim.filter.any-value"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, known(client, "Han Solo", spec.With("emails", []any{work, home})))
		client.Create(ctx, known(client, "Leia Organa"))

		for _, value := range []any{work["value"], home["value"]} {
			Expect(client.Filter(ctx, "/Users", "emails.value eq "+spec.Quoted(value.(string)))).To(BeListOf(han))
		}
	})

	It("asks for an attribute of the enterprise extension", spec.Clause("scim.filter.enterprise"), func(ctx SpecContext) {
		const number = spec.EnterpriseSchema + ":employeeNumber"
		han := client.Create(ctx, known(client, "Han Solo", spec.With(number, "1138-"+client.Tag())))
		client.Create(ctx, known(client, "Leia Organa", spec.With(number, "2187-"+client.Tag())))

		Expect(client.Filter(ctx, "/Users", number+" eq "+spec.Quoted("1138-"+client.Tag()))).To(BeListOf(han))
	})

	It("asks for an extension", spec.Clause("scim.filter.by-schema"), func(ctx SpecContext) {
		han := client.Create(ctx, known(client, "Han Solo", spec.With(spec.EnterpriseSchema+":employeeNumber", "1138")))
		client.Create(ctx, known(client, "Leia Organa"))

		Expect(client.Filter(ctx, "/Users", among(client, "schemas eq "+spec.Quoted(spec.EnterpriseSchema)))).To(BeListOf(han))
	})
})

var _ = spec.OverSCIM("A filter that is none", func(client *spec.Client, _ *spec.Product) {
	refuses := func(clause, variant, title, filter string) {
		It(title+" is refused", spec.Clause(clause).In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, known(client, "Han Solo"))
			asked := strings.ReplaceAll(filter, "FILTER", han.Filter())

			answer := client.Steadily(ctx, han, func() provision.Answer { return client.Filter(ctx, "/Users", asked) })

			Expect(answer).To(BeSCIMError(http.StatusBadRequest, "invalidFilter"))
			Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
		})
	}

	refuses("scim.filter.unknown-operator", "", "by an operator that nobody knows", `userName regex ".*"`)
	refuses("scim.filter.unknown-operator", "after-and", "by an operator that nobody knows, after a filter that is one,", `FILTER and displayName like "%"`)
	refuses("scim.filter.malformed", "empty", "as it says nothing", ``)
	refuses("scim.filter.malformed", "bracket", "as a bracket is open", `(FILTER`)
	refuses("scim.filter.malformed", "quote", "as a quotation mark is open", `userName eq "han`)
	refuses("scim.filter.malformed", "no-value", "as it has nothing to compare with", `userName eq`)
	refuses("scim.filter.malformed", "no-operator", "as it has no operator", `userName "han"`)
	refuses("scim.filter.malformed", "bare-word", "as a text stands there without quotation marks", `userName eq han`)
	refuses("scim.filter.malformed", "ends-in-and", "as it ends too early", `FILTER and`)
	refuses("scim.filter.malformed", "goes-on", "as it goes on after its end", `FILTER FILTER`)
	refuses("scim.filter.malformed", "value-path", "as its brackets choose nothing", `emails[type eq "work"`)
	refuses("scim.filter.no-order", "gt", "as true is not greater than false", `active gt false`)
	refuses("scim.filter.no-order", "le", "as false is not less than true", `active le true`)
})

var _ = spec.OverSCIM("A filter about an extension of the product's own", func(client *spec.Client, _ *spec.Product) {
	It("compares numbers, and not how they are written", spec.Clause("scim.filter.numbers"), func(ctx SpecContext) {
		path := ownAttribute(ctx, client, func(a provision.Document) bool { return plainly(a, "integer") && a.Text("mutability") == "readWrite" })
		han := client.Create(ctx, known(client, "Han Solo", spec.With(path, 42)))
		leia := client.Create(ctx, known(client, "Leia Organa", spec.With(path, 7)))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute(path, 42))

		Expect(client.Filter(ctx, "/Users", among(client, path+" gt 9"))).To(BeListOf(han))
		Expect(client.Filter(ctx, "/Users", among(client, path+" le 9"))).To(BeListOf(leia))
		Expect(client.Filter(ctx, "/Users", among(client, path+" eq 42"))).To(BeListOf(han))
	})

	It("minds case where the schema says so", spec.Clause("scim.filter.extension"), func(ctx SpecContext) {
		path, text := customText(ctx, client, "default", true), "aBc-"+client.Tag()
		han := client.Create(ctx, known(client, "Han Solo", spec.With(path, text)))
		client.Create(ctx, known(client, "Leia Organa", spec.With(path, "other-"+client.Tag())))

		Expect(client.Filter(ctx, "/Users", path+" eq "+spec.Quoted(text))).To(BeListOf(han))
		Expect(client.Filter(ctx, "/Users", path+" eq "+spec.Quoted(strings.ToUpper(text)))).To(BeListOf[*spec.Resource]())
	})
})

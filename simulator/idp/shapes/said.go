package shapes

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// said are about attributes and statements: what else an assertion may say.
var said = []Shape{
	{Row: "POS-12", Proves: "values", Name: "several-values", Summary: "with an attribute of several values", Says: stating(idp.Attribute{Name: "locations", Values: []string{"Hoth", "Endor", "Hoth"}})},
	{Row: "POS-12", Proves: "values", Name: "empty-value", Summary: "with an attribute of an empty value", Says: stating(idp.Attribute{Name: "middleName", Values: []string{""}})},
	{Row: "POS-12", Proves: "values", Name: "untyped", Summary: "whose values have no type", Written: idp.Shape{ValueType: idp.Untyped}},
	{Row: "POS-12", Proves: "values", Name: "any-type", Summary: "whose values are of type anyType", Written: idp.Shape{ValueType: "xs:anyType"}},
	{Row: "POS-12", Proves: "values", Name: "boolean", Summary: "with a value of type boolean", Says: stating(idp.Attribute{Name: "manager", Values: []string{"true"}}), Written: idp.Shape{Writes: typed("manager", "xs:boolean")}},
	{Row: "POS-12", Proves: "values", Name: "date", Summary: "with a value of type dateTime", Says: stating(idp.Attribute{Name: "hired", Values: []string{"2026-01-05T09:00:00Z"}}), Written: idp.Shape{Writes: typed("hired", "xs:dateTime")}},
	{Row: "POS-12", Proves: "values", Name: "nil", Summary: "with a value that is nil", Says: stating(idp.Attribute{Name: "costCenter", Values: []string{""}}), Written: idp.Shape{Writes: at("AttributeStatement/Attribute[@Name='costCenter']/AttributeValue", func(el *etree.Element) {
		el.RemoveAttr("xsi:type")
		el.CreateAttr("xsi:nil", "true")
	})}},

	{Row: "POS-13", Proves: "attributes", Name: "unknown-attributes", Summary: "with attributes that the product does not know",
		Says: stating(idp.Attribute{Name: "urn:oid:2.5.4.12", NameFormat: idp.NameFormatURI, Values: []string{"Captain"}}, idp.Attribute{Name: "department", Values: []string{"Freight"}})},
	{Row: "POS-13", Proves: "attributes", Name: "name-formats", Summary: "whose attributes have name formats of all kinds",
		Says: func(c *idp.Claims) {
			c.Attributes = append([]idp.Attribute{}, c.Attributes...)
			for i := range c.Attributes {
				c.Attributes[i].NameFormat = []string{idp.NameFormatBasic, idp.NameFormatURI, "urn:rollcall:unknown-format"}[i%3]
			}
		}},
	{Row: "POS-13", Proves: "attributes", Name: "no-name-format", Summary: "whose attributes have no name format", Written: idp.Shape{Writes: each(without("NameFormat"))}},
	{Row: "POS-13", Proves: "attributes", Name: "friendly-names", Summary: "whose attributes have friendly names", Written: idp.Shape{Writes: each(with("FriendlyName", "shown to people"))}},
	{Row: "POS-13", Proves: "attributes", Name: "two-hundred-groups", Summary: "with an attribute of two hundred values", Says: stating(idp.Attribute{Name: "memberOf", Values: numbered(200)})},

	{Row: "POS-14", Proves: "no-attributes", Name: "no-attributes", Summary: "without any attributes", Says: func(c *idp.Claims) { c.Attributes = nil }},

	{Row: "POS-23", Proves: "sizes", Name: "long-name", Summary: "with a name of 256 characters", Says: saying("name", strings.Repeat("Han Solo ", 28)+"Solo")},
	{Row: "POS-23", Proves: "sizes", Name: "four-kilobytes", Summary: "with an attribute of four kilobytes", Says: stating(idp.Attribute{Name: "notes", Values: []string{strings.Repeat("note ", 820)}})},
	{Row: "POS-23", Proves: "sizes", Name: "sixty-four-kilobytes", Summary: "with an attribute of 64 kilobytes", Says: picturing(64 << 10)},

	{Row: "POS-23", Proves: "megabyte", Name: "megabyte", Summary: "of a megabyte as it is posted", Says: picturing(736 << 10)},

	{Row: "POS-22", Proves: "unicode", Name: "umlauts", Summary: "about somebody with an umlaut", Says: saying("name", "Jürgen Müßig-Ñuñez")},
	{Row: "POS-22", Proves: "unicode", Name: "ideographs", Summary: "about somebody whose name is in ideographs", Says: saying("name", "周 杰倫")},
	{Row: "POS-22", Proves: "unicode", Name: "emoji", Summary: "about somebody with an emoji in their name", Says: saying("name", "Han 🚀 Solo")},
	{Row: "POS-22", Proves: "unicode", Name: "right-to-left", Summary: "about somebody whose name runs from right to left", Says: saying("name", "יעל כהן")},
	{Row: "POS-22", Proves: "unicode", Name: "entities", Summary: "about somebody whose name needs escapes", Says: saying("name", `O'Hara & "Sons" <1>`)},
	{Row: "POS-22", Proves: "unicode", Name: "cdata", Summary: "with a value in a CDATA section", Says: saying("name", `Tom & Jerry <3`), Written: idp.Shape{Writes: at("AttributeStatement/Attribute[@Name='name']/AttributeValue", func(el *etree.Element) {
		whole := el.Text()
		el.SetText("")
		el.AddChild(etree.NewCData(whole))
	})}},

	{Row: "POS-26", Proves: "conditions", Name: "several-audiences", Summary: "for several audiences", Written: idp.Shape{Writes: at("Conditions/AudienceRestriction", before("Audience", `<{p}Audience>https://elsewhere.rollcall.test/sp</{p}Audience>`))}},
	{Row: "POS-26", Proves: "conditions", Name: "several-restrictions", Summary: "with two restrictions that both name the product", Written: idp.Shape{Writes: at("Conditions", func(el *etree.Element) {
		el.AddChild(el.SelectElement("AudienceRestriction").Copy())
	})}},
	{Row: "POS-26", Proves: "conditions", Name: "one-time-use", Summary: "that is for one use", Written: idp.Shape{Writes: at("Conditions", add(`<{p}OneTimeUse/>`))}},
	{Row: "POS-26", Proves: "conditions", Name: "proxy-restriction", Summary: "that restricts proxies", Written: idp.Shape{Writes: at("Conditions", add(`<{p}ProxyRestriction Count="0"/>`))}},
	{Row: "POS-26", Proves: "statements", Name: "several-statements", Summary: "that tells of two ways of signing in at once", Written: idp.Shape{Writes: assertion(func(el *etree.Element) {
		second := el.SelectElement("AuthnStatement").Copy()
		second.FindElement("./AuthnContext/AuthnContextClassRef").SetText("urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos")
		el.InsertChildAt(el.SelectElement("AuthnStatement").Index()+1, second)
	})}},
	{Row: "POS-26", Proves: "statements", Name: "several-attribute-statements", Summary: "with two attribute statements", Says: stating(idp.Attribute{Name: "department", Values: []string{"Freight"}}), Written: idp.Shape{Writes: assertion(func(el *etree.Element) {
		first := el.SelectElement("AttributeStatement")
		second := first.Copy()
		for _, attribute := range second.SelectElements("Attribute") {
			if attribute.SelectAttrValue("Name", "") != "department" {
				second.RemoveChild(attribute)
			}
		}
		for _, attribute := range first.SelectElements("Attribute") {
			if attribute.SelectAttrValue("Name", "") == "department" {
				first.RemoveChild(attribute)
			}
		}
		el.AddChild(second)
	})}},
	{Row: "POS-26", Proves: "statements", Name: "attributes-first", Summary: "whose attributes stand before how the person signed in", Written: idp.Shape{Writes: assertion(last("AuthnStatement"))}},
	{Row: "POS-26", Proves: "statements", Name: "advice", Summary: "with advice", Written: idp.Shape{Writes: assertion(before("AuthnStatement",
		`<{p}Advice xmlns:saml2="`+assertionNamespace+`"><{p}AssertionIDRef>_of-another</{p}AssertionIDRef></{p}Advice>`))}},

	{Row: "POS-27", Proves: "confirmations", Name: "second-is-bearer", Summary: "whose second confirmation is the bearer's", Written: idp.Shape{Writes: at("Subject", before("SubjectConfirmation",
		`<{p}SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/>`))}},
	{Row: "POS-27", Proves: "confirmations", Name: "another-recipient-too", Summary: "with a confirmation for somebody else beside the product's", Written: idp.Shape{Writes: at("Subject", func(el *etree.Element) {
		ours := el.SelectElement("SubjectConfirmation")
		theirs := ours.Copy()
		theirs.SelectElement("SubjectConfirmationData").CreateAttr("Recipient", "https://elsewhere.rollcall.test/acs")
		el.InsertChildAt(ours.Index(), theirs)
	})}},
	{Row: "POS-27", Proves: "confirmation-address", Name: "confirmation-address", Summary: "that says from where the person came", Written: idp.Shape{Writes: at("Subject/SubjectConfirmation/SubjectConfirmationData", with("Address", "127.0.0.1"))}},

	{Row: "POS-28", Proves: "issuer", Name: "no-response-issuer", Summary: "without an issuer of its own", Sign: []idp.Signing{idp.SignAssertion}, Written: idp.Shape{Writes: response(remove("Issuer"))}},
	{Row: "POS-28", Proves: "issuer", Name: "issuer-without-format", Summary: "whose issuers have no format", Written: idp.Shape{Writes: then(
		response(func(el *etree.Element) { el.SelectElement("Issuer").RemoveAttr("Format") }), at("Issuer", without("Format")))}},
	{Row: "POS-29", Proves: "destination", Name: "no-destination", Summary: "that is not signed itself and names no destination", Sign: []idp.Signing{idp.SignAssertion}, Written: idp.Shape{Writes: response(without("Destination"))}},

	{Row: "POS-38", Proves: "contexts", Name: "context-unspecified", Summary: "about a person who signed in somehow", Written: context("unspecified")},
	{Row: "POS-38", Proves: "contexts", Name: "context-password", Summary: "about a person who gave a password", Written: context("Password")},
	{Row: "POS-38", Proves: "contexts", Name: "context-mfa", Summary: "about a person who gave two factors", Written: idp.Shape{Writes: at("AuthnStatement/AuthnContext/AuthnContextClassRef", text("https://refeds.org/profile/mfa"))}},
	{Row: "POS-38", Proves: "contexts", Name: "context-declared", Summary: "that describes the way of signing in by a reference only", Written: idp.Shape{Writes: at("AuthnStatement/AuthnContext", func(el *etree.Element) {
		remove("AuthnContextClassRef")(el)
		add(`<{p}AuthnContextDeclRef>urn:rollcall:declaration</{p}AuthnContextDeclRef>`)(el)
	})}},
}

// picturing adds an attribute of so many bytes. It is made when it is said: every process
// would hold it otherwise.
func picturing(size int) func(*idp.Claims) {
	const piece = "/9j/4AAQ"
	return func(c *idp.Claims) {
		stating(idp.Attribute{Name: "photo", Values: []string{strings.Repeat(piece, size/len(piece))}})(c)
	}
}

// saying says this of an attribute in place of what the provider would have said.
func saying(name, value string) func(*idp.Claims) {
	return func(c *idp.Claims) {
		kept := []idp.Attribute{{Name: name, Values: []string{value}}}
		for _, attribute := range c.Attributes {
			if attribute.Name != name {
				kept = append(kept, attribute)
			}
		}
		c.Attributes = kept
	}
}

// typed gives the values of an attribute another type.
func typed(attribute, name string) writing {
	return at("AttributeStatement/Attribute[@Name='"+attribute+"']/AttributeValue", with("xsi:type", name))
}

// each changes every attribute in the assertion.
func each(change func(*etree.Element)) writing {
	return assertion(func(el *etree.Element) {
		for _, found := range el.FindElements("./AttributeStatement/Attribute") {
			change(found)
		}
	})
}

func context(class string) idp.Shape {
	return idp.Shape{Writes: at("AuthnStatement/AuthnContext/AuthnContextClassRef", text("urn:oasis:names:tc:SAML:2.0:ac:classes:"+class))}
}

func numbered(count int) []string {
	values := make([]string, count)
	for i := range values {
		values[i] = fmt.Sprintf("CN=group-%03d,OU=Rebels,DC=rollcall,DC=test", i+1)
	}
	return values
}

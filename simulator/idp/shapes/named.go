package shapes

import (
	"strings"

	"rollcall.example/simulator/idp"
)

// named are about the NameID. Where it is no address, an attribute brings that.
var named = []Shape{
	{Row: "POS-21", Proves: "name-ids", Name: "unspecified", Summary: "whose name is of no kind that is told", Says: func(c *idp.Claims) { c.NameIDFormat = idp.FormatUnspecified }},
	{Row: "POS-21", Proves: "name-ids", Name: "no-format", Summary: "whose name has no format", Written: idp.Shape{Writes: at("Subject/NameID", without("Format"))}},
	{Row: "POS-21", Proves: "name-ids", Name: "persistent", Summary: "with a persistent name of 256 characters", Says: opaque(idp.FormatPersistent, 256)},
	{Row: "POS-21", Proves: "name-ids", Name: "qualified", Summary: "whose name is qualified", Says: opaque(idp.FormatPersistent, 40), Written: idp.Shape{Writes: qualified}},
	{Row: "POS-21", Proves: "transient", Name: "transient", Summary: "with a name that is good for one sign-in", Says: opaque(idp.FormatTransient, 40)},
	{Row: "POS-22", Proves: "unicode", Name: "name-id-in-unicode", Summary: "whose name is in several scripts", Says: func(c *idp.Claims) {
		opaque(idp.FormatPersistent, 40)(c)
		c.NameID = "Ñandú-周-יעל-" + c.NameID
	}},
}

// qualified says for whom the name is good: between the issuer and the product.
func qualified(d *idp.Draft) error {
	audience := d.Assertion.FindElement("./Conditions/AudienceRestriction/Audience").Text()
	return at("Subject/NameID", with("NameQualifier", d.Assertion.SelectElement("Issuer").Text(), "SPNameQualifier", audience))(d)
}

// opaque puts a name in the place of the address, which becomes an attribute. It is made
// of the address, so that a person has one of their own and the same every time.
func opaque(format string, length int) func(*idp.Claims) {
	return func(c *idp.Claims) {
		address := c.NameID
		saying("email", address)(c)
		c.NameIDFormat = format
		name := strings.NewReplacer("@", "-", ".", "-").Replace(address)
		c.NameID = name + strings.Repeat("0123456789abcdef", length/16+1)
		c.NameID = c.NameID[:max(length, len(name)+8)]
	}
}

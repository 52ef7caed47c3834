package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// semAddress are answers that are from somebody else, or meant for somebody else, by
// what stands around the assertion or in its head (SAML 2.0 profiles, section 4.1.4.2;
// bindings, section 3.5.5.2).
var semAddress = append([]Attack{
	{
		Name: "response-issuer-missing", Row: "SEM-13", Rule: "signed-response-has-issuer", Summary: "is signed and does not say whose it is",
		Expect: Warn, Modes: OnResponse, draft: inResponse("Issuer", remove),
	},
	{
		Name: "response-issuer-wrong", Row: "SEM-14", Rule: "response-issuer", Summary: "is from an issuer that nobody knows, around an assertion of the right one",
		draft: inResponse("Issuer", saying(Elsewhere)),
	},
	{
		Name: "assertion-issuer-missing", Row: "SEM-15", Rule: "assertion-issuer-stated", Summary: "holds an assertion without an issuer",
		draft: inAssertion("Issuer", remove),
	},
	{
		Name: "assertion-issuer-empty", Row: "SEM-15", Rule: "assertion-issuer-stated", Summary: "holds an assertion with an empty issuer",
		draft: inAssertion("Issuer", saying("")),
	},
	{
		Name: "assertion-issuer-wrong", Row: "SEM-16", Rule: "assertion-issuer", Summary: "holds an assertion from an issuer that nobody knows",
		draft: inAssertion("Issuer", saying(Elsewhere)),
	},
	{
		Name: "assertion-issuer-wrong-alone", Row: "SEM-16", Rule: "assertion-issuer", Summary: "names no issuer, around an assertion from one that nobody knows",
		Modes: OnAssertion, draft: then(inResponse("Issuer", remove), inAssertion("Issuer", saying(Elsewhere))),
	},
	{
		Name: "issuers-of-two", Row: "SEM-17", Rule: "issuers-agree", Summary: "is from one provider around an assertion from another, both of them trusted",
		Modes: OnAssertion, ByHand: true,
		draft: inResponse("Issuer", func(d Donor, issuer *etree.Element) error {
			issuer.SetText(orElsewhere(d.Neighbour))
			return nil
		}),
	},
	{
		Name: "response-issuer-format", Row: "SEM-18", Rule: "issuer-is-an-entity", Summary: "names its issuer as a person is named",
		draft: inResponse("Issuer", with("Format", idp.FormatEmailAddress)),
	},
	{
		Name: "assertion-issuer-format", Row: "SEM-18", Rule: "issuer-is-an-entity", Summary: "holds an assertion that names its issuer as a person is named",
		draft: inAssertion("Issuer", with("Format", idp.FormatEmailAddress)),
	},
	issuerLike("slash", "ends the issuer with one slash more", func(s string) string { return s + "/" }),
	issuerLike("case", "writes the issuer in other case", inOtherCase),
	issuerLike("longer", "has an issuer that begins like the right one", func(s string) string { return s + beyond }),
	issuerLike("shorter", "has an issuer that the right one begins with", shorter),
	{
		Name: "destination-missing", Row: "SEM-20", Rule: "signed-response-has-destination", Summary: "is signed and does not say where it is meant for",
		Modes: OnResponse, draft: inResponse("", without("Destination")),
	},
	{
		Name: "destination-empty", Row: "SEM-21", Rule: "destination-not-empty", Summary: "is meant for an empty destination",
		draft: inResponse("", with("Destination", "")),
	},
	{
		Name: "destination-elsewhere", Row: "SEM-19", Rule: "destination", Summary: "was sent to another destination",
		draft: inResponse("", with("Destination", Elsewhere)),
	},
}, destinations()...)

func orElsewhere(name string) string {
	if name == "" {
		return Elsewhere
	}
	return name
}

// issuerLike is an answer whose issuer only looks like the right one: the names of
// entities are compared letter by letter (SAML 2.0 core, section 8.3.6).
func issuerLike(name, summary string, alike func(string) string) Attack {
	alter := func(_ Donor, el *etree.Element) error {
		el.SetText(alike(el.Text()))
		return nil
	}
	return Attack{
		Name: "issuer-like-" + name, Row: "SEM-18", Rule: "issuer-to-the-letter", Summary: summary, Expect: Warn,
		draft: then(inResponse("Issuer", alter), inAssertion("Issuer", alter)),
	}
}

func destinations() []Attack {
	var attacks []Attack
	for _, l := range lookAlikes {
		attacks = append(attacks, Attack{
			Name: "destination-" + l.name, Row: "SEM-22", Rule: "destination-to-the-letter",
			Summary: "was sent to an address " + l.summary,
			draft: inResponse("", func(d Donor, el *etree.Element) error {
				el.CreateAttr("Destination", l.alike(d.Claims.Destination))
				return nil
			}),
		})
	}
	return attacks
}

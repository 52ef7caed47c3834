package forge

import (
	"time"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// semAssertion are answers that hold no assertion, a hollow one, or more than one
// (SAML 2.0 core, sections 2.3.3 and 2.7; profiles, section 4.1.4.2).
var semAssertion = []Attack{
	{
		Name: "no-assertion", Row: "SEM-23", Rule: "assertion-needed", Summary: "reports success and holds no assertion",
		Modes: OnResponse, draft: withoutAssertion,
	},
	{
		Name: "no-authn-statement", Row: "SEM-24", Rule: "authn-statement-needed", Summary: "does not say that anybody signed in",
		draft: inAssertion("AuthnStatement", remove),
	},
	{
		Name: "authn-instant-missing", Row: "SEM-25", Rule: "authn-instant-sound", Summary: "does not say when the person signed in", Expect: Warn,
		draft: inAssertion("AuthnStatement", without("AuthnInstant")),
	},
	{
		Name: "authn-instant-ahead", Row: "SEM-25", Rule: "authn-instant-sound", Summary: "has the person sign in tomorrow", Expect: Warn,
		draft: inAssertion("AuthnStatement", stamped("AuthnInstant", day, instants)),
	},
	{
		Name: "authn-context-missing", Row: "SEM-26", Rule: "authn-context-needed", Summary: "has no authentication context",
		draft: inAssertion("AuthnStatement/AuthnContext", remove),
	},
	{
		Name: "authn-context-empty", Row: "SEM-26", Rule: "authn-context-needed", Summary: "has an authentication context with nothing in it",
		draft: inAssertion("AuthnStatement/AuthnContext/AuthnContextClassRef", remove),
	},
	{
		Name: "session-over", Row: "SEM-29", Rule: "session-not-over", Summary: "speaks of a session that ended an hour ago",
		draft: inAssertion("AuthnStatement", stamped("SessionNotOnOrAfter", -time.Hour, instants)),
	},
	{
		Name: "session-for-a-minute", Row: "SEM-30", Rule: "session-ends-as-told", Summary: "speaks of a session that ends in a minute",
		Expect: Accept, ByHand: true,
		draft: inAssertion("AuthnStatement", stamped("SessionNotOnOrAfter", time.Minute, instants)),
	},
	{
		Name: "attribute-statement-empty", Row: "SEM-31", Rule: "attribute-statement-says-something", Summary: "has an attribute statement with no attribute in it", Expect: Warn,
		draft: inAssertion("", emptyStatement),
	},
	{
		Name: "expired-assertion-first", Row: "SEM-32", Rule: "invalid-assertion-unused", Summary: "holds an old assertion about somebody else before the good one", Expect: Harmless,
		Modes: Alone, draft: besides(0, func(c *idp.Claims) { c.Now, c.AuthnInstant = c.Now.Add(-day), c.Now.Add(-day) }),
	},
	{
		Name: "misdirected-assertion-first", Row: "SEM-32", Rule: "invalid-assertion-unused", Summary: "holds an assertion for another audience about somebody else before the good one", Expect: Harmless,
		Modes: Alone, draft: besides(0, func(c *idp.Claims) { c.Audience = Elsewhere }),
	},
	{
		Name: "assertions-about-two", Row: "SEM-33", Rule: "assertions-about-one", Summary: "holds two good assertions, the second one about somebody else", Expect: Harmless,
		Modes: Alone, draft: besides(1, func(*idp.Claims) {}),
	},
	{
		Name: "statement-of-refusal", Row: "SEM-34", Rule: "statements-understood", Summary: "states that the person may not come in", Expect: Warn,
		draft: inAssertion("", stating(func(d Donor) *etree.Element {
			decision := etree.NewElement("saml2:AuthzDecisionStatement")
			decision.CreateAttr("Resource", d.Claims.Recipient)
			decision.CreateAttr("Decision", "Deny")
			action := decision.CreateElement("saml2:Action")
			action.CreateAttr("Namespace", "urn:oasis:names:tc:SAML:1.0:action:ghpp")
			action.SetText("POST")
			return decision
		})),
	},
	{
		Name: "statement-of-unknown-kind", Row: "SEM-34", Rule: "statements-understood", Summary: "states something that nobody understands", Expect: Warn,
		draft: inAssertion("", stating(func(Donor) *etree.Element {
			return typed(etree.NewElement("saml2:Statement"), "Unheard")
		})),
	},
	{
		Name: "response-of-saml-one", Row: "SEM-35", Rule: "version-one-refused", Summary: "is one of SAML 1.1",
		Modes: OnResponse, draft: asVersionOne,
	},
}

// emptyStatement leaves one attribute statement in the assertion, and nothing in it.
func emptyStatement(_ Donor, assertion *etree.Element) error {
	for _, statement := range assertion.SelectElements("AttributeStatement") {
		assertion.RemoveChild(statement)
	}
	assertion.CreateElement("saml2:AttributeStatement")
	return nil
}

// stating adds a statement to the assertion.
func stating(statement func(Donor) *etree.Element) func(Donor, *etree.Element) error {
	return func(d Donor, assertion *etree.Element) error {
		assertion.AddChild(statement(d))
		return nil
	}
}

// besides puts a second assertion into the response, before (0) or behind (1) the
// attacker's: one that the identity provider signed about the victim, as altered.
func besides(after int, alter func(*idp.Claims)) edit {
	return func(d Donor, draft *idp.Draft) error {
		d.Impersonate()
		alter(&d.Claims)
		other, err := d.Identity.Draft(d.Claims)
		if err != nil {
			return err
		}
		if err := other.Signer.Sign(other.Assertion); err != nil {
			return err
		}
		draft.Response.InsertChildAt(draft.Assertion.Index()+after, other.Assertion)
		return nil
	}
}

// asVersionOne makes a SAML 1.1 response of the draft, with an ID for the signature to
// refer to.
func asVersionOne(d Donor, draft *idp.Draft) error {
	document := etree.NewDocument()
	if err := document.ReadFromString(versionOne); err != nil {
		return err
	}
	assertion := document.Root()
	write := func(path, text string) { assertion.FindElement("./" + path).SetText(text) }
	assertion.CreateAttr("AssertionID", draft.Assertion.SelectAttrValue("ID", ""))
	assertion.CreateAttr("Issuer", d.Identity.EntityID)
	assertion.CreateAttr("IssueInstant", moment(d.Claims.Now))
	conditions := assertion.FindElement("./Conditions")
	conditions.CreateAttr("NotBefore", moment(d.Claims.Now.Add(-idp.Leeway)))
	conditions.CreateAttr("NotOnOrAfter", moment(d.Claims.Now.Add(idp.Leeway)))
	write("Conditions/AudienceRestrictionCondition/Audience", d.Claims.Audience)
	write("AuthenticationStatement/Subject/NameIdentifier", d.Claims.NameID)
	assertion.FindElement("./AuthenticationStatement").CreateAttr("AuthenticationInstant", moment(d.Claims.Now))

	response := draft.Response
	response.CreateAttr("xmlns:saml2p", "urn:oasis:names:tc:SAML:1.0:protocol")
	response.CreateAttr("ResponseID", response.SelectAttrValue("ID", ""))
	response.CreateAttr("Recipient", d.Claims.Recipient)
	response.CreateAttr("MajorVersion", "1")
	response.CreateAttr("MinorVersion", "1")
	response.RemoveAttr("Version")
	response.RemoveAttr("Destination")
	response.Child = nil
	status := response.CreateElement("saml2p:Status")
	status.CreateElement("saml2p:StatusCode").CreateAttr("Value", "saml2p:Success")
	response.AddChild(assertion)
	return nil
}

// versionOne is an assertion of SAML 1.1 with nothing filled in.
const versionOne = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" MajorVersion="1" MinorVersion="1">` +
	`<saml:Conditions><saml:AudienceRestrictionCondition><saml:Audience/></saml:AudienceRestrictionCondition></saml:Conditions>` +
	`<saml:AuthenticationStatement AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:password"><saml:Subject><saml:NameIdentifier/>` +
	`<saml:SubjectConfirmation><saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation>` +
	`</saml:Subject></saml:AuthenticationStatement></saml:Assertion>`

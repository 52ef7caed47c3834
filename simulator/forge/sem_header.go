package forge

import (
	"time"

	"github.com/beevik/etree"
)

// semHeader are answers in which version, ID or time of issue are not what they have to
// be (SAML 2.0 core, sections 1.3.3, 2.3.3 and 3.2.2).
var semHeader = []Attack{
	{
		Name: "response-version-old", Row: "SEM-07", Rule: "response-version", Summary: "calls itself version 1.1",
		draft: inResponse("", with("Version", "1.1")),
	},
	{
		Name: "response-version-newer", Row: "SEM-07", Rule: "response-version", Summary: "calls itself version 2.1",
		draft: inResponse("", with("Version", "2.1")),
	},
	{
		Name: "response-version-empty", Row: "SEM-07", Rule: "response-version", Summary: "has an empty version",
		draft: inResponse("", with("Version", "")),
	},
	{
		Name: "response-version-missing", Row: "SEM-07", Rule: "response-version", Summary: "has no version",
		draft: inResponse("", without("Version")),
	},
	{
		Name: "assertion-version-old", Row: "SEM-08", Rule: "assertion-version", Summary: "holds an assertion of version 1.1",
		draft: inAssertion("", with("Version", "1.1")),
	},
	{
		Name: "assertion-version-missing", Row: "SEM-08", Rule: "assertion-version", Summary: "holds an assertion without a version",
		draft: inAssertion("", without("Version")),
	},
	{
		Name: "response-id-missing", Row: "SEM-09", Rule: "response-id", Summary: "has no ID",
		Modes: OnAssertion, Only: "what has no ID cannot be signed", draft: inResponse("", without("ID")),
	},
	{
		Name: "response-id-empty", Row: "SEM-09", Rule: "response-id", Summary: "has an empty ID",
		Modes: OnAssertion, Only: "what has no ID cannot be signed", draft: inResponse("", with("ID", "")),
	},
	{
		Name: "assertion-id-missing", Row: "SEM-10", Rule: "assertion-id", Summary: "holds an assertion without an ID",
		Modes: OnResponse, Only: "what has no ID cannot be signed", draft: inAssertion("", without("ID")),
	},
	{
		Name: "assertion-id-empty", Row: "SEM-10", Rule: "assertion-id", Summary: "holds an assertion with an empty ID",
		Modes: OnResponse, Only: "what has no ID cannot be signed", draft: inAssertion("", with("ID", "")),
	},
	{
		Name: "response-instant-missing", Row: "SEM-11", Rule: "issue-instant", Summary: "does not say when it was issued",
		draft: inResponse("", without("IssueInstant")),
	},
	{
		Name: "response-instant-a-day", Row: "SEM-11", Rule: "issue-instant", Summary: "was issued on a day, at no time of it",
		draft: inResponse("", stamped("IssueInstant", 0, "2006-01-02")),
	},
	{
		Name: "assertion-instant-missing", Row: "SEM-11", Rule: "issue-instant", Summary: "holds an assertion that does not say when it was issued",
		draft: inAssertion("", without("IssueInstant")),
	},
	{
		Name: "assertion-instant-a-day", Row: "SEM-11", Rule: "issue-instant", Summary: "holds an assertion that was issued on a day, at no time of it",
		draft: inAssertion("", stamped("IssueInstant", 0, "2006-01-02")),
	},
	{
		Name: "response-instant-elsewhere", Row: "SEM-11", Rule: "instants-in-utc", Summary: "says in another zone than UTC when it was issued",
		Expect: Warn, draft: inResponse("", offset("IssueInstant")),
	},
	{
		Name: "assertion-instant-elsewhere", Row: "SEM-11", Rule: "instants-in-utc", Summary: "holds an assertion that says in another zone than UTC when it was issued",
		Expect: Warn, draft: inAssertion("", offset("IssueInstant")),
	},
	{
		Name: "response-of-yesterday", Row: "SEM-12", Rule: "response-of-now", Summary: "was issued nearly a day ago, by its own word alone",
		Expect: Warn, draft: inResponse("", stamped("IssueInstant", -23*time.Hour, instants)), // within the day that some allow, in whichever second
	},
	{
		Name: "response-of-tomorrow", Row: "SEM-12", Rule: "response-of-now", Summary: "will be issued in nearly a day, by its own word alone",
		Expect: Warn, draft: inResponse("", stamped("IssueInstant", 23*time.Hour, instants)),
	},
	{
		Name: "response-of-last-year", Row: "SEM-12", Rule: "response-of-now", Summary: "was issued a year ago, by its own word alone",
		Expect: Warn, draft: inResponse("", stamped("IssueInstant", -365*day, instants)),
	},
	{
		Name: "response-of-next-year", Row: "SEM-12", Rule: "response-of-now", Summary: "will be issued in a year, by its own word alone",
		Expect: Warn, draft: inResponse("", stamped("IssueInstant", 365*day, instants)),
	},
	{
		Name: "response-of-consent", Row: "SEM-37", Rule: "consent-taken", Summary: "says that nothing is known of the person's consent", Expect: Accept,
		draft: inResponse("", with("Consent", "urn:oasis:names:tc:SAML:2.0:consent:unavailable")),
	},
}

// offset writes the time that the attribute has as it is shown two hours east.
func offset(attribute string) func(Donor, *etree.Element) error {
	return func(_ Donor, el *etree.Element) error {
		at, err := time.Parse(instants, el.SelectAttrValue(attribute, ""))
		if err == nil {
			el.CreateAttr(attribute, at.In(time.FixedZone("", 2*3600)).Format("2006-01-02T15:04:05.000-07:00"))
		}
		return err
	}
}

package forge

import (
	"time"

	"rollcall.example/simulator/idp"
)

// Elsewhere is an address that belongs to nobody: what is meant for it is not meant
// for the product under test.
const Elsewhere = "https://elsewhere.rollcall.test/saml"

// late is longer than any product's tolerance for clocks that differ.
const late = 30 * time.Minute

// Attacks with an honest signature over something that was meant for another place,
// another time or another conversation.
func init() {
	register("jit", []Attack{
		{
			Name: "expired", Summary: "was good half an hour ago",
			claims: says(func(c *idp.Claims) { c.Now, c.AuthnInstant = c.Now.Add(-late), c.Now.Add(-late) }),
		},
		{
			Name: "not-yet-valid", Summary: "will be good in half an hour",
			claims: says(func(c *idp.Claims) { c.Now, c.AuthnInstant = c.Now.Add(late), c.Now.Add(late) }),
		},
		{
			Name: "expired-conditions", Summary: "states conditions that have run out",
			draft: set("Conditions", "NotOnOrAfter", func(d Donor) string { return moment(d.Claims.Now.Add(-late)) }),
		},
		{
			Name: "expired-confirmation", Summary: "confirms the subject for a time that has run out",
			draft: set("Subject/SubjectConfirmation/SubjectConfirmationData", "NotOnOrAfter",
				func(d Donor) string { return moment(d.Claims.Now.Add(-late)) }),
		},
		{
			Name: "wrong-audience", Summary: "is meant for the audience of another product",
			claims: says(func(c *idp.Claims) { c.Audience = Elsewhere }),
		},
		{
			Name: "wrong-recipient", Summary: "confirms the subject to another recipient",
			claims: says(func(c *idp.Claims) { c.Recipient = Elsewhere }),
		},
		{
			Name: "wrong-destination", Summary: "was sent to another destination",
			claims: says(func(c *idp.Claims) { c.Destination = Elsewhere }),
		},
		{
			Name: "unknown-request", Summary: "answers a request that was never made",
			claims: says(func(c *idp.Claims) { c.InResponseTo = "id-that-nobody-asked" }),
		},
		{
			Name: "failed-status", Summary: "says that the sign-in failed",
			draft: func(_ Donor, draft *idp.Draft) error {
				return change(draft.Response, "Status/StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed")
			},
		},
	}...)
}

package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// semStatus are answers whose status says something else than that the sign-in worked
// (SAML 2.0 core, section 3.2.2.1). Each carries an assertion that would be good, for a
// product that looks for one first.
var semStatus = []Attack{
	{
		Name: "status-responder", Row: "SEM-01", Rule: "status-heeded", Summary: "says that the identity provider could not do it",
		draft: statusValue(statusURN + "Responder"),
	},
	{
		Name: "status-requester", Row: "SEM-01", Rule: "status-heeded", Summary: "says that the product asked for something wrong",
		draft: statusValue(statusURN + "Requester"),
	},
	{
		Name: "status-version-mismatch", Row: "SEM-01", Rule: "status-heeded", Summary: "says that the versions do not agree",
		draft: statusValue(statusURN + "VersionMismatch"),
	},
	{
		Name: "status-success-below-failure", Row: "SEM-02", Rule: "status-top-counts", Summary: "has Success below a code that says it failed",
		draft: statusNested("Responder", "Success"),
	},
	{
		Name: "status-failure-below-success", Row: "SEM-03", Rule: "status-of-one-mind", Summary: "has AuthnFailed below Success", Expect: Warn,
		draft: statusNested("Success", "AuthnFailed"),
	},
	{
		Name: "two-statuses-failure-first", Row: "SEM-04", Rule: "one-status", Summary: "has two statuses, the failure first",
		draft: statusTwice(0),
	},
	{
		Name: "two-statuses-success-first", Row: "SEM-04", Rule: "one-status", Summary: "has two statuses, the failure last",
		draft: statusTwice(1),
	},
	{
		Name: "two-codes-failure-first", Row: "SEM-04", Rule: "one-status", Summary: "has two codes in its status, the failure first",
		draft: codeTwice(0),
	},
	{
		Name: "two-codes-success-first", Row: "SEM-04", Rule: "one-status", Summary: "has two codes in its status, the failure last",
		draft: codeTwice(1),
	},
	{
		Name: "no-status", Row: "SEM-05", Rule: "status-present", Summary: "has no status",
		draft: inResponse("Status", remove),
	},
	{
		Name: "empty-status", Row: "SEM-05", Rule: "status-present", Summary: "has a status without a code",
		draft: inResponse("Status/StatusCode", remove),
	},
	{
		Name: "status-without-value", Row: "SEM-05", Rule: "status-present", Summary: "has a status code without a value",
		draft: inResponse("Status/StatusCode", without("Value")),
	},
	{
		Name: "status-with-empty-value", Row: "SEM-05", Rule: "status-present", Summary: "has a status code whose value is empty",
		draft: statusValue(""),
	},
	failure("AuthnFailed", "authn-failed", "could not tell who it is"),
	failure("RequestDenied", "request-denied", "does not want to answer"),
	failure("NoPassive", "no-passive", "would have to ask the person"),
	failure("UnknownPrincipal", "unknown-principal", "does not know the person"),
}

const statusURN = "urn:oasis:names:tc:SAML:2.0:status:"

// failure is an honest answer of an identity provider that cannot say who it is.
func failure(code, name, why string) Attack {
	return Attack{
		Name: "answer-" + name, Row: "SEM-06", Rule: "failure-told", ByHand: true, Summary: "holds no assertion, as the identity provider " + why,
		draft: then(statusNested("Responder", code), withoutAssertion),
	}
}

func statusValue(value string) edit {
	return inResponse("Status/StatusCode", with("Value", value))
}

// statusNested puts one code in the status and another one below it.
func statusNested(top, below string) edit {
	return inResponse("Status/StatusCode", func(_ Donor, code *etree.Element) error {
		code.CreateAttr("Value", statusURN+top)
		code.CreateElement("saml2p:StatusCode").CreateAttr("Value", statusURN+below)
		return nil
	})
}

// statusTwice puts a failure beside the honest status, before it (0) or after it (1).
func statusTwice(after int) edit {
	return inResponse("Status", func(_ Donor, status *etree.Element) error {
		failed := status.Copy()
		failed.FindElement("./StatusCode").CreateAttr("Value", statusURN+"Responder")
		status.Parent().InsertChildAt(status.Index()+after, failed)
		return nil
	})
}

// codeTwice does the same inside of the status.
func codeTwice(after int) edit {
	return inResponse("Status/StatusCode", func(_ Donor, code *etree.Element) error {
		failed := code.Copy()
		failed.CreateAttr("Value", statusURN+"Responder")
		code.Parent().InsertChildAt(code.Index()+after, failed)
		return nil
	})
}

// withoutAssertion takes the assertion out of the response.
func withoutAssertion(_ Donor, draft *idp.Draft) error {
	draft.Response.RemoveChild(draft.Assertion)
	return nil
}

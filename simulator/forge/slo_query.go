package forge

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// logoutQueries are attacks on the signature of a query (SAML 2.0 bindings §3.4.4.1). It
// is over the octets of some parameters, so it matters which ones a product verifies,
// and whether it reads the same.
var logoutQueries = []LogoutAttack{
	{
		Row: "BND-10", Name: "appended-relay-state", Rule: "signature-holds", Binding: idp.BindingRedirect,
		Summary: "comes with a RelayState that was added after it was signed",
		query: func(e idp.Envelope, to string) (string, error) {
			address, err := e.Redirect(to, "")
			return address + "&RelayState=elsewhere", err
		},
	},
	{
		Row: "BND-11", Name: "without-algorithm", Rule: "signature-whole", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "has a Signature in its query and no SigAlg", send: changedParameter("SigAlg", ""),
	},
	{
		Row: "BND-11", Name: "empty-algorithm", Rule: "signature-whole", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "has an empty SigAlg in its query", send: changedParameter("SigAlg", "SigAlg="),
	},
	{
		Row: "BND-11", Name: "without-value", Rule: "signature-whole", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "has a SigAlg in its query and no Signature", send: changedParameter("Signature", ""),
	},
	{
		Row: "BND-11", Name: "empty-value", Rule: "signature-whole", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "has an empty Signature in its query", send: changedParameter("Signature", "Signature="),
	},
	{
		Row: "BND-09", Name: "beside-response", Rule: "one-message", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "is not signed, and stands in the query before a signed response",
		query:   together(unsignedRequestSignedResponse, func(request, response string) string { return request + "&" + response }),
	},
	{
		Row: "BND-09", Name: "behind-response", Rule: "one-message", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "is not signed, and stands in the query behind a signed response",
		query:   together(unsignedRequestSignedResponse, func(request, response string) string { return response + "&" + request }),
	},
	{
		Row: "BND-09", Name: "signed-beside-response", Rule: "one-message", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "is a signed one about somebody else, and stands in the query before a response that is not signed",
		query:   together(signedRequestUnsignedResponse, func(request, response string) string { return request + "&" + response }),
	},
	{
		Row: "BND-09", Name: "signed-behind-response", Rule: "one-message", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "is a signed one about somebody else, and stands in the query behind a response that is not signed",
		query:   together(signedRequestUnsignedResponse, func(request, response string) string { return response + "&" + request }),
	},
	{
		Row: "BND-08", Name: "reencoded", Rule: "octets-kept", Binding: idp.BindingRedirect,
		Summary: "has other octets in its query than were signed, which mean the same",
		send: func(_ LogoutDonor, c *simulator.Carriage) error {
			return replaceOnce(&c.Address, "RelayState=rollcall", "RelayState=%72ollcall")
		},
	},
}

// changedParameter puts something else in the place of a parameter of the query; empty
// takes it out.
func changedParameter(name, with string) func(LogoutDonor, *simulator.Carriage) error {
	return func(_ LogoutDonor, c *simulator.Carriage) error {
		before, query, _ := strings.Cut(c.Address, "?")
		pairs := strings.Split(query, "&")
		at := slices.IndexFunc(pairs, func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
		if at < 0 {
			return fmt.Errorf("the query has no %s", name)
		}
		if pairs[at] = with; with == "" {
			pairs = slices.Delete(pairs, at, at+1)
		}
		c.Address = before + "?" + strings.Join(pairs, "&")
		return nil
	}
}

// together puts two messages into one query, in the order that lay has them in.
func together(both func(request, response *idp.Envelope), lay func(request, response string) string) func(idp.Envelope, string) (string, error) {
	return func(request idp.Envelope, to string) (string, error) {
		response := answerLike(request)
		both(&request, &response)
		asked, err := parametersOf(request, to)
		if err != nil {
			return "", err
		}
		answered, err := parametersOf(response, to)
		return to + asking(to) + lay(asked, answered), err
	}
}

func unsignedRequestSignedResponse(request, _ *idp.Envelope) { request.Signer.Key = nil }

// signedRequestUnsignedResponse is what whoever has a session of their own can put
// together: Okta signed the request, and it does not name the victim.
func signedRequestUnsignedResponse(request, response *idp.Envelope) {
	response.Signer.Key = nil
	name := request.Root.SelectElement("NameID")
	name.SetText("nobody." + name.Text())
	for _, index := range request.Root.SelectElements("SessionIndex") {
		index.SetText("id-of-no-session")
	}
}

// answerLike is an honest LogoutResponse of the identity provider that makes the request.
func answerLike(request idp.Envelope) idp.Envelope {
	answer := etree.NewDocument()
	answer.SetRoot(request.Root.Copy())
	root := answer.Root()
	root.Tag = "LogoutResponse"
	root.CreateAttr("ID", "id-of-an-answer-to-"+request.ID())
	root.CreateAttr("InResponseTo", "id-of-an-older-request")
	root.RemoveAttr("NotOnOrAfter")
	for _, child := range root.ChildElements() {
		if child.Tag != "Issuer" {
			root.RemoveChild(child)
		}
	}
	root.CreateElement("saml2p:Status").CreateElement("saml2p:StatusCode").CreateAttr("Value", idp.StatusSuccess)
	return idp.Envelope{Document: answer, Root: root, Parameter: "SAMLResponse", Signer: request.Signer}
}

// parametersOf is what a message adds to the query of the address. The one of two that is
// signed brings the RelayState.
func parametersOf(e idp.Envelope, to string) (string, error) {
	relayState := ""
	if e.Signer.Key != nil {
		relayState = "rollcall"
	}
	address, err := e.Redirect(to, relayState)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(address, to+asking(to)), nil
}

// asking is what goes between an address and its next parameter.
func asking(address string) string {
	if parsed, err := url.Parse(address); err == nil && parsed.RawQuery != "" {
		return "&"
	}
	return "?"
}

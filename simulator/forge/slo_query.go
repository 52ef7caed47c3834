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
		query: func(e idp.Envelope, to string) (string, error) {
			request, response, err := unsignedBesideSigned(e, to)
			return to + asking(to) + request + "&" + response, err
		},
	},
	{
		Row: "BND-09", Name: "behind-response", Rule: "one-message", Binding: idp.BindingRedirect, Sources: []string{"CVE-2025-27773"},
		Summary: "is not signed, and stands in the query behind a signed response",
		query: func(e idp.Envelope, to string) (string, error) {
			request, response, err := unsignedBesideSigned(e, to)
			return to + asking(to) + response + "&" + request, err
		},
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

// unsignedBesideSigned are the parameters of the request without a signature, and those
// of an honest LogoutResponse of the same identity provider with one.
func unsignedBesideSigned(e idp.Envelope, to string) (request, response string, err error) {
	answer := etree.NewDocument()
	answer.SetRoot(e.Root.Copy())
	root := answer.Root()
	root.Tag = "LogoutResponse"
	root.CreateAttr("ID", "id-of-an-answer-to-"+e.ID())
	root.CreateAttr("InResponseTo", "id-of-an-older-request")
	root.RemoveAttr("NotOnOrAfter")
	for _, child := range root.ChildElements() {
		if child.Tag != "Issuer" {
			root.RemoveChild(child)
		}
	}
	root.CreateElement("saml2p:Status").CreateElement("saml2p:StatusCode").CreateAttr("Value", idp.StatusSuccess)

	signed := idp.Envelope{Document: answer, Root: root, Parameter: "SAMLResponse", Signer: e.Signer}
	if response, err = parametersOf(signed, to, "rollcall"); err != nil {
		return "", "", err
	}
	e.Signer.Key = nil
	request, err = parametersOf(e, to, "")
	return request, response, err
}

// parametersOf is what a message adds to the query of the address.
func parametersOf(e idp.Envelope, to, relayState string) (string, error) {
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

package idp

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/beevik/etree"
)

// AuthnRequest is what a product asks for (SAML 2.0 core §3.4.1), as far as an
// identity provider acts on it.
type AuthnRequest struct {
	ID           string
	Issuer       string
	Destination  string
	IssueInstant time.Time
	// ACS is where the answer is to go; empty means the address on file.
	ACS             string
	ProtocolBinding string
	// NameIDFormat is the format asked for in NameIDPolicy; empty if none is.
	NameIDFormat string
	ForceAuthn   bool
	IsPassive    bool
	// ACSIndex picks, of the addresses on file, where the answer is to go; nil where
	// the request leaves it out. ACS goes before it.
	ACSIndex *int
	// SPNameQualifier is whom the name is to be for, where that is asked.
	SPNameQualifier string
	// Signature is how the request is signed.
	Signature Signature
	// XML is the document as it came.
	XML []byte
}

// ParseRedirect reads an AuthnRequest from the query of the HTTP-Redirect binding
// (SAML 2.0 bindings §3.4), which is given as it came: a signature covers its octets.
// It also returns the RelayState as sent. Errors say what is wrong with the message
// and are fit to be shown to the person who builds the product.
func ParseRedirect(rawQuery string) (AuthnRequest, string, error) {
	return readRequest(fromRedirect(rawQuery, asRequest))
}

// ParsePost reads an AuthnRequest from the form of the HTTP-POST binding (SAML 2.0
// bindings §3.5).
func ParsePost(form url.Values) (AuthnRequest, string, error) {
	return readRequest(fromPost(form, asRequest))
}

func readRequest(message carried, err error) (AuthnRequest, string, error) {
	if err != nil {
		return AuthnRequest{}, "", err
	}
	request, err := parseRequest(message.xml)
	request.Signature = message.signature
	return request, message.relayState, err
}

func parseRequest(text []byte) (AuthnRequest, error) {
	root, err := readRoot(text)
	if err != nil {
		return AuthnRequest{}, fmt.Errorf("the AuthnRequest %w", err)
	}
	if root.Tag != "AuthnRequest" || root.NamespaceURI() != nsProtocol {
		return AuthnRequest{}, fmt.Errorf("the SAMLRequest is a %s in namespace %q, not an AuthnRequest", root.Tag, root.NamespaceURI())
	}
	request := AuthnRequest{
		ACS:             root.SelectAttrValue("AssertionConsumerServiceURL", ""),
		ProtocolBinding: root.SelectAttrValue("ProtocolBinding", ""),
		XML:             text,
	}
	if policy := child(root, nsProtocol, "NameIDPolicy"); policy != nil {
		request.NameIDFormat = policy.SelectAttrValue("Format", "")
		request.SPNameQualifier = policy.SelectAttrValue("SPNameQualifier", "")
	}
	if err := request.readChecked(root); err != nil {
		return request, fmt.Errorf("the AuthnRequest %w", err)
	}
	return request, nil
}

// readChecked reads what has a form of its own and checks what must be there.
func (r *AuthnRequest) readChecked(root *etree.Element) error {
	head, err := readHeader(root)
	if err != nil {
		return err
	}
	r.ID, r.Issuer, r.Destination, r.IssueInstant = head.id, head.issuer, head.destination, head.issued
	if index := root.SelectAttrValue("AssertionConsumerServiceIndex", ""); index != "" {
		number, err := strconv.ParseUint(index, 10, 16)
		if err != nil {
			return fmt.Errorf("has AssertionConsumerServiceIndex %q, which is not a number from 0 to 65535", index)
		}
		chosen := int(number)
		r.ACSIndex = &chosen
	}
	if r.ForceAuthn, err = boolean(root, "ForceAuthn"); err != nil {
		return err
	}
	r.IsPassive, err = boolean(root, "IsPassive")
	return err
}

// Check holds the request against what the identity provider has on file: a
// Destination must be this SSO URL, an AssertionConsumerServiceURL must be one of the
// app's own, and the answer must be wanted by POST. Okta answers 400 otherwise.
func (r AuthnRequest) Check(ssoURL string, acs ...string) error {
	if r.Destination != "" && r.Destination != ssoURL {
		return fmt.Errorf("the AuthnRequest is for Destination %q, but came to %q", r.Destination, ssoURL)
	}
	if r.ACS != "" && !slices.Contains(acs, r.ACS) {
		return fmt.Errorf("the AuthnRequest asks for the answer at %q, but the app is set up with %q", r.ACS, acs)
	}
	if r.ProtocolBinding != "" && r.ProtocolBinding != BindingPOST {
		return fmt.Errorf("the AuthnRequest asks for ProtocolBinding %q; only %s is supported", r.ProtocolBinding, BindingPOST)
	}
	return nil
}

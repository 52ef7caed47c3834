package idp

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Bounds of an AuthnRequest. Honest ones are below 2 KiB; with an embedded
// certificate and signature below 16.
const (
	maxRequest = 64 << 10
	maxDepth   = 32
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
	// XML is the document as it came.
	XML []byte
}

// ParseRedirect reads an AuthnRequest from the query of the HTTP-Redirect
// binding: base64 over DEFLATE (SAML 2.0 bindings §3.4.4.1). It also returns the
// RelayState as sent. Errors say what is wrong with the message and are fit to be
// shown to the person who builds the product.
func ParseRedirect(query url.Values) (AuthnRequest, string, error) {
	raw, relayState, err := requestParameter(query)
	if err != nil {
		return AuthnRequest{}, "", err
	}
	if encoding := query.Get("SAMLEncoding"); encoding != "" && encoding != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE" {
		return AuthnRequest{}, "", fmt.Errorf("SAMLEncoding %q is not DEFLATE", encoding)
	}
	inflated, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), maxRequest+1))
	if err != nil {
		return AuthnRequest{}, "", fmt.Errorf("SAMLRequest is not DEFLATE data: %w", err)
	}
	request, err := parseRequest(inflated)
	return request, relayState, err
}

// ParsePost reads an AuthnRequest from the form of the HTTP-POST binding: base64
// alone (SAML 2.0 bindings §3.5.4).
func ParsePost(form url.Values) (AuthnRequest, string, error) {
	raw, relayState, err := requestParameter(form)
	if err != nil {
		return AuthnRequest{}, "", err
	}
	if deflated(raw) {
		return AuthnRequest{}, "", errors.New("the SAMLRequest came by POST and is compressed, which is for the Redirect binding alone")
	}
	request, err := parseRequest(raw)
	return request, relayState, err
}

// deflated says whether DEFLATE data was sent where XML belongs, which some service
// providers do unless told not to.
func deflated(raw []byte) bool {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<")) {
		return false
	}
	start := make([]byte, 1)
	_, err := io.ReadFull(flate.NewReader(bytes.NewReader(raw)), start)
	return err == nil && start[0] == '<'
}

// requestParameter returns the decoded SAMLRequest, which must be there once.
func requestParameter(values url.Values) ([]byte, string, error) {
	switch messages := values["SAMLRequest"]; {
	case len(messages) == 0 || messages[0] == "":
		return nil, "", errors.New("there is no SAMLRequest")
	case len(messages) > 1:
		return nil, "", fmt.Errorf("there are %d SAMLRequest parameters", len(messages))
	case len(messages[0]) > 2*maxRequest:
		return nil, "", fmt.Errorf("SAMLRequest is longer than %d bytes", 2*maxRequest)
	}
	raw, err := base64.StdEncoding.DecodeString(values.Get("SAMLRequest"))
	if err != nil {
		return nil, "", fmt.Errorf("SAMLRequest is not base64: %w", err)
	}
	return raw, values.Get("RelayState"), nil
}

func parseRequest(text []byte) (AuthnRequest, error) {
	root, err := readRoot(text)
	if err != nil {
		return AuthnRequest{}, err
	}
	if root.Tag != "AuthnRequest" || root.NamespaceURI() != nsProtocol {
		return AuthnRequest{}, fmt.Errorf("the SAMLRequest is a %s in namespace %q, not an AuthnRequest", root.Tag, root.NamespaceURI())
	}
	request := AuthnRequest{
		ID:              root.SelectAttrValue("ID", ""),
		Destination:     root.SelectAttrValue("Destination", ""),
		ACS:             root.SelectAttrValue("AssertionConsumerServiceURL", ""),
		ProtocolBinding: root.SelectAttrValue("ProtocolBinding", ""),
		XML:             text,
	}
	if issuer := child(root, nsAssertion, "Issuer"); issuer != nil {
		request.Issuer = strings.TrimSpace(issuer.Text())
	}
	if policy := child(root, nsProtocol, "NameIDPolicy"); policy != nil {
		request.NameIDFormat = policy.SelectAttrValue("Format", "")
	}
	return request, request.readChecked(root)
}

// readRoot parses one document and nothing else.
func readRoot(text []byte) (*etree.Element, error) {
	if len(text) > maxRequest {
		return nil, fmt.Errorf("the AuthnRequest is longer than %d bytes", maxRequest)
	}
	document := etree.NewDocument()
	document.ReadSettings = etree.ReadSettings{ValidateInput: true, PreserveDuplicateAttrs: true, MaxDepth: maxDepth}
	// The library takes the line's end after the document for a part that is too many.
	if err := document.ReadFromBytes(bytes.TrimSpace(text)); err != nil {
		return nil, fmt.Errorf("the AuthnRequest is not well-formed XML: %w", err)
	}
	for _, token := range document.Child {
		if _, ok := token.(*etree.Directive); ok {
			return nil, errors.New("the AuthnRequest has a DOCTYPE, which SAML messages may not have")
		}
	}
	root := document.Root()
	if root == nil {
		return nil, errors.New("the AuthnRequest has no element")
	}
	return root, duplicates(root)
}

// duplicates refuses an attribute that is there twice, which the parser lets by.
func duplicates(element *etree.Element) error {
	for n, attribute := range element.Attr {
		for _, earlier := range element.Attr[:n] {
			if earlier.FullKey() == attribute.FullKey() {
				return fmt.Errorf("attribute %s is there twice on %s", attribute.FullKey(), element.FullTag())
			}
		}
	}
	for _, inner := range element.ChildElements() {
		if err := duplicates(inner); err != nil {
			return err
		}
	}
	return nil
}

var ncName = regexp.MustCompile(`^[\pL_][\pL\pN_.\-]*$`)

// readChecked reads what has a form of its own and checks what must be there.
func (r *AuthnRequest) readChecked(root *etree.Element) error {
	if version := root.SelectAttrValue("Version", ""); version != "2.0" {
		return fmt.Errorf("the AuthnRequest has Version %q instead of 2.0", version)
	}
	if !ncName.MatchString(r.ID) {
		return fmt.Errorf("the AuthnRequest has ID %q, which is not an XML id: it starts with a letter or underscore and has no colon", r.ID)
	}
	if r.Issuer == "" {
		return errors.New("the AuthnRequest has no Issuer")
	}
	issued := root.SelectAttrValue("IssueInstant", "")
	at, err := time.Parse(time.RFC3339Nano, issued)
	if err != nil {
		return fmt.Errorf("the AuthnRequest has IssueInstant %q, which is not a date and time with a zone", issued)
	}
	r.IssueInstant = at.UTC()
	if r.ForceAuthn, err = boolean(root, "ForceAuthn"); err != nil {
		return err
	}
	r.IsPassive, err = boolean(root, "IsPassive")
	return err
}

// boolean reads an xs:boolean; absent is false.
func boolean(element *etree.Element, name string) (bool, error) {
	switch value := element.SelectAttrValue(name, "false"); value {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	default:
		return false, fmt.Errorf("the AuthnRequest has %s %q, which is not true or false", name, value)
	}
}

// child returns the first child element with that namespace and name.
func child(parent *etree.Element, namespace, name string) *etree.Element {
	for _, element := range parent.ChildElements() {
		if element.Tag == name && element.NamespaceURI() == namespace {
			return element
		}
	}
	return nil
}

// Check holds the request against what the identity provider has on file: a
// Destination must be this SSO URL, an AssertionConsumerServiceURL must be the
// app's own, and the answer must be wanted by POST. Okta answers 400 otherwise.
func (r AuthnRequest) Check(ssoURL, acs string) error {
	if r.Destination != "" && r.Destination != ssoURL {
		return fmt.Errorf("the AuthnRequest is for Destination %q, but came to %q", r.Destination, ssoURL)
	}
	if r.ACS != "" && r.ACS != acs {
		return fmt.Errorf("the AuthnRequest asks for the answer at %q, but the app is set up with %q", r.ACS, acs)
	}
	if r.ProtocolBinding != "" && r.ProtocolBinding != BindingPOST {
		return fmt.Errorf("the AuthnRequest asks for ProtocolBinding %q; only %s is supported", r.ProtocolBinding, BindingPOST)
	}
	return nil
}

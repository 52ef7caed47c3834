package idp

import (
	"fmt"
	"io"
	"time"

	"github.com/beevik/etree"
)

// Status codes of a response (SAML 2.0 core §3.2.2.2): the first four are the top
// level, the others stand below one of them.
const (
	StatusSuccess          = "urn:oasis:names:tc:SAML:2.0:status:Success"
	StatusRequester        = "urn:oasis:names:tc:SAML:2.0:status:Requester"
	StatusResponder        = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	StatusVersionMismatch  = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"
	StatusAuthnFailed      = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
	StatusInvalidNameID    = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
	StatusNoPassive        = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"
	StatusPartialLogout    = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
	StatusRequestDenied    = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
	StatusUnknownPrincipal = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"
)

const formatEntity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"

// Dispatch is what all messages of ours say of their own way: where to, when, and in
// answer to what.
type Dispatch struct {
	Destination  string
	InResponseTo string // empty in a request
	Now          time.Time
	Random       io.Reader // feeds the ID; nil means crypto/rand
}

// Name is somebody's name with all that belongs to it (SAML 2.0 core §2.2.2). Two
// names are the same where all of it is.
type Name struct {
	Value           string
	Format          string
	NameQualifier   string
	SPNameQualifier string
}

func nameIn(element *etree.Element) Name {
	return Name{
		Value: element.Text(), Format: element.SelectAttrValue("Format", ""),
		NameQualifier: element.SelectAttrValue("NameQualifier", ""), SPNameQualifier: element.SelectAttrValue("SPNameQualifier", ""),
	}
}

// Logout is what a LogoutRequest says (SAML 2.0 core §3.7.1).
type Logout struct {
	Dispatch
	Name Name
	// SessionIndexes say which sessions are over; none means all of that person.
	SessionIndexes []string
	// NotOnOrAfter ends the request's own life; zero means [Leeway] from now.
	NotOnOrAfter time.Time
	// Reason is a URI such as urn:oasis:names:tc:SAML:2.0:logout:user; empty leaves it out.
	Reason string
}

// LogoutRequest is the message that ends sessions, unsigned.
func (i Identity) LogoutRequest(l Logout) (Envelope, error) {
	id, _, _, err := identifiers(l.Random)
	if err != nil {
		return Envelope{}, err
	}
	if l.NotOnOrAfter.IsZero() {
		l.NotOnOrAfter = l.Now.Add(Leeway)
	}
	made := i.newEnvelope(asRequest, "LogoutRequest", id, l.Dispatch)
	attributes(made.Root, "NotOnOrAfter", instant(l.NotOnOrAfter))
	if l.Reason != "" {
		attributes(made.Root, "Reason", l.Reason)
	}
	name := made.Root.CreateElement("saml2:NameID")
	for _, part := range [][2]string{
		{"Format", l.Name.Format}, {"NameQualifier", l.Name.NameQualifier}, {"SPNameQualifier", l.Name.SPNameQualifier},
	} {
		if part[1] != "" {
			attributes(name, part[0], part[1])
		}
	}
	attributes(name, "xmlns:saml2", nsAssertion)
	name.SetText(l.Name.Value)
	for _, index := range l.SessionIndexes {
		made.Root.CreateElement("saml2p:SessionIndex").SetText(index)
	}
	return made, nil
}

// Status is how a request ended: a top-level code, one below it or none, and words.
type Status struct {
	Code    string
	Below   string
	Message string
}

// write adds the status to a response.
func (s Status) write(response *etree.Element) {
	status := response.CreateElement("saml2p:Status")
	attributes(status, "xmlns:saml2p", nsProtocol)
	code := status.CreateElement("saml2p:StatusCode")
	attributes(code, "Value", s.Code)
	if s.Below != "" {
		attributes(code.CreateElement("saml2p:StatusCode"), "Value", s.Below)
	}
	if s.Message != "" {
		status.CreateElement("saml2p:StatusMessage").SetText(s.Message)
	}
}

// LogoutResponse answers a LogoutRequest, unsigned.
func (i Identity) LogoutResponse(d Dispatch, s Status) (Envelope, error) {
	id, _, _, err := identifiers(d.Random)
	if err != nil {
		return Envelope{}, err
	}
	made := i.newEnvelope(asResponse, "LogoutResponse", id, d)
	s.write(made.Root)
	return made, nil
}

// Failure is the Response that Okta sends where it does not sign the person in, but
// still answers: it has a status and no assertion (SAML 2.0 profiles §4.1.4.2). Unless
// sign is SignNothing the response is signed.
func (i Identity) Failure(d Dispatch, s Status, sign Signing) (*Response, error) {
	if s.Code == "" || s.Code == StatusSuccess {
		return nil, fmt.Errorf("a failure has a status other than %q", s.Code)
	}
	id, _, _, err := identifiers(d.Random)
	if err != nil {
		return nil, err
	}
	made := i.newEnvelope(asResponse, "Response", id, d)
	s.write(made.Root)
	if sign != SignNothing {
		if err := made.Sign(); err != nil {
			return nil, err
		}
	}
	return &Response{XML: made.XML(), ID: id}, nil
}

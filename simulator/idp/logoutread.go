package idp

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// LogoutMessage is a LogoutRequest or LogoutResponse that a product sent (SAML 2.0
// core §3.7). What only one of them has is empty in the other.
type LogoutMessage struct {
	// Answer says that it is a LogoutResponse.
	Answer       bool
	ID           string
	Issuer       string
	Destination  string
	IssueInstant time.Time

	// Name, SessionIndexes and NotOnOrAfter (zero where absent) are a request's.
	Name           Name
	SessionIndexes []string
	NotOnOrAfter   time.Time

	// InResponseTo and Status are an answer's.
	InResponseTo string
	Status       Status

	RelayState string
	Signature  Signature
	XML        []byte
}

// ParseLogoutRedirect reads a logout message from a query, given as it came.
func ParseLogoutRedirect(rawQuery string) (LogoutMessage, error) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return LogoutMessage{}, fmt.Errorf("the query cannot be read: %w", err)
	}
	parameter, err := whichParameter(query)
	if err != nil {
		return LogoutMessage{}, err
	}
	message, err := fromRedirect(rawQuery, parameter)
	return readLogout(parameter, message, err)
}

// ParseLogoutPost reads a logout message from a form.
func ParseLogoutPost(form url.Values) (LogoutMessage, error) {
	parameter, err := whichParameter(form)
	if err != nil {
		return LogoutMessage{}, err
	}
	message, err := fromPost(form, parameter)
	return readLogout(parameter, message, err)
}

// whichParameter says whether a request came or an answer.
func whichParameter(values url.Values) (string, error) {
	switch request, answer := values.Has(asRequest), values.Has(asResponse); {
	case request && answer:
		return "", fmt.Errorf("there are a %s and a %s; one message at a time", asRequest, asResponse)
	case answer:
		return asResponse, nil
	}
	return asRequest, nil
}

func readLogout(parameter string, from carried, err error) (LogoutMessage, error) {
	if err != nil {
		return LogoutMessage{}, err
	}
	wanted := "LogoutRequest"
	if parameter == asResponse {
		wanted = "LogoutResponse"
	}
	root, err := readRoot(from.xml)
	if err != nil {
		return LogoutMessage{}, fmt.Errorf("the %s %w", wanted, err)
	}
	if root.Tag != wanted || root.NamespaceURI() != nsProtocol {
		return LogoutMessage{}, fmt.Errorf("the %s is a %s in namespace %q, not a %s", parameter, root.Tag, root.NamespaceURI(), wanted)
	}
	read := LogoutMessage{Answer: parameter == asResponse, RelayState: from.relayState, Signature: from.signature, XML: from.xml}
	if err := read.fill(root); err != nil {
		return read, fmt.Errorf("the %s %w", wanted, err)
	}
	return read, nil
}

func (m *LogoutMessage) fill(root *etree.Element) error {
	head, err := readHeader(root)
	if err != nil {
		return err
	}
	m.ID, m.Issuer, m.Destination, m.IssueInstant = head.id, head.issuer, head.destination, head.issued
	if m.Answer {
		return m.fillAnswer(root)
	}
	return m.fillRequest(root)
}

func (m *LogoutMessage) fillRequest(root *etree.Element) error {
	name := child(root, nsAssertion, "NameID")
	if name == nil {
		return errors.New("has no NameID in the clear")
	}
	m.Name = nameIn(name)
	for _, element := range root.ChildElements() {
		if element.Tag == "SessionIndex" && element.NamespaceURI() == nsProtocol {
			m.SessionIndexes = append(m.SessionIndexes, strings.TrimSpace(element.Text()))
		}
	}
	if root.SelectAttr("NotOnOrAfter") == nil {
		return nil
	}
	var err error
	m.NotOnOrAfter, err = moment(root, "NotOnOrAfter")
	return err
}

func (m *LogoutMessage) fillAnswer(root *etree.Element) error {
	m.InResponseTo = root.SelectAttrValue("InResponseTo", "")
	status := child(root, nsProtocol, "Status")
	if status == nil {
		return errors.New("has no Status")
	}
	code := child(status, nsProtocol, "StatusCode")
	if code == nil {
		return errors.New("has no StatusCode")
	}
	m.Status.Code = code.SelectAttrValue("Value", "")
	if below := child(code, nsProtocol, "StatusCode"); below != nil {
		m.Status.Below = below.SelectAttrValue("Value", "")
	}
	if words := child(status, nsProtocol, "StatusMessage"); words != nil {
		m.Status.Message = strings.TrimSpace(words.Text())
	}
	return nil
}

// Check holds the message against what Okta has on file: who the product is, by its
// entity id; Okta's own logout address; and the time.
// Whether it is signed is asked of its Signature.
func (m LogoutMessage) Check(sloURL, issuer string, now time.Time) error {
	switch {
	case m.Issuer != issuer:
		return fmt.Errorf("its Issuer is %q, but the app is set up with %q", m.Issuer, issuer)
	case m.Destination != "" && m.Destination != sloURL:
		return fmt.Errorf("it is for Destination %q, but came to %q", m.Destination, sloURL)
	case !m.NotOnOrAfter.IsZero() && !now.Before(m.NotOnOrAfter.Add(Leeway)):
		return fmt.Errorf("it was good until %s", m.NotOnOrAfter.Format(time.RFC3339))
	}
	return nil
}

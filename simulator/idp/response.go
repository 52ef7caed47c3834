package idp

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// Response is a finished message.
type Response struct {
	// XML is the document as it is posted, before base64.
	XML []byte
	// ID and AssertionID are the IDs of the two elements.
	ID          string
	AssertionID string
	// Name and SessionIndex are how a logout will speak of the session that begins; both
	// are zero where there is no assertion.
	Name         Name
	SessionIndex string
}

// Encoded returns the form value SAMLResponse: base64 without line breaks (SAML
// 2.0 bindings §3.5.4).
func (r Response) Encoded() string {
	return encoded(r.XML)
}

// encoded is a document in base64. The library's way to a string takes its length twice.
func encoded(document []byte) string {
	var text strings.Builder
	text.Grow(base64.StdEncoding.EncodedLen(len(document)))
	to := base64.NewEncoder(base64.StdEncoding, &text)
	_, _ = to.Write(document) // a Builder takes everything
	_ = to.Close()
	return text.String()
}

// Draft is a response that may still be changed. Response and Assertion point
// into Document.
type Draft struct {
	Document  *etree.Document
	Response  *etree.Element
	Assertion *etree.Element
	// Encrypted is the EncryptedAssertion that stands in the Response in place of
	// Assertion; nil until SignAs has encrypted.
	Encrypted *etree.Element
	// Encrypt and EncryptName are the claims': what SignAs encrypts with, nil for nothing.
	Encrypt     *Encryption
	EncryptName *Encryption
	// Signer has the identity's key and certificate, and the prefix list that this
	// message needs, or what the shape has in their place.
	Signer Signer

	sends func([]byte) []byte
}

// Issue returns the response that Okta would send for these claims.
func (i Identity) Issue(claims Claims) (*Response, error) {
	message, err := i.message(claims)
	if err != nil {
		return nil, err
	}
	if message.straightforward() {
		return message.straight()
	}
	draft, err := message.draft()
	if err != nil {
		return nil, err
	}
	if err := draft.SignAs(claims.Sign); err != nil {
		return nil, err
	}
	return draft.Seal(), nil
}

// SignAs signs what the choice names and encrypts what the draft says. The assertion
// is signed first and encrypted then, so that its signature is in the secret part; the
// signature of the response covers what came of both. The name is encrypted before
// all, so that every signature covers it in that form.
func (d *Draft) SignAs(choice Signing) error {
	if err := d.encryptName(); err != nil {
		return err
	}
	if choice == SignBoth || choice == SignAssertion {
		if err := d.Signer.Sign(d.Assertion); err != nil {
			return fmt.Errorf("signing the assertion: %w", err)
		}
	}
	if err := d.encryptAssertion(); err != nil {
		return err
	}
	if choice == SignBoth || choice == SignResponse {
		if err := d.Signer.Sign(d.Response); err != nil {
			return fmt.Errorf("signing the response: %w", err)
		}
	}
	return nil
}

func (d *Draft) encryptName() error {
	if d.EncryptName == nil {
		return nil
	}
	name := d.Assertion.FindElement("./Subject/NameID")
	if name == nil {
		return errors.New("encrypting the name: the subject has none")
	}
	encrypted, err := d.EncryptName.EncryptNameID(name)
	if err == nil {
		replace(name, encrypted)
	}
	return err
}

func (d *Draft) encryptAssertion() error {
	if d.Encrypt == nil {
		return nil
	}
	encrypted, err := d.Encrypt.EncryptAssertion(d.Assertion)
	if err == nil {
		replace(d.Assertion, encrypted)
		d.Encrypted = encrypted
	}
	return err
}

// replace puts another element in the place of one.
func replace(old, by *etree.Element) {
	parent, place := old.Parent(), old.Index()
	parent.RemoveChildAt(place)
	parent.InsertChildAt(place, by)
}

// Seal writes the document out as it stands.
func (d *Draft) Seal() *Response {
	sealed := &Response{
		XML:         serialize(d.Document),
		ID:          d.Response.SelectAttrValue("ID", ""),
		AssertionID: d.Assertion.SelectAttrValue("ID", ""),
	}
	if d.sends != nil {
		sealed.XML = d.sends(sealed.XML)
	}
	if name := d.Assertion.FindElement("./Subject/NameID"); name != nil {
		sealed.Name = nameIn(name)
	}
	if statement := d.Assertion.SelectElement("AuthnStatement"); statement != nil {
		sealed.SessionIndex = statement.SelectAttrValue("SessionIndex", "")
	}
	return sealed
}

// Draft returns the response for these claims, unsigned.
func (i Identity) Draft(claims Claims) (*Draft, error) {
	message, err := i.message(claims)
	if err != nil {
		return nil, err
	}
	return message.draft()
}

// message fills in what the claims leave open, and draws the IDs.
func (i Identity) message(claims Claims) (message, error) {
	if err := claims.check(); err != nil {
		return message{}, err
	}
	if claims.NameIDFormat == "" {
		claims.NameIDFormat = i.NameIDFormat
	}
	if claims.AuthnInstant.IsZero() {
		claims.AuthnInstant = claims.Now
	}
	responseID, assertionID, session, err := claims.identifiers()
	if err != nil {
		return message{}, err
	}
	if claims.SessionIndex == "" {
		claims.SessionIndex = claims.InResponseTo
	}
	if claims.SessionIndex == "" {
		claims.SessionIndex = fmt.Sprintf("id%d.%s", claims.Now.UnixMilli(), session)
	}
	return message{Identity: i, Claims: claims, attributes: claims.written(), responseID: responseID, assertionID: assertionID}, nil
}

// draft builds the tree.
func (m message) draft() (*Draft, error) {
	document := newDocument()
	response := m.response(m.responseID)
	document.SetRoot(response)
	assertion := m.assertion(m.assertionID)
	response.AddChild(assertion)
	draft := &Draft{
		Document: document, Response: response, Assertion: assertion,
		Encrypt: m.Encrypt, EncryptName: m.EncryptName,
		Signer: m.Shape.signer(m.Identity, len(m.attributes) > 0), sends: m.Shape.Sends,
	}
	return draft, m.Shape.write(draft)
}

// message is one response, complete in what it says, and builds its elements. Okta
// declares a namespace again on every child of Response and Assertion, and writes
// declarations after the other attributes.
type message struct {
	Identity
	Claims
	attributes              []Attribute
	responseID, assertionID string
}

// response builds everything but the assertion (SAML 2.0 core §3.3.3).
func (m message) response(id string) *etree.Element {
	response := etree.NewElement("saml2p:Response")
	attributes(response, "Destination", m.Destination, "ID", id)
	if m.InResponseTo != "" {
		attributes(response, "InResponseTo", m.InResponseTo)
	}
	attributes(response, "IssueInstant", m.instant(m.Now), "Version", "2.0", "xmlns:saml2p", nsProtocol)
	m.declareSchema(response)
	m.issuer(response)
	status := response.CreateElement("saml2p:Status")
	attributes(status, "xmlns:saml2p", nsProtocol)
	attributes(status.CreateElement("saml2p:StatusCode"), "Value", "urn:oasis:names:tc:SAML:2.0:status:Success")
	return response
}

// assertion builds the statement about the person (SAML 2.0 core §2.3.3).
func (m message) assertion(id string) *etree.Element {
	assertion := etree.NewElement("saml2:Assertion")
	attributes(assertion, "ID", id, "IssueInstant", m.instant(m.Now), "Version", "2.0", "xmlns:saml2", nsAssertion)
	m.declareSchema(assertion)
	m.issuer(assertion)
	m.subject(assertion)
	m.conditions(assertion)
	m.authnStatement(assertion)
	m.attributeStatement(assertion)
	return assertion
}

// declareSchema declares the prefix that xsi:type values use, where there are any.
func (m message) declareSchema(element *etree.Element) {
	if len(m.attributes) > 0 && m.Shape.ValueType != Untyped {
		attributes(element, "xmlns:xs", nsSchema)
	}
}

func (m message) issuer(parent *etree.Element) {
	issuer := parent.CreateElement("saml2:Issuer")
	attributes(issuer, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity", "xmlns:saml2", nsAssertion)
	issuer.SetText(m.EntityID)
}

func (m message) subject(assertion *etree.Element) {
	subject := assertion.CreateElement("saml2:Subject")
	attributes(subject, "xmlns:saml2", nsAssertion)
	name := subject.CreateElement("saml2:NameID")
	attributes(name, "Format", m.Claims.NameIDFormat)
	name.SetText(m.NameID)
	confirmation := subject.CreateElement("saml2:SubjectConfirmation")
	attributes(confirmation, "Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
	data := confirmation.CreateElement("saml2:SubjectConfirmationData")
	if m.InResponseTo != "" {
		attributes(data, "InResponseTo", m.InResponseTo)
	}
	attributes(data, "NotOnOrAfter", m.instant(m.Now.Add(Leeway)), "Recipient", m.Recipient)
}

func (m message) conditions(assertion *etree.Element) {
	conditions := assertion.CreateElement("saml2:Conditions")
	attributes(conditions,
		"NotBefore", m.instant(m.Now.Add(-Leeway)),
		"NotOnOrAfter", m.instant(m.Now.Add(Leeway)),
		"xmlns:saml2", nsAssertion)
	conditions.CreateElement("saml2:AudienceRestriction").CreateElement("saml2:Audience").SetText(m.Audience)
}

func (m message) authnStatement(assertion *etree.Element) {
	statement := assertion.CreateElement("saml2:AuthnStatement")
	attributes(statement,
		"AuthnInstant", m.instant(m.AuthnInstant),
		"SessionIndex", m.SessionIndex,
		"xmlns:saml2", nsAssertion)
	statement.CreateElement("saml2:AuthnContext").CreateElement("saml2:AuthnContextClassRef").
		SetText("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")
}

// attributeStatement is left out altogether when there is nothing to state.
func (m message) attributeStatement(assertion *etree.Element) {
	if len(m.attributes) == 0 {
		return
	}
	statement := assertion.CreateElement("saml2:AttributeStatement")
	attributes(statement, "xmlns:saml2", nsAssertion)
	for _, attribute := range m.attributes {
		element := statement.CreateElement("saml2:Attribute")
		attributes(element, "Name", attribute.Name, "NameFormat", attribute.NameFormat)
		for _, value := range attribute.Values {
			item := element.CreateElement("saml2:AttributeValue")
			if m.Shape.ValueType != Untyped {
				attributes(item, "xmlns:xs", nsSchema, "xmlns:xsi", nsInstance, "xsi:type", cmp.Or(m.Shape.ValueType, "xs:string"))
			}
			if value != "" {
				item.SetText(value)
			}
		}
	}
}

package target

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Bounds of a metadata document. A federation's aggregate is far larger; a
// product's own is a few kilobytes.
const (
	maxMetadata      = 1 << 20
	maxMetadataDepth = 32
)

const (
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	bindingPOST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// SPMetadata is what a product says of itself as a service provider (SAML 2.0
// metadata §2.4.4), as far as an identity provider acts on it.
type SPMetadata struct {
	EntityID   string
	ValidUntil time.Time // zero where the document does not say
	// ACS are the addresses that take responses, in the order of the document.
	ACS []ACS
	// SLO are the addresses that take logout messages.
	SLO                  []SLO
	WantAssertionsSigned bool
	AuthnRequestsSigned  bool
	NameIDFormats        []string
	// Signing and Encryption are certificates. One key without a stated use is in both.
	Signing, Encryption []*x509.Certificate
}

// ACS is an assertion consumer service.
type ACS struct {
	Location string
	Binding  string
	Index    int
	Default  bool
}

// SLO is a single logout service. Answers go to ResponseLocation, if it has one.
type SLO struct {
	Location         string
	ResponseLocation string
	Binding          string
}

// LogoutBy is the single logout service with that binding; false where there is none.
func (m SPMetadata) LogoutBy(binding string) (SLO, bool) {
	at := slices.IndexFunc(m.SLO, func(s SLO) bool { return s.Binding == binding })
	if at < 0 {
		return SLO{}, false
	}
	return m.SLO[at], true
}

// Contradiction is where the metadata is at odds with itself, though none of it is against
// the standard, and what to do about it; both are empty where it is not.
func (m SPMetadata) Contradiction() (says, fix string) {
	if m.AuthnRequestsSigned && len(m.Signing) == 0 {
		return "its SPSSODescriptor says AuthnRequestsSigned, and has no KeyDescriptor to sign with: an identity provider that heeds it can check no request, and refuses them all",
			"publish the certificate in a KeyDescriptor with use=\"signing\", or say AuthnRequestsSigned=\"false\""
	}
	return "", ""
}

// PostACS is where to post a response: of the addresses with the POST binding the
// default one, or else the one with the lowest index (SAML 2.0 metadata §2.2.3). It
// is empty where there is none.
func (m SPMetadata) PostACS() string {
	var best *ACS
	for i := range m.ACS {
		one := &m.ACS[i]
		switch {
		case one.Binding != bindingPOST:
		case best == nil, one.Default && !best.Default, one.Default == best.Default && one.Index < best.Index:
			best = one
		}
	}
	if best == nil {
		return ""
	}
	return best.Location
}

// ReadSPMetadata reads a metadata document. Where it describes several entities,
// entityID says which one is meant; otherwise it may be empty. A document that is
// no longer valid at now is refused.
func ReadSPMetadata(text []byte, entityID string, now time.Time) (SPMetadata, error) {
	root, err := metadataRoot(text)
	if err != nil {
		return SPMetadata{}, err
	}
	entity, validUntil, err := pickEntity(root, entityID)
	if err != nil {
		return SPMetadata{}, err
	}
	role := spRole(entity)
	if role == nil {
		return SPMetadata{}, fmt.Errorf("%s has no SPSSODescriptor for SAML 2.0: is it the metadata of an identity provider?", entity.SelectAttrValue("entityID", ""))
	}
	read := SPMetadata{EntityID: strings.TrimSpace(entity.SelectAttrValue("entityID", ""))}
	if read.ValidUntil, err = earliest(validUntil, entity, role); err != nil {
		return SPMetadata{}, err
	}
	if !read.ValidUntil.IsZero() && now.After(read.ValidUntil) {
		return SPMetadata{}, fmt.Errorf("the metadata of %s was valid until %s", read.EntityID, read.ValidUntil.Format(time.RFC3339))
	}
	return read, read.readRole(role)
}

func metadataRoot(text []byte) (*etree.Element, error) {
	if len(text) > maxMetadata {
		return nil, fmt.Errorf("it is longer than %d bytes, which no service provider's own metadata is", maxMetadata)
	}
	document := etree.NewDocument()
	document.ReadSettings = etree.ReadSettings{ValidateInput: true, PreserveDuplicateAttrs: true, MaxDepth: maxMetadataDepth}
	// The library takes the line's end after the document for a part that is too many.
	if err := document.ReadFromBytes(bytes.TrimSpace(text)); err != nil {
		// The cause is no part of the error: an end that comes too soon is one of the
		// document, and not of the connection.
		return nil, fmt.Errorf("it is not well-formed XML: %s", cmp.Or(strings.TrimPrefix(err.Error(), "EOF"), "it has no element"))
	}
	for _, token := range document.Child {
		if _, ok := token.(*etree.Directive); ok {
			return nil, errors.New("it has a DOCTYPE, which metadata may not have: is it an HTML page?")
		}
	}
	root := document.Root()
	if root == nil {
		return nil, errors.New("it is not well-formed XML: it has no element")
	}
	if !inMetadata(root, "EntityDescriptor") && !inMetadata(root, "EntitiesDescriptor") {
		return nil, fmt.Errorf("it is a %s, not SAML metadata", root.Tag)
	}
	return root, nil
}

// pickEntity finds the entity that is meant, and the elements that stand around it.
func pickEntity(root *etree.Element, entityID string) (*etree.Element, []*etree.Element, error) {
	all := entities(root)
	var ids []string
	var chosen []*etree.Element
	for _, entity := range all {
		id := strings.TrimSpace(entity.SelectAttrValue("entityID", ""))
		if id == "" {
			return nil, nil, errors.New("an EntityDescriptor has no entityID")
		}
		if spRole(entity) != nil {
			ids = append(ids, id)
		}
		if id == entityID || entityID == "" && (len(all) == 1 || spRole(entity) != nil) {
			chosen = append(chosen, entity)
		}
	}
	switch {
	case len(all) == 0:
		return nil, nil, errors.New("it describes no entity")
	case len(chosen) == 1:
		return chosen[0], around(chosen[0]), nil
	case len(chosen) > 1 && entityID != "":
		return nil, nil, fmt.Errorf("it describes %s %d times", entityID, len(chosen))
	case len(chosen) > 1:
		return nil, nil, fmt.Errorf("it describes %d service providers: say which by entity_id: %s", len(ids), listed(ids))
	case entityID != "":
		return nil, nil, fmt.Errorf("it does not describe %s, but %s", entityID, listed(ids))
	}
	return nil, nil, errors.New("it describes no service provider: is it the metadata of an identity provider?")
}

// entities are all the entities of the document.
func entities(e *etree.Element) []*etree.Element {
	if inMetadata(e, "EntityDescriptor") {
		return []*etree.Element{e}
	}
	var all []*etree.Element
	for _, inner := range e.ChildElements() {
		if inMetadata(inner, "EntityDescriptor") || inMetadata(inner, "EntitiesDescriptor") {
			all = append(all, entities(inner)...)
		}
	}
	return all
}

func around(e *etree.Element) (parents []*etree.Element) {
	for e = e.Parent(); e != nil && e.Tag != ""; e = e.Parent() {
		parents = append(parents, e)
	}
	return parents
}

// listed names some of the ids.
func listed(ids []string) string {
	const most = 5
	if len(ids) == 0 {
		return "no service provider"
	}
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + fmt.Sprintf(" and %d more", len(ids)-most)
	}
	return strings.Join(ids, ", ")
}

// earliest is the first of the times until which these elements are valid.
func earliest(parents []*etree.Element, more ...*etree.Element) (time.Time, error) {
	var until time.Time
	for _, e := range append(slices.Clone(parents), more...) {
		text := e.SelectAttrValue("validUntil", "")
		if text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return until, fmt.Errorf("%s has validUntil %q, which is not a date and time with a zone", e.Tag, text)
		}
		if until.IsZero() || at.Before(until) {
			until = at.UTC()
		}
	}
	return until, nil
}

func spRole(entity *etree.Element) *etree.Element {
	for _, role := range entity.ChildElements() {
		if inMetadata(role, "SPSSODescriptor") &&
			slices.Contains(strings.Fields(role.SelectAttrValue("protocolSupportEnumeration", "")), nsProtocol) {
			return role
		}
	}
	return nil
}

func (m *SPMetadata) readRole(role *etree.Element) error {
	var err error
	if m.WantAssertionsSigned, err = yesOrNo(role, "WantAssertionsSigned"); err != nil {
		return err
	}
	if m.AuthnRequestsSigned, err = yesOrNo(role, "AuthnRequestsSigned"); err != nil {
		return err
	}
	for _, e := range role.ChildElements() {
		switch {
		case inMetadata(e, "NameIDFormat"):
			m.NameIDFormats = append(m.NameIDFormats, strings.TrimSpace(e.Text()))
		case inMetadata(e, "AssertionConsumerService"):
			err = m.readACS(e)
		case inMetadata(e, "SingleLogoutService"):
			err = m.readSLO(e)
		case inMetadata(e, "KeyDescriptor"):
			err = m.readKey(e)
		}
		if err != nil {
			return err
		}
	}
	if m.PostACS() == "" {
		return fmt.Errorf("%s has no AssertionConsumerService with the HTTP-POST binding", m.EntityID)
	}
	return nil
}

func (m *SPMetadata) readACS(e *etree.Element) error {
	read := ACS{Location: strings.TrimSpace(e.SelectAttrValue("Location", "")), Binding: e.SelectAttrValue("Binding", "")}
	if read.Binding == bindingPOST && (read.Location == "" || checkAddress(read.Location) != nil) {
		return fmt.Errorf("an AssertionConsumerService has Location %q, which is not an http or https address", read.Location)
	}
	var err error
	if index := e.SelectAttrValue("index", "0"); index != "" {
		if read.Index, err = strconv.Atoi(index); err != nil || read.Index < 0 || read.Index > 65535 {
			return fmt.Errorf("an AssertionConsumerService has index %q, which is not a number from 0 to 65535", index)
		}
	}
	read.Default, err = yesOrNo(e, "isDefault")
	m.ACS = append(m.ACS, read)
	return err
}

func (m *SPMetadata) readSLO(e *etree.Element) error {
	read := SLO{
		Location:         strings.TrimSpace(e.SelectAttrValue("Location", "")),
		ResponseLocation: strings.TrimSpace(e.SelectAttrValue("ResponseLocation", "")),
		Binding:          e.SelectAttrValue("Binding", ""),
	}
	for _, address := range []string{read.Location, read.ResponseLocation} {
		if checkAddress(address) != nil || read.Location == "" {
			return fmt.Errorf("a SingleLogoutService has the address %q, which is not an http or https address", address)
		}
	}
	m.SLO = append(m.SLO, read)
	return nil
}

func (m *SPMetadata) readKey(e *etree.Element) error {
	use := e.SelectAttrValue("use", "")
	for _, element := range e.FindElements(".//X509Certificate") {
		if element.NamespaceURI() != nsSignature {
			continue
		}
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(element.Text()), ""))
		if err != nil {
			return errors.New("a KeyDescriptor has a certificate that is not base64")
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return errors.New("a KeyDescriptor has a certificate that cannot be read")
		}
		if use != "encryption" {
			m.Signing = append(m.Signing, certificate)
		}
		if use != "signing" {
			m.Encryption = append(m.Encryption, certificate)
		}
	}
	return nil
}

func inMetadata(e *etree.Element, name string) bool {
	return e.Tag == name && e.NamespaceURI() == nsMetadata
}

// yesOrNo reads an xs:boolean; absent is false.
func yesOrNo(e *etree.Element, name string) (bool, error) {
	switch value := strings.TrimSpace(e.SelectAttrValue(name, "false")); value {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	default:
		return false, fmt.Errorf("%s has %s %q, which is not true or false", e.Tag, name, value)
	}
}

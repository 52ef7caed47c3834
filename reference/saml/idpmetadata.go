package saml

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// Bounds on an identity provider's metadata.
const (
	maxMetadata     = 1 << 20
	maxEntityID     = 1024 // Metadata 2.3.2
	maxCertificates = 16
	minKeyBits      = 2048 // RSA
	minCurveBits    = 256  // ECDSA
)

// ParseIdPMetadata reads an identity provider's metadata: one EntityDescriptor with one
// SAML 2.0 IDPSSODescriptor, at least one signing certificate (RSA of 2048 bits or more, or
// ECDSA of 256 or more), and a sign-in address for the Redirect binding.
//
// The document is taken as given by an administrator: a signature in it is not looked at.
// Until when it is good is told in ValidUntil and left to the caller, who knows the time.
// Every error is one line that says what to correct.
func ParseIdPMetadata(xml []byte) (IdP, error) {
	idp, err := readEntity(xml)
	if err != nil {
		var refusal *Refusal
		if errors.As(err, &refusal) {
			err = errors.New(refusal.Reason)
		}
		return IdP{}, fmt.Errorf("saml: identity provider metadata: %w", err)
	}
	return idp, nil
}

func readEntity(xml []byte) (IdP, error) {
	if len(xml) > maxMetadata {
		return IdP{}, Refuse("it has %d bytes; %d are allowed", len(xml), maxMetadata)
	}
	_, root, _, err := readDocument(xml)
	if err != nil {
		return IdP{}, err
	}
	if is(root, nsMetadata, "EntitiesDescriptor") {
		return IdP{}, Refuse("it describes several entities; give the one EntityDescriptor of the identity provider")
	}
	if !is(root, nsMetadata, "EntityDescriptor") {
		return IdP{}, Refuse("its root is %s in namespace %s, not an EntityDescriptor", show(root.Tag), show(root.NamespaceURI()))
	}
	idp := IdP{EntityID: value(root, "entityID")}
	if idp.EntityID == "" || len(idp.EntityID) > maxEntityID || strings.TrimSpace(idp.EntityID) != idp.EntityID {
		return IdP{}, Refuse("its entityID is empty, longer than %d bytes or has white space around it", maxEntityID)
	}
	role, err := idpRole(root)
	if err != nil {
		return IdP{}, err
	}
	if err := idp.readServices(role); err != nil {
		return IdP{}, err
	}
	if err := idp.readValidity(root, role); err != nil {
		return IdP{}, err
	}
	idp.Certificates, err = signingCertificates(role)
	return idp, err
}

// idpRole returns the one IDPSSODescriptor that speaks SAML 2.0.
func idpRole(root *etree.Element) (*etree.Element, error) {
	roles := slices.DeleteFunc(children(root, nsMetadata, "IDPSSODescriptor"), func(role *etree.Element) bool {
		return !slices.Contains(strings.Fields(value(role, "protocolSupportEnumeration")), nsProtocol)
	})
	if len(roles) != 1 {
		return nil, Refuse("it has %d IDPSSODescriptor elements that support SAML 2.0; exactly one is wanted", len(roles))
	}
	return roles[0], nil
}

// readServices reads where messages are taken. A sign-in address for the Redirect
// binding must be there.
func (p *IdP) readServices(role *etree.Element) error {
	p.WantsSignedRequests = slices.Contains([]string{"true", "1"}, value(role, "WantAuthnRequestsSigned"))
	for _, wanted := range []struct {
		service, binding, what string
		into                   *string
	}{
		{"SingleSignOnService", bindingRedirect, "sign-in", &p.SSOURL},
		{"SingleSignOnService", bindingPOST, "sign-in", &p.SSOPostURL},
		{"SingleLogoutService", bindingRedirect, "logout", &p.SLOURL},
		{"SingleLogoutService", bindingPOST, "logout", &p.SLOPostURL},
	} {
		var err error
		if *wanted.into, err = location(role, wanted.service, wanted.binding, wanted.what); err != nil {
			return err
		}
	}
	if p.SSOURL == "" {
		return Refuse("it has no SingleSignOnService with the HTTP-Redirect binding")
	}
	return nil
}

// readValidity reads until when the description is good: the earliest end that it states,
// for the entity or for the role (Metadata 2.3.2 and 2.4.1).
func (p *IdP) readValidity(described ...*etree.Element) error {
	for _, el := range described {
		until, stated, err := instant(el, "validUntil")
		if err != nil {
			return err
		}
		if stated && (p.ValidUntil.IsZero() || until.Before(p.ValidUntil)) {
			p.ValidUntil = until
		}
	}
	return nil
}

// location is the address of the first such service with that binding; empty where
// there is none.
func location(role *etree.Element, service, binding, what string) (string, error) {
	for _, el := range children(role, nsMetadata, service) {
		if value(el, "Binding") != binding {
			continue
		}
		location := value(el, "Location")
		parsed, err := url.Parse(location)
		if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
			return "", Refuse("its %s address %s is not an http or https URL", what, show(location))
		}
		return location, nil
	}
	return "", nil
}

// signingCertificates returns the certificates of all keys that may sign: those marked
// for signing and those not marked at all (Metadata 2.4.1.1), each once.
func signingCertificates(role *etree.Element) ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for _, descriptor := range children(role, nsMetadata, "KeyDescriptor") {
		if use, marked := attribute(descriptor, "use"); marked && use != "signing" {
			continue
		}
		for _, el := range below(descriptor, nsSignature, "KeyInfo", "X509Data", "X509Certificate") {
			certificate, err := signingCertificate(el)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(found, certificate.Equal) {
				found = append(found, certificate)
			}
		}
	}
	switch {
	case len(found) == 0:
		return nil, Refuse("it has no signing certificate")
	case len(found) > maxCertificates:
		return nil, Refuse("it has %d signing certificates; %d are allowed", len(found), maxCertificates)
	}
	return found, nil
}

// below are the elements that a path of children leads to, all in one namespace.
func below(el *etree.Element, space string, path ...string) []*etree.Element {
	found := []*etree.Element{el}
	for _, tag := range path {
		var next []*etree.Element
		for _, el := range found {
			next = append(next, children(el, space, tag)...)
		}
		found = next
	}
	return found
}

func signingCertificate(el *etree.Element) (*x509.Certificate, error) {
	encoded, ok := text(el)
	if !ok {
		return nil, Refuse("an X509Certificate holds elements")
	}
	der, err := decodeBase64(encoded)
	if err != nil {
		return nil, Refuse("an X509Certificate is not base64: leave out lines such as BEGIN CERTIFICATE")
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, Refuse("an X509Certificate cannot be read: %s", show(err.Error()))
	}
	return certificate, checkKey(certificate)
}

// checkKey wants a key that the allowed algorithms know, and a strong one.
func checkKey(certificate *x509.Certificate) error {
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minKeyBits {
			return Refuse("a signing key has %d bits; at least %d are wanted", bits, minKeyBits)
		}
	case *ecdsa.PublicKey:
		if bits := key.Params().BitSize; bits < minCurveBits {
			return Refuse("a signing key is on a curve of %d bits; at least %d are wanted", bits, minCurveBits)
		}
	default:
		return Refuse("a signing key is %s; only RSA and ECDSA are supported", certificate.PublicKeyAlgorithm)
	}
	return nil
}

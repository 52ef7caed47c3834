package idp

import (
	"fmt"

	"github.com/beevik/etree"
)

// Envelope is a message of ours, other than an assertion's Response, that may still be
// changed: Root points into Document. It leaves by one of two bindings, each with a
// signature of its own kind.
type Envelope struct {
	Document *etree.Document
	Root     *etree.Element
	// Parameter is the name under which it travels: SAMLRequest or SAMLResponse.
	Parameter string
	// Signer has the identity's key and certificate. Without a key nothing is signed.
	Signer Signer
}

// newEnvelope starts a message with what all of them begin with (SAML 2.0 core §3.2).
func (i Identity) newEnvelope(parameter, tag, id string, d Dispatch) Envelope {
	document := newDocument()
	root := document.CreateElement("saml2p:" + tag)
	attributes(root, "Destination", d.Destination, "ID", id)
	if d.InResponseTo != "" {
		attributes(root, "InResponseTo", d.InResponseTo)
	}
	attributes(root, "IssueInstant", instant(d.Now), "Version", "2.0", "xmlns:saml2p", nsProtocol)
	issuer := root.CreateElement("saml2:Issuer")
	attributes(issuer, "Format", formatEntity, "xmlns:saml2", nsAssertion)
	issuer.SetText(i.EntityID)
	return Envelope{Document: document, Root: root, Parameter: parameter, Signer: i.Signer()}
}

// ID is the message's ID.
func (e Envelope) ID() string { return e.Root.SelectAttrValue("ID", "") }

// Sign puts a signature into the XML, as the POST binding wants it.
func (e Envelope) Sign() error {
	if err := e.Signer.Sign(e.Root); err != nil {
		return fmt.Errorf("signing a %s: %w", e.Root.Tag, err)
	}
	return nil
}

// XML writes the document out as it stands.
func (e Envelope) XML() []byte { return serialize(e.Document) }

// Encoded is the form value of the POST binding: base64 of the document as it stands.
func (e Envelope) Encoded() string { return encoded(e.XML()) }

// Redirect returns the address that carries the message by the Redirect binding,
// signed in the query unless the signer has no key. An empty relay state is left out.
func (e Envelope) Redirect(location, relayState string) (string, error) {
	return redirected(location, e.Parameter, e.Document, relayState, e.Signer)
}

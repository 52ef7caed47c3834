package idp

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/beevik/etree"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// Encryption makes a message readable for its recipients only (XML Encryption 1.1).
// The content is encrypted with a key drawn for this one message, and that key, once
// for each recipient, with the recipient's public RSA key.
//
// The zero value of every field but Recipients is what Okta does by default.
type Encryption struct {
	// Recipients can read the message. There is one in practice; each gets an
	// EncryptedKey of its own, in this order.
	Recipients []Recipient
	// Content is the algorithm for the content; empty means AES256CBC.
	Content string
	// Transport says how the content's key is encrypted.
	Transport Transport
	// Placement is where the encrypted keys stand.
	Placement Placement
	// Random feeds key, initialization vector and padding; nil means crypto/rand.
	Random io.Reader
	// Faults make it wrong on purpose.
	Faults Faults
}

// Recipient is somebody who can read an encrypted message.
type Recipient struct {
	// Key encrypts the content's key. Where it is nil, that of the certificate does.
	Key *rsa.PublicKey
	// Certificate is written into the EncryptedKey, so that a recipient with several
	// keys knows which one is meant; nil leaves it out.
	Certificate *x509.Certificate
	// Name is the Recipient attribute, an entity id; empty leaves it out.
	Name string
}

// Transport is how the content's key travels (XML Encryption 1.1 §5.5).
type Transport struct {
	// Algorithm is RSAOAEPMGF1P, which is meant by "", RSAOAEP or RSA15.
	Algorithm string
	// Digest is the digest of OAEP; empty means SHA-1 and is not written.
	Digest string
	// MGF is the mask generation function of RSAOAEP; empty means MGF1 with SHA-1 and
	// is not written. RSAOAEPMGF1P always has that one.
	MGF string
	// Params are OAEP's parameters (its label); nil leaves them out.
	Params []byte
}

// Placement is where the EncryptedKey elements stand.
type Placement int

// BesideData puts them after the EncryptedData, which names the first one in a
// RetrievalMethod, as Okta does. InKeyInfo puts them inside of its KeyInfo, and
// Unmentioned after an EncryptedData that has no KeyInfo.
const (
	BesideData Placement = iota
	InKeyInfo
	Unmentioned
)

// String names the placement.
func (p Placement) String() string {
	switch p {
	case BesideData:
		return "beside"
	case InKeyInfo:
		return "in-key-info"
	case Unmentioned:
		return "unmentioned"
	}
	return fmt.Sprintf("Placement(%d)", int(p))
}

// Faults stand between the steps of an encryption. Each is given what the step before
// made and returns what the next one takes; nil leaves it as it is.
type Faults struct {
	// Plain is about the text that will be encrypted.
	Plain func([]byte) []byte
	// Padded is about the text with its padding, in CBC only.
	Padded func([]byte) []byte
	// Cipher is about what the CipherValue of the content holds: initialization
	// vector, ciphertext and, in GCM, tag.
	Cipher func([]byte) []byte
	// Key is about the key that the recipients are given, before it is encrypted.
	Key func([]byte) []byte
	// Block is about the block that RSA encrypts, in RSA15 only (RFC 8017 §7.2.1).
	Block func([]byte) []byte
	// Wrapped is about what the CipherValue of each EncryptedKey holds.
	Wrapped func([]byte) []byte
}

func at(step func([]byte) []byte, value []byte) []byte {
	if step == nil {
		return value
	}
	return step(value)
}

// EncryptAssertion returns the EncryptedAssertion that holds the assertion as it
// stands (SAML 2.0 core §2.3.4). The assertion stays as it was.
func (e Encryption) EncryptAssertion(assertion *etree.Element) (*etree.Element, error) {
	return e.encrypted("saml2:EncryptedAssertion", assertion)
}

// EncryptNameID returns the EncryptedID that holds the NameID (SAML 2.0 core §2.2.4).
func (e Encryption) EncryptNameID(name *etree.Element) (*etree.Element, error) {
	return e.encrypted("saml2:EncryptedID", name)
}

func (e Encryption) encrypted(tag string, element *etree.Element) (*etree.Element, error) {
	plain, err := standalone(element)
	if err != nil {
		return nil, err
	}
	data, keys, err := e.Encrypt(plain)
	if err != nil {
		return nil, fmt.Errorf("encrypting %s: %w", element.FullTag(), err)
	}
	holder := etree.NewElement(tag)
	attributes(holder, "xmlns:saml2", nsAssertion)
	holder.AddChild(data)
	for _, key := range keys {
		holder.AddChild(key)
	}
	return holder, nil
}

// standalone writes the element so that it can be read away from its place: with the
// namespace declarations that it inherits.
func standalone(element *etree.Element) ([]byte, error) {
	context, err := etreeutils.NSBuildParentContext(element)
	if err != nil {
		return nil, fmt.Errorf("namespaces around %s: %w", element.FullTag(), err)
	}
	detached, err := etreeutils.NSDetatch(context, element)
	if err != nil {
		return nil, err
	}
	document := newDocument()
	document.Child = nil // no XML declaration
	document.SetRoot(detached)
	return serialize(document), nil
}

// Encrypt returns the EncryptedData for the text of an element, and the EncryptedKey
// elements that belong beside it: none where they stand inside.
func (e Encryption) Encrypt(plain []byte) (data *etree.Element, beside []*etree.Element, err error) {
	if len(e.Recipients) == 0 {
		return nil, nil, errors.New("an encryption needs a recipient's key")
	}
	if e.Content == "" {
		e.Content = AES256CBC
	}
	if e.Random == nil {
		e.Random = rand.Reader
	}
	key, ciphertext, err := e.encryptContent(plain)
	if err != nil {
		return nil, nil, err
	}
	dataID, err := e.newID()
	if err != nil {
		return nil, nil, err
	}
	keys := make([]*etree.Element, len(e.Recipients))
	for n, recipient := range e.Recipients {
		if keys[n], err = e.encryptedKey(recipient, at(e.Faults.Key, key), dataID); err != nil {
			return nil, nil, err
		}
	}
	return e.encryptedData(dataID, ciphertext, keys)
}

func (e Encryption) encryptedData(id string, ciphertext []byte, keys []*etree.Element) (*etree.Element, []*etree.Element, error) {
	data := etree.NewElement("xenc:EncryptedData")
	attributes(data, "Id", id, "Type", typeElement, "xmlns:xenc", nsEncryption)
	attributes(data.CreateElement("xenc:EncryptionMethod"), "Algorithm", e.Content)
	switch e.Placement {
	case InKeyInfo:
		info := keyInfo(data)
		for _, key := range keys {
			info.AddChild(key)
		}
		keys = nil
	case BesideData:
		attributes(keyInfo(data).CreateElement("ds:RetrievalMethod"),
			"Type", typeEncryptedKey, "URI", "#"+keys[0].SelectAttrValue("Id", ""))
	}
	cipherValue(data, ciphertext)
	return data, keys, nil
}

func keyInfo(parent *etree.Element) *etree.Element {
	info := parent.CreateElement("ds:KeyInfo")
	attributes(info, "xmlns:ds", nsSignature)
	return info
}

func cipherValue(parent *etree.Element, value []byte) {
	parent.CreateElement("xenc:CipherData").CreateElement("xenc:CipherValue").SetText(base64.StdEncoding.EncodeToString(value))
}

// newID draws an ID as Okta's library does: an underscore and 32 hexadecimal digits.
func (e Encryption) newID() (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(e.Random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing an ID: %w", err)
	}
	return "_" + hex.EncodeToString(raw[:]), nil
}

const (
	nsEncryption     = "http://www.w3.org/2001/04/xmlenc#"
	nsEncryption11   = "http://www.w3.org/2009/xmlenc11#"
	typeElement      = nsEncryption + "Element"
	typeEncryptedKey = nsEncryption + "EncryptedKey"
)

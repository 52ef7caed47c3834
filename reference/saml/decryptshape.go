package saml

import (
	"encoding/base64"

	"github.com/beevik/etree"
)

// sealed is an EncryptedData of the one shape that SAML allows (Core 2.2.4): an element
// inside, and its key encrypted in the same place.
type sealed struct {
	algorithm string
	value     []byte
	keys      []sealedKey
	maxKeys   int
}

// sealedKey is an EncryptedKey.
type sealedKey struct {
	recipient string
	named     bool // it says for whom it is
	method    KeyMethod
	value     []byte
}

// KeyMethod is what an EncryptedKey says of how it was encrypted: algorithm URIs, those
// that are absent empty.
type KeyMethod struct {
	Algorithm, Digest, MGF string
	// Params are OAEP's parameters, its label.
	Params []byte
}

// readSealed reads EncryptedAssertion or EncryptedID. Nothing is fetched and nothing is
// followed: the ciphertext and the keys, no more than maxKeys of them, stand in the
// message, or it is refused.
func readSealed(holder *etree.Element, maxKeys int) (sealed, error) {
	s := sealed{maxKeys: maxKeys}
	here, err := inside(holder)
	if err != nil {
		return s, err
	}
	data := here.take(nsEncryption, "EncryptedData")
	if data == nil {
		return s, Refuse("the %s holds no EncryptedData", holder.Tag)
	}
	ids := map[string]bool{}
	for key := here.take(nsEncryption, "EncryptedKey"); key != nil; key = here.take(nsEncryption, "EncryptedKey") {
		if err := s.addKey(key); err != nil {
			return s, err
		}
		ids["#"+value(key, "Id")] = true
	}
	if err := here.end(); err != nil {
		return s, err
	}
	return s, s.readData(data, ids)
}

// readData reads the EncryptedData, where ids are the references that it may make.
func (s *sealed) readData(data *etree.Element, ids map[string]bool) error {
	if kind, stated := attribute(data, "Type"); stated && kind != typeElement {
		return Refuse("what is encrypted is of type %s, not an element", show(kind))
	}
	here, err := inside(data)
	if err != nil {
		return err
	}
	if s.algorithm, err = here.contentMethod(); err != nil {
		return err
	}
	if info := here.take(nsSignature, "KeyInfo"); info != nil {
		if err := s.readKeyInfo(info, ids); err != nil {
			return err
		}
	}
	if s.value, err = here.cipherValue(); err != nil {
		return err
	}
	return here.end()
}

// readKeyInfo takes the keys that stand inside. A RetrievalMethod may name one that
// stands beside the data, which is read anyway.
func (s *sealed) readKeyInfo(info *etree.Element, ids map[string]bool) error {
	here, err := inside(info)
	if err != nil {
		return err
	}
	for _, part := range here.rest {
		switch {
		case is(part, nsEncryption, "EncryptedKey"):
			err = s.addKey(part)
		case is(part, nsSignature, "RetrievalMethod"):
			kind, stated := attribute(part, "Type")
			if uri := value(part, "URI"); !ids[uri] || len(part.Child) > 0 || stated && kind != typeEncryptedKey {
				err = Refuse("RetrievalMethod %s names no key in this message", show(uri))
			}
		case is(part, nsSignature, "KeyName"), is(part, nsSignature, "KeyValue"), is(part, nsSignature, "X509Data"):
		default:
			err = Refuse("the KeyInfo of encrypted data holds %s", show(part.FullTag()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sealed) addKey(el *etree.Element) error {
	if len(s.keys) == s.maxKeys {
		return Refuse("there are more than %d encrypted keys", s.maxKeys)
	}
	here, err := inside(el)
	if err != nil {
		return err
	}
	var key sealedKey
	key.recipient, key.named = attribute(el, "Recipient")
	if key.method, err = here.keyMethod(); err != nil {
		return err
	}
	here.take(nsSignature, "KeyInfo") // names our key; there is one
	if key.value, err = here.cipherValue(); err != nil {
		return err
	}
	here.take(nsEncryption, "ReferenceList")
	here.take(nsEncryption, "CarriedKeyName")
	s.keys = append(s.keys, key)
	return here.end()
}

// keysFor are the keys that are for us: those that say so or, where none does, those
// that do not say for whom they are.
func (s sealed) keysFor(entityID string) ([]sealedKey, error) {
	var ours, anybodys []sealedKey
	for _, key := range s.keys {
		switch {
		case key.named && key.recipient == entityID:
			ours = append(ours, key)
		case !key.named:
			anybodys = append(anybodys, key)
		}
	}
	if len(ours) == 0 {
		ours = anybodys
	}
	if len(ours) == 0 {
		return nil, Refuse("what is encrypted has no key for us")
	}
	return ours, nil
}

// contents are the child elements of an element, in the order in which they are read.
type contents struct {
	of   *etree.Element
	rest []*etree.Element
}

// inside refuses anything between the elements but white space.
func inside(el *etree.Element) (*contents, error) {
	c := &contents{of: el}
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.Element:
			c.rest = append(c.rest, token)
		case *etree.CharData:
			if !blank(token.Data) {
				return nil, Refuse("%s holds text", show(el.FullTag()))
			}
		default:
			return nil, Refuse("%s holds a comment", show(el.FullTag()))
		}
	}
	return c, nil
}

// take returns the next element if it is the one with this name, else nil.
func (c *contents) take(ns, tag string) *etree.Element {
	if len(c.rest) == 0 || !is(c.rest[0], ns, tag) {
		return nil
	}
	taken := c.rest[0]
	c.rest = c.rest[1:]
	return taken
}

func (c *contents) end() error {
	if len(c.rest) > 0 {
		return Refuse("%s holds %s, which has no place there", show(c.of.FullTag()), show(c.rest[0].FullTag()))
	}
	return nil
}

// contentMethod reads the EncryptionMethod of an EncryptedData, which has no parameters.
func (c *contents) contentMethod() (string, error) {
	method := c.take(nsEncryption, "EncryptionMethod")
	if method == nil {
		return "", Refuse("the encrypted data does not say how it is encrypted")
	}
	here, err := inside(method)
	if err != nil {
		return "", err
	}
	return value(method, "Algorithm"), here.end()
}

// keyMethod reads the EncryptionMethod of an EncryptedKey (XML Encryption 1.1 §5.5).
func (c *contents) keyMethod() (KeyMethod, error) {
	method := c.take(nsEncryption, "EncryptionMethod")
	if method == nil {
		return KeyMethod{}, Refuse("an encrypted key does not say how it is encrypted")
	}
	here, err := inside(method)
	if err != nil {
		return KeyMethod{}, err
	}
	said := KeyMethod{Algorithm: value(method, "Algorithm")}
	if params := here.take(nsEncryption, "OAEPparams"); params != nil {
		if said.Params, err = octets(params); err != nil {
			return KeyMethod{}, err
		}
	}
	if digest := here.take(nsSignature, "DigestMethod"); digest != nil {
		said.Digest = value(digest, "Algorithm")
	}
	if mgf := here.take(nsEncryption11, "MGF"); mgf != nil {
		said.MGF = value(mgf, "Algorithm")
	}
	return said, here.end()
}

// cipherValue reads CipherData. The ciphertext itself has to stand there: a
// CipherReference would have us fetch it.
func (c *contents) cipherValue() ([]byte, error) {
	data := c.take(nsEncryption, "CipherData")
	if data == nil {
		return nil, Refuse("%s holds no CipherData in its place", show(c.of.FullTag()))
	}
	here, err := inside(data)
	if err != nil {
		return nil, err
	}
	held := here.take(nsEncryption, "CipherValue")
	if held == nil {
		return nil, Refuse("CipherData holds no CipherValue")
	}
	if err := here.end(); err != nil {
		return nil, err
	}
	return octets(held)
}

// octets decodes an element that holds base64 or nothing.
func octets(el *etree.Element) ([]byte, error) {
	encoded, plain := text(el)
	decoded, err := base64.StdEncoding.Strict().DecodeString(squeezed(encoded))
	if !plain || err != nil {
		return nil, Refuse("%s is not base64", show(el.FullTag()))
	}
	return decoded, nil
}

package saml

import (
	"context"

	"github.com/beevik/etree"
)

// errUndecipherable is the one answer to everything that can go wrong between the
// key and the decrypted assertion. Whoever could tell a wrong key from wrong padding,
// or wrong padding from wrong XML, could read a message that is not meant for them,
// one byte at a time (Jager and Somorovsky; Bleichenbacher).
func errUndecipherable() error { return Refuse("what is encrypted cannot be deciphered") }

// checkDecryption replaces an encrypted assertion by what it holds. A connection that
// has a key takes no other, one that has none takes only plain ones.
//
// Where the response is signed, its signature is verified first and the ciphertext is
// read from the verified bytes, so that nobody but the identity provider has us decrypt
// at all. Where it is not, the assertion brings a signature of its own or "signature"
// refuses it: that it could be decrypted says nothing about whose it is, for our key is
// public.
func checkDecryption(_ context.Context, m *Message) error {
	ours := m.Provider.Decryption
	switch {
	case m.Encrypted == nil && ours != nil:
		return Refuse("the assertion is not encrypted, which this connection asks for")
	case m.Encrypted == nil:
		return nil
	case ours == nil:
		return Refuse("the assertion is encrypted, and this connection has no key for it")
	}
	encrypted, err := m.envelope()
	if err != nil {
		return err
	}
	root, inner, err := m.decipher(encrypted)
	if err != nil {
		return err
	}
	if !is(root, nsAssertion, "Assertion") || len(inner.assertions) != 1 || len(inner.encrypted) > 0 {
		return errUndecipherable()
	}
	for id := range inner.ids {
		if _, taken := m.census.ids[id]; taken {
			return Refuse("two elements have the ID %s", show(id))
		}
	}
	m.Unverified, m.inner = root, inner
	return nil
}

// envelope verifies the signature of the response, if it has one, and returns the
// encrypted assertion from what was verified. A signature elsewhere signs nothing.
func (m *Message) envelope() (*etree.Element, error) {
	ofResponse, _, err := placeSignatures(m)
	if err != nil || ofResponse == nil {
		return m.Encrypted, err
	}
	verified, err := verifySignature(ofResponse, m.Provider.IdP.Certificates)
	if err != nil {
		return nil, err
	}
	m.ResponseSigned = true
	return childIn(verified, "EncryptedAssertion")
}

// decipher reads what stands encrypted in the holder, an EncryptedAssertion or
// EncryptedID, as an XML document of its own. Prefixes that it uses, it has to declare:
// what stands around the ciphertext means nothing inside.
func (m *Message) decipher(holder *etree.Element) (*etree.Element, census, error) {
	plain, err := m.Open(holder)
	if err != nil {
		return nil, census{}, err
	}
	_, root, found, err := readDocument(plain)
	if err != nil {
		return nil, census{}, errUndecipherable()
	}
	return root, found, nil
}

// Open returns the text that stands encrypted in the holder, an EncryptedAssertion or
// EncryptedID, for the connection's key. Nothing of it is trusted. Refusals are its only
// errors.
func (m *Message) Open(holder *etree.Element) ([]byte, error) {
	sealed, err := readSealed(holder, m.MaxKeys)
	if err != nil {
		return nil, err
	}
	keys, err := sealed.keysFor(m.Provider.EntityID)
	if err != nil {
		return nil, err
	}
	return m.Ciphers.open(m.Provider.Decryption.Key, sealed, keys)
}

// decipherName reads the name in an EncryptedID of the verified assertion.
func (m *Message) decipherName(encrypted *etree.Element) (*etree.Element, error) {
	if m.Provider.Decryption == nil {
		return nil, Refuse("the subject has an encrypted name, and this connection has no key for it")
	}
	name, _, err := m.decipher(encrypted)
	if err == nil && !is(name, nsAssertion, "NameID") {
		err = errUndecipherable()
	}
	return name, err
}

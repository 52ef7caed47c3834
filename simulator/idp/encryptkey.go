package idp

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1" // what OAEP means where nothing is said
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/beevik/etree"
)

// Algorithms for the content's key (XML Encryption 1.1 §5.5). RSA15 is there to be
// refused.
const (
	RSAOAEPMGF1P = nsEncryption + "rsa-oaep-mgf1p"
	RSAOAEP      = nsEncryption11 + "rsa-oaep"
	RSA15        = nsEncryption + "rsa-1_5"
)

// Digests of OAEP, and the mask generation functions of RSAOAEP.
const (
	DigestSHA1   = nsSignature + "sha1"
	DigestSHA256 = nsEncryption + "sha256"
	DigestSHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	DigestSHA512 = nsEncryption + "sha512"

	MGF1SHA1   = nsEncryption11 + "mgf1sha1"
	MGF1SHA256 = nsEncryption11 + "mgf1sha256"
	MGF1SHA384 = nsEncryption11 + "mgf1sha384"
	MGF1SHA512 = nsEncryption11 + "mgf1sha512"
)

var transportHashes = map[string]crypto.Hash{
	"":         crypto.SHA1,
	DigestSHA1: crypto.SHA1, DigestSHA256: crypto.SHA256, DigestSHA384: crypto.SHA384, DigestSHA512: crypto.SHA512,
	MGF1SHA1: crypto.SHA1, MGF1SHA256: crypto.SHA256, MGF1SHA384: crypto.SHA384, MGF1SHA512: crypto.SHA512,
}

// encryptedKey is the content's key for one recipient, in Okta's shape.
func (e Encryption) encryptedKey(recipient Recipient, key []byte, dataID string) (*etree.Element, error) {
	secret, err := e.wrap(recipient, key)
	if err != nil {
		return nil, err
	}
	id, err := e.newID()
	if err != nil {
		return nil, err
	}
	element := etree.NewElement("xenc:EncryptedKey")
	attributes(element, "Id", id)
	if recipient.Name != "" {
		attributes(element, "Recipient", recipient.Name)
	}
	attributes(element, "xmlns:xenc", nsEncryption)
	e.Transport.write(element)
	if recipient.Certificate != nil {
		keyInfo(element).CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(wrapped(recipient.Certificate.Raw))
	}
	cipherValue(element, at(e.Faults.Wrapped, secret))
	if e.Placement != InKeyInfo {
		attributes(element.CreateElement("xenc:ReferenceList").CreateElement("xenc:DataReference"), "URI", "#"+dataID)
	}
	return element, nil
}

// write states the algorithm and what it is set to.
func (t Transport) write(key *etree.Element) {
	method := key.CreateElement("xenc:EncryptionMethod")
	attributes(method, "Algorithm", t.algorithm())
	if t.Params != nil {
		method.CreateElement("xenc:OAEPparams").SetText(base64.StdEncoding.EncodeToString(t.Params))
	}
	digest := t.Digest
	if digest == "" && t.algorithm() == RSAOAEPMGF1P {
		digest = DigestSHA1
	}
	if digest != "" {
		attributes(method.CreateElement("ds:DigestMethod"), "Algorithm", digest, "xmlns:ds", nsSignature)
	}
	if t.MGF != "" {
		attributes(method.CreateElement("xenc11:MGF"), "Algorithm", t.MGF, "xmlns:xenc11", nsEncryption11)
	}
}

func (t Transport) algorithm() string {
	if t.Algorithm == "" {
		return RSAOAEPMGF1P
	}
	return t.Algorithm
}

// wrap encrypts the content's key for a recipient.
func (e Encryption) wrap(recipient Recipient, key []byte) ([]byte, error) {
	public, err := recipient.PublicKey()
	if err != nil {
		return nil, err
	}
	switch e.Transport.algorithm() {
	case RSA15:
		return e.wrapPKCS1(public, key)
	case RSAOAEPMGF1P, RSAOAEP:
		return e.wrapOAEP(public, key)
	}
	return nil, fmt.Errorf("there is no key transport %q", e.Transport.Algorithm)
}

// PublicKey is the key to encrypt with. It fails where there is none, and on a certificate
// of another kind than RSA.
func (r Recipient) PublicKey() (*rsa.PublicKey, error) {
	if r.Key != nil {
		return r.Key, nil
	}
	if r.Certificate == nil {
		return nil, errors.New("a recipient needs a key or a certificate")
	}
	key, ok := r.Certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the recipient's certificate holds a %s key, and only RSA keys can be encrypted to", r.Certificate.PublicKeyAlgorithm)
	}
	return key, nil
}

func (e Encryption) wrapOAEP(public *rsa.PublicKey, key []byte) ([]byte, error) {
	digest, ok := transportHashes[e.Transport.Digest]
	if !ok {
		return nil, fmt.Errorf("there is no digest %q for OAEP", e.Transport.Digest)
	}
	mask, ok := transportHashes[e.Transport.MGF]
	if !ok {
		return nil, fmt.Errorf("there is no mask generation function %q", e.Transport.MGF)
	}
	return rsa.EncryptOAEPWithOptions(e.Random, public, key, &rsa.OAEPOptions{Hash: digest, MGFHash: mask, Label: e.Transport.Params})
}

// wrapPKCS1 is RSA with PKCS #1 1.5 padding (RFC 8017 §7.2.1), written out because a
// fault has to reach the padded block.
func (e Encryption) wrapPKCS1(public *rsa.PublicKey, key []byte) ([]byte, error) {
	block := make([]byte, public.Size())
	filler := block[2 : len(block)-len(key)-1]
	if _, err := io.ReadFull(e.Random, filler); err != nil {
		return nil, fmt.Errorf("drawing padding: %w", err)
	}
	for n := range filler {
		filler[n] |= 1 // the padding may not hold a zero
	}
	block[1] = 2
	copy(block[len(block)-len(key):], key)
	number := new(big.Int).SetBytes(at(e.Faults.Block, block))
	number.Exp(number, big.NewInt(int64(public.E)), public.N)
	return number.FillBytes(make([]byte, public.Size())), nil
}

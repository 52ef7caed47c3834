package saml

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // makes SHA-1 available to OAEP, where its weakness is of no use
	"errors"
)

// Ciphers are the algorithms that a policy decrypts with, by their URIs (XML Encryption
// 1.1 §5). What is not in the tables does not exist.
type Ciphers struct {
	Content   map[string]ContentCipher
	Transport map[string]KeyTransport
}

// ContentCipher is an algorithm for the content.
type ContentCipher struct {
	// KeySize is the length of its key in bytes.
	KeySize int
	// Decrypt returns what the CipherValue holds. Why it cannot is told to nobody.
	Decrypt func(key, value []byte) ([]byte, error)
}

// KeyTransport is an algorithm for the content's key: it returns the key that the
// CipherValue of an EncryptedKey holds. Why it cannot is told to nobody.
type KeyTransport func(ours *rsa.PrivateKey, method KeyMethod, value []byte) ([]byte, error)

// standardCiphers are AES, in CBC because identity providers still use nothing else and
// in GCM, and RSA-OAEP. RSA with PKCS #1 1.5 padding and triple DES are absent by intent.
func standardCiphers() Ciphers {
	return Ciphers{
		Content: map[string]ContentCipher{
			nsEncryption + "aes128-cbc":   {16, decryptCBC},
			nsEncryption + "aes192-cbc":   {24, decryptCBC},
			nsEncryption + "aes256-cbc":   {32, decryptCBC},
			nsEncryption11 + "aes128-gcm": {16, decryptGCM},
			nsEncryption11 + "aes192-gcm": {24, decryptGCM},
			nsEncryption11 + "aes256-gcm": {32, decryptGCM},
		},
		Transport: map[string]KeyTransport{
			nsEncryption + "rsa-oaep-mgf1p": unwrapMGF1P,
			nsEncryption11 + "rsa-oaep":     unwrapOAEP,
		},
	}
}

// open decrypts with the first of the keys that fits. That an algorithm is not allowed
// is said openly, for it stands in the message; everything else that fails is the same.
func (c Ciphers) open(ours *rsa.PrivateKey, s sealed, keys []sealedKey) ([]byte, error) {
	content, allowed := c.Content[s.algorithm]
	if !allowed {
		return nil, Refuse("content encryption %s is not allowed", show(s.algorithm))
	}
	for _, wrapped := range keys {
		unwrap, allowed := c.Transport[wrapped.method.Algorithm]
		if !allowed {
			return nil, Refuse("key transport %s is not allowed", show(wrapped.method.Algorithm))
		}
		key, err := unwrap(ours, wrapped.method, wrapped.value)
		fits := err == nil && len(key) == content.KeySize
		if !fits {
			// A key of nobody's choice: what follows takes as long as with the right one.
			key = make([]byte, content.KeySize)
			_, _ = rand.Read(key) // never fails
		}
		if plain, err := content.Decrypt(key, s.value); err == nil && fits {
			return plain, nil
		}
	}
	return nil, errUndecipherable()
}

var errSealed = errors.New("it cannot be deciphered")

// decryptCBC undoes CBC and takes the padding off: one to sixteen bytes, the last of
// which says how many (XML Encryption 1.1 §5.2.1).
func decryptCBC(key, value []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if len(value) < 2*aes.BlockSize || len(value)%aes.BlockSize != 0 {
		return nil, errSealed
	}
	plain := make([]byte, len(value)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, value[:aes.BlockSize]).CryptBlocks(plain, value[aes.BlockSize:])
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > aes.BlockSize {
		return nil, errSealed
	}
	return plain[:len(plain)-padding], nil
}

// decryptGCM undoes GCM: a nonce of 96 bits first, a tag of 128 bits last (XML
// Encryption 1.1 §5.2.4).
func decryptGCM(key, value []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	sealing, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	nonce := sealing.NonceSize()
	if len(value) < nonce+sealing.Overhead() {
		return nil, errSealed
	}
	return sealing.Open(nil, value[:nonce], value[nonce:], nil)
}

// oaepDigests and maskDigests are what the digest and the mask generation function of
// OAEP may be; SHA-1 where nothing is said.
var (
	oaepDigests = map[string]crypto.Hash{
		"":                      crypto.SHA1,
		nsSignature + "sha1":    crypto.SHA1,
		nsEncryption + "sha256": crypto.SHA256,
		"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
		nsEncryption + "sha512":                         crypto.SHA512,
	}
	maskDigests = map[string]crypto.Hash{
		"":                            crypto.SHA1,
		nsEncryption11 + "mgf1sha1":   crypto.SHA1,
		nsEncryption11 + "mgf1sha256": crypto.SHA256,
		nsEncryption11 + "mgf1sha384": crypto.SHA384,
		nsEncryption11 + "mgf1sha512": crypto.SHA512,
	}
)

// unwrapMGF1P has a choice of digests, and MGF1 with SHA-1 always.
func unwrapMGF1P(ours *rsa.PrivateKey, method KeyMethod, value []byte) ([]byte, error) {
	if method.MGF != "" {
		return nil, errSealed
	}
	return unwrapOAEP(ours, method, value)
}

func unwrapOAEP(ours *rsa.PrivateKey, method KeyMethod, value []byte) ([]byte, error) {
	digest, known := oaepDigests[method.Digest]
	mask, knownToo := maskDigests[method.MGF]
	if !known || !knownToo {
		return nil, errSealed
	}
	return ours.Decrypt(nil, value, &rsa.OAEPOptions{Hash: digest, MGFHash: mask, Label: method.Params})
}

package defect

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" // products took it for long
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in how a product decrypts: its ciphers, and what it gives away.

const (
	xmlenc   = "http://www.w3.org/2001/04/xmlenc#"
	xmlenc11 = "http://www.w3.org/2009/xmlenc11#"
)

var _ = register(defects{
	"saml-enc-failure-crashes": func(p *reference.Parts) {
		decryption := check(p, "decryption")
		p.SAML.Replace("decryption", func(ctx context.Context, m *saml.Message) error {
			err := decryption(ctx, m)
			if m.Encrypted != nil && err != nil {
				panic("cannot decrypt: " + err.Error())
			}
			return err
		})
	},
	"saml-enc-padding-shown": func(p *reference.Parts) {
		replaceCBC(p, func(decrypted []byte) ([]byte, error) {
			padding := int(decrypted[len(decrypted)-1])
			if padding < 1 || padding > aes.BlockSize {
				panic("bad padding")
			}
			return decrypted[:len(decrypted)-padding], nil
		})
	},
	"saml-enc-padding-unchecked": func(p *reference.Parts) {
		replaceCBC(p, func(decrypted []byte) ([]byte, error) {
			return decrypted[:len(decrypted)-int(decrypted[len(decrypted)-1])], nil
		})
	},
	"saml-enc-tag-unchecked": func(p *reference.Parts) {
		for _, bits := range []string{"128", "192", "256"} {
			replaceContent(p, xmlenc11+"aes"+bits+"-gcm", decryptCounter)
		}
	},
	"saml-enc-rsa-without-oaep": func(p *reference.Parts) {
		p.SAML.Ciphers.Transport[xmlenc+"rsa-1_5"] = unwrapWithoutOAEP
	},
	"saml-enc-key-padding-shown": func(p *reference.Parts) {
		p.SAML.Ciphers.Transport[xmlenc+"rsa-1_5"] = func(ours *rsa.PrivateKey, method saml.KeyMethod, value []byte) ([]byte, error) {
			key, err := unwrapWithoutOAEP(ours, method, value)
			if err != nil {
				panic("bad padding of a key")
			}
			return key, nil
		}
	},
	"saml-enc-triple-des": func(p *reference.Parts) {
		p.SAML.Ciphers.Content[xmlenc+"tripledes-cbc"] = saml.ContentCipher{KeySize: 24, Decrypt: decryptTripleDES}
	},
	"saml-enc-oaep-guessed":   guessOAEP,
	"saml-enc-keys-unbounded": func(p *reference.Parts) { p.SAML.MaxKeys = 10_000 },
	"saml-enc-references-fetched": func(p *reference.Parts) {
		decryption := check(p, "decryption")
		p.SAML.Replace("decryption", func(ctx context.Context, m *saml.Message) error {
			fetchReferences(ctx, m)
			return decryption(ctx, m)
		})
	},
	"saml-enc-doctype-fetched": func(p *reference.Parts) {
		decryption := check(p, "decryption")
		p.SAML.Replace("decryption", func(ctx context.Context, m *saml.Message) error {
			if m.Encrypted != nil {
				if plain, err := m.Open(m.Encrypted); err == nil {
					fetchNamed(ctx, string(plain))
				}
			}
			return decryption(ctx, m)
		})
	},
})

// unwrapWithoutOAEP undoes RSA with PKCS #1 1.5 padding.
func unwrapWithoutOAEP(ours *rsa.PrivateKey, _ saml.KeyMethod, value []byte) ([]byte, error) {
	return ours.Decrypt(nil, value, &rsa.PKCS1v15DecryptOptions{}) //nolint:staticcheck // SA1019: that it should not be used is the defect
}

// replaceContent makes the reference decrypt otherwise by one algorithm.
func replaceContent(p *reference.Parts, algorithm string, decrypt func(key, value []byte) ([]byte, error)) {
	content := p.SAML.Ciphers.Content[algorithm]
	content.Decrypt = decrypt
	p.SAML.Ciphers.Content[algorithm] = content
}

// replaceCBC makes the reference take the padding off otherwise, whatever the length of
// the ciphertext: where that is no number of blocks, the library panics.
func replaceCBC(p *reference.Parts, unpad func(decrypted []byte) ([]byte, error)) {
	for _, bits := range []string{"128", "192", "256"} {
		replaceContent(p, xmlenc+"aes"+bits+"-cbc", func(key, value []byte) ([]byte, error) {
			block, err := aes.NewCipher(key)
			if err != nil {
				return nil, err
			}
			decrypted := make([]byte, len(value[aes.BlockSize:]))
			cipher.NewCBCDecrypter(block, value[:aes.BlockSize]).CryptBlocks(decrypted, value[aes.BlockSize:])
			return unpad(decrypted)
		})
	}
}

var errCipher = errors.New("the ciphertext is no good")

// decryptCounter undoes the counter mode inside of GCM and leaves the tag alone.
func decryptCounter(key, value []byte) ([]byte, error) {
	const nonce, tag = 12, 16
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if len(value) < nonce+tag {
		return nil, errCipher
	}
	counter := make([]byte, aes.BlockSize)
	copy(counter, value[:nonce])
	counter[aes.BlockSize-1] = 2
	plain := make([]byte, len(value)-nonce-tag)
	cipher.NewCTR(block, counter).XORKeyStream(plain, value[nonce:len(value)-tag])
	return plain, nil
}

func decryptTripleDES(key, value []byte) ([]byte, error) {
	block, err := des.NewTripleDESCipher(key)
	if err != nil {
		return nil, err
	}
	if len(value) < 2*des.BlockSize || len(value)%des.BlockSize != 0 {
		return nil, errCipher
	}
	plain := make([]byte, len(value)-des.BlockSize)
	cipher.NewCBCDecrypter(block, value[:des.BlockSize]).CryptBlocks(plain, value[des.BlockSize:])
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > des.BlockSize {
		return nil, errCipher
	}
	return plain[:len(plain)-padding], nil
}

// guessOAEP tries what the message may have meant: every digest with every mask.
func guessOAEP(p *reference.Parts) {
	strict := p.SAML.Ciphers.Transport[xmlenc11+"rsa-oaep"]
	guess := func(ours *rsa.PrivateKey, method saml.KeyMethod, value []byte) ([]byte, error) {
		for _, digest := range []string{"http://www.w3.org/2000/09/xmldsig#sha1", xmlenc + "sha256", xmlenc + "sha512"} {
			for _, mask := range []string{"mgf1sha1", "mgf1sha256", "mgf1sha512"} {
				method.Digest, method.MGF = digest, xmlenc11+mask
				if key, err := strict(ours, method, value); err == nil {
					return key, nil
				}
			}
		}
		return nil, errCipher
	}
	for _, name := range []string{xmlenc + "rsa-oaep-mgf1p", xmlenc11 + "rsa-oaep"} {
		p.SAML.Ciphers.Transport[name] = guess
	}
}

// fetchReferences opens what encrypted data and keys refer to outside of the message.
func fetchReferences(ctx context.Context, m *saml.Message) {
	for _, tag := range []string{"CipherReference", "RetrievalMethod"} {
		for _, el := range m.Response.FindElements(".//" + tag) {
			fetch(ctx, el.SelectAttrValue("URI", ""))
		}
	}
}

// fetchNamed opens what a document type names.
func fetchNamed(ctx context.Context, text string) {
	_, after, named := strings.Cut(text, `SYSTEM "`)
	if address, _, ends := strings.Cut(after, `"`); named && ends {
		fetch(ctx, address)
	}
}

func fetch(ctx context.Context, address string) {
	if !strings.HasPrefix(address, "http://") {
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return
	}
	answer, err := http.DefaultClient.Do(request)
	if err == nil {
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
}

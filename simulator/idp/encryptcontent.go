package idp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" // products have to be shown what they should not take any more
	"fmt"
	"io"
)

// Algorithms for the content (XML Encryption 1.1 §5.2). TripleDESCBC is there to be
// refused.
const (
	AES128CBC    = nsEncryption + "aes128-cbc"
	AES192CBC    = nsEncryption + "aes192-cbc"
	AES256CBC    = nsEncryption + "aes256-cbc"
	AES128GCM    = nsEncryption11 + "aes128-gcm"
	AES192GCM    = nsEncryption11 + "aes192-gcm"
	AES256GCM    = nsEncryption11 + "aes256-gcm"
	TripleDESCBC = nsEncryption + "tripledes-cbc"
)

// contentCipher is how to encrypt with one of the algorithms.
type contentCipher struct {
	keySize int
	block   func(key []byte) (cipher.Block, error)
	gcm     bool
}

var contentCiphers = map[string]contentCipher{
	AES128CBC:    {16, aes.NewCipher, false},
	AES192CBC:    {24, aes.NewCipher, false},
	AES256CBC:    {32, aes.NewCipher, false},
	AES128GCM:    {16, aes.NewCipher, true},
	AES192GCM:    {24, aes.NewCipher, true},
	AES256GCM:    {32, aes.NewCipher, true},
	TripleDESCBC: {24, des.NewTripleDESCipher, false},
}

// encryptContent draws a key and encrypts with it.
func (e Encryption) encryptContent(plain []byte) (key, ciphertext []byte, err error) {
	algorithm, ok := contentCiphers[e.Content]
	if !ok {
		return nil, nil, fmt.Errorf("there is no content encryption %q", e.Content)
	}
	key = make([]byte, algorithm.keySize)
	if _, err := io.ReadFull(e.Random, key); err != nil {
		return nil, nil, fmt.Errorf("drawing a key: %w", err)
	}
	block, err := algorithm.block(key)
	if err != nil {
		return nil, nil, err
	}
	encrypt := e.encryptCBC
	if algorithm.gcm {
		encrypt = e.encryptGCM
	}
	ciphertext, err = encrypt(block, at(e.Faults.Plain, plain))
	return key, at(e.Faults.Cipher, ciphertext), err
}

// encryptCBC returns the initialization vector and the blocks. What a fault leaves
// over after the last whole block is not encrypted.
func (e Encryption) encryptCBC(block cipher.Block, plain []byte) ([]byte, error) {
	padded, err := e.pad(plain, block.BlockSize())
	if err != nil {
		return nil, err
	}
	padded = at(e.Faults.Padded, padded)
	out := make([]byte, block.BlockSize()+len(padded)/block.BlockSize()*block.BlockSize())
	vector := out[:block.BlockSize()]
	if _, err := io.ReadFull(e.Random, vector); err != nil {
		return nil, fmt.Errorf("drawing an initialization vector: %w", err)
	}
	rest := out[block.BlockSize():]
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(rest, padded[:len(rest)])
	return out, nil
}

// pad fills the last block, or a whole one: with random bytes, the last of which says
// how many there are (XML Encryption 1.1 §5.2.1).
func (e Encryption) pad(plain []byte, size int) ([]byte, error) {
	padding := make([]byte, size-len(plain)%size)
	if _, err := io.ReadFull(e.Random, padding); err != nil {
		return nil, fmt.Errorf("drawing padding: %w", err)
	}
	padding[len(padding)-1] = byte(len(padding))
	return append(append([]byte{}, plain...), padding...), nil
}

// encryptGCM returns the nonce of 96 bits, the ciphertext and the tag of 128 bits.
func (e Encryption) encryptGCM(block cipher.Block, plain []byte) ([]byte, error) {
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(e.Random, nonce); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, nil), nil
}

package dsig_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"math/big"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/forge/dsig"
)

// A cube root is no signature to who looks at all of its power, and begins as one for who
// does not.
func TestARootBeginsAsASignatureDoes(t *testing.T) {
	key, err := fixtures.Key("rsa-exponent-3")
	if err != nil {
		t.Fatal(err)
	}
	octets := []byte("<SignedInfo/>")
	value, err := dsig.Rooted{Bits: 2048, Exponent: 3}.Sign(dsig.RSASHA256, octets)
	if err != nil {
		t.Fatal(err)
	}
	honest, err := dsig.RSA{Key: key}.Sign(dsig.RSASHA256, octets)
	if err != nil {
		t.Fatal(err)
	}
	digest := dsig.Sum(dsig.RSASHA256, octets)
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest, honest); err != nil {
		t.Errorf("the honest one: %v", err)
	}
	if rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest, value) == nil {
		t.Error("it is a signature")
	}
	power := func(value []byte) []byte {
		n := new(big.Int).SetBytes(value)
		return n.Exp(n, big.NewInt(3), key.N).FillBytes(make([]byte, 256))
	}
	_, info, _ := bytes.Cut(power(honest)[2:], []byte{0})
	begun, _ := bytes.CutPrefix(power(value), append([]byte{0, 1}, bytes.Repeat([]byte{0xFF}, 8)...))
	if !bytes.HasPrefix(begun, append([]byte{0}, info...)) {
		t.Errorf("its power is %x", power(value))
	}
}

// To the power of one, a signature is the padded digest.
func TestTheRootOfOneIsThePaddedDigest(t *testing.T) {
	key, err := fixtures.Key("rsa-exponent-3")
	if err != nil {
		t.Fatal(err)
	}
	octets := []byte("<SignedInfo/>")
	value, err := dsig.Rooted{Bits: 2048, Exponent: 1}.Sign(dsig.RSASHA256, octets)
	if err != nil {
		t.Fatal(err)
	}
	honest, err := dsig.RSA{Key: key}.Sign(dsig.RSASHA256, octets)
	if err != nil {
		t.Fatal(err)
	}
	n := new(big.Int).SetBytes(honest)
	if padded := n.Exp(n, big.NewInt(3), key.N).FillBytes(make([]byte, 256)); !bytes.Equal(value, padded) {
		t.Errorf("%x, and an honest one is padded as %x", value, padded)
	}
}

func TestAKeyTooShortForARoot(t *testing.T) {
	if _, err := (dsig.Rooted{Bits: 1024, Exponent: 3}).Sign(dsig.RSASHA256, nil); err == nil {
		t.Error("1024 bits leave too little behind the digest, and yet there is a root")
	}
	if _, err := (dsig.Rooted{Bits: 2048, Exponent: 3}).Sign(dsig.RSASHA1, nil); err == nil {
		t.Error("there is padding for SHA-1")
	}
}

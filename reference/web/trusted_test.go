package web

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"
)

// certificateNumber is a certificate with this number, DER.
func certificateNumber(t *testing.T, number int64) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(number)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestTrustedAreParsedOnce(t *testing.T) {
	t.Parallel()
	var all trusted
	one, other := certificateNumber(t, 1), certificateNumber(t, 2)
	for _, der := range [][]byte{one, other, one, other} {
		before := all.find(der)
		got, err := all.parse(der)
		if err != nil || string(got.Raw) != string(der) {
			t.Fatalf("got another certificate, %v", err)
		}
		if before != nil && got != before {
			t.Error("parsed again")
		}
	}
	if len(all.known) != 2 {
		t.Errorf("%d are kept", len(all.known))
	}
	if _, err := all.parse([]byte("no certificate")); err == nil || len(all.known) != 2 {
		t.Errorf("what is no certificate: %v, and %d are kept", err, len(all.known))
	}
}

func TestTrustedAreBounded(t *testing.T) {
	t.Parallel()
	der := certificateNumber(t, 1)
	all := trusted{known: map[string]*x509.Certificate{}}
	for i := range mostCertificates {
		all.known[string(rune(i))] = nil
	}
	if _, err := all.parse(der); err != nil || len(all.known) != 1 {
		t.Errorf("%d are kept, %v", len(all.known), err)
	}
}

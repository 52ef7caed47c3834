//go:build unix

package saml_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/reference/saml"
)

// BenchmarkValidate measures the whole decision, semantics included, against bare RSA
// verification, in turns and in processor time, so that the ratio ×verify holds on any
// machine, a busy one too: at most 12 for one signature and 20 for two.
func BenchmarkValidate(b *testing.B) {
	k := key(b, "okta")
	digest := sha256.Sum256([]byte("x"))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	verify := func() {
		if err := rsa.VerifyPKCS1v15(&k.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("raw-verify", func(b *testing.B) {
		for b.Loop() {
			verify()
		}
	})
	for _, signed := range []struct {
		name string
		mode mode
	}{{"one", assertion}, {"two", both}} {
		b.Run(signed.name, func(b *testing.B) {
			a := arrival(b, oktaXML(b, signed.mode))
			policy := saml.Standard()
			b.ReportAllocs()
			var whole, raw time.Duration
			const rounds = 4
			for b.Loop() {
				begun := machine.ProcessorTime(b)
				for range rounds {
					a.Requests, a.Uses = sent(requestID), &uses{}
					if _, err := policy.Verify(b.Context(), a); err != nil {
						b.Fatal(err)
					}
				}
				middle := machine.ProcessorTime(b)
				for range rounds {
					verify()
				}
				whole, raw = whole+middle-begun, raw+machine.ProcessorTime(b)-middle
			}
			b.ReportMetric(float64(whole)/float64(raw), "×verify")
		})
	}
}

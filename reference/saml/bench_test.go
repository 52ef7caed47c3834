package saml_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"rollcall.example/reference/saml"
)

func decode(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }

// BenchmarkValidate times the whole decision, semantics included, against one bare RSA
// verification. The ratio ×verify, which does not move with the machine, is to be at
// most 18 for one signature and 34 for two.
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
			for b.Loop() {
				a.Requests, a.Uses = sent(requestID), &uses{}
				if _, err := policy.Verify(b.Context(), a); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(onVerify(verify)), "×verify")
		})
	}
}

// onVerify is the duration of one bare verification, the best of several rounds.
func onVerify(verify func()) time.Duration {
	best := time.Hour
	for range 5 {
		const rounds = 200
		start := time.Now()
		for range rounds {
			verify()
		}
		best = min(best, time.Since(start)/rounds)
	}
	return best
}

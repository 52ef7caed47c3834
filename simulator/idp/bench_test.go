package idp_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
	"time"

	"rollcall.example/simulator/idp"
)

// BenchmarkIssue measures what a response costs beside the RSA operation that it
// cannot do without. The ratio is taken within one run, so that it holds on any
// machine: at most 1.3 with one signature and 2.5 with two.
func BenchmarkIssue(b *testing.B) {
	signer := identity(b)
	sum := sha256.Sum256([]byte("a message"))
	sign := func() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, signer.Key, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("raw-sign", func(b *testing.B) {
		for b.Loop() {
			sign()
		}
	})
	for _, variant := range []struct {
		name    string
		signing idp.Signing
	}{{"one", idp.SignAssertion}, {"two", idp.SignBoth}} {
		b.Run(variant.name, func(b *testing.B) {
			message := withAttributes(claims())
			message.Sign, message.Random = variant.signing, nil
			b.ReportAllocs()
			var issuing, signing time.Duration
			for b.Loop() {
				started := time.Now()
				if _, err := signer.Issue(message); err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				sign()
				issuing, signing = issuing+middle.Sub(started), signing+time.Since(middle)
			}
			b.ReportMetric(float64(issuing)/float64(signing), "x-raw-sign")
		})
	}
}

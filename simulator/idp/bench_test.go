//go:build unix

package idp_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/idp"
)

// BenchmarkIssue measures what a response costs beside the RSA operation that it
// cannot do without. The two are done in turns and measured in processor time, so that
// the ratio holds on any machine, a busy one too: at most 1.05 with one signature, 2.10
// with two, and 2.5 with two over three hundred attributes.
func BenchmarkIssue(b *testing.B) {
	signer := identity(b)
	sum := sha256.Sum256([]byte("a message"))
	key := signer.Key.(*rsa.PrivateKey)
	sign := func() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]); err != nil {
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
		further int // attributes
	}{{"one", idp.SignAssertion, 0}, {"two", idp.SignBoth, 0}, {"two-300-attributes", idp.SignBoth, 300}} {
		b.Run(variant.name, func(b *testing.B) {
			message := withAttributes(claims())
			message.Sign, message.Random = variant.signing, nil
			for n := range variant.further {
				message.Attributes = append(message.Attributes, idp.Attribute{Name: fmt.Sprint("attribute", n), Values: []string{"some value or other"}})
			}
			b.ReportAllocs()
			var issuing, signing time.Duration
			for b.Loop() {
				begun := machine.ProcessorTime(b)
				if _, err := signer.Issue(message); err != nil {
					b.Fatal(err)
				}
				middle := machine.ProcessorTime(b)
				sign()
				issuing, signing = issuing+middle-begun, signing+machine.ProcessorTime(b)-middle
			}
			b.ReportMetric(float64(issuing)/float64(signing), "x-raw-sign")
		})
	}
}

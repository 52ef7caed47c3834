package verify_test

import (
	"context"
	"strings"
	"testing"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// A product that takes encrypted assertions only is judged like any other: everybody
// signs in with encrypted ones, the bystander too, and what is forged is encrypted.
func TestAProductThatTakesEncryptedAssertionsOnly(t *testing.T) {
	product, err := verify.Resolve(t.Context(), start(t, bundled.Options{Secret: true}))
	if err != nil || product.Connections[0].SAML.EncryptionCertificate == "" {
		t.Fatalf("no key to encrypt for: %v", err)
	}
	leave, err := verify.Enroll(t.Context(), product)
	if err != nil {
		t.Fatal(err)
	}
	defer leave(t.Context())
	r, err := verify.Run(context.Background(), verify.Options{
		Target: product, Only: []string{"jit.creates-account", "jit.assertion-used-once", "jit.window-kept*", "jit.signature-covers-content*", "saml.sig.covers-content*", "permissions.promoted-at-sign-in"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, verdict := range verdicts(r) {
		want := report.Passed
		if strings.Contains(key, "-response]") {
			want = report.Unsupported // what is forged in the open has no signature around it
		}
		if verdict != want {
			t.Errorf("%s: %s", key, verdict)
		}
	}
	if len(r.Specs) < 13 {
		t.Errorf("%d specs", len(r.Specs))
	}
}

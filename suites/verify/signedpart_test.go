package verify_test

import (
	"context"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// Attacks on responses with one part signed find what is wrong with a product that wants
// both, of each family one.
func TestDefectsAreCaughtWhereBothPartsAreSigned(t *testing.T) {
	declared, err := profile(t, fixtures.DefaultProfile).With("own", map[string]any{"signed_part": "both"})
	if err != nil {
		t.Fatal(err)
	}
	for defect, key := range map[string]string{
		"saml-md5-believed":                   "saml.alg.md5[md5-signature-assertion]",
		"saml-certificate-for-secret":         "saml.alg.hmac-with-certificate[hmac-pem-assertion]",
		"saml-void-canonical-form":            "saml.c14n.void-signed-info[assertion]",
		"saml-enc-tag-unchecked":              "saml.enc.tag-wrong[tag-flipped]",
		"saml-name-up-to-signed-comment":      "saml.idt.signed-comment-read-whole[name-broken-by-digested-comment-assertion]",
		"saml-certificate-beside-believed":    "saml.key.two-certificates[two-certificates-genuine-last]",
		"saml-dangling-reference-skipped":     "saml.ref.one-reference[second-reference-dangling-response]",
		"replay-known-by-bytes":               "saml.rpl.assertion-once-reencoded[lines]",
		"saml-signed-response-without-issuer": "saml.sem.signed-response-has-issuer",
		"saml-value-not-checked":              "saml.sig.value-checked[digest-recomputed-assertion]",
		"saml-unknown-transform-skipped":      "saml.trf.transform-unknown[response]",
		"saml-root-not-checked":               "saml.xml.root-namespace[root-namespace-none]",
		"saml-first-assertion-wins":           "saml.xsw.forged-assertion-first[forged-assertion-first-new-id]",
	} {
		t.Run(defect, func(t *testing.T) {
			r, err := verify.Run(context.Background(), verify.Options{
				Target: start(t, bundled.Options{Profile: declared, Defect: defect}), Only: []string{key},
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Specs) != 1 || r.Specs[0].Verdict != report.Failed && r.Specs[0].Verdict != report.Warned {
				t.Errorf("%s: %v", key, r.Specs)
			}
		})
	}
}

package saml

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response whose assertion is encrypted, and not in order", func(_ *spec.Okta, product *spec.Product) {
	attacksAt("enc", func(ctx context.Context) *spec.Okta {
		okta, _ := product.WithEncryption(ctx)
		return okta
	})
})

var _ = spec.Section("A product that takes encrypted assertions only", func(_ *spec.Okta, product *spec.Product) {
	It("refuses a response that is plain", spec.Clause("saml.enc.plain-refused"), func(ctx SpecContext) {
		okta, _ := product.OnlyEncrypted(ctx)
		attack := spec.Attack("plain-refused")
		try(ctx, okta, attack, attack.In()[0])
	})
})

var _ = spec.Section("A product that decrypts", func(_ *spec.Okta, product *spec.Product) {
	It("does not show what is wrong with a ciphertext", spec.Clause("saml.enc.no-padding-oracle"), func(ctx SpecContext) {
		okta, _ := product.WithEncryption(ctx)
		alike(ctx, okta, ciphertexts())
	})

	It("does not show what is wrong with an encrypted key", spec.Clause("saml.enc.no-key-oracle"), func(ctx SpecContext) {
		okta, _ := product.WithEncryption(ctx)
		alike(ctx, okta, encryptedKeys())
	})
})

// alike posts honest messages that were encrypted in these ways, all of them wrong, and
// claims that nobody can tell from the answers which of them is wrong how. The response
// around them is not signed, so the product has to decrypt to learn anything at all.
func alike(ctx context.Context, okta *spec.Okta, wrong []idp.Encryption) {
	GinkgoHelper()
	okta.Takes(idp.SignAssertion)
	lando := okta.Hire("Lando Calrissian")
	okta.Admit(ctx, lando)
	honest := spec.Signed(idp.SignAssertion)
	spec.Given(okta.SignInClaiming(ctx, lando, honest)).To(BeSignedIn())

	var first string
	var fell spec.Visit
	for n, one := range wrong {
		visit := okta.SignInTrying(ctx, lando, honest, encryptedAs(one))
		Expect(visit).To(BeRefused())
		if n == 0 {
			first = appearance(visit)
		}
		Expect(appearance(visit)).To(Equal(first), "the answers to two messages that cannot be decrypted differ, and show what is wrong with them")
		if visit.Crash() != "" {
			fell = visit
		}
	}
	spec.Given(okta.SignInClaiming(ctx, lando, honest)).To(BeSignedIn())
	spec.FellOver(fell)
}

// encryptedAs bends how the assertion is encrypted; for whom stays as it is.
func encryptedAs(how idp.Encryption) func(*spec.Claims) {
	return func(c *spec.Claims) {
		if how.Recipients == nil {
			how.Recipients = c.Encrypt.Recipients
		}
		c.Encrypt = &how
	}
}

// appearance is all that somebody sees of an answer. What may differ from one answer to
// the next by itself, words with a digit in them as times and numbers of requests, does
// not count.
func appearance(v spec.Visit) string {
	return fmt.Sprintf("%d, sent on to %q\n%s", v.Answered, changing.ReplaceAllString(v.Landing, "#"), changing.ReplaceAllString(strings.TrimSpace(v.Body), "#"))
}

var changing = regexp.MustCompile(`[\w.:+/=-]*\d[\w.:+/=-]*`)

// ciphertexts are contents that differ in what becomes of them: the padding, the XML or
// the signature is wrong.
func ciphertexts() []idp.Encryption {
	var all []idp.Encryption
	for _, at := range []int{-1, -17, -18, -33, 40, 320, 900} {
		all = append(all, idp.Encryption{Content: idp.AES256CBC, Faults: idp.Faults{Cipher: changed(at)}})
	}
	for _, length := range []byte{0, 17, 255} {
		all = append(all, idp.Encryption{Content: idp.AES256CBC, Faults: idp.Faults{Padded: func(v []byte) []byte {
			v[len(v)-1] = length
			return v
		}}})
	}
	return append(all,
		idp.Encryption{Content: idp.AES256CBC, Faults: idp.Faults{Cipher: func(v []byte) []byte { return v[:len(v)-1] }}},
		idp.Encryption{Content: idp.AES256GCM, Faults: idp.Faults{Cipher: changed(-1)}})
}

// encryptedKeys are keys that differ in what becomes of them: RSA's block is in order or
// not, in one way or another, and the key in it has the right length or not (Bleichenbacher).
func encryptedKeys() []idp.Encryption {
	var all []idp.Encryption
	for _, block := range []func([]byte){
		func(b []byte) { b[0] = 1 }, func(b []byte) { b[1] = 1 }, func(b []byte) { b[1] = 0 }, func(b []byte) { b[5] = 0 },
		func(b []byte) { b[len(b)-33] = 7 }, func(b []byte) { b[len(b)-20] = 0 },
		func(b []byte) { b[len(b)-1] ^= 1 }, func(b []byte) { copy(b[len(b)-49:], make([]byte, 1)) },
	} {
		all = append(all, idp.Encryption{
			Content: idp.AES256CBC, Transport: idp.Transport{Algorithm: idp.RSA15},
			Faults: idp.Faults{Block: func(b []byte) []byte { block(b); return b }},
		})
	}
	return all
}

// changed changes one byte, from the end where its number is negative.
func changed(n int) func([]byte) []byte {
	return func(value []byte) []byte {
		value[(len(value)+n)%len(value)] ^= 0x55
		return value
	}
}

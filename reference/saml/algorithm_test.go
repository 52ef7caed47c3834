package saml_test

import (
	"crypto"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/reference/saml"
	"rollcall.example/simulator/idp"
)

// signedWith is what another identity provider than Okta sends, with a key of its own,
// and that provider as its metadata describes it.
func signedWith(t *testing.T, keyName string, style idp.Style, change func(*idp.Draft)) saml.Arrival {
	t.Helper()
	k, err := fixtures.AnyKey(keyName)
	if err != nil {
		t.Fatal(err)
	}
	return signedWithKey(t, k, style, change)
}

func signedWithKey(t *testing.T, k idp.Key, style idp.Style, change func(*idp.Draft)) saml.Arrival {
	t.Helper()
	certificate, err := idp.Certify("acme", k, now.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	identity := fakeOkta(t)
	draft, err := identity.Draft(idp.Claims{Destination: ourACS, Recipient: ourACS, Audience: ourEntity, NameID: honest, Now: now,
		Attributes: []idp.Attribute{{Name: "name", Values: []string{"Han Solo"}}}})
	if err != nil {
		t.Fatal(err)
	}
	draft.Signer = idp.Signer{Key: k, Certificate: certificate, Style: style}
	if err := draft.SignAs(idp.SignBoth); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(draft)
	}
	a := arrival(t, string(draft.Seal().XML))
	identity.Certificate = certificate
	a.Providers = []saml.Provider{registered(t, identity)}
	return a
}

func TestEveryAlgorithmIsBelieved(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		key   string
		style idp.Style
	}{
		"rsa-sha384": {"okta", idp.Style{Algorithm: idp.RSASHA384}}, "rsa-sha512": {"okta", idp.Style{Algorithm: idp.RSASHA512}},
		"3072 bits": {"rsa-3072", idp.Style{}}, "4096 bits": {"rsa-4096", idp.Style{}},
		"pss-sha256": {"okta", idp.Style{Algorithm: idp.RSAPSSSHA256}}, "pss-sha384": {"okta", idp.Style{Algorithm: idp.RSAPSSSHA384}},
		"pss-sha512": {"okta", idp.Style{Algorithm: idp.RSAPSSSHA512}},
		"p-256":      {"ec-p256", idp.Style{Algorithm: idp.ECDSASHA256}}, "p-384": {"ec-p384", idp.Style{Algorithm: idp.ECDSASHA384}},
		"p-256 with sha-512": {"ec-p256", idp.Style{Algorithm: idp.ECDSASHA512}},
		"sha-512 digest":     {"okta", idp.Style{Digest: idp.SHA512}},
		"default namespace":  {"okta", idp.Style{PrefixList: "#default xs xsi"}},
		"empty list":         {"okta", idp.Style{PrefixList: " ", InfoPrefixList: " "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := saml.Standard().Verify(t.Context(), signedWith(t, tc.key, tc.style, nil)); err != nil {
				t.Error(err)
			}
		})
	}
}

// What only looks like one of the algorithms is none: ECDSA as libraries write it, in
// another length, of another curve's key, and PSS with another salt.
func TestAlmostAnAlgorithmIsRefused(t *testing.T) {
	t.Parallel()
	signatures := func(change func(value []byte) []byte) func(*idp.Draft) {
		return func(draft *idp.Draft) {
			for _, el := range draft.Document.FindElements("//SignatureValue") {
				value, err := base64.StdEncoding.DecodeString(el.Text())
				if err != nil {
					t.Error(err)
				}
				el.SetText(base64.StdEncoding.EncodeToString(change(value)))
			}
		}
	}
	half := func(value []byte) (r, s *big.Int) {
		return new(big.Int).SetBytes(value[:len(value)/2]), new(big.Int).SetBytes(value[len(value)/2:])
	}
	refused(t, signedWith(t, "ec-p256", idp.Style{Algorithm: idp.ECDSASHA256}, signatures(func(value []byte) []byte {
		r, s := half(value)
		der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			t.Error(err)
		}
		return der
	})), "signature")
	refused(t, signedWith(t, "ec-p256", idp.Style{Algorithm: idp.ECDSASHA256}, signatures(func(value []byte) []byte {
		r, s := half(value)
		longer := make([]byte, 96)
		r.FillBytes(longer[:48])
		s.FillBytes(longer[48:])
		return longer
	})), "signature")

	mismatched := signedWith(t, "okta", idp.Style{}, nil)
	mismatched.Providers = signedWith(t, "ec-p256", idp.Style{Algorithm: idp.ECDSASHA256}, nil).Providers
	refused(t, mismatched, "signature")
	mismatched = signedWith(t, "ec-p256", idp.Style{Algorithm: idp.ECDSASHA256}, nil)
	mismatched.Providers = signedWith(t, "ec-p384", idp.Style{Algorithm: idp.ECDSASHA384}, nil).Providers
	refused(t, mismatched, "signature")

	k, err := fixtures.Key("okta")
	if err != nil {
		t.Fatal(err)
	}
	a := signedWith(t, "okta", idp.Style{Algorithm: idp.RSAPSSSHA256}, nil)
	decoded, err := base64.StdEncoding.DecodeString(a.Encoded)
	if err != nil {
		t.Fatal(err)
	}
	a.Encoded = base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(string(decoded), idp.RSAPSSSHA256, idp.RSASHA256)))
	refused(t, a, "signature")

	salty := signedWithKey(t, shortSalt{k}, idp.Style{Algorithm: idp.RSAPSSSHA256}, nil)
	refused(t, salty, "signature")
}

// shortSalt signs PSS with a salt that is shorter than the hash.
type shortSalt struct{ *rsa.PrivateKey }

func (k shortSalt) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if pss, is := opts.(*rsa.PSSOptions); is {
		opts = &rsa.PSSOptions{SaltLength: 20, Hash: pss.Hash}
	}
	return k.PrivateKey.Sign(random, digest, opts)
}

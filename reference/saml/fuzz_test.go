package saml_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"rollcall.example/reference/saml"
)

func decode(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }

// FuzzVerify posts whatever the fuzzer makes of the messages in the tables. However it
// mangles them, only the person who was signed for ever comes out.
func FuzzVerify(f *testing.F) {
	for _, m := range modes {
		f.Add([]byte(oktaXML(f, m)))
	}
	for _, table := range [][]bad{documentFaults, envelopeFaults, signatureFaults, keyFaults, subjectFaults, conditionFaults, authnFaults} {
		for _, b := range table {
			m := both
			if len(b.modes) > 0 {
				m = b.modes[0]
			}
			if a := b.arrive(f, m); len(a.Encoded) < 20_000 {
				xml, err := decode(a.Encoded)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(xml)
			}
		}
	}
	for _, w := range wrappings {
		f.Add([]byte(wrapped(f, w.mode, w.wrap, "_evil")))
	}
	f.Fuzz(func(t *testing.T, xml []byte) {
		got, err := saml.Standard().Verify(t.Context(), arrival(t, string(xml)))
		if err == nil {
			isHonest(t, got)
			return
		}
		var refusal *saml.Refusal
		if !errors.As(err, &refusal) {
			t.Fatalf("not a refusal: %v", err)
		}
		wantOneLine(t, refusal.Reason)
	})
}

func FuzzParseIdPMetadata(f *testing.F) {
	f.Add([]byte(idpMetadata(keyDescriptor("signing", certificate(f, "okta").Raw), keyDescriptor("", certificate(f, "okta-next").Raw))))
	f.Add([]byte(idpMetadata()))
	f.Add([]byte(`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`))
	f.Add(provider(f).Metadata())
	f.Fuzz(func(t *testing.T, xml []byte) {
		idp, err := saml.ParseIdPMetadata(xml)
		if err != nil {
			wantOneLine(t, err.Error())
			return
		}
		if idp.EntityID == "" || len(idp.Certificates) == 0 {
			t.Fatalf("an incomplete provider: %+v", idp)
		}
		if _, err := provider(t).AuthnRequest("_1", now).Redirect(idp.SSOURL, ""); err != nil {
			t.Fatalf("the address cannot be used: %v", err)
		}
	})
}

package saml_test

// This file is the one place in which the two halves of the conversation meet without a
// wire: the fake Okta's messages must satisfy the service provider whatever the fake Okta is
// set to, and no test on either side alone can show that. It is in the external test
// package, so neither half comes to depend on the other.

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"rollcall.example/reference/saml"
	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/idp/shapes"
)

func fakeOkta(t *testing.T) idp.Identity {
	t.Helper()
	identity, err := idp.NewIdentity("acme", "Rollcall CI", key(t, "okta"), now.AddDate(-1, 0, 0), "")
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

func registered(t *testing.T, identity idp.Identity) saml.Provider {
	t.Helper()
	parsed, err := saml.ParseIdPMetadata(identity.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	return saml.Provider{ID: providerID, EntityID: ourEntity, ACS: ourACS, IdP: parsed}
}

func TestFakeOktaIsBelieved(t *testing.T) {
	t.Parallel()
	identity := fakeOkta(t)
	p := registered(t, identity)
	attributes := []idp.Attribute{
		{Name: "name", Values: []string{"Han Solo <&> 李"}}, {Name: "admin", Values: []string{"true"}},
		{Name: "teams", Values: []string{""}}, {Name: "groups", Values: []string{"Pilots", "Smugglers"}}, {Name: "phone"},
	}
	for _, signing := range []idp.Signing{idp.SignBoth, idp.SignAssertion, idp.SignResponse} {
		for _, unset := range []idp.Unset{idp.Omit, idp.Empty} {
			for _, request := range []string{"", requestID} {
				for _, with := range []int{0, len(attributes)} {
					t.Run(fmt.Sprintf("%v %v %q %d", signing, unset, request, with), func(t *testing.T) {
						t.Parallel()
						message, err := identity.Issue(idp.Claims{
							Destination: ourACS, Recipient: ourACS, Audience: ourEntity, InResponseTo: request, NameID: honest,
							Attributes: attributes[:with], Now: now, Sign: signing, Unset: unset,
						})
						if err != nil {
							t.Fatal(err)
						}
						a := arrival(t, string(message.XML))
						a.Providers = []saml.Provider{p}
						got, err := saml.Standard().Verify(t.Context(), a)
						if err != nil {
							t.Fatal(err)
						}
						if got.NameID != honest || got.ID != message.AssertionID || got.InResponseTo != request || got.Issuer != identity.EntityID {
							t.Errorf("%+v", got)
						}
						if groups, present := got.Attribute("groups"); with > 0 && (!present || !reflect.DeepEqual(groups, []string{"Pilots", "Smugglers"})) {
							t.Errorf("groups %q", groups)
						}
						if phone, present := got.Attribute("phone"); with > 0 && present != (unset == idp.Empty) {
							t.Errorf("phone %q, present: %t", phone, present)
						}
					})
				}
			}
		}
	}
}

func TestFakeOktaTakesOurRequest(t *testing.T) {
	t.Parallel()
	p := registered(t, fakeOkta(t))
	const relay = "/projects?a=1"
	location, err := p.AuthnRequest(requestID, now).Redirect(p.IdP.SSOURL, relay)
	if err != nil {
		t.Fatal(err)
	}
	request, state, err := idp.ParseRedirect(parse(t, location).RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	if request.ID != requestID || request.Issuer != ourEntity || request.ACS != ourACS || !request.IssueInstant.Equal(now) || state != relay {
		t.Errorf("read as %+v with state %q", request, state)
	}
	if err := request.Check(p.IdP.SSOURL, ourACS); err != nil {
		t.Error(err)
	}
}

// TestFakeOktaRollsOver: a new key is refused until the new metadata is known.
func TestFakeOktaRollsOver(t *testing.T) {
	t.Parallel()
	old := fakeOkta(t)
	next, err := old.WithKey(key(t, "okta-next"), now.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	message, err := next.Issue(idp.Claims{Destination: ourACS, Recipient: ourACS, Audience: ourEntity, NameID: honest, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	a := arrival(t, string(message.XML))
	p := registered(t, old)
	a.Providers = []saml.Provider{p}
	refused(t, a, "signature")
	p.IdP.Certificates = append(p.IdP.Certificates, registered(t, next).IdP.Certificates...)
	a.Providers = []saml.Provider{p}
	if _, err := saml.Standard().Verify(t.Context(), a); err != nil {
		t.Error(err)
	}
}

// TestEveryHonestShapeIsBelieved: how other identity providers write is no reason to
// refuse them, but for canonicalizations that the package does not have by intent.
func TestEveryHonestShapeIsBelieved(t *testing.T) {
	t.Parallel()
	identity := fakeOkta(t)
	for _, shape := range shapes.All() {
		metadata, shape, err := shape.Metadata(identity, now)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := saml.ParseIdPMetadata(metadata)
		if err != nil {
			t.Errorf("%s: %v", shape.Name, err)
			continue
		}
		said := idp.Claims{Destination: ourACS, Recipient: ourACS, Audience: ourEntity, InResponseTo: requestID, NameID: honest, NameIDFormat: idp.FormatEmailAddress, Now: now,
			Attributes: []idp.Attribute{{Name: "name", Values: []string{"Han Solo"}}, {Name: "admin", Values: []string{"true"}}}}
		shape.Apply(&said)
		message, err := identity.Issue(said)
		if err != nil {
			t.Fatalf("%s: %v", shape.Name, err)
		}
		a := arrival(t, string(message.XML))
		a.Providers = []saml.Provider{{ID: providerID, EntityID: ourEntity, ACS: ourACS, IdP: parsed}}
		if shape.Proves == "canonicalization" {
			refused(t, a, "signature")
			continue
		}
		got, err := saml.Standard().Verify(t.Context(), a)
		if err != nil {
			t.Errorf("%s: %v", shape.Name, err)
			continue
		}
		if got.NameID != said.NameID || got.InResponseTo != requestID {
			t.Errorf("%s: read as %+v", shape.Name, got)
		}
		for _, attribute := range said.Attributes {
			if values, present := got.Attribute(attribute.Name); !present || !slices.Equal(values, attribute.Values) && shape.Name != "nil" {
				t.Errorf("%s: attribute %s is read as %q, and was %q", shape.Name, attribute.Name, values, attribute.Values)
			}
		}
	}
}

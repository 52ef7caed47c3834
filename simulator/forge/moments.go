package forge

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// says alters what is said and nothing else.
func says(alter func(*idp.Claims)) func(*Donor) error {
	return func(d *Donor) error {
		alter(&d.Claims)
		return nil
	}
}

// Impersonate puts the victim in the attacker's place: in the name, and in every
// attribute that held the attacker's.
func (d *Donor) Impersonate() {
	attacker := d.Claims.NameID
	d.Claims.NameID = d.Victim
	for i, attribute := range d.Claims.Attributes {
		values := slices.Clone(attribute.Values)
		for j, value := range values {
			if value == attacker {
				values[j] = d.Victim
			}
		}
		d.Claims.Attributes[i].Values = values
	}
}

// impersonate does the same in an element that is written already.
func impersonate(d Donor, below *etree.Element) error {
	changed := false
	for _, tag := range []string{"NameID", "AttributeValue"} {
		for _, el := range below.FindElements(".//" + tag) {
			if el.Text() == d.Claims.NameID {
				el.SetText(d.Victim)
				changed = true
			}
		}
	}
	if !changed {
		return errors.New("nothing in the donor names the attacker")
	}
	return nil
}

// onVictim is impersonate as a moment: the assertion names the victim.
func onVictim(d Donor, draft *idp.Draft) error { return impersonate(d, draft.Assertion) }

// set changes an attribute in the assertion.
func set(path, attribute string, value func(Donor) string) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error { return change(draft.Assertion, path, attribute, value(d)) }
}

// signedElements are those that the donor's mode signs, in the order of signing.
func signedElements(d Donor, draft *idp.Draft) []*etree.Element {
	switch d.Claims.Sign {
	case idp.SignResponse:
		return []*etree.Element{draft.Response}
	case idp.SignAssertion:
		return []*etree.Element{draft.Assertion}
	case idp.SignBoth:
		return []*etree.Element{draft.Assertion, draft.Response}
	}
	return nil
}

// onSigned does something with each element that the mode signs.
func onSigned(do func(Donor, *etree.Element) error) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		for _, el := range signedElements(d, draft) {
			if err := do(d, el); err != nil {
				return err
			}
		}
		return nil
	}
}

// onSignatures does something with each signature of the mode, which is there already.
func onSignatures(do func(Donor, *etree.Element) error) func(Donor, *idp.Draft) error {
	return onSigned(func(d Donor, el *etree.Element) error {
		signature, err := find(el, "Signature")
		if err != nil {
			return err
		}
		return do(d, signature)
	})
}

// then does one thing after the other at one moment.
func then(deeds ...func(Donor, *idp.Draft) error) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		for _, do := range deeds {
			if err := do(d, draft); err != nil {
				return err
			}
		}
		return nil
	}
}

// signing signs what the mode signs with a builder that bend may change: by itself it
// makes what the identity provider would.
func signing(bend func(d Donor, s *dsig.Signature) error) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		for _, el := range signedElements(d, draft) {
			s := enveloped(d, draft, el)
			if err := bend(d, &s); err != nil {
				return err
			}
			if _, err := s.Place(el, dsig.AfterIssuer(el)); err != nil {
				return err
			}
		}
		return nil
	}
}

// enveloped is the builder of an honest signature over the element, to stand in it.
func enveloped(d Donor, draft *idp.Draft, el *etree.Element) dsig.Signature {
	return dsig.Enveloped(el, dsig.RSA{Key: d.key()}, d.Identity.Certificate, draft.Signer.PrefixList)
}

// redigest lets the digest of an element's signature fit the element as it is now; the
// signature value stays as it was.
func redigest(_ Donor, el *etree.Element) error {
	value, err := digestOf(el)
	if err != nil {
		return err
	}
	return write(el, "Signature/SignedInfo/Reference/DigestValue", value)
}

// digestOf is the digest of an element without its own signature, as that signature's
// own transforms would have it.
func digestOf(el *etree.Element) (string, error) {
	signature, err := find(el, "Signature")
	if err != nil {
		return "", err
	}
	prefixes := ""
	if list := signature.FindElement("./SignedInfo/Reference/Transforms/Transform/InclusiveNamespaces"); list != nil {
		prefixes = list.SelectAttrValue("PrefixList", "")
	}
	at := signature.Index()
	el.RemoveChild(signature)
	octets, err := dsig.Canonical(el, dsig.Exclusive, prefixes)
	el.InsertChildAt(at, signature)
	return base64.StdEncoding.EncodeToString(dsig.Sum(dsig.SHA256, octets)), err
}

// swap replaces the first such text, which must be there.
func swap(xml []byte, old, with string) ([]byte, error) {
	if !bytes.Contains(xml, []byte(old)) {
		return nil, fmt.Errorf("the donor has no %q to replace", old)
	}
	return bytes.Replace(xml, []byte(old), []byte(with), 1), nil
}

// moment writes a time as the identity provider does.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

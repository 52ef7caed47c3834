package forge

import (
	"errors"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// The confirmation of the subject (SAML 2.0 profiles, sections 4.1.4.2 and 4.1.4.3): who
// brings the assertion has to fit one SubjectConfirmation in every respect.
const (
	confirmation     = "Subject/SubjectConfirmation"
	confirmationData = confirmation + "/SubjectConfirmationData"
)

var sub = append([]Attack{
	{
		Name: "confirmation-missing", Row: "SUB-01", Rule: "confirmation-needed", Summary: "does not confirm its subject",
		draft: inAssertion(confirmation, remove),
	},
	{
		Name: "only-holder-of-key", Row: "SUB-02", Rule: "bearer-needed", Summary: "confirms its subject to the holder of a key alone",
		Sources: []string{"GHSA-9475-xg6m-j7pw"},
		draft:   inAssertion(confirmation, asHolderOfKey),
	},
	{
		Name: "only-sender-vouches", Row: "SUB-03", Rule: "bearer-needed", Summary: "has somebody else vouch for its subject",
		Sources: []string{"GHSA-9475-xg6m-j7pw"},
		draft:   inAssertion(confirmation, with("Method", methodURN+"sender-vouches")),
	},
	{
		Name: "method-missing", Row: "SUB-04", Rule: "method-known", Summary: "confirms its subject by no method",
		draft: inAssertion(confirmation, without("Method")),
	},
	{
		Name: "method-empty", Row: "SUB-04", Rule: "method-known", Summary: "confirms its subject by an empty method",
		draft: inAssertion(confirmation, with("Method", "")),
	},
	{
		Name: "method-unknown", Row: "SUB-04", Rule: "method-known", Summary: "confirms its subject by a method that nobody knows",
		draft: inAssertion(confirmation, with("Method", methodURN+"bearer-of-gifts")),
	},
	{
		Name: "confirmation-data-missing", Row: "SUB-05", Rule: "confirmation-data-needed", Summary: "confirms its subject and says no more about it",
		draft: inAssertion(confirmationData, remove),
	},
	{
		Name: "recipient-missing", Row: "SUB-06", Rule: "recipient-needed", Summary: "confirms its subject to no recipient",
		draft: inAssertion(confirmationData, without("Recipient")),
	},
	{
		Name: "recipient-empty", Row: "SUB-06", Rule: "recipient-needed", Summary: "confirms its subject to an empty recipient",
		draft: inAssertion(confirmationData, with("Recipient", "")),
	},
	{
		Name: "recipient-elsewhere", Row: "SUB-07", Rule: "recipient", Summary: "confirms its subject to another recipient",
		draft: inAssertion(confirmationData, with("Recipient", Elsewhere)),
	},
	{
		Name: "confirmation-without-end", Row: "SUB-09", Rule: "confirmation-end-needed", Summary: "confirms its subject without an end",
		draft: inAssertion(confirmationData, without("NotOnOrAfter")),
	},
	{
		Name: "confirmation-over", Row: "SUB-10", Rule: "confirmation-not-over", Summary: "confirmed its subject until an hour ago",
		draft: inAssertion(confirmationData, stamped("NotOnOrAfter", -time.Hour, instants)),
	},
	{
		Name: "confirmation-with-start", Row: "SUB-11", Rule: "confirmation-without-start", Summary: "confirms its subject from a minute ago on",
		draft: inAssertion(confirmationData, stamped("NotBefore", -time.Minute, instants)),
	},
	{
		Name: "confirmation-to-come", Row: "SUB-11", Rule: "confirmation-without-start", Summary: "confirms its subject from the next hour on",
		draft: inAssertion(confirmationData, func(d Donor, data *etree.Element) error {
			data.CreateAttr("NotBefore", moment(d.Claims.Now.Add(time.Hour)))
			data.CreateAttr("NotOnOrAfter", moment(d.Claims.Now.Add(2*time.Hour)))
			return nil
		}),
	},
	{
		Name: "confirmation-of-other-request", Row: "SUB-12", Rule: "confirmation-answers-request", Summary: "confirms its subject for another request",
		draft: inAssertion(confirmationData, with("InResponseTo", "id-that-nobody-asked")),
	},
	{
		Name: "confirmation-of-no-request", Row: "SUB-13", Rule: "confirmation-names-request", Summary: "answers a request and confirms its subject for none",
		Precondition: "a sign-in that starts at the product",
		draft:        inAssertion(confirmationData, answersNothing),
	},
	{
		Name: "response-of-no-request", Row: "SUB-14", Rule: "response-names-request", Summary: "answers no request and confirms its subject for one",
		Precondition: "a sign-in that starts at the product",
		draft:        inResponse("", answersNothing),
	},
	{
		Name: "response-of-other-request", Row: "SUB-14", Rule: "response-names-request", Summary: "answers another request than its subject is confirmed for",
		draft: inResponse("", with("InResponseTo", "id-that-nobody-asked")),
	},
	{
		Name: "second-confirmation-good", Row: "SUB-15", Rule: "one-good-confirmation-enough", Summary: "confirms its subject twice, the first time to somebody else", Expect: Accept,
		draft: inAssertion(confirmation, copied(0, inData(with("Recipient", Elsewhere)))),
	},
	{
		Name: "bad-bearer-and-holder-of-key", Row: "SUB-16", Rule: "methods-not-mixed", Summary: "confirms its subject to a bearer elsewhere and to the holder of a key here",
		draft: then(inAssertion(confirmation, copied(1, asHolderOfKey)), inAssertion(confirmationData, with("Recipient", Elsewhere))),
	},
	{
		Name: "confirmations-half-good", Row: "SUB-17", Rule: "one-confirmation-wholly-good", Summary: "confirms its subject here in the past, and elsewhere now",
		draft: then(
			inAssertion(confirmation, copied(1, inData(with("Recipient", Elsewhere)))),
			inAssertion(confirmationData, stamped("NotOnOrAfter", -time.Hour, instants)),
		),
	},
	{
		Name: "confirmations-half-good-reversed", Row: "SUB-17", Rule: "one-confirmation-wholly-good", Summary: "confirms its subject elsewhere now, and here in the past",
		draft: then(
			inAssertion(confirmation, copied(1, inData(stamped("NotOnOrAfter", -time.Hour, instants)))),
			inAssertion(confirmationData, with("Recipient", Elsewhere)),
		),
	},
	{
		Name: "confirmation-of-other-address", Row: "SUB-18", Rule: "address-checked", Summary: "confirms its subject to a browser at another address",
		draft: inAssertion(confirmationData, with("Address", "203.0.113.9")),
	},
	{
		Name: "confirmation-names-another", Row: "SUB-19", Rule: "confirmer-is-not-the-subject", Summary: "names somebody else in the confirmation of its subject", Expect: Harmless,
		draft: inAssertion(confirmation, namingAnother),
	},
	{
		Name: "confirmation-before-the-name", Row: "SUB-19", Rule: "confirmer-is-not-the-subject", Summary: "names somebody else in a confirmation that stands before the name", Expect: Harmless,
		draft: inAssertion(confirmation, func(d Donor, el *etree.Element) error {
			first := el.Copy()
			if err := namingAnother(d, first); err != nil {
				return err
			}
			el.Parent().InsertChildAt(0, first)
			return nil
		}),
	},
}, recipients()...)

func init() { register("sub", sub...) }

const methodURN = "urn:oasis:names:tc:SAML:2.0:cm:"

// inData changes the data of a confirmation.
func inData(change func(Donor, *etree.Element) error) func(Donor, *etree.Element) error {
	return func(d Donor, el *etree.Element) error {
		data, err := find(el, "SubjectConfirmationData")
		if err != nil {
			return err
		}
		return change(d, data)
	}
}

// asHolderOfKey makes a confirmation one for the holder of the identity provider's key.
func asHolderOfKey(d Donor, el *etree.Element) error {
	el.CreateAttr("Method", methodURN+"holder-of-key")
	return inData(func(d Donor, data *etree.Element) error {
		data.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
		data.CreateAttr("xsi:type", "saml2:KeyInfoConfirmationDataType")
		info := data.CreateElement("ds:KeyInfo")
		info.CreateAttr("xmlns:ds", nsSignature)
		info.CreateElement("ds:KeyName").SetText(d.Identity.EntityID)
		return nil
	})(d, el)
}

// answersNothing takes away which request is answered; there has to be one.
func answersNothing(_ Donor, el *etree.Element) error {
	if el.RemoveAttr("InResponseTo") == nil {
		return errUnasked
	}
	return nil
}

// errUnasked says that an attack on the answer to a request needs one.
var errUnasked = errors.New("the donor answers no request: the sign-in has to start at the product")

// namingAnother puts the victim's name into a confirmation.
func namingAnother(d Donor, el *etree.Element) error {
	name := etree.NewElement("saml2:NameID")
	name.CreateAttr("Format", idp.FormatEmailAddress)
	name.SetText(d.Victim)
	el.InsertChildAt(0, name)
	return nil
}

func recipients() []Attack {
	var attacks []Attack
	for _, l := range lookAlikes {
		attacks = append(attacks, Attack{
			Name: "recipient-" + l.name, Row: "SUB-08", Rule: "recipient-to-the-letter",
			Summary: "confirms its subject to an address " + l.summary,
			draft: inAssertion(confirmationData, func(d Donor, el *etree.Element) error {
				el.CreateAttr("Recipient", l.alike(d.Claims.Recipient))
				return nil
			}),
		})
	}
	return attacks
}

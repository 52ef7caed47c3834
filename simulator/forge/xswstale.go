package forge

import (
	"time"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Wrapping with an assertion that was meant for another time or another product: what
// is old may have been seen by many, and what is for another product is in its hands.
func init() {
	for _, stale := range []struct {
		name, called string
		spoil        func(*etree.Element) error
	}{
		{"expired", "that has run out", expire},
		{"misdirected", "for another product", misdirect},
	} {
		for _, form := range []struct {
			name    string
			arrange func(signed, forged *etree.Element)
		}{
			{"behind", before},
			{"inside", func(signed, forged *etree.Element) {
				before(signed, forged)
				signed.Parent().RemoveChild(signed)
				forged.AddChild(signed)
			}},
		} {
			register("xsw", Attack{
				Row: "XSW-24", Name: "stale-donor-" + stale.name + "-" + form.name, Rule: "stale-donor", Modes: OnAssertion, wraps: true,
				Summary: "has a forged assertion, and " + form.name + " it a signed one " + stale.called,
				draft:   inAssertion("", func(_ Donor, assertion *etree.Element) error { return stale.spoil(assertion) }),
				document: func(d Donor, draft *idp.Draft) error {
					d.Impersonate()
					fresh, err := d.Identity.Draft(d.Claims)
					if err == nil {
						form.arrange(draft.Assertion, fresh.Assertion)
					}
					return err
				},
			})
		}
	}
}

// expire moves every time that the assertion states into the past.
func expire(assertion *etree.Element) error {
	for _, el := range append(assertion.FindElements(".//*"), assertion) {
		for i, attr := range el.Attr {
			at, err := time.Parse(time.RFC3339, attr.Value)
			if err == nil {
				el.Attr[i].Value = moment(at.Add(-late))
			}
		}
	}
	return nil
}

// misdirect means the assertion for another product.
func misdirect(assertion *etree.Element) error {
	if err := write(assertion, "Conditions/AudienceRestriction/Audience", Elsewhere); err != nil {
		return err
	}
	return change(assertion, "Subject/SubjectConfirmation/SubjectConfirmationData", "Recipient", Elsewhere)
}

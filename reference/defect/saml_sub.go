package defect

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// Defects in how the subject is confirmed.
var _ = register(defects{
	"saml-confirmation-optional": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) {
			if len(m.Confirmations) == 0 {
				subject := m.Trusted.SelectElement("Subject")
				m.Confirmations = []*etree.Element{subject.CreateElement(beside(subject, "SubjectConfirmation"))}
				fillConfirmation(m, m.Confirmations[0])
			}
		})
	},
	"saml-confirmation-data-optional": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) {
			for _, confirmation := range m.Confirmations {
				if confirmation.SelectElement("SubjectConfirmationData") == nil {
					fillConfirmation(m, confirmation)
				}
			}
		})
	},
	"saml-method-not-checked": func(p *reference.Parts) {
		confirmedBy(p, "bearer", func(_ *saml.Message, _, data *etree.Element) bool { return data.SelectAttr("NotBefore") == nil })
	},
	"saml-method-by-substring": func(p *reference.Parts) { methodIs(p, func(m string) bool { return strings.Contains(m, "bearer") }) },
	"saml-method-presumed":     func(p *reference.Parts) { methodIs(p, func(m string) bool { return m == "" || m == bearer }) },
	"saml-confirmation-start-believed": func(p *reference.Parts) {
		confirmedBy(p, "bearer", func(m *saml.Message, confirmation, data *etree.Element) bool {
			start, err := time.Parse(time.RFC3339, data.SelectAttrValue("NotBefore", ""))
			return confirmation.SelectAttrValue("Method", "") == bearer && (err != nil || !start.After(m.Now))
		})
	},
	"saml-confirmation-start-not-read": func(p *reference.Parts) {
		confirmedBy(p, "bearer", func(_ *saml.Message, confirmation, _ *etree.Element) bool {
			return confirmation.SelectAttrValue("Method", "") == bearer
		})
	},
	"saml-recipient-not-checked": func(p *reference.Parts) { withoutChecks(p, "recipient") },
	"saml-recipient-optional": func(p *reference.Parts) {
		recipientIs(p, func(m *saml.Message, recipient string) bool { return recipient == "" || recipient == m.ACS })
	},
	"saml-recipient-by-substring": func(p *reference.Parts) {
		recipientIs(p, func(m *saml.Message, recipient string) bool { return strings.Contains(recipient, m.ACS) })
	},
	"saml-recipient-by-beginning": func(p *reference.Parts) {
		recipientIs(p, func(m *saml.Message, recipient string) bool {
			return recipient != "" && strings.HasPrefix(m.ACS, recipient)
		})
	},
	"saml-recipient-by-host-name": func(p *reference.Parts) {
		recipientIs(p, func(m *saml.Message, recipient string) bool { return strings.HasPrefix(recipient, originOf(m.ACS)) })
	},
	"saml-recipient-normalized": func(p *reference.Parts) {
		recipientIs(p, func(m *saml.Message, recipient string) bool { return tidied(recipient) == tidied(m.ACS) })
	},
	"saml-confirmation-end-optional": func(p *reference.Parts) {
		window := check(p, "confirmation-window")
		p.SAML.Replace("confirmation-window", func(ctx context.Context, m *saml.Message) error {
			for _, data := range m.Trusted.FindElements("./Subject/SubjectConfirmation/SubjectConfirmationData") {
				if data.SelectAttr("NotOnOrAfter") == nil {
					return nil
				}
			}
			return window(ctx, m)
		})
	},
	"saml-confirmation-time-not-checked": func(p *reference.Parts) { withoutChecks(p, "confirmation-window") },
	"saml-confirmation-request-not-checked": func(p *reference.Parts) {
		beforeCheck(p, "in-response-to", func(m *saml.Message) {
			for _, confirmation := range m.Confirmations {
				copyRequest(m.Response, confirmation.SelectElement("SubjectConfirmationData"))
			}
		})
	},
	"saml-response-request-not-checked": func(p *reference.Parts) {
		beforeCheck(p, "asked-here", func(m *saml.Message) {
			copyRequest(m.Confirmations[0].SelectElement("SubjectConfirmationData"), m.Response)
		})
	},
	"saml-confirmations-by-parts": func(p *reference.Parts) {
		for _, name := range []string{"bearer", "recipient", "confirmation-window"} {
			one := check(p, name)
			p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
				all := slices.Clone(m.Confirmations)
				err := one(ctx, m)
				m.Confirmations = all
				return err
			})
		}
	},
	"saml-first-confirmation-only": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) {
			if len(m.Confirmations) > 1 {
				m.Confirmations = m.Confirmations[:1]
			}
		})
	},
	"saml-address-not-checked": func(p *reference.Parts) { withoutChecks(p, "confirmation-address") },
	"saml-first-name-anywhere": func(p *reference.Parts) { nameAnywhere(p, func(int) int { return 0 }) },
	"saml-last-name-anywhere":  func(p *reference.Parts) { nameAnywhere(p, func(n int) int { return n - 1 }) },
})

// presuming does something to a message once its contents are read.
func presuming(p *reference.Parts, do func(*saml.Message)) {
	contents := check(p, "contents")
	p.SAML.Replace("contents", func(ctx context.Context, m *saml.Message) error {
		if err := contents(ctx, m); err != nil {
			return err
		}
		do(m)
		return nil
	})
}

// beforeCheck does something to a message before a check looks at it.
func beforeCheck(p *reference.Parts, name string, do func(*saml.Message)) {
	original := check(p, name)
	p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
		do(m)
		return original(ctx, m)
	})
}

// fillConfirmation gives a confirmation what it lacks.
func fillConfirmation(m *saml.Message, confirmation *etree.Element) {
	confirmation.CreateAttr("Method", bearer)
	data := confirmation.CreateElement(beside(confirmation, "SubjectConfirmationData"))
	data.CreateAttr("Recipient", m.ACS)
	data.CreateAttr("NotOnOrAfter", m.Now.UTC().Add(time.Minute).Format(time.RFC3339))
	copyRequest(m.Response, data)
}

// beside is the name of an element of the same namespace as another one.
func beside(el *etree.Element, tag string) string {
	if el.Space == "" {
		return tag
	}
	return el.Space + ":" + tag
}

// copyRequest makes the request that one element answers, or that it answers none, that
// of another.
func copyRequest(from, to *etree.Element) {
	to.RemoveAttr("InResponseTo")
	if attr := from.SelectAttr("InResponseTo"); attr != nil {
		to.CreateAttr("InResponseTo", attr.Value)
	}
}

// confirmedBy makes another question of a check of the confirmations.
func confirmedBy(p *reference.Parts, name string, fits func(m *saml.Message, confirmation, data *etree.Element) bool) {
	p.SAML.Replace(name, func(_ context.Context, m *saml.Message) error {
		m.Confirmations = slices.DeleteFunc(slices.Clone(m.Confirmations), func(confirmation *etree.Element) bool {
			data := confirmation.SelectElement("SubjectConfirmationData")
			return data == nil || !fits(m, confirmation, data)
		})
		if len(m.Confirmations) == 0 {
			return saml.Refuse("no confirmation of the subject is usable")
		}
		return nil
	})
}

func methodIs(p *reference.Parts, fits func(method string) bool) {
	confirmedBy(p, "bearer", func(_ *saml.Message, confirmation, data *etree.Element) bool {
		return fits(confirmation.SelectAttrValue("Method", "")) && data.SelectAttr("NotBefore") == nil
	})
}

func recipientIs(p *reference.Parts, fits func(m *saml.Message, recipient string) bool) {
	confirmedBy(p, "recipient", func(m *saml.Message, _, data *etree.Element) bool {
		return fits(m, data.SelectAttrValue("Recipient", ""))
	})
}

// originOf is how an address begins, up to the name of its host.
func originOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	return parsed.Scheme + "://" + parsed.Hostname()
}

// tidied is an address as somebody might compare it: nothing escaped, all in one case.
func tidied(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(parsed.Scheme + "://" + parsed.Host + parsed.Path + "?" + parsed.RawQuery)
}

// nameAnywhere reads the name from whichever NameID of the assertion pick chooses.
func nameAnywhere(p *reference.Parts, pick func(n int) int) {
	presuming(p, func(m *saml.Message) {
		if names := inOrder(m.Trusted, "NameID"); len(names) > 0 {
			m.Assertion.NameID = names[pick(len(names))].Text()
		}
	})
}

// inOrder lists the elements of this name as they stand in the document, which is not
// how a path of etree finds them.
func inOrder(el *etree.Element, tag string) []*etree.Element {
	var found []*etree.Element
	for _, child := range el.ChildElements() {
		if child.Tag == tag {
			found = append(found, child)
		}
		found = append(found, inOrder(child, tag)...)
	}
	return found
}

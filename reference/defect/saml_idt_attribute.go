package defect

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in what is made of attributes and their values.
var _ = register(defects{
	"saml-values-up-to-comment": func(p *reference.Parts) {
		byAddressAlone(p)
		presuming(p, func(m *saml.Message) {
			for i, a := range m.Assertion.Attributes {
				for j := range a.Values {
					path := "./AttributeStatement/Attribute[@Name='" + a.Name + "']/AttributeValue"
					if values := m.Unverified.FindElements(path); j < len(values) {
						m.Assertion.Attributes[i].Values[j] = firstText(values[j])
					}
				}
			}
		})
	},
	"saml-addresses-up-to-comment": func(p *reference.Parts) {
		p.SAML.Replace("issuer", func(_ context.Context, m *saml.Message) error {
			return providerLike(m, firstText(m.Unverified.SelectElement("Issuer")), func(name, known string) bool { return name == known })
		})
		withoutChecks(p, "trusted-issuer")
		p.SAML.Replace("audience", func(_ context.Context, m *saml.Message) error {
			if firstText(m.Unverified.FindElement("./Conditions/AudienceRestriction/Audience")) != m.Provider.EntityID {
				return saml.Refuse("the assertion is meant for another audience")
			}
			return nil
		})
	},
	"saml-last-attribute-counts": func(p *reference.Parts) {
		byAddressAlone(p)
		attributesAt(p, func(m *saml.Message) []*etree.Element {
			return m.Trusted.FindElements("./AttributeStatement/Attribute")
		}, nameOf)
	},
	"saml-first-attribute-counts": func(p *reference.Parts) {
		byAddressAlone(p)
		attributesAt(p, func(m *saml.Message) []*etree.Element {
			all := m.Trusted.FindElements("./AttributeStatement/Attribute")
			reversed := make([]*etree.Element, 0, len(all))
			for i := len(all) - 1; i >= 0; i-- {
				reversed = append(reversed, all[i])
			}
			return reversed
		}, nameOf)
	},
	"saml-attributes-anywhere": func(p *reference.Parts) {
		attributesAt(p, func(m *saml.Message) []*etree.Element { return inOrder(m.Trusted, "Attribute") }, nameOf)
	},
	"saml-friendly-name-read": func(p *reference.Parts) {
		byAddressAlone(p)
		attributesAt(p, func(m *saml.Message) []*etree.Element {
			all := m.Trusted.FindElements("./AttributeStatement/Attribute")
			return append(all, m.Trusted.FindElements("./AttributeStatement/Attribute[@FriendlyName]")...)
		}, func(attribute *etree.Element) string {
			return attribute.SelectAttrValue("FriendlyName", nameOf(attribute))
		})
	},
	"saml-last-value-counts": func(p *reference.Parts) {
		byAddressAlone(p)
		readsAttribute(p, "email", func(values []string) []string { return values[max(0, len(values)-1):] })
	},
	"saml-account-by-address":               byAddressAlone,
	"saml-session-opens-every-organization": sessionsEverywhere,
	"saml-role-is-the-accounts": func(p *reference.Parts) {
		afterSignIn(p, "role", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			all, err := tx.Organizations(ctx)
			if err != nil {
				return err
			}
			for _, o := range all {
				other, err := optional(tx.Membership(ctx, o.ID, e.Account.ID))
				if err != nil {
					return err
				}
				if other != nil && o.ID != e.Organization.ID {
					other.Role = e.Membership.Role
					if err := tx.SaveMembership(ctx, *other); err != nil {
						return err
					}
				}
			}
			return nil
		})
	},
	"saml-values-read-as-markup": func(p *reference.Parts) { presuming(p, reparsed) },
	"saml-page-shows-markup": func(p *reference.Parts) {
		isPage := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/organizations/") }
		answerOtherwise(p, isPage, func(status int, body []byte) (int, []byte) { return status, []byte(html.UnescapeString(string(body))) })
	},
	"saml-punctuation-falls-over": func(p *reference.Parts) {
		onName(p, func(name string) string {
			if strings.ContainsAny(name, "'*{\r$") {
				panic("a name could not be read")
			}
			return name
		})
	},
	"saml-template-run": func(p *reference.Parts) {
		onName(p, strings.NewReplacer("{{7*7}}", "49", "${7*7}", "49", "<%= 7*7 %>", "49").Replace)
	},
	"saml-address-in-name-opened": func(p *reference.Parts) {
		address := regexp.MustCompile(`http://[^}]*`)
		onName(p, func(name string) string {
			for _, found := range address.FindAllString(name, -1) {
				if answer, err := http.Get(found); err == nil { //nolint:gosec,noctx // that is the defect
					_ = answer.Body.Close()
				}
			}
			return name
		})
	},
	"saml-odd-value-falls-over": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) {
			for _, value := range inOrder(m.Trusted, "AttributeValue") {
				if len(value.ChildElements()) > 0 {
					panic("a value is no text")
				}
			}
		})
	},
	"saml-nil-keeps": func(p *reference.Parts) { p.Rules.EmptyAdmin = "keep" },
	"saml-every-attribute-grants": func(p *reference.Parts) {
		beforeSignIn(p, "role", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			for _, name := range []string{"isAdmin", "role"} {
				if _, stated := e.Assertion.Attributes[name]; stated {
					e.Assertion.Attributes["admin"] = []string{"true"}
				}
			}
			return nil
		})
	},
	"saml-reserved-name-grants": func(p *reference.Parts) {
		beforeSignIn(p, "role", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if _, stated := e.Assertion.Attributes["__proto__"]; stated {
				e.Assertion.Attributes["admin"] = []string{"true"}
			}
			return nil
		})
	},
})

func nameOf(attribute *etree.Element) string { return attribute.SelectAttrValue("Name", "") }

// attributesAt reads the attributes from elsewhere, and of those of one name the last.
func attributesAt(p *reference.Parts, at func(*saml.Message) []*etree.Element, name func(*etree.Element) string) {
	contents := check(p, "contents")
	p.SAML.Replace("contents", func(ctx context.Context, m *saml.Message) error {
		var attributes []saml.Attribute
		for _, el := range at(m) {
			attribute := saml.Attribute{Name: name(el)}
			for _, value := range el.SelectElements("AttributeValue") {
				attribute.Values = append(attribute.Values, value.Text())
			}
			attributes = withAttribute(attributes, attribute)
		}
		for _, statement := range m.Trusted.SelectElements("AttributeStatement") {
			m.Trusted.RemoveChild(statement)
		}
		if err := contents(ctx, m); err != nil {
			return err
		}
		m.Assertion.Attributes = attributes
		return nil
	})
}

// withAttribute puts an attribute in the place of one of the same name.
func withAttribute(attributes []saml.Attribute, attribute saml.Attribute) []saml.Attribute {
	for i := range attributes {
		if attributes[i].Name == attribute.Name {
			attributes[i] = attribute
			return attributes
		}
	}
	return append(attributes, attribute)
}

// reparsed reads the values again as if they had never been escaped.
func reparsed(m *saml.Message) {
	for _, a := range m.Assertion.Attributes {
		for _, value := range a.Values {
			document := etree.NewDocument()
			text := `<x xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:Attribute Name="` + a.Name + `"><saml2:AttributeValue>` + value +
				`</saml2:AttributeValue></saml2:Attribute></x>`
			if document.ReadFromString(text) != nil {
				continue
			}
			for _, found := range document.FindElements(".//Attribute") {
				m.Assertion.Attributes = withAttribute(m.Assertion.Attributes,
					saml.Attribute{Name: nameOf(found), Values: []string{childText(found, "AttributeValue")}})
			}
		}
	}
}

// onName lets do have the name attribute of whoever signs in.
func onName(p *reference.Parts, do func(string) string) {
	readsAttribute(p, "name", func(values []string) []string {
		changed := make([]string, len(values))
		for i, value := range values {
			changed[i] = do(value)
		}
		return changed
	})
}

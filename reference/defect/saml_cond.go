package defect

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in what is read of the conditions.
var _ = register(defects{
	"saml-conditions-optional": func(p *reference.Parts) {
		for _, name := range []string{"audience", "conditions", "window"} {
			one := check(p, name)
			p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
				if m.Trusted.SelectElement("Conditions") == nil {
					return nil
				}
				return one(ctx, m)
			})
		}
	},
	"saml-conditions-time-not-checked": func(p *reference.Parts) { forgetting(p, "NotBefore", "NotOnOrAfter") },
	"saml-end-not-checked":             func(p *reference.Parts) { forgetting(p, "NotOnOrAfter") },
	"saml-start-not-checked":           func(p *reference.Parts) { forgetting(p, "NotBefore") },
	"saml-ends-not-compared": func(p *reference.Parts) {
		p.SAML.Replace("window", func(_ context.Context, m *saml.Message) error {
			conditions := m.Trusted.SelectElement("Conditions")
			if conditions == nil {
				return saml.Refuse("the assertion has no conditions")
			}
			start, _ := time.Parse(time.RFC3339, conditions.SelectAttrValue("NotBefore", ""))
			end, err := time.Parse(time.RFC3339, conditions.SelectAttrValue("NotOnOrAfter", ""))
			if start.After(m.Now.Add(m.Skew)) || err == nil && !m.Now.Add(-m.Skew).Before(end) {
				return saml.Refuse("it is not the assertion's time")
			}
			return nil
		})
	},
	"saml-no-end-is-for-ever": func(p *reference.Parts) {
		window := check(p, "confirmation-window")
		p.SAML.Replace("confirmation-window", func(ctx context.Context, m *saml.Message) error {
			if conditions := m.Trusted.SelectElement("Conditions"); conditions != nil && conditions.SelectAttr("NotOnOrAfter") == nil {
				return nil
			}
			return window(ctx, m)
		})
	},
	"saml-only-conditions-time": func(p *reference.Parts) { withoutChecks(p, "confirmation-window") },
	"saml-unreadable-is-for-ever": func(p *reference.Parts) {
		beforeCheck(p, "contents", func(m *saml.Message) {
			for _, conditions := range m.Trusted.SelectElements("Conditions") {
				if _, err := time.Parse(time.RFC3339, conditions.SelectAttrValue("NotOnOrAfter", "")); err != nil {
					conditions.RemoveAttr("NotOnOrAfter")
				}
			}
		})
	},
	"saml-zero-is-for-ever": func(p *reference.Parts) {
		beforeCheck(p, "contents", func(m *saml.Message) {
			for _, conditions := range m.Trusted.SelectElements("Conditions") {
				if end, _ := time.Parse(time.RFC3339, conditions.SelectAttrValue("NotOnOrAfter", "")); end.IsZero() {
					conditions.RemoveAttr("NotOnOrAfter")
				}
			}
		})
	},
	"saml-clock-an-hour-off": func(p *reference.Parts) {
		p.SAML.Skew, p.SAML.MaxAge = 90*time.Minute, 24*time.Hour
	},
	"saml-audience-not-checked": func(p *reference.Parts) { withoutChecks(p, "audience") },
	"saml-audience-optional": func(p *reference.Parts) {
		audience := check(p, "audience")
		p.SAML.Replace("audience", func(ctx context.Context, m *saml.Message) error {
			if m.Trusted.FindElement("./Conditions/AudienceRestriction") == nil {
				return nil
			}
			return audience(ctx, m)
		})
	},
	"saml-audience-empty-is-anybody": func(p *reference.Parts) {
		audienceIs(p, func(name, ours string) bool { return name == "" || name == ours })
	},
	"saml-audience-by-substring": func(p *reference.Parts) {
		audienceIs(p, func(name, ours string) bool { return strings.Contains(name, ours) })
	},
	"saml-audience-by-beginning": func(p *reference.Parts) {
		audienceIs(p, func(name, ours string) bool { return name != "" && strings.HasPrefix(ours, name) })
	},
	"saml-audience-in-any-case": func(p *reference.Parts) { audienceIs(p, strings.EqualFold) },
	"saml-audience-by-pattern": func(p *reference.Parts) {
		audienceIs(p, func(name, ours string) bool {
			pattern, err := regexp.Compile("^" + ours + "$")
			return err == nil && pattern.MatchString(name)
		})
	},
	"saml-audience-without-slash": func(p *reference.Parts) {
		audienceIs(p, func(name, ours string) bool { return strings.TrimSuffix(name, "/") == strings.TrimSuffix(ours, "/") })
	},
	"saml-any-restriction": func(p *reference.Parts) {
		audienceAt(p, "./Conditions/AudienceRestriction/Audience")
	},
	"saml-audience-anywhere": func(p *reference.Parts) { audienceAt(p, ".//Audience") },
	"saml-audience-of-any-language": func(p *reference.Parts) {
		beforeCheck(p, "audience", func(m *saml.Message) {
			for _, audience := range m.Trusted.FindElements("./Conditions/AudienceRestriction/Audience") {
				audience.Space = audience.Parent().Space
			}
		})
	},
	"saml-first-audience-only":      func(p *reference.Parts) { audienceAt(p, "./Conditions/AudienceRestriction[1]/Audience[1]") },
	"saml-last-audience-only":       func(p *reference.Parts) { audienceAt(p, "./Conditions/AudienceRestriction[-1]/Audience[-1]") },
	"saml-unknown-condition-passes": func(p *reference.Parts) { withoutChecks(p, "conditions") },
	"saml-proxy-restriction-unknown": func(p *reference.Parts) {
		conditions := check(p, "conditions")
		p.SAML.Replace("conditions", func(ctx context.Context, m *saml.Message) error {
			if m.Trusted.FindElement("./Conditions/ProxyRestriction") != nil {
				return saml.Refuse("the assertion has an unknown condition")
			}
			return conditions(ctx, m)
		})
	},
	"saml-used-again": func(p *reference.Parts) {
		p.SAML.Replace("in-response-to", unchecked)
		withoutChecks(p, "asked-here", "once")
	},
	"saml-first-conditions-only": func(p *reference.Parts) { oneConditions(p, func(int) int { return 0 }) },
	"saml-last-conditions-only":  func(p *reference.Parts) { oneConditions(p, func(n int) int { return n - 1 }) },
})

// forgetting takes limits out of the conditions before anybody reads them.
func forgetting(p *reference.Parts, limits ...string) {
	beforeCheck(p, "contents", func(m *saml.Message) {
		for _, conditions := range m.Trusted.SelectElements("Conditions") {
			for _, limit := range limits {
				conditions.RemoveAttr(limit)
			}
		}
	})
}

// audienceIs makes each restriction fit where one of its names does; one that has none
// has an empty one.
func audienceIs(p *reference.Parts, fits func(name, ours string) bool) {
	p.SAML.Replace("audience", func(_ context.Context, m *saml.Message) error {
		restrictions := m.Trusted.FindElements("./Conditions/AudienceRestriction")
		for _, restriction := range restrictions {
			names := namesOf(restriction.SelectElements("Audience"))
			if len(names) == 0 {
				names = []string{""}
			}
			if !slices.ContainsFunc(names, func(name string) bool { return fits(name, m.Provider.EntityID) }) {
				return saml.Refuse("the assertion is meant for another audience")
			}
		}
		if len(restrictions) == 0 {
			return saml.Refuse("the assertion is not restricted to an audience")
		}
		return nil
	})
}

// audienceAt wants one of the audiences at the path to be ours.
func audienceAt(p *reference.Parts, path string) {
	p.SAML.Replace("audience", func(_ context.Context, m *saml.Message) error {
		if !slices.Contains(namesOf(m.Trusted.FindElements(path)), m.Provider.EntityID) {
			return saml.Refuse("the assertion is meant for another audience")
		}
		return nil
	})
}

// namesOf are the texts of those elements that are SAML's.
func namesOf(elements []*etree.Element) []string {
	var names []string
	for _, el := range elements {
		if strings.HasSuffix(el.NamespaceURI(), ":assertion") {
			names = append(names, el.Text())
		}
	}
	return names
}

// oneConditions leaves the one of several conditions that pick chooses.
func oneConditions(p *reference.Parts, pick func(n int) int) {
	beforeCheck(p, "contents", func(m *saml.Message) {
		all := m.Trusted.SelectElements("Conditions")
		for at, conditions := range all {
			if at != pick(len(all)) {
				m.Trusted.RemoveChild(conditions)
			}
		}
	})
}

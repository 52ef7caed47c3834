package forge

import (
	"strings"
	"time"

	"github.com/beevik/etree"
)

// The conditions under which an assertion holds (SAML 2.0 core, section 2.5.1).
const (
	conditions  = "Conditions"
	restriction = conditions + "/AudienceRestriction"
)

var cond = append([]Attack{
	{
		Name: "conditions-missing", Row: "CON-01", Rule: "conditions-needed", Summary: "states no conditions",
		draft: inAssertion(conditions, remove),
	},
	{
		Name: "conditions-over", Row: "CON-02", Rule: "not-on-or-after", Summary: "was good until an hour ago",
		draft: inAssertion(conditions, window(-2*time.Hour, -time.Hour)),
	},
	{
		Name: "conditions-to-come", Row: "CON-03", Rule: "not-before", Summary: "is good from the next hour on",
		draft: inAssertion(conditions, window(time.Hour, 2*time.Hour)),
	},
	{
		Name: "conditions-inverted", Row: "CON-04", Rule: "window-not-empty", Summary: "ends before it begins, with now between the two",
		draft: inAssertion(conditions, window(time.Minute, -time.Minute)),
	},
	{
		Name: "conditions-without-times", Row: "CON-05", Rule: "no-times-is-not-for-ever", Summary: "states conditions without times and a confirmation that is over",
		draft: then(inAssertion(conditions, without("NotBefore", "NotOnOrAfter")), inAssertion(confirmationData, stamped("NotOnOrAfter", -time.Hour, instants))),
	},
	{
		Name: "only-conditions-over", Row: "CON-08", Rule: "either-end-counts", Summary: "states conditions that are over and a confirmation that is good",
		draft: inAssertion(conditions, stamped("NotOnOrAfter", -time.Hour, instants)),
	},
	{
		Name: "only-confirmation-over", Row: "CON-08", Rule: "either-end-counts", Summary: "states good conditions and a confirmation that is over",
		draft: inAssertion(confirmationData, stamped("NotOnOrAfter", -time.Hour, instants)),
	},
	{
		Name: "audience-restriction-missing", Row: "CON-09", Rule: "audience-needed", Summary: "is not restricted to an audience",
		draft: inAssertion(restriction, remove),
	},
	{
		Name: "audience-restriction-hollow", Row: "CON-10", Rule: "audience-not-empty", Summary: "is restricted to an audience that it does not name",
		draft: inAssertion(restriction+"/Audience", remove),
	},
	{
		Name: "audience-empty", Row: "CON-10", Rule: "audience-not-empty", Summary: "is meant for an empty audience",
		draft: inAssertion(restriction+"/Audience", saying("")),
	},
	{
		Name: "audience-elsewhere", Row: "CON-11", Rule: "audience", Summary: "is meant for the audience of another product",
		draft: inAssertion(restriction+"/Audience", saying(Elsewhere)),
	},
	audienceLike("longer", "begins with ours", func(s string) string { return s + beyond }),
	audienceLike("shorter", "ours begins with", shorter),
	audienceLike("prefixed", "ends with ours", func(s string) string { return "elsewhere:" + s }),
	audienceLike("case", "is ours in other case", inOtherCase),
	audienceLike("pattern", "fits ours where a dot stands for any letter", func(s string) string {
		if !strings.Contains(s, ".") {
			return s + "."
		}
		return strings.Replace(s, ".", "x", 1)
	}),
	{
		Name: "audience-with-slash", Row: "CON-12", Rule: "audience-slash", Summary: "is meant for an audience that is ours but for a slash at the end", Expect: Warn,
		draft: inAssertion(restriction+"/Audience", altered(func(s string) string {
			if trimmed := strings.TrimSuffix(s, "/"); trimmed != s {
				return trimmed
			}
			return s + "/"
		})),
	},
	{
		Name: "second-restriction-elsewhere", Row: "CON-13", Rule: "every-restriction-counts", Summary: "is restricted to our audience, and then to another one",
		draft: inAssertion(restriction, copied(1, elsewhere)),
	},
	{
		Name: "first-restriction-elsewhere", Row: "CON-13", Rule: "every-restriction-counts", Summary: "is restricted to another audience, and then to ours",
		draft: inAssertion(restriction, copied(0, elsewhere)),
	},
	{
		Name: "one-audience-of-two", Row: "CON-14", Rule: "any-audience-counts", Summary: "is meant for another audience or ours", Expect: Accept,
		draft: inAssertion(restriction+"/Audience", copied(0, saying(Elsewhere))),
	},
	{
		Name: "first-audience-of-two", Row: "CON-14", Rule: "any-audience-counts", Summary: "is meant for our audience or another", Expect: Accept,
		draft: inAssertion(restriction+"/Audience", copied(1, saying(Elsewhere))),
	},
	{
		Name: "audience-in-proxy-restriction", Row: "CON-15", Rule: "audience-in-its-place", Summary: "names our audience for proxies only",
		draft: inAssertion(restriction, nested(func(c *etree.Element) *etree.Element { return c.CreateElement("saml2:ProxyRestriction") })),
	},
	{
		Name: "audience-in-advice", Row: "CON-15", Rule: "audience-in-its-place", Summary: "names our audience in its advice only",
		draft: inAssertion(restriction, nested(func(c *etree.Element) *etree.Element {
			advice := etree.NewElement("saml2:Advice")
			behind(c, advice)
			own := advice.CreateElement("own:Elsewhere")
			own.CreateAttr("xmlns:own", "https://elsewhere.rollcall.test/types")
			return own.CreateElement("saml2:Conditions").CreateElement("saml2:AudienceRestriction")
		})),
	},
	{
		Name: "audience-in-foreign-element", Row: "CON-15", Rule: "audience-in-its-place", Summary: "names our audience in an element of another language",
		draft: inAssertion(restriction, func(_ Donor, el *etree.Element) error {
			audience, err := find(el, "Audience")
			if err != nil {
				return err
			}
			audience.Space = "own"
			audience.CreateAttr("xmlns:own", "https://elsewhere.rollcall.test/types")
			return nil
		}),
	},
	{
		Name: "condition-unknown", Row: "CON-16", Rule: "conditions-understood", Summary: "states a condition that nobody understands",
		draft: inAssertion(conditions, func(_ Donor, el *etree.Element) error {
			el.AddChild(typed(etree.NewElement("saml2:Condition"), "OnTuesdays"))
			return nil
		}),
	},
	{
		Name: "one-time-use", Row: "CON-17", Rule: "used-once", Summary: "may be used one time", Expect: Accept, ByHand: true,
		draft: inAssertion(conditions, func(_ Donor, el *etree.Element) error {
			el.CreateElement("saml2:OneTimeUse")
			return nil
		}),
	},
	{
		Name: "no-proxies", Row: "CON-18", Rule: "proxy-restriction-taken", Summary: "may not be passed on by proxies", Expect: Accept,
		draft: inAssertion(conditions, func(_ Donor, el *etree.Element) error {
			el.CreateElement("saml2:ProxyRestriction").CreateAttr("Count", "0")
			return nil
		}),
	},
	{
		Name: "conditions-twice", Row: "CON-19", Rule: "conditions-once", Summary: "states good conditions, and then others that are over",
		draft: inAssertion(conditions, copied(1, window(-2*time.Hour, -time.Hour))),
	},
	{
		Name: "conditions-twice-reversed", Row: "CON-19", Rule: "conditions-once", Summary: "states conditions that are over, and then good ones",
		draft: inAssertion(conditions, copied(0, window(-2*time.Hour, -time.Hour))),
	},
}, unreadableTimes()...)

func init() { register("cond", cond...) }

// window makes the conditions hold from one time to another, both so long from now.
func window(start, end time.Duration) func(Donor, *etree.Element) error {
	return func(d Donor, el *etree.Element) error {
		el.CreateAttr("NotBefore", moment(d.Claims.Now.Add(start)))
		el.CreateAttr("NotOnOrAfter", moment(d.Claims.Now.Add(end)))
		return nil
	}
}

// altered changes the text of an element.
func altered(change func(string) string) func(Donor, *etree.Element) error {
	return func(_ Donor, el *etree.Element) error {
		el.SetText(change(el.Text()))
		return nil
	}
}

func audienceLike(name, summary string, alike func(string) string) Attack {
	return Attack{
		Name: "audience-" + name, Row: "CON-12", Rule: "audience-to-the-letter", Summary: "is meant for an audience whose name " + summary,
		draft: inAssertion(restriction+"/Audience", altered(alike)),
	}
}

// elsewhere means a restriction for another product.
func elsewhere(_ Donor, el *etree.Element) error { return write(el, "Audience", Elsewhere) }

// nested means the restriction for another product, and names ours in a place that
// place makes next to it or in the conditions' neighbour.
func nested(place func(conditions *etree.Element) *etree.Element) func(Donor, *etree.Element) error {
	return func(d Donor, el *etree.Element) error {
		if err := elsewhere(d, el); err != nil {
			return err
		}
		place(el.Parent()).CreateElement("saml2:Audience").SetText(d.Claims.Audience)
		return nil
	}
}

// unreadableTimes are ends of the conditions that are no times. A reader that takes
// what it cannot read for no limit lets everything pass.
func unreadableTimes() []Attack {
	var attacks []Attack
	for _, t := range []struct{ name, summary, value string }{
		{"word", "is a word", "tomorrow"},
		{"zero", "is nothing but zeros", "0000-00-00T00:00:00Z"},
		{"first-year", "is the first second of the first year", "0001-01-01T00:00:00Z"},
		{"far", "lies in a year of five digits", "99999-12-31T23:59:59Z"},
		{"leap-second", "is a second that there was not", "2099-06-15T23:59:60Z"},
		{"small-letter", "ends in a small letter", "2099-06-15T23:59:59z"},
		{"number", "is a number", "4102444800"},
		{"empty", "is empty", ""},
	} {
		attacks = append(attacks, Attack{
			Name: "conditions-end-" + t.name, Row: "CON-06", Rule: "times-readable", Summary: "states conditions whose end " + t.summary,
			draft: inAssertion(conditions, with("NotOnOrAfter", t.value)),
		})
	}
	return attacks
}

package shapes

import (
	"time"

	"rollcall.example/simulator/idp"
)

// timed are about clocks that differ, and about the end of a session.
var timed = []Shape{
	{Row: "POS-07", Proves: "clocks", Name: "ahead", Summary: "from a clock that is a minute ahead", Says: later(time.Minute), Written: idp.Shape{Writes: fromNow}},
	{Row: "POS-07", Proves: "clocks", Name: "behind", Summary: "from a clock that is a minute behind", Says: later(-time.Minute), Written: idp.Shape{Writes: fromNow}},
	{Row: "POS-07", Proves: "clocks", Name: "far-behind", Summary: "from a clock that is three minutes behind", Says: later(-3 * time.Minute), Written: idp.Shape{Writes: fromNow}},
	{Row: "POS-20", Proves: "instants", Name: "session-end", Summary: "that says when the session ends", Written: idp.Shape{Writes: hoursOfSession("2006-01-02T15:04:05.000Z")}},
	{Row: "POS-07", Proves: "long-session", Name: "long-session", Summary: "about a person who proved who they are ten hours ago", Says: func(c *idp.Claims) { c.AuthnInstant = c.Now.Add(-10 * time.Hour) }},
}

func later(by time.Duration) func(*idp.Claims) {
	return func(c *idp.Claims) { c.Now, c.AuthnInstant = c.Now.Add(by), c.Now.Add(by) }
}

// fromNow lets the assertion be good from the very moment of issue, as many write it.
func fromNow(d *idp.Draft) error {
	return at("Conditions", with("NotBefore", d.Assertion.SelectAttrValue("IssueInstant", "")))(d)
}

// hoursOfSession says that the session ends some hours after the moment of issue, in
// times of that layout.
func hoursOfSession(layout string) writing {
	return func(d *idp.Draft) error {
		issued, err := time.Parse(layout, d.Assertion.SelectAttrValue("IssueInstant", ""))
		if err != nil {
			return err
		}
		return at("AuthnStatement", with("SessionNotOnOrAfter", issued.Add(8*time.Hour).Format(layout)))(d)
	}
}

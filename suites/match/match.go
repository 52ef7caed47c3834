// Package match is what a spec says about what it saw: Gomega matchers over a
// [target.View] and over what a door answered.
//
// Every failure reads the same way: what was expected, then what is there.
//
//	expected: no open seat
//	actual:   1 record (active), 1 account, member, seat since 10:04:05 (record created)
//
// In a product that shows things late the view is looked at again until the claim can
// be judged for sure, as [target.View.Judge] says; composed claims, of And, Or and Not,
// are judged one part after the other and need no rule of their own.
//
// A claim about a list that the probe does not show is not judged: the view is
// told, and the spec ends as unobserved.
package match

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/target"
)

// sight is a matcher over a view: which lists it needs to see, what it expects of
// them in words, and the test.
type sight struct {
	lists    []string
	expected string
	holds    func(target.View) bool
}

var _ types.GomegaMatcher = sight{}

// Match implements Gomega's matcher.
func (s sight) Match(actual any) (bool, error) { return s.judge(actual, true) }

// lacking is a sight of something that is not there, of an exact number or of what
// stayed as it was: what was not looked at for long enough shows all of these.
type lacking struct{ sight }

// Match implements Gomega's matcher.
func (l lacking) Match(actual any) (bool, error) { return l.judge(actual, false) }

// judge lets the view be looked at again where the product shows things late;
// appears says whether seeing once what is claimed may be enough.
func (s sight) judge(actual any, appears bool) (bool, error) {
	view, ok := actual.(target.View)
	if !ok {
		return false, fmt.Errorf("this matcher takes what product.Look returns, not %T", actual)
	}
	if err := s.shownIn(view); err != nil {
		return false, err
	}
	holds := view.Judge(s.holds, appears)
	return holds, s.shownIn(view.Latest())
}

// shownIn tells the view of a list that the claim is about and that nobody can see.
func (s sight) shownIn(view target.View) error {
	for _, list := range s.lists {
		if shows(view, list) {
			continue
		}
		if view.Unobserved != nil {
			view.Unobserved(list)
		}
		return fmt.Errorf("the probe does not show %s", list)
	}
	return nil
}

// FailureMessage implements Gomega's matcher.
func (s sight) FailureMessage(actual any) string {
	return message(s.expected, describe(actual))
}

// NegatedFailureMessage implements Gomega's matcher.
func (s sight) NegatedFailureMessage(actual any) string {
	return message("not "+s.expected, describe(actual))
}

func message(expected, actual string) string {
	return "expected: " + expected + "\nactual:   " + actual
}

func shows(v target.View, list string) bool {
	switch list {
	case "records":
		return v.Records != nil
	case "accounts":
		return v.Accounts != nil
	case "memberships":
		return v.Memberships != nil
	case "seats":
		return v.Seats != nil
	case "sessions":
		return v.Sessions != nil
	case "tokens":
		return v.Tokens != nil
	case "teams":
		return !slices.ContainsFunc(v.Memberships, func(m target.Membership) bool { return m.Teams == nil })
	}
	return false
}

func describe(actual any) string {
	view, ok := actual.(target.View)
	if !ok {
		return fmt.Sprint(actual)
	}
	view = view.Latest()
	parts := []string{
		each("record", view.Records, recordInWords),
		each("account", view.Accounts, func(a target.Account) string { return whose(a.Name, a.Email) }),
		each("membership", view.Memberships, func(m target.Membership) string {
			return strings.TrimSpace(m.Role + " " + teamsInWords(m.Teams))
		}),
		each("seat", view.Seats, func(s target.Seat) string {
			if s.Ended != nil {
				return "released: " + s.EndCause
			}
			return "open since " + s.Started.UTC().Format(time.RFC3339) + ": " + s.Cause
		}),
		count("live session", len(view.LiveSessions()), view.Sessions == nil),
		count("live token", len(view.LiveTokens()), view.Tokens == nil),
	}
	return strings.Join(parts, "; ")
}

// recordInWords shows all of a record that a matcher may compare. The address is
// mostly the user name, and then stands there once.
func recordInWords(r target.Record) string {
	said := whose(r.Name, r.UserName)
	if r.Email != r.UserName && r.Email != "" {
		said += ", address " + r.Email
	}
	if r.Active {
		return said + ", active"
	}
	return said + ", inactive"
}

func each[T any](noun string, things []T, say func(T) string) string {
	head := count(noun, len(things), things == nil)
	if len(things) == 0 {
		return head
	}
	said := make([]string, len(things))
	for i, thing := range things {
		said[i] = say(thing)
	}
	return head + " (" + strings.Join(said, " | ") + ")"
}

func count(noun string, n int, unseen bool) string {
	switch {
	case unseen:
		return noun + "s not shown"
	case n == 0:
		return "no " + noun
	case n == 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func teamsInWords(places []target.TeamPlace) string {
	if len(places) == 0 {
		return ""
	}
	said := make([]string, len(places))
	for i, place := range places {
		said[i] = place.Slug + "/" + place.Role
	}
	return "in " + strings.Join(said, ", ")
}

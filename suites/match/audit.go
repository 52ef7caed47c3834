package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/target"
)

// telling is a matcher over rows of an audit log.
type telling struct {
	expected string
	holds    func([]target.Event) bool
}

// Match implements Gomega's matcher.
func (t telling) Match(actual any) (bool, error) {
	log, ok := actual.([]target.Event)
	if !ok {
		return false, fmt.Errorf("this matcher takes what product.Audit or product.AuditOf returns, not %T", actual)
	}
	return t.holds(log), nil
}

// FailureMessage implements Gomega's matcher.
func (t telling) FailureMessage(actual any) string { return message(t.expected, logInWords(actual)) }

// NegatedFailureMessage implements Gomega's matcher.
func (t telling) NegatedFailureMessage(actual any) string {
	return message("not "+t.expected, logInWords(actual))
}

// HaveOneEvent holds for a log in which exactly one row is like this one. Fields that
// are empty are not compared; Before, After and Cause need only occur in the row's.
func HaveOneEvent(like target.Event) types.GomegaMatcher {
	return telling{"exactly one event like " + eventInWords(like), func(log []target.Event) bool {
		found := 0
		for _, event := range log {
			if isLike(event, like) {
				found++
			}
		}
		return found == 1
	}}
}

// HaveNoEventOf holds for a log without a row of any of these actions.
func HaveNoEventOf(actions ...string) types.GomegaMatcher {
	return telling{"no event of " + strings.Join(actions, ", "), func(log []target.Event) bool {
		return !slices.ContainsFunc(log, func(e target.Event) bool { return slices.Contains(actions, e.Action) })
	}}
}

// HaveReasonFor holds for a log with exactly one row of the action that mentions the
// text, and says why. Of what was ignored it is no reason that somebody signed in, which
// the row of the sign-in itself has as its cause.
func HaveReasonFor(action, text string) types.GomegaMatcher {
	return telling{fmt.Sprintf("one %s that mentions %q and says why", action, text), func(log []target.Event) bool {
		var about []target.Event
		for _, e := range log {
			if e.Action == action && strings.Contains(strings.Join([]string{e.SubjectName, e.Before, e.After, e.Cause}, "\n"), text) {
				about = append(about, e)
			}
		}
		return len(about) == 1 && strings.TrimSpace(about[0].Cause) != "" && !slices.ContainsFunc(log, func(e target.Event) bool {
			return action == target.AttributeIgnored && e.Action == target.SignInSucceeded && e.Cause == about[0].Cause
		})
	}}
}

func isLike(event, like target.Event) bool {
	same := func(is, wanted string) bool { return wanted == "" || is == wanted }
	within := func(is, wanted string) bool { return wanted == "" || strings.Contains(is, wanted) }
	return same(event.Action, like.Action) && same(event.Actor, like.Actor) && same(event.ActorName, like.ActorName) &&
		same(event.Subject, like.Subject) && same(event.SubjectName, like.SubjectName) && same(event.Provider, like.Provider) &&
		within(event.Before, like.Before) && within(event.After, like.After) && within(event.Cause, like.Cause)
}

func logInWords(actual any) string {
	log, ok := actual.([]target.Event)
	switch {
	case !ok:
		return fmt.Sprint(actual)
	case len(log) == 0:
		return "no event"
	}
	said := make([]string, len(log))
	for i, event := range log {
		said[i] = eventInWords(event)
	}
	return strings.Join(said, "; ")
}

// eventInWords says of a row what it says.
func eventInWords(e target.Event) string {
	said := []string{e.Action}
	add := func(label, value string) {
		if value != "" {
			said = append(said, label+" "+value)
		}
	}
	add("of", orElse(e.SubjectName, e.Subject))
	add("from", e.Before)
	add("to", e.After)
	add("by", strings.TrimSpace(e.Actor+" "+e.ActorName))
	add("because:", e.Cause)
	return strings.Join(said, " ")
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

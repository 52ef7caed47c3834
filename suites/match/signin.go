package match

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/onsi/gomega/types"
)

// visit is what came of a person's way through sign-in; spec.Visit is one.
type visit interface {
	// Person is who the assertion was signed for.
	Person() string
	// As is who the product thinks is there now; empty for nobody.
	As() string
	// Ended says in words where the way ended.
	Ended() string
}

// arrival is a matcher over a visit.
type arrival struct {
	expected string
	holds    func(visit) bool
}

// Match implements Gomega's matcher.
func (a arrival) Match(actual any) (bool, error) {
	v, ok := actual.(visit)
	if !ok {
		return false, fmt.Errorf("this matcher takes what okta.SignIn returns, not %T", actual)
	}
	return a.holds(v), nil
}

// FailureMessage implements Gomega's matcher.
func (a arrival) FailureMessage(actual any) string { return message(a.expected, endOf(actual)) }

// NegatedFailureMessage implements Gomega's matcher.
func (a arrival) NegatedFailureMessage(actual any) string {
	return message("not "+a.expected, endOf(actual))
}

func endOf(actual any) string {
	v, ok := actual.(visit)
	switch {
	case !ok:
		return fmt.Sprint(actual)
	case v.As() == "":
		return "signed in as nobody; " + v.Ended()
	}
	return "signed in as " + v.As() + "; " + v.Ended()
}

// BeSignedIn holds for somebody who is signed in as the person whom the assertion
// was signed for.
func BeSignedIn() types.GomegaMatcher {
	return arrival{"signed in as the person signed for", func(v visit) bool {
		return v.As() != "" && strings.EqualFold(v.As(), v.Person())
	}}
}

// BeSignedInAs holds for somebody who is signed in under this address.
func BeSignedInAs(email string) types.GomegaMatcher {
	return arrival{"signed in as " + email, func(v visit) bool { return v.As() != "" && strings.EqualFold(v.As(), email) }}
}

// BeRefused holds for somebody who is signed in as nobody at all.
func BeRefused() types.GomegaMatcher {
	return arrival{"refused", func(v visit) bool { return v.As() == "" }}
}

// doorway is what a door answered; spec.Answer is one.
type doorway interface {
	// Answered is the door's name and the HTTP status that it answered.
	Answered() (door string, status int)
}

// knock is a matcher over a door's answer.
type knock struct {
	expected string
	holds    func(status int) bool
}

// Match implements Gomega's matcher.
func (k knock) Match(actual any) (bool, error) {
	d, ok := actual.(doorway)
	if !ok {
		return false, fmt.Errorf("this matcher takes what a door of product answers, not %T", actual)
	}
	_, status := d.Answered()
	return k.holds(status), nil
}

// FailureMessage implements Gomega's matcher.
func (k knock) FailureMessage(actual any) string { return message(k.expected, answerAtDoor(actual)) }

// NegatedFailureMessage implements Gomega's matcher.
func (k knock) NegatedFailureMessage(actual any) string {
	return message("not "+k.expected, answerAtDoor(actual))
}

func answerAtDoor(actual any) string {
	d, ok := actual.(doorway)
	if !ok {
		return fmt.Sprint(actual)
	}
	door, status := d.Answered()
	return fmt.Sprintf("%s answered %d %s", door, status, http.StatusText(status))
}

// BeOpen holds for a door that answered 200.
func BeOpen() types.GomegaMatcher {
	return knock{"the door open (200)", func(status int) bool { return status == http.StatusOK }}
}

// BeShut holds for a door that kept its visitor out: 401, 403, 404 or a redirect.
func BeShut() types.GomegaMatcher {
	return knock{"the door shut (401, 403, 404 or a redirect)", func(status int) bool {
		return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound || status/100 == 3
	}}
}

package match

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/onsi/gomega/types"
)

// visit is what came of a person's way through sign-in; spec.Visit is one.
type visit interface {
	// Person is who the assertion was signed for.
	Person() string
	// In says whether the product thinks that anybody is there now.
	In() bool
	// As is who that is; empty for nobody, and where nothing tells.
	As() string
	// Control says whether it is enough that somebody is in.
	Control() bool
	// MustTell ends the spec where nobody can tell whether somebody is in or, with
	// who, who it is.
	MustTell(who bool)
	// Arrived says whether the way came to its end.
	Arrived() bool
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
	case !v.In():
		return "signed in as nobody; " + v.Ended()
	case v.As() == "":
		return "signed in, and nothing tells as whom; " + v.Ended()
	}
	return "signed in as " + v.As() + "; " + v.Ended()
}

// BeSignedIn holds for somebody who is signed in as the person whom the assertion
// was signed for, and whose way there came to its end.
func BeSignedIn() types.GomegaMatcher {
	return arrival{"signed in as the person signed for", func(v visit) bool {
		v.MustTell(!v.Control())
		return v.In() && v.Arrived() && (v.As() == "" || sameAddress(v.As(), v.Person()))
	}}
}

// BeSignedInAs holds for somebody who is signed in under this address.
func BeSignedInAs(email string) types.GomegaMatcher {
	return arrival{"signed in as " + email, func(v visit) bool {
		v.MustTell(true)
		return v.As() != "" && sameAddress(v.As(), email)
	}}
}

// BeRefused holds for somebody who is signed in as nobody at all.
func BeRefused() types.GomegaMatcher {
	return arrival{"refused", func(v visit) bool {
		v.MustTell(false)
		return !v.In()
	}}
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
	lets     bool // what it expects of a door that tells it otherwise
}

// teller is a door that tells by something else than its status whether it let
// somebody in.
type teller interface{ Lets() (in, told bool) }

// Match implements Gomega's matcher.
func (k knock) Match(actual any) (bool, error) {
	d, ok := actual.(doorway)
	if !ok {
		return false, fmt.Errorf("this matcher takes what a door of product answers, not %T", actual)
	}
	if t, ok := actual.(teller); ok {
		if in, told := t.Lets(); told {
			return in == k.lets, nil
		}
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
	said := fmt.Sprintf("%s answered %d %s", door, status, http.StatusText(status))
	if t, ok := actual.(teller); ok {
		switch in, told := t.Lets(); {
		case told && in:
			return said + ", and somebody is in"
		case told:
			return said + ", and nobody is in"
		}
	}
	return said
}

// BeOpen holds for a door that answered 200.
func BeOpen() types.GomegaMatcher {
	return knock{"the door open (200)", func(status int) bool { return status == http.StatusOK }, true}
}

// BeShut holds for a door that kept its visitor out: 401, 403, 404 or a redirect.
func BeShut() types.GomegaMatcher {
	return knock{"the door shut (401, 403, 404 or a redirect)", func(status int) bool {
		return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound || status/100 == 3
	}, false}
}

// sameAddress compares without regard to case, and takes no letter outside of ASCII for
// one inside: for Unicode the long s is an s in other case, and for a product that does
// not fold it, somebody else.
func sameAddress(a, b string) bool {
	if !strings.EqualFold(a, b) {
		return false
	}
	others := []rune(b)
	for i, r := range []rune(a) {
		if (r <= unicode.MaxASCII) != (others[i] <= unicode.MaxASCII) {
			return false
		}
	}
	return true
}

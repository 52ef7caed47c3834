package match

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/target"
)

// seatTotal is a matcher over the seats of a whole organization.
type seatTotal struct{ before target.SeatTotal }

// StayAt holds for a total of seats that is what it was before.
func StayAt(before target.SeatTotal) types.GomegaMatcher { return seatTotal{before} }

// Match implements Gomega's matcher.
func (s seatTotal) Match(actual any) (bool, error) {
	now, ok := actual.(target.SeatTotal)
	if !ok {
		return false, fmt.Errorf("this matcher takes what product.Seats returns, not %T", actual)
	}
	return now == s.before, nil
}

// FailureMessage implements Gomega's matcher.
func (s seatTotal) FailureMessage(actual any) string {
	return message(seatsInWords(s.before)+", as before", seatsInWords(actual))
}

// NegatedFailureMessage implements Gomega's matcher.
func (s seatTotal) NegatedFailureMessage(actual any) string {
	return message("another total than "+seatsInWords(s.before), seatsInWords(actual))
}

func seatsInWords(actual any) string {
	total, ok := actual.(target.SeatTotal)
	if !ok {
		return fmt.Sprint(actual)
	}
	return fmt.Sprintf("%d open seats (%d started, %d released)", total.Open, total.Started, total.Released)
}

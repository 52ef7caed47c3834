package match

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/onsi/gomega/types"
)

// BeADateTime holds for a text that is a date and a time as XML Schema writes them
// (RFC 7643 section 2.3.5).
func BeADateTime() types.GomegaMatcher { return kind{"a date and a time", isDateTime} }

// dateTimeForm is xsd:dateTime; the time zone may be left away.
var dateTimeForm = regexp.MustCompile(`^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`)

func isDateTime(value any) bool {
	text, ok := value.(string)
	if !ok || !dateTimeForm.MatchString(text) {
		return false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// BeSchemasWith holds for a list of schema URIs that has this one, and none twice (RFC
// 7643 section 3).
func BeSchemasWith(urn string) types.GomegaMatcher {
	return kind{"schemas with " + urn + ", none twice", func(value any) bool {
		list, ok := value.([]any)
		seen := map[string]bool{}
		for _, entry := range list {
			name, isText := entry.(string)
			if !isText || seen[strings.ToLower(name)] {
				return false
			}
			seen[strings.ToLower(name)] = true
		}
		return ok && seen[strings.ToLower(urn)]
	}}
}

// kind is a matcher over a plain value of JSON.
type kind struct {
	expected string
	is       func(any) bool
}

// Match implements Gomega's matcher.
func (k kind) Match(actual any) (bool, error) { return k.is(actual), nil }

// FailureMessage implements Gomega's matcher.
func (k kind) FailureMessage(actual any) string { return message(k.expected, fmt.Sprint(actual)) }

// NegatedFailureMessage implements Gomega's matcher.
func (k kind) NegatedFailureMessage(actual any) string {
	return message("not "+k.expected, fmt.Sprint(actual))
}

// BeAWholeNumber holds for a number of JSON without fraction and exponent (RFC 7643
// section 2.3.4).
func BeAWholeNumber() types.GomegaMatcher { return kind{"a whole number", isWholeNumber} }

func isWholeNumber(value any) bool {
	number, ok := value.(json.Number)
	return ok && !strings.ContainsAny(number.String(), ".eE")
}

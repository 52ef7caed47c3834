package match

import (
	"fmt"

	"github.com/onsi/gomega/types"
)

// snapshot is a resource as it was shown at some moment, as [spec.Snapshot].
type snapshot[S any] interface{ Difference(before S) string }

// BeAsItWas holds where a resource is shown exactly as it was in the snapshot before,
// its version and the time of its last change among it.
func BeAsItWas[S snapshot[S]](before S) types.GomegaMatcher { return asItWas[S]{before} }

type asItWas[S snapshot[S]] struct{ before S }

// Match implements Gomega's matcher.
func (m asItWas[S]) Match(actual any) (bool, error) {
	now, ok := actual.(S)
	if !ok {
		return false, fmt.Errorf("this matcher takes what client.Snapshot returns, not %T", actual)
	}
	return now.Difference(m.before) == "", nil
}

// FailureMessage implements Gomega's matcher.
func (m asItWas[S]) FailureMessage(actual any) string {
	now, _ := actual.(S)
	return message("the resource as it was", now.Difference(m.before))
}

// NegatedFailureMessage implements Gomega's matcher.
func (m asItWas[S]) NegatedFailureMessage(any) string {
	return message("the resource otherwise than it was", "nothing of it changed")
}

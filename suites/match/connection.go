package match

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/target"
)

// HaveSCIMToken holds for a connection that comes with a SCIM token. What the token
// is stays out of the message.
func HaveSCIMToken() types.GomegaMatcher { return issued{} }

type issued struct{}

// Match implements Gomega's matcher.
func (issued) Match(actual any) (bool, error) {
	connection, ok := actual.(target.Connection)
	if !ok {
		return false, fmt.Errorf("this matcher takes what product.Connection returns, not %T", actual)
	}
	return connection.SCIM.Token != "", nil
}

// FailureMessage implements Gomega's matcher.
func (issued) FailureMessage(any) string { return message("a SCIM token", "none is issued") }

// NegatedFailureMessage implements Gomega's matcher.
func (issued) NegatedFailureMessage(any) string { return message("no SCIM token", "one is issued") }

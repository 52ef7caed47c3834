package defect

import (
	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// ruledOtherwise builds a product that does not do as it declares: some of its rules
// are others, and its events have the steps that belong to those.
func ruledOtherwise(change func(*org.Rules)) func(*reference.Parts) {
	return func(p *reference.Parts) {
		change(p.Rules)
		*p.Events = org.StandardEvents(p.Rules, p.Grammar)
	}
}

package report

import "slices"

// Verdict is the outcome of a spec, or of a requirement.
type Verdict string

// The verdicts; see the package documentation for what each means.
const (
	Unsupported Verdict = "unsupported"
	Passed      Verdict = "passed"
	Waived      Verdict = "waived"
	Warned      Verdict = "warned"
	Unobserved  Verdict = "unobserved"
	Untestable  Verdict = "untestable"
	Failed      Verdict = "failed"
	Error       Verdict = "error"

	// Untested is the verdict of a requirement of which the catalogue says that no
	// spec can show it. No spec has it.
	Untested Verdict = "untested"
)

// ranks orders the verdicts so that the worst wins. Unsupported ranks lowest
// because it says nothing: a requirement that passed in one dialect and was not
// tried in another has passed.
var ranks = []Verdict{Untested, Unsupported, Passed, Waived, Warned, Unobserved, Untestable, Failed, Error}

// Worse returns the worse of two verdicts; the empty verdict is no verdict.
func Worse(a, b Verdict) Verdict {
	if slices.Index(ranks, a) < slices.Index(ranks, b) {
		return b
	}
	return a
}

// Verdicts lists every verdict that a spec can have, best first, in the order in
// which summaries print them.
func Verdicts() []Verdict {
	return []Verdict{Passed, Failed, Untestable, Error, Warned, Waived, Unobserved, Unsupported}
}

// judged says whether the verdict tells anything about the product.
func (v Verdict) judged() bool {
	switch v {
	case Passed, Failed, Warned, Waived, Untestable:
		return true
	}
	return false
}

// breaks says whether the verdict of a spec makes the target non-conformant.
func (v Verdict) breaks(gates bool) bool {
	return v == Failed || v == Untestable && gates
}

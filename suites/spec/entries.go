package spec

import (
	"errors"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"rollcall.example/suites/target"
)

// Names of the report entries in which a spec tells more than pass and fail.
// Reports read these; nothing is ever read back from a message. The value of the
// first five is a [Note], of EntryTask a string, of EntryExchanges a
// []journal.Exchange, of EntryTraffic a target.Traffic.
const (
	EntryUntestable  = "rollcall.untestable"
	EntryUnobserved  = "rollcall.unobserved"
	EntryUnsupported = "rollcall.unsupported"
	EntryWarned      = "rollcall.warned"
	EntryError       = "rollcall.error"
	EntryTask        = "rollcall.task"
	EntryExchanges   = "rollcall.exchanges"
	EntryTraffic     = "rollcall.traffic"
)

// Note says why a spec ended as it did.
type Note struct {
	Reason string `json:"reason"`
}

// Given states a control: what must hold for the claim to mean anything. Where it
// fails the spec is untestable, which fails a requirement that gates.
func Given(actual any, extra ...any) types.Assertion {
	switch seen := actual.(type) {
	case Visit:
		seen.control = true
		actual = seen
	case target.View:
		actual = seen.AsControl()
	}
	return controls.Expect(actual, extra...)
}

var controls = gomega.NewGomega(func(message string, callerSkip ...int) {
	skip := 1
	if len(callerSkip) > 0 {
		skip += callerSkip[0]
	}
	conclude(EntryUntestable, message, skip)
})

// conclude ends the running spec with a verdict of its own. What is untestable
// or broken fails a requirement that gates; everything else skips.
func conclude(entry, reason string, skip int) {
	reason = hidden(reason)
	ginkgo.AddReportEntry(entry, Note{Reason: reason}, ginkgo.ReportEntryVisibilityFailureOrVerbose)
	if entry == EntryError || entry == EntryUntestable && gates(current()) {
		ginkgo.Fail(words[entry]+": "+reason, skip+1)
	}
	ginkgo.Skip(words[entry]+": "+reason, skip+1)
}

var words = map[string]string{
	EntryUntestable:  "untestable",
	EntryUnobserved:  "unobserved",
	EntryUnsupported: "unsupported",
	EntryWarned:      "warned",
	EntryError:       "error",
}

// broken ends the spec as an error of the run: the wire, the probe or the harness
// failed, so nothing can be said of the product. What was not sent because the run
// only reads is nobody's failure: nobody could see. What was not sent because the
// product showed somebody else, where one of ours should be, leaves nothing to test; so does
// metadata of its own that cannot be used.
func broken(err error, skip int) {
	switch {
	case errors.Is(err, target.ErrReadOnly):
		conclude(EntryUnobserved, "it takes a change at the product, and this run is read-only", skip+1)
	case errors.Is(err, target.ErrNotOurs), errors.Is(err, target.ErrUnusableMetadata):
		conclude(EntryUntestable, err.Error(), skip+1)
	case err != nil:
		conclude(EntryError, err.Error(), skip+1)
	}
}

package verify

import (
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/simulator/journal"
	"rollcall.example/suites/spec"
)

// hide takes secrets that turned up during a run out of what is told of its specs.
// The process that runs them does it: nobody else knows these secrets. Exchanges were
// redacted where they were recorded.
func hide(ran *types.Report, secrets []string) {
	if len(secrets) == 0 {
		return
	}
	redact := journal.Redactor(secrets...)
	for i := range ran.SpecReports {
		one := &ran.SpecReports[i]
		one.Failure.Message = redact(one.Failure.Message)
		one.Failure.ForwardedPanic = redact(one.Failure.ForwardedPanic)
		for j := range one.ReportEntries {
			value := &one.ReportEntries[j].Value
			switch raw := value.GetRawValue().(type) {
			case string:
				*value = types.WrapEntryValue(redact(raw))
			case spec.Note:
				*value = types.WrapEntryValue(spec.Note{Reason: redact(raw.Reason)})
			}
		}
	}
}

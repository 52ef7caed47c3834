package spec

import "github.com/onsi/ginkgo/v2"

// EntryRemark is a report entry, a string, about something that a reader should know
// though it is no failure.
const EntryRemark = "rollcall.remark"

// Remark notes in the report what a product does as it declares, and what somebody
// may still trip over: an access that lingers, a person whom Okta cannot reach.
func Remark(text string) {
	ginkgo.AddReportEntry(EntryRemark, hidden(text), ginkgo.ReportEntryVisibilityFailureOrVerbose)
}

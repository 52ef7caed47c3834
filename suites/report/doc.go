// Package report is what a run of the suite leaves behind.
//
// A [Report] is plain data with a version of its own, written as JSON. It says
// which tool, which version of the suite and which profile judged which target,
// and gives a verdict for each spec and for each requirement. Everything else that a
// person or a pipeline reads is rendered from a Report and from nothing else, so no
// two outputs can disagree: the console text, a page of HTML, JUnit XML for build
// servers, Markdown for the summary of a job. The format has a JSON Schema,
// [JSONSchema]; [Read] reads it back.
//
// # Verdicts
//
// A test framework knows passed, failed and skipped. A conformance suite has to
// say more, or a MUST that could not be tried looks like one that was kept:
//
//	passed       the claim holds
//	failed       the claim does not hold, and it binds the target
//	warned       the claim does not hold, and it does not bind: a SHOULD, a choice
//	             that the profile does not state, a provisional requirement
//	unsupported  the target says that it lacks the feature
//	unobserved   there is no probe that could see it
//	waived       the claim does not hold, and somebody took that on, with a reason
//	untestable   a control failed, so the claim was not put to the test
//	error        the run broke, so nothing was learned of the product
//
// [FromGinkgo] takes verdicts from the report entries that package spec adds,
// never from the text of a message. Two cases need an argument. A panic in a spec
// is an error: the mistake is in the suite. A spec that ran out of its time is an
// error too: that something did not happen is judged by a claim that waits as long
// as the target declared and then fails, so a spec that is still waiting when its
// time is up has seen nothing, and to call that a failure would put words in the
// product's mouth. An error never passes for conformance: it makes the run exit
// with 2.
//
// A requirement gets the worst verdict of its specs. A run that was stopped is
// marked partial; what it did not reach has no verdict at all.
//
// # Gates
//
// A pipeline that cannot have conformance today has two ways to keep what it has. A
// waiver names specs that may fail, with a reason, an owner and a last day; one that
// is of no use any more fails the run, so that the list never rots ([Report.Apply]).
// A baseline is an older report: what it knows is forgiven, and only what got worse
// fails ([Report.Against]). Both are said in the headline, and neither is known to
// Ginkgo: under ginkgo and go test a waived spec still fails.
//
// # Secrets
//
// Exchanges come from the journal, which blanks secrets at the source. What a claim
// quotes of an answer goes through the same sieve here.
package report

// Package report is what a run of the suite leaves behind.
//
// A [Report] is plain data with a version of its own, written as JSON. It says
// which tool, which version of the suite and which profile judged which target,
// and gives a verdict for each spec and for each requirement. Everything else that
// a person or a pipeline reads, the console text and the JUnit file, is rendered
// from a Report and from nothing else, so no two outputs can disagree.
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
package report

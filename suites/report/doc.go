// Package report is what a run of the suite leaves behind.
//
// A [Report] is plain data with a version of its own, written as JSON. It says
// which tool, which version of the suite and which profile judged which target,
// and gives a verdict for each spec and for each requirement. Everything else that a
// person or a pipeline reads is rendered from a Report and from nothing else, so no
// two outputs can disagree: the console text, a page of HTML, JUnit XML for build
// servers, Markdown for the summary of a job, SARIF for code scanning. The format has a JSON Schema,
// [JSONSchema]; [Read] reads it back.
//
// # Getting one
//
// A run writes it, in as many shapes as are asked for; later it can be rendered again
// and held against another one:
//
//	rollcall verify --json report.json --junit report.xml --html report.html --markdown report.md --sarif report.sarif
//	rollcall report convert -o report.html report.json
//	rollcall report convert --format markdown report.json
//	rollcall report diff last-week.json report.json
//	rollcall report schema
//
// The JSON is what to keep. The page of HTML is one file that needs no network: search
// and filters, each exchange, and a curl that sends it again with the secrets left to
// fill in. The JUnit has one suite a section, so that failures show where build servers
// look. The Markdown is short enough for the summary of a job. A field may be added to
// the JSON without a new version of the format; nothing is taken away or changes what
// it means.
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
// # Findings
//
// One mistake of a product lets many attacks pass. A [Finding] is such a mistake with the
// specs that fail for it, what to change, and the advisories about other products of its
// kind. It follows from the verdicts alone, by the table fixtures/causes.yaml: a cause is
// found where a spec that shows it failed, and takes along what it explains. Causes are
// asked in the order of the table, so that a later one is found only by what an earlier
// one left: where unsigned responses are believed, wrapping says nothing more.
//
// [Report.SARIF] carries each finding as a result of its own, and each failed spec as one
// that is a note where a finding explains it.
//
// # Gates
//
// A pipeline that cannot have conformance today has two ways to keep what it has. A
// waiver names specs that may fail, with a reason, an owner and a last day; one that
// is of no use any more fails the run, so that the list never rots ([Report.Apply]).
// This is a file of them; all four keys are required, and an id may have * and ? in it:
//
//   - id: deactivation.ends-sessions
//     reason: sessions live for an hour; ACME-417 ends them at once
//     owner: sign-on team
//     expires: 2030-01-31
//   - id: tracking.record-created[aiw]
//     reason: the other dialect is what customers use
//     owner: sign-on team
//     expires: 2030-01-31
//
// A baseline is an older report: what it knows is forgiven, and only what got worse
// fails ([Report.Against]). Both are said in the headline, and neither is known to
// Ginkgo: under ginkgo and go test a waived spec still fails.
//
//	rollcall verify --target rollcall.yaml --waivers waivers.yaml
//	rollcall verify --target rollcall.yaml --baseline last-release.json
//
// The exit status follows from the report alone ([Report.Exit]):
//
//	0    conformant; or partly observed, unless --complete; or no worse than the baseline
//	1    not conformant, or a waiver that is not accepted
//	2    could not run, or ended in an error of the suite's own
//	130  interrupted: the report is partial, and says so
//
// # Secrets
//
// Exchanges come from the journal, which blanks secrets at the source. What a claim
// quotes of an answer goes through the same sieve here.
package report

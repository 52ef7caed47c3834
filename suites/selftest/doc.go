// Package selftest proves the suite: it runs it against the reference, which must
// pass everything, and then against the reference with each known defect, which
// must be noticed.
//
// A suite is wrong in two ways that no green run shows. A spec may be unable to
// fail: it is toothless, and a self-test lists those that no defect made fail. Or
// a spec may fail for something that is none of its business: then a vendor is
// sent to look in the wrong place, and the failure is unexpected.
//
// What each defect must make fail stands in fixtures/defects, apart from how
// it is built, so that the expectation was written down by somebody who looked at
// the requirement and not at the outcome.
package selftest

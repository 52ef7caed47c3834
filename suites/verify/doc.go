// Package verify runs the suite inside a program.
//
// [Run] judges one target and returns the report. It can be called hundreds of
// times in one process, one after the other, which is how the self-test tries
// every defect in seconds. [List] tells what there is to run, [Options].Only
// chooses from it.
//
// A program that gates a release asks for a run and looks at the exit status of the
// report, which is that of `rollcall verify`:
//
//	product, err := target.Load(ctx, "rollcall.yaml")
//	…
//	r, err := verify.Run(ctx, verify.Options{
//		Target: product,
//		Only:   []string{"deactivation.*"},
//		Procs:  4,                              // workers are this program again: see [Work]
//		Safety: verify.Safety{IOwnThis: true},  // the product is ours to change
//	})
//	…
//	os.Exit(r.Exit())
//
// The module below suites/embedding is a whole one, which sees only what is public.
//
// Ginkgo is made for `go test`: it keeps its specs and its configuration in
// globals, prints to the terminal and takes the signals for itself. This package
// is the only one that knows how to live with that:
//
//   - A run begins with an empty Ginkgo and registers the sections again.
//   - Filters are checked here first, because Ginkgo answers a bad one by ending
//     the process.
//   - Its console output is discarded; what is printed is rendered from the report.
//   - Its handler of signals is never taken down, so that after a run Ctrl-C would
//     do nothing. Run therefore resets the handling of SIGINT and SIGTERM when it
//     is done; a program that handles them itself asks for them again.
package verify

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// verifyFlags are the flags of rollcall verify.
type verifyFlags struct {
	targetFlags
	only        []string
	labelFilter string
	defect      string
	json, junit string
	html        string
	markdown    string
	sarif       string
	waivers     string
	baseline    string
	seed        int64
	complete    bool
	list        bool
	procs       int
	store       string
	heavy       bool
	safety      safetyFlags
}

func verifyCommand() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify",
		Short: "Judge a product: the bundled reference, or a SCIM endpoint of your own",
		Long: `Verify runs the suite against a product and prints a verdict for each spec.

Without flags the product is the reference that comes with Rollcall, started in
this process. With --target it is yours, as a target file describes it; rollcall
init writes one. With --scim-url it is a SCIM endpoint of yours: what SCIM alone
can show is judged, and what it cannot show is unobserved.

` + inEnvironment + `

What a run makes at a product of yours carries a tag, stands in a ledger before it
is made, and is cleared away; rollcall sweep does it for a run that was killed.
Nothing else there is changed. A product that is not on this machine needs
--i-own-this (or ROLLCALL_I_OWN_THIS=1).

A report goes to standard output where its file is -; what is for people then goes
to standard error.

What is made to wear a product out is small, but for --heavy: then there are messages
of 100 MB and sign-ins that are begun by the thousand. Use it where nobody works.

With --waivers the specs that a file names may fail until a day. It is a YAML list
of id, reason, owner and expires (2027-01-31), all required; a waiver whose day has
passed, whose specs pass or which names no spec fails the run. With --baseline only
what got worse since an older report of the same product and profile fails it.

Exit status: 0 conformant, partly observed, or nothing worse than the baseline; 1
not conformant, with --complete partly observed, or a waiver that is not accepted; 2
could not run; 130 interrupted.`,
		Example: `  # everything, against the reference
  rollcall verify

  # some of it: by id, by variant, by wildcard, by label
  rollcall verify --only tracking.no-seat
  rollcall verify --only 'tracking.record-created[aiw]'
  rollcall verify --only 'deactivation.*' --label-filter '!level:SHOULD'

  # a product that does otherwise than most
  rollcall verify --profile suspend-on-deactivate
  rollcall profile list

  # what does a failure look like?
  rollcall verify --defect seat-at-create

  # a product of your own, as far as SCIM shows it
  rollcall verify --scim-url https://acme.test/scim/v2 --scim-token-env ACME_SCIM_TOKEN

  # a product of your own, as its target file describes it
  rollcall verify --target rollcall.yaml

  # for a pipeline: every rendering, and a gate with exceptions that somebody answers for
  rollcall verify --json report.json --junit report.xml --html report.html --markdown report.md --sarif report.sarif
  rollcall verify --waivers waivers.yaml
  rollcall verify --target rollcall.yaml --baseline last-release.json`,
		Args: noArguments("choose specs with --only"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := fromEnvironment(c); err != nil {
				return err
			}
			return f.run(c.Context(), c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.declare(c)
	return c
}

// declare gives the command its flags.
func (f *verifyFlags) declare(c *cobra.Command) {
	f.register(c)
	flags := c.Flags()
	flags.StringArrayVar(&f.only, "only", nil, "run only this `id`, id[variant], or either with * and ?; repeatable")
	flags.StringVar(&f.labelFilter, "label-filter", "", "run only specs whose labels match this Ginkgo `filter`")
	flags.StringVar(&f.defect, "defect", "", "build this `name`d defect into the reference")
	flags.StringVar(&f.json, "json", "", "write the report as JSON to this `file`")
	flags.StringVar(&f.junit, "junit", "", "write the report as JUnit XML to this `file`")
	flags.StringVar(&f.html, "html", "", "write the report as one HTML page to this `file`")
	flags.StringVar(&f.markdown, "markdown", "", "write the report as Markdown to this `file`, for the summary of a job")
	flags.StringVar(&f.sarif, "sarif", "", "write findings and failures as SARIF 2.1.0 to this `file`, for code scanning")
	flags.StringVar(&f.waivers, "waivers", "", "let specs fail that this YAML `file` waives, with a reason, an owner and a last day")
	flags.StringVar(&f.baseline, "baseline", "", "fail only on what got worse since the report in this JSON `file`")
	flags.Int64Var(&f.seed, "seed", 0, "run the specs in the order of this `number`; 0 chooses one")
	flags.BoolVar(&f.complete, "complete", false, "fail where a MUST could not be observed")
	flags.BoolVar(&f.list, "list", false, "list the specs that would run, and run none")
	flags.IntVar(&f.procs, "procs", 0, "run specs in this `number` of processes, 64 at the most; 0: one a core, eight at the most, against the reference, else 1")
	flags.StringVar(&f.store, "store", "", "have the reference use the PostgreSQL database at this `address`, and leave nothing in it")
	flags.BoolVar(&f.heavy, "heavy", false, "send what is made to wear a product out in its full size: messages of 100 MB, 10000 sign-ins begun")
	f.safety.register(flags)
	complete(c, "only", func() []string { return keys(verify.List()) })
	complete(c, "defect", bundled.Defects)
}

// complete offers values of a flag to the shell.
func complete(c *cobra.Command, flag string, values func() []string) {
	offer := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	}
	if err := c.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // the flag does not exist: a slip in this program
	}
}

func (f verifyFlags) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	meant, err := f.meant(ctx)
	if err != nil {
		return err
	}
	options := f.options()
	options.Target = meant
	options.Safety = f.safety.safety()
	options.Heavy = f.heavy
	chosen, err := verify.Select(options)
	if err != nil {
		return explained(err)
	}
	if f.list {
		return list(stdout, chosen)
	}
	gate, err := f.gate(stdin)
	if err != nil {
		return err
	}
	var r report.Report
	files := f.files(&r)
	if err := files.ready(stdout); err != nil {
		return err
	}
	defer files.discard()
	product, stop, err := f.product(ctx, meant)
	if err != nil {
		return err
	}
	if err := gate.fits(product); err != nil {
		return errors.Join(err, stop())
	}
	line := report.NewProgressLine(stderr)
	options.Target, options.Progress, options.Procs = product, line.Show, f.processes(product)
	r, err = verify.Run(ctx, options)
	line.Clear()
	if err := errors.Join(err, stop()); err != nil {
		return explained(err)
	}
	if r, err = gate.hold(r, time.Now()); err != nil {
		return err
	}
	people := files.forPeople(stdout, stderr)
	if err := errors.Join(files.write(), r.Console(people, report.Colours(people))); err != nil {
		return err
	}
	return ended(r.Exit())
}

// files are those that are asked for, each a rendering of the report as it will be.
func (f verifyFlags) files(r *report.Report) outputs {
	return outputs{
		{flag: "json", path: f.json, render: func(w io.Writer) error { return r.JSON(w) }},
		{flag: "junit", path: f.junit, render: func(w io.Writer) error { return r.JUnit(w) }},
		{flag: "html", path: f.html, render: func(w io.Writer) error { return r.HTML(w) }},
		{flag: "markdown", path: f.markdown, render: func(w io.Writer) error { return r.Markdown(w) }},
		{flag: "sarif", path: f.sarif, render: func(w io.Writer) error { return r.SARIF(w) }},
	}
}

// check looks at what the flags say before anything is started.
func (f verifyFlags) check() error {
	if err := f.targetFlags.check(); err != nil {
		return err
	}
	if err := checkStore(f.store); err != nil {
		return err
	}
	switch {
	case f.procs < 0 || f.procs > mostProcesses:
		return fmt.Errorf("--procs is a number of processes from 1 to %d, or 0 for as many as are worth while, and not %d", mostProcesses, f.procs)
	case f.defect != "" && !slices.Contains(bundled.Defects(), f.defect):
		return verify.NewUnknown("defect", f.defect, bundled.Defects())
	case f.store != "" && f.somebodys():
		return fmt.Errorf("--store is for the reference; with %s there is none", f.namedBy())
	case f.defect != "" && f.profile != "":
		return hinted(errors.New("--defect comes with the profile that it is about"), "leave --profile out")
	case f.defect != "" && f.somebodys():
		return fmt.Errorf("--defect is built into the reference; with %s there is none", f.namedBy())
	}
	return nil
}

func (f verifyFlags) options() verify.Options {
	return verify.Options{
		Only:        f.only,
		LabelFilter: f.labelFilter,
		Seed:        f.seed,
		Tool:        tool(),
		Configuration: report.Configuration{
			Dialects: f.dialects, Defect: f.defect, Target: f.path(), SCIMURL: f.scimURL, TokenEnv: f.tokenEnv, Complete: f.complete,
			Command: calledAs(), Profile: f.profile, Propagation: f.propagation, IOwnThis: f.safety.owned,
		},
	}
}

// calledAs is how this program is called: by its name or, where go run built it for
// the moment, so.
func calledAs() string {
	if self, err := os.Executable(); err == nil && strings.Contains(self, "go-build") {
		return "go run ./cmd/rollcall"
	}
	return "rollcall"
}

// How many processes are the most: by themselves, and when asked for. With more than
// eight it is the reference that they wait for. A product that is far away answers sixty
// four at once, if any.
const (
	mostByThemselves = 8
	mostProcesses    = 64
)

// processes is how many to run specs in. Somebody else's product is not called from
// all sides at once unless its owner asks for it. A container that may use two cores of
// many has two.
func (f verifyFlags) processes(product target.Target) int {
	switch {
	case f.procs > 0:
		return f.procs
	case product.Disposable:
		return min(runtime.GOMAXPROCS(0), mostByThemselves)
	}
	return 1
}

// product is what to judge, and how to stop it where we started it.
func (f verifyFlags) product(ctx context.Context, meant target.Target) (target.Target, func() error, error) {
	if f.somebodys() {
		return meant, func() error { return nil }, nil
	}
	started, err := bundled.Start(ctx, f.reference(meant.Profile))
	if err != nil {
		return target.Target{}, nil, err
	}
	product, err := f.overrule(started.Target)
	return product, started.Close, err
}

// meant is the product as far as it is known before it is started.
func (f verifyFlags) meant(ctx context.Context) (target.Target, error) {
	if f.somebodys() {
		return f.load(ctx)
	}
	declared, err := f.declared()
	return target.Target{Profile: declared}, err
}

// declared is the profile that the product is held to: the one that a flag names, or
// the one that the defect is about, which is mostly the default.
func (f verifyFlags) declared() (fixtures.Profile, error) {
	if f.profile != "" {
		return fixtures.LoadProfile(f.profile)
	}
	wrong, _ := fixtures.FindDefect(f.defect)
	return wrong.Variant.Profile()
}

// reference is the reference to start. A defect brings its profile along.
func (f verifyFlags) reference(declared fixtures.Profile) bundled.Options {
	options := bundled.Options{Defect: f.defect, Dialects: f.dialects, Data: f.store, Scratch: f.store != ""}
	if f.defect == "" {
		options.Profile = declared
	}
	return options
}

// explained adds what to do about an error of the suite.
func explained(err error) error {
	var unknown *verify.Unknown
	switch {
	case errors.As(err, &unknown) && strings.ContainsAny(unknown.Name, ", "):
		return hinted(err, "repeat --only for each of them")
	case errors.As(err, &unknown) && strings.HasPrefix(unknown.Name, "!"):
		return hinted(err, "--only chooses; some are left out with --label-filter, as '!area:audit'")
	case errors.Is(err, verify.ErrNothing):
		return hinted(err, "rollcall verify --list shows what there is; its labels are as level:MUST and area:audit")
	}
	return err
}

func list(w io.Writer, chosen []verify.Listed) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range chosen {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s: %s\n", l.Key(), l.Level, l.Section, l.Title)
	}
	return table.Flush()
}

func keys(all []verify.Listed) []string {
	var names []string
	for _, l := range all {
		names = append(names, l.Key())
	}
	return names
}

func dialects() []string {
	var names []string
	for _, d := range provision.Dialects() {
		names = append(names, string(d))
	}
	return names
}

package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/load"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
)

// loadFlags are the flags of rollcall load.
type loadFlags struct {
	targetFlags
	load.Options
	json, html string
}

func loadCommand() *cobra.Command {
	var f loadFlags
	c := &cobra.Command{
		Use:   "load",
		Short: "Load a product as Okta would, with many people at once, and measure it",
		Long: `Load provisions a tenant with many people as Okta would, pushes groups, updates
profiles and deactivates one person in ten, then with --duration goes on with a mix
of all that. It measures every request and prints a table of operations.

Without flags the product is the reference that comes with Rollcall, which offers
groups where --groups asks for any. With --target
or --scim-url it is yours, and then the rules of every run hold: it has to be on this
machine or --i-own-this says that it is yours to change; what is about to be made
stands in a ledger; limits in the target file are kept, 429 and Retry-After too; and
in the end everybody is taken away again. rollcall sweep does that for a run that was
killed.

Without --rate there are --concurrency requests under way all the time, and latency
is counted from when each was sent. A product that stalls is then asked less, which
makes percentiles look better than what people would see. With --rate requests are
scheduled, so many a second, and latency is counted from when each was due: a stall
counts for every request that was due in it (no coordinated omission). Where
--concurrency requests at a time cannot keep up with the rate, latency grows without
end; that is the finding, or asks for a higher --concurrency.

An error is a status that is none of success, a request that was not answered in
time, a connection that broke, or a good status over what Okta cannot use. A 429 that
a better answer followed is counted beside, and is no error. After a hundred requests
in a row without an answer the product is given up.

` + inEnvironment + `

Exit status: 0 everything was answered as it should be, within the limits; 1 more
errors than --max-error-rate, or an operation slower than --max-p99; 2 could not run;
130 interrupted, with the figures until then and everybody taken away; interrupted
once more it leaves that to rollcall sweep.`,
		Example: `  # how does the reference do?
  rollcall load --users 500
  rollcall load --users 200 --groups 5 --duration 1s

  # a product of your own, ten requests at a time
  rollcall load --scim-url https://acme.test/scim/v2 --scim-token-env ACME_SCIM_TOKEN --users 50 --concurrency 10

  # at a steady rate, for some time, as a gate
  rollcall load --users 20 --rate 50 --duration 2s --max-p99 5s --max-error-rate 0.01 --json load.json

  # with plots of latency and throughput
  rollcall load --users 300 --html load.html`,
		Args: noArguments("say how many people with --users"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := fromEnvironment(c); err != nil {
				return err
			}
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	flags := c.Flags()
	flags.IntVar(&f.People, "users", 1000, "make this `number` of people")
	flags.IntVar(&f.Groups, "groups", 0, "push this `number` of groups, with everybody in one of them")
	flags.IntVar(&f.Concurrency, "concurrency", 8, "have this `number` of requests under way at a time")
	flags.DurationVar(&f.Duration, "duration", 0, "afterwards go on with a mix for this `duration`, as 1m")
	flags.Float64Var(&f.Rate, "rate", 0, "send this `number` of requests a second; 0: as many as are answered")
	flags.Float64Var(&f.MaxErrorRate, "max-error-rate", 0, "let this `share` of the requests go wrong, as 0.01")
	flags.DurationVar(&f.MaxP99, "max-p99", 0, "fail where the 99th percentile of an operation is above this `duration`")
	flags.StringVar(&f.json, "json", "", "write the figures as JSON to this `file`")
	flags.StringVar(&f.html, "html", "", "draw the figures on one HTML page in this `file`")
	flags.BoolVar(&f.IOwnThis, "i-own-this", false, "the product is mine to change: needed for any that is not on this machine")
	flags.StringVar(&f.Ledger, "ledger", "", "write down in this `file` what is made, until it is cleared away")
	return c
}

func (f loadFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	var result load.Result
	files := outputs{
		{flag: "json", path: f.json, render: func(w io.Writer) error { return result.JSON(w) }},
		{flag: "html", path: f.html, render: func(w io.Writer) error { return result.HTML(w) }},
	}
	if err := files.ready(stdout); err != nil {
		return err
	}
	defer files.discard()
	product, stop, err := f.product(ctx)
	if err != nil {
		return err
	}
	line := loadLine{w: stderr, shows: report.IsTerminal(stderr)}
	o := f.Options
	o.Target, o.Progress = product, line.show
	o.IOwnThis = f.IOwnThis || target.OwnedByEnvironment()
	o.Tool = load.Tool{Name: tool().Name, Version: tool().Version}
	result, err = load.Run(ctx, o)
	line.clear()
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	if err := errors.Join(files.write(), result.Console(files.forPeople(stdout, stderr))); err != nil {
		return err
	}
	return ended(result.Exit())
}

// product is what to load, and how to stop it where we started it.
func (f loadFlags) product(ctx context.Context) (target.Target, func() error, error) {
	if f.somebodys() {
		t, err := f.load(ctx)
		return t, func() error { return nil }, err
	}
	options := bundled.Options{Dialects: f.dialects, Groups: f.Groups > 0}
	if f.profile != "" {
		var err error
		if options.Profile, err = fixtures.LoadProfile(f.profile); err != nil {
			return target.Target{}, nil, err
		}
	}
	started, err := bundled.Start(ctx, options)
	if err != nil {
		return target.Target{}, nil, err
	}
	return started.Target, started.Close, nil
}

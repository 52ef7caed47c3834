package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// sweepFlags are the flags of rollcall sweep.
type sweepFlags struct {
	targetFlags
	ledgers []string
	dryRun  bool
}

func sweepCommand() *cobra.Command {
	var f sweepFlags
	c := &cobra.Command{
		Use:   "sweep",
		Short: "Clear away what a run that was killed left at a product",
		Long: `Sweep reads the ledgers of runs that did not come to clear away what they made, and
takes that away, and nothing else: records over SCIM, memberships, teams and
organizations by the probe. A run that is still under way is left alone. It may
be repeated.

Ledgers are in $XDG_STATE_HOME/rollcall/ledgers, or else in
~/.local/state/rollcall/ledgers. They hold no credentials: name the target as for
the run itself. ` + inEnvironment + `

Exit status: 0 all is gone; 1 something could not be removed, and is listed; 2
could not run.`,
		Example: `  # what is there to sweep?
  rollcall sweep --dry-run

  # the product of a target file
  rollcall sweep --target rollcall.yaml

  # one that was judged by its SCIM endpoint alone
  rollcall sweep --scim-url https://acme.test/scim/v2 --scim-token-env ACME_SCIM_TOKEN`,
		Args: noArguments("name a ledger with --ledger"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := fromEnvironment(c); err != nil {
				return err
			}
			return f.run(c.Context(), c.OutOrStdout())
		},
	}
	f.register(c)
	flags := c.Flags()
	flags.StringArrayVar(&f.ledgers, "ledger", nil, "sweep what this `file` lists; repeatable; without it, all there are")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be removed, and remove nothing")
	return c
}

func (f sweepFlags) run(ctx context.Context, out io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	ledgers := f.ledgers
	if len(ledgers) == 0 {
		var err error
		if ledgers, err = target.Ledgers(); err != nil {
			return err
		}
	}
	if len(ledgers) == 0 {
		_, err := fmt.Fprintln(out, "no run left anything: there is no ledger")
		return err
	}
	if f.dryRun {
		return listLedgers(out, ledgers)
	}
	for _, ledger := range f.ledgers {
		if _, err := target.Remaining(ledger); err != nil && !errors.Is(err, target.ErrUnderWay) {
			return err
		}
	}
	product, err := f.product(ctx)
	if err != nil {
		return err
	}
	broom := broom{out: out, named: len(f.ledgers) > 0}
	for _, ledger := range ledgers {
		if err := broom.sweep(ctx, ledger, product); err != nil {
			return err
		}
	}
	if broom.left > 0 {
		return exitStatus(report.ExitNot)
	}
	return nil
}

// listLedgers says what each ledger has.
func listLedgers(out io.Writer, ledgers []string) error {
	for _, ledger := range ledgers {
		remainder, err := target.Remaining(ledger)
		switch {
		case errors.Is(err, target.ErrUnderWay):
			_, err = fmt.Fprintf(out, "%s: %v\n", ledger, target.ErrUnderWay)
		case err == nil:
			_, err = fmt.Fprintf(out, "%s: of a run against %s\n", ledger, remainder.Target)
		}
		for _, thing := range remainder.Things {
			if err == nil {
				_, err = fmt.Fprintf(out, "  would remove %s\n", thing)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// product is the target that the flags name.
func (f sweepFlags) product(ctx context.Context) (target.Target, error) {
	if !f.somebodys() {
		return target.Target{}, hinted(errors.New("a ledger holds no credentials: the target that it is about has to be named"),
			"name it with --target, or with --scim-url and --scim-token-env; --dry-run says what there is to sweep")
	}
	t, err := f.load(ctx)
	if err != nil {
		return t, err
	}
	return verify.Resolve(ctx, t)
}

// broom sweeps one ledger after the other.
type broom struct {
	out   io.Writer
	named bool // somebody named the ledgers
	left  int
}

// sweep sweeps one ledger and says what became of each thing in it. A ledger that
// nobody named, and that is not this target's or not free, is left alone.
func (b *broom) sweep(ctx context.Context, ledger string, product target.Target) error {
	var failed error
	say := func(format string, args ...any) {
		if _, err := fmt.Fprintf(b.out, format+"\n", args...); err != nil {
			failed = err
		}
	}
	left, err := target.Sweep(ctx, ledger, product, func(thing target.Thing, err error) {
		if err != nil {
			say("left     %s: %s", thing, report.OneLine(err.Error()))
			return
		}
		say("removed  %s", thing)
	})
	b.left += len(left)
	switch {
	case !b.named && (errors.Is(err, target.ErrUnderWay) || errors.Is(err, target.ErrElsewhere)):
		say("skipped  %v", err)
	case err != nil:
		return err
	case len(left) > 0:
		say("%d left: %s still lists them", len(left), ledger)
	default:
		say("swept    %s", ledger)
	}
	return failed
}

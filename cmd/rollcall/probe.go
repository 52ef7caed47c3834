package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

func probeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "probe",
		Short: "Test a probe for its own honesty, or show what one has to do",
		Long: `A probe is a small window through which the suite sees what a product made of its
people. It is an address or a command that speaks the probe contract, or a mapping
of the product's own API; see the section probe of the target file.`,
		Example: `  rollcall probe check --target rollcall.yaml
  rollcall probe contract > openapi.yaml`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return verify.NewUnknown("command", "probe "+args[0], []string{"probe check", "probe contract"})
		},
	}
	c.AddCommand(probeCheckCommand(), probeContractCommand())
	return c
}

func probeContractCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "contract",
		Short:   "Print the probe contract, an OpenAPI document",
		Example: `  rollcall probe contract > openapi.yaml`,
		Args:    noArguments(""),
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := fixtures.ProbeText()
			if err == nil {
				_, err = c.OutOrStdout().Write(text)
			}
			return err
		},
	}
}

// probeCheckFlags are the flags of rollcall probe check.
type probeCheckFlags struct {
	targetFlags
	safety safetyFlags
	asJSON bool
}

func probeCheckCommand() *cobra.Command {
	var f probeCheckFlags
	c := &cobra.Command{
		Use:   "check",
		Short: "Test a probe for its own honesty",
		Long: `Check tests whether a probe can be believed: that it does what it claims, shows
what SCIM and a sign-in make of two people, of each their own and of strangers
nothing, that what it arranges shows, and that it keeps out who has no token.
A probe that always says the same, or nothing, or what it was asked, is found out.

It makes two people at the product, and an organization where the probe founds any,
and clears them away. Without --target the probe is the one of the reference that
comes with Rollcall. ROLLCALL_TARGET stands for --target.

Exit status: 0 nothing is wrong; 1 something is; 2 the probe could not be tested.`,
		Example: `  rollcall probe check --target rollcall.yaml
  rollcall probe check --target rollcall.yaml --json`,
		Args: noArguments("name the target file with --target"),
		RunE: func(c *cobra.Command, _ []string) error {
			warnOfUnread(c)
			return f.run(c.Context(), c.OutOrStdout())
		},
	}
	f.register(c)
	f.safety.register(c.Flags())
	c.Flags().BoolVar(&f.asJSON, "json", false, "print what came of it as JSON")
	return c
}

func (f probeCheckFlags) run(ctx context.Context, stdout io.Writer) error {
	if f.file == "" {
		f.file = os.Getenv("ROLLCALL_TARGET")
	}
	if err := f.check(); err != nil {
		return err
	}
	product, stop, err := f.product(ctx)
	if err != nil {
		return explained(err)
	}
	r, err := verify.CheckProbe(ctx, product, f.safety.safety())
	if err := errors.Join(err, stop()); err != nil {
		if errors.Is(err, verify.ErrNoProbe) {
			return hinted(err, "add a section probe to the target file, with http, exec or map")
		}
		return explained(err)
	}
	if f.asJSON {
		err = writeIndented(stdout, r)
	} else {
		err = showProbeReport(stdout, r)
	}
	if err != nil || r.Honest {
		return err
	}
	return ended(report.ExitNot)
}

func (f probeCheckFlags) product(ctx context.Context) (target.Target, func() error, error) {
	if f.somebodys() {
		t, err := f.load(ctx)
		return t, func() error { return nil }, err
	}
	started, err := bundled.Start(ctx, bundled.Options{Dialects: f.dialects})
	if err != nil {
		return target.Target{}, nil, err
	}
	t, err := f.overrule(started.Target)
	return t, started.Close, err
}

// showProbeReport prints a line for each question, and what it came to.
func showProbeReport(w io.Writer, r verify.ProbeReport) error {
	marks := map[verify.ProbeVerdict]string{verify.ProbeOK: "✔", verify.ProbeWrong: "×", verify.ProbeUnchecked: "–"}
	if _, err := fmt.Fprintf(w, "the probe of %s: %s\n\n", r.Target, r.Probe); err != nil {
		return err
	}
	wrong, put := 0, 0
	for _, c := range r.Checks {
		line := "  " + marks[c.Verdict] + " " + c.Name
		switch c.Verdict {
		case verify.ProbeWrong:
			wrong++
			put++
			line += "\n      " + report.OneLine(c.Text)
		case verify.ProbeUnchecked:
			line += " (" + report.OneLine(c.Text) + ")"
		case verify.ProbeOK:
			put++
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	for _, left := range r.Left {
		if _, err := fmt.Fprintf(w, "  left at the product: %s\n", report.OneLine(left)); err != nil {
			return err
		}
	}
	conclusion := "nothing is wrong with this probe"
	if wrong > 0 {
		conclusion = "this probe cannot be believed"
	}
	_, err := fmt.Fprintf(w, "\n%d of %d checks put, %d wrong\n%s\n", put, len(r.Checks), wrong, conclusion)
	return err
}

func writeIndented(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// Rollcall judges whether a product does the right thing when people join, move
// and leave in the identity provider.
//
//	rollcall verify          judge the reference, or a SCIM endpoint of your own
//	rollcall load            load a product as Okta would, and measure it
//	rollcall sweep           clear away what a run that was killed left at a product
//	rollcall init            write a target file
//	rollcall doctor          look at a target before any spec runs
//	rollcall selftest        prove that the suite notices what it should
//	rollcall report          render and compare the reports of verify
//	rollcall requirements    list what a product owes
//	rollcall profile         say what a product may declare where products differ
//	rollcall serve           run the reference and the fake Okta, to click through
//	rollcall probe           test a probe for its own honesty
//	rollcall idp             keep the identity that signs for a product of your own
//	rollcall forge           print or post one forged SAML response
//	rollcall ci              print a pipeline to start from
//	rollcall version         say which versions this is
//
// Rules for what is printed: the outcome goes to standard output; progress and
// errors go to standard error. An error is one line that begins with "rollcall:",
// in lower case and without a period, and may be followed by one that begins with
// "hint:". No secret is ever printed.
//
// Exit status: 0 conformant, 1 not, 2 could not run, 130 interrupted.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"rollcall.example/suites/selftest"
	"rollcall.example/suites/verify"
)

func main() {
	verify.Work()
	selftest.Work()
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return statusOf(root.ExecuteContext(ctx), stderr)
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "rollcall",
		Short: "Does your product do the right thing when people join, move and leave?",
		Long: `Rollcall judges products that get their people from an identity provider: a fake
Okta drives the product over SCIM and SAML, specs look at what came of it.`,
		Example: `  rollcall verify
  rollcall verify --only 'deactivation.*' --json report.json
  rollcall selftest
  rollcall requirements --format markdown`,
		Version:       versions(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return verify.NewUnknown("command", args[0], commandNames(c))
		},
	}
	root.SetVersionTemplate("{{.Version}}")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		verifyCommand(),
		initCommand(),
		doctorCommand(),
		loadCommand(),
		sweepCommand(),
		selftestCommand(),
		reportCommand(),
		requirementsCommand(),
		profileCommand(),
		serveCommand(), probeCommand(),
		idpCommand(), forgeCommand(),
		ciCommand(),
		versionCommand(),
	)
	return root
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// noArguments refuses anything that stands beside the flags.
func noArguments(hint string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return hinted(fmt.Errorf("%s takes no argument, and %q is one", c.Name(), args[0]), hint)
	}
}

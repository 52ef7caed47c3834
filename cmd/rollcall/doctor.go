package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"rollcall.example/suites/report"
	"rollcall.example/suites/target/strict"
	"rollcall.example/suites/verify"
)

// targetFile is the target file that is looked for where none is named; rollcall init
// writes it.
const targetFile = "rollcall.yaml"

type doctorFlags struct {
	targetFlags
	safety safetyFlags
	json   bool
}

func doctorCommand() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look at a target before any spec runs, and say what to mend",
		Long: `Doctor looks at a product as far as can be looked without a spec, and says of
everything that is wrong what to do about it: the target file, secrets, names,
connections, certificates, credentials, what the endpoint says that it can do, the
service provider's metadata, whether sign-in leads to our identity provider, whether
strangers are out, the clock, the probe. If nothing is wrong, one honest person comes,
signs in and goes again, and nothing is left of them.

Without --target it is rollcall.yaml in this directory.

` + inEnvironment + `

Exit status: 0 nothing is wrong; 2 something is.`,
		Example: `  rollcall doctor
  rollcall doctor --target acme.yaml --i-own-this
  rollcall doctor --scim-url https://acme.test/scim/v2 --scim-token-env ACME_SCIM_TOKEN --read-only
  rollcall doctor --json | jq '.checks[] | select(.state == "wrong")'`,
		Args: noArguments("name the target file with --target"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := fromEnvironment(c); err != nil {
				return err
			}
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	f.safety.register(c.Flags())
	c.Flags().BoolVar(&f.json, "json", false, "print the checks as JSON")
	return c
}

func (f doctorFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	if !f.somebodys() {
		if _, err := os.Stat(targetFile); err != nil {
			return hinted(errors.New("there is no target to look at: no --target, and no "+targetFile+" here"), "rollcall init writes a target file")
		}
		f.file = targetFile
	}
	found, mistakes := f.diagnosis(ctx)
	if err := f.print(stdout, found); err != nil {
		return err
	}
	printMistakes(stderr, mistakes)
	if found.Wrong() > 0 {
		return ended(2)
	}
	return nil
}

// diagnosis looks at the target, or says what is wrong with its file.
func (f doctorFlags) diagnosis(ctx context.Context) (verify.Diagnosis, strict.Mistakes) {
	t, err := f.load(ctx)
	if err != nil {
		var mistakes strict.Mistakes
		errors.As(err, &mistakes)
		return verify.Misread(f.path(), err), mistakes
	}
	found := verify.Diagnose(ctx, t, f.safety.safety())
	if path := f.path(); path != "" {
		first := verify.Check{Name: "target file", State: verify.OK, Says: path}
		found.Checks = append([]verify.Check{first}, found.Checks...)
	}
	return found, nil
}

func (f doctorFlags) print(w io.Writer, found verify.Diagnosis) error {
	if f.json {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(struct {
			OK bool `json:"ok"`
			verify.Diagnosis
		}{found.Wrong() == 0, found})
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "%s\n\n", found.Target)
	for _, c := range found.Checks {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", c.State, c.Name, report.OneLine(c.Says))
		if c.Fix != "" {
			_, _ = fmt.Fprintf(table, "\t\tfix: %s\n", report.OneLine(c.Fix))
		}
	}
	_, _ = fmt.Fprintf(table, "\n%s\n", conclusion(found.Wrong()))
	return table.Flush()
}

func conclusion(wrong int) string {
	switch wrong {
	case 0:
		return "nothing is wrong"
	case 1:
		return "1 thing is wrong"
	}
	return fmt.Sprintf("%d things are wrong", wrong)
}

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

var diffFormats = []string{"text", "markdown", "json"}

func diffCommand() *cobra.Command {
	format := "text"
	c := &cobra.Command{
		Use:   "diff OLD.json NEW.json",
		Short: "Say what got better and what got worse between two reports",
		Long: `Diff compares two reports of the same suite and profile, spec by spec. Worse is a
failure that OLD does not have, a spec that OLD observed and NEW does not, one that
is gone, and a core feature that is gone. What NEW was told to leave out, by --only
or another label filter, is not gone.

Exit status: 0 nothing worse; 1 worse; 2 a report cannot be read or compared.`,
		Example: `  rollcall report diff last-week.json report.json
  rollcall report diff --format markdown main.json branch.json >> "$GITHUB_STEP_SUMMARY"`,
		Args: exactly("OLD.json", "NEW.json"),
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(diffFormats, format) {
				return verify.NewUnknown("format", format, diffFormats)
			}
			return compareReports(c, format, args[0], args[1])
		},
	}
	c.Flags().StringVar(&format, "format", format, "write as this `format`: "+strings.Join(diffFormats, ", "))
	complete(c, "format", func() []string { return diffFormats })
	return c
}

func compareReports(c *cobra.Command, format, olderPath, newerPath string) error {
	older, err := readReport(olderPath, c.InOrStdin())
	if err != nil {
		return err
	}
	newer, err := readReport(newerPath, c.InOrStdin())
	if err != nil {
		return err
	}
	comparison, err := report.Compare(older, newer)
	if err != nil {
		return fmt.Errorf("%s cannot be compared with %s: %w", olderPath, newerPath, err)
	}
	out := c.OutOrStdout()
	switch format {
	case "json":
		err = comparison.JSON(out)
	case "markdown":
		err = comparison.Markdown(out, older, newer)
	default:
		err = comparison.Text(out, older, newer, report.Colours(out))
	}
	if err != nil {
		return err
	}
	if comparison.Worse() {
		return ended(report.ExitNot)
	}
	return nil
}

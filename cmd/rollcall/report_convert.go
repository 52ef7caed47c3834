package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// convertFlags are the flags of rollcall report convert.
type convertFlags struct {
	format  string
	output  string
	waivers string
}

// formats are what a report can be rendered as.
var formats = []string{"console", "html", "json", "junit", "markdown", "sarif"}

// formatOf is the format that a file's name asks for.
var formatOf = map[string]string{".html": "html", ".htm": "html", ".json": "json", ".xml": "junit", ".md": "markdown", ".markdown": "markdown", ".sarif": "sarif"}

func convertCommand() *cobra.Command {
	var f convertFlags
	c := &cobra.Command{
		Use:   "convert REPORT.json",
		Short: "Render a report as HTML, JUnit, SARIF, Markdown, JSON or text",
		Long: `Convert renders a report that rollcall verify --json wrote; - reads it from standard
input. The format follows from the name of the output file where --format does not
say it, and is text for a console otherwise.

With --waivers the waivers in that file, and no others, are in force: the outcome
is what verify --waivers would have said.

Exit status: 0 converted, whatever the report says; 2 could not be read or written.`,
		Example: `  # one page for people, without a network
  rollcall report convert -o report.html report.json

  # the summary of a GitHub job, an annotation in Buildkite
  rollcall report convert --format markdown report.json >> "$GITHUB_STEP_SUMMARY"
  rollcall report convert --format markdown report.json | buildkite-agent annotate --context rollcall

  # for build servers, and for code scanning
  rollcall report convert -o report.xml report.json
  rollcall report convert -o report.sarif report.json

  # once more on the console, with other waivers
  rollcall report convert --waivers waivers.yaml report.json`,
		Args: exactly("REPORT.json"),
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c, args[0])
		},
	}
	c.Flags().StringVar(&f.format, "format", "", "render as this `format`: "+strings.Join(formats, ", "))
	c.Flags().StringVarP(&f.output, "output", "o", "", "write to this `file` instead of standard output")
	c.Flags().StringVar(&f.waivers, "waivers", "", "put the waivers in this YAML `file` in force")
	complete(c, "format", func() []string { return formats })
	return c
}

func (f convertFlags) run(c *cobra.Command, path string) error {
	format, err := f.chosen()
	if err != nil {
		return err
	}
	r, err := readReport(path, c.InOrStdin())
	if err != nil {
		return err
	}
	if f.waivers != "" {
		waivers, err := readWaivers(f.waivers)
		if err != nil {
			return err
		}
		r = r.Apply(waivers, time.Now())
	}
	if f.output == "" || f.output == standardOutput {
		return renderReport(r, format, c.OutOrStdout(), report.Colours(c.OutOrStdout()))
	}
	files := outputs{{flag: "output", path: f.output, render: func(w io.Writer) error { return renderReport(r, format, w, false) }}}
	if err := files.ready(c.OutOrStdout()); err != nil {
		return err
	}
	defer files.discard()
	return files.write()
}

// chosen is the format that was asked for.
func (f convertFlags) chosen() (string, error) {
	if f.format == "" {
		if format, known := formatOf[strings.ToLower(filepath.Ext(f.output))]; known {
			return format, nil
		}
		return "console", nil
	}
	if !slices.Contains(formats, f.format) {
		return "", verify.NewUnknown("format", f.format, formats)
	}
	return f.format, nil
}

func renderReport(r report.Report, format string, w io.Writer, colour bool) error {
	switch format {
	case "html":
		return r.HTML(w)
	case "json":
		return r.JSON(w)
	case "junit":
		return r.JUnit(w)
	case "markdown":
		return r.Markdown(w)
	case "sarif":
		return r.SARIF(w)
	case "console":
		return r.Console(w, colour)
	}
	return fmt.Errorf("no renderer for the format %s", format)
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"rollcall.example/suites/load"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

func reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "report",
		Short: "Render, compare and describe reports that verify wrote",
		Long:  `Report works on the JSON that rollcall verify --json wrote. It runs nothing.`,
		Example: `  rollcall verify --json report.json
  rollcall report convert -o report.html report.json
  rollcall report diff last-week.json report.json
  rollcall report schema`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return verify.NewUnknown("report command", args[0], commandNames(c))
		},
	}
	c.AddCommand(convertCommand(), diffCommand(), schemaCommand())
	return c
}

func schemaCommand() *cobra.Command {
	var ofLoad bool
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a report, or of what rollcall load measures",
		Example: `  rollcall report schema > report.schema.json
  rollcall report schema --load > load.schema.json`,
		Args: noArguments(""),
		RunE: func(c *cobra.Command, _ []string) error {
			schema := report.JSONSchema
			if ofLoad {
				schema = load.JSONSchema
			}
			_, err := c.OutOrStdout().Write(schema)
			return err
		},
	}
	c.Flags().BoolVar(&ofLoad, "load", false, "print that of the figures of rollcall load --json")
	return c
}

// standardInput is the path that stands for standard input.
const standardInput = "-"

// readReport reads the report in a file, or on standard input.
func readReport(path string, stdin io.Reader) (report.Report, error) {
	from := stdin
	if path == standardInput {
		path = "standard input"
	} else {
		file, err := os.Open(path)
		if err != nil {
			return report.Report{}, unreadable(path, err)
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	r, err := report.Read(from)
	if err != nil {
		return report.Report{}, unreadable(path, err)
	}
	return r, nil
}

// readWaivers reads the waivers in a file.
func readWaivers(path string) ([]report.Waiver, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return report.ReadWaivers(path, text)
}

// unreadable names a file and what is wrong with it, in one line.
func unreadable(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%s cannot be read: %w", path, err)
}

// exactly refuses another number of arguments than the names say.
func exactly(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		takes, are := "1 argument", fmt.Sprintf("there are %d", len(args))
		if len(names) > 1 {
			takes = fmt.Sprintf("%d arguments", len(names))
		}
		if len(args) == 1 {
			are = "there is 1"
		}
		return hinted(fmt.Errorf("%s takes %s, and %s", c.CommandPath(), takes, are), "see "+c.CommandPath()+" --help")
	}
}

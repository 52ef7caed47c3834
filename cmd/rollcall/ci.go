package main

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"rollcall.example/suites/verify"
)

// pipelines are the examples, one file for each system.
//
//go:embed ci/*.yml
var pipelines embed.FS

func ciCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ci SYSTEM",
		Short: "Print a pipeline to start from: " + strings.Join(pipelineNames(), ", "),
		Long: `Ci prints a pipeline that runs Rollcall against the product of a target file, gates
on its exit status and keeps the reports where the system shows them.`,
		Example: `  rollcall ci github > .github/workflows/rollcall.yml
  rollcall ci gitlab >> .gitlab-ci.yml
  rollcall ci buildkite`,
		ValidArgs: pipelineNames(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return hinted(fmt.Errorf("name one system"), strings.Join(pipelineNames(), ", "))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			text, err := pipelines.ReadFile("ci/" + args[0] + ".yml")
			if err != nil {
				return verify.NewUnknown("system", args[0], pipelineNames())
			}
			_, err = c.OutOrStdout().Write(text)
			return err
		},
	}
}

func pipelineNames() []string {
	files, err := fs.Glob(pipelines, "ci/*.yml")
	if err != nil {
		panic(err) // the pattern is wrong: a slip in this program
	}
	names := make([]string, 0, len(files))
	for _, file := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(file, "ci/"), ".yml"))
	}
	return names
}

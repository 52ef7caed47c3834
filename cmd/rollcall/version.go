package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"rollcall.example/suites/report"
)

// version is set by the linker when a release is built.
var version string

// tool is this program, as reports name it.
func tool() report.Tool { return report.Tool{Name: "rollcall", Version: toolVersion()} }

func toolVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// versions are those of tool, suite, report schema and Go, a line each.
func versions() string {
	return fmt.Sprintf("rollcall %s\nsuite    %s\nreport   %s\nbuilt by %s %s/%s\n",
		toolVersion(), report.SuiteVersion, report.Schema, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which versions of tool, suite and report this is",
		Example: "  rollcall version",
		Args:    noArguments(""),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), versions())
			return err
		},
	}
}

package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/target/strict"
	"rollcall.example/suites/verify"
)

// exitStatus ends the program with a status of its own after everything was said.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// ended turns a status into what a command returns.
func ended(status int) error {
	if status == 0 {
		return nil
	}
	return exitStatus(status)
}

// hintedError is an error with advice.
type hintedError struct {
	error
	hint string
}

func (h hintedError) Unwrap() error { return h.error }

// Hint is the advice.
func (h hintedError) Hint() string { return h.hint }

func hinted(err error, hint string) error { return hintedError{err, hint} }

// statusOf prints an error and says with which status to end.
func statusOf(err error, stderr io.Writer) int {
	var status exitStatus
	switch {
	case err == nil:
		return report.ExitConformant
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, target.ErrInterrupted):
		_, _ = fmt.Fprintln(stderr, "rollcall: "+report.OneLine(err.Error()))
		return report.ExitInterrupted
	}
	var mistakes strict.Mistakes
	if errors.As(err, &mistakes) {
		printMistakes(stderr, mistakes)
		return report.ExitCouldNotRun
	}
	_, _ = fmt.Fprintln(stderr, "rollcall: "+report.OneLine(err.Error()))
	var advice interface{ Hint() string }
	if errors.As(err, &advice) && advice.Hint() != "" {
		_, _ = fmt.Fprintln(stderr, "hint: "+report.OneLine(advice.Hint()))
	}
	return report.ExitCouldNotRun
}

// flagError names the flags that come near one that does not exist.
func flagError(c *cobra.Command, err error) error {
	if args := c.Flags().Args(); !c.HasParent() && len(args) > 0 {
		return verify.NewUnknown("command", args[0], commandNames(c))
	}
	help := "see " + c.CommandPath() + " --help"
	var refused *pflag.InvalidValueError
	if errors.As(err, &refused) {
		return hinted(fmt.Errorf("--%s cannot be %q", refused.GetFlag().Name, refused.GetValue()), meaningOf(refused.GetFlag()))
	}
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if long := longFlag(c, err); long != "" {
		return hinted(err, "did you mean "+long+"? there are two hyphens before a name")
	}
	if !unknown {
		return hinted(err, help)
	}
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	unknownFlag := verify.NewUnknown("flag", "--"+name, known)
	if unknownFlag.Hint() == "" {
		return hinted(unknownFlag, help)
	}
	return unknownFlag
}

// oneHyphen is how a flag is refused that has a name behind one hyphen.
var oneHyphen = regexp.MustCompile(`^unknown shorthand flag: '.' in -([a-z-]+)`)

// longFlag is the flag that was written with one hyphen; empty where there is none.
func longFlag(c *cobra.Command, err error) string {
	found := oneHyphen.FindStringSubmatch(err.Error())
	if found == nil || c.Flags().Lookup(found[1]) == nil {
		return ""
	}
	return "--" + found[1]
}

// meaningOf is what to know of a flag whose value was not understood.
func meaningOf(f *pflag.Flag) string {
	_, usage := pflag.UnquoteUsage(f)
	meaning := "--" + f.Name + ": " + usage
	if f.Value.Type() == "duration" {
		meaning += "; write it with its unit, as 500ms or 2s"
	}
	return meaning
}

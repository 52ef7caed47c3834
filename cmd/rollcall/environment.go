package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// inEnvironment is what the help of a command says that calls [fromEnvironment].
const inEnvironment = `Every flag has an environment variable, as ROLLCALL_SCIM_URL for --scim-url, in
which the values of a repeatable one are separated by commas. What the command
line says counts before the environment, and that before the target file. Of a
variable that is called so and that nothing reads, there is a warning.`

// notFromEnvironment are flags that ask for something else than a run: in the
// environment they would be a trap.
var notFromEnvironment = map[string]bool{"help": true, "list": true}

// alsoRead are variables that are read by other things than these commands: by tests, by
// the workers of a run, and the one that rollcall init proposes for a token.
var alsoRead = []string{"ROLLCALL_NO_SKIP", "ROLLCALL_SCIM_TOKEN", "ROLLCALL_SCREENSHOTS", "ROLLCALL_WORKER"}

// fromEnvironment sets the flags that the command line leaves out from their
// environment variables, and warns of variables that nothing reads.
func fromEnvironment(c *cobra.Command) error {
	if err := setFromEnvironment(c); err != nil {
		return err
	}
	warnOfUnread(c)
	return nil
}

func setFromEnvironment(c *cobra.Command) error {
	var failed error
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || notFromEnvironment[f.Name] || failed != nil {
			return
		}
		name := variableOf(f.Name)
		text := os.Getenv(name)
		if text == "" {
			return
		}
		values := []string{text}
		if f.Value.Type() == "stringArray" {
			values = strings.Split(text, ",")
		}
		for _, value := range values {
			if err := c.Flags().Set(f.Name, strings.TrimSpace(value)); err != nil {
				failed = hinted(fmt.Errorf("the environment variable %s cannot be %q", name, value), meaningOf(f))
				return
			}
		}
	})
	return failed
}

// warnOfUnread names the variables that are called like ours and that nothing reads. It is
// no error, as whoever sets the environment may have reasons of their own.
func warnOfUnread(c *cobra.Command) {
	own := ownVariables(c)
	for _, u := range verify.Unread(os.Environ(), variables(c.Root())) {
		if own(u.Name) {
			continue
		}
		line := "rollcall: warning: nothing reads the environment variable " + u.Name
		if hint := u.Hint(); hint != "" {
			line += "; " + hint
		}
		_, _ = fmt.Fprintln(c.ErrOrStderr(), report.OneLine(line))
	}
}

// variables are those that any command reads.
func variables(root *cobra.Command) []string {
	read := slices.Clone(alsoRead)
	for _, c := range root.Commands() {
		if !strings.Contains(c.Long, inEnvironment) {
			continue
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !notFromEnvironment[f.Name] {
				read = append(read, variableOf(f.Name))
			}
		})
	}
	return read
}

// ownVariables says which variables are the caller's own: the one that a flag names for the
// token, and any that the target file mentions.
func ownVariables(c *cobra.Command) func(name string) bool {
	said := func(flag string) string {
		if f := c.Flags().Lookup(flag); f != nil {
			return f.Value.String()
		}
		return ""
	}
	text, _ := os.ReadFile(cmp.Or(said("target"), targetFile)) // who reads it for what it says tells what is wrong
	mentioned := strings.FieldsFunc(string(text), func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return func(name string) bool { return name == said("scim-token-env") || slices.Contains(mentioned, name) }
}

// variableOf is the environment variable of a flag.
func variableOf(flag string) string {
	return verify.OurVariables + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

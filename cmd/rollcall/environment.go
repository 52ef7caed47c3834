package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// inEnvironment is what the help of a command says that calls [fromEnvironment].
const inEnvironment = `Every flag has an environment variable, as ROLLCALL_SCIM_URL for --scim-url, in
which the values of a repeatable one are separated by commas. What the command
line says counts before the environment, and that before the target file.`

// notFromEnvironment are flags that ask for something else than a run: in the
// environment they would be a trap.
var notFromEnvironment = map[string]bool{"help": true, "list": true}

// fromEnvironment sets the flags that the command line leaves out from their
// environment variables.
func fromEnvironment(c *cobra.Command) error {
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

// variableOf is the environment variable of a flag.
func variableOf(flag string) string {
	return "ROLLCALL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/suites/verify"
)

func profileCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "profile",
		Short: "Say what a product may declare where products differ",
		Long: `A profile is what a product declares about itself where products differ: whether
SCIM makes an account, what a deactivation takes away, what a sign-in overwrites.
The suite holds the product to what it declares, and leaves out what is about
products that do otherwise.

A profile of your own is a file that extends one of these and changes some keys:

  name: acme
  extends: account-at-create
  keys:
    deactivate: suspend`,
		Example: `  rollcall profile list
  rollcall profile keys
  rollcall profile show invitation
  rollcall verify --profile invitation`,
	}
	c.AddCommand(profileListCommand(), profileShowCommand(), profileKeysCommand())
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return verify.NewUnknown("command", "profile "+args[0], []string{"profile list", "profile show", "profile keys"})
	}
	return c
}

func profileListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the profiles that come along, and what each says otherwise than two-layer",
		Example: "  rollcall profile list",
		Args:    noArguments("rollcall profile show NAME shows one of them"),
		RunE:    func(c *cobra.Command, _ []string) error { return listProfiles(c.OutOrStdout()) },
	}
}

func profileShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Show all keys of a profile, as YAML",
		Example: `  rollcall profile show suspend-on-deactivate
  rollcall profile show ./acme.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return hinted(fmt.Errorf("profile show takes the name or the file of one profile"), "rollcall profile list shows the names")
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return fixtures.ProfileNames(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(c *cobra.Command, args []string) error {
			p, err := declaredProfile(args[0])
			if err != nil {
				return err
			}
			return showProfile(c.OutOrStdout(), p)
		},
	}
}

func profileKeysCommand() *cobra.Command {
	var format string
	formats := []string{"text", "markdown"}
	c := &cobra.Command{
		Use:   "keys",
		Short: "List every key of a profile, what it decides and what it may be",
		Example: `  rollcall profile keys
  rollcall profile keys --format markdown > KEYS.md`,
		Args: noArguments(""),
		RunE: func(c *cobra.Command, _ []string) error {
			switch format {
			case "text":
				return profileKeysText(c.OutOrStdout())
			case "markdown":
				return profileKeysMarkdown(c.OutOrStdout())
			}
			return verify.NewUnknown("format", format, formats)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "`how` to write it: "+strings.Join(formats, ", "))
	complete(c, "format", func() []string { return formats })
	return c
}

// declaredProfile is the profile that a flag names; the zero one where it names none.
func declaredProfile(nameOrFile string) (fixtures.Profile, error) {
	if nameOrFile == "" {
		return fixtures.Profile{}, nil
	}
	return fixtures.LoadProfile(nameOrFile)
}

func listProfiles(w io.Writer) error {
	var text strings.Builder
	for i, name := range fixtures.ProfileNames() {
		p, err := fixtures.ReadProfile(name)
		if err != nil {
			return err
		}
		if i > 0 {
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "%s\n%s", name, wrapped(p.Description, "  "))
		if len(p.Only) > 0 {
			fmt.Fprintf(&text, "    only: %s\n", spelledOut(p.Only))
		}
		for _, key := range fixtures.ProfileKeys() {
			if value, stated := p.Keys[key.Name]; stated && spelledOut(value) != spelledOut(key.Default) {
				fmt.Fprintf(&text, "    %s: %s\n", key.Name, spelledOut(value))
			}
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// showProfile writes the profile as a file that says the same. A key that is not as in
// two-layer says how it is there.
func showProfile(w io.Writer, p fixtures.Profile) error {
	var text strings.Builder
	fmt.Fprintf(&text, "name: %s\ndescription: %s\ncore: %s\n", spelledOut(p.Name), spelledOut(p.Description), spelledOut(p.Core))
	if len(p.Only) > 0 {
		fmt.Fprintf(&text, "only: %s\n", spelledOut(p.Only))
	}
	text.WriteString("keys:\n")
	for _, key := range fixtures.ProfileKeys() {
		value, stated := p.Keys[key.Name]
		if !stated {
			continue
		}
		fmt.Fprintf(&text, "  %s: %s", key.Name, spelledOut(value))
		if usual := spelledOut(key.Default); usual != spelledOut(value) {
			fmt.Fprintf(&text, " # two-layer: %s", usual)
		}
		text.WriteString("\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// spelledOut is a value as YAML has it on one line.
func spelledOut(value any) string {
	switch v := value.(type) {
	case []string:
		all := make([]any, len(v))
		for i := range v {
			all[i] = v[i]
		}
		return spelledOut(all)
	case []any:
		var parts []string
		for _, one := range v {
			parts = append(parts, spelledOut(one))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+": "+spelledOut(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	// A word, a truth or a text always encodes.
	text, _ := yaml.Marshal(value)
	return strings.TrimSpace(string(text))
}

func profileKeysText(w io.Writer) error {
	var text strings.Builder
	for i, key := range fixtures.ProfileKeys() {
		if i > 0 {
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "%s (%s; two-layer: %s)\n%s", key.Name, key.Kind, spelledOut(key.Default), wrapped(key.Means, "  "))
		for _, value := range key.Values {
			fmt.Fprintf(&text, "    %s: %s\n", value.Name, value.Means)
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func profileKeysMarkdown(w io.Writer) error {
	var text strings.Builder
	text.WriteString("# What a profile may declare\n\n| key | decides | values | in two-layer |\n|---|---|---|---|\n")
	for _, key := range fixtures.ProfileKeys() {
		var values []string
		for _, value := range key.Values {
			values = append(values, fmt.Sprintf("`%s`: %s", value.Name, value.Means))
		}
		if len(values) == 0 {
			values = []string{"a " + string(key.Kind)}
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | `%s` |\n", key.Name, cell(key.Means), cell(strings.Join(values, "; ")), spelledOut(key.Default))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// wrapped breaks a text into lines that a terminal shows whole.
func wrapped(text, indent string) string {
	const width = 88
	var out strings.Builder
	line := indent
	for _, word := range strings.Fields(text) {
		switch {
		case line == indent:
			line += word
		case len(line)+1+len(word) > width:
			out.WriteString(line + "\n")
			line = indent + word
		default:
			line += " " + word
		}
	}
	return out.String() + line + "\n"
}

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"rollcall.example/simulator/forge"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

func forgeListCommand() *cobra.Command {
	var family, format string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the attacks: what each is, and what is owed to it",
		Example: `  rollcall forge list
  rollcall forge list --family xsw
  rollcall forge list --format json | jq -r '.[] | select(.expect == "refuse") | .name'`,
		Args: noArguments("choose a family with --family"),
		RunE: func(c *cobra.Command, _ []string) error {
			attacks := attackEntries()
			if family != "" {
				if !slices.Contains(attackFamilies(), family) {
					return verify.NewUnknown("family", family, attackFamilies())
				}
				attacks = slices.DeleteFunc(attacks, func(a attackEntry) bool { return a.Family != family })
			}
			switch format {
			case "table":
				return attackTable(c.OutOrStdout(), attacks)
			case "json":
				return attackJSON(c.OutOrStdout(), attacks)
			}
			return verify.NewUnknown("format", format, []string{"table", "json"})
		},
	}
	c.Flags().StringVar(&family, "family", "", "only the attacks of the `family` of this name")
	c.Flags().StringVar(&format, "format", "table", "`how` to write it: table, json")
	complete(c, "family", attackFamilies)
	complete(c, "format", func() []string { return []string{"table", "json"} })
	return c
}

func attackFamilies() []string {
	families := append(forge.Families(), forge.LogoutFamily)
	slices.Sort(families)
	return families
}

// attackEntry is an attack as JSON has it. One on sign-in is made in modes, one on logout
// is sent by bindings.
type attackEntry struct {
	Name         string   `json:"name"`
	Family       string   `json:"family"`
	Row          string   `json:"row,omitempty"`
	Summary      string   `json:"summary"`
	Expect       string   `json:"expect"`
	Modes        []string `json:"modes,omitempty"`
	Bindings     []string `json:"bindings,omitempty"`
	Sources      []string `json:"sources"`
	Precondition string   `json:"precondition,omitempty"`
}

// attackEntries are all attacks, family by family.
func attackEntries() []attackEntry {
	var entries []attackEntry
	for _, a := range forge.All() {
		entries = append(entries, attackEntry{
			Name: a.Name, Family: a.Family(), Row: a.Row, Summary: "a response that " + report.OneLine(a.Summary), Expect: a.Expect.String(),
			Modes: modeNames(a.In()), Sources: append([]string{}, a.Sources...), Precondition: a.Precondition,
		})
	}
	for _, a := range forge.Logouts() {
		entries = append(entries, attackEntry{
			Name: logoutPrefix + a.Name, Family: forge.LogoutFamily, Row: a.Row, Summary: "a logout request that " + report.OneLine(a.Summary), Expect: forge.Refuse.String(),
			Bindings: bindingsOf(a), Sources: append([]string{}, a.Sources...),
		})
	}
	slices.SortStableFunc(entries, func(a, b attackEntry) int { return cmp.Compare(a.Family, b.Family) })
	return entries
}

func attackTable(w io.Writer, attacks []attackEntry) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range attacks {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", a.Name, cmp.Or(a.Row, "-"), a.Expect, strings.Join(append(a.Modes, a.Bindings...), ","), a.Summary)
	}
	return table.Flush()
}

func attackJSON(w io.Writer, attacks []attackEntry) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(attacks)
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/suites/verify"
)

func requirementsCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "requirements",
		Short: "List what a product owes: the catalogue that the specs prove",
		Example: `  rollcall requirements
  rollcall requirements --format markdown > REQUIREMENTS.md
  rollcall requirements --format json | jq -r '.[] | select(.level == "MUST") | .id'`,
		Args: noArguments(""),
		RunE: func(c *cobra.Command, _ []string) error {
			write, ok := requirementFormats[format]
			if !ok {
				return verify.NewUnknown("format", format, formatNames)
			}
			return write(c.OutOrStdout(), sorted(fixtures.Requirements()))
		},
	}
	c.Flags().StringVar(&format, "format", "table", "`how` to write it: "+strings.Join(formatNames, ", "))
	complete(c, "format", func() []string { return formatNames })
	return c
}

var formatNames = []string{"table", "json", "markdown"}

var requirementFormats = map[string]func(io.Writer, fixtures.Catalogue) error{
	"table":    requirementTable,
	"json":     requirementJSON,
	"markdown": requirementMarkdown,
}

func sorted(catalogue fixtures.Catalogue) fixtures.Catalogue {
	catalogue = slices.Clone(catalogue)
	slices.SortFunc(catalogue, func(a, b fixtures.Requirement) int { return strings.Compare(a.ID, b.ID) })
	return catalogue
}

func requirementTable(w io.Writer, catalogue fixtures.Catalogue) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range catalogue {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Basis, r.Text)
	}
	return table.Flush()
}

// requirementEntry is a requirement as JSON has it.
type requirementEntry struct {
	ID       string            `json:"id"`
	Level    string            `json:"level"`
	Basis    string            `json:"basis"`
	Text     string            `json:"text"`
	Source   requirementSource `json:"source"`
	Covers   []string          `json:"covers"`
	Needs    []string          `json:"needs"`
	Profile  string            `json:"profile,omitempty"`
	Since    string            `json:"since"`
	Status   string            `json:"status,omitempty"`
	Untested string            `json:"untested,omitempty"`
}

type requirementSource struct {
	Document string `json:"document"`
	Section  string `json:"section,omitempty"`
	Link     string `json:"link,omitempty"`
}

func requirementJSON(w io.Writer, catalogue fixtures.Catalogue) error {
	entries := []requirementEntry{}
	for _, r := range catalogue {
		entries = append(entries, requirementEntry{
			ID: r.ID, Level: string(r.Level), Basis: string(r.Basis), Text: r.Text,
			Source: requirementSource(r.Source),
			Covers: append([]string{}, r.Covers...), Needs: append([]string{}, r.Needs...),
			Profile: r.Profile, Since: r.Since, Status: r.Status, Untested: r.Untested,
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(entries)
}

func requirementMarkdown(w io.Writer, catalogue fixtures.Catalogue) error {
	var text strings.Builder
	area := ""
	for _, r := range catalogue {
		if r.Area() != area {
			area = r.Area()
			fmt.Fprintf(&text, "\n## %s\n\n| id | level | requirement | source |\n|---|---|---|---|\n", area)
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", r.ID, levelCell(r), cell(r.Text), sourceCell(r.Source))
	}
	_, err := fmt.Fprintf(w, "# What a product owes\n%s", text.String())
	return err
}

func levelCell(r fixtures.Requirement) string {
	if r.Basis == fixtures.Choice {
		return string(r.Level) + " where the profile says `" + r.Profile + "`"
	}
	return string(r.Level)
}

func sourceCell(s fixtures.Source) string {
	name := cell(strings.TrimSpace(s.Document + " " + s.Section))
	if s.Link == "" {
		return name
	}
	return "[" + name + "](" + s.Link + ")"
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

package main

import (
	"context"
	"errors"
	"io"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/suites/report"
	"rollcall.example/suites/selftest"
	"rollcall.example/suites/verify"
)

// selftestFlags are the flags of rollcall selftest.
type selftestFlags struct {
	full   bool
	defect []string
	area   []string
	json   string
}

func selftestCommand() *cobra.Command {
	var f selftestFlags
	c := &cobra.Command{
		Use:   "selftest",
		Short: "Prove the suite: the reference passes all, and every defect is caught",
		Long: `Selftest runs the suite against the reference, which must pass everything, and
then against the reference with each known defect built in, which must be noticed
by the requirements that the defect breaks and by no others. A defect that is about
another profile than two-layer is tried under that, after the reference has passed
under it.

Exit status: 0 all caught, none unexpected, none toothless; 1 otherwise; 2 could
not run; 130 interrupted.`,
		Example: `  rollcall selftest
  rollcall selftest --full --json selftest.json
  rollcall selftest --area okta.password
  rollcall selftest --defect seat-at-create`,
		Args: noArguments("choose defects with --defect or --area"),
		RunE: func(c *cobra.Command, _ []string) error {
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().BoolVar(&f.full, "full", false, "run against every defect all specs that share what it is about, not only those of its areas")
	c.Flags().StringArrayVar(&f.defect, "defect", nil, "try only the defect with this `name`; repeatable; toothless specs are then not looked for")
	c.Flags().StringArrayVar(&f.area, "area", nil, "try only the defects that specs of this area, as a requirement's id `begins`, are held against; repeatable")
	c.Flags().StringVar(&f.json, "json", "", "write the result as JSON to this `file`")
	complete(c, "defect", defectNames)
	complete(c, "area", areaNames)
	return c
}

func (f selftestFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	chosen, err := f.defects()
	if err != nil {
		return err
	}
	if err := f.checkAreas(); err != nil {
		return err
	}
	var result selftest.Result
	files := outputs{{flag: "json", path: f.json, render: func(w io.Writer) error { return result.JSON(w) }}}
	if err := files.ready(stdout); err != nil {
		return err
	}
	defer files.discard()
	line := report.NewProgressLine(stderr)
	result, err = selftest.Run(ctx, selftest.Options{
		Full: f.full, Defects: chosen, Areas: f.area, Workers: runtime.GOMAXPROCS(0), Progress: line.Show,
	})
	line.Clear()
	if err != nil {
		return explained(err)
	}
	people := files.forPeople(stdout, stderr)
	if err := errors.Join(files.write(), result.Table(people, report.Colours(people))); err != nil {
		return err
	}
	return ended(result.Exit())
}

// defects are those asked for; nil for all.
func (f selftestFlags) defects() ([]fixtures.Defect, error) {
	var chosen []fixtures.Defect
	for _, name := range f.defect {
		d, ok := fixtures.FindDefect(name)
		if !ok {
			return nil, verify.NewUnknown("defect", name, defectNames())
		}
		chosen = append(chosen, d)
	}
	return chosen, nil
}

func (f selftestFlags) checkAreas() error {
	if len(f.area) > 0 && len(f.defect) > 0 {
		return hinted(errors.New("--area and --defect each choose defects"), "give one or the other")
	}
	known := areaNames()
	for _, name := range f.area {
		if !slices.Contains(known, name) {
			return verify.NewUnknown("area", name, known)
		}
	}
	return nil
}

func defectNames() []string {
	var names []string
	for _, d := range fixtures.Defects() {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return names
}

// areaNames are the areas, and their parts, that have specs.
func areaNames() []string {
	var names []string
	for _, l := range verify.List() {
		names = append(names, fixtures.Areas(l.ID)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"rollcall.example/fixtures"
)

// Read reads a report that [Report.JSON] wrote. It refuses another schema, a
// verdict that it does not know and what is no JSON, and says so in one line.
func Read(from io.Reader) (Report, error) {
	text, err := io.ReadAll(from)
	if err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.NewDecoder(bytes.NewReader(fixtures.Written(text))).Decode(&r); err != nil {
		return Report{}, fmt.Errorf("it is not a report: %w", plainer(err))
	}
	if r.Schema != Schema {
		return Report{}, fmt.Errorf("its schema is %q, and this tool reads %s", r.Schema, Schema)
	}
	for _, s := range r.Specs {
		if !slices.Contains(Verdicts(), s.Verdict) {
			return Report{}, fmt.Errorf("%s has the verdict %q, which there is not in %s", s.Key(), s.Verdict, Schema)
		}
	}
	// The order is part of the format, and look-ups rely on it.
	slices.SortStableFunc(r.Specs, bySpec)
	slices.SortStableFunc(r.Requirements, func(a, b Requirement) int { return cmp.Compare(a.ID, b.ID) })
	// Findings follow from the verdicts, by the causes that this tool knows.
	r.Findings = r.triage()
	return r, nil
}

// plainer says what a JSON error means to who gave the file.
func plainer(err error) error {
	var typed *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends in the middle")
	case errors.As(err, &typed):
		return fmt.Errorf("%s is a %s", cmp.Or(typed.Field, "the whole"), typed.Value)
	}
	return err
}

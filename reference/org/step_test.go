package org_test

import (
	"context"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

func TestStepsCanBeVaried(t *testing.T) {
	t.Parallel()
	type event struct{ log []string }
	step := func(name string) org.Step[event] {
		return org.Step[event]{Name: name, Do: func(_ context.Context, _ org.Tx, e *event) error {
			e.log = append(e.log, name)
			return nil
		}}
	}
	run := func(steps []org.Step[event]) string {
		var e event
		for _, s := range steps {
			if err := s.Do(t.Context(), nil, &e); err != nil {
				t.Fatal(err)
			}
		}
		return strings.Join(e.log, " ")
	}
	for name, c := range map[string]struct {
		vary func(*[]org.Step[event])
		want string
	}{
		"without": {func(s *[]org.Step[event]) { org.Without(s, "b") }, "a c"},
		"replace": {func(s *[]org.Step[event]) { org.Replace(s, "b", step("B").Do) }, "a B c"},
		"before":  {func(s *[]org.Step[event]) { org.Before(s, "b", step("x")) }, "a x b c"},
		"after":   {func(s *[]org.Step[event]) { org.After(s, "c", step("x")) }, "a b c x"},
		"wrap": {func(s *[]org.Step[event]) {
			org.Wrap(s, "b", func(ctx context.Context, tx org.Tx, e *event, deed func(context.Context, org.Tx, *event) error) error {
				e.log = append(e.log, "[")
				if err := deed(ctx, tx, e); err != nil {
					return err
				}
				e.log = append(e.log, "]")
				return nil
			})
		}, "a [ b ] c"},
	} {
		steps := []org.Step[event]{step("a"), step("b"), step("c")}
		c.vary(&steps)
		if got := run(steps); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a step that is not there was taken out without a word")
		}
	}()
	steps := []org.Step[event]{step("a")}
	org.Without(&steps, "b")
}

package spec

import (
	"testing"

	"rollcall.example/suites/target"
)

func TestEventsUnderNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	log := func() []target.Event {
		return []target.Event{{Action: "seat.added"}, {Action: target.SeatReleased}, {Action: "door.opened"}}
	}
	declared := map[string]any{target.SeatStarted: "seat.added"}
	for name, c := range map[string]struct {
		own  any
		want string
	}{
		"declared":         {declared, target.SeatStarted},
		"none":             {nil, "seat.added"},
		"of another thing": {map[string]any{target.SeatStarted: "seat.taken"}, "seat.added"},
	} {
		got := translated(log(), c.own)
		if got[0].Action != c.want || got[1].Action != target.SeatReleased || got[2].Action != "door.opened" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

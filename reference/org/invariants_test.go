package org_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

// What a deactivation leaves behind is seen, each part by itself.
func TestInvariantsSeeWhatIsLeftBehind(t *testing.T) {
	t.Parallel()
	for step, want := range map[string][]string{
		"membership": {"han@rebels.test is a member while the record is inactive", "han@rebels.test is a member without a seat"},
		"teams":      {"han@rebels.test is in a team and is no member"},
		"sessions":   {"han@rebels.test has a live session and is no member"},
		"tokens":     {"han@rebels.test has a live API token and is no member"},
		"seat":       {"han@rebels.test has an open seat and is no member"},
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(b *org.Behaviour) { org.Without(&b.Events.Deactivate, step) })
			r := w.assign(han)
			w.secondAdmin()
			w.sound()
			w.ok(w.setActive(r.ID, false))
			wrong, err := w.svc.CheckInvariants(w.ctx, w.org.ID)
			w.ok(err)
			if !slices.Equal(wrong, want) {
				t.Errorf("found %q, want %q", wrong, want)
			}
		})
	}
}

func TestInvariantsSeeASeatThatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(b *org.Behaviour) { org.Without(&b.Events.SignIn, "seat") })
	w.signIn(han)
	wrong, err := w.svc.CheckInvariants(w.ctx, w.org.ID)
	w.ok(err)
	if got := strings.Join(wrong, "; "); got != "han@rebels.test is a member without a seat" {
		t.Errorf("found %q", got)
	}
}

func TestInvariantsSeeWhatIsWrongWithGroups(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		without varied
		do      func(w *world, pilots, fleet org.Group)
		want    string
	}{
		"a place that no group gives": {
			func(b *org.Behaviour) { org.Without(&b.Events.ChangeGroup, "places") },
			func(w *world, pilots, _ org.Group) { w.leave(pilots, han) },
			"han@rebels.test has a place in team",
		},
		"a group in itself": {
			func(b *org.Behaviour) { org.Without(&b.Events.ChangeGroup, "cycles") },
			func(w *world, pilots, _ org.Group) { w.join(pilots, "Fleet") },
			"group Fleet is in itself, or holds one that is; group Pilots is in itself, or holds one that is",
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.without)
			w.assign(han)
			w.signIn(han)
			pilots := w.push("Pilots", han)
			fleet := w.push("Fleet", "Pilots")
			w.sound()
			c.do(w, pilots, fleet)
			wrong, err := w.svc.CheckInvariants(w.ctx, w.org.ID)
			w.ok(err)
			if got := strings.Join(wrong, "; "); !strings.HasPrefix(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

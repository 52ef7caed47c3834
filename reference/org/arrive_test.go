package org_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
)

// remember lets a sign-in of a stranger to the rules fail after f asked the memory,
// so that what the memory holds can be looked at without anybody coming in.
func (w *world) remember(f func(m *org.Memory)) {
	w.Helper()
	enough := errors.New("enough")
	_, err := w.svc.Arrive(w.ctx, w.okta, func(_ context.Context, m *org.Memory) (org.Assertion, error) {
		f(m)
		return org.Assertion{}, enough
	})
	if !errors.Is(err, enough) {
		w.Fatalf("got %v", err)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(w.svc.BeginSignIn(w.ctx, w.org, w.okta.ID, "_r1", "/teams"))
	now := w.svc.Now(w.org)
	pending := func(provider, id string, now time.Time, want bool) {
		t.Helper()
		w.remember(func(m *org.Memory) {
			got, err := m.Pending(w.ctx, provider, id, now)
			w.ok(err)
			if got != want {
				t.Errorf("pending %t, want %t", got, want)
			}
		})
	}
	pending(w.okta.ID, "_r1", now, true)
	pending(w.okta.ID, "_r2", now, false)
	pending("other", "_r1", now, false)
	pending(w.okta.ID, "_r1", now.Add(org.RequestLifetime+time.Second), false)
	w.remember(func(m *org.Memory) { w.ok(m.Answer(w.ctx, w.okta.ID, "_r1")) })
	pending(w.okta.ID, "_r1", now, false)
	w.remember(func(m *org.Memory) {
		if err := m.Answer(w.ctx, w.okta.ID, "_r1"); !errors.Is(err, org.ErrNotFound) {
			t.Errorf("answered twice: %v", err)
		}
	})
	for i, want := range []bool{true, false, false} {
		w.remember(func(m *org.Memory) {
			first, err := m.Use(w.ctx, "http://okta.test", "_a", now.Add(time.Hour))
			w.ok(err)
			if first != want {
				t.Errorf("use %d: first is %t", i, first)
			}
		})
	}
}

// believing answers the request "_r1" and uses up the assertion "_a", once.
func (w *world) believing(name string) func(context.Context, *org.Memory) (org.Assertion, error) {
	return func(ctx context.Context, m *org.Memory) (org.Assertion, error) {
		first, err := m.Use(ctx, "http://okta.test", "_a", w.svc.Now(w.org).Add(time.Hour))
		if err == nil && !first {
			err = errors.New("used before")
		}
		return org.Assertion{NameID: name}, errors.Join(err, m.Answer(ctx, w.okta.ID, "_r1"))
	}
}

// TestArriveOnce: an assertion lets its person in once; what was noted of it outlives a
// refusal by the rules, together with the reason in the log, but not a fault of ours.
func TestArriveOnce(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]struct {
		vary    varied
		arrange func(w *world)
		kind    org.Kind // of the first arrival
		again   string   // why the second one fails; empty if it does not
	}{
		"let in":  {again: "used before"},
		"refused": {arrange: func(w *world) { w.ok(w.setActive(w.assign(han).ID, false)) }, kind: org.Forbidden, again: "used before"},
		"broken":  {vary: func(b *org.Behaviour) { org.After(&b.Events.SignIn, "session", broken[org.SignIn]()) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			armed := true
			varies := []varied{disarmed(&armed)}
			if story.vary != nil {
				varies = []varied{story.vary, disarmed(&armed)}
			}
			w := newWorld(t, varies...)
			if story.arrange != nil {
				story.arrange(w)
			}
			w.ok(w.svc.BeginSignIn(w.ctx, w.org, w.okta.ID, "_r1", ""))
			before := len(w.log())
			_, err := w.svc.Arrive(w.ctx, w.okta, w.believing(han))
			if story.vary == nil && org.KindOf(err) != story.kind {
				t.Fatalf("first: %v", err)
			}
			denials := 0
			for _, e := range w.log()[before:] {
				if e.Action == org.SignInDenied {
					denials++
				}
			}
			if want := story.kind != ""; (denials == 1) != want || denials > 1 {
				t.Errorf("%d denials in the log", denials)
			}
			armed = false
			_, err = w.svc.Arrive(w.ctx, w.okta, w.believing(han))
			if story.again == "" {
				w.ok(err)
			} else if err == nil || !strings.Contains(err.Error(), story.again) {
				t.Errorf("second: %v", err)
			}
		})
	}
}

func TestDenySignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(w.svc.DenySignIn(w.ctx, w.org.ID, w.okta.ID, "", "the signature does not fit"))
	log := w.log()
	if e := log[len(log)-1]; e.Action != org.SignInDenied || !strings.Contains(e.Cause, "signature") {
		t.Errorf("%+v", e)
	}
}

package org_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"rollcall.example/reference/org"
)

var errBroken = errors.New("broken on purpose")

// broken is a step that fails after everything before it was done.
func broken[E any]() org.Step[E] {
	return org.Step[E]{Name: "broken", Do: func(context.Context, org.Tx, *E) error { return errBroken }}
}

func names[E any](steps []org.Step[E]) []string {
	var all []string
	for _, s := range steps {
		all = append(all, s.Name)
	}
	return all
}

// breaks makes, for each step of an event, a product that breaks right after it.
func breaks[E any](event string, steps func(*org.Behaviour) *[]org.Step[E]) map[string]varied {
	all := map[string]varied{}
	for _, name := range names(*steps(org.NewBehaviour(org.Standard()))) {
		all[event+" after "+name] = func(b *org.Behaviour) { org.After(steps(b), name, broken[E]()) }
	}
	return all
}

// E30: wherever an event breaks, nothing of it happened.
func TestHalfATransactionIsNone(t *testing.T) {
	t.Parallel()
	type story struct {
		breaks  map[string]varied
		arrange func(w *world) string // returns the id that act is about
		act     func(w *world, id string) error
	}
	id := func(w *world) string { return w.look(han).Accounts[0].ID }
	assigned := func(w *world) string { return w.assign(han).ID }
	// A member must be there before sign-in breaks, so the founder serves as one.
	leia := func(w *world) string {
		w.ok(w.svc.ChangeRole(w.ctx, "", w.org.ID, w.secondAdmin(), org.Admin))
		return w.assign("leia@rebels.test").ID
	}
	member := func(w *world) string { w.secondAdmin(); return id(w) }
	for _, s := range []story{
		{breaks("provision", func(b *org.Behaviour) *[]org.Step[org.Provisioning] { return &b.Events.Provision }),
			func(w *world) string { w.signIn(han); return "" },
			func(w *world, _ string) error {
				_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, Active: true})
				return err
			}},
		{breaks("update", func(b *org.Behaviour) *[]org.Step[org.Updating] { return &b.Events.Update }),
			assigned, func(w *world, id string) error { return w.rename(id, "solo@rebels.test") }},
		{breaks("sign-in", func(b *org.Behaviour) *[]org.Step[org.SignIn] { return &b.Events.SignIn }),
			assigned, func(w *world, _ string) error {
				_, err := w.trySignIn(han, "name", "Han", "admin", "true", "teams", w.core.ID)
				return err
			}},
		{breaks("deactivate", func(b *org.Behaviour) *[]org.Step[org.Leaving] { return &b.Events.Deactivate }),
			leia, func(w *world, id string) error { return w.setActive(id, false) }},
		{breaks("delete", func(b *org.Behaviour) *[]org.Step[org.Leaving] { return &b.Events.Delete }),
			leia, func(w *world, id string) error { return w.svc.DeleteRecord(w.ctx, w.caller, id) }},
		{breaks("remove", func(b *org.Behaviour) *[]org.Step[org.Leaving] { return &b.Events.Remove }),
			member, func(w *world, id string) error { return w.svc.RemoveMember(w.ctx, "", w.org.ID, id) }},
		{breaks("change role", func(b *org.Behaviour) *[]org.Step[org.RoleChange] { return &b.Events.ChangeRole }),
			member, func(w *world, id string) error { return w.svc.ChangeRole(w.ctx, "", w.org.ID, id, org.Admin) }},
	} {
		for name, vary := range s.breaks {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				// The product is whole while the scene is set, and breaks then.
				var armed bool
				w := newWorld(t, vary, disarmed(&armed))
				id := s.arrange(w)
				before, log := w.spell(), len(w.log())
				armed = true
				if err := s.act(w, id); !errors.Is(err, errBroken) {
					t.Fatalf("no break: %v", err)
				}
				if after := w.spell(); after != before {
					t.Errorf("before\n%s\nafter\n%s", before, after)
				}
				if got := len(w.log()); got != log {
					t.Errorf("%d events in the log are left of it", got-log)
				}
				w.sound()
				armed = false
				w.ok(s.act(w, id))
				w.sound()
				w.told()
			})
		}
	}
}

// disarmed keeps the step "broken" from breaking until armed.
func disarmed(armed *bool) varied {
	return func(b *org.Behaviour) {
		disarm(armed, b.Events.Provision)
		disarm(armed, b.Events.Update)
		disarm(armed, b.Events.SignIn)
		disarm(armed, b.Events.Deactivate)
		disarm(armed, b.Events.Delete)
		disarm(armed, b.Events.Remove)
		disarm(armed, b.Events.ChangeRole)
	}
}

func disarm[E any](armed *bool, steps []org.Step[E]) {
	for i := range steps {
		if steps[i].Name != "broken" {
			continue
		}
		deed := steps[i].Do
		steps[i].Do = func(ctx context.Context, tx org.Tx, e *E) error {
			if !*armed {
				return nil
			}
			return deed(ctx, tx, e)
		}
	}
}

// secondAdmin signs han in with a team and a token, and returns his account.
func (w *world) secondAdmin() string {
	w.Helper()
	account := w.signIn(han, "teams", w.core.ID).Account.ID
	_, _, err := w.svc.IssueToken(w.ctx, "", w.org.ID, account, "ci")
	w.ok(err)
	return account
}

// E29: of many first sign-ins at once, one is the first.
func TestFirstSignInsRace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	const many = 8
	first := make([]bool, many)
	together(many, func(i int) {
		in, err := w.svc.SignIn(w.ctx, w.okta, org.Assertion{ID: fmt.Sprint(i), NameID: han})
		if err != nil {
			w.Errorf("sign-in %d: %v", i, err)
		}
		first[i] = in.First
	})
	count := 0
	for _, f := range first {
		if f {
			count++
		}
	}
	p := w.look(han)
	if count != 1 || len(p.Accounts) != 1 || len(p.Memberships) != 1 || len(p.Seats) != 1 || len(p.Sessions) != many {
		t.Errorf("%d were first; %d accounts, %d memberships, %d seats, %d sessions", count, len(p.Accounts), len(p.Memberships), len(p.Seats), len(p.Sessions))
	}
	w.sound()
	w.told()
}

// E28: whatever comes first, who was deactivated is out in the end.
func TestSignInRacesDeactivation(t *testing.T) {
	t.Parallel()
	for round := range 10 {
		w := newWorld(t)
		r := w.assign(han)
		if round%2 == 1 {
			w.signIn(han)
		}
		together(6, func(i int) {
			if i == 3 {
				if err := w.setActive(r.ID, false); err != nil {
					w.Errorf("deactivation: %v", err)
				}
				return
			}
			_, err := w.svc.SignIn(w.ctx, w.okta, org.Assertion{ID: fmt.Sprint(i), NameID: han})
			if err != nil && org.KindOf(err) != org.Forbidden {
				w.Errorf("sign-in %d: %v", i, err)
			}
		})
		if got := w.shape(han); got != "record inactive" && got != "record inactive, account" {
			t.Fatalf("round %d: %s", round, got)
		}
		w.sound()
		w.told()
	}
}

// Of two admins who are deactivated at once, one stays.
func TestTheLastTwoAdminsRace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(han, "admin", "true")
	a, b := w.assign(han), w.assign("leia@rebels.test")
	refused := make([]bool, 2)
	together(2, func(i int) {
		id := [2]string{a.ID, b.ID}[i]
		refused[i] = org.KindOf(w.setActive(id, false)) == org.Immutable
	})
	if refused[0] == refused[1] {
		t.Errorf("refused: %v, want exactly one", refused)
	}
	w.sound()
}

// together runs f n times at once and waits for all.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-start
			f(i)
		}()
	}
	close(start)
	wg.Wait()
}

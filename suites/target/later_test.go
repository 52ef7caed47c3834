package target_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rollcall.example/suites/target"
)

const bound = time.Second

// late is a product that shows what is done to it after a while.
type late struct {
	pace  *target.Pace
	after time.Duration
	now   target.View   // how things are
	was   target.View   // how they were before the last act
	since time.Time     // when the last act was
	looks []time.Time   // when somebody looked
	cost  time.Duration // how long a look takes
	fails error
}

func (l *late) act(change target.View) {
	l.was, l.now, l.since = l.shown(), change, time.Now()
	l.pace.Acted()
}

func (l *late) shown() target.View {
	if time.Since(l.since) < l.after {
		return l.was
	}
	return l.now
}

func (l *late) look() (target.View, error) {
	l.looks = append(l.looks, time.Now())
	view := l.shown()
	time.Sleep(l.cost)
	return view, l.fails
}

func (l *late) watched(ctx context.Context) target.View {
	begun := time.Now()
	view, _ := l.look()
	return view.Watch(ctx, l.pace, begun, l.look, func(err error) { panic(err) })
}

func accountsOf(ids ...string) target.View {
	view := target.View{Accounts: []target.Account{}}
	for _, id := range ids {
		view.Accounts = append(view.Accounts, target.Account{ID: id})
	}
	return view
}

func number(n int) func(target.View) bool {
	return func(v target.View) bool { return len(v.Accounts) == n }
}

func TestWhenAClaimIsJudged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		was, now target.View
		after    time.Duration
		holds    func(target.View) bool
		appears  bool
		control  bool
		want     bool
		waited   [2]time.Duration // at least, at most
		took     [2]time.Duration // what was learnt; nothing where zero
	}{
		"a control that shows at once":         {accountsOf(), accountsOf("a"), 0, number(1), true, true, true, [2]time.Duration{}, [2]time.Duration{}},
		"a control that shows late":            {accountsOf(), accountsOf("a"), 300 * time.Millisecond, number(1), true, true, true, [2]time.Duration{300 * time.Millisecond, 500 * time.Millisecond}, [2]time.Duration{300 * time.Millisecond, 500 * time.Millisecond}},
		"a claim that shows late":              {accountsOf(), accountsOf("a"), 300 * time.Millisecond, number(1), true, false, true, [2]time.Duration{bound, bound}, [2]time.Duration{300 * time.Millisecond, 500 * time.Millisecond}},
		"a claim that never shows":             {accountsOf(), accountsOf(), 0, number(1), true, false, false, [2]time.Duration{bound, bound}, [2]time.Duration{}},
		"a control that never shows":           {accountsOf(), accountsOf(), 0, number(1), true, true, false, [2]time.Duration{bound, bound}, [2]time.Duration{}},
		"a claim that shows after the bound":   {accountsOf(), accountsOf("a"), 1500 * time.Millisecond, number(1), true, false, false, [2]time.Duration{bound, bound}, [2]time.Duration{}},
		"nothing, and nothing comes":           {accountsOf(), accountsOf(), 0, number(0), false, false, true, [2]time.Duration{bound, bound}, [2]time.Duration{}},
		"nothing, and something comes late":    {accountsOf(), accountsOf("a"), 900 * time.Millisecond, number(0), false, false, false, [2]time.Duration{bound, bound}, [2]time.Duration{}},
		"a control of nothing":                 {accountsOf(), accountsOf("a"), 900 * time.Millisecond, number(0), false, true, false, [2]time.Duration{bound, bound}, [2]time.Duration{}},
		"it goes, and that shows late":         {accountsOf("a"), accountsOf(), 300 * time.Millisecond, number(0), false, false, true, [2]time.Duration{bound, bound}, [2]time.Duration{300 * time.Millisecond, 500 * time.Millisecond}},
		"one, and another one comes late":      {accountsOf("a"), accountsOf("a", "b"), 900 * time.Millisecond, number(1), true, false, false, [2]time.Duration{bound, bound}, [2]time.Duration{}},
		"still one, though it looks like two":  {accountsOf("a", "b"), accountsOf("a"), 300 * time.Millisecond, number(1), true, false, true, [2]time.Duration{bound, bound}, [2]time.Duration{300 * time.Millisecond, 500 * time.Millisecond}},
		"it goes, and nobody was to expect it": {accountsOf("a"), accountsOf(), 900 * time.Millisecond, number(1), true, false, false, [2]time.Duration{bound, bound}, [2]time.Duration{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &late{pace: target.NewPace(bound), after: c.after, now: c.was}
				l.act(c.now)
				began := time.Now()
				view := l.watched(t.Context())
				if c.control {
					view = view.AsControl()
				}
				if got := view.Judge(c.holds, c.appears); got != c.want {
					t.Errorf("got %v", got)
				}
				if waited := time.Since(began); waited < c.waited[0] || waited > c.waited[1] {
					t.Errorf("waited %s, want %v", waited, c.waited)
				}
				took := l.pace.Took()
				if c.took[0] == 0 && len(took) > 0 || c.took[0] > 0 && (len(took) != 1 || took[0] < c.took[0] || took[0] > c.took[1]) {
					t.Errorf("took %v, want %v", took, c.took)
				}
				if len(l.looks) > 25 {
					t.Errorf("%d looks within %s are not gentle", len(l.looks), bound)
				}
			})
		})
	}
}

// Only a look that began after the bound is final: one that began before it may show
// how things were, however late it ends.
func TestASlowLookIsNotFinal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &late{pace: target.NewPace(bound), after: 950 * time.Millisecond, cost: 1500 * time.Millisecond, now: accountsOf()}
		l.act(accountsOf("a"))
		if l.watched(t.Context()).Judge(number(0), false) {
			t.Error("nothing was there, said a look from before")
		}
	})
}

// Parts of a composed claim share what was seen, and nobody waits twice.
func TestPartsOfAClaimShareTheirLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &late{pace: target.NewPace(bound), after: 300 * time.Millisecond, now: accountsOf()}
		l.act(accountsOf("a"))
		view := l.watched(t.Context())
		copied := view.AsControl()
		if !view.Judge(number(1), true) {
			t.Fatal("it does not show")
		}
		looks, began := len(l.looks), time.Now()
		if !copied.Judge(number(1), true) || copied.Judge(number(0), false) || len(l.looks) != looks || time.Since(began) != 0 {
			t.Errorf("%d looks more, %s", len(l.looks)-looks, time.Since(began))
		}
		if len(copied.Latest().Accounts) != 1 || len(copied.Accounts) != 0 {
			t.Errorf("first %v, latest %v", copied.Accounts, copied.Latest().Accounts)
		}
	})
}

func TestAProductThatShowsAtOnceIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pace := target.NewPace(0)
		if pace != nil {
			t.Fatal("a pace for nothing")
		}
		l := &late{pace: pace, now: accountsOf()}
		l.act(accountsOf("a"))
		view, began := l.watched(t.Context()), time.Now()
		if view.Later != nil || !view.AsControl().Judge(number(1), true) || view.Judge(number(0), false) || len(view.Latest().Accounts) != 1 {
			t.Errorf("%+v", view)
		}
		asked := 0
		err := errors.Join(pace.Settle(t.Context()), pace.Until(t.Context(), func() bool { asked++; return false }))
		if err != nil || asked != 1 || len(l.looks) != 1 || time.Since(began) != 0 || pace.Took() != nil {
			t.Errorf("%v, asked %d times, looked %d times, waited %s", err, asked, len(l.looks), time.Since(began))
		}
	})
}

func TestSettleAndUntil(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pace := target.NewPace(bound)
		began := time.Now()
		if err := pace.Settle(t.Context()); err != nil || time.Since(began) != 0 {
			t.Errorf("nothing was done: %v, %s", err, time.Since(began))
		}
		pace.Acted()
		if err := pace.Until(t.Context(), func() bool { return time.Since(began) > 400*time.Millisecond }); err != nil || time.Since(began) > 700*time.Millisecond {
			t.Errorf("%v, %s", err, time.Since(began))
		}
		if err := pace.Settle(t.Context()); err != nil || time.Since(began) != bound {
			t.Errorf("%v, %s", err, time.Since(began))
		}
		pace.Acted()
		last := time.Time{}
		if err := pace.Until(t.Context(), func() bool { last = time.Now(); return false }); err != nil || last.Sub(began) != 2*bound {
			t.Errorf("%v, asked last after %s", err, last.Sub(began))
		}
	})
}

func TestWaitingEndsWithTheSpec(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pace := target.NewPace(time.Hour)
		pace.Acted()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		if err := pace.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if err := pace.Until(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// A probe that breaks while we wait ends the spec.
func TestAProbeThatBreaksWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &late{pace: target.NewPace(bound), now: accountsOf()}
		l.act(accountsOf())
		view := l.watched(t.Context())
		l.fails = errors.New("the probe is gone")
		defer func() {
			if err, ok := recover().(error); !ok || !errors.Is(err, l.fails) {
				t.Errorf("got %v", err)
			}
		}()
		view.Judge(number(1), true)
		t.Error("it was judged")
	})
}

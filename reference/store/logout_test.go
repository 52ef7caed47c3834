package store_test

import (
	"context"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

func TestLogoutsRoundTrip(t *testing.T) { onEach(t, testLogoutsRoundTrip) }

func testLogoutsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	soon := noon.Add(time.Minute)
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddLogout(ctx, "okta", "_1", soon) },
			func() error { return tx.AddLogout(ctx, "okta", "_late", soon) },
			func() error { return tx.AddLogout(ctx, "other", "_1", soon) },
		)
	})
	for _, c := range []struct {
		what, provider, id string
		now                time.Time
		waited             bool
	}{
		{"a request that nobody sent", "okta", "_2", noon, false},
		{"an ID in another case", "okta", "_LATE", noon, false},
		{"a request that has expired", "okta", "_late", soon, false},
		{"a request, a moment before it expires", "okta", "_late", soon.Add(-time.Microsecond), true},
		{"a request", "okta", "_1", noon, true},
		{"a request that is answered already", "okta", "_1", noon, false},
		{"a request of the same ID through another provider", "other", "_1", noon, true},
	} {
		do(t, s, func(tx org.Tx) error {
			waited, err := tx.AnswerLogout(ctx, c.provider, c.id, c.now)
			if waited != c.waited {
				t.Errorf("%s waited for its answer: %v, want %v", c.what, waited, c.waited)
			}
			return err
		})
	}
}

func TestLogoutsAreNotedOnce(t *testing.T) { onEach(t, testLogoutsAreNotedOnce) }

func testLogoutsAreNotedOnce(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	key := org.OwnKey{Name: "signing", Private: []byte("old"), Created: noon}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddLogout(ctx, "okta", "_1", noon) },
			func() error { return tx.AddOwnKey(ctx, key) },
		)
	})
	for what, deed := range map[string]func(org.Tx) error{
		"a request noted twice": func(tx org.Tx) error { return tx.AddLogout(ctx, "okta", "_1", noon.Add(time.Hour)) },
		"a second key of the name": func(tx org.Tx) error {
			return tx.AddOwnKey(ctx, org.OwnKey{Name: "signing", Private: []byte("new"), Created: noon})
		},
	} {
		if err := s.Do(ctx, deed); org.KindOf(err) != org.Conflict {
			t.Errorf("%s: got %v, want a conflict", what, err)
		}
	}
	if err := s.Do(ctx, func(tx org.Tx) error { return tx.AddLogout(ctx, "nobody", "_2", noon) }); err == nil {
		t.Error("a request through a provider that there is not was noted")
	}
	same(t, s, "the key", key, ownKey("signing"))
}

func TestOwnKeysRoundTrip(t *testing.T) { onEach(t, testOwnKeysRoundTrip) }

func testOwnKeysRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	key := org.OwnKey{Name: "größe", Private: []byte{0, 1, 0xFF, '\n'}, Created: noon.Add(time.Microsecond)}
	do(t, s, func(tx org.Tx) error { return tx.AddOwnKey(ctx, key) })

	same(t, s, "a key", key, ownKey("größe"))
	missing(t, s, "an unknown key", ownKey("signing"))
	missing(t, s, "a name in another case", ownKey("GRÖSSE"))
}

func ownKey(name string) func(context.Context, org.Tx) (org.OwnKey, error) {
	return func(ctx context.Context, tx org.Tx) (org.OwnKey, error) { return tx.OwnKey(ctx, name) }
}

package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

func TestSessionsRoundTrip(t *testing.T) { onEach(t, testSessionsRoundTrip) }

func testSessionsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	first := org.Session{ID: "s1", Organization: "acme", Account: "han", Provider: "okta", NameID: "Han@acme.example",
		NameKind: org.NameKind{Format: "urn:format", Qualifier: "http://www.okta.com/ex?a=b&c", SPQualifier: "größe"}, SessionIndex: "_1", Started: noon, Expires: noon.Add(time.Hour)}
	bare := org.Session{ID: "s2", Organization: "acme", Account: "han", Started: noon.Add(time.Second)}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddSession(ctx, bare, "secret-2") },
			func() error { return tx.AddSession(ctx, first, "secret-1") },
		)
	})
	by := func(secret string) func(context.Context, org.Tx) (org.Session, error) {
		return func(ctx context.Context, tx org.Tx) (org.Session, error) { return tx.SessionBySecret(ctx, secret) }
	}
	of := func(ctx context.Context, tx org.Tx) ([]org.Session, error) { return tx.Sessions(ctx, "acme", "han") }
	through := func(ctx context.Context, tx org.Tx) ([]org.Session, error) { return tx.SessionsThrough(ctx, "okta") }
	same(t, s, "a session", first, by("secret-1"))
	same(t, s, "a bare session", bare, by("secret-2"))
	missing(t, s, "an unknown secret", by("secret-3"))
	missing(t, s, "no secret", by(""))
	same(t, s, "the sessions", []org.Session{first, bare}, of)
	same(t, s, "the live sessions of the provider", []org.Session{first}, through)

	first.Ended, first.EndCause = noon.Add(time.Minute), "deactivated over SCIM"
	do(t, s, func(tx org.Tx) error { return tx.SaveSession(ctx, first) })
	same(t, s, "an ended session by its secret", first, by("secret-1"))
	same(t, s, "the sessions, ended ones too", []org.Session{first, bare}, of)
	same(t, s, "no live sessions of the provider", nil, through)
}

func TestTokensRoundTrip(t *testing.T) { onEach(t, testTokensRoundTrip) }

func testTokensRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	token := org.Token{ID: "t1", Organization: "acme", Account: "han", Name: "CI — nightly", Created: noon}
	of := func(ctx context.Context, tx org.Tx) ([]org.Token, error) { return tx.Tokens(ctx, "acme", "han") }
	by := func(secret string) func(context.Context, org.Tx) (org.Token, error) {
		return func(ctx context.Context, tx org.Tx) (org.Token, error) { return tx.TokenBySecret(ctx, secret) }
	}
	same(t, s, "no tokens", nil, of)
	do(t, s, func(tx org.Tx) error { return tx.AddToken(ctx, token, "secret") })
	same(t, s, "a token", token, by("secret"))
	missing(t, s, "an unknown secret", by("Secret"))
	token.Revoked, token.RevokeCause = noon.Add(time.Hour), "removed"
	do(t, s, func(tx org.Tx) error { return tx.SaveToken(ctx, token) })
	same(t, s, "a revoked token by its secret", token, by("secret"))
	same(t, s, "the tokens", []org.Token{token}, of)
}

func TestRequestsAreAnsweredOnce(t *testing.T) { onEach(t, testRequestsAreAnsweredOnce) }

func testRequestsAreAnsweredOnce(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	do(t, s, func(tx org.Tx) error { return tx.AddRequest(ctx, "okta", "_r", "/builds?a=b", noon) })
	pending := func(provider, id string, now time.Time) func(context.Context, org.Tx) (bool, error) {
		return func(ctx context.Context, tx org.Tx) (bool, error) { return tx.Request(ctx, provider, id, now) }
	}
	same(t, s, "in time", true, pending("okta", "_r", noon.Add(-time.Microsecond)))
	same(t, s, "too late", false, pending("okta", "_r", noon))
	same(t, s, "unknown", false, pending("okta", "_R", noon.Add(-time.Hour)))
	same(t, s, "through another provider", false, pending("other", "_r", noon.Add(-time.Hour)))

	do(t, s, func(tx org.Tx) error { return tx.AnswerRequest(ctx, "okta", "_r") })
	same(t, s, "answered", false, pending("okta", "_r", noon.Add(-time.Hour)))
	for _, id := range []string{"_r", "_unknown"} {
		err := s.Do(ctx, func(tx org.Tx) error { return tx.AnswerRequest(ctx, "okta", id) })
		if !errors.Is(err, org.ErrNotFound) {
			t.Errorf("answering %s: got %v, want org.ErrNotFound", id, err)
		}
	}
}

func TestAssertionsAreUsedOnce(t *testing.T) { onEach(t, testAssertionsAreUsedOnce) }

func testAssertionsAreUsedOnce(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	use := func(issuer, id string, want bool) {
		t.Helper()
		do(t, s, func(tx org.Tx) error {
			first, err := tx.UseAssertion(ctx, issuer, id, noon)
			if first != want {
				t.Errorf("%s of %s: first use %v, want %v", id, issuer, first, want)
			}
			return err
		})
	}
	use("okta", "_a", true)
	use("okta", "_a", false)
	use("okta", "_A", true)
	use("other", "_a", true)
	use("other", "_a", false)
}

func TestSeatsRoundTrip(t *testing.T) { onEach(t, testSeatsRoundTrip) }

func testSeatsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	past := org.Seat{ID: "s1", Organization: "acme", Account: "han", Started: noon, Cause: "first sign-in",
		Ended: noon.Add(time.Hour), EndCause: "deactivated over SCIM"}
	now := org.Seat{ID: "s0", Organization: "acme", Account: "han", Started: noon.Add(2 * time.Hour)}
	other := org.Seat{ID: "s2", Organization: "acme", Account: "leia", Started: noon.Add(3 * time.Hour)}
	for _, seat := range []org.Seat{other, now, past} {
		do(t, s, func(tx org.Tx) error { return tx.AddSeat(ctx, seat) })
	}
	openOf := func(account string) func(context.Context, org.Tx) (org.Seat, error) {
		return func(ctx context.Context, tx org.Tx) (org.Seat, error) { return tx.OpenSeat(ctx, "acme", account) }
	}
	same(t, s, "the open seat", now, openOf("han"))
	same(t, s, "the seats of an account", []org.Seat{past, now}, func(ctx context.Context, tx org.Tx) ([]org.Seat, error) {
		return tx.SeatsOf(ctx, "acme", "han")
	})
	same(t, s, "the seats", []org.Seat{past, now, other}, func(ctx context.Context, tx org.Tx) ([]org.Seat, error) {
		return tx.Seats(ctx, "acme")
	})
	same(t, s, "no seats", nil, func(ctx context.Context, tx org.Tx) ([]org.Seat, error) { return tx.Seats(ctx, "globex") })
	now.Ended, now.EndCause = noon.Add(4*time.Hour), "removed"
	do(t, s, func(tx org.Tx) error { return tx.SaveSeat(ctx, now) })
	missing(t, s, "an open seat", openOf("han"))
}

func TestAuditLogIsReadInOrder(t *testing.T) { onEach(t, testAuditLogIsReadInOrder) }

func testAuditLogIsReadInOrder(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	first := org.Event{Seq: 99, Organization: "acme", At: noon, Action: org.MemberUpdated, Actor: org.BySSO, ActorName: "okta",
		Provider: "okta", Subject: "han", SubjectName: "han@acme.example", Before: "admin", After: "member", Cause: "sign-in through Okta"}
	abroad := org.Event{Organization: "globex", At: noon.Add(-time.Hour), Action: org.PlanChanged, Actor: org.BySystem}
	last := org.Event{Organization: "acme", Action: "SOMETHING_NEW", Actor: org.ByMember}
	for _, e := range []org.Event{first, abroad, last} {
		do(t, s, func(tx org.Tx) error { return tx.Audit(ctx, e) })
	}
	first.Seq, abroad.Seq, last.Seq = 1, 2, 3
	events := func(organization string, after int64, limit int) func(context.Context, org.Tx) ([]org.Event, error) {
		return func(ctx context.Context, tx org.Tx) ([]org.Event, error) {
			return tx.Events(ctx, organization, after, limit)
		}
	}
	same(t, s, "all", []org.Event{first, last}, events("acme", 0, 0))
	same(t, s, "the first", []org.Event{first}, events("acme", 0, 1))
	same(t, s, "after the first", []org.Event{last}, events("acme", 1, 10))
	same(t, s, "after the last", nil, events("acme", 3, 10))
	same(t, s, "of the other", []org.Event{abroad}, events("globex", 0, 0))
}

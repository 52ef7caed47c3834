package org_test

import (
	"testing"
	"time"

	"rollcall.example/reference/org"
)

// R58, H20: what a session may do is decided by each request, not at the sign-in.
func TestAccessIsDecidedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.signIn(han, "admin", "true")
	_, secret, err := w.svc.IssueToken(w.ctx, han, w.org.ID, in.Account.ID, "ci")
	w.ok(err)
	role := func() [2]org.Role {
		t.Helper()
		s, err := w.svc.Session(w.ctx, in.Secret)
		w.ok(err)
		k, err := w.svc.Token(w.ctx, secret)
		w.ok(err)
		if s.Session == nil || s.Token != nil || k.Token == nil || k.Session != nil {
			t.Errorf("session %+v, token %+v", s, k)
		}
		return [2]org.Role{s.Membership.Role, k.Membership.Role}
	}
	if got := role(); got != [2]org.Role{org.Admin, org.Admin} {
		t.Errorf("%v", got)
	}
	w.ok(w.svc.ChangeRole(w.ctx, "", w.org.ID, in.Account.ID, org.Member))
	if got := role(); got != [2]org.Role{org.Member, org.Member} {
		t.Errorf("%v after the demotion", got)
	}
	w.ok(w.svc.JoinTeam(w.ctx, "", w.org.ID, w.ops.ID, in.Account.ID, ""))
	v, err := w.svc.Session(w.ctx, in.Secret)
	w.ok(err)
	if len(v.Teams) != 2 {
		t.Errorf("teams %+v", v.Teams)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in, other := w.signIn(han), w.signIn(han)
	for _, secret := range []string{"", "nonsense", in.Session.ID} {
		_, err := w.svc.Session(w.ctx, secret)
		w.refused(err, org.Unauthenticated)
		_, err = w.svc.Token(w.ctx, secret)
		w.refused(err, org.Unauthenticated)
	}
	log := w.during(func() {
		w.ok(w.svc.SignOut(w.ctx, in.Secret))
		w.ok(w.svc.SignOut(w.ctx, in.Secret))
		w.ok(w.svc.SignOut(w.ctx, "nonsense"))
	})
	w.said(log, org.SessionEnded)
	_, err := w.svc.Session(w.ctx, in.Secret)
	w.refused(err, org.Unauthenticated)
	_, err = w.svc.Session(w.ctx, other.Secret)
	w.ok(err)

	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, org.SessionLifetime-time.Second))
	_, err = w.svc.Session(w.ctx, other.Secret)
	w.ok(err)
	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, time.Second))
	_, err = w.svc.Session(w.ctx, other.Secret)
	w.refused(err, org.Unauthenticated)

	third := w.signIn(han)
	w.said(w.during(func() {
		w.ok(w.svc.RescindSession(w.ctx, "leia@rebels.test", w.org.ID, third.Account.ID, third.Session.ID))
		w.ok(w.svc.RescindSession(w.ctx, "leia@rebels.test", w.org.ID, third.Account.ID, third.Session.ID))
	}), org.SessionEnded)
	_, err = w.svc.Session(w.ctx, third.Secret)
	w.refused(err, org.Unauthenticated)
	w.refused(w.svc.RescindSession(w.ctx, "", w.org.ID, w.admin.ID, third.Session.ID), org.NotFound)
}

// What the rules leave alive opens nothing without a membership.
func TestALeftoverOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.RevokeSessions, r.RevokeTokens = "never", "never" }))
	r := w.assign(han)
	in := w.signIn(han)
	_, secret, err := w.svc.IssueToken(w.ctx, han, w.org.ID, in.Account.ID, "ci")
	w.ok(err)
	w.ok(w.setActive(r.ID, false))
	w.shaped(han, "record inactive, account, session, token")
	_, err = w.svc.Session(w.ctx, in.Secret)
	w.refused(err, org.Unauthenticated)
	_, err = w.svc.Token(w.ctx, secret)
	w.refused(err, org.Unauthenticated)
	w.sound()
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for name, resurrect := range map[string]bool{"stay dead": false, "come back by rule": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, rule(func(r *org.Rules) { r.TokensResurrect = resurrect }))
			r := w.assign(han)
			in := w.signIn(han)
			issue := func(name string) (org.Token, string) {
				token, secret, err := w.svc.IssueToken(w.ctx, han, w.org.ID, in.Account.ID, name)
				w.ok(err)
				return token, secret
			}
			given, secret := issue("deploy key")
			revoked, gone := issue("old")
			w.said(w.during(func() {
				w.ok(w.svc.RevokeToken(w.ctx, han, w.org.ID, in.Account.ID, revoked.ID))
				w.ok(w.svc.RevokeToken(w.ctx, han, w.org.ID, in.Account.ID, revoked.ID))
			}), org.TokenRevoked)
			w.refused(w.svc.RevokeToken(w.ctx, han, w.org.ID, in.Account.ID, "nothing"), org.NotFound)
			w.ok(w.setActive(r.ID, false))
			w.ok(w.setActive(r.ID, true))
			log := w.during(func() { w.signIn(han) })
			_, err := w.svc.Token(w.ctx, gone)
			w.refused(err, org.Unauthenticated)
			_, err = w.svc.Token(w.ctx, secret)
			if !resurrect {
				w.refused(err, org.Unauthenticated)
				return
			}
			w.ok(err)
			if e := w.pick(log, org.TokenIssued); e.After != given.ID+" deploy key" {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestTokensAreForMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	_, _, err := w.svc.IssueToken(w.ctx, "", w.org.ID, "nobody", "ci")
	w.refused(err, org.NotFound)
}

package org_test

import (
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
)

func (w *world) admit(providerID, token string, deactivation bool) error {
	_, err := w.svc.Admit(w.ctx, org.Call{ProviderID: providerID, Token: token, Deactivation: func() bool { return deactivation }})
	return err
}

func TestATokenOpensItsOwnBaseURLOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caller, err := w.svc.Admit(w.ctx, org.Call{ProviderID: w.okta.ID, Token: w.token})
	w.ok(err)
	if caller.Provider.ID != w.okta.ID || caller.Organization.ID != w.org.ID {
		t.Errorf("let in as %+v", caller)
	}
	other := w.found("Empire", "")
	second, credential, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.Okta, State: org.Enabled})
	w.ok(err)
	for name, c := range map[string][2]string{
		"no token":                           {w.okta.ID, ""},
		"unknown token":                      {w.okta.ID, "nonsense"},
		"in another case":                    {w.okta.ID, strings.ToUpper(w.token)},
		"another organization's token":       {w.okta.ID, other.Credential.Token},
		"ours there":                         {other.Provider.ID, w.token},
		"another provider's of the same org": {w.okta.ID, credential.Token},
		"ours at the other of the same org":  {second.ID, w.token},
		"a session's secret":                 {w.okta.ID, w.visit},
		"a provider that is not there":       {"nowhere", w.token},
	} {
		t.Run(name, func(*testing.T) {
			log := w.during(func() { w.refused(w.admit(c[0], c[1], false), org.Unauthenticated) })
			w.said(log)
		})
	}
}

func TestGatesOfSCIM(t *testing.T) {
	t.Parallel()
	type gate struct {
		name  string
		rules varied
		kind  org.ProviderKind
		set   func(w *world)
		open  bool
		call  bool // it is a deactivation
	}
	pro := func(w *world) { w.ok(w.svc.SetPlan(w.ctx, "", w.org.ID, org.Pro)) }
	flag := func(w *world) { w.ok(w.svc.SetFlag(w.ctx, "", w.org.ID, org.FlagSCIMForCustomSAML, true)) }
	disable := func(w *world) { w.ok(w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Disabled, false)) }
	none := func(*world) {}
	lenient := rule(func(r *org.Rules) { r.SCIMWhenProviderDisabled = "deactivate_only" })
	for _, g := range []gate{
		{name: "enterprise, Okta", kind: org.Okta, set: none, open: true},
		{name: "pro, Okta", kind: org.Okta, set: pro},
		{name: "custom without the flag", kind: org.CustomSAML, set: none},
		{name: "custom with the flag", kind: org.CustomSAML, set: flag, open: true},
		{name: "custom with the flag on pro", kind: org.CustomSAML, set: func(w *world) { flag(w); pro(w) }},
		{name: "disabled", kind: org.Okta, set: disable, call: true},
		{name: "disabled, deactivation allowed", rules: lenient, kind: org.Okta, set: disable, call: true, open: true},
		{name: "disabled, deactivation allowed, another call", rules: lenient, kind: org.Okta, set: disable},
	} {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			var vary []varied
			if g.rules != nil {
				vary = append(vary, g.rules)
			}
			w := newWorld(t, vary...)
			p, c, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: g.kind, State: org.Enabled})
			w.ok(err)
			w.okta = p
			g.set(w)
			log := w.during(func() { err = w.admit(p.ID, c.Token, g.call) })
			if g.open {
				w.ok(err)
				w.said(log)
				return
			}
			w.refused(err, org.Forbidden)
			w.said(log, org.RequestRefused)
		})
	}
}

func TestAGateIsNoDataLoss(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	w.signIn(han)
	before := w.state()
	w.ok(w.svc.SetPlan(w.ctx, "", w.org.ID, org.Pro))
	w.refused(w.admit(w.okta.ID, w.token, false), org.Forbidden)
	w.signIn(han)
	w.ok(w.svc.SetPlan(w.ctx, "", w.org.ID, org.Enterprise))
	w.ok(w.admit(w.okta.ID, w.token, false))
	if after := w.state(); after == before {
		t.Error("the sign-in on the lower plan left no session")
	}
	w.shaped(han, "record active, account, member, seat, session, session")
}

func TestTokensExpireAndRotate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.token
	fresh, err := w.svc.RotateToken(w.ctx, "leia@rebels.test", w.okta.ID, time.Hour, 24*time.Hour)
	w.ok(err)
	w.ok(w.admit(w.okta.ID, old, false))
	w.ok(w.admit(w.okta.ID, fresh.Token, false))

	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, time.Hour))
	w.refused(w.admit(w.okta.ID, old, false), org.Unauthenticated)
	w.ok(w.admit(w.okta.ID, fresh.Token, false))

	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, 23*time.Hour))
	w.refused(w.admit(w.okta.ID, fresh.Token, false), org.Unauthenticated)

	next, err := w.svc.RotateToken(w.ctx, "", w.okta.ID, 0, 0)
	w.ok(err)
	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, 10000*time.Hour))
	w.ok(w.admit(w.okta.ID, next.Token, false))

	again, err := w.svc.RotateToken(w.ctx, "", w.okta.ID, 0, 0)
	w.ok(err)
	w.refused(w.admit(w.okta.ID, next.Token, false), org.Unauthenticated)
	w.ok(w.admit(w.okta.ID, again.Token, false))

	log := w.during(func() {
		w.ok(w.svc.ExpireToken(w.ctx, "", w.okta.ID))
		w.ok(w.svc.ExpireToken(w.ctx, "", w.okta.ID))
	})
	w.said(log, org.CredentialRotated)
	w.refused(w.admit(w.okta.ID, again.Token, false), org.Unauthenticated)
	for _, e := range w.log() {
		for _, secret := range []string{old, fresh.Token, next.Token, again.Token} {
			if strings.Contains(e.Before+e.After+e.Cause+e.SubjectName+e.ActorName, secret) {
				t.Errorf("the log gives a token away: %+v", e.Action)
			}
		}
	}
}

package org_test

import (
	"testing"

	"rollcall.example/reference/org"
)

// person lets somebody in by a token, at a provider.
func (w *world) person(provider, token string) (org.Caller, org.Record, error) {
	return w.svc.AdmitPerson(w.ctx, org.Call{ProviderID: provider, Token: token})
}

// personalToken is an API token of a member.
func (w *world) personalToken(name string) string {
	w.Helper()
	accounts := w.look(name).Accounts
	if len(accounts) != 1 {
		w.Fatalf("%s has %d accounts", name, len(accounts))
	}
	_, secret, err := w.svc.IssueToken(w.ctx, "", w.org.ID, accounts[0].ID, "cli")
	w.ok(err)
	return secret
}

func TestAMemberComesToTheirOwnRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.signIn(han)
	token := w.personalToken(han)
	caller, mine, err := w.person(w.okta.ID, token)
	w.ok(err)
	if mine.ID != r.ID || caller.Provider.ID != w.okta.ID || caller.Person == nil || caller.Person.Email != han {
		t.Errorf("let in as %+v to %+v", caller, mine)
	}
	log := w.during(func() {
		_, err := w.svc.ChangeRecord(w.ctx, caller, mine.ID, func(r *org.Record) error { r.DisplayName = "The Captain"; return nil })
		w.ok(err)
	})
	w.said(log, org.RecordUpdated)
	if log[0].Actor != org.ByMember || log[0].ActorName != han || log[0].Provider != w.okta.ID {
		t.Errorf("the log says %+v", log[0])
	}
	w.ok(w.setActive(r.ID, false))
	_, _, err = w.person(w.okta.ID, token)
	w.refused(err, org.Unauthenticated)
}

func TestWhoDoesNotComeToARecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	visit := w.signIn(han).Secret
	han := w.personalToken(han)
	founder := w.personalToken("leia@rebels.test")
	other := w.found("Empire", "vader@empire.test")
	second, credential, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.Okta, State: org.Enabled})
	w.ok(err)
	for name, c := range map[string]struct {
		provider, token string
		kind            org.Kind
	}{
		"nothing":                 {w.okta.ID, "", org.Unauthenticated},
		"nonsense":                {w.okta.ID, "nonsense", org.Unauthenticated},
		"the provider's token":    {w.okta.ID, w.token, org.Unauthenticated},
		"another provider's":      {w.okta.ID, credential.Token, org.Unauthenticated},
		"a session's secret":      {w.okta.ID, visit, org.Unauthenticated},
		"at another organization": {other.Provider.ID, han, org.Unauthenticated},
		"at no provider":          {"nowhere", han, org.Unauthenticated},
		"at another provider":     {second.ID, han, org.NotFound},
		"who has no record":       {w.okta.ID, founder, org.NotFound},
	} {
		_, _, err := w.person(c.provider, c.token)
		if got := org.KindOf(err); got != c.kind {
			t.Errorf("%s: refused as %q (%v), want %q", name, got, err, c.kind)
		}
	}
	w.ok(w.svc.SetPlan(w.ctx, "", w.org.ID, org.Pro))
	w.said(w.during(func() {
		_, _, err := w.person(w.okta.ID, han)
		w.refused(err, org.Forbidden)
	}), org.RequestRefused)
}

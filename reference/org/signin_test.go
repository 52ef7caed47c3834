package org_test

import (
	"testing"

	"rollcall.example/reference/org"
)

func TestSignInWithoutARecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.signIn(han, "name", "Han Solo", "department", "smuggling", "role", "admin", "admin2", "true")
	if !in.First || in.Account.Name != "Han Solo" || in.Account.Email != han {
		t.Errorf("%+v", in)
	}
	w.shaped(han, "account, member, seat, session")
	if seat := w.look(han).Seats[0]; seat.Cause != "first sign-in" || seat.Account != in.Account.ID || !seat.Started.Equal(in.Session.Started) {
		t.Errorf("%+v", seat)
	}
	v, err := w.svc.Session(w.ctx, in.Secret)
	w.ok(err)
	if v.Account.ID != in.Account.ID || v.Organization.ID != w.org.ID || len(v.Teams) != 1 {
		t.Errorf("%+v", v)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.denied("han")
	w.denied("han", "email", "")
	w.denied("han", "email", "solo")
	w.denied(han, "email", "solo")
	w.denied(" ", "email", han)
	if a := w.signIn("00u1", "email", " Han@rebels.test ").Account; a.Email != "Han@rebels.test" {
		t.Errorf("the account is called %q", a.Email)
	}
	if a := w.signIn("lando@rebels.test", "email", " ").Account; a.Email != "lando@rebels.test" {
		t.Errorf("the account is called %q", a.Email)
	}

	w = newWorld(t, rule(func(r *org.Rules) { r.MissingEmail = "reject" }))
	w.denied(han)
	w.denied(han, "email", "")
	w.signIn(han, "email", han)
}

func TestTheInactiveStayOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.signIn(han)
	w.ok(w.setActive(r.ID, false))
	e := w.denied(" HAN@Rebels.test")
	if e.Cause != "this user has been deactivated" || e.SubjectName == "" || e.Actor != org.BySSO || e.Provider != w.okta.ID {
		t.Errorf("%+v", e)
	}
	w.denied("00u-new", "email", han)

	w = newWorld(t, rule(func(r *org.Rules) { r.LoginWhenRecordInactive = "rejit" }))
	r = w.assign(han)
	w.signIn(han)
	w.ok(w.setActive(r.ID, false))
	w.signIn(han)
	w.shaped(han, "record inactive, account, member, seat, session")
	w.sound()
}

// The name of the record was changed while its owner was away; the link counts.
func TestTheInactiveStayOutByAnyName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.signIn(han)
	w.ok(w.rename(r.ID, "solo@rebels.test"))
	w.ok(w.setActive(r.ID, false))
	w.denied(han)
	w.denied("solo@rebels.test")
}

func TestReturnAfterRemovalByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	in := w.signIn(han, "admin", "true", "teams", w.core.ID)
	_, secret, err := w.svc.IssueToken(w.ctx, han, w.org.ID, in.Account.ID, "ci")
	w.ok(err)
	before := w.look(han)
	w.ok(w.svc.RemoveMember(w.ctx, "leia@rebels.test", w.org.ID, in.Account.ID))
	w.shaped(han, "record active, account")
	back := w.signIn(han)
	after := w.look(han)
	if !back.First || after.Memberships[0].ID == before.Memberships[0].ID || after.Memberships[0].Role != org.Member || len(after.Seats) != 2 {
		t.Errorf("%+v", after)
	}
	w.inTeams(han, "everyone/member")
	_, err = w.svc.Session(w.ctx, in.Secret)
	w.refused(err, org.Unauthenticated)
	_, err = w.svc.Token(w.ctx, secret)
	w.refused(err, org.Unauthenticated)
	w.sound()
}

func TestNoReturnAfterRemovalByHandByRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.LoginAfterManualRemoval = "reject" }))
	r := w.assign(han)
	in := w.signIn(han)
	w.ok(w.setActive(r.ID, false))
	w.ok(w.setActive(r.ID, true))
	w.signIn(han) // SCIM took the place away and gave it back
	w.ok(w.svc.RemoveMember(w.ctx, "", w.org.ID, in.Account.ID))
	w.denied(han)
	w.signIn("lando@rebels.test")
}

func TestJITRules(t *testing.T) {
	t.Parallel()
	off := newWorld(t, rule(func(r *org.Rules) { r.JIT = "off" }))
	off.assign(han)
	off.denied(han)
	off.signIn("leia@rebels.test", "admin", "true")

	required := newWorld(t, rule(func(r *org.Rules) { r.JIT = "record_required" }))
	required.denied(han)
	required.assign(han)
	required.signIn(han)
	required.signIn("leia@rebels.test", "admin", "true")
}

func TestTheNameIDKeepsThePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.signIn("00u-han", "email", han, "name", "Han")
	log := w.during(func() {
		again := w.signIn("00U-HAN", "email", "solo@rebels.test", "name", "Han Solo")
		if again.Account.ID != first.Account.ID || again.First {
			t.Error("came in as somebody else")
		}
	})
	e := w.pick(log, org.AccountUpdated)
	if e.Before != `{"email":"han@rebels.test","name":"Han"}` || e.After != `{"email":"solo@rebels.test","name":"Han Solo"}` || e.Cause != "sign-in through Okta" {
		t.Errorf("%+v", e)
	}
	if seats := w.look("solo@rebels.test").Seats; len(seats) != 1 {
		t.Errorf("%d seats", len(seats))
	}
	// The address of somebody else is not to be had.
	w.signIn("00u-lando", "email", "lando@rebels.test")
	w.denied("00u-han", "email", "LANDO@rebels.test")
}

func TestAmbiguityIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign("a@rebels.test")
	w.assign("b@rebels.test")
	w.denied("a@rebels.test", "email", "b@rebels.test") // two records
	w.signIn("c@rebels.test")
	w.signIn("d@rebels.test")
	w.enter(w.found("Empire", ""))
	w.denied("c@rebels.test", "email", "d@rebels.test") // two accounts

	// A record that is linked to somebody else.
	r := w.assign("e@rebels.test")
	w.signIn("e@rebels.test")
	w.ok(w.rename(r.ID, "d@rebels.test"))
	w.denied("d@rebels.test")
}

func TestLinkKeyEmail(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"name_id_or_email": "record active, account, member, seat, session", "email": "record active"} {
		w := newWorld(t, rule(func(r *org.Rules) { r.LinkKey = key }))
		r := w.assign("00u-han")
		w.signIn("00u-han", "email", han)
		p, err := w.svc.Look(w.ctx, w.org.ID, org.Identifiers{RecordIDs: []string{r.ID}})
		w.ok(err)
		if linked := len(p.Accounts) == 1; linked != (key == "name_id_or_email") {
			t.Errorf("%s: linked is %t, want %s", key, linked, want)
		}
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	if a := w.signIn(han).Account; a.Name != "" {
		t.Errorf("named %q before anybody said so", a.Name)
	}
	if a := w.signIn(han, "name", " Łukasz O'Neil-周 ").Account; a.Name != "Łukasz O'Neil-周" {
		t.Errorf("named %q", a.Name)
	}
	// SCIM's name is the record's alone.
	_, err := w.svc.ChangeRecord(w.ctx, w.caller, w.look(han).Records[0].ID, func(r *org.Record) error { r.GivenName = "Greedo"; return nil })
	w.ok(err)
	for _, pairs := range [][]string{nil, {"name", ""}} {
		if a := w.signIn(han, pairs...).Account; a.Name != "Łukasz O'Neil-周" {
			t.Errorf("%v: named %q", pairs, a.Name)
		}
	}

	clear := newWorld(t, rule(func(r *org.Rules) { r.MissingName = "clear" }))
	clear.signIn(han, "name", "Han")
	if a := clear.signIn(han).Account; a.Name != "" {
		t.Errorf("named %q", a.Name)
	}

	fixed := newWorld(t, rule(func(r *org.Rules) { r.LoginOverwrites = nil }))
	fixed.signIn("00u1", "name", "Han", "email", han, "admin", "true", "teams", fixed.core.ID)
	a := fixed.signIn("00u1", "name", "Solo", "email", "solo@rebels.test", "admin", "false", "teams", fixed.ops.ID).Account
	if a.Name != "Han" || a.Email != han {
		t.Errorf("%+v", a)
	}
	fixed.shaped(han, "account, admin, seat, session, session")
	fixed.inTeams(han, "core/member everyone/member")
}

func TestOrganizationsAreApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here := w.org
	r := w.assign(han)
	first := w.signIn(han, "admin", "true")
	caller, okta := w.caller, w.okta
	w.enter(w.found("Empire", "tarkin@empire.test"))
	there := w.signIn(han, "teams", w.core.ID)
	if there.Account.ID != first.Account.ID || !there.First {
		t.Errorf("%+v", there)
	}
	w.shaped(han, "account, member, seat, session")
	v, err := w.svc.Session(w.ctx, first.Secret)
	w.ok(err)
	if v.Organization.ID != here.ID || v.Membership.Role != org.Admin {
		t.Errorf("%+v", v)
	}
	w.refused(org.RequireAdmin(v, w.org.ID), org.Forbidden)
	w.ok(org.RequireAdmin(v, here.ID))

	_, err = w.svc.ChangeRecord(w.ctx, caller, r.ID, func(r *org.Record) error { r.Active = false; return nil })
	w.ok(err)
	w.shaped(han, "account, member, seat, session")
	w.inTeams(han, "core/member everyone/member")
	_, err = w.svc.Session(w.ctx, first.Secret)
	w.refused(err, org.Unauthenticated)
	_, err = w.svc.Session(w.ctx, there.Secret)
	w.ok(err)
	w.sound()
	w.org, w.okta = here, okta
	w.denied(han)
	w.sound()
}

// E37: one person, two providers.
func TestTwoProviders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, c, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.Okta, State: org.Enabled})
	w.ok(err)
	a, b := w.okta, p
	callerA, callerB := w.caller, org.Caller{Organization: w.org, Provider: p, Credential: c}
	at := func(p org.Provider, c org.Caller) { w.okta, w.caller = p, c }

	inA := w.assign(han)
	at(b, callerB)
	inB := w.assign(han)
	first := w.signIn(han)
	w.shaped(han, "record active, record active, account, member, seat, session")

	at(a, callerA)
	if again := w.signIn(han); again.Account.ID != first.Account.ID || again.First {
		t.Error("the other provider made another person")
	}
	w.ok(w.setActive(inA.ID, false)) // by one of them
	w.shaped(han, "record active, record inactive, account")
	w.denied(han)
	at(b, callerB)
	w.signIn(han) // the other one's record permits it
	w.shaped(han, "record active, record inactive, account, member, seat, session")
	w.sound()
	w.ok(w.svc.DeleteRecord(w.ctx, w.caller, inB.ID))
	w.denied(han) // what is left is inactive
	w.sound()

	// The one that never saw the person sign in takes them out too.
	at(a, callerA)
	lando := w.assign("lando@rebels.test")
	at(b, callerB)
	w.signIn("00u-lando", "email", "Lando@rebels.test")
	at(a, callerA)
	w.ok(w.setActive(lando.ID, false))
	w.shaped("lando@rebels.test", "record inactive, account")
	w.sound()
}

// Dropping an inactive record takes nothing away that came by another way.
func TestDeletingAnInactiveRecordTakesNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.signIn(han)
	w.ok(w.setActive(r.ID, false))
	p, c, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.Okta, State: org.Enabled})
	w.ok(err)
	caller := w.caller
	w.okta, w.caller = p, org.Caller{Organization: w.org, Provider: p, Credential: c}
	w.assign(han)
	w.signIn(han)
	w.said(w.during(func() { w.ok(w.svc.DeleteRecord(w.ctx, caller, r.ID)) }), org.RecordDeleted)
	w.shaped(han, "record active, account, member, seat, session")
	w.sound()
}

func TestTestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, c, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.CustomSAML})
	w.ok(err)
	if c.Token != "" {
		t.Error("a provider that is not enabled has a SCIM token")
	}
	w.refused(w.svc.SetProviderState(w.ctx, "", p.ID, org.Enabled, false), org.Immutable)
	w.okta = p
	before := w.state()
	w.denied("han")
	var in org.SignedIn
	log := w.during(func() { in = w.signIn(han, "admin", "true") })
	w.said(log, org.SignInTested)
	if !in.Tested || in.Secret != "" || in.Account.ID != "" || w.state() != before {
		t.Errorf("the test did something: %+v", in)
	}
	w.shaped(han, "")
	w.ok(w.svc.SetProviderState(w.ctx, "", p.ID, org.Enabled, false))
	if e := w.pick(w.during(func() { in = w.signIn(han) }), org.MemberCreated); e.Cause != "sign-in through custom SAML" {
		t.Errorf("%+v", e)
	}
	_, credentials, err := w.svc.Connection(w.ctx, p.ID)
	w.ok(err)
	if len(credentials) != 1 {
		t.Errorf("%d SCIM tokens after enabling, want one", len(credentials))
	}
}

func TestDisabling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.signIn(han)
	log := w.during(func() {
		w.ok(w.svc.SetProviderState(w.ctx, han, w.okta.ID, org.Disabled, false))
		w.ok(w.svc.SetProviderState(w.ctx, han, w.okta.ID, org.Disabled, false))
	})
	w.said(log, org.ProviderDisabled, org.SessionEnded)
	_, err := w.svc.Session(w.ctx, in.Secret)
	w.refused(err, org.Unauthenticated)
	w.denied(han)
	w.shaped(han, "account, member, seat")
	v, err := w.svc.Session(w.ctx, w.visit)
	w.ok(err) // the founder came without single sign-on
	_, credentials, err := w.svc.SCIMSettings(w.ctx, v, w.okta.ID)
	w.ok(err)
	if len(credentials) != 0 {
		t.Error("the SCIM token is shown while the provider is disabled")
	}
	w.ok(w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Enabled, false))
	w.ok(w.admit(w.okta.ID, w.token, false))
	_, err = w.svc.Session(w.ctx, in.Secret)
	w.refused(err, org.Unauthenticated)
	w.signIn(han)
}

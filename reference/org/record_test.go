package org_test

import (
	"errors"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

func TestARecordKeepsWhatWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := org.Record{
		UserName: "Łukasz@Rebels.test", ExternalID: "00u1", GivenName: "Łukasz", FamilyName: "O'Neil-周",
		DisplayName: "Ł", Active: true, Emails: []org.Email{{Value: "l@rebels.test", Type: "work", Primary: true}},
	}
	made, err := w.svc.CreateRecord(w.ctx, w.caller, sent)
	w.ok(err)
	got, err := w.svc.Record(w.ctx, w.caller, made.ID)
	w.ok(err)
	if got.UserName != sent.UserName || got.ExternalID != "00u1" || got.GivenName != sent.GivenName || got.FamilyName != sent.FamilyName ||
		got.DisplayName != "Ł" || !got.Active || len(got.Emails) != 1 || got.Emails[0] != sent.Emails[0] || got.Version != 1 {
		t.Errorf("came back as %+v", got)
	}
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: " HAN@rebels.TEST", Active: true})
	w.refused(err, org.Conflict)
	w.ok(w.setActive(r.ID, false))
	_, err = w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, Active: true})
	w.refused(err, org.Conflict)
	_, err = w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: " \t", Active: true})
	w.refused(err, org.Invalid)
	w.shaped(han, "record inactive")
}

func TestCreateOnInactiveReactivates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.CreateOnInactive = "reactivate" }))
	r := w.assign(han)
	_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, Active: true})
	w.refused(err, org.Conflict)
	w.ok(w.setActive(r.ID, false))
	var again org.Record
	log := w.during(func() {
		again, err = w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, GivenName: "Han", Active: true})
		w.ok(err)
	})
	if again.ID != r.ID || !again.Active || again.GivenName != "Han" {
		t.Errorf("came back as %+v", again)
	}
	w.said(log, org.RecordUpdated, org.RecordReactivated)
	w.shaped(han, "record active")
}

func TestAUserNameThatIsNoAddressIsSaidSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := w.during(func() { w.assign("han") })
	if e := w.pick(log, org.RecordCreated); !strings.Contains(e.Cause, "no e-mail address") {
		t.Errorf("the cause is %q", e.Cause)
	}
	w.signIn(han)
	if p := w.look(han); len(p.Records) != 0 {
		t.Errorf("linked by its local part: %+v", p.Records)
	}
}

// R37: a record for somebody who is a member already is linked, and that is all.
func TestCreateForAMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(han, "admin", "true", "teams", w.core.ID)
	before := w.look(han)
	var r org.Record
	log := w.during(func() { r = w.assign("Han@rebels.test") })
	w.said(log, org.RecordCreated, org.RecordLinked)
	after := w.look(han)
	if r.Account != before.Accounts[0].ID || len(after.Accounts) != 1 || after.Memberships[0].ID != before.Memberships[0].ID ||
		after.Memberships[0].Role != org.Admin || len(after.Seats) != 1 || after.Seats[0] != before.Seats[0] || len(after.Sessions) != 1 {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	w.inTeams(han, "core/member everyone/member")
	w.ok(w.setActive(r.ID, false))
	w.shaped(han, "record inactive, account")
}

func TestCreateForAMemberConflictsByRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.CreateForExistingMember = "conflict" }))
	w.signIn(han)
	_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, Active: true})
	w.refused(err, org.Conflict)
	w.assign("lando@rebels.test")
}

// The record of somebody known by NameID is linked by it, though the address differs.
func TestCreateLinksByNameID(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"name_id_or_email": "record active, account, member, seat, session",
		"email":            "record active, account, member, seat, session",
	} {
		w := newWorld(t, rule(func(r *org.Rules) { r.LinkKey = key }))
		in := w.signIn("00u-han", "email", han)
		r := w.assign("00u-han")
		if linked := r.Account == in.Account.ID; linked != (key == "name_id_or_email") {
			t.Errorf("%s: linked is %t", key, linked)
		}
		w.shaped("00u-han", want)
	}
}

func TestCreateDoesNotReachIntoAnotherOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(han)
	w.enter(w.found("Empire", ""))
	if r := w.assign(han); r.Account != "" {
		t.Error("a record was linked to an account that has no place here")
	}
	w.shaped(han, "record active, account")
}

func TestRecordsAreTheProvidersOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.enter(w.found("Empire", ""))
	_, err := w.svc.Record(w.ctx, w.caller, r.ID)
	w.refused(err, org.NotFound)
	w.refused(w.setActive(r.ID, false), org.NotFound)
	w.refused(w.svc.DeleteRecord(w.ctx, w.caller, r.ID), org.NotFound)
	w.assign(han)
	found, total, err := w.svc.FindRecords(w.ctx, w.caller, org.RecordMatch{}, 0, 10)
	w.ok(err)
	if total != 1 || len(found) != 1 || found[0].ID == r.ID {
		t.Errorf("%d records, %+v", total, found)
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.assign("lando@rebels.test")
	in := w.signIn(han)
	w.refused(w.rename(r.ID, "LANDO@rebels.test"), org.Conflict)
	w.refused(w.rename(r.ID, " "), org.Invalid)

	log := w.during(func() { w.ok(w.rename(r.ID, "solo@rebels.test")) })
	e := w.pick(log, org.RecordUpdated)
	if e.Before != `{"userName":"han@rebels.test"}` || e.After != `{"userName":"solo@rebels.test"}` {
		t.Errorf("the log says %s → %s", e.Before, e.After)
	}
	if a := w.look(han).Accounts; len(a) != 1 || a[0].Email != han {
		t.Errorf("the account followed the record: %+v", a)
	}
	again := w.signIn("solo@rebels.test")
	if again.Account.ID != in.Account.ID || again.First {
		t.Error("the renamed person came in as somebody else")
	}
	if again.Account.Email != "solo@rebels.test" {
		t.Errorf("the account is still called %s", again.Account.Email)
	}
	w.ok(w.setActive(r.ID, false))
	w.shaped("solo@rebels.test", "record inactive, account")
	w.sound()
}

// A record that could not be linked is, once its user name is put right.
func TestRenameLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(han)
	r := w.assign("han")
	log := w.during(func() { w.ok(w.rename(r.ID, han)) })
	w.said(log, org.RecordUpdated, org.RecordLinked)
	w.ok(w.setActive(r.ID, false))
	w.shaped(han, "record inactive, account")
}

// The name of somebody who was renamed may go to a newcomer, who is not them.
func TestARecycledNameIsSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.assign(han)
	w.signIn(han)
	w.ok(w.rename(first.ID, "solo@rebels.test"))
	if r := w.assign(han); r.Account != "" {
		t.Error("the newcomer's record was linked to the old account")
	}
	w.denied(han)
}

func TestAChangeOfNothingSaysNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	log := w.during(func() { w.ok(w.setActive(r.ID, true)); w.ok(w.rename(r.ID, han)) })
	w.said(log)
	got, err := w.svc.Record(w.ctx, w.caller, r.ID)
	w.ok(err)
	if got.Version != 1 {
		t.Errorf("version %d", got.Version)
	}
}

func TestAChangeCannotTouchWhatIsOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	got, err := w.svc.ChangeRecord(w.ctx, w.caller, r.ID, func(r *org.Record) error {
		*r = org.Record{ID: "x", Provider: "y", Organization: "z", Account: w.admin.ID, Version: 99, UserName: han, Active: true}
		return nil
	})
	w.ok(err)
	if got.ID != r.ID || got.Provider != r.Provider || got.Organization != r.Organization || got.Account != "" || got.Version != 1 || !got.Created.Equal(r.Created) {
		t.Errorf("became %+v", got)
	}
}

func TestDeactivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	in := w.signIn(han, "teams", w.core.ID)
	_, secret, err := w.svc.IssueToken(w.ctx, han, w.org.ID, in.Account.ID, "ci")
	w.ok(err)
	w.shaped(han, "record active, account, member, seat, session, token")
	log := w.during(func() { w.ok(w.setActive(r.ID, false)) })
	w.said(log, org.RecordDeactivated, org.TeamMemberDeleted, org.TeamMemberDeleted, org.SessionEnded,
		org.TokenRevoked, org.MemberDeleted, org.SeatReleased)
	for _, e := range log {
		if e.Actor != org.BySCIM || e.Cause != "deactivated over SCIM" || e.Provider != w.okta.ID {
			t.Errorf("%+v", e)
		}
	}
	w.shaped(han, "record inactive, account")
	_, err = w.svc.Session(w.ctx, in.Secret)
	w.refused(err, org.Unauthenticated)
	_, err = w.svc.Token(w.ctx, secret)
	w.refused(err, org.Unauthenticated)

	w.said(w.during(func() { w.ok(w.setActive(r.ID, false)) }))
	w.denied(han)
	w.sound()
}

func TestDeactivateWhoNeverCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.said(w.during(func() { w.ok(w.setActive(r.ID, false)) }), org.RecordDeactivated)
	w.shaped(han, "record inactive")
	w.denied(han)
}

func TestDeactivateWithoutARecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(w.setActive("3f0c1f7e-0000-4000-8000-000000000000", false), org.NotFound)
	w = newWorld(t, rule(func(r *org.Rules) { r.DeactivateWithoutRecord = "noop" }))
	before := w.state()
	w.ok(w.setActive("3f0c1f7e-0000-4000-8000-000000000000", false))
	w.refused(w.setActive("3f0c1f7e-0000-4000-8000-000000000000", true), org.NotFound)
	if w.state() != before {
		t.Error("something changed")
	}
}

func TestDeactivateTheLastAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign("leia@rebels.test")
	before := w.state()
	log := w.during(func() {
		_, err := w.svc.ChangeRecord(w.ctx, w.caller, r.ID, func(r *org.Record) error {
			r.Active, r.GivenName = false, "Leia"
			return nil
		})
		w.refused(err, org.Immutable)
		w.refused(w.svc.DeleteRecord(w.ctx, w.caller, r.ID), org.Immutable)
	})
	w.said(log, org.RequestRefused, org.RequestRefused)
	if after := w.state(); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}

	w = newWorld(t, rule(func(r *org.Rules) { r.DeactivateLastAdmin = "apply" }))
	r = w.assign("leia@rebels.test")
	w.ok(w.setActive(r.ID, false))
	w.shaped("leia@rebels.test", "record inactive, account")
}

func TestCreateInactive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han})
	w.ok(err)
	w.shaped(han, "record inactive")
	w.denied(han)

	// For a member it is a deactivation like any other.
	w.signIn("lando@rebels.test")
	r, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: "lando@rebels.test"})
	w.ok(err)
	if r.Account == "" || r.Active {
		t.Errorf("%+v", r)
	}
	w.shaped("lando@rebels.test", "record inactive, account")
	_, err = w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: "leia@rebels.test"})
	w.refused(err, org.Immutable)
	w.shaped("leia@rebels.test", "account, admin, seat, session")
	w.sound()
}

func TestReactivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.signIn(han, "admin", "true")
	w.ok(w.setActive(r.ID, false))
	w.said(w.during(func() { w.ok(w.setActive(r.ID, true)) }), org.RecordReactivated)
	w.shaped(han, "record active, account")
	back := w.signIn(han)
	if !back.First {
		t.Error("the return is not seen as one")
	}
	w.shaped(han, "record active, account, member, seat, session")
	if seats := w.look(han).Seats; len(seats) != 2 {
		t.Errorf("%d seats in the ledger, want two", len(seats))
	}
	w.sound()
}

func TestReactivateRestoresByRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.Reactivate = "restore" }))
	r := w.assign(han)
	w.ok(w.setActive(r.ID, false))
	w.ok(w.setActive(r.ID, true))
	w.shaped(han, "record active")
	w.signIn(han, "admin", "true")
	w.ok(w.setActive(r.ID, false))
	w.ok(w.setActive(r.ID, true))
	w.shaped(han, "record active, account, member, seat")
	w.inTeams(han, "everyone/member")
	w.sound()
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	w.signIn(han)
	log := w.during(func() { w.ok(w.svc.DeleteRecord(w.ctx, w.caller, r.ID)) })
	w.said(log, org.RecordDeactivated, org.TeamMemberDeleted, org.SessionEnded, org.MemberDeleted, org.SeatReleased, org.RecordDeleted)
	w.shaped(han, "account")
	_, err := w.svc.Record(w.ctx, w.caller, r.ID)
	w.refused(err, org.NotFound)
	w.refused(w.svc.DeleteRecord(w.ctx, w.caller, r.ID), org.NotFound)
	again := w.assign(han)
	if again.ID == r.ID {
		t.Error("the id came back")
	}
	w.signIn(han)
	w.shaped(han, "record active, account, member, seat, session")
	w.ok(w.setActive(again.ID, false))
	w.ok(w.svc.DeleteRecord(w.ctx, w.caller, again.ID))
	w.signIn(han)
	w.shaped(han, "account, member, seat, session")
	w.sound()

	w = newWorld(t, rule(func(r *org.Rules) { r.DeleteVerb = "405" }))
	r = w.assign(han)
	w.refused(w.svc.DeleteRecord(w.ctx, w.caller, r.ID), org.Unsupported)
	w.shaped(han, "record active")
}

// An inactive record that is renamed to a member's address is theirs, and counts.
func TestRenamingAnInactiveRecordToAMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(han)
	r, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: "han"})
	w.ok(err)
	w.ok(w.rename(r.ID, han))
	w.shaped(han, "record inactive, account")
	w.sound()
}

// A condition sees the record within the transaction; its error keeps the record.
func TestDeletionOnACondition(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.assign(han)
	unwilling := errors.New("not this one")
	var seen org.Record
	w.said(w.during(func() {
		if err := w.svc.DeleteRecord(w.ctx, w.caller, r.ID, func(r org.Record) error { seen = r; return unwilling }); !errors.Is(err, unwilling) {
			t.Errorf("the condition's error comes back as %v", err)
		}
	}))
	if seen.ID != r.ID || seen.Version != r.Version {
		t.Errorf("the condition saw %+v", seen)
	}
	w.ok(w.svc.DeleteRecord(w.ctx, w.caller, r.ID, func(org.Record) error { return nil }))
}

package org_test

import (
	"slices"
	"testing"

	"rollcall.example/reference/org"
)

// suspending and the others below are products other than two-layer, as far as they
// differ in which steps there are.
func suspending(r *org.Rules) {
	r.Deactivate, r.Reactivate, r.RolesAfterReturn = "suspend", "restore", "previous"
}

func creating(r *org.Rules) {
	r.SCIMCreate, r.BillingStarts, r.SCIMProfileUpdate = "account", "scim_create", "account"
}

func inviting(r *org.Rules) { r.SCIMCreate, r.BillingStarts = "invitation", "invite_accepted" }

func TestTwoLayerHasNoStepOfOthers(t *testing.T) {
	t.Parallel()
	names := func(b *org.Behaviour) []string {
		var all []string
		for _, s := range b.Events.Provision {
			all = append(all, "create: "+s.Name)
		}
		for _, s := range b.Events.SignIn {
			all = append(all, "sign in: "+s.Name)
		}
		return all
	}
	standard := names(org.NewBehaviour(org.Standard()))
	for step, change := range map[string]func(*org.Rules){
		"create: account": creating, "create: seat": creating, "create: invite": inviting, "sign in: accept": inviting,
		"sign in: show":         func(r *org.Rules) { r.SeesPreexisting = true },
		"sign in: believe-scim": func(r *org.Rules) { r.RoleSource = "scim_over_saml" },
	} {
		rules := org.Standard()
		change(&rules)
		if slices.Contains(standard, step) || !slices.Contains(names(org.NewBehaviour(rules)), step) {
			t.Errorf("%s: in two-layer %v", step, slices.Contains(standard, step))
		}
	}
}

func TestCreateMakesAccountMemberAndSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(creating))
	log := w.during(func() { w.assign(han) })
	w.said(log, org.RecordCreated, org.AccountCreated, org.RecordLinked, org.MemberCreated, org.TeamMemberCreated, org.SeatStarted)
	before := w.look(han)
	w.signIn(han)
	after := w.look(han)
	if len(after.Accounts) != 1 || len(after.Seats) != 1 || after.Memberships[0].ID != before.Memberships[0].ID {
		t.Errorf("before %+v, after %+v", before, after)
	}
	w.sound()
}

func TestCreatedInactiveIsOnlyARecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(creating))
	_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han})
	w.ok(err)
	w.shaped(han, "record inactive")
}

func TestAnAccountNeedsAnAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(creating))
	_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: "han", Active: true})
	w.ok(err)
	_, err = w.svc.CreateRecord(w.ctx, w.caller, org.Record{
		UserName: "chewie", Active: true, Emails: []org.Email{{Value: "no address"}, {Value: "c@rebels.test"}, {Value: "chewie@rebels.test", Primary: true}},
	})
	w.ok(err)
	w.shaped("han", "record active")
	if p := w.look("chewie@rebels.test"); len(p.Accounts) != 1 || len(p.Memberships) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestAnAddressOfAnotherIsNotTakenOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(creating))
	w.assign("lando@rebels.test")
	r := w.assign(han)
	w.okta.State = org.Enabled
	_, err := w.svc.ChangeRecord(w.ctx, w.caller, r.ID, func(r *org.Record) error {
		r.UserName, r.GivenName, r.FamilyName = "solo@rebels.test", "Han", "Solo"
		return nil
	})
	w.ok(err)
	if a := w.look("solo@rebels.test").Accounts; len(a) != 1 || a[0].Name != "Han Solo" {
		t.Errorf("accounts %+v", a)
	}
	w.refused(w.rename(r.ID, "leia@rebels.test"), org.Conflict) // the founder's, who has no record
}

func TestAnInvitationIsSentAcceptedAndTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(inviting))
	r := org.Record{}
	w.said(w.during(func() { r = w.assign(han) }), org.RecordCreated, org.InvitationSent)
	w.said(w.during(func() { w.ok(w.setActive(r.ID, false)) }), org.InvitationWithdrawn, org.RecordDeactivated)
	w.said(w.during(func() { w.ok(w.setActive(r.ID, true)) }), org.RecordReactivated, org.InvitationSent)
	accepted := func() (n int) {
		for _, e := range w.log() {
			if e.Action == org.InvitationAccepted {
				n++
			}
		}
		return n
	}
	w.signIn(han)
	w.signIn(han)
	if accepted() != 1 {
		t.Errorf("accepted %d times", accepted())
	}
	w.sound()
}

func TestASuspendedMemberComesBackAsTheyWere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(suspending))
	r := w.assign(han)
	in := w.signIn(han, "admin", "true", "teams", w.core.ID)
	before := w.look(han).Memberships
	w.ok(w.setActive(r.ID, false))
	if _, err := w.svc.Session(w.ctx, in.Secret); err == nil {
		t.Error("the session still opens")
	}
	_, err := w.trySignIn(han)
	w.refused(err, org.Forbidden)
	w.sound()
	w.ok(w.setActive(r.ID, true))
	after := w.look(han)
	if len(after.Memberships) != 1 || after.Memberships[0].Role != org.Admin || len(after.Memberships[0].Teams) != len(before[0].Teams) || len(after.Seats) != 2 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	w.sound()
}

// Deleting ends what a suspension only interrupted, though the record is inactive.
func TestDeletingASuspendedMemberEndsTheMembership(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(suspending))
	r := w.assign(han)
	w.signIn(han)
	w.ok(w.setActive(r.ID, false))
	w.ok(w.svc.DeleteRecord(w.ctx, w.caller, r.ID))
	if p := w.look(han); len(p.Memberships) != 0 || len(p.Records) != 0 {
		t.Errorf("%+v", p)
	}
	w.sound()
}

func TestTheRoleThatComesBack(t *testing.T) {
	t.Parallel()
	for rules, want := range map[[2]string]org.Role{
		{"remove_membership", "previous"}: org.Admin, {"remove_membership", "default"}: org.Member, {"remove_membership", "from_assertion"}: org.Member,
		{"suspend", "previous"}: org.Admin, {"suspend", "default"}: org.Member, {"suspend", "from_assertion"}: org.Admin,
	} {
		w := newWorld(t, rule(func(r *org.Rules) { r.Deactivate, r.Reactivate, r.RolesAfterReturn = rules[0], "restore", rules[1] }))
		r := w.assign(han)
		w.signIn(han, "admin", "true")
		w.ok(w.setActive(r.ID, false))
		w.ok(w.setActive(r.ID, true))
		if p := w.look(han); len(p.Memberships) != 1 || p.Memberships[0].Role != want {
			t.Errorf("%v: %+v, want %s", rules, p.Memberships, want)
		}
		w.sound()
	}
}

func TestARecordThatGoesWithItsPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.RecordAfterDeactivate = "gone" }))
	r := w.assign(han)
	w.signIn(han)
	w.said(w.during(func() { w.ok(w.setActive(r.ID, false)) }), org.RecordDeactivated, org.TeamMemberDeleted, org.SessionEnded, org.MemberDeleted, org.SeatReleased, org.RecordDeleted)
	if p := w.look(han); len(p.Records) != 0 {
		t.Errorf("%+v", p.Records)
	}
	w.assign(han)
}

func TestAReactivationThatIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.Reactivate = "unsupported" }))
	r := w.assign(han)
	w.ok(w.setActive(r.ID, true))
	w.ok(w.setActive(r.ID, false))
	w.refused(w.setActive(r.ID, true), org.Immutable)
	w.shaped(han, "record inactive")
}

func TestSCIMIsBelievedAboutNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.RoleSource = "scim_over_saml" }))
	_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, GivenName: "Han", FamilyName: "Solo", Active: true})
	w.ok(err)
	w.signIn(han, "name", "Captain")
	w.signIn(han, "name", "Captain", "email", "captain@rebels.test")
	w.signIn("lando@rebels.test", "name", "Lando")
	if a := w.look(han).Accounts; len(a) != 1 || a[0].Name != "Han Solo" || a[0].Email != han {
		t.Errorf("%+v", a)
	}
	if a := w.look("lando@rebels.test").Accounts; len(a) != 1 || a[0].Name != "Lando" {
		t.Errorf("%+v", a)
	}
}

func TestMembersAreShownToSCIM(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.SeesPreexisting = true }))
	w.signIn(han)
	w.signIn(han)
	p := w.look(han)
	if len(p.Records) != 1 || !p.Records[0].Active || p.Records[0].Account != p.Accounts[0].ID {
		t.Errorf("%+v", p.Records)
	}
	replayed(t, w.log())
}

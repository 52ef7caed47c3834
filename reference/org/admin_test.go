package org_test

import (
	"math"
	"testing"
	"time"

	"rollcall.example/reference/org"
)

func TestFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.shaped("leia@rebels.test", "account, admin, seat, session")
	w.inTeams("leia@rebels.test", "everyone/member")
	v, err := w.svc.Session(w.ctx, w.visit)
	w.ok(err)
	if v.Membership.Role != org.Admin {
		t.Errorf("%+v", v)
	}
	w.said(w.log(), org.OrganizationCreated, org.TeamCreated, org.TeamCreated, org.TeamCreated,
		org.AccountCreated, org.MemberCreated, org.SeatStarted, org.TeamMemberCreated, org.SessionStarted, org.ProviderCreated)
	if w.org.Slug != "rebel-alliance" || w.org.Plan != org.Enterprise || w.token == "" {
		t.Errorf("%+v", w.org)
	}
	o, err := w.svc.OrganizationBySlug(w.ctx, "rebel-alliance")
	w.ok(err)
	if o.ID != w.org.ID {
		t.Errorf("%+v", o)
	}
	_, err = w.svc.OrganizationBySlug(w.ctx, "empire")
	w.refused(err, org.NotFound)

	// A founder who is known from elsewhere is the same account.
	f := w.found("Second", "LEIA@rebels.test")
	if f.Founder.ID != w.admin.ID {
		t.Error("a second account for the same address")
	}
	w.sound()
}

func TestFoundRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		wanted org.NewOrganization
		kind   org.Kind
	}{
		"no name":        {org.NewOrganization{}, org.Invalid},
		"slug taken":     {org.NewOrganization{Name: "Rebel Alliance"}, org.Conflict},
		"slug with dots": {org.NewOrganization{Name: "X", Slug: "a.b"}, org.Invalid},
		"no slug left":   {org.NewOrganization{Name: "周"}, org.Invalid},
		"odd plan":       {org.NewOrganization{Name: "X", Plan: "gold"}, org.Invalid},
		"odd founder":    {org.NewOrganization{Name: "X", Founder: "han"}, org.Invalid},
		"odd kind":       {org.NewOrganization{Name: "X", Provider: org.NewProvider{Kind: "ldap"}}, org.Invalid},
		"odd state":      {org.NewOrganization{Name: "X", Provider: org.NewProvider{Kind: org.Okta, State: "asleep"}}, org.Invalid},
		"teams alike":    {org.NewOrganization{Name: "X", Teams: []org.NewTeam{{Name: "A"}, {Name: "a"}}}, org.Conflict},
		"odd team role":  {org.NewOrganization{Name: "X", Teams: []org.NewTeam{{Name: "A", DefaultRole: "owner"}}}, org.Invalid},
		"team, no name":  {org.NewOrganization{Name: "X", Teams: []org.NewTeam{{}}}, org.Invalid},
	} {
		_, err := w.svc.Found(w.ctx, c.wanted)
		if got := org.KindOf(err); got != c.kind {
			t.Errorf("%s: %q (%v), want %q", name, got, err, c.kind)
		}
	}
	all, err := w.svc.Organizations(w.ctx)
	w.ok(err)
	if len(all) != 1 {
		t.Errorf("%d organizations: a refused one is left", len(all))
	}
}

func TestOnlyAdminsSeeTheSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member, err := w.svc.Session(w.ctx, w.signIn(han).Secret)
	w.ok(err)
	_, _, err = w.svc.SCIMSettings(w.ctx, member, w.okta.ID)
	w.refused(err, org.Forbidden)
	leia, err := w.svc.Session(w.ctx, w.visit)
	w.ok(err)
	_, credentials, err := w.svc.SCIMSettings(w.ctx, leia, w.okta.ID)
	w.ok(err)
	if len(credentials) != 1 || credentials[0].Token != w.token {
		t.Errorf("%d credentials", len(credentials))
	}
	_, _, err = w.svc.SCIMSettings(w.ctx, leia, w.found("Empire", "").Provider.ID)
	w.refused(err, org.Forbidden)
	_, _, err = w.svc.SCIMSettings(w.ctx, leia, "nowhere")
	w.refused(err, org.NotFound)
}

func TestMembersByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	id := w.signIn(han).Account.ID
	w.refused(w.svc.ChangeRole(w.ctx, "", w.org.ID, w.admin.ID, org.Member), org.Immutable)
	w.refused(w.svc.RemoveMember(w.ctx, "", w.org.ID, w.admin.ID), org.Immutable)
	w.refused(w.svc.ChangeRole(w.ctx, "", w.org.ID, id, "owner"), org.Invalid)
	w.refused(w.svc.ChangeRole(w.ctx, "", w.org.ID, "nobody", org.Admin), org.NotFound)
	w.refused(w.svc.RemoveMember(w.ctx, "", w.org.ID, "nobody"), org.NotFound)
	w.refused(w.svc.RemoveMember(w.ctx, "", "nowhere", id), org.NotFound)

	log := w.during(func() {
		w.ok(w.svc.ChangeRole(w.ctx, "leia@rebels.test", w.org.ID, id, org.Admin))
		w.ok(w.svc.ChangeRole(w.ctx, "leia@rebels.test", w.org.ID, id, org.Admin))
	})
	e := w.pick(log, org.MemberUpdated)
	if e.Actor != org.ByMember || e.ActorName != "leia@rebels.test" || e.Before != "member" || e.After != "admin" || e.Cause != "changed by leia@rebels.test" {
		t.Errorf("%+v", e)
	}

	log = w.during(func() { w.ok(w.svc.RemoveMember(w.ctx, "leia@rebels.test", w.org.ID, id)) })
	w.said(log, org.TeamMemberDeleted, org.SessionEnded, org.MemberDeleted, org.SeatReleased)
	if e := w.pick(log, org.MemberDeleted); e.Cause != "removed by leia@rebels.test" || e.Before != "admin" {
		t.Errorf("%+v", e)
	}
	w.shaped(han, "record active, account")
	w.sound()
}

func TestTeamsByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.signIn(han).Account.ID
	join := func(role org.TeamRole) error {
		return w.svc.JoinTeam(w.ctx, "leia@rebels.test", w.org.ID, w.core.ID, id, role)
	}
	log := w.during(func() {
		w.ok(join(""))
		w.ok(join(org.TeamMember))
		w.ok(join(org.TeamMaintainer))
		w.refused(join("owner"), org.Invalid)
		w.ok(w.svc.LeaveTeam(w.ctx, "leia@rebels.test", w.org.ID, w.core.ID, id))
		w.ok(w.svc.LeaveTeam(w.ctx, "leia@rebels.test", w.org.ID, w.core.ID, id))
	})
	w.said(log, org.TeamMemberCreated, org.TeamMemberUpdated, org.TeamMemberDeleted)
	w.refused(w.svc.JoinTeam(w.ctx, "", w.org.ID, w.foreignTeam(), id, ""), org.NotFound)
	w.refused(w.svc.JoinTeam(w.ctx, "", w.org.ID, w.core.ID, "nobody", ""), org.NotFound)
	_, err := w.svc.CreateTeam(w.ctx, "", w.org.ID, org.NewTeam{Name: "core"})
	w.refused(err, org.Conflict)
	team, err := w.svc.CreateTeam(w.ctx, "", w.org.ID, org.NewTeam{Name: "Star Fleet"})
	w.ok(err)
	if team.Slug != "star-fleet" || team.DefaultRole != org.TeamMember {
		t.Errorf("%+v", team)
	}
}

func TestOrganizationSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := w.during(func() {
		for range 2 {
			w.ok(w.svc.SetPlan(w.ctx, "leia@rebels.test", w.org.ID, org.Pro))
			w.ok(w.svc.SetFlag(w.ctx, "leia@rebels.test", w.org.ID, "b", true))
			w.ok(w.svc.SetFlag(w.ctx, "leia@rebels.test", w.org.ID, "a", true))
		}
		w.ok(w.svc.SetFlag(w.ctx, "", w.org.ID, "b", false))
		w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, 24*time.Hour))
	})
	w.said(log, org.PlanChanged, org.OrganizationUpdated, org.OrganizationUpdated, org.OrganizationUpdated, org.OrganizationUpdated)
	if log[0].Before != "enterprise" || log[0].After != "pro" || log[1].After != "b on" || log[4].After != "clock +24h0m0s" {
		t.Errorf("%+v", log)
	}
	o, err := w.svc.Organization(w.ctx, w.org.ID)
	w.ok(err)
	if o.Plan != org.Pro || len(o.Flags) != 1 || !o.HasFlag("a") || o.Clock != 24*time.Hour {
		t.Errorf("%+v", o)
	}
	if got := w.svc.Now(o).Sub(w.svc.Now(w.org)); got != 24*time.Hour {
		t.Errorf("the clock moved by %s", got)
	}
	w.refused(w.svc.SetPlan(w.ctx, "", w.org.ID, "gold"), org.Invalid)
	w.refused(w.svc.SetFlag(w.ctx, "", w.org.ID, " ", true), org.Invalid)
	w.refused(w.svc.AdvanceClock(w.ctx, "", w.org.ID, 0), org.Invalid)
	w.refused(w.svc.AdvanceClock(w.ctx, "", "nowhere", time.Hour), org.NotFound)
}

// A clock ends where a duration does, and never turns back.
func TestTheClockDoesNotOverflow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const century = 100 * 365 * 24 * time.Hour
	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, 2*century))
	log := w.during(func() {
		w.refused(w.svc.AdvanceClock(w.ctx, "", w.org.ID, century), org.Invalid)
		w.refused(w.svc.AdvanceClock(w.ctx, "", w.org.ID, math.MaxInt64), org.Invalid)
	})
	w.said(log)
	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, math.MaxInt64-2*century))
	w.refused(w.svc.AdvanceClock(w.ctx, "", w.org.ID, 1), org.Invalid)
	o, err := w.svc.Organization(w.ctx, w.org.ID)
	w.ok(err)
	if o.Clock != math.MaxInt64 || !w.svc.Now(o).After(w.svc.Now(w.org).Add(2*century)) {
		t.Errorf("the clock is %s ahead and shows %s", o.Clock, w.svc.Now(o))
	}
	w.signIn(han)
	w.sound()
}

// R32: time alone bills nobody.
func TestAssignedIsNeverBilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, 366*24*time.Hour))
	open, err := w.svc.OpenSeats(w.ctx, w.org.ID)
	w.ok(err)
	if open != 1 {
		t.Errorf("%d open seats, want the founder's", open)
	}
	seat := func() org.Seat { return w.look(han).Seats[0] }
	w.signIn(han)
	o, err := w.svc.Organization(w.ctx, w.org.ID)
	w.ok(err)
	if got := seat(); !got.Started.Equal(w.svc.Now(o)) {
		t.Errorf("billed from %s", got.Started)
	}
}

func TestConfigureIdP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := org.IdPConfig{EntityID: "http://okta.test/new", SSOURL: "http://okta.test/sso", Certs: [][]byte{{1}, {2}}}
	_, err := w.svc.ConfigureIdP(w.ctx, "leia@rebels.test", w.okta.ID, c)
	w.refused(err, org.Immutable)
	p, err := w.svc.TrustIdP(w.ctx, w.okta.ID, c)
	w.ok(err)
	if p.State != org.Enabled || !p.Tested || len(p.IdPCerts) != 2 {
		t.Errorf("%+v", p)
	}
	w.ok(w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Disabled, false))
	_, err = w.svc.RotateToken(w.ctx, "", w.okta.ID, 0, 0)
	w.refused(err, org.Immutable)
	p, err = w.svc.ConfigureIdP(w.ctx, "leia@rebels.test", w.okta.ID, c)
	w.ok(err)
	if p.Tested {
		t.Error("a changed set-up counts as tested")
	}
	w.refused(w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Enabled, false), org.Immutable)
	if in := w.signIn(han); !in.Tested {
		t.Errorf("%+v", in)
	}
	w.ok(w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Enabled, false))
	w.refused(w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Created, false), org.Invalid)
	w.refused(w.svc.SetProviderState(w.ctx, "", "nowhere", org.Enabled, false), org.NotFound)
}

func TestLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, ExternalID: "ext-1", Active: true})
	w.ok(err)
	in := w.signIn("00u-han", "email", han)
	w.signIn("lando@rebels.test")
	for name, ids := range map[string]org.Identifiers{
		"user name":   {UserNames: []string{"HAN@rebels.test "}},
		"address":     {Emails: []string{han}},
		"NameID":      {NameIDs: []string{"00u-han"}},
		"external id": {ExternalIDs: []string{"ext-1"}},
		"record":      {RecordIDs: []string{r.ID}},
		"account":     {AccountIDs: []string{in.Account.ID}},
		"all":         {UserNames: []string{han, ""}, Emails: []string{han}, NameIDs: []string{"00u-han"}, ExternalIDs: []string{"ext-1"}, RecordIDs: []string{r.ID}, AccountIDs: []string{in.Account.ID}},
	} {
		p, err := w.svc.Look(w.ctx, w.org.ID, ids)
		w.ok(err)
		if len(p.Records) != 1 || len(p.Accounts) != 1 || len(p.Memberships) != 1 || len(p.Seats) != 1 || len(p.Sessions) != 1 {
			t.Errorf("by %s: %+v", name, p)
		}
	}
	p, err := w.svc.Look(w.ctx, w.org.ID, org.Identifiers{UserNames: []string{""}, ExternalIDs: []string{"ext-2"}, RecordIDs: []string{"x"}, AccountIDs: []string{"y"}})
	w.ok(err)
	if len(p.Records)+len(p.Accounts) != 0 {
		t.Errorf("%+v", p)
	}
	rows, err := w.svc.Members(w.ctx, w.org.ID)
	w.ok(err)
	seen := map[string]org.MemberRow{}
	for _, row := range rows {
		seen[row.Account.Email] = row
	}
	if row := seen[han]; len(rows) != 3 || len(row.Records) != 1 || row.Seat == nil || len(row.Teams) != 1 {
		t.Errorf("%+v", rows)
	}
	if row := seen["lando@rebels.test"]; len(row.Records) != 0 {
		t.Errorf("%+v", row)
	}
}

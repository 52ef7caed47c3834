package org_test

import (
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

// A case of what sign-ins make of role and teams. $core, $ops, $all and $foreign
// stand for the ids of teams.
type grantCase struct {
	name    string
	rules   varied
	arrange func(w *world)
	signIns [][]string // the attributes of each, one after the other
	role    org.Role
	teams   string
	ignored []string // what the last one's log says is ignored, with the reason
}

func TestRole(t *testing.T) {
	t.Parallel()
	admin := func(values ...string) []string {
		var pairs []string
		for _, v := range values {
			pairs = append(pairs, "admin", v)
		}
		return pairs
	}
	keepMissing := rule(func(r *org.Rules) { r.MissingAdmin = "keep" })
	keepEmpty := rule(func(r *org.Rules) { r.EmptyAdmin = "keep" })
	frozen := rule(func(r *org.Rules) { r.LoginOverwrites = []string{"teams"} })
	for _, c := range []grantCase{
		{name: "true", signIns: [][]string{admin("true")}, role: org.Admin},
		{name: "True", signIns: [][]string{admin(" True ")}, role: org.Admin},
		{name: "1", signIns: [][]string{admin("1")}, role: org.Admin},
		{name: "false", signIns: [][]string{admin("false")}, role: org.Member},
		{name: "False", signIns: [][]string{admin("False")}, role: org.Member},
		{name: "0", signIns: [][]string{admin("0")}, role: org.Member},
		{name: "junk", signIns: [][]string{admin("yes")}, role: org.Member, ignored: []string{"admin: yes|neither true nor false"}},
		{name: "absent", signIns: [][]string{nil}, role: org.Member},
		{name: "empty", signIns: [][]string{admin("")}, role: org.Member},
		{name: "promoted", signIns: [][]string{admin("false"), admin("true")}, role: org.Admin},
		{name: "demoted", signIns: [][]string{admin("true"), admin("false")}, role: org.Member},
		{name: "demoted by absence", signIns: [][]string{admin("true"), nil}, role: org.Member},
		{name: "demoted by emptiness", signIns: [][]string{admin("true"), admin("")}, role: org.Member},
		{name: "demoted by junk", signIns: [][]string{admin("true"), admin("definitely")}, role: org.Member, ignored: []string{"admin: definitely|neither true nor false"}},
		{name: "kept in absence", rules: keepMissing, signIns: [][]string{admin("true"), nil}, role: org.Admin},
		{name: "kept in absence, but not made", rules: keepMissing, signIns: [][]string{nil}, role: org.Member},
		{name: "kept in emptiness", rules: keepEmpty, signIns: [][]string{admin("true"), admin("")}, role: org.Admin},
		{name: "not kept in absence, when empty keeps", rules: keepEmpty, signIns: [][]string{admin("true"), nil}, role: org.Member},
		{name: "frozen after the first", rules: frozen, signIns: [][]string{admin("true"), admin("false")}, role: org.Admin},
		{name: "first is not frozen", rules: frozen, signIns: [][]string{admin("true")}, role: org.Admin},
		{name: "granted by hand", arrange: func(w *world) { w.ok(w.svc.ChangeRole(w.ctx, "", w.org.ID, w.look(han).Accounts[0].ID, org.Admin)) },
			signIns: [][]string{nil, admin("false")}, role: org.Member},
	} {
		c.teams = "everyone/member"
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.run(t) })
	}
}

func TestTeams(t *testing.T) {
	t.Parallel()
	one := func(values ...string) [][]string {
		var pairs []string
		for _, v := range values {
			pairs = append(pairs, "teams", v)
		}
		return [][]string{pairs}
	}
	then := func(a, b [][]string) [][]string { return append(a, b...) }
	byHand := func(team func(*world) string, role org.TeamRole) func(*world) {
		return func(w *world) { w.ok(w.svc.JoinTeam(w.ctx, "", w.org.ID, team(w), w.look(han).Accounts[0].ID, role)) }
	}
	core := func(w *world) string { return w.core.ID }
	mode := func(mode string) varied { return rule(func(r *org.Rules) { r.TeamsMode = mode }) }
	const foreign = "teams: $foreign|no such team in this organization"
	none := [][]string{nil}
	for _, c := range []grantCase{
		{name: "documented form", signIns: one("$core/member, $ops/maintainer"), teams: "core/member everyone/member ops/maintainer"},
		{name: "other order", signIns: one("$ops/maintainer,$core/member"), teams: "core/member everyone/member ops/maintainer"},
		{name: "bare", signIns: one("$core,$ops"), teams: "core/member everyone/member ops/maintainer"},
		{name: "bare is member by rule", rules: rule(func(r *org.Rules) { r.BareTeamRole = "member" }), signIns: one("$core,$ops"), teams: "core/member everyone/member ops/member"},
		{name: "role above the default", signIns: one("$core/maintainer"), teams: "core/maintainer everyone/member"},
		{name: "upper case", signIns: one("$CORE/Maintainer"), teams: "core/maintainer everyone/member"},
		{name: "several values", signIns: one("$core", "$ops/member"), teams: "core/member everyone/member ops/member"},
		{name: "several values, first by rule", rules: rule(func(r *org.Rules) { r.MultiValue = "first" }), signIns: one("$core", "$ops/member"), teams: "core/member everyone/member"},
		{name: "replaced", signIns: then(one("$core"), one("$ops")), teams: "everyone/member ops/maintainer"},
		{name: "role raised", signIns: then(one("$core"), one("$core/maintainer")), teams: "core/maintainer everyone/member"},
		{name: "role lowered", signIns: then(one("$core/maintainer"), one("$core/member")), teams: "core/member everyone/member"},
		{name: "absent keeps", signIns: then(one("$core"), none), teams: "core/member everyone/member"},
		{name: "absent clears by rule", rules: rule(func(r *org.Rules) { r.MissingTeams = "clear" }), signIns: then(one("$core"), none), teams: "everyone/member"},
		{name: "empty clears", signIns: then(one("$core"), one("")), teams: "everyone/member"},
		{name: "commas clear", signIns: then(one("$core"), one(" , ")), teams: "everyone/member"},
		{name: "empty keeps by rule", rules: rule(func(r *org.Rules) { r.EmptyTeams = "keep" }), signIns: then(one("$core"), one("")), teams: "core/member everyone/member"},
		{name: "by hand, replaced", arrange: byHand(core, ""), signIns: then(none, one("$ops")), teams: "everyone/member ops/maintainer"},
		{name: "managed leaves what was done by hand", rules: mode("replace_managed"), arrange: byHand(core, ""), signIns: then(one("$ops"), one("")), teams: "core/member everyone/member"},
		{name: "add only", rules: mode("add_only"), signIns: then(one("$core"), one("$ops/member")), teams: "core/member everyone/member ops/member"},
		{name: "ignore", rules: mode("ignore"), signIns: one("$core"), teams: "everyone/member"},
		{name: "default team, role asserted", signIns: one("$all/maintainer"), teams: "everyone/maintainer"},
		{name: "default team, role asserted no more", signIns: then(one("$all/maintainer"), one("$core")), teams: "core/member everyone/member"},
		{name: "default team left by hand stays left", arrange: func(w *world) {
			w.ok(w.svc.LeaveTeam(w.ctx, "", w.org.ID, w.all.ID, w.look(han).Accounts[0].ID))
		}, signIns: then(none, one("$core")), teams: "core/member"},
		{name: "default teams do not survive by rule", rules: rule(func(r *org.Rules) { r.DefaultTeamsSurvive = false }), signIns: then(one("$core"), one("$core")), teams: "core/member"},
		{name: "no default teams by rule", rules: rule(func(r *org.Rules) { r.DefaultTeams = "none" }), signIns: one("$core"), teams: "core/member"},
		{name: "frozen after the first", rules: rule(func(r *org.Rules) { r.LoginOverwrites = []string{"admin"} }), signIns: then(one("$core"), one("$ops")), teams: "core/member everyone/member"},
		{name: "another organization's", signIns: one("$foreign,$core"), teams: "core/member everyone/member", ignored: []string{foreign}},
		{name: "malformed", signIns: one("core,$core"), teams: "core/member everyone/member", ignored: []string{"teams: core|not a team UUID"}},
		{name: "only junk clears", signIns: then(one("$core"), one("junk")), teams: "everyone/member", ignored: []string{"teams: junk|not a team UUID"}},
		{name: "unknown role", signIns: one("$ops/owner"), teams: "everyone/member ops/member", ignored: []string{"teams: $ops/owner|no such role; joined as a member"}},
		{name: "unknown role, entry ignored by rule", rules: rule(func(r *org.Rules) { r.UnknownRole = "ignore_entry" }), signIns: one("$ops/owner,$core"), teams: "core/member everyone/member", ignored: []string{"teams: $ops/owner|no such role; the entry has no effect"}},
		{name: "twice, highest", signIns: one("$core/maintainer,$core/member"), teams: "core/maintainer everyone/member"},
		{name: "twice, highest last", signIns: one("$core/member,$core/maintainer"), teams: "core/maintainer everyone/member"},
		{name: "twice, first by rule", rules: rule(func(r *org.Rules) { r.DuplicateTeam = "first" }), signIns: one("$core/member,$core/maintainer"), teams: "core/member everyone/member"},
		{name: "twice, last by rule", rules: rule(func(r *org.Rules) { r.DuplicateTeam = "last" }), signIns: one("$core/maintainer,$core/member"), teams: "core/member everyone/member"},
	} {
		c.role = org.Member
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.run(t) })
	}
}

func (c grantCase) run(t *testing.T) {
	var vary []varied
	if c.rules != nil {
		vary = append(vary, c.rules)
	}
	w := newWorld(t, vary...)
	foreign := w.foreignTeam()
	names := strings.NewReplacer("$core", w.core.ID, "$CORE", strings.ToUpper(w.core.ID), "$ops", w.ops.ID, "$all", w.all.ID, "$foreign", foreign)
	var log []org.Event
	for i, pairs := range c.signIns {
		real := make([]string, len(pairs))
		for j, p := range pairs {
			real[j] = names.Replace(p)
		}
		log = w.during(func() { w.signIn(han, real...) })
		if i == 0 && c.arrange != nil {
			c.arrange(w)
		}
	}
	if got := w.look(han).Memberships[0].Role; got != c.role {
		t.Errorf("role %s, want %s", got, c.role)
	}
	w.inTeams(han, c.teams)
	var ignored []string
	for _, e := range log {
		if e.Action == org.AttributeIgnored {
			ignored = append(ignored, e.Before+"|"+e.Cause)
		}
	}
	for i := range c.ignored {
		c.ignored[i] = names.Replace(c.ignored[i])
	}
	if got, want := strings.Join(ignored, "\n"), strings.Join(c.ignored, "\n"); got != want {
		t.Errorf("ignored\n%s\nwant\n%s", got, want)
	}
	w.sound()
	roster, err := w.svc.Teams(w.ctx, w.org.ID)
	w.ok(err)
	if len(roster) != 3 {
		t.Errorf("%d teams: a sign-in made one", len(roster))
	}
}

// foreignTeam makes a team in another organization.
func (w *world) foreignTeam() string {
	w.Helper()
	return w.found("Empire", "").Teams[0].ID
}

func TestTeamsThatRejectTheSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.UnknownTeam, r.UnknownRole = "reject", "reject" }))
	w.denied(han, "teams", uuidA)
	w.denied(han, "teams", "core")
	w.denied(han, "teams", w.core.ID+"/owner")
	w.denied(han, "teams", w.core.ID+","+w.foreignTeam())
	w.signIn(han, "teams", w.core.ID+"/member")
}

func TestTheLogExplainsARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.signIn(han)
	w.ok(w.svc.ChangeRole(w.ctx, "leia@rebels.test", w.org.ID, in.Account.ID, org.Admin))
	e := w.pick(w.during(func() { w.signIn(han, "admin", "false") }), org.MemberUpdated)
	if e.Before != "admin" || e.After != "member" || e.Cause != "sign-in through Okta" || e.Actor != org.BySSO ||
		e.Provider != w.okta.ID || e.Subject != in.Account.ID || e.SubjectName != han {
		t.Errorf("%+v", e)
	}
	w.said(w.during(func() { w.signIn(han, "admin", "false") }), org.SessionStarted, org.SignInSucceeded)
	e = w.pick(w.during(func() { w.signIn(han, "teams", w.core.ID+"/maintainer") }), org.TeamMemberCreated)
	if e.After != "core/maintainer" || e.Subject != in.Account.ID {
		t.Errorf("%+v", e)
	}
	e = w.pick(w.during(func() { w.signIn(han, "teams", w.core.ID+"/member") }), org.TeamMemberUpdated)
	if e.Before != "core/maintainer" || e.After != "core/member" {
		t.Errorf("%+v", e)
	}
}

func TestDemotingTheLastAdmin(t *testing.T) {
	t.Parallel()
	const leia = "leia@rebels.test"
	w := newWorld(t)
	log := w.during(func() { w.signIn(leia, "admin", "false") })
	w.pick(log, org.DemotionSkipped)
	w.shaped(leia, "account, admin, seat, session, session")
	w.signIn(han, "admin", "true")
	w.pick(w.during(func() { w.signIn(leia) }), org.MemberUpdated)

	w = newWorld(t, rule(func(r *org.Rules) { r.DemoteLastAdmin = "apply" }))
	w.signIn(leia)
	w.shaped(leia, "account, member, seat, session, session")

	w = newWorld(t, rule(func(r *org.Rules) { r.DemoteLastAdmin = "reject_login" }))
	w.denied(leia)
	w.signIn(leia, "admin", "true")
}

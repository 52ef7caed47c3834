package org_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall.example/reference/org"
)

const leia, lando = "leia@rebels.test", "lando@rebels.test"

// asked reads the group again, as a client would.
func (w *world) asked(id string) org.Group {
	w.Helper()
	g, err := w.svc.Group(w.ctx, w.caller, id, true)
	w.ok(err)
	return g
}

func (w *world) holds(g org.Group, want ...string) {
	w.Helper()
	if got := memberNames(w.asked(g.ID).Members); !slices.Equal(got, want) {
		w.Fatalf("%s holds %q, want %q", g.DisplayName, got, want)
	}
}

func TestAGroupIsNothingButAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	seats, err := w.svc.OpenSeats(w.ctx, w.org.ID)
	w.ok(err)
	log := w.during(func() { w.push("Pilots", han) })
	w.shaped(han, "record active")
	w.said(log, org.TeamCreated, org.GroupCreated, org.GroupMemberCreated)
	if after, _ := w.svc.OpenSeats(w.ctx, w.org.ID); after != seats {
		t.Errorf("%d seats, %d before the push", after, seats)
	}
	w.sound()
	w.told()
}

func TestAGroupIsKeptAndGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	told := map[string]any{"urn:x:2.0:Group": map[string]any{"description": "who flies"}}
	made, err := w.svc.CreateGroup(w.ctx, w.caller, org.Group{
		DisplayName: "Pilots", ExternalID: "00g1", Attributes: told, Members: w.members(han, han),
		ID: "mine", Organization: "mine", Provider: "mine", Version: 7, TeamMade: true,
	})
	w.ok(err)
	w.holds(made, han)
	if got := w.asked(made.ID); !reflect.DeepEqual(got, made) {
		t.Errorf("came back as %+v, want %+v", got, made)
	}
	if made.ID == "mine" || made.Organization != w.org.ID || made.Provider != w.okta.ID || made.Version != 1 || !reflect.DeepEqual(made.Attributes, told) {
		t.Errorf("made %+v", made)
	}
	for what, change := range map[string]func(*org.GroupEdit){
		"as it is":            func(*org.GroupEdit) {},
		"who is in it":        func(e *org.GroupEdit) { e.Add(w.memberID(han)); e.Remove("nobody") },
		"the same members":    func(e *org.GroupEdit) { e.Replace(w.memberID(han)) },
		"in, out and in":      func(e *org.GroupEdit) { e.Remove(w.memberID(han)); e.Add(w.memberID(han)) },
		"the product's to do": func(e *org.GroupEdit) { e.Version, e.ID, e.Team = 9, "mine", "mine" },
	} {
		log := w.during(func() {
			same, err := w.change(made.ID, change)
			w.ok(err)
			same.Members = made.Members
			if !reflect.DeepEqual(same, made) {
				t.Errorf("%s: %+v, want %+v", what, same, made)
			}
		})
		w.said(log)
	}
	changed, err := w.change(made.ID, func(e *org.GroupEdit) { e.Attributes["urn:x:2.0:Group"] = "nothing" })
	w.ok(err)
	if changed.Version != 2 || w.asked(made.ID).Attributes["urn:x:2.0:Group"] != "nothing" {
		t.Errorf("changed to %+v", changed)
	}
}

func TestPlacesFollowTheGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	w.signIn(han)
	record := w.assign(lando)
	pilots := w.push("Pilots", han, lando)
	w.inTeams(han, "everyone/member pilots/member")
	w.signIn(lando)
	w.inTeams(lando, "everyone/member pilots/member")
	w.signIn(lando, "teams", w.core.ID)
	w.inTeams(lando, "core/member everyone/member pilots/member")

	w.leave(pilots, han)
	w.inTeams(han, "everyone/member")
	w.ok(w.setActive(record.ID, false))
	w.shaped(lando, "record inactive, account")
	w.holds(pilots, lando)
	w.ok(w.setActive(record.ID, true))
	w.signIn(lando)
	w.inTeams(lando, "everyone/member pilots/member")
	w.sound()
	w.told()
}

// What a group gave, no assertion changes; what an administrator changed, the next
// sign-in mends.
func TestPlacesOfAGroupAreKeptApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	w.signIn(han, "teams", w.core.ID+"/maintainer")
	core := w.push("core", han) // linked to the team of that name
	w.inTeams(han, "core/member everyone/member")
	w.signIn(han, "teams", w.core.ID+"/maintainer")
	w.inTeams(han, "core/member everyone/member")
	w.signIn(han, "teams", "")
	w.inTeams(han, "core/member everyone/member")
	account := w.look(han).Accounts[0].ID
	w.ok(w.svc.JoinTeam(w.ctx, "", w.org.ID, w.core.ID, account, org.TeamMaintainer))
	w.signIn(han)
	w.inTeams(han, "core/member everyone/member")
	w.ok(w.svc.LeaveTeam(w.ctx, "", w.org.ID, w.core.ID, account))
	w.signIn(han)
	w.inTeams(han, "core/member everyone/member")
	w.ok(w.svc.DeleteGroup(w.ctx, w.caller, core.ID))
	w.inTeams(han, "everyone/member")
	if teams, _ := w.svc.Teams(w.ctx, w.org.ID); len(teams) != 3 {
		t.Errorf("%d teams are left, want the three that were there before", len(teams))
	}
	everyone := w.push("Everyone", han)
	w.leave(everyone, han)
	w.inTeams(han, "everyone/member")
	w.sound()
	w.told()
}

// A suspended person keeps the places in teams, but not one that the group took back.
func TestWhoeverIsSuspendedLeavesAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, rule(func(r *org.Rules) { r.Deactivate = "suspend" }))
	r := w.assign(han)
	w.signIn(han)
	pilots := w.push("Pilots", han)
	w.ok(w.setActive(r.ID, false))
	w.inTeams(han, "everyone/member pilots/member")
	w.leave(pilots, han)
	w.inTeams(han, "everyone/member")
	w.sound()
}

func TestATeamThatWasMadeForAGroupGoesWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signIn(han)
	account := w.look(han).Accounts[0].ID
	empty, kept := w.push("Pilots"), w.push("船")
	w.ok(w.svc.JoinTeam(w.ctx, "", w.org.ID, kept.Team, account, ""))
	_, err := w.change(empty.ID, func(e *org.GroupEdit) { e.DisplayName = "Aces" })
	w.ok(err)
	teams, err := w.svc.Teams(w.ctx, w.org.ID)
	w.ok(err)
	at := slices.IndexFunc(teams, func(t org.Team) bool { return t.ID == empty.Team })
	if at < 0 || teams[at].Name != "Aces" || teams[at].Slug != "pilots" {
		t.Errorf("the teams are %+v", teams)
	}
	w.ok(w.svc.DeleteGroup(w.ctx, w.caller, empty.ID))
	w.ok(w.svc.DeleteGroup(w.ctx, w.caller, kept.ID))
	if teams, _ = w.svc.Teams(w.ctx, w.org.ID); len(teams) != 4 {
		t.Errorf("the teams are %+v, want the three of before and the one that han is in", teams)
	}
	again := w.push("Pilots")
	w.ok(w.svc.DisbandTeam(w.ctx, "", w.org.ID, again.Team))
	if got := w.asked(again.ID); got.Team != "" || got.TeamMade {
		t.Errorf("mapped to %q, which was disbanded", got.Team)
	}
	w.assign(han)
	w.join(again, han)
	w.signIn(han)
	w.sound()
}

func TestGroupsOfTwoProvidersShareATeam(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	w.signIn(han)
	first := w.push("Pilots", han)
	other, credential, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.Okta, State: org.Enabled, Groups: true})
	w.ok(err)
	w.caller.Provider, w.caller.Credential = other, credential
	r := w.assign(han)
	second, err := w.svc.CreateGroup(w.ctx, w.caller, org.Group{DisplayName: "pilots", Members: []org.GroupMember{{ID: r.ID}}})
	w.ok(err)
	if second.Team != first.Team {
		t.Errorf("mapped to %s, want the team of the same name, %s", second.Team, first.Team)
	}
	w.ok(w.svc.DeleteGroup(w.ctx, w.caller, second.ID))
	w.inTeams(han, "everyone/member pilots/member")
	_, err = w.svc.Group(w.ctx, w.caller, first.ID, false)
	w.refused(err, org.NotFound)
	w.refused(w.svc.DeleteGroup(w.ctx, w.caller, first.ID), org.NotFound)
	w.sound()
}

func TestWhoeverIsDeletedLeavesTheirGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	r := w.assign(lando)
	pilots := w.push("Pilots", han, lando)
	fleet := w.push("Fleet", "Pilots")
	log := w.during(func() { w.ok(w.svc.DeleteRecord(w.ctx, w.caller, r.ID)) })
	if e := w.pick(log, org.GroupMemberDeleted); e.Subject != r.ID || e.SubjectName != lando || !strings.HasPrefix(e.Before, pilots.ID) {
		t.Errorf("the log says %+v", e)
	}
	w.holds(pilots, han)
	if v := w.asked(pilots.ID).Version; v != 2 {
		t.Errorf("version %d, want 2", v)
	}
	w.ok(w.svc.DeleteGroup(w.ctx, w.caller, pilots.ID))
	w.holds(fleet)
	w.shaped(han, "record active")
	w.sound()
	w.told()
}

func TestRefusedGroupsChangeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	w.assign(lando)
	pilots, fleet := w.push("Pilots", han), w.push("Fleet", "Pilots")
	other, _, err := w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.Okta, State: org.Enabled, Groups: true})
	w.ok(err)
	elsewhere := w.caller
	elsewhere.Provider = other
	w.push("Rebels", "Fleet")
	before := w.state()
	for what, c := range map[string]struct {
		kind org.Kind
		do   func() error
	}{
		"no name": {org.Invalid, func() error { _, err := w.svc.CreateGroup(w.ctx, w.caller, org.Group{}); return err }},
		"same name": {org.Conflict, func() error {
			_, err := w.svc.CreateGroup(w.ctx, w.caller, org.Group{DisplayName: " PILOTS "})
			return err
		}},
		"renamed so": {org.Conflict, func() error {
			_, err := w.change(fleet.ID, func(e *org.GroupEdit) { e.DisplayName = "pilots" })
			return err
		}},
		"blank name": {org.Invalid, func() error { _, err := w.change(fleet.ID, func(e *org.GroupEdit) { e.DisplayName = " " }); return err }},
		"nobody": {org.Invalid, func() error {
			_, err := w.change(pilots.ID, func(e *org.GroupEdit) {
				e.DisplayName = "Aces"
				e.Add(w.memberID(lando), "nobody")
				e.Remove(w.memberID(han))
			})
			return err
		}},
		"nobody among all": {org.Invalid, func() error {
			_, err := w.change(pilots.ID, func(e *org.GroupEdit) { e.Replace(w.memberID(lando), "nobody") })
			return err
		}},
		"another provider's": {org.Invalid, func() error {
			_, err := w.svc.CreateGroup(w.ctx, elsewhere, org.Group{DisplayName: "Pilots", Members: w.members(han)})
			return err
		}},
		"in itself": {org.Invalid, func() error {
			_, err := w.change(pilots.ID, func(e *org.GroupEdit) { e.Add(pilots.ID) })
			return err
		}},
		"in itself through two": {org.Invalid, func() error {
			_, err := w.change(pilots.ID, func(e *org.GroupEdit) { e.Add(w.memberID("Rebels"), w.memberID(lando)) })
			return err
		}},
		"the change itself": {org.Immutable, func() error {
			_, err := w.svc.ChangeGroup(w.ctx, w.caller, pilots.ID, func(e *org.GroupEdit) error {
				e.DisplayName = "Aces"
				e.Replace()
				return &org.Error{Kind: org.Immutable}
			})
			return err
		}},
		"a condition of the deletion": {org.Immutable, func() error {
			return w.svc.DeleteGroup(w.ctx, w.caller, pilots.ID, func(g org.Group) error {
				if g.ID != pilots.ID || g.Version != 1 {
					t.Errorf("asked about %+v", g)
				}
				return &org.Error{Kind: org.Immutable}
			})
		}},
		"not there": {org.NotFound, func() error { _, err := w.change("nowhere", func(*org.GroupEdit) {}); return err }},
	} {
		log := w.during(func() { w.refused(c.do(), c.kind) })
		w.said(log)
		if after := w.state(); after != before {
			t.Errorf("%s changed the state\nbefore: %s\nafter:  %s", what, before, after)
		}
	}
}

func TestGroupsAreFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	pilots, fleet := w.push("Pilots", han), w.push("Fleet", "Pilots")
	name, member := "PILOTS", w.memberID(han)
	for what, c := range map[string]struct {
		match org.GroupMatch
		want  []string
	}{
		"all":    {org.GroupMatch{}, []string{pilots.ID, fleet.ID}},
		"name":   {org.GroupMatch{DisplayName: &name}, []string{pilots.ID}},
		"id":     {org.GroupMatch{ID: &fleet.ID}, []string{fleet.ID}},
		"person": {org.GroupMatch{Member: &member}, []string{pilots.ID}},
		"group":  {org.GroupMatch{Member: &pilots.ID}, []string{fleet.ID}},
		"both":   {org.GroupMatch{Member: &member, ID: &fleet.ID}, nil},
	} {
		found, total, err := w.svc.FindGroups(w.ctx, w.caller, c.match, true, 0, 10)
		w.ok(err)
		var got []string
		for _, g := range found {
			got = append(got, g.ID)
			if len(g.Members) != 1 {
				t.Errorf("%s: %s came with %d members", what, g.DisplayName, len(g.Members))
			}
		}
		if !slices.Equal(got, c.want) || total != len(c.want) {
			t.Errorf("%s: found %v of %d, want %v", what, got, total, c.want)
		}
	}
	held, err := w.svc.GroupsOf(w.ctx, member, pilots.ID)
	w.ok(err)
	if len(held[member]) != 1 || held[member][0].ID != pilots.ID || len(held[pilots.ID]) != 1 || held[pilots.ID][0].ID != fleet.ID {
		t.Errorf("the groups of both are %+v", held)
	}
}

// Of those who add somebody at the same moment, everybody is heard.
func TestParallelChangesLoseNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const many = 12
	g := w.push("Pilots")
	ids := make([]string, many)
	for i := range ids {
		ids[i] = w.assign(fmt.Sprintf("pilot%d@rebels.test", i)).ID
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			if _, err := w.change(g.ID, func(e *org.GroupEdit) { e.Add(id) }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := w.asked(g.ID); len(got.Members) != many || got.Version != many+1 {
		t.Errorf("%d members at version %d, want %d at %d", len(got.Members), got.Version, many, many+1)
	}
}

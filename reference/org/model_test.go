package org_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/org"
)

// modelPerson is what the rules say a person has: the product in its plainest
// form, to hold the real one against.
type modelPerson struct {
	record  string // "", active, inactive
	account bool
	role    org.Role          // "": no member
	teams   map[string]string // role by slug
	seats   int               // ever started
	live    int               // sessions
	tokens  int               // live
}

func (p *modelPerson) leave() {
	p.role, p.teams, p.live, p.tokens = "", nil, 0, 0
}

func (p *modelPerson) String() string {
	var parts []string
	add := func(n int, word string) {
		for range n {
			parts = append(parts, word)
		}
	}
	if p.record != "" {
		parts = append(parts, "record "+p.record)
	}
	if p.account {
		parts = append(parts, "account")
	}
	if p.role != "" {
		parts = append(parts, string(p.role), "seat")
	}
	add(p.live, "session")
	add(p.tokens, "token")
	return strings.Join(parts, ", ")
}

func (p *modelPerson) places() string {
	var all []string
	for slug, role := range p.teams {
		all = append(all, slug+"/"+role)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// model is an organization of a few people with one provider.
type model struct {
	*world
	people map[string]*modelPerson
}

var modelNames = []string{"leia@rebels.test", "han@rebels.test", "lando@rebels.test"}

func (m *model) admins() int {
	n := 0
	for _, p := range m.people {
		if p.role == org.Admin {
			n++
		}
	}
	return n
}

func (m *model) lastAdmin(p *modelPerson) bool { return p.role == org.Admin && m.admins() == 1 }

// someone draws a person, and writes the address in one of its ways.
func (m *model) someone(t *rapid.T) (string, *modelPerson) {
	name := rapid.SampledFrom(modelNames).Draw(t, "who")
	written := rapid.SampledFrom([]string{name, strings.ToUpper(name), " " + name}).Draw(t, "written")
	return written, m.people[name]
}

// expect asks for success, or for a refusal of that kind.
func (m *model) expect(t *rapid.T, err error, kind org.Kind) {
	t.Helper()
	if got := org.KindOf(err); got != kind || (kind == "" && err != nil) {
		t.Fatalf("%v, want a refusal of kind %q", err, kind)
	}
}

func (m *model) recordID(name string) string {
	p := m.look(name)
	if len(p.Records) == 0 {
		return "3f0c1f7e-0000-4000-8000-000000000000"
	}
	return p.Records[0].ID
}

func (m *model) accountID(name string) string {
	p := m.look(name)
	if len(p.Accounts) == 0 {
		return "nobody"
	}
	return p.Accounts[0].ID
}

func (m *model) assignOne(t *rapid.T) {
	name, p := m.someone(t)
	_, err := m.svc.CreateRecord(m.ctx, m.caller, org.Record{UserName: name, Active: true})
	if p.record != "" {
		m.expect(t, err, org.Conflict)
		return
	}
	m.expect(t, err, "")
	p.record = "active"
}

func (m *model) flipOne(t *rapid.T) {
	name, p := m.someone(t)
	active := rapid.Bool().Draw(t, "active")
	err := m.setActive(m.recordID(name), active)
	switch {
	case p.record == "":
		m.expect(t, err, org.NotFound)
	case active:
		m.expect(t, err, "")
		p.record = "active"
	case p.record == "active" && m.lastAdmin(p):
		m.expect(t, err, org.Immutable)
	default:
		m.expect(t, err, "")
		p.record = "inactive"
		p.leave()
	}
}

func (m *model) deleteOne(t *rapid.T) {
	name, p := m.someone(t)
	err := m.svc.DeleteRecord(m.ctx, m.caller, m.recordID(name))
	switch {
	case p.record == "":
		m.expect(t, err, org.NotFound)
	case p.record == "active" && m.lastAdmin(p):
		m.expect(t, err, org.Immutable)
	default:
		m.expect(t, err, "")
		if p.record == "active" {
			p.leave()
		}
		p.record = ""
	}
}

func (m *model) signInOne(t *rapid.T) {
	name, p := m.someone(t)
	admin := rapid.SampledFrom([]string{"absent", "", "true", "False", "junk"}).Draw(t, "admin")
	core := rapid.SampledFrom([]string{"absent", "", "core", "core/maintainer", "core, ops/member", "junk"}).Draw(t, "teams")
	var pairs []string
	if admin != "absent" {
		pairs = append(pairs, "admin", admin)
	}
	if core != "absent" {
		pairs = append(pairs, "teams", strings.NewReplacer("core", m.core.ID, "ops", m.ops.ID).Replace(core))
	}
	_, err := m.trySignIn(name, pairs...)
	if p.record == "inactive" {
		m.expect(t, err, org.Forbidden)
		return
	}
	m.expect(t, err, "")
	p.signIn(admin == "true", m.lastAdmin(p), core)
}

func (p *modelPerson) signIn(admin, last bool, teams string) {
	if p.role == "" {
		p.role, p.seats, p.teams = org.Member, p.seats+1, map[string]string{"everyone": "member"}
	}
	p.account = true
	p.live++
	switch {
	case admin:
		p.role = org.Admin
	case !last:
		p.role = org.Member
	}
	if teams == "absent" {
		return
	}
	_, everyone := p.teams["everyone"]
	p.teams = map[string]string{}
	if everyone {
		p.teams["everyone"] = "member"
	}
	switch teams {
	case "core":
		p.teams["core"] = "member"
	case "core/maintainer":
		p.teams["core"] = "maintainer"
	case "core, ops/member":
		p.teams["core"], p.teams["ops"] = "member", "member"
	}
}

func (m *model) removeOne(t *rapid.T) {
	name, p := m.someone(t)
	err := m.svc.RemoveMember(m.ctx, "", m.org.ID, m.accountID(name))
	switch {
	case p.role == "":
		m.expect(t, err, org.NotFound)
	case m.lastAdmin(p):
		m.expect(t, err, org.Immutable)
	default:
		m.expect(t, err, "")
		p.leave()
	}
}

func (m *model) changeRoleOne(t *rapid.T) {
	name, p := m.someone(t)
	role := rapid.SampledFrom([]org.Role{org.Admin, org.Member}).Draw(t, "role")
	err := m.svc.ChangeRole(m.ctx, "", m.org.ID, m.accountID(name), role)
	switch {
	case p.role == "":
		m.expect(t, err, org.NotFound)
	case role == org.Member && m.lastAdmin(p):
		m.expect(t, err, org.Immutable)
	default:
		m.expect(t, err, "")
		p.role = role
	}
}

func (m *model) moveOne(t *rapid.T) {
	name, p := m.someone(t)
	into := rapid.Bool().Draw(t, "into")
	var err error
	if into {
		err = m.svc.JoinTeam(m.ctx, "", m.org.ID, m.ops.ID, m.accountID(name), "")
	} else {
		err = m.svc.LeaveTeam(m.ctx, "", m.org.ID, m.all.ID, m.accountID(name))
	}
	if p.role == "" {
		m.expect(t, err, org.NotFound)
		return
	}
	m.expect(t, err, "")
	if into {
		p.teams["ops"] = "maintainer"
	} else {
		delete(p.teams, "everyone")
	}
}

func (m *model) issueOne(t *rapid.T) {
	name, p := m.someone(t)
	_, _, err := m.svc.IssueToken(m.ctx, "", m.org.ID, m.accountID(name), "ci")
	if p.role == "" {
		m.expect(t, err, org.NotFound)
		return
	}
	m.expect(t, err, "")
	p.tokens++
}

// check holds everybody against the model.
func (m *model) check(t *rapid.T) {
	for _, name := range modelNames {
		p, picture := m.people[name], m.look(name)
		if got := shapeOf(picture); got != p.String() {
			t.Fatalf("%s has %q, want %q", name, got, p)
		}
		if got := teamsIn(picture); got != p.places() {
			t.Fatalf("%s is in %q, want %q", name, got, p.places())
		}
		if got := len(picture.Seats); got != p.seats {
			t.Fatalf("%s had %d seats, want %d", name, got, p.seats)
		}
	}
	m.sound()
}

func TestRandomStoriesFollowTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &model{world: newWorld(t), people: map[string]*modelPerson{}}
		for _, name := range modelNames {
			m.people[name] = &modelPerson{}
		}
		m.people["leia@rebels.test"] = &modelPerson{
			account: true, role: org.Admin, teams: map[string]string{"everyone": "member"}, seats: 1, live: 1,
		}
		t.Repeat(map[string]func(*rapid.T){
			"assign":      m.assignOne,
			"flip":        m.flipOne,
			"delete":      m.deleteOne,
			"sign in":     m.signInOne,
			"sign in too": m.signInOne,
			"remove":      m.removeOne,
			"change role": m.changeRoleOne,
			"move":        m.moveOne,
			"token":       m.issueOne,
			"":            m.check,
		})
		m.told()
	})
}

// Whatever the rules are and whatever happens, nothing is left half done.
func TestRandomRulesKeepTheLayersWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := org.Standard()
		pick := func(field *string, values ...string) { *field = rapid.SampledFrom(values).Draw(t, fmt.Sprint(values)) }
		pick(&rules.SCIMCreate, "tracking", "invitation", "account")
		pick(&rules.BillingStarts, "first_login", "membership")
		pick(&rules.Deactivate, "remove_membership", "suspend")
		pick(&rules.RoleSource, "saml", "scim_over_saml")
		pick(&rules.SCIMProfileUpdate, "record_only", "account", "frozen_when_inactive")
		pick(&rules.RolesAfterReturn, "from_assertion", "previous", "default")
		rules.SeesPreexisting = rapid.Bool().Draw(t, "members are shown")
		pick(&rules.CreateOnInactive, "conflict", "reactivate")
		pick(&rules.LinkKey, "name_id_or_email", "email")
		pick(&rules.JIT, "on", "record_required")
		if rules.Deactivate != "suspend" {
			pick(&rules.LoginWhenRecordInactive, "reject", "rejit")
			pick(&rules.RecordAfterDeactivate, "inactive", "gone")
		}
		pick(&rules.LoginAfterManualRemoval, "rejit", "reject")
		pick(&rules.Reactivate, "record_only", "restore", "unsupported")
		pick(&rules.DeactivateLastAdmin, "refuse", "apply")
		pick(&rules.DemoteLastAdmin, "skip", "apply", "reject_login")
		pick(&rules.TeamsMode, "replace", "replace_managed", "add_only", "ignore")
		pick(&rules.RevokeSessions, "immediate", "never")
		pick(&rules.RevokeTokens, "immediate", "never")
		pick(&rules.SeatReleased, "on_removal", "never")
		rules.TokensResurrect = rapid.Bool().Draw(t, "tokens resurrect")
		w := newWorld(t, rule(func(r *org.Rules) { *r = rules }))
		who := func(t *rapid.T) string { return rapid.SampledFrom(modelNames).Draw(t, "who") }
		bearable := func(err error) {
			if err != nil && org.KindOf(err) == "" {
				t.Fatalf("not a refusal: %v", err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"assign": func(t *rapid.T) {
				_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: who(t), Active: rapid.Bool().Draw(t, "active")})
				bearable(err)
			},
			"flip": func(t *rapid.T) {
				for _, r := range w.look(who(t)).Records {
					bearable(w.setActive(r.ID, rapid.Bool().Draw(t, "active")))
				}
			},
			"rename": func(t *rapid.T) {
				for _, r := range w.look(who(t)).Records {
					bearable(w.rename(r.ID, who(t)))
				}
			},
			"sign in": func(t *rapid.T) {
				_, err := w.trySignIn(who(t), "email", who(t), "teams", w.core.ID, "admin", rapid.SampledFrom([]string{"true", "false"}).Draw(t, "admin"))
				bearable(err)
			},
			"sign in plainly": func(t *rapid.T) {
				_, err := w.trySignIn(who(t))
				bearable(err)
			},
			"push": func(t *rapid.T) {
				for _, r := range w.look(who(t)).Records {
					bearable(w.pushOrChange(rapid.SampledFrom(modelCrews).Draw(t, "crew"), r.ID, rapid.Bool().Draw(t, "in")))
				}
			},
			"remove": func(t *rapid.T) {
				for _, a := range w.look(who(t)).Accounts {
					bearable(w.svc.RemoveMember(w.ctx, "", w.org.ID, a.ID))
				}
			},
			"": func(*rapid.T) { w.sound() },
		})
	})
}

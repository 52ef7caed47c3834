package org_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/org"
)

// groupModel is who is in which group, in its plainest form.
type groupModel struct {
	*world
	active map[string]bool            // of those who have a record
	member map[string]bool            // of the organization
	crews  map[string]map[string]bool // members by the name of the group
}

var (
	modelPeople = []string{han, lando, "rey@rebels.test"}
	modelCrews  = []string{"Pilots", "Cooks"}
)

func (m *groupModel) person(t *rapid.T) string { return rapid.SampledFrom(modelPeople).Draw(t, "who") }

func (m *groupModel) crew(t *rapid.T) string { return rapid.SampledFrom(modelCrews).Draw(t, "crew") }

// provision makes a record, flips the one that is there, or deletes it.
func (m *groupModel) provision(t *rapid.T) {
	who := m.person(t)
	active, there := m.active[who]
	switch {
	case !there:
		m.assign(who)
		m.active[who] = true
	case rapid.Bool().Draw(t, "delete"):
		m.ok(m.svc.DeleteRecord(m.ctx, m.caller, m.memberID(who)))
		delete(m.active, who)
		for _, in := range m.crews {
			delete(in, who)
		}
		if active {
			m.member[who] = false
		}
	default:
		m.ok(m.setActive(m.memberID(who), !active))
		m.active[who] = !active
		if active {
			m.member[who] = false
		}
	}
}

func (m *groupModel) comeIn(t *rapid.T) {
	who := m.person(t)
	pairs := rapid.SampledFrom([][]string{nil, {"teams", ""}, {"teams", m.core.ID}}).Draw(t, "attributes")
	_, err := m.trySignIn(who, pairs...)
	if active, there := m.active[who]; there && !active {
		m.refused(err, org.Forbidden)
		return
	}
	m.ok(err)
	m.member[who] = true
}

// push makes a group, changes who is in it, or deletes it.
func (m *groupModel) push(t *rapid.T) {
	name := m.crew(t)
	who := rapid.SliceOfNDistinct(rapid.SampledFrom(modelPeople), 0, 3, rapid.ID).Draw(t, "members")
	who = slices.DeleteFunc(who, func(p string) bool { _, there := m.active[p]; return !there })
	in, there := m.crews[name]
	if !there {
		in = map[string]bool{}
		m.world.push(name, who...)
		m.crews[name] = in
		for _, p := range who {
			in[p] = true
		}
		return
	}
	how := rapid.SampledFrom([]string{"add", "remove", "replace", "delete"}).Draw(t, "how")
	id := m.groupID(name)
	switch how {
	case "delete":
		m.ok(m.svc.DeleteGroup(m.ctx, m.caller, id))
		delete(m.crews, name)
		return
	case "replace":
		clear(in)
	}
	for _, p := range who {
		if in[p] = how != "remove"; !in[p] {
			delete(in, p)
		}
	}
	_, err := m.change(id, func(e *org.GroupEdit) {
		var ids []string
		for _, p := range who {
			ids = append(ids, m.memberID(p))
		}
		switch how {
		case "add":
			e.Add(ids...)
		case "remove":
			e.Remove(ids...)
		default:
			e.Replace(ids...)
		}
	})
	m.ok(err)
}

func (m *groupModel) groupID(name string) string {
	groups := m.groups()
	return groups[slices.IndexFunc(groups, func(g org.Group) bool { return g.DisplayName == name })].ID
}

// check holds groups and places to the model.
func (m *groupModel) check(*rapid.T) {
	for _, g := range m.groups() {
		var want []string
		for p := range m.crews[g.DisplayName] {
			want = append(want, p)
		}
		slices.Sort(want)
		if got := memberNames(g.Members); !slices.Equal(got, want) {
			m.Fatalf("%s holds %q, want %q", g.DisplayName, got, want)
		}
	}
	for _, who := range modelPeople {
		var want, got []string
		for _, name := range modelCrews {
			if m.member[who] && m.active[who] && m.crews[name][who] {
				want = append(want, strings.ToLower(name))
			}
		}
		for _, membership := range m.look(who).Memberships {
			for _, place := range membership.Teams {
				if place.Source == org.ByGroup {
					got = append(got, place.Team.Slug)
				}
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			m.Fatalf("groups put %s into %q, want %q", who, got, want)
		}
		if len(m.look(who).Memberships) > 0 != m.member[who] {
			m.Fatalf("%s is a member: want %t", who, m.member[who])
		}
	}
	m.sound()
	m.told()
}

// Whatever happens in whatever order, who is in a group is whom SCIM put there, who has
// a place by it is who is in it, active and a member, and the log tells all of it.
func TestGroupsAgainstAPlainModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := &groupModel{world: newWorld(r), active: map[string]bool{}, member: map[string]bool{}, crews: map[string]map[string]bool{}}
		r.Repeat(map[string]func(*rapid.T){"provision": m.provision, "sign in": m.comeIn, "push": m.push, "": m.check})
	})
}

package org_test

import (
	"fmt"
	"slices"

	"rollcall.example/reference/org"
)

// memberID is the id of the person's record, or of the group, of that name; a made-up
// one for a name that nobody has.
func (w *world) memberID(name string) string {
	w.Helper()
	if p := w.look(name); len(p.Records) > 0 {
		return p.Records[0].ID
	}
	for _, g := range w.groups() {
		if g.DisplayName == name {
			return g.ID
		}
	}
	return "3f0c1f7e-0000-4000-8000-000000000000"
}

func (w *world) members(names ...string) []org.GroupMember {
	w.Helper()
	var members []org.GroupMember
	for _, name := range names {
		members = append(members, org.GroupMember{ID: w.memberID(name)})
	}
	return members
}

// push makes a group of these people and groups.
func (w *world) push(name string, members ...string) org.Group {
	w.Helper()
	g, err := w.svc.CreateGroup(w.ctx, w.caller, org.Group{DisplayName: name, Members: w.members(members...)})
	w.ok(err)
	return g
}

func (w *world) change(id string, change func(*org.GroupEdit)) (org.Group, error) {
	return w.svc.ChangeGroup(w.ctx, w.caller, id, func(e *org.GroupEdit) error { change(e); return nil })
}

func (w *world) join(g org.Group, names ...string) {
	w.Helper()
	_, err := w.change(g.ID, func(e *org.GroupEdit) {
		for _, name := range names {
			e.Add(w.memberID(name))
		}
	})
	w.ok(err)
}

func (w *world) leave(g org.Group, names ...string) {
	w.Helper()
	_, err := w.change(g.ID, func(e *org.GroupEdit) {
		for _, name := range names {
			e.Remove(w.memberID(name))
		}
	})
	w.ok(err)
}

// pushOrChange makes the group, or puts the member into the one that there is, or takes
// them out.
func (w *world) pushOrChange(name, member string, in bool) error {
	for _, g := range w.groups() {
		if g.DisplayName != name {
			continue
		}
		_, err := w.change(g.ID, func(e *org.GroupEdit) {
			if in {
				e.Add(member)
			} else {
				e.Remove(member)
			}
		})
		return err
	}
	_, err := w.svc.CreateGroup(w.ctx, w.caller, org.Group{DisplayName: name, Members: []org.GroupMember{{ID: member}}})
	return err
}

// groups lists the groups of the organization with who is in them.
func (w *world) groups() []org.Group {
	w.Helper()
	rows, err := w.svc.Groups(w.ctx, w.org.ID)
	w.ok(err)
	groups := make([]org.Group, len(rows))
	w.ok(w.store.View(w.ctx, func(tx org.Tx) (err error) {
		for i, row := range rows {
			groups[i] = row.Group
			if groups[i].Members, err = tx.GroupMembers(w.ctx, row.ID); err != nil {
				return err
			}
			if len(groups[i].Members) != row.Size {
				w.Fatalf("%s is said to hold %d and holds %d", row.DisplayName, row.Size, len(groups[i].Members))
			}
		}
		return nil
	}))
	return groups
}

// memberNames are those of the members, sorted.
func memberNames(members []org.GroupMember) []string {
	all := make([]string, len(members))
	for i, m := range members {
		all[i] = m.Display
	}
	slices.Sort(all)
	return all
}

// groupState spells the groups and teams, without ids and times.
func (w *world) groupState() []string {
	w.Helper()
	var parts []string
	teams, err := w.svc.Teams(w.ctx, w.org.ID)
	w.ok(err)
	slugs := map[string]string{}
	for _, t := range teams {
		slugs[t.ID] = t.Slug
		parts = append(parts, fmt.Sprintf("team %s %q", t.Slug, t.Name))
	}
	for _, g := range w.groups() {
		parts = append(parts, fmt.Sprintf("group %s %s v%d team=%s made=%t id=%t %v",
			g.DisplayName, g.ExternalID, g.Version, slugs[g.Team], g.TeamMade, g.ID != "", memberNames(g.Members)))
	}
	return parts
}

// offer switches groups on or off at the provider.
func (w *world) offer(groups bool) error {
	return w.store.Do(w.ctx, func(tx org.Tx) error {
		p, err := tx.Provider(w.ctx, w.okta.ID)
		if err != nil {
			return err
		}
		p.Groups = groups
		return tx.SaveProvider(w.ctx, p)
	})
}

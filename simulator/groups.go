package simulator

import (
	"context"
	"slices"
)

// Group is a group of people.
type Group struct {
	// ID is the Okta group id: 00g and 17 more characters.
	ID string

	tenant  *Tenant
	name    string
	members []*Person
}

// NewGroup adds an empty group.
func (t *Tenant) NewGroup(name string) *Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	group := &Group{ID: t.newID(groupID), name: name, tenant: t}
	t.groups = append(t.groups, group)
	return group
}

// Group returns the group with that id, or nil.
func (t *Tenant) Group(id string) *Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, group := range t.groups {
		if group.ID == id {
			return group
		}
	}
	return nil
}

// Name returns the group's name.
func (g *Group) Name() string {
	g.tenant.mu.Lock()
	defer g.tenant.mu.Unlock()
	return g.name
}

// RenameGroup gives the group another name and pushes it to each app that the group is
// pushed to.
func (t *Tenant) RenameGroup(ctx context.Context, group *Group, name string) (Outcome, error) {
	return t.run(ctx, nil, func(*run) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		group.name = name
		return nil
	})
}

// Members returns who is in the group, in the order of joining.
func (g *Group) Members() []*Person {
	g.tenant.mu.Lock()
	defer g.tenant.mu.Unlock()
	return slices.Clone(g.members)
}

// AddToGroup puts people into the group, one after the other, and with that into
// the apps assigned to it. Where the group is pushed, all of them are pushed at once.
func (t *Tenant) AddToGroup(ctx context.Context, group *Group, people ...*Person) (Outcome, error) {
	return t.eachMember(ctx, people, func(person *Person) {
		if !slices.Contains(group.members, person) {
			group.members = append(group.members, person)
		}
	})
}

// RemoveFromGroup takes people out of the group, and with that out of the apps
// that they had through it alone.
func (t *Tenant) RemoveFromGroup(ctx context.Context, group *Group, people ...*Person) (Outcome, error) {
	return t.eachMember(ctx, people, func(person *Person) {
		group.members = slices.DeleteFunc(group.members, func(member *Person) bool { return member == person })
	})
}

// eachMember changes the membership of each person and lets all apps follow, and after
// that the groups that they get pushed.
func (t *Tenant) eachMember(ctx context.Context, people []*Person, change func(*Person)) (Outcome, error) {
	var total Outcome
	for _, person := range people {
		t.mu.Lock()
		change(person)
		t.mu.Unlock()
		outcome, err := t.alone(ctx, person, func(r *run) error { return t.allFollow(r, person) })
		total.add(outcome)
		if err != nil {
			return total, err
		}
	}
	outcome, err := t.run(ctx, nil, func(*run) error { return nil })
	total.add(outcome)
	return total, err
}

// allFollow lets every app follow what has become of a person.
func (t *Tenant) allFollow(r *run, person *Person) error {
	for _, app := range t.Apps() {
		if err := app.follow(r, person); err != nil {
			return err
		}
	}
	return nil
}

// groupsOf returns the groups with the person in them. The lock is held.
func (t *Tenant) groupsOf(person *Person) []*Group {
	var found []*Group
	for _, group := range t.groups {
		if slices.Contains(group.members, person) {
			found = append(found, group)
		}
	}
	return found
}

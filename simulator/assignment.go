package simulator

import (
	"context"
	"maps"
	"slices"
)

// AppProfile are a person's values in an app, the appuser of expressions: admin,
// teams, or whatever the statements use. An empty value is the same as none.
type AppProfile map[string]string

// Scope says what an assignment rests on.
type Scope string

// An individual assignment goes before one by group.
const (
	ScopeUser  Scope = "USER"
	ScopeGroup Scope = "GROUP"
)

// Assignment is a person's place in an app, as Okta shows it.
type Assignment struct {
	// ID is the app user: 0ua and 17 more characters.
	ID string
	// Status is ACTIVE for single sign-on alone, STAGED while provisioning has not
	// come to an end, PROVISIONED once there is an external id.
	Status string
	Scope  Scope
	// ExternalID is the product's id of the person; empty where none is known.
	ExternalID string
	// SyncState is DISABLED where nothing was pushed, SYNCHRONIZED or ERROR.
	SyncState string
	// UserName is the application user name.
	UserName string
	// Profile are the values in force, those of groups included.
	Profile AppProfile
}

type assignment struct {
	id         string
	individual bool
	profile    AppProfile
	externalID string
	status     string
	syncState  string
	// staged tells that provisioning waits for the person's activation.
	staged bool
}

// Assignment returns the person's place in the app, and false if there is none.
func (a *App) Assignment(person *Person) (Assignment, bool) {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	found := a.assignments[person]
	if found == nil {
		return Assignment{}, false
	}
	shown := Assignment{
		ID: found.id, Status: found.status, Scope: ScopeGroup, ExternalID: found.externalID, SyncState: found.syncState,
		UserName: a.settings.userName(person.profile), Profile: a.profileOf(person),
	}
	if found.individual {
		shown.Scope = ScopeUser
	}
	return shown, true
}

// Assigned returns the groups that the app is assigned to.
func (a *App) Assigned() []*Group {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	groups := make([]*Group, len(a.groups))
	for n, assigned := range a.groups {
		groups[n] = assigned.group
	}
	return groups
}

// Assign assigns the app to the person individually, with values of the app
// profile if any are given.
func (a *App) Assign(ctx context.Context, person *Person, profile ...AppProfile) (Outcome, error) {
	return a.tenant.run(ctx, person, func(r *run) error {
		return a.begin(r, person, true, merged(profile...))
	})
}

// Unassign ends the person's individual assignment. Who has the app through a
// group as well keeps it.
func (a *App) Unassign(ctx context.Context, person *Person) (Outcome, error) {
	return a.tenant.run(ctx, person, func(r *run) error {
		a.tenant.mu.Lock()
		found := a.assignments[person]
		if found != nil {
			found.individual, found.profile = false, nil
		}
		through := len(a.groupsWith(person)) > 0
		a.tenant.mu.Unlock()
		switch {
		case found == nil:
			r.note("%s is not assigned: nothing is sent", person.Name())
			return nil
		case through:
			r.note("%s keeps the app through a group: nothing is sent", person.Name())
			return nil
		}
		return a.end(r, person)
	})
}

// AssignGroup assigns the app to the group and with it to each member in turn,
// who get the values of the app profile given here.
func (a *App) AssignGroup(ctx context.Context, group *Group, profile ...AppProfile) (Outcome, error) {
	return a.tenant.eachMember(ctx, a.changeGroups(group, &groupAssignment{group, merged(profile...)}), func(*Person) {})
}

// UnassignGroup ends the group's assignment and with it that of each member who
// has the app through it alone.
func (a *App) UnassignGroup(ctx context.Context, group *Group) (Outcome, error) {
	return a.tenant.eachMember(ctx, a.changeGroups(group, nil), func(*Person) {})
}

// changeGroups replaces or, with nil, removes a group's assignment and returns
// the members whom that concerns.
func (a *App) changeGroups(group *Group, replacement *groupAssignment) []*Person {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	at := slices.IndexFunc(a.groups, func(assigned groupAssignment) bool { return assigned.group == group })
	switch {
	case replacement == nil && at >= 0:
		a.groups = slices.Delete(a.groups, at, at+1)
	case replacement != nil && at >= 0:
		a.groups[at] = *replacement
	case replacement != nil:
		a.groups = append(a.groups, *replacement)
	}
	return slices.Clone(group.members)
}

// SetAppProfile changes values of the person's own app profile; an empty one
// takes the value away. It pushes the profile where Update User Attributes is on.
func (a *App) SetAppProfile(ctx context.Context, person *Person, profile AppProfile) (Outcome, error) {
	return a.tenant.run(ctx, person, func(r *run) error {
		a.tenant.mu.Lock()
		found := a.assignments[person]
		if found != nil {
			found.profile = merged(found.profile, profile)
		}
		a.tenant.mu.Unlock()
		if found == nil {
			return notAssigned(person)
		}
		return a.pushProfile(r, person)
	})
}

func notAssigned(person *Person) error {
	return &Refusal{Code: "E0000007", Summary: "Not found: Resource not found: " + person.ID + " (AppUser)"}
}

// groupsWith returns the group assignments that cover the person. The lock is held.
func (a *App) groupsWith(person *Person) []groupAssignment {
	var found []groupAssignment
	for _, assigned := range a.groups {
		if slices.Contains(assigned.group.members, person) {
			found = append(found, assigned)
		}
	}
	return found
}

// profileOf returns the values in force: the person's own, then those of the
// groups in the order of their assignment. The lock is held.
func (a *App) profileOf(person *Person) AppProfile {
	var layers []AppProfile
	for _, assigned := range a.groupsWith(person) {
		layers = append([]AppProfile{assigned.profile}, layers...)
	}
	if found := a.assignments[person]; found != nil {
		layers = append(layers, found.profile)
	}
	return merged(layers...)
}

// merged lays profiles over each other, the last on top, and drops empty values.
func merged(layers ...AppProfile) AppProfile {
	whole := AppProfile{}
	for _, layer := range layers {
		maps.Copy(whole, layer)
	}
	maps.DeleteFunc(whole, func(_, value string) bool { return value == "" })
	return whole
}

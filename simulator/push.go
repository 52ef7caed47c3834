package simulator

import (
	"context"
	"slices"
	"time"

	"rollcall.example/simulator/provision"
)

// PushStatus is the state of a pushed group.
type PushStatus string

// A group is pushed while it is ACTIVE. INACTIVE is what an administrator made so; in
// ERROR the product refused, and nothing more is sent before a retry or PushNow.
const (
	PushActive   PushStatus = "ACTIVE"
	PushInactive PushStatus = "INACTIVE"
	PushError    PushStatus = "ERROR"
)

// Mapping is a group that is pushed to an app, as Okta shows it.
type Mapping struct {
	// ID is the mapping: gPm and 17 more characters.
	ID    string
	Group *Group
	// Target is the group's name in the product, as last pushed.
	Target string
	// ExternalID is the product's id of the group; empty where none is known.
	ExternalID string
	Status     PushStatus
	// Error is what Okta says of the last refusal.
	Error string
	// LastPush is the tenant's time of the last push that succeeded.
	LastPush time.Time
	// Members are the product's ids of those who were pushed last.
	Members []string
	// Rule is the rule that the group is pushed by; empty where by name.
	Rule string
}

// ImportedGroup is a group of the product's that an import found.
type ImportedGroup struct {
	ExternalID string
	Name       string
	// Members are the product's ids of its members.
	Members []string
}

// push is a mapping. The tenant's lock guards it.
type push struct {
	id         string
	group      *Group
	target     string
	externalID string
	status     PushStatus
	problem    string
	lastPush   time.Time
	members    []provision.GroupMember
	rule       string
	// named tells that the product calls the group as Okta does; a link without
	// renaming leaves it its own name.
	named bool
	// gone tells that the mapping has been unlinked.
	gone bool
}

func (p *push) shown() Mapping {
	shown := Mapping{
		ID: p.id, Group: p.group, Target: p.target, ExternalID: p.externalID, Status: p.status, Error: p.problem,
		LastPush: p.lastPush, Rule: p.rule,
	}
	for _, member := range p.members {
		shown.Members = append(shown.Members, member.Value)
	}
	return shown
}

// Mappings returns the groups that are pushed to the app, in the order of their making.
func (a *App) Mappings() []Mapping {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	shown := make([]Mapping, len(a.pushes))
	for n, p := range a.pushes {
		shown[n] = p.shown()
	}
	return shown
}

// Mapping returns how the group is pushed to the app, and false if it is not.
func (a *App) Mapping(group *Group) (Mapping, bool) {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	if p := a.pushOf(group); p != nil {
		return p.shown(), true
	}
	return Mapping{}, false
}

// pushOf finds the mapping of a group. The lock is held.
func (a *App) pushOf(group *Group) *push {
	at := slices.IndexFunc(a.pushes, func(p *push) bool { return p.group == group })
	if at < 0 {
		return nil
	}
	return a.pushes[at]
}

// Push pushes the group to the app by name: it is created there, or taken over if the
// product has one of that name, with those of its members who are assigned to the app
// and provisioned in it. From then on its name and members are kept in step.
func (a *App) Push(ctx context.Context, group *Group) (Outcome, error) {
	return a.startPush(ctx, group, push{group: group, named: true}, a.pushAll)
}

// LinkGroup pushes the group to one that the product has. Who is in that one stays in it.
// With rename it gets the name that the group has at Okta.
func (a *App) LinkGroup(ctx context.Context, group *Group, to ImportedGroup, rename bool) (Outcome, error) {
	linked := push{group: group, target: to.Name, externalID: to.ExternalID, named: rename}
	return a.startPush(ctx, group, linked, func(r *run, p *push) error {
		return a.perform(r, a.groupJob(p, func(ctx context.Context, jobs *provision.Jobs, is pushed, wanted provision.Group) (provision.Result, error) {
			return jobs.LinkGroup(ctx, is.externalID, wanted, rename)
		}))
	})
}

// startPush adds the mapping and sends what begins it.
func (a *App) startPush(ctx context.Context, group *Group, first push, begin func(*run, *push) error) (Outcome, error) {
	return a.tenant.run(ctx, nil, func(r *run) error {
		settings := a.Settings()
		if !settings.Integration || !settings.PushGroups {
			return &Refusal{Code: "E0000001", Summary: "Group Push is not enabled for the app " + settings.Label}
		}
		a.tenant.mu.Lock()
		if a.pushOf(group) != nil {
			a.tenant.mu.Unlock()
			return &Refusal{Code: "E0000001", Summary: "The group " + group.Name() + " is pushed to the app " + settings.Label + " already"}
		}
		p := &first
		p.id, p.status = a.tenant.newID(pushID), PushActive
		a.pushes = append(a.pushes, p)
		assigned := slices.ContainsFunc(a.groups, func(g groupAssignment) bool { return g.group == group })
		a.tenant.mu.Unlock()
		if assigned {
			r.note("%s is assigned to %s as well as pushed to it, which Okta does not support: the two race", group.Name(), settings.Label)
		}
		return begin(r, p)
	})
}

// PushNow overwrites the group's name and members in the product with Okta's. It also
// takes a mapping out of ERROR.
func (a *App) PushNow(ctx context.Context, group *Group) (Outcome, error) {
	return a.withPush(ctx, group, func(r *run, p *push) error { return a.pushAll(r, p) })
}

// DeactivatePush stops pushing the group. It sends nothing: what is in the product stays.
func (a *App) DeactivatePush(ctx context.Context, group *Group) (Outcome, error) {
	return a.withPush(ctx, group, func(_ *run, p *push) error {
		a.tenant.mu.Lock()
		defer a.tenant.mu.Unlock()
		p.status = PushInactive
		return nil
	})
}

// ActivatePush pushes the group again, all of it at once.
func (a *App) ActivatePush(ctx context.Context, group *Group) (Outcome, error) {
	return a.withPush(ctx, group, a.activate)
}

func (a *App) activate(r *run, p *push) error {
	a.tenant.mu.Lock()
	p.status = PushActive
	a.tenant.mu.Unlock()
	return a.pushAll(r, p)
}

// Unlink ends the push of a group that is pushed by name. The product's group is deleted or, without
// remove, left as it is, in which case nothing is sent.
func (a *App) Unlink(ctx context.Context, group *Group, remove bool) (Outcome, error) {
	return a.withPush(ctx, group, func(r *run, p *push) error {
		if p.rule != "" {
			return &Refusal{Code: "E0000001", Summary: "The group " + group.Name() + " is pushed by the rule " + p.rule + ": delete the rule"}
		}
		return a.unlink(r, p, remove)
	})
}

func (a *App) unlink(r *run, p *push, remove bool) error {
	a.tenant.mu.Lock()
	if !remove || p.externalID == "" {
		a.drop(p)
		a.tenant.mu.Unlock()
		r.note("%s is unlinked, and nothing is sent", p.group.Name())
		return nil
	}
	a.tenant.mu.Unlock()
	return a.perform(r, job{
		kind: provision.KindGroupDelete, group: p.group,
		do: func(ctx context.Context, jobs *provision.Jobs, _ AppSettings) (provision.Result, error) {
			a.tenant.mu.Lock()
			id, name := p.externalID, p.group.name
			a.tenant.mu.Unlock()
			return jobs.DeleteGroup(ctx, id, name)
		},
		done: func(result provision.Result) {
			if result.Problem == nil {
				a.drop(p)
				return
			}
			p.status, p.problem = PushError, result.Problem.Text(p.group.name, a.settings.Label)
		},
	})
}

// drop forgets the mapping. The lock is held.
func (a *App) drop(p *push) {
	p.gone = true
	a.pushes = slices.DeleteFunc(a.pushes, func(other *push) bool { return other == p })
}

// withPush runs a verb about the mapping of a group, which has to have one.
func (a *App) withPush(ctx context.Context, group *Group, verb func(*run, *push) error) (Outcome, error) {
	return a.tenant.run(ctx, nil, func(r *run) error {
		a.tenant.mu.Lock()
		p := a.pushOf(group)
		a.tenant.mu.Unlock()
		if p == nil {
			return &Refusal{Code: "E0000007", Summary: "Not found: Resource not found: " + group.ID + " (GroupPushMapping)"}
		}
		return verb(r, p)
	})
}

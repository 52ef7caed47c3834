package org

import (
	"context"
	"reflect"
	"slices"
	"time"
)

// Grouping is a group being made, changed or taken away.
type Grouping struct {
	Caller  Caller
	Before  *Group // nil for one that is made
	After   Group  // what it shall be, or, taken away, what it was; without Members
	Come    []Nominee
	Leave   []Nominee
	Unknown []string // ids that shall come and are nobody's
	Now     time.Time
	Events  []Event // what the audit log will say

	roster roster
}

// groupSteps make, change and take away groups. They touch records, accounts,
// memberships and seats as little as a record does: a place in a team is for whoever
// has a membership already.
type groupSteps struct{}

func (groupSteps) offered(_ context.Context, _ Tx, e *Grouping) error {
	if !e.Caller.Provider.Groups {
		return refuse(NotFound, "this SSO provider offers no groups")
	}
	return nil
}

func (groupSteps) validate(_ context.Context, _ Tx, e *Grouping) error {
	if isBlank(e.After.DisplayName) {
		return refuse(Invalid, "displayName is required and must not be blank")
	}
	return nil
}

func (groupSteps) conflict(ctx context.Context, tx Tx, e *Grouping) error {
	if e.Before != nil && Key(e.Before.DisplayName) == Key(e.After.DisplayName) {
		return nil
	}
	found, _, err := tx.FindGroups(ctx, e.Caller.Provider.ID, GroupMatch{DisplayName: &e.After.DisplayName}, 0, 1)
	if err != nil || len(found) == 0 {
		return err
	}
	return refuse(Conflict, "a group with this displayName exists already")
}

// begin gives a new group what is the product's to decide.
func (groupSteps) begin(_ context.Context, _ Tx, e *Grouping) error {
	g := &e.After
	g.ID, g.Organization, g.Provider = newID(), e.Caller.Organization.ID, e.Caller.Provider.ID
	g.Team, g.TeamMade, g.Role = "", false, TeamMember
	g.Version, g.Created, g.Modified = 1, e.Now, e.Now
	return nil
}

// members finds out who comes and who leaves.
func (groupSteps) members(ctx context.Context, tx Tx, e *Grouping) error {
	come, leave, err := e.roster.changes(ctx, tx, e.After.ID)
	if err != nil {
		return err
	}
	if e.Come, err = tx.Nominees(ctx, e.Caller.Provider.ID, come); err != nil {
		return err
	}
	if e.Leave, err = tx.Nominees(ctx, e.Caller.Provider.ID, leave); err != nil {
		return err
	}
	if len(e.Come) == len(come) {
		return nil
	}
	known := make(map[string]bool, len(e.Come))
	for _, n := range e.Come {
		known[n.ID] = true
	}
	e.Unknown = slices.DeleteFunc(come, func(id string) bool { return known[id] })
	return nil
}

// known refuses a member that is not there. RFC 7644 leaves the answer open; to leave
// somebody out in silence would make the group another one than was asked for.
func (groupSteps) known(_ context.Context, _ Tx, e *Grouping) error {
	if len(e.Unknown) == 0 {
		return nil
	}
	return refuse(Invalid, "members: there is no user or group with the id %q", shortened(e.Unknown[0]))
}

// cycles refuses a group that would be in itself, be it through others.
func (groupSteps) cycles(ctx context.Context, tx Tx, e *Grouping) error {
	if !slices.ContainsFunc(e.Come, func(n Nominee) bool { return n.Group }) {
		return nil
	}
	above, err := holders(ctx, tx, e.After.ID)
	if err != nil {
		return err
	}
	for _, n := range e.Come {
		if above[n.ID] {
			return refuse(Invalid, "members: the group %q would be in itself", shortened(n.Name))
		}
	}
	return nil
}

// holders are the group itself and all groups that hold it, directly or through others.
func holders(ctx context.Context, tx Tx, group string) (map[string]bool, error) {
	found, next := map[string]bool{group: true}, []string{group}
	for len(next) > 0 {
		held, err := tx.GroupsWith(ctx, next)
		if err != nil {
			return nil, err
		}
		next = nil
		for _, groups := range held {
			for _, g := range groups {
				if !found[g.ID] {
					found[g.ID], next = true, append(next, g.ID)
				}
			}
		}
	}
	return found, nil
}

func (groupSteps) create(ctx context.Context, tx Tx, e *Grouping) error {
	event := e.event(GroupCreated)
	event.After = spell(groupFields(e.After))
	e.Events = append(e.Events, event)
	return tx.AddGroup(ctx, e.After)
}

func (groupSteps) update(ctx context.Context, tx Tx, e *Grouping) error {
	before, after := difference(groupFields(*e.Before), groupFields(e.After))
	others := !reflect.DeepEqual(e.Before.Attributes, e.After.Attributes)
	if after == "" && !others && len(e.Come) == 0 && len(e.Leave) == 0 {
		return nil
	}
	e.After.Version, e.After.Modified = e.Before.Version+1, e.Now
	if after != "" {
		event := e.event(GroupUpdated)
		event.Before, event.After = before, after
		e.Events = append(e.Events, event)
	}
	return tx.SaveGroup(ctx, e.After)
}

// enlist writes down who is in the group.
func (groupSteps) enlist(ctx context.Context, tx Tx, e *Grouping) error {
	for _, n := range e.Leave {
		if err := tx.DropMember(ctx, e.After.ID, n.ID); err != nil {
			return err
		}
		e.sayMember(GroupMemberDeleted, n)
	}
	for _, n := range e.Come {
		if err := tx.PutMember(ctx, e.After.ID, n.GroupMember); err != nil {
			return err
		}
		e.sayMember(GroupMemberCreated, n)
	}
	return nil
}

func (groupSteps) drop(ctx context.Context, tx Tx, e *Grouping) error {
	event := e.event(GroupDeleted)
	event.Before = spell(groupFields(*e.Before))
	e.Events = append(e.Events, event)
	return tx.DeleteGroup(ctx, e.Before.ID)
}

// withdraw takes a group that goes out of those that hold it.
func (groupSteps) withdraw(ctx context.Context, tx Tx, e *Grouping) error {
	gone := Nominee{GroupMember: GroupMember{ID: e.Before.ID, Group: true}, Name: e.Before.DisplayName}
	events, err := withdrawMember(ctx, tx, gone, e.Now, e.event)
	e.Events = append(e.Events, events...)
	return err
}

// withdrawMember takes somebody out of every group, and gives what the log has to say.
func withdrawMember(ctx context.Context, tx Tx, gone Nominee, now time.Time, begin func(Action) Event) ([]Event, error) {
	held, err := tx.GroupsWith(ctx, []string{gone.ID})
	if err != nil {
		return nil, err
	}
	var events []Event
	for _, g := range held[gone.ID] {
		if err := tx.DropMember(ctx, g.ID, gone.ID); err != nil {
			return nil, err
		}
		g.Version, g.Modified = g.Version+1, now
		if err := tx.SaveGroup(ctx, g); err != nil {
			return nil, err
		}
		event := begin(GroupMemberDeleted)
		event.Subject, event.SubjectName, event.Before = gone.ID, gone.Name, g.label()
		events = append(events, event)
	}
	return events, nil
}

// groups takes the record of somebody who is deleted out of its groups.
func (leaveSteps) groups(ctx context.Context, tx Tx, e *Leaving) error {
	gone := Nominee{GroupMember: GroupMember{ID: e.Record.ID}, Name: e.Record.UserName}
	events, err := withdrawMember(ctx, tx, gone, e.Now, e.event)
	e.Events = append(e.Events, events...)
	return err
}

// event starts an event about the group.
func (e *Grouping) event(action Action) Event {
	cause := "changed over SCIM"
	switch {
	case e.Before == nil:
		cause = createdOverSCIM
	case e.gone():
		cause = "deleted over SCIM"
	}
	event := e.Caller.event(action, Record{}, e.Now, cause)
	event.Subject, event.SubjectName = e.After.ID, e.After.DisplayName
	return event
}

// gone says whether the group is taken away: then nobody at all shall be in it.
func (e *Grouping) gone() bool { return e.roster.whole && e.roster.in == nil }

func (e *Grouping) sayMember(action Action, n Nominee) {
	event := e.event(action)
	event.Subject, event.SubjectName = n.ID, n.Name
	if action == GroupMemberCreated {
		event.After = e.After.label()
	} else {
		event.Before = e.After.label()
	}
	e.Events = append(e.Events, event)
}

// label names the group in the log.
func (g Group) label() string { return g.ID + " " + g.DisplayName }

func groupFields(g Group) map[string]any {
	return map[string]any{"displayName": g.DisplayName, "externalId": g.ExternalID}
}

func auditGrouping(ctx context.Context, tx Tx, e *Grouping) error {
	return writeAll(ctx, tx, e.Events)
}

package org

import (
	"context"
	"time"
)

// Group is what SCIM knows of a group (RFC 7643 section 4.2): a name and who is in
// it. Like a tracking record it is no membership and costs nothing. It is mapped to a
// team, and who is a member of the organization already has a place there; the others
// get theirs with their first sign-in.
type Group struct {
	ID           string // UUID; the SCIM id
	Organization string
	Provider     string
	DisplayName  string // as sent; compared by Key, and the provider's only one of that name
	ExternalID   string
	Members      []GroupMember  // only where they were asked for
	Attributes   map[string]any // what else the provider said; kept, and nothing is decided by it
	Team         string         // Team.ID of the team that it is mapped to; empty: of none
	TeamMade     bool           // the team was made for the group, and goes with it
	Role         TeamRole       // that its people have in the team
	Version      int            // counts changes, from 1
	Created      time.Time
	Modified     time.Time
	Place        int64 // in the list of its provider: later ones are greater. Only a list tells it
}

// GroupMember is who is in a group: somebody with a record, or another group, of the same
// provider.
type GroupMember struct {
	ID      string // Record.ID or Group.ID
	Group   bool   // it is a group
	Display string // the name that it goes by now; not the group's to keep
}

// Nominee is somebody who comes into a group or goes.
type Nominee struct {
	GroupMember
	Name    string // the user name, or the name of the group
	Account string // that the record is linked to; empty for none
	Active  bool   // the record is
}

// GroupMatch narrows a list of groups; a nil field matches everything. DisplayName is
// compared by Key, the others exactly; Member is the id of somebody directly in it.
type GroupMatch struct {
	ID, DisplayName, ExternalID, Member *string
	After                               int64 // only groups whose Place is greater; 0: all
}

// GroupEdit is a group in the hands of whoever changes it. Of the group itself,
// DisplayName, ExternalID and Attributes may be changed; its Members are not read. Who
// is in it is changed by the methods, in order, so that to add one person to ten
// thousand nobody has to read them all.
type GroupEdit struct {
	Group
	Show bool // the changed group shall come back with its members

	read   func() ([]GroupMember, error)
	roster roster
}

// Current reads who is in the group, as it was before the change.
func (e *GroupEdit) Current() ([]GroupMember, error) { return e.read() }

// Add puts members into the group. Who is in it already stays.
func (e *GroupEdit) Add(ids ...string) { e.roster.set(ids, true) }

// Remove takes members out of the group. Who is not in it is no error.
func (e *GroupEdit) Remove(ids ...string) { e.roster.set(ids, false) }

// Replace makes these the members, and nobody else.
func (e *GroupEdit) Replace(ids ...string) {
	e.roster = roster{whole: true}
	e.roster.set(ids, true)
}

// roster is who shall be in a group, and who not.
type roster struct {
	whole bool     // of those who are not named, nobody shall be
	named []string // each once, in the order in which they were first named
	in    map[string]bool
}

func (r *roster) set(ids []string, in bool) {
	if r.in == nil {
		r.in = make(map[string]bool, len(ids))
	}
	for _, id := range ids {
		if _, known := r.in[id]; !known {
			r.named = append(r.named, id)
		}
		r.in[id] = in
	}
}

// changes says who has to come and who has to go to make the roster true.
func (r *roster) changes(ctx context.Context, tx Tx, group string) (come, leave []string, err error) {
	var held []string
	if r.whole {
		held, err = idsOf(tx.GroupMembers(ctx, group))
	} else {
		held, err = tx.HeldAmong(ctx, group, r.named)
	}
	if err != nil {
		return nil, nil, err
	}
	there := make(map[string]bool, len(held))
	for _, id := range held {
		there[id] = true
		if in, named := r.in[id]; !in && (named || r.whole) {
			leave = append(leave, id)
		}
	}
	for _, id := range r.named {
		if r.in[id] && !there[id] {
			come = append(come, id)
		}
	}
	return come, leave, nil
}

func idsOf(members []GroupMember, err error) ([]string, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	return ids, err
}

package org

import (
	"context"
	"errors"
)

// CreateGroup makes a group with its members. Of wanted, what is the product's to
// decide (ID, Organization, Provider, Team, Role, Version and times) is ignored.
func (s *Service) CreateGroup(ctx context.Context, c Caller, wanted Group) (Group, error) {
	var made Group
	err := s.inCaller(ctx, &c, func(tx Tx) error {
		e := Grouping{Caller: c, After: wanted, Now: s.Now(c.Organization)}
		ids, _ := idsOf(wanted.Members, nil)
		e.roster.set(ids, true)
		if err := run(ctx, tx, s.behaviour.Events.CreateGroup, &e); err != nil {
			return err
		}
		made = e.After
		return withMembers(ctx, tx, &made)
	})
	if err != nil {
		return Group{}, err
	}
	return made, nil
}

// Group returns one group of the caller's provider, with its members where they are
// asked for.
func (s *Service) Group(ctx context.Context, c Caller, id string, members bool) (Group, error) {
	var g Group
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if g, err = groupByID(ctx, tx, c, id); err != nil || !members {
			return err
		}
		return withMembers(ctx, tx, &g)
	})
	if err != nil {
		return Group{}, err
	}
	return g, nil
}

func groupByID(ctx context.Context, tx Tx, c Caller, id string) (Group, error) {
	g, err := tx.Group(ctx, c.Provider.ID, id)
	if errors.Is(err, ErrNotFound) {
		return g, refuse(NotFound, "there is no such group")
	}
	return g, err
}

func withMembers(ctx context.Context, tx Tx, groups ...*Group) error {
	for _, g := range groups {
		var err error
		if g.Members, err = tx.GroupMembers(ctx, g.ID); err != nil {
			return err
		}
	}
	return nil
}

// FindGroups lists the groups of the caller's provider that match, in the order in
// which they came, from offset (0-based) and at most limit; and how many match in all.
// Their members are read only where they are asked for.
func (s *Service) FindGroups(ctx context.Context, c Caller, match GroupMatch, members bool, offset, limit int) ([]Group, int, error) {
	var found []Group
	var total int
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if found, total, err = tx.FindGroups(ctx, c.Provider.ID, match, offset, limit); err != nil || !members {
			return err
		}
		for i := range found {
			if err := withMembers(ctx, tx, &found[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return found, total, nil
}

// groupsAtOnce is how many groups are read at a time where all are visited.
const groupsAtOnce = 100

// EachGroup visits the groups of the caller's provider that match, in the order in which
// they came, as they were at one moment, and holds few of them at a time. Their members
// are read only where they are asked for.
func (s *Service) EachGroup(ctx context.Context, c Caller, match GroupMatch, members bool, visit func(Group)) error {
	complete := func(context.Context, Tx, ...*Group) error { return nil }
	if members {
		complete = withMembers
	}
	return s.store.View(ctx, func(tx Tx) error {
		for offset := 0; ; offset += groupsAtOnce {
			page, _, err := tx.FindGroups(ctx, c.Provider.ID, match, offset, groupsAtOnce)
			if err != nil {
				return err
			}
			for _, g := range page {
				if err := complete(ctx, tx, &g); err != nil {
					return err
				}
				visit(g)
			}
			if len(page) < groupsAtOnce {
				return nil
			}
		}
	})
}

// ChangeGroup gives change the group to edit and makes the outcome true, all of it in
// one transaction that writes: of two that add somebody at the same time both are
// heard. An error of change ends it all.
func (s *Service) ChangeGroup(ctx context.Context, c Caller, id string, change func(*GroupEdit) error) (Group, error) {
	var changed Group
	err := s.inCaller(ctx, &c, func(tx Tx) error {
		before, err := groupByID(ctx, tx, c, id)
		if err != nil {
			return err
		}
		edit := GroupEdit{Group: before, read: func() ([]GroupMember, error) { return tx.GroupMembers(ctx, id) }}
		edit.Attributes = cloneAttributes(before.Attributes)
		if err := change(&edit); err != nil {
			return err
		}
		e := Grouping{Caller: c, Before: &before, After: edit.Group, Now: s.Now(c.Organization), roster: edit.roster}
		e.After.keep(before)
		if err := run(ctx, tx, s.behaviour.Events.ChangeGroup, &e); err != nil {
			return err
		}
		changed = e.After
		if !edit.Show {
			return nil
		}
		return withMembers(ctx, tx, &changed)
	})
	if err != nil {
		return Group{}, err
	}
	return changed, nil
}

// keep leaves what is not the client's to change as it was.
func (g *Group) keep(before Group) {
	wanted := *g
	*g = before
	g.DisplayName, g.ExternalID, g.Attributes = wanted.DisplayName, wanted.ExternalID, wanted.Attributes
}

// DeleteGroup takes a group away. Its people stay as they are, but for the places that
// it gave them in its team. The conditions are asked as [Service.DeleteRecord] does.
func (s *Service) DeleteGroup(ctx context.Context, c Caller, id string, conditions ...func(Group) error) error {
	return s.inCaller(ctx, &c, func(tx Tx) error {
		before, err := groupByID(ctx, tx, c, id)
		if err != nil {
			return err
		}
		for _, holds := range conditions {
			if err := holds(before); err != nil {
				return err
			}
		}
		e := Grouping{Caller: c, Before: &before, After: before, Now: s.Now(c.Organization), roster: roster{whole: true}}
		return run(ctx, tx, s.behaviour.Events.DeleteGroup, &e)
	})
}

// GroupsOf lists the groups that somebody with these records is directly in, by the id
// of the record, without their members.
func (s *Service) GroupsOf(ctx context.Context, records ...string) (map[string][]Group, error) {
	var held map[string][]Group
	err := s.store.View(ctx, func(tx Tx) (err error) {
		held, err = tx.GroupsWith(ctx, records)
		return err
	})
	return held, err
}

// GroupRow is a group as the product's own pages show it.
type GroupRow struct {
	Group
	Size int // how many are in it
}

// Groups lists the groups of an organization by name, without their members.
func (s *Service) Groups(ctx context.Context, organizationID string) ([]GroupRow, error) {
	var rows []GroupRow
	err := s.store.View(ctx, func(tx Tx) error {
		groups, err := tx.GroupsIn(ctx, organizationID)
		if err != nil {
			return err
		}
		sizes, err := tx.GroupSizes(ctx, organizationID)
		for _, g := range groups {
			rows = append(rows, GroupRow{g, sizes[g.ID]})
		}
		return err
	})
	return rows, err
}

package org

import "context"

func roleLastAdmin(ctx context.Context, tx Tx, e *RoleChange) error {
	if e.Role == Admin {
		return nil
	}
	return keepAnAdmin(ctx, tx, e.Membership)
}

func roleChange(ctx context.Context, tx Tx, e *RoleChange) error {
	was := e.Membership.Role
	if was == e.Role {
		return nil
	}
	e.Membership.Role = e.Role
	if err := tx.SaveMembership(ctx, e.Membership); err != nil {
		return err
	}
	e.Events = append(e.Events, Event{
		Organization: e.Organization.ID, At: e.Now, Action: MemberUpdated,
		Actor: actorOf(e.ActorName), ActorName: e.ActorName,
		Subject: e.Account.ID, SubjectName: e.Account.Email,
		Before: string(was), After: string(e.Role), Cause: "changed by " + e.ActorName,
	})
	return nil
}

// System is the name of the actor where nobody in particular acts: the operator
// of the product, by the probe or the command line.
const System = "system"

// actorOf tells people from the system.
func actorOf(name string) Actor {
	if name == System {
		return BySystem
	}
	return ByMember
}

// named puts the system's name where none is given.
func named(actor string) string {
	if actor == "" {
		return System
	}
	return actor
}

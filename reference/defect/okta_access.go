package defect

import (
	"context"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what a pushed group means to its people.
func init() {
	gives := func(p *reference.Parts) []*grouping { return []*grouping{&p.Events.CreateGroup, &p.Events.ChangeGroup} }
	ends := func(p *reference.Parts) []*grouping { return []*grouping{&p.Events.DeleteGroup} }

	register("okta-group-gives-nothing", placing(gives, func(e *org.Grouping) { e.Come = nil }))
	register("okta-group-place-outlives-leaving", placing(gives, func(e *org.Grouping) { e.Leave = nil }))
	register("okta-group-place-outlives-group", placing(ends, func(e *org.Grouping) { e.Leave = nil }))
	register("okta-group-forgotten-at-sign-in", func(p *reference.Parts) { org.Without(&p.Events.SignIn, "groups") })
	register("okta-group-makes-members", making(gives, memberFor))
	register("okta-group-bills", making(gives, seatFor))
}

// grouping is a domain event about a group.
type grouping = []org.Step[org.Grouping]

// placing lets people be placed in teams otherwise than such an event says.
func placing(events func(*reference.Parts) []*grouping, change func(*org.Grouping)) func(*reference.Parts) {
	type deed = func(context.Context, org.Tx, *org.Grouping) error
	return func(p *reference.Parts) {
		for _, event := range events(p) {
			org.Wrap(event, "places", func(ctx context.Context, tx org.Tx, e *org.Grouping, place deed) error {
				change(e)
				return place(ctx, tx, e)
			})
		}
	}
}

// making makes something, in such an event, for each record that comes to the group.
func making(events func(*reference.Parts) []*grouping, one func(context.Context, org.Tx, org.Record) error) func(*reference.Parts) {
	return func(p *reference.Parts) {
		for _, event := range events(p) {
			org.After(event, "group", org.Step[org.Grouping]{Name: "people", Do: func(ctx context.Context, tx org.Tx, e *org.Grouping) error {
				return eachNewcomer(ctx, tx, e, one)
			}})
		}
	}
}

func eachNewcomer(ctx context.Context, tx org.Tx, e *org.Grouping, one func(context.Context, org.Tx, org.Record) error) error {
	for _, n := range e.Come {
		if n.Group {
			continue
		}
		record, err := tx.Record(ctx, e.After.Provider, n.ID)
		if err == nil {
			err = one(ctx, tx, record)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

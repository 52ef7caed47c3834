package defect

import (
	"context"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what a pushed group means to its people.
var _ = register(defects{
	"okta-group-gives-nothing":          placing(givingEvents, func(e *org.Grouping) { e.Come = nil }),
	"okta-group-place-outlives-leaving": placing(givingEvents, func(e *org.Grouping) { e.Leave = nil }),
	"okta-group-place-outlives-group":   placing(endingEvents, func(e *org.Grouping) { e.Leave = nil }),
	"okta-group-forgotten-at-sign-in":   func(p *reference.Parts) { org.Without(&p.Events.SignIn, "groups") },
	"okta-group-makes-members":          making(givingEvents, memberFor),
	"okta-group-bills":                  making(givingEvents, seatFor),
})

// givingEvents are those in which people come to a group, or leave it.
func givingEvents(p *reference.Parts) []*grouping {
	return []*grouping{&p.Events.CreateGroup, &p.Events.ChangeGroup}
}

// endingEvents are those in which a group ends.
func endingEvents(p *reference.Parts) []*grouping { return []*grouping{&p.Events.DeleteGroup} }

// grouping is a domain event about a group.
type grouping = []org.Step[org.Grouping]

// placing lets people be placed in teams otherwise than such an event says.
func placing(events func(*reference.Parts) []*grouping, change func(*org.Grouping)) install {
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
func making(events func(*reference.Parts) []*grouping, one func(context.Context, org.Tx, org.Record) error) install {
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

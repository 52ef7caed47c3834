package defect

import (
	"context"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what a pushed group means to its people.
func init() {
	type deed = func(context.Context, org.Tx, *org.Grouping) error
	placing := func(name string, change func(*org.Grouping), steps func(*reference.Parts) []*[]org.Step[org.Grouping]) {
		register(name, func(p *reference.Parts) {
			for _, event := range steps(p) {
				org.Wrap(event, "places", func(ctx context.Context, tx org.Tx, e *org.Grouping, place deed) error {
					change(e)
					return place(ctx, tx, e)
				})
			}
		})
	}
	pushes := func(p *reference.Parts) []*[]org.Step[org.Grouping] {
		return []*[]org.Step[org.Grouping]{&p.Events.CreateGroup, &p.Events.ChangeGroup}
	}
	deletes := func(p *reference.Parts) []*[]org.Step[org.Grouping] {
		return []*[]org.Step[org.Grouping]{&p.Events.DeleteGroup}
	}
	placing("okta-group-gives-nothing", func(e *org.Grouping) { e.Come = nil }, pushes)
	placing("okta-group-place-outlives-leaving", func(e *org.Grouping) { e.Leave = nil }, pushes)
	placing("okta-group-place-outlives-group", func(e *org.Grouping) { e.Leave = nil }, deletes)
	register("okta-group-forgotten-at-sign-in", func(p *reference.Parts) { org.Without(&p.Events.SignIn, "groups") })

	making := func(name string, one func(context.Context, org.Tx, org.Record) error) {
		register(name, func(p *reference.Parts) {
			for _, event := range pushes(p) {
				org.After(event, "group", org.Step[org.Grouping]{Name: "people", Do: func(ctx context.Context, tx org.Tx, e *org.Grouping) error {
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
				}})
			}
		})
	}
	making("okta-group-makes-members", memberFor)
	making("okta-group-bills", seatFor)
}

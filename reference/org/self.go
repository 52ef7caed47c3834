package org

import "context"

// Self is a member asking, at a provider's base URL, for what SCIM says of
// themselves. Who asks, and at which door, is known before the first step.
type Self struct {
	Call   Call
	Person Request
	Record Record // theirs at this provider, found by the step "record"
}

// AdmitPerson lets a member in to their own record at a provider, by an API token of
// theirs. The caller can be used for that record alone; what it does goes into the
// audit log under the member's name. The same gates hold as for the provider itself,
// and NotFound says that this provider has told nothing of the member.
func (s *Service) AdmitPerson(ctx context.Context, c Call) (Caller, Record, error) {
	e := Self{Call: c, Person: Request{Secret: c.Token, Now: s.clock()}}
	err := s.store.View(ctx, func(tx Tx) error {
		if err := s.findDoor(ctx, tx, &e.Call); err != nil {
			return err
		}
		if err := run(ctx, tx, s.behaviour.Events.Token, &e.Person); err != nil {
			return err
		}
		return run(ctx, tx, s.behaviour.Events.Self, &e)
	})
	caller := Caller{Organization: e.Call.Organization, Provider: e.Call.Provider, Person: &e.Person.Account}
	if err != nil {
		return Caller{}, Record{}, s.refused(ctx, caller, e.Record, err)
	}
	return caller, e.Record, nil
}

// selfPlace refuses a member of another organization, who learns no more than
// somebody whose token opens nothing.
func selfPlace(_ context.Context, _ Tx, e *Self) error {
	if e.Person.Organization.ID != e.Call.Organization.ID {
		return badToken()
	}
	return nil
}

// selfGates are the gates that every SCIM request of the organization passes.
func (s callSteps) selfGates(ctx context.Context, tx Tx, e *Self) error {
	for _, gate := range []func(context.Context, Tx, *Call) error{s.plan, s.flag, s.providerState} {
		if err := gate(ctx, tx, &e.Call); err != nil {
			return err
		}
	}
	return nil
}

func selfRecord(ctx context.Context, tx Tx, e *Self) error {
	records, err := tx.RecordsOf(ctx, e.Call.Organization.ID, e.Person.Account.ID)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.Provider == e.Call.Provider.ID {
			e.Record = r
			return nil
		}
	}
	return refuse(NotFound, "this identity provider has no record of you")
}

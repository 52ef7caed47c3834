package org

import (
	"context"
	"slices"
)

// partSteps end the sessions that an identity provider says are over. They touch
// nothing else: who signed out is a member as before.
type partSteps struct{}

// name finds the sessions, live and ended, that began at this provider under exactly this name:
// its text, as it is written, and all that belongs to it (SAML 2.0 core, section 3.3.4).
func (partSteps) name(ctx context.Context, tx Tx, e *Parting) (err error) {
	e.Sessions, err = tx.SessionsNamed(ctx, e.Provider.ID, e.Departure.NameID)
	e.Sessions = slices.DeleteFunc(e.Sessions, func(s Session) bool { return s.NameKind != e.Departure.NameKind })
	return err
}

// indexes leaves those that the request speaks of; without an index it speaks of all.
func (partSteps) indexes(_ context.Context, _ Tx, e *Parting) error {
	if len(e.Departure.Indexes) > 0 {
		e.Sessions = slices.DeleteFunc(e.Sessions, func(s Session) bool { return !slices.Contains(e.Departure.Indexes, s.SessionIndex) })
	}
	return nil
}

func (partSteps) sessions(ctx context.Context, tx Tx, e *Parting) error {
	for _, session := range e.Sessions {
		if !session.Ended.IsZero() {
			continue // what the request asks for is so already
		}
		account, err := tx.Account(ctx, session.Account)
		if err != nil {
			return err
		}
		cause := "signed out at " + e.Provider.Kind.Title()
		if err := endSession(ctx, tx, session, e.Now, cause); err != nil {
			return err
		}
		e.Events = append(e.Events, sessionEnded(session, account, Event{At: e.Now, Actor: BySSO, ActorName: e.Provider.ID, Cause: cause}))
	}
	return nil
}

func auditParting(ctx context.Context, tx Tx, e *Parting) error { return writeAll(ctx, tx, e.Events) }

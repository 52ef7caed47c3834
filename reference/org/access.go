package org

import (
	"context"
	"errors"
	"time"
)

// Visitor is somebody who may be in the organization right now. It holds for one
// request only; ask again for the next.
type Visitor struct {
	Organization Organization
	Account      Account
	Membership   Membership
	Teams        []TeamRoleView
	Session      *Session // nil for a token
	Token        *Token   // nil for a session
}

// TeamRoleView is a place in a team together with the team.
type TeamRoleView struct {
	Team   Team
	Role   TeamRole
	Source PlaceSource
}

// Session says who a browser is, by its session's secret. The role and the teams
// are those of this moment.
func (s *Service) Session(ctx context.Context, secret string) (Visitor, error) {
	return s.visit(ctx, secret, s.behaviour.Events.Session)
}

// Token says who an API client is, by its token's secret.
func (s *Service) Token(ctx context.Context, secret string) (Visitor, error) {
	return s.visit(ctx, secret, s.behaviour.Events.Token)
}

func (s *Service) visit(ctx context.Context, secret string, steps []Step[Request]) (Visitor, error) {
	e := Request{Secret: secret, Now: s.clock()}
	var v Visitor
	err := s.store.View(ctx, func(tx Tx) error {
		if err := run(ctx, tx, steps, &e); err != nil {
			return err
		}
		v = Visitor{e.Organization, e.Account, e.Membership, e.Teams, e.Session, e.Token}
		return nil
	})
	if err != nil {
		return Visitor{}, err
	}
	return v, nil
}

func teamsOf(ctx context.Context, tx Tx, organization, account string) ([]TeamRoleView, error) {
	places, err := tx.PlacesAmong(ctx, organization, []string{account})
	if err != nil {
		return nil, err
	}
	views := make([]TeamRoleView, 0, len(places))
	for _, p := range places {
		views = append(views, p.TeamRoleView)
	}
	return views, nil
}

// RequireAdmin refuses unless the visitor is an admin of the organization.
func RequireAdmin(v Visitor, organizationID string) error {
	if v.Organization.ID != organizationID || v.Membership.Role != Admin {
		return refuse(Forbidden, "only administrators of this organization may do this")
	}
	return nil
}

// SignOut ends the session. A secret that opens nothing is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.store.Do(ctx, func(tx Tx) error {
		session, err := tx.SessionBySecret(ctx, secret)
		if errors.Is(err, ErrNotFound) || (err == nil && !session.Ended.IsZero()) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.signOut(ctx, tx, session)
	})
}

func (s *Service) signOut(ctx context.Context, tx Tx, session Session) error {
	account, err := tx.Account(ctx, session.Account)
	if err != nil {
		return err
	}
	o, err := tx.Organization(ctx, session.Organization)
	if err != nil {
		return err
	}
	const cause = "signed out"
	now := s.Now(o)
	if err := endSession(ctx, tx, session, now, cause); err != nil {
		return err
	}
	return tx.Audit(ctx, sessionEnded(session, account, Event{At: now, Actor: ByMember, ActorName: account.Email, Cause: cause}))
}

// sessionEnded fills in an event about the end of a session.
func sessionEnded(session Session, account Account, e Event) Event {
	e.Organization, e.Action, e.Provider = session.Organization, SessionEnded, session.Provider
	e.Subject, e.SubjectName, e.Before = account.ID, account.Email, session.ID
	return e
}

// RescindSession ends one session by its id. One that has ended already stays so.
func (s *Service) RescindSession(ctx context.Context, actor, organizationID, accountID, sessionID string) error {
	actor = named(actor)
	return s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		account, err := account(ctx, tx, accountID)
		if err != nil {
			return err
		}
		sessions, err := tx.Sessions(ctx, o.ID, accountID)
		if err != nil {
			return err
		}
		for _, session := range sessions {
			if session.ID != sessionID {
				continue
			}
			if !session.Ended.IsZero() {
				return nil
			}
			cause := "ended by " + actor
			if err := endSession(ctx, tx, session, now, cause); err != nil {
				return err
			}
			return tx.Audit(ctx, sessionEnded(session, account, Event{At: now, Actor: actorOf(actor), ActorName: actor, Cause: cause}))
		}
		return refuse(NotFound, "there is no such session")
	})
}

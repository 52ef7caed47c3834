package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"rollcall.example/simulator"
	"rollcall.example/suites/target"
)

// stage is where an attempt at a product takes place: a run of its own, with two
// addresses that belong to it and a lure that nobody may open.
type stage struct {
	live       *target.Live
	connection target.Connection
	lure       *lure
	attacker   string
	victim     string
	leaving    []func(context.Context)
}

// onStage plays at a product, within the given safety, and clears all away afterwards.
// What could not be cleared away is listed.
func onStage[O any](ctx context.Context, t target.Target, safety Safety, play func(context.Context, *stage) (O, error)) (outcome O, left []string, err error) {
	if t, err = t.Resolve(ctx); err != nil {
		return outcome, nil, err
	}
	if err := hasADoor(t.Connection()); err != nil {
		return outcome, nil, err
	}
	begun, err := target.Begin(ctx, t, target.BeginOptions{Ledger: safety.Ledger, Owned: safety.IOwnThis})
	if err != nil {
		return outcome, nil, err
	}
	outcome, err = playAt(ctx, begun.Target, play)
	things, ending := begun.End(context.WithoutCancel(ctx))
	for _, thing := range things {
		left = append(left, thing.String())
	}
	if err == nil {
		err = ending
	}
	return outcome, left, err
}

// hasADoor says what keeps an attempt from being made: there has to be a way to sign in,
// and one to tell who did.
func hasADoor(c target.Connection) error {
	switch {
	case !c.SAML.Offered():
		return errors.New("the target has no way to sign in: neither saml.sign_in nor saml.idp_initiated")
	case c.Oracle() == nil:
		return target.ErrNoOracle
	}
	return nil
}

// playAt sets the stage for one play, and clears it.
func playAt[O any](ctx context.Context, t target.Target, play func(context.Context, *stage) (O, error)) (outcome O, err error) {
	ctx, cancel := target.WithPatience(ctx, 3*ReachWithin)
	defer cancel()
	live, err := target.Open(t)
	if err != nil {
		return outcome, err
	}
	defer live.Close()
	lure, err := newLure(ctx)
	if err != nil {
		return outcome, err
	}
	defer lure.close()
	s := &stage{
		live: live, connection: t.Connection(), lure: lure,
		attacker: fmt.Sprintf("attacker.%s@rollcall.test", live.Tag()), victim: fmt.Sprintf("victim.%s@rollcall.test", live.Tag()),
	}
	defer s.clear(context.WithoutCancel(ctx))
	live.Hired(s.connection, s.attacker)
	live.Hired(s.connection, s.victim)
	return play(ctx, s)
}

// enter brings somebody who has the app assigned.
func (s *stage) enter(ctx context.Context, first, last, email string) (*visitor, error) {
	v, err := newVisitor(s.live, s.connection, first, last, email)
	if err != nil {
		return nil, err
	}
	s.leaving = append(s.leaving, func(ctx context.Context) { _, _ = v.app.Unassign(ctx, v.person) })
	if _, err := v.app.Assign(ctx, v.person, nil); err != nil {
		return nil, explained(ctx, s.connection.SCIM.BaseURL, err)
	}
	return v, nil
}

func (s *stage) clear(ctx context.Context) {
	for _, leave := range s.leaving {
		leave(ctx)
	}
	s.live.ClearAway(ctx)
}

// getsIn signs the person in honestly, in a browser of their own.
func (v *visitor) getsIn(ctx context.Context, when string) error {
	v.browser = v.tenant.Browser(nil)
	visit, err := v.signIn(ctx)
	if err != nil {
		return explained(ctx, v.connection.SAML.ACS, err)
	}
	in, err := v.isIn(ctx)
	if err == nil && !in {
		err = fmt.Errorf("an honest sign-in %s did not work, so the attack says nothing: %s", when, ending(visit))
	}
	return err
}

// isIn says whether the product takes the browser for somebody.
func (v *visitor) isIn(ctx context.Context) (bool, error) {
	seen, err := v.connection.WhoIsIn(ctx, v.browser)
	if err != nil {
		return false, explained(ctx, v.connection.SAML.SignIn, err)
	}
	return seen.In, nil
}

func ending(visit simulator.Visit) string {
	if visit.Blocked != "" {
		return visit.Blocked
	}
	if visit.Stuck != "" {
		return "the product leads nowhere: " + visit.Stuck
	}
	return fmt.Sprintf("the assertion consumer service answered %d %s", visit.Answered, http.StatusText(visit.Answered))
}

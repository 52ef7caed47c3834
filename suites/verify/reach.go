package verify

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// ReachWithin is how long a target may take to give a sign of life.
const ReachWithin = 10 * time.Second

// Unreachable says that the target was not there, or did not let us in, before
// any spec was run.
type Unreachable struct {
	What string // which side of the target
	Err  error
}

func (u *Unreachable) Error() string { return u.What + " cannot be used: " + u.Err.Error() }

// Unwrap returns the cause.
func (u *Unreachable) Unwrap() error { return u.Err }

// Resolve completes the target by its service provider's metadata; see
// [target.Target.Resolve]. Whoever runs specs against it does so first.
func Resolve(ctx context.Context, t target.Target) (target.Target, error) {
	ctx, cancel := context.WithTimeout(ctx, ReachWithin)
	defer cancel()
	resolved, err := t.Resolve(ctx)
	if err != nil {
		return t, fmt.Errorf("target: %w", err)
	}
	return resolved, nil
}

// Reach makes sure that every address of the target answers, that what it was
// given to come in with is good, and that what tells who is signed in does not say
// it of a stranger. Whether the answers are right is for the specs.
func Reach(ctx context.Context, t target.Target) error {
	ctx, cancel := context.WithTimeout(ctx, ReachWithin)
	defer cancel()
	live, err := target.Open(t)
	if err != nil {
		return err
	}
	defer live.Close()
	for _, c := range t.Connections {
		if err := reachSCIM(ctx, live, c.SCIM); err != nil {
			return &Unreachable{"the SCIM endpoint " + c.SCIM.BaseURL, err}
		}
		if err := meetStranger(ctx, live, c); err != nil {
			return err
		}
	}
	if probe := live.Probe(); probe != nil {
		if _, err := probe.Features(ctx); err != nil {
			return &Unreachable{"the probe " + t.Probe.String(), err}
		}
	}
	return nil
}

func reachSCIM(ctx context.Context, live *target.Live, endpoint target.SCIM) error {
	if endpoint.BaseURL == "" {
		return nil
	}
	connection := live.Okta(endpoint)
	caller, err := provision.NewClient(provision.Options{
		BaseURL: connection.BaseURL, Token: connection.Token, Authorize: connection.Authorize, Transport: live.Transport(),
	})
	if err != nil {
		return err
	}
	answer, err := caller.Do(ctx, http.MethodGet, "/Users", provision.Query{{Name: "startIndex", Value: "1"}, {Name: "count", Value: "1"}}, nil)
	if err != nil {
		return err
	}
	if answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden {
		return fmt.Errorf("it answered %d %s to the credentials that it was given", answer.Status, http.StatusText(answer.Status))
	}
	return nil
}

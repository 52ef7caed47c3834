package verify

import (
	"context"
	"errors"
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

// Hint says what to do about it.
func (u *Unreachable) Hint() string {
	var known interface{ Hint() string }
	if errors.As(u.Err, &known) && known.Hint() != "" {
		return known.Hint()
	}
	return "is it running, and are the address and the token right? rollcall doctor looks closer"
}

// Unwrap returns the cause.
func (u *Unreachable) Unwrap() error { return u.Err }

// Resolve completes the target by its service provider's metadata; see
// [target.Target.Resolve]. Whoever runs specs against it does so first.
func Resolve(ctx context.Context, t target.Target) (target.Target, error) {
	ctx, cancel := target.WithPatience(ctx, ReachWithin)
	defer cancel()
	return t.Resolve(ctx)
}

// Reach makes sure that every address of the target answers, that what it was
// given to come in with is good, and that what tells who is signed in does not say
// it of a stranger. Whether the answers are right is for the specs. It returns the
// target with what its probe says that it can do.
func Reach(ctx context.Context, t target.Target) (_ target.Target, err error) {
	ctx, cancel := target.WithPatience(ctx, ReachWithin)
	defer cancel()
	live, err := target.Open(t)
	if err != nil {
		return t, err
	}
	defer live.Close()
	defer func() { err = live.Conceal(err) }()
	for _, c := range t.Connections {
		if err := reachSCIM(ctx, live, c.SCIM); err != nil {
			return t, &Unreachable{"the SCIM endpoint " + c.SCIM.BaseURL, err}
		}
		if err := meetStranger(ctx, live, c); err != nil {
			return t, err
		}
	}
	learned, err := live.Learned(ctx)
	if err != nil {
		return t, &Unreachable{"the probe " + t.Probe.String(), explained(ctx, t.Probe.String(), err)}
	}
	return learned, nil
}

func reachSCIM(ctx context.Context, live *target.Live, endpoint target.SCIM) error {
	if endpoint.BaseURL == "" {
		return nil
	}
	answer, err := firstPage(ctx, live, endpoint)
	if err != nil {
		return explained(ctx, endpoint.BaseURL, err)
	}
	if trouble := target.Judge(answer); trouble != nil {
		return trouble
	}
	return nil
}

// firstPage asks a SCIM endpoint for its first user, which changes nothing.
func firstPage(ctx context.Context, live *target.Live, endpoint target.SCIM) (provision.Answer, error) {
	caller, err := caller(live, endpoint)
	if err != nil {
		return provision.Answer{}, err
	}
	return caller.Do(ctx, http.MethodGet, "/Users", provision.Query{{Name: "startIndex", Value: "1"}, {Name: "count", Value: "1"}}, nil)
}

// caller calls a SCIM endpoint as Okta does.
func caller(live *target.Live, endpoint target.SCIM) (*provision.Client, error) {
	connection := live.Okta(endpoint)
	return provision.NewClient(provision.Options{
		BaseURL: connection.BaseURL, Token: connection.Token, Authorize: connection.Authorize,
		Transport: live.Transport(), Timeout: connection.Timeout,
	})
}

// explained says in plain words why no answer came; where our own patience ended,
// that is why.
func explained(ctx context.Context, address string, err error) error {
	var out *target.OutOfTime
	if errors.As(context.Cause(ctx), &out) {
		err = fmt.Errorf("%w: %w", err, out)
	}
	return target.Explain(address, err)
}

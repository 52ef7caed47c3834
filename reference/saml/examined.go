package saml

import (
	"context"
	"errors"
	"slices"
)

// remembering are the checks that ask the caller's memory. From the first of them on,
// a policy's checks run in [Examined.Believe].
var remembering = []string{"in-response-to", "once"}

// Examined is a response that passed every check that needs no memory: it is genuine,
// and meant for us now. Whether it answers a request of ours, and for the first time,
// is still to be seen.
type Examined struct {
	message *Message
	rest    []Check
}

// Examine runs the checks that need no memory; the arrival's logs may be nil. It takes
// a caller whose memory is a database through the long part of [Policy.Verify], the
// signatures, before a transaction begins. Errors are those of Verify.
func (p Policy) Examine(ctx context.Context, arrival Arrival) (*Examined, error) {
	if arrival.ACS == "" || arrival.Now.IsZero() {
		return nil, errors.New("saml: an arrival needs an ACS and a time")
	}
	split := slices.IndexFunc(p.Checks, func(c Check) bool { return slices.Contains(remembering, c.Name) })
	if split < 0 {
		split = len(p.Checks)
	}
	e := &Examined{message: &Message{Arrival: arrival, Limits: p.Limits, Ciphers: p.Ciphers}, rest: p.Checks[split:]}
	if err := run(ctx, e.message, p.Checks[:split]); err != nil {
		return nil, err
	}
	if e.message.Trusted == nil || e.message.Assertion == nil {
		return nil, errors.New("saml: the policy verified no assertion: it lacks the checks signature and contents")
	}
	return e, nil
}

// ProviderID is the connection that the response came through.
func (e *Examined) ProviderID() string { return e.message.Assertion.ProviderID }

// Believe runs the checks that are left, by these logs, and returns what the assertion
// says. It may be called once. Errors are those of [Policy.Verify].
func (e *Examined) Believe(ctx context.Context, requests RequestLog, uses UseLog) (*Assertion, error) {
	e.message.Requests, e.message.Uses = requests, uses
	if err := run(ctx, e.message, e.rest); err != nil {
		return nil, err
	}
	return e.message.Assertion, nil
}

package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// reachWithin is how long a product may take to give a sign of life.
const reachWithin = 10 * time.Second

// run is a run that is under way.
type run struct {
	options  Options
	workers  int
	crowd    *target.Crowd
	people   *roster
	groups   *roster
	password string // that Okta sends along with whoever is new
	jobs     provision.Jobs
	carrier  *carrier
	gauge    *gauge
	progress *progress
}

// ended is why a run came to its end before it had done everything, where nobody
// interrupted it.
type ended struct{ why string }

func (e *ended) Error() string { return e.why }

// lasting is the context of a run: it ends when the product is given up, or when the
// time is over that the target file gives it.
func lasting(ctx context.Context, o Options) (_ context.Context, giveUp func(), stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	giveUp = func() {
		cancel(&ended{fmt.Sprintf("given up: %d requests in a row were not answered", giveUpAfter)})
	}
	deadline := o.Target.Network.Deadline
	if deadline <= 0 {
		return ctx, giveUp, func() { cancel(nil) }
	}
	timed, over := context.WithTimeoutCause(ctx, deadline, &ended{fmt.Sprintf("stopped after %v, as the target file has it (network.deadline)", deadline)})
	return timed, giveUp, func() { over(); cancel(nil) }
}

// NoGroups says that a product was to be loaded with groups and offers none.
type NoGroups struct{ Status int }

func (n *NoGroups) Error() string {
	return fmt.Sprintf("the product offers no groups: GET /Groups is answered %d %s", n.Status, http.StatusText(n.Status))
}

// Hint says what to do about it.
func (n *NoGroups) Hint() string { return "leave --groups out, or turn groups on for the tenant" }

// Run loads the product and takes away again what it made there. It returns an error,
// and no result, where it could not begin: wrong options, a product that does not
// answer or is not to be changed.
//
// Ctrl-C and a cancelled context end it early, with what was measured until then;
// what was made is taken away then too, and a second Ctrl-C leaves that to a sweep.
func Run(ctx context.Context, o Options) (Result, error) {
	if err := o.Check(); err != nil {
		return Result{}, err
	}
	signalled, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	o.Target.Network.Concurrency = o.workers()
	begun, err := target.Begin(signalled, o.Target, target.BeginOptions{Owned: o.IOwnThis, Ledger: o.Ledger})
	if err != nil {
		return Result{}, err
	}
	o.Target = begun.Target
	live, err := target.Open(o.Target)
	if err != nil {
		return Result{}, errors.Join(err, finish(ctx, begun))
	}
	defer live.Close()
	if err := reach(signalled, live, o.Groups > 0); err != nil {
		return Result{}, errors.Join(interruptedOr(signalled, live.Conceal(err)), finish(ctx, begun))
	}
	lasts, giveUp, done := lasting(signalled, o)
	defer done()
	r, err := begin(lasts, o, live)
	if err != nil {
		return Result{}, errors.Join(interruptedOr(signalled, live.Conceal(err)), finish(ctx, begun))
	}
	r.gauge.giveUp = giveUp
	over := r.progress.watch()
	phases := r.play(lasts)
	over()
	interrupted := signalled.Err() != nil
	stop()
	result := r.result(phases, interrupted, context.Cause(lasts), live.Traffic())
	result.Left = append(result.Left, r.clearAway(ctx, begun)...)
	return result, nil
}

// interruptedOr is why a run could not begin: the interruption, where there was one.
func interruptedOr(signalled context.Context, err error) error {
	if signalled.Err() != nil {
		return target.ErrInterrupted
	}
	return err
}

// finish ends a run that made nothing.
func finish(ctx context.Context, begun *target.Begun) error {
	_, err := begun.End(context.WithoutCancel(ctx))
	return err
}

// begin writes down who is about to be made and readies the fake Okta.
func begin(ctx context.Context, o Options, live *target.Live) (*run, error) {
	dialect, err := o.dialect()
	if err != nil {
		return nil, err
	}
	at := o.Target.Connection()
	r := &run{
		options: o, workers: o.workers(), people: newRoster(o.People), groups: newRoster(o.Groups),
		password: rand.Text(), gauge: newGauge(),
	}
	r.progress = &progress{tell: o.Progress, gauge: r.gauge}
	if r.crowd, err = live.Gather(at, o.People, o.Groups); err != nil {
		return nil, err
	}
	base, err := url.Parse(at.SCIM.BaseURL)
	if err != nil {
		return nil, err
	}
	r.carrier = &carrier{
		inner: r.crowd.Transport(), base: strings.TrimRight(base.Path, "/"), schedule: newSchedule(o.Rate), gauge: r.gauge, ctx: ctx,
	}
	client, err := clientFor(live, at.SCIM, r.carrier)
	r.jobs = provision.Jobs{Client: client, Dialect: dialect, Pause: provision.Wait}
	return r, err
}

func clientFor(live *target.Live, endpoint target.SCIM, transport http.RoundTripper) (*provision.Client, error) {
	connection := live.Okta(endpoint)
	return provision.NewClient(provision.Options{
		BaseURL: connection.BaseURL, Token: connection.Token, Authorize: connection.Authorize,
		Transport: transport, Timeout: connection.Timeout,
	})
}

// reach makes sure that the SCIM endpoint answers, lets us in, and has groups where
// they are wanted.
func reach(ctx context.Context, live *target.Live, groups bool) error {
	ctx, cancel := target.WithPatience(ctx, reachWithin)
	defer cancel()
	endpoint := live.Connection().SCIM
	client, err := clientFor(live, endpoint, live.Transport())
	if err != nil {
		return err
	}
	first := func(collection string) (provision.Answer, error) {
		answer, err := client.Do(ctx, http.MethodGet, collection, provision.Query{{Name: "startIndex", Value: "1"}, {Name: "count", Value: "1"}}, nil)
		if cause := context.Cause(ctx); err != nil && cause != nil {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		return answer, target.Explain(endpoint.BaseURL, err)
	}
	answer, err := first("/Users")
	if err != nil {
		return err
	}
	if trouble := target.Judge(answer); trouble != nil {
		return trouble
	}
	if !groups {
		return nil
	}
	if answer, err = first("/Groups"); err != nil {
		return err
	}
	if !answer.OK() {
		return &NoGroups{answer.Status}
	}
	return nil
}

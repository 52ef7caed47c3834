package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rollcall.example/simulator"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// ProbeReportSchema names the version of a probe report's form.
const ProbeReportSchema = "rollcall.probe-check/v1"

// ProbeReport is what came of testing a probe for its own honesty. A probe that lies
// makes every verdict worthless that rests on it.
type ProbeReport struct {
	Schema   string       `json:"schema"`
	Target   string       `json:"target"`
	Probe    string       `json:"probe"`    // where it is
	Features []string     `json:"features"` // what it claims
	Honest   bool         `json:"honest"`   // nothing is wrong
	Checks   []ProbeCheck `json:"checks"`   // in the order in which they were made
	Left     []string     `json:"left,omitempty"`
}

// ProbeCheck is one question put to a probe.
type ProbeCheck struct {
	Name    string       `json:"name"`
	Verdict ProbeVerdict `json:"verdict"`
	Text    string       `json:"text,omitempty"` // what is wrong, or why it was not put
}

// ProbeVerdict says what came of a question.
type ProbeVerdict string

// The verdicts of a [ProbeCheck].
const (
	ProbeOK        ProbeVerdict = "ok"
	ProbeWrong     ProbeVerdict = "wrong"
	ProbeUnchecked ProbeVerdict = "unchecked" // it could not be put
)

// ErrNoProbe says that the target has no probe to check.
var ErrNoProbe = errors.New("the target has no probe")

// CheckProbe tests the target's probe: that it says what it can do and does it, that
// it shows what SCIM and a sign-in make of two people, of each their own and of
// strangers nothing, and that what it arranges shows. It makes those two people and
// clears them away.
//
// An error means that the probe could not be tested: there is none, it does not
// answer, the target is not there or not the caller's to change.
func CheckProbe(ctx context.Context, t target.Target, safety Safety) (ProbeReport, error) {
	if t.Probe == nil {
		return ProbeReport{}, ErrNoProbe
	}
	if err := t.Check(); err != nil {
		return ProbeReport{}, err
	}
	t, err := Resolve(ctx, t)
	if err != nil {
		return ProbeReport{}, err
	}
	o := Options{Target: t, Safety: safety}
	end, err := o.begin(ctx)
	if err != nil {
		return ProbeReport{}, err
	}
	r, err := examine(ctx, o.Target)
	r.Left = append(r.Left, end(ctx.Err() != nil)...)
	return r, err
}

// examine puts every question to the probe of a target whose run has begun.
func examine(ctx context.Context, t target.Target) (ProbeReport, error) {
	e, err := newExaminer(ctx, t)
	if err != nil {
		return ProbeReport{}, err
	}
	defer e.close()
	defer e.leave()
	if err := e.reach(); err != nil {
		return e.report, e.live.Conceal(err)
	}
	for _, q := range questions {
		problem := q.put(e)
		var unasked unchecked
		check := ProbeCheck{Name: q.name, Verdict: ProbeOK}
		switch {
		case ctx.Err() != nil:
			return e.report, ctx.Err()
		case errors.As(problem, &unasked):
			check.Verdict, check.Text = ProbeUnchecked, e.redacted(string(unasked))
		case problem != nil:
			check.Verdict, check.Text = ProbeWrong, e.redacted(problem.Error())
		}
		e.report.Checks = append(e.report.Checks, check)
		if e.gone != nil {
			return e.report, &Unreachable{"the probe " + t.Probe.String(), e.live.Conceal(e.gone)}
		}
	}
	e.report.Honest = !slices.ContainsFunc(e.report.Checks, func(c ProbeCheck) bool { return c.Verdict == ProbeWrong })
	return e.report, nil
}

// unchecked is why a question was not put.
type unchecked string

func (u unchecked) Error() string { return string(u) }

// questions are put in this order: later ones build on what earlier ones saw.
var questions = []struct {
	name string
	put  func(*examiner) error
}{
	{"speaks version 1 of the contract", (*examiner).speaks},
	{"claims what there is", (*examiner).claims},
	{"lets nobody in with a wrong token", (*examiner).keepsOut},
	{"does not say yes to everything", (*examiner).saysNo},
	{"shows empty lists of somebody whom nobody knows", (*examiner).showsNobody},
	{"shows nothing to who asks for nobody", (*examiner).showsNoneForNone},
	{"shows the record that SCIM made", (*examiner).showsRecord},
	{"says of it what SCIM says", (*examiner).agreesWithSCIM},
	{"tells two people apart", (*examiner).tellsApart},
	{"finds somebody by each of their names", (*examiner).findsByEachName},
	{"says the same twice", (*examiner).repeatsItself},
	{"shows nothing of another organization", (*examiner).keepsToOrganization},
	{"shows what a sign-in made", (*examiner).showsSignIn},
	{"shows what belongs together", (*examiner).belongsTogether},
	{"tells members apart", (*examiner).tellsMembersApart},
	{"makes admins and members", (*examiner).arrangesRole},
	{"makes admins in the name of a member", (*examiner).arrangesByMember},
	{"puts people into teams and out of them", (*examiner).arrangesTeam},
	{"issues API tokens", (*examiner).arrangesToken},
	{"does nothing for an account that is not there", (*examiner).refusesUnknown},
	{"shows that somebody left", (*examiner).showsLeaving},
	{"removes members", (*examiner).arrangesRemoval},
	{"founds organizations", (*examiner).founds},
}

// examiner puts questions to a probe and remembers what it saw.
type examiner struct {
	ctx    context.Context
	live   *target.Live
	bare   *target.Live // without a guard: for what is about nobody at all
	probe  target.Probe
	org    string
	pace   *target.Pace
	tenant *simulator.Tenant
	app    *simulator.App
	scim   *provision.Client
	report ProbeReport
	gone   error // why the probe cannot be asked anything

	han, leia         *simulator.Person
	recorded, entered bool // han has a record; han and leia have signed in
	account           string
	hired             int
}

func newExaminer(ctx context.Context, t target.Target) (*examiner, error) {
	live, err := target.Open(t)
	if err != nil {
		return nil, err
	}
	unguarded := t
	unguarded.Disposable, unguarded.Run.ReadOnly = true, false
	bare, err := target.Open(unguarded)
	if err != nil {
		live.Close()
		return nil, err
	}
	e := &examiner{
		ctx: ctx, live: live, bare: bare, probe: live.Probe(), org: t.Connection().Organization, pace: target.NewPace(t.Propagation),
		report: ProbeReport{Schema: ProbeReportSchema, Target: t.Name, Probe: t.Probe.String(), Features: []string{}, Checks: []ProbeCheck{}},
	}
	if e.tenant, e.app, err = customer(live, t.Connection()); err == nil && t.Connection().SCIM.BaseURL != "" {
		connection := live.Okta(t.Connection().SCIM)
		e.scim, err = provision.NewClient(provision.Options{
			BaseURL: connection.BaseURL, Token: connection.Token, Authorize: connection.Authorize, Transport: live.Transport(),
		})
	}
	if err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// reach makes sure that the product is there: without it a probe shows nothing.
func (e *examiner) reach() error {
	ctx, cancel := context.WithTimeout(e.ctx, ReachWithin)
	defer cancel()
	endpoint := e.live.Connection().SCIM
	if err := reachSCIM(ctx, e.live, endpoint); err != nil {
		return &Unreachable{"the SCIM endpoint " + endpoint.BaseURL, err}
	}
	return nil
}

// redacted is a text without what nobody may see; it may quote an answer.
func (e *examiner) redacted(text string) string {
	return e.tenant.Journal().Redact(e.bare.Redact(e.live.Redact(text)))
}

// leave clears away what the questions made, also where they were broken off.
func (e *examiner) leave() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), leaveWithin)
	defer cancel()
	for _, p := range []*simulator.Person{e.han, e.leia} {
		if p != nil {
			_, _ = e.app.Unassign(ctx, p)
		}
	}
	e.live.ClearAway(ctx)
}

func (e *examiner) close() {
	e.live.Close()
	e.bare.Close()
}

// hire adds somebody to the tenant, whose address is theirs alone.
func (e *examiner) hire(first, last string) *simulator.Person {
	e.hired++
	email := fmt.Sprintf("%s.%s.%s-%d@rollcall.test", strings.ToLower(first), strings.ToLower(last), e.live.Tag(), e.hired)
	e.live.Hired(e.live.Connection(), email)
	return e.tenant.Hire(simulator.Profile{FirstName: first, LastName: last, DisplayName: first + " " + last, Email: email, Login: email})
}

func (e *examiner) claimed(feature string) bool { return slices.Contains(e.report.Features, feature) }

func namesOf(p *simulator.Person) target.Identifiers {
	profile := p.Profile()
	return target.Identifiers{
		UserNames: []string{profile.Login}, Emails: []string{profile.Email}, NameIDs: []string{profile.Email}, ExternalIDs: []string{p.ID},
	}
}

// look looks once.
func (e *examiner) look(who target.Identifiers) (target.View, error) {
	view, err := e.probe.Look(e.ctx, e.org, who)
	if err != nil {
		return view, err
	}
	return view, e.complete(view)
}

// settled looks once everything shows.
func (e *examiner) settled(who target.Identifiers) (target.View, error) {
	if err := e.pace.Settle(e.ctx); err != nil {
		return target.View{}, err
	}
	return e.look(who)
}

// until looks until nothing is wrong any more, or will not get better.
func (e *examiner) until(who target.Identifiers, wrong func(target.View) error) error {
	var problem error
	waited := e.pace.Until(e.ctx, func() bool {
		view, err := e.look(who)
		if problem = err; problem == nil {
			problem = wrong(view)
		}
		return problem == nil
	})
	return errors.Join(problem, waited)
}

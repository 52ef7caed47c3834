package org_test

// These tests run over the real store, which imports this package: hence the
// external package.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// world is a product with one organization: a founder, teams and an enabled Okta
// provider.
type world struct {
	tester
	ctx    context.Context
	store  org.Store
	svc    *org.Service
	org    org.Organization
	okta   org.Provider
	caller org.Caller
	core   org.Team // an ordinary team
	ops    org.Team // another one, whose default role is maintainer
	all    org.Team // the default team
	token  string
	admin  org.Account
	visit  string // the founder's session secret
	serial int
}

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	rapid.TB
	Cleanup(func())
	Context() context.Context
}

// varied is a change to the standard product.
type varied func(*org.Behaviour)

// rule changes rules, and the steps with them. It goes before any change of a step.
func rule(change func(*org.Rules)) varied {
	return func(b *org.Behaviour) {
		change(&b.Rules)
		b.Events = org.StandardEvents(&b.Rules, &b.Grammar)
	}
}

func newWorld(t tester, variations ...varied) *world {
	t.Helper()
	b := org.NewBehaviour(org.Standard())
	for _, vary := range variations {
		vary(b)
	}
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := &world{tester: t, ctx: t.Context()}
	s, err := store.Open(w.ctx, store.Options{})
	w.ok(err)
	t.Cleanup(func() { w.ok(s.Close()) })
	w.store = s
	w.svc = org.New(s, b, func() time.Time { return start })
	w.enter(w.found("Rebel Alliance", "leia@rebels.test"))
	return w
}

func (w *world) found(name, founder string) org.Founded {
	w.Helper()
	f, err := w.svc.Found(w.ctx, org.NewOrganization{
		Name: name, Founder: founder,
		Teams: []org.NewTeam{
			{Name: "Core"}, {Name: "Ops", DefaultRole: org.TeamMaintainer}, {Name: "Everyone", Default: true},
		},
		Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled, IdPEntityID: "http://okta.test/" + name, Groups: true},
	})
	w.ok(err)
	return f
}

// enter makes the founded organization the one that the helpers are about.
func (w *world) enter(f org.Founded) {
	w.org, w.okta, w.token = f.Organization, f.Provider, f.Credential.Token
	w.core, w.ops, w.all = f.Teams[0], f.Teams[1], f.Teams[2]
	w.admin, w.visit = f.Founder, f.SessionSecret
	w.caller = org.Caller{Organization: f.Organization, Provider: f.Provider, Credential: f.Credential}
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

// refused asks for a refusal of that kind.
func (w *world) refused(err error, kind org.Kind) {
	w.Helper()
	if got := org.KindOf(err); got != kind {
		w.Fatalf("refusal of kind %q (%v), want %q", got, err, kind)
	}
}

func (w *world) assign(userName string) org.Record {
	w.Helper()
	r, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: userName, Active: true})
	w.ok(err)
	return r
}

func (w *world) setActive(id string, active bool) error {
	_, err := w.svc.ChangeRecord(w.ctx, w.caller, id, func(r *org.Record) error { r.Active = active; return nil })
	return err
}

func (w *world) rename(id, userName string) error {
	_, err := w.svc.ChangeRecord(w.ctx, w.caller, id, func(r *org.Record) error { r.UserName = userName; return nil })
	return err
}

// attributes builds the attributes of an assertion from name, value pairs; an
// empty value is an attribute that was sent empty.
func attributes(pairs ...string) map[string][]string {
	all := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = append(all[pairs[i]], pairs[i+1])
	}
	return all
}

func (w *world) trySignIn(nameID string, pairs ...string) (org.SignedIn, error) {
	w.serial++
	return w.svc.SignIn(w.ctx, w.okta, org.Assertion{
		ID: fmt.Sprintf("_a%d", w.serial), NameID: nameID, SessionIndex: "s1", Attributes: attributes(pairs...),
	})
}

func (w *world) signIn(nameID string, pairs ...string) org.SignedIn {
	w.Helper()
	in, err := w.trySignIn(nameID, pairs...)
	w.ok(err)
	return in
}

// denied signs in and asks for the refusal to change nothing but the log.
func (w *world) denied(nameID string, pairs ...string) org.Event {
	w.Helper()
	before := w.state()
	log := w.log()
	_, err := w.trySignIn(nameID, pairs...)
	w.refused(err, org.Forbidden)
	if after := w.state(); after != before {
		w.Fatalf("a refused sign-in changed the state\nbefore: %s\nafter:  %s", before, after)
	}
	fresh := w.log()[len(log):]
	if len(fresh) != 1 || fresh[0].Action != org.SignInDenied || fresh[0].Cause == "" {
		w.Fatalf("the log says %v, want one denial with its cause", actions(fresh))
	}
	return fresh[0]
}

func (w *world) look(address string) org.Picture {
	w.Helper()
	p, err := w.svc.Look(w.ctx, w.org.ID, org.Identifiers{UserNames: []string{address}, NameIDs: []string{address}})
	w.ok(err)
	return p
}

func (w *world) shape(address string) string {
	w.Helper()
	return shapeOf(w.look(address))
}

// shapeOf counts what there is of a person, as "record active, account, member, seat".
func shapeOf(p org.Picture) string {
	var parts []string
	for _, r := range p.Records {
		word := "record inactive"
		if r.Active {
			word = "record active"
		}
		parts = append(parts, word)
	}
	slices.Sort(parts) // by no order else, where there are several
	for range p.Accounts {
		parts = append(parts, "account")
	}
	for _, m := range p.Memberships {
		parts = append(parts, string(m.Role))
	}
	for _, s := range p.Seats {
		if s.Ended.IsZero() {
			parts = append(parts, "seat")
		}
	}
	for _, s := range p.Sessions {
		if s.Live(p.Now) {
			parts = append(parts, "session")
		}
	}
	for _, t := range p.Tokens {
		if t.Live() {
			parts = append(parts, "token")
		}
	}
	return strings.Join(parts, ", ")
}

func (w *world) shaped(address, want string) {
	w.Helper()
	if got := w.shape(address); got != want {
		w.Fatalf("%s has %q, want %q", address, got, want)
	}
}

// teamsIn lists a person's places as "core/member".
func teamsIn(p org.Picture) string {
	var all []string
	for _, m := range p.Memberships {
		for _, t := range m.Teams {
			all = append(all, t.Team.Slug+"/"+string(t.Role))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func (w *world) inTeams(address, want string) {
	w.Helper()
	if got := teamsIn(w.look(address)); got != want {
		w.Fatalf("%s is in %q, want %q", address, got, want)
	}
}

func (w *world) log() []org.Event {
	w.Helper()
	log, err := w.svc.Audit(w.ctx, w.org.ID, 0, 0)
	w.ok(err)
	return log
}

// during runs f and returns what the log says of it.
func (w *world) during(f func()) []org.Event {
	w.Helper()
	before := len(w.log())
	f()
	return w.log()[before:]
}

func actions(events []org.Event) []org.Action {
	var all []org.Action
	for _, e := range events {
		all = append(all, e.Action)
	}
	return all
}

func (w *world) said(events []org.Event, want ...org.Action) {
	w.Helper()
	if got := actions(events); !slices.Equal(got, want) {
		w.Fatalf("the log says %v, want %v", got, want)
	}
}

// pick returns the one event of the action.
func (w *world) pick(events []org.Event, action org.Action) org.Event {
	w.Helper()
	var found []org.Event
	for _, e := range events {
		if e.Action == action {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		w.Fatalf("%d events %s among %v, want one", len(found), action, actions(events))
	}
	return found[0]
}

// state spells everything in the organization, without ids and times.
func (w *world) state() string {
	w.Helper()
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	records, err := w.svc.Records(w.ctx, w.org.ID)
	w.ok(err)
	for _, r := range records {
		add("record %s %s active=%t linked=%t v%d", r.UserName, r.GivenName, r.Active, r.Account != "", r.Version)
	}
	members, err := w.svc.Members(w.ctx, w.org.ID)
	w.ok(err)
	for _, m := range members {
		sessions, err := w.svc.Sessions(w.ctx, w.org.ID, m.Account.ID)
		w.ok(err)
		var teams []string
		for _, t := range m.Teams {
			teams = append(teams, t.Team.Slug+"/"+string(t.Role))
		}
		slices.Sort(teams)
		add("member %s %q %s %v sessions=%d", m.Account.Email, m.Account.Name, m.Membership.Role, teams, len(sessions))
	}
	parts = append(parts, w.groupState()...)
	seats, err := w.svc.Seats(w.ctx, w.org.ID)
	w.ok(err)
	open, err := w.svc.OpenSeats(w.ctx, w.org.ID)
	w.ok(err)
	add("seats %d open %d", len(seats), open)
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

func (w *world) sound() {
	w.Helper()
	wrong, err := w.svc.CheckInvariants(w.ctx, w.org.ID)
	w.ok(err)
	if len(wrong) > 0 {
		w.Fatalf("invariants broken: %s", strings.Join(wrong, "; "))
	}
}

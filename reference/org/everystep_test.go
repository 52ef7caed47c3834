//go:build !race

// These tests run one after the other through nearly a hundred stories. They have
// nothing to race with, and the race detector makes them take minutes.

package org_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
)

// stepNames lists every step of the standard events with how to take it out.
func stepNames() map[string]varied {
	all := map[string]varied{}
	b := org.NewBehaviour(org.Standard())
	list(all, "Call", b.Events.Call, func(b *org.Behaviour) *[]org.Step[org.Call] { return &b.Events.Call })
	list(all, "Provision", b.Events.Provision, func(b *org.Behaviour) *[]org.Step[org.Provisioning] { return &b.Events.Provision })
	list(all, "Update", b.Events.Update, func(b *org.Behaviour) *[]org.Step[org.Updating] { return &b.Events.Update })
	list(all, "Deactivate", b.Events.Deactivate, func(b *org.Behaviour) *[]org.Step[org.Leaving] { return &b.Events.Deactivate })
	list(all, "Reactivate", b.Events.Reactivate, func(b *org.Behaviour) *[]org.Step[org.Returning] { return &b.Events.Reactivate })
	list(all, "Delete", b.Events.Delete, func(b *org.Behaviour) *[]org.Step[org.Leaving] { return &b.Events.Delete })
	list(all, "CreateGroup", b.Events.CreateGroup, func(b *org.Behaviour) *[]org.Step[org.Grouping] { return &b.Events.CreateGroup })
	list(all, "ChangeGroup", b.Events.ChangeGroup, func(b *org.Behaviour) *[]org.Step[org.Grouping] { return &b.Events.ChangeGroup })
	list(all, "DeleteGroup", b.Events.DeleteGroup, func(b *org.Behaviour) *[]org.Step[org.Grouping] { return &b.Events.DeleteGroup })
	list(all, "SignIn", b.Events.SignIn, func(b *org.Behaviour) *[]org.Step[org.SignIn] { return &b.Events.SignIn })
	list(all, "TestSignIn", b.Events.TestSignIn, func(b *org.Behaviour) *[]org.Step[org.SignIn] { return &b.Events.TestSignIn })
	list(all, "Session", b.Events.Session, func(b *org.Behaviour) *[]org.Step[org.Request] { return &b.Events.Session })
	list(all, "Token", b.Events.Token, func(b *org.Behaviour) *[]org.Step[org.Request] { return &b.Events.Token })
	list(all, "Self", b.Events.Self, func(b *org.Behaviour) *[]org.Step[org.Self] { return &b.Events.Self })
	list(all, "Remove", b.Events.Remove, func(b *org.Behaviour) *[]org.Step[org.Leaving] { return &b.Events.Remove })
	list(all, "ChangeRole", b.Events.ChangeRole, func(b *org.Behaviour) *[]org.Step[org.RoleChange] { return &b.Events.ChangeRole })
	return all
}

func list[E any](all map[string]varied, event string, steps []org.Step[E], of func(*org.Behaviour) *[]org.Step[E]) {
	for _, s := range steps {
		all[event+": "+s.Name] = func(b *org.Behaviour) { org.Without(of(b), s.Name) }
	}
}

// Every step does something that can be seen: a long story, told without it,
// comes out differently. What by the standard rules does nothing is told with
// the rules under which it does.
func TestEveryStepMatters(t *testing.T) {
	t.Parallel()
	other := rule(func(r *org.Rules) {
		r.CreateForExistingMember, r.Reactivate, r.DeleteVerb = "conflict", "restore", "405"
		r.TokensResurrect, r.JIT = true, "record_required"
	})
	standard := []string{transcript(t), transcript(t, other)}
	for name, without := range stepNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if transcript(t, without) == standard[0] && transcript(t, other, without) == standard[1] {
				t.Error("nothing is different without it")
			}
		})
	}
	if again := transcript(t); again != standard[0] {
		t.Error("two tellings of the same story differ")
	}
}

// transcript tells a long story and notes what came of each part.
func transcript(t *testing.T, variations ...varied) string {
	w := newWorld(t, variations...)
	var lines []string
	note := func(what string, err error) {
		said := ""
		if refusal := new(org.Error); errors.As(err, &refusal) {
			said = string(refusal.Kind) + ": " + refusal.Message
		}
		lines = append(lines, fmt.Sprintf("%s: %s | %s", what, said, w.state()))
	}
	// A step that was taken out may leave the next one with nothing to work on.
	try := func(what string, f func() error) {
		defer func() {
			if p := recover(); p != nil {
				lines = append(lines, what+": panics")
			}
		}()
		note(what, f())
	}
	story := w.story()
	for _, part := range story {
		try(part.what, part.do)
	}
	var log []string
	for _, e := range w.log() {
		log = append(log, string(e.Action)+" "+e.SubjectName)
	}
	slices.Sort(log) // the sessions that end together do so in no certain order
	return strings.Join(append(lines, log...), "\n")
}

type part struct {
	what string
	do   func() error
}

// story is a bit of everything.
func (w *world) story() []part {
	const lando, leia = "lando@rebels.test", "leia@rebels.test"
	var secret, left, key, kept string
	record := func(name string) string {
		if p := w.look(name); len(p.Records) > 0 {
			return p.Records[0].ID
		}
		return "nothing"
	}
	account := func(name string) string {
		if p := w.look(name); len(p.Accounts) > 0 {
			return p.Accounts[0].ID
		}
		return "nobody"
	}
	create := func(name string) error {
		_, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: name, Active: true})
		return err
	}
	enter := func(name string, pairs ...string) error {
		in, err := w.trySignIn(name, pairs...)
		if err == nil {
			secret = in.Secret
		}
		return err
	}
	open := func() error { _, err := w.svc.Session(w.ctx, secret); return err }
	reopen := func() error { _, err := w.svc.Session(w.ctx, left); return err }
	unlock := func() error { _, err := w.svc.Token(w.ctx, key); return err }
	ahead := func(d time.Duration) func() error {
		return func() error { return w.svc.AdvanceClock(w.ctx, "", w.org.ID, d) }
	}
	issue := func(name string) func() error {
		return func() (err error) {
			_, key, err = w.svc.IssueToken(w.ctx, "", w.org.ID, account(name), "ci")
			return err
		}
	}
	// self is a person asking who they are to SCIM.
	self := func(provider string) error {
		_, r, err := w.svc.AdmitPerson(w.ctx, org.Call{ProviderID: provider, Token: key})
		if err != nil {
			return err
		}
		return outcome(r.UserName)
	}
	remove := func(name string) func() error {
		return func() error { return w.svc.RemoveMember(w.ctx, "", w.org.ID, account(name)) }
	}
	group := func(name string, members ...string) func() error {
		return func() error {
			var in []org.GroupMember
			for _, m := range members {
				in = append(in, org.GroupMember{ID: w.memberID(m)})
			}
			_, err := w.svc.CreateGroup(w.ctx, w.caller, org.Group{DisplayName: name, Members: in})
			return err
		}
	}
	regroup := func(name string, change func(*org.GroupEdit)) func() error {
		return func() error {
			_, err := w.svc.ChangeGroup(w.ctx, w.caller, w.memberID(name), func(e *org.GroupEdit) error { change(e); return nil })
			return err
		}
	}
	join := func(name, member string) func() error {
		return regroup(name, func(e *org.GroupEdit) { e.Add(w.memberID(member)) })
	}
	ungroup := func(name string) func() error {
		return func() error { return w.svc.DeleteGroup(w.ctx, w.caller, w.memberID(name)) }
	}
	second := org.Provider{}
	core := w.core.ID
	return []part{
		{"no token", func() error { return w.admit(w.okta.ID, "", false) }},
		{"token", func() error { return w.admit(w.okta.ID, w.token, false) }},
		{"blank name", func() error { return create(" ") }},
		{"create", func() error { return create(han) }},
		{"group", group("Pilots", han)},
		{"group without a name", group(" ")},
		{"group of the same name", group("PILOTS")},
		{"group with nobody", group("Ghosts", "nobody")},
		{"group in a group", group("Fleet", "Pilots")},
		{"group in itself", join("Pilots", "Fleet")},
		{"nobody joins", join("Fleet", "nobody")},
		{"group unnamed", regroup("Fleet", func(e *org.GroupEdit) { e.DisplayName = "" })},
		{"group named as another", regroup("Fleet", func(e *org.GroupEdit) { e.DisplayName = "pilots" })},
		{"group renamed", regroup("Fleet", func(e *org.GroupEdit) { e.DisplayName = "Armada" })},
		{"groups switched off", func() error { return w.offer(false) }},
		{"group where none is offered", group("Smugglers")},
		{"group changed where none is offered", join("Armada", han)},
		{"group deleted where none is offered", ungroup("Armada")},
		{"groups switched on", func() error { return w.offer(true) }},
		{"create again", func() error { return create(strings.ToUpper(han)) }},
		{"no address", func() error { return enter("han") }},
		{"first sign-in", func() error { return enter(han, "name", "Han", "admin", "true", "teams", core) }},
		{"link seen", func() error { return w.linked(han) }},
		{"session", open},
		{"nonsense session", func() error { _, err := w.svc.Session(w.ctx, "nonsense"); return err }},
		{"nonsense token", func() error { _, err := w.svc.Token(w.ctx, "nonsense"); return err }},
		{"token issued", issue(han)},
		{"token used", unlock},
		{"who the session is", func() error { v, err := w.svc.Session(w.ctx, secret); return visitor(v, err) }},
		{"who the token is", func() error { v, err := w.svc.Token(w.ctx, key); return visitor(v, err) }},
		{"blank rename", func() error { return w.rename(record(han), " ") }},
		{"rename", func() error { return w.rename(record(han), "solo@rebels.test") }},
		{"second sign-in", func() error { return enter("solo@rebels.test", "name", "Solo", "email", "solo@rebels.test") }},
		{"group of a member", group("Crew", "solo@rebels.test")},
		{"out", func() error { return w.setActive(record("solo@rebels.test"), false) }},
		{"active again", func() error { return w.setActive(record("solo@rebels.test"), true) }},
		{"by NameID alone", func() error { return enter("solo@rebels.test", "email", "captain@rebels.test") }},
		{"session over", ahead(org.SessionLifetime)},
		{"session after", open},
		{"lando first", func() error { return enter(lando) }},
		{"record for a member", func() error { return create(lando) }},
		{"lando linked", func() error { return w.linked(lando) }},
		{"lando's name clashes", func() error { return w.rename(record(lando), "solo@rebels.test") }},
		{"lando a pilot", join("Pilots", lando)},
		{"lando in", func() error { return enter(lando) }},
		{"lando's token", issue(lando)},
		{"lando deactivated", func() error { left = secret; return w.setActive(record(lando), false) }},
		{"lando's session", open},
		{"lando's token used", unlock},
		{"lando denied", func() error { return enter(lando) }},
		{"lando reactivated", func() error { return w.setActive(record(lando), true) }},
		{"lando back", func() error { return enter(lando, "teams", core) }},
		{"lando's old token", unlock},
		{"lando's old session", reopen},
		{"lando's new token", issue(lando)},
		{"lando removed", func() error { left, kept = secret, key; return remove(lando)() }},
		{"lando's session then", open},
		{"lando's token then", unlock},
		{"lando back again", func() error { return enter(lando, "teams", core) }},
		{"lando's session of before", reopen},
		{"lando's token of before", func() error { _, err := w.svc.Token(w.ctx, kept); return err }},
		{"lando's third token", issue(lando)},
		{"who lando is to SCIM", func() error { return self(w.okta.ID) }},
		{"who lando is elsewhere", func() error {
			elsewhere, err := w.svc.Found(w.ctx, org.NewOrganization{Name: "Empire", Founder: "vader@empire.test", Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled}})
			if err != nil {
				return err
			}
			return self(elsewhere.Provider.ID)
		}},
		{"lando deleted", func() error { left = secret; return w.svc.DeleteRecord(w.ctx, w.caller, record(lando)) }},
		{"lando's session at last", open},
		{"lando's token at last", unlock},
		{"lando back without a record", func() error { return enter(lando) }},
		{"lando's session of once", reopen},
		{"record to link by name", func() error { return create("l") }},
		{"chewie in", func() error { return enter("chewie@rebels.test") }},
		{"a pilot", join("Pilots", "l")},
		{"renamed to him", func() error { return w.rename(record("l"), "chewie@rebels.test") }},
		{"group renamed again", regroup("Pilots", func(e *org.GroupEdit) { e.DisplayName = "Aces" })},
		{"no pilot", regroup("Aces", func(e *org.GroupEdit) { e.Replace(w.memberID("solo@rebels.test")) })},
		{"pilots deleted", ungroup("Aces")},
		{"chewie linked", func() error { return w.linked("chewie@rebels.test") }},
		{"nobody knows her", func() error { return enter("rey@rebels.test") }},
		{"nor the second time", func() error { return enter("Rey@rebels.test") }},
		{"with a NameID", func() error { return enter("00u-rey", "email", "rey@rebels.test") }},
		{"and a new address", func() error { return enter("00u-rey", "email", "skywalker@rebels.test") }},
		{"han promoted", func() error {
			return w.svc.ChangeRole(w.ctx, "", w.org.ID, account("captain@rebels.test"), org.Admin)
		}},
		{"record for leia", func() error { return create(leia) }},
		{"han demoted", func() error {
			return w.svc.ChangeRole(w.ctx, "", w.org.ID, account("captain@rebels.test"), org.Member)
		}},
		{"leia promoted", func() error { return w.svc.ChangeRole(w.ctx, "", w.org.ID, account(leia), org.Admin) }},
		{"leia demoted", func() error { return w.svc.ChangeRole(w.ctx, "", w.org.ID, account(leia), org.Member) }},
		{"leia removed", remove(leia)},
		{"leia deactivated", func() error { return w.setActive(record(leia), false) }},
		{"leia deleted", func() error { return w.svc.DeleteRecord(w.ctx, w.caller, record(leia)) }},
		{"custom provider", func() (err error) {
			second, _, err = w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.CustomSAML, State: org.Enabled})
			return err
		}},
		{"foreign token", func() error { return w.admit(second.ID, w.token, false) }},
		{"flag", func() error {
			_, c, err := w.svc.Connection(w.ctx, second.ID)
			if err != nil {
				return err
			}
			return w.admit(second.ID, c[0].Token, false)
		}},
		{"test sign-in", func() (err error) {
			if second, _, err = w.svc.AddProvider(w.ctx, "", w.org.ID, org.NewProvider{Kind: org.CustomSAML}); err != nil {
				return err
			}
			_, err = w.svc.SignIn(w.ctx, second, org.Assertion{NameID: "nobody"})
			return err
		}},
		{"test sign-in that works", func() error {
			_, err := w.svc.SignIn(w.ctx, second, org.Assertion{NameID: han})
			return err
		}},
		{"enabled", func() error { return w.svc.SetProviderState(w.ctx, "", second.ID, org.Enabled, false) }},
		{"expired", func() error {
			if err := w.svc.ExpireToken(w.ctx, "", w.okta.ID); err != nil {
				return err
			}
			return w.admit(w.okta.ID, w.token, false)
		}},
		{"disabled", func() error {
			c, err := w.svc.RotateToken(w.ctx, "", w.okta.ID, 0, 0)
			if err != nil {
				return err
			}
			if err := w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Disabled, false); err != nil {
				return err
			}
			return w.admit(w.okta.ID, c.Token, false)
		}},
		{"sign-in while disabled", func() error { return enter(han) }},
		{"on another plan", func() error {
			if err := w.svc.SetProviderState(w.ctx, "", w.okta.ID, org.Enabled, true); err != nil {
				return err
			}
			if err := w.svc.SetPlan(w.ctx, "", w.org.ID, org.Pro); err != nil {
				return err
			}
			_, c, err := w.svc.Connection(w.ctx, w.okta.ID)
			if err != nil {
				return err
			}
			return w.admit(w.okta.ID, c[0].Token, false)
		}},
		{"a token on another plan", issue("captain@rebels.test")},
		{"who one is to SCIM then", func() error { return self(w.okta.ID) }},
	}
}

// outcome carries a word for the transcript.
func outcome(word string) error { return &org.Error{Kind: org.Kind(word)} }

func visitor(v org.Visitor, err error) error {
	if err != nil {
		return err
	}
	return outcome(fmt.Sprintf("%s %s in %d teams", v.Account.Email, v.Membership.Role, len(v.Teams)))
}

// linked says whether the person's records have an account.
func (w *world) linked(name string) error {
	for _, r := range w.look(name).Records {
		if r.Account == "" {
			return outcome("not linked")
		}
	}
	return outcome("linked")
}

//go:build !race

package org_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall.example/reference/org"
)

// part is a deed in a story, and what came of it.
type part struct {
	what string
	do   func() error
}

// telling is a story that is being told: a bit of everything, in chapters.
type telling struct {
	*world
	secret, left string       // of the session that began last, and of one before
	key, kept    string       // of the API token that was issued last, and of one before
	second       org.Provider // added in the story
}

func (w *world) story() []part {
	t := &telling{world: w}
	return slices.Concat(t.theDoor(), t.groups(), t.han(), t.lando(), t.otherNames(), t.byHand(), t.providers())
}

// They knock, and Han gets a record.
func (t *telling) theDoor() []part {
	return []part{
		{"no token", func() error { return t.admit(t.okta.ID, "", false) }},
		{"token", func() error { return t.admit(t.okta.ID, t.token, false) }},
		{"blank name", func() error { return t.create(" ") }},
		{"create", func() error { return t.create(han) }},
	}
}

// Groups come, change and are refused.
func (t *telling) groups() []part {
	return []part{
		{"group", t.group("Pilots", han)},
		{"group without a name", t.group(" ")},
		{"group of the same name", t.group("PILOTS")},
		{"group with nobody", t.group("Ghosts", "nobody")},
		{"group in a group", t.group("Fleet", "Pilots")},
		{"group in itself", t.join("Pilots", "Fleet")},
		{"nobody joins", t.join("Fleet", "nobody")},
		{"group unnamed", t.regroup("Fleet", func(e *org.GroupEdit) { e.DisplayName = "" })},
		{"group named as another", t.regroup("Fleet", func(e *org.GroupEdit) { e.DisplayName = "pilots" })},
		{"group renamed", t.regroup("Fleet", func(e *org.GroupEdit) { e.DisplayName = "Armada" })},
		{"groups switched off", func() error { return t.offer(false) }},
		{"group where none is offered", t.group("Smugglers")},
		{"group changed where none is offered", t.join("Armada", han)},
		{"group deleted where none is offered", t.ungroup("Armada")},
		{"groups switched on", func() error { return t.offer(true) }},
	}
}

// Han comes in, is renamed, and leaves.
func (t *telling) han() []part {
	return []part{
		{"create again", func() error { return t.create(strings.ToUpper(han)) }},
		{"no address", func() error { return t.enter("han") }},
		{"first sign-in", func() error { return t.enter(han, "name", "Han", "admin", "true", "teams", t.core.ID) }},
		{"link seen", func() error { return t.linked(han) }},
		{"session", t.open},
		{"nonsense session", func() error { _, err := t.svc.Session(t.ctx, "nonsense"); return err }},
		{"nonsense token", func() error { _, err := t.svc.Token(t.ctx, "nonsense"); return err }},
		{"token issued", t.issue(han)},
		{"token used", t.unlock},
		{"who the session is", func() error { v, err := t.svc.Session(t.ctx, t.secret); return visitor(v, err) }},
		{"who the token is", func() error { v, err := t.svc.Token(t.ctx, t.key); return visitor(v, err) }},
		{"blank rename", func() error { return t.rename(t.record(han), " ") }},
		{"rename", func() error { return t.rename(t.record(han), "solo@rebels.test") }},
		{"second sign-in", func() error { return t.enter("solo@rebels.test", "name", "Solo", "email", "solo@rebels.test") }},
		{"group of a member", t.group("Crew", "solo@rebels.test")},
		{"out", func() error { return t.setActive(t.record("solo@rebels.test"), false) }},
		{"active again", func() error { return t.setActive(t.record("solo@rebels.test"), true) }},
		{"by NameID alone", func() error { return t.enter("solo@rebels.test", "email", "captain@rebels.test") }},
		{"session over", t.ahead(org.SessionLifetime)},
		{"session after", t.open},
	}
}

// Lando is turned away in every way that there is, and comes back.
func (t *telling) lando() []part {
	return []part{
		{"lando first", func() error { return t.enter(lando) }},
		{"record for a member", func() error { return t.create(lando) }},
		{"lando linked", func() error { return t.linked(lando) }},
		{"lando's name clashes", func() error { return t.rename(t.record(lando), "solo@rebels.test") }},
		{"lando a pilot", t.join("Pilots", lando)},
		{"lando in", func() error { return t.enter(lando) }},
		{"lando's token", t.issue(lando)},
		{"lando deactivated", func() error { t.left = t.secret; return t.setActive(t.record(lando), false) }},
		{"lando's session", t.open},
		{"lando's token used", t.unlock},
		{"lando denied", func() error { return t.enter(lando) }},
		{"lando reactivated", func() error { return t.setActive(t.record(lando), true) }},
		{"lando back", func() error { return t.enter(lando, "teams", t.core.ID) }},
		{"lando's old token", t.unlock},
		{"lando's old session", t.reopen},
		{"lando's new token", t.issue(lando)},
		{"lando removed", func() error { t.left, t.kept = t.secret, t.key; return t.remove(lando)() }},
		{"lando's session then", t.open},
		{"lando's token then", t.unlock},
		{"lando back again", func() error { return t.enter(lando, "teams", t.core.ID) }},
		{"lando's session of before", t.reopen},
		{"lando's token of before", func() error { _, err := t.svc.Token(t.ctx, t.kept); return err }},
		{"lando's third token", t.issue(lando)},
		{"who lando is to SCIM", func() error { return t.self(t.okta.ID) }},
		{"who lando is elsewhere", func() error {
			elsewhere, err := t.svc.Found(t.ctx, org.NewOrganization{Name: "Empire", Founder: "vader@empire.test", Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled}})
			if err != nil {
				return err
			}
			return t.self(elsewhere.Provider.ID)
		}},
		{"lando deleted", func() error { t.left = t.secret; return t.svc.DeleteRecord(t.ctx, t.caller, t.record(lando)) }},
		{"lando's session at last", t.open},
		{"lando's token at last", t.unlock},
		{"lando back without a record", func() error { return t.enter(lando) }},
		{"lando's session of once", t.reopen},
	}
}

// People are found by other names than they came by.
func (t *telling) otherNames() []part {
	return []part{
		{"record to link by name", func() error { return t.create("l") }},
		{"chewie in", func() error { return t.enter("chewie@rebels.test") }},
		{"a pilot", t.join("Pilots", "l")},
		{"renamed to him", func() error { return t.rename(t.record("l"), "chewie@rebels.test") }},
		{"group renamed again", t.regroup("Pilots", func(e *org.GroupEdit) { e.DisplayName = "Aces" })},
		{"no pilot", t.regroup("Aces", func(e *org.GroupEdit) { e.Replace(t.memberID("solo@rebels.test")) })},
		{"pilots deleted", t.ungroup("Aces")},
		{"chewie linked", func() error { return t.linked("chewie@rebels.test") }},
		{"nobody knows her", func() error { return t.enter("rey@rebels.test") }},
		{"nor the second time", func() error { return t.enter("Rey@rebels.test") }},
		{"with a NameID", func() error { return t.enter("00u-rey", "email", "rey@rebels.test") }},
		{"and a new address", func() error { return t.enter("00u-rey", "email", "skywalker@rebels.test") }},
	}
}

// An administrator does by hand what Okta usually does.
func (t *telling) byHand() []part {
	return []part{
		{"han promoted", func() error {
			return t.svc.ChangeRole(t.ctx, "", t.org.ID, t.account("captain@rebels.test"), org.Admin)
		}},
		{"record for leia", func() error { return t.create(leia) }},
		{"han demoted", func() error {
			return t.svc.ChangeRole(t.ctx, "", t.org.ID, t.account("captain@rebels.test"), org.Member)
		}},
		{"leia promoted", func() error { return t.svc.ChangeRole(t.ctx, "", t.org.ID, t.account(leia), org.Admin) }},
		{"leia demoted", func() error { return t.svc.ChangeRole(t.ctx, "", t.org.ID, t.account(leia), org.Member) }},
		{"leia removed", t.remove(leia)},
		{"leia deactivated", func() error { return t.setActive(t.record(leia), false) }},
		{"leia deleted", func() error { return t.svc.DeleteRecord(t.ctx, t.caller, t.record(leia)) }},
	}
}

// Providers, tokens and plans come and go.
func (t *telling) providers() []part {
	return []part{
		{"custom provider", func() (err error) {
			t.second, _, err = t.svc.AddProvider(t.ctx, "", t.org.ID, org.NewProvider{Kind: org.CustomSAML, State: org.Enabled})
			return err
		}},
		{"foreign token", func() error { return t.admit(t.second.ID, t.token, false) }},
		{"flag", func() error {
			_, c, err := t.svc.Connection(t.ctx, t.second.ID)
			if err != nil {
				return err
			}
			return t.admit(t.second.ID, c[0].Token, false)
		}},
		{"test sign-in", func() (err error) {
			if t.second, _, err = t.svc.AddProvider(t.ctx, "", t.org.ID, org.NewProvider{Kind: org.CustomSAML}); err != nil {
				return err
			}
			_, err = t.svc.SignIn(t.ctx, t.second, org.Assertion{NameID: "nobody"})
			return err
		}},
		{"test sign-in that works", func() error {
			_, err := t.svc.SignIn(t.ctx, t.second, org.Assertion{NameID: han})
			return err
		}},
		{"enabled", func() error { return t.svc.SetProviderState(t.ctx, "", t.second.ID, org.Enabled, false) }},
		{"expired", func() error {
			if err := t.svc.ExpireToken(t.ctx, "", t.okta.ID); err != nil {
				return err
			}
			return t.admit(t.okta.ID, t.token, false)
		}},
		{"disabled", func() error {
			c, err := t.svc.RotateToken(t.ctx, "", t.okta.ID, 0, 0)
			if err != nil {
				return err
			}
			if err := t.svc.SetProviderState(t.ctx, "", t.okta.ID, org.Disabled, false); err != nil {
				return err
			}
			return t.admit(t.okta.ID, c.Token, false)
		}},
		{"sign-in while disabled", func() error { return t.enter(han) }},
		{"on another plan", func() error {
			if err := t.svc.SetProviderState(t.ctx, "", t.okta.ID, org.Enabled, true); err != nil {
				return err
			}
			if err := t.svc.SetPlan(t.ctx, "", t.org.ID, org.Pro); err != nil {
				return err
			}
			_, c, err := t.svc.Connection(t.ctx, t.okta.ID)
			if err != nil {
				return err
			}
			return t.admit(t.okta.ID, c[0].Token, false)
		}},
		{"a token on another plan", t.issue("captain@rebels.test")},
		{"who one is to SCIM then", func() error { return t.self(t.okta.ID) }},
	}
}

func (t *telling) record(name string) string {
	if p := t.look(name); len(p.Records) > 0 {
		return p.Records[0].ID
	}
	return "nothing"
}

func (t *telling) account(name string) string {
	if p := t.look(name); len(p.Accounts) > 0 {
		return p.Accounts[0].ID
	}
	return "nobody"
}

func (t *telling) create(name string) error {
	_, err := t.svc.CreateRecord(t.ctx, t.caller, org.Record{UserName: name, Active: true})
	return err
}

func (t *telling) enter(name string, pairs ...string) error {
	in, err := t.trySignIn(name, pairs...)
	if err == nil {
		t.secret = in.Secret
	}
	return err
}

func (t *telling) open() error   { _, err := t.svc.Session(t.ctx, t.secret); return err }
func (t *telling) reopen() error { _, err := t.svc.Session(t.ctx, t.left); return err }
func (t *telling) unlock() error { _, err := t.svc.Token(t.ctx, t.key); return err }

func (t *telling) ahead(d time.Duration) func() error {
	return func() error { return t.svc.AdvanceClock(t.ctx, "", t.org.ID, d) }
}

func (t *telling) issue(name string) func() error {
	return func() (err error) {
		_, t.key, err = t.svc.IssueToken(t.ctx, "", t.org.ID, t.account(name), "ci")
		return err
	}
}

// self is a person asking who they are to SCIM.
func (t *telling) self(provider string) error {
	_, r, err := t.svc.AdmitPerson(t.ctx, org.Call{ProviderID: provider, Token: t.key})
	if err != nil {
		return err
	}
	return outcome(r.UserName)
}

func (t *telling) remove(name string) func() error {
	return func() error { return t.svc.RemoveMember(t.ctx, "", t.org.ID, t.account(name)) }
}

func (t *telling) group(name string, members ...string) func() error {
	return func() error {
		var in []org.GroupMember
		for _, m := range members {
			in = append(in, org.GroupMember{ID: t.memberID(m)})
		}
		_, err := t.svc.CreateGroup(t.ctx, t.caller, org.Group{DisplayName: name, Members: in})
		return err
	}
}

func (t *telling) regroup(name string, change func(*org.GroupEdit)) func() error {
	return func() error {
		_, err := t.svc.ChangeGroup(t.ctx, t.caller, t.memberID(name), func(e *org.GroupEdit) error { change(e); return nil })
		return err
	}
}

func (t *telling) join(name, member string) func() error {
	return t.regroup(name, func(e *org.GroupEdit) { e.Add(t.memberID(member)) })
}

func (t *telling) ungroup(name string) func() error {
	return func() error { return t.svc.DeleteGroup(t.ctx, t.caller, t.memberID(name)) }
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

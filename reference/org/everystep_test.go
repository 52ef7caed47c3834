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

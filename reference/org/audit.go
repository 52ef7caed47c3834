package org

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// The audit log is written so that playing it back rebuilds the state. Subject
// is the record's id for SCIM_RECORD_* and ORGANIZATION_INVITATION_*, the group's for SCIM_GROUP_*, for
// SCIM_GROUP_MEMBER_* the id of the record or group that comes or goes, the team's for TEAM_CREATED,
// TEAM_UPDATED and TEAM_DELETED, and the account's for everything that belongs to a person; Before and
// After hold:
//
//	SCIM_RECORD_CREATED, _UPDATED       a JSON object of the fields (all, or those that changed)
//	SCIM_RECORD_DEACTIVATED, …          "active", "inactive"
//	SCIM_RECORD_LINKED                  the account's id
//	SCIM_GROUP_CREATED, …               a JSON object of displayName and externalId, likewise
//	SCIM_GROUP_MEMBER_*                 the id of the group and its name
//	USER_CREATED, _UPDATED              a JSON object of email and name, likewise
//	ORGANIZATION_INVITATION_*           who was invited, by user name
//	ORGANIZATION_MEMBER_*               the role
//	TEAM_CREATED                        a JSON object
//	TEAM_UPDATED                        the name
//	TEAM_DELETED, ORGANIZATION_DELETED  the name
//	TEAM_MEMBER_*                       the team's slug and the role, as "core/maintainer"
//	SEAT_*, AUTHORIZATION_*             the id of the seat, of the session
//	USER_API_ACCESS_TOKEN_*             the id of the token and its name
//	the rest                            words for people

// writeAll appends the events to the log.
func writeAll(ctx context.Context, tx Tx, events []Event) error {
	for _, e := range events {
		if err := tx.Audit(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func auditProvisioning(ctx context.Context, tx Tx, e *Provisioning) error {
	return writeAll(ctx, tx, e.Events)
}
func auditUpdating(ctx context.Context, tx Tx, e *Updating) error { return writeAll(ctx, tx, e.Events) }
func auditReturning(ctx context.Context, tx Tx, e *Returning) error {
	return writeAll(ctx, tx, e.Events)
}
func auditLeaving(ctx context.Context, tx Tx, e *Leaving) error { return writeAll(ctx, tx, e.Events) }

func auditRoleChange(ctx context.Context, tx Tx, e *RoleChange) error {
	return writeAll(ctx, tx, e.Events)
}

func auditSignIn(ctx context.Context, tx Tx, e *SignIn) error {
	done := e.event(SignInSucceeded)
	if e.Account != nil {
		done.Subject = e.Account.ID
	}
	return writeAll(ctx, tx, append(e.Events, done))
}

func auditTestSignIn(ctx context.Context, tx Tx, e *SignIn) error {
	return writeAll(ctx, tx, append(e.Events, e.event(SignInTested)))
}

// event starts an event that a SCIM client caused.
func (c Caller) event(action Action, r Record, at time.Time, cause string) Event {
	actor, name := c.actor()
	return Event{
		Organization: c.Organization.ID, At: at, Action: action,
		Actor: actor, ActorName: name, Provider: c.Provider.ID,
		Subject: r.ID, SubjectName: r.UserName, Cause: cause,
	}
}

// actor is who the caller is in the log.
func (c Caller) actor() (kind Actor, name string) {
	if c.Person != nil {
		return ByMember, c.Person.Email
	}
	return BySCIM, c.Provider.ID
}

// event starts an event that the sign-in caused, about the person signing in.
func (e *SignIn) event(action Action) Event {
	event := Event{
		Organization: e.Organization.ID, At: e.Now, Action: action,
		Actor: BySSO, ActorName: e.Provider.ID, Provider: e.Provider.ID,
		SubjectName: e.Email, Cause: e.cause(),
	}
	if e.Account != nil {
		event.Subject, event.SubjectName = e.Account.ID, e.Account.Email
	}
	return event
}

func (e *SignIn) cause() string { return "sign-in through " + e.Provider.Kind.Title() }

// say adds an event about the person signing in.
func (e *SignIn) say(action Action, before, after string) {
	event := e.event(action)
	event.Before, event.After = before, after
	e.Events = append(e.Events, event)
}

// ignore notes that a part of an attribute had no effect, and why.
func (e *SignIn) ignore(attribute, entry, reason string) {
	event := e.event(AttributeIgnored)
	event.Before = attribute + ": " + shortened(entry)
	event.Cause = reason
	e.Events = append(e.Events, event)
}

// shortened keeps what comes from outside from filling the log.
func shortened(s string) string {
	const most = 200
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// event starts an event about the person leaving.
func (e *Leaving) event(action Action) Event {
	event := Event{
		Organization: e.Organization.ID, At: e.Now, Action: action,
		Actor: e.Actor, ActorName: e.ActorName, Provider: e.Provider.ID, Cause: e.Cause,
	}
	if e.Account != nil {
		event.Subject, event.SubjectName = e.Account.ID, e.Account.Email
	}
	return event
}

// say adds an event about the person leaving.
func (e *Leaving) say(action Action, before, after string) {
	event := e.event(action)
	event.Before, event.After = before, after
	e.Events = append(e.Events, event)
}

// sayRecord adds an event about the record of the person leaving.
func (e *Leaving) sayRecord(action Action, before, after string) {
	e.say(action, before, after)
	last := &e.Events[len(e.Events)-1]
	last.Subject, last.SubjectName = e.Record.ID, e.Record.UserName
}

// activity spells whether a record is active.
func activity(active bool) string {
	if active {
		return "active"
	}
	return "inactive"
}

// place spells a place in a team for the log.
func place(team Team, role TeamRole) string { return team.Slug + "/" + string(role) }

// recordFields are the fields of a record as the log spells them.
func recordFields(r Record) map[string]any {
	return map[string]any{
		"userName": r.UserName, "externalId": r.ExternalID,
		"givenName": r.GivenName, "familyName": r.FamilyName, "displayName": r.DisplayName,
		"emails": append([]Email{}, r.Emails...), "active": r.Active,
	}
}

// spellRecord is [spell] of a record's fields, without the detour.
func spellRecord(r Record) string {
	return spell(struct {
		Active      bool    `json:"active"`
		DisplayName string  `json:"displayName"`
		Emails      []Email `json:"emails"`
		ExternalID  string  `json:"externalId"`
		FamilyName  string  `json:"familyName"`
		GivenName   string  `json:"givenName"`
		UserName    string  `json:"userName"`
	}{r.Active, r.DisplayName, append([]Email{}, r.Emails...), r.ExternalID, r.FamilyName, r.GivenName, r.UserName})
}

// sameFields says whether two records have the same fields, as the log spells them.
func sameFields(a, b Record) bool {
	return a.Active == b.Active && a.UserName == b.UserName && a.ExternalID == b.ExternalID && a.GivenName == b.GivenName &&
		a.FamilyName == b.FamilyName && a.DisplayName == b.DisplayName && slices.Equal(a.Emails, b.Emails)
}

func accountFields(a Account) map[string]any {
	return map[string]any{"email": a.Email, "name": a.Name}
}

// difference spells the fields in which two values differ, before and after.
// Both are empty when nothing does.
func difference(before, after map[string]any) (was, is string) {
	old, changed := differing(before, after)
	if len(changed) == 0 {
		return "", ""
	}
	return spell(old), spell(changed)
}

// differing picks the fields in which two values differ.
func differing(before, after map[string]any) (old, changed map[string]any) {
	old, changed = map[string]any{}, map[string]any{}
	for name, value := range after {
		if !reflect.DeepEqual(before[name], value) {
			old[name], changed[name] = before[name], value
		}
	}
	return old, changed
}

// spell writes fields as a JSON object, letters as they are: those of a map in
// alphabetical order, those of a struct in its own.
func spell(fields any) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	// A map of strings, booleans and e-mail entries always encodes.
	_ = enc.Encode(fields)
	return strings.TrimSuffix(out.String(), "\n")
}

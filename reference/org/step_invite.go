package org

import "context"

// An invitation is a record that no account stands behind yet: it waits for its person
// to sign in, and gives them nothing until then. What becomes of it is told in the
// audit log; there is nothing else to keep.

// pending says whether the record's person has yet to accept.
func (r Record) pending() bool { return r.Active && r.Account == "" }

// event starts an event about the invitation that the record is.
func (r Record) invited(c Caller, action Action, before, after string) Event {
	event := c.event(action, r, r.Modified, "invited over SCIM")
	event.Before, event.After = before, after
	return event
}

// inviteCreated invites whom SCIM created and who is not here yet.
func inviteCreated(_ context.Context, _ Tx, e *Provisioning) error {
	if e.Record.pending() {
		e.Events = append(e.Events, e.Record.invited(e.Caller, InvitationSent, "", e.Record.UserName))
	}
	return nil
}

// inviteAgain invites whom SCIM brought back before they ever came.
func inviteAgain(_ context.Context, _ Tx, e *Returning) error {
	if e.Record.pending() {
		e.Events = append(e.Events, e.Record.invited(e.Caller, InvitationSent, "", e.Record.UserName))
	}
	return nil
}

// withdraw takes the invitation back from somebody who has not accepted it.
func withdraw(_ context.Context, _ Tx, e *Leaving) error {
	if e.Record.pending() {
		e.sayRecord(InvitationWithdrawn, e.Record.UserName, "")
	}
	return nil
}

// accept notes that the first sign-in accepts the invitation.
func accept(_ context.Context, _ Tx, e *SignIn) error {
	if e.Record == nil || !e.Record.pending() {
		return nil
	}
	event := e.event(InvitationAccepted)
	event.Before, event.After = e.Record.UserName, e.Account.ID
	e.Events = append(e.Events, event)
	return nil
}

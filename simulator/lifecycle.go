package simulator

import (
	"context"
	"slices"
)

// transition sets the person's state if it is one of those it may start from.
func (t *Tenant) transition(person *Person, verb string, to Status, from ...Status) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Contains(from, person.status) {
		return &Refusal{Code: "E0000001", Summary: "Cannot " + verb + " a user that is " + string(person.status)}
	}
	person.status = to
	return nil
}

// Suspend blocks an ACTIVE person's sign-in. Apps stay assigned and nothing is
// sent: no product ever hears of a suspension.
func (t *Tenant) Suspend(_ context.Context, person *Person) (Outcome, error) {
	return Outcome{}, t.transition(person, "suspend", Suspended, Active)
}

// Unsuspend ends a suspension; it too sends nothing.
func (t *Tenant) Unsuspend(_ context.Context, person *Person) (Outcome, error) {
	return Outcome{}, t.transition(person, "unsuspend", Active, Suspended)
}

// Deactivate ends the person's time in the tenant: every app assignment goes,
// which deactivates the person in each product where that is possible. Group
// memberships stay.
func (t *Tenant) Deactivate(ctx context.Context, person *Person) (Outcome, error) {
	err := t.transition(person, "deactivate", Deprovisioned,
		Staged, Provisioned, Active, Recovery, LockedOut, PasswordExpired, Suspended)
	if err != nil {
		return Outcome{}, err
	}
	return t.run(ctx, person, func(r *run) error {
		for _, app := range t.assignedApps(person) {
			if err := app.end(r, person); err != nil {
				return err
			}
		}
		return nil
	})
}

// Activate makes a STAGED or DEPROVISIONED person ACTIVE. Apps assigned to one of
// the person's groups come back by themselves; those that had been assigned to
// the person alone do not.
func (t *Tenant) Activate(ctx context.Context, person *Person) (Outcome, error) {
	if err := t.transition(person, "activate", Active, Staged, Provisioned, Deprovisioned); err != nil {
		return Outcome{}, err
	}
	return t.run(ctx, person, func(r *run) error { return t.allFollow(r, person) })
}

// SetStatus puts the person in a state that no verb here leads to, as LOCKED_OUT
// or PASSWORD_EXPIRED. It sends nothing and changes no assignment.
func (t *Tenant) SetStatus(person *Person, status Status) {
	t.mu.Lock()
	defer t.mu.Unlock()
	person.status = status
}

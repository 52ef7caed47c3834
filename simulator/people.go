package simulator

import (
	"context"
	"strings"
)

// Profile is what the directory knows of a person.
type Profile struct {
	FirstName string
	LastName  string
	Email     string
	// Login is the Okta user name; Hire sets it to Email where it is empty.
	Login string
	// DisplayName is optional, as in Okta.
	DisplayName string
	// Locale is as en_US; optional.
	Locale string
}

// Name returns first and last name.
func (p Profile) Name() string {
	return strings.TrimSpace(p.FirstName + " " + p.LastName)
}

// Status is a person's state in Okta.
type Status string

// The states. Only who is ACTIVE can sign in.
const (
	Staged          Status = "STAGED"
	Provisioned     Status = "PROVISIONED"
	Active          Status = "ACTIVE"
	Recovery        Status = "RECOVERY"
	LockedOut       Status = "LOCKED_OUT"
	PasswordExpired Status = "PASSWORD_EXPIRED"
	Suspended       Status = "SUSPENDED"
	Deprovisioned   Status = "DEPROVISIONED"
)

// Person is somebody in the directory.
type Person struct {
	// ID is the Okta user id: 00u and 17 more characters. It is what a product
	// gets as externalId.
	ID string

	tenant  *Tenant
	profile Profile
	status  Status
}

// Profile returns a copy of the person's profile.
func (p *Person) Profile() Profile {
	p.tenant.mu.Lock()
	defer p.tenant.mu.Unlock()
	return p.profile
}

// Status returns the person's state.
func (p *Person) Status() Status {
	p.tenant.mu.Lock()
	defer p.tenant.mu.Unlock()
	return p.status
}

// Email returns the person's address.
func (p *Person) Email() string { return p.Profile().Email }

// Login returns the person's Okta user name.
func (p *Person) Login() string { return p.Profile().Login }

// Name returns the person's first and last name.
func (p *Person) Name() string { return p.Profile().Name() }

// String returns name and address, for messages.
func (p *Person) String() string {
	profile := p.Profile()
	return profile.Name() + " <" + profile.Email + ">"
}

// Hire adds a person who is ACTIVE.
func (t *Tenant) Hire(profile Profile) *Person { return t.add(profile, Active) }

// Stage adds a person who is STAGED: in the directory, but not started yet.
// Apps may be assigned; nothing is sent before Activate.
func (t *Tenant) Stage(profile Profile) *Person { return t.add(profile, Staged) }

func (t *Tenant) add(profile Profile, status Status) *Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	if profile.Login == "" {
		profile.Login = profile.Email
	}
	person := &Person{ID: t.newID(personID), tenant: t, profile: profile, status: status}
	t.people = append(t.people, person)
	return person
}

// Person returns the person with that id, or nil.
func (t *Tenant) Person(id string) *Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, person := range t.people {
		if person.ID == id {
			return person
		}
	}
	return nil
}

// Update changes the person's profile and pushes it to each app that the person
// is provisioned in and that has Update User Attributes on.
func (t *Tenant) Update(ctx context.Context, person *Person, change func(*Profile)) (Outcome, error) {
	t.mu.Lock()
	change(&person.profile)
	t.mu.Unlock()
	return t.run(ctx, person, func(r *run) error {
		for _, app := range t.assignedApps(person) {
			if err := app.pushProfile(r, person); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetPassword sets the person's password and pushes it to each app that the
// person is provisioned in and that has Sync Password on.
func (t *Tenant) SetPassword(ctx context.Context, person *Person, password string) (Outcome, error) {
	t.journal.Secret(password)
	return t.run(ctx, person, func(r *run) error {
		for _, app := range t.assignedApps(person) {
			if err := app.pushPassword(r, person, password); err != nil {
				return err
			}
		}
		return nil
	})
}

// assignedApps returns the apps that the person is assigned to.
func (t *Tenant) assignedApps(person *Person) []*App {
	t.mu.Lock()
	defer t.mu.Unlock()
	var assigned []*App
	for _, app := range t.apps {
		if app.assignments[person] != nil {
			assigned = append(assigned, app)
		}
	}
	return assigned
}

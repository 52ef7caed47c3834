package simulator

import (
	"context"
	"strings"
	"sync"

	"rollcall.example/simulator/provision"
)

// begin makes the person assigned and provisions them if they were not before.
func (a *App) begin(r *run, person *Person, individual bool, profile AppProfile) error {
	a.tenant.mu.Lock()
	if person.status == Deprovisioned {
		a.tenant.mu.Unlock()
		return &Refusal{Code: "E0000001", Summary: "Cannot assign an app to a user that is " + string(Deprovisioned)}
	}
	found := a.assignments[person]
	isNew := found == nil
	if isNew {
		found = &assignment{id: a.tenant.newID(assignmentID), status: "ACTIVE", syncState: "DISABLED"}
		a.assignments[person] = found
	}
	if individual {
		found.individual, found.profile = true, merged(found.profile, profile)
	}
	a.tenant.mu.Unlock()
	if !isNew {
		r.note("%s is assigned already: nothing is sent", person.Name())
		return nil
	}
	return a.provision(r, person)
}

// follow brings the person's assignment in line with the groups that the app is
// assigned to, and catches up on provisioning that waited for an activation.
func (a *App) follow(r *run, person *Person) error {
	a.tenant.mu.Lock()
	found, through := a.assignments[person], len(a.groupsWith(person)) > 0
	gone := person.status == Deprovisioned
	waits := found != nil && found.staged && person.status != Staged
	a.tenant.mu.Unlock()
	switch {
	case found == nil && through && !gone:
		return a.begin(r, person, false, nil)
	case found != nil && !found.individual && !through:
		return a.end(r, person)
	case waits:
		return a.provision(r, person)
	}
	return nil
}

// provision looks the person up in the product and creates or links them, as far
// as the settings allow.
func (a *App) provision(r *run, person *Person) error {
	settings := a.Settings()
	switch {
	case !settings.Integration:
		r.note("API integration is off: nothing is sent")
		return nil
	case !settings.CreateUsers:
		r.note("Create Users is off: nothing is sent")
		return nil
	}
	a.tenant.mu.Lock()
	found := a.assignments[person]
	if found == nil {
		a.tenant.mu.Unlock()
		return notAssigned(person)
	}
	staged := person.status == Staged
	found.staged, found.status = staged, "STAGED"
	password := a.tenant.draw(8)
	a.tenant.mu.Unlock()
	if staged {
		r.note("%s is %s: provisioning waits for the activation", person.Name(), Staged)
		return nil
	}
	a.tenant.journal.Secret(password)
	return a.perform(r, job{
		kind: provision.KindProvision, person: person,
		do: func(ctx context.Context, jobs *provision.Jobs, settings AppSettings) (provision.Result, error) {
			user := userOf(settings, person)
			user.Password = password
			return jobs.Assign(ctx, user)
		},
		done: func(result provision.Result) {
			if result.ID != "" {
				found.externalID, found.status = result.ID, "PROVISIONED"
			}
			found.settle(result)
		},
	})
}

// settle notes how the last push went.
func (a *assignment) settle(result provision.Result) {
	a.syncState = "SYNCHRONIZED"
	if result.Problem != nil {
		a.syncState = "ERROR"
	}
}

// end takes the assignment away and deactivates the person in the product. Only
// who has an external id can be deactivated: without one Okta has nothing to
// address, and whoever the product knows under that name stays in.
func (a *App) end(r *run, person *Person) error {
	a.tenant.mu.Lock()
	found := a.assignments[person]
	delete(a.assignments, person)
	a.tenant.mu.Unlock()
	if found == nil {
		return nil
	}
	settings := a.Settings()
	switch {
	case !settings.Integration:
		r.note("API integration is off: no deactivation is sent")
		return nil
	case !settings.DeactivateUsers:
		r.note("Deactivate Users is off: no deactivation is sent")
		return nil
	}
	return a.perform(r, job{
		kind: provision.KindDeprovision, person: person,
		do: func(ctx context.Context, jobs *provision.Jobs, settings AppSettings) (provision.Result, error) {
			// Read only now: a creation may have been under way until this job's turn.
			a.tenant.mu.Lock()
			externalID := found.externalID
			a.tenant.mu.Unlock()
			if externalID == "" {
				return provision.Result{Notes: []string{
					person.Name() + " has no external id in " + settings.Label + ": no deactivation is sent",
				}}, nil
			}
			return jobs.Deactivate(ctx, externalID, settings.userName(person.Profile()))
		},
	})
}

// pushProfile pushes the profile, where the settings allow and the product's id
// of the person is known.
func (a *App) pushProfile(r *run, person *Person) error {
	settings := a.Settings()
	if !settings.Integration || !settings.UpdateAttributes {
		r.note("Update User Attributes is off for %s: nothing is sent", settings.Label)
		return nil
	}
	return a.perform(r, a.pushJob(provision.KindProfile, person,
		func(ctx context.Context, jobs *provision.Jobs, settings AppSettings, id string) (provision.Result, error) {
			return jobs.Update(ctx, id, userOf(settings, person))
		}))
}

func (a *App) pushPassword(r *run, person *Person, password string) error {
	settings := a.Settings()
	if !settings.Integration || !settings.SyncPassword {
		r.note("Sync Password is off for %s: nothing is sent", settings.Label)
		return nil
	}
	return a.perform(r, a.pushJob(provision.KindPassword, person,
		func(ctx context.Context, jobs *provision.Jobs, settings AppSettings, id string) (provision.Result, error) {
			return jobs.Password(ctx, id, settings.userName(person.Profile()), password)
		}))
}

// pushJob is a job for somebody who has to be assigned and to have an external id.
func (a *App) pushJob(kind provision.Kind, person *Person,
	push func(context.Context, *provision.Jobs, AppSettings, string) (provision.Result, error)) job {
	var found *assignment
	return job{
		kind: kind, person: person,
		do: func(ctx context.Context, jobs *provision.Jobs, settings AppSettings) (provision.Result, error) {
			id := ""
			a.tenant.mu.Lock()
			if found = a.assignments[person]; found != nil {
				id = found.externalID
			}
			a.tenant.mu.Unlock()
			if id == "" {
				found = nil
				return provision.Result{Notes: []string{
					person.Name() + " has no external id in " + settings.Label + ": nothing is sent",
				}}, nil
			}
			return push(ctx, jobs, settings, id)
		},
		done: func(result provision.Result) {
			if found != nil {
				found.settle(result)
			}
		},
	}
}

// ProvisionUser does for somebody who was assigned before provisioning was on
// what an assignment would do now. Only tenants with Lifecycle Management have it.
func (a *App) ProvisionUser(ctx context.Context, person *Person) (Outcome, error) {
	settings := a.Settings()
	switch _, assigned := a.Assignment(person); {
	case !settings.LifecycleManagement:
		return Outcome{}, &Refusal{Code: "E0000015", Summary: "You do not have permission to access the feature you are requesting"}
	case !assigned:
		return Outcome{}, notAssigned(person)
	}
	return a.tenant.run(ctx, person, func(r *run) error { return a.provision(r, person) })
}

// userOf returns the profile as it is pushed.
func userOf(settings AppSettings, person *Person) provision.User {
	profile := person.Profile()
	return provision.User{
		UserName:    settings.userName(profile),
		GivenName:   profile.FirstName,
		FamilyName:  profile.LastName,
		Email:       profile.Email,
		DisplayName: profile.DisplayName,
		Locale:      strings.ReplaceAll(profile.Locale, "_", "-"),
		ExternalID:  person.ID,
	}
}

// queue returns the lock behind which the jobs about one person or group wait for
// each other: Okta works off the jobs of an app user one by one.
func (a *App) queue(about any) *sync.Mutex {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	if a.queues[about] == nil {
		a.queues[about] = &sync.Mutex{}
	}
	return a.queues[about]
}

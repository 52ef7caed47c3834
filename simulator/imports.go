package simulator

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"rollcall.example/simulator/provision"
)

// ImportSettings are those of "Provisioning to Okta".
type ImportSettings struct {
	// Groups imports groups too.
	Groups bool
	// ConfirmMatches takes in whom the user name matches exactly, ConfirmNew who is
	// unknown at Okta. Others wait for an administrator, and nothing comes of them here.
	ConfirmMatches bool
	ConfirmNew     bool
	// Safeguard is the share of the app's people, in percent, whom one import may
	// remove; 0 is Okta's own 20, less than nothing none at all.
	Safeguard int
	// Inactive is what becomes of somebody at Okta who is inactive in the product, where
	// the product is the source of profiles.
	Inactive Sourcing
}

// Sourcing is what Okta does when a product that it takes profiles from deactivates
// somebody.
type Sourcing int

// LeaveAlone does nothing; it is also what happens where profiles come from Okta.
const (
	LeaveAlone Sourcing = iota
	SuspendToo
	DeactivateToo
)

// safeguard is how much of an app one import may remove if nobody says otherwise.
const safeguard = 20

// Import is what came of an import, in the numbers that Okta shows at its end.
type Import struct {
	Users, Groups ImportCount
	// Skipped counts those who are inactive in the product: they are never imported.
	Skipped int
	// Stopped says why the import removed nobody although it would have; else empty.
	Stopped string
}

// ImportCount counts users or groups.
type ImportCount struct{ Scanned, New, Updated, Unchanged, Removed int }

// String returns the numbers as Okta's console shows them.
func (i Import) String() string {
	text := i.Users.text("user")
	if i.Groups != (ImportCount{}) {
		text += "\n\n" + i.Groups.text("group")
	}
	return text
}

func (c ImportCount) text(noun string) string {
	return fmt.Sprintf("%s scanned!\n  %s imported\n  %s updated\n  %s unchanged\n  %s removed", plural(c.Scanned, noun),
		plural(c.New, "new "+noun), plural(c.Updated, "existing "+noun), plural(c.Unchanged, "existing "+noun), plural(c.Removed, noun))
}

func plural(n int, noun string) string {
	if n == 1 {
		return fmt.Sprint(n, " ", noun)
	}
	return fmt.Sprint(n, " ", noun, "s")
}

// ImportedUser is somebody whom an import found in the product.
type ImportedUser struct {
	ExternalID string
	UserName   string
	GivenName  string
	FamilyName string
	Email      string
	// Person is whom they are at Okta; nil as long as nobody has confirmed it.
	Person *Person
}

// directory is what imports know of a product, by its ids.
type directory struct {
	users  map[string]ImportedUser
	groups map[string]ImportedGroup
}

// Import reads everybody from the product and matches them with the directory. It
// changes nothing in the product. A refusal is a Task in the outcome that is not kept,
// as it is only shown on the page, and then nothing is taken over.
func (a *App) Import(ctx context.Context) (Import, Outcome, error) {
	var report Import
	outcome, err := a.tenant.run(ctx, nil, func(r *run) error {
		settings := a.Settings()
		if !settings.Integration {
			r.note("API integration is off: nothing is asked for")
			return nil
		}
		read, err := a.download(r)
		if err != nil || read == nil {
			return err
		}
		return a.takeIn(r, *read, settings, &report)
	})
	return report, outcome, err
}

// download reads the product; nothing is returned where that is refused.
func (a *App) download(r *run) (*provision.Imported, error) {
	var read provision.Imported
	problem, err := a.attempt(r, job{
		kind: provision.KindImport,
		do: func(ctx context.Context, jobs *provision.Jobs, settings AppSettings) (provision.Result, error) {
			var err error
			read, err = jobs.Import(ctx, settings.Import.Groups)
			return provision.Result{Problem: read.Problem, Notes: read.Notes}, err
		},
	})
	if err != nil {
		return nil, err
	}
	if problem != nil {
		r.outcome.Tasks = append(r.outcome.Tasks, a.onlyShown(problem))
		return nil, nil
	}
	return &read, nil
}

// takeIn makes of what was read what Okta makes of it.
func (a *App) takeIn(r *run, read provision.Imported, settings AppSettings, report *Import) error {
	present := map[string]bool{}
	var inactive []string
	for _, user := range read.Users {
		report.Users.Scanned++
		present[user.Text("id")] = true
		if user.Inactive() {
			report.Skipped++
			inactive = append(inactive, user.Text("id"))
			continue
		}
		a.takeInUser(importedUser(user), settings, report)
	}
	a.takeInGroups(read.Groups, settings, report)
	a.remove(r, present, settings, report)
	for _, id := range inactive {
		if err := a.sourced(r, id, settings.Import.Inactive); err != nil {
			return err
		}
	}
	return nil
}

func importedUser(user *provision.Object) ImportedUser {
	name, err := provision.ParseObject(user.Raw("name"))
	if err != nil {
		name = &provision.Object{}
	}
	return ImportedUser{
		ExternalID: user.Text("id"), UserName: user.Text("userName"), Email: primaryAddress(user),
		GivenName: name.Text("givenName"), FamilyName: name.Text("familyName"),
	}
}

// takeInUser counts somebody who is active and links them to the person whom they are.
func (a *App) takeInUser(user ImportedUser, settings AppSettings, report *Import) {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	before, seen := a.imported().users[user.ExternalID]
	person, assigned := a.holder(user.ExternalID)
	if person == nil {
		person = a.match(user, settings)
	}
	user.Person = person
	switch {
	case !seen && !assigned:
		report.Users.New++
	case seen && before != user:
		report.Users.Updated++
	default:
		report.Users.Unchanged++
	}
	a.known.users[user.ExternalID] = user
	if person != nil && a.assignments[person] == nil {
		a.assignments[person] = &assignment{
			id: a.tenant.newID(assignmentID), individual: true, externalID: user.ExternalID, status: "PROVISIONED", syncState: "SYNCHRONIZED",
		}
	}
}

// match finds the person whom somebody new is, or hires them, as far as the settings
// confirm that by themselves. The lock is held.
func (a *App) match(user ImportedUser, settings AppSettings) *Person {
	for _, person := range a.tenant.people {
		if strings.EqualFold(settings.userName(person.profile), user.UserName) && person.status != Deprovisioned {
			if !settings.Import.ConfirmMatches {
				return nil
			}
			return person
		}
	}
	if !settings.Import.ConfirmNew {
		return nil
	}
	person := &Person{ID: a.tenant.newID(personID), tenant: a.tenant, status: Active, profile: Profile{
		FirstName: user.GivenName, LastName: user.FamilyName, Email: orElse(user.Email, user.UserName), Login: user.UserName,
	}}
	a.tenant.people = append(a.tenant.people, person)
	return person
}

// holder finds the person who is assigned with that id. The lock is held.
func (a *App) holder(externalID string) (*Person, bool) {
	for person, found := range a.assignments {
		if found.externalID == externalID && externalID != "" {
			return person, true
		}
	}
	return nil, false
}

// imported is what earlier imports know. The lock is held.
func (a *App) imported() *directory {
	if a.known == nil {
		a.known = &directory{users: map[string]ImportedUser{}, groups: map[string]ImportedGroup{}}
	}
	return a.known
}

// remove takes the app from those whom the product has no more, unless they are so
// many that something must be wrong with it. Nothing is sent.
func (a *App) remove(r *run, present map[string]bool, settings AppSettings, report *Import) {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	var gone []*Person
	held := 0
	for person, found := range a.assignments {
		if found.externalID == "" {
			continue
		}
		held++
		if !present[found.externalID] {
			gone = append(gone, person)
		}
	}
	limit := settings.Import.Safeguard
	if limit == 0 {
		limit = safeguard
	}
	if allowed := int(math.Floor(float64(held*max(limit, 0)) / 100)); len(gone) > allowed {
		report.Stopped = fmt.Sprintf("the import would remove %d of the %d people of %s, and the safeguard allows %d %%: nobody is removed",
			len(gone), held, settings.Label, max(limit, 0))
		r.note("%s", report.Stopped)
		return
	}
	for _, person := range gone {
		delete(a.imported().users, a.assignments[person].externalID)
		delete(a.assignments, person)
	}
	report.Users.Removed = len(gone)
}

// sourced does to the person what the product did to the account, where Okta takes
// profiles from it.
func (a *App) sourced(r *run, externalID string, how Sourcing) error {
	a.tenant.mu.Lock()
	person, _ := a.holder(externalID)
	a.tenant.mu.Unlock()
	if person == nil || person.Status() != Active {
		return nil
	}
	var err error
	var outcome Outcome
	switch how {
	case SuspendToo:
		outcome, err = a.tenant.Suspend(r.ctx, person)
	case DeactivateToo:
		outcome, err = a.tenant.Deactivate(r.ctx, person)
	}
	r.outcome.add(outcome)
	return err
}

// takeInGroups counts the product's groups and keeps them for LinkGroup.
func (a *App) takeInGroups(groups []*provision.Object, settings AppSettings, report *Import) {
	if !settings.Import.Groups {
		return
	}
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	before := a.imported().groups
	a.known.groups = map[string]ImportedGroup{}
	for _, object := range groups {
		group := importedGroup(object)
		report.Groups.Scanned++
		switch old, seen := before[group.ExternalID]; {
		case !seen:
			report.Groups.New++
		case old.Name != group.Name || !slices.Equal(old.Members, group.Members):
			report.Groups.Updated++
		default:
			report.Groups.Unchanged++
		}
		a.known.groups[group.ExternalID] = group
	}
	for id := range before {
		if _, still := a.known.groups[id]; !still {
			report.Groups.Removed++
		}
	}
}

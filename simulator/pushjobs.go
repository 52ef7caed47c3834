package simulator

import (
	"context"
	"slices"

	"rollcall.example/simulator/provision"
)

// pushed is what the product was last told of a group.
type pushed struct {
	externalID string
	target     string
	members    []provision.GroupMember
}

// pushAll sends the whole group: it creates it where no id is known, else overwrites it.
func (a *App) pushAll(r *run, p *push) error { return a.perform(r, a.groupJob(p, whole)) }

func whole(ctx context.Context, jobs *provision.Jobs, is pushed, wanted provision.Group) (provision.Result, error) {
	if is.externalID == "" {
		return jobs.PushGroup(ctx, wanted)
	}
	return jobs.ReplaceMembers(ctx, is.externalID, wanted)
}

// changes sends what is different from the last push, if anything is.
func changes(ctx context.Context, jobs *provision.Jobs, is pushed, wanted provision.Group) (provision.Result, error) {
	removed, added := minus(is.members, wanted.Members), minus(wanted.Members, is.members)
	switch {
	case is.externalID == "":
		return jobs.PushGroup(ctx, wanted)
	case len(removed)+len(added) > 0:
		return jobs.ChangeMembers(ctx, is.externalID, wanted, removed, added)
	case wanted.DisplayName != is.target:
		return jobs.RenameGroup(ctx, is.externalID, wanted)
	}
	return provision.Result{}, nil
}

// minus are the members of one list whose ids are not in the other.
func minus(one, other []provision.GroupMember) []provision.GroupMember {
	return slices.DeleteFunc(slices.Clone(one), func(m provision.GroupMember) bool {
		return slices.ContainsFunc(other, func(o provision.GroupMember) bool { return o.Value == m.Value })
	})
}

// groupJob is a job about a pushed group. What is wanted is read when its turn has
// come. After a refusal a retry sends the whole group.
func (a *App) groupJob(p *push,
	send func(ctx context.Context, jobs *provision.Jobs, is pushed, wanted provision.Group) (provision.Result, error)) job {
	var wanted provision.Group
	do := func(send func(context.Context, *provision.Jobs, pushed, provision.Group) (provision.Result, error)) func(context.Context, *provision.Jobs, AppSettings) (provision.Result, error) {
		return func(ctx context.Context, jobs *provision.Jobs, settings AppSettings) (provision.Result, error) {
			a.tenant.mu.Lock()
			gone := p.gone
			is := pushed{p.externalID, p.target, p.members}
			left := 0
			wanted, left = a.wanted(p, settings)
			a.tenant.mu.Unlock()
			if gone {
				return provision.Result{}, nil
			}
			result, err := send(ctx, jobs, is, wanted)
			if left > 0 && (result.ID != "" || result.Problem != nil) {
				result.Notes = append(result.Notes, leftOut(p.group, left, settings))
			}
			return result, err
		}
	}
	return job{
		kind: provision.KindGroup, group: p.group, do: do(send), retry: do(whole),
		done: func(result provision.Result) { a.settlePush(p, wanted, result) },
	}
}

func leftOut(group *Group, left int, settings AppSettings) string {
	who := plural(left, "member") + " of " + group.Name()
	return who + " not provisioned in " + settings.Label + ": left out"
}

// wanted is the group as the product should have it, and how many members are left
// out because the product does not know them. The lock is held.
func (a *App) wanted(p *push, settings AppSettings) (provision.Group, int) {
	group := provision.Group{DisplayName: p.target}
	if p.named {
		group.DisplayName = p.group.name
	}
	left := 0
	for _, person := range p.group.members {
		found := a.assignments[person]
		if found == nil || found.externalID == "" {
			left++
			continue
		}
		group.Members = append(group.Members, provision.GroupMember{
			Value: found.externalID, Display: settings.userName(person.profile),
		})
	}
	return group, left
}

// settlePush notes how a push went. The lock is held.
func (a *App) settlePush(p *push, wanted provision.Group, result provision.Result) {
	if result.ID != "" {
		p.externalID = result.ID
	}
	switch {
	case result.Problem != nil:
		p.status, p.problem = PushError, result.Problem.Text(p.group.name, a.settings.Label)
	case result.ID != "":
		if p.status == PushError {
			p.status = PushActive
		}
		p.problem = ""
		p.target, p.members, p.lastPush = wanted.DisplayName, wanted.Members, a.tenant.clock.Now()
	}
}

// pushChanges brings every group that is pushed, and every one that a rule now catches,
// in line with the directory.
func (t *Tenant) pushChanges(r *run) error {
	for _, app := range t.Apps() {
		if err := app.followRules(r); err != nil {
			return err
		}
		for _, p := range app.changed() {
			if err := app.perform(r, app.groupJob(p, changes)); err != nil {
				return err
			}
		}
	}
	return nil
}

// changed are the mappings that are ACTIVE and not what the product was last told.
func (a *App) changed() []*push {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	if !a.settings.Integration || !a.settings.PushGroups {
		return nil
	}
	var found []*push
	for _, p := range a.pushes {
		wanted, _ := a.wanted(p, a.settings)
		same := wanted.DisplayName == p.target && len(minus(wanted.Members, p.members)) == 0 && len(minus(p.members, wanted.Members)) == 0
		if p.status == PushActive && p.externalID != "" && !same {
			found = append(found, p)
		}
	}
	return found
}

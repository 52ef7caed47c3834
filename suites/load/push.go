package load

import (
	"context"

	"rollcall.example/simulator/provision"
)

// batch is how many people join a group at a time.
const batch = 100

// group is a task about a group.
func (r *run) group(ctx context.Context, number int) (context.Context, *task) {
	t := &task{job: jobPush, number: number, of: r.groups, id: r.groups.id(number), name: r.crowd.Group(number)}
	return withTask(ctx, t), t
}

// push makes a group and puts its people in: the person with number n is in the group
// with number n modulo the number of groups.
func (r *run) push(ctx context.Context, number int) {
	ctx, t := r.group(ctx, number)
	result, err := r.jobs.PushGroup(ctx, provision.Group{DisplayName: t.name})
	if err == nil && result.Created {
		r.groups.name(number, result.ID)
	}
	if !r.settle(t, result.Problem, err) {
		return
	}
	t.id = result.ID
	if r.putsGroups() {
		r.join(ctx, t, r.whole(number, -1), nil)
		return
	}
	joined := make([]provision.GroupMember, 0, batch)
	for person := range r.members(number) {
		if joined = append(joined, r.member(person)); len(joined) == batch {
			if !r.join(ctx, t, provision.Group{DisplayName: t.name}, joined) {
				return
			}
			joined = joined[:0]
		}
	}
	if len(joined) > 0 {
		r.join(ctx, t, provision.Group{DisplayName: t.name}, joined)
	}
}

func (r *run) join(ctx context.Context, t *task, group provision.Group, joined []provision.GroupMember) bool {
	result, err := r.jobs.ChangeMembers(ctx, t.id, group, nil, joined)
	return r.settle(t, result.Problem, err)
}

// regroup takes the first member of a group out, or puts them in again.
func (r *run) regroup(ctx context.Context, number int) {
	if !r.groups.usable(number) || !r.people.usable(number) {
		return
	}
	ctx, t := r.group(ctx, number)
	out := !r.groups.is(number, inactive)
	change, without := []provision.GroupMember{r.member(number)}, -1
	var left, joined []provision.GroupMember
	if out {
		left, without = change, number
	} else {
		joined = change
	}
	group := provision.Group{DisplayName: t.name}
	if r.putsGroups() {
		group = r.whole(number, without)
	}
	result, err := r.jobs.ChangeMembers(ctx, t.id, group, left, joined)
	if r.settle(t, result.Problem, err) {
		r.groups.set(number, inactive, out)
	}
}

// putsGroups says whether groups are sent whole: only then are all members of one in
// memory at a time.
func (r *run) putsGroups() bool { return r.jobs.Dialect == provision.AIW }

// whole is a group with its members, but for one; none is left out for -1.
func (r *run) whole(number, without int) provision.Group {
	group := provision.Group{DisplayName: r.crowd.Group(number)}
	for person := range r.members(number) {
		if person != without {
			group.Members = append(group.Members, r.member(person))
		}
	}
	return group
}

// members yields the numbers of the people of a group who are there.
func (r *run) members(group int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for number := group; number < r.options.People; number += r.options.Groups {
			if r.people.usable(number) && !yield(number) {
				return
			}
		}
	}
}

func (r *run) member(number int) provision.GroupMember {
	return provision.GroupMember{Value: r.people.id(number), Display: r.crowd.Person(number)}
}

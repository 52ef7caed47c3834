package load

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"rollcall.example/simulator/provision"
)

// Schema URNs (RFC 7643 section 8.7.1, RFC 7644 section 3.5.2).
const (
	groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// batch is how many members one PATCH adds.
const batch = 100

// member is one entry of a group, as Okta sends it.
type member struct {
	Value   string `json:"value"`
	Display string `json:"display"`
}

// groupBody has its members in Okta's order.
type groupBody struct {
	Schemas     []string `json:"schemas"`
	ID          string   `json:"id,omitempty"`
	DisplayName string   `json:"displayName"`
	Members     []member `json:"members"`
}

type patch struct {
	Schemas    []string    `json:"schemas"`
	Operations []operation `json:"Operations"`
}

type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitempty"`
}

func patchOf(operations ...operation) patch { return patch{[]string{patchSchema}, operations} }

// group is a task about a group.
func (r *run) group(ctx context.Context, number int) (context.Context, *task) {
	t := &task{job: jobPush, number: number, of: r.groups, id: r.groups.id(number), name: r.crowd.Group(number)}
	return withTask(ctx, t), t
}

// push makes a group and puts its people in: the person with number n is in the group
// with number n modulo the number of groups.
func (r *run) push(ctx context.Context, number int) {
	ctx, t := r.group(ctx, number)
	if !r.lookUp(ctx, t) {
		return
	}
	answer, ok := r.send(ctx, t, http.MethodPost, "/Groups", nil, groupBody{Schemas: []string{groupSchema}, DisplayName: t.name, Members: []member{}})
	if !ok {
		return
	}
	if answer.ID() == "" {
		r.gauge.blame(t.last, classAnswer)
		return
	}
	r.groups.name(number, answer.ID())
	t.id = answer.ID()
	r.fill(ctx, t)
}

// fill puts everybody in who belongs to the group: in the wizard's dialect with one
// PUT, in the others a batch at a time.
func (r *run) fill(ctx context.Context, t *task) {
	if r.jobs.Dialect == provision.AIW {
		r.replace(ctx, t, -1)
		return
	}
	added := make([]member, 0, batch)
	for number := range r.members(t.number) {
		if added = append(added, r.member(number)); len(added) == batch {
			if !r.add(ctx, t, added) {
				return
			}
			added = added[:0]
		}
	}
	if len(added) > 0 {
		r.add(ctx, t, added)
	}
}

func (r *run) add(ctx context.Context, t *task, added []member) bool {
	_, ok := r.send(ctx, t, http.MethodPatch, groupPath(t.id), nil, patchOf(operation{"add", "members", added}))
	return ok
}

// replace sends the group whole, but for one member; none is left out for -1.
func (r *run) replace(ctx context.Context, t *task, without int) bool {
	all := []member{}
	for number := range r.members(t.number) {
		if number != without {
			all = append(all, r.member(number))
		}
	}
	_, ok := r.send(ctx, t, http.MethodPut, groupPath(t.id), nil,
		groupBody{Schemas: []string{groupSchema}, ID: t.id, DisplayName: t.name, Members: all})
	return ok
}

// regroup takes the first member of a group out, or puts them in again.
func (r *run) regroup(ctx context.Context, number int) {
	if !r.groups.usable(number) || !r.people.usable(number) {
		return
	}
	ctx, t := r.group(ctx, number)
	out := !r.groups.is(number, inactive)
	if r.sendOne(ctx, t, number, out) {
		r.groups.set(number, inactive, out)
	}
}

// sendOne tells the product that a person is out of a group, or in. Okta sends the
// group's name along with every change of membership, in a PATCH of its own, with the
// id in the value.
func (r *run) sendOne(ctx context.Context, t *task, person int, out bool) bool {
	if r.jobs.Dialect == provision.AIW {
		without := -1
		if out {
			without = person
		}
		return r.replace(ctx, t, without)
	}
	named := operation{Op: "replace", Value: map[string]string{"id": t.id, "displayName": t.name}}
	if _, ok := r.send(ctx, t, http.MethodPatch, groupPath(t.id), nil, patchOf(named)); !ok {
		return false
	}
	change := operation{"add", "members", []member{r.member(person)}}
	if out {
		change = operation{Op: "remove", Path: "members[value eq " + strconv.Quote(r.people.id(person)) + "]"}
	}
	_, ok := r.send(ctx, t, http.MethodPatch, groupPath(t.id), nil, patchOf(change))
	return ok
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

func (r *run) member(number int) member {
	return member{Value: r.people.id(number), Display: r.crowd.Person(number)}
}

func groupPath(id string) string { return "/Groups/" + url.PathEscape(id) }

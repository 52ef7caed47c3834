package load

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rollcall.example/simulator/provision"
)

// The jobs, as operations name them.
const (
	jobProvision  = "provision"
	jobUpdate     = "update"
	jobPush       = "push"
	jobDeactivate = "deactivate"
	jobReactivate = "reactivate"
)

// user is the person with this number as Okta sends them. The revision is how often
// the profile was changed.
func (r *run) user(number, revision int) provision.User {
	name := r.crowd.Person(number)
	user := provision.User{
		UserName: name, Email: name, GivenName: "Load", FamilyName: fmt.Sprintf("Number %d", number),
		DisplayName: fmt.Sprintf("Load Number %d", number), ExternalID: "00u" + strings.ReplaceAll(name, "@rollcall.test", ""),
		Password: r.password,
	}
	if revision > 0 {
		user.FamilyName = fmt.Sprintf("Number %d, revised %d times", number, revision)
	}
	return user
}

// person is a task about somebody who is there.
func (r *run) person(ctx context.Context, job string, number int) (context.Context, *task) {
	t := &task{job: job, number: number, of: r.people, id: r.people.id(number), name: r.crowd.Person(number)}
	return withTask(ctx, t), t
}

// provision assigns somebody the app.
func (r *run) provision(ctx context.Context, number int) {
	ctx, t := r.person(ctx, jobProvision, number)
	result, err := r.jobs.Assign(ctx, r.user(number, 0))
	if err == nil && result.Created {
		r.people.name(number, result.ID)
	}
	r.settle(t, result.Problem, err)
}

// update pushes a profile.
func (r *run) update(ctx context.Context, number, revision int) {
	if !r.people.usable(number) || r.people.is(number, inactive) {
		return
	}
	ctx, t := r.person(ctx, jobUpdate, number)
	result, err := r.jobs.Update(ctx, t.id, r.user(number, revision))
	r.settle(t, result.Problem, err)
}

// deactivate takes the app away from somebody.
func (r *run) deactivate(ctx context.Context, number int) {
	if !r.people.usable(number) {
		return
	}
	ctx, t := r.person(ctx, jobDeactivate, number)
	result, err := r.jobs.Deactivate(ctx, t.id, t.name)
	if r.settle(t, result.Problem, err) {
		r.people.set(number, inactive, true)
	}
}

// reactivate gives it back.
func (r *run) reactivate(ctx context.Context, number int) {
	ctx, t := r.person(ctx, jobReactivate, number)
	result, err := r.jobs.Reactivate(ctx, t.id, t.name)
	if r.settle(t, result.Problem, err) {
		r.people.set(number, inactive, false)
	}
}

// settle says whether a job was done, and counts what the answers alone did not show
// to be wrong.
func (r *run) settle(t *task, problem *provision.Problem, err error) bool {
	unusable := problem != nil && problem.Status/100 == 2 || errors.Is(err, errStranger)
	if unusable && !t.failed && t.last.Method != "" {
		r.gauge.blame(t.last, classAnswer)
	}
	return problem == nil && err == nil
}

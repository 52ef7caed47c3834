package simulator

import (
	"context"
	"time"

	"rollcall.example/simulator/provision"
)

// Task is a job that the product refused, as it stands on Okta's dashboard until
// somebody sees to it.
type Task struct {
	// ID is the job: puj and 17 more characters.
	ID   string
	Kind provision.Kind
	// Person is whom the job is about; nil for a test of credentials, an import or a group.
	Person *Person
	// Group is the group that was to be pushed; otherwise nil.
	Group *Group
	// App is the app's label.
	App string
	// Text is what Okta shows.
	Text string
	// Status is the HTTP status of the refusal.
	Status int
	// Why explains what Okta keeps silent about; mostly empty.
	Why string
	// At is the tenant's time of the last attempt.
	At time.Time
	// Retried counts the attempts after the first.
	Retried int
	// Done tells that a retry succeeded.
	Done bool

	job job
}

// Explained is the text with what Okta keeps silent about behind it.
func (t Task) Explained() string {
	if t.Why == "" {
		return t.Text
	}
	return t.Text + " (" + t.Why + ")"
}

// job is something to do in the product about a person or a group. Do runs without
// the tenant's lock, done with it.
type job struct {
	kind   provision.Kind
	person *Person
	group  *Group
	do     func(context.Context, *provision.Jobs, AppSettings) (provision.Result, error)
	done   func(provision.Result)
	// retry does it again after a refusal, where that is something else than do.
	retry func(context.Context, *provision.Jobs, AppSettings) (provision.Result, error)
}

// again is the job as a retry runs it.
func (j job) again() job {
	if j.retry != nil {
		j.do = j.retry
	}
	return j
}

// about is the person or group whose jobs wait for each other.
func (j job) about() any {
	if j.group != nil {
		return j.group
	}
	return j.person
}

// perform runs a job; a refusal becomes a task.
func (a *App) perform(r *run, j job) error {
	problem, err := a.attempt(r, j)
	if err != nil || problem == nil {
		return err
	}
	task := &Task{Kind: j.kind, Person: j.person, Group: j.group, job: j.again()}
	a.fail(task, problem)
	a.tenant.mu.Lock()
	task.ID = a.tenant.newID(taskID)
	a.tasks = append(a.tasks, task)
	shown := *task
	a.tenant.mu.Unlock()
	r.outcome.Tasks = append(r.outcome.Tasks, &shown)
	return nil
}

// attempt runs the job once, after all earlier jobs about the same person or group.
func (a *App) attempt(r *run, j job) (*provision.Problem, error) {
	queue := a.queue(j.about())
	queue.Lock()
	defer queue.Unlock()
	settings := a.Settings()
	jobs, err := a.jobs(settings)
	if err != nil {
		return nil, err
	}
	result, err := j.do(r.ctx, jobs, settings)
	r.outcome.Notes = append(r.outcome.Notes, result.Notes...)
	if err != nil {
		return nil, err
	}
	if j.done != nil {
		a.tenant.mu.Lock()
		j.done(result)
		a.tenant.mu.Unlock()
	}
	return result.Problem, nil
}

// fail writes the refusal into the task.
func (a *App) fail(task *Task, problem *provision.Problem) {
	settings, name := a.Settings(), ""
	switch {
	case task.Group != nil:
		name = task.Group.Name()
	case task.Person != nil:
		name = settings.userName(task.Person.Profile())
	}
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	task.App = settings.Label
	task.Text = problem.Text(name, settings.Label)
	task.Status = problem.Status
	task.Why = problem.Why
	task.At = a.tenant.clock.Now()
}

// onlyShown is a refusal of what is about nobody: it appears once and is not kept.
func (a *App) onlyShown(problem *provision.Problem) *Task {
	task := &Task{Kind: problem.Kind}
	a.fail(task, problem)
	return task
}

// Tasks returns copies of all tasks, oldest first, those that are done included.
func (a *App) Tasks() []*Task {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	shown := make([]*Task, len(a.tasks))
	for n, task := range a.tasks {
		copied := *task
		shown[n] = &copied
	}
	return shown
}

// Retry runs a task's job again, with the data of now. What is refused again
// stays a task, with the new text.
func (a *App) Retry(ctx context.Context, task *Task) (Outcome, error) {
	kept := a.kept(task.ID)
	if kept == nil || kept.Done {
		return Outcome{}, &Refusal{Code: "E0000007", Summary: "Not found: Resource not found: " + task.ID + " (Task)"}
	}
	return a.tenant.run(ctx, kept.Person, func(r *run) error {
		problem, err := a.attempt(r, kept.job)
		if err != nil {
			return err
		}
		if problem != nil {
			a.fail(kept, problem)
		}
		a.tenant.mu.Lock()
		defer a.tenant.mu.Unlock()
		kept.Retried++
		kept.Done = problem == nil
		if problem != nil {
			shown := *kept
			r.outcome.Tasks = append(r.outcome.Tasks, &shown)
		}
		return nil
	})
}

// kept returns the task itself, of which others only have copies.
func (a *App) kept(id string) *Task {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	for _, task := range a.tasks {
		if task.ID == id {
			return task
		}
	}
	return nil
}

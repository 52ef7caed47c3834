package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// act performs one action of the admin page and goes back to it with a notice.
func (c *console) act(w http.ResponseWriter, r *http.Request) {
	action, known := actions[r.PathValue("action")]
	if err := r.ParseForm(); err != nil || !known {
		c.failure(w, http.StatusBadRequest, "There is no such action.")
		return
	}
	chosen, complaint := c.choose(r.PostForm, action.needs)
	if complaint != "" {
		c.failure(w, http.StatusBadRequest, complaint)
		return
	}
	outcome, err := action.do(detached(r), chosen)
	notice := outcomeLines(action.title(chosen), outcome, err)
	http.Redirect(w, r, "/?notice="+c.notices.put(notice), http.StatusSeeOther)
}

// outcomeLines tells what an action led to.
func outcomeLines(title string, outcome Outcome, err error) []string {
	lines := []string{fmt.Sprintf("%s: %d requests", title, outcome.Exchanges)}
	if outcome.Exchanges == 1 {
		lines[0] = title + ": 1 request"
	}
	lines = append(lines, outcome.Notes...)
	for _, task := range outcome.Tasks {
		lines = append(lines, task.Text)
	}
	if err != nil {
		lines = append(lines, err.Error())
	}
	return lines
}

// choice is what an action is about, with the form for the rest.
type choice struct {
	tenant *Tenant
	person *Person
	group  *Group
	app    *App
	form   url.Values
}

// choose finds what the form names. Needs lists the fields that must be there;
// the complaint is a sentence for the page, empty if there is nothing to complain of.
func (c *console) choose(form url.Values, needs []string) (chosen choice, complaint string) {
	chosen = choice{
		tenant: c.tenant,
		person: c.tenant.Person(form.Get("person")),
		group:  c.tenant.Group(form.Get("group")),
		app:    c.tenant.App(form.Get("app")),
		form:   form,
	}
	found := map[string]bool{"person": chosen.person != nil, "group": chosen.group != nil, "app": chosen.app != nil}
	for _, need := range needs {
		known, isThing := found[need]
		if isThing && !known {
			return choice{}, "There is no such " + need + "."
		}
		if !isThing && strings.TrimSpace(form.Get(need)) == "" {
			return choice{}, "Fill in the field " + need + "."
		}
	}
	return chosen, ""
}

// action is one button of the admin page.
type action struct {
	verb  string
	needs []string
	do    func(context.Context, choice) (Outcome, error)
}

// title names the action with whom it was about.
func (a action) title(c choice) string {
	title := a.verb
	if c.person != nil {
		title += " " + c.person.Name()
	}
	if c.group != nil {
		title += ", group " + c.group.Name()
	}
	return title
}

// actions are the buttons by the last part of their address.
var actions = map[string]action{
	"hire": {"Hire", []string{"first", "last", "email"}, func(_ context.Context, c choice) (Outcome, error) {
		c.tenant.Hire(Profile{FirstName: c.form.Get("first"), LastName: c.form.Get("last"), Email: strings.TrimSpace(c.form.Get("email"))})
		return Outcome{}, nil
	}},
	"suspend": {"Suspend", []string{"person"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.tenant.Suspend(ctx, c.person)
	}},
	"unsuspend": {"Unsuspend", []string{"person"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.tenant.Unsuspend(ctx, c.person)
	}},
	"deactivate": {"Deactivate", []string{"person"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.tenant.Deactivate(ctx, c.person)
	}},
	"activate": {"Activate", []string{"person"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.tenant.Activate(ctx, c.person)
	}},
	"group": {"New group", []string{"name"}, func(_ context.Context, c choice) (Outcome, error) {
		c.tenant.NewGroup(strings.TrimSpace(c.form.Get("name")))
		return Outcome{}, nil
	}},
	"join": {"Add", []string{"person", "group"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.tenant.AddToGroup(ctx, c.group, c.person)
	}},
	"leave": {"Remove", []string{"person", "group"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.tenant.RemoveFromGroup(ctx, c.group, c.person)
	}},
	"assign": {"Assign", []string{"person", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.Assign(ctx, c.person)
	}},
	"unassign": {"Unassign", []string{"person", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.Unassign(ctx, c.person)
	}},
	"provision": {"Provision user", []string{"person", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.ProvisionUser(ctx, c.person)
	}},
	"admin": {"Set admin of", []string{"person", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.SetAppProfile(ctx, c.person, AppProfile{"admin": c.form.Get("value")})
	}},
	"assign-group": {"Assign", []string{"group", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.AssignGroup(ctx, c.group)
	}},
	"unassign-group": {"Unassign", []string{"group", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.UnassignGroup(ctx, c.group)
	}},
	"teams": {"Map to teams", []string{"group", "app"}, func(_ context.Context, c choice) (Outcome, error) {
		c.app.MapTeams(c.group.Name(), entries(c.form.Get("teams"))...)
		return Outcome{}, nil
	}},
	"push": {"Push", []string{"group", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.Push(ctx, c.group)
	}},
	"push-now": {"Push now", []string{"group", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.PushNow(ctx, c.group)
	}},
	"unlink": {"Unlink", []string{"group", "app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.Unlink(ctx, c.group, c.form.Get("remove") == "true")
	}},
	"import": {"Import", []string{"app"}, func(ctx context.Context, c choice) (Outcome, error) {
		report, outcome, err := c.app.Import(ctx)
		if err == nil && len(outcome.Tasks) == 0 {
			outcome.Notes = append(outcome.Notes, strings.Split(report.String(), "\n")...)
		}
		return outcome, err
	}},
	"test": {"Test API Credentials", []string{"app"}, func(ctx context.Context, c choice) (Outcome, error) {
		return c.app.TestCredentials(ctx)
	}},
	"retry": {"Retry", []string{"app", "task"}, func(ctx context.Context, c choice) (Outcome, error) {
		for _, task := range c.app.Tasks() {
			if task.ID == c.form.Get("task") {
				return c.app.Retry(ctx, task)
			}
		}
		return Outcome{}, errors.New("there is no such task")
	}},
}

// entries splits what was typed at commas and blanks.
func entries(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
}

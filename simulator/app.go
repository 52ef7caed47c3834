package simulator

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/provision"
)

// App is the connection to one product: who is assigned to it, and what that
// makes Okta send.
type App struct {
	// ID is the app instance: 0oa and 17 more characters.
	ID string
	// Link is the id of the app's icon on the dashboard, which stands in the
	// address for a sign-in that Okta starts.
	Link string

	tenant      *Tenant
	settings    AppSettings
	assignments map[*Person]*assignment
	groups      []groupAssignment
	tasks       []*Task
	pushes      []*push
	rules       []*pushRule
	known       *directory
	queues      map[any]*sync.Mutex
}

// groupAssignment is a group with the app profile that its members get.
type groupAssignment struct {
	group   *Group
	profile AppProfile
}

// NewApp adds an app without assignments.
func (t *Tenant) NewApp(settings AppSettings) *App {
	t.journal.Secret(settings.SCIM.Token)
	t.mu.Lock()
	defer t.mu.Unlock()
	app := &App{
		ID:          t.newID(appID),
		Link:        t.newID(linkID),
		tenant:      t,
		settings:    settings,
		assignments: map[*Person]*assignment{},
		queues:      map[any]*sync.Mutex{},
	}
	t.apps = append(t.apps, app)
	return app
}

// App returns the app with that id, or nil.
func (t *Tenant) App(id string) *App {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, app := range t.apps {
		if app.ID == id {
			return app
		}
	}
	return nil
}

// Tenant returns the tenant that the app belongs to.
func (a *App) Tenant() *Tenant { return a.tenant }

// Settings returns a copy of the settings.
func (a *App) Settings() AppSettings {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	settings := a.settings
	settings.SAML.Statements = slices.Clone(settings.SAML.Statements)
	return settings
}

// Configure changes the settings. As in Okta it sends nothing and leaves those
// alone who are assigned already.
func (a *App) Configure(change func(*AppSettings)) {
	a.tenant.mu.Lock()
	change(&a.settings)
	token := a.settings.SCIM.Token
	a.tenant.mu.Unlock()
	a.tenant.journal.Secret(token)
}

// Identity returns the identity provider that signs for this app.
func (a *App) Identity() idp.Identity {
	settings := a.Settings()
	identity := a.tenant.options.Identity
	if settings.SAML.Identity != nil {
		identity = *settings.SAML.Identity
	}
	if settings.SAML.NameIDFormat != "" {
		identity.NameIDFormat = settings.SAML.NameIDFormat
	}
	return identity
}

// MapTeams sets which team entries, as "uuid" or "uuid/role", the group brings;
// none ends the mapping. It changes the statement named teams, in which a value
// of the person's own app profile goes before what groups bring.
func (a *App) MapTeams(group string, entries ...string) {
	a.Configure(func(settings *AppSettings) {
		if settings.SAML.Statements == nil {
			settings.SAML.Statements = BuildkiteStatements()
		}
		statements := slices.Clone(settings.SAML.Statements)
		at := slices.IndexFunc(statements, func(s Statement) bool { return s.Name == "teams" })
		if at < 0 {
			at = len(statements)
			statements = append(statements, Statement{Name: "teams"})
		}
		mapping := maps.Clone(teamMapping(statements[at].Value))
		if mapping == nil {
			mapping = TeamsByGroup{}
		}
		mapping[group] = entries
		if len(entries) == 0 {
			delete(mapping, group)
		}
		statements[at].Value = FirstOf(AppUser("teams"), mapping)
		settings.SAML.Statements = statements
	})
}

// Teams returns the mapping of groups to team entries, nil if there is none.
func (a *App) Teams() TeamsByGroup {
	for _, statement := range a.Settings().SAML.Statements {
		if statement.Name == "teams" {
			return maps.Clone(teamMapping(statement.Value))
		}
	}
	return nil
}

// teamMapping finds the mapping inside an expression.
func teamMapping(expression Expression) TeamsByGroup {
	switch expression := expression.(type) {
	case TeamsByGroup:
		return expression
	case firstOf:
		for _, part := range expression {
			if mapping := teamMapping(part); mapping != nil {
				return mapping
			}
		}
	}
	return nil
}

// jobs returns the means to send, for the settings of this moment.
func (a *App) jobs(settings AppSettings) (*provision.Jobs, error) {
	client, err := provision.NewClient(provision.Options{
		BaseURL:   settings.SCIM.BaseURL,
		Token:     settings.SCIM.Token,
		Header:    settings.SCIM.Header,
		Authorize: settings.SCIM.Authorize,
		Plus:      settings.SCIM.Plus,
		Timeout:   settings.SCIM.Timeout,
		Transport: a.tenant.journal.Transport(
			a.tenant.options.Transport, "scim", a.tenant.clock.Now),
	})
	if err != nil {
		return nil, fmt.Errorf("app %s: %w", settings.Label, err)
	}
	dialect, err := provision.ParseDialect(string(settings.Dialect))
	if err != nil {
		return nil, fmt.Errorf("app %s: %w", settings.Label, err)
	}
	pause := a.tenant.clock.pass
	if a.tenant.options.RealTime {
		pause = provision.Wait
	}
	return &provision.Jobs{Client: client, Dialect: dialect, Empties: settings.SCIM.Empties, Groups: settings.GroupStyle, Pause: pause}, nil
}

// TestCredentials presses "Test API Credentials". A failure is a Task in the
// outcome, with Okta's text, but is not kept in the list of tasks, as it is only
// shown on the page.
func (a *App) TestCredentials(ctx context.Context) (Outcome, error) {
	return a.tenant.run(ctx, nil, func(r *run) error {
		settings := a.Settings()
		if !settings.Integration {
			r.note("API integration is off: nothing is sent")
			return nil
		}
		jobs, err := a.jobs(settings)
		if err != nil {
			return err
		}
		result, err := jobs.TestCredentials(r.ctx, settings.SCIM.Groups)
		r.outcome.Notes = append(r.outcome.Notes, result.Notes...)
		if result.Problem != nil {
			r.outcome.Tasks = append(r.outcome.Tasks, a.onlyShown(result.Problem))
		}
		return err
	})
}

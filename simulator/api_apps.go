package simulator

import "net/http"

type apiApp struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Status   string   `json:"status"`
	SignOn   string   `json:"signOnMode"`
	Features []string `json:"features"`
}

// apiAppUser is somebody's place in an app; the id is the person's, as at Okta.
type apiAppUser struct {
	ID          string         `json:"id"`
	ExternalID  *string        `json:"externalId"`
	Status      string         `json:"status"`
	SyncState   string         `json:"syncState"`
	Scope       Scope          `json:"scope"`
	Credentials apiCredentials `json:"credentials"`
	Profile     AppProfile     `json:"profile"`
}

type apiCredentials struct {
	UserName string `json:"userName"`
}

func (a api) app(r *http.Request) (*App, error) {
	id := r.PathValue("app")
	if app := a.tenant.App(id); app != nil {
		return app, nil
	}
	return nil, missing(id, "AppInstance")
}

func (a api) listApps(*http.Request) (any, error) {
	apps := []apiApp{}
	for _, app := range a.tenant.Apps() {
		apps = append(apps, shownApp(app))
	}
	return apps, nil
}

func (a api) readApp(r *http.Request) (any, error) {
	app, err := a.app(r)
	if err != nil {
		return nil, err
	}
	return shownApp(app), nil
}

func shownApp(app *App) apiApp {
	settings := app.Settings()
	shown := apiApp{ID: app.ID, Name: app.Identity().App, Label: settings.Label, Status: "ACTIVE", SignOn: "SAML_2_0", Features: []string{}}
	for _, feature := range []struct {
		name string
		on   bool
	}{
		{"PUSH_NEW_USERS", settings.CreateUsers}, {"PUSH_PROFILE_UPDATES", settings.UpdateAttributes},
		{"PUSH_USER_DEACTIVATION", settings.DeactivateUsers}, {"PUSH_PASSWORD_UPDATES", settings.SyncPassword},
		{"GROUP_PUSH", settings.PushGroups},
	} {
		if feature.on && settings.Integration {
			shown.Features = append(shown.Features, feature.name)
		}
	}
	return shown
}

func shownAppUser(app *App, person *Person) (apiAppUser, bool) {
	found, assigned := app.Assignment(person)
	shown := apiAppUser{
		ID: person.ID, Status: found.Status, SyncState: found.SyncState, Scope: found.Scope,
		Credentials: apiCredentials{found.UserName}, Profile: found.Profile,
	}
	if found.ExternalID != "" {
		shown.ExternalID = &found.ExternalID
	}
	return shown, assigned
}

func (a api) listAppUsers(r *http.Request) (any, error) {
	app, err := a.app(r)
	if err != nil {
		return nil, err
	}
	users := []apiAppUser{}
	for _, person := range a.tenant.People() {
		if shown, assigned := shownAppUser(app, person); assigned {
			users = append(users, shown)
		}
	}
	return users, nil
}

// appUser finds the app and somebody in it.
func (a api) appUser(r *http.Request) (*App, *Person, error) {
	app, err := a.app(r)
	if err != nil {
		return nil, nil, err
	}
	person, err := a.person(r)
	if err != nil {
		return nil, nil, err
	}
	if _, assigned := app.Assignment(person); !assigned {
		return nil, nil, missing(person.ID, "AppUser")
	}
	return app, person, nil
}

func (a api) readAppUser(r *http.Request) (any, error) {
	app, person, err := a.appUser(r)
	if err != nil {
		return nil, err
	}
	shown, _ := shownAppUser(app, person)
	return shown, nil
}

// assign gives somebody the app. What the request says of the app's user name and
// profile is what the app's own settings make of the person, and is not taken.
func (a api) assign(r *http.Request) (any, error) {
	app, err := a.app(r)
	if err != nil {
		return nil, err
	}
	var said struct{ ID string }
	if err := readJSON(r, &said); err != nil {
		return nil, err
	}
	person := a.tenant.Person(said.ID)
	if person == nil {
		return nil, missing(said.ID, "User")
	}
	if _, err := app.Assign(detached(r), person); err != nil {
		return nil, err
	}
	shown, _ := shownAppUser(app, person)
	return shown, nil
}

func (a api) unassign(r *http.Request) (any, error) {
	app, person, err := a.appUser(r)
	if err != nil {
		return nil, err
	}
	_, err = app.Unassign(detached(r), person)
	return nothing{}, err
}

package simulator

import (
	"context"
	"net/http"
	"strings"
)

// apiProfile is a profile as the management API writes it. A member that is left out is
// nil, and stays as it is in an update that is none of the whole.
type apiProfile struct {
	FirstName   *string `json:"firstName"`
	LastName    *string `json:"lastName"`
	Email       *string `json:"email"`
	Login       *string `json:"login"`
	DisplayName *string `json:"displayName,omitempty"`
	Locale      *string `json:"locale,omitempty"`
}

type apiUser struct {
	ID      string     `json:"id"`
	Status  Status     `json:"status"`
	Profile apiProfile `json:"profile"`
}

func (a api) shown(person *Person) apiUser {
	profile := person.Profile()
	said := apiProfile{FirstName: &profile.FirstName, LastName: &profile.LastName, Email: &profile.Email, Login: &profile.Login}
	if profile.DisplayName != "" {
		said.DisplayName = &profile.DisplayName
	}
	if profile.Locale != "" {
		said.Locale = &profile.Locale
	}
	return apiUser{ID: person.ID, Status: person.Status(), Profile: said}
}

// write changes a profile; as a whole, what is not said is emptied.
func (p apiProfile) write(into *Profile, whole bool) {
	for _, part := range []struct {
		said *string
		into *string
	}{
		{p.FirstName, &into.FirstName}, {p.LastName, &into.LastName}, {p.Email, &into.Email}, {p.Login, &into.Login},
		{p.DisplayName, &into.DisplayName}, {p.Locale, &into.Locale},
	} {
		switch {
		case part.said != nil:
			*part.into = *part.said
		case whole:
			*part.into = ""
		}
	}
}

// check wants what every profile at Okta has.
func (p apiProfile) check() error {
	for _, part := range []*string{p.FirstName, p.LastName, p.Email, p.Login} {
		if part == nil || strings.TrimSpace(*part) == "" {
			return &Refusal{Code: "E0000001", Summary: "Api validation failed: firstName, lastName, email and login are required"}
		}
	}
	return nil
}

func (a api) person(r *http.Request) (*Person, error) {
	id := r.PathValue("user")
	if person := a.tenant.Person(id); person != nil {
		return person, nil
	}
	for _, person := range a.tenant.People() {
		if strings.EqualFold(person.Login(), id) {
			return person, nil
		}
	}
	return nil, missing(id, "User")
}

func (a api) listUsers(*http.Request) (any, error) {
	users := []apiUser{}
	for _, person := range a.tenant.People() {
		users = append(users, a.shown(person))
	}
	return users, nil
}

func (a api) readUser(r *http.Request) (any, error) {
	person, err := a.person(r)
	if err != nil {
		return nil, err
	}
	return a.shown(person), nil
}

// createUser makes somebody, who is ACTIVE with a password, PROVISIONED without one,
// and STAGED with activate=false.
func (a api) createUser(r *http.Request) (any, error) {
	var said struct {
		Profile     apiProfile
		Credentials struct{ Password struct{ Value string } }
	}
	if err := readJSON(r, &said); err != nil {
		return nil, err
	}
	if err := said.Profile.check(); err != nil {
		return nil, err
	}
	for _, person := range a.tenant.People() {
		if strings.EqualFold(person.Login(), *said.Profile.Login) {
			return nil, &Refusal{Code: "E0000001", Summary: "Api validation failed: login: An object with this field already exists in the current organization"}
		}
	}
	a.tenant.journal.Secret(said.Credentials.Password.Value)
	var profile Profile
	said.Profile.write(&profile, true)
	status := Active
	switch {
	case r.URL.Query().Get("activate") == "false":
		status = Staged
	case said.Credentials.Password.Value == "":
		status = Provisioned
	}
	return a.shown(a.tenant.add(profile, status)), nil
}

func (a api) replaceUser(r *http.Request) (any, error) { return a.changeUser(r, true) }

func (a api) updateUser(r *http.Request) (any, error) { return a.changeUser(r, false) }

func (a api) changeUser(r *http.Request, whole bool) (any, error) {
	person, err := a.person(r)
	if err != nil {
		return nil, err
	}
	var said struct{ Profile apiProfile }
	if err := readJSON(r, &said); err != nil {
		return nil, err
	}
	if whole {
		if err := said.Profile.check(); err != nil {
			return nil, err
		}
	}
	_, err = a.tenant.Update(detached(r), person, func(profile *Profile) { said.Profile.write(profile, whole) })
	return a.shown(person), err
}

// lifecycle changes somebody's state; what the product makes of it are tasks.
func (a api) lifecycle(r *http.Request) (any, error) {
	person, err := a.person(r)
	if err != nil {
		return nil, err
	}
	do, known := map[string]func(context.Context, *Person) (Outcome, error){
		"activate": a.tenant.Activate, "deactivate": a.tenant.Deactivate,
		"suspend": a.tenant.Suspend, "unsuspend": a.tenant.Unsuspend,
	}[r.PathValue("verb")]
	if !known {
		return nil, missing(r.PathValue("verb"), "Lifecycle")
	}
	_, err = do(detached(r), person)
	return map[string]any{}, err
}

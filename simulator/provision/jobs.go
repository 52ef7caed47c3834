package provision

import (
	"context"
	"fmt"
	"net/http"
)

// Jobs runs Okta's jobs against one product.
type Jobs struct {
	Client  *Client
	Dialect Dialect
	// Empties is how an emptied attribute is pushed.
	Empties Empties
	// Groups are the ways in which groups are pushed that Okta's documents leave open.
	Groups GroupStyle
	// Pause waits when the product answers 429. Required.
	Pause Pause
}

// Result is what came of a job that got answers.
type Result struct {
	// ID is the product's id of the user or group, as far as it became known.
	ID string
	// Created and Linked say how it came by the id, in an assignment or a push.
	Created bool
	Linked  bool
	// Problem is set when the product refused.
	Problem *Problem
	// Notes tell of what Okta lets pass and a reader should know.
	Notes []string
}

func (r *Result) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Assign makes the user exist and be active in the product: it looks the user
// name up, then creates the user, or links the one that it found, pushes the
// profile to it and activates it.
func (j *Jobs) Assign(ctx context.Context, user User) (Result, error) {
	var result Result
	found, err := j.find(ctx, user, &result)
	if err != nil || result.Problem != nil {
		return result, err
	}
	if found == nil {
		return result, j.create(ctx, user, &result)
	}
	return result, j.link(ctx, user, found, &result)
}

// find returns the resource to link to, or nil where there is none. Okta trusts
// the filter: it takes the first resource of the page without comparing names.
func (j *Jobs) find(ctx context.Context, user User, result *Result) (*Object, error) {
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.Find(ctx, user.UserName) })
	if err != nil {
		return nil, err
	}
	phase := fmt.Sprintf(phaseVerify, user.UserName)
	switch {
	case answer.Status == http.StatusNotFound:
		return nil, nil
	case !answer.OK():
		result.Problem = refused(KindProvision, phase, answer)
		return nil, nil
	}
	list, err := answer.List()
	if err != nil {
		result.Problem = unreadable(KindProvision, phase, answer, err)
		result.note("Okta stops without a word: %s", err)
		return nil, nil
	}
	if len(list.Resources) == 0 {
		return nil, nil
	}
	if len(list.Resources) > 1 {
		result.note("the filter for one user name matched %d users; the first one is taken", len(list.Resources))
	}
	return list.Resources[0], nil
}

func (j *Jobs) create(ctx context.Context, user User, result *Result) error {
	body, err := user.Body()
	if err != nil {
		return err
	}
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.Create(ctx, body) })
	if err != nil {
		return err
	}
	phase := fmt.Sprintf(phaseCreate, user.label())
	switch {
	case !answer.OK():
		result.Problem = refused(KindProvision, phase, answer)
	case len(answer.Body) == 0:
		result.Problem = &Problem{Kind: KindProvision, Phase: phase, Status: answer.Status, Reason: "Create new user returned empty user."}
	case answer.ID() == "":
		result.Problem = unreadable(KindProvision, phase, answer, fmt.Errorf("the created user: %w", answer.NoID()))
	default:
		result.ID, result.Created = answer.ID(), true
		if answer.Status != http.StatusCreated {
			result.note("the product answered %d to a creation, not 201", answer.Status)
		}
	}
	return nil
}

// label is what Okta calls the user in the text of a failed creation.
func (u User) label() string {
	if u.DisplayName != "" {
		return u.DisplayName
	}
	return u.UserName
}

// link takes over a user that the product already has. In the wizard's dialect
// one PUT does both, in the others the profile comes first and activation after
// it, if it is needed.
func (j *Jobs) link(ctx context.Context, user User, found *Object, result *Result) error {
	id := found.Text("id")
	if id == "" {
		result.Problem = &Problem{Kind: KindProvision, Phase: fmt.Sprintf(phaseVerify, user.UserName), Status: http.StatusOK,
			Reason: "null", Why: "the user that the lookup found: " + found.NoID().Error()}
		return nil
	}
	result.ID, result.Linked = id, true
	if j.Dialect == AIW {
		return j.put(ctx, KindProvision, id, fmt.Sprintf(phasePush, user.UserName), result, func(resource *Object) error {
			if err := user.apply(resource, j.Empties); err != nil {
				return err
			}
			return resource.Set("active", true)
		})
	}
	if err := j.push(ctx, KindProvision, id, user, result); err != nil || result.Problem != nil {
		return err
	}
	if !found.Inactive() {
		return nil
	}
	return j.setActive(ctx, KindProvision, id, fmt.Sprintf(phaseReactivate, user.UserName), true, result)
}

// Update pushes the profile. It does not touch active.
func (j *Jobs) Update(ctx context.Context, id string, user User) (Result, error) {
	result := Result{ID: id}
	return result, j.push(ctx, KindProfile, id, user, &result)
}

// Deactivate sets active to false.
func (j *Jobs) Deactivate(ctx context.Context, id, userName string) (Result, error) {
	result := Result{ID: id}
	return result, j.setActive(ctx, KindDeprovision, id, fmt.Sprintf(phaseDeactivate, userName), false, &result)
}

// Reactivate sets active to true, without a lookup.
func (j *Jobs) Reactivate(ctx context.Context, id, userName string) (Result, error) {
	result := Result{ID: id}
	return result, j.setActive(ctx, KindReactivate, id, fmt.Sprintf(phaseReactivate, userName), true, &result)
}

// Password pushes a password.
func (j *Jobs) Password(ctx context.Context, id, userName, password string) (Result, error) {
	result := Result{ID: id}
	phase := fmt.Sprintf(phasePassword, userName)
	if j.Dialect.patchesState() {
		return result, j.patch(ctx, KindPassword, id, phase, struct {
			Password string `json:"password"`
		}{password}, &result)
	}
	return result, j.put(ctx, KindPassword, id, phase, &result, func(resource *Object) error {
		return resource.Set("password", password)
	})
}

func (j *Jobs) push(ctx context.Context, kind Kind, id string, user User, result *Result) error {
	phase := fmt.Sprintf(phasePush, user.UserName)
	if j.Dialect.patchesProfile() {
		return j.patch(ctx, kind, id, phase, user.patch(), result)
	}
	return j.put(ctx, kind, id, phase, result, func(resource *Object) error {
		return user.apply(resource, j.Empties)
	})
}

func (j *Jobs) setActive(ctx context.Context, kind Kind, id, phase string, active bool, result *Result) error {
	if j.Dialect.patchesState() {
		return j.patch(ctx, kind, id, phase, struct {
			Active bool `json:"active"`
		}{active}, result)
	}
	return j.put(ctx, kind, id, phase, result, func(resource *Object) error {
		return resource.Set("active", active)
	})
}

func (j *Jobs) patch(ctx context.Context, kind Kind, id, phase string, value any, result *Result) error {
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.Patch(ctx, id, value) })
	if err == nil && !answer.OK() {
		result.Problem = refused(kind, phase, answer)
	}
	return err
}

// put reads the resource, changes it and sends all of it back.
func (j *Jobs) put(ctx context.Context, kind Kind, id, phase string, result *Result, change func(*Object) error) error {
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.Get(ctx, id) })
	if err != nil {
		return err
	}
	if !answer.OK() {
		result.Problem = refused(kind, phase, answer)
		return nil
	}
	resource, err := answer.Resource()
	if err != nil {
		result.Problem = unreadable(kind, phase, answer, err)
		return nil
	}
	if err := change(resource); err != nil {
		return err
	}
	answer, err = j.patient(ctx, func() (Answer, error) { return j.Client.Put(ctx, id, resource) })
	if err == nil && !answer.OK() {
		result.Problem = refused(kind, phase, answer)
	}
	return err
}

package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/simulator/provision"
)

// person takes away what the product made of one of our people: the record over
// SCIM, the membership with seat, sessions and tokens by the probe.
func (c *clearance) person(ctx context.Context, t *Thing) error {
	if t.Name == "" && len(t.Records) == 0 {
		if t.Refused {
			return nil
		}
		return errors.New("it has no name by which to look for it")
	}
	at, known := c.connection(ctx, t)
	if !known {
		return fmt.Errorf("the target does not name the tenant %s", orElse(t.SCIM, t.Organization))
	}
	var err error
	if at.SCIM.Usable() {
		err = c.records(ctx, at, t)
	}
	return errors.Join(err, c.membership(ctx, at, t))
}

// records removes the person's records: those that the run knows, and those that the
// product finds by the name.
func (c *clearance) records(ctx context.Context, at Connection, t *Thing) error {
	desk, err := c.desk(at)
	if err != nil {
		return err
	}
	there := desk.known(t)
	if t.Name != "" {
		found, err := desk.find(ctx, t)
		if err != nil {
			return err
		}
		for _, path := range found {
			there[path] = true
		}
	}
	err = desk.removeAll(ctx, there)
	if err == nil && len(there) == 0 && t.SignedIn && !c.sees(ctx) {
		return desk.recall(ctx, t)
	}
	return err
}

// sees says whether the probe shows memberships and can take them away.
func (c *clearance) sees(ctx context.Context) bool {
	_, ok := c.live.inside.(Arranger)
	return ok && c.live.can(ctx, ArrangeRemoval) && c.live.can(ctx, LookMemberships)
}

// membership removes the person's membership by hand, where there is one.
func (c *clearance) membership(ctx context.Context, at Connection, t *Thing) error {
	if !c.sees(ctx) {
		if t.SignedIn && !at.SCIM.Usable() {
			return errNoWay
		}
		return nil
	}
	if t.Name == "" {
		return nil
	}
	who := Identifiers{UserNames: []string{t.Name}, Emails: []string{t.Name}, NameIDs: []string{t.Name}}
	view, err := c.live.probe.Look(ctx, at.Organization, who)
	if err != nil {
		return noAnswer(err)
	}
	for _, m := range view.Memberships {
		removal := c.live.probe.(Arranger).Remove(ctx, at.Organization, m.AccountID)
		err = errors.Join(err, noAnswer(removal))
	}
	return err
}

// group removes a SCIM group.
func (c *clearance) group(ctx context.Context, t *Thing) error {
	at, known := c.connection(ctx, t)
	if !known || !at.SCIM.Usable() {
		return fmt.Errorf("the target does not name the tenant %s", t.SCIM)
	}
	desk, err := c.desk(at)
	if err != nil {
		return err
	}
	there := desk.known(t)
	if len(there) == 0 && !t.Refused {
		// What a bulk request made, the product need not say.
		found, err := desk.findGroup(ctx, t)
		if err != nil {
			return err
		}
		for _, path := range found {
			there[path] = true
		}
	}
	return desk.removeAll(ctx, there)
}

// desk is the SCIM endpoint of a tenant, as clearing away uses it.
type desk struct {
	client *provision.Client
	live   *Live
	base   string
}

func (c *clearance) desk(at Connection) (desk, error) {
	connection := c.live.Okta(at.SCIM)
	client, err := provision.NewClient(provision.Options{
		BaseURL: connection.BaseURL, Token: connection.Token, Authorize: connection.Authorize, Transport: c.live.Transport(),
	})
	return desk{client, c.live, strings.TrimRight(at.SCIM.BaseURL, "/")}, err
}

// known are the paths of what the run knows to have been made.
func (d desk) known(t *Thing) map[string]bool {
	there := map[string]bool{}
	for _, address := range t.Records {
		there[strings.TrimPrefix(address, d.base)] = true
	}
	return there
}

// removeAll removes what stands at these paths.
func (d desk) removeAll(ctx context.Context, there map[string]bool) error {
	var err error
	for _, path := range sortedKeys(there) {
		err = errors.Join(err, d.remove(ctx, path))
	}
	return err
}

// find lists the paths of the records that the product finds by the person's name
// and shows to be the run's own. A product that refused to make any, and has no
// list to show, has none.
func (d desk) find(ctx context.Context, t *Thing) ([]string, error) {
	answer, err := d.client.Find(ctx, t.Name)
	if err != nil {
		return nil, noAnswer(err)
	}
	if answer.Status == http.StatusNotFound && t.Refused {
		return nil, nil
	}
	list, err := answer.List()
	switch {
	case err != nil && t.Refused:
		return nil, nil
	case err != nil || !answer.OK():
		return nil, fmt.Errorf("the product was asked for it and answered %d without a list of users", answer.Status)
	}
	var paths []string
	for _, user := range list.Resources {
		if id := user.Called(); id != "" && d.live.tag.Marks(user.Text("userName")) && strings.EqualFold(user.Text("userName"), t.Name) {
			paths = append(paths, "/Users/"+url.PathEscape(id))
		}
	}
	return paths, nil
}

// remove deletes the resource where the product deletes, and otherwise, or where it
// will not, deactivates it. One that is gone already is gone.
func (d desk) remove(ctx context.Context, path string) error {
	if d.live.Has(SCIMDelete) || strings.HasPrefix(path, "/Groups/") {
		answer, err := d.client.Do(ctx, http.MethodDelete, path, nil, nil)
		if err != nil {
			return noAnswer(err)
		}
		if answer.OK() || gone(answer) {
			return nil
		}
	}
	return d.deactivate(ctx, path)
}

func gone(answer provision.Answer) bool {
	return answer.Status == http.StatusNotFound || answer.Status == http.StatusGone
}

// deactivate sets active to false, by PATCH where the product has that.
func (d desk) deactivate(ctx context.Context, path string) error {
	method, body := http.MethodPatch, any(deactivation)
	if !d.live.Has(SCIMPatch) {
		answer, err := d.client.Do(ctx, http.MethodGet, path, nil, nil)
		if err != nil {
			return noAnswer(err)
		}
		if gone(answer) {
			return nil
		}
		resource, err := answer.Resource()
		if err == nil {
			err = resource.Set("active", false)
		}
		if err != nil {
			return fmt.Errorf("the product shows it as what is no user: %w", err)
		}
		method, body = http.MethodPut, resource
	}
	answer, err := d.client.Do(ctx, method, path, nil, body)
	if err != nil {
		return noAnswer(err)
	}
	if !answer.OK() && !gone(answer) {
		return fmt.Errorf("the product answered %d to its removal", answer.Status)
	}
	return nil
}

// deactivation is the PATCH that only deactivates (RFC 7644 section 3.5.2.3).
var deactivation = map[string]any{
	"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
	"Operations": []map[string]any{{"op": "replace", "value": map[string]any{"active": false}}},
}

// recall takes a membership away from somebody who only ever signed in, where SCIM is
// all there is to do it with: a record is made for them, which the product links, and
// deactivated, which takes what they have.
func (d desk) recall(ctx context.Context, t *Thing) error {
	if !strings.Contains(t.Name, "@") {
		return nil // nobody has an account by what is no address
	}
	body, err := json.Marshal(map[string]any{
		"schemas":  []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"userName": t.Name, "active": true,
		"name":   map[string]any{"givenName": "Roll", "familyName": "Call"},
		"emails": []map[string]any{{"value": t.Name, "type": "work", "primary": true}},
	})
	if err != nil {
		return err
	}
	answer, err := d.client.Create(ctx, body)
	if err != nil {
		return noAnswer(err)
	}
	if !answer.OK() || answer.ID() == "" {
		return fmt.Errorf("somebody who signed in can only be removed over SCIM, where a record of them was answered %d", answer.Status)
	}
	path := "/Users/" + url.PathEscape(answer.ID())
	if err := d.deactivate(ctx, path); err != nil {
		return err
	}
	return d.remove(ctx, path)
}

package spec

import (
	"context"
	"encoding/json"
	"strings"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// client calls a SCIM endpoint as Okta's does.
func (s *stage) client(at target.SCIM) (*provision.Client, error) {
	connection := s.live.Okta(at)
	return provision.NewClient(provision.Options{
		BaseURL:   connection.BaseURL,
		Token:     connection.Token,
		Authorize: connection.Authorize,
		Timeout:   connection.Timeout,
		Transport: s.journal.Transport(s.live.Transport(), "scim", nil),
	})
}

// recordOf reads a SCIM user as the record that it shows (RFC 7643 section 4.1).
func recordOf(user *provision.Object) target.Record {
	record := target.Record{
		ID: user.Called(), UserName: user.Text("userName"), Email: user.Text("userName"),
		ExternalID: user.Text("externalId"), Active: !user.Inactive(),
	}
	var name struct {
		Given  string `json:"givenName"`
		Family string `json:"familyName"`
	}
	if json.Unmarshal(user.Raw("name"), &name) == nil {
		record.Name = strings.TrimSpace(name.Given + " " + name.Family)
	}
	return record
}

// UserBody is a person as a plain SCIM client would create them: the least that
// says who they are (RFC 7643 section 4.1). Change it before it is sent.
func UserBody(who *Person) map[string]any {
	profile := who.Profile()
	return map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"userName":   profile.Login,
		"externalId": who.ID,
		"name":       map[string]any{"givenName": profile.FirstName, "familyName": profile.LastName},
		"emails":     []map[string]any{{"value": profile.Email, "type": "work", "primary": true}},
		"active":     true,
	}
}

// Find looks a user name up as Okta does.
func (o *Okta) Find(ctx context.Context, userName string) provision.Answer {
	client, err := o.client(o.connection.SCIM)
	broken(err, 1)
	o.settle(ctx)
	answer, err := client.Find(ctx, userName)
	broken(err, 1)
	return answer
}

// AddressOf finds the address of the person's record, below the base URL. Where
// there is not exactly one, the spec is untestable.
func (o *Okta) AddressOf(ctx context.Context, who *Person) string {
	list, err := o.Find(ctx, who.Login()).List()
	if err != nil || len(list.Resources) != 1 {
		conclude(EntryUntestable, "the record of "+who.String()+" cannot be found by its user name", 1)
	}
	return provision.UserPath(list.Resources[0].Text("id"))
}

// NoAddress is the address of a user, below the base URL, whom no product has: nobody
// could have guessed the id, so that what is done to it is done to nobody.
func (o *Okta) NoAddress() string { return "/Users/" + o.live.NoID() }

// PatchBody is a PATCH request with these operations (RFC 7644 section 3.5.2).
func PatchBody(operations ...map[string]any) map[string]any {
	return map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": operations,
	}
}

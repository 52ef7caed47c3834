package scim

import (
	"strings"
	"time"
	"unicode/utf8"

	"rollcall.example/reference/org"
)

// User is a tracking record as SCIM shows it (RFC 7643 section 4.1), with the
// attributes that are kept and no others.
type User struct {
	Schemas     []string    `json:"schemas"`
	ID          string      `json:"id"`
	ExternalID  string      `json:"externalId,omitempty"`
	UserName    string      `json:"userName"`
	Name        *Name       `json:"name,omitempty"`
	DisplayName string      `json:"displayName,omitempty"`
	Emails      []org.Email `json:"emails,omitempty"`
	Active      bool        `json:"active"`
	Meta        Meta        `json:"meta"`
}

// Name is the parts of a person's name.
type Name struct {
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

// Meta is what the server says about a resource (RFC 7643 section 3.1). Times are
// in UTC with milliseconds; the version is a weak entity tag.
type Meta struct {
	ResourceType string `json:"resourceType"`
	Created      string `json:"created,omitempty"`
	LastModified string `json:"lastModified,omitempty"`
	Location     string `json:"location"`
	Version      string `json:"version,omitempty"`
}

const timeLayout = "2006-01-02T15:04:05.000Z"

func moment(t time.Time) string { return t.UTC().Format(timeLayout) }

// render shows a record to the client.
func render(r org.Record, location string) User {
	user := User{
		Schemas:     []string{UserSchema},
		ID:          r.ID,
		ExternalID:  r.ExternalID,
		UserName:    r.UserName,
		DisplayName: r.DisplayName,
		Emails:      r.Emails,
		Active:      r.Active,
		Meta: Meta{
			ResourceType: "User",
			Created:      moment(r.Created),
			LastModified: moment(r.Modified),
			Location:     location,
			Version:      version(r),
		},
	}
	if r.GivenName != "" || r.FamilyName != "" {
		user.Name = &Name{r.GivenName, r.FamilyName}
	}
	return user
}

// documentOf is a record in the form that filters judge and that PATCH works on.
func documentOf(r org.Record) Document {
	d := Document{
		"schemas": []any{UserSchema},
		"id":      r.ID,
		"active":  r.Active,
		"meta": Document{
			"resourcetype": "User",
			"created":      moment(r.Created),
			"lastmodified": moment(r.Modified),
			"version":      version(r),
		},
	}
	setText(d, "externalid", r.ExternalID)
	setText(d, "username", r.UserName)
	setText(d, "displayname", r.DisplayName)
	name := Document{}
	setText(name, "givenname", r.GivenName)
	setText(name, "familyname", r.FamilyName)
	if len(name) > 0 {
		d["name"] = name
	}
	if len(r.Emails) > 0 {
		emails := make([]any, len(r.Emails))
		for i, e := range r.Emails {
			emails[i] = emailDocument(e)
		}
		d["emails"] = emails
	}
	return d
}

func emailDocument(e org.Email) Document {
	d := Document{}
	setText(d, "value", e.Value)
	setText(d, "type", e.Type)
	if e.Primary {
		d["primary"] = true
	}
	return d
}

func setText(d Document, name, value string) {
	if value != "" {
		d[name] = value
	}
}

// read makes the record say what the body says: the whole of it, so what the body
// leaves out is cleared (RFC 7644 section 3.5.1). One thing is kept: without
// "active" the record stays as active as it was, for a replacement that forgot it
// must not bring back somebody who left.
func read(c coercion, body Document, into *org.Record) error {
	d, err := c.all(users, body)
	if err != nil {
		return err
	}
	emails, err := readEmails(d)
	if err != nil {
		return err
	}
	userName := text(d, "username")
	if strings.TrimSpace(userName) == "" {
		return bad(InvalidValue, "userName is required and must not be blank")
	}
	if utf8.RuneCountInString(userName) > maxUserName {
		return bad(InvalidValue, "userName is longer than %d characters", maxUserName)
	}
	name, _ := d["name"].(map[string]any)
	into.UserName = userName
	into.ExternalID = text(d, "externalid")
	into.GivenName = text(name, "givenname")
	into.FamilyName = text(name, "familyname")
	into.DisplayName = text(d, "displayname")
	into.Emails = emails
	if active, ok := d["active"].(bool); ok {
		into.Active = active
	}
	return nil
}

const maxUserName = 256

// readEmails reads the list of addresses; an entry without an address says nothing
// and is left out.
func readEmails(d Document) ([]org.Email, error) {
	list, _ := d["emails"].([]any)
	var emails []org.Email
	preferred := 0
	for _, v := range list {
		entry, _ := v.(map[string]any)
		email := org.Email{Value: text(entry, "value"), Type: text(entry, "type"), Primary: entry["primary"] == true}
		if email.Value == "" {
			continue
		}
		if email.Primary {
			preferred++
		}
		emails = append(emails, email)
	}
	if preferred > 1 {
		return nil, bad(InvalidValue, "emails has more than one primary value")
	}
	return emails, nil
}

func text(d Document, name string) string {
	s, _ := d[name].(string)
	return s
}

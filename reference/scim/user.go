package scim

import (
	"strings"
	"time"
	"unicode/utf8"

	"rollcall.example/reference/org"
)

// moment writes an xsd:dateTime in UTC, with milliseconds: 2006-01-02T15:04:05.000Z. There
// are two in every resource, and package time is slow to find out what a layout means.
func moment(t time.Time) string {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format("2006-01-02T15:04:05.000Z")
	}
	hour, minute, second := t.Clock()
	var b [len("2006-01-02T15:04:05.000Z")]byte
	copy(b[:], "0000-00-00T00:00:00.000Z")
	digits(b[0:4], year)
	digits(b[5:7], int(month))
	digits(b[8:10], day)
	digits(b[11:13], hour)
	digits(b[14:16], minute)
	digits(b[17:19], second)
	digits(b[20:23], t.Nanosecond()/int(time.Millisecond))
	return string(b[:])
}

// digits writes a number, with zeros before it.
func digits(into []byte, n int) {
	for i := len(into) - 1; i >= 0; i-- {
		into[i] = byte('0' + n%10)
		n /= 10
	}
}

// render shows a record that lives at the location.
func render(r org.Record, location string) Document {
	d := documentOf(r)
	d["meta"].(Document)["location"] = location
	return d
}

// documentOf is a record as a User (RFC 7643 section 4.1): what clients see, filters
// judge and PATCH works on.
func documentOf(r org.Record) Document {
	d := make(Document, len(r.Attributes)+9)
	for name, value := range r.Attributes {
		d[name] = value
	}
	d["id"] = r.ID
	d["active"] = r.Active
	d["meta"] = Document{
		"resourcetype": "User",
		"created":      moment(r.Created),
		"lastmodified": moment(r.Modified),
		"version":      version(r),
	}
	setText(d, "externalid", r.ExternalID)
	setText(d, "username", r.UserName)
	setText(d, "displayname", r.DisplayName)
	if r.GivenName != "" || r.FamilyName != "" {
		rest, _ := r.Attributes["name"].(map[string]any)
		name := joined(rest, nil)
		setText(name, "givenname", r.GivenName)
		setText(name, "familyname", r.FamilyName)
		d["name"] = name
	}
	if len(r.Emails) > 0 {
		emails := make([]any, len(r.Emails))
		for i, e := range r.Emails {
			emails[i] = emailDocument(e)
		}
		d["emails"] = emails
	}
	setInitials(d, r)
	users.nameSchemas(d)
	return d
}

func emailDocument(e org.Email) Document {
	d := make(Document, 4)
	setText(d, "value", e.Value)
	setText(d, "display", e.Display)
	setText(d, "type", e.Type)
	if e.Primary {
		d["primary"] = true
	}
	return d
}

func setText(d Document, name, value string) {
	if value != "" {
		d[name] = valid(value)
	}
}

var badgeKey = strings.ToLower(BadgeSchema)

// setInitials prints the holder's initials on the badge, if there is one.
func setInitials(d Document, r org.Record) {
	badge, ok := d[badgeKey].(map[string]any)
	if !ok {
		return
	}
	var initials strings.Builder
	for word := range strings.FieldsSeq(r.FullName()) {
		first, _ := utf8.DecodeRuneInString(word)
		initials.WriteRune(first)
	}
	if initials.Len() > 0 {
		d[badgeKey] = joined(badge, Document{"initials": initials.String()})
	}
}

// nameSchemas makes a resource name the schemas that it is made of.
func (s *schema) nameSchemas(resource Document) {
	schemas := []any{s.id}
	for _, e := range s.extensions {
		if _, there := resource[e.key]; there {
			schemas = append(schemas, e.id)
		}
	}
	resource["schemas"] = schemas
}

// read makes the record say what the body says: the whole of it, so what the body
// leaves out is cleared (RFC 7644 section 3.5.1). One thing is kept: without
// "active" the record stays as active as it was, for a replacement that forgot it
// must not bring back somebody who left.
func read(c coercion, body Document, into *org.Record) error {
	d, err := c.resource(users, body)
	if err != nil {
		return err
	}
	if problem := users.missing(d); problem != nil {
		return problem
	}
	userName := textOf(d, "username")
	if utf8.RuneCountInString(userName) > maxUserName {
		return bad(InvalidValue, "userName is longer than %d characters", maxUserName)
	}
	name, _ := d["name"].(map[string]any)
	into.UserName = userName
	into.ExternalID = textOf(d, "externalid")
	into.GivenName = textOf(name, "givenname")
	into.FamilyName = textOf(name, "familyname")
	into.DisplayName = textOf(d, "displayname")
	into.Emails = emailsOf(d)
	if active, ok := d["active"].(bool); ok {
		into.Active = active
	}
	into.Attributes = rest(d)
	return nil
}

const maxUserName = 256

// ownFields are the attributes that a record has fields for, or that are kept nowhere.
var ownFields = []string{"schemas", "id", "externalid", "meta", "username", "displayname", "emails", "active", "password"}

// rest is what the record keeps of a resource beside its own fields; nil for nothing.
func rest(d Document) map[string]any {
	for _, name := range ownFields {
		delete(d, name)
	}
	if name, ok := d["name"].(map[string]any); ok {
		delete(name, "givenname")
		delete(name, "familyname")
		if len(name) == 0 {
			delete(d, "name")
		}
	}
	if len(d) == 0 {
		return nil
	}
	return d
}

// emailsOf reads the list of addresses; an entry without an address says nothing
// and is left out.
func emailsOf(d Document) []org.Email {
	list, _ := d["emails"].([]any)
	var emails []org.Email
	for _, v := range list {
		entry, _ := v.(map[string]any)
		email := org.Email{Value: textOf(entry, "value"), Display: textOf(entry, "display"), Type: textOf(entry, "type"), Primary: entry["primary"] == true}
		if email.Value != "" {
			emails = append(emails, email)
		}
	}
	return emails
}

func textOf(d Document, name string) string {
	s, _ := d[name].(string)
	return s
}

package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Statement is one row of an app's attribute statements.
type Statement struct {
	Name string
	// NameFormat is a URI; empty is "unspecified".
	NameFormat string
	Value      Expression
}

// Subject is what an expression is about.
type Subject struct {
	User Profile
	// App is the app user's profile, the appuser of expressions.
	App AppProfile
	// Groups are the names of the person's groups, sorted.
	Groups []string
}

// Expression computes the values of an attribute. No values mean that it is not
// set for this person.
type Expression interface {
	Values(Subject) []string
	// String writes the expression in Okta's expression language, or as near to it as can be.
	String() string
}

// BuildkiteStatements returns what Okta's guide for Buildkite sets up: name,
// admin and teams, and no e-mail, since that is the NameID.
func BuildkiteStatements() []Statement {
	return []Statement{
		{Name: "name", Value: Join(User("firstName"), Text(" "), User("lastName"))},
		{Name: "admin", Value: AppUser("admin")},
		{Name: "teams", Value: AppUser("teams")},
	}
}

// User is user.{attribute} for firstName, lastName, email, login, displayName
// and locale; another attribute has no value.
type User string

// Values returns the attribute if it is not empty.
func (e User) Values(s Subject) []string {
	return unlessEmpty(map[string]string{
		"firstName": s.User.FirstName, "lastName": s.User.LastName, "email": s.User.Email,
		"login": s.User.Login, "displayName": s.User.DisplayName, "locale": s.User.Locale,
	}[string(e)])
}

// String returns user.{attribute}.
func (e User) String() string { return "user." + string(e) }

// AppUser is appuser.{attribute}: a value of the person's assignment.
type AppUser string

// Values returns the attribute if it is not empty.
func (e AppUser) Values(s Subject) []string { return unlessEmpty(s.App[string(e)]) }

// String returns appuser.{attribute}.
func (e AppUser) String() string { return "appuser." + string(e) }

// Text is a fixed text, an empty one included.
type Text string

// Values returns the text.
func (e Text) Values(Subject) []string { return []string{string(e)} }

// String returns the text in quotes.
func (e Text) String() string { return fmt.Sprintf("%q", string(e)) }

// Join puts texts together, as + does. It has no value when none but fixed texts
// have one.
func Join(parts ...Expression) Expression { return join(parts) }

type join []Expression

func (e join) Values(s Subject) []string {
	var whole strings.Builder
	set := false
	for _, part := range e {
		values := part.Values(s)
		if _, fixed := part.(Text); !fixed && len(values) > 0 {
			set = true
		}
		whole.WriteString(strings.Join(values, ","))
	}
	if !set {
		return nil
	}
	return unlessEmpty(strings.TrimSpace(whole.String()))
}

func (e join) String() string { return each(e, " + ") }

// List is an attribute of several values: those of all its parts in order.
func List(parts ...Expression) Expression { return list(parts) }

type list []Expression

func (e list) Values(s Subject) []string {
	var values []string
	for _, part := range e {
		values = append(values, part.Values(s)...)
	}
	return values
}

func (e list) String() string { return "{" + each(e, ", ") + "}" }

// FirstOf takes the first part that has a value.
func FirstOf(parts ...Expression) Expression { return firstOf(parts) }

type firstOf []Expression

func (e firstOf) Values(s Subject) []string {
	for _, part := range e {
		if values := part.Values(s); len(values) > 0 {
			return values
		}
	}
	return nil
}

func (e firstOf) String() string { return each(e, " ?: ") }

// TeamsByGroup maps groups, by name, to team entries as "uuid" or "uuid/role".
// Its one value is what the person's groups bring, joined by commas, groups in
// order of name; an entry that two groups bring stands once. Who is in none of
// the groups has no value.
type TeamsByGroup map[string][]string

// Values returns the joined entries.
func (e TeamsByGroup) Values(s Subject) []string {
	var entries []string
	for _, group := range slices.Sorted(slices.Values(s.Groups)) {
		for _, entry := range e[group] {
			if !slices.Contains(entries, entry) {
				entries = append(entries, entry)
			}
		}
	}
	return unlessEmpty(strings.Join(entries, ","))
}

// String lists the groups of the mapping.
func (e TeamsByGroup) String() string {
	return "teams by group (" + strings.Join(slices.Sorted(maps.Keys(e)), ", ") + ")"
}

func each(parts []Expression, separator string) string {
	texts := make([]string, len(parts))
	for n, part := range parts {
		texts[n] = part.String()
	}
	return strings.Join(texts, separator)
}

func unlessEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

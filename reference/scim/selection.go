package scim

import (
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim/filter"
)

// Selection is what a list is narrowed to: Match is what the store can look up by
// itself. Keep and Matches judge what the store found, as a record and as the resource
// that it is shown as (nil: everything stays).
type Selection struct {
	Match   org.RecordMatch
	Keep    func(org.Record) bool
	Matches func(Document) bool
}

// selection reads a filter. What it demands by "eq" of an attribute that the store
// can look up goes into Match, and by "sw" of the user name; the rest is judged record by
// record.
func selection(text string) (Selection, error) {
	expr, err := filter.Parse(text)
	if err != nil {
		return Selection{}, bad(InvalidFilter, "filter: %v", err)
	}
	if _, err := filter.Compile(expr, users.describe); err != nil {
		return Selection{}, bad(InvalidFilter, "filter: %v", err)
	}
	var s Selection
	rest := lookUp(expr, &s.Match)
	if rest == nil {
		return s, nil
	}
	matches, err := filter.Compile(rest, users.describe)
	s.Matches = matches
	return s, err
}

// lookUp moves what the store can do out of a filter and returns what is left;
// nil when nothing is. Only what every match must satisfy may be moved, so it
// looks into "and" and no further.
func lookUp(expr filter.Expr, match *org.RecordMatch) filter.Expr {
	switch e := expr.(type) {
	case filter.And:
		left, right := lookUp(e.Left, match), lookUp(e.Right, match)
		switch {
		case left == nil:
			return right
		case right == nil:
			return left
		}
		return filter.And{Left: left, Right: right}
	case filter.Test:
		if e.Op == filter.Equal && take(e, match) || e.Op == filter.StartsWith && takeStart(e, match) {
			return nil
		}
	}
	return expr
}

// take notes one demand in the match. A second one on the same attribute stays
// where it is, as does one for the empty text, which nothing that is kept equals.
func take(e filter.Test, match *org.RecordMatch) bool {
	at, ok := users.find(e.Path)
	if !ok || at.of != users || at.part != nil {
		return false
	}
	switch value := e.Value.(type) {
	case string:
		texts := map[string]**string{"userName": &match.UserName, "id": &match.ID, "externalId": &match.ExternalID}
		if place := texts[at.whole.Name]; place != nil && *place == nil && value != "" {
			*place = &value
			return true
		}
	case bool:
		if at.whole.Name == "active" && match.Active == nil {
			match.Active = &value
			return true
		}
	}
	return false
}

// takeStart is take for what the user name begins with. That of nothing is every user
// name, which the filter knows to be there.
func takeStart(e filter.Test, match *org.RecordMatch) bool {
	at, ok := users.find(e.Path)
	if !ok || at.of != users || at.whole.Name != "userName" || match.UserNameStart != nil {
		return false
	}
	start, ok := e.Value.(string)
	if !ok || org.Key(start) == "" {
		return false
	}
	match.UserNameStart = &start
	return true
}

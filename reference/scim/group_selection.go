package scim

import (
	"strings"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim/filter"
)

// GroupSelection is what a list of groups is narrowed to: Match is what the store can
// look up by itself; Keep judges what the store found (nil: everything stays), and
// Members says that it looks at who is in a group.
type GroupSelection struct {
	Match   org.GroupMatch
	Keep    func(group Document) bool
	Members bool
}

// selectGroups reads a filter, as [selection] does for users. Who asks for groups that
// hold somebody is answered by the store as well.
func selectGroups(text string) (GroupSelection, error) {
	var s GroupSelection
	expr, err := filter.Parse(text)
	if err != nil {
		return s, bad(InvalidFilter, "filter: %v", err)
	}
	matches, err := filter.Compile(expr, groups.describe)
	if err != nil {
		return s, bad(InvalidFilter, "filter: %v", err)
	}
	if whole := takeGroup(expr, &s.Match); !whole {
		s.Keep, s.Members = matches, aboutMembers(expr)
	}
	return s, nil
}

// takeGroup notes in the match what every group that is found must satisfy, and says
// whether that is all that the filter asks.
func takeGroup(expr filter.Expr, match *org.GroupMatch) (whole bool) {
	switch e := expr.(type) {
	case filter.And:
		left, right := takeGroup(e.Left, match), takeGroup(e.Right, match)
		return left && right
	case filter.Which:
		id, ok := memberWhere(e.Where)
		at, found := groups.find(e.Path)
		return ok && found && at.whole == membersOf && note(&match.Member, id)
	case filter.Test:
		at, ok := groups.find(e.Path)
		text, isText := e.Value.(string)
		if !ok || at.whole == nil || at.of != groups || e.Op != filter.Equal || !isText {
			return false
		}
		switch at.last() { // of members as a whole, eq compares the value
		case groups.attribute("displayName"):
			return note(&match.DisplayName, text)
		case groups.attribute("externalId"):
			return note(&match.ExternalID, text)
		case groups.attribute("id"):
			return note(&match.ID, text)
		case membersOf, membersOf.part("value"):
			return note(&match.Member, text)
		}
	}
	return false
}

// note puts a demand in its place in a match. A second one there is left to be judged,
// as is one for the empty text, which nothing that is kept equals.
func note(place **string, text string) bool {
	if *place != nil || text == "" {
		return false
	}
	*place = &text
	return true
}

// aboutMembers says whether a filter looks at who is in a group.
func aboutMembers(expr filter.Expr) bool {
	switch e := expr.(type) {
	case filter.And:
		return aboutMembers(e.Left) || aboutMembers(e.Right)
	case filter.Or:
		return aboutMembers(e.Left) || aboutMembers(e.Right)
	case filter.Not:
		return aboutMembers(e.Of)
	case filter.Which:
		return strings.EqualFold(e.Path.Name, membersOf.Name)
	case filter.Test:
		return strings.EqualFold(e.Path.Name, membersOf.Name)
	}
	return false
}

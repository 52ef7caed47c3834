package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall.example/suites/target"
)

// shownList is one list of a view, for questions that are the same about all.
type shownList struct {
	name  string // as the feature look.{name} has it
	shown bool
	ids   []string
}

// lists are the lists of a view with the ids in them.
func lists(v target.View) []shownList {
	return []shownList{
		{"records", v.Records != nil, idsOf(v.Records, func(r target.Record) string { return r.ID })},
		{"accounts", v.Accounts != nil, idsOf(v.Accounts, func(a target.Account) string { return a.ID })},
		{"memberships", v.Memberships != nil, idsOf(v.Memberships, func(m target.Membership) string { return m.ID })},
		{"seats", v.Seats != nil, idsOf(v.Seats, func(s target.Seat) string { return s.ID })},
		{"sessions", v.Sessions != nil, idsOf(v.Sessions, func(s target.Session) string { return s.ID })},
		{"tokens", v.Tokens != nil, idsOf(v.Tokens, func(t target.Token) string { return t.ID })},
	}
}

func idsOf[T any](all []T, id func(T) string) []string {
	ids := make([]string, 0, len(all))
	for _, one := range all {
		ids = append(ids, id(one))
	}
	return ids
}

// complete says what a view lacks that the probe claims to show, and what it has that
// cannot be.
func (e *examiner) complete(v target.View) error {
	for _, list := range lists(v) {
		claimed := e.claimed("look." + list.name)
		switch {
		case claimed && !list.shown:
			return fmt.Errorf("it claims look.%s and leaves the list out: an empty list says that there is nothing, a missing one that nobody looked", list.name)
		case !claimed && list.shown:
			return fmt.Errorf("it shows %s and does not claim look.%s", list.name, list.name)
		case slices.Contains(list.ids, ""):
			return fmt.Errorf("one of the %s has no id", list.name)
		}
		sorted := slices.Sorted(slices.Values(list.ids))
		if len(slices.Compact(sorted)) != len(list.ids) {
			return fmt.Errorf("two of the %s have the same id", list.name)
		}
	}
	return nil
}

// somebody says what is in a view that should be empty.
func somebody(v target.View) error {
	var there []string
	for _, list := range lists(v) {
		if len(list.ids) > 0 {
			there = append(there, fmt.Sprintf("%d %s", len(list.ids), list.name))
		}
	}
	if len(there) == 0 {
		return nil
	}
	return fmt.Errorf("it shows %s", strings.Join(there, ", "))
}

// inCommon says what two views share that are of two people.
func inCommon(one, other target.View) error {
	theirs := lists(other)
	for i, list := range lists(one) {
		for _, id := range list.ids {
			if slices.Contains(theirs[i].ids, id) {
				return fmt.Errorf("it shows the same of the %s, %s, for two people", list.name, id)
			}
		}
	}
	return nil
}

// spelled writes a view out, each list in the order of what stands in it: the order
// of entries says nothing.
func spelled(v target.View) string {
	var all strings.Builder
	for _, list := range []any{v.Records, v.Accounts, v.Memberships, v.Seats, v.Sessions, v.Tokens} {
		text, _ := json.Marshal(list) // plain data always can be
		var entries []json.RawMessage
		_ = json.Unmarshal(text, &entries)
		slices.SortFunc(entries, func(a, b json.RawMessage) int { return strings.Compare(string(a), string(b)) })
		for _, entry := range entries {
			all.Write(entry)
			all.WriteByte('\n')
		}
		all.WriteString("--\n")
	}
	return all.String()
}

// aDay is how far a time of what was just done may be from now: any time zone's worth.
const aDay = 24 * time.Hour

// timely says what is wrong with the time of something that was just done.
func timely(what string, at time.Time) error {
	switch {
	case at.IsZero():
		return fmt.Errorf("%s has no time at which it began", what)
	case time.Since(at).Abs() > aDay:
		return fmt.Errorf("%s began just now, and is said to have begun at %s", what, at.UTC().Format(time.RFC3339))
	}
	return nil
}

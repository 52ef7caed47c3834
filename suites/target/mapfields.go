package target

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
)

// entry is what one entry of a list is made of.
type entry struct{ fields map[string]field }

// field is one field of an entry: what it may be, and whether an entry is none
// without it.
type field struct {
	kind     fieldKind
	required bool
}

type fieldKind int

const (
	textField fieldKind = iota
	boolField
	timeField
	roleField
	teamsField
)

// mappable are the lists of a view with the fields of their entries, as the contract
// has them.
var mappable = map[string]entry{
	"records": {map[string]field{
		"id": {textField, true}, "user_name": {textField, true}, "active": {boolField, true}, "provider": {textField, false},
		"name": {textField, false}, "email": {textField, false}, "external_id": {textField, false}, "account_id": {textField, false},
	}},
	"accounts": {map[string]field{"id": {textField, true}, "email": {textField, false}, "name": {textField, false}}},
	"memberships": {map[string]field{
		"id": {textField, true}, "account_id": {textField, true}, "role": {roleField, true}, "teams": {teamsField, false},
	}},
	"seats": {map[string]field{
		"id": {textField, true}, "account_id": {textField, true}, "started": {timeField, true},
		"cause": {textField, false}, "ended": {timeField, false}, "end_cause": {textField, false},
	}},
	"sessions": {map[string]field{
		"id": {textField, true}, "account_id": {textField, true}, "started": {timeField, true}, "ended": {timeField, false},
	}},
	"tokens": {map[string]field{
		"id": {textField, true}, "account_id": {textField, true}, "name": {textField, false}, "revoked": {timeField, false},
	}},
}

// outcomes are the types of an expression for the field that can be told before it
// is worked out.
func (f field) outcomes() []*cel.Type {
	optional := cel.OptionalType(cel.DynType)
	switch f.kind {
	case boolField:
		return []*cel.Type{cel.BoolType}
	case timeField:
		return []*cel.Type{cel.TimestampType, cel.StringType, cel.NullType, optional}
	case roleField:
		return []*cel.Type{cel.StringType}
	case teamsField:
		return []*cel.Type{cel.ListType(cel.DynType), cel.NullType, optional}
	}
	return []*cel.Type{cel.StringType, cel.IntType, cel.UintType, cel.NullType, optional}
}

// fit makes what an expression came to what the contract has in the field.
func (f field) fit(value any) (any, error) {
	if value == nil && !f.required {
		return nil, nil
	}
	switch f.kind {
	case boolField:
		if yes, ok := value.(bool); ok {
			return yes, nil
		}
		return nil, fmt.Errorf("it came to %s, and true or false belongs here", shapeOf(value))
	case timeField:
		return f.fitTime(value)
	case roleField:
		return oneOf(value, "admin", "member")
	case teamsField:
		return fitTeams(value)
	}
	text, ok := textOf(value)
	if !ok || text == "" && f.required {
		return nil, fmt.Errorf("it came to %s, and a text belongs here", orNothing(value))
	}
	return text, nil
}

func orNothing(value any) string {
	if value == "" {
		return "nothing"
	}
	return shapeOf(value)
}

// textOf is a text or a whole number as text: many products number their things.
func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	}
	return "", false
}

func (f field) fitTime(value any) (any, error) {
	switch v := value.(type) {
	case time.Time:
		return v, nil
	case string:
		if v == "" && !f.required {
			return nil, nil
		}
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return nil, fmt.Errorf("it came to %q, and a time belongs here, as 2026-01-05T09:00:00Z", firstOf(v))
		}
		return at, nil
	}
	return nil, fmt.Errorf("it came to %s, and a time belongs here: timestamp(…) makes one of a number of seconds", shapeOf(value))
}

func oneOf(value any, allowed ...string) (any, error) {
	text, ok := value.(string)
	if ok && slices.Contains(allowed, text) {
		return text, nil
	}
	if !ok {
		text = shapeOf(value)
	}
	return nil, fmt.Errorf("it came to %q, and %s belongs here", firstOf(text), strings.Join(allowed, " or "))
}

// fitTeams checks what an expression says of somebody's teams: a list of objects
// with id and role, and slug and default where they are known.
func fitTeams(value any) (any, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("it came to %s, and a list belongs here", shapeOf(value))
	}
	places := []any{}
	for _, item := range list {
		team, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("a team is %s, and an object with id, slug and role belongs here", shapeOf(item))
		}
		place, err := fitTeam(team)
		if err != nil {
			return nil, err
		}
		places = append(places, place)
	}
	return places, nil
}

func fitTeam(team map[string]any) (place map[string]any, err error) {
	place = map[string]any{}
	for name, value := range team {
		switch name {
		case "id", "slug":
			place[name], err = field{textField, name == "id"}.fit(value)
		case "role":
			place[name], err = oneOf(value, "maintainer", "member")
		case "default":
			place[name], err = field{boolField, true}.fit(value)
		default:
			err = fmt.Errorf("there is no such field; there are id, slug, role and default")
		}
		if err != nil {
			return nil, fmt.Errorf("a team's %s: %w", name, err)
		}
	}
	for _, needed := range []string{"id", "role"} {
		if _, ok := place[needed]; !ok {
			return nil, fmt.Errorf("a team has no %s", needed)
		}
	}
	return place, nil
}

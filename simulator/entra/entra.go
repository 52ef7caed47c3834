// Package entra writes what Microsoft Entra's provisioning service sends over SCIM, as
// far as Microsoft documents it.
//
// It is no second Okta: there is no tenant behind it, no job and no clock. A spec says
// what an administrator changed, and the package says how Entra puts that into words.
// Entra has two manners. Without a flag in the tenant URL its PATCH requests are those
// of 2017: an operation for each attribute, Add and Replace and Remove in capitals,
// truth values as text, leavers named in a value. With aadOptscim062020 they keep to
// RFC 7644, and are unusual all the same: what has no brackets in its path goes into
// one operation without a path, under names with dots in them.
package entra

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Manner is how Entra words its PATCH requests.
type Manner string

// The manners, the older one first.
const (
	Legacy Manner = "legacy" // without a flag, and with AzureAdScimPatch2017
	Modern Manner = "modern" // with aadOptscim062020 in the tenant URL
)

// Manners lists both.
func Manners() []Manner { return []Manner{Legacy, Modern} }

// ContentType is what Entra says of its bodies.
const ContentType = "application/scim+json; charset=utf-8"

// Enterprise is the extension in which Entra keeps what an employer knows.
const Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// Change is what became of one attribute. Entra knows whether the product had a value
// before: then it replaces, otherwise it adds. A change without a value removes.
type Change struct {
	Path  string
	Value any // nil: it is gone
	Had   bool
}

// Added is an attribute that had no value.
func Added(path string, value any) Change { return Change{Path: path, Value: value} }

// Changed is an attribute that had another value.
func Changed(path string, value any) Change { return Change{Path: path, Value: value, Had: true} }

// Gone is an attribute that has no value any more.
func Gone(path string) Change { return Change{Path: path, Had: true} }

// Operation is an operation of a PATCH request.
type Operation = map[string]any

// Update says that a user, or a group, has changed.
func (m Manner) Update(changes ...Change) []Operation {
	var operations []Operation
	gathered := map[string]any{}
	for _, c := range changes {
		if m == Modern && len(changes) > 1 && c.Had && c.Value != nil && !strings.Contains(c.Path, "[") {
			gathered[c.Path] = c.Value
			continue
		}
		operations = append(operations, m.operation(c))
	}
	if len(gathered) > 0 {
		operations = append(operations, Operation{"op": "replace", "value": gathered})
	}
	return operations
}

func (m Manner) operation(c Change) Operation {
	switch {
	case c.Value == nil:
		return Operation{"op": m.op("Remove"), "path": c.Path}
	case c.Had:
		return Operation{"op": m.op("Replace"), "path": c.Path, "value": m.value(c.Value)}
	}
	return Operation{"op": m.op("Add"), "path": c.Path, "value": m.value(c.Value)}
}

func (m Manner) op(name string) string {
	if m == Modern {
		return strings.ToLower(name)
	}
	return name
}

// value writes a truth value as text where that is the manner.
func (m Manner) value(value any) any {
	truth, is := value.(bool)
	switch {
	case !is || m == Modern:
		return value
	case truth:
		return "True"
	}
	return "False"
}

// Enable says that somebody may come in, or may not any more: Entra does not delete
// who leaves the scope of the app, it disables them.
func (m Manner) Enable(active bool) []Operation { return m.Update(Changed("active", active)) }

// Join says that these have become members of a group.
func (m Manner) Join(ids ...string) []Operation {
	return []Operation{{"op": m.op("Add"), "path": "members", "value": m.members(ids)}}
}

// Leave says that these are members no longer.
func (m Manner) Leave(ids ...string) []Operation {
	if m == Legacy {
		return []Operation{{"op": "Remove", "path": "members", "value": m.members(ids)}}
	}
	operations := make([]Operation, len(ids))
	for i, id := range ids {
		operations[i] = Operation{"op": "remove", "path": "members[value eq " + quoted(id) + "]"}
	}
	return operations
}

func (m Manner) members(ids []string) []any {
	named := make([]any, len(ids))
	for i, id := range ids {
		member := map[string]any{"value": id}
		if m == Legacy {
			member["$ref"] = nil
		}
		named[i] = member
	}
	return named
}

// Match is the query by which Entra looks for somebody before it creates them. All the
// attributes must be what is said, given as attribute and value in turns.
func Match(pairs ...string) string {
	var tests []string
	for pair := range slices.Chunk(pairs, 2) {
		tests = append(tests, pair[0]+" eq "+quoted(pair[1]))
	}
	return url.Values{"filter": {strings.Join(tests, " and ")}}.Encode()
}

// MatchGroup is the query by which Entra looks for a group: it never wants to see the
// members, of whom there may be very many.
func MatchGroup(displayName string) string {
	return WithoutMembers + "&" + Match("displayName", displayName)
}

// WithoutMembers is the query with which Entra reads a group.
const WithoutMembers = "excludedAttributes=members"

func quoted(text string) string {
	var written strings.Builder
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string can always be encoded
	return strings.TrimSpace(written.String())
}

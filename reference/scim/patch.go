package scim

import (
	"fmt"
	"strings"

	"rollcall.example/reference/scim/filter"
)

// Operation is one operation of a PATCH request (RFC 7644 section 3.5.2).
type Operation struct {
	Op     string         // add, remove or replace
	Target *filter.Target // nil: the resource itself
	Value  any            // nil: none, or null
	given  bool           // a value was there, be it null
}

const maxOperations = 1000

// operations reads the body of a PATCH request. The name of an operation counts
// in any case, as Entra writes "Replace".
func operations(body Document) ([]Operation, error) {
	if !mentions(body["schemas"], patchSchema) {
		return nil, bad(InvalidSyntax, "schemas must name %s", patchSchema)
	}
	list, ok := body["operations"].([]any)
	if !ok || len(list) == 0 {
		return nil, bad(InvalidSyntax, "Operations must be a list of one or more operations")
	}
	if len(list) > maxOperations {
		return nil, bad(InvalidValue, "Operations has more than %d entries", maxOperations)
	}
	ops := make([]Operation, len(list))
	for i, entry := range list {
		object, ok := entry.(map[string]any)
		if !ok {
			return nil, bad(InvalidSyntax, "operation %d is not an object", i+1)
		}
		op, err := readOperation(object)
		if err != nil {
			return nil, inOperation(i, err)
		}
		ops[i] = op
	}
	return ops, nil
}

func readOperation(object Document) (Operation, *Error) {
	name, ok := object["op"].(string)
	if !ok {
		return Operation{}, bad(InvalidSyntax, "op must be add, remove or replace")
	}
	op := Operation{Op: strings.ToLower(name)}
	op.Value, op.given = object["value"]
	switch op.Op {
	case "add", "replace":
		if !op.given {
			return op, bad(InvalidValue, "%s needs a value", op.Op)
		}
	case "remove":
	default:
		return op, bad(InvalidSyntax, "op must be add, remove or replace, not %s", quote(name))
	}
	return op, readTarget(&op, object["path"])
}

// inOperation says which operation of a request an error is about.
func inOperation(index int, err error) error {
	refusal, broken := refusalOf(err)
	if broken {
		return err
	}
	located := *refusal
	located.Detail = fmt.Sprintf("operation %d: %s", index+1, refusal.Detail)
	return &located
}

// readTarget reads the path. An empty one is no path.
func readTarget(op *Operation, path any) *Error {
	written, ok := path.(string)
	if path != nil && !ok {
		return bad(InvalidPath, "path must be a text")
	}
	if written == "" {
		if op.Op == "remove" {
			return bad(NoTarget, "remove needs a path")
		}
		return nil
	}
	target, err := filter.ParseTarget(written)
	if err != nil {
		return bad(InvalidPath, "path: %v", err)
	}
	op.Target = &target
	return nil
}

// mentions says whether a list of URNs holds the one asked for, in any case.
func mentions(list any, urn string) bool {
	entries, _ := list.([]any)
	for _, entry := range entries {
		if s, ok := entry.(string); ok && strings.EqualFold(s, urn) {
			return true
		}
	}
	return false
}

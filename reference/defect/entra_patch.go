package defect

import (
	"net/http"
	"slices"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/scim"
)

// Defects in what Entra's PATCH requests do.
var _ = register(defects{
	"entra-first-operation-only": func(p *reference.Parts) {
		read := p.SCIM.Operations
		p.SCIM.Operations = func(body scim.Document) ([]scim.Operation, error) {
			ops, err := read(body)
			return ops[:min(1, len(ops))], err
		}
	},
	"entra-capital-operation-refused": func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			for _, op := range operationsIn(body) {
				if name := textIn(op, "op"); name != strings.ToLower(name) {
					return refusing(http.StatusBadRequest, scim.InvalidSyntax, "op must be add, remove or replace")
				}
			}
			return nil
		})
	},
	"entra-dotted-names-passed-over": func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			for _, op := range operationsIn(body) {
				members, _ := op["value"].(object)
				for name := range members {
					if strings.Contains(name, ".") && !strings.HasPrefix(name, "urn:") {
						delete(members, name)
					}
				}
			}
			return nil
		})
	},
	"entra-null-refused": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op == "replace" && op.Target != nil && op.Value == nil {
				return &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidValue, Detail: "null is no value"}
			}
			return apply(resource, op)
		})
	},
	"entra-any-text-is-true": func(p *reference.Parts) {
		read := p.SCIM.Boolean
		p.SCIM.Boolean = func(value any) (bool, error) {
			if text, is := value.(string); is {
				return text != "", nil
			}
			return read(value)
		}
	},
	"entra-addition-ignored":          ignoring(func(op scim.Operation) bool { return op.Op == "add" && aims(op, "nickName") }),
	"entra-removal-ignored":           ignoring(func(op scim.Operation) bool { return op.Op == "remove" && aims(op, "title") }),
	"entra-manager-stays":             ignoring(func(op scim.Operation) bool { return op.Op == "remove" && aims(op, "manager") }),
	"entra-manager-as-text-refused":   refusesManager(func(value any) bool { _, text := value.(string); return text }),
	"entra-manager-as-object-refused": refusesManager(func(value any) bool { _, object := value.(map[string]any); return object }),
})

// refusesManager refuses a manager of this kind.
func refusesManager(kind func(any) bool) install {
	return func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if aims(op, "manager") && kind(op.Value) {
				return &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidValue, Detail: "manager is of another type"}
			}
			return apply(resource, op)
		})
	}
}

// Defects in what an operation does whose brackets find no value.
var _ = register(defects{
	"entra-absent-value-not-made":  unmatched("add", scim.Refuse),
	"entra-absent-value-forgotten": unmatched("replace", scim.Ignore),
	"entra-each-part-is-a-value":   added("addresses", func(before, made []any) []any { return append(before, made...) }),
	"entra-last-added-value-wins":  added("phoneNumbers", func(_, made []any) []any { return made }),
	"entra-role-is-not-primary": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			err := apply(resource, op)
			roles, _ := resource["roles"].([]any)
			for i, entry := range roles {
				role, _ := entry.(map[string]any)
				kept := scim.Document{}
				for name, value := range role {
					if name != "primary" {
						kept[name] = value
					}
				}
				roles[i] = kept
			}
			return err
		})
	},
	"entra-role-cut": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			roles, _ := user["roles"].([]any)
			for _, entry := range roles {
				if role, ok := entry.(object); ok {
					value := textIn(role, "value")
					role["value"] = value[:min(64, len(value))]
				}
			}
		})
	},
})

// unmatched does something else where brackets choose nothing.
func unmatched(operation string, otherwise scim.Unmatched) install {
	return func(p *reference.Parts) {
		as := p.SCIM.Unmatched
		p.SCIM.Unmatched = func(asked string) scim.Unmatched {
			if asked == operation {
				return otherwise
			}
			return as(asked)
		}
	}
}

// added lets what is added by brackets come into a list in another way.
func added(attribute string, into func(before, made []any) []any) install {
	return func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op != "add" || op.Target == nil || op.Target.Where == nil || !strings.EqualFold(op.Target.Name, attribute) {
				return apply(resource, op)
			}
			alone, key := scim.Document{}, strings.ToLower(attribute)
			if err := apply(alone, op); err != nil {
				return err
			}
			before, _ := resource[key].([]any)
			made, _ := alone[key].([]any)
			resource[key] = into(slices.Clone(before), made)
			return nil
		})
	}
}

package defect

import (
	"net/http"
	"slices"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/scim"
)

// Defects in what becomes of somebody whom Entra takes back.
var _ = register(defects{
	"entra-enabling-ignored": ignoring(enabling),
	"entra-restored-without-a-name": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if enabling(op) {
				delete(resource, "name")
			}
			return apply(resource, op)
		})
	},
	"entra-disabled-taken-for-new": func(p *reference.Parts) {
		instead(p, creatingUsers, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			made := ask(r, next, http.MethodPost, nil, body)
			there := ask(r, next, http.MethodGet, map[string][]string{"filter": {`userName eq "` + textIn(body, "userName") + `"`}}, nil)
			if found := there.resources(); made.status == http.StatusConflict && len(found) == 1 && found[0]["active"] == false {
				made.status, made.body = http.StatusCreated, found[0]
			}
			return made
		})
	},
	"entra-deleted-name-is-taken": func(p *reference.Parts) {
		var used memory
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			name := textIn(body, "userName")
			if used.has(name) {
				return refusing(http.StatusConflict, "uniqueness", "somebody has had this name")
			}
			used.add(name)
			return nil
		})
	},
})

// enabling says whether an operation makes somebody active.
func enabling(op scim.Operation) bool {
	text, _ := op.Value.(string)
	return aims(op, "active") && (op.Value == true || strings.EqualFold(text, "true"))
}

// Defects in what an endpoint says when Entra tries it.
var _ = register(defects{
	"entra-no-operations-is-500": func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			if len(operationsIn(body)) == 0 {
				return refusing(http.StatusInternalServerError, "", "something went wrong")
			}
			return nil
		})
	},
	"entra-addresses-not-described": func(p *reference.Parts) {
		showEach(p, readingSchemas, func(schema object) {
			described, _ := schema["attributes"].([]any)
			schema["attributes"] = slices.DeleteFunc(described, func(entry any) bool {
				attribute, _ := entry.(object)
				return textIn(attribute, "name") == "addresses"
			})
		})
	},
})

package defect

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/scim"
	"rollcall.example/reference/scim/filter"
)

const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// patching is about PATCH requests of one resource.
func patching(r *http.Request) bool { return r.Method == http.MethodPatch && isSCIM(r, "/") }

// Defects in what an operation of a PATCH does.
func init() {
	register("patch-forgotten", func(p *reference.Parts) {
		ignoreOperations(p, func(scim.Operation) bool { return true })
	})
	register("patch-shows-the-change-only", func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusOK {
				a.body = object{"schemas": a.body["schemas"], "id": a.body["id"]}
			}
		})
	})
	register("patch-clears-the-name", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op == "replace" && aims(op, "displayName") {
				delete(resource, "name")
			}
			return apply(resource, op)
		})
	})
	ignores := func(name string, which func(scim.Operation) bool) {
		register(name, func(p *reference.Parts) { ignoreOperations(p, which) })
	}
	ignores("pathless-add-ignored", func(op scim.Operation) bool { return op.Op == "add" && op.Target == nil })
	ignores("pathless-replace-ignored", func(op scim.Operation) bool { return op.Op == "replace" && op.Target == nil })
	ignores("add-keeps-what-is-there", func(op scim.Operation) bool { return op.Op == "add" && aims(op, "displayName") })
	ignores("add-of-parts-ignored", func(op scim.Operation) bool { return op.Op == "add" && aims(op, "name") })
	ignores("remove-of-one-value-ignored", func(op scim.Operation) bool {
		return op.Op == "remove" && op.Target.Where == nil && op.Target.Schema == "" && !aims(op, "phoneNumbers") &&
			!aims(op, "userName") && !aims(op, "id")
	})
	ignores("null-ignored", func(op scim.Operation) bool { return op.Op == "replace" && op.Target != nil && op.Value == nil })
	register("replace-of-parts-forgets-the-rest", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op == "replace" && aims(op, "name") {
				delete(resource, "name")
			}
			return apply(resource, op)
		})
	})
	register("part-by-path-takes-the-whole", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Target != nil && op.Target.Sub == "familyName" {
				delete(resource, "name")
			}
			return apply(resource, op)
		})
	})
	refusesPath("path-to-the-letter", func(t *filter.Target) bool { return strings.ToUpper(t.Name) == t.Name })
	refusesPath("core-urn-in-path-refused", func(t *filter.Target) bool { return strings.Contains(t.Schema, ":core:") })
	refusesPath("extension-in-path-refused", func(t *filter.Target) bool { return strings.Contains(t.Schema, ":extension:") })
	register("operations-backwards", func(p *reference.Parts) {
		read := p.SCIM.Operations
		p.SCIM.Operations = func(body scim.Document) ([]scim.Operation, error) {
			ops, err := read(body)
			slices.Reverse(ops)
			return ops, err
		}
	})
	register("put-keeps-what-it-lacks", putKeepsWhatItLacks)
	register("rival-patch-lost", rivalPatchLost)
	register("add-replaces-list", func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "add" && aims(*op, "emails") {
				op.Op = "replace"
			}
		})
	})
	register("add-of-the-same-is-a-change", addOfTheSameIsAChange)
	register("every-added-value-is-primary", func(p *reference.Parts) {
		showEach(p, at("/Users"), func(user object) {
			emails, _ := user["emails"].([]any)
			for _, entry := range emails {
				if email, ok := entry.(object); ok && len(emails) > 1 {
					email["primary"] = true
				}
			}
		})
	})
	register("extension-not-named", func(p *reference.Parts) {
		showEach(p, at("/Users"), func(user object) { user["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:User"} })
	})
}

// Defects in what a remove and a replace do to values of which there are many.
func init() {
	register("remove-of-a-list-takes-the-first", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if list, _ := resource["phonenumbers"].([]any); op.Op == "remove" && aims(op, "phoneNumbers") && len(list) > 0 {
				resource["phonenumbers"] = slices.Clone(list[1:])
				return nil
			}
			return apply(resource, op)
		})
	})
	register("remove-takes-unchosen-values", func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "remove" && op.Target != nil && op.Target.Where != nil && op.Target.Sub == "" {
				op.Target.Where = nil
			}
		})
	})
	choosesBy := func(name string, read func(filter.Expr) filter.Expr) {
		register(name, func(p *reference.Parts) {
			opOtherwise(p, func(op *scim.Operation) {
				if op.Target != nil && op.Target.Where != nil {
					op.Target.Where = read(op.Target.Where)
				}
			})
		})
	}
	choosesBy("path-chooses-by-the-first-condition", func(where filter.Expr) filter.Expr {
		switch of := where.(type) {
		case filter.And:
			return of.Left
		case filter.Or:
			return of.Left
		case filter.Not:
			return of.Of
		}
		return where
	})
	choosesBy("path-chooses-by-eq-only", func(where filter.Expr) filter.Expr {
		if test, ok := where.(filter.Test); ok && test.Op != filter.Equal {
			test.Op = filter.Equal
			return test
		}
		return where
	})
	register("last-value-stays", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			list, _ := resource["phonenumbers"].([]any)
			if op.Op == "remove" && op.Target != nil && op.Target.Where != nil && len(list) == 1 {
				return nil
			}
			return apply(resource, op)
		})
	})
	register("remove-of-a-part-takes-the-value", func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "remove" && op.Target != nil && op.Target.Where != nil {
				op.Target.Sub = ""
			}
		})
	})
	register("replace-appends", func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "replace" && aims(*op, "emails") {
				op.Op = "add"
			}
		})
	})
	register("replace-needs-a-value-there", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op == "replace" && aims(op, "nickName") && resource["nickname"] == nil {
				return &scim.Error{Status: http.StatusBadRequest, Type: scim.NoTarget, Detail: "there is nothing to replace"}
			}
			return apply(resource, op)
		})
	})
	register("replace-takes-unchosen-values", func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "replace" && op.Target != nil && op.Target.Where != nil && op.Target.Sub == "" {
				op.Target.Where, op.Value = nil, []any{op.Value}
			}
		})
	})
	register("replace-reaches-the-first-only", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			before, _ := resource["emails"].([]any)
			err := apply(resource, op)
			after, _ := resource["emails"].([]any)
			if op.Op == "replace" && op.Target != nil && op.Target.Sub != "" && len(before) == len(after) && len(before) > 1 {
				resource["emails"] = append(slices.Clone(after[:1]), before[1:]...)
			}
			return err
		})
	})
	register("add-of-a-part-reaches-every-value", func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			err := apply(resource, op)
			emails, _ := resource["emails"].([]any)
			if err != nil || op.Op != "add" || op.Target == nil || op.Target.Sub != "display" {
				return err
			}
			shared := make([]any, len(emails))
			for i, entry := range emails {
				email, _ := entry.(map[string]any)
				copied := maps.Clone(email)
				copied["display"] = op.Value
				shared[i] = copied
			}
			resource["emails"] = shared
			return nil
		})
	})
	register("missing-member-refused", func(p *reference.Parts) {
		instead(p, patching, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			there := string(ask(r, next, http.MethodGet, nil, nil).text)
			for _, op := range operationsIn(body) {
				_, chosen, chooses := strings.Cut(textIn(op, "path"), `members[value eq "`)
				if op["op"] == "remove" && chooses && !strings.Contains(there, strings.TrimSuffix(chosen, `"]`)) {
					return refusing(http.StatusBadRequest, "noTarget", "nobody is chosen")
				}
			}
			return nil
		})
	})
}

// applying performs an operation on a resource.
type applying func(resource scim.Document, op scim.Operation) error

// applyOtherwise performs operations of PATCH requests in another way.
func applyOtherwise(p *reference.Parts, do func(resource scim.Document, op scim.Operation, apply applying) error) {
	apply := p.SCIM.Apply
	p.SCIM.Apply = func(resource scim.Document, op scim.Operation) error { return do(resource, op, apply) }
}

// opOtherwise performs other operations than were asked for.
func opOtherwise(p *reference.Parts, change func(op *scim.Operation)) {
	applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
		if op.Target != nil {
			target := *op.Target
			op.Target = &target
		}
		change(&op)
		return apply(resource, op)
	})
}

// aims says whether an operation aims at a whole attribute.
func aims(op scim.Operation, attribute string) bool {
	return op.Target != nil && op.Target.Where == nil && op.Target.Sub == "" && strings.EqualFold(op.Target.Name, attribute)
}

// refusesPath registers a defect that does not know paths of a kind.
func refusesPath(name string, which func(*filter.Target) bool) {
	register(name, func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Target != nil && which(op.Target) {
				return &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidPath, Detail: "there is no such attribute"}
			}
			return apply(resource, op)
		})
	})
}

// putKeepsWhatItLacks lets a PUT leave what its body does not mention.
func putKeepsWhatItLacks(p *reference.Parts) {
	instead(p, at("/Users/", http.MethodPut), func(r *http.Request, body object, next http.Handler) *scimAnswer {
		there := ask(r, next, http.MethodGet, nil, nil)
		if body == nil || there.status != http.StatusOK {
			return nil
		}
		merged := maps.Clone(there.body)
		maps.Copy(merged, body)
		return ask(r, next, http.MethodPut, nil, merged)
	})
}

// rivalPatchLost lets two requests that add an address at the same moment read the
// resource before either writes it: the later one takes back what the other did.
func rivalPatchLost(p *reference.Parts) {
	rivals := newPair()
	instead(p, patching, func(r *http.Request, body object, next http.Handler) *scimAnswer {
		if !slices.ContainsFunc(operationsIn(body), addsOther) {
			return nil
		}
		read := ask(r, next, http.MethodGet, nil, nil)
		first, done := rivals.meet()
		if !first {
			done()
			ask(r, next, http.MethodPut, nil, read.body)
		}
		written := ask(r, next, http.MethodPatch, nil, body)
		if first {
			done()
		}
		return written
	})
}

// addsOther says whether an operation adds an e-mail address that is for nothing special.
func addsOther(op object) bool {
	added, _ := op["value"].([]any)
	return op["op"] == "add" && op["path"] == "emails" && slices.ContainsFunc(added, func(value any) bool {
		email, _ := value.(object)
		return email["type"] == "other"
	})
}

// addOfTheSameIsAChange dates a change though nothing changed: for as long as it can be
// seen, who was given what they had was changed last in some other year.
func addOfTheSameIsAChange(p *reference.Parts) {
	var touched memory
	showEach(p, at("/Users"), func(user object) {
		if touched.has(textIn(user, "id")) {
			metaOf(user)["lastModified"] = "2036-01-05T09:00:00.000Z"
		}
	})
	instead(p, patching, func(r *http.Request, body object, next http.Handler) *scimAnswer {
		before := ask(r, next, http.MethodGet, nil, nil)
		after := ask(r, next, http.MethodPatch, nil, body)
		if after.status == http.StatusOK && metaOf(before.body)["version"] == metaOf(after.body)["version"] {
			touched.add(textIn(after.body, "id"))
		}
		return after
	})
}

// Defects in what a PATCH has to refuse.
func init() {
	register("patch-schema-optional", func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			body["schemas"] = []any{patchSchema}
			return nil
		})
	})
	register("no-operations-no-error", func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			if listed, isList := body["Operations"].([]any); !isList || len(listed) == 0 {
				return noContent()
			}
			return nil
		})
	})
	register("unknown-operation-passed-over", func(p *reference.Parts) {
		passesOver(p, func(op object) bool {
			return !slices.Contains([]string{"add", "replace", "remove"}, strings.ToLower(textIn(op, "op")))
		})
	})
	register("remove-of-nothing-passed-over", func(p *reference.Parts) {
		passesOver(p, func(op object) bool { return op["op"] == "remove" && textIn(op, "path") == "" })
	})
	register("add-of-nothing-takes-away", func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			for _, op := range operationsIn(body) {
				if _, given := op["value"]; !given && op["op"] == "add" {
					op["value"] = nil
				}
			}
			return nil
		})
	})
	forgives := func(name string, kinds ...string) {
		register(name, func(p *reference.Parts) {
			applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
				err := apply(resource, op)
				if refused := (*scim.Error)(nil); errors.As(err, &refused) && slices.Contains(kinds, refused.Type) {
					return nil
				}
				return err
			})
		})
	}
	forgives("unknown-path-passed-over", scim.InvalidPath)
	forgives("wrong-type-passed-over", scim.InvalidValue)
	forgives("read-only-passed-over", scim.Mutability)
	register("malformed-path-passed-over", func(p *reference.Parts) {
		read := p.SCIM.Operations
		p.SCIM.Operations = func(body scim.Document) ([]scim.Operation, error) {
			ops, err := read(body)
			if refused := (*scim.Error)(nil); errors.As(err, &refused) && refused.Type == scim.InvalidPath {
				return nil, nil
			}
			return ops, err
		}
	})
	register("removal-of-the-required-another-reason", func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.body["scimType"] == scim.Mutability {
				a.body["scimType"] = scim.InvalidValue
			}
		})
	})
	register("unchosen-replace-adds", func(p *reference.Parts) {
		p.SCIM.Unmatched = func(string) scim.Unmatched { return scim.Make }
	})
	register("patch-clash-passed-over", func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.body["scimType"] == scim.Uniqueness {
				*a = *noContent()
			}
		})
	})
	register("patch-of-nobody-succeeds", func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNotFound {
				*a = *noContent()
			}
		})
	})
	register("patch-half-done", func(p *reference.Parts) {
		instead(p, patching, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			var last *scimAnswer
			for _, op := range operationsIn(body) {
				last = ask(r, next, http.MethodPatch, nil, object{"schemas": body["schemas"], "Operations": []any{op}})
				if last.status >= http.StatusBadRequest {
					return last
				}
			}
			return last
		})
	})
}

// passesOver leaves operations out of PATCH requests.
func passesOver(p *reference.Parts, which func(op object) bool) {
	readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
		all := operationsIn(body)
		if len(all) == 0 {
			return nil
		}
		var kept []any
		for _, op := range all {
			if !which(op) {
				kept = append(kept, op)
			}
		}
		if len(kept) == 0 {
			return noContent()
		}
		body["Operations"] = kept
		return nil
	})
}

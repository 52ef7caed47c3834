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

// Defects in what an operation of a PATCH does.
var _ = register(defects{
	"patch-forgotten": ignoring(func(scim.Operation) bool { return true }),
	"patch-shows-the-change-only": func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusOK {
				a.body = object{"schemas": a.body["schemas"], "id": a.body["id"]}
			}
		})
	},
	"patch-clears-the-name": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op == "replace" && aims(op, "displayName") {
				delete(resource, "name")
			}
			return apply(resource, op)
		})
	},
	"pathless-add-ignored":     ignoring(func(op scim.Operation) bool { return op.Op == "add" && op.Target == nil }),
	"pathless-replace-ignored": ignoring(func(op scim.Operation) bool { return op.Op == "replace" && op.Target == nil }),
	"add-keeps-what-is-there":  ignoring(func(op scim.Operation) bool { return op.Op == "add" && aims(op, "displayName") }),
	"add-of-parts-ignored":     ignoring(func(op scim.Operation) bool { return op.Op == "add" && aims(op, "name") }),
	"remove-of-one-value-ignored": ignoring(func(op scim.Operation) bool {
		return op.Op == "remove" && op.Target.Where == nil && op.Target.Schema == "" && !aims(op, "phoneNumbers") &&
			!aims(op, "userName") && !aims(op, "id")
	}),
	"null-ignored": ignoring(func(op scim.Operation) bool { return op.Op == "replace" && op.Target != nil && op.Value == nil }),
	"replace-of-parts-forgets-the-rest": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op == "replace" && aims(op, "name") {
				delete(resource, "name")
			}
			return apply(resource, op)
		})
	},
	"part-by-path-takes-the-whole": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Target != nil && op.Target.Sub == "familyName" {
				delete(resource, "name")
			}
			return apply(resource, op)
		})
	},
	"path-to-the-letter":        refusesPath(func(t *filter.Target) bool { return strings.ToUpper(t.Name) == t.Name }),
	"core-urn-in-path-refused":  refusesPath(func(t *filter.Target) bool { return strings.Contains(t.Schema, ":core:") }),
	"extension-in-path-refused": refusesPath(func(t *filter.Target) bool { return strings.Contains(t.Schema, ":extension:") }),
	"operations-backwards": func(p *reference.Parts) {
		read := p.SCIM.Operations
		p.SCIM.Operations = func(body scim.Document) ([]scim.Operation, error) {
			ops, err := read(body)
			slices.Reverse(ops)
			return ops, err
		}
	},
	"put-keeps-what-it-lacks": putKeepsWhatItLacks,
	"rival-patch-lost":        rivalPatchLost,
	"add-replaces-list": func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "add" && aims(*op, "emails") {
				op.Op = "replace"
			}
		})
	},
	"add-of-the-same-is-a-change": addOfTheSameIsAChange,
	"every-added-value-is-primary": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			emails, _ := user["emails"].([]any)
			for _, entry := range emails {
				if email, ok := entry.(object); ok && len(emails) > 1 {
					email["primary"] = true
				}
			}
		})
	},
	"primary-by-a-part-is-one-more": primaryByAPartIsOneMore,
	"extension-not-named": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { user["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:User"} })
	},
})

// Defects in what a remove and a replace do to values of which there are many.
var _ = register(defects{
	"remove-of-a-list-takes-the-first": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if list, _ := resource["phonenumbers"].([]any); op.Op == "remove" && aims(op, "phoneNumbers") && len(list) > 0 {
				resource["phonenumbers"] = slices.Clone(list[1:])
				return nil
			}
			return apply(resource, op)
		})
	},
	"remove-takes-unchosen-values": func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "remove" && op.Target != nil && op.Target.Where != nil && op.Target.Sub == "" {
				op.Target.Where = nil
			}
		})
	},
	"path-chooses-by-the-first-condition": choosesBy(func(where filter.Expr) filter.Expr {
		switch of := where.(type) {
		case filter.And:
			return of.Left
		case filter.Or:
			return of.Left
		case filter.Not:
			return of.Of
		}
		return where
	}),
	"path-chooses-by-eq-only": choosesBy(func(where filter.Expr) filter.Expr {
		if test, ok := where.(filter.Test); ok && test.Op != filter.Equal {
			test.Op = filter.Equal
			return test
		}
		return where
	}),
	"last-value-stays": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			list, _ := resource["phonenumbers"].([]any)
			if op.Op == "remove" && op.Target != nil && op.Target.Where != nil && len(list) == 1 {
				return nil
			}
			return apply(resource, op)
		})
	},
	"remove-of-a-part-takes-the-value": func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "remove" && op.Target != nil && op.Target.Where != nil {
				op.Target.Sub = ""
			}
		})
	},
	"replace-appends": func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "replace" && aims(*op, "emails") {
				op.Op = "add"
			}
		})
	},
	"replace-needs-a-value-there": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Op == "replace" && aims(op, "nickName") && resource["nickname"] == nil {
				return &scim.Error{Status: http.StatusBadRequest, Type: scim.NoTarget, Detail: "there is nothing to replace"}
			}
			return apply(resource, op)
		})
	},
	"replace-takes-unchosen-values": func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Op == "replace" && op.Target != nil && op.Target.Where != nil && op.Target.Sub == "" {
				op.Target.Where, op.Value = nil, []any{op.Value}
			}
		})
	},
	"replace-reaches-the-first-only": func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			before, _ := resource["emails"].([]any)
			err := apply(resource, op)
			after, _ := resource["emails"].([]any)
			if op.Op == "replace" && op.Target != nil && op.Target.Sub != "" && len(before) == len(after) && len(before) > 1 {
				resource["emails"] = append(slices.Clone(after[:1]), before[1:]...)
			}
			return err
		})
	},
	"add-of-a-part-reaches-every-value": func(p *reference.Parts) {
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
	},
	"missing-member-refused": func(p *reference.Parts) {
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
	},
})

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
func refusesPath(which func(*filter.Target) bool) install {
	return func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if op.Target != nil && which(op.Target) {
				return &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidPath, Detail: "there is no such attribute"}
			}
			return apply(resource, op)
		})
	}
}

// putKeepsWhatItLacks lets a PUT leave what its body does not mention.
func putKeepsWhatItLacks(p *reference.Parts) {
	instead(p, replacingUsers, func(r *http.Request, body object, next http.Handler) *scimAnswer {
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

// primaryByAPartIsOneMore shows the value that was primary as primary still when a PATCH
// says so of another one by its path.
func primaryByAPartIsOneMore(p *reference.Parts) {
	var stays memory
	showEach(p, anyUsers, func(user object) {
		emails, _ := user["emails"].([]any)
		for _, entry := range emails {
			if email, ok := entry.(object); ok && stays.has(textIn(email, "value")) {
				email["primary"] = true
			}
		}
	})
	instead(p, patching, func(r *http.Request, body object, next http.Handler) *scimAnswer {
		for _, op := range operationsIn(body) {
			if !strings.HasSuffix(textIn(op, "path"), "].primary") {
				continue
			}
			emails, _ := ask(r, next, http.MethodGet, nil, nil).body["emails"].([]any)
			for _, entry := range emails {
				if email, ok := entry.(object); ok && email["primary"] == true {
					stays.add(textIn(email, "value"))
				}
			}
		}
		return nil
	})
}

// addOfTheSameIsAChange dates a change though nothing changed: for as long as it can be
// seen, who was given what they had was changed last in some other year.
func addOfTheSameIsAChange(p *reference.Parts) {
	var touched memory
	showEach(p, anyUsers, func(user object) {
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
var _ = register(defects{
	"patch-schema-optional": func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			body["schemas"] = []any{patchSchema}
			return nil
		})
	},
	"no-operations-no-error": func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			if listed, isList := body["Operations"].([]any); !isList || len(listed) == 0 {
				return noContent()
			}
			return nil
		})
	},
	"unknown-operation-passed-over": func(p *reference.Parts) {
		passesOver(p, func(op object) bool {
			return !slices.Contains([]string{"add", "replace", "remove"}, strings.ToLower(textIn(op, "op")))
		})
	},
	"remove-of-nothing-passed-over": func(p *reference.Parts) {
		passesOver(p, func(op object) bool { return op["op"] == "remove" && textIn(op, "path") == "" })
	},
	"add-of-nothing-takes-away": func(p *reference.Parts) {
		readOtherwise(p, patching, func(_ *http.Request, body object) *scimAnswer {
			for _, op := range operationsIn(body) {
				if _, given := op["value"]; !given && op["op"] == "add" {
					op["value"] = nil
				}
			}
			return nil
		})
	},
	"unknown-path-passed-over": forgives(scim.InvalidPath),
	"wrong-type-passed-over":   forgives(scim.InvalidValue),
	"read-only-passed-over":    forgives(scim.Mutability),
	"malformed-path-passed-over": func(p *reference.Parts) {
		read := p.SCIM.Operations
		p.SCIM.Operations = func(body scim.Document) ([]scim.Operation, error) {
			ops, err := read(body)
			if refused := (*scim.Error)(nil); errors.As(err, &refused) && refused.Type == scim.InvalidPath {
				return nil, nil
			}
			return ops, err
		}
	},
	"removal-of-the-required-another-reason": func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.body["scimType"] == scim.Mutability {
				a.body["scimType"] = scim.InvalidValue
			}
		})
	},
	"unchosen-replace-adds": func(p *reference.Parts) {
		p.SCIM.Unmatched = func(string) scim.Unmatched { return scim.Make }
	},
	"patch-clash-passed-over": func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.body["scimType"] == scim.Uniqueness {
				*a = *noContent()
			}
		})
	},
	"patch-of-nobody-succeeds": func(p *reference.Parts) {
		showOtherwise(p, patching, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNotFound {
				*a = *noContent()
			}
		})
	},
	"patch-half-done": func(p *reference.Parts) {
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
	},
})

// forgives takes an operation that is wrong in such a way for one that does nothing.
func forgives(kinds ...string) install {
	return func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			err := apply(resource, op)
			if refused := (*scim.Error)(nil); errors.As(err, &refused) && slices.Contains(kinds, refused.Type) {
				return nil
			}
			return err
		})
	}
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

// choosesBy reads the filter of a path otherwise.
func choosesBy(read func(filter.Expr) filter.Expr) install {
	return func(p *reference.Parts) {
		opOtherwise(p, func(op *scim.Operation) {
			if op.Target != nil && op.Target.Where != nil {
				op.Target.Where = read(op.Target.Where)
			}
		})
	}
}

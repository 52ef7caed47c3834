package defect

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"rollcall.example/reference"
)

const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	badgeSchema      = "urn:rollcall:params:scim:schemas:extension:2.0:Badge"
)

// Defects in what of a user is kept and shown.
var _ = register(defects{
	"values-lost": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { eachList(user, func(list []any) []any { return list[:min(1, len(list))] }) })
	},
	"parts-lost": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			eachList(user, func(list []any) []any {
				for _, entry := range list {
					if value, ok := entry.(object); ok {
						delete(value, "type")
						delete(value, "display")
					}
				}
				return list
			})
			if name, ok := user["name"].(object); ok {
				delete(name, "middleName")
			}
		})
	},
	"texts-in-capitals": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			for name, value := range user {
				if name != "id" && name != "userName" && name != "schemas" && name != "meta" && name != "emails" {
					user[name] = inCapitals(value)
				}
			}
		})
	},
	"active-forgotten": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			if has(user, "active") {
				user["active"] = true
			}
		})
	},
	"put-drops-rest": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			for name := range body {
				if !slices.Contains([]string{"schemas", "id", "userName", "name", "active"}, name) {
					delete(body, name)
				}
			}
			return nil
		})
	},
	"two-primaries": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			eachList(user, func(list []any) []any {
				for _, entry := range list {
					if value, ok := entry.(object); ok && len(list) > 1 && textIn(value, "value") == "b@alderaan.test" {
						value["primary"] = true
					}
				}
				return list
			})
		})
		primaryForgotten(p, writingUsers)
	},
	"same-value-twice": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			if emails, ok := user["emails"].([]any); ok {
				user["emails"] = append(emails, emails[0])
			}
		})
	},
	"case-lost": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			if id := textIn(user, "externalId"); id != "" {
				user["externalId"] = strings.ToLower(id)
			}
		})
	},
	"wrong-kinds-dropped": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			dropWrongKinds(body)
			return nil
		})
	},
	"external-id-unsearchable": func(p *reference.Parts) {
		showOtherwise(p, readingUsers, func(r *http.Request, a *scimAnswer) {
			if strings.HasPrefix(r.URL.Query().Get("filter"), "externalId") && has(a.body, "Resources") {
				a.body["Resources"], a.body["totalResults"] = []any{}, 0
			}
		})
	},
	"password-shown-by-all": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { user["password"] = "********" })
	},
	"password-in-errors": func(p *reference.Parts) {
		var last memory
		showOtherwise(p, anyUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusBadRequest {
				a.body["detail"] = textIn(a.body, "detail") + ", in " + last.last()
			}
		})
		readOtherwise(p, writingUsers, func(_ *http.Request, body object) *scimAnswer {
			last.add(string(textOf(body)))
			return nil
		})
	},
	"enterprise-flat": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			extension, _ := user[enterpriseSchema].(object)
			for name, value := range extension {
				user[name] = value
			}
			delete(user, enterpriseSchema)
		})
	},
	"extension-unnamed": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { user["schemas"] = []any{userSchema} })
	},
	"manager-by-name": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			extension, _ := user[enterpriseSchema].(object)
			if manager, ok := extension["manager"].(object); ok {
				manager["value"] = "Mon Mothma"
			}
		})
	},
	"enterprise-merged": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			if extension, ok := body[enterpriseSchema].(object); ok && has(extension, "division") && extension["division"] == nil {
				extension["division"] = "Command"
			}
			return nil
		})
	},
	"schemas-in-one-order": func(p *reference.Parts) {
		readOtherwise(p, writingUsers, func(_ *http.Request, body object) *scimAnswer {
			if named, _ := body["schemas"].([]any); len(named) > 1 && named[0] != userSchema {
				for name := range body {
					if strings.HasPrefix(name, "urn:") {
						delete(body, name)
					}
				}
			}
			return nil
		})
	},
	"numbers-as-text": func(p *reference.Parts) {
		showBadge(p, func(badge object) {
			for name, value := range badge {
				if number, ok := value.(json.Number); ok {
					badge[name] = number.String()
				}
			}
		})
	},
	"integers-with-fraction": func(p *reference.Parts) {
		showBadge(p, func(badge object) {
			if number, ok := badge["number"].(json.Number); ok {
				badge["number"] = json.Number(number.String() + ".0")
			}
		})
	},
	"extension-forgotten": func(p *reference.Parts) {
		readOtherwise(p, writingUsers, func(_ *http.Request, body object) *scimAnswer {
			delete(body, badgeSchema)
			return nil
		})
	},
	"padding-demanded": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			list, _ := body["x509Certificates"].([]any)
			for _, entry := range list {
				if certificate, _ := entry.(object); len(textIn(certificate, "value"))%4 != 0 {
					return refusing(http.StatusBadRequest, "invalidValue", "incorrect padding")
				}
			}
			return nil
		})
	},
	"immutable-ignored": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			if badge, ok := body[badgeSchema].(object); ok && badge["serial"] == "second" {
				badge["serial"] = "first"
			}
			return nil
		})
	},
	"write-only-shown": func(p *reference.Parts) {
		rememberBadge(p, writingUsers, "note")
	},
	"read-only-written": func(p *reference.Parts) {
		rememberBadge(p, writingUsers, "initials")
	},
})

// eachList changes the lists of a user, apart from schemas.
func eachList(user object, change func([]any) []any) {
	for name, value := range user {
		if list, ok := value.([]any); ok && name != "schemas" {
			user[name] = change(list)
		}
	}
}

func inCapitals(value any) any {
	switch v := value.(type) {
	case string:
		return strings.ToUpper(v)
	case []any:
		for i := range v {
			v[i] = inCapitals(v[i])
		}
	case object:
		for name := range v {
			v[name] = inCapitals(v[name])
		}
	}
	return value
}

// primaryForgotten reads no value as the primary one where several say that they are.
func primaryForgotten(p *reference.Parts, which whichRequest) {
	readOtherwise(p, which, func(_ *http.Request, body object) *scimAnswer {
		eachList(body, func(list []any) []any {
			for i, entry := range list {
				if value, ok := entry.(object); ok && i > 0 {
					delete(value, "primary")
				}
			}
			return list
		})
		return nil
	})
}

// dropWrongKinds leaves out what is not of the kind that its attribute is of.
func dropWrongKinds(body object) {
	for name, right := range map[string]func(any) bool{
		"title": isText, "emails": isListOfPlain, "name": isObject, "active": func(v any) bool { _, ok := v.(bool); return ok },
	} {
		if value, there := body[name]; there && value != nil && !right(value) {
			delete(body, name)
		}
	}
}

func isText(v any) bool { _, ok := v.(string); return ok }

func isObject(v any) bool { _, ok := v.(object); return ok }

func isListOfPlain(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(entry any) bool {
		value, _ := entry.(object)
		return isObject(value["value"])
	})
}

// showBadge changes what is shown of the product's own extension.
func showBadge(p *reference.Parts, change func(badge object)) {
	showEach(p, anyUsers, func(user object) {
		if badge, ok := user[badgeSchema].(object); ok {
			change(badge)
		}
	})
}

// rememberBadge shows an attribute of the product's own extension as it was written.
func rememberBadge(p *reference.Parts, writes whichRequest, name string) {
	var names, said memory
	showEach(p, anyUsers, func(user object) {
		if names.has(textIn(user, "userName")) {
			badge, _ := user[badgeSchema].(object)
			if badge == nil {
				badge = object{}
			}
			badge[name] = said.last()
			user[badgeSchema] = badge
		}
	})
	readOtherwise(p, writes, func(_ *http.Request, body object) *scimAnswer {
		badge, _ := body[badgeSchema].(object)
		if text := textIn(badge, name); text != "" {
			names.add(textIn(body, "userName"))
			said.add(text)
		}
		return nil
	})
}

package defect

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"rollcall.example/reference"
)

// Defects in what comes of a creation over SCIM.
var _ = register(defects{
	"create-answers-200": func(p *reference.Parts) { p.SCIM.Created = http.StatusOK },
	"create-shows-id-only": func(p *reference.Parts) {
		showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusCreated {
				a.body = object{"schemas": a.body["schemas"], "id": a.body["id"], "meta": a.body["meta"]}
			}
		})
	},
	"create-needs-a-name": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if textIn(body, "userName") != "" && len(body) < 3 {
				return refusing(http.StatusBadRequest, "invalidValue", "name is required")
			}
			return nil
		})
	},
	"newest-not-listed": func(p *reference.Parts) {
		showOtherwise(p, readingUsers, func(r *http.Request, a *scimAnswer) {
			listed, _ := a.body["Resources"].([]any)
			if !r.URL.Query().Has("filter") && len(listed) > 0 {
				a.body["Resources"] = listed[:len(listed)-1]
			}
		})
	},
	"miss-is-remembered": func(p *reference.Parts) {
		var missed memory
		showOtherwise(p, readingUsers, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			filter := r.URL.Query().Get("filter")
			switch {
			case !isList || filter == "":
			case len(listed) == 0:
				missed.add(filter)
			case missed.has(filter):
				a.body["totalResults"], a.body["itemsPerPage"], a.body["Resources"] = 0, 0, []any{}
			}
		})
	},
	"location-header-missing": func(p *reference.Parts) {
		showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) { a.header.Del("Location") })
	},
	"location-behind-a-proxy": func(p *reference.Parts) {
		rewriteText(p, anyUsers, same, func(text string) string {
			return strings.ReplaceAll(text, "http://127.0.0.1:", "http://backend.internal:")
		})
	},
	"resource-type-in-small-letters": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { metaOf(user)["resourceType"] = "user" })
	},
	"created-is-a-date": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { metaOf(user)["created"] = "2026-01-05" })
	},
	"modified-from-the-start": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { metaOf(user)["lastModified"] = "2036-01-05T09:00:00.000Z" })
	},
	"relatives-share-an-id": relativesShareAnID,
	"id-holds-bulk-id": func(p *reference.Parts) {
		rewriteText(p, anyUsers, func(path string) string { return strings.Replace(path, "bulkId-", "", 1) },
			func(text string) string {
				return strings.NewReplacer(`"id":"`, `"id":"bulkId-`, "/Users/", "/Users/bulkId-").Replace(text)
			})
	},
	"external-id-made-up": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if _, given := body["externalId"]; !given && textIn(body, "userName") != "" {
				body["externalId"] = uuid.NewString()
			}
			return nil
		})
	},
	"client-chooses-id":   clientChoosesID,
	"client-chooses-meta": func(p *reference.Parts) { believeMeta(p, creatingUsers) },
	"names-in-one-case": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if _, exactly := body["userName"]; !exactly {
				return refusing(http.StatusBadRequest, "invalidValue", "userName is required")
			}
			return nil
		})
	},
	"schema-in-one-case": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			named, _ := body["schemas"].([]any)
			if len(named) > 0 && !slices.Contains(named, any("urn:ietf:params:scim:schemas:core:2.0:User")) {
				return refusing(http.StatusBadRequest, "invalidSyntax", "this schema is not known")
			}
			return nil
		})
	},
	"null-refused": func(p *reference.Parts) {
		refuseValues(p, func(value any) bool { return value == nil })
	},
	"empty-list-refused": func(p *reference.Parts) {
		refuseValues(p, func(value any) bool { list, ok := value.([]any); return ok && len(list) == 0 })
	},
	"unknown-attribute-refused": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if _, unknown := body["blaster"]; unknown {
				return refusing(http.StatusBadRequest, "invalidSyntax", "there is no attribute of this name")
			}
			return nil
		})
	},
	"user-name-made-up": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if textIn(body, "userName") == "" {
				body["userName"] = uuid.NewString()
			}
			return nil
		})
	},
	"malformed-is-500": func(p *reference.Parts) {
		showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusBadRequest && a.body["scimType"] == "invalidSyntax" && !strings.Contains(textIn(a.body, "detail"), "schemas") {
				a.refuse(http.StatusInternalServerError, "", "unexpected token")
			}
		})
	},
	"empty-body-taken": func(p *reference.Parts) {
		instead(p, creatingUsers, func(r *http.Request, _ object, _ http.Handler) *scimAnswer {
			if len(bodyOf(r)) == 0 {
				return noContent()
			}
			return nil
		})
	},
	"schemas-optional": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if !has(body, "schemas") {
				body["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:User"}
			}
			return nil
		})
	},
	"create-overwrites": createOverwrites,
	"duplicate-is-400": func(p *reference.Parts) {
		showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusConflict {
				a.refuse(http.StatusBadRequest, "invalidValue", "there is somebody of this userName")
			}
		})
	},
})

func same(text string) string { return text }

// refuseValues refuses a creation in which an attribute has such a value.
func refuseValues(p *reference.Parts, wrong func(any) bool) {
	readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
		for name, value := range body {
			if name != "userName" && wrong(value) {
				return refusing(http.StatusBadRequest, "invalidValue", name+" has no value")
			}
		}
		return nil
	})
}

// relativesShareAnID answers the creation of somebody with the id of a relative: the
// same family name, another given name.
func relativesShareAnID(p *reference.Parts) {
	type relative struct{ given, id string }
	var mu sync.Mutex
	families := map[string]relative{}
	showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		name, _ := a.body["name"].(object)
		family, given := textIn(name, "familyName"), textIn(name, "givenName")
		if a.status != http.StatusCreated || family == "" {
			return
		}
		if known, there := families[family]; there && known.given != given {
			a.body["id"] = known.id
			return
		}
		families[family] = relative{given, textIn(a.body, "id")}
	})
}

// clientChoosesID goes by the id that a creation asks for, wherever one is said.
func clientChoosesID(p *reference.Parts) {
	var mu sync.Mutex
	chosen := map[string]string{} // what was asked for, by the id as it is
	renamed := func(text string, back bool) string {
		mu.Lock()
		defer mu.Unlock()
		for id, asked := range chosen {
			if back {
				id, asked = asked, id
			}
			text = strings.ReplaceAll(text, id, asked)
		}
		return text
	}
	rewriteText(p, anyUsers, func(path string) string { return renamed(path, true) }, func(text string) string { return renamed(text, false) })
	around(p, creatingUsers, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		asked := textIn(objectOf(bodyOf(r)), "id")
		rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
			if id := textIn(objectOf(body), "id"); asked != "" && id != "" {
				mu.Lock()
				chosen[id] = asked
				mu.Unlock()
				body = []byte(renamed(string(body), false))
			}
			return status, body
		})
	})
}

// believeMeta shows what such requests say of meta.
func believeMeta(p *reference.Parts, which whichRequest) {
	var mu sync.Mutex
	said := map[string]object{} // by userName
	showEach(p, anyUsers, func(user object) {
		mu.Lock()
		defer mu.Unlock()
		if meta, there := said[textIn(user, "userName")]; there {
			user["meta"] = meta
		}
	})
	readOtherwise(p, which, func(_ *http.Request, body object) *scimAnswer {
		mu.Lock()
		defer mu.Unlock()
		if meta, ok := body["meta"].(object); ok {
			said[textIn(body, "userName")] = meta
		}
		return nil
	})
}

// createOverwrites takes the creation of somebody who is there for a change of them.
func createOverwrites(p *reference.Parts) {
	instead(p, creatingUsers, func(r *http.Request, sent object, next http.Handler) *scimAnswer {
		answer := answerTo(r, next)
		if answer.status == http.StatusConflict {
			return overwrite(r, next, sent)
		}
		return answer
	})
}

// overwrite replaces whoever has the user name, and answers as if they were new.
func overwrite(r *http.Request, next http.Handler, sent object) *scimAnswer {
	named := url.Values{"filter": {`userName eq "` + textIn(sent, "userName") + `"`}}
	found := ask(r, next, http.MethodGet, named, nil)
	put := r.Clone(r.Context())
	put.URL.Path = strings.TrimSuffix(r.URL.Path, "/") + "/" + textIn(found.resources()[0], "id")
	replaced := ask(put, next, http.MethodPut, nil, sent)
	replaced.status = http.StatusCreated
	return replaced
}

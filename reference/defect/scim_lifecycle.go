package defect

import (
	"net/http"
	"strings"
	"sync"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// Defects in coming and going, as SCIM shows it.
var _ = register(defects{
	"put-forgets-active": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			delete(body, "active")
			return nil
		})
	},
	"patch-forgets-active": func(p *reference.Parts) {
		readOtherwise(p, patchingUsers, func(_ *http.Request, body object) *scimAnswer {
			withoutActive(body, func(any) bool { return true })
			return nil
		})
	},
	"inactive-for-good": func(p *reference.Parts) {
		read := p.SCIM.Read
		p.SCIM.Read = func(body scim.Document, into *org.Record) error {
			was, known := into.Active, into.ID != ""
			err := read(body, into)
			if _, patched := body["id"]; known && !was && patched && body["meta"] == nil {
				into.Active = false
			}
			return err
		}
	},
	"inactive-for-good-by-patch": func(p *reference.Parts) {
		readOtherwise(p, patchingUsers, func(_ *http.Request, body object) *scimAnswer {
			withoutActive(body, func(value any) bool { return value == true })
			return nil
		})
	},
	"deactivation-wipes-name": func(p *reference.Parts) {
		var mu sync.Mutex
		wiped := map[string]bool{}
		showEach(p, anyUsers, func(user object) {
			mu.Lock()
			defer mu.Unlock()
			if id := textIn(user, "id"); user["active"] == false || wiped[id] {
				wiped[id] = true
				delete(user, "name")
			}
		})
	},
	"inactive-name-is-400": func(p *reference.Parts) {
		var mu sync.Mutex
		inactive := map[string]bool{}
		showEach(p, replacingUsers, func(user object) {
			mu.Lock()
			defer mu.Unlock()
			inactive[textIn(user, "userName")] = user["active"] == false
		})
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			mu.Lock()
			defer mu.Unlock()
			if inactive[textIn(body, "userName")] {
				return refusing(http.StatusBadRequest, "invalidValue", "this user is deactivated")
			}
			return nil
		})
	},
	"inactive-twice-is-409": func(p *reference.Parts) {
		var gone memory
		readOtherwise(p, replacingUsers, func(r *http.Request, body object) *scimAnswer {
			switch {
			case !saysInactive(body):
			case gone.has(r.URL.Path):
				return refusing(http.StatusConflict, "", "this user is deactivated already")
			default:
				gone.add(r.URL.Path)
			}
			return nil
		})
	},
})

func saysInactive(body object) bool { return body["active"] == false }

// withoutActive leaves out of a PATCH what it says of active, where that is such a value.
func withoutActive(body object, which func(value any) bool) {
	operations, _ := body["Operations"].([]any)
	for _, entry := range operations {
		operation, _ := entry.(object)
		if strings.EqualFold(textIn(operation, "path"), "active") && which(operation["value"]) {
			operation["path"], operation["value"] = "nickName", "left out"
		}
		if value, ok := operation["value"].(object); ok && which(value["active"]) {
			delete(value, "active")
		}
	}
}

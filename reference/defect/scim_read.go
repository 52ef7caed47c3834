package defect

import (
	"bytes"
	"net/http"
	"strings"

	"rollcall.example/reference"
)

// Defects in what is shown of a user.
var _ = register(defects{
	"schemas-left-out": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { delete(user, "schemas") })
	},
	"schemas-twice": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			named, _ := user["schemas"].([]any)
			user["schemas"] = append(named, named...)
		})
	},
	"schemas-of-ones-own": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			named, _ := user["schemas"].([]any)
			user["schemas"] = append(named, "urn:acme:schemas:2.0:Employee")
		})
	},
	"attribute-with-a-space": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { user["first name"] = "Han" })
	},
	"meta-left-out": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { delete(user, "meta") })
	},
	"active-is-text": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			if active, ok := user["active"].(bool); ok {
				user["active"] = map[bool]string{true: "true", false: "false"}[active]
			}
		})
	},
	"name-left-out": func(p *reference.Parts) {
		showEach(p, readingUsers, func(user object) { delete(user, "name") })
	},
	"content-location-of-the-list": func(p *reference.Parts) {
		showOtherwise(p, anyUsers, func(_ *http.Request, a *scimAnswer) {
			if at := a.header.Get("Content-Location"); at != "" {
				a.header.Set("Content-Location", at[:strings.LastIndexByte(at, '/')])
			}
		})
	},
	"undescribed-attribute": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { user["seatId"] = "42" })
	},
	"schemas-must-come-first": func(p *reference.Parts) {
		late := func(r *http.Request) bool {
			if !creatingUsers(r) {
				return false
			}
			before, behind, _ := bytes.Cut(bodyOf(r), []byte(`"userName"`))
			return !bytes.Contains(before, []byte(`"schemas"`)) && bytes.Contains(behind, []byte(`"schemas"`))
		}
		refuse(p, late, http.StatusBadRequest, "invalidSyntax", "schemas must come before what they describe")
	},
	"unknown-id-is-empty": func(p *reference.Parts) {
		showOtherwise(p, at("/Users/", http.MethodGet), func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNotFound {
				a.status, a.body = http.StatusOK, object{}
			}
		})
	},
})

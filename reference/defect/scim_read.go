package defect

import (
	"bytes"
	"net/http"
	"strings"

	"rollcall.example/reference"
)

// Defects in what is shown of a user.
func init() {
	users := at("/Users")

	register("schemas-left-out", func(p *reference.Parts) {
		showEach(p, users, func(user object) { delete(user, "schemas") })
	})
	register("schemas-twice", func(p *reference.Parts) {
		showEach(p, users, func(user object) {
			named, _ := user["schemas"].([]any)
			user["schemas"] = append(named, named...)
		})
	})
	register("schemas-of-ones-own", func(p *reference.Parts) {
		showEach(p, users, func(user object) {
			named, _ := user["schemas"].([]any)
			user["schemas"] = append(named, "urn:acme:schemas:2.0:Employee")
		})
	})
	register("attribute-with-a-space", func(p *reference.Parts) {
		showEach(p, users, func(user object) { user["first name"] = "Han" })
	})
	register("meta-left-out", func(p *reference.Parts) {
		showEach(p, users, func(user object) { delete(user, "meta") })
	})
	register("active-is-text", func(p *reference.Parts) {
		showEach(p, users, func(user object) {
			if active, ok := user["active"].(bool); ok {
				user["active"] = map[bool]string{true: "true", false: "false"}[active]
			}
		})
	})
	register("name-left-out", func(p *reference.Parts) {
		showEach(p, at("/Users", http.MethodGet), func(user object) { delete(user, "name") })
	})
	register("content-location-of-the-list", func(p *reference.Parts) {
		showOtherwise(p, users, func(_ *http.Request, a *scimAnswer) {
			if at := a.header.Get("Content-Location"); at != "" {
				a.header.Set("Content-Location", at[:strings.LastIndexByte(at, '/')])
			}
		})
	})
	register("undescribed-attribute", func(p *reference.Parts) {
		showEach(p, users, func(user object) { user["seatId"] = "42" })
	})
	register("schemas-must-come-first", func(p *reference.Parts) {
		late := func(r *http.Request) bool {
			if !at("/Users", http.MethodPost)(r) {
				return false
			}
			before, behind, _ := bytes.Cut(bodyOf(r), []byte(`"userName"`))
			return !bytes.Contains(before, []byte(`"schemas"`)) && bytes.Contains(behind, []byte(`"schemas"`))
		}
		refuse(p, late, http.StatusBadRequest, "invalidSyntax", "schemas must come before what they describe")
	})
	register("unknown-id-is-empty", func(p *reference.Parts) {
		showOtherwise(p, at("/Users/", http.MethodGet), func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNotFound {
				a.status, a.body = http.StatusOK, object{}
			}
		})
	})
}

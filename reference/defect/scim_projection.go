package defect

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
)

// ofUsers is about requests of users, by these methods.
func ofUsers(methods ...string) whichRequest {
	return func(r *http.Request) bool {
		return at("/Users", methods...)(r) && !strings.HasSuffix(r.URL.Path, "/.search")
	}
}

// Defects in which attributes are shown.
func init() {
	shows := func(name string, which whichRequest, change func(query url.Values)) {
		register(name, func(p *reference.Parts) { askOtherwise(p, which, change) })
	}
	nothingSaid := func(query url.Values) {
		query.Del("attributes")
		query.Del("excludedAttributes")
	}
	whole := func(name string, which func(names string) bool) {
		shows(name, ofUsers(http.MethodGet), func(query url.Values) {
			if which(query.Get("attributes")) || which(query.Get("excludedAttributes")) {
				nothingSaid(query)
			}
		})
	}
	shows("attributes-ignored", ofUsers(http.MethodGet), func(query url.Values) { query.Del("attributes") })
	shows("excluded-attributes-ignored", ofUsers(http.MethodGet), func(query url.Values) { query.Del("excludedAttributes") })
	shows("attributes-ignored-in-lists", lists, nothingSaid)
	shows("attributes-ignored-on-post", ofUsers(http.MethodPost), nothingSaid)
	shows("attributes-ignored-on-put", ofUsers(http.MethodPut), nothingSaid)
	shows("attributes-ignored-on-patch", ofUsers(http.MethodPatch), nothingSaid)
	whole("attribute-names-in-one-case", func(names string) bool { return names == "DISPLAYNAME" })
	whole("core-urn-of-attributes-unknown", func(names string) bool { return strings.Contains(names, ":core:2.0:User:") })
	whole("extension-of-attributes-unknown", func(names string) bool { return strings.Contains(names, ":enterprise:") })
	shows("parts-shown-as-a-whole", ofUsers(http.MethodGet), func(query url.Values) {
		for _, parameter := range []string{"attributes", "excludedAttributes"} {
			if names := query.Get(parameter); names == "name.familyName" {
				query.Set(parameter, "name")
			}
		}
	})
	register("id-can-be-left-out", func(p *reference.Parts) {
		showOtherwise(p, ofUsers(http.MethodGet), func(r *http.Request, a *scimAnswer) {
			for _, user := range a.resources() {
				if strings.HasPrefix(r.URL.Query().Get("excludedAttributes"), "id") {
					delete(user, "id")
				}
			}
		})
	})
	register("id-shown-on-request", func(p *reference.Parts) {
		showOtherwise(p, ofUsers(http.MethodGet), func(r *http.Request, a *scimAnswer) {
			for _, user := range a.resources() {
				if r.URL.Query().Has("attributes") {
					delete(user, "id")
				}
			}
		})
	})
	register("left-out-is-cleared", func(p *reference.Parts) {
		instead(p, ofUsers(http.MethodPut), func(r *http.Request, body object, next http.Handler) *scimAnswer {
			for name := range strings.SplitSeq(r.URL.Query().Get("excludedAttributes"), ",") {
				delete(body, name)
			}
			return ask(r, next, http.MethodPut, r.URL.Query(), body)
		})
	})
	register("shown-on-request-to-everybody", func(p *reference.Parts) {
		instead(p, ofUsers(http.MethodGet), func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			if len(r.URL.Query()) > 0 {
				return nil
			}
			shown := ask(r, next, http.MethodGet, nil, nil)
			named := ask(r, next, http.MethodGet, url.Values{"attributes": {badgeSchema + ":motto"}}, nil)
			if badge, ok := named.body[badgeSchema]; ok {
				shown.body[badgeSchema] = badge
			}
			return shown
		})
	})
	register("shown-on-request-to-nobody", func(p *reference.Parts) {
		showEach(p, ofUsers(), func(user object) {
			if badge, ok := user[badgeSchema].(object); ok {
				delete(badge, "motto")
			}
		})
	})
}

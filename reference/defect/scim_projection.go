package defect

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
)

// Defects in which attributes are shown.
var _ = register(defects{
	"attributes-ignored":              asking(ofUsers(http.MethodGet), func(query url.Values) { query.Del("attributes") }),
	"excluded-attributes-ignored":     asking(ofUsers(http.MethodGet), func(query url.Values) { query.Del("excludedAttributes") }),
	"attributes-ignored-in-lists":     asking(lists, nothingSaid),
	"attributes-ignored-on-post":      asking(ofUsers(http.MethodPost), nothingSaid),
	"attributes-ignored-on-put":       asking(ofUsers(http.MethodPut), nothingSaid),
	"attributes-ignored-on-patch":     asking(ofUsers(http.MethodPatch), nothingSaid),
	"attribute-names-in-one-case":     showsWhole(func(names string) bool { return names == "DISPLAYNAME" }),
	"core-urn-of-attributes-unknown":  showsWhole(func(names string) bool { return strings.Contains(names, ":core:2.0:User:") }),
	"extension-of-attributes-unknown": showsWhole(func(names string) bool { return strings.Contains(names, ":enterprise:") }),
	"parts-shown-as-a-whole": asking(ofUsers(http.MethodGet), func(query url.Values) {
		for _, parameter := range []string{"attributes", "excludedAttributes"} {
			if names := query.Get(parameter); names == "name.familyName" {
				query.Set(parameter, "name")
			}
		}
	}),
	"parts-of-many-shown-as-a-whole": asking(ofUsers(http.MethodGet), func(query url.Values) {
		switch {
		case query.Get("attributes") == "emails.value":
			query.Set("attributes", "emails")
		case query.Get("excludedAttributes") == "emails.type":
			query.Del("excludedAttributes")
		}
	}),
	"id-can-be-left-out": func(p *reference.Parts) {
		showOtherwise(p, ofUsers(http.MethodGet), func(r *http.Request, a *scimAnswer) {
			for _, user := range a.resources() {
				if strings.HasPrefix(r.URL.Query().Get("excludedAttributes"), "id") {
					delete(user, "id")
				}
			}
		})
	},
	"id-shown-on-request": func(p *reference.Parts) {
		showOtherwise(p, ofUsers(http.MethodGet), func(r *http.Request, a *scimAnswer) {
			for _, user := range a.resources() {
				if r.URL.Query().Has("attributes") {
					delete(user, "id")
				}
			}
		})
	},
	"left-out-is-cleared": func(p *reference.Parts) {
		instead(p, ofUsers(http.MethodPut), func(r *http.Request, body object, next http.Handler) *scimAnswer {
			for name := range strings.SplitSeq(r.URL.Query().Get("excludedAttributes"), ",") {
				delete(body, name)
			}
			return ask(r, next, http.MethodPut, r.URL.Query(), body)
		})
	},
	"shown-on-request-to-everybody": func(p *reference.Parts) {
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
	},
	"shown-on-request-to-nobody": func(p *reference.Parts) {
		showEach(p, ofUsers(), func(user object) {
			if badge, ok := user[badgeSchema].(object); ok {
				delete(badge, "motto")
			}
		})
	},
})

// nothingSaid leaves out which attributes are asked for.
func nothingSaid(query url.Values) {
	query.Del("attributes")
	query.Del("excludedAttributes")
}

func showsWhole(which func(names string) bool) install {
	return asking(ofUsers(http.MethodGet), func(query url.Values) {
		if which(query.Get("attributes")) || which(query.Get("excludedAttributes")) {
			nothingSaid(query)
		}
	})
}

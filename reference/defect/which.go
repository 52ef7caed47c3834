package defect

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

// What a request is about, for defects at the edge: an endpoint, a method, a text in it.

// whichRequest says whether a defect is about a request.
type whichRequest func(*http.Request) bool

// Requests that many defects are about. Where the endpoint ends in a slash they are about
// one resource, and otherwise about any and about all of them.
var (
	anyUsers       = at("/Users")
	creatingUsers  = at("/Users", http.MethodPost)
	readingUsers   = at("/Users", http.MethodGet)
	writingUsers   = at("/Users", http.MethodPost, http.MethodPut)
	replacingUsers = at("/Users/", http.MethodPut)
	patchingUsers  = at("/Users/", http.MethodPatch)
	deletingUsers  = at("/Users/", http.MethodDelete)

	anyGroups      = at("/Groups")
	creatingGroups = at("/Groups", http.MethodPost)
	readingGroups  = at("/Groups", http.MethodGet)
	patchingGroups = at("/Groups/", http.MethodPatch)
	deletingGroups = at("/Groups/", http.MethodDelete)

	readingConfig  = at("/ServiceProviderConfig", http.MethodGet)
	readingKinds   = at("/ResourceTypes", http.MethodGet)
	readingSchemas = at("/Schemas", http.MethodGet)
)

// isSCIM says whether a request asks for this kind of SCIM resource.
func isSCIM(r *http.Request, endpoint string) bool {
	return strings.HasPrefix(r.URL.Path, "/scim/v2/") && strings.Contains(r.URL.Path, endpoint)
}

// overSCIM is about whatever is asked of the SCIM server.
func overSCIM(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/scim/") }

// at is about requests to an endpoint, as /Users, by these methods or, without any, by all.
func at(endpoint string, methods ...string) whichRequest {
	return func(r *http.Request) bool {
		return isSCIM(r, endpoint) && (len(methods) == 0 || slices.Contains(methods, r.Method))
	}
}

// ofUsers is about requests of users, by these methods.
func ofUsers(methods ...string) whichRequest {
	return func(r *http.Request) bool {
		return at("/Users", methods...)(r) && !strings.HasSuffix(r.URL.Path, "/.search")
	}
}

// lists is about requests for lists of users and of groups.
func lists(r *http.Request) bool {
	return r.Method == http.MethodGet && isSCIM(r, "/") && (strings.HasSuffix(r.URL.Path, "/Users") || strings.HasSuffix(r.URL.Path, "/Groups"))
}

// patching is about PATCH requests of one resource.
func patching(r *http.Request) bool { return r.Method == http.MethodPatch && isSCIM(r, "/") }

// saying is about those of such requests that have a text in their body.
func saying(which whichRequest, text string) whichRequest {
	return func(r *http.Request) bool { return which(r) && bytes.Contains(bodyOf(r), []byte(text)) }
}

package scim

import (
	"net/http"
	"strings"
)

// condition says what the conditions of a request (RFC 9110 section 13) make of a
// resource at a version: 0 to go on, 304 where the client has it already, 412 where
// it is not the one that the client meant. If-Match goes before If-None-Match.
// Versions are compared weakly under both names, since SCIM sends weak ones with
// either (RFC 7644 section 3.14).
func condition(r *http.Request, version string) int {
	if wanted := r.Header.Values("If-Match"); len(wanted) > 0 && !tagged(wanted, version) {
		return http.StatusPreconditionFailed
	}
	if known := r.Header.Values("If-None-Match"); len(known) == 0 || !tagged(known, version) {
		return 0
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return http.StatusNotModified
	}
	return http.StatusPreconditionFailed
}

// tagged says whether a list of entity tags holds the version. What is no entity
// tag matches nothing, so a change that is conditional on it is not made.
func tagged(values []string, version string) bool {
	rest := strings.Join(values, ",")
	if strings.TrimSpace(rest) == "*" {
		return true
	}
	version = strings.TrimPrefix(version, "W/")
	for rest != "" {
		rest = strings.TrimLeft(rest, " \t,")
		tag, after := entityTag(strings.TrimPrefix(rest, "W/"))
		if tag == version {
			return true
		}
		rest = after
	}
	return false
}

// entityTag cuts a quoted tag off the start of a list; a comma within quotes is
// part of the tag. Without one it skips to the next entry.
func entityTag(list string) (tag, rest string) {
	if strings.HasPrefix(list, `"`) {
		if end := strings.IndexByte(list[1:], '"'); end >= 0 {
			return list[:end+2], list[end+2:]
		}
	}
	_, rest, _ = strings.Cut(list, ",")
	return "", rest
}

// holds checks the conditions of the request against the resource that is asked for,
// as it is now. Where something is changed it is called within the transaction, so
// that nothing comes between the check and the change.
func (s *Server) holds(x *exchange, location, version string) error {
	switch s.protocol.Condition(x.Request, version) {
	case 0:
		return nil
	case http.StatusNotModified:
		return &Error{Status: http.StatusNotModified, Header: identity(location, version)}
	}
	return &Error{Status: http.StatusPreconditionFailed, Detail: "the resource is at version " + version + ", which is not what the request was meant for"}
}

// identity are the headers that say which resource, and which version of it, an
// answer holds.
func identity(location, version string) http.Header {
	return http.Header{"Content-Location": {location}, "Etag": {version}}
}

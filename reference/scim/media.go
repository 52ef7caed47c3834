package scim

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// MediaType is what the server answers in, errors included (RFC 7644 section 8.1).
const MediaType = "application/scim+json"

// checkContentType holds a request with a body to JSON, by either name of it.
func checkContentType(r *http.Request) *Error {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return unsupportedMedia("the body must not be compressed")
	}
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != MediaType && kind != "application/json" {
		return unsupportedMedia("Content-Type must be " + MediaType + " or application/json")
	}
	if charset, given := parameters["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return unsupportedMedia("the body must be UTF-8")
	}
	return nil
}

func unsupportedMedia(detail string) *Error {
	return &Error{Status: http.StatusUnsupportedMediaType, Detail: detail}
}

// acceptable are the ranges of Accept that our answers fall into.
var acceptable = map[string]bool{"*/*": true, "application/*": true, "application/json": true, MediaType: true}

// checkAccept refuses a client that wants something else only.
func checkAccept(r *http.Request) *Error {
	values := r.Header.Values("Accept")
	if len(values) == 0 {
		return nil
	}
	for entry := range strings.SplitSeq(strings.Join(values, ","), ",") {
		kind, parameters, err := mime.ParseMediaType(strings.TrimSpace(entry))
		if err == nil && acceptable[kind] && !refused(parameters["q"]) {
			return nil
		}
	}
	return &Error{Status: http.StatusNotAcceptable, Detail: "answers are " + MediaType + " only: Accept must allow that"}
}

// refused says whether a quality value is zero.
func refused(quality string) bool {
	q, err := strconv.ParseFloat(quality, 64)
	return err == nil && q == 0
}

package scim

import (
	"errors"
	"fmt"
	"net/http"

	"rollcall.example/reference/org"
)

// Error is a refusal as SCIM puts it (RFC 7644 section 3.12). Detail is for
// people: one line, safe to show to the client.
type Error struct {
	Status int
	Type   string // the scimType; empty where the standard has none
	Detail string
	Header http.Header // sent along, as Allow with 405; nil: nothing
}

func (e *Error) Error() string { return e.Detail }

// The detail types that this server uses (RFC 7644 table 9, RFC 9865).
const (
	ExpiredCursor = "expiredCursor"
	InvalidCount  = "invalidCount"
	InvalidCursor = "invalidCursor"
	InvalidFilter = "invalidFilter"
	InvalidPath   = "invalidPath"
	InvalidSyntax = "invalidSyntax"
	InvalidValue  = "invalidValue"
	Mutability    = "mutability"
	NoTarget      = "noTarget"
	Uniqueness    = "uniqueness"
)

// bad is a 400 of the given detail type.
func bad(kind, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Type: kind, Detail: fmt.Sprintf(format, args...)}
}

// refusals says which answer each kind of domain refusal becomes.
var refusals = map[org.Kind]Error{
	org.NotFound:        {Status: http.StatusNotFound},
	org.Conflict:        {Status: http.StatusConflict, Type: Uniqueness},
	org.Invalid:         {Status: http.StatusBadRequest, Type: InvalidValue},
	org.Immutable:       {Status: http.StatusBadRequest, Type: Mutability},
	org.Forbidden:       {Status: http.StatusForbidden},
	org.Unauthenticated: {Status: http.StatusUnauthorized},
	org.Unsupported:     {Status: http.StatusMethodNotAllowed},
}

// refusalOf turns an error into what the client is told. Broken is true for an
// error that is no refusal: its text stays inside.
func refusalOf(err error) (refusal *Error, broken bool) {
	if errors.As(err, &refusal) {
		return refusal, false
	}
	var domain *org.Error
	if errors.As(err, &domain) {
		if known, ok := refusals[domain.Kind]; ok {
			known.Detail = domain.Message
			return &known, false
		}
	}
	return &Error{Status: http.StatusInternalServerError, Detail: "the server failed to handle the request"}, true
}

// errorBody is an error on the wire. The status is a string there.
type errorBody struct {
	Schemas []string `json:"schemas"`
	Status  string   `json:"status"`
	Type    string   `json:"scimType,omitempty"`
	Detail  string   `json:"detail"`
}

func (e *Error) body() errorBody {
	return errorBody{[]string{errorSchema}, fmt.Sprint(e.Status), e.Type, e.Detail}
}

package org

import (
	"errors"
	"fmt"
)

// Kind says what sort of refusal an error is; adapters turn it into a status.
type Kind string

// The kinds of refusal.
const (
	NotFound        Kind = "not found"
	Conflict        Kind = "conflict"        // something else already holds the unique value
	Invalid         Kind = "invalid"         // the request makes no sense
	Immutable       Kind = "immutable"       // the current state forbids the change
	Forbidden       Kind = "forbidden"       // known, and not allowed
	Unauthenticated Kind = "unauthenticated" // not known
	Unsupported     Kind = "unsupported"     // the rules switch the operation off
)

// Error is a refusal by the domain. Message is for people, one line, without
// secrets and safe to show to the caller.
type Error struct {
	Kind    Kind
	Message string
}

func (e *Error) Error() string { return e.Message }

// ErrNotFound is what a look-up returns when nothing is there.
var ErrNotFound = &Error{NotFound, "not found"}

// KindOf tells the kind of the refusal in err's chain; empty when err is none,
// which means that something broke.
func KindOf(err error) Kind {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Kind
	}
	return ""
}

func refuse(kind Kind, format string, args ...any) error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}

package target

import (
	"net/http"
	"slices"
)

// Auth is how requests to one side of a product say whom they come from. The zero
// value says nothing.
type Auth struct {
	Bearer  string            `json:"bearer,omitempty"`  // Authorization: Bearer {this}
	Raw     string            `json:"raw,omitempty"`     // Authorization: {this}
	Basic   *Basic            `json:"basic,omitempty"`   // Authorization: Basic …
	Headers map[string]string `json:"headers,omitempty"` // further headers, whatever else is used
}

// Basic is a user name and a password (RFC 7617).
type Basic struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// Secrets lists what nobody may see of it.
func (a Auth) Secrets() []string {
	secrets := []string{a.Bearer, a.Raw}
	if a.Basic != nil {
		secrets = append(secrets, a.Basic.Password)
	}
	for _, value := range a.Headers {
		secrets = append(secrets, value)
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}

// Empty says whether there is nothing to authenticate with.
func (a Auth) Empty() bool {
	return a.Bearer == "" && a.Raw == "" && a.Basic == nil && len(a.Headers) == 0
}

// authorize writes the credentials into a request.
func (a Auth) authorize(request *http.Request) {
	switch {
	case a.Bearer != "":
		request.Header.Set("Authorization", "Bearer "+a.Bearer)
	case a.Raw != "":
		request.Header.Set("Authorization", a.Raw)
	case a.Basic != nil:
		request.SetBasicAuth(a.Basic.User, a.Basic.Password)
	}
	for name, value := range a.Headers {
		request.Header.Set(name, value)
	}
}

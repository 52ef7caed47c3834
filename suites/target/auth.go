package target

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Auth is how requests to one side of a product say whom they come from: one of
// the first four, further headers besides. The zero value says nothing.
type Auth struct {
	Bearer  string            `json:"bearer,omitempty" yaml:"bearer" read:"secret"` // Authorization: Bearer {this}
	Raw     string            `json:"raw,omitempty" yaml:"raw" read:"secret"`       // Authorization: {this}
	Basic   *Basic            `json:"basic,omitempty" yaml:"basic"`                 // Authorization: Basic …
	OAuth2  *OAuth2           `json:"oauth2,omitempty" yaml:"oauth2"`               // Authorization: Bearer {what it grants}
	Headers map[string]string `json:"headers,omitempty" yaml:"headers" read:"secret"`
}

// Basic is a user name and a password (RFC 7617).
type Basic struct {
	User     string `json:"user" yaml:"user" read:"sourced,required"`
	Password string `json:"password" yaml:"password" read:"secret,required"`
}

// OAuth2 is where a token is granted for a client's credentials (RFC 6749 section
// 4.4). It is asked for before the first request, again before it expires and once
// more where the product answers 401 to it.
type OAuth2 struct {
	TokenURL     string            `json:"token_url" yaml:"token_url" read:"url,required"`
	ClientID     string            `json:"client_id" yaml:"client_id" read:"sourced,required"`
	ClientSecret string            `json:"client_secret" yaml:"client_secret" read:"secret,required"`
	Scopes       []string          `json:"scopes,omitempty" yaml:"scopes"`
	Params       map[string]string `json:"params,omitempty" yaml:"params"` // further parameters of the request, as audience
}

// check says what does not go together.
func (a *Auth) check() error {
	var kinds []string
	for name, given := range map[string]bool{"bearer": a.Bearer != "", "raw": a.Raw != "", "basic": a.Basic != nil, "oauth2": a.OAuth2 != nil} {
		if given {
			kinds = append(kinds, name)
		}
	}
	slices.Sort(kinds)
	if len(kinds) > 1 {
		return errors.New("only one of bearer, raw, basic and oauth2 can say who comes; here are " + strings.Join(kinds, " and "))
	}
	for name := range a.Headers {
		if http.CanonicalHeaderKey(name) == "Authorization" {
			return errors.New("the header Authorization is written as raw")
		}
	}
	return nil
}

// shortestPart is how long a part of a secret must be for it to be one itself.
const shortestPart = 8

// Secrets lists what nobody may see of it.
func (a Auth) Secrets() []string {
	secrets := []string{a.Bearer, a.Raw}
	if _, credentials, ok := strings.Cut(a.Raw, " "); ok && len(credentials) >= shortestPart {
		secrets = append(secrets, credentials)
	}
	if a.Basic != nil {
		secrets = append(secrets, a.Basic.Password, a.Basic.User+":"+a.Basic.Password)
	}
	if a.OAuth2 != nil {
		secrets = append(secrets, a.OAuth2.ClientSecret)
	}
	for _, value := range a.Headers {
		secrets = append(secrets, value)
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}

// Empty says whether there is nothing to authenticate with.
func (a Auth) Empty() bool {
	return a.Bearer == "" && a.Raw == "" && a.Basic == nil && a.OAuth2 == nil && len(a.Headers) == 0
}

// simplified is just the token where a bearer token is all there is.
func (a *Auth) simplified() (token string, other *Auth) {
	if a == nil || a.Raw == "" && a.Basic == nil && a.OAuth2 == nil && len(a.Headers) == 0 {
		if a != nil {
			token = a.Bearer
		}
		return token, nil
	}
	return "", a
}

// write writes the credentials into a request, but for a token that has to be
// granted first.
func (a Auth) write(request *http.Request) {
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

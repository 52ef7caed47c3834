// Package scim is the product's SCIM 2.0 server: the way in which an identity
// provider tells of people who come, change and leave (RFC 7643 and 7644).
//
// It is thin. What a request means to the product is decided in package org; what
// is decided here is what a request says. One request passes these stages:
//
//  1. the path says which connection of which organization is meant, and what of it;
//  2. the body, if any, is taken off the wire, within bounds;
//  3. the gates of the product let the request in, or not;
//  4. the media types are negotiated, the method is looked up;
//  5. the body is read as JSON, strictly;
//  6. the operation turns the request into a call of the domain, and the domain's
//     answer into SCIM.
//
// The gates come before any complaint about the request itself, so that somebody
// without a token learns nothing. That holds for discovery too: RFC 7643 section 5
// would like the configuration's authentication schemes to be public, but an
// address names a customer's connection here, and whether one exists is nobody
// else's business.
//
// A few decisions that clients may notice:
//
//   - every attribute of the core User, of the enterprise extension and of the product's
//     own is kept and given back, as its schema says; what no schema knows is accepted
//     and dropped. Roles and entitlements change nothing here, groups are read-only, and
//     a password is neither stored nor shown.
//   - a PUT without "active" leaves it as it is, though other attributes that are
//     left out are cleared: forgetting it must not bring back somebody who left. What is
//     set once, and what a client can write but not read, stays as well.
//   - of two values of a list that are the same (in value and type), one is kept.
//   - "add" to a value that the path does not find makes it, where the path says how, as
//     Entra expects; "replace" is refused then, and "remove" has nothing to do.
//   - a PATCH of a user answers 200 with the resource.
//   - every answer that is one resource carries its version as a weak ETag. If-Match and
//     If-None-Match are heard wherever a resource is addressed by its id, and judged in
//     the transaction that makes the change.
//   - in a bulk request each operation is a request of its own: it passes the gates by
//     itself and is done or not done by itself. Those that refer to each other in a
//     circle are done together or not at all.
//   - lists are paged by index and by cursor (RFC 9865). A cursor goes on behind the last
//     resource that was seen, for an hour, in the list that gave it; there is no way
//     back. A search over all types of resources knows no cursors.
//   - /Me is the record of a member, who comes with an API token of the product's own
//     instead of the provider's. They may read it, and change name and displayName by
//     PATCH; whatever else is the identity provider's to say and is answered 403. To the
//     provider's token, which is nobody's, /Me is 404. A browser's session opens nothing
//     here, so that no page elsewhere can ask in somebody's name.
//   - a filter or an order that the store has no index for is worked out over all of the
//     provider's records, as they were at one moment, a few of them in memory at a time.
//   - sortBy must name an attribute that there is, and one with a value of its own.
//   - groups are offered where the connection is set up for them; elsewhere /Groups is
//     404, and discovery knows nothing of it. A group's name is the only one of its kind in
//     the connection (409). A member who is not there, or a group in itself, is refused
//     (400 invalidValue) with the rest of the request. Of the members, the ids are read.
//   - a PATCH of a group answers 204, and 200 with the group where the client asks for
//     attributes: who adds one member to ten thousand does not want them all back.
package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"rollcall.example/reference/org"
)

// Domain is what the server asks of the product; *org.Service is one. Its refusals
// are *org.Error, anything else is a failure.
type Domain interface {
	// Admit decides whether a request may come in.
	Admit(ctx context.Context, call org.Call) (org.Caller, error)

	// AdmitPerson decides whether a member may come in to their own record, by their own
	// token; NotFound: there is no such record.
	AdmitPerson(ctx context.Context, call org.Call) (org.Caller, org.Record, error)

	CreateRecord(ctx context.Context, caller org.Caller, record org.Record) (org.Record, error)
	Record(ctx context.Context, caller org.Caller, id string) (org.Record, error)

	// FindRecords lists the records that match, in a stable order, from offset (from
	// 0), at most limit; and how many match in all.
	FindRecords(ctx context.Context, caller org.Caller, match org.RecordMatch, offset, limit int) ([]org.Record, int, error)

	// EachRecord visits the records that match, in the same order, as they were at one
	// moment, each with the groups that its person is directly in.
	EachRecord(ctx context.Context, caller org.Caller, match org.RecordMatch, visit func(org.Record, []org.Group)) error

	// ChangeRecord lets change edit a copy of the record within one transaction; its
	// error undoes everything and is returned.
	ChangeRecord(ctx context.Context, caller org.Caller, id string, change func(*org.Record) error) (org.Record, error)

	// DeleteRecord asks the conditions within its transaction, before it does anything;
	// the error of one is returned and nothing is deleted.
	DeleteRecord(ctx context.Context, caller org.Caller, id string, conditions ...func(org.Record) error) error

	Groups
}

// Options are what a server may be given. The zero value is a good one.
type Options struct {
	// Protocol is how requests are understood and answered; nil: as [Standard] has it.
	Protocol *Protocol

	// BaseURL says under which address the client reaches this server, as
	// "https://rollcall.example", without a slash at the end. Nil takes it from the
	// request itself.
	BaseURL func(*http.Request) string

	// Clock tells the time, by which cursors expire; nil: [time.Now]. An organization may
	// be ahead of it.
	Clock func() time.Time

	// Logger hears of failures; nil: [slog.Default]. Tokens and bodies never reach it.
	Logger *slog.Logger
}

// Server answers SCIM requests.
type Server struct {
	domain    Domain
	protocol  *Protocol
	baseURL   func(*http.Request) string
	clock     func() time.Time
	logger    *slog.Logger
	endpoints map[string]endpoint
}

// New makes a server over the domain.
func New(domain Domain, options Options) *Server {
	s := &Server{domain, options.Protocol, options.BaseURL, options.Clock, options.Logger, nil}
	if s.protocol == nil {
		s.protocol = Standard()
	}
	if s.baseURL == nil {
		s.baseURL = addressed
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.logger == nil {
		s.logger = slog.Default()
	}
	s.endpoints = s.routes()
	return s
}

// addressed is the base URL that a request was sent to.
func addressed(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// Handler answers everything below /scim/v2/{provider}/.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	defer s.survive(w, r)
	answer, err := s.answer(r)
	if err != nil {
		answer = s.refusal(r, err)
	}
	s.write(w, r, answer)
}

// reply is an answer before it is written. A nil body writes none.
type reply struct {
	status int
	header http.Header
	body   any
}

// refusal puts an error into an answer. A failure is logged with its cause; the
// client learns only that there was one.
func (s *Server) refusal(r *http.Request, err error) reply {
	refusal, broken := refusalOf(err)
	if broken {
		s.logger.ErrorContext(r.Context(), "scim request failed", "method", r.Method, "path", r.URL.EscapedPath(), "error", err)
	}
	header := refusal.Header.Clone()
	if refusal.Status == http.StatusUnauthorized {
		header = http.Header{"Www-Authenticate": {s.challenge(r)}}
	}
	if refusal.Status == http.StatusNotModified {
		return reply{refusal.Status, header, nil}
	}
	return reply{refusal.Status, header, refusal.body()}
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, a reply) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	content, err := encoded(a.body)
	if err != nil {
		a = s.refusal(r, err)
		content, _ = encoded(a.body) // an errorBody holds texts only
	}
	w.Header().Set("Content-Type", MediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(a.status)
	_, _ = w.Write(content) // a client that went away needs no answer
}

// encoded is a body as JSON, with a line end behind it.
func encoded(body any) ([]byte, error) {
	if w, ok := body.(written); ok {
		return append(w.appendTo(make([]byte, 0, 1024)), '\n'), nil
	}
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(body)
	return content.Bytes(), err
}

// survive turns a panic into an answer that tells nothing.
func (s *Server) survive(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause) // net/http's own way to break off
	}
	s.logger.ErrorContext(r.Context(), "scim request panicked", "method", r.Method, "path", r.URL.EscapedPath(), "panic", cause, "stack", string(debug.Stack()))
	s.write(w, r, reply{http.StatusInternalServerError, nil, (&Error{
		Status: http.StatusInternalServerError, Detail: "the server failed to handle the request",
	}).body()})
}

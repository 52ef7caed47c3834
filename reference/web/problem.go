package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// statuses says how each kind of refusal is spelled in HTTP.
var statuses = map[org.Kind]int{
	org.NotFound:        http.StatusNotFound,
	org.Conflict:        http.StatusConflict,
	org.Invalid:         http.StatusUnprocessableEntity,
	org.Immutable:       http.StatusConflict,
	org.Forbidden:       http.StatusForbidden,
	org.Unauthenticated: http.StatusUnauthorized,
	org.Unsupported:     http.StatusMethodNotAllowed,
}

// Explain turns an error into a status and a line that is safe to show. What is
// not a refusal is a fault of ours: 500, and the cause stays inside.
func Explain(err error) (status int, message string) {
	var problem *wire.Problem
	if errors.As(err, &problem) {
		return problem.Status, problem.Message
	}
	var refusal *org.Error
	if errors.As(err, &refusal) {
		return statuses[refusal.Kind], refusal.Message
	}
	return http.StatusInternalServerError, "something went wrong on our side"
}

// api answers in JSON for somebody who is known.
func (s *Server) api(then answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := s.known(r)
		if err == nil {
			err = then(w, r, v)
		}
		if err != nil {
			s.failAPI(w, r, err)
		}
	}
}

func (s *Server) failAPI(w http.ResponseWriter, r *http.Request, err error) {
	status, message := Explain(err)
	s.logFault(r, status, err)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	wire.Refuse(w, status, message)
}

// page answers with a page for somebody who is known, and sends everybody else
// to sign in and come back.
func (s *Server) page(then answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := s.known(r)
		if org.KindOf(err) == org.Unauthenticated {
			http.Redirect(w, r, "/login"+comingBack(r), http.StatusSeeOther)
			return
		}
		if err == nil {
			err = then(w, r, v)
		}
		if err != nil {
			s.failPage(w, r, err)
		}
	}
}

// comingBack is the query that brings somebody back to the page that they asked
// for. What they posted without being signed in is not done later.
func comingBack(r *http.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	return "?return_to=" + url.QueryEscape(r.URL.RequestURI())
}

func (s *Server) failPage(w http.ResponseWriter, r *http.Request, err error) {
	status, message := Explain(err)
	s.logFault(r, status, err)
	s.showProblem(w, r, status, message)
}

func (s *Server) logFault(r *http.Request, status int, err error) {
	if status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
}

// refuse answers what no route takes.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int) {
	message := "there is nothing at this address"
	if status == http.StatusMethodNotAllowed {
		message = r.Method + " is not possible at this address"
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		wire.Refuse(w, status, message)
		return
	}
	s.showProblem(w, r, status, message)
}

// Fault answers a request whose handler broke down.
func (s *Server) Fault(w http.ResponseWriter, r *http.Request) {
	status, message := Explain(errBroken)
	if strings.HasPrefix(r.URL.Path, "/api/") {
		wire.Refuse(w, status, message)
		return
	}
	s.showProblem(w, r, status, message)
}

var errBroken = errors.New("the handler broke down")

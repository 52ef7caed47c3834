package reference

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"rollcall.example/reference/web/probe"
	"rollcall.example/reference/web/site"
)

// entrance sends a request to the part of the product that it is for. It goes by
// prefix alone: [http.ServeMux] would redirect a path that is not clean, and an
// API client wants an answer instead.
type entrance struct {
	scim, probe, pages http.Handler
}

func (e *entrance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/scim/v2/"):
		e.scim.ServeHTTP(w, r)
	case r.URL.Path == probe.Prefix, strings.HasPrefix(r.URL.Path, probe.Prefix+"/"):
		e.probe.ServeHTTP(w, r)
	default:
		e.pages.ServeHTTP(w, r)
	}
}

// faulty shows a page for a fault of ours.
type faulty interface {
	Fault(w http.ResponseWriter, r *http.Request)
}

// survive catches a panic below: the log gets the trace, the client a page that
// tells nothing of it.
func survive(next http.Handler, pages faulty, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &watched{ResponseWriter: w}
		defer func() {
			caught := recover()
			if caught == nil {
				return
			}
			if err, ok := caught.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(caught)
			}
			logger.ErrorContext(r.Context(), "panic", "method", r.Method, "path", r.URL.EscapedPath(), "cause", caught, "stack", string(debug.Stack()))
			if answer.begun {
				panic(http.ErrAbortHandler) // half an answer is out: all that is left is to hang up
			}
			pages.Fault(w, r)
		}()
		next.ServeHTTP(answer, r)
	})
}

// watched knows whether an answer has begun.
type watched struct {
	http.ResponseWriter
	begun bool
}

func (w *watched) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] through.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// site is where the App is, as a request sees it. The Host header has no say in it
// where there is a listener: an assertion is checked against this address, and the
// header is whatever the client likes.
func (a *App) site(r *http.Request) site.Site {
	if base := a.base.Load(); base != nil {
		return *base
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	host := r.Host
	if address, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		host = address.String()
	}
	return site.Site(scheme + "://" + host)
}

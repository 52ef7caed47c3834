package defect

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/beevik/etree"

	"rollcall.example/reference"
)

// Defects in what is done with a RelayState.
var _ = register(defects{
	"relay-state-followed": func(p *reference.Parts) {
		relaying(p, func(w http.ResponseWriter, state string) { w.Header().Set("Location", state) })
	},
	"relay-state-told-by-slash": func(p *reference.Parts) {
		relaying(p, func(w http.ResponseWriter, state string) {
			if strings.HasPrefix(strings.TrimSpace(state), "/") {
				w.Header()["Location"] = []string{state}
			}
		})
	},
	"relay-state-told-by-prefix": func(p *reference.Parts) {
		relaying(p, func(w http.ResponseWriter, state string) {
			if strings.HasPrefix(state, "http://127.0.0.1") {
				w.Header().Set("Location", state)
			}
		})
	},
	"relay-state-told-by-host": func(p *reference.Parts) {
		// What has no host is taken for a path: browsers see one after a backslash and
		// after a scheme without slashes.
		relaying(p, func(w http.ResponseWriter, state string) {
			if at, err := url.Parse(state); err == nil && at.Host == "" && at.Scheme != "javascript" && at.Scheme != "data" {
				w.Header().Set("Location", state)
			}
		})
	},
	"relay-state-unescaped-late": func(p *reference.Parts) {
		// It is looked at as it came, and followed with its escapes undone.
		relaying(p, func(w http.ResponseWriter, state string) {
			if plain, err := url.PathUnescape(state); err == nil && strings.Contains(state, "%2f") {
				w.Header().Set("Location", plain)
			}
		})
	},
	"relay-state-in-page": func(p *reference.Parts) {
		asPage(p, func(state string) string { return `<a href="` + state + `">Continue</a>` })
	},
	"relay-state-splits-headers": func(p *reference.Parts) {
		relaying(p, func(w http.ResponseWriter, state string) {
			lines := strings.Split(state, "\r\n")
			for _, line := range lines[1:] {
				name, value, _ := strings.Cut(line, ": ")
				w.Header().Add(name, value)
			}
		})
	},
	"odd-relay-state-falls-over": func(p *reference.Parts) {
		fallsOver(p, func(r *http.Request) bool {
			states := relayStates(r)
			return isAnswer(r) && (len(states) != 1 || len(states[0]) > 80 || !utf8.ValidString(states[0]))
		})
	},
	"relay-state-is-the-session": relayStateIsTheSession,
	"unknown-relay-state-falls-over": func(p *reference.Parts) {
		known := givenStates(p)
		fallsOver(p, func(r *http.Request) bool { return hasRelayState(r) && !known.has(relayStates(r)[0]) })
	},
	"deep-link-forgotten": func(p *reference.Parts) {
		relaying(p, func(w http.ResponseWriter, _ string) { w.Header().Set("Location", "/") })
	},
})

// relayStates are those that a posting holds.
func relayStates(r *http.Request) []string {
	if !isAnswer(r) {
		return nil
	}
	return formOf(r)["RelayState"]
}

// hasRelayState says whether a posting holds one that says something.
func hasRelayState(r *http.Request) bool {
	states := relayStates(r)
	return len(states) > 0 && states[0] != ""
}

// relaying does something else with the RelayState of whoever is let in.
func relaying(p *reference.Parts, follow func(w http.ResponseWriter, state string)) {
	around(p, hasRelayState, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		state := relayStates(r)[0]
		next.ServeHTTP(&admitting{w, func(w http.ResponseWriter) { follow(w, state) }}, r)
	})
}

// admitting changes the answer to whoever is let in.
type admitting struct {
	http.ResponseWriter
	change func(http.ResponseWriter)
}

func (w *admitting) WriteHeader(status int) {
	if status == http.StatusSeeOther {
		w.change(w.ResponseWriter)
	}
	w.ResponseWriter.WriteHeader(status)
}

// asPage shows a page to whoever is let in, in place of leading on.
func asPage(p *reference.Parts, page func(state string) string) {
	around(p, hasRelayState, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		state := relayStates(r)[0]
		rewriteAnswer(w, r, next, inPlaceOf(http.StatusSeeOther, http.StatusOK, "<!doctype html>"+page(state)))
	})
}

// givenStates gives every sign-in that begins at the product a RelayState, and knows
// which it gave.
func givenStates(p *reference.Parts) *memory {
	var given memory
	rewriteRequests(p, func(_ *http.Request, _ *etree.Element, query url.Values) {
		state := rand.Text()
		given.add(state)
		query.Set("RelayState", state)
	})
	return &given
}

// relayStateIsTheSession keeps sessions by the RelayState of the sign-in that they began
// with, and hands the same one out again.
func relayStateIsTheSession(p *reference.Parts) {
	given := givenStates(p)
	var sessions sync.Map // of a RelayState to a Set-Cookie
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		states := relayStates(r)
		if len(states) == 0 || !given.has(states[0]) {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(&admitting{w, func(w http.ResponseWriter) {
			if cookie, begun := sessions.LoadOrStore(states[0], w.Header().Get("Set-Cookie")); begun {
				w.Header().Set("Set-Cookie", cookie.(string))
			}
		}}, r)
	})
}

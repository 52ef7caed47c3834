package simulator

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// API returns the part of Okta's management API with which a program does what an
// administrator does: people and their lifecycle, and who has an app. It is what
// Okta's own CRUD test of an integration drives, so that this can be run against a
// product without any Okta. The addresses are those of Okta, below /api/v1; requests
// come with "Authorization: SSWS {token}".
//
// Unlike Okta, which answers first and provisions then, it answers when the product has:
// whoever waits before looking at the product, as that test does, waits for nothing.
func (t *Tenant) API(token string) http.Handler {
	t.journal.Secret(token)
	a := api{t}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/apps", a.answer(a.listApps))
	mux.HandleFunc("GET /api/v1/apps/{app}", a.answer(a.readApp))
	mux.HandleFunc("GET /api/v1/apps/{app}/users", a.answer(a.listAppUsers))
	mux.HandleFunc("POST /api/v1/apps/{app}/users", a.answer(a.assign))
	mux.HandleFunc("GET /api/v1/apps/{app}/users/{user}", a.answer(a.readAppUser))
	mux.HandleFunc("DELETE /api/v1/apps/{app}/users/{user}", a.answer(a.unassign))
	mux.HandleFunc("GET /api/v1/users", a.answer(a.listUsers))
	mux.HandleFunc("POST /api/v1/users", a.answer(a.createUser))
	mux.HandleFunc("GET /api/v1/users/{user}", a.answer(a.readUser))
	mux.HandleFunc("PUT /api/v1/users/{user}", a.answer(a.replaceUser))
	mux.HandleFunc("POST /api/v1/users/{user}", a.answer(a.updateUser))
	mux.HandleFunc("POST /api/v1/users/{user}/lifecycle/{verb}", a.answer(a.lifecycle))
	mux.HandleFunc("/", a.answer(func(*http.Request) (any, error) {
		return nil, &Refusal{Code: "E0000022", Summary: "The endpoint does not support the provided HTTP method"}
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, scheme := strings.CutPrefix(r.Header.Get("Authorization"), "SSWS ")
		if !scheme || token == "" || subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			a.refuse(w, &Refusal{Code: "E0000011", Summary: "Invalid token provided"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		mux.ServeHTTP(w, r)
	})
}

type api struct{ tenant *Tenant }

// nothing is the answer to a deletion.
type nothing struct{}

// answer writes what a call returns: 200 with it, also where something was created, as
// Okta does, and 204 after a deletion.
func (a api) answer(call func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		said, err := call(r)
		if err != nil {
			a.refuse(w, err)
			return
		}
		if _, gone := said.(nothing); gone {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		writeJSON(w, http.StatusOK, said)
	}
}

// statuses are the HTTP statuses of Okta's error codes; others are 403.
var statuses = map[string]int{
	"E0000001": http.StatusBadRequest, "E0000003": http.StatusBadRequest, "E0000007": http.StatusNotFound,
	"E0000009": http.StatusInternalServerError, "E0000011": http.StatusUnauthorized, "E0000022": http.StatusMethodNotAllowed,
}

// refuse writes an error as Okta does. What is no refusal is the broken wire to a
// product, of which Okta says nothing but that something went wrong.
func (a api) refuse(w http.ResponseWriter, err error) {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		refusal = &Refusal{Code: "E0000009", Summary: "Internal Server Error"}
	}
	status, known := statuses[refusal.Code]
	if !known {
		status = http.StatusForbidden
	}
	a.tenant.mu.Lock()
	id := "oae" + a.tenant.draw(20)
	a.tenant.mu.Unlock()
	writeJSON(w, status, map[string]any{
		"errorCode": refusal.Code, "errorSummary": refusal.Summary, "errorLink": refusal.Code, "errorId": id, "errorCauses": []any{},
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "the answer could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// readJSON reads the body of a request.
func readJSON(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return &Refusal{Code: "E0000003", Summary: "The request body was not well-formed"}
	}
	return nil
}

func missing(id, kind string) error {
	return &Refusal{Code: "E0000007", Summary: "Not found: Resource not found: " + id + " (" + kind + ")"}
}

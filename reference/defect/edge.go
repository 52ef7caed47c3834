package defect

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"rollcall.example/reference"
)

// atEdge puts f around the whole product.
func atEdge(p *reference.Parts, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	p.Edge = append(p.Edge, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(w, r, next) })
	})
}

// isSCIM says whether a request asks for this kind of SCIM resource.
func isSCIM(r *http.Request, endpoint string) bool {
	return strings.HasPrefix(r.URL.Path, "/scim/v2/") && strings.Contains(r.URL.Path, endpoint)
}

// rewriteBody lets change have the body of a request before the product reads it.
func rewriteBody(r *http.Request, change func(body []byte) []byte) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	body = change(body)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

// rewriteObject is rewriteBody for a JSON object.
func rewriteObject(r *http.Request, change func(object map[string]any)) {
	rewriteBody(r, func(body []byte) []byte { return changedObject(body, change) })
}

// changedObject is a JSON object after a change. What is none, or was not changed, stays
// as it is to the byte.
func changedObject(body []byte, change func(object map[string]any)) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil {
		return body
	}
	before, err := json.Marshal(object)
	if err != nil {
		return body
	}
	change(object)
	changed, err := json.Marshal(object)
	if err != nil || bytes.Equal(before, changed) {
		return body
	}
	return changed
}

// rewriteAnswer lets change have what the product answered.
func rewriteAnswer(w http.ResponseWriter, r *http.Request, next http.Handler, change func(status int, body []byte) (int, []byte)) {
	recorded := httptest.NewRecorder()
	next.ServeHTTP(recorded, r)
	status, body := change(recorded.Code, recorded.Body.Bytes())
	for name, values := range recorded.Header() {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

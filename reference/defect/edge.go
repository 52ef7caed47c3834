package defect

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// The HTTP edge of a product that is wrong: what it hears of requests and what is heard of
// its answers, mostly of those that a defect is about. What goes over the edge as bytes is
// here; SCIM resources are in scim.go.

// atEdge puts f around the whole product.
func atEdge(p *reference.Parts, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	p.Edge = append(p.Edge, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(w, r, next) })
	})
}

// providerIn reads the provider in the address of a SCIM request.
func providerIn(r *http.Request) string {
	provider, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/scim/v2/"), "/")
	return provider
}

// recordIn reads the ids of provider and record out of a SCIM address.
func recordIn(r *http.Request) (provider, id string) {
	before, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/scim/v2/"), "/Users/")
	return before, id
}

// around puts f around such requests.
func around(p *reference.Parts, which whichRequest, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if which(r) {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hearOtherwise changes such requests before the product hears of them.
func hearOtherwise(p *reference.Parts, which whichRequest, change func(r *http.Request)) {
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		change(r)
		next.ServeHTTP(w, r)
	})
}

// answerOtherwise changes what the product answers to such requests.
func answerOtherwise(p *reference.Parts, which whichRequest, change func(status int, body []byte) (int, []byte)) {
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		rewriteAnswer(w, r, next, change)
	})
}

// inPlaceOf is another answer in the place of those with a status.
func inPlaceOf(status, instead int, text string) func(int, []byte) (int, []byte) {
	return func(answered int, body []byte) (int, []byte) {
		if answered == status {
			return instead, []byte(text)
		}
		return answered, body
	}
}

// afterwards does something in the store once such requests have been answered.
func afterwards(p *reference.Parts, which whichRequest, do func(r *http.Request, tx org.Tx) error) {
	store := keepStore(p)
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		_ = (*store).Do(r.Context(), func(tx org.Tx) error { return do(r, tx) })
	})
}

// readOnly makes of a request one that reads what it was to change.
func readOnly(r *http.Request) {
	r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
}

// bodyOf is the body of a request, which the product still has to read. What broke off is
// read as far as it goes.
func bodyOf(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	setBody(r, body)
	return body
}

// formOf is the form that a request posts, which the product still has to read.
func formOf(r *http.Request) url.Values {
	form, _ := url.ParseQuery(string(bodyOf(r)))
	return form
}

func setBody(r *http.Request, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

// rewriteBody lets change have the body of a request before the product reads it.
func rewriteBody(r *http.Request, change func(body []byte) []byte) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	setBody(r, change(body))
}

// rewriteObject is rewriteBody for a JSON object.
func rewriteObject(r *http.Request, change func(o object)) {
	rewriteBody(r, func(body []byte) []byte { return changedObject(body, change) })
}

// changedObject is a JSON object after a change. What is none, or was not changed, stays
// as it is to the byte.
func changedObject(body []byte, change func(o object)) []byte {
	o := objectOf(body)
	if o == nil {
		return body
	}
	before := textOf(o)
	change(o)
	if changed := textOf(o); !bytes.Equal(changed, before) {
		return changed
	}
	return body
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

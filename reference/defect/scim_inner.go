package defect

import (
	"net/http"
	"net/url"
	"time"

	"rollcall.example/reference"
)

// ask puts a question of the defect's own to the product, as whoever sent the request:
// by this method, at the same address with this query, with this body or, for nil, none.
func ask(r *http.Request, next http.Handler, method string, query url.Values, body object) *scimAnswer {
	own := r.Clone(r.Context())
	own.Method, own.URL.RawQuery = method, query.Encode()
	own.Body, own.ContentLength = http.NoBody, 0
	if body != nil {
		setBody(own, textOf(body))
		own.Header.Set("Content-Type", "application/scim+json")
	}
	return answerTo(own, next)
}

// instead answers such requests in another way than the product; where answer returns
// nil the product does.
func instead(p *reference.Parts, which whichRequest, answer func(r *http.Request, body object, next http.Handler) *scimAnswer) {
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if said := answer(r, objectOf(bodyOf(r)), next); said != nil {
			said.write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// noContent is an answer that succeeds and says nothing.
func noContent() *scimAnswer { return &scimAnswer{status: http.StatusNoContent, header: http.Header{}} }

// askOtherwise changes the query of such requests before the server reads it.
func askOtherwise(p *reference.Parts, which whichRequest, change func(query url.Values)) {
	hearOtherwise(p, which, func(r *http.Request) {
		query := r.URL.Query()
		change(query)
		r.URL.RawQuery = query.Encode()
	})
}

// asking is a product that is asked otherwise.
func asking(which whichRequest, change func(query url.Values)) install {
	return func(p *reference.Parts) { askOtherwise(p, which, change) }
}

// filtering changes the filter of a query, where it has one.
func filtering(change func(filter string) string) func(url.Values) {
	return func(query url.Values) {
		if query.Has("filter") {
			query.Set("filter", change(query.Get("filter")))
		}
	}
}

// operationsIn are the operations of a PATCH or of a bulk request.
func operationsIn(body object) []object {
	listed, _ := body["Operations"].([]any)
	var operations []object
	for _, entry := range listed {
		if operation, ok := entry.(object); ok {
			operations = append(operations, operation)
		}
	}
	return operations
}

// pair brings two requests together that come at the same moment, whichever of them is
// earlier: one of them goes first, and the other one then.
type pair struct {
	meeting chan chan struct{}
}

func newPair() *pair { return &pair{make(chan chan struct{})} }

// meet waits for the other one. It says whether this one goes first; done is called when
// it is through, and the other one waits for that before meet returns.
func (p *pair) meet() (first bool, done func()) {
	through := make(chan struct{})
	select {
	case p.meeting <- through:
		return true, func() { close(through) }
	case other := <-p.meeting:
		return false, func() { await(other, patience) }
	case <-time.After(patience):
		return true, func() {}
	}
}

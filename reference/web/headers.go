package web

import (
	"maps"
	"net/http"
)

// What pages may load and where their forms may go. There is no script at all.
const (
	policyAnyForm = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
	policyStrict  = policyAnyForm + "; form-action 'self'"
)

// carried are the headers of every answer. Who changes one of an answer sets another
// list of values; these are nobody's to change.
var carried = http.Header{
	"Content-Security-Policy":    {policyStrict},
	"X-Content-Type-Options":     {"nosniff"},
	"X-Frame-Options":            {"DENY"},
	"Referrer-Policy":            {"same-origin"},
	"Cross-Origin-Opener-Policy": {"same-origin"},
}

// Headers sets what every answer of the product carries. The referrer goes to our
// own pages only; a stricter rule would make browsers hide the Origin that
// [sameOrigin] looks at.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), carried)
		next.ServeHTTP(w, r)
	})
}

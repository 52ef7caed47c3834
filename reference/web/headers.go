package web

import "net/http"

// What pages may load and where their forms may go. There is no script at all.
const (
	policyAnyForm = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
	policyStrict  = policyAnyForm + "; form-action 'self'"
)

// Headers sets what every answer of the product carries. The referrer goes to our
// own pages only; a stricter rule would make browsers hide the Origin that
// [sameOrigin] looks at.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyStrict)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

package web

import (
	"net/http"
	"net/url"
)

// maxForm is ample for the forms of our own pages.
const maxForm = 64 << 10

// readForm reads what one of our own pages posted.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, unusable(http.StatusBadRequest, "the posted form cannot be read")
	}
	return r.PostForm, nil
}

package target

import (
	"io"
	"net/http"
	"strings"
)

// renewing sends a request once more, with a new token, where the product answers
// 401 to one that was granted: it may have been revoked before its time.
type renewing struct {
	next   http.RoundTripper
	grants *grants
}

// RoundTrip implements http.RoundTripper.
func (r *renewing) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	token, isBearer := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	giver := r.grants.giver(token)
	if !isBearer || giver == nil {
		return response, nil
	}
	repeated, err := again(request)
	if err != nil {
		return response, nil //nolint:nilerr // what cannot be sent twice keeps its answer
	}
	fresh, err := giver.instead(request.Context(), token)
	if err != nil {
		_ = response.Body.Close()
		return nil, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	_ = response.Body.Close()
	repeated = repeated.Clone(request.Context())
	repeated.Header.Set("Authorization", "Bearer "+fresh)
	return r.next.RoundTrip(repeated)
}

// authorized sends every request with credentials.
type authorized struct {
	next  http.RoundTripper
	write func(*http.Request) error
}

// RoundTrip implements http.RoundTripper.
func (a authorized) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	if err := a.write(request); err != nil {
		return nil, err
	}
	return a.next.RoundTrip(request)
}

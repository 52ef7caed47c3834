package defect

import (
	"bytes"
	"net/http"
	"regexp"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what Okta's Test API Credentials is answered.
var _ = register(defects{
	"empty-directory-fails": func(p *reference.Parts) {
		answerOtherwise(p, testsCredentials, func(status int, body []byte) (int, []byte) {
			if bytes.Contains(body, nothingFound) {
				return http.StatusInternalServerError, nil
			}
			return status, body
		})
	},
	"counters-as-text": func(p *reference.Parts) {
		answerOtherwise(p, testsCredentials, func(status int, body []byte) (int, []byte) {
			return status, regexp.MustCompile(`"totalResults":(\d+)`).ReplaceAll(body, []byte(`"totalResults":"$1"`))
		})
	},
	"test-creates-record": func(p *reference.Parts) {
		afterwards(p, testsCredentials, func(r *http.Request, tx org.Tx) error {
			return addRecord(r.Context(), tx, providerIn(r), "okta-test-"+uuid.NewString())
		})
	},
})

// testsCredentials says whether a request is what Test API Credentials sends: a list
// of a few users, whoever they are.
func testsCredentials(r *http.Request) bool {
	query := r.URL.Query()
	return r.Method == http.MethodGet && isSCIM(r, "/Users") && query.Has("count") && !query.Has("filter")
}

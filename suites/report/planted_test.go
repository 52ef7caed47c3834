package report_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/simulator/journal"
	"rollcall.example/suites/report"
	"rollcall.example/suites/spec"
)

// What is planted is of the length that it has in life, and nobody registers it.
var (
	hush      = "hush-7Qm2vX9Kd0Lr4TzW8cYb6NfPqA1sEoGu"
	hushJWT   = "eyJhbGciOiJSUzI1NiIsImtpZCI6Imh1c2gifQ.eyJzdWIiOiJodXNoIiwiZXhwIjoxNzY3MjI1NjAwfQ.aHVzaC1zaWduYXR1cmUtb2YtYS10b2tlbg"
	assertion = `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:NameID>hush@acme.test</saml2:NameID>` +
		strings.Repeat(`<ds:SignatureValue>aHVzaGh1c2hodXNoaHVzaGh1c2g=</ds:SignatureValue>`, 80) + `</saml2:Assertion>`
	assertion64 = base64.StdEncoding.EncodeToString([]byte(assertion))
)

// secretText has a secret in every form that a message may have.
func secretText() string {
	return strings.Join([]string{
		"Authorization: Bearer " + hush, "Set-Cookie: sid=" + hush + "; Path=/", `{"password":"` + hush + `","access_token":"` + hush + `"}`,
		`{\"client_secret\":\"` + hush + `\"}`, "https://han:" + hush + "@ci.test/?token=" + hush + "&SAMLRequest=" + url.QueryEscape(assertion64),
		`<input name="SAMLResponse" value="` + assertion64 + `">`, hushJWT, "top-secret", assertion64, assertion,
	}, "\n")
}

// planted is a report of an exchange over a real wire, recorded by the journal, and
// of claims that quote what they should not.
func planted(t *testing.T) report.Report {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "sid="+hush+"; Path=/; HttpOnly")
		w.Header().Set("Location", "https://idp.test/?SAMLRequest="+url.QueryEscape(assertion64)+"&access_token="+hush)
		w.Header().Set("X-Auth-Token", hush)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, secretText())
	}))
	t.Cleanup(server.Close)
	book := journal.New()
	client := &http.Client{
		Transport:     book.Transport(nil, "browser", func() time.Time { return began }),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for kind, body := range map[string]string{
		"application/scim+json":             `{"userName":"han","password":"` + hush + `","x":{"refresh_token":"` + hush + `"}}`,
		"application/x-www-form-urlencoded": url.Values{"SAMLResponse": {assertion64}, "client_secret": {hush}, "password": {hush}}.Encode(),
		"text/plain":                        secretText(),
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/acs?token="+hush, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", kind)
		request.Header.Set("Cookie", "sid="+hush)
		request.SetBasicAuth("han", hush)
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	failing := func(r *types.SpecReport) {
		state(types.SpecStateFailed, "expected: "+secretText()+"\nactual:   "+secretText())(r)
		for _, entry := range []struct {
			name  string
			value any
		}{{spec.EntryTask, secretText()}, {spec.EntryRemark, secretText()}, {spec.EntryExchanges, book.Exchanges()}} {
			r.ReportEntries = append(r.ReportEntries, types.ReportEntry{Name: entry.name, Value: types.WrapEntryValue(entry.value)})
		}
	}
	return report.FromGinkgo(run(
		ran("door.open", failing),
		ran("door.shut", concluding(types.SpecStateFailed, spec.EntryError, secretText(), 9)),
		ran("door.quiet", concluding(types.SpecStateSkipped, spec.EntryWarned, secretText(), 9)),
		ran("door.new", concluding(types.SpecStateSkipped, spec.EntryUnobserved, secretText(), 9)),
	), catalogue, report.Meta{Target: declared})
}

package journal_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/journal"
)

// The line is given to a real shell, with printf for curl.
func TestCurl(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request journal.Message
		want    string
		sees    []string
	}{
		"SCIM": {
			journal.Message{
				Method: "POST", URL: "https://ci.test/scim/v2/Users?filter=a%20b",
				Header: http.Header{"Authorization": {"Bearer [redacted]"}, "Content-Type": {"application/scim+json"}, "Content-Length": {"9"}, "Cookie": {"sid=[redacted]"}},
				Body:   `{"name":"O'Hara","password":"[redacted]"}`,
			},
			`curl -sS -i -X POST 'https://ci.test/scim/v2/Users?filter=a%20b' -H 'Authorization: Bearer '"$TOKEN"'' ` +
				`-H 'Content-Type: application/scim+json' -H 'Cookie: sid='"$COOKIE"'' ` +
				`--data-raw '{"name":"O'\''Hara","password":"'"$PASSWORD"'"}'`,
			[]string{"Authorization: Bearer t0ken\n", `{"name":"O'Hara","password":"pass word"}` + "\n", "Cookie: sid=c00kie\n"},
		},
		"SAML": {
			journal.Message{
				Method: "POST", URL: "https://ci.test/acs?api_key=[redacted]", Header: http.Header{"X-Auth-Token": {"[redacted]"}},
				Body: "RelayState=%2F&SAMLResponse=[SAMLResponse 5123 bytes sha256:14f2911cd067…]",
			},
			`curl -sS -i -X POST 'https://ci.test/acs?api_key='"$API_KEY"'' -H 'X-Auth-Token: '"$X_AUTH_TOKEN"'' -H 'Content-Type:' ` +
				`--data-raw 'RelayState=%2F&SAMLResponse='"$SAML_RESPONSE"''`,
			[]string{"RelayState=%2F&SAMLResponse=PHNhbWw=\n", "https://ci.test/acs?api_key=\n"},
		},
		"look-up": {journal.Message{Method: "GET", URL: "https://ci.test/"}, `curl -sS -i 'https://ci.test/'`, nil},
		"head":    {journal.Message{Method: "HEAD", URL: "https://ci.test/"}, `curl -sS -i -I 'https://ci.test/'`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := journal.Curl(c.request, " ")
			if line != c.want {
				t.Errorf("got  %s\nwant %s", line, c.want)
			}
			shell := machine.Tool(t, "sh")
			for _, text := range []string{line, journal.Curl(c.request, " \\\n  ")} {
				command := exec.CommandContext(t.Context(), shell, "-c", strings.Replace(text, "curl", "printf '%s\\n'", 1))
				command.Env = []string{"TOKEN=t0ken", "COOKIE=c00kie", "PASSWORD=pass word", "SAML_RESPONSE=PHNhbWw="}
				output, err := command.Output()
				if err != nil {
					t.Errorf("%s: %v", text, err)
				}
				for _, want := range c.sees {
					if !strings.Contains(string(output), want) {
						t.Errorf("the shell sees %s, which lacks %q", output, want)
					}
				}
			}
		})
	}
}

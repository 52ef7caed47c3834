package target_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/suites/target"
)

// door is an endpoint that lets in whom it is told to.
func door(t *testing.T, lets func(*http.Request) bool) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !lets(r) {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Header.Get(name) == value }
	}
	for name, c := range map[string]struct {
		auth target.Auth
		lets func(*http.Request) bool
	}{
		"bearer": {target.Auth{Bearer: "abc"}, header("Authorization", "Bearer abc")},
		"raw":    {target.Auth{Raw: "Token abc"}, header("Authorization", "Token abc")},
		"basic": {target.Auth{Basic: &target.Basic{User: "okta", Password: "s3cret:"}}, func(r *http.Request) bool {
			user, password, ok := r.BasicAuth()
			return ok && user == "okta" && password == "s3cret:"
		}},
		"header": {target.Auth{Headers: map[string]string{"x-api-key": "abc"}}, header("X-Api-Key", "abc")},
		"header and bearer": {target.Auth{Bearer: "abc", Headers: map[string]string{"X-Tenant": "acme"}}, func(r *http.Request) bool {
			return r.Header.Get("Authorization") == "Bearer abc" && r.Header.Get("X-Tenant") == "acme"
		}},
	} {
		given := at(door(t, c.lets), target.Network{})
		given.Connections[0].SCIM.Token, given.Connections[0].SCIM.Auth = "", &c.auth
		if answer, _, err := call(t, context.Background(), given); err != nil || answer.Status != http.StatusOK {
			t.Errorf("%s: %d, %v", name, answer.Status, err)
		}
		given.Connections[0].SCIM.Auth = &target.Auth{Bearer: "another"}
		if answer, _, err := call(t, context.Background(), given); err != nil || answer.Status != http.StatusUnauthorized {
			t.Errorf("%s: the door opens to another: %d, %v", name, answer.Status, err)
		}
	}
}

// A probe is called with the same kinds of credentials.
func TestCredentialsOfAProbe(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "probe" || password != "s3cret-of-the-probe" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, `{"error":"not s3cret-of-the-probe"}`)
			return
		}
		_, _ = w.Write([]byte(`{"version":1,"features":["look.seats"]}`))
	}))
	defer server.Close()
	given := at(server.URL, target.Network{})
	given.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: server.URL, Auth: &target.Auth{Basic: &target.Basic{User: "probe", Password: "s3cret-of-the-probe"}}}}
	live, err := target.Open(given)
	if err != nil {
		t.Fatal(err)
	}
	learned, err := live.Learned(context.Background())
	if err != nil || !slices.Contains(learned.Features, target.LookSeats) {
		t.Errorf("%v, %v", learned.Features, err)
	}
	given.Probe.HTTP.Auth.Basic.User = "nobody"
	live, err = target.Open(given)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := live.Learned(context.Background()); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Error(err)
	}
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	servers, clients, strangers := newAuthority(t), newAuthority(t), newAuthority(t)
	_, _, pair := servers.issue(t, nil)
	server := serveTLS(t, pair, &clients, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"id":"` + r.TLS.PeerCertificates[0].Subject.CommonName + `"}`))
	}))
	certificate, key, _ := clients.issue(t, nil)
	network := target.Network{CA: servers.pem(), ClientCertificate: &target.ClientCertificate{Certificate: certificate, Key: key}}
	answer, live, err := call(t, context.Background(), at(server.URL, network))
	if err != nil || answer.ID() != "test" {
		t.Fatalf("%v, %v", answer, err)
	}
	if !slices.Contains(live.Secrets(), key) || live.Redacted().Network.ClientCertificate != nil {
		t.Error("the key is not kept secret")
	}
	certificate, key, _ = strangers.issue(t, nil)
	network.ClientCertificate = &target.ClientCertificate{Certificate: certificate, Key: key}
	_, _, err = call(t, context.Background(), at(server.URL, network))
	var trouble *target.Trouble
	if !errors.As(target.Explain(server.URL, err), &trouble) || trouble.Kind != target.CertificateWanted {
		t.Error(target.Explain(server.URL, err))
	}
}

// issuer is an OAuth 2 server for one client, and the resource that takes its tokens.
type issuer struct {
	mu      sync.Mutex
	issued  int
	good    string // the token that the resource takes
	life    int
	asked   []string // what each request for a token said
	refuses int      // status that it answers, 0 for none
	calls   int
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r.URL.Path != "/token" {
		i.calls++
		if r.Header.Get("Authorization") != "Bearer "+i.good {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = w.Write([]byte("{}"))
		return
	}
	user, password, _ := r.BasicAuth()
	_ = r.ParseForm()
	i.asked = append(i.asked, fmt.Sprintf("%s %s:%s %s", r.FormValue("grant_type"), user, password, r.Form.Get("scope")+" "+r.Form.Get("audience")))
	w.Header().Set("Content-Type", "application/json")
	if i.refuses != 0 || password != "client-s3cret" {
		w.WriteHeader(max(i.refuses, 400))
		_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s is not it"}`, password)
		return
	}
	i.issued++
	i.good = fmt.Sprintf("granted-token-%d", i.issued)
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": i.good, "token_type": "Bearer", "expires_in": i.life})
}

// oauth is a target that gets its tokens from the issuer.
func oauth(t *testing.T, i *issuer) target.Target {
	t.Helper()
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	given := at(server.URL, target.Network{})
	given.Connections[0].SCIM.Token = ""
	given.Connections[0].SCIM.Auth = &target.Auth{OAuth2: &target.OAuth2{
		TokenURL: server.URL + "/token", ClientID: "rollcall", ClientSecret: "client-s3cret",
		Scopes: []string{"scim"}, Params: map[string]string{"audience": "acme"},
	}}
	return given
}

func TestOAuth2(t *testing.T) {
	t.Parallel()
	i := &issuer{life: 3600}
	given := oauth(t, i)
	live, err := target.Open(given)
	if err != nil {
		t.Fatal(err)
	}
	do := func() int {
		t.Helper()
		return doOn(t, live, given)
	}
	if first, second := do(), do(); first != 200 || second != 200 || i.issued != 1 {
		t.Errorf("%d tokens for two requests: %v", i.issued, i.asked)
	}
	if i.asked[0] != "client_credentials rollcall:client-s3cret scim acme" {
		t.Errorf("asked for as %q", i.asked[0])
	}
	// Revoked before its time: asked for once more, and the request sent once more.
	i.mu.Lock()
	i.good, i.calls = "revoked", 0
	i.mu.Unlock()
	if status := do(); status != 200 || i.issued != 2 || i.calls != 2 {
		t.Errorf("%d after a 401; %d tokens, %d calls", status, i.issued, i.calls)
	}
	if !slices.Contains(live.Secrets(), "granted-token-1") || !slices.Contains(live.Secrets(), "granted-token-2") {
		t.Errorf("what was granted is no secret: %v", live.Secrets())
	}
}

func doOn(t *testing.T, live *target.Live, given target.Target) int {
	t.Helper()
	connection := live.Okta(given.Connection().SCIM)
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, connection.BaseURL+"/Users", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.Authorize(request); err != nil {
		t.Fatal(err)
	}
	answer, err := live.Transport().RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// A token is asked for again before it ends, and a resource that takes none is
// asked only twice.
func TestOAuth2AgainBeforeTheEnd(t *testing.T) {
	t.Parallel()
	i := &issuer{life: 1}
	given := oauth(t, i)
	live, err := target.Open(given)
	if err != nil {
		t.Fatal(err)
	}
	doOn(t, live, given)
	deadline := time.Now().Add(5 * time.Second)
	for i.issued == 1 && time.Now().Before(deadline) {
		if status := doOn(t, live, given); status != 200 {
			t.Fatalf("%d", status)
		}
	}
	if i.issued < 2 || i.calls < 2 {
		t.Errorf("%d tokens in more than a second of which each lasts one", i.issued)
	}
	none := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer none.Close()
	given.Connections[0].SCIM.BaseURL = none.URL
	before := live.Traffic().Requests
	if status := doOn(t, live, given); status != 401 || live.Traffic().Requests-before > 4 {
		t.Errorf("%d after %d requests", status, live.Traffic().Requests-before)
	}
}

func TestOAuth2ThatIsNotGranted(t *testing.T) {
	t.Parallel()
	i := &issuer{}
	given := oauth(t, i)
	given.Connections[0].SCIM.Auth.OAuth2.ClientSecret = "another-s3cret"
	_, _, err := call(t, context.Background(), given)
	var refused *target.NotGranted
	if !errors.As(err, &refused) || refused.Status != 400 || !strings.Contains(err.Error(), "answered 400 Bad Request: invalid_client") {
		t.Fatal(err)
	}
	if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q", err)
	}
	var trouble *target.Trouble
	if !errors.As(target.Explain(given.Connection().SCIM.BaseURL, err), &trouble) || trouble.Kind != target.Credentials {
		t.Error(target.Explain("", err))
	}
	given.Connections[0].SCIM.Auth.OAuth2.TokenURL = "http://no-such-host.invalid/token"
	_, _, err = call(t, context.Background(), given)
	if explained := target.Explain("", err); !strings.Contains(explained.Error(), "the token endpoint http://no-such-host.invalid/token gave no access token: the name no-such-host.invalid cannot be resolved") {
		t.Error(explained)
	}
}

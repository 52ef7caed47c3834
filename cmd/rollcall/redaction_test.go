package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// What is planted in target files, each as long as such a thing is in life, with the
// letters that are written otherwise in addresses, JSON, pages and base64.
const (
	plantedBearer   = "acme-scim_7Qm2vX9Kd0Lr4TzW8cYb6NfPqA1sEoGu3HjR"
	plantedRaw      = `Token key="Zt/4Vb+8Nq&2Xw<6Ld=0Rf", nonce="pJ5mK7hG9sD1aC3eU"`
	plantedPassword = `c0rrect/h0rse+b@ttery&staple<"%41"> and more`
	plantedClient   = "oauth-client~secret.Wm3Xz8Qv5Lp1Kt9Hb7Ng2Rd6"
	plantedGranted  = "granted+access/token=Vy6Jc2Fs8Ut4Eo0Ai9Mx5Bz1-"
	plantedHeader   = "hdr:Gq8Lw2Tn6Yd4Pk0Rs9Vb3Xf7Jm1Hc5Ze/="
	plantedProbe    = "probe-token-Uo4Ie7Ya1Sw8Dk5Fl2Gj9Hz6Xc3Vb"
)

const probePrefix = "/probe/v1"

// sandbox is a place to run the program in, with secrets planted wherever a target
// file may have them.
type sandbox struct {
	dir     string
	env     []string
	product *leaky
	planted []string
	outputs map[string]string // everything that anybody may read, by where it came from
}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	s := &sandbox{dir: t.TempDir(), product: startLeaky(t), outputs: map[string]string{}}
	s.env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(s.dir, "state"), "ACME_BEARER="+plantedBearer, "ACME_PASSWORD="+plantedPassword, "ACME_HEADER="+plantedHeader, "TERM=xterm")
	certificate, key := clientCertificate(t)
	for name, text := range map[string]string{
		"raw": plantedRaw + "\n", "client": plantedClient, "probe.token": plantedProbe + "\n", "client.pem": certificate, "client.key": key,
	} {
		s.write(t, name, text)
	}
	s.planted = []string{
		plantedBearer, plantedRaw, plantedPassword, plantedClient, plantedGranted, plantedHeader, plantedProbe, key,
		itsPassword, itsCookie, itsAPIKey, itsWebToken, itsAccessKey,
		s.product.product.Target.Connections[0].SCIM.Token, s.product.product.Target.Probe.HTTP.Token,
	}
	s.product.knows = func(authorization string, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, probePrefix) {
			return authorization == "Bearer "+plantedProbe
		}
		user, password, _ := r.BasicAuth()
		return authorization == "Bearer "+plantedBearer || authorization == plantedRaw || user == "acme" && password == plantedPassword ||
			strings.HasPrefix(authorization, "Bearer "+plantedGranted) || r.Header.Get("X-Api-Key") == plantedHeader && authorization == ""
	}
	return s
}

func (s *sandbox) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// target writes a target file whose SCIM endpoint is called with these credentials.
func (s *sandbox) target(t *testing.T, name, auth, idp string) {
	t.Helper()
	c := s.product.product.Target.Connections[0]
	var teams strings.Builder
	for _, team := range c.Teams {
		fmt.Fprintf(&teams, "      - {id: %s, slug: %s, default: %v, default_role: %s}\n", team.ID, team.Slug, team.Default, team.DefaultRole)
	}
	s.write(t, name, fmt.Sprintf(`version: 1
name: the leaky one
connections:
  - organization: %s
    scim: {base_url: %s, auth: %s}
    saml: {sp_metadata: %s, entity_id: %s, acs: "%s", sign_in: "%s&next=/home?access_token=%s"}
    doors: {whoami: %s, admin: %s, settings: %s, team: "%s"}
    teams:
%s%s
probe: {http: {url: %s, auth: {bearer: {file: probe.token}, headers: {X-Api-Key: {env: ACME_HEADER}}}}}
features: [scim.patch, scim.delete, saml.idp-initiated]
network: {client_certificate: {certificate: client.pem, key: {file: client.key}}}
`, c.Organization, c.SCIM.BaseURL, auth, c.SAML.Metadata, c.SAML.EntityID, c.SAML.ACS, c.SAML.SignIn, itsAccessKey,
		c.Doors.WhoAmI, c.Doors.Admin, c.Doors.Settings, c.Doors.Team, teams.String(), idp, s.product.product.Target.Probe.HTTP.URL))
}

// run runs the program, or another one, and keeps what it writes.
func (s *sandbox) run(t *testing.T, env []string, name string, args ...string) (status int, stdout string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, name, args...)
	command.Dir, command.Env = s.dir, slices.Concat(s.env, env)
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	err := command.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	called := fmt.Sprintf("%d. %s %.200q", len(s.outputs)/2, strings.Join(env, " "), append([]string{name}, args...))
	s.outputs[called+" (stdout)"], s.outputs[called+" (stderr)"] = out.String(), complaints.String()
	return command.ProcessState.ExitCode(), out.String()
}

// gather takes in the files that the program wrote: reports, and ledgers.
func (s *sandbox) gather(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{"out/*", "state/rollcall/ledgers/*"} {
		files, err := filepath.Glob(filepath.Join(s.dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s.outputs[strings.TrimPrefix(file, s.dir+"/")] = string(text)
		}
	}
}

// leaks lists which secrets which output shows.
func (s *sandbox) leaks(t *testing.T) {
	t.Helper()
	s.gather(t)
	s.product.mu.Lock()
	defer s.product.mu.Unlock()
	tells := map[string]string{} // what gives a secret away, and the secret
	for _, secret := range s.planted {
		for _, piece := range pieces(secret) {
			tells[piece] = secret
		}
	}
	for secret := range s.product.heard {
		for _, piece := range pieces(secret) {
			tells[piece] = secret
		}
	}
	found := search(t, tells)
	for name, text := range s.outputs {
		for i, at := range found(text) {
			if i == 3 {
				break
			}
			t.Errorf("%s shows %.60q: …%q…", name, tells[at.piece], text[max(0, at.offset-160):min(len(text), at.offset+80)])
		}
	}
	t.Logf("%d outputs, %d secrets that were not planted, %d pieces", len(s.outputs), len(s.product.heard), len(tells))
}

// seen is where a piece of a secret was found.
type seen struct {
	piece  string
	offset int
}

// search returns what finds these pieces in a text, in one pass: there are thousands of
// them, and the reports are long.
func search(t *testing.T, pieces map[string]string) func(text string) []seen {
	t.Helper()
	const first = 8 // bytes that a piece is found by
	begun := map[string][]string{}
	for piece := range pieces {
		if len(piece) < first {
			t.Fatalf("%q is too short to be told from other texts", piece)
		}
		begun[piece[:first]] = append(begun[piece[:first]], piece)
	}
	return func(text string) []seen {
		var found []seen
		for i := range max(0, len(text)-first+1) {
			for _, piece := range begun[text[i:i+first]] {
				if strings.HasPrefix(text[i:], piece) {
					found = append(found, seen{piece, i})
				}
			}
		}
		return found
	}
}

// pieces are what must not be seen of a secret: sixteen bytes of its beginning, in
// every spelling. What every message or key of its kind begins with is no secret, and
// of those pieces from their middle stand for them.
func pieces(secret string) []string {
	var beginnings []string
	switch {
	case strings.HasPrefix(secret, "-----BEGIN"):
		beginnings = strings.Split(secret, "\n")[1:2]
	case strings.HasPrefix(secret, "PHNhbWw"): // an assertion in base64
		plain, _ := base64.StdEncoding.DecodeString(secret)
		_, signature, _ := bytes.Cut(plain, []byte("SignatureValue>"))
		if len(signature) < 60 {
			return []string{secret[300:340]}
		}
		return []string{secret[300:340], url.QueryEscape(secret[300:340]), string(signature[:30]), secret[len(secret)/2 : len(secret)/2+40]}
	default:
		beginnings = []string{secret}
	}
	var all []string
	for _, text := range beginnings {
		quoted, _ := json.Marshal(text)
		spelt := []string{text, url.QueryEscape(text), url.PathEscape(text), string(quoted[1 : len(quoted)-1])}
		for before, mixed := range []int{0, 2, 3} {
			for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				spelt = append(spelt, alphabet.EncodeToString(append(make([]byte, before), text...))[mixed:])
			}
		}
		for _, one := range spelt {
			all = append(all, one[:min(16, len(one))])
		}
	}
	return all
}

func clientCertificate(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "rollcall"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", secret)
}

// grants is a token endpoint that repeats the client's secret in all that it says.
func grants(t *testing.T) string {
	t.Helper()
	var granted atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, secret, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Client-Secret", secret)
		n := granted.Add(1)
		if n%5 == 4 {
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]any{"error": "invalid_client", "error_description": "not with " + secret})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": plantedGranted + fmt.Sprint(n), "token_type": "Bearer", "expires_in": 2, "client_secret": secret})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Nothing that the program writes, whatever the format and however much it tells,
// shows a secret: not what the target file holds, not what was granted or rotated, not
// what a product puts into its answers.
func TestNoOutputShowsASecret(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs the suite several times")
	}
	s := newSandbox(t)
	if err := os.Mkdir(filepath.Join(s.dir, "out"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, auth := range map[string]string{
		"bearer.yaml": "{bearer: {env: ACME_BEARER}, headers: {X-Api-Key: {env: ACME_HEADER}}}",
		"raw.yaml":    "{raw: {file: raw}}",
		"basic.yaml":  "{basic: {user: acme, password: {command: [printenv, ACME_PASSWORD]}}}",
		"header.yaml": "{headers: {X-Api-Key: {env: ACME_HEADER}}}",
		"oauth2.yaml": fmt.Sprintf("{oauth2: {token_url: %s, client_id: acme, client_secret: {file: client}}}", grants(t)),
	} {
		s.target(t, name, auth, "")
	}
	s.verify(t)
	s.commands(t)
	s.failures(t)
	s.leaks(t)
}

// Whoever runs the specs by Ginkgo's own hands reads what Ginkgo prints, which no
// report of ours has been through.
func TestGinkgoShowsNoSecret(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds the suite")
	}
	s := newSandbox(t)
	if err := os.Mkdir(filepath.Join(s.dir, "out"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.target(t, "bearer.yaml", "{bearer: {env: ACME_BEARER}, headers: {X-Api-Key: {env: ACME_HEADER}}}", "")
	s.target(t, "wrong.yaml", "{bearer: {file: client}}", "")
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	here, out := s.dir, filepath.Join(s.dir, "out")
	s.dir = root
	at := func(name string) []string { return []string{"ROLLCALL_TARGET=" + filepath.Join(here, name)} }
	status, said := s.run(t, at("bearer.yaml"), "go", "test", "-v", "-count=1", "./suites", "-args", "-ginkgo.vv",
		"-ginkgo.label-filter=area: containsAny {tracking, setup, permissions}", "-ginkgo.json-report="+out+"/plain.json", "-ginkgo.junit-report="+out+"/plain.xml")
	if status != 1 || strings.Count(said, "[FAILED]") < 20 {
		t.Errorf("exit status %d:\n%.4000s", status, said)
	}
	ginkgo.Lock()
	defer ginkgo.Unlock()
	status, said = s.run(t, at("bearer.yaml"), "go", "tool", "ginkgo", "-v", "--procs=2", "--label-filter=area: containsAny {jit, deactivation}",
		"--output-dir="+out, "--json-report=parallel.json", "--junit-report=parallel.xml", "--teamcity-report=parallel.txt", "./suites")
	if status != 1 || strings.Count(said, "[FAILED]") < 20 {
		t.Errorf("exit status %d:\n%.4000s", status, said)
	}
	status, said = s.run(t, at("wrong.yaml"), "go", "test", "-v", "-count=1", "./suites", "-args", "-ginkgo.vv", "-ginkgo.label-filter=area:tracking")
	if status != 1 || !strings.Contains(said, "401 Unauthorized") {
		t.Errorf("exit status %d:\n%.4000s", status, said)
	}
	s.dir = here
	s.leaks(t)
}

// telling chooses specs in which every kind of secret goes over the wire, about a quarter
// of all.
const telling = "!(area: containsAny {scim, saml, okta, entra}) || area: containsAny {scim.auth, scim.bulk, saml.rpl, saml.slo, okta.password}"

// verify judges the product with each kind of credentials.
func (s *sandbox) verify(t *testing.T) {
	everything := func(name string) []string {
		return []string{"--json", "out/" + name + ".json", "--junit", "out/" + name + ".xml", "--html", "out/" + name + ".html", "--markdown", "out/" + name + ".md"}
	}
	status, said := s.run(t, nil, "rollcall", append([]string{"verify", "--target", "bearer.yaml", "--procs", "2", "--label-filter", telling}, everything("bearer")...)...)
	if failed := strings.Count(said, "exchange:"); status == 0 || failed < 50 {
		t.Errorf("exit status %d, and %d specs show what went over the wire:\n%.4000s", status, failed, said)
	}
	for _, name := range []string{"raw", "basic", "header", "oauth2"} {
		status, said := s.run(t, nil, "rollcall", append([]string{"verify", "--target", name + ".yaml", "--label-filter", "area: containsAny {tracking, setup}"}, everything(name)...)...)
		if status == 0 || !strings.Contains(said, "exchange:") {
			t.Errorf("%s: exit status %d:\n%.2000s\n%s", name, status, said, s.outputs["stderr"])
		}
	}
}

// commands runs what else meets secrets.
func (s *sandbox) commands(t *testing.T) {
	for _, format := range []string{"html", "junit", "markdown", "console", "json"} {
		if status, said := s.run(t, nil, "rollcall", "report", "convert", "--format", format, "out/bearer.json"); status != 0 || len(said) < 10_000 {
			t.Errorf("%s: exit status %d, %d bytes", format, status, len(said))
		}
	}
	s.run(t, nil, "rollcall", "report", "diff", "out/bearer.json", "out/raw.json")
	s.run(t, nil, "rollcall", "sweep", "--dry-run")
	s.run(t, nil, "rollcall", "sweep", "--target", "bearer.yaml")
	for _, name := range []string{"bearer", "raw", "basic", "oauth2"} {
		s.run(t, nil, "rollcall", "doctor", "--target", name+".yaml")
	}
	s.run(t, nil, "rollcall", "doctor", "--target", "bearer.yaml", "--json")
	for range 3 { // it breaks in turn
		s.run(t, nil, "rollcall", "probe", "check", "--target", "bearer.yaml")
		s.run(t, nil, "rollcall", "probe", "check", "--target", "raw.yaml", "--json")
	}
	s.run(t, nil, "rollcall", "init", "--scim-url", s.product.product.Target.Connections[0].SCIM.BaseURL, "--scim-token-env", "ACME_BEARER", "--sp-metadata", s.product.product.Target.Connections[0].SAML.Metadata, "--output", "out/made.yaml")
	s.run(t, nil, "rollcall", "init", "--scim-url", s.product.product.Target.Connections[0].SCIM.BaseURL, "--scim-token-env", "ACME_HEADER", "--output", "out/refused.yaml")
	s.identity(t)
	s.run(t, nil, "rollcall", "profile", "show", "two-layer")
}

// identity makes keys, uses them and makes new ones. The keys themselves are planted.
func (s *sandbox) identity(t *testing.T) {
	for _, step := range []string{"init", "rotate"} {
		s.run(t, nil, "rollcall", "idp", step, "idp")
		s.run(t, nil, "rollcall", "idp", "metadata", "idp")
		files, err := filepath.Glob(filepath.Join(s.dir, "idp", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && bytes.Contains(text, []byte("PRIVATE KEY-----")) {
				s.planted = append(s.planted, string(text))
			}
		}
	}
	if last := s.planted[len(s.planted)-1]; !strings.HasPrefix(last, "-----BEGIN") {
		t.Error("no key was made")
	}
	s.target(t, "kept.yaml", "{bearer: {env: ACME_BEARER}}", "idp: idp")
	s.run(t, nil, "rollcall", "verify", "--target", "kept.yaml", "--only", "jit.*")
}

// failures runs what cannot be run: files that are wrong, and a product that lets
// nobody in and says whom it kept out.
func (s *sandbox) failures(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told := dump(r, body)
		switch r.Header.Get("X-Way") {
		case "page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><title>"+told+"</title>"+page(told, r))
		case "away":
			w.Header().Set("Location", "https://sso.acme.test/"+plantedHeader+"/login?token="+plantedHeader)
			w.WriteHeader(http.StatusFound)
		case "type":
			w.Header().Set("Content-Type", "text/"+r.Header.Get("X-Api-Key"))
			_, _ = io.WriteString(w, told)
		default:
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, told)
		}
	}))
	t.Cleanup(refusing.Close)
	for _, way := range []string{"shut", "page", "away", "type"} {
		auth := "{bearer: {env: ACME_BEARER}, headers: {X-Api-Key: {env: ACME_HEADER}, X-Way: {env: WAY}}}"
		s.write(t, way+".yaml", fmt.Sprintf("version: 1\nconnections: [{scim: {base_url: %s, auth: %s}}]\n", refusing.URL, auth))
		for _, args := range [][]string{{"verify", "--target", way + ".yaml"}, {"doctor", "--target", way + ".yaml"}} {
			if status, _ := s.run(t, []string{"WAY=" + way}, "rollcall", args...); status == 0 {
				t.Errorf("%s with %v: exit status %d", way, args, status)
			}
		}
	}
	for name, auth := range map[string]string{
		"literal":  "{bearer: " + plantedBearer + "}",
		"literal2": "{basic: {user: acme, password: " + plantedClient + "}}",
		"literal3": "{headers: {X-Api-Key: '" + plantedHeader + "'}}",
		"literal4": "{bearer: {env: ACME_BEARER}, token: " + plantedBearer + "}",
	} {
		s.target(t, name+".yaml", auth, "")
		if status, _ := s.run(t, nil, "rollcall", "verify", "--target", name+".yaml"); status != 2 {
			t.Errorf("%s: exit status %d", name, status)
		}
	}
	s.run(t, nil, "rollcall", "verify", "--target", `{"name": "x", "connections": [{"scim": {"base_url": "nowhere", "token": "`+plantedBearer+`"}}]}`)
}

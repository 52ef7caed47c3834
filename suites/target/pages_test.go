package target_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/kept"
	"rollcall.example/suites/target"
)

// page is a page of the documentation that shows target files and parts of them.
func page(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// inComment are the examples in a doc comment, each as it is written.
func inComment(text string) []string {
	var all []string
	example := ""
	for line := range strings.Lines(text) {
		code, isCode := strings.CutPrefix(line, "//\t")
		switch {
		case isCode:
			example += code
		case line == "//\n" && example != "":
			example += "\n"
		case example != "":
			all, example = append(all, example), ""
		}
	}
	return all
}

// inPage are the blocks of a page in a language.
func inPage(text, language string) []string {
	var all []string
	for _, found := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	return all
}

// home is a directory with the files that the examples speak of, and the environment.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"ACME_SCIM_TOKEN", "ACME_PROBE_TOKEN", "ACME_CLIENT_SECRET", "ACME_TENANT_KEY", "ACME_ADMIN_TOKEN", "OTHER_USER", "ACME_DATABASE"} {
		t.Setenv(name, "value-of-"+name)
	}
	for name, from := range map[string]string{"ca.pem": "server.pem", "client.pem": "client.pem", "client.key": "client.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(page(t, "testdata/good/"+from)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"other.password", "probe.token"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("secret-in-a-file\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := kept.Init(filepath.Join(dir, "idp"), kept.Names{Subdomain: "acme", App: "Acme CI", BaseURL: "https://acme.okta.test"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return dir
}

// Every target file that the documentation shows loads as it stands.
func TestShownTargetFilesLoad(t *testing.T) {
	files := slices.Concat(inComment(page(t, "doc.go")), inPage(page(t, "../../README.md"), "yaml"))
	files = slices.DeleteFunc(files, func(text string) bool { return !strings.Contains(text, "version: 1\n") })
	if len(files) != 3 {
		t.Fatalf("the documentation shows %d target files; it had 3", len(files))
	}
	dir := home(t)
	for _, text := range files {
		if _, err := target.Read(context.Background(), []byte(text), dir); err != nil {
			t.Errorf("%s\n%s", text, told(err))
		}
	}
}

// Every key of a target file stands in the example of nearly everything, but for those of
// the kinds of probe, which have a page of their own.
func TestShownTargetFilesHaveEveryKey(t *testing.T) {
	t.Parallel()
	shown := page(t, "doc.go")
	for _, part := range []any{
		target.SCIM{}, target.Auth{}, target.Basic{}, target.OAuth2{}, target.SAML{}, target.SignedIn{}, target.ByWhoAmI{}, target.ByStatus{},
		target.ByRedirect{}, target.ByCookie{}, target.ByText{}, target.Doors{}, target.Team{}, target.Network{}, target.ClientCertificate{},
		target.ProbeConfig{}, target.ProbeAddress{},
	} {
		kind := reflect.TypeOf(part)
		for i := range kind.NumField() {
			key, _, _ := strings.Cut(kind.Field(i).Tag.Get("yaml"), ",")
			if key == "" || key == "-" {
				continue
			}
			if !regexp.MustCompile("(^|[^a-z_])" + key + "([^a-z_]|$)").MatchString(shown) {
				t.Errorf("%s: no page says a word of %q", kind, key)
			}
		}
	}
}

// Each way to tell who is signed in loads.
func TestShownWaysToTellWhoIsIn(t *testing.T) {
	var ways []string
	for _, example := range inComment(page(t, "doc.go")) {
		for line := range strings.Lines(example) {
			if strings.HasPrefix(line, "signed_in:") {
				ways = append(ways, line)
			}
		}
	}
	if len(ways) != 5 {
		t.Fatalf("the documentation shows %d ways; it had 5", len(ways))
	}
	for _, way := range ways {
		text := "version: 1\nconnections:\n  - saml:\n      entity_id: urn:acme\n      acs: http://127.0.0.1/acs\n      idp_initiated: true\n      " + way
		if _, err := target.Read(context.Background(), []byte(text), t.TempDir()); err != nil {
			t.Errorf("%s\n%s", way, told(err))
		}
	}
}

var hansAccount = []target.Account{{ID: "u1", Email: "han@acme.test", Name: "Han Solo"}}

// The request and the answers on the page about probes are of the contract.
func TestShownContract(t *testing.T) {
	examples := inPage(page(t, "../../fixtures/probe/README.md"), "json")
	if len(examples) != 3 {
		t.Fatalf("the page shows %d messages; it had 3", len(examples))
	}
	token := "value-of-ACME_PROBE_TOKEN"
	var asked map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer "+token:
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodGet:
			_, _ = w.Write([]byte(examples[0]))
		default:
			_ = json.NewDecoder(r.Body).Decode(&asked)
			_, _ = w.Write([]byte(examples[2]))
		}
	}))
	defer server.Close()
	t.Setenv("ACME_PROBE_TOKEN", token)
	section := strings.Replace(inPage(page(t, "../../fixtures/probe/README.md"), "yaml")[0], "https://acme.test/rollcall", server.URL, 1)
	read, err := target.Read(context.Background(), []byte("version: 1\nconnections: [{scim: {base_url: http://127.0.0.1/scim, auth: {bearer: {env: ACME_PROBE_TOKEN}}}}]\n"+section), t.TempDir())
	if err != nil {
		t.Fatal(told(err))
	}
	live, err := target.Open(read)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	probe := live.Probe()
	features, err := probe.Features(context.Background())
	if err != nil || !slices.Equal(features, []string{target.LookAccounts, target.LookMemberships, target.LookSeats}) {
		t.Errorf("%v, %v", features, err)
	}
	view, err := probe.Look(context.Background(), "acme", target.Identifiers{Emails: []string{"han@acme.test"}, UserNames: []string{"han@acme.test"}})
	if err != nil || !reflect.DeepEqual(view.Accounts, hansAccount) || len(view.Memberships) != 1 || len(view.OpenSeats()) != 1 || view.Sessions != nil {
		t.Errorf("%+v, %v", view, err)
	}
	var shown map[string]any
	if err := json.Unmarshal([]byte(examples[1]), &shown); err != nil {
		t.Fatal(err)
	}
	if asked["organization"] != shown["organization"] {
		t.Errorf("asked %v; the page shows %v", asked, shown)
	}
	said, _ := asked["identifiers"].(map[string]any)
	for kind, want := range shown["identifiers"].(map[string]any) {
		if !reflect.DeepEqual(said[kind], want) {
			t.Errorf("%s: asked %v; the page shows %v", kind, said[kind], want)
		}
	}
}

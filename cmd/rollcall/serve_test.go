package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// serving is a rollcall serve in a process of its own.
type serving struct {
	readiness
	file    string // where it says that it is ready
	command *exec.Cmd
	stdout  bytes.Buffer
	stderr  bytes.Buffer
	stopped bool
}

func serve(t *testing.T, flags ...string) *serving {
	t.Helper()
	s := launch(t, flags...)
	s.wait(t)
	return s
}

// launch starts one without waiting for it.
func launch(t *testing.T, flags ...string) *serving {
	t.Helper()
	s := &serving{file: filepath.Join(t.TempDir(), "ready.json")}
	s.command = exec.Command("rollcall", append([]string{"serve", "--ready-file", s.file}, flags...)...)
	s.command.Stdout, s.command.Stderr = &s.stdout, &s.stderr
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	return s
}

// wait waits until it is ready.
func (s *serving) wait(t *testing.T) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(s.file)
		if err == nil {
			if err := json.Unmarshal(text, &s.readiness); err != nil {
				t.Fatalf("the ready file: %v\n%s", err, text)
			}
			if info, err := os.Stat(s.file); err != nil || info.Mode().Perm() != 0o600 {
				t.Fatalf("the ready file, which has tokens, can be read by others: %v, %v", info, err)
			}
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not ready after 20 seconds; stderr: %s", &s.stderr)
		}
	}
}

// stop interrupts it, as Ctrl-C does, and holds it to a clean end.
func (s *serving) stop(t *testing.T) {
	t.Helper()
	if s.stopped {
		return
	}
	s.stopped = true
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.command.Wait(); err != nil {
		t.Errorf("serve ended with %v; stderr: %s", err, &s.stderr)
	}
}

func TestServeAnswersWhereItSays(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, address := range map[string]string{
		"service provider metadata":  s.SPMetadataURL,
		"identity provider metadata": s.IdPMetadataURL,
		"the fake Okta":              s.IdPURL,
		"sign-in":                    s.SignInURL,
	} {
		if status, _ := get(t, http.DefaultClient, address, ""); status != http.StatusOK {
			t.Errorf("%s at %s answered %d", name, address, status)
		}
	}
	if status, body := get(t, http.DefaultClient, s.SCIMBaseURL+"/Users", s.SCIMToken); status != http.StatusOK || !strings.Contains(body, "han.solo@rebels.test") {
		t.Errorf("the users answered %d: %s", status, body)
	}
	if status, _ := get(t, http.DefaultClient, s.ProbeURL, s.ProbeToken); status != http.StatusOK {
		t.Errorf("the probe answered %d", status)
	}
	s.stop(t)
	for _, secret := range []string{s.SCIMToken, s.ProbeToken, s.OktaAPIToken} {
		if strings.Contains(s.stdout.String()+s.stderr.String(), secret) {
			t.Error("the terminal shows a token")
		}
	}
}

// A person of the seeded company signs in as a browser would, page by page.
func TestServeSignsAPersonIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	_, choose := get(t, browser, s.SignInURL, "")
	form := formWith(t, choose, "Leia Organa")
	answer := post(t, browser, s.IdPURL, s.IdPURL+"/signin", form)
	landed := post(t, browser, s.IdPURL, s.ACSURL, formWith(t, answer, "SAMLResponse"))
	if !strings.Contains(landed, "Leia Organa") {
		t.Errorf("after the sign-in: %s", landed)
	}
}

func TestServeKeepsItsData(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string]func(t *testing.T) []string{
		"in a file":     func(t *testing.T) []string { return []string{"--data", filepath.Join(t.TempDir(), "rollcall.db")} },
		"in a database": func(t *testing.T) []string { return []string{"--store", database(t).URL()} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keepsItsData(t, flags(t)...)
		})
	}
}

func keepsItsData(t *testing.T, flags ...string) {
	t.Helper()
	first := serve(t, flags...)
	_, before := get(t, http.DefaultClient, first.SCIMBaseURL+"/Users", first.SCIMToken)
	first.stop(t)
	second := serve(t, flags...)
	if second.SCIMToken != first.SCIMToken {
		t.Error("the token changed")
	}
	_, after := get(t, http.DefaultClient, second.SCIMBaseURL+"/Users", second.SCIMToken)
	ids := regexp.MustCompile(`"id":"[^"]+"`)
	if a, b := ids.FindAllString(before, -1), ids.FindAllString(after, -1); len(a) == 0 || strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("the records were %v and are %v", a, b)
	}
}

func TestServeRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	if err := os.WriteFile(garbage, []byte("this is no database, whatever its name says"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flags []string
		says  string
	}{
		"port in use":      {[]string{"--listen", taken.Addr().String()}, "nothing can be served at " + taken.Addr().String() + ": address already in use"},
		"Okta's in use":    {[]string{"--okta-listen", taken.Addr().String()}, "nothing can be served at " + taken.Addr().String() + ": address already in use"},
		"nowhere":          {[]string{"--listen", "nowhere"}, "nowhere"},
		"unknown defect":   {[]string{"--defect", "seat-at-craete"}, "seat-at-create"},
		"garbage data":     {[]string{"--data", garbage}, "garbage.db"},
		"data is a folder": {[]string{"--data", t.TempDir()}, "directory"},
		"no address":       {[]string{"--store", "rollcall.db:" + databasePassword}, "postgres://user@host"},
		"a bad address":    {[]string{"--store", "postgres://han:" + databasePassword + "@localhost:port/db"}, "postgres://user@host"},
		"nobody listens":   {[]string{"--store", "postgres://han:" + databasePassword + "@127.0.0.1:1/db"}, "cannot be reached"},
		"two stores":       {[]string{"--store", "postgres://localhost/db", "--data", "rollcall.db"}, "give one of them"},
		"no such folder":   {[]string{"--ready-file", filepath.Join(garbage, "ready.json")}, "ready-file"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			command := exec.CommandContext(ctx, "rollcall", append([]string{"serve"}, c.flags...)...)
			var stdout, stderr bytes.Buffer
			command.Stdout, command.Stderr = &stdout, &stderr
			var exited *exec.ExitError
			if err := command.Run(); !errors.As(err, &exited) || exited.ExitCode() != 2 {
				t.Errorf("ended with %v, want exit status 2", err)
			}
			said, _, _ := strings.Cut(stderr.String(), "\nhint: ")
			if !strings.HasPrefix(said, "rollcall: ") || strings.Count(strings.TrimSpace(said), "\n") > 0 || !strings.Contains(stderr.String(), c.says) {
				t.Errorf("stderr: %q, want one line with %q", stderr.String(), c.says)
			}
			if strings.Contains(stderr.String(), databasePassword) {
				t.Errorf("stderr shows the password: %s", &stderr)
			}
			if stdout.Len() > 0 {
				t.Errorf("stdout: %s", &stdout)
			}
		})
	}
	if text, err := os.ReadFile(garbage); err != nil || !strings.HasPrefix(string(text), "this is no database") {
		t.Errorf("the garbage was touched: %q, %v", text, err)
	}
}

func TestServeLeavesNewerDataAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rollcall.db")
	serve(t, "--data", file).stop(t)
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("rollcall", "serve", "--data", file).CombinedOutput()
	var exited *exec.ExitError
	if !errors.As(err, &exited) || exited.ExitCode() != 2 || !strings.Contains(string(said), "newer") {
		t.Errorf("ended with %v: %s", err, said)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file was touched, or %v", err)
	}
}

func get(t *testing.T, client *http.Client, address, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return do(t, client, request)
}

func post(t *testing.T, client *http.Client, origin, address string, form url.Values) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", origin)
	status, body := do(t, client, request)
	if status != http.StatusOK {
		t.Fatalf("POST %s answered %d: %s", address, status, body)
	}
	return body
}

func do(t *testing.T, client *http.Client, request *http.Request) (int, string) {
	t.Helper()
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

var (
	hiddenField = regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"`)
	hiddenFirst = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
	namedButton = regexp.MustCompile(`<button name="([^"]+)" value="([^"]+)"[^>]*>\s*<span[^>]*>[^<]*</span><span>([^<]*)<`)
)

// formWith is what a browser sends of the page's form: its hidden fields and the
// button that shows the text. A text that no button shows must be a field's name.
func formWith(t *testing.T, page, shown string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, input := range hiddenFirst.FindAllString(page, -1) {
		if field := hiddenField.FindStringSubmatch(input); field != nil {
			form.Set(field[1], html.UnescapeString(field[2]))
		}
	}
	for _, button := range namedButton.FindAllStringSubmatch(page, -1) {
		if strings.Contains(button[3], shown) {
			form.Set(button[1], button[2])
			return form
		}
	}
	if !form.Has(shown) {
		t.Fatalf("the page has neither a button nor a field %q: %s", shown, page)
	}
	return form
}

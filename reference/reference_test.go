package reference_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// variation is a defect made of a func.
type variation func(*reference.Parts)

func (v variation) Install(p *reference.Parts) { v(p) }

func TestAPanicIsAPlainPage(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	panicking := variation(func(p *reference.Parts) {
		p.Edge = append(p.Edge, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the cause") })
		})
	})
	app, err := reference.New(t.Context(), reference.Options{Logger: textLogger(&log)}, reference.With(panicking))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/api/v1/me": "application/json"} {
		answer := httptest.NewRecorder()
		app.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code != http.StatusInternalServerError || answer.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Header())
		}
		if strings.Contains(answer.Body.String(), "the cause") || strings.Contains(answer.Body.String(), "goroutine") {
			t.Errorf("%s: the answer tells of the inside: %s", path, answer.Body)
		}
	}
	if !strings.Contains(log.String(), "the cause") {
		t.Error("the log does not tell the cause")
	}
}

func TestAPanicInTheMidstOfAnAnswerHangsUp(t *testing.T) {
	t.Parallel()
	late := variation(func(p *reference.Parts) {
		p.Edge = append(p.Edge, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("half"))
				panic("too late")
			})
		})
	})
	app, err := reference.New(t.Context(), reference.Options{}, reference.With(late))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	defer func() {
		if caught, _ := recover().(error); !errors.Is(caught, http.ErrAbortHandler) {
			t.Errorf("caught %v, want that the connection is dropped", caught)
		}
	}()
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

// TestPartsReachTheApp varies each part once and sees the difference from outside.
func TestPartsReachTheApp(t *testing.T) {
	t.Parallel()
	var around []string
	var stored int
	note := func(name string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				around = append(around, name)
				next.ServeHTTP(w, r)
			})
		}
	}
	w := newWorld(t, reference.With(variation(func(p *reference.Parts) {
		p.Edge = append(p.Edge, note("inner"), note("outer"))
		p.Store = append(p.Store, func(s org.Store) org.Store { return counting{s, &stored} })
		p.Rules.JIT = "off"
		org.Without(&p.Events.Provision, "audit")
	})))
	around = nil
	w.probe("GET", "", nil, http.StatusOK, nil)
	if !slices.Equal(around, []string{"outer", "inner"}) {
		t.Errorf("the edge is passed as %v", around)
	}
	person := w.hire("Han", "Solo")
	w.assign(person)
	posting := w.response(person)
	if answer, _ := w.post(browser(), posting.ACS, postingForm(posting)); answer.StatusCode != http.StatusForbidden {
		t.Errorf("with jit off a first sign-in answers %d", answer.StatusCode)
	}
	if stored == 0 {
		t.Error("the store is not wrapped")
	}
	if w.logged("SCIM_RECORD_CREATED", "") {
		t.Error("a step that was taken out still runs")
	}
	honest := newWorld(t)
	honest.assign(honest.hire("Han", "Solo"))
	if !honest.logged("SCIM_RECORD_CREATED", "") {
		t.Error("one product's variation reached another")
	}
}

// counting counts the writing transactions.
type counting struct {
	org.Store
	n *int
}

func (c counting) Do(ctx context.Context, f func(org.Tx) error) error {
	*c.n++
	return c.Store.Do(ctx, f)
}

func TestMigrationsOfADefectRun(t *testing.T) {
	t.Parallel()
	broken := variation(func(p *reference.Parts) { p.Migrations = []string{"this is not SQL"} })
	app, err := reference.New(t.Context(), reference.Options{}, reference.With(broken))
	if err == nil {
		_ = app.Close()
		t.Fatal("SQL that cannot run is no error")
	}
}

func TestANamedFileOutlivesTheApp(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rollcall.db")
	first, err := reference.New(t.Context(), reference.Options{Data: file, BaseURL: "http://rollcall.test"})
	if err != nil {
		t.Fatal(err)
	}
	identity := newIdentity(t, "acme", "okta")
	provider, err := reference.NewProvider(org.Okta, org.Enabled, identity.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	made, err := first.Found(t.Context(), org.NewOrganization{Name: "Acme", Provider: provider, Founder: "leia@acme.test"})
	if err != nil {
		t.Fatal(err)
	}
	if made.Connection.SAML.ACS != "http://rollcall.test/login/sso/saml/consume?organization=acme" || made.Connection.SCIM.Token == "" {
		t.Errorf("the connection is %+v", made.Connection)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := reference.New(t.Context(), reference.Options{Data: file, BaseURL: "http://rollcall.test"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close() }()
	again, err := second.Connection(t.Context(), made.Organization.ID, "")
	if err != nil || again.SCIM.Token != made.Connection.SCIM.Token {
		t.Errorf("after reopening: %+v, %v", again, err)
	}
	if first.ProbeToken() == second.ProbeToken() || len(first.ProbeToken()) < 20 {
		t.Error("a probe token is guessable or shared")
	}
}

func TestWithoutABaseURLTheListenerCounts(t *testing.T) {
	t.Parallel()
	app, err := reference.New(t.Context(), reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	server := httptest.NewServer(app)
	defer server.Close()
	provider, err := reference.NewProvider(org.Okta, org.Enabled, newIdentity(t, "acme", "okta").Metadata())
	if err != nil {
		t.Fatal(err)
	}
	made, err := app.Found(t.Context(), org.NewOrganization{Name: "Acme", Provider: provider})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/sso/~/"+made.Provider.ID+"/saml/metadata", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "evil.example"
	w := &world{t: t}
	_, body := w.send(http.DefaultClient, request)
	if strings.Contains(string(body), "evil.example") || !strings.Contains(string(body), server.URL) {
		t.Errorf("the metadata believes the Host header: %s", body)
	}
}

// BenchmarkBoot is what a run of the self-test pays for a fresh product.
func BenchmarkBoot(b *testing.B) {
	for b.Loop() {
		app, err := reference.New(b.Context(), reference.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := app.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

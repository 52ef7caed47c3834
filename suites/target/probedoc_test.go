package target_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/suites/target"
)

// acmeCI is the product that the documentation of probes speaks of.
type acmeCI struct {
	mu      sync.Mutex
	members []acmeMember
}

type acmeUser struct {
	ID    int    `json:"id"`
	Email string `json:"email"`
	Name  string `json:"full_name"`
}

type acmeMember struct {
	ID      string           `json:"id"`
	User    acmeUser         `json:"user"`
	Admin   bool             `json:"is_admin"`
	Billed  bool             `json:"billed"`
	Created string           `json:"created_at"`
	Teams   []map[string]any `json:"teams"`
}

func openAcme(t *testing.T) *httptest.Server {
	t.Helper()
	product := &acmeCI{}
	for i, name := range []string{"founder", "han", "leia"} {
		product.members = append(product.members, acmeMember{
			ID: fmt.Sprintf("m%d", i), User: acmeUser{i + 1, name + "@x", name}, Admin: i == 0, Billed: i != 2,
			Created: "2026-01-05T09:00:00Z", Teams: []map[string]any{{"id": 7, "slug": "all", "lead": i == 0}},
		})
	}
	server := httptest.NewServer(product)
	t.Cleanup(server.Close)
	return server
}

func (a *acmeCI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id, isMember := strings.CutPrefix(r.URL.Path, "/api/members/")
	at := slices.IndexFunc(a.members, func(m acmeMember) bool { return m.ID == id })
	switch {
	case r.Header.Get("Authorization") != "Bearer "+adminToken:
		http.Error(w, `{"error": "who are you?"}`, http.StatusUnauthorized)
	case r.URL.Path == "/api/users":
		users := []acmeUser{}
		for _, m := range a.members {
			if m.User.Email == r.URL.Query().Get("email") {
				users = append(users, m.User)
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"users": users})
	case r.URL.Path == "/api/directory":
		entries := []map[string]any{}
		if email := r.URL.Query().Get("email"); email == "leia@x" || email == "luke@x" {
			entry := map[string]any{"id": "r-" + email, "user_name": email, "email": email, "active": true, "user_id": nil}
			if email == "leia@x" {
				entry["user_id"] = 3
			}
			entries = append(entries, entry)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"entries": entries})
	case r.URL.Path == "/api/members":
		a.list(w, r)
	case isMember && at > 0 && r.Method == http.MethodDelete:
		a.members = slices.Delete(a.members, at, at+1)
		w.WriteHeader(http.StatusNoContent)
	case isMember && at > 0 && r.Method == http.MethodPatch:
		_ = json.NewDecoder(r.Body).Decode(&a.members[at])
		w.WriteHeader(http.StatusNoContent)
	case isMember && at == 0:
		http.Error(w, `{"error": "the founder stays as they are"}`, http.StatusForbidden)
	default:
		http.NotFound(w, r)
	}
}

// list shows two members a page, or as many as are asked for.
func (a *acmeCI) list(w http.ResponseWriter, r *http.Request) {
	size, page := 2, 1
	_, _ = fmt.Sscan(r.URL.Query().Get("per_page"), &size)
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
	from := min((page-1)*size, len(a.members))
	to := min(from+size, len(a.members))
	answer := map[string]any{"members": a.members[from:to], "next_page": nil}
	if to < len(a.members) {
		answer["next_page"] = page + 1
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// examples are the indented passages of the documentation of ProbeConfig.
func examples(t *testing.T) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "probeconfig.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var doc string
	ast.Inspect(parsed, func(n ast.Node) bool {
		declared, ok := n.(*ast.GenDecl)
		if ok && strings.HasPrefix(declared.Doc.Text(), "ProbeConfig ") {
			doc = declared.Doc.Text()
		}
		return true
	})
	var all []string
	var passage []string
	for _, line := range append(strings.Split(doc, "\n"), "end") {
		switch code, indented := strings.CutPrefix(line, "\t"); {
		case indented:
			passage = append(passage, code)
		case line == "" && len(passage) > 0:
			passage = append(passage, "")
		case len(passage) > 0:
			all = append(all, strings.TrimSpace(strings.Join(passage, "\n"))+"\n")
			passage = nil
		}
	}
	return all
}

// example finds the one passage that begins so.
func example(t *testing.T, begins string) string {
	t.Helper()
	for _, passage := range examples(t) {
		if strings.HasPrefix(passage, begins) {
			return passage
		}
	}
	t.Fatalf("the documentation has no passage that begins with %q", begins)
	return ""
}

// open reads an example as part of a target file in dir, and readies its probe.
func open(t *testing.T, dir, passage string) target.Probe {
	t.Helper()
	text := "version: 1\nname: Acme CI\nconnections:\n  - organization: acme\n    scim: {base_url: https://acme.test/scim/v2, auth: {bearer: {env: ACME_ADMIN_TOKEN}}}\n" + passage
	read, err := target.Read(t.Context(), []byte(text), dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	read.Disposable = true // what this probe changes is not worth a ledger
	live, err := target.Open(read)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(live.Close)
	return live.Probe()
}

func TestTheDocumentedAddress(t *testing.T) {
	t.Setenv("ACME_ADMIN_TOKEN", adminToken)
	t.Setenv("ACME_PROBE_TOKEN", probeToken)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+probeToken && r.URL.Path == "/rollcall" {
			_, _ = w.Write([]byte(`{"version": 1, "features": ["look.accounts"]}`))
		}
	}))
	defer server.Close()
	p := open(t, t.TempDir(), strings.ReplaceAll(example(t, "probe:\n  http:"), "https://acme.test", server.URL))
	if features, err := p.Features(t.Context()); err != nil || !slices.Equal(features, []string{target.LookAccounts}) {
		t.Errorf("%v, %v", features, err)
	}
}

func TestTheDocumentedCommand(t *testing.T) {
	python := machine.Tool(t, "python3")
	t.Setenv("ACME_ADMIN_TOKEN", adminToken)
	t.Setenv("ACME_URL", openAcme(t).URL)
	t.Setenv("PATH", filepath.Dir(python)+string(os.PathListSeparator)+os.Getenv("PATH"))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "probe.py"), []byte(example(t, "import json")), 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t, dir, example(t, "probe:\n  exec:"))
	features, err := p.Features(t.Context())
	if err != nil || !slices.Equal(features, []string{target.LookAccounts, target.LookMemberships}) {
		t.Fatalf("%v, %v", features, err)
	}
	for name, who := range map[string]target.Identifiers{"by address": {Emails: []string{"leia@x"}}, "by account": {AccountIDs: []string{"3"}}} {
		view, err := p.Look(t.Context(), "acme", who)
		want := []target.Membership{{ID: "m2", AccountID: "3", Role: "member"}}
		if err != nil || len(view.Accounts) != 1 || view.Accounts[0].ID != "3" || !reflect.DeepEqual(view.Memberships, want) || view.Seats != nil {
			t.Errorf("%s: %+v, %v", name, view, err)
		}
	}
	nobody, err := p.Look(t.Context(), "acme", target.Identifiers{Emails: []string{"nobody@x"}, AccountIDs: []string{"no-such-account"}})
	if err != nil || nobody.Accounts == nil || len(nobody.Accounts)+len(nobody.Memberships) != 0 {
		t.Errorf("nobody: %+v, %v", nobody, err)
	}
}

func TestTheDocumentedMapping(t *testing.T) {
	t.Setenv("ACME_ADMIN_TOKEN", adminToken)
	p := open(t, t.TempDir(), strings.ReplaceAll(example(t, "probe:\n  map:"), "https://acme.test", openAcme(t).URL))
	features, err := p.Features(t.Context())
	if err != nil || !slices.Equal(features, []string{target.LookRecords, target.LookAccounts, target.LookMemberships, target.LookSeats, target.ArrangeAdmin, target.ArrangeRemoval}) {
		t.Errorf("%v, %v", features, err)
	}
	look := func(email string) target.View {
		t.Helper()
		view, err := p.Look(t.Context(), "acme", target.Identifiers{Emails: []string{email}})
		if err != nil {
			t.Fatal(err)
		}
		return view
	}
	arranger := p.(target.Arranger)
	if err := arranger.SetRole(t.Context(), "acme", "3", "admin", ""); err != nil {
		t.Error(err)
	}
	want := target.View{
		Records:  []target.Record{{ID: "r-leia@x", UserName: "leia@x", Email: "leia@x", Active: true, AccountID: "3"}},
		Accounts: []target.Account{{ID: "3", Email: "leia@x", Name: "leia"}},
		Memberships: []target.Membership{{ID: "m2", AccountID: "3", Role: "admin", Teams: []target.TeamPlace{
			{ID: "7", Slug: "all", Role: "member"},
		}}},
		Seats: []target.Seat{},
	}
	if got := look("leia@x"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if luke := look("luke@x"); len(luke.Accounts) > 0 || len(luke.Records) != 1 || luke.Records[0].AccountID != "" {
		t.Errorf("who is tracked and has no account: %+v", luke)
	}
	if got := look("han@x").Seats; !reflect.DeepEqual(got, []target.Seat{{ID: "m1", AccountID: "2", Started: joined}}) {
		t.Errorf("seats: %+v", got)
	}
	if err := arranger.Remove(t.Context(), "acme", "2"); err != nil || len(look("han@x").Memberships) != 0 {
		t.Errorf("%v, %+v", err, look("han@x"))
	}
	var refusal *target.Refusal
	if err := arranger.Remove(t.Context(), "acme", "1"); !errors.As(err, &refusal) || refusal.Status != http.StatusForbidden {
		t.Errorf("the founder: %v", err)
	}
}

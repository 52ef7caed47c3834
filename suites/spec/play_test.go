package spec

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target"
)

// play lets Ginkgo run one section against a target, in this process, and returns
// what it reports of each spec, by its text.
func play(t *testing.T, at target.Target, body func(*Okta, *Product)) map[string]types.SpecReport {
	t.Helper()
	furnish(t)
	kept, printed := sections, formatter.ColorableStdOut
	defer func() { sections, formatter.ColorableStdOut = kept, printed }()
	sections, formatter.ColorableStdOut = nil, io.Discard
	Section("A door", body)

	globals.Reset()
	defer globals.Reset()
	gomega.RegisterFailHandler(ginkgo.Fail)
	Register(func() target.Target { return at })
	ran := map[string]types.SpecReport{}
	ginkgo.ReportAfterSuite("keeping the report", func(r types.Report) {
		for _, s := range r.SpecReports {
			if s.LeafNodeType.Is(types.NodeTypeIt) {
				ran[strings.TrimPrefix(s.FullText(), "A door ")] = s
			}
		}
	})
	config, reporting := ginkgo.GinkgoConfiguration()
	config.FailOnEmpty = true
	reporting.NoColor = true
	ginkgo.RunSpecs(&suite{}, "A house", config, reporting)
	return ran
}

// suite is what Ginkgo wants in the place of a *testing.T, which a spec that fails on
// purpose must not fail.
type suite struct{ failed bool }

func (s *suite) Fail() { s.failed = true }

// houseOf is a target that declares what the house needs, at an address where
// nobody answers.
func houseOf(t *testing.T) target.Target {
	t.Helper()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	return target.Target{
		Name: "a house",
		Connections: []target.Connection{{
			Organization: "o1",
			SCIM:         target.SCIM{BaseURL: gone.URL + "/scim", Token: "scim-secret-4711"},
			Okta:         target.Okta{Subdomain: "house", App: "House", Key: "okta", Created: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)},
		}},
		Profile:  fixtures.Profile{Name: "house", Keys: map[string]any{"paint": "red"}},
		Dialects: []string{"oin", "aiw", "oin-patch-user"},
		Features: []string{target.SCIMUsers, target.LookRecords},
		// It is gone with the test. Where it is not, a spec clears away after itself.
		Disposable: true,
	}
}

// registrar is a product that keeps records over SCIM, as little of it as Okta's
// assignment of a person asks for. One that is full refuses everybody new.
type registrar struct {
	full bool
	mu   sync.Mutex
	kept []map[string]any
}

// start serves the registrar and returns the house with it behind the door.
func (r *registrar) start(t *testing.T) target.Target {
	t.Helper()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	at := houseOf(t)
	at.Connections[0].SCIM.BaseURL = server.URL + "/scim"
	return at
}

// ServeHTTP answers as a SCIM endpoint for users does.
func (r *registrar) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w.Header().Set("Content-Type", "application/scim+json")
	switch {
	case request.Method == http.MethodGet:
		found := []map[string]any{}
		for _, user := range r.kept {
			if strings.Contains(request.URL.Query().Get("filter"), fmt.Sprintf("%q", user["userName"])) {
				found = append(found, user)
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"totalResults": len(found), "Resources": found})
	case r.full:
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","detail":"the house is full"}`)
	default:
		var user map[string]any
		_ = json.NewDecoder(request.Body).Decode(&user)
		user["id"] = fmt.Sprintf("r%d", len(r.kept)+1)
		r.kept = append(r.kept, user)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(user)
	}
}

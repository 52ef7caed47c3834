package load_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/suites/load"
	"rollcall.example/suites/target"
)

// product is a small SCIM server with users and groups, as a test wants it.
type product struct {
	mu     sync.Mutex
	things map[string]map[string]any // by collection/id
	made   int
	log    []string
	// before answers a request in place of the product; false leaves it to the product.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func newProduct(t *testing.T) (*product, target.Target) {
	t.Helper()
	p := &product{things: map[string]map[string]any{}}
	return p, targetAt(t, p)
}

// targetAt is a target at which the handler answers.
func targetAt(t *testing.T, handler http.Handler) target.Target {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	profile, err := fixtures.ReadProfile("two-layer")
	if err != nil {
		t.Fatal(err)
	}
	return target.Target{
		Name:        "a small product",
		Connections: []target.Connection{{SCIM: target.SCIM{BaseURL: server.URL + "/scim/v2", Token: "a-token"}}},
		Profile:     profile, Features: []string{target.SCIMUsers, target.SCIMPatch, target.SCIMDelete},
	}
}

// options are those of a small run with a ledger of its own.
func options(t *testing.T, at target.Target) load.Options {
	t.Helper()
	return load.Options{Target: at, People: 20, Concurrency: 4, Ledger: filepath.Join(t.TempDir(), "ledger.jsonl")}
}

func (p *product) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.before != nil && p.before(w, r) {
		return
	}
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	below := strings.TrimPrefix(r.URL.Path, "/scim/v2/")
	p.log = append(p.log, r.Method+" "+below)
	collection, id, _ := strings.Cut(below, "/")
	switch {
	case r.Header.Get("Authorization") != "Bearer a-token":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodPost:
		p.make(w, collection, body)
	case id == "":
		p.list(w, collection, r.URL.Query().Get("filter"))
	case p.things[below] == nil:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodDelete:
		delete(p.things, below)
		w.WriteHeader(http.StatusNoContent)
	default:
		p.change(w, r.Method, below, body)
	}
}

func (p *product) make(w http.ResponseWriter, collection string, body []byte) {
	var thing map[string]any
	if json.Unmarshal(body, &thing) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.made++
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", p.made)
	if p.made%2 == 0 {
		id = "id-" + strconv.Itoa(p.made) // not all products use UUIDs
	}
	thing["id"] = id
	delete(thing, "password")
	p.things[collection+"/"+id] = thing
	reply(w, http.StatusCreated, thing)
}

var quoted = regexp.MustCompile(`^(userName|displayName) eq "(.*)"$`)

func (p *product) list(w http.ResponseWriter, collection, filter string) {
	found := []any{}
	asked := quoted.FindStringSubmatch(filter)
	for at, thing := range p.things {
		if strings.HasPrefix(at, collection+"/") && (asked == nil || thing[asked[1]] == asked[2]) {
			found = append(found, thing)
		}
	}
	reply(w, http.StatusOK, map[string]any{"totalResults": len(found), "startIndex": 1, "itemsPerPage": len(found), "Resources": found})
}

func (p *product) change(w http.ResponseWriter, method, at string, body []byte) {
	thing := p.things[at]
	switch method {
	case http.MethodPut:
		id := thing["id"]
		thing = map[string]any{}
		_ = json.Unmarshal(body, &thing) // a test sends what can be read
		thing["id"] = id
	case http.MethodPatch:
		var patch struct {
			Operations []struct {
				Op, Path string
				Value    any
			}
		}
		_ = json.Unmarshal(body, &patch)
		for _, o := range patch.Operations {
			apply(thing, o.Op, o.Path, o.Value)
		}
	}
	p.things[at] = thing
	reply(w, http.StatusOK, thing)
}

func apply(thing map[string]any, op, path string, value any) {
	members, _ := thing["members"].([]any)
	switch {
	case path == "members":
		thing["members"] = append(members, value.([]any)...)
	case op == "remove":
		thing["members"] = slices.DeleteFunc(members, func(m any) bool {
			return path == fmt.Sprintf("members[value eq %q]", m.(map[string]any)["value"])
		})
	default:
		for name, to := range value.(map[string]any) {
			thing[name] = to
		}
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/scim+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// count is how many requests began so.
func (p *product) count(prefix string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.log {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

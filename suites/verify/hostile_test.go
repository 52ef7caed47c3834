package verify_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// town is a product in which people live already, and which mixes newcomers up with
// them in one way or another. It serves as much of SCIM as Okta asks for.
type town struct {
	mixUp mixUp

	mu      sync.Mutex
	people  map[string]map[string]any // by id
	next    int
	touched []string // requests that would have changed somebody who lived there
}

// mixUp is what a town does wrong.
type mixUp struct {
	creation func(t *town, made map[string]any) map[string]any // what a creation is answered with
	filter   bool                                              // the filter is not looked at
	reads    func(t *town, id string) map[string]any           // what is at an address; nil for as it is
}

func newTown(m mixUp) *town {
	t := &town{mixUp: m, people: map[string]map[string]any{}}
	for _, name := range []string{"ada", "grace", "linus"} {
		t.next++
		id := fmt.Sprint(t.next)
		t.people[id] = map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": id, "userName": name + "@acme.test", "active": true}
	}
	return t
}

func (t *town) lives(id string) bool {
	who, ok := t.people[id]
	return ok && strings.HasSuffix(fmt.Sprint(who["userName"]), "@acme.test")
}

var asked = regexp.MustCompile(`^userName eq "(.*)"$`)

func (t *town) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w.Header().Set("Content-Type", "application/scim+json")
	id := strings.Trim(strings.TrimPrefix(r.URL.Path, "/scim/v2/Users"), "/")
	var body map[string]any
	text, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(text, &body); err != nil && len(text) > 0 || !t.makesSense(r.Method, body) {
		answer(w, http.StatusBadRequest, map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "400"})
		return
	}
	switch {
	case r.Method == http.MethodGet && id == "":
		t.list(w, r.URL.Query().Get("filter"))
	case r.Method == http.MethodPost && id == "":
		t.next++
		made := maps.Clone(body)
		made["id"] = fmt.Sprint(t.next)
		t.people[fmt.Sprint(t.next)] = made
		if t.mixUp.creation != nil {
			made = t.mixUp.creation(t, made)
		}
		answer(w, http.StatusCreated, made)
	case r.Method == http.MethodPost:
		answer(w, http.StatusMethodNotAllowed, map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "405"})
	case t.people[id] == nil:
		answer(w, http.StatusNotFound, map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "404"})
	case r.Method == http.MethodGet:
		shown := t.people[id]
		if t.mixUp.reads != nil {
			shown = t.mixUp.reads(t, id)
		}
		answer(w, http.StatusOK, shown)
	default:
		t.change(w, r.Method, id, body)
	}
}

// makesSense says whether a body can be done anything with: people have names.
func (t *town) makesSense(method string, body map[string]any) bool {
	switch method {
	case http.MethodPost, http.MethodPut:
		return named(body)
	case http.MethodPatch:
		operations, ok := body["Operations"].([]any)
		return ok && !slices.ContainsFunc(operations, func(o any) bool {
			_, ok := o.(map[string]any)
			return !ok
		})
	}
	return true
}

func (t *town) list(w http.ResponseWriter, filter string) {
	found := []any{}
	named := asked.FindStringSubmatch(filter)
	for n := 1; n <= t.next; n++ {
		who := t.people[fmt.Sprint(n)]
		if who != nil && (t.mixUp.filter || named == nil || strings.EqualFold(fmt.Sprint(who["userName"]), named[1])) {
			found = append(found, who)
		}
	}
	answer(w, http.StatusOK, map[string]any{"totalResults": len(found), "Resources": found})
}

func (t *town) change(w http.ResponseWriter, method, id string, body map[string]any) {
	if t.lives(id) {
		t.touched = append(t.touched, method+" "+id)
	}
	if method == http.MethodDelete {
		delete(t.people, id)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	changed := maps.Clone(t.people[id])
	if method == http.MethodPut {
		maps.Copy(changed, body)
	} else {
		for _, operation := range body["Operations"].([]any) {
			value := operation.(map[string]any)["value"]
			if path, ok := operation.(map[string]any)["path"].(string); ok {
				changed[path] = value
			} else if fields, ok := value.(map[string]any); ok {
				maps.Copy(changed, fields)
			}
		}
	}
	if !named(changed) {
		answer(w, http.StatusBadRequest, map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "400"})
		return
	}
	changed["id"], t.people[id] = id, changed
	answer(w, http.StatusOK, changed)
}

// named says whether somebody has a name.
func named(who map[string]any) bool {
	name, _ := who["userName"].(string)
	return strings.TrimSpace(name) != ""
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// census spells who lives in the town, and who else there is.
func (t *town) census() (living string, others int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for n := 1; n <= t.next; n++ {
		if id := fmt.Sprint(n); t.lives(id) {
			all = append(all, fmt.Sprintf("%s %v %v", id, t.people[id]["userName"], t.people[id]["active"]))
		} else if t.people[id] != nil {
			others++
		}
	}
	return strings.Join(all, "\n"), others
}

// A product that mixes newcomers up with who is there does not get anybody of those
// changed, whatever the specs and the clearing away after them ask for.
func TestNobodyElseIsTouched(t *testing.T) {
	first := func(t *town, _ map[string]any) map[string]any { return t.people["1"] }
	for i, c := range []struct {
		name  string
		mixUp mixUp
		clean bool // the product does nothing wrong: all of ours are gone afterwards
	}{
		{"nothing", mixUp{}, true},
		{"answers with somebody else", mixUp{creation: first}, false},
		{"answers with somebody else's id", mixUp{creation: func(_ *town, made map[string]any) map[string]any {
			made = maps.Clone(made)
			made["id"] = "1"
			return made
		}}, false},
		{"looks at no filter", mixUp{filter: true}, false},
		{"shows somebody else at every address", mixUp{reads: func(t *town, _ string) map[string]any { return t.people["2"] }}, false},
		{"shows nobody's name", mixUp{reads: func(_ *town, id string) map[string]any { return map[string]any{"id": id} }}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			town := newTown(c.mixUp)
			before, _ := town.census()
			r := town.visited(t, false, share(t, i, 3))
			after, others := town.census()
			if after != before || len(town.touched) > 0 {
				t.Errorf("touched: %v\nwas\n%s\nis\n%s", town.touched, before, after)
			}
			if r.Exit() == report.ExitConformant && !c.clean {
				t.Error("it is found conformant")
			}
			if c.clean && (r.Summary.Verdicts[report.Passed] == 0 || others > 0 || len(r.Left) > 0) {
				t.Errorf("%v; %d of ours are there still; said to be left: %v", r.Summary.Verdicts, others, r.Left)
			}
			if others > 0 && len(r.Left) == 0 {
				t.Errorf("%d of ours are there still, and nobody says so", others)
			}
		})
	}
}

// Without a guard it would get them changed: the test above can fail.
func TestSomebodyElseWouldBeTouched(t *testing.T) {
	town := newTown(mixUp{filter: true})
	if town.visited(t, true, []string{"deactivation.*", "okta.deactivate.*"}); len(town.touched) == 0 {
		t.Error("a product that looks at no filter gets nobody else changed")
	}
}

// visited runs the specs, all for nil, against the town.
func (t *town) visited(test *testing.T, unguarded bool, only []string) report.Report {
	test.Helper()
	server := httptest.NewServer(t)
	defer server.Close()
	product, err := verify.SCIMOnly(server.URL+"/scim/v2", "a-token-of-some-length", []string{"aiw", "oin", "oin-patch-user"})
	if err != nil {
		test.Fatal(err)
	}
	product.Disposable = unguarded
	r, err := verify.Run(test.Context(), verify.Options{Target: product, Only: only, Seed: 1})
	if err != nil {
		test.Fatal(err)
	}
	return r
}

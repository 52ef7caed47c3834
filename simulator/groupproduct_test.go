package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rollcall.example/simulator"
)

// teams are the groups of a product, switched on by a test that pushes some.
type teams struct {
	order []string
	byID  map[string]*team
}

type team struct {
	name    string
	members []string
}

func pushing(s *simulator.AppSettings) { s.PushGroups, s.Import.Groups = true, true }

// newTeamWorld is a world whose product has groups and whose app pushes them.
func newTeamWorld(t *testing.T, changes ...func(*simulator.AppSettings)) world {
	t.Helper()
	w := newWorld(t, append([]func(*simulator.AppSettings){pushing}, changes...)...)
	w.teams = &teams{byID: map[string]*team{}}
	return w
}

// team shows a group as "name: members".
func (p *product) team(id string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.teams.byID[id]
	if found == nil {
		return ""
	}
	return found.name + ": " + strings.Join(found.members, " ")
}

// found puts a group into the product behind Okta's back.
func (p *product) found(name string, members ...string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.teams.add(name, members)
}

func (t *teams) add(name string, members []string) string {
	id := fmt.Sprintf("g%d", len(t.order)+1)
	t.order, t.byID[id] = append(t.order, id), &team{name, members}
	return id
}

// serveTeams answers requests for groups. The lock is held.
func (p *product) serveTeams(w http.ResponseWriter, r *http.Request, id string, body []byte) {
	var sent struct {
		DisplayName string
		Members     []struct{ Value string }
		Operations  []struct {
			Op, Path string
			Value    json.RawMessage
		}
	}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &sent); err != nil {
			p.t.Errorf("%s: %v", body, err)
		}
	}
	var members []string
	for _, member := range sent.Members {
		members = append(members, member.Value)
	}
	known := p.teams.byID[id]
	switch {
	case id == "" && r.Method == http.MethodGet:
		p.listTeams(w, r)
		return
	case id == "":
		id = p.teams.add(sent.DisplayName, members)
		p.answer(w, 201, map[string]any{"id": id})
		return
	case known == nil:
		p.answer(w, 404, map[string]any{"detail": "no such group"})
		return
	case r.Method == http.MethodDelete:
		delete(p.teams.byID, id)
		w.WriteHeader(http.StatusNoContent)
		return
	case r.Method == http.MethodPut:
		known.name, known.members = sent.DisplayName, members
	}
	for _, operation := range sent.Operations {
		known.apply(operation.Op, operation.Path, operation.Value)
	}
	p.answer(w, 200, p.teams.shown(id))
}

func (t *team) apply(op, path string, value json.RawMessage) {
	var whole struct{ DisplayName string }
	var members []struct{ Value string }
	_ = json.Unmarshal(value, &whole)
	_ = json.Unmarshal(value, &members)
	switch {
	case op == "remove":
		t.members = slices.DeleteFunc(t.members, func(id string) bool { return strings.Contains(path, `"`+id+`"`) })
	case path == "":
		t.name = whole.DisplayName
	case op == "replace":
		t.members = nil
	}
	for _, member := range members {
		t.members = append(t.members, member.Value)
	}
}

func (t *teams) shown(id string) map[string]any {
	members := []any{}
	for _, member := range t.byID[id].members {
		members = append(members, map[string]any{"value": member})
	}
	return map[string]any{"id": id, "displayName": t.byID[id].name, "members": members}
}

func (p *product) listTeams(w http.ResponseWriter, r *http.Request) {
	filter, resources := r.URL.Query().Get("filter"), []any{}
	if len(r.URL.Query().Get("startIndex")) > 1 {
		p.answer(w, 200, map[string]any{"totalResults": len(p.order), "itemsPerPage": 0, "Resources": resources})
		return
	}
	for _, id := range p.teams.order {
		if t := p.teams.byID[id]; t != nil && (filter == "" || filter == fmt.Sprintf("displayName eq %q", t.name)) {
			resources = append(resources, p.teams.shown(id))
		}
	}
	p.answer(w, 200, map[string]any{"totalResults": len(resources), "startIndex": 1, "itemsPerPage": len(resources), "Resources": resources})
}

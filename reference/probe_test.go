package reference_test

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryProbeAnswerIsWhatTheContractSays goes through every operation, refusals
// included; the probe helper holds each answer against the document.
func TestEveryProbeAnswerIsWhatTheContractSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var described struct{ Features []string }
	w.probe("GET", "", nil, http.StatusOK, &described)
	w.probe("GET", "/", nil, http.StatusOK, nil)
	if len(described.Features) != 21 {
		t.Errorf("features %v", described.Features)
	}
	m := w.newHire("Han", "Solo", map[string]string{"admin": "true", "teams": w.team("core")})
	account := w.look(m.Person).Accounts[0].ID
	w.arrangeEverything(account)
	w.administerEverything()
	w.removeEverything()
}

func (w *world) removeEverything() {
	w.t.Helper()
	id := w.organization.Organization
	for _, team := range []string{w.team("core"), "Night Watch", "Night Watch"} {
		w.probe("POST", "/arrange/disband", map[string]any{"organization": id, "team": team}, 204, nil)
	}
	var now connection
	w.probe("GET", "/organizations/"+id, nil, 200, &now)
	for _, team := range now.Teams {
		if team.Slug == "core" || team.Slug == "night-watch" {
			w.t.Errorf("a team that was disbanded is there: %v", team)
		}
	}
	w.probe("DELETE", "/organizations/"+id, nil, 204, nil)
	w.probe("DELETE", "/organizations/"+id, nil, 204, nil)
	w.probe("DELETE", "/organizations/Nobody's%20Own", nil, 204, nil)
	w.probe("GET", "/organizations/"+id, nil, 404, nil)
}

func (w *world) arrangeEverything(account string) {
	w.t.Helper()
	arrange := func(verb string, status int, fields map[string]any, into any) {
		w.t.Helper()
		body := map[string]any{"organization": w.organization.Organization}
		for name, value := range fields {
			body[name] = value
		}
		w.probe("POST", "/arrange/"+verb, body, status, into)
	}
	var team struct{ ID, Slug string }
	arrange("team", 201, map[string]any{"name": "Night Watch", "default": true, "default_role": "maintainer"}, &team)
	if team.Slug != "night-watch" {
		w.t.Errorf("the team's slug is %q", team.Slug)
	}
	arrange("team", 409, map[string]any{"name": "Night Watch"}, nil)
	arrange("team", 422, map[string]any{"name": " "}, nil)
	arrange("join", 204, map[string]any{"account_id": account, "team": team.ID}, nil)
	arrange("join", 204, map[string]any{"account_id": account, "team": team.ID, "role": "member"}, nil)
	arrange("join", 422, map[string]any{"account_id": account, "team": team.ID, "role": "owner"}, nil)
	arrange("join", 404, map[string]any{"account_id": account, "team": "nothing"}, nil)
	arrange("leave", 204, map[string]any{"account_id": account, "team": team.ID}, nil)
	arrange("role", 204, map[string]any{"account_id": account, "role": "admin"}, nil)
	arrange("role", 422, map[string]any{"account_id": account, "role": "owner"}, nil)
	arrange("role", 404, map[string]any{"account_id": "nobody", "role": "member"}, nil)
	arrange("role", 204, map[string]any{"account_id": account, "role": "member", "by": account}, nil)
	arrange("role", 409, map[string]any{"account_id": account, "role": "admin", "by": account}, nil)
	arrange("role", 404, map[string]any{"account_id": account, "role": "admin", "by": "nobody"}, nil)
	var token struct{ ID, Secret string }
	arrange("token", 201, map[string]any{"account_id": account, "name": "ci"}, &token)
	arrange("token", 404, map[string]any{"account_id": "nobody", "name": "ci"}, nil)
	arrange("remove", 204, map[string]any{"account_id": account}, nil)
	arrange("remove", 404, map[string]any{"account_id": account}, nil)
	w.probe("POST", "/look", map[string]any{"organization": w.organization.Organization, "identifiers": map[string]any{"account_ids": []string{account}}}, 200, nil)
	w.probe("POST", "/look", map[string]any{"organization": "nothing", "identifiers": map[string]any{}}, 404, nil)
}

func (w *world) administerEverything() {
	w.t.Helper()
	at := "/organizations/" + w.organization.Organization
	w.probe("PATCH", at, map[string]any{"plan": "pro"}, 204, nil)
	w.probe("PATCH", at, map[string]any{"plan": "enterprise", "flags": []string{"b", "a"}}, 204, nil)
	w.probe("PATCH", at, map[string]any{"flags": []string{"b", "c"}}, 204, nil)
	w.probe("PATCH", at, map[string]any{"plan": "free"}, 422, nil)
	var rotated struct {
		Token   string
		BaseURL string `json:"base_url"`
	}
	w.probe("POST", at+"/token", map[string]any{"action": "rotate", "overlap_seconds": 60, "lifetime_seconds": 3600}, 200, &rotated)
	var now connection
	w.probe("GET", at, nil, 200, &now)
	if now.SCIM.Token != rotated.Token || now.SCIM.BaseURL != rotated.BaseURL || rotated.Token == w.organization.SCIM.Token {
		w.t.Error("after a rotation the connection does not show the new token")
	}
	w.probe("POST", at+"/clock", map[string]any{"advance_seconds": 7200}, 200, nil)
	w.probe("POST", at+"/clock", map[string]any{"advance_seconds": 0}, 422, nil)
	now = connection{}
	w.probe("GET", at, nil, 200, &now)
	if now.SCIM.Token != "" {
		w.t.Error("an expired token is still shown")
	}
	w.probe("POST", at+"/token", map[string]any{"action": "expire"}, 204, nil)
	w.probe("POST", at+"/token", map[string]any{"action": "rotate"}, 200, nil)
	w.probe("POST", at+"/token", map[string]any{"action": "burn"}, 422, nil)
	w.probe("PUT", at+"/provider", map[string]any{"state": "disabled"}, 204, nil)
	w.probe("POST", at+"/token", map[string]any{"action": "rotate"}, 409, nil)
	now = connection{}
	w.probe("GET", at, nil, 200, &now)
	if now.SCIM.Token != "" {
		w.t.Error("the token of a disabled provider is still shown")
	}
	w.probe("PUT", at+"/provider", map[string]any{"id": w.organization.Provider, "state": "enabled", "force": true}, 204, nil)
	w.probe("PUT", at+"/provider", map[string]any{"id": "nothing", "state": "enabled"}, 404, nil)
	w.probe("PUT", at+"/provider", map[string]any{"state": "created"}, 422, nil)
	w.probe("POST", at+"/providers", map[string]any{"kind": "okta", "state": "enabled", "idp_metadata": "<a/>"}, 422, nil)
	w.probe("GET", at+"?provider=nothing", nil, 404, nil)
	w.probe("GET", at+"/audit?after=x", nil, 400, nil)
	w.probe("GET", "/organizations/nothing", nil, 404, nil)
	w.probe("GET", "/organizations/nothing/audit", nil, 404, nil)
	w.probe("GET", "/organizations/nothing/seats", nil, 404, nil)
	w.probe("POST", "/organizations", map[string]any{"name": "Acme", "provider": map[string]any{
		"kind": "okta", "state": "enabled", "idp_metadata": string(w.identity.Metadata()),
	}}, 409, nil)
	var seats struct{ Open, Started, Released int }
	w.probe("GET", at+"/seats", nil, 200, &seats)
	if seats.Open != 1 || seats.Started != 2 || seats.Released != 1 {
		w.t.Errorf("seats %+v, want the founder's open and the member's released", seats)
	}
	w.checkFlags(at, []string{"b", "c"})
}

// checkFlags reads off the audit log which flags are on.
func (w *world) checkFlags(at string, want []string) {
	w.t.Helper()
	var log struct {
		Events []struct {
			Seq           int64
			Action, After string
		}
	}
	w.probe("GET", at+"/audit", nil, 200, &log)
	var on []string
	for _, e := range log.Events {
		if flag, yes := strings.CutSuffix(e.After, " on"); yes {
			on = append(on, flag)
		} else if flag, off := strings.CutSuffix(e.After, " off"); off {
			on = slices.DeleteFunc(on, func(f string) bool { return f == flag })
		}
	}
	slices.Sort(on)
	if !slices.Equal(on, want) {
		w.t.Errorf("flags %v are on, want %v", on, want)
	}
	last := log.Events[len(log.Events)-1].Seq
	w.probe("GET", at+"/audit?after="+strconv.FormatInt(last, 10), nil, 200, &log)
	if len(log.Events) != 0 {
		w.t.Errorf("after the last row there are %d more", len(log.Events))
	}
}

func TestALookFindsByEveryIdentifier(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.newHire("Han", "Solo")
	w.newHire("Leia", "Organa")
	seen := w.look(m.Person)
	for name, values := range map[string][]string{
		"user_names":  {"HAN.SOLO@acme.test"},
		"emails":      {"han.solo@acme.test"},
		"name_ids":    {"han.solo@acme.test"},
		"record_ids":  {seen.Records[0].ID},
		"account_ids": {seen.Accounts[0].ID},
	} {
		var got view
		w.probe("POST", "/look", map[string]any{
			"organization": w.organization.Organization, "identifiers": map[string]any{name: values},
		}, 200, &got)
		if len(got.Records) != 1 || len(got.Accounts) != 1 || got.Accounts[0].ID != seen.Accounts[0].ID {
			t.Errorf("by %s: %+v", name, got)
		}
	}
}

// TestAClockThatCannotGoFurtherIsRefused moves it three times as far as one request
// can ask for, which is more than a clock can count.
func TestAClockThatCannotGoFurtherIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := "/organizations/" + w.organization.Organization + "/clock"
	farthest := map[string]any{"advance_seconds": uint32(math.MaxUint32)}
	w.probe("POST", at, farthest, 200, nil)
	w.probe("POST", at, farthest, 200, nil)
	w.probe("POST", at, farthest, 422, nil)
	w.probe("POST", at, map[string]any{"advance_seconds": 1}, 200, nil)
}

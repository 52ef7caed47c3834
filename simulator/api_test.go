package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall.example/simulator"
)

// admin calls the management API of a world.
type admin struct {
	t       *testing.T
	handler http.Handler
	token   string
}

func (w world) admin(t *testing.T) admin {
	return admin{t, w.okta.API("admin-t0ken"), "admin-t0ken"}
}

// call returns the status and the body, decoded where there is one.
func (a admin) call(method, path, body string) (int, map[string]any) {
	a.t.Helper()
	request := httptest.NewRequestWithContext(a.t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "SSWS "+a.token)
	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, request)
	text, err := io.ReadAll(recorder.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	var said map[string]any
	if len(text) > 0 && text[0] == '{' {
		if err := json.Unmarshal(text, &said); err != nil {
			a.t.Fatalf("%s: %v", text, err)
		}
	}
	return recorder.Code, said
}

const someone = `{"profile":{"firstName":"Han","lastName":"Solo","email":"han@acme.test","login":"han@acme.test"},` +
	`"credentials":{"password":{"value":"Kessel-Run-12"},"recovery_question":{"question":"ship?","answer":"Falcon"}}}`

// What Okta's CRUD test of an integration does, with what the product then gets.
func TestManagementAPIDrivesTheProduct(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *simulator.AppSettings) { s.UpdateAttributes = true })
	a := w.admin(t)
	if status, app := a.call("GET", "/api/v1/apps/"+w.app.ID, ""); status != 200 || app["label"] != "Acme CI" || app["status"] != "ACTIVE" {
		t.Errorf("%d %v", status, app)
	}
	status, user := a.call("POST", "/api/v1/users?activate=true", someone)
	id, _ := user["id"].(string)
	if status != 200 || user["status"] != "ACTIVE" || !strings.HasPrefix(id, "00u") {
		t.Fatalf("%d %v", status, user)
	}
	assign := `{"id":"` + id + `","scope":"USER","credentials":{"userName":"han@acme.test"},"profile":{"givenName":"Han"}}`
	status, appUser := a.call("POST", "/api/v1/apps/"+w.app.ID+"/users", assign)
	if status != 200 || appUser["id"] != id || appUser["externalId"] != "1" || appUser["status"] != "PROVISIONED" || appUser["scope"] != "USER" {
		t.Errorf("%d %v", status, appUser)
	}
	w.expect(`GET /Users userName eq "han@acme.test"; POST /Users on`)
	renamed := `{"profile":{"firstName":"Captain","lastName":"Solo","email":"han@acme.test","login":"han@acme.test"}}`
	if status, user := a.call("PUT", "/api/v1/users/"+id, renamed); status != 200 || user["profile"].(map[string]any)["firstName"] != "Captain" {
		t.Errorf("%d %v", status, user)
	}
	w.expect("GET /Users/1; PUT /Users/1 on")
	for _, step := range []struct {
		method, path, body string
		status             int
		sends              string
	}{
		{"POST", "/api/v1/users/" + id + "/lifecycle/deactivate", "", 200, "PATCH /Users/1 off"},
		{"POST", "/api/v1/users/" + id + "/lifecycle/activate", "", 200, ""},
		{"POST", "/api/v1/apps/" + w.app.ID + "/users", assign, 200,
			`GET /Users userName eq "han@acme.test"; GET /Users/1; PUT /Users/1 off; PATCH /Users/1 on`},
		{"POST", "/api/v1/users/" + id, `{"profile":{"lastName":"Organa"}}`, 200, "GET /Users/1; PUT /Users/1 on"},
		{"DELETE", "/api/v1/apps/" + w.app.ID + "/users/" + id, "", 204, "PATCH /Users/1 off"},
		{"DELETE", "/api/v1/apps/" + w.app.ID + "/users/" + id, "", 404, ""},
	} {
		if status, said := a.call(step.method, step.path, step.body); status != step.status {
			t.Errorf("%s %s: %d %v", step.method, step.path, status, said)
		}
		w.expect(step.sends)
	}
}

func TestManagementAPIRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.admin(t)
	a.call("POST", "/api/v1/users?activate=false", strings.Replace(someone, `"login":"han`, `"login":"lando`, 1))
	lando := w.okta.People()[0]
	if lando.Status() != simulator.Staged {
		t.Errorf("status %s", lando.Status())
	}
	for _, test := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/api/v1/apps/0oa-nobody", "", 404, "E0000007"},
		{"GET", "/api/v1/users/00u-nobody", "", 404, "E0000007"},
		{"POST", "/api/v1/users", `{"profile":{"firstName":"Han"}}`, 400, "E0000001"},
		{"POST", "/api/v1/users", strings.Replace(someone, `"login":"han`, `"login":"LANDO`, 1), 400, "E0000001"},
		{"POST", "/api/v1/users", `{`, 400, "E0000003"},
		{"POST", "/api/v1/users/" + lando.ID + "/lifecycle/suspend", "", 400, "E0000001"},
		{"POST", "/api/v1/users/" + lando.ID + "/lifecycle/marry", "", 404, "E0000007"},
		{"POST", "/api/v1/apps/" + w.app.ID + "/users", `{"id":"00u-nobody"}`, 404, "E0000007"},
		{"PATCH", "/api/v1/users/" + lando.ID, "", 405, "E0000022"},
	} {
		status, said := a.call(test.method, test.path, test.body)
		if status != test.status || said["errorCode"] != test.code || said["errorSummary"] == "" {
			t.Errorf("%s %s %s: %d %v", test.method, test.path, test.body, status, said)
		}
	}
	a.token = "another"
	if status, said := a.call("GET", "/api/v1/users", ""); status != 401 || said["errorCode"] != "E0000011" {
		t.Errorf("%d %v", status, said)
	}
	w.expect("")
}

package scim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
	"rollcall.example/reference/store"
)

// These tests send what Okta sends, byte for byte where it matters, to the server
// over the real product on a real store. They import package store, which the
// server itself does not know, since only a real product can show that a request
// has its effect.

type okta struct {
	t       *testing.T
	url     string
	token   string
	service *org.Service
	found   org.Founded
}

func newOkta(t *testing.T, rules org.Rules) *okta {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	service := org.New(db, org.NewBehaviour(rules), time.Now)
	found, err := service.Found(t.Context(), org.NewOrganization{
		Name: "Acme", Plan: org.Enterprise, Founder: "boss@example.com",
		Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(scim.New(service, scim.Options{}).Handler())
	t.Cleanup(server.Close)
	return &okta{t, server.URL + scim.Prefix + found.Provider.ID, found.Credential.Token, service, found}
}

// send sends a request with the headers of Okta's client.
func (o *okta) send(method, path, body string, settings ...setting) answer {
	o.t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.url+path, content)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/scim+json")
	r.Header.Set("Accept-Charset", "utf-8")
	r.Header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	r.Header.Set("Authorization", "Bearer "+o.token)
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for _, set := range settings {
		set(r)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(read), decode(o.t, read)}
}

// lukes is the body that Okta creates a user with, its members in Okta's order.
const lukes = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"luke@example.com",` +
	`"name":{"givenName":"Luke","familyName":"Skywalker"},"emails":[{"primary":true,"value":"luke@example.com","type":"work"}],` +
	`"displayName":"Luke Skywalker","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7","groups":[],"password":"1mz050nq","active":true}`

func (o *okta) create() (id string) {
	o.t.Helper()
	id, _ = o.send("POST", "/Users", lukes).want(o.t, http.StatusCreated).object["id"].(string)
	return id
}

func TestOktaTestsCredentials(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	before := o.events()
	a := o.send("GET", "/Users?startIndex=1&count=2", "").want(t, http.StatusOK)
	if want := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}` + "\n"; a.body != want {
		t.Errorf("an empty directory is shown as %s", a.body)
	}
	o.send("GET", "/Users?startIndex=1&count=2", "", header("Authorization", o.token)).want(t, http.StatusOK)
	o.send("GET", "/Users?startIndex=1&count=2", "", header("Authorization", "non-token")).refused(t, http.StatusUnauthorized, "")
	if after := o.events(); after != before {
		t.Errorf("testing credentials left %d events", after-before)
	}
}

func (o *okta) events() int {
	o.t.Helper()
	events, err := o.service.Audit(o.t.Context(), o.found.Organization.ID, 0, 0)
	if err != nil {
		o.t.Fatal(err)
	}
	return len(events)
}

// Assignment: look-up, creation, look-up again, in both encodings that were seen.
func TestOktaAssigns(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	look := func(query string, total float64) {
		t.Helper()
		a := o.send("GET", "/Users?filter="+query+"&startIndex=1&count=100", "").want(t, http.StatusOK)
		if a.object["totalResults"] != total {
			t.Errorf("%s finds %v, want %v", query, a.object["totalResults"], total)
		}
	}
	queries := []string{"userName%20eq%20%22luke%40example.com%22", "userName+eq+%22luke%40example.com%22", "userName%20eq%20%22LUKE%40EXAMPLE.COM%22"}
	for _, query := range queries {
		look(query, 0)
	}
	a := o.send("POST", "/Users", lukes).want(t, http.StatusCreated)
	if a.object["active"] != true || a.object["externalId"] != "00ujl29u0le5T6Aj10h7" || a.object["password"] != nil || strings.Contains(a.body, "1mz050nq") {
		t.Errorf("the new user is %s", a.body)
	}
	for _, query := range queries {
		look(query, 1)
	}
	o.send("POST", "/Users", lukes).refused(t, http.StatusConflict, "uniqueness")
	location := a.header.Get("Location")
	if got := o.send("GET", strings.TrimPrefix(location, o.url), "").want(t, http.StatusOK).body; got != a.body {
		t.Errorf("the location shows %s, not %s", got, a.body)
	}
}

func TestOktaUpdatesAndDeactivates(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	id := o.create()
	whole := o.send("GET", "/Users/"+id, "").want(t, http.StatusOK).body
	a := o.send("PUT", "/Users/"+id, strings.Replace(whole, `"givenName":"Luke"`, `"givenName":"Lucas"`, 1)).want(t, http.StatusOK)
	if !strings.Contains(a.body, `"givenName":"Lucas"`) || a.object["active"] != true {
		t.Errorf("the updated user is %s", a.body)
	}
	for _, active := range []bool{false, false, true, false} {
		body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":` + map[bool]string{true: "true", false: "false"}[active] + `}}]}`
		a := o.send("PATCH", "/Users/"+id, body).want(t, http.StatusOK)
		if a.object["active"] != active || o.send("GET", "/Users/"+id, "").object["active"] != active {
			t.Errorf("active is not %v: %s", active, a.body)
		}
	}
	a = o.send("PUT", "/Users/"+id, strings.Replace(whole, `"active":true`, `"active":false`, 1)).want(t, http.StatusOK)
	if a.object["active"] != false {
		t.Errorf("a PUT left %s", a.body)
	}
	o.send("DELETE", "/Users/"+id, "").want(t, http.StatusNoContent)
	o.send("GET", "/Users/"+id, "").refused(t, http.StatusNotFound, "")
	o.create()
}

// Importing stops at a page beyond the end, which must say so.
func TestOktaImportsBeyondTheEnd(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	o.create()
	a := o.send("GET", "/Users?startIndex=101&count=100", "").want(t, http.StatusOK)
	if a.object["itemsPerPage"] != 0.0 || a.object["totalResults"] != 1.0 || len(a.ids(t)) != 0 {
		t.Errorf("beyond the end is %s", a.body)
	}
}

// The steps of Okta's acceptance suite for SCIM servers that concern users.
func TestOktaAcceptance(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	id := o.create()
	plain := []setting{header("Content-Type", "application/json"), header("Accept", "application/scim+json; charset=utf-8"), header("User-Agent", "OKTA SCIM Integration")}
	a := o.send("GET", "/Users?count=1&startIndex=1", "", plain...).want(t, http.StatusOK)
	first, _ := a.object["Resources"].([]any)[0].(map[string]any)
	name, _ := first["name"].(map[string]any)
	emails, _ := first["emails"].([]any)
	email, _ := emails[0].(map[string]any)
	if first["id"] != id || first["userName"] == "" || first["active"] != true || name["givenName"] == "" || name["familyName"] == "" || email["value"] == "" {
		t.Errorf("the first user is %v", first)
	}
	for _, unknown := range []string{"010101001010101011001010101011", "00919288221112222"} {
		o.send("GET", "/Users/"+unknown, "", plain...).refused(t, http.StatusNotFound, "")
	}
	body := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"runscope@example.com","name":{"givenName":"Run","familyName":"Scope"},` +
		`"emails":[{"primary":true,"value":"runscope@example.com","type":"work"}],"displayName":"Run Scope","active":true}`
	o.send("POST", "/Users", body, plain...).want(t, http.StatusCreated)
	o.send("POST", "/Users", body, plain...).refused(t, http.StatusConflict, "uniqueness")
	o.send("GET", "/Users?filter=userName%20eq%20%22RUNSCOPE@EXAMPLE.COM%22", "", plain...).want(t, http.StatusOK)
	o.send("GET", "/Users?filter=userName%20eq%20%22x%22", "", header("Authorization", "non-token")).refused(t, http.StatusUnauthorized, "")
}

func TestTheProductsGates(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	id := o.create()
	const off = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`
	if err := o.service.SetPlan(t.Context(), "boss@example.com", o.found.Organization.ID, org.Pro); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/Users", "/Users/" + id, "/ServiceProviderConfig", "/Schemas", "/nonsense"} {
		o.send("GET", path, "").refused(t, http.StatusForbidden, "")
	}
	o.send("PATCH", "/Users/"+id, off).refused(t, http.StatusForbidden, "")
	if err := o.service.SetPlan(t.Context(), "boss@example.com", o.found.Organization.ID, org.Enterprise); err != nil {
		t.Fatal(err)
	}
	if o.send("GET", "/Users/"+id, "").want(t, http.StatusOK).object["active"] != true {
		t.Error("the refused deactivation took place")
	}
	o.send("PATCH", "/Users/"+id, off).want(t, http.StatusOK)
}

// One token opens one base URL.
func TestOtherTenants(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	id := o.create()
	other, err := o.service.Found(t.Context(), org.NewOrganization{Name: "Other", Plan: org.Enterprise, Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled}})
	if err != nil {
		t.Fatal(err)
	}
	o.send("GET", "/Users", "", header("Authorization", "Bearer "+other.Credential.Token)).refused(t, http.StatusUnauthorized, "")
	o.url, o.token = strings.Replace(o.url, o.found.Provider.ID, other.Provider.ID, 1), other.Credential.Token
	o.send("GET", "/Users/"+id, "").refused(t, http.StatusNotFound, "")
	o.send("DELETE", "/Users/"+id, "").refused(t, http.StatusNotFound, "")
	o.create()
}

func TestOtherRules(t *testing.T) {
	t.Parallel()
	const off = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`
	t.Run("deactivating nobody is done", func(t *testing.T) {
		t.Parallel()
		rules := org.Standard()
		rules.DeactivateWithoutRecord = "noop"
		o := newOkta(t, rules)
		o.send("PATCH", "/Users/nobody", off).want(t, http.StatusNoContent)
		o.send("PUT", "/Users/nobody", strings.Replace(lukes, `"active":true`, `"active":false`, 1)).want(t, http.StatusNoContent)
		o.send("PUT", "/Users/nobody", lukes).refused(t, http.StatusNotFound, "")
		o.send("GET", "/Users/nobody", "").refused(t, http.StatusNotFound, "")
	})
	t.Run("records are kept", func(t *testing.T) {
		t.Parallel()
		rules := org.Standard()
		rules.DeleteVerb = "405"
		o := newOkta(t, rules)
		o.send("DELETE", "/Users/"+o.create(), "").refused(t, http.StatusMethodNotAllowed, "")
	})
	t.Run("leaving while switched off", func(t *testing.T) {
		t.Parallel()
		rules := org.Standard()
		rules.SCIMWhenProviderDisabled = "deactivate_only"
		o := newOkta(t, rules)
		id := o.create()
		if err := o.service.SetProviderState(t.Context(), "boss@example.com", o.found.Provider.ID, org.Disabled, true); err != nil {
			t.Fatal(err)
		}
		o.send("GET", "/Users/"+id, "").refused(t, http.StatusForbidden, "")
		o.send("PATCH", "/Users/"+id, strings.Replace(off, "false", "true", 1)).refused(t, http.StatusForbidden, "")
		if a := o.send("PATCH", "/Users/"+id, off).want(t, http.StatusOK); a.object["active"] != false {
			t.Errorf("the user is %s", a.body)
		}
	})
}

// Every bad body leaves the real product as it is, log included.
func TestBadBodiesLeaveTheProductAlone(t *testing.T) {
	t.Parallel()
	o := newOkta(t, org.Standard())
	id := o.create()
	before, events := o.send("GET", "/Users/"+id, "").body, o.events()
	for name, test := range badBodies {
		for _, at := range []struct{ method, path string }{{"POST", "/Users"}, {"PUT", "/Users/" + id}, {"PATCH", "/Users/" + id}} {
			if a := o.send(at.method, at.path, test.body); a.status != http.StatusBadRequest {
				t.Errorf("%s to %s: %d %s", name, at.path, a.status, a.body)
			}
		}
	}
	if after := o.send("GET", "/Users/"+id, "").body; after != before {
		t.Errorf("the user became %s", after)
	}
	if after := o.events(); after != events {
		t.Errorf("%d events were written", after-events)
	}
}

package scim_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// addresses are something of every kind that can be asked for.
var addresses = []struct{ method, path, body string }{
	{"GET", "/Users", ""},
	{"GET", "/Users/id-001", ""},
	{"GET", "/Users/id-999", ""},
	{"POST", "/Users", `{` + coreUser + `,"userName":"new"}`},
	{"PUT", "/Users/id-001", `{` + coreUser + `,"userName":"new"}`},
	{"PATCH", "/Users/id-001", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`},
	{"DELETE", "/Users/id-001", ""},
	{"GET", "/ServiceProviderConfig", ""},
	{"GET", "/ResourceTypes", ""},
	{"GET", "/ResourceTypes/User", ""},
	{"GET", "/Schemas", ""},
	{"GET", "/Schemas/" + scim.UserSchema, ""},
	{"GET", "/Groups", ""},
	{"POST", "/Bulk", `{}`},
	{"GET", "/Me", ""},
	{"POST", "/.search", `{}`},
	{"GET", "/nonsense", ""},
	{"POST", "/Users", `{`},
	{"TRACE", "/Users", ""},
}

func TestWithoutATokenNothingIsTold(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(han)
	before := c.product.snapshot()
	seen := map[string]bool{}
	for _, a := range addresses {
		for value, challenge := range map[string]string{
			"":                           `Bearer realm="scim"`,
			"Bearer wrong":               `Bearer realm="scim", error="invalid_token"`,
			"wrong":                      `Bearer realm="scim", error="invalid_token"`,
			"Bearer":                     `Bearer realm="scim"`,
			"Basic " + secret:            `Bearer realm="scim"`,
			"Bearer " + secret + " more": `Bearer realm="scim"`,
		} {
			got := c.do(a.method, a.path, a.body, header("Authorization", value))
			got.refused(t, http.StatusUnauthorized, "")
			if got := got.header.Get("WWW-Authenticate"); got != challenge {
				t.Errorf("%s %s with %q: the challenge is %q, want %q", a.method, a.path, value, got, challenge)
			}
			seen[got.body] = true
		}
		elsewhere := httptest.NewRequestWithContext(t.Context(), a.method, "http://product.test"+scim.Prefix+"unknown-provider"+a.path, strings.NewReader(a.body))
		elsewhere.Header.Set("Authorization", "Bearer "+secret)
		got := c.send(elsewhere)
		got.refused(t, http.StatusUnauthorized, "")
		seen[got.body] = true
	}
	if len(seen) != 1 {
		t.Errorf("the refusals differ, which tells something: %v", seen)
	}
	if c.product.snapshot() != before {
		t.Error("something changed")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, value := range []string{"Bearer " + secret, "bearer " + secret, "BEARER  " + secret, secret} {
		c.do("GET", "/Users", "", header("Authorization", value)).want(t, http.StatusOK)
	}
	twice := func(r *http.Request) { r.Header.Add("Authorization", "Bearer wrong") }
	c.do("GET", "/Users", "", twice).refused(t, http.StatusUnauthorized, "")
}

func TestGates(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(han)
	before := c.product.snapshot()
	c.product.refuse = func(org.Call) error {
		return fmt.Errorf("plan: %w", &org.Error{Kind: org.Forbidden, Message: "SCIM needs the plan Enterprise"})
	}
	for _, a := range addresses {
		got := c.do(a.method, a.path, a.body)
		got.refused(t, http.StatusForbidden, "")
		if got.object["detail"] != "SCIM needs the plan Enterprise" {
			t.Errorf("%s %s: the reason is %q", a.method, a.path, got.object["detail"])
		}
	}
	if c.product.snapshot() != before {
		t.Error("something changed")
	}
}

// Some products let a mere deactivation through while the connection is off.
func TestDeactivationIsRecognised(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(han)
	patch := func(operations string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":` + operations + `}`
	}
	user := "/Users/" + id
	for name, test := range map[string]struct {
		method, path, body string
		want               bool
	}{
		"Okta's PATCH":           {"PATCH", user, patch(`[{"op":"replace","value":{"active":false}}]`), true},
		"Entra's PATCH":          {"PATCH", user, patch(`[{"op":"Replace","path":"active","value":"False"}]`), true},
		"with the id":            {"PATCH", user, patch(`[{"op":"replace","value":{"id":"` + id + `","active":false}}]`), true},
		"a PUT":                  {"PUT", user, `{` + coreUser + `,"userName":"x","active":false}`, true},
		"a PUT that activates":   {"PUT", user, `{` + coreUser + `,"userName":"x","active":true}`, false},
		"a PUT without active":   {"PUT", user, `{` + coreUser + `,"userName":"x"}`, false},
		"a PUT to all":           {"PUT", "/Users", `{` + coreUser + `,"userName":"x","active":false}`, false},
		"a PATCH that activates": {"PATCH", user, patch(`[{"op":"replace","value":{"active":true}}]`), false},
		"first off, then on":     {"PATCH", user, patch(`[{"op":"replace","value":{"active":false}},{"op":"replace","value":{"active":true}}]`), false},
		"and a rename":           {"PATCH", user, patch(`[{"op":"replace","value":{"active":false,"userName":"x"}}]`), false},
		"and a removal":          {"PATCH", user, patch(`[{"op":"replace","value":{"active":false}},{"op":"remove","path":"emails"}]`), false},
		"a PATCH that is wrong":  {"PATCH", user, patch(`[{"op":"replace","value":{"active":false}},{"op":"move"}]`), false},
		"a body that is wrong":   {"PATCH", user, `{"active":false`, false},
		"a GET":                  {"GET", user, "", false},
		"a DELETE":               {"DELETE", user, "", false},
		"an inactive newcomer":   {"POST", "/Users", `{` + coreUser + `,"userName":"x","active":false}`, false},
	} {
		c.product.refuse = func(org.Call) error { return &org.Error{Kind: org.Forbidden, Message: "off"} }
		c.do(test.method, test.path, test.body).want(t, http.StatusForbidden)
		if got := c.product.lastCall().Deactivation(); got != test.want {
			t.Errorf("%s is taken for a deactivation: %v", name, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind   org.Kind
		status int
		typ    string
	}{
		{org.NotFound, http.StatusNotFound, ""},
		{org.Conflict, http.StatusConflict, "uniqueness"},
		{org.Invalid, http.StatusBadRequest, "invalidValue"},
		{org.Immutable, http.StatusBadRequest, "mutability"},
		{org.Forbidden, http.StatusForbidden, ""},
		{org.Unauthenticated, http.StatusUnauthorized, ""},
		{org.Unsupported, http.StatusMethodNotAllowed, ""},
	} {
		c := newClient(t)
		c.product.broken = fmt.Errorf("last-admin: %w", &org.Error{Kind: test.kind, Message: "the reason"})
		for _, a := range []answer{
			c.do("GET", "/Users/id-001", ""),
			c.do("POST", "/Users", `{`+coreUser+`,"userName":"new"}`),
			c.patch("id-001", `[{"op":"replace","value":{"active":false}}]`),
		} {
			a.refused(t, test.status, test.typ)
		}
	}
}

func TestFailuresTellNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.product.broken = errors.New("disk I/O error in /var/lib/secret.db")
	for _, a := range []answer{
		c.do("GET", "/Users", ""),
		c.do("GET", "/Users/id-001", ""),
		c.do("DELETE", "/Users/id-001", ""),
		c.do("PUT", "/Users/id-001", `{`+coreUser+`,"userName":"new"}`),
	} {
		a.refused(t, http.StatusInternalServerError, "")
		if strings.Contains(a.body, "disk") || strings.Contains(a.body, "secret") {
			t.Errorf("internals leak: %s", a.body)
		}
	}
	if log := c.log.String(); !strings.Contains(log, "disk I/O error") || strings.Contains(log, secret) {
		t.Errorf("the log says %s", log)
	}
}

func TestPanicsTellNothing(t *testing.T) {
	t.Parallel()
	protocol := scim.Standard()
	protocol.Render = func(org.Record, string) scim.Document { panic("the inner workings") }
	c := clientOf(t, scim.Options{Protocol: protocol})
	a := c.do("POST", "/Users", `{`+coreUser+`,"userName":"new"}`)
	a.refused(t, http.StatusInternalServerError, "")
	if strings.Contains(a.body, "workings") || !strings.Contains(c.log.String(), "workings") {
		t.Errorf("the panic went to the wrong place: %s", a.body)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	location := func(options scim.Options, set setting) string {
		c := clientOf(t, options)
		return c.do("POST", "/Users", `{`+coreUser+`,"userName":"new"}`, set).want(t, http.StatusCreated).header.Get("Location")
	}
	nothing := func(*http.Request) {}
	if got := location(scim.Options{}, nothing); got != "http://product.test"+base+"/Users/id-001" {
		t.Errorf("over plain HTTP: %s", got)
	}
	if got := location(scim.Options{}, func(r *http.Request) { r.TLS = &tls.ConnectionState{} }); got != "https://product.test"+base+"/Users/id-001" {
		t.Errorf("over TLS: %s", got)
	}
	behind := scim.Options{BaseURL: func(*http.Request) string { return "https://public.example/app" }}
	if got := location(behind, nothing); got != "https://public.example/app"+base+"/Users/id-001" {
		t.Errorf("behind a proxy: %s", got)
	}
}

// Whoever changes anything besides does more than deactivate, whatever it is.
func TestDeactivationIsNothingElse(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(whole)
	const off = `{"op":"replace","path":"active","value":false}`
	if c.patch(id, "["+off+"]"); !c.product.lastCall().Deactivation() {
		t.Error("a deactivation is not seen to be one")
	}
	if c.patch(id, `[{"op":"Replace","value":{"active":"False","id":"`+id+`"}}]`); !c.product.lastCall().Deactivation() {
		t.Error("Entra's deactivation is not seen to be one")
	}
	for name, value := range decode(t, []byte("{"+whole+"}")) {
		paths := []string{name}
		if members, extension := value.(map[string]any); extension && strings.HasPrefix(name, "urn:") {
			for member := range members {
				paths = append(paths, name+":"+member)
			}
		}
		for _, path := range paths {
			if path == "active" {
				continue
			}
			if c.patch(id, `[`+off+`,{"op":"remove","path":"`+path+`"}]`); c.product.lastCall().Deactivation() {
				t.Errorf("to deactivate and remove %s is taken for a deactivation", path)
			}
		}
	}
	if c.patch(id, `[`+off+`,{"op":"add","path":"`+scim.BadgeSchema+`:note","value":"x"}]`); c.product.lastCall().Deactivation() {
		t.Error("to deactivate and leave a note is taken for a deactivation")
	}
}

package scim_test

import (
	"errors"
	"net/http"
	"testing"

	"rollcall.example/reference/org"
)

var inPerson = header("Authorization", "Bearer "+personal)

// visited is a product with Han, whose token is the personal one, and somebody else.
func visited(t *testing.T) (c *client, location string) {
	c = newClient(t)
	c.product.person = c.seed(han)
	c.seed(`"userName":"lando@example.com"`)
	return c, "http://product.test" + base + "/Users/" + c.product.person
}

// placed checks that an answer says where the resource really is.
func (a answer) placed(t *testing.T, location string) {
	t.Helper()
	if got := a.header.Get("Location"); got != location {
		t.Errorf("Location is %q, want %q", got, location)
	}
}

const rename = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
	`{"op":"replace","path":"displayName","value":"The Captain"},{"op":"replace","value":{"name":{"givenName":"H.","familyName":"S."}}}]}`

func TestMe(t *testing.T) {
	t.Parallel()
	c, location := visited(t)
	a := c.do("GET", "/Me", "", inPerson).want(t, http.StatusOK)
	a.placed(t, location)
	meta, _ := a.object["meta"].(map[string]any)
	if a.object["id"] != c.product.person || meta["location"] != location || a.header.Get("Content-Location") != location || a.header.Get("ETag") != meta["version"] {
		t.Errorf("Han is shown as %s with %v", a.body, a.header)
	}
	if a := c.do("GET", "/Me?attributes=userName", "", inPerson); a.object["displayName"] != nil || a.object["userName"] == nil {
		t.Errorf("a part of Han is %s", a.body)
	}
	c.do("GET", "/Me", "", inPerson, header("If-None-Match", a.header.Get("ETag"))).want(t, http.StatusNotModified).placed(t, location)
	a = c.do("PATCH", "/Me", rename, inPerson, header("If-Match", a.header.Get("ETag"))).want(t, http.StatusOK)
	a.placed(t, location)
	if r := c.record(c.product.person); r.DisplayName != "The Captain" || r.GivenName != "H." || r.FamilyName != "S." || r.UserName != "han@example.com" {
		t.Errorf("Han is kept as %+v", r)
	}
}

func TestMeAndNoMore(t *testing.T) {
	t.Parallel()
	c, location := visited(t)
	before := c.product.snapshot()
	for _, operations := range []string{
		`[{"op":"replace","path":"active","value":false}]`,
		`[{"op":"replace","value":{"displayName":"x","userName":"x"}}]`,
		`[{"op":"replace","path":"externalId","value":"x"}]`,
		`[{"op":"remove","path":"emails"}]`,
		`[{"op":"add","path":"emails","value":[{"value":"other@example.com"}]}]`,
		`[{"op":"replace","path":"displayName","value":"x"},{"op":"remove","path":"externalId"}]`,
	} {
		a := c.do("PATCH", "/Me", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`+operations+`}`, inPerson)
		a.refused(t, http.StatusForbidden, "")
		a.placed(t, location)
	}
	for _, test := range []struct {
		method, body string
		status       int
		set          setting
	}{
		{"PUT", lukes, http.StatusForbidden, inPerson},
		{"DELETE", "", http.StatusForbidden, inPerson},
		{"PATCH", rename, http.StatusPreconditionFailed, func(r *http.Request) { inPerson(r); r.Header.Set("If-Match", `"7"`) }},
		{"POST", lukes, http.StatusMethodNotAllowed, inPerson},
		{"GET", "", http.StatusNotFound, header("Authorization", "Bearer "+secret)},
		{"PATCH", rename, http.StatusNotFound, header("Authorization", "Bearer "+secret)},
		{"DELETE", "", http.StatusNotFound, header("Authorization", "Bearer "+secret)},
		{"GET", "", http.StatusUnauthorized, header("Authorization", "Bearer wrong")},
		{"GET", "", http.StatusUnauthorized, header("Authorization", "")},
	} {
		a := c.do(test.method, "/Me", test.body, test.set)
		a.refused(t, test.status, "")
	}
	c.product.person = "id-999"
	c.do("GET", "/Me", "", inPerson).refused(t, http.StatusNotFound, "")
	c.product.person = "id-001"
	c.product.refuse = func(org.Call) error { return &org.Error{Kind: org.Forbidden, Message: "another plan"} }
	c.do("GET", "/Me", "", inPerson).refused(t, http.StatusForbidden, "")
	c.product.refuse, c.product.broken = nil, errors.New("disk I/O error")
	c.do("GET", "/Me", "", inPerson).refused(t, http.StatusInternalServerError, "")
	if after := c.product.snapshot(); after != before {
		t.Errorf("something changed: %s", after)
	}
}

// A member's token opens nothing but /Me.
func TestMeOnly(t *testing.T) {
	t.Parallel()
	c, _ := visited(t)
	for _, a := range addresses {
		if a.path != "/Me" {
			c.do(a.method, a.path, a.body, inPerson).refused(t, http.StatusUnauthorized, "")
		}
	}
	c.do("DELETE", "/Users/"+c.product.person, "", inPerson).refused(t, http.StatusUnauthorized, "")
	c.do("POST", "/Bulk", `{`+bulkSchemas+`,"Operations":[{"method":"DELETE","path":"/Me"}]}`, inPerson).refused(t, http.StatusUnauthorized, "")
	if got := c.bulk("", `{"method":"DELETE","path":"/Me"}`); got[0].Status != "400" {
		t.Errorf("within a bulk request, /Me is answered %s", got[0].Status)
	}
}

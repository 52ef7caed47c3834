package scim_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// Which attributes are shown, by the names of what is left of the whole user.
func TestProjectionOfExtensions(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(whole)
	const badge, company = scim.BadgeSchema, scim.EnterpriseSchema
	for query, want := range map[string]string{
		"attributes=" + company:                                                    `{"` + company + `":{"employeeNumber":"701984","costCenter":"4130","organization":"Rebels","division":"Freight","department":"Falcon","manager":{"value":"26118915","$ref":"../Users/26118915"}}}`,
		"attributes=" + company + ":department":                                    `{"` + company + `":{"department":"Falcon"}}`,
		"attributes=" + strings.ToUpper(company) + ":MANAGER.value":                `{"` + company + `":{"manager":{"value":"26118915"}}}`,
		"attributes=" + badge + ":visits.desk," + badge + ":areas":                 `{"` + badge + `":{"areas":["Lab","Roof"],"visits":[{"desk":7}]}}`,
		"attributes=" + badge + ":note,password":                                   `{}`,
		"attributes=" + badge + ":initials":                                        `{"` + badge + `":{"initials":"HS"}}`,
		"attributes=" + scim.UserSchema + ":addresses.country":                     `{"addresses":[{"country":"US"}]}`,
		"attributes=emails,emails.type":                                            `{"emails":[{"value":"han@example.com","display":"Han","type":"work","primary":true},{"value":"han@home.example","type":"home"}]}`,
		"attributes=meta.resourceType":                                             `{"meta":{"resourceType":"User"}}`,
		"attributes=department":                                                    `{}`,
		"attributes=name.givenName&attributes=title":                               `{"name":{"givenName":"Han"},"title":"Captain"}`,
		"excludedAttributes=" + scim.UserSchema + "," + badge + ",meta,externalId": `{"` + company + `":{"employeeNumber":"701984","costCenter":"4130","organization":"Rebels","division":"Freight","department":"Falcon","manager":{"value":"26118915","$ref":"../Users/26118915"}}}`,
	} {
		query = strings.ReplaceAll(query, "$", url.QueryEscape("$"))
		got := c.do("GET", "/Users/id-001?"+query, "").want(t, http.StatusOK).object
		if got["id"] != "id-001" || got["schemas"] == nil {
			t.Errorf("%s leaves out what is always shown: %v", query, got)
		}
		delete(got, "id")
		delete(got, "schemas")
		if wanted := decode(t, []byte(want)); !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s shows\n%v, want\n%v", query, got, wanted)
		}
	}
}

// The groups of a person are shown, asked for and never taken from the client.
func TestGroupsOfAUser(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id, other := c.seed(`"userName":"x","groups":[{"value":"mine"}]`), c.seed(`"userName":"y"`)
	c.product.groups = map[string][]org.Group{id: {{ID: "g1", DisplayName: "Pilots"}, {ID: "g2", DisplayName: "Smugglers"}}}
	want := `"groups":[{"value":"g1","$ref":"http://product.test` + base + `/Groups/g1","display":"Pilots","type":"direct"},` +
		`{"value":"g2","$ref":"http://product.test` + base + `/Groups/g2","display":"Smugglers","type":"direct"}]`
	for _, a := range []answer{
		c.do("GET", "/Users/"+id, ""), c.do("GET", "/Users", ""), c.do("POST", "/.search", `{`+searchRequest+`}`), c.patch(id, `[{"op":"add","path":"title","value":"x"}]`),
		c.do("PUT", "/Users/"+id, `{`+coreUser+`,"userName":"x","groups":[{"value":"g3"}]}`),
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the groups are missing: %s", a.body)
		}
	}
	if a := c.do("GET", "/Users/"+other, ""); a.object["groups"] != nil {
		t.Errorf("somebody else has groups: %s", a.body)
	}
	for filter, found := range map[string]string{
		`groups.value eq "g2"`: "1", `groups[display eq "pilots" and type eq "direct"]`: "1", `not (groups pr)`: "2", `groups.value eq "G2"`: "", `groups eq "g1"`: "1",
	} {
		if got := strings.Join(c.do("GET", "/Users?filter="+url.QueryEscape(filter), "").want(t, http.StatusOK).ids(t), " "); got != found {
			t.Errorf("%s finds %q, want %q", filter, got, found)
		}
	}
	if a := c.do("GET", "/Users/"+id+"?attributes=groups.display", ""); !strings.Contains(a.body, `"groups":[{"display":"Pilots"},{"display":"Smugglers"}]`) {
		t.Errorf("a part of the groups: %s", a.body)
	}
	c.patch(id, `[{"op":"remove","path":"groups[value eq \"g1\"]"}]`).refused(t, http.StatusBadRequest, "mutability")
}

// Answers to what changes a user are cut to what the client wants as well.
func TestProjectionOfChanges(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	user := `{` + coreUser + `,"userName":"x","title":"Captain"}`
	patch := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"title","value":"General"}]}`
	for _, at := range []struct{ method, path, body string }{
		{"POST", "/Users", user}, {"PUT", "/Users/id-001", user}, {"PATCH", "/Users/id-001", patch},
	} {
		if at.method != "POST" {
			c.do(at.method, at.path+"?attributes=id", at.body).want(t, http.StatusOK)
		}
		a := c.do(at.method, at.path+"?attributes=userName", at.body)
		if want := `{` + coreUser + `,"id":"id-001","userName":"x"}` + "\n"; a.body != want {
			t.Errorf("%s answers %s", at.method, a.body)
		}
	}
	a := c.do("PATCH", "/Users/id-001?excludedAttributes=userName,meta,active", patch)
	if want := `{` + coreUser + `,"id":"id-001","title":"General"}` + "\n"; a.body != want {
		t.Errorf("without some: %s", a.body)
	}
}

// What is shown on request is shown to whom asks for it, and to whom just wrote it.
func TestOnRequest(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const badge = scim.BadgeSchema
	motto := func(a answer) any {
		object, _ := a.object[badge].(map[string]any)
		return object["motto"]
	}
	user := `{` + coreUser + `,"userName":"x","` + badge + `":{"motto":"Never tell me the odds","code":"x","note":"hush"}}`
	plain := `{` + coreUser + `,"userName":"x","` + badge + `":{"code":"y"}}`
	ops := func(op string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + op + `]}`
	}
	for i, step := range []struct {
		method, path, body string
		shown              bool
	}{
		{"POST", "/Users", user, true},
		{"GET", "/Users/id-001", "", false},
		{"GET", "/Users/id-001?attributes=" + badge + ":motto", "", true},
		{"GET", "/Users/id-001?attributes=" + badge, "", false},
		{"GET", "/Users/id-001?excludedAttributes=userName", "", false},
		{"PATCH", "/Users/id-001", ops(`{"op":"add","path":"` + badge + `:code","value":"y"}`), false},
		{"PATCH", "/Users/id-001", ops(`{"op":"add","path":"` + badge + `:motto","value":"Never tell me the odds"}`), true},
		{"PATCH", "/Users/id-001", ops(`{"op":"add","value":{"` + badge + `:motto":"Never tell me the odds"}}`), true},
		{"PATCH", "/Users/id-001", ops(`{"op":"add","value":{"` + badge + `":{"motto":"Never tell me the odds"}}}`), true},
		{"PATCH", "/Users/id-001", ops(`{"op":"add","path":"` + badge + `","value":{"motto":"Never tell me the odds"}}`), true},
		{"PATCH", "/Users/id-001?attributes=userName", ops(`{"op":"add","path":"` + badge + `:motto","value":"Never tell me the odds"}`), false},
		{"PATCH", "/Users/id-001?excludedAttributes=userName", ops(`{"op":"add","path":"` + badge + `:motto","value":"Never tell me the odds"}`), true},
		{"PATCH", "/Users/id-001?excludedAttributes=" + badge + ":motto", ops(`{"op":"add","path":"` + badge + `:motto","value":"Never tell me the odds"}`), false},
		{"PUT", "/Users/id-001", user, true},
		{"PUT", "/Users/id-001", plain, false},
		{"GET", "/Users/id-001?attributes=" + badge + ":motto", "", false},
	} {
		a := c.do(step.method, step.path, step.body)
		if a.status >= 300 || (motto(a) == "Never tell me the odds") != step.shown || strings.Contains(a.body, "hush") {
			t.Errorf("step %d, %s %s: %d %s", i+1, step.method, step.path, a.status, a.body)
		}
	}
	if list := c.do("GET", "/Users?attributes=userName,"+badge+":motto", "").want(t, http.StatusOK); strings.Contains(list.body, "motto") {
		t.Errorf("the cleared one is listed: %s", list.body)
	}
}

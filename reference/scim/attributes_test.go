package scim_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"rollcall.example/reference/scim"
)

// whole is a user with every attribute that a client can write and see.
const whole = `"externalId":"00u1","userName":"han@example.com",
	"name":{"formatted":"Capt. Han Solo Sr.","familyName":"Solo","givenName":"Han","middleName":"X","honorificPrefix":"Capt.","honorificSuffix":"Sr."},
	"displayName":"Han Solo","nickName":"Han","profileUrl":"https://example.com/han","title":"Captain","userType":"Contractor",
	"preferredLanguage":"en, de;q=0.5","locale":"en-US","timezone":"Europe/Berlin","active":true,
	"emails":[{"value":"han@example.com","display":"Han","type":"work","primary":true},{"value":"han@home.example","type":"home"}],
	"phoneNumbers":[{"value":"tel:+1-201-555-0123","display":"Falcon","type":"mobile","primary":true},{"value":"+49 30 1","type":"fax"}],
	"ims":[{"value":"han","type":"xmpp"}],"photos":[{"value":"https://example.com/han.png","type":"photo"}],
	"addresses":[{"formatted":"Bay 94\nMos Eisley","streetAddress":"Bay 94","locality":"Mos Eisley","region":"Tatooine","postalCode":"94","country":"US","type":"work","primary":true}],
	"entitlements":[{"value":"fly","display":"To fly","type":"ship"}],"roles":[{"value":"pilot","primary":true},{"value":"smuggler"}],
	"x509Certificates":[{"value":"MIIBAA==","type":"sign"}],
	"` + scim.EnterpriseSchema + `":{"employeeNumber":"701984","costCenter":"4130","organization":"Rebels","division":"Freight","department":"Falcon",
		"manager":{"value":"26118915","$ref":"../Users/26118915"}},
	"` + scim.BadgeSchema + `":{"number":9007199254740993,"serial":"aB-1","code":"Xy","thickness":0.80,"picture":"aGFu","issued":"2026-01-02T03:04:05.5+01:00",
		"page":"https://example.com/lost","areas":["Lab","Roof"],"visits":[{"value":"Hoth","type":"project","primary":true,"until":"2026-02-01T00:00:00Z","desk":7}],
		"temporary":false}`

// body is a JSON object with the members of a user and others laid over them.
func body(t tester, over string) string {
	t.Helper()
	members := decode(t, []byte("{"+coreUser+","+whole+"}"))
	for name, value := range decode(t, []byte("{"+over+"}")) {
		members[name] = value
	}
	written, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// Everything that a user has is given back, however it is asked for, and written back
// it changes nothing.
func TestEveryAttributeIsKept(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	sent := `{"schemas":["` + scim.UserSchema + `","` + scim.EnterpriseSchema + `","` + scim.BadgeSchema + `"],` + whole + "}"
	a := c.do("POST", "/Users", sent).want(t, http.StatusCreated)
	got, want := numbered(t, a.body), numbered(t, sent)
	delete(got, "meta")
	delete(got, "id")
	badge := got[scim.BadgeSchema].(map[string]any)
	if badge["initials"] != "HS" {
		t.Errorf("the initials are %v", badge["initials"])
	}
	delete(badge, "initials")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("came back as\n%v, sent\n%v", got, want)
	}
	before := c.product.snapshot()
	read := c.do("GET", "/Users/id-001", "").want(t, http.StatusOK)
	if read.body != a.body {
		t.Errorf("read as\n%s, made as\n%s", read.body, a.body)
	}
	if listed := c.do("GET", "/Users", "").want(t, http.StatusOK).body; !strings.Contains(listed, strings.TrimSpace(a.body)) {
		t.Errorf("listed as %s", listed)
	}
	if put := c.do("PUT", "/Users/id-001", read.body).want(t, http.StatusOK); put.body != read.body || c.product.snapshot() != before {
		t.Errorf("written back it is\n%s", put.body)
	}
}

// numbered decodes an object with its numbers as they are written.
func numbered(t tester, s string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("%v: %s", err, s)
	}
	return object
}

// A PUT clears what it leaves out, but for what is set once and what nobody can read.
func TestReplaceClears(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.do("POST", "/Users", body(t, `"`+scim.BadgeSchema+`":{"serial":"aB-1","note":"left-handed","code":"Xy"}`)).want(t, http.StatusCreated)
	a := c.do("PUT", "/Users/id-001", `{`+coreUser+`,"userName":"han@example.com"}`).want(t, http.StatusOK)
	want := map[string]any{"serial": "aB-1"}
	if got := a.object[scim.BadgeSchema]; !reflect.DeepEqual(got, want) {
		t.Errorf("the badge is %v", got)
	}
	if kept := c.record("id-001").Attributes[strings.ToLower(scim.BadgeSchema)].(map[string]any); kept["note"] != "left-handed" {
		t.Errorf("kept: %v", kept)
	}
	for _, name := range []string{"title", "emails", "name", "addresses", scim.EnterpriseSchema} {
		if a.object[name] != nil {
			t.Errorf("%s is still %v", name, a.object[name])
		}
	}
	if got := a.object["schemas"]; !reflect.DeepEqual(got, []any{scim.UserSchema, scim.BadgeSchema}) {
		t.Errorf("the schemas are %v", got)
	}
}

func TestSetOnce(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const badge = `"` + scim.BadgeSchema + `":`
	c.seed(`"userName":"han@example.com"`)
	put := func(badge string) answer {
		return c.do("PUT", "/Users/id-001", `{`+coreUser+`,"userName":"han@example.com",`+badge+`}`)
	}
	put(badge+`{"serial":"a"}`).want(t, http.StatusOK)
	before := c.product.snapshot()
	put(badge+`{"serial":"a"}`).want(t, http.StatusOK)
	put(badge+`{"serial":"A"}`).refused(t, http.StatusBadRequest, "mutability")
	for _, op := range []string{
		`{"op":"replace","path":"` + scim.BadgeSchema + `:serial","value":"b"}`, `{"op":"remove","path":"` + scim.BadgeSchema + `:serial"}`,
		`{"op":"add","value":{"` + scim.BadgeSchema + `":{"serial":"b"}}}`, `{"op":"remove","path":"` + scim.BadgeSchema + `"}`,
	} {
		c.patch("id-001", "["+op+"]").refused(t, http.StatusBadRequest, "mutability")
	}
	c.patch("id-001", `[{"op":"add","path":"`+scim.BadgeSchema+`:serial","value":"a"}]`).want(t, http.StatusOK)
	if after := c.product.snapshot(); after != before {
		t.Errorf("it changed to %s", after)
	}
}

// What each type refuses.
func TestTypes(t *testing.T) {
	t.Parallel()
	bad := map[string][]string{
		"number":    {`"7"`, `7.0`, `7.5`, `7e2`, `true`, `9223372036854775808`, `[7]`, `{}`},
		"thickness": {`"0.8"`, `true`, `{}`},
		"issued":    {`"2026-01-02"`, `"03:04:05Z"`, `"2026-01-02 03:04:05Z"`, `"2026-13-02T03:04:05Z"`, `"2026-01-02T03:04:05,5Z"`, `"now"`, `1767323045`, `""`},
		"picture":   {`"a"`, `"aGFu="`, `"aGF*"`, `"aGFu\n"`, `7`, `"aG-_"`},
		"page":      {`"not a uri"`, `"http://x/<y>"`, `7`, `"http://x/%zz"`, `"http://x/ü"`},
		"code":      {`7`, `true`, `["x"]`, `{"value":"x"}`, `"a\u0007b"`},
		"temporary": {`"yes"`, `0`},
		"areas":     {`[7]`, `[{"value":"x"}]`, `[["x"]]`},
		"visits":    {`["x"]`, `[{"desk":"7"}]`, `[{"until":"soon"}]`, `[{"value":"a","primary":true},{"value":"b","primary":true}]`},
	}
	good := map[string][]string{
		"number": {`0`, `-7`, `9223372036854775807`}, "thickness": {`1`, `-1.50`, `1e3`}, "issued": {`"2026-01-02T03:04:05"`, `"2026-01-02T03:04:05.123456789-14:00"`},
		"picture": {`"aGE"`, `"aGE="`, `"+/8="`}, "page": {`"urn:x:y"`, `"../a?b#c"`, `"https://[::1]/%C3%BC"`}, "code": {`"ü 周"`}, "temporary": {`"True"`, `false`},
		"areas": {`"x"`, `["x","x","X"]`}, "visits": {`{"value":"x"}`, `[{"desk":7,"until":"2026-01-02T03:04:05Z"}]`},
	}
	user := func(attribute, value string) string {
		return `{` + coreUser + `,"userName":"x","` + scim.BadgeSchema + `":{"` + attribute + `":` + value + `}}`
	}
	for attribute, values := range bad {
		for _, value := range values {
			c := unchanged(t)
			c.do("POST", "/Users", user(attribute, value)).refused(t, http.StatusBadRequest, "invalidValue")
			c.do("PUT", "/Users/id-001", user(attribute, value)).refused(t, http.StatusBadRequest, "invalidValue")
			c.patch("id-001", `[{"op":"add","path":"`+scim.BadgeSchema+`:`+attribute+`","value":`+value+`}]`).refused(t, http.StatusBadRequest, "invalidValue")
			if t.Failed() {
				t.Fatalf("%s was %s", attribute, value)
			}
		}
	}
	for attribute, values := range good {
		for _, value := range values {
			c := newClient(t)
			a := c.do("POST", "/Users", user(attribute, value)).want(t, http.StatusCreated)
			b := c.do("PUT", "/Users/id-001", user(attribute, value)).want(t, http.StatusOK)
			p := c.patch("id-001", `[{"op":"replace","path":"`+scim.BadgeSchema+`:`+attribute+`","value":`+value+`}]`).want(t, http.StatusOK)
			if a.body != b.body || b.body != p.body || a.object[scim.BadgeSchema] == nil {
				t.Errorf("%s of %s is %s, %s, %s", attribute, value, a.body, b.body, p.body)
			}
		}
	}
}

// What the standard demands of some values beyond their type, and what it leaves open.
func TestFormats(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	user := func(attributes string) string { return `{` + coreUser + `,"userName":"x",` + attributes + `}` }
	for _, bad := range []string{`"addresses":[{"country":"USA"}]`, `"addresses":[{"country":"1S"}]`, `"profileUrl":"my page"`, `"x509Certificates":[{"value":"no base64"}]`} {
		c.do("POST", "/Users", user(bad)).refused(t, http.StatusBadRequest, "invalidValue")
	}
	c.do("POST", "/Users", user(`"locale":"en_US","preferredLanguage":"?","timezone":"Mars/Olympus","emails":[{"value":"no address","type":"ours"}],"phoneNumbers":[{"value":"0-0-0","type":"red"}]`)).want(t, http.StatusCreated)
}

// The same value twice is one.
func TestNothingTwice(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.do("POST", "/Users", `{`+coreUser+`,"userName":"x","emails":[{"value":"A@b.c","type":"work"},{"value":"a@B.c","type":"WORK","display":"A","primary":true},{"value":"a@b.c","type":"home"},{"value":"a@b.c"}],
		"addresses":[{"locality":"a"},{"locality":"a"},{"locality":"b"}],"`+scim.BadgeSchema+`":{"areas":["Lab","lab","Roof"]}}`).want(t, http.StatusCreated)
	want := decode(t, []byte(`{"emails":[{"value":"A@b.c","display":"A","type":"work","primary":true},{"value":"a@b.c","type":"home"},{"value":"a@b.c"}],
		"addresses":[{"locality":"a"},{"locality":"b"}],"badge":{"areas":["Lab","Roof"]}}`))
	for name, value := range want {
		got := a.object[name]
		if name == "badge" {
			got = a.object[scim.BadgeSchema]
		}
		if !reflect.DeepEqual(got, value) {
			t.Errorf("%s is %v, want %v", name, got, value)
		}
	}
}

package scim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// ids are the resources of a list, in order.
func (a answer) ids(t tester) []string {
	t.Helper()
	resources, ok := a.object["Resources"].([]any)
	if !ok {
		t.Fatalf("there are no Resources: %s", a.body)
	}
	ids := make([]string, 0, len(resources))
	for _, r := range resources {
		id, _ := r.(map[string]any)["id"].(string)
		ids = append(ids, strings.TrimPrefix(id, "id-00"))
	}
	return ids
}

// five people: 2 and 4 have left, 5 has next to nothing.
func five(t tester) *client {
	c := newClient(t)
	c.seed(`"userName":"han@example.com","externalId":"00uA","displayName":"Han","name":{"givenName":"Han","familyName":"Solo"},"emails":[{"value":"han@work.example","type":"work","primary":true}]`)
	c.seed(`"userName":"leia@example.com","externalId":"00ua","displayName":"Leia","name":{"familyName":"Organa"},"active":false`)
	c.seed(`"userName":"Luke@Example.com","displayName":"Luke \"Red Five\" Ω","emails":[{"value":"luke@home.example","type":"home"},{"value":"luke@work.example","type":"work"}]`)
	c.seed(`"userName":"lando+ci@example.com","displayName":"100%","active":false`)
	c.seed(`"userName":"r2"`)
	return c
}

func TestFilter(t *testing.T) {
	t.Parallel()
	c := five(t)
	for _, test := range []struct{ filter, want string }{
		{`userName eq "han@example.com"`, "1"},
		{`USERNAME EQ "HAN@example.com"`, "1"},
		{`userName eq " han@example.com "`, "1"},
		{`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "han@example.com"`, "1"},
		{`userName eq "nobody@example.com"`, ""},
		{`userName eq "han"`, ""},
		{`userName eq ""`, ""},
		{`userName eq "luke@example.com"`, "3"},
		{`userName eq "lando+ci@example.com"`, "4"},
		{`id eq "id-002"`, "2"},
		{`id eq "ID-002"`, ""},
		{`externalId eq "00uA"`, "1"},
		{`externalId eq "00ua"`, "2"},
		{`externalId eq ""`, ""},
		{`externalId eq null`, "3 4 5"},
		{`active eq true`, "1 3 5"},
		{`active eq false`, "2 4"},
		{`active ne true`, "2 4"},
		{`displayName eq "luke \"red five\" ω"`, "3"},
		{`displayName eq "100%"`, "4"},
		{`name.familyName eq "solo"`, "1"},
		{`name.familyName pr`, "1 2"},
		{`name pr`, "1 2"},
		{`emails pr`, "1 3"},
		{`emails.value eq "luke@work.example"`, "3"},
		{`emails co "work.example"`, "1 3"},
		{`emails[type eq "work"]`, "1 3"},
		{`emails[type eq "work" and value sw "luke"]`, "3"},
		{`emails[type eq "work"].value sw "luke"`, "3"},
		{`emails[type eq "home"].value eq "luke@work.example"`, ""},
		{`emails[type eq "home" and value eq "luke@work.example"]`, ""},
		{`emails.type eq "home" and emails.value eq "luke@work.example"`, "3"},
		{`emails.primary eq true`, "1"},
		{`userName sw "l"`, "2 3 4"},
		{`userName ew ".com" and active eq true`, "1 3"},
		{`userName co "EXAMPLE"`, "1 2 3 4"},
		{`userName ne "r2"`, "1 2 3 4"},
		{`userName gt "leia@example.com"`, "3 5"},
		{`userName le "han@example.com"`, "1"},
		{`not (userName co "@")`, "5"},
		{`userName eq "r2" or active eq false`, "2 4 5"},
		{`userName eq "r2" or active eq false and externalId pr`, "2 5"},
		{`(userName eq "r2" or active eq false) and externalId pr`, "2"},
		{`active eq true and active eq false`, ""},
		{`userName eq "r2" and userName eq "han@example.com"`, ""},
		{`active eq true and userName eq "han@example.com"`, "1"},
		{`meta.resourceType eq "User"`, "1 2 3 4 5"},
		{`meta.created gt "2026-01-02T03:04:08Z"`, "3 4 5"},
		{`meta.lastModified lt "2026-01-02T04:04:07+01:00"`, "1"},
		{`schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"`, "1 2 3 4 5"},
	} {
		for _, encode := range []func(string) string{url.QueryEscape, percentEncoded} {
			a := c.do("GET", "/Users?filter="+encode(test.filter), "").want(t, http.StatusOK)
			ids := a.ids(t)
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("%s finds %q, want %q", test.filter, got, test.want)
			}
			if a.object["totalResults"] != float64(len(ids)) || a.object["itemsPerPage"] != float64(len(ids)) {
				t.Errorf("%s counts wrong: %s", test.filter, a.body)
			}
		}
	}
}

func TestFilterRefuses(t *testing.T) {
	t.Parallel()
	c := five(t)
	for _, filter := range []string{
		``, ` `, `userName`, `userName eq`, `userName is "x"`, `userName eq x`, `userName eq "x`, `userName eq 'x'`,
		`userName eq "x" and`, `or userName eq "x"`, `(userName eq "x"`, `userName eq "x")`, `emails[type eq "x"`, `userName eq "x" active eq true`,
		`userName eq"x"`, `userName eq 5`, `userName eq true`, `active eq "true"`, `active gt false`, `active co true`, `userName gt null`,
		`name eq "x"`, `colour eq "red"`, `password eq "x"`, `password pr`, `userName.value eq "x"`, `urn:rollcall:params:scim:schemas:extension:2.0:Badge:note pr`, `urn:x:2.0:User:department eq "x"`,
		`urn:rollcall:params:scim:schemas:extension:2.0:Badge:picture gt "aaaa"`, `urn:rollcall:params:scim:schemas:extension:2.0:Badge:number co 5`, `meta.created gt "yesterday"`, `meta.created co "2026-01-01T00:00:00Z"`,
		`userName eq "\u0000"`, `userName eq "\ud800"`, `userName eq "` + "\xff" + `"`, `userName eq "` + "\n" + `"`, `1 eq 1`, `userName eq "a" or 1 eq 1`,
		`userName[value eq "x"]`, `emails[colour eq "x"]`, `emails[type[x eq "y"] eq "z"]`, `emails.value[x pr]`, `emails[type eq "x"].value`, `emails[type eq "x"] .value pr`, `emails[type eq "x"].colour pr`, `not userName eq "x"`, `a..b pr`,
		strings.Repeat("(", 33) + `userName pr` + strings.Repeat(")", 33), `userName eq "` + strings.Repeat("x", 5000) + `"`,
	} {
		a := c.do("GET", "/Users?filter="+url.QueryEscape(filter), "")
		a.refused(t, http.StatusBadRequest, "invalidFilter")
		if t.Failed() {
			t.Fatalf("the filter was %q", filter)
		}
	}
	c.do("GET", `/Users?filter=userName+eq+%22a%22&filter=userName+eq+%22b%22`, "").refused(t, http.StatusBadRequest, "invalidFilter")
	c.do("GET", `/Users?filter=%zz`, "").refused(t, http.StatusBadRequest, "invalidSyntax")
	c.do("GET", `/Users?count=1;filter=x`, "").refused(t, http.StatusBadRequest, "invalidSyntax")
}

// percentEncoded writes a space as %20, as Okta does now.
func percentEncoded(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// What the store can look up must be asked of it: it has the indices.
func TestFilterIsPushedDown(t *testing.T) {
	t.Parallel()
	c := five(t)
	c.do("GET", "/Users?filter="+url.QueryEscape(`active eq true and userName eq "han@example.com" and (externalId eq "00uA" and displayName pr)`), "").want(t, http.StatusOK)
	asked := c.product.asked[len(c.product.asked)-1]
	if asked.UserName == nil || *asked.UserName != "han@example.com" || asked.Active == nil || !*asked.Active || asked.ExternalID == nil || asked.ID != nil {
		t.Errorf("the store was asked for %+v", asked)
	}
	c.do("GET", "/Users?filter="+url.QueryEscape(`userName eq "r2" or active eq false`), "").want(t, http.StatusOK)
	if asked := c.product.asked[len(c.product.asked)-1]; asked.UserName != nil || asked.Active != nil {
		t.Errorf("half of an alternative was asked for: %+v", asked)
	}
	c.do("GET", "/Users?filter="+url.QueryEscape(`userName sw "HA" and displayName pr`), "").want(t, http.StatusOK)
	if asked := c.product.asked[len(c.product.asked)-1]; asked.UserNameStart == nil || *asked.UserNameStart != "HA" {
		t.Errorf("for a beginning, the store was asked for %+v", asked)
	}
	c.do("GET", "/Users?filter="+url.QueryEscape(`not (userName sw "HA") and userName sw " "`), "").want(t, http.StatusOK)
	if asked := c.product.asked[len(c.product.asked)-1]; asked.UserNameStart != nil {
		t.Errorf("for what must not be, and for nothing, the store was asked for %+v", asked)
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	c := five(t)
	for _, test := range []struct {
		query               string
		want                string
		total, start, items float64
	}{
		{"", "1 2 3 4 5", 5, 1, 5},
		{"?startIndex=1&count=2", "1 2", 5, 1, 2},
		{"?startIndex=3&count=2", "3 4", 5, 3, 2},
		{"?startIndex=5&count=2", "5", 5, 5, 1},
		{"?startIndex=4", "4 5", 5, 4, 2},
		{"?count=3", "1 2 3", 5, 1, 3},
		{"?startIndex=101&count=100", "", 5, 101, 0},
		{"?startIndex=0&count=1", "1", 5, 1, 1},
		{"?startIndex=-7&count=1", "1", 5, 1, 1},
		{"?count=0", "", 5, 1, 0},
		{"?count=-1", "", 5, 1, 0},
		{"?count=1000000", "1 2 3 4 5", 5, 1, 5},
		{"?startIndex=99999999999999999999999&count=99999999999999999999999", "", 5, 2147483647, 0},
		{"?startIndex=-99999999999999999999999&count=-99999999999999999999999", "", 5, 1, 0},
		{"?filter=userName+pr&startIndex=2&count=2", "2 3", 5, 2, 2},
		{"?filter=userName+sw+%22l%22&startIndex=2&count=1", "3", 3, 2, 1},
		{"?filter=userName+sw+%22l%22&startIndex=9", "", 3, 9, 0},
		{"?filter=userName+sw+%22l%22&count=0", "", 3, 1, 0},
		{"?filter=active+eq+true&startIndex=2&count=1", "3", 3, 2, 1},
		{"?sortOrder=descending&count=1", "1", 5, 1, 1},
	} {
		a := c.do("GET", "/Users"+test.query, "").want(t, http.StatusOK)
		if got := strings.Join(a.ids(t), " "); got != test.want {
			t.Errorf("%s shows %q, want %q", test.query, got, test.want)
		}
		for name, want := range map[string]float64{"totalResults": test.total, "startIndex": test.start, "itemsPerPage": test.items} {
			if a.object[name] != want {
				t.Errorf("%s: %s is %v, want %v", test.query, name, a.object[name], want)
			}
		}
	}
	for _, query := range []string{"?count=ten", "?startIndex=1.5", "?startIndex=", "?count=0x10"} {
		c.do("GET", "/Users"+query, "").refused(t, http.StatusBadRequest, "invalidValue")
	}
}

func TestPagesAreBounded(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for i := range 250 {
		c.seed(fmt.Sprintf(`"userName":"u%d"`, i))
	}
	for query, want := range map[string]int{"": 100, "?count=150": 150, "?count=201": 200, "?count=9999&filter=userName+pr": 200} {
		if got := len(c.do("GET", "/Users"+query, "").ids(t)); got != want {
			t.Errorf("%q shows %d, want %d", query, got, want)
		}
	}
	var all []string
	for start := 1; start <= 250; start += 100 {
		all = append(all, c.do("GET", fmt.Sprintf("/Users?startIndex=%d&count=100", start), "").ids(t)...)
	}
	if slices.Sort(all); len(slices.Compact(all)) != 250 {
		t.Errorf("the pages hold %d different users of 250", len(all))
	}
}

func TestProjection(t *testing.T) {
	t.Parallel()
	c := five(t)
	const always = `{` + coreUser + `,"id":"id-001"`
	for query, want := range map[string]string{
		"attributes=userName":                           always + `,"userName":"han@example.com"}`,
		"attributes=USERNAME,active,nonsense":           always + `,"userName":"han@example.com","active":true}`,
		"attributes=name.givenName,emails.value":        always + `,"name":{"givenName":"Han"},"emails":[{"value":"han@work.example"}]}`,
		"attributes=nonsense":                           always + `}`,
		"excludedAttributes=id,schemas,meta,emails":     always + `,"externalId":"00uA","userName":"han@example.com","name":{"familyName":"Solo","givenName":"Han"},"displayName":"Han","active":true}`,
		"excludedAttributes=name,meta,emails.value,x.y": always + `,"externalId":"00uA","userName":"han@example.com","displayName":"Han","active":true,"emails":[{"type":"work","primary":true}]}`,
		"attributes=urn:ietf:params:scim:schemas:core:2.0:User:active,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager": always + `,"active":true}`,
	} {
		if got := c.do("GET", "/Users/id-001?"+query, "").want(t, http.StatusOK).body; got != want+"\n" {
			t.Errorf("%s shows\n%s, want\n%s", query, got, want)
		}
		list := c.do("GET", "/Users?count=1&"+query, "").want(t, http.StatusOK).body
		if !strings.Contains(list, `"Resources":[`+want+`]`) {
			t.Errorf("%s in a list shows\n%s", query, list)
		}
	}
	before := c.product.snapshot()
	for _, query := range []string{"attributes=a&excludedAttributes=b", "attributes=a[b+pr]", "excludedAttributes=%22"} {
		c.do("GET", "/Users/id-001?"+query, "").refused(t, http.StatusBadRequest, "invalidValue")
		c.do("POST", "/Users?"+query, `{`+coreUser+`,"userName":"new"}`).refused(t, http.StatusBadRequest, "invalidValue")
	}
	if c.product.snapshot() != before {
		t.Error("a request with a bad projection was carried out")
	}
}

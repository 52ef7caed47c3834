package scim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/scim"
)

const searchRequest = `"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]`

// crew are people who differ in everything that can be sorted by.
func crew(t tester) *client {
	c := newClient(t)
	const badge = `"` + scim.BadgeSchema + `":`
	c.seed(`"userName":"b","title":"Über","externalId":"a",` + badge + `{"number":10,"thickness":0.9,"code":"b","issued":"2026-01-02T00:00:00+02:00","areas":["z","a"]},
		"emails":[{"value":"z@x.y"},{"value":"a@x.y","primary":true}]`)
	c.seed(`"userName":"A","title":"able","externalId":"B","active":false,` + badge + `{"number":9,"thickness":1e0,"code":"B","issued":"2026-01-01T23:00:00Z"},"emails":[{"value":"m@x.y"}]`)
	c.seed(`"userName":"c","externalId":"b",` + badge + `{"number":9007199254740993,"code":"a"},"name":{"givenName":"x"}`)
	c.seed(`"userName":"D","title":"Zoo",` + badge + `{"number":9007199254740992,"issued":"2025-12-31T00:00:00Z"},"emails":[{"value":"B@x.y"}]`)
	return c
}

func TestSort(t *testing.T) {
	t.Parallel()
	c := crew(t)
	badge := url.QueryEscape(scim.BadgeSchema) + ":"
	for query, want := range map[string]string{
		"sortBy=userName":                                                    "2 1 3 4",
		"sortBy=USERNAME&sortOrder=ascending":                                "2 1 3 4",
		"sortBy=userName&sortOrder=descending":                               "4 3 1 2",
		"sortBy=urn:ietf:params:scim:schemas:core:2.0:User:userName":         "2 1 3 4",
		"sortBy=externalId":                                                  "2 1 3 4",
		"sortBy=externalId&sortOrder=descending":                             "4 3 1 2",
		"sortBy=title":                                                       "2 4 1 3",
		"sortBy=title&sortOrder=descending":                                  "3 1 4 2",
		"sortBy=emails":                                                      "1 4 2 3",
		"sortBy=emails.value":                                                "1 4 2 3",
		"sortBy=active":                                                      "2 1 3 4",
		"sortBy=name.givenName":                                              "3 1 2 4",
		"sortBy=meta.created&sortOrder=descending":                           "4 3 2 1",
		"sortBy=" + badge + "number":                                         "2 1 4 3",
		"sortBy=" + badge + "thickness":                                      "1 2 3 4",
		"sortBy=" + badge + "code":                                           "2 3 1 4",
		"sortBy=" + badge + "issued":                                         "4 1 2 3",
		"sortBy=" + badge + "areas":                                          "1 2 3 4",
		"sortBy=userName&startIndex=2&count=2":                               "1 3",
		"sortBy=userName&startIndex=9":                                       "",
		"sortBy=userName&count=0":                                            "",
		"sortBy=userName&sortOrder=descending&filter=title+pr":               "4 1 2",
		"sortBy=userName&filter=active+eq+true&startIndex=3":                 "4",
		"sortBy=title&sortOrder=descending&filter=title+pr&count=1":          "1",
		"sortBy=title&sortOrder=descending&startIndex=2&count=1":             "1",
		"sortBy=userName&attributes=id&filter=userName+gt+%22b%22":           "3 4",
		"sortBy=&sortOrder=nonsense":                                         "1 2 3 4",
		"sortBy=schemas":                                                     "1 2 3 4",
		"sortBy=meta.resourceType&sortOrder=descending&startIndex=2":         "2 3 4",
		"sortBy=userName&sortOrder=Descending&startIndex=-3&count=1":         "4",
		"sortBy=name.givenName&sortOrder=descending&excludedAttributes=name": "1 2 4 3",
	} {
		if got := strings.Join(c.do("GET", "/Users?"+query, "").want(t, http.StatusOK).ids(t), " "); got != want {
			t.Errorf("%s shows %q, want %q", query, got, want)
		}
	}
	for _, query := range []string{
		"sortBy=colour", "sortBy=name", "sortBy=password", "sortBy=userName.value", "sortBy=emails[type+eq+%22x%22]", "sortBy=%22", "sortBy=userName&sortOrder=up",
		"sortBy=" + badge + "note", "sortBy=urn:x:2.0:User:title", "sortBy=addresses", "sortBy=" + url.QueryEscape(scim.BadgeSchema),
	} {
		c.do("GET", "/Users?"+query, "").refused(t, http.StatusBadRequest, "invalidValue")
	}
}

// The pages of a sorted list are disjoint and make up the whole of it.
func TestSortedPages(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for i := range 57 {
		c.seed(fmt.Sprintf(`"userName":"u%02d","title":"t%d"`, i, i*7%5))
	}
	var all []string
	for start := 1; start <= 57; start += 10 {
		a := c.do("GET", fmt.Sprintf("/Users?sortBy=title&startIndex=%d&count=10", start), "").want(t, http.StatusOK)
		if a.object["totalResults"] != 57.0 {
			t.Fatalf("the total is %v", a.object["totalResults"])
		}
		all = append(all, a.ids(t)...)
	}
	whole := c.do("GET", "/Users?sortBy=title&count=57", "").ids(t)
	if !slices.Equal(all, whole) {
		t.Errorf("page by page it is\n%q, at once\n%q", all, whole)
	}
	if slices.Sort(all); len(slices.Compact(all)) != 57 {
		t.Errorf("the pages hold %d different users of 57", len(all))
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	c := crew(t)
	for body, want := range map[string]string{
		``:                              "1 2 3 4",
		`,"filter":"userName eq \"a\""`: "2",
		`,"filter":"active eq true","sortBy":"userName","sortOrder":"descending"`:      "4 3 1",
		`,"FILTER":"title pr","startIndex":2,"count":1`:                                "2",
		`,"startIndex":-1,"count":2`:                                                   "1 2",
		`,"count":0`:                                                                   "",
		`,"filter":null,"sortBy":null,"count":null,"colour":"red"`:                     "1 2 3 4",
		`,"attributes":["userName","` + scim.BadgeSchema + `:number"],"count":1`:       "1",
		`,"filter":"` + scim.BadgeSchema + `:number gt 9 and not (title sw \"z\")"`:    "1 3",
		`,"filter":"meta.resourceType eq \"User\" and schemas co \"badge\"","count":9`: "",
		`,"excludedAttributes":["name","emails"],"sortBy":"emails.value"`:              "1 4 2 3",
	} {
		for _, path := range []string{"/Users/.search", "/.search"} {
			a := c.do("POST", path, `{`+searchRequest+body+`}`).want(t, http.StatusOK)
			if got := strings.Join(a.ids(t), " "); got != want {
				t.Errorf("%s of %s shows %q, want %q", path, body, got, want)
			}
		}
	}
	one := c.do("POST", "/.search", `{`+searchRequest+`,"attributes":["userName"],"filter":"userName eq \"b\""}`)
	if want := `"Resources":[{"schemas":["` + scim.UserSchema + `","` + scim.BadgeSchema + `"],"id":"id-001","userName":"b"}]}`; !strings.Contains(one.body, want) {
		t.Errorf("it shows %s", one.body)
	}
	before := c.product.snapshot()
	for body, typ := range map[string]string{
		`{}`: "invalidSyntax", `{` + coreUser + `}`: "invalidSyntax",
		`{` + searchRequest + `,"filter":"colour eq 1"}`: "invalidFilter", `{` + searchRequest + `,"filter":""}`: "invalidFilter", `{` + searchRequest + `,"filter":"userName regex \"x\""}`: "invalidFilter",
		`{` + searchRequest + `,"filter":{}}`: "invalidValue", `{` + searchRequest + `,"count":"ten"}`: "invalidValue", `{` + searchRequest + `,"count":1.5}`: "invalidValue", `{` + searchRequest + `,"sortBy":["a"]}`: "invalidValue",
		`{` + searchRequest + `,"attributes":[1]}`: "invalidValue", `{` + searchRequest + `,"attributes":["a"],"excludedAttributes":["b"]}`: "invalidValue", `{` + searchRequest + `,"sortBy":"colour"}`: "invalidValue",
	} {
		for _, path := range []string{"/Users/.search", "/.search"} {
			c.do("POST", path, body).refused(t, http.StatusBadRequest, typ)
		}
	}
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		a := c.do(method, "/Users/.search", `{}`)
		if a.refused(t, http.StatusMethodNotAllowed, ""); a.header.Get("Allow") != "POST" {
			t.Errorf("Allow is %q", a.header.Get("Allow"))
		}
	}
	if c.product.snapshot() != before {
		t.Error("searching changed something")
	}
}

package scim_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/scim"
)

// crowd is a product with some people, whose names come in another order than they do.
func crowd(t *testing.T, n int) *client {
	c := newClient(t)
	for i := range n {
		c.seed(fmt.Sprintf(`"userName":"user%02d@example.com","displayName":"%d","externalId":"%d","active":%v`, i, i*7%n/2, i%3, i%4 != 0))
	}
	return c
}

// follow goes through a list by its cursors, page by page, and returns the ids that it
// sees. Between pages it does what it is told to.
func (c *client) follow(query string, count int, between func(page int)) []string {
	c.t.Helper()
	var seen []string
	cursor := ""
	for page := 1; page < 100; page++ {
		a := c.do("GET", fmt.Sprintf("/Users?count=%d&cursor=%s&%s", count, cursor, query), "").want(c.t, http.StatusOK)
		ids := a.wholeIDs()
		if len(ids) > count || a.object["itemsPerPage"] != float64(len(ids)) || a.object["startIndex"] != nil {
			c.t.Errorf("page %d is %s", page, a.body)
		}
		seen = append(seen, ids...)
		next, more := a.object["nextCursor"].(string)
		if !more {
			return seen
		}
		if len(ids) != count || url.QueryEscape(next) != next {
			c.t.Errorf("page %d has %d resources and goes on at %q", page, len(ids), next)
		}
		cursor = next
		if between != nil {
			between(page)
		}
	}
	c.t.Fatal("the list does not end")
	return nil
}

// wholeIDs are those of the resources in a list.
func (a answer) wholeIDs() []string {
	var ids []string
	resources, _ := a.object["Resources"].([]any)
	for _, resource := range resources {
		id, _ := resource.(map[string]any)["id"].(string)
		ids = append(ids, id)
	}
	return ids
}

// all is the same list in one page.
func (c *client) all(query string) []string {
	c.t.Helper()
	return c.do("GET", "/Users?count=200&"+query, "").want(c.t, http.StatusOK).wholeIDs()
}

func TestCursorsGoThroughAList(t *testing.T) {
	t.Parallel()
	const n = 23
	c := crowd(t, n)
	for _, query := range []string{
		"", "filter=" + url.QueryEscape(`active eq true`), "filter=" + url.QueryEscape(`userName co "1"`), "filter=" + url.QueryEscape(`externalId eq "1"`),
		"sortBy=userName&sortOrder=descending", "sortBy=displayName", "sortBy=displayName&sortOrder=descending", "sortBy=active", "sortBy=title",
		"sortBy=meta.created&sortOrder=descending", "sortBy=displayName&filter=" + url.QueryEscape(`active eq true and userName sw "user"`),
		"filter=" + url.QueryEscape(`userName eq "nobody"`),
	} {
		want := c.all(query)
		for _, count := range []int{1, 4, n - 1, n, n + 1, 200} {
			if got := c.follow(query, count, nil); !slices.Equal(got, want) {
				t.Errorf("%s by %d: %q, want %q", query, count, got, want)
			}
		}
		total := c.do("GET", "/Users?cursor=&count=2&"+query, "").object["totalResults"]
		if total != float64(len(want)) {
			t.Errorf("%s: totalResults is %v, want %d", query, total, len(want))
		}
	}
	second := c.do("GET", "/Users?cursor=&count=5", "").object["nextCursor"].(string)
	if got := c.do("GET", "/Users?count=5&cursor="+second, ""); got.object["totalResults"] != float64(n) {
		t.Errorf("on the second page totalResults is %v", got.object["totalResults"])
	}
}

// Who comes or goes while a client pages shifts nobody else.
func TestCursorsAreStable(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"", "sortBy=displayName", "filter=" + url.QueryEscape(`userName sw "user"`)} {
		c := crowd(t, 20)
		before := c.all(query)
		gone := map[string]bool{}
		got := c.follow(query, 3, func(page int) {
			for _, i := range []int{page, 19 - page} { // one that was seen, or not
				if !gone[before[i]] {
					gone[before[i]] = true
					c.do("DELETE", "/Users/"+before[i], "").want(t, http.StatusNoContent)
				}
			}
			c.seed(fmt.Sprintf(`"userName":"user-new-%d","displayName":"0"`, page))
		})
		for _, id := range before {
			times := strings.Count(strings.Join(got, " ")+" ", id+" ")
			if times > 1 || times == 0 && !gone[id] {
				t.Errorf("%s: %s is seen %d times", query, id, times)
			}
		}
	}
}

func TestCursorsThatAreNone(t *testing.T) {
	t.Parallel()
	c := crowd(t, 10)
	get := func(query string) answer { return c.do("GET", "/Users?"+query, "") }
	next := get("cursor=&count=3").object["nextCursor"].(string)
	filtered := get("cursor=&count=1&filter=" + url.QueryEscape(`active eq true`)).object["nextCursor"].(string)
	flipped := []byte(next)
	flipped[len(flipped)/2] ^= 1
	for name, cursor := range map[string]string{
		"nonsense": "nonsense", "a number": "3", "one with a byte changed": string(flipped), "half of one": next[:len(next)/2], "one and more": next + "AA",
		"one of another list": filtered, "one made up": base64.RawURLEncoding.EncodeToString([]byte(`000000000000[1,1767323045,null]`)), "NUL": "%00",
	} {
		a := get("count=3&cursor=" + cursor)
		if cursor == "%00" {
			a.refused(t, http.StatusBadRequest, "invalidSyntax")
			continue
		}
		if a.status != http.StatusBadRequest || a.object["scimType"] != "invalidCursor" {
			t.Errorf("%s is answered %d: %s", name, a.status, a.body)
		}
	}
	get("count=3&cursor="+next+"&sortBy=userName").refused(t, http.StatusBadRequest, "invalidCursor")
	for _, count := range []string{"-1", "x", "1.5", "", "-99999999999999999999"} {
		get("cursor=&count="+count).refused(t, http.StatusBadRequest, "invalidCount")
	}
	get("cursor=&startIndex=1").refused(t, http.StatusBadRequest, "invalidValue")
	if a := get("cursor=&count=0").want(t, http.StatusOK); len(a.wholeIDs()) != 0 || a.object["totalResults"] != 10.0 || a.object["nextCursor"] == nil {
		t.Errorf("a page of none is %s", a.body)
	}
	if a := get("cursor=&count=99999999999999999999").want(t, http.StatusOK); len(a.wholeIDs()) != 10 {
		t.Errorf("a page of all is %s", a.body)
	}
	c.do("POST", "/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"cursor":""}`).refused(t, http.StatusBadRequest, "invalidCursor")
	if a := c.do("POST", "/Users/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"cursor":"`+next+`","count":2}`).want(t, http.StatusOK); len(a.wholeIDs()) != 2 {
		t.Errorf("a search goes on with %s", a.body)
	}
}

func TestCursorsExpire(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := clientOf(t, scim.Options{Clock: func() time.Time { return now }})
	for _, name := range []string{"a", "b", "c"} {
		c.seed(`"userName":"` + name + `"`)
	}
	next := c.do("GET", "/Users?cursor=&count=1", "").object["nextCursor"].(string)
	now = now.Add(scim.CursorLifetime)
	c.do("GET", "/Users?count=1&cursor="+next, "").want(t, http.StatusOK)
	now = now.Add(time.Second)
	c.do("GET", "/Users?count=1&cursor="+next, "").refused(t, http.StatusBadRequest, "expiredCursor")
}

package scim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/scim"
)

// making is an operation that creates a group of those that bulkIds name.
func (g *grouping) making(bulkID string, members ...string) string {
	var list []string
	for _, m := range members {
		list = append(list, fmt.Sprintf(`{"value":"bulkId:%s"}`, m))
	}
	return fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":%q,"data":{%s,"displayName":%q,"members":[%s]}}`, bulkID, coreGroup, bulkID, strings.Join(list, ","))
}

// bulk sends operations and says which status each has.
func (g *grouping) bulk(operations ...string) string {
	g.t.Helper()
	a := g.do("POST", "/Bulk", `{`+bulkSchemas+`,"Operations":[`+strings.Join(operations, ",")+`]}`).want(g.t, http.StatusOK)
	var statuses []string
	list, _ := a.object["Operations"].([]any)
	for _, entry := range list {
		status, _ := entry.(map[string]any)["status"].(string)
		statuses = append(statuses, status)
	}
	return strings.Join(statuses, " ")
}

// within says who is in which group, by name.
func (g *grouping) within() string {
	g.t.Helper()
	var groups []string
	list, _ := g.do("GET", "/Groups", "").want(g.t, http.StatusOK).object["Resources"].([]any)
	for _, entry := range list {
		group, _ := entry.(map[string]any)
		var names []string
		members, _ := group["members"].([]any)
		for _, m := range members {
			names = append(names, fmt.Sprint(m.(map[string]any)["display"]))
		}
		slices.Sort(names)
		groups = append(groups, fmt.Sprintf("%v: %s", group["displayName"], strings.Join(names, " ")))
	}
	slices.Sort(groups)
	return strings.Join(groups, "; ")
}

func TestBulkOfGroups(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	if got := g.bulk(g.making("crew", "han", "pilots"), making("han", "Han"), g.making("pilots", "luke"), making("luke", "Luke")); got != "201 201 201 201" {
		t.Errorf("the outcome is %s", got)
	}
	const want = "crew: Han pilots; pilots: Luke"
	if got := g.within(); got != want {
		t.Errorf("the groups are %q, want %q", got, want)
	}
	// Two groups cannot be in each other; who is in neither comes all the same.
	if got := g.bulk(g.making("a", "b", "leia"), g.making("b", "a"), making("leia", "Leia"), g.making("c", "a")); got != "409 409 201 400" {
		t.Errorf("the outcome of a circle is %s", got)
	}
	if got := g.within(); got != want {
		t.Errorf("after a circle the groups are %q, want %q", got, want)
	}
	patch := `{"method":"PATCH","path":"/Groups/bulkId:new","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
		`{"op":"add","path":"members","value":[{"value":"bulkId:rey"}]},{"op":"remove","path":"members[value eq \"bulkId:finn\"]"}]}}`
	if got := g.bulk(patch, g.making("new", "finn"), making("finn", "Finn"), making("rey", "Rey")); got != "200 201 201 201" && got != "204 201 201 201" {
		t.Errorf("the outcome of a PATCH is %s", got)
	}
	if got := g.within(); got != "crew: Han pilots; new: Rey; pilots: Luke" {
		t.Errorf("after a PATCH the groups are %q", got)
	}
}

func TestCursorsGoThroughGroups(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	for i := range 11 {
		g.do("POST", "/Groups", fmt.Sprintf(`{%s,"displayName":"%d"}`, coreGroup, i*7%11)).want(t, http.StatusCreated)
	}
	for _, query := range []string{"", "&sortBy=displayName", "&sortBy=displayName&sortOrder=descending", "&filter=displayName+sw+%221%22"} {
		want := g.do("GET", "/Groups?count=200"+query, "").wholeIDs()
		var got []string
		cursor := ""
		for range 20 {
			a := g.do("GET", "/Groups?count=3&cursor="+cursor+query, "").want(t, http.StatusOK)
			if a.object["totalResults"] != float64(len(want)) {
				t.Errorf("%s: totalResults is %v, want %d", query, a.object["totalResults"], len(want))
			}
			got = append(got, a.wholeIDs()...)
			var more bool
			if cursor, more = a.object["nextCursor"].(string); !more {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	users := g.do("GET", "/Users?count=0&cursor=", "").want(t, http.StatusOK)
	if users.object["nextCursor"] != nil {
		t.Errorf("nobody is there, but more: %s", users.body)
	}
}

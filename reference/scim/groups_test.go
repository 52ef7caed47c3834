package scim_test

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

func TestAGroupIsMadeAndShown(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	han := g.person("Han")
	crew := g.made("Crew")
	a := g.do("POST", "/Groups", `{`+coreGroup+`,"displayName":"Pilots","externalId":"00g1","nonsense":1,"members":[
		{"value":"`+han+`","display":"somebody else","type":"Group"},{"value":"`+crew+`"},{"value":"`+han+`"}]}`).want(t, http.StatusCreated)
	id := a.object["id"].(string)
	location := g.base() + "/Groups/" + id
	if a.header.Get("Location") != location || a.header.Get("ETag") != `W/"1"` {
		t.Errorf("the headers are %v", a.header)
	}
	want := map[string]any{
		"schemas": []any{scim.GroupSchema}, "id": id, "displayName": "Pilots", "externalId": "00g1",
		"members": []any{
			map[string]any{"value": han, "type": "User", "display": "Han", "$ref": g.base() + "/Users/" + han},
			map[string]any{"value": crew, "type": "Group", "display": "Crew", "$ref": g.base() + "/Groups/" + crew},
		},
	}
	for what, got := range map[string]map[string]any{
		"POST": a.object,
		"GET":  g.do("GET", "/Groups/"+id, "").want(t, http.StatusOK).object,
		"list": g.do("GET", "/Groups?filter="+url.QueryEscape(`displayName eq "PILOTS"`), "").want(t, http.StatusOK).object["Resources"].([]any)[0].(map[string]any),
	} {
		meta := got["meta"].(map[string]any)
		if meta["resourceType"] != "Group" || meta["location"] != location || meta["version"] != `W/"1"` {
			t.Errorf("%s: meta is %v", what, meta)
		}
		delete(got, "meta")
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s shows\n%v\nwant\n%v", what, got, want)
		}
	}
	user := g.do("GET", "/Users/"+han, "").want(t, http.StatusOK)
	groups := []any{map[string]any{"value": id, "$ref": location, "display": "Pilots", "type": "direct"}}
	if !reflect.DeepEqual(user.object["groups"], groups) {
		t.Errorf("the user's groups are %v, want %v", user.object["groups"], groups)
	}
	g.do("PATCH", "/Users/"+han, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"groups"}]}`).
		refused(t, http.StatusBadRequest, scim.Mutability)
	if g.do("GET", "/Users/"+han+"?excludedAttributes=groups", "").object["groups"] != nil {
		t.Error("groups are shown to who does not want them")
	}
}

// Whatever way there is to say it, the same people are in the group then.
func TestMembersChange(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	han, leia, luke := g.person("Han"), g.person("Leia"), g.person("Luke")
	ids := strings.NewReplacer("HAN", han, "LEIA", leia, "LUKE", luke)
	for ops, want := range map[string][]string{
		// Okta's.
		`[{"op":"add","path":"members","value":[{"value":"LEIA","display":"leia@acme.test"}]}]`:                                          {han, leia},
		`[{"op":"remove","path":"members[value eq \"HAN\"]"},{"op":"add","path":"members","value":[{"value":"LEIA"},{"value":"LUKE"}]}]`: {leia, luke},
		`[{"op":"replace","path":"members","value":[{"value":"LUKE"}]}]`:                                                                 {luke},
		`[{"op":"replace","value":{"id":"ID","displayName":"Crew","members":[{"value":"LEIA"}]}}]`:                                       {leia},
		`[{"op":"replace","value":{"members":[],"id":"ID","displayName":"Crew"}}]`:                                                       {},
		`[{"op":"replace","value":{"id":"ID","displayName":"Renamed"}}]`:                                                                 {han},
		`[{"op":"replace","path":"members","value":[]}]`:                                                                                 {},
		`[{"op":"add","path":"members","value":[]}]`:                                                                                     {han},
		`[{"op":"remove","path":"members[value eq \"LEIA\"]"}]`:                                                                          {han},
		// Entra's.
		`[{"op":"Add","path":"members","value":[{"value":"LEIA"}]}]`:   {han, leia},
		`[{"op":"Remove","path":"members","value":[{"value":"HAN"}]}]`: {},
		`[{"op":"Remove","path":"members","value":"HAN"}]`:             {},
		`[{"op":"Remove","path":"members[value eq \"HAN\"]"}]`:         {},
		`[{"op":"Replace","path":"displayName","value":"Renamed"}]`:    {han},
		// Everybody else's.
		`[{"op":"remove","path":"members"}]`:                                                                                                                  {},
		`[{"op":"add","path":"members","value":{"value":"LEIA"}}]`:                                                                                            {han, leia},
		`[{"op":"add","value":{"MEMBERS":[{"VALUE":"LEIA"}]}}]`:                                                                                               {han, leia},
		`[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:Group:members","value":[{"value":"LEIA"}]}]`:                                              {han, leia},
		`[{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:Group:members":[{"value":"LEIA"}]}}]`:                                               {leia},
		`[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:Group","value":{"members":[{"value":"LEIA"}]}}]`:                                      {leia},
		`[{"op":"remove","path":"members[display eq \"Han\"]"}]`:                                                                                              {},
		`[{"op":"remove","path":"members[type eq \"Group\"]"}]`:                                                                                               {han},
		`[{"op":"remove","path":"members[value eq \"HAN\" or value eq \"LEIA\"]"}]`:                                                                           {},
		`[{"op":"add","path":"members","value":[{"value":"LEIA"}]},{"op":"remove","path":"members[display co \"a\"]"}]`:                                       {leia}, // whom nobody has a name for yet
		`[{"op":"add","path":"members[value eq \"LEIA\"]","value":{"value":"LEIA"}}]`:                                                                         {han, leia},
		`[{"op":"add","path":"members","value":[{"value":"HAN"}]},{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"LUKE"}]}]`: {luke},
	} {
		crew := g.made("Crew", han)
		g.patch(crew, strings.ReplaceAll(ids.Replace(ops), "ID", crew)).want(t, http.StatusNoContent)
		got := membersOf(g.do("GET", "/Groups/"+crew, "").object)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s leaves %q, want %q", ops, got, want)
		}
		if renamed := g.do("GET", "/Groups/"+crew, "").object["displayName"] == "Renamed"; renamed != strings.Contains(ops, "Renamed") {
			t.Errorf("%s: renamed is %t", ops, renamed)
		}
		g.do("DELETE", "/Groups/"+crew, "").want(t, http.StatusNoContent)
	}
	for body, want := range map[string][]string{
		`{` + coreGroup + `,"displayName":"Aces","members":[{"value":"LEIA"},{"value":"LUKE"}]}`: {leia, luke},
		`{` + coreGroup + `,"displayName":"Aces"}`:                                               {},
		`{` + coreGroup + `,"displayName":"Aces","members":null}`:                                {},
	} {
		crew := g.made("Crew", han)
		a := g.do("PUT", "/Groups/"+crew, ids.Replace(body)).want(t, http.StatusOK)
		slices.Sort(want)
		if got := membersOf(a.object); !slices.Equal(got, want) || a.object["displayName"] != "Aces" {
			t.Errorf("%s answers %v", body, a.object)
		}
		g.holds(crew, want...)
		g.do("DELETE", "/Groups/"+crew, "").want(t, http.StatusNoContent)
	}
	g.do("GET", "/Users/"+han, "").want(t, http.StatusOK)
}

func TestWhatAGroupRefuses(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	han, leia := g.person("Han"), g.person("Leia")
	other := g.made("Other")
	crew := g.made("Crew", han)
	fleet := g.made("Fleet", crew)
	before := g.do("GET", "/Groups/"+crew, "").body
	ids := strings.NewReplacer("HAN", han, "LEIA", leia, "FLEET", fleet, "CREW", crew)
	type refusal struct {
		status int
		kind   string
	}
	invalid, unique := refusal{400, scim.InvalidValue}, refusal{409, scim.Uniqueness}
	for ops, want := range map[string]refusal{
		`[{"op":"add","path":"members","value":[{"value":"LEIA"},{"value":"nobody"}]}]`:                                    invalid,
		`[{"op":"replace","path":"displayName","value":"New"},{"op":"add","path":"members","value":[{"value":"nobody"}]}]`: invalid,
		`[{"op":"remove","path":"members[value eq \"HAN\"]"},{"op":"replace","path":"displayName","value":"other"}]`:       unique,
		`[{"op":"add","path":"members","value":[{"value":"FLEET"}]}]`:                                                      invalid,
		`[{"op":"add","path":"members","value":[{"value":"CREW"}]}]`:                                                       invalid,
		`[{"op":"add","path":"members","value":["LEIA"]}]`:                                                                 invalid,
		`[{"op":"add","path":"members","value":[{"value":1}]}]`:                                                            invalid,
		`[{"op":"add","path":"members","value":[{"value":"LEIA"}]},{"op":"replace","path":"nonsense","value":1}]`:          {400, scim.InvalidPath},
		`[{"op":"add","path":"members","value":[{"value":"LEIA"}]},{"op":"replace","path":"id","value":"mine"}]`:           {400, scim.Mutability},
		`[{"op":"replace","path":"members[value eq \"HAN\"].value","value":"LEIA"}]`:                                       {400, scim.Mutability},
		`[{"op":"replace","path":"members[value eq \"LEIA\"].type","value":"User"}]`:                                       {400, scim.NoTarget},
		`[{"op":"remove","path":"members[value eq]"}]`:                                                                     {400, scim.InvalidPath},
		`[{"op":"remove","path":"displayName"}]`:                                                                           {400, scim.Mutability},
		`[{"op":"replace","path":"displayName","value":" "}]`:                                                              invalid,
		`[{"op":"remove"}]`: {400, scim.NoTarget},
	} {
		g.patch(crew, ids.Replace(ops)).refused(t, want.status, want.kind)
		if after := g.do("GET", "/Groups/"+crew, "").body; after != before {
			t.Errorf("%s changed the group\n%s\nwas %s", ops, after, before)
		}
	}
	for body, want := range map[string]refusal{
		`{` + coreGroup + `}`:                                                              invalid,
		`{` + coreGroup + `,"displayName":"CREW"}`:                                         unique,
		`{` + coreGroup + `,"displayName":"New","members":[{"value":"nobody"}]}`:           invalid,
		`{` + coreUser + `,"displayName":"New"}`:                                           {400, scim.InvalidSyntax},
		`{` + coreGroup + `,"displayName":"` + strings.Repeat("x", 300) + `"}`:             invalid,
		`{` + coreGroup + `,"displayName":"Newer","members":[{"value":"` + han + `"},{}]}`: {},
	} {
		a := g.do("POST", "/Groups", body)
		if want.status == 0 {
			a.want(t, http.StatusCreated) // an empty member says nothing
			continue
		}
		a.refused(t, want.status, want.kind)
	}
	g.do("PUT", "/Groups/"+crew, `{`+coreGroup+`,"displayName":"OTHER"}`).refused(t, 409, scim.Uniqueness)
	g.do("GET", "/Groups/nowhere", "").refused(t, 404, "")
	g.do("PUT", "/Groups/nowhere", `{`+coreGroup+`,"displayName":"x"}`).refused(t, 404, "")
	g.patch("nowhere", `[{"op":"remove","path":"members"}]`).refused(t, 404, "")
	g.do("DELETE", "/Groups/nowhere", "").refused(t, 404, "")
	g.patch(crew, `[{"op":"remove","path":"members"}]`, header("If-Match", `W/"7"`)).refused(t, 412, "")
	g.do("DELETE", "/Groups/"+crew, "", header("If-Match", `W/"7"`)).refused(t, 412, "")
	g.do("GET", "/Groups/"+crew, "", header("If-None-Match", `W/"1"`)).want(t, http.StatusNotModified)
	g.holds(other)
}

func TestGroupsAreListed(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	han, leia := g.person("Han"), g.person("Leia")
	names := map[string]string{}
	for _, name := range []string{"Crew", "Cooks", "Pilots"} {
		names[g.made(name, han)] = name
	}
	names[g.made("Fleet", leia)] = "Fleet"
	ids := strings.NewReplacer("HAN", han, "LEIA", leia)
	for filter, want := range map[string][]string{
		``:                      {"Crew", "Cooks", "Pilots", "Fleet"},
		`displayName eq "crew"`: {"Crew"},
		`displayName sw "C"`:    {"Crew", "Cooks"},
		`displayName sw "C" and not (displayName eq "Crew")`: {"Cooks"},
		`members eq "LEIA"`:                             {"Fleet"},
		`members.value eq "HAN"`:                        {"Crew", "Cooks", "Pilots"},
		`members[value eq "LEIA"]`:                      {"Fleet"},
		`displayName co "o" and members eq "HAN"`:       {"Cooks", "Pilots"},
		`members eq "HAN" and members eq "LEIA"`:        {},
		`members eq "LEIA" or displayName eq "Crew"`:    {"Crew", "Fleet"},
		`members[type eq "User" and display eq "Leia"]`: {"Fleet"},
		`externalId eq ""`:                              {},
		`meta.resourceType eq "Group"`:                  {"Crew", "Cooks", "Pilots", "Fleet"},
	} {
		a := g.do("GET", "/Groups?filter="+url.QueryEscape(ids.Replace(filter)), "")
		if filter == "" {
			a = g.do("GET", "/Groups", "")
		}
		a.want(t, http.StatusOK)
		got := []string{}
		for _, resource := range a.object["Resources"].([]any) {
			got = append(got, resource.(map[string]any)["displayName"].(string))
		}
		if !slices.Equal(got, want) || a.object["totalResults"] != float64(len(want)) {
			t.Errorf("%s finds %q of %v, want %q", filter, got, a.object["totalResults"], want)
		}
	}
	for _, filter := range []string{`displayName`, `nonsense eq 1`, `members gt "x" and`} {
		g.do("GET", "/Groups?filter="+url.QueryEscape(filter), "").refused(t, 400, scim.InvalidFilter)
	}
	for query, want := range map[string][3]int{"?startIndex=2&count=2": {2, 4, 2}, "?startIndex=9": {0, 4, 9}, "?count=0": {0, 4, 1},
		"?startIndex=2&count=1&filter=displayName+sw+%22C%22": {1, 2, 2}} {
		a := g.do("GET", "/Groups"+query, "").want(t, http.StatusOK)
		got := [3]float64{a.object["itemsPerPage"].(float64), a.object["totalResults"].(float64), a.object["startIndex"].(float64)}
		if int(got[0]) != want[0] || int(got[1]) != want[1] || int(got[2]) != want[2] {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

// readless fails when somebody reads who is in a group.
type readless struct{ scim.Domain }

func (r readless) Group(ctx context.Context, c org.Caller, id string, members bool) (org.Group, error) {
	if members {
		panic("the members were read")
	}
	return r.Domain.Group(ctx, c, id, members)
}

func (r readless) FindGroups(ctx context.Context, c org.Caller, match org.GroupMatch, members bool, offset, limit int) ([]org.Group, int, error) {
	if members {
		panic("the members were read")
	}
	return r.Domain.FindGroups(ctx, c, match, members, offset, limit)
}

func TestGroupsAreSortedAndSearched(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	han, leia := g.person("Han"), g.person("Leia")
	g.made("Pilots", han)
	g.made("crew", leia)
	g.made("Fleet", han, leia)
	const request = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]`
	byName := func(a answer) string {
		a.want(t, http.StatusOK)
		var names []string
		for _, resource := range a.object["Resources"].([]any) {
			names = append(names, resource.(map[string]any)["displayName"].(string))
		}
		return strings.Join(names, " ")
	}
	for want, a := range map[string]answer{
		"crew Fleet Pilots":          g.do("GET", "/Groups?sortBy=displayName", ""),
		"Pilots Fleet crew":          g.do("GET", "/Groups?sortBy=displayName&sortOrder=descending&excludedAttributes=members", ""),
		"Fleet Pilots":               g.do("GET", "/Groups?sortBy=displayName&startIndex=2", ""),
		"Pilots Fleet":               g.do("POST", "/Groups/.search", request+`,"filter":"members eq \"`+han+`\""}`),
		"Fleet Han Pilots":           g.do("POST", "/.search", request+`,"filter":"members.value eq \"`+han+`\" or userName sw \"han\"","sortBy":"displayName","excludedAttributes":["members"]}`),
		"Han Leia Pilots crew Fleet": g.do("POST", "/.search", request+`}`),
	} {
		if got := byName(a); got != want {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	g.do("GET", "/Groups?sortBy=nonsense", "").refused(t, 400, scim.InvalidValue)
}

func TestMembersAreReadForWhoWantsThem(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	han := g.person("Han")
	crew := g.made("Crew", han)
	if a := g.patch(crew, `[{"op":"add","path":"members","value":[]}]`); a.status != http.StatusNoContent || a.header.Get("ETag") != `W/"1"` {
		t.Errorf("PATCH answers %d, %v", a.status, a.header)
	}
	a := g.do("PATCH", "/Groups/"+crew+"?attributes=members", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":"Aces"}]}`).want(t, http.StatusOK)
	if !slices.Equal(membersOf(a.object), []string{han}) || a.object["displayName"] != nil {
		t.Errorf("PATCH with attributes answers %v", a.object)
	}
	g.handler = scim.New(readless{g.service}, scim.Options{}).Handler()
	for _, path := range []string{"/" + crew + "?excludedAttributes=members", "/" + crew + "?attributes=displayName", "?excludedAttributes=members", "?attributes=id&filter=members+eq+%22" + han + "%22"} {
		a := g.do("GET", "/Groups"+path, "").want(t, http.StatusOK)
		if strings.Contains(a.body, han) {
			t.Errorf("%s shows members: %s", path, a.body)
		}
	}
}

func TestGroupsAreOfferedWhereTheConnectionHasThem(t *testing.T) {
	t.Parallel()
	with, without := newGrouping(t, scim.Options{}), newClient(t)
	for _, path := range []string{"/ResourceTypes/Group", "/Schemas/" + scim.GroupSchema, "/Groups"} {
		with.do("GET", path, "").want(t, http.StatusOK)
		without.do("GET", path, "").refused(t, http.StatusNotFound, "")
	}
	without.do("POST", "/Groups", `{`+coreGroup+`,"displayName":"x"}`).refused(t, http.StatusNotFound, "")
	without.do("DELETE", "/Groups/x", "").refused(t, http.StatusNotFound, "")
	for path, all := range map[string]float64{"/ResourceTypes": 2, "/Schemas": 4} {
		if got := with.do("GET", path, "").object["totalResults"]; got != all {
			t.Errorf("%s lists %v, want %v", path, got, all)
		}
		if got := without.do("GET", path, "").object["totalResults"]; got != all-1 {
			t.Errorf("%s lists %v without groups, want %v", path, got, all-1)
		}
	}
}

func TestGroupsInBulk(t *testing.T) {
	t.Parallel()
	g := newGrouping(t, scim.Options{})
	a := g.do("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
		{"method":"POST","path":"/Groups","bulkId":"crew","data":{`+coreGroup+`,"displayName":"Crew","members":[{"value":"bulkId:han"}]}},
		{"method":"POST","path":"/Users","bulkId":"han","data":{`+coreUser+`,"userName":"han@acme.test"}},
		{"method":"PATCH","path":"/Groups/bulkId:crew","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":"Aces"}]}}]}`).want(t, http.StatusOK)
	for i, status := range []string{"201", "201", "204"} {
		if got := a.object["Operations"].([]any)[i].(map[string]any)["status"]; got != status {
			t.Fatalf("operation %d: %v, want %s\n%s", i+1, got, status, a.body)
		}
	}
	found := g.do("GET", "/Groups", "").object["Resources"].([]any)[0].(map[string]any)
	if found["displayName"] != "Aces" || len(membersOf(found)) != 1 {
		t.Errorf("made %v", found)
	}
	a = g.do("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
		{"method":"POST","path":"/Groups","bulkId":"a","data":{`+coreGroup+`,"displayName":"A","members":[{"value":"bulkId:b"}]}},
		{"method":"POST","path":"/Groups","bulkId":"b","data":{`+coreGroup+`,"displayName":"B","members":[{"value":"bulkId:a"}]}}]}`).want(t, http.StatusOK)
	if total := g.do("GET", "/Groups", "").object["totalResults"]; total != 1.0 {
		t.Errorf("%v groups after two that hold each other, want the one of before\n%s", total, a.body)
	}
}

// What is done without reading the members comes out as what is done on the group as a
// whole.
func TestBothWaysToChangeMembersAgree(t *testing.T) {
	t.Parallel()
	slow := scim.Standard()
	slow.ChangeMembers = func(scim.Operation, *org.GroupEdit) (*scim.Operation, bool, error) { return nil, false, nil }
	fast, whole := newGrouping(t, scim.Options{}), newGrouping(t, scim.Options{Protocol: slow})
	var ids [2][]string
	for _, name := range []string{"Han", "Leia", "Luke", "Rey"} {
		ids[0], ids[1] = append(ids[0], fast.person(name)), append(ids[1], whole.person(name))
	}
	who := rapid.IntRange(0, 3)
	entry := rapid.Custom(func(t *rapid.T) string { return `{"value":"$` + itoa(who.Draw(t, "who")) + `"}` })
	list := rapid.Custom(func(t *rapid.T) string {
		return "[" + strings.Join(rapid.SliceOfN(entry, 0, 3).Draw(t, "list"), ",") + "]"
	})
	operation := rapid.Custom(func(t *rapid.T) string {
		members := list.Draw(t, "members")
		return rapid.SampledFrom([]string{
			`{"op":"add","path":"members","value":` + members + `}`,
			`{"op":"replace","path":"members","value":` + members + `}`,
			`{"op":"remove","path":"members","value":` + members + `}`,
			`{"op":"Replace","value":{"members":` + members + `,"externalId":"x"}}`,
			`{"op":"add","value":{"members":` + members + `}}`,
			`{"op":"remove","path":"members[value eq \"$` + itoa(who.Draw(t, "who")) + `\"]"}`,
			`{"op":"remove","path":"members"}`,
			`{"op":"replace","path":"externalId","value":"y"}`,
			`{"op":"replace","path":"members","value":[{"display":"x"}]}`,
			`{"op":"add","path":"members","value":"x"}`,
			`{"op":"replace","path":"nonsense","value":"x"}`,
		}).Draw(t, "operation")
	})
	serial := 0
	rapid.Check(t, func(r *rapid.T) {
		serial++
		ops := "[" + strings.Join(rapid.SliceOfN(operation, 1, 4).Draw(r, "operations"), ",") + "]"
		var outcomes [2]string
		for i, g := range []*grouping{fast, whole} {
			crew := g.made("Crew"+itoa(serial), ids[i][0], ids[i][1])
			spelled := strings.NewReplacer("$0", ids[i][0], "$1", ids[i][1], "$2", ids[i][2], "$3", ids[i][3])
			answer := g.patch(crew, spelled.Replace(ops))
			after := g.do("GET", "/Groups/"+crew, "").want(t, http.StatusOK).object
			var places []string
			for _, id := range membersOf(after) {
				places = append(places, itoa(slices.Index(ids[i], id)))
			}
			slices.Sort(places)
			outcomes[i] = itoa(answer.status) + " " + strings.Join(places, ",")
			if answer.status == http.StatusNoContent {
				outcomes[i] += " " + after["meta"].(map[string]any)["version"].(string)
			}
		}
		if outcomes[0] != outcomes[1] {
			r.Fatalf("%s: %s without reading the members, %s with them", ops, outcomes[0], outcomes[1])
		}
	})
}

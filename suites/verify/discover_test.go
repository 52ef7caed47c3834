package verify_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// talker is a SCIM endpoint with two users, which tells of itself what a test has it
// tell, and notes who asks for something else than reads.
type talker struct {
	told    map[string]http.HandlerFunc // by endpoint of discovery; who is missing is not found
	able    bool                        // to project, search, filter and sort, and to show versions and cursors
	empty   bool                        // there is no user
	changes []string
}

const bothKinds = `{"Resources": [
	{"name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User", "schemaExtensions": [
		{"schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}, {"schema": "urn:acme:Badge"}]},
	{"name": "Group", "endpoint": "/Groups", "schema": "urn:ietf:params:scim:schemas:core:2.0:Group"}]}`

const usersOnly = `{"Resources": [{"name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User"}]}`

// userSchema describes users with these attributes.
func userSchema(names ...string) string {
	var attributes []string
	for _, name := range names {
		attributes = append(attributes, fmt.Sprintf(`{"name": %q, "type": "string"}`, name))
	}
	return `{"Resources": [{"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [` + strings.Join(attributes, ",") + `]}]}`
}

var wholeUser = []string{
	"userName", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone",
	"phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates",
}

// supporting is a ServiceProviderConfig that says the same of everything.
func supporting(what string) string {
	return fmt.Sprintf(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"], "patch": {"supported": %[1]s},
		"bulk": {"supported": %[1]s}, "filter": {"supported": %[1]s}, "sort": {"supported": %[1]s}, "etag": {"supported": %[1]s},
		"changePassword": {"supported": %[1]s}, "pagination": {"cursor": %[1]s}}`, what)
}

func scimJSON(body string) http.HandlerFunc { return answering(200, "application/scim+json", body) }

// telling is what the three endpoints of discovery answer.
func telling(config, types, schemas http.HandlerFunc) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"ServiceProviderConfig": config, "ResourceTypes": types, "Schemas": schemas}
}

func (a *talker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/scim/v2/")
	if r.Method != http.MethodGet && !strings.HasSuffix(path, ".search") {
		a.changes = append(a.changes, r.Method+" "+path)
	}
	told := a.told[path]
	switch {
	case told != nil:
		told(w, r)
	case path == "Users", path == "Users/.search" && a.able:
		a.list(w, r)
	case path == "Users/1" && a.able:
		w.Header().Set("ETag", `W/"7"`)
		scimJSON(`{"id": "1", "userName": "ada", "meta": {"version": "W/\"7\""}}`)(w, r)
	case path == "Users/1":
		w.Header().Set("ETag", `W/"of-the-framework"`)
		scimJSON(`{"id": "1", "userName": "ada"}`)(w, r)
	default:
		answering(404, "application/scim+json", scimError("404"))(w, r)
	}
}

func (a *talker) list(w http.ResponseWriter, r *http.Request) {
	type user map[string]any
	all := []user{{"id": "1", "userName": "ada", "title": "Countess"}, {"id": "2", "userName": "grace", "title": "Admiral"}}
	if a.empty {
		all = nil
	}
	shown, answer, query := slices.Clone(all), map[string]any{}, r.URL.Query()
	if a.able {
		if query.Get("sortOrder") == "descending" {
			slices.Reverse(shown)
		}
		if strings.HasPrefix(query.Get("filter"), "not ") {
			shown = nil
		}
		if query.Has("cursor") {
			answer["nextCursor"] = "onward"
		}
	}
	answer["totalResults"] = len(shown)
	shown = shown[:min(1, len(shown))]
	if a.able && (query.Get("attributes") == "userName" || r.Method == http.MethodPost) {
		for i, u := range shown {
			shown[i] = user{"id": u["id"], "userName": u["userName"]}
		}
	}
	answer["Resources"] = shown
	w.Header().Set("Content-Type", "application/scim+json")
	_ = json.NewEncoder(w).Encode(answer)
}

// endpoint serves it as a target of which nothing but its address is known.
func (a *talker) endpoint(t *testing.T) target.Target {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	described, err := verify.SCIMOnly(server.URL+"/scim/v2", "token-0123456789", []string{"oin"})
	if err != nil {
		t.Fatal(err)
	}
	return described
}

// learned is what a run against the endpoint would hold it to.
func (a *talker) learned(t *testing.T, change func(*target.Target)) target.Target {
	t.Helper()
	described := a.endpoint(t)
	if change != nil {
		change(&described)
	}
	found, err := verify.Discover(t.Context(), described)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.changes) > 0 {
		t.Errorf("it changed something: %v", a.changes)
	}
	for feature, why := range found.Lacks {
		if strings.Contains(why, "token-0123456789") || strings.ContainsAny(why, "\n\r") || len(why) > 400 || slices.Contains(found.Features, feature) {
			t.Errorf("%s: %s", feature, why)
		}
	}
	return found
}

var assumed = []string{target.SCIMUsers, target.SCIMPatch, target.SCIMDelete, target.LookRecords}

func TestDiscoverLearnsWhatAnEndpointSays(t *testing.T) {
	tried := []string{target.SCIMProjection, target.SCIMSearch, target.SCIMFilter, target.SCIMSort, target.SCIMETag, target.SCIMCursor}
	const missing = "declare it under features to have it judged"
	refusing := answering(401, "application/scim+json", scimError("401"))
	huge := func(w http.ResponseWriter, r *http.Request) {
		scimJSON(`{"patch": {"supported": true}, "filler": "`+strings.Repeat("x", 17<<20)+`"}`)(w, r)
	}
	for name, c := range map[string]struct {
		endpoint talker
		learns   []string // besides what is assumed
		denied   []string // what is assumed and is not so
		why      map[string]string
	}{
		"everything": {talker{told: telling(scimJSON(supporting("true")), scimJSON(bothKinds), scimJSON(userSchema(wholeUser...))), able: true},
			append([]string{target.SCIMDiscovery, target.SCIMAttributes, target.SCIMEnterprise, target.SCIMExtension, target.SCIMPassword, target.SCIMBulk, target.SCIMGroups}, tried...), nil,
			map[string]string{target.SCIMMe: "nothing tells of it by asking: " + missing}},
		"little, and works": {talker{told: telling(scimJSON(supporting("false")), scimJSON(usersOnly), scimJSON(userSchema("userName", "title"))), able: true},
			[]string{target.SCIMDiscovery, target.SCIMProjection, target.SCIMSearch}, []string{target.SCIMPatch},
			map[string]string{
				target.SCIMBulk: "ServiceProviderConfig says bulk.supported is false", target.SCIMPatch: "ServiceProviderConfig says patch.supported is false",
				target.SCIMFilter: "ServiceProviderConfig says filter.supported is false", target.SCIMCursor: "says pagination.cursor is false",
				target.SCIMGroups: "ResourceTypes names no Group", target.SCIMEnterprise: "ResourceTypes does not extend User by it",
				target.SCIMExtension: "no extension of User of its own", target.SCIMAttributes: "Schemas describes User without displayName, nickName",
			}},
		"words for truth values": {talker{told: telling(scimJSON(supporting(`"true"`)), scimJSON(`{"Resources": {"name": "User"}}`), scimJSON(`{"Resources": ["User"]}`))},
			[]string{target.SCIMDiscovery}, nil,
			map[string]string{
				target.SCIMSort: "says of sort.supported neither true nor false", target.SCIMAttributes: "discovery is missing (Schemas: the list holds something else",
				target.SCIMExtension: "discovery is missing (ResourceTypes: the list is a JSON object, but its Resources are no array): " + missing,
			}},
		"silence": {talker{told: telling(scimJSON(`{"patch": {"supported": true}}`), scimJSON(usersOnly), scimJSON(userSchema("userName")))},
			[]string{target.SCIMDiscovery}, nil,
			map[string]string{target.SCIMSort: "ServiceProviderConfig says nothing of sort.supported", target.SCIMProjection: "it shows more than is asked for"}},
		"none, and able": {talker{able: true}, tried, nil,
			map[string]string{
				target.SCIMDiscovery: "ServiceProviderConfig: it answered 404 Not Found", target.SCIMBulk: "discovery is missing (ServiceProviderConfig: it answered 404 Not Found): " + missing,
				target.SCIMGroups: "it was tried, as discovery does not tell of it: it answered 404 Not Found",
			}},
		"none, and unable": {talker{}, nil, nil,
			map[string]string{
				target.SCIMProjection: "it shows more than is asked for", target.SCIMSearch: "it answered 404 Not Found", target.SCIMFilter: "it shows who does not match",
				target.SCIMSort: "the order stays as it is", target.SCIMETag: "a user shows no version", target.SCIMCursor: "it names no next cursor",
			}},
		"none, and nobody":  {talker{empty: true, able: true}, nil, nil, map[string]string{target.SCIMFilter: "no user is shown to try it with", target.SCIMSearch: "no user is shown"}},
		"refused":           {talker{told: telling(refusing, refusing, refusing)}, nil, nil, map[string]string{target.SCIMDiscovery: "it answered 401 Unauthorized"}},
		"not implemented":   {talker{told: telling(answering(501, "", ""), nil, nil)}, nil, nil, map[string]string{target.SCIMBulk: "it answered 501 Not Implemented"}},
		"pages for people":  {talker{told: telling(scimJSON(page), answering(200, "text/html", page), answering(200, "text/html", page))}, nil, nil, map[string]string{target.SCIMPassword: "it answered HTML where JSON belongs"}},
		"without end":       {talker{told: telling(huge, scimJSON(usersOnly), nil)}, []string{target.SCIMDiscovery}, nil, map[string]string{target.SCIMBulk: "its answer is too long to be read"}},
		"something else":    {talker{told: telling(scimJSON(`{}`), scimJSON(emptyList), scimJSON(`[]`))}, nil, nil, map[string]string{target.SCIMDiscovery: "it answered something else"}},
		"secrets and lines": {talker{told: telling(scimJSON(supporting("true")), scimJSON(strings.ReplaceAll(bothKinds, "urn:acme:Badge", `urn:\n`+"token-0123456789")), nil), able: true}, append([]string{target.SCIMDiscovery, target.SCIMEnterprise, target.SCIMExtension, target.SCIMPassword, target.SCIMBulk, target.SCIMGroups}, tried...), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := c.endpoint.learned(t, nil)
			want := slices.DeleteFunc(slices.Concat(assumed, c.learns), func(f string) bool { return slices.Contains(c.denied, f) })
			slices.Sort(want)
			if got := slices.Sorted(slices.Values(found.Features)); !slices.Equal(got, want) {
				t.Errorf("learned %v\nwant    %v\n%v", got, want, found.Lacks)
			}
			for feature, why := range c.why {
				if !strings.Contains(found.Lacks[feature], why) {
					t.Errorf("%s: %q, want %q", feature, found.Lacks[feature], why)
				}
			}
			for _, feature := range target.Features() {
				if known := found.Has(feature) || found.Lacks[feature] != ""; strings.HasPrefix(feature, "scim.") && !known {
					t.Errorf("nothing is said of %s", feature)
				}
			}
		})
	}
}

// What a vendor declares is taken for what it is, and nobody is asked.
func TestDiscoverLearnsNothingOfWhoDeclares(t *testing.T) {
	asked := talker{told: telling(scimJSON(supporting("true")), scimJSON(bothKinds), scimJSON(userSchema(wholeUser...))), able: true}
	found := asked.learned(t, func(d *target.Target) { d.Discover, d.Features = false, []string{target.SCIMUsers} })
	if !slices.Equal(found.Features, []string{target.SCIMUsers}) || len(found.Lacks) > 0 {
		t.Errorf("%v; %v", found.Features, found.Lacks)
	}
}

// An endpoint that means nothing by its answers has nothing.
func TestDiscoverLearnsNothingFromNullServers(t *testing.T) {
	for _, null := range nullServers {
		if null.slow {
			continue
		}
		t.Run(null.name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(null.answer)
			server.Config.ErrorLog = quiet
			server.Start()
			defer server.Close()
			described, err := verify.SCIMOnly(server.URL+"/scim/v2", "token-0123456789", []string{"oin"})
			if err != nil {
				t.Fatal(err)
			}
			found, err := verify.Discover(context.Background(), described)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(found.Features, assumed) {
				t.Errorf("%v", found.Features)
			}
		})
	}
}

// A run judges what was learned, in several processes as in one, and says of what it
// does not judge what the product said.
func TestWhatIsLearnedIsJudged(t *testing.T) {
	product := start(t, bundled.Options{})
	endpoint := product.Connection().SCIM
	described, err := verify.SCIMOnly(endpoint.BaseURL, cmp.Or(endpoint.Token, "token-0123456789"), []string{"oin"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.Run(context.Background(), verify.Options{
		Target: described, Procs: 2, Seed: 1,
		Only: []string{"scim.discovery.*", "scim.sort.*", "scim.filter.*", "scim.search.*", "scim.me.*", "scim.groups.*", "scim.attributes.*"},
	})
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]int{}
	for _, s := range r.Specs {
		part := strings.Split(s.Key(), ".")[1]
		switch {
		case s.Verdict == report.Passed:
			passed[part]++
		case part == "groups" && s.Verdict == report.Unsupported && !strings.Contains(s.Reason, "ResourceTypes names no Group"),
			part == "me" && s.Verdict == report.Unsupported && !strings.Contains(s.Reason, "nothing tells of it by asking"):
			t.Errorf("%s: %s", s.Key(), s.Reason)
		case s.Verdict != report.Unsupported && s.Verdict != report.Unobserved:
			t.Errorf("%s: %s: %s", s.Key(), s.Verdict, s.Reason)
		}
	}
	for _, part := range []string{"discovery", "sort", "filter", "search", "attributes"} {
		if passed[part] == 0 {
			t.Errorf("nothing of scim.%s passed: %v", part, passed)
		}
	}
	if passed["me"] > 0 || r.Exit() != report.ExitConformant {
		t.Errorf("%v; exit %d: %s", passed, r.Exit(), r.Summary.Headline)
	}
}

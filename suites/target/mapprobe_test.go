package target_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall.example/suites/target"
)

// api is a product's own API: what it answers, by method and request URI.
type api struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]string // "GET /users?email=han%40x" to a body, or to "302 Location", "404"
	header  http.Header
	asked   []string // with the body behind it
}

// adminToken is what the API lets in.
const adminToken = "admin-secret-0815"

func serve(t *testing.T, answers map[string]string) *api {
	t.Helper()
	a := &api{answers: answers, header: http.Header{}}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	at := r.Method + " " + r.URL.RequestURI()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, strings.TrimSpace(at+" "+string(body)))
	answer, known := a.answers[at]
	if r.Header.Get("Authorization") != "Bearer "+adminToken {
		answer, known = "401 token "+r.Header.Get("Authorization")+" is unknown", true
	}
	var status int
	if n, _ := fmt.Sscanf(answer, "%3d", &status); n == 1 && !strings.HasPrefix(answer, "[") {
		_, answer, _ = strings.Cut(answer, " ")
		if status/100 == 3 {
			w.Header().Set("Location", answer)
		}
	} else if status = http.StatusOK; !known {
		status = http.StatusNotFound
	}
	for name := range a.header {
		w.Header().Set(name, strings.ReplaceAll(a.header.Get(name), "{here}", a.URL))
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, strings.ReplaceAll(answer, "{here}", a.URL))
}

// as is a client that comes with this token.
func (a *api) as(token string) *http.Client {
	return &http.Client{Transport: bringing{a.Client().Transport, token}}
}

type bringing struct {
	next  http.RoundTripper
	token string
}

func (b bringing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

// probe is a mapping over the API; "{here}" in addresses is the API's own.
func (a *api) probe(t *testing.T, config target.MapConfig) *target.MapProbe {
	t.Helper()
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "{here}", a.URL)), &config); err != nil {
		t.Fatal(err)
	}
	config.Auth = &target.Auth{Bearer: adminToken}
	p, err := target.NewMapProbe(config, a.as(adminToken))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// accounts is a mapping of accounts alone.
func accounts(list target.MapList) target.MapConfig {
	if list.Get == "" && list.Post == "" {
		list.Get = "{here}/users?email={email}"
	}
	if list.Each == nil {
		list.Each = map[string]string{"id": "item.id", "email": "item.email"}
	}
	return target.MapConfig{Look: target.MapLook{Accounts: &list}}
}

var han = target.Identifiers{Emails: []string{"han@x"}, UserNames: []string{"han"}}

func TestAMappingShowsWhatTheAPIHas(t *testing.T) {
	t.Parallel()
	product := serve(t, map[string]string{
		"GET /scim?userName=han":     `{"Resources": [{"id": 7, "userName": "han", "active": false, "owner": null}]}`,
		"GET /scim?userName=han%40x": `{"Resources": [{"id": 7, "userName": "han", "active": false, "owner": null}]}`,
		"GET /users/han@x":           `{"id": "u1", "full_name": "Han Solo", "mail": "han@x"}`,
		"GET /members?org=o+1": `[{"id": 1, "user": "u1", "email": "han@x", "admin": true, "groups": [{"gid": 12345678901234567, "slug": "a", "lead": true}], "since": "2026-01-05T09:00:00Z", "left": null},
			{"id": 2, "user": "u2", "email": "leia@x", "admin": false, "groups": [], "since": "2026-01-05T09:00:00Z", "left": null}]`,
		"GET /users/u1/sessions":       `{"sessions": [{"id": "s1", "at": 1767603600, "end": "2026-01-05T10:00:00Z"}]}`,
		"POST /graphql":                `{"data": {"tokens": [{"id": "t1", "label": "ci"}]}}`,
		"GET /users/nobody@x/sessions": `{}`,
	})
	memberships := "{here}/members?org={organization}"
	p := product.probe(t, target.MapConfig{Look: target.MapLook{
		Records: &target.MapList{Get: "{here}/scim?userName={user_name}", Items: "body.Resources", Each: map[string]string{
			"id": "item.id", "user_name": "item.userName", "active": "item.active", "account_id": "item.owner",
		}},
		Accounts: &target.MapList{Get: "{here}/users/{email}", Items: "[body]", Each: map[string]string{"id": "item.id", "email": "item.mail", "name": "item.full_name"}},
		Memberships: &target.MapList{Get: memberships, Where: "item.email in emails", Each: map[string]string{
			"id": "item.id", "account_id": "item.user", "role": "item.admin ? 'admin' : 'member'",
			"teams": "item.groups.map(g, {'id': g.gid, 'slug': g.slug, 'role': g.lead ? 'maintainer' : 'member'})",
		}},
		Seats:    &target.MapList{Get: memberships, Where: "item.user in account_ids", Each: map[string]string{"id": "item.id", "account_id": "item.user", "started": "item.since", "ended": "item.left"}},
		Sessions: &target.MapList{Get: "{here}/users/{account_id}/sessions", Items: "body.sessions", Each: map[string]string{"id": "item.id", "account_id": "account_id", "started": "timestamp(item.at)", "ended": "item.?end"}},
		Tokens: &target.MapList{Post: "{here}/graphql", Body: "{'query': 'tokens', 'of': account_id}", Items: "body.data.tokens",
			Each: map[string]string{"id": "item.id", "account_id": "account_id", "name": "item.label"}},
	}})
	who := han
	who.UserNames = []string{"han", "han@x", "han"}
	got, err := p.Look(t.Context(), "o 1", who)
	if err != nil {
		t.Fatal(err)
	}
	ended := joined.Add(3600e9)
	want := target.View{
		Records:  []target.Record{{ID: "7", UserName: "han"}},
		Accounts: []target.Account{{ID: "u1", Email: "han@x", Name: "Han Solo"}},
		Memberships: []target.Membership{{ID: "1", AccountID: "u1", Role: "admin", Teams: []target.TeamPlace{
			{ID: "12345678901234567", Slug: "a", Role: "maintainer"},
		}}},
		Seats:    []target.Seat{{ID: "1", AccountID: "u1", Started: joined}},
		Sessions: []target.Session{{ID: "s1", AccountID: "u1", Started: joined, Ended: &ended}},
		Tokens:   []target.Token{{ID: "t1", AccountID: "u1", Name: "ci"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !slices.Contains(product.asked, `POST /graphql {"of":"u1","query":"tokens"}`) {
		t.Errorf("asked %q", product.asked)
	}
	features, err := p.Features(t.Context())
	if want := []string{target.LookRecords, target.LookAccounts, target.LookMemberships, target.LookSeats, target.LookSessions, target.LookTokens}; err != nil || !slices.Equal(features, want) {
		t.Errorf("features %v, %v", features, err)
	}
	nobody, err := p.Look(t.Context(), "o 1", target.Identifiers{Emails: []string{"nobody@x"}})
	if err != nil || nobody.Records == nil || len(nobody.Records)+len(nobody.Accounts)+len(nobody.Memberships)+len(nobody.Seats)+len(nobody.Sessions)+len(nobody.Tokens) != 0 || nobody.Tokens == nil {
		t.Errorf("nobody: %+v, %v", nobody, err)
	}
}

// What is not mapped is not observed.
func TestAMappingOfOneListShowsOne(t *testing.T) {
	t.Parallel()
	p := serve(t, nil).probe(t, accounts(target.MapList{}))
	view, err := p.Look(t.Context(), "o1", han)
	if err != nil || !reflect.DeepEqual(view, target.View{Accounts: []target.Account{}}) {
		t.Errorf("%#v, %v", view, err)
	}
}

func TestAMappingReadsPageAfterPage(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"GET /users?email=han%40x":             `{"users": [{"id": 1, "email": "han@x"}], "next": "{here}/users?email=han%40x&page=2", "cursor": "c 2", "more": true}`,
		"GET /users?email=han%40x&page=2":      `{"users": [{"id": 2, "email": "han@x"}, {"id": 1, "email": "han@x"}], "more": false}`,
		"GET /users?cursor=c+2&email=han%40x":  `{"users": [{"id": 2, "email": "han@x"}], "cursor": null}`,
		"GET /empty?email=han%40x":             `{"users": [], "next": "/users?email=han%40x"}`,
		"GET /linked?email=han%40x":            `[{"id": 1, "email": "han@x"}]`,
		"GET /linked?email=han%40x&at=2%2C%3E": `[{"id": 2, "email": "han@x"}]`,
	}
	for name, list := range map[string]target.MapList{
		"by an address":   {Items: "body.users", Next: "has(body.next) ? body.next : ''"},
		"by an optional":  {Items: "body.users", Next: "body.?next"},
		"by a number":     {Items: "body.users", Next: "body.more ? with(url, 'page', string(page + 1)) : ''"},
		"by a cursor":     {Items: "body.users", Next: "body.cursor != null ? with(url, 'cursor', body.cursor) : ''"},
		"by a path":       {Get: "{here}/empty?email={email}", Items: "body.users", Next: "has(body.next) ? body.next : ''"},
		"by a link":       {Get: "{here}/linked?email={email}"},
		"by this header":  {Get: "{here}/linked?email={email}", Next: "url.contains('at=') ? '' : header['x-next']"},
		"by what is left": {Items: "body.users", Next: "size(body.users) == 1 && !url.contains('page') ? '?email=han%40x&page=2' : ''"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			product := serve(t, answers)
			if name == "by a link" {
				product.answers = map[string]string{"GET /linked?email=han%40x": answers["GET /linked?email=han%40x"]}
				product.header.Set("Link", `<{here}/linked?at=1>; rel=first, </linked2>; title="x"; rel="prefetch next"`)
				product.answers["GET /linked2"] = "404"
			}
			product.header.Set("X-Next", "{here}/linked?email=han%40x&at=2%2C%3E")
			view, err := product.probe(t, accounts(list)).Look(t.Context(), "o1", han)
			want := []target.Account{{ID: "1", Email: "han@x"}, {ID: "2", Email: "han@x"}}
			if name == "by a link" {
				want = want[:1]
				if !slices.Contains(product.asked, "GET /linked2") {
					t.Errorf("asked %q", product.asked)
				}
			}
			if err != nil || !reflect.DeepEqual(view.Accounts, want) {
				t.Errorf("%+v, %v", view.Accounts, err)
			}
		})
	}
}

func TestAMappingThatDoesNotFit(t *testing.T) {
	t.Parallel()
	one := func(item string) string { return `{"users": [` + item + `]}` }
	good := one(`{"id": 1, "email": "han@x"}`)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was asked: %s %v", r.URL, r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	users := target.MapList{Items: "body.users"}
	with := func(change func(*target.MapList)) target.MapConfig {
		list := users
		change(&list)
		return accounts(list)
	}
	each := func(name, text string) target.MapConfig {
		return with(func(l *target.MapList) { l.Each = map[string]string{"id": "item.id", name: text} })
	}
	members := func(name, text string) target.MapConfig {
		fields := map[string]string{"id": "item.id", "account_id": "item.id", "role": "'member'"}
		fields[name] = text
		return target.MapConfig{Look: target.MapLook{Memberships: &target.MapList{Get: "{here}/users?email={email}", Items: "body.users", Each: fields}}}
	}
	seats := func(started string) target.MapConfig {
		return target.MapConfig{Look: target.MapLook{Seats: &target.MapList{Get: "{here}/users?email={email}", Items: "body.users",
			Each: map[string]string{"id": "item.id", "account_id": "item.id", "started": started}}}}
	}
	for name, c := range map[string]struct {
		config target.MapConfig
		answer string
		says   string
	}{
		"a key that is missing":    {each("name", "item.full_name"), good, "probe.map.look.accounts.each.name: item.full_name: no such key: full_name; it met an object with the keys email, id"},
		"no list":                  {accounts(target.MapList{}), good, "probe.map.look.accounts.items: it came to an object with the keys users: say where the list is, as items: body.users"},
		"a list of another name":   {with(func(l *target.MapList) { l.Items = "body.people" }), good, "probe.map.look.accounts.items: body.people: no such key: people; it met an object with the keys users"},
		"a list that is null":      {accounts(users), `{"users": null}`, "probe.map.look.accounts.items: it came to null: a list belongs here"},
		"an id that is nothing":    {accounts(users), one(`{"id": "", "email": "x"}`), "probe.map.look.accounts.each.id: item.id: it came to nothing, and a text belongs here"},
		"an id that is an object":  {accounts(users), one(`{"id": {}, "email": "x"}`), "each.id: item.id: it came to an object without a key, and a text belongs here"},
		"a condition that is none": {with(func(l *target.MapList) { l.Where = "item.email" }), good, "probe.map.look.accounts.where: item.email: it came to a text, and true or false belongs here"},
		"a role of its own":        {members("role", "item.role"), one(`{"id": 1, "role": "owner"}`), `probe.map.look.memberships.each.role: item.role: it came to "owner", and admin or member belongs here`},
		"teams that are none":      {members("teams", "item.teams"), one(`{"id": 1, "teams": "a"}`), "each.teams: item.teams: it came to a text, and a list belongs here"},
		"a team without a role":    {members("teams", "item.teams"), one(`{"id": 1, "teams": [{"id": 1}]}`), "each.teams: item.teams: a team has no role"},
		"a team with more":         {members("teams", "item.teams"), one(`{"id": 1, "teams": [{"id": 1, "role": "member", "colour": "red"}]}`), "a team's colour: there is no such field"},
		"a team's other role":      {members("teams", "item.teams"), one(`{"id": 1, "teams": [{"id": 1, "role": "boss"}]}`), `a team's role: it came to "boss", and maintainer or member belongs here`},
		"a time like no other":     {seats("item.since"), one(`{"id": 1, "since": "yesterday"}`), `each.started: item.since: it came to "yesterday", and a time belongs here`},
		"a time in numbers":        {seats("item.since"), one(`{"id": 1, "since": 17}`), "each.started: item.since: it came to a number, and a time belongs here: timestamp(…)"},
		"no time":                  {seats("item.since"), one(`{"id": 1, "since": null}`), "it came to null, and a time belongs here"},
		"pages in a circle":        {with(func(l *target.MapList) { l.Next = "url" }), good, "the pages go in a circle: {here}/users?email=han%40x comes again"},
		"pages without end":        {with(func(l *target.MapList) { l.Get, l.Next = "{here}/users?x={email}", "with(url, 'page', string(page))" }), good, "there are more than 1000 pages"},
		"pages elsewhere":          {with(func(l *target.MapList) { l.Next = "'" + elsewhere.URL + "/users'" }), good, "probe.map.look.accounts.next: the next page is said to be at " + elsewhere.URL},
		"a page that is none":      {with(func(l *target.MapList) { l.Next = "body.users" }), good, "probe.map.look.accounts.next: body.users: it came to a list of 1, and an address belongs here"},
		"a redirect elsewhere":     {accounts(users), "302 " + elsewhere.URL + "/login", "answered 302, a redirect to " + elsewhere.URL + ": are the credentials right?"},
		"a page of HTML":           {accounts(users), "<html>\n<p>" + adminToken, "GET {here}/users?email=han%40x did not answer JSON: <html> <p>[credentials]"},
		"two values":               {accounts(users), good + good, "did not answer JSON"},
		"out of order":             {accounts(users), "500 oh\nno " + adminToken, "probe.map.look.accounts: GET {here}/users?email=han%40x answered 500: oh no [credentials]"},
		"kept out":                 {accounts(users), "403 forbidden", "answered 403: forbidden"},
		"more than can be read":    {accounts(users), strings.Repeat(" ", 16<<20+1), "answered more than 16 MiB"},
		"a sum that runs away": {with(func(l *target.MapList) {
			l.Where = "range.all(a, range.all(b, range.all(c, range.all(d, a + b + c + d >= 0))))"
			l.Where = strings.ReplaceAll(l.Where, "range", "["+strings.Repeat("1,", 60)+"1]")
		}), good, "operation cancelled: actual cost limit exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			product := serve(t, map[string]string{"GET /users?email=han%40x": c.answer})
			if name == "pages without end" {
				product.answers = map[string]string{"GET /users?x=han%40x": c.answer}
				for page := range 1002 {
					product.answers[fmt.Sprintf("GET /users?page=%d&x=han%%40x", page)] = c.answer
				}
			}
			_, err := product.probe(t, c.config).Look(t.Context(), "o1", han)
			if says := strings.ReplaceAll(c.says, "{here}", product.URL); err == nil || !strings.Contains(err.Error(), says) {
				t.Fatalf("got  %v\nwant %s", err, says)
			}
			wellPut(t, err)
			if strings.Contains(err.Error(), adminToken) {
				t.Errorf("a secret: %v", err)
			}
		})
	}
}

func TestAMappingWithTheWrongToken(t *testing.T) {
	t.Parallel()
	product := serve(t, nil)
	config := accounts(target.MapList{Get: product.URL + "/{email}"})
	config.Auth = &target.Auth{Bearer: "another-secret"}
	p, err := target.NewMapProbe(config, product.as("another-secret"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Look(t.Context(), "o1", han)
	if err == nil || !strings.Contains(err.Error(), "answered 401: token Bearer [credentials] is unknown") {
		t.Error(err)
	}
}

// A value stays where it was put, whatever it holds.
func TestAMappingEscapes(t *testing.T) {
	t.Parallel()
	for email, path := range map[string]string{
		"a/b?c=d&e#f@x": "/users/a%2Fb%3Fc=d&e%23f@x?email=a%2Fb%3Fc%3Dd%26e%23f%40x",
		"..":            "/users/%2E%2E?email=..",
		"ż +%41@x":      "/users/%C5%BC%20+%2541@x?email=%C5%BC+%2B%2541%40x",
		"{user_name}":   "/users/%7Buser_name%7D?email=%7Buser_name%7D",
	} {
		product := serve(t, nil)
		_, err := product.probe(t, accounts(target.MapList{Get: "{here}/users/{email}?email={email}"})).Look(t.Context(), "o1", target.Identifiers{Emails: []string{email}})
		if err != nil || !slices.Equal(product.asked, []string{"GET " + path}) {
			t.Errorf("%s: asked %q, %v; want %s", email, product.asked, err, path)
		}
	}
}

func TestAMappingFollowsWithinItsHost(t *testing.T) {
	t.Parallel()
	product := serve(t, map[string]string{"GET /users?email=han%40x": "302 {here}/v2", "GET /v2": `[{"id": 1, "email": "han@x"}]`})
	product.answers["GET /users?email=han%40x"] = "302 " + product.URL + "/v2"
	view, err := product.probe(t, accounts(target.MapList{})).Look(t.Context(), "o1", han)
	if err != nil || len(view.Accounts) != 1 {
		t.Errorf("%+v, %v", view, err)
	}
}

func TestARecordLeadsToItsAccount(t *testing.T) {
	t.Parallel()
	product := serve(t, map[string]string{"GET /records?name=han": `[{"id": "r1", "owner": "u1"}]`, "GET /users/r1": `[{"id": "u1"}]`})
	p := product.probe(t, target.MapConfig{Look: target.MapLook{
		Accounts: &target.MapList{Get: "{here}/users/{record_id}", Each: map[string]string{"id": "item.id"}},
		Records: &target.MapList{Get: "{here}/records?name={user_name}",
			Each: map[string]string{"id": "item.id", "user_name": "user_name", "active": "true", "account_id": "item.owner"}},
	}})
	view, err := p.Look(t.Context(), "o1", han)
	if err != nil || len(view.Accounts) != 1 || view.Accounts[0].ID != "u1" || view.Records[0].AccountID != "u1" {
		t.Errorf("%+v, %v", view, err)
	}
}

func TestAMappingArranges(t *testing.T) {
	t.Parallel()
	product := serve(t, map[string]string{
		"GET /members/u%2F1":              `[{"id": "m 1"}]`,
		"PATCH /members/m%201":            `{}`,
		"POST /teams":                     `201 {"team": {"id": 42, "handle": "rebel-pilots"}}`,
		"PUT /teams/42/u%2F1":             "204",
		"DELETE /teams/42/u%2F1":          "204",
		"DELETE /members/u%2F1":           "403 the last admin stays",
		"DELETE /teams/42":                "204",
		"DELETE /teams/44":                "500 oh no",
		"POST /users/u%2F1/tokens":        `{"token": "t0ken"}`,
		"GET /members/u2":                 `[]`,
		"DELETE /members/u2":              "500 oh no",
		"POST /users/u2/tokens":           `{"token": null}`,
		"PUT /teams/42/u2":                "409 no such member",
		"DELETE /teams/42/u2":             "302 /login",
		"GET /members?email=irrelevant":   `[]`,
		"GET /members/u3":                 `[{"id": "m3"}]`,
		"PATCH /members/m3":               "422 no such role",
		"POST /users/u3/tokens":           "created",
		"DELETE /members/u3?organization": "204",
	})
	p := product.probe(t, target.MapConfig{
		Look: target.MapLook{Memberships: &target.MapList{Get: "{here}/members/{account_id}", Each: map[string]string{"id": "item.id", "account_id": "account_id", "role": "'member'"}}},
		Arrange: target.MapArrange{
			Role:   &target.MapDeed{Patch: "{here}/members/{membership_id}", Body: "{'role': role == 'admin' ? 'OWNER' : 'USER', 'as': by}"},
			Team:   &target.MapDeed{Post: "{here}/teams", Body: "{'name': name, 'default': default, 'role': default_role}", ID: "body.team.id", Slug: "body.team.handle"},
			Join:   &target.MapDeed{Put: "{here}/teams/{team}/{account_id}", Body: "{'role': role}"},
			Leave:  &target.MapDeed{Delete: "{here}/teams/{team}/{account_id}"},
			Remove: &target.MapDeed{Delete: "{here}/members/{account_id}", Refused: []int{403}},
			Token:  &target.MapDeed{Post: "{here}/users/{account_id}/tokens", Body: "{'name': name}", Secret: "body.token"},

			Disband: &target.MapDeed{Delete: "{here}/teams/{team}"},
		},
	})
	ctx := t.Context()
	team, err := p.NewTeam(ctx, "o1", target.Team{Slug: "Rebel Pilots", Default: true, DefaultRole: "member"})
	if want := (target.Team{ID: "42", Slug: "rebel-pilots", Default: true, DefaultRole: "member"}); err != nil || team != want {
		t.Errorf("%+v, %v", team, err)
	}
	secret, err := p.IssueToken(ctx, "o1", "u/1", "ci")
	if err != nil || secret != "t0ken" {
		t.Errorf("%q, %v", secret, err)
	}
	for name, err := range map[string]error{
		"role": p.SetRole(ctx, "o1", "u/1", "admin", "u2"), "join": p.Join(ctx, "o1", "u/1", "42", "maintainer"), "leave": p.Leave(ctx, "o1", "u/1", "42"),
		"disband": p.Disband(ctx, "o1", "42"), "disband again": p.Disband(ctx, "o1", "43"),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, want := range []string{
		`PATCH /members/m%201 {"as":"u2","role":"OWNER"}`, `POST /teams {"default":true,"name":"Rebel Pilots","role":"member"}`,
		`PUT /teams/42/u%2F1 {"role":"maintainer"}`, `DELETE /teams/42/u%2F1`, `POST /users/u%2F1/tokens {"name":"ci"}`,
	} {
		if !slices.Contains(product.asked, want) {
			t.Errorf("nobody sent %s: %q", want, product.asked)
		}
	}
	var refusal *target.Refusal
	for status, err := range map[int]error{403: p.Remove(ctx, "o1", "u/1"), 409: p.Join(ctx, "o1", "u2", "42", ""), 422: p.SetRole(ctx, "o1", "u3", "boss", "")} {
		if !errors.As(err, &refusal) || refusal.Status != status || refusal.Message == "" {
			t.Errorf("%d: %v", status, err)
		}
	}
	_, unissued := p.IssueToken(ctx, "o1", "u2", "ci")
	_, unread := p.IssueToken(ctx, "o1", "u3", "ci")
	for says, err := range map[string]error{
		"probe.map.arrange.disband: DELETE " + product.URL + "/teams/44 answered 500: oh no":             p.Disband(ctx, "o1", "44"),
		"probe.map.arrange.remove: DELETE " + product.URL + "/members/u2 answered 500: oh no":            p.Remove(ctx, "o1", "u2"),
		"probe.map.arrange.leave: DELETE " + product.URL + "/teams/42/u2 answered 302":                   p.Leave(ctx, "o1", "u2", "42"),
		"probe.map.arrange.role: the account u2 has 0 memberships":                                       p.SetRole(ctx, "o1", "u2", "admin", ""),
		"probe.map.arrange.token.secret: body.token: it came to null":                                    unissued,
		"probe.map.arrange.token: POST " + product.URL + "/users/u3/tokens did not answer JSON: created": unread,
	} {
		if err == nil || errors.As(err, &refusal) || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		} else {
			wellPut(t, err)
		}
	}
	features, err := p.Features(ctx)
	if want := []string{target.LookMemberships, target.ArrangeAdmin, target.ArrangeByMember, target.ArrangeTeam, target.ArrangeRemoval, target.ArrangeToken, target.ArrangeDisband}; err != nil || !slices.Equal(features, want) {
		t.Errorf("%v, %v", features, err)
	}
}

func TestWhatIsNotMappedCannotBeArranged(t *testing.T) {
	t.Parallel()
	p := serve(t, nil).probe(t, accounts(target.MapList{}))
	if err := p.Remove(t.Context(), "o1", "u1"); err == nil || !strings.Contains(err.Error(), "probe.map.arrange.remove is not mapped") {
		t.Error(err)
	}
}

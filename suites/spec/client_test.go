package spec

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

func TestBodies(t *testing.T) {
	t.Parallel()
	c := &Client{stage: &stage{tag: "tag", named: new(atomic.Int64)}}
	const enterprise = EnterpriseSchema
	for name, test := range map[string]struct {
		changes []Change
		want    string
	}{
		"nothing":     {nil, `{"schemas":["` + UserSchema + `"],"userName":"han.solo.tag.1@rollcall.test"}`},
		"an addition": {[]Change{With("title", "Captain")}, `{"title":"Captain"}`},
		"a part":      {[]Change{With("name.givenName", "H")}, `{"name":{"givenName":"H","familyName":"Solo"}}`},
		"a part away": {[]Change{Without("name.givenName")}, `{"name":{"givenName":null,"familyName":"Solo"}}`},
		"away":        {[]Change{Without("name")}, `{"name":null}`},
		"an extension": {[]Change{With(enterprise+":department", "Fleet")},
			`{"schemas":["` + UserSchema + `","` + enterprise + `"],"` + enterprise + `":{"department":"Fleet"}}`},
		"a whole extension": {[]Change{With(enterprise, Body{"department": "Fleet"})},
			`{"schemas":["` + UserSchema + `","` + enterprise + `"],"` + enterprise + `":{"department":"Fleet"}}`},
		"a part of nothing away": {[]Change{Without(enterprise + ":manager")}, `{"` + enterprise + `":null}`},
		"a part of an extension": {[]Change{With(enterprise+":department", "Fleet"), Without(enterprise + ":department")}, `{"` + enterprise + `":{}}`},
		"an extension away":      {[]Change{With(enterprise+":department", "Fleet"), Without(enterprise)}, `{"` + enterprise + `":null}`},
	} {
		c.named.Store(0)
		got, err := provision.Plain(c.User("Han Solo", test.changes...))
		if err != nil {
			t.Fatal(err)
		}
		want, err := provision.ParseDocument([]byte(test.want))
		if err != nil {
			t.Fatal(err)
		}
		if !provision.Keeps(got, map[string]any(want)) {
			t.Errorf("%s: %v, want %s", name, got, test.want)
		}
	}
}

func TestAChangeLeavesTheResource(t *testing.T) {
	t.Parallel()
	r := &Resource{Path: "/Users/1", Body: Body{"name": Body{"givenName": "Han"}, "userName": `a"b\c`}}
	changed := r.With(With("name.givenName", "Leia"))
	if r.Body["name"].(Body)["givenName"] != "Han" || changed["name"].(Body)["givenName"] != "Leia" {
		t.Errorf("%v and %v", r.Body, changed)
	}
	if got, want := r.Filter(), `userName eq "a\"b\\c"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// cabinet is a SCIM product of few lines: it keeps whatever it is told.
type cabinet struct {
	mu     sync.Mutex
	users  map[string]map[string]any
	order  []string
	broken string // what it gets wrong
}

func (k *cabinet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	body := map[string]any{}
	_ = json.NewDecoder(r.Body).Decode(&body)
	id := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/scim/Users"), "/")
	switch {
	case r.Header.Get("Authorization") != "Bearer scim-secret-4711":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodPost && (body["userName"] != nil || k.broken == "creates anything"):
		id = string(rune('a' + len(k.order)))
		k.order = append(k.order, id)
		k.keep(w, http.StatusCreated, id, body)
	case r.Method == http.MethodPut && body["userName"] != nil && k.users[id] != nil:
		k.keep(w, http.StatusOK, id, body)
	case r.Method == http.MethodGet && id == "":
		k.list(w, r.URL.Query().Get("filter"))
	case r.Method == http.MethodGet && k.users[id] != nil:
		_ = json.NewEncoder(w).Encode(k.users[id])
	default:
		if k.broken == "changes what it refuses" && k.users[id] != nil {
			k.users[id]["title"] = "changed"
		}
		w.WriteHeader(http.StatusBadRequest)
	}
}

func (k *cabinet) keep(w http.ResponseWriter, status int, id string, body map[string]any) {
	body["id"] = id
	k.users[id] = body
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (k *cabinet) list(w http.ResponseWriter, filter string) {
	var found []any
	for _, id := range k.order {
		if filter == "" && k.broken != "hides in the list" || filter == `userName eq "`+k.users[id]["userName"].(string)+`"` {
			found = append(found, k.users[id])
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"totalResults": len(found), "Resources": found})
}

func playAgainst(t *testing.T, wrong string, body func(c *Client)) types.SpecReport {
	t.Helper()
	server := httptest.NewServer(&cabinet{users: map[string]map[string]any{}, broken: wrong})
	defer server.Close()
	at := houseOf(t)
	at.Connections[0].SCIM = target.SCIM{BaseURL: server.URL + "/scim", Token: "scim-secret-4711"}
	ran := play(t, at, func(_ *Okta, product *Product) {
		ginkgo.It("is tried", Clause("door.open"), func(ginkgo.SpecContext) { body(product.Client()) })
	})
	return ran["is tried"]
}

func TestClientWritesAndReadsBack(t *testing.T) {
	ran := playAgainst(t, "", func(c *Client) {
		ctx := t.Context()
		han := c.Create(ctx, c.User("Han Solo", With("title", "Captain")))
		for range 9 {
			c.Create(ctx, c.User("Clone Trooper"))
		}
		seen := c.ReadBack(ctx, han).Seen()
		gomega.Expect(seen).To(gomega.HaveLen(3))
		for _, s := range seen {
			gomega.Expect(s.Document.Text("title")).To(gomega.Equal("Captain"), s.Where+": "+s.Problem)
		}
		gomega.Expect(c.Call(ctx, "GET", han.Path, nil, Bearing("wrong")).Status).To(gomega.Equal(401))
		gomega.Expect(c.Put(ctx, han, han.With(Without("title"))).Status).To(gomega.Equal(200))
		gomega.Expect(han.Body).NotTo(gomega.HaveKey("title"))
		gomega.Expect(c.Steadily(ctx, han, func() provision.Answer { return c.Put(ctx, han, Body{}) }).Status).To(gomega.Equal(400))
		leia := c.User("Leia Organa")
		gomega.Expect(c.Unmade(ctx, leia, func() provision.Answer { return c.Post(ctx, "/Users", "[]") }).Status).To(gomega.Equal(400))
	})
	if ran.State != types.SpecStatePassed {
		t.Errorf("%s: %s", ran.State, ran.Failure.Message)
	}
}

func TestClientNoticesWhatChanges(t *testing.T) {
	for wrong, test := range map[string]struct {
		do   func(*Client)
		want string
	}{
		"changes what it refuses": {func(c *Client) {
			han := c.Create(t.Context(), c.User("Han Solo"))
			c.Steadily(t.Context(), han, func() provision.Answer { return c.Put(t.Context(), han, Body{}) })
		}, "the resource is another"},
		"creates anything": {func(c *Client) {
			leia := c.User("Leia Organa")
			c.Unmade(t.Context(), leia, func() provision.Answer { return c.Post(t.Context(), "/Users", leia) })
		}, "it is there all the same"},
		"hides in the list": {func(c *Client) {
			seen := c.Everywhere(t.Context(), c.Create(t.Context(), c.User("Han Solo"))).Seen()
			gomega.Expect(seen[2].Problem).To(gomega.BeEmpty())
		}, "not among the 0 of the whole list"},
	} {
		ran := playAgainst(t, wrong, test.do)
		if ran.State != types.SpecStateFailed || !strings.Contains(ran.Failure.Message, test.want) {
			t.Errorf("%s: %s, %s", wrong, ran.State, ran.Failure.Message)
		}
	}
}

func TestAnHonestCreationThatFailsProvesNothing(t *testing.T) {
	ran := playAgainst(t, "", func(c *Client) { c.Create(t.Context(), Body{"schemas": []string{UserSchema}}) })
	if !strings.Contains(ran.Failure.Message, "untestable: an honest creation came to nothing: it was answered 400") {
		t.Errorf("%s: %s", ran.State, ran.Failure.Message)
	}
}

//go:build unix

package reference_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// bareDirectory does in memory, over bare net/http, what the requests of the
// benchmark ask for: no gates, no schema, no log, no store. It keeps the latest few only,
// beside the first: going through more would be the garbage collector's work whenever it
// is somebody's turn, and so be counted as the product's, which has no users in the heap.
type bareDirectory struct {
	mu    sync.Mutex
	last  int
	users map[string]map[string]any // by id
	names map[string]string         // ids by userName
}

const latestFew = 1000

func (d *bareDirectory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Method == http.MethodGet {
		name := strings.Trim(strings.TrimPrefix(r.URL.Query().Get("filter"), "userName eq "), `"`)
		show(w, http.StatusOK, map[string]any{"totalResults": 1, "Resources": []any{d.users[d.names[name]]}})
		return
	}
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPatch {
		user := d.users[strings.TrimPrefix(r.URL.Path, "/Users/")]
		operation, _ := body["Operations"].([]any)[0].(map[string]any)
		for name, value := range operation["value"].(map[string]any) {
			user[name] = value
		}
		show(w, http.StatusOK, user)
		return
	}
	d.last++
	if old := fmt.Sprint(d.last - latestFew); old != "1" && d.users[old] != nil {
		name, _ := d.users[old]["userName"].(string)
		delete(d.names, name)
		delete(d.users, old)
	}
	id := fmt.Sprint(d.last)
	name, _ := body["userName"].(string)
	body["id"] = id
	d.users[id], d.names[name] = body, id
	show(w, http.StatusCreated, body)
}

func show(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", scim.MediaType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// scimClient sends requests to one of the two and adds up the processor time that
// they take, client and server together.
type scimClient struct {
	b           *testing.B
	base, token string
	spent       time.Duration
}

func (c *scimClient) do(method, path, body string) map[string]any {
	c.b.Helper()
	begun := machine.ProcessorTime(c.b)
	r, err := http.NewRequestWithContext(c.b.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", scim.MediaType)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.b.Fatal(err)
	}
	content, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || response.StatusCode >= http.StatusBadRequest {
		c.b.Fatalf("%s %s: %s, %v\n%s", method, path, response.Status, err, content)
	}
	c.spent += machine.ProcessorTime(c.b) - begun
	var answer map[string]any
	if err := json.Unmarshal(content, &answer); err != nil {
		c.b.Fatal(err)
	}
	return answer
}

// BenchmarkSCIM is what a SCIM request costs, over HTTP and down to the store, beside the
// same over bare net/http and a map. Both are measured in processor time of client and
// server together, taking turns; x-bare is the ratio. The store is the one that is kept
// nowhere, and a file, with synchronous NORMAL, where a test's directory is.
func BenchmarkSCIM(b *testing.B) {
	const user = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"user%d@example.com","name":{"givenName":"Luke","familyName":"Skywalker"},` +
		`"emails":[{"primary":true,"value":"user%d@example.com","type":"work"}],"displayName":"Luke Skywalker","locale":"en-US","externalId":"00u%d","groups":[],"active":true}`
	const patch = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":%v}}]}`
	create := func(c *scimClient, i int) map[string]any {
		return c.do(http.MethodPost, "/Users", fmt.Sprintf(user, i, i, i))
	}
	for _, test := range []struct {
		name string
		do   func(c *scimClient, id any, i int)
	}{
		{"create", func(c *scimClient, _ any, i int) { create(c, i+1) }},
		{"find", func(c *scimClient, _ any, _ int) {
			c.do(http.MethodGet, "/Users?filter=userName%20eq%20%22user0%40example.com%22&startIndex=1&count=100", "")
		}},
		{"patch", func(c *scimClient, id any, i int) {
			c.do(http.MethodPatch, fmt.Sprintf("/Users/%v", id), fmt.Sprintf(patch, i%2 == 1))
		}},
	} {
		b.Run(test.name+"/ephemeral", func(b *testing.B) { beside(b, "", create, test.do) })
		b.Run(test.name+"/file", func(b *testing.B) {
			beside(b, filepath.Join(b.TempDir(), "rollcall.db"), create, test.do)
		})
	}
}

// beside asks the product, with its data there, and the bare directory for the same.
func beside(b *testing.B, data string, create func(*scimClient, int) map[string]any, do func(c *scimClient, id any, i int)) {
	b.Helper()
	ours, bare := productToMeasure(b, data), httptest.NewServer(&bareDirectory{users: map[string]map[string]any{}, names: map[string]string{}})
	b.Cleanup(bare.Close)
	clients := []*scimClient{ours, {b: b, base: bare.URL}}
	var ids []any
	for _, c := range clients {
		ids = append(ids, create(c, 0)["id"])
		c.spent = 0
	}
	number := 0
	for b.Loop() {
		for i, c := range clients {
			do(c, ids[i], number)
		}
		number++
	}
	b.ReportMetric(float64(clients[0].spent)/float64(clients[1].spent), "x-bare")
	b.ReportMetric(float64(clients[0].spent.Microseconds())/float64(number), "cpu-µs/op")
}

// productToMeasure starts the product, with one connection.
func productToMeasure(b *testing.B, data string) *scimClient {
	b.Helper()
	app, err := reference.New(b.Context(), reference.Options{Data: data})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = app.Close() })
	server := httptest.NewServer(app)
	b.Cleanup(server.Close)
	founded, err := app.Org().Found(b.Context(), org.NewOrganization{
		Name: "Acme", Founder: "leia@example.com", Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled},
	})
	if err != nil {
		b.Fatal(err)
	}
	return &scimClient{b: b, base: server.URL + scim.Prefix + founded.Provider.ID, token: founded.Credential.Token}
}

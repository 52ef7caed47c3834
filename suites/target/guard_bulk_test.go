package target_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// doesInBulk lets the house do what a bulk request of creations says.
func (g *guarded) doesInBulk() {
	g.before = func(r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/Bulk") {
			return
		}
		var job struct {
			Operations []struct {
				Method, Path string
				Data         struct{ UserName string }
			}
		}
		text, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(text, &job)
		for n, op := range job.Operations {
			if op.Method == http.MethodPost {
				g.users[fmt.Sprintf("/Users/bulk%d", n)] = op.Data.UserName
			}
			if op.Method == http.MethodDelete {
				delete(g.users, op.Path)
			}
		}
		r.Body = io.NopCloser(strings.NewReader("{}"))
	}
}

func TestInBulkOnlyOursIsChanged(t *testing.T) {
	t.Parallel()
	create := func(g *guarded) string {
		return `{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"leia.` + g.tag + `@rollcall.test"}}`
	}
	for name, c := range map[string]struct {
		operations func(*guarded) string
		withheld   bool
	}{
		"a creation":              {create, false},
		"who was made":            {func(g *guarded) string { g.make("han"); return `{"method":"DELETE","path":"/Users/9"}` }, false},
		"nobody":                  {func(*guarded) string { return `{"method":"PATCH","path":"/Users/77","data":{}}` }, false},
		"made by the same":        {func(g *guarded) string { return create(g) + `,{"method":"PATCH","path":"/Users/bulkId:a","data":{}}` }, false},
		"somebody who was there":  {func(*guarded) string { return `{"method":"DELETE","path":"/Users/1"}` }, true},
		"one of ours, one not":    {func(g *guarded) string { return create(g) + `,{"method":"PUT","path":"/Users/2","data":{}}` }, true},
		"everybody":               {func(*guarded) string { return `{"method":"DELETE","path":"/Users"}` }, true},
		"a way round":             {func(*guarded) string { return `{"method":"DELETE","path":"/Users/../Users/1"}` }, true},
		"what nobody clears away": {func(*guarded) string { return `{"method":"POST","path":"/Droids","data":{}}` }, true},
		"without a method, ours":  {func(g *guarded) string { g.make("han"); return `{"path":"/Users/9"}` }, false},
		"without one, to all":     {func(*guarded) string { return `{"path":"/Users"}` }, true},
		"without a path":          {func(*guarded) string { return `{"method":"PATCH","data":{}}` }, true},
		"by a method of its own":  {func(*guarded) string { return `{"method":"MERGE","path":"/Users/77"}` }, true},
		"without a method":        {func(*guarded) string { return `{"path":"/Users/1"}` }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guard(t)
			operations := c.operations(g)
			g.asked = nil
			err := g.send(http.MethodPost, "/scim/Bulk", `{"Operations":[`+operations+`]}`)
			if (err != nil) != c.withheld || c.withheld == (len(g.asked) > 0) {
				t.Errorf("withheld: %v; asked %v", err, g.asked)
			}
			if !c.withheld && strings.Contains(operations, "leia") && !strings.Contains(g.written(), "leia."+g.tag) {
				t.Errorf("the ledger does not have her: %s", g.written())
			}
		})
	}
}

func TestWhatWasMadeInBulkIsClearedAway(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.doesInBulk()
	body := `{"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"leia.` + g.tag + `@rollcall.test"}}]}`
	if err := g.send(http.MethodPost, "/scim/Bulk", body); err != nil {
		t.Fatal(err)
	}
	if _, there := g.users["/Users/bulk0"]; !there {
		t.Fatal("the house made nobody")
	}
	if left := g.live.ClearAway(t.Context()); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, there := g.users["/Users/bulk0"]; there {
		t.Errorf("there are %v", g.users)
	}
}

func TestDiscoveryAndMe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path, body string
		me                 string
		withheld           bool
	}{
		"nothing to discovery":       {"PUT", "/scim/Schemas", "{}", "", false},
		"nothing made in discovery":  {"POST", "/scim/ResourceTypes", " {} ", "", false},
		"something to discovery":     {"PUT", "/scim/ServiceProviderConfig", `{"patch":{}}`, "", true},
		"a schema deleted":           {"DELETE", "/scim/Schemas/urn:x", "", "", true},
		"/Me where there is nobody":  {"PATCH", "/scim/Me", "{}", "", false},
		"/Me where that is somebody": {"PATCH", "/scim/Me", "{}", "ada@acme.test", true},
		"a POST to somebody":         {"POST", "/scim/Users/1", "{}", "", true},
		"a POST to nobody":           {"POST", "/scim/Users/77", "{}", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guard(t)
			if c.me != "" {
				g.users["/Me"] = c.me
			}
			if err := g.send(c.method, c.path, c.body); (err != nil) != c.withheld {
				t.Errorf("withheld: %v", err)
			}
		})
	}
}

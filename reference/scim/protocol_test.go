package scim_test

import (
	"net/http"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// A deed that is replaced is the one that the server does, also where another deed
// relies on it.
func TestProtocolCanBeVaried(t *testing.T) {
	t.Parallel()
	variation := func(change func(*scim.Protocol)) *client {
		p := scim.Standard()
		change(p)
		return clientOf(t, scim.Options{Protocol: p})
	}
	t.Run("status", func(t *testing.T) {
		t.Parallel()
		c := variation(func(p *scim.Protocol) { p.Created = http.StatusOK })
		c.do("POST", "/Users", `{`+coreUser+`,"userName":"x"}`).want(t, http.StatusOK)
	})
	t.Run("boolean", func(t *testing.T) {
		t.Parallel()
		c := variation(func(p *scim.Protocol) { p.Boolean = func(v any) (bool, error) { return v != false, nil } })
		id := c.seed(`"userName":"x"`)
		if c.patch(id, `[{"op":"replace","value":{"active":"False"}}]`); !c.record(id).Active {
			t.Error("PATCH does not read through Boolean")
		}
		if c.do("PUT", "/Users/"+id, `{`+coreUser+`,"userName":"x","active":"False"}`); !c.record(id).Active {
			t.Error("PUT does not read through Boolean")
		}
	})
	t.Run("selection", func(t *testing.T) {
		t.Parallel()
		c := variation(func(p *scim.Protocol) {
			p.Select = func(string) (scim.Selection, error) { return scim.Selection{}, nil }
		})
		c.seed(`"userName":"x"`)
		if got := c.do("GET", "/Users?filter=userName+eq+%22nobody%22", "").ids(t); len(got) != 1 {
			t.Errorf("the filter counts: %q", got)
		}
	})
	t.Run("rendering", func(t *testing.T) {
		t.Parallel()
		c := variation(func(p *scim.Protocol) {
			standard := p.Render
			p.Render = func(r org.Record, location string) scim.Document {
				user := standard(r, location)
				delete(user, "name")
				return user
			}
		})
		c.seed(han)
		if got := c.do("GET", "/Users/id-001", "").object["name"]; got != nil {
			t.Errorf("the name is %v", got)
		}
	})
	t.Run("operations", func(t *testing.T) {
		t.Parallel()
		c := variation(func(p *scim.Protocol) {
			standard := p.Operations
			p.Operations = func(body scim.Document) ([]scim.Operation, error) {
				ops, err := standard(body)
				for _, op := range ops {
					if op.Target == nil {
						return nil, &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidPath, Detail: "a path is needed"}
					}
				}
				return ops, err
			}
		})
		id := c.seed(han)
		c.patch(id, `[{"op":"replace","value":{"active":false}}]`).refused(t, http.StatusBadRequest, "invalidPath")
		c.patch(id, `[{"op":"replace","path":"active","value":false}]`).want(t, http.StatusOK)
	})
	t.Run("none of it lasts", func(t *testing.T) {
		t.Parallel()
		c := newClient(t)
		c.do("POST", "/Users", `{`+coreUser+`,"userName":"x","active":"False"}`).want(t, http.StatusCreated)
	})
}

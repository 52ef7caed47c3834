package scim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// sound checks what holds for every answer to a client that was let in: a refusal
// is a SCIM error and leaves the product alone; what was taken is a sound record.
func sound(t *testing.T, c *client, method, path string, body, before string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://product.test"+base+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", scim.MediaType)
	a := c.send(r)
	switch {
	case a.status >= http.StatusInternalServerError:
		t.Fatalf("%d: %s\n%s", a.status, a.body, c.log)
	case a.status >= http.StatusBadRequest:
		typ, _ := a.object["scimType"].(string)
		a.refused(t, a.status, typ)
		if c.product.snapshot() != before {
			t.Fatalf("a refusal left its mark: %s", c.product.snapshot())
		}
	}
	for _, r := range c.product.records {
		soundRecord(t, r)
		unmoved(t, c, r)
	}
}

// unmoved checks that a user can be written back as it is read, and stays as it is.
func unmoved(t *testing.T, c *client, r org.Record) {
	t.Helper()
	read := c.do("GET", "/Users/"+r.ID, "").want(t, http.StatusOK)
	before := c.product.snapshot()
	put := c.do("PUT", "/Users/"+r.ID, read.body).want(t, http.StatusOK)
	if put.body != read.body || c.product.snapshot() != before {
		t.Fatalf("read as\n%s, written back as\n%s", read.body, put.body)
	}
}

func soundRecord(t *testing.T, r org.Record) {
	t.Helper()
	texts := []string{r.UserName, r.ExternalID, r.GivenName, r.FamilyName, r.DisplayName}
	preferred := 0
	for _, e := range r.Emails {
		texts = append(texts, e.Value, e.Type)
		if e.Primary {
			preferred++
		}
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || utf8.RuneCountInString(s) > 1024 {
			t.Errorf("a text is kept as %q", s)
		}
	}
	if strings.TrimSpace(r.UserName) == "" || utf8.RuneCountInString(r.UserName) > 256 || preferred > 1 || len(r.Emails) > 100 {
		t.Errorf("the record is %+v", r)
	}
}

func FuzzUser(f *testing.F) {
	f.Add([]byte(`{` + coreUser + `,` + han + `}`))
	f.Add([]byte(lukes))
	f.Add([]byte(`{` + coreUser + `,` + whole + `}`))
	f.Add([]byte(`{` + coreUser + `,"userName":"x","active":"False","emails":[{"value":"a","primary":"true"}]}`))
	for _, bad := range badBodies {
		if len(bad.body) < 10_000 {
			f.Add([]byte(bad.body))
		}
	}
	for _, bad := range badUsers {
		f.Add([]byte(`{` + coreUser + `,` + bad + `}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, at := range takers[:2] {
			c := newClient(t)
			c.seed(han)
			sound(t, c, at.method, at.path, string(body), c.product.snapshot())
		}
	})
}

func FuzzPatch(f *testing.F) {
	for _, op := range [][3]string{
		{"replace", `active`, `false`}, {"add", `emails[type eq "other"].value`, `"x@y.z"`}, {"remove", `emails[type eq "work"]`, `null`},
		{"replace", ``, `{"active":"False","name.givenName":"x"}`}, {"add", `emails`, `[{"value":"x","primary":true}]`}, {"Replace", `name`, `{"givenName":"x"}`},
		{"replace", `urn:ietf:params:scim:schemas:core:2.0:User:userName`, `"x"`}, {"replace", `emails.type`, `"home"`}, {"add", `groups`, `[]`}, {"move", `[`, `1e9`},
		{"add", scim.BadgeSchema + `:number`, `7`}, {"replace", scim.BadgeSchema + `:visits[desk gt 6].until`, `"2026-01-02T03:04:05Z"`}, {"remove", scim.EnterpriseSchema, `null`},
		{"remove", scim.BadgeSchema + `:areas`, `["Lab"]`}, {"add", ``, `{"` + scim.EnterpriseSchema + `":{"manager":"x"},"name.formatted":"y"}`}, {"add", `x509Certificates`, `{"value":"aGFu"}`},
	} {
		f.Add(op[0], op[1], []byte(op[2]))
	}
	f.Fuzz(func(t *testing.T, op, path string, value []byte) {
		written := map[string]any{"op": op, "value": json.RawMessage(value)}
		if path != "" {
			written["path"] = path
		}
		body, err := json.Marshal(map[string]any{
			"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{written},
		})
		if err != nil {
			body = value // no JSON: the server has to find that out
		}
		c := newClient(t)
		c.seed(whole)
		sound(t, c, "PATCH", "/Users/id-001", string(body), c.product.snapshot())
	})
}

func FuzzList(f *testing.F) {
	for _, seed := range []string{
		"filter=userName+eq+%22x%22", "startIndex=-1&count=99999999999", "attributes=name.givenName,emails", "excludedAttributes=meta", "sortBy=emails&sortOrder=descending",
		"attributes=" + scim.BadgeSchema + ":motto", "sortBy=" + scim.BadgeSchema + ":number&filter=" + url.QueryEscape(scim.BadgeSchema+`:visits[desk eq 7]`),
		"filter=%zz", "a;b",
		"filter=" + url.QueryEscape(`emails[type eq "work" and not (value co "x")] or active eq false`),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		c := newClient(t)
		c.seed(han)
		r := httptest.NewRequestWithContext(t.Context(), "GET", "http://product.test"+base+"/Users", nil)
		r.URL.RawQuery = query
		r.Header.Set("Authorization", secret)
		if a := c.send(r); a.status != http.StatusOK {
			typ, _ := a.object["scimType"].(string)
			a.refused(t, http.StatusBadRequest, typ)
		} else if len(a.ids(t)) > 1 || a.object["itemsPerPage"] != float64(len(a.ids(t))) {
			t.Fatalf("the list is %s", a.body)
		}
	})
}

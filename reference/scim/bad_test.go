package scim_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/scim"
)

// Bodies that no endpoint takes. Each is tried wherever a body is read; nothing may
// change, and the answer is a 4xx with a SCIM error.
var badBodies = map[string]struct {
	body string
	typ  string
}{
	"nothing":                  {"", "invalidSyntax"},
	"space":                    {"  \n", "invalidSyntax"},
	"half an object":           {`{"schemas":[`, "invalidSyntax"},
	"a truncated text":         {`{"userName":"ha`, "invalidSyntax"},
	"two values":               {`{}{}`, "invalidSyntax"},
	"rubbish behind":           {`{} x`, "invalidSyntax"},
	"a list":                   {`[]`, "invalidSyntax"},
	"a text":                   {`"x"`, "invalidSyntax"},
	"null":                     {`null`, "invalidSyntax"},
	"XML":                      {`<user/>`, "invalidSyntax"},
	"a comment":                {`{/**/}`, "invalidSyntax"},
	"a trailing comma":         {`{"a":[1,]}`, "invalidSyntax"},
	"no schemas":               {`{"userName":"x","Operations":[]}`, "invalidSyntax"},
	"empty schemas":            {`{"schemas":[],"userName":"x","Operations":[]}`, "invalidSyntax"},
	"other schemas":            {`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"x"}`, "invalidSyntax"},
	"schemas of another type":  {`{"schemas":{"a":1},"userName":"x"}`, "invalidSyntax"},
	"schemas that are numbers": {`{"schemas":[1],"userName":"x"}`, "invalidSyntax"},
	"a name twice":             {`{"userName":"a","userName":"b"}`, "invalidSyntax"},
	"a name twice, in case":    {`{"userName":"a","USERNAME":"b"}`, "invalidSyntax"},
	"a name twice, escaped":    {`{"userName":"a","user\u004eame":"b"}`, "invalidSyntax"},
	"a name twice, deep":       {`{"name":{"givenName":"a","givenName":"b"}}`, "invalidSyntax"},
	"not UTF-8":                {"{\"userName\":\"\xff\xfe\"}", "invalidSyntax"},
	"UTF-16":                   {"\xff\xfe{\x00}\x00", "invalidSyntax"},
	"a byte order mark":        {"\ufeff{}", "invalidSyntax"},
	"half a surrogate pair":    {`{"userName":"\ud800"}`, "invalidSyntax"},
	"the other half":           {`{"userName":"\udc00x"}`, "invalidSyntax"},
	"NUL":                      {`{"userName":"a\u0000b"}`, "invalidValue"},
	"a raw NUL":                {"{\"userName\":\"a\x00b\"}", "invalidSyntax"},
	"too deep":                 {strings.Repeat(`{"a":`, 65) + `1` + strings.Repeat(`}`, 65), "invalidSyntax"},
	"far too deep":             {strings.Repeat(`[`, 500_000), "invalidSyntax"},
	"a huge number":            {`{"a":1e999999999}`, "invalidValue"},
	"a long number":            {`{"a":` + strings.Repeat("1", 5000) + `}`, "invalidValue"},
}

// What makes no user, besides.
var badUsers = map[string]string{
	"no userName":          `"displayName":"x"`,
	"a null userName":      `"userName":null`,
	"an empty userName":    `"userName":""`,
	"a blank userName":     `"userName":" \u00a0 "`,
	"a userName as number": `"userName":7`,
	"a userName as list":   `"userName":["x"]`,
	"a userName too long":  `"userName":"` + strings.Repeat("ü", 257) + `"`,
	"a line in userName":   `"userName":"a\nb"`,
	"active as word":       `"userName":"x","active":"yes"`,
	"active as number":     `"userName":"x","active":1`,
	"active as object":     `"userName":"x","active":{}`,
	"active as nothing":    `"userName":"x","active":""`,
	"a name as text":       `"userName":"x","name":"Han"`,
	"a part as object":     `"userName":"x","name":{"givenName":{}}`,
	"emails as text":       `"userName":"x","emails":"a@b.c"`,
	"emails as texts":      `"userName":"x","emails":["a@b.c"]`,
	"two primary emails":   `"userName":"x","emails":[{"value":"a","primary":true},{"value":"b","primary":"True"}]`,
	"primary as number":    `"userName":"x","emails":[{"value":"a","primary":1}]`,
	"too many emails":      `"userName":"x","emails":[` + strings.TrimSuffix(strings.Repeat(`{"value":"a"},`, 101), ",") + `]`,
	"a name too long":      `"userName":"x","displayName":"` + strings.Repeat("x", 1025) + `"`,
	"externalId as number": `"userName":"x","externalId":1`,
}

// taker is where a body is read.
type taker struct{ method, path, token string }

var takers = []taker{
	{"POST", "/Users", secret}, {"PUT", "/Users/id-001", secret}, {"PATCH", "/Users/id-001", secret},
	{"POST", "/Bulk", secret}, {"PATCH", "/Me", personal},
}

// offer sends a body to where one is read.
func (c *client) offer(at taker, body string, settings ...setting) answer {
	c.t.Helper()
	return c.do(at.method, at.path, body, append(settings, header("Authorization", "Bearer "+at.token))...)
}

// unchanged is a client over a product with Han in it, which must stay as it is.
func unchanged(t *testing.T) *client {
	c := newClient(t)
	c.product.person = c.seed(han)
	before := c.product.snapshot()
	t.Cleanup(func() {
		if after := c.product.snapshot(); after != before {
			t.Errorf("the product changed from\n%s to\n%s", before, after)
		}
		if c.log.Len() > 0 {
			t.Errorf("bad input was logged as a failure: %s", c.log)
		}
	})
	return c
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	for name, test := range badBodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := unchanged(t)
			for _, at := range takers {
				c.offer(at, test.body).refused(t, http.StatusBadRequest, test.typ)
			}
		})
	}
}

func TestBadUsers(t *testing.T) {
	t.Parallel()
	for name, attributes := range badUsers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := unchanged(t)
			for _, at := range takers[:2] {
				c.offer(at, `{`+coreUser+`,`+attributes+`}`).refused(t, http.StatusBadRequest, "invalidValue")
			}
		})
	}
}

func TestBadPatches(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	const schemas = `"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]`
	for _, rest := range []string{``, `,"Operations":null`, `,"Operations":[]`, `,"Operations":{}`, `,"Operations":"x"`, `,"Operations":[null]`} {
		c.do("PATCH", "/Users/id-001", `{`+schemas+rest+`}`).refused(t, http.StatusBadRequest, "invalidSyntax")
	}
	many := strings.TrimSuffix(strings.Repeat(`{"op":"replace","value":{"active":false}},`, 1001), ",")
	c.patch("id-001", "["+many+"]").refused(t, http.StatusBadRequest, "invalidValue")
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	body := `{` + coreUser + `,"userName":"x","colour":"` + strings.Repeat("x", scim.MaxBody) + `"}`
	for _, at := range takers {
		c.offer(at, body).refused(t, http.StatusRequestEntityTooLarge, "")
		c.offer(at, body, func(r *http.Request) { r.ContentLength = -1 }).refused(t, http.StatusRequestEntityTooLarge, "")
	}
}

// The largest body that is allowed is taken.
func TestJustNotTooLarge(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	head, tail := `{`+coreUser+`,"userName":"x","colour":"`, `"}`
	body := head + strings.Repeat("x", scim.MaxBody-len(head)-len(tail)) + tail
	c.do("POST", "/Users", body).want(t, http.StatusCreated)
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for i, good := range []string{
		"application/scim+json", "application/scim+json; charset=utf-8", "application/json", "Application/JSON;charset=UTF-8", `application/json; charset="utf-8"; x=y`,
	} {
		c.do("POST", "/Users", `{`+coreUser+`,"userName":"`+string(rune('a'+i))+`"}`, header("Content-Type", good)).want(t, http.StatusCreated)
	}
	c = unchanged(t)
	for _, bad := range []string{"", "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json", ";", "application/json+scim"} {
		for _, at := range takers {
			c.offer(at, `{}`, header("Content-Type", bad)).refused(t, http.StatusUnsupportedMediaType, "")
		}
	}
	for _, at := range takers {
		c.offer(at, `{}`, header("Content-Encoding", "gzip")).refused(t, http.StatusUnsupportedMediaType, "")
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	for _, good := range []string{
		"", "*/*", "application/*", "application/json", "application/scim+json", "application/scim+json; charset=utf-8",
		"text/html, application/json;q=0.1", "Application/SCIM+JSON", "text/html,*/*;q=0.8",
	} {
		c.do("GET", "/Users", "", header("Accept", good)).want(t, http.StatusOK)
	}
	for _, bad := range []string{"text/html", "application/xml, text/plain", "application/json;q=0", "rubbish", ";;"} {
		c.do("GET", "/Users", "", header("Accept", bad)).refused(t, http.StatusNotAcceptable, "")
		for _, at := range takers {
			c.offer(at, `{`+coreUser+`,"userName":"x"}`, header("Accept", bad)).refused(t, http.StatusNotAcceptable, "")
		}
	}
}

func TestWrongMethods(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	for path, allow := range map[string]string{
		"/Users":                 "GET, POST",
		"/Users/id-001":          "DELETE, GET, PATCH, PUT",
		"/ServiceProviderConfig": "GET",
		"/ResourceTypes":         "GET",
		"/ResourceTypes/User":    "GET",
		"/Schemas":               "GET",
		"/Schemas/nonsense":      "GET",
		"/Bulk":                  "POST",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			if slices.Contains(strings.Split(allow, ", "), method) {
				continue
			}
			a := c.do(method, path, `{}`)
			a.refused(t, http.StatusMethodNotAllowed, "")
			if got := a.header.Get("Allow"); got != allow {
				t.Errorf("%s: Allow is %q, want %q", path, got, allow)
			}
		}
	}
}

func TestNowhere(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	for _, path := range []string{
		"", "/", "/nonsense", "/users", "/Users/", "//Users", "/Users/id-001/", "/Users/id-001/emails", "/Users/%2e%2e/Schemas", "/Users/..",
		"/Groups", "/Groups/1", "/ServiceProviderConfig/x", "/ServiceProviderConfigs", "/Users%2Fid-001", "/Users/id-001%00", "/Users/%ff", "/Bulk/1",
	} {
		c.do("GET", path, "").refused(t, http.StatusNotFound, "")
	}
	for _, whole := range []string{"/", "/scim", "/scim/v2", "/scim/v2/", "/scim/v1/" + provider + "/Users", "/scim/v2//Users"} {
		c.send(httptest.NewRequestWithContext(t.Context(), "GET", "http://product.test"+whole, nil)).refused(t, http.StatusNotFound, "")
	}
}

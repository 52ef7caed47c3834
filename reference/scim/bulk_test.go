package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

const bulkSchemas = `"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]`

// outcome is what a bulk answer says of an operation.
type outcome struct {
	Method, BulkID, Version, Location, Status string
	Response                                  *struct{ Status, ScimType, Detail string }
}

// bulk sends operations and returns what became of them.
func (c *client) bulk(attributes string, operations ...string) []outcome {
	c.t.Helper()
	a := c.do("POST", "/Bulk", `{`+bulkSchemas+attributes+`,"Operations":[`+strings.Join(operations, ",")+`]}`).want(c.t, http.StatusOK)
	var body struct {
		Schemas    []string
		Operations []outcome
	}
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		c.t.Fatalf("the answer is malformed: %v\n%s", err, a.body)
	}
	if !reflect.DeepEqual(body.Schemas, []string{"urn:ietf:params:scim:api:messages:2.0:BulkResponse"}) {
		c.t.Errorf("schemas are %q", body.Schemas)
	}
	return body.Operations
}

// making is an operation that creates somebody, whose displayName may refer to
// somebody else.
func making(bulkID, displayName string) string {
	return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":{%s,"userName":%q,"displayName":%q}}`, bulkID, coreUser, bulkID+"@example.com", displayName)
}

func statuses(outcomes []outcome) string {
	var s []string
	for _, o := range outcomes {
		s = append(s, o.Status)
	}
	return strings.Join(s, " ")
}

// names is whose displayName is what, with ids told apart by whose they are.
func (c *client) names() map[string]string {
	records := c.product.records
	whose := map[string]string{}
	for _, r := range records {
		whose[r.ID], _, _ = strings.Cut(r.UserName, "@")
	}
	names := map[string]string{}
	for _, r := range records {
		name := r.DisplayName
		if known := whose[name]; known != "" {
			name = "=" + known
		}
		names[whose[r.ID]] = name
	}
	return names
}

func (c *client) named(want map[string]string) {
	c.t.Helper()
	if got := c.names(); !reflect.DeepEqual(got, want) {
		c.t.Errorf("the product holds %v, want %v", got, want)
	}
}

func TestBulk(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(han)
	other := c.seed(`"userName":"lando"`)
	got := c.bulk("",
		`{"method":"POST","path":"/Users","bulkId":"q","data":{`+coreUser+`,"userName":"leia"}}`,
		`{"method":"PUT","path":"/Users/`+id+`","version":"W/\"1\"","data":{`+coreUser+`,"userName":"han2"}}`,
		`{"method":"PATCH","path":"/Users/`+id+`","bulkId":"p","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}}`,
		`{"method":"DELETE","path":"/Users/`+other+`","version":"\"1\""}`,
	)
	users := "http://product.test" + base + "/Users/"
	want := []outcome{
		{"POST", "q", `W/"1"`, users + "id-003", "201", nil},
		{"PUT", "", `W/"2"`, users + id, "200", nil},
		{"PATCH", "p", `W/"3"`, users + id, "200", nil},
		{"DELETE", "", "", users + other, "204", nil},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the outcome is\n%+v, want\n%+v", got, want)
	}
	if r := c.record(id); r.UserName != "han2" || r.Active {
		t.Errorf("Han is %+v", r)
	}
	if r := c.record("id-003"); r.UserName != "leia" || !r.Active {
		t.Errorf("Leia is %+v", r)
	}
	if len(c.product.records) != 2 {
		t.Errorf("there are %d records", len(c.product.records))
	}
}

// What one operation gets wrong is its own error, and says what a request that came
// alone would have been told.
func TestBulkErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(han)
	for name, test := range map[string]struct {
		operation, status, typ string
		located                bool
	}{
		"no method":             {`{"path":"/Users","bulkId":"x","data":{}}`, "400", "invalidSyntax", false},
		"an unknown method":     {`{"method":"MOVE","path":"/Users","bulkId":"x","data":{}}`, "400", "invalidSyntax", false},
		"GET":                   {`{"method":"GET","path":"/Users/id-001"}`, "400", "invalidSyntax", false},
		"method in lower case":  {`{"method":"delete","path":"/Users/id-001"}`, "400", "invalidSyntax", false},
		"a number as method":    {`{"method":7,"path":"/Users/id-001"}`, "400", "invalidSyntax", false},
		"no bulkId":             {`{"method":"POST","path":"/Users","data":{` + coreUser + `,"userName":"x"}}`, "400", "invalidSyntax", false},
		"an empty bulkId":       {`{"method":"POST","path":"/Users","bulkId":"","data":{` + coreUser + `,"userName":"x"}}`, "400", "invalidSyntax", false},
		"no path":               {`{"method":"DELETE"}`, "400", "invalidSyntax", false},
		"no data":               {`{"method":"PUT","path":"/Users/id-001"}`, "400", "invalidSyntax", false},
		"data as a list":        {`{"method":"PUT","path":"/Users/id-001","data":[]}`, "400", "invalidSyntax", false},
		"a whole address":       {`{"method":"DELETE","path":"http://product.test/scim/v2/` + provider + `/Users/id-001"}`, "400", "invalidValue", false},
		"a relative path":       {`{"method":"DELETE","path":"Users/id-001"}`, "400", "invalidValue", false},
		"a query":               {`{"method":"DELETE","path":"/Users/id-001?x=y"}`, "400", "invalidValue", false},
		"a way up":              {`{"method":"DELETE","path":"/../other/Users/id-001"}`, "404", "", false},
		"another host":          {`{"method":"DELETE","path":"//Users/id-001"}`, "404", "", false},
		"a broken escape":       {`{"method":"DELETE","path":"/Users/%zz"}`, "400", "invalidValue", false},
		"a line break":          {`{"method":"DELETE","path":"/Users/a\nb"}`, "400", "invalidValue", false},
		"no such endpoint":      {`{"method":"DELETE","path":"/Nonsense/id-001"}`, "404", "", true},
		"bulk in bulk":          {`{"method":"POST","path":"/Bulk","bulkId":"x","data":{` + bulkSchemas + `,"Operations":[]}}`, "400", "invalidValue", false},
		"discovery":             {`{"method":"POST","path":"/Schemas","bulkId":"x","data":{}}`, "400", "invalidValue", false},
		"POST to one":           {`{"method":"POST","path":"/Users/id-001","bulkId":"x","data":{}}`, "405", "", false},
		"DELETE to all":         {`{"method":"DELETE","path":"/Users"}`, "405", "", false},
		"nobody":                {`{"method":"DELETE","path":"/Users/id-999"}`, "404", "", true},
		"another version":       {`{"method":"DELETE","path":"/Users/id-001","version":"W/\"7\""}`, "412", "", true},
		"a number as version":   {`{"method":"DELETE","path":"/Users/id-001","version":1}`, "400", "invalidSyntax", false},
		"no schemas":            {`{"method":"POST","path":"/Users","bulkId":"x","data":{"userName":"x"}}`, "400", "invalidSyntax", false},
		"no userName":           {`{"method":"POST","path":"/Users","bulkId":"x","data":{` + coreUser + `}}`, "400", "invalidValue", false},
		"a name that is taken":  {`{"method":"POST","path":"/Users","bulkId":"x","data":{` + coreUser + `,"userName":"HAN@example.com"}}`, "409", "uniqueness", false},
		"an unknown bulkId":     {`{"method":"PUT","path":"/Users/id-001","data":{` + coreUser + `,"userName":"x","displayName":"bulkId:nobody"}}`, "400", "invalidValue", false},
		"an unknown one's path": {`{"method":"DELETE","path":"/Users/bulkId:nobody"}`, "400", "invalidValue", false},
	} {
		before := c.product.snapshot()
		got := c.bulk("", test.operation, making("after-"+strings.ReplaceAll(name, " ", "-"), ""))
		if len(got) != 2 || got[0].Status != test.status || got[0].Response == nil || got[0].Response.Status != test.status ||
			got[0].Response.ScimType != test.typ || got[0].Response.Detail == "" || (got[0].Location != "") != test.located {
			t.Errorf("%s: the outcome is %+v", name, got)
			continue
		}
		if got[1].Status != "201" {
			t.Errorf("%s: what comes after it is answered %s", name, got[1].Status)
		}
		c.do("DELETE", "/Users/"+c.product.records[len(c.product.records)-1].ID, "")
		if after := c.product.snapshot(); after != before {
			t.Errorf("%s: something changed", name)
		}
	}
}

func TestBadBulkRequests(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	one := `"Operations":[` + making("x", "") + `]`
	for body, typ := range map[string]string{
		`{` + one + `}`: "invalidSyntax",
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],` + one + `}`: "invalidSyntax",
		`{` + bulkSchemas + `}`:                                                                "invalidSyntax",
		`{` + bulkSchemas + `,"Operations":null}`:                                              "invalidSyntax",
		`{` + bulkSchemas + `,"Operations":[]}`:                                                "invalidSyntax",
		`{` + bulkSchemas + `,"Operations":{}}`:                                                "invalidSyntax",
		`{` + bulkSchemas + `,"Operations":[` + making("x", "") + `,null]}`:                    "invalidSyntax",
		`{` + bulkSchemas + `,"Operations":[` + making("x", "") + `,` + making("x", "") + `]}`: "invalidValue",
		`{` + bulkSchemas + `,"failOnErrors":0,` + one + `}`:                                   "invalidValue",
		`{` + bulkSchemas + `,"failOnErrors":-1,` + one + `}`:                                  "invalidValue",
		`{` + bulkSchemas + `,"failOnErrors":1.5,` + one + `}`:                                 "invalidValue",
		`{` + bulkSchemas + `,"failOnErrors":"1",` + one + `}`:                                 "invalidValue",
		`{` + bulkSchemas + `,"failOnErrors":99999999999999999999,` + one + `}`:                "invalidValue",
	} {
		c.do("POST", "/Bulk", body).refused(t, http.StatusBadRequest, typ)
	}
	many := strings.TrimSuffix(strings.Repeat(`{"method":"DELETE","path":"/Users/id-001"},`, scim.MaxBulkOperations+1), ",")
	a := c.do("POST", "/Bulk", `{`+bulkSchemas+`,"Operations":[`+many+`]}`)
	a.refused(t, http.StatusRequestEntityTooLarge, "")
	if !strings.Contains(a.body, "maxOperations (1000)") {
		t.Errorf("the limit is not told: %s", a.body)
	}
	a = c.do("POST", "/Bulk", `{`+bulkSchemas+`,"x":"`+strings.Repeat("x", scim.MaxBody)+`"}`)
	a.refused(t, http.StatusRequestEntityTooLarge, "")
	if !strings.Contains(a.body, "1048576") {
		t.Errorf("the limit is not told: %s", a.body)
	}
}

func TestFailOnErrors(t *testing.T) {
	t.Parallel()
	wrong := `{"method":"DELETE","path":"/Users/nobody"}`
	for limit, want := range map[string]string{
		"":                            "201 404 201 404 201",
		`,"failOnErrors":null`:        "201 404 201 404 201",
		`,"failOnErrors":3`:           "201 404 201 404 201",
		`,"failOnErrors":2`:           "201 404 201 404",
		`,"failOnErrors":1`:           "201 404",
		`,"FAILONERRORS":1,"other":2`: "201 404",
	} {
		c := newClient(t)
		if got := statuses(c.bulk(limit, making("a", ""), wrong, making("b", ""), wrong, making("c", ""))); got != want {
			t.Errorf("with %q the outcome is %s, want %s", limit, got, want)
		}
		if got, want := len(c.product.records), strings.Count(want, "201"); got != want {
			t.Errorf("with %q there are %d records, want %d", limit, got, want)
		}
	}
}

func TestBulkReferences(t *testing.T) {
	t.Parallel()
	put := `{"method":"PUT","path":"/Users/bulkId:a","data":{` + coreUser + `,"userName":"a@example.com","displayName":"bulkId:b"}}`
	patch := `{"method":"PATCH","path":"/Users/bulkId:a","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":"bulkId:b"}]}}`
	for name, test := range map[string]struct {
		operations []string
		statuses   string
		want       map[string]string
	}{
		"backwards": {[]string{making("a", "x"), making("b", "bulkId:a")}, "201 201", map[string]string{"a": "x", "b": "=a"}},
		"forwards":  {[]string{making("a", "bulkId:b"), making("b", "x")}, "201 201", map[string]string{"a": "=b", "b": "x"}},
		"a chain": {
			[]string{making("a", "bulkId:b"), making("b", "bulkId:c"), making("c", "bulkId:d"), making("d", "x")},
			"201 201 201 201", map[string]string{"a": "=b", "b": "=c", "c": "=d", "d": "x"},
		},
		"in a PUT":   {[]string{put, making("a", "x"), making("b", "y")}, "200 201 201", map[string]string{"a": "=b", "b": "y"}},
		"in a PATCH": {[]string{patch, making("a", "x"), making("b", "y")}, "200 201 201", map[string]string{"a": "=b", "b": "y"}},
		"to itself":  {[]string{making("a", "bulkId:a")}, "201", map[string]string{"a": "=a"}},
		"a circle":   {[]string{making("a", "bulkId:b"), making("b", "bulkId:a")}, "201 201", map[string]string{"a": "=b", "b": "=a"}},
		"a circle that others hang on": {
			[]string{making("z", "bulkId:a"), making("a", "bulkId:b"), making("b", "bulkId:c"), making("c", "bulkId:a"), making("y", "bulkId:c")},
			"201 201 201 201 201", map[string]string{"z": "=a", "a": "=b", "b": "=c", "c": "=a", "y": "=c"},
		},
		"a name that only begins like it": {[]string{making("a", "bulkId: a"), making("ab", "xbulkId:a")}, "400 201", map[string]string{"ab": "xbulkId:a"}},
		"like another's beginning":        {[]string{making("1", "x"), making("10", "bulkId:1"), making("2", "bulkId:10")}, "201 201 201", map[string]string{"1": "x", "10": "=1", "2": "=10"}},
	} {
		c := newClient(t)
		if got := statuses(c.bulk("", test.operations...)); got != test.statuses {
			t.Errorf("%s: the outcome is %s, want %s", name, got, test.statuses)
		}
		c.named(test.want)
	}
}

// An operation whose reference cannot be kept is refused, and so is what refers to it.
func TestBulkReferencesToNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(`"userName":"taken@example.com"`)
	got := c.bulk("", making("a", "bulkId:taken"), making("taken", ""), making("b", "bulkId:a"), making("c", ""))
	if statuses(got) != "400 409 400 201" {
		t.Errorf("the outcome is %+v", got)
	}
	c.named(map[string]string{"taken": "", "c": ""})
	got = c.bulk(`,"failOnErrors":1`, making("d", "bulkId:taken"), making("taken", ""), making("e", ""))
	if statuses(got) != "409" || got[0].BulkID != "taken" {
		t.Errorf("with failOnErrors the outcome is %+v", got)
	}
}

// A circle that the product does not let close leaves nothing behind.
func TestBulkCircleThatCannotBe(t *testing.T) {
	t.Parallel()
	circle := []string{making("z", "bulkId:b"), making("a", "bulkId:b"), making("b", "bulkId:c"), making("c", "bulkId:a"), making("y", "")}
	c := newClient(t)
	c.product.change = &org.Error{Kind: org.Invalid, Message: "no circles here"}
	got := c.bulk("", circle...)
	if statuses(got) != "400 409 409 409 201" || !strings.Contains(got[1].Response.Detail, "no circles here") || got[1].Location != "" {
		t.Errorf("the outcome is %+v", got)
	}
	c.named(map[string]string{"y": ""})

	c = newClient(t)
	c.product.change, c.product.delete = &org.Error{Kind: org.Invalid, Message: "no circles here"}, &org.Error{Kind: org.Unsupported, Message: "nothing is deleted"}
	if got := c.bulk("", circle...); statuses(got) != "400 409 409 409 201" || got[1].Location == "" {
		t.Errorf("where nothing is deleted the outcome is %+v", got)
	}

	c = newClient(t)
	c.seed(`"userName":"a@example.com"`)
	if got := statuses(c.bulk("", making("a", "bulkId:b"), making("b", "bulkId:a"), making("c", ""))); got != "409 409 201" {
		t.Errorf("with a name that is taken the outcome is %s", got)
	}
	c.named(map[string]string{"a": "", "c": ""})
	if got := statuses(c.bulk(`,"failOnErrors":1`, making("a", "bulkId:b"), making("b", "bulkId:a"), making("d", ""))); got != "409 409 201" {
		t.Errorf("with failOnErrors the outcome is %s", got)
	}
	c.named(map[string]string{"a": "", "c": "", "d": ""})
}

// The largest web of references that a request can hold is done in good time.
func TestBulkOfManyReferences(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	operations := make([]string, scim.MaxBulkOperations)
	for i := range operations {
		operations[i] = fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"%d","data":{%s,"userName":"u%d","displayName":"bulkId:%d","title":"bulkId:%d"}}`,
			i, coreUser, i, (i+1)%len(operations), (i+2)%len(operations))
	}
	got := c.bulk("", operations...)
	for _, o := range got {
		if o.Status != "201" {
			t.Fatalf("an operation is answered %+v", o)
		}
	}
	if names := c.names(); len(got) != len(operations) || names["u0"] != "=u1" || names["u999"] != "=u0" {
		t.Errorf("%d are done; names are %v, %v", len(got), names["u0"], names["u999"])
	}
}

// Each operation passes the gates by itself.
func TestBulkGates(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(han)
	off := `{"method":"PATCH","path":"/Users/` + id + `","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}}`
	c.product.refuse = func(call org.Call) error {
		if !call.Deactivation() {
			return &org.Error{Kind: org.Forbidden, Message: "only deactivations"}
		}
		return nil
	}
	c.do("POST", "/Bulk", `{`+bulkSchemas+`,"Operations":[`+making("a", "")+`]}`).refused(t, http.StatusForbidden, "")
	if got := statuses(c.bulk("", making("a", ""), off, making("b", ""))); got != "403 200 403" {
		t.Errorf("the outcome is %s", got)
	}
	if c.record(id).Active || len(c.product.records) != 1 {
		t.Errorf("the product holds %s", c.product.snapshot())
	}
}

func TestBulkFailuresTellNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.product.broken = fmt.Errorf("disk I/O error in /var/lib/secret.db")
	got := c.bulk("", making("a", ""))
	if statuses(got) != "500" || strings.Contains(got[0].Response.Detail, "disk") || !strings.Contains(c.log.String(), "disk I/O error") {
		t.Errorf("the outcome is %+v, the log says %s", got, c.log)
	}
}

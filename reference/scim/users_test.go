package scim_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.do("POST", "/Users", `{`+coreUser+`,"userName":"Han@Example.com","externalId":"00u1","name":{"givenName":"Han","familyName":"Solo"},
		"displayName":"Han Solo","emails":[{"primary":true,"value":"han@example.com","type":"work"}]}`).want(t, http.StatusCreated)

	want := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"id-001","externalId":"00u1","userName":"Han@Example.com",` +
		`"name":{"familyName":"Solo","givenName":"Han"},"displayName":"Han Solo","active":true,` +
		`"emails":[{"value":"han@example.com","type":"work","primary":true}],"meta":{"resourceType":"User","created":"2026-01-02T03:04:06.678Z","lastModified":"2026-01-02T03:04:06.678Z",` +
		`"location":"http://product.test` + base + `/Users/id-001","version":"W/\"1\""}}` + "\n"
	if a.body != want {
		t.Errorf("the body is\n%s, want\n%s", a.body, want)
	}
	for _, name := range []string{"Location", "Content-Location"} {
		if got := a.header.Get(name); got != "http://product.test"+base+"/Users/id-001" {
			t.Errorf("%s is %q", name, got)
		}
	}
	if got := c.do("GET", "/Users/id-001", "").want(t, http.StatusOK); got.body != want {
		t.Errorf("read back:\n%s", got.body)
	}
}

// What a record becomes of a body: only what is kept, and nothing that the client
// has no say in.
func TestReading(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want org.Record
	}{
		"only what is required":         {`"userName":"a@b.c"`, org.Record{UserName: "a@b.c", Active: true}},
		"stored as sent":                {`"userName":" A@b.C "`, org.Record{UserName: " A@b.C ", Active: true}},
		"names in any case":             {`"USERNAME":"a@b.c","Name":{"GIVENNAME":"A"},"Active":false`, org.Record{UserName: "a@b.c", GivenName: "A"}},
		"inactive":                      {`"userName":"a@b.c","active":false`, org.Record{UserName: "a@b.c"}},
		"inactive as text":              {`"userName":"a@b.c","active":"False"`, org.Record{UserName: "a@b.c"}},
		"active as text":                {`"userName":"a@b.c","active":"TRUE"`, org.Record{UserName: "a@b.c", Active: true}},
		"null and empty say nothing":    {`"userName":"a@b.c","active":null,"name":null,"emails":[],"displayName":""`, org.Record{UserName: "a@b.c", Active: true}},
		"id, meta, groups are ignored":  {`"userName":"a@b.c","id":"mine","meta":{"version":7},"groups":[{"value":"g"}]`, org.Record{UserName: "a@b.c", Active: true}},
		"the unknown is dropped":        {`"userName":"a@b.c","colour":"red","admin":true,"password":"pw"`, org.Record{UserName: "a@b.c", Active: true}},
		"unknown extensions are too":    {`"userName":"a@b.c","urn:x:params:scim:schemas:extension:2.0:User":{"department":"x"},"urn:x":7`, org.Record{UserName: "a@b.c", Active: true}},
		"unknown parts are dropped":     {`"userName":"a@b.c","name":{"givenName":"A","colour":"red"}`, org.Record{UserName: "a@b.c", GivenName: "A", Active: true}},
		"an address that is none":       {`"userName":"a@b.c","emails":[{"type":"work"},{"value":"x@y.z"}]`, org.Record{UserName: "a@b.c", Emails: []org.Email{{Value: "x@y.z"}}, Active: true}},
		"one value where a list may be": {`"userName":"a@b.c","emails":{"value":"x@y.z"}`, org.Record{UserName: "a@b.c", Emails: []org.Email{{Value: "x@y.z"}}, Active: true}},
		"any script":                    {`"userName":"Łukasz@周.example","displayName":"O'Neil \ud83d\ude80"`, org.Record{UserName: "Łukasz@周.example", DisplayName: "O'Neil 🚀", Active: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			got := c.record(c.seed(test.body))
			got.ID, got.Version, got.Created, got.Modified = "", 0, test.want.Created, test.want.Modified
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("kept %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestPasswordsGoNowhere(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.do("POST", "/Users", `{`+coreUser+`,"userName":"a@b.c","password":"hunter2"}`).want(t, http.StatusCreated)
	b := c.do("POST", "/Users", `{`+coreUser+`,"userName":"","password":"hunter2"}`)
	p := c.patch("id-001", `[{"op":"replace","value":{"password":"hunter2"}}]`).want(t, http.StatusOK)
	for _, place := range []string{a.body, b.body, p.body, c.log.String(), c.product.snapshot(), a.header.Get("Location")} {
		if strings.Contains(place, "hunter2") {
			t.Errorf("the password is in %s", place)
		}
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(`"userName":"han@example.com","active":false`)
	leia := c.seed(`"userName":"leia@example.com"`)
	for _, name := range []string{"han@example.com", "HAN@example.com", " han@example.com"} {
		c.do("POST", "/Users", `{`+coreUser+`,"userName":"`+name+`"}`).refused(t, http.StatusConflict, "uniqueness")
		c.do("PUT", "/Users/"+leia, `{`+coreUser+`,"userName":"`+name+`"}`).refused(t, http.StatusConflict, "uniqueness")
		c.patch(leia, `[{"op":"replace","path":"userName","value":"`+name+`"}]`).refused(t, http.StatusConflict, "uniqueness")
	}
	if got := c.record(leia).UserName; got != "leia@example.com" {
		t.Errorf("the userName became %q", got)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(`"userName":"han@example.com","externalId":"00u1","displayName":"Han","name":{"givenName":"Han"},"emails":[{"value":"han@example.com"}]`)
	c.do("PUT", "/Users/"+id, `{`+coreUser+`,"id":"somebody-else","userName":"solo@example.com"}`).want(t, http.StatusOK)
	got := c.record(id)
	want := org.Record{ID: id, UserName: "solo@example.com", Active: true, Version: 2, Created: got.Created, Modified: got.Modified}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("kept %+v\nwant %+v", got, want)
	}
}

// A PUT that forgets active neither deactivates nor brings anybody back.
func TestReplaceKeepsActive(t *testing.T) {
	t.Parallel()
	for _, active := range []string{"true", "false"} {
		c := newClient(t)
		id := c.seed(`"userName":"han@example.com","active":` + active)
		for _, rest := range []string{``, `,"active":null`} {
			a := c.do("PUT", "/Users/"+id, `{`+coreUser+`,"userName":"han@example.com"`+rest+`}`).want(t, http.StatusOK)
			if got := a.object["active"] == true; got != (active == "true") {
				t.Errorf("active was %s and became %v", active, got)
			}
		}
	}
}

func TestReadModifyWrite(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(`"userName":"han@example.com","externalId":"00u1","name":{"givenName":"Han","familyName":"Solo"},"emails":[{"value":"han@example.com","primary":true}]`)
	before := c.product.snapshot()
	whole := c.do("GET", "/Users/"+id, "").body
	c.do("PUT", "/Users/"+id, whole).want(t, http.StatusOK)
	if after := c.product.snapshot(); after != before {
		t.Errorf("writing back what was read changed\n%s to\n%s", before, after)
	}
	a := c.do("PUT", "/Users/"+id, strings.Replace(whole, `"active":true`, `"active":false`, 1)).want(t, http.StatusOK)
	if a.object["active"] != false || c.record(id).Active {
		t.Errorf("still active: %s", a.body)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(`"userName":"han@example.com"`)
	a := c.do("DELETE", "/Users/"+id, "").want(t, http.StatusNoContent)
	if a.body != "" || a.header.Get("Content-Type") != "" {
		t.Errorf("the answer has a body: %q %q", a.header.Get("Content-Type"), a.body)
	}
	c.do("GET", "/Users/"+id, "").refused(t, http.StatusNotFound, "")
	c.do("DELETE", "/Users/"+id, "").refused(t, http.StatusNotFound, "")
	c.do("PUT", "/Users/"+id, `{`+coreUser+`,"userName":"a"}`).refused(t, http.StatusNotFound, "")
	c.patch(id, `[{"op":"replace","value":{"active":false}}]`).refused(t, http.StatusNotFound, "")
	c.seed(`"userName":"han@example.com"`)
}

func TestDeleteSwitchedOff(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.product.delete = &org.Error{Kind: org.Unsupported, Message: "records are kept"}
	a := c.do("DELETE", "/Users/"+c.seed(`"userName":"a"`), "")
	a.refused(t, http.StatusMethodNotAllowed, "")
	if got := a.header.Get("Allow"); got != "GET, PATCH, PUT" {
		t.Errorf("Allow is %q", got)
	}
}

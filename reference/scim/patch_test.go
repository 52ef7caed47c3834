package scim_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

const han = `"userName":"han@example.com","externalId":"00u1","name":{"givenName":"Han","familyName":"Solo"},"displayName":"Han Solo",` +
	`"emails":[{"value":"han@example.com","type":"work","primary":true},{"value":"han@home.example","type":"home"}]`

// What operations make of Han's record.
func TestPatch(t *testing.T) {
	t.Parallel()
	type emails = []org.Email
	work := org.Email{Value: "han@example.com", Type: "work", Primary: true}
	home := org.Email{Value: "han@home.example", Type: "home"}
	tests := map[string]struct {
		operations string
		change     func(*org.Record)
	}{
		"Okta's deactivation":       {`[{"op":"replace","value":{"active":false}}]`, func(r *org.Record) { r.Active = false }},
		"with a path":               {`[{"op":"replace","path":"active","value":false}]`, func(r *org.Record) { r.Active = false }},
		"Entra's":                   {`[{"op":"Replace","path":"active","value":"False"}]`, func(r *org.Record) { r.Active = false }},
		"by add":                    {`[{"op":"ADD","path":"ACTIVE","value":false}]`, func(r *org.Record) { r.Active = false }},
		"with a URN":                {`[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":false}]`, func(r *org.Record) { r.Active = false }},
		"an empty path is none":     {`[{"op":"replace","path":"","value":{"active":false}}]`, func(r *org.Record) { r.Active = false }},
		"the schema as path":        {`[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"active":false}}]`, func(r *org.Record) { r.Active = false }},
		"id and schemas repeated":   {`[{"op":"replace","value":{"id":"id-001","schemas":["x"],"active":false}}]`, func(r *org.Record) { r.Active = false }},
		"no groups, as before":      {`[{"op":"replace","value":{"groups":[],"active":false}}]`, func(r *org.Record) { r.Active = false }},
		"the last one counts":       {`[{"op":"replace","value":{"active":false}},{"op":"replace","value":{"active":true}}]`, func(*org.Record) {}},
		"a new userName":            {`[{"op":"replace","path":"userName","value":"solo@example.com"}]`, func(r *org.Record) { r.UserName = "solo@example.com" }},
		"no displayName":            {`[{"op":"remove","path":"displayName"}]`, func(r *org.Record) { r.DisplayName = "" }},
		"displayName to null":       {`[{"op":"replace","path":"displayName","value":null}]`, func(r *org.Record) { r.DisplayName = "" }},
		"displayName to nothing":    {`[{"op":"replace","path":"displayName","value":""}]`, func(r *org.Record) { r.DisplayName = "" }},
		"no externalId":             {`[{"op":"remove","path":"externalId"}]`, func(r *org.Record) { r.ExternalID = "" }},
		"a part of the name":        {`[{"op":"replace","path":"name.givenName","value":"Ben"}]`, func(r *org.Record) { r.GivenName = "Ben" }},
		"a dotted member":           {`[{"op":"add","value":{"name.givenName":"Ben","name.familyName":"Organa"}}]`, func(r *org.Record) { r.GivenName, r.FamilyName = "Ben", "Organa" }},
		"name keeps the other part": {`[{"op":"replace","path":"name","value":{"givenName":"Ben"}}]`, func(r *org.Record) { r.GivenName = "Ben" }},
		"no family name":            {`[{"op":"remove","path":"name.familyName"}]`, func(r *org.Record) { r.FamilyName = "" }},
		"no name":                   {`[{"op":"remove","path":"name"}]`, func(r *org.Record) { r.GivenName, r.FamilyName = "", "" }},
		"the work address":          {`[{"op":"replace","path":"emails[type eq \"work\"].value","value":"x@y.z"}]`, func(r *org.Record) { r.Emails = emails{{Value: "x@y.z", Type: "work", Primary: true}, home} }},
		"a member that chooses":     {`[{"op":"replace","value":{"emails[type eq \"work\"].value":"x@y.z"}}]`, func(r *org.Record) { r.Emails = emails{{Value: "x@y.z", Type: "work", Primary: true}, home} }},
		"the primary address":       {`[{"op":"replace","path":"emails[primary eq true].value","value":"x@y.z"}]`, func(r *org.Record) { r.Emails = emails{{Value: "x@y.z", Type: "work", Primary: true}, home} }},
		"a URN before brackets":     {`[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"home\"].value","value":"x@y.z"}]`, func(r *org.Record) { r.Emails = emails{work, {Value: "x@y.z", Type: "home"}} }},
		"no home address":           {`[{"op":"remove","path":"emails[type eq \"home\"]"}]`, func(r *org.Record) { r.Emails = emails{work} }},
		"no type":                   {`[{"op":"remove","path":"emails[type eq \"home\"].type"}]`, func(r *org.Record) { r.Emails = emails{work, {Value: "han@home.example"}} }},
		"no addresses":              {`[{"op":"remove","path":"emails"}]`, func(r *org.Record) { r.Emails = nil }},
		"other addresses":           {`[{"op":"replace","path":"emails","value":[{"value":"x@y.z"}]}]`, func(r *org.Record) { r.Emails = emails{{Value: "x@y.z"}} }},
		"one more address":          {`[{"op":"add","path":"emails","value":[{"value":"x@y.z"}]}]`, func(r *org.Record) { r.Emails = emails{work, home, {Value: "x@y.z"}} }},
		"one that is there":         {`[{"op":"add","path":"emails","value":[{"value":"han@home.example","type":"home"}]}]`, func(*org.Record) {}},
		"another primary": {`[{"op":"add","path":"emails","value":{"value":"x@y.z","primary":"True"}}]`, func(r *org.Record) {
			r.Emails = emails{{Value: work.Value, Type: "work"}, home, {Value: "x@y.z", Primary: true}}
		}},
		"home becomes primary": {`[{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}]`, func(r *org.Record) {
			r.Emails = emails{{Value: work.Value, Type: "work"}, {Value: home.Value, Type: "home", Primary: true}}
		}},
		"a replaced value":          {`[{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"x@y.z"}}]`, func(r *org.Record) { r.Emails = emails{work, {Value: "x@y.z"}} }},
		"an enriched value":         {`[{"op":"add","path":"emails[value eq \"HAN@home.example\"]","value":{"type":"other"}}]`, func(r *org.Record) { r.Emails = emails{work, {Value: home.Value, Type: "other"}} }},
		"a value that is not there": {`[{"op":"Add","path":"emails[type eq \"other\"].value","value":"x@y.z"}]`, func(r *org.Record) { r.Emails = emails{work, home, {Value: "x@y.z", Type: "other"}} }},
		"a part of all values": {`[{"op":"replace","path":"emails.type","value":"other"}]`, func(r *org.Record) {
			r.Emails = emails{{Value: work.Value, Type: "other", Primary: true}, {Value: home.Value, Type: "other"}}
		}},
		"a part of no values": {`[{"op":"remove","path":"emails"},{"op":"replace","path":"emails.value","value":"x@y.z"}]`, func(r *org.Record) { r.Emails = emails{{Value: "x@y.z"}} }},
		"nothing to remove":   {`[{"op":"remove","path":"emails[type eq \"other\"]"}]`, func(*org.Record) {}},
		"unknown members":     {`[{"op":"add","value":{"nonsense":1,"urn:x:params:scim:schemas:extension:2.0:User":{"colour":"red"}}}]`, func(*org.Record) {}},
		"a password":          {`[{"op":"replace","value":{"password":"hunter2"}}]`, func(*org.Record) {}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			id := c.seed(han)
			want := c.record(id)
			test.change(&want)
			a := c.patch(id, test.operations).want(t, http.StatusOK)
			got := c.record(id)
			if a.object["id"] != id || a.object["active"] != got.Active {
				t.Errorf("the answer is not the resource: %s", a.body)
			}
			want.Version, want.Modified = got.Version, got.Modified
			if !reflect.DeepEqual(got, want) {
				t.Errorf("kept %+v\nwant %+v", got, want)
			}
		})
	}
}

// What nobody can change so. Each stands behind an operation that is fine: that one
// must not happen either.
func TestPatchRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ operation, scimType string }{
		"an unknown attribute":        {`{"op":"replace","path":"colour","value":"red"}`, "invalidPath"},
		"an unknown part":             {`{"op":"replace","path":"name.colour","value":"red"}`, "invalidPath"},
		"a part of a text":            {`{"op":"replace","path":"userName.value","value":"red"}`, "invalidPath"},
		"brackets on a text":          {`{"op":"replace","path":"userName[value eq \"x\"]","value":"red"}`, "invalidPath"},
		"a malformed path":            {`{"op":"replace","path":"emails[type eq","value":"x"}`, "invalidPath"},
		"a path with rubbish":         {`{"op":"replace","path":"emails]","value":"x"}`, "invalidPath"},
		"an array index":              {`{"op":"replace","path":"emails[0].value","value":"x"}`, "invalidPath"},
		"a path that is a number":     {`{"op":"replace","path":7,"value":"x"}`, "invalidPath"},
		"an unknown part in brackets": {`{"op":"replace","path":"emails[colour eq \"x\"].value","value":"x"}`, "invalidFilter"},
		"no value matches":            {`{"op":"replace","path":"emails[type eq \"other\"].value","value":"x"}`, "noTarget"},
		"an unknown extension":        {`{"op":"add","path":"urn:x:params:scim:schemas:extension:2.0:User:colour","value":"red"}`, "invalidPath"},
		"add cannot guess":            {`{"op":"add","path":"emails[type ne \"work\" and type ne \"home\"].value","value":"x"}`, "noTarget"},
		"remove without a path":       {`{"op":"remove"}`, "noTarget"},
		"the id":                      {`{"op":"replace","path":"id","value":"x"}`, "mutability"},
		"another id as member":        {`{"op":"replace","value":{"id":"x"}}`, "mutability"},
		"meta":                        {`{"op":"replace","path":"meta.created","value":"2020-01-01T00:00:00Z"}`, "mutability"},
		"groups":                      {`{"op":"add","path":"groups","value":[{"value":"admins"}]}`, "mutability"},
		"groups as member":            {`{"op":"add","value":{"groups":[{"value":"admins"}]}}`, "mutability"},
		"a removed userName":          {`{"op":"remove","path":"userName"}`, "mutability"},
		"a removed active":            {`{"op":"remove","path":"active"}`, "mutability"},
		"active to null":              {`{"op":"replace","path":"active","value":null}`, "mutability"},
		"a blank userName":            {`{"op":"replace","path":"userName","value":"  "}`, "invalidValue"},
		"a userName too long":         {`{"op":"replace","path":"userName","value":"` + strings.Repeat("x", 257) + `"}`, "invalidValue"},
		"a text in place of a truth":  {`{"op":"replace","value":{"active":"no"}}`, "invalidValue"},
		"a number in place of one":    {`{"op":"replace","value":{"active":0}}`, "invalidValue"},
		"a truth in place of a text":  {`{"op":"replace","value":{"displayName":true}}`, "invalidValue"},
		"a text in place of a name":   {`{"op":"replace","path":"name","value":"Han Solo"}`, "invalidValue"},
		"two primaries":               {`{"op":"replace","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}`, "invalidValue"},
		"no value":                    {`{"op":"replace","path":"active"}`, "invalidValue"},
		"a value that is no object":   {`{"op":"replace","value":false}`, "invalidValue"},
		"an unknown op":               {`{"op":"move","path":"active","value":false}`, "invalidSyntax"},
		"no op":                       {`{"path":"active","value":false}`, "invalidSyntax"},
		"an operation that is a text": {`"replace"`, "invalidSyntax"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			id := c.seed(han)
			before := c.product.snapshot()
			a := c.patch(id, `[{"op":"replace","value":{"active":false}},`+test.operation+`]`)
			a.refused(t, http.StatusBadRequest, test.scimType)
			if strings.Contains(a.body, "operation 1") {
				t.Errorf("the detail blames the wrong operation: %s", a.body)
			}
			if after := c.product.snapshot(); after != before {
				t.Errorf("half of the request happened:\n%s\n%s", before, after)
			}
		})
	}
}

func TestPatchSaysWhichOperation(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.patch(c.seed(han), `[{"op":"replace","value":{"active":false}},{"op":"remove","path":"userName"}]`)
	if got := a.object["detail"]; got != "operation 2: userName cannot be removed" {
		t.Errorf("the detail is %q", got)
	}
}

func TestPatchOfNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.seed(han)
	before := c.product.snapshot()
	c.patch(id, `[{"op":"replace","value":{"active":true}},{"op":"add","path":"displayName","value":"Han Solo"}]`).want(t, http.StatusOK)
	if after := c.product.snapshot(); after != before {
		t.Errorf("saying what is so already changed\n%s to\n%s", before, after)
	}
}

package scim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"rollcall.example/reference/scim"
)

// What operations make of attributes of every sort, beginning with the whole user. A
// member of the outcome that is null is gone; those that are not named are as before.
func TestPatchAttributes(t *testing.T) {
	t.Parallel()
	const badge, company = scim.BadgeSchema, scim.EnterpriseSchema
	phones := `{"value":"tel:+1-201-555-0123","display":"Falcon","type":"mobile","primary":true}`
	fax := `{"value":"+49 30 1","type":"fax"}`
	within := func(urn, members string) string { return `"` + urn + `":` + members }
	for name, test := range map[string]struct{ operations, outcome string }{
		"a text":                          {`{"op":"add","path":"nickName","value":"Captain"}`, `"nickName":"Captain"`},
		"no text":                         {`{"op":"remove","path":"title"}`, `"title":null`},
		"an empty text":                   {`{"op":"replace","path":"title","value":""}`, `"title":null`},
		"several at once":                 {`{"op":"replace","value":{"TITLE":"x","locale":null,"timeZone":"UTC"}}`, `"title":"x","locale":null,"timezone":"UTC"`},
		"one list, one value more":        {`{"op":"add","path":"phoneNumbers","value":[{"value":"1","type":"other"}]}`, `"phoneNumbers":[` + phones + `,` + fax + `,{"value":"1","type":"other"}]`},
		"nothing more":                    {`{"op":"add","path":"phoneNumbers","value":[]}`, ``},
		"the same again":                  {`{"op":"add","path":"phoneNumbers","value":[{"value":"+49 30 1","type":"FAX"}]}`, ``},
		"the same with a name":            {`{"op":"add","path":"phoneNumbers","value":{"value":"+49 30 1","type":"fax","display":"F"}}`, `"phoneNumbers":[` + phones + `,{"value":"+49 30 1","display":"F","type":"fax"}]`},
		"an empty list":                   {`{"op":"replace","path":"phoneNumbers","value":[]}`, `"phoneNumbers":null`},
		"removed by value":                {`{"op":"Remove","path":"phoneNumbers","value":[{"value":"+49 30 1"}]}`, `"phoneNumbers":[` + phones + `]`},
		"removed by value and type":       {`{"op":"remove","path":"phoneNumbers","value":[{"value":"+49 30 1","type":"work"}]}`, ``},
		"removed by a plain text":         {`{"op":"remove","path":"roles","value":"pilot"}`, `"roles":[{"value":"smuggler"}]`},
		"removed by an empty list":        {`{"op":"remove","path":"roles","value":[]}`, ``},
		"the last one removed":            {`{"op":"remove","path":"ims[type eq \"xmpp\"]"}`, `"ims":null`},
		"the last part removed":           {`{"op":"remove","path":"photos.value"},{"op":"remove","path":"photos.type"}`, `"photos":null`},
		"part of an address":              {`{"op":"replace","path":"addresses[type eq \"work\"].locality","value":"Mos Espa"}`, `"addresses":[{"formatted":"Bay 94\nMos Eisley","streetAddress":"Bay 94","locality":"Mos Espa","region":"Tatooine","postalCode":"94","country":"US","type":"work","primary":true}]`},
		"an address that is not there":    {`{"op":"Add","path":"addresses[type eq \"home\" and primary eq true].country","value":"SE"}`, `"addresses":[{"formatted":"Bay 94\nMos Eisley","streetAddress":"Bay 94","locality":"Mos Eisley","region":"Tatooine","postalCode":"94","country":"US","type":"work"},{"type":"home","primary":true,"country":"SE"}]`},
		"an entry where none was":         {`{"op":"remove","path":"emails"},{"op":"add","path":"emails[type eq \"work\"].value","value":"x@y.z"}`, `"emails":[{"type":"work","value":"x@y.z"}]`},
		"a whole entry that is not there": {`{"op":"add","path":"ims[type eq \"icq\"]","value":{"value":"7"}}`, `"ims":[{"value":"han","type":"xmpp"},{"type":"icq","value":"7"}]`},
		"parts of a name":                 {`{"op":"replace","path":"name","value":{"middleName":"Y","honorificSuffix":null,"formatted":""}}`, `"name":{"familyName":"Solo","givenName":"Han","middleName":"Y","honorificPrefix":"Capt."}`},
		"dotted members":                  {`{"op":"Add","value":{"name.middleName":"Y","emails[type eq \"home\"].display":"H"}}`, `"name":{"formatted":"Capt. Han Solo Sr.","familyName":"Solo","givenName":"Han","middleName":"Y","honorificPrefix":"Capt.","honorificSuffix":"Sr."},"emails":[{"value":"han@example.com","display":"Han","type":"work","primary":true},{"value":"han@home.example","display":"H","type":"home"}]`},
		"an extension's attribute":        {`{"op":"replace","path":"` + company + `:department","value":"Hoth"}`, within(company, `{"department":"Hoth"}`)},
		"in another case":                 {`{"op":"replace","path":"` + strings.ToUpper(company) + `:DEPARTMENT","value":"Hoth"}`, within(company, `{"department":"Hoth"}`)},
		"a member with a URN":             {`{"op":"Add","value":{"` + company + `:department":"Hoth","` + company + `:manager.value":"7"}}`, within(company, `{"department":"Hoth","manager":{"value":"7","$ref":"../Users/26118915"}}`)},
		"an extension as a member":        {`{"op":"replace","value":{"` + company + `":{"department":"Hoth","division":null,"colour":"red","manager.$ref":"../Users/8"}}}`, within(company, `{"department":"Hoth","division":null,"manager":{"value":"26118915","$ref":"../Users/8"}}`)},
		"an extension as a path":          {`{"op":"add","path":"` + company + `","value":{"department":"Hoth"}}`, within(company, `{"department":"Hoth"}`)},
		"no extension":                    {`{"op":"remove","path":"` + company + `"}`, within(company, `null`)},
		"an extension emptied":            {`{"op":"replace","value":{"` + company + `":{"employeeNumber":"","costCenter":"","organization":"","division":"","department":"","manager":null}}}`, within(company, `null`)},
		"a manager as a text":             {`{"op":"Replace","path":"` + company + `:manager","value":"7"}`, within(company, `{"manager":{"value":"7","$ref":"../Users/26118915"}}`)},
		"no manager, as Entra says it":    {`{"op":"Replace","path":"` + company + `:manager","value":""}`, within(company, `{"manager":null}`)},
		"a manager without the rest":      {`{"op":"remove","path":"` + company + `:manager.$ref"}`, within(company, `{"manager":{"value":"26118915"}}`)},
		"no part of a manager":            {`{"op":"remove","path":"` + company + `:manager.$ref"},{"op":"remove","path":"` + company + `:manager.value"}`, within(company, `{"manager":null}`)},
		"a manager's name":                {`{"op":"add","path":"` + company + `:manager","value":{"displayName":"Leia"}}`, ``},
		"numbers":                         {`{"op":"replace","path":"` + badge + `:number","value":-1},{"op":"add","path":"` + badge + `:thickness","value":1.5e0}`, within(badge, `{"number":-1,"thickness":1.5e0}`)},
		"a number in a list":              {`{"op":"replace","path":"` + badge + `:visits[desk eq 7].desk","value":8}`, within(badge, `{"visits":[{"value":"Hoth","type":"project","primary":true,"until":"2026-02-01T00:00:00Z","desk":8}]}`)},
		"a moment in a list":              {`{"op":"remove","path":"` + badge + `:visits[until lt \"2026-03-01T00:00:00Z\"].until"}`, within(badge, `{"visits":[{"value":"Hoth","type":"project","primary":true,"desk":7}]}`)},
		"a plain value more":              {`{"op":"add","path":"` + badge + `:areas","value":"Hangar"}`, within(badge, `{"areas":["Lab","Roof","Hangar"]}`)},
		"plain values":                    {`{"op":"replace","path":"` + badge + `:areas","value":["a","A","b"]}`, within(badge, `{"areas":["a","b"]}`)},
		"a plain value less":              {`{"op":"remove","path":"` + badge + `:areas[value eq \"lab\"]"}`, within(badge, `{"areas":["Roof"]}`)},
		"a plain value less, by value":    {`{"op":"remove","path":"` + badge + `:areas","value":["LAB","x"]}`, within(badge, `{"areas":["Roof"]}`)},
		"a plain value replaced":          {`{"op":"replace","path":"` + badge + `:areas[value sw \"R\"]","value":"Cellar"}`, within(badge, `{"areas":["Lab","Cellar"]}`)},
		"a truth in brackets":             {`{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"captain"}`, `"roles":[{"value":"captain","primary":true},{"value":"smuggler"}]`},
		"a truth that is made":            {`{"op":"Add","path":"ims[primary eq \"True\"].value","value":"x"}`, `"ims":[{"value":"han","type":"xmpp"},{"value":"x","primary":true}]`},
		"a truth as Entra sends it":       {`{"op":"Replace","path":"` + badge + `:temporary","value":"True"}`, within(badge, `{"temporary":true}`)},
		"initials follow the name":        {`{"op":"replace","path":"name.givenName","value":"Ben"}`, `"name":{"formatted":"Capt. Han Solo Sr.","familyName":"Solo","givenName":"Ben","middleName":"X","honorificPrefix":"Capt.","honorificSuffix":"Sr."},` + within(badge, `{"initials":"BS"}`)},
		"initials are nobody's to set":    {`{"op":"add","value":{"` + badge + `":{"initials":"XX"}}}`, ``},
		"a note that nobody sees":         {`{"op":"add","path":"` + badge + `:note","value":"hush"},{"op":"remove","path":"` + badge + `:note"}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			c.seed(whole)
			before := c.do("GET", "/Users/id-001", "").body
			want := overlaid(numbered(t, before), numbered(t, "{"+test.outcome+"}"))
			a := c.patch("id-001", "["+test.operations+"]").want(t, http.StatusOK)
			got := numbered(t, c.do("GET", "/Users/id-001", "").body)
			if test.outcome == "" && a.body != before {
				t.Errorf("saying nothing new made\n%s\nof\n%s", a.body, before)
			}
			want["meta"], want["schemas"] = got["meta"], got["schemas"]
			if !reflect.DeepEqual(got, want) {
				t.Errorf("it is\n%v, want\n%v", got, want)
			}
			if _, held := got[company]; held != strings.Contains(a.body, `:User","`+company+`"`) {
				t.Errorf("the schemas are %v", got["schemas"])
			}
		})
	}
}

// overlaid puts the members of an outcome over an object, those of extensions one by one.
func overlaid(object, outcome map[string]any) map[string]any {
	object = maps.Clone(object)
	for name, value := range outcome {
		members, extension := value.(map[string]any)
		old, _ := object[name].(map[string]any)
		switch {
		case value == nil:
			delete(object, name)
		case extension && strings.HasPrefix(name, "urn:"):
			object[name] = overlaid(old, members)
		default:
			object[name] = value
		}
	}
	return object
}

// What nobody can change so; the operation before it does not happen either.
func TestPatchAttributesRefuses(t *testing.T) {
	t.Parallel()
	const badge, company = scim.BadgeSchema, scim.EnterpriseSchema
	for operation, typ := range map[string]string{
		`{"op":"replace","path":"` + badge + `:initials","value":"XX"}`:                       "mutability",
		`{"op":"add","path":"` + company + `:manager.displayName","value":"Leia"}`:            "mutability",
		`{"op":"add","path":"meta.version","value":"7"}`:                                      "mutability",
		`{"op":"remove","path":"schemas"}`:                                                    "mutability",
		`{"op":"remove","path":"` + scim.UserSchema + `"}`:                                    "mutability",
		`{"op":"replace","path":"` + badge + `:serial","value":"other"}`:                      "mutability",
		`{"op":"remove","path":"` + badge + `"}`:                                              "mutability",
		`{"op":"add","value":{"` + badge + `":{"serial":"other"}}}`:                           "mutability",
		`{"op":"replace","path":"` + badge + `:colour","value":"red"}`:                        "invalidPath",
		`{"op":"replace","path":"` + company + `:manager.colour","value":"red"}`:              "invalidPath",
		`{"op":"replace","path":"` + company + `:manager[value eq \"x\"]","value":"red"}`:     "invalidPath",
		`{"op":"replace","path":"` + badge + `[number eq 7]","value":"red"}`:                  "invalidPath",
		`{"op":"replace","path":"department","value":"red"}`:                                  "invalidPath",
		`{"op":"add","path":"` + badge + `:number","value":"7"}`:                              "invalidValue",
		`{"op":"add","path":"` + badge + `:number","value":7.0}`:                              "invalidValue",
		`{"op":"add","path":"` + badge + `","value":"x"}`:                                     "invalidValue",
		`{"op":"add","value":{"` + badge + `":"x"}}`:                                          "invalidValue",
		`{"op":"add","value":{"` + badge + `":{"issued":"today"}}}`:                           "invalidValue",
		`{"op":"add","path":"roles","value":["admin"]}`:                                       "invalidValue",
		`{"op":"add","path":"` + company + `:manager","value":7}`:                             "invalidValue",
		`{"op":"add","path":"addresses[type eq \"work\"].country","value":"Sweden"}`:          "invalidValue",
		`{"op":"replace","path":"` + badge + `:visits[desk eq 9].desk","value":8}`:            "noTarget",
		`{"op":"replace","path":"` + badge + `:areas[value eq \"Hangar\"]","value":"x"}`:      "noTarget",
		`{"op":"add","path":"` + badge + `:visits[desk gt 9].desk","value":8}`:                "noTarget",
		`{"op":"add","path":"` + badge + `:visits[desk eq \"9\"].desk","value":8}`:            "invalidFilter",
		`{"op":"remove","path":"` + badge + `:visits[primary gt true]"}`:                      "invalidFilter",
		`{"op":"remove","value":{"title":"Captain"}}`:                                         "noTarget",
		`{"op":"add","path":"emails[type eq \"work\" or type eq \"home\"].colour","value":1}`: "invalidPath",
	} {
		c := newClient(t)
		c.seed(whole)
		before := c.product.snapshot()
		c.patch("id-001", `[{"op":"replace","path":"title","value":"x"},`+operation+`]`).refused(t, http.StatusBadRequest, typ)
		if t.Failed() || c.product.snapshot() != before {
			t.Fatalf("the operation was %s; it left %s", operation, c.product.snapshot())
		}
	}
}

// Every attribute that a client can write goes by PATCH and comes by PATCH.
func TestPatchEveryAttribute(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(whole)
	want := numbered(t, c.do("GET", "/Users/id-001", "").body)
	paths := map[string]any{}
	for name, value := range want {
		switch {
		case name == scim.EnterpriseSchema || name == scim.BadgeSchema:
			for member, held := range value.(map[string]any) {
				paths[name+":"+member] = held
			}
		case name != "id" && name != "meta" && name != "schemas" && name != "userName" && name != "active":
			paths[name] = value
		}
	}
	for _, settled := range []string{":serial", ":initials"} {
		delete(paths, scim.BadgeSchema+settled)
	}
	for path, value := range paths {
		written, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		gone := c.patch("id-001", `[{"op":"remove","path":"`+path+`"}]`).want(t, http.StatusOK)
		held, name := gone.object, path
		if colon := strings.LastIndexByte(path, ':'); colon >= 0 {
			held, _ = gone.object[path[:colon]].(map[string]any)
			name = path[colon+1:]
		}
		if held[name] != nil {
			t.Errorf("%s is still %v", path, held[name])
		}
		for _, op := range []string{"add", "replace"} {
			c.patch("id-001", `[{"op":"`+op+`","path":"`+path+`","value":`+string(written)+`}]`).want(t, http.StatusOK)
		}
	}
	got := numbered(t, c.do("GET", "/Users/id-001", "").body)
	want["meta"], want["schemas"] = got["meta"], got["schemas"]
	if !reflect.DeepEqual(got, want) {
		t.Errorf("it is\n%v, was\n%v", got, want)
	}
}

// A rule of its own for what a path does not find.
func TestUnmatchedCanBeVaried(t *testing.T) {
	t.Parallel()
	p := scim.Standard()
	p.Unmatched = func(op string) scim.Unmatched {
		return map[string]scim.Unmatched{"add": scim.Refuse, "replace": scim.Make, "remove": scim.Refuse}[op]
	}
	c := clientOf(t, scim.Options{Protocol: p})
	id := c.seed(`"userName":"x"`)
	c.patch(id, `[{"op":"add","path":"emails[type eq \"work\"].value","value":"a@b.c"}]`).refused(t, http.StatusBadRequest, "noTarget")
	c.patch(id, `[{"op":"remove","path":"emails[type eq \"work\"]"}]`).refused(t, http.StatusBadRequest, "noTarget")
	c.patch(id, `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@b.c"}]`).want(t, http.StatusOK)
	if got := c.record(id).Emails; len(got) != 1 || got[0].Value != "a@b.c" || got[0].Type != "work" {
		t.Errorf("the addresses are %+v", got)
	}
}

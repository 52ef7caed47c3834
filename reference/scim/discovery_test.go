package scim_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"rollcall.example/reference/scim"
)

func TestConfiguration(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.do("GET", "/ServiceProviderConfig", "").want(t, http.StatusOK)
	var config struct {
		Schemas                                         []string
		Patch, Bulk, Filter, ChangePassword, Sort, Etag struct {
			Supported                                 *bool
			MaxResults, MaxOperations, MaxPayloadSize int
		}
		AuthenticationSchemes []struct{ Type, Name, Description string }
		Meta                  struct{ ResourceType, Location string }
	}
	if err := json.Unmarshal([]byte(a.body), &config); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]*bool{
		"changePassword": config.ChangePassword.Supported,
	} {
		if got == nil || *got {
			t.Errorf("%s is said to be supported, or nothing is said", name)
		}
	}
	for name, got := range map[string]*bool{"patch": config.Patch.Supported, "filter": config.Filter.Supported, "etag": config.Etag.Supported, "bulk": config.Bulk.Supported, "sort": config.Sort.Supported} {
		if got == nil || !*got {
			t.Errorf("%s is not said to be supported", name)
		}
	}
	if config.Filter.MaxResults != scim.MaxCount {
		t.Errorf("maxResults is %d, but pages hold %d", config.Filter.MaxResults, scim.MaxCount)
	}
	if config.Bulk.MaxOperations != scim.MaxBulkOperations || config.Bulk.MaxPayloadSize != scim.MaxBody {
		t.Errorf("the limits of bulk requests are %+v", config.Bulk)
	}
	if len(config.AuthenticationSchemes) != 1 || config.AuthenticationSchemes[0].Type != "oauthbearertoken" {
		t.Errorf("the authentication schemes are %+v", config.AuthenticationSchemes)
	}
	if config.Meta.ResourceType != "ServiceProviderConfig" || config.Meta.Location != "http://product.test"+base+"/ServiceProviderConfig" {
		t.Errorf("meta is %+v", config.Meta)
	}
	if !slices.Equal(config.Schemas, []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"}) {
		t.Errorf("schemas are %q", config.Schemas)
	}
}

// Everything that a discovery list holds is also found by itself, the same.
func TestDiscoveryLists(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for path, ids := range map[string][]string{"/ResourceTypes": {"User"}, "/Schemas": {scim.UserSchema, scim.EnterpriseSchema, scim.BadgeSchema}} {
		list := c.do("GET", path+"?startIndex=7&count=0&sortBy=id", "").want(t, http.StatusOK)
		resources, _ := list.object["Resources"].([]any)
		n := float64(len(ids))
		if len(resources) != len(ids) || list.object["totalResults"] != n || list.object["itemsPerPage"] != n || list.object["startIndex"] != 1.0 {
			t.Fatalf("%s lists %s", path, list.body)
		}
		for i, id := range ids {
			one := c.do("GET", path+"/"+id, "").want(t, http.StatusOK)
			listed, _ := json.Marshal(resources[i])
			alone, _ := json.Marshal(one.object)
			if string(listed) != string(alone) {
				t.Errorf("%s: listed is\n%s, alone\n%s", path, listed, alone)
			}
			meta, _ := one.object["meta"].(map[string]any)
			if location, _ := meta["location"].(string); location != "http://product.test"+base+path+"/"+id {
				t.Errorf("the location is %q", location)
			}
		}
		c.do("GET", path+"/nonsense", "").refused(t, http.StatusNotFound, "")
		c.do("GET", path+"?filter=id+pr", "").refused(t, http.StatusForbidden, "")
	}
}

// characteristic is an attribute as /Schemas tells of it.
type characteristic struct {
	Name, Description, Type, Mutability, Returned, Uniqueness string
	MultiValued, Required, CaseExact                          *bool
	CanonicalValues, ReferenceTypes                           []string
	SubAttributes                                             []characteristic
}

// sound holds an attribute to what RFC 7643 section 7 knows.
func (a characteristic) sound() bool {
	letters := slices.Contains([]string{"string", "reference", "binary"}, a.Type)
	return slices.Contains([]string{"string", "boolean", "integer", "decimal", "dateTime", "binary", "reference", "complex"}, a.Type) &&
		slices.Contains([]string{"readOnly", "readWrite", "immutable", "writeOnly"}, a.Mutability) &&
		slices.Contains([]string{"always", "never", "default", "request"}, a.Returned) &&
		slices.Contains([]string{"none", "server", "global"}, a.Uniqueness) &&
		a.MultiValued != nil && a.Required != nil && a.Description != "" && (a.CaseExact != nil) == letters &&
		(len(a.ReferenceTypes) > 0) == (a.Type == "reference") && (len(a.SubAttributes) > 0) == (a.Type == "complex") &&
		(a.Mutability != "writeOnly" || a.Returned == "never")
}

// The schemas must list what users are shown to have, and describe all of it well.
func TestSchemasAreTrue(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(whole)
	declared := map[string]bool{"schemas": true, "id": true, "externalId": true, "meta": true}
	seen := map[string]bool{}
	var check func(prefix string, attributes []characteristic, deep bool)
	check = func(prefix string, attributes []characteristic, deep bool) {
		for _, a := range attributes {
			declared[prefix+a.Name] = true
			seen[a.Type], seen[a.Mutability], seen[a.Returned] = true, true, true
			if !a.sound() || deep && a.Type == "complex" {
				t.Errorf("the attribute is badly described: %+v", a)
			}
			check(prefix+a.Name+".", a.SubAttributes, true)
		}
	}
	for _, id := range []string{scim.UserSchema, scim.EnterpriseSchema, scim.BadgeSchema} {
		var schema struct{ Attributes []characteristic }
		if err := json.Unmarshal([]byte(c.do("GET", "/Schemas/"+id, "").body), &schema); err != nil {
			t.Fatal(err)
		}
		prefix := ""
		if id != scim.UserSchema {
			prefix, declared[id] = id+".", true
		}
		check(prefix, schema.Attributes, false)
	}
	for _, kind := range []string{"integer", "decimal", "dateTime", "binary", "reference", "immutable", "writeOnly", "readOnly", "never", "request"} {
		if !seen[kind] {
			t.Errorf("no attribute is %s", kind)
		}
	}
	var shown func(prefix string, value any)
	shown = func(prefix string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for name, member := range v {
				if name != "meta" && !declared[prefix+name] {
					t.Errorf("users have %s%s, the schemas do not", prefix, name)
				} else if name != "meta" {
					shown(prefix+name+".", member)
				}
			}
		case []any:
			for _, entry := range v {
				shown(prefix, entry)
			}
		}
	}
	shown("", c.do("GET", "/Users/id-001", "").object)
}

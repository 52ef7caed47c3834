package scim_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
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
		"changePassword": config.ChangePassword.Supported, "sort": config.Sort.Supported,
	} {
		if got == nil || *got {
			t.Errorf("%s is said to be supported, or nothing is said", name)
		}
	}
	for name, got := range map[string]*bool{"patch": config.Patch.Supported, "filter": config.Filter.Supported, "etag": config.Etag.Supported, "bulk": config.Bulk.Supported} {
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
	for path, want := range map[string]string{"/ResourceTypes": "User", "/Schemas": scim.UserSchema} {
		list := c.do("GET", path+"?startIndex=7&count=0&sortBy=id", "").want(t, http.StatusOK)
		resources, _ := list.object["Resources"].([]any)
		if len(resources) != 1 || list.object["totalResults"] != 1.0 || list.object["itemsPerPage"] != 1.0 || list.object["startIndex"] != 1.0 {
			t.Fatalf("%s lists %s", path, list.body)
		}
		one := c.do("GET", path+"/"+want, "").want(t, http.StatusOK)
		listed, _ := json.Marshal(resources[0])
		alone, _ := json.Marshal(one.object)
		if string(listed) != string(alone) {
			t.Errorf("%s: listed is\n%s, alone\n%s", path, listed, alone)
		}
		meta, _ := one.object["meta"].(map[string]any)
		if location, _ := meta["location"].(string); !strings.HasPrefix(location, "http://product.test"+base+path+"/") {
			t.Errorf("the location is %q", location)
		}
		c.do("GET", path+"/nonsense", "").refused(t, http.StatusNotFound, "")
		c.do("GET", path+"?filter=id+pr", "").refused(t, http.StatusForbidden, "")
	}
}

// The schema must list what users are shown to have, and every characteristic must
// be one that RFC 7643 section 7 knows.
func TestSchemaIsTrue(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.seed(han)
	type attribute struct {
		Name, Description, Type, Mutability, Returned, Uniqueness string
		MultiValued, Required                                     *bool
		CaseExact                                                 *bool
		SubAttributes                                             []attribute
	}
	var schema struct{ Attributes []attribute }
	if err := json.Unmarshal([]byte(c.do("GET", "/Schemas/"+scim.UserSchema, "").body), &schema); err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{"schemas": true, "id": true, "externalId": true, "meta": true}
	var check func(prefix string, attributes []attribute)
	check = func(prefix string, attributes []attribute) {
		for _, a := range attributes {
			declared[prefix+a.Name] = true
			known := slices.Contains([]string{"string", "boolean", "complex"}, a.Type) && a.Mutability == "readWrite" && a.Returned == "default" &&
				slices.Contains([]string{"none", "server"}, a.Uniqueness) && a.MultiValued != nil && a.Required != nil && a.Description != ""
			if !known || (a.Type == "string") != (a.CaseExact != nil) || (a.Type == "complex") != (len(a.SubAttributes) > 0) {
				t.Errorf("the attribute is badly described: %+v", a)
			}
			check(prefix+a.Name+".", a.SubAttributes)
		}
	}
	check("", schema.Attributes)
	for name, value := range c.do("GET", "/Users/id-001", "").object {
		if !declared[name] {
			t.Errorf("users have %s, the schema does not", name)
		}
		if parts, ok := value.(map[string]any); ok && name != "meta" {
			for part := range parts {
				if !declared[name+"."+part] {
					t.Errorf("users have %s.%s, the schema does not", name, part)
				}
			}
		}
	}
}

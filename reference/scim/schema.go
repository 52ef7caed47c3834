package scim

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim/filter"
)

// The URNs of the standard that this server speaks of.
const (
	// UserSchema identifies the core User (RFC 7643 section 4.1).
	UserSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	listSchema  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"
)

//go:embed schema/*.json
var files embed.FS

// attribute is what a schema says of an attribute (RFC 7643 section 7).
type attribute struct {
	Name        string      `json:"name"`
	Type        string      `json:"type"`
	MultiValued bool        `json:"multiValued"`
	Required    bool        `json:"required"`
	CaseExact   bool        `json:"caseExact"`
	Mutability  string      `json:"mutability"`
	Returned    string      `json:"returned"`
	Parts       []attribute `json:"subAttributes"`
}

func (a *attribute) readOnly() bool { return a.Mutability == "readOnly" }

// part finds a sub-attribute by its name in any case; nil when there is none.
func (a *attribute) part(name string) *attribute { return named(a.Parts, name) }

func named(attributes []attribute, name string) *attribute {
	for i := range attributes {
		if strings.EqualFold(attributes[i].Name, name) {
			return &attributes[i]
		}
	}
	return nil
}

// schema is what the server keeps of one type of resource. The document that
// /Schemas serves and the attributes that requests are held to are the same file,
// so they cannot disagree.
type schema struct {
	id         string
	attributes []attribute
	unkept     map[string]bool // the standard's other attributes and parts, in lower case
}

// users is the schema of /Users. It is read once and never changed.
var users = &schema{
	id:         UserSchema,
	attributes: append(attributesIn("common"), attributesIn("User")...),
	unkept: lowerSet("nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "password",
		"phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates",
		"name.formatted", "name.middleName", "name.honorificPrefix", "name.honorificSuffix", "emails.display", "emails.$ref"),
}

// attributesIn reads the attributes of an embedded file. A broken one is a broken
// build, so it stops the program.
func attributesIn(name string) []attribute {
	var file struct {
		Attributes []attribute `json:"attributes"`
	}
	if err := json.Unmarshal(embedded(name), &file); err != nil {
		panic(fmt.Sprintf("scim: schema/%s.json: %v", name, err))
	}
	return file.Attributes
}

func embedded(name string) []byte {
	content, err := files.ReadFile("schema/" + name + ".json")
	if err != nil {
		panic(fmt.Sprintf("scim: %v", err))
	}
	return content
}

func lowerSet(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[strings.ToLower(name)] = true
	}
	return set
}

func (s *schema) attribute(name string) *attribute { return named(s.attributes, name) }

// whereabouts is what a path leads to.
type whereabouts int

const (
	unknown  whereabouts = iota // to nothing that the standard knows
	kept                        // to an attribute that is kept
	dropped                     // to one that is accepted and not kept
	resource                    // to the resource as a whole
)

// find follows a path. Part is nil when the path ends at the attribute itself.
// Everything of an extension is dropped.
func (s *schema) find(path filter.Path) (where whereabouts, whole, part *attribute) {
	if path.Schema != "" && !strings.EqualFold(path.Schema, s.id) {
		if strings.EqualFold(path.String(), s.id) {
			return resource, nil, nil
		}
		return dropped, nil, nil
	}
	if whole = s.attribute(path.Name); whole == nil {
		if s.unkept[strings.ToLower(path.Name)] {
			return dropped, nil, nil
		}
		return unknown, nil, nil
	}
	if path.Sub == "" {
		return kept, whole, nil
	}
	if part = whole.part(path.Sub); part != nil || whole.readOnly() {
		return kept, whole, part
	}
	if s.unkept[strings.ToLower(path.Name+"."+path.Sub)] {
		return dropped, nil, nil
	}
	return unknown, nil, nil
}

// describe tells the filter package of an attribute that is kept.
func (s *schema) describe(path filter.Path) (filter.Attribute, error) {
	where, whole, part := s.find(path)
	if where != kept || whole.Returned == "never" || path.Sub != "" && part == nil {
		return filter.Attribute{}, fmt.Errorf("there is no attribute %q to filter by", path)
	}
	a := filter.Attribute{Steps: []string{strings.ToLower(whole.Name)}}
	last := whole
	if part != nil {
		a.Steps = append(a.Steps, strings.ToLower(part.Name))
		last = part
	}
	a.Type = filter.Type(last.Type)
	if !last.CaseExact {
		a.Fold = org.Key
	}
	return a, nil
}

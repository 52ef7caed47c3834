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
	UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User"
	// EnterpriseSchema identifies the extension for companies (RFC 7643 section 4.3).
	EnterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	// BadgeSchema identifies the product's own extension of a user. It has an attribute
	// of every type and of every mutability, and one for each way of being returned.
	BadgeSchema = "urn:rollcall:params:scim:schemas:extension:2.0:Badge"

	listSchema  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"
)

//go:embed schema/*.json
var files embed.FS

// attribute is what a schema says of an attribute (RFC 7643 section 7).
type attribute struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	MultiValued bool         `json:"multiValued"`
	Required    bool         `json:"required"`
	CaseExact   bool         `json:"caseExact"`
	Mutability  string       `json:"mutability"`
	Returned    string       `json:"returned"`
	Parts       []*attribute `json:"subAttributes"`

	key    string                 // the name in lower case: under which a [Document] has the value
	quoted string                 // the name as JSON has it, with the colon behind
	check  func(value any) string // says what is wrong with a simple value; see checks
}

func (a *attribute) readOnly() bool { return a.Mutability == "readOnly" }

// part finds a sub-attribute by its name in any case; nil when there is none.
func (a *attribute) part(name string) *attribute {
	for _, part := range a.Parts {
		if strings.EqualFold(part.Name, name) {
			return part
		}
	}
	return nil
}

// prepare fills in what follows from the name and the type. Before the names of parts
// stands that of their attribute and a dot.
func (a *attribute) prepare(before string) {
	a.key, a.quoted, a.check = strings.ToLower(a.Name), `"`+a.Name+`":`, checks[a.Type]
	if check := formats[before+a.key]; check != nil {
		a.check = check
	}
	for _, part := range a.Parts {
		part.prepare(a.key + ".")
	}
}

// schema is what the server keeps of one type of resource: the attributes of its core
// schema, the common ones among them, and its extensions, which are schemas without
// extensions. What /Schemas serves and what requests are held to are the same files,
// so they cannot disagree.
type schema struct {
	id         string
	key        string // the id in lower case
	attributes []*attribute
	index      map[string]*attribute // by key
	extensions []*schema
}

// users is the schema of /Users. It is read once and never changed.
var users = schemaOf("ResourceTypeUser")

// schemaOf reads the schema of a type of resource from the embedded files that its
// resource type names.
func schemaOf(resourceType string) *schema {
	var kind struct {
		Schema           string
		SchemaExtensions []struct{ Schema string }
	}
	decodeEmbedded(resourceType, &kind)
	s := &schema{id: kind.Schema}
	common := attributesIn("common")
	last := len(common) - 1 // meta, which resources end with
	s.take(common[:last])
	s.take(attributesIn(fileOf(kind.Schema)))
	s.take(common[last:])
	for _, extension := range kind.SchemaExtensions {
		e := &schema{id: extension.Schema}
		e.take(attributesIn(fileOf(extension.Schema)))
		s.extensions = append(s.extensions, e)
	}
	return s
}

// take adds attributes to a schema.
func (s *schema) take(attributes []*attribute) {
	if s.index == nil {
		s.key, s.index = strings.ToLower(s.id), map[string]*attribute{}
	}
	for _, a := range attributes {
		a.prepare("")
		s.attributes = append(s.attributes, a)
		s.index[a.key] = a
	}
}

// fileOf is the embedded file of a schema: the end of its URN, if nothing else ends so.
func fileOf(id string) string {
	if id == EnterpriseSchema {
		return "EnterpriseUser"
	}
	return id[strings.LastIndexByte(id, ':')+1:]
}

// attributesIn reads the attributes of an embedded file.
func attributesIn(name string) []*attribute {
	var file struct {
		Attributes []*attribute `json:"attributes"`
	}
	decodeEmbedded(name, &file)
	return file.Attributes
}

// decodeEmbedded reads an embedded file. A broken one is a broken build, so it stops
// the program.
func decodeEmbedded(name string, into any) {
	content, err := files.ReadFile("schema/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		panic(fmt.Sprintf("scim: schema/%s.json: %v", name, err))
	}
}

// attribute finds an attribute of the core schema by its name in any case.
func (s *schema) attribute(name string) *attribute {
	if a := s.index[name]; a != nil {
		return a
	}
	return s.index[strings.ToLower(name)]
}

// extension finds an extension by its URN in any case; nil when there is none.
func (s *schema) extension(urn string) *schema {
	for _, e := range s.extensions {
		if strings.EqualFold(e.id, urn) {
			return e
		}
	}
	return nil
}

// place is what a path leads to. Whole is nil where the path is that of a schema: of
// the resource itself, or of everything in an extension. Part is nil where the path
// ends at the attribute.
type place struct {
	of          *schema
	whole, part *attribute
}

// last is the attribute at the end of the path.
func (at place) last() *attribute {
	if at.part != nil {
		return at.part
	}
	return at.whole
}

// find follows a path; false when it leads to nothing that is known here.
func (s *schema) find(path filter.Path) (place, bool) {
	of := s
	if path.Schema != "" && !strings.EqualFold(path.Schema, s.id) {
		if of = s.extension(path.Schema); of == nil {
			return s.named(path.String())
		}
	}
	whole := of.attribute(path.Name)
	if whole == nil {
		return place{}, false
	}
	if path.Sub == "" {
		return place{of: of, whole: whole}, true
	}
	part := whole.part(path.Sub)
	return place{of, whole, part}, part != nil
}

// named finds the schema with the URN.
func (s *schema) named(urn string) (place, bool) {
	if strings.EqualFold(urn, s.id) {
		return place{of: s}, true
	}
	e := s.extension(urn)
	return place{of: e}, e != nil
}

// steps are the members of a [Document] that lead to the place.
func (s *schema) steps(at place) []string {
	var steps []string
	if at.of != s {
		steps = append(steps, at.of.key)
	}
	steps = append(steps, at.whole.key)
	if at.part != nil {
		steps = append(steps, at.part.key)
	}
	return steps
}

// describe tells the filter package of an attribute. What is never returned cannot be
// asked for either: a filter would tell it letter by letter.
func (s *schema) describe(path filter.Path) (filter.Attribute, error) {
	if at, ok := s.elements(path); ok {
		return s.described(at, "value"), nil
	}
	at, ok := s.find(path)
	if !ok || at.whole == nil || at.whole.Returned == "never" || at.last().Returned == "never" {
		return filter.Attribute{}, fmt.Errorf("there is no attribute %q to filter by", path)
	}
	return s.described(at), nil
}

// elements finds a list of simple values whose elements a path calls by the name that
// such values go by in brackets, as areas[value eq "Lab"] does.
func (s *schema) elements(path filter.Path) (place, bool) {
	if !strings.EqualFold(path.Sub, "value") {
		return place{}, false
	}
	at, ok := s.find(filter.Path{Schema: path.Schema, Name: path.Name})
	return at, ok && at.whole != nil && at.whole.MultiValued && at.whole.Type != "complex" && at.whole.Returned != "never"
}

// described is how the values at a place are compared, which further steps lead to.
func (s *schema) described(at place, further ...string) filter.Attribute {
	a := filter.Attribute{Steps: append(s.steps(at), further...), Type: filter.Type(at.last().Type)}
	if !at.last().CaseExact {
		a.Fold = org.Key
	}
	return a
}

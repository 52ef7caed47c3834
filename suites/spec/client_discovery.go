package spec

import (
	"context"
	"strings"

	"rollcall.example/simulator/provision"
)

// discovered is what a product says of itself, asked for once in a spec.
type discovered struct {
	config  *provision.Document
	schemas *[]provision.Document
	types   *[]provision.Document
}

// Config is the product's ServiceProviderConfig; nil where it has none that can be read
// (RFC 7643 section 5).
func (c *Client) Config(ctx context.Context) provision.Document {
	if c.found.config == nil {
		answer, err := c.exchange(ctx, "GET", "/ServiceProviderConfig", nil, nil)
		broken(err, 2)
		var shown provision.Document
		if answer.OK() {
			shown, _ = answer.Document() // what cannot be read says nothing
		}
		c.found.config = &shown
	}
	return *c.found.config
}

// Claims says what the ServiceProviderConfig says of a feature, as "sort"; not known
// where it says nothing.
func (c *Client) Claims(ctx context.Context, feature string) (supported, known bool) {
	value, _ := c.Config(ctx).At(feature + ".supported")
	supported, known = value.(bool)
	return supported, known
}

// Schemas are the schemas that the product describes; none where it does not (RFC 7643
// section 7).
func (c *Client) Schemas(ctx context.Context) []provision.Document {
	if c.found.schemas == nil {
		c.found.schemas = c.discover(ctx, "/Schemas")
	}
	return *c.found.schemas
}

// ResourceTypes are the resource types that the product names; none where it does not
// (RFC 7643 section 6).
func (c *Client) ResourceTypes(ctx context.Context) []provision.Document {
	if c.found.types == nil {
		c.found.types = c.discover(ctx, "/ResourceTypes")
	}
	return *c.found.types
}

func (c *Client) discover(ctx context.Context, endpoint string) *[]provision.Document {
	answer, err := c.exchange(ctx, "GET", endpoint, nil, nil)
	broken(err, 3)
	var listed []provision.Document
	if answer.OK() {
		listed, _ = answer.Documents() // what cannot be read says nothing
	}
	return &listed
}

// Schema is the description of one schema; nil where there is none.
func (c *Client) Schema(ctx context.Context, urn string) provision.Document {
	for _, schema := range c.Schemas(ctx) {
		if strings.EqualFold(schema.Text("id"), urn) {
			return schema
		}
	}
	return nil
}

// Attribute is the description of an attribute, or of a sub-attribute as
// "emails.value", in a schema; nil where there is none.
func (c *Client) Attribute(ctx context.Context, urn, path string) provision.Document {
	return AttributeOf(c.Schema(ctx, urn), path)
}

// AttributeOf is the description of an attribute in a schema; nil where there is none.
func AttributeOf(schema provision.Document, path string) provision.Document {
	name, below, nested := strings.Cut(path, ".")
	list := "attributes"
	if _, inner := schema.At("subAttributes"); inner {
		list = "subAttributes"
	}
	all, _ := schema.At(list)
	entries, _ := all.([]any)
	for _, entry := range entries {
		object, _ := entry.(map[string]any)
		attribute := provision.Document(object)
		if !strings.EqualFold(attribute.Text("name"), name) {
			continue
		}
		if nested {
			return AttributeOf(attribute, below)
		}
		return attribute
	}
	return nil
}

// NeedsAttribute ends the spec as unsupported where the product describes the schema,
// and without that attribute.
func (c *Client) NeedsAttribute(ctx context.Context, urn, path string) {
	if schema := c.Schema(ctx, urn); schema != nil && AttributeOf(schema, path) == nil {
		conclude(EntryUnsupported, "its schema "+urn+" has no attribute "+path, 1)
	}
}

// NotOffered ends the spec as unsupported: the product says itself that it lacks what
// the requirement is about.
func (c *Client) NotOffered(why string) { conclude(EntryUnsupported, why, 1) }

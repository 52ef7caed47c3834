package scim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim/filter"
)

const searchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

// searched makes an operation that lists one that is asked by POST, so that filters need
// not stand in addresses (RFC 7644 section 3.4.3).
func searched(list operation) operation {
	return func(x *exchange) (reply, error) {
		var err error
		if x.query, err = searchRequest(x.body); err != nil {
			return reply{}, err
		}
		return list(x)
	}
}

// searchRequest is the body of a search as the query of an address that asks the same.
func searchRequest(body Document) (url.Values, error) {
	if !mentions(body["schemas"], searchSchema) {
		return nil, bad(InvalidSyntax, "schemas must name %s", searchSchema)
	}
	query := url.Values{}
	for _, name := range []string{"filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes", "cursor"} {
		switch value := body[strings.ToLower(name)].(type) {
		case nil:
		case string:
			query.Set(name, value)
		case json.Number:
			query.Set(name, value.String())
		case []any:
			names, err := texts(name, value)
			if err != nil {
				return nil, err
			}
			query.Set(name, strings.Join(names, ","))
		default:
			return nil, bad(InvalidValue, "%s is of another type", name)
		}
	}
	return query, nil
}

// texts reads a list of names.
func texts(name string, list []any) ([]string, error) {
	names := make([]string, len(list))
	for i, entry := range list {
		var ok bool
		if names[i], ok = entry.(string); !ok || name != "attributes" && name != "excludedAttributes" {
			return nil, bad(InvalidValue, "%s is of another type", name)
		}
	}
	return names, nil
}

// collection is one type of resource, as a search over all of them sees it.
type collection struct {
	schema *schema

	// each visits the resources that are asked about, one after the other, as they were
	// at one moment.
	each func(asked inquiry, visit func(Document)) error
}

// collections are the types of resources that this client can search.
func (s *Server) collections(x *exchange) []collection {
	all := []collection{{users, func(_ inquiry, visit func(Document)) error {
		return s.domain.EachRecord(x.Context(), x.caller, org.RecordMatch{}, func(r org.Record, groups []org.Group) {
			visit(s.user(x, r, groups))
		})
	}}}
	if !x.caller.Provider.Groups {
		return all
	}
	return append(all, collection{groups, func(asked inquiry, visit func(Document)) error {
		members := asked.view.shows(membersOf) || asked.where != nil && aboutMembers(asked.where) || asked.order.about(membersOf)
		return s.domain.EachGroup(x.Context(), x.caller, org.GroupMatch{}, members, func(g org.Group) {
			visit(s.protocol.RenderGroup(g, x.locator()))
		})
	}})
}

// searchAll answers POST /.search: a search over all resources (section 3.4.2.1).
func (s *Server) searchAll(x *exchange) (reply, error) {
	all := s.collections(x)
	schemas := make([]*schema, len(all))
	for i, c := range all {
		schemas[i] = c.schema
	}
	asked, err := inquiryOf(x.query, schemas...)
	if err != nil {
		return reply{}, err
	}
	page := newGathering[shown](asked.page, asked.order)
	for _, c := range all {
		if err := asked.gather(page, c, schemas); err != nil {
			return reply{}, err
		}
	}
	return reply{http.StatusOK, nil, listed{page.total, asked.page.start, page.items()}}, nil
}

// inquiry is what a client wants to see of more than one type of resource.
type inquiry struct {
	where filter.Expr // nil: everything
	order *order
	page  page
	view  *projection
}

func inquiryOf(query url.Values, schemas ...*schema) (i inquiry, err error) {
	if err = withoutCursor(query); err != nil {
		return i, err
	}
	if i.page, err = pageOf(query); err != nil {
		return i, err
	}
	if i.order, err = orderOf(query, schemas...); err != nil {
		return i, err
	}
	if i.view, err = projectionOf(query, schemas...); err != nil {
		return i, err
	}
	if query.Has("filter") {
		if i.where, err = filter.Parse(query.Get("filter")); err != nil {
			return i, bad(InvalidFilter, "filter: %v", err)
		}
	}
	return i, nil
}

// gather adds what matches of a collection.
func (i inquiry) gather(page *gathering[shown], c collection, schemas []*schema) error {
	matches := filter.Matcher(func(map[string]any) bool { return true })
	if i.where != nil {
		var err error
		if matches, err = filter.Compile(i.where, c.schema.among(schemas)); err != nil {
			return bad(InvalidFilter, "filter: %v", err)
		}
	}
	var ranks func(Document, int) rank
	if i.order != nil {
		ranks = i.order.ranker(c.schema)
	}
	return c.each(i, func(resource Document) {
		if matches(resource) {
			page.add(shown{c.schema, resource, i.view}, func(number int) rank { return ranks(resource, number) })
		}
	})
}

// among tells the filter package of an attribute where resources of other schemas are
// searched as well: what only those have is without value here (RFC 7644 section
// 3.4.2.1).
func (s *schema) among(schemas []*schema) filter.Describe {
	return func(path filter.Path) (filter.Attribute, error) {
		a, err := s.describe(path)
		if err == nil {
			return a, nil
		}
		for _, other := range schemas {
			if _, err := other.describe(path); err == nil {
				return filter.Attribute{Steps: []string{"\x00"}, Type: filter.Absent}, nil
			}
		}
		return a, err
	}
}

package scim

import (
	"net/url"
	"strings"

	"rollcall.example/reference/scim/filter"
)

// projection is which attributes of a resource a client sees (RFC 7644 section 3.9).
// Nil shows what is shown by default.
type projection struct {
	only   bool                // what is named and no more; otherwise all but that
	named  map[*attribute]bool // attributes, and parts of them
	partly map[*attribute]bool // attributes of which a part is named
	asked  map[*attribute]bool // shown on request only, and the client wrote them just now
}

// projectionOf reads the parameters attributes and excludedAttributes. Names that the
// schemas do not know name nothing.
func projectionOf(query url.Values, schemas ...*schema) (*projection, error) {
	attributes, excluded := query.Has("attributes"), query.Has("excludedAttributes")
	if attributes && excluded {
		return nil, bad(InvalidValue, "attributes and excludedAttributes exclude each other")
	}
	name := "excludedAttributes"
	if attributes {
		name = "attributes"
	}
	return newProjection(attributes, strings.Join(query[name], ","), schemas...)
}

// newProjection reads a list of names, separated by commas. An empty one is none.
func newProjection(only bool, list string, schemas ...*schema) (*projection, error) {
	paths, err := paths(list)
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	p := &projection{only: only, named: map[*attribute]bool{}, partly: map[*attribute]bool{}}
	for _, path := range paths {
		for _, s := range schemas {
			if at, ok := s.find(path); ok {
				p.name(at)
			}
		}
	}
	return p, nil
}

// paths reads a list of attribute names, separated by commas.
func paths(list string) ([]filter.Path, error) {
	var found []filter.Path
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		target, err := filter.ParseTarget(name)
		if err != nil || target.Where != nil {
			return nil, bad(InvalidValue, "%s is not an attribute name", quote(name))
		}
		found = append(found, target.Path)
	}
	return found, nil
}

// name notes a place that the client named: an attribute, a part, or a schema with all
// that it shows by default.
func (p *projection) name(at place) {
	switch {
	case at.part != nil:
		p.named[at.part], p.partly[at.whole] = true, true
	case at.whole != nil:
		p.named[at.whole] = true
	default:
		for _, a := range at.of.attributes {
			if a.Returned == "default" {
				p.named[a] = true
			}
		}
	}
}

// shows says whether anything of an attribute may be seen.
func (p *projection) shows(a *attribute) bool {
	switch {
	case a.Returned == "never":
		return false
	case a.Returned == "always":
		return true
	case p == nil:
		return a.Returned == "default"
	case p.only:
		return p.named[a] || p.partly[a]
	}
	return !p.named[a] && (a.Returned == "default" || p.asked[a])
}

// showsPart says whether a part of an attribute that is shown may be seen.
func (p *projection) showsPart(a, part *attribute) bool {
	switch {
	case part.Returned == "never":
		return false
	case part.Returned == "always" || p == nil:
		return true
	case p.only && !p.named[a]:
		return p.named[part]
	}
	return p.only || !p.named[part]
}

// with is the projection that also shows what the client wrote and is shown on request
// only (RFC 7643 section 7). Where the client named what it wants, that counts.
func (p *projection) with(asked map[*attribute]bool) *projection {
	if len(asked) == 0 {
		return p
	}
	if p == nil {
		return &projection{asked: asked}
	}
	both := *p
	both.asked = asked
	return &both
}

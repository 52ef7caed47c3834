package scim

import (
	"encoding/json"
	"net/url"
	"strings"

	"rollcall.example/reference/scim/filter"
)

// projection is which attributes of a resource a client wants to see (RFC 7644
// section 3.9). Nil shows them as they are.
type projection struct {
	only  []filter.Path // these and no others
	less  []filter.Path // all but these
	wants bool          // only was given
}

// projectionOf reads the parameters attributes and excludedAttributes.
func projectionOf(query url.Values) (*projection, error) {
	attributes, excluded := query.Has("attributes"), query.Has("excludedAttributes")
	switch {
	case attributes && excluded:
		return nil, bad(InvalidValue, "attributes and excludedAttributes exclude each other")
	case !attributes && !excluded:
		return nil, nil
	}
	only, err := paths(query.Get("attributes"))
	if err != nil {
		return nil, err
	}
	less, err := paths(query.Get("excludedAttributes"))
	if err != nil {
		return nil, err
	}
	if attributes && len(only) == 0 || excluded && len(less) == 0 {
		return nil, nil
	}
	return &projection{only, less, attributes}, nil
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

// of shows the wanted part of a resource.
func (p *projection) of(user User) (any, error) {
	if p == nil {
		return user, nil
	}
	encoded, err := json.Marshal(user)
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	if err := json.Unmarshal(encoded, &whole); err != nil {
		return nil, err
	}
	shown := map[string]any{}
	for name, value := range whole {
		if value := p.attribute(users.attribute(name), value); value != nil {
			shown[name] = value
		}
	}
	return shown, nil
}

// attribute is what is shown of an attribute; nil for nothing.
func (p *projection) attribute(a *attribute, value any) any {
	if a == nil || a.Returned == "always" {
		return value
	}
	if p.wants {
		parts, all := namedParts(p.only, a)
		if all {
			return value
		}
		return onlyParts(value, func(name string) bool { return parts[strings.ToLower(name)] })
	}
	parts, all := namedParts(p.less, a)
	if all {
		return nil
	}
	if len(parts) == 0 {
		return value
	}
	return onlyParts(value, func(name string) bool { return !parts[strings.ToLower(name)] })
}

// namedParts says which parts of an attribute the paths name, in lower case, and
// whether they name it as a whole.
func namedParts(paths []filter.Path, a *attribute) (parts map[string]bool, all bool) {
	parts = map[string]bool{}
	for _, path := range paths {
		if _, found, _ := users.find(path); found != a {
			continue
		}
		if path.Sub == "" {
			return nil, true
		}
		parts[strings.ToLower(path.Sub)] = true
	}
	return parts, false
}

// onlyParts keeps some parts of an object, or of each in a list.
func onlyParts(value any, keep func(name string) bool) any {
	switch v := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, part := range v {
			if keep(name) {
				kept[name] = part
			}
		}
		if len(kept) > 0 {
			return kept
		}
	case []any:
		var list []any
		for _, entry := range v {
			if kept := onlyParts(entry, keep); kept != nil {
				list = append(list, kept)
			}
		}
		if list != nil {
			return list
		}
	}
	return nil
}

package target

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"cel.dev/cel-go/cel"
)

// mapped is one list of a mapping, compiled.
type mapped struct {
	key     string // where it stands in the target file
	method  string
	address template
	kind    string // the slot by which it asks for somebody; empty where it asks for all
	body    *mapExpression
	items   *mapExpression
	next    *mapExpression
	where   *mapExpression
	fields  map[string]fieldExpression
	one     entry
}

type fieldExpression struct {
	*mapExpression
	field
}

func newMapped(name string, config MapList) (*mapped, error) {
	m := &mapped{key: mapKey + ".look." + name, method: http.MethodGet, one: mappable[name]}
	address, verb := config.Get, ".get"
	if config.Post != "" {
		m.method, address, verb = http.MethodPost, config.Post, ".post"
	}
	switch {
	case config.Get == "" && config.Post == "":
		return nil, &ConfigError{m.key, "it has no address: say get"}
	case config.Get != "" && config.Post != "":
		return nil, &ConfigError{m.key, "it has two addresses: say get or post"}
	case config.Get != "" && config.Body != "":
		return nil, &ConfigError{m.key + ".body", "a GET has no body: say post"}
	}
	var err error
	if m.address, err = newTemplate(m.key+verb, address, askedVariables); err != nil {
		return nil, err
	}
	if err := m.compile(config); err != nil {
		return nil, err
	}
	return m, m.narrow()
}

func (m *mapped) compile(config MapList) (err error) {
	asking := slices.Concat(askedVariables, knownVariables)
	answering := slices.Concat(asking, answerVariables)
	for _, part := range []struct {
		into     **mapExpression
		name     string
		text     string
		env      *cel.Env
		outcomes []*cel.Type
	}{
		{&m.body, "body", config.Body, environment(asking...), nil},
		{&m.items, "items", config.Items, environment(answering...), []*cel.Type{cel.ListType(cel.DynType)}},
		{&m.next, "next", config.Next, environment(answering...), []*cel.Type{cel.StringType, cel.NullType, cel.OptionalType(cel.DynType)}},
		{&m.where, "where", config.Where, environment(append(answering, "item")...), []*cel.Type{cel.BoolType}},
	} {
		if *part.into, err = compileExpression(part.env, m.key+"."+part.name, part.text, part.outcomes...); err != nil {
			return err
		}
	}
	return m.compileFields(config.Each, environment(append(answering, "item")...))
}

func (m *mapped) compileFields(each map[string]string, env *cel.Env) error {
	m.fields = map[string]fieldExpression{}
	for _, name := range slices.Sorted(maps.Keys(each)) {
		key := m.key + ".each." + name
		known, ok := m.one.fields[name]
		if !ok {
			return &ConfigError{key, fmt.Sprintf("there is no such field; there are %v", slices.Sorted(maps.Keys(m.one.fields)))}
		}
		compiled, err := compileExpression(env, key, each[name], known.outcomes()...)
		if err != nil {
			return err
		}
		if compiled != nil {
			m.fields[name] = fieldExpression{compiled, known}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.one.fields)) {
		if _, ok := m.fields[name]; !ok && m.one.fields[name].required {
			return &ConfigError{m.key + ".each", "it does not say what " + name + " is"}
		}
	}
	return nil
}

// narrow makes sure that the list asks for somebody, in one way: what asks for
// nobody in particular shows everybody.
func (m *mapped) narrow() error {
	var kinds []string
	for _, name := range askedVariables[1:] {
		if m.address.has(name) || m.body != nil && m.body.uses[name] {
			kinds = append(kinds, name)
		}
	}
	switch {
	case len(kinds) == 1:
		m.kind = kinds[0]
	case len(kinds) > 1:
		return &ConfigError{m.key, fmt.Sprintf("it asks by {%s} and by {%s} at once: choose one", kinds[0], kinds[1])}
	case m.where == nil:
		return &ConfigError{m.key, `it asks for nobody in particular and would show everybody: ` +
			`put {email} or another identifier into the address, or say where, as "item.email in emails"`}
	}
	return nil
}

// asked is what a list is asked by, in turn: one set of variables for each request.
func (m *mapped) asked(organization string, who Identifiers) []map[string]any {
	known := map[string]any{"organization": organization}
	of := map[string][]string{
		"email": who.Emails, "user_name": who.UserNames, "name_id": who.NameIDs,
		"external_id": who.ExternalIDs, "record_id": who.RecordIDs, "account_id": who.AccountIDs,
	}
	for name, values := range of {
		known[name], known[name+"s"] = "", append([]string{}, values...)
	}
	if m.kind == "" {
		return []map[string]any{known}
	}
	var all []map[string]any
	for i, value := range of[m.kind] {
		if value == "" || slices.Contains(of[m.kind][:i], value) {
			continue
		}
		one := maps.Clone(known)
		one[m.kind] = value
		all = append(all, one)
	}
	return all
}

// gather collects the entries of a list, each once, as the contract writes them.
func (p *MapProbe) gather(ctx context.Context, m *mapped, organization string, who Identifiers) ([]map[string]any, error) {
	found, seen := []map[string]any{}, map[any]bool{}
	for _, asked := range m.asked(organization, who) {
		err := p.pages(ctx, m, asked, func(item any) error {
			asked["item"] = item
			one, err := m.entryOf(ctx, asked, item)
			if err == nil && one != nil && !seen[one["id"]] {
				seen[one["id"]] = true
				found = append(found, one)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// entryOf makes an entry of an item; nil where the item does not count.
func (m *mapped) entryOf(ctx context.Context, given map[string]any, item any) (map[string]any, error) {
	if m.where != nil {
		counts, err := m.where.value(ctx, given, item)
		if err != nil {
			return nil, err
		}
		if yes, ok := counts.(bool); !ok {
			return nil, m.where.failed("it came to " + shapeOf(counts) + ", and true or false belongs here")
		} else if !yes {
			return nil, nil
		}
	}
	one := map[string]any{}
	for name, f := range m.fields {
		value, err := f.value(ctx, given, item)
		if err != nil {
			return nil, err
		}
		if one[name], err = f.fit(value); err != nil {
			return nil, f.failed(err.Error())
		}
	}
	return one, nil
}

// entriesAs turns entries into the type that a view has them in.
func entriesAs[T any](entries []map[string]any) ([]T, error) {
	text, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	made := []T{}
	err = json.Unmarshal(text, &made)
	return made, err
}

package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"rollcall.example/fixtures"
)

// ReadWaivers reads a file of waivers, a YAML list:
//
//   - id: deactivation.ends-sessions[oin]
//     reason: sessions live for an hour; tracked as ACME-417
//     owner: sign-on team
//     expires: 2027-01-31
//
// All four are required, and nothing else is allowed. A mistake is an error of one
// line that begins with the file's name, the line and the column.
func ReadWaivers(name string, text []byte) ([]Waiver, error) {
	file, err := parser.ParseBytes(fixtures.Written(text), 0)
	if err != nil {
		return nil, misread(name, err)
	}
	var waivers []Waiver
	for _, document := range file.Docs {
		if document.Body == nil || document.Body.Type() == ast.NullType || document.Body.Type() == ast.CommentType {
			continue
		}
		list, ok := document.Body.(*ast.SequenceNode)
		if !ok {
			return nil, at(name, document.Body, "this is not a list of waivers; each begins with \"- id:\"")
		}
		if waivers, err = addWaivers(waivers, name, list.Values); err != nil {
			return nil, err
		}
	}
	return waivers, nil
}

// addWaivers reads entries of a list and adds them to those that were read before.
func addWaivers(waivers []Waiver, name string, entries []ast.Node) ([]Waiver, error) {
	for _, entry := range entries {
		w, err := readWaiver(name, entry)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(waivers, func(other Waiver) bool { return other.ID == w.ID }) {
			return nil, at(name, entry, fmt.Sprintf("%s is waived twice", w.ID))
		}
		waivers = append(waivers, w)
	}
	return waivers, nil
}

func readWaiver(name string, entry ast.Node) (Waiver, error) {
	var w Waiver
	if err := yaml.NodeToValue(entry, &w, yaml.Strict()); err != nil {
		return w, misread(name, err)
	}
	for _, required := range []struct{ key, value string }{
		{"id", w.ID}, {"reason", w.Reason}, {"owner", w.Owner}, {"expires", w.Expires},
	} {
		if strings.TrimSpace(required.value) == "" {
			return w, at(name, entry, "the waiver has no "+required.key+"; id, reason, owner and expires are required")
		}
	}
	if _, err := time.Parse(time.DateOnly, w.Expires); err != nil {
		return w, at(name, memberOf(entry, "expires"), fmt.Sprintf("expires is %q and not a day, as 2027-01-31", w.Expires))
	}
	return w, nil
}

// memberOf is the value of a key, for an error to point at.
func memberOf(entry ast.Node, key string) ast.Node {
	if mapping, ok := entry.(ast.MapNode); ok {
		for members := mapping.MapRange(); members.Next(); {
			if members.Key().String() == key {
				return members.Value()
			}
		}
	}
	return entry
}

// at is an error about one place of the file.
func at(name string, node ast.Node, what string) error {
	position := node.GetToken().Position
	if mapping, ok := node.(*ast.MappingNode); ok && len(mapping.Values) > 0 {
		position = mapping.Values[0].Key.GetToken().Position
	}
	if pair, ok := node.(*ast.MappingValueNode); ok {
		position = pair.Key.GetToken().Position
	}
	return fmt.Errorf("%s:%d:%d: %s", name, position.Line, position.Column, what)
}

// misread puts an error of the YAML library in the same form.
func misread(name string, err error) error {
	var known yaml.Error
	if !errors.As(err, &known) || known.GetToken() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	position := known.GetToken().Position
	line := strings.TrimSpace(strings.Trim(known.GetToken().Origin, "\r\n"))
	message := known.GetMessage()
	if key, found := strings.CutPrefix(message, "unknown field "); found {
		message = "there is no key " + key + " in a waiver; there are id, reason, owner and expires"
		line = ""
	}
	if line != "" {
		message += ": " + line
	}
	return fmt.Errorf("%s:%d:%d: %s", name, position.Line, position.Column, message)
}

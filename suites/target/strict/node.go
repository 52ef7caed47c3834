package strict

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// How deep a file may be nested and how much may be in it, aliases followed: an
// alias may stand for a thousand others.
const (
	maxDepth = 50
	maxNodes = 100_000
)

// Node is a value in the file.
type Node struct {
	*document
	node  ast.Node
	key   string       // the path to it, as connections[0].scim
	at    *token.Token // of the key that it stands under; nil at the top
	depth int
}

// Key is the path to the value, as connections[0].scim.
func (n Node) Key() string { return n.key }

// Dir is the directory that relative paths start from.
func (n Node) Dir() string { return n.options.Dir }

// Wrong notes a mistake in the value; meant says what was meant and may be empty.
func (n Node) Wrong(meant, format string, args ...any) {
	n.wrong(n.token(), meant, format, args...)
}

// WrongEntry notes a mistake in the key that the value stands under.
func (n Node) WrongEntry(meant, format string, args ...any) {
	at := n.at
	if at == nil {
		at = n.token()
	}
	n.wrong(at, meant, format, args...)
}

// Elsewhere notes a mistake in another file, that the value names.
func (n Node) Elsewhere(m Mistake) { n.add(m) }

// token is where the value begins or, where it is a map of its own lines, the key
// above it.
func (n Node) token() *token.Token {
	switch node := bare(n.node).(type) {
	case *ast.MappingNode:
		if !node.IsFlowStyle && n.at != nil {
			return n.at
		}
		if !node.IsFlowStyle && len(node.Values) > 0 {
			return node.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		if n.at != nil {
			return n.at
		}
		return node.Key.GetToken()
	case *ast.SequenceNode:
		if !node.IsFlowStyle && n.at != nil {
			return n.at
		}
	case *ast.NullNode:
		if n.at != nil {
			return n.at
		}
	}
	return n.node.GetToken()
}

// Is says which kind of value it is, in words: "text", "a map", "a list", …
func (n Node) Is() string {
	switch n.value().(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a map"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	}
	return "text"
}

// IsMap says whether the value is a map.
func (n Node) IsMap() bool { return n.Is() == "a map" }

// Text is the value as text; not ok for a map, a list and nothing at all. A number
// is text as it is written.
func (n Node) Text() (text string, ok bool) {
	switch node := n.value().(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.LiteralNode:
		return node.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return node.GetToken().Value, true
	}
	return "", false
}

// Any is the value in the form in which YAML has it.
func (n Node) Any() (any, error) {
	var value any
	if err := yaml.NodeToValue(n.value(), &value); err != nil {
		return nil, errors.New("this has the wrong form")
	}
	return value, nil
}

// value is the value itself, without what stands around it: an anchor, a tag, an
// alias that stands in its place.
func (n Node) value() ast.Node {
	node := n.node
	for range maxDepth {
		switch wrapped := node.(type) {
		case *ast.AnchorNode, *ast.TagNode:
			node = bare(wrapped)
		case *ast.AliasNode:
			there, known := n.anchors[wrapped.Value.GetToken().Value]
			if !known {
				return wrapped
			}
			node = there
		default:
			return node
		}
	}
	return node
}

func bare(node ast.Node) ast.Node {
	for {
		switch wrapped := node.(type) {
		case *ast.AnchorNode:
			node = wrapped.Value
		case *ast.TagNode:
			node = wrapped.Value
		default:
			return node
		}
	}
}

// entry is one key of a map and its value.
type entry struct {
	name  string
	at    *token.Token
	value Node
}

// Entries are the keys of a map with their values, those that a merge key (<<)
// brings after its own. Not ok where the value is no map.
func (n Node) entries() (all []entry, ok bool) {
	var values []*ast.MappingValueNode
	switch m := n.value().(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		return nil, false
	}
	var merged []Node
	for _, v := range values {
		if _, isMerge := v.Key.(*ast.MergeKeyNode); isMerge {
			merged = append(merged, n.below("<<", v.Key.GetToken(), v.Value))
			continue
		}
		name := v.Key.GetToken().Value
		if complex, isComplex := v.Key.(*ast.MappingKeyNode); isComplex {
			name = complex.Value.GetToken().Value
		}
		all = append(all, entry{name, v.Key.GetToken(), n.below(name, v.Key.GetToken(), v.Value)})
	}
	for _, m := range merged {
		all = n.merge(all, m)
	}
	return all, true
}

// merge adds what is not there yet of the map that a merge key names.
func (n Node) merge(all []entry, from Node) []entry {
	if !from.sane() {
		return all
	}
	others, ok := from.entries()
	if !ok {
		from.Wrong("", "<< takes a map in, and this is %s", from.Is())
		return all
	}
	for _, other := range others {
		known := false
		for _, own := range all {
			known = known || own.name == other.name
		}
		if !known {
			other.value.key = joined(n.key, other.name)
			all = append(all, other)
		}
	}
	return all
}

func (n Node) below(name string, at *token.Token, value ast.Node) Node {
	return Node{document: n.document, node: value, key: joined(n.key, name), at: at, depth: n.depth + 1}
}

func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// items are the values of a list.
func (n Node) items() (all []Node, ok bool) {
	list, ok := n.value().(*ast.SequenceNode)
	if !ok {
		return nil, false
	}
	for i, value := range list.Values {
		item := n.below("", nil, value)
		item.key = fmt.Sprintf("%s[%d]", n.key, i)
		all = append(all, item)
	}
	return all, true
}

// find follows a path from the value as far as it leads.
func (n Node) find(path string) Node {
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		next, ok := n.step(step)
		if !ok {
			return n
		}
		n = next
	}
	return n
}

func (n Node) step(name string) (Node, bool) {
	entries, _ := n.entries()
	for _, e := range entries {
		if e.name == name {
			return e.value, true
		}
	}
	items, _ := n.items()
	for i, item := range items {
		if fmt.Sprint(i) == name {
			return item, true
		}
	}
	return n, false
}

// sane says whether to go on: a file that is nested too deep, or that aliases make
// endless, is one mistake.
func (n Node) sane() bool {
	n.visited++
	alias, isAlias := bare(n.node).(*ast.AliasNode)
	switch {
	case n.visited > maxNodes:
		if n.visited == maxNodes+1 {
			n.Wrong("", "there is too much in this file")
		}
		return false
	case n.depth > maxDepth:
		n.Wrong("", "this is nested too deep")
		return false
	case isAlias && n.anchors[alias.Value.GetToken().Value] == nil:
		n.Wrong("an anchor is written &"+alias.Value.GetToken().Value, "no anchor is named %s", alias.Value.GetToken().Value)
		return false
	}
	return true
}

package filter

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Type is the data type of an attribute, as far as comparing needs it.
type Type string

// The types of RFC 7643 section 2.3.
const (
	String    Type = "string"
	Boolean   Type = "boolean"
	Integer   Type = "integer"
	Decimal   Type = "decimal"
	DateTime  Type = "dateTime"
	Binary    Type = "binary"
	Reference Type = "reference"
	Complex   Type = "complex"
)

// Absent is the type of an attribute that resources of the type at hand never have, but
// others that are searched with them: it may be asked for and has no value.
const Absent Type = "absent"

// Attribute is how a path is to be compared. Steps are the member names to
// follow in the resource. Fold makes two texts that count as the same one equal;
// nil compares them exactly.
type Attribute struct {
	Steps []string
	Type  Type
	Fold  func(string) string
}

// Describe tells of the attribute at a path; its error says why there is none.
type Describe func(Path) (Attribute, error)

// Matcher judges a resource: an object as decoded from JSON, its member names as
// Attribute.Steps has them.
type Matcher func(resource map[string]any) bool

// Compile checks a filter against the attributes and makes it ready to judge.
func Compile(expr Expr, describe Describe) (Matcher, error) {
	switch e := expr.(type) {
	case And:
		return both(e.Left, e.Right, describe, func(l, r Matcher) Matcher {
			return func(o map[string]any) bool { return l(o) && r(o) }
		})
	case Or:
		return both(e.Left, e.Right, describe, func(l, r Matcher) Matcher {
			return func(o map[string]any) bool { return l(o) || r(o) }
		})
	case Not:
		of, err := Compile(e.Of, describe)
		return func(o map[string]any) bool { return !of(o) }, err
	case Which:
		return which(e, describe)
	case Test:
		return test(e, describe)
	}
	return nil, fmt.Errorf("a filter of type %T", expr)
}

func both(left, right Expr, describe Describe, join func(l, r Matcher) Matcher) (Matcher, error) {
	l, err := Compile(left, describe)
	if err != nil {
		return nil, err
	}
	r, err := Compile(right, describe)
	return join(l, r), err
}

// Within describes the sub-attributes of an attribute, for what stands in its
// brackets.
func Within(path Path, describe Describe) Describe {
	return func(inner Path) (Attribute, error) {
		if inner.Schema != "" || inner.Sub != "" {
			return Attribute{}, fmt.Errorf("%q is not a sub-attribute of %q", inner, path)
		}
		a, err := describe(Path{Schema: path.Schema, Name: path.Name, Sub: inner.Name})
		if err != nil {
			return Attribute{}, err
		}
		return Attribute{Steps: a.Steps[len(a.Steps)-1:], Type: a.Type, Fold: a.Fold}, nil
	}
}

func which(e Which, describe Describe) (Matcher, error) {
	outer, err := describe(e.Path)
	if err != nil {
		return nil, err
	}
	inner, err := Compile(e.Where, Within(e.Path, describe))
	if err != nil {
		return nil, err
	}
	return func(o map[string]any) bool {
		return outer.some(o, func(v any) bool {
			object, ok := v.(map[string]any)
			if !ok {
				object = map[string]any{"value": v}
			}
			return inner(object)
		})
	}, nil
}

// test compiles a comparison. "ne" and a comparison with null speak of absence
// too, so they are judged on the whole attribute.
func test(e Test, describe Describe) (Matcher, error) {
	a, err := describe(e.Path)
	if err != nil {
		return nil, err
	}
	present := func(o map[string]any) bool { return a.some(o, isPresent) }
	if e.Op == Present {
		return present, nil
	}
	if a.Type == Complex {
		if a, err = defaultPart(e.Path, describe); err != nil {
			return nil, err
		}
	}
	if e.Value == nil {
		return absence(e, present)
	}
	compare, err := comparison(e, a)
	if err != nil {
		return nil, err
	}
	if e.Op == NotEqual {
		return func(o map[string]any) bool {
			return !present(o) || a.some(o, func(v any) bool { return isPresent(v) && !compare(v) })
		}, nil
	}
	return func(o map[string]any) bool { return a.some(o, compare) }, nil
}

// defaultPart stands in for a complex attribute that is compared as a whole:
// emails co "@example.com" means emails.value, as RFC 7644's own examples do.
func defaultPart(path Path, describe Describe) (Attribute, error) {
	a, err := describe(Path{Schema: path.Schema, Name: path.Name, Sub: "value"})
	if err != nil {
		return a, fmt.Errorf("%q has parts: name the one that counts, behind a dot", path)
	}
	return a, nil
}

func absence(e Test, present Matcher) (Matcher, error) {
	switch e.Op {
	case Equal:
		return func(o map[string]any) bool { return !present(o) }, nil
	case NotEqual:
		return present, nil
	}
	return nil, fmt.Errorf("%q cannot compare with null", e.Op)
}

// comparison makes the judge of one value. NotEqual gets that of Equal.
func comparison(e Test, a Attribute) (func(any) bool, error) {
	if a.Type == Absent {
		return func(any) bool { return false }, nil
	}
	switch wanted := e.Value.(type) {
	case bool:
		if a.Type != Boolean {
			return nil, fmt.Errorf("%q is not a truth value", e.Path)
		}
		if e.Op != Equal && e.Op != NotEqual {
			return nil, fmt.Errorf("%q cannot compare truth values", e.Op)
		}
		return func(v any) bool { return v == wanted }, nil
	case Number:
		if a.Type == Integer || a.Type == Decimal {
			return numeric(e, wanted)
		}
	case string:
		switch a.Type {
		case String, Reference:
			return textual(e.Op, wanted, a.Fold), nil
		case Binary:
			return binary(e, wanted)
		case DateTime:
			return temporal(e, wanted)
		}
	}
	return nil, fmt.Errorf("%q cannot be compared with such a value: it is of type %s", e.Path, a.Type)
}

// binary compares base64 as it was written; there is no order in it.
func binary(e Test, wanted string) (func(any) bool, error) {
	switch e.Op {
	case Greater, GreaterOrEqual, Less, LessOrEqual:
		return nil, fmt.Errorf("%q cannot compare binary values", e.Op)
	}
	return textual(e.Op, wanted, nil), nil
}

// numeric compares numbers by value: whole ones exactly.
func numeric(e Test, wanted Number) (func(any) bool, error) {
	switch e.Op {
	case Contains, StartsWith, EndsWith:
		return nil, fmt.Errorf("%q cannot compare numbers", e.Op)
	}
	number, err := ParseNumber(string(wanted))
	if err != nil {
		return nil, fmt.Errorf("%q is compared with a number beyond all bounds", e.Path)
	}
	return func(v any) bool {
		n, ok := v.(json.Number)
		if !ok {
			return false
		}
		held, err := ParseNumber(string(n))
		return err == nil && ordered(e.Op, held.Compare(number))
	}, nil
}

func textual(op Op, wanted string, fold func(string) string) func(any) bool {
	if fold == nil {
		fold = func(s string) string { return s }
	}
	wanted = fold(wanted)
	return func(v any) bool {
		s, ok := v.(string)
		if !ok {
			return false
		}
		s = fold(s)
		switch op {
		case Equal, NotEqual:
			return s == wanted
		case Contains:
			return strings.Contains(s, wanted)
		case StartsWith:
			return strings.HasPrefix(s, wanted)
		case EndsWith:
			return strings.HasSuffix(s, wanted)
		}
		return ordered(op, strings.Compare(s, wanted))
	}
}

func temporal(e Test, wanted string) (func(any) bool, error) {
	moment, ok := momentOf(wanted)
	if !ok {
		return nil, fmt.Errorf("%q is compared with a date and time, as \"2026-01-31T12:00:00Z\"", e.Path)
	}
	switch e.Op {
	case Contains, StartsWith, EndsWith:
		return nil, fmt.Errorf("%q cannot compare dates", e.Op)
	}
	return func(v any) bool {
		s, _ := v.(string)
		at, ok := momentOf(s)
		return ok && ordered(e.Op, at.Compare(moment))
	}, nil
}

// momentOf reads an xsd:dateTime. One without a time zone is taken for UTC.
func momentOf(s string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		at, err = time.Parse("2006-01-02T15:04:05", s)
	}
	return at, err == nil
}

func ordered(op Op, order int) bool {
	switch op {
	case Equal, NotEqual:
		return order == 0
	case Greater:
		return order > 0
	case GreaterOrEqual:
		return order >= 0
	case Less:
		return order < 0
	case LessOrEqual:
		return order <= 0
	}
	return false
}

// some says whether a value of the attribute pleases the judge.
func (a Attribute) some(o map[string]any, judge func(any) bool) bool {
	return follow(o, a.Steps, judge)
}

func follow(o map[string]any, steps []string, judge func(any) bool) bool {
	v := o[steps[0]]
	if len(steps) == 1 {
		return some(v, judge)
	}
	return some(v, func(v any) bool {
		object, ok := v.(map[string]any)
		if !ok {
			object = map[string]any{"value": v}
		}
		return follow(object, steps[1:], judge)
	})
}

// some asks the judge about a value, or about each of a list.
func some(v any, judge func(any) bool) bool {
	list, ok := v.([]any)
	if !ok {
		return v != nil && judge(v)
	}
	for _, v := range list {
		if judge(v) {
			return true
		}
	}
	return false
}

// isPresent says whether a value counts as one: neither null nor empty
// (RFC 7643 section 2.5).
func isPresent(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

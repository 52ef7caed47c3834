// Package filter reads SCIM filters and attribute paths and evaluates them
// (RFC 7644 section 3.4.2.2 and figure 7 of section 3.5.2).
//
// A filter is a sentence about one resource, such as
//
//	userName eq "han@example.com" and active eq true
//
// It goes through two stages. [Parse] knows the grammar and nothing else: it turns
// the text into an [Expr]. [Compile] knows the attributes, which the caller
// describes: it refuses what makes no sense for them (an unknown name, a truth
// value compared by "gt") and returns a function that judges a resource. So a
// wrong filter is refused before a single resource is looked at, and is never
// taken for one that matches everything.
//
// A path of a PATCH operation is the same grammar, seen from another side: see
// [ParseTarget].
package filter

import (
	"fmt"
	"strings"
)

// MaxLength is the longest text, in bytes, that is read at all.
const MaxLength = 4096

// MaxDepth is how deep parentheses, brackets and "not" may be nested.
const MaxDepth = 32

// Expr is a filter that has been read: an [And], [Or], [Not], [Test] or [Which].
type Expr interface{ expr() }

// And matches when both sides do.
type And struct{ Left, Right Expr }

// Or matches when one side does.
type Or struct{ Left, Right Expr }

// Not matches when Of does not.
type Not struct{ Of Expr }

// Test compares an attribute with a value. Value is a string, a bool, a [Number]
// or nil (the literal null); it means nothing where Op is [Present].
type Test struct {
	Path  Path
	Op    Op
	Value any
}

// Which matches when a value of a multi-valued attribute satisfies Where, whose
// paths are sub-attributes: emails[type eq "work"].
type Which struct {
	Path  Path
	Where Expr
}

func (And) expr()   {}
func (Or) expr()    {}
func (Not) expr()   {}
func (Test) expr()  {}
func (Which) expr() {}

// Number is a JSON number as it was written.
type Number string

// Op is a comparison, in lower case.
type Op string

// The comparisons of RFC 7644 table 3.
const (
	Equal          Op = "eq"
	NotEqual       Op = "ne"
	Contains       Op = "co"
	StartsWith     Op = "sw"
	EndsWith       Op = "ew"
	Present        Op = "pr"
	Greater        Op = "gt"
	GreaterOrEqual Op = "ge"
	Less           Op = "lt"
	LessOrEqual    Op = "le"
)

// opOf reads a comparison in any case; empty when the word is none.
func opOf(word string) Op {
	if len(word) != 2 {
		return ""
	}
	switch op := Op(strings.ToLower(word)); op {
	case Equal, NotEqual, Contains, StartsWith, EndsWith, Present, Greater, GreaterOrEqual, Less, LessOrEqual:
		return op
	}
	return ""
}

// Path names an attribute as the client wrote it: [Schema ":"] Name ["." Sub].
type Path struct{ Schema, Name, Sub string }

// String puts the path together again.
func (p Path) String() string {
	text := p.Name
	if p.Schema != "" {
		text = p.Schema + ":" + text
	}
	if p.Sub != "" {
		text += "." + p.Sub
	}
	return text
}

// Target is what a PATCH operation aims at: an attribute, a sub-attribute, or
// those values of a multi-valued attribute that satisfy Where (nil: all).
type Target struct {
	Path
	Where Expr
}

// Error says what is wrong with a filter or a path and at which byte, from 0.
type Error struct {
	Offset int
	Reason string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s (at character %d)", e.Reason, e.Offset+1)
}

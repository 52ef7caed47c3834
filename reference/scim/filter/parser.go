package filter

import (
	"strings"
	"unicode/utf8"
)

// Parse reads a filter. Every error is an [*Error].
func Parse(source string) (Expr, error) {
	p := parser{lexer: lexer{source: source}}
	if err := p.start(); err != nil {
		return nil, err
	}
	expr, err := p.or()
	if err != nil {
		return nil, err
	}
	return expr, p.done()
}

// ParseTarget reads the path of a PATCH operation. Every error is an [*Error].
func ParseTarget(source string) (Target, error) {
	p := parser{lexer: lexer{source: source}}
	if err := p.start(); err != nil {
		return Target{}, err
	}
	path, err := p.path()
	if err != nil {
		return Target{}, err
	}
	target := Target{Path: path}
	if p.token.kind != openBracket {
		return target, p.done()
	}
	if target.Where, err = p.brackets(path); err != nil {
		return Target{}, err
	}
	if p.dotted() {
		if target.Sub, err = p.sub(); err != nil {
			return Target{}, err
		}
	}
	return target, p.done()
}

// parser descends the grammar with one token in hand.
type parser struct {
	lexer lexer
	token token
	depth int
}

// start takes the first token in hand.
func (p *parser) start() error {
	if len(p.lexer.source) > MaxLength {
		return &Error{MaxLength, "a text of more than 4096 bytes"}
	}
	if !utf8.ValidString(p.lexer.source) {
		return &Error{0, "a text that is not UTF-8"}
	}
	return p.advance()
}

func (p *parser) advance() (err error) {
	p.token, err = p.lexer.next()
	return err
}

func (p *parser) fail(reason string) error { return &Error{p.token.at, reason} }

func (p *parser) done() error {
	if p.token.kind != end {
		return p.fail("something left over where the end was expected")
	}
	return nil
}

// or reads FILTER: the weakest binding first.
func (p *parser) or() (Expr, error) {
	left, err := p.and()
	for err == nil && p.is("or") {
		var right Expr
		if err = p.operator("or"); err == nil {
			right, err = p.and()
		}
		left = Or{left, right}
	}
	return left, err
}

func (p *parser) and() (Expr, error) {
	left, err := p.unary()
	for err == nil && p.is("and") {
		var right Expr
		if err = p.operator("and"); err == nil {
			right, err = p.unary()
		}
		left = And{left, right}
	}
	return left, err
}

// operator steps over a logical operator, which stands between spaces.
func (p *parser) operator(name string) error {
	if !p.token.spaced {
		return p.fail("no space before \"" + name + "\"")
	}
	if err := p.advance(); err != nil {
		return err
	}
	if !p.token.spaced {
		return p.fail("no space after \"" + name + "\"")
	}
	return nil
}

func (p *parser) is(keyword string) bool {
	return p.token.kind == word && strings.EqualFold(p.token.value, keyword)
}

func (p *parser) unary() (Expr, error) {
	if p.is("not") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.token.kind != open {
			return nil, p.fail("no parenthesis after \"not\"")
		}
		of, err := p.nested(shut, "a parenthesis that is never closed")
		return Not{of}, err
	}
	if p.token.kind == open {
		return p.nested(shut, "a parenthesis that is never closed")
	}
	return p.test()
}

// nested reads a filter between the token in hand and its counterpart.
func (p *parser) nested(until kind, otherwise string) (Expr, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail("a filter nested more than 32 deep")
	}
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	expr, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.token.kind != until {
		return nil, p.fail(otherwise)
	}
	return expr, p.advance()
}

// test reads a comparison, a value path, or a value path with a comparison of a part
// behind it. That last one is not in the grammar of RFC 7644; it is how Entra asks
// for the address for work, emails[type eq "work"].value eq "…", and means that one value
// satisfies both.
func (p *parser) test() (Expr, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.token.kind == openBracket {
		where, err := p.brackets(path)
		if err != nil || !p.dotted() {
			return Which{path, where}, err
		}
		sub, err := p.sub()
		if err != nil {
			return nil, err
		}
		compared, err := p.comparison(Path{Name: sub})
		return Which{path, And{where, compared}}, err
	}
	return p.comparison(path)
}

// dotted says whether a sub-attribute follows the bracket that was closed.
func (p *parser) dotted() bool {
	return p.token.kind == word && strings.HasPrefix(p.token.value, ".") && !p.token.spaced
}

// sub reads the sub-attribute behind brackets.
func (p *parser) sub() (string, error) {
	name := p.token.value[1:]
	if !isName(name) {
		return "", p.fail("a malformed sub-attribute")
	}
	return name, p.advance()
}

// comparison reads what is said of an attribute.
func (p *parser) comparison(path Path) (Expr, error) {
	if p.token.kind != word {
		return nil, p.fail("no operator after \"" + path.String() + "\"")
	}
	op := opOf(p.token.value)
	if op == "" {
		return nil, p.fail("an unknown operator \"" + clip(p.token.value) + "\"")
	}
	if err := p.advance(); err != nil || op == Present {
		return Test{Path: path, Op: op}, err
	}
	value, err := p.value(op)
	return Test{path, op, value}, err
}

func (p *parser) brackets(path Path) (Expr, error) {
	if path.Sub != "" {
		return nil, p.fail("brackets after the sub-attribute \"" + path.String() + "\"")
	}
	return p.nested(shutBracket, "a bracket that is never closed")
}

func (p *parser) value(op Op) (value any, err error) {
	t := p.token
	switch {
	case t.kind == end || !t.spaced:
		return nil, p.fail("no value after \"" + string(op) + "\"")
	case t.kind == text:
		value = t.value
	case t.kind == number:
		value = Number(t.value)
	case t.kind == word && t.value == "true":
		value = true
	case t.kind == word && t.value == "false":
		value = false
	case t.kind == word && t.value == "null":
		value = nil
	default:
		return nil, p.fail("a value that is neither quoted, a number, true, false nor null")
	}
	return value, p.advance()
}

// path reads [URN ":"] name ["." sub]. A URN may hold dots, so the name begins
// behind its last colon.
func (p *parser) path() (Path, error) {
	if p.token.kind != word {
		return Path{}, p.fail("no attribute name")
	}
	var path Path
	path.Name = p.token.value
	if colon := strings.LastIndexByte(path.Name, ':'); colon >= 0 {
		path.Schema, path.Name = path.Name[:colon], path.Name[colon+1:]
	}
	if name, sub, dotted := strings.Cut(path.Name, "."); dotted {
		path.Name, path.Sub = name, sub
		if !isName(sub) {
			return Path{}, p.fail("a malformed sub-attribute")
		}
	}
	if !isName(path.Name) || path.Schema != "" && !isURN(path.Schema) {
		return Path{}, p.fail("a malformed attribute name")
	}
	return path, p.advance()
}

// isName holds a name to ATTRNAME; "$ref" is the one name with a dollar sign.
func isName(name string) bool {
	if name == "$ref" {
		return true
	}
	if name == "" || !isLetter(name[0]) {
		return false
	}
	return !strings.ContainsAny(name, ".:$")
}

func isURN(schema string) bool {
	return len(schema) > 4 && strings.EqualFold(schema[:4], "urn:")
}

// clip keeps an echo of what was sent short.
func clip(s string) string {
	if len(s) > 20 {
		return s[:20] + "…"
	}
	return s
}

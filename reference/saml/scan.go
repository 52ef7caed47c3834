package saml

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// scan reads one XML document into a tree (XML 1.0, Namespaces in XML 1.0). It is a
// scanner of our own, for two reasons. The one of the standard library takes what is no
// XML and keeps line breaks in attribute values, so that what was signed had to be
// written over before it was parsed; and it took most of the time of a sign-in.
//
// It is as strict as it is short. There are elements, attributes, text, CDATA sections,
// comments, references to characters and to the five entities that XML has by itself,
// and a declaration at the very start. Everything else ends it: a document type, other
// declarations, processing instructions, names with two colons. What it takes is, to the
// last character, what the standard library reads in the same text with its white space
// normalized, which a fuzz target holds it to, and what libxml2 does.
//
// The text has to be UTF-8. Refusals are its only errors.
func scan(text string) (*etree.Document, error) {
	s := scanner{text: text}
	document := etree.NewDocument()
	s.declaration(document)
	for at := &document.Element; s.at < len(s.text) || at != &document.Element; {
		var err error
		if at, err = s.next(document, at); err != nil {
			return nil, err
		}
	}
	return document, nil
}

// scanner is how far a text was read.
type scanner struct {
	text  string
	at    int
	depth int
}

func malformed(format string, args ...any) error {
	return Refuse("the document is not well-formed: "+format, args...)
}

// declaration reads the XML declaration, if there is one. What it says is looked at with
// all that stands beside the root.
func (s *scanner) declaration(document *etree.Document) {
	said, found := strings.CutPrefix(s.text, "<?xml")
	end := strings.Index(said, "?>")
	if !found || end < 1 || !blank(said[:1]) {
		return
	}
	document.CreateProcInst("xml", strings.TrimLeft(said[:end], " \t\r\n"))
	s.at = len("<?xml") + end + len("?>")
}

// next reads one thing that stands in an element, and returns the element that what
// follows stands in.
func (s *scanner) next(document *etree.Document, in *etree.Element) (*etree.Element, error) {
	switch {
	case s.at == len(s.text):
		return nil, malformed("%s has no end", show(in.FullTag()))
	case s.text[s.at] != '<':
		return in, s.characters(in)
	case s.skip("<!--"):
		return in, s.comment(in)
	case s.skip("<![CDATA["):
		return in, s.section(in)
	case s.skip("</"):
		return s.end(document, in)
	case s.sees("<!"):
		return nil, Refuse("the document has a document type or another declaration")
	case s.sees("<?"):
		return nil, Refuse("the document has a processing instruction")
	}
	s.at++
	return s.start(in)
}

func (s *scanner) sees(what string) bool { return strings.HasPrefix(s.text[s.at:], what) }

// skip goes past what comes next, if it is that.
func (s *scanner) skip(what string) bool {
	sees := s.sees(what)
	if sees {
		s.at += len(what)
	}
	return sees
}

// until goes past the end of something and returns what is before it.
func (s *scanner) until(end string) (text string, found bool) {
	length := strings.Index(s.text[s.at:], end)
	if length < 0 {
		return "", false
	}
	text = s.text[s.at : s.at+length]
	s.at += length + len(end)
	return text, true
}

// space goes past white space, and says whether there was any.
func (s *scanner) space() bool {
	from := s.at
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
	return s.at > from
}

// start reads a start tag, or one of an element with nothing in it.
func (s *scanner) start(in *etree.Element) (*etree.Element, error) {
	if s.depth == maxDepth {
		return nil, Refuse("the document is nested more than %d deep", maxDepth)
	}
	name := s.name()
	if name == "" {
		return nil, malformed("a tag has no name")
	}
	el := in.CreateElement(name)
	el.Attr = make([]etree.Attr, 0, s.attributes())
	for {
		spaced := s.space()
		switch {
		case s.skip(">"):
			s.depth++
			return el, nil
		case s.skip("/>"):
			return in, nil
		case !spaced:
			return nil, malformed("the tag of %s has something in it that is no attribute", show(name))
		}
		if err := s.attribute(el); err != nil {
			return nil, err
		}
	}
}

// attributes is about how many attributes are left in the tag.
func (s *scanner) attributes() int {
	tag, _, _ := strings.Cut(s.text[s.at:], ">")
	return min(strings.Count(tag, "="), maxAttributes)
}

// attribute adds an attribute to an element.
func (s *scanner) attribute(el *etree.Element) error {
	name := s.name()
	s.space()
	if name == "" || !s.skip("=") {
		return malformed("the tag of %s has something in it that is no attribute", show(el.FullTag()))
	}
	s.space()
	quote := `"`
	if !s.skip(quote) {
		if quote = `'`; !s.skip(quote) {
			return malformed("attribute %s has a value without quotes", show(name))
		}
	}
	written, found := s.until(quote)
	if !found || strings.Contains(written, "<") {
		return malformed("the value of attribute %s has no end", show(name))
	}
	value, err := decoded(written, true)
	if err != nil {
		return err
	}
	before := len(el.Attr)
	if before == maxAttributes {
		return Refuse("element %s has more than %d attributes", show(el.Tag), maxAttributes)
	}
	if el.CreateAttr(name, value); len(el.Attr) == before {
		return Refuse("element %s has attribute %s twice", show(el.Tag), show(name))
	}
	return nil
}

// end reads an end tag, which must be that of the element.
func (s *scanner) end(document *etree.Document, in *etree.Element) (*etree.Element, error) {
	name := s.name()
	s.space()
	if !s.skip(">") || in == &document.Element || name != in.FullTag() {
		return nil, malformed("an end tag %s ends nothing", show(name))
	}
	s.depth--
	return in.Parent(), nil
}

// characters adds the text up to the next tag.
func (s *scanner) characters(in *etree.Element) error {
	length := strings.IndexByte(s.text[s.at:], '<')
	if length < 0 {
		length = len(s.text) - s.at
	}
	written := s.text[s.at : s.at+length]
	s.at += length
	if strings.Contains(written, "]]>") {
		return malformed("a text holds the end of a CDATA section")
	}
	text, err := decoded(written, false)
	if err == nil {
		in.CreateText(text)
	}
	return err
}

// section adds the text of a CDATA section.
func (s *scanner) section(in *etree.Element) error {
	text, found := s.until("]]>")
	if !found || s.depth == 0 {
		return malformed("a CDATA section has no end, or stands outside of the root")
	}
	text, err := literal(text)
	if err == nil {
		in.CreateText(text)
	}
	return err
}

// comment adds a comment, so that those who take none see it.
func (s *scanner) comment(in *etree.Element) error {
	text, found := s.until("--")
	if !found || !s.skip(">") {
		return malformed("a comment has no end, or two dashes in it")
	}
	text, err := literal(text)
	if err == nil {
		in.CreateComment(text)
	}
	return err
}

// name reads a qualified name: one part or two, with a colon between them. It is empty
// where there is none.
func (s *scanner) name() string {
	from, starts, parts := s.at, true, 1
	for s.at < len(s.text) {
		r, size := rune(s.text[s.at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s.text[s.at:])
		}
		switch {
		case startsName(r):
			starts = false
		case !starts && goesOnName(r):
		case !starts && r == ':' && parts == 1:
			starts, parts = true, 2
		default:
			size = 0
		}
		if size == 0 {
			break
		}
		s.at += size
	}
	if starts {
		return ""
	}
	return s.text[from:s.at]
}

// literal returns text that has no references in it.
func literal(written string) (string, error) {
	if strings.Contains(written, "\r") {
		written = strings.ReplaceAll(strings.ReplaceAll(written, "\r\n", "\n"), "\r", "\n")
	}
	for _, r := range written {
		if !isCharacter(r) {
			return "", malformed("it has a character that XML has not")
		}
	}
	return written, nil
}

// decoded returns what is meant by text or by an attribute's value: a line break is a
// line feed (XML 1.0, section 2.11), in a value white space is a space (3.3.3), and
// references are what they refer to, white space too.
func decoded(written string, value bool) (string, error) {
	var out []byte
	done := 0
	for i := 0; i < len(written); {
		var means rune
		size := 1
		switch c := written[i]; {
		case c >= ' ' && c < utf8.RuneSelf && c != '&': // most of all
			i++
			continue
		case c == '&':
			if means, size = referred(written[i:]); size == 0 {
				return "", malformed("it has a reference to nothing that is known")
			}
		case c == '\r' && value, c == '\n' && value, c == '\t' && value:
			means = ' '
		case c == '\r':
			means = '\n'
		case c < utf8.RuneSelf && isCharacter(rune(c)):
			i++
			continue
		default:
			r, length := utf8.DecodeRuneInString(written[i:])
			if !isCharacter(r) {
				return "", malformed("it has a character that XML has not")
			}
			i += length
			continue
		}
		out = utf8.AppendRune(append(out, written[done:i]...), means)
		if strings.HasPrefix(written[i:], "\r\n") {
			size = 2
		}
		i += size
		done = i
	}
	if done == 0 {
		return written, nil
	}
	return string(append(out, written[done:]...)), nil
}

// entities are those that need no declaration (section 4.6).
var entities = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// referred returns what the reference refers to with which the text begins, and its
// length, which is 0 where it refers to nothing.
func referred(text string) (means rune, length int) {
	name, _, found := strings.Cut(text[1:min(len(text), 16)], ";")
	if !found {
		return 0, 0
	}
	length = len(name) + len("&;")
	digits, numeric := strings.CutPrefix(name, "#")
	if !numeric {
		if means, known := entities[name]; known {
			return means, length
		}
		return 0, 0
	}
	base := 10
	if hexadecimal, is := strings.CutPrefix(digits, "x"); is {
		digits, base = hexadecimal, 16
	}
	number, err := strconv.ParseUint(digits, base, 31)
	if err != nil || !isCharacter(rune(number)) {
		return 0, 0
	}
	return rune(number), length
}

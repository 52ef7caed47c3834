package saml

import (
	"bytes"

	"github.com/beevik/etree"
)

// oracle reads a document with the parser of the standard library.
func oracle(xml []byte) (*etree.Document, error) {
	document := etree.NewDocument()
	document.ReadSettings = etree.ReadSettings{MaxDepth: maxDepth, PreserveDuplicateAttrs: true}
	return document, document.ReadFromBytes(normalized(xml))
}

// normalized returns a document in which the white space of attribute values is as XML
// has it (XML 1.0, section 3.3.3): each tabulator and line break that is written out is
// a space; only a reference to one is more. The parser underneath does not do that, and
// canonicalization would then take what was written out for what was signed as a
// reference.
func normalized(xml []byte) []byte {
	out := make([]byte, 0, len(xml))
	for len(xml) > 0 {
		text := len(xml)
		if open := bytes.IndexByte(xml, '<'); open >= 0 {
			text = open
		}
		out, xml = append(out, xml[:text]...), xml[text:]
		markup := markupEnd(xml)
		if isTag(xml[:markup]) {
			out = appendTag(out, xml[:markup])
		} else {
			out = append(out, xml[:markup]...)
		}
		xml = xml[markup:]
	}
	return out
}

// markupEnd is where the markup ends that the text begins with.
func markupEnd(xml []byte) int {
	for _, kind := range []struct{ begin, end string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(xml, []byte(kind.begin)) {
			if end := bytes.Index(xml, []byte(kind.end)); end >= 0 {
				return end + len(kind.end)
			}
			return len(xml)
		}
	}
	var quote byte
	for i, c := range xml {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(xml)
}

func isTag(markup []byte) bool {
	return len(markup) > 1 && markup[0] == '<' && markup[1] != '!' && markup[1] != '?'
}

// appendTag appends a tag with its values normalized. A line break of two characters is
// one (section 2.11).
func appendTag(out, tag []byte) []byte {
	var quote byte
	for i, c := range tag {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0:
		case c == quote:
			quote = 0
		case c == '\r' && i+1 < len(tag) && tag[i+1] == '\n':
			continue
		case c == '\t' || c == '\r' || c == '\n':
			c = ' '
		}
		out = append(out, c)
	}
	return out
}

package saml

import (
	"bytes"
	"context"
	"regexp"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// Bounds on a document, far above what an identity provider sends: the work on a
// message must not be the sender's to choose.
const (
	maxDepth      = 64
	maxElements   = 20_000
	maxAttributes = 64
	maxNamespaces = 64 // in scope at once
)

// declaration is the only processing instruction that a document may hold, and only
// at its very start: XML 1.0 in UTF-8.
var declaration = regexp.MustCompile(
	`^version\s*=\s*(?:"1\.0"|'1\.0')(?:\s+encoding\s*=\s*(?:"(?i:utf-8)"|'(?i:utf-8)'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*$`)

// checkDocument parses the XML once, for all checks, and refuses every document that
// two parsers could read differently.
func checkDocument(_ context.Context, m *Message) error {
	document, root, found, err := readDocument(m.XML)
	if err != nil {
		return err
	}
	m.Document, m.Response, m.census = document, root, found
	return nil
}

// readDocument parses one XML document: UTF-8, one root, no document type, no
// processing instructions, namespaces in order, within bounds. Refusals are its only
// errors.
func readDocument(xml []byte) (*etree.Document, *etree.Element, census, error) {
	document, err := parse(xml)
	if err != nil {
		return nil, nil, census{}, err
	}
	root, err := onlyRoot(document)
	if err != nil {
		return nil, nil, census{}, err
	}
	found := census{ids: make(map[string]struct{}, 8)}
	if err := found.visit(root); err != nil {
		return nil, nil, census{}, err
	}
	return document, root, found, nil
}

func parse(xml []byte) (*etree.Document, error) {
	xml = bytes.TrimPrefix(xml, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(xml) {
		return nil, Refuse("the document is not UTF-8")
	}
	if bytes.Count(xml, []byte("<")) > 2*maxElements {
		return nil, Refuse("the document has more than %d tags", 2*maxElements) // before memory is spent on them
	}
	return scan(string(xml))
}

// onlyRoot returns the document's one root, having looked at all that stands beside it.
func onlyRoot(document *etree.Document) (*etree.Element, error) {
	var root *etree.Element
	for _, token := range document.Child {
		switch token := token.(type) {
		case *etree.Element:
			if root != nil {
				return nil, Refuse("the document has more than one root")
			}
			root = token
		case *etree.ProcInst:
			if !declaration.MatchString(token.Inst) {
				return nil, Refuse("the document declares itself as something other than XML 1.0 in UTF-8: %s", show(token.Inst))
			}
		case *etree.CharData:
			if !blank(token.Data) {
				return nil, Refuse("the document has text outside of its root")
			}
		}
	}
	if root == nil {
		return nil, Refuse("the document is empty")
	}
	return root, nil
}

// blank reports whether s is nothing but XML white space.
func blank(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}

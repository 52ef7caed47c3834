package idp

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Bounds of a message that comes to us. Honest ones are below 2 KiB; with an embedded
// certificate and signature below 16.
const (
	maxRequest = 64 << 10
	maxDepth   = 32
)

// readRoot parses one document and nothing else. Its errors go on after the name of
// the message.
func readRoot(text []byte) (*etree.Element, error) {
	if len(text) > maxRequest {
		return nil, fmt.Errorf("is longer than %d bytes", maxRequest)
	}
	document := etree.NewDocument()
	document.ReadSettings = etree.ReadSettings{ValidateInput: true, PreserveDuplicateAttrs: true, MaxDepth: maxDepth}
	// The library takes the line's end after the document for a part that is too many.
	if err := document.ReadFromBytes(bytes.TrimSpace(text)); err != nil {
		return nil, fmt.Errorf("is not well-formed XML: %w", err)
	}
	for _, token := range document.Child {
		if _, ok := token.(*etree.Directive); ok {
			return nil, errors.New("has a DOCTYPE, which SAML messages may not have")
		}
	}
	root := document.Root()
	if root == nil {
		return nil, errors.New("has no element")
	}
	return root, duplicates(root)
}

// duplicates refuses an attribute that is there twice, which the parser lets by.
func duplicates(element *etree.Element) error {
	for n, attribute := range element.Attr {
		for _, earlier := range element.Attr[:n] {
			if earlier.FullKey() == attribute.FullKey() {
				return fmt.Errorf("has attribute %s twice on %s", attribute.FullKey(), element.FullTag())
			}
		}
	}
	for _, inner := range element.ChildElements() {
		if err := duplicates(inner); err != nil {
			return err
		}
	}
	return nil
}

// header is what all messages have in common (SAML 2.0 core §3.2.1 and §3.2.2).
type header struct {
	id, issuer, destination string
	issued                  time.Time
}

var ncName = regexp.MustCompile(`^[\pL_][\pL\pN_.\-]*$`)

// readHeader checks what every message must have. Its errors go on after the name of
// the message.
func readHeader(root *etree.Element) (header, error) {
	read := header{id: root.SelectAttrValue("ID", ""), destination: root.SelectAttrValue("Destination", "")}
	if version := root.SelectAttrValue("Version", ""); version != "2.0" {
		return read, fmt.Errorf("has Version %q instead of 2.0", version)
	}
	if !ncName.MatchString(read.id) {
		return read, fmt.Errorf("has ID %q, which is not an XML id: it starts with a letter or underscore and has no colon", read.id)
	}
	if issuer := child(root, nsAssertion, "Issuer"); issuer != nil {
		read.issuer = strings.TrimSpace(issuer.Text())
	}
	if read.issuer == "" {
		return read, errors.New("has no Issuer")
	}
	var err error
	read.issued, err = moment(root, "IssueInstant")
	return read, err
}

// moment reads a time that must be there.
func moment(element *etree.Element, name string) (time.Time, error) {
	text := element.SelectAttrValue(name, "")
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return at, fmt.Errorf("has %s %q, which is not a date and time with a zone", name, text)
	}
	return at.UTC(), nil
}

// boolean reads an xs:boolean; absent is false.
func boolean(element *etree.Element, name string) (bool, error) {
	switch value := element.SelectAttrValue(name, "false"); value {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	default:
		return false, fmt.Errorf("has %s %q, which is not true or false", name, value)
	}
}

// child returns the first child element with that namespace and name.
func child(parent *etree.Element, namespace, name string) *etree.Element {
	for _, element := range parent.ChildElements() {
		if element.Tag == name && element.NamespaceURI() == namespace {
			return element
		}
	}
	return nil
}

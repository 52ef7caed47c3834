package saml

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// is reports whether el is the element tag of namespace ns. etree's own paths
// compare local names only, which is how a foreign element passes for ours.
func is(el *etree.Element, ns, tag string) bool {
	return el != nil && el.Tag == tag && el.NamespaceURI() == ns
}

// children returns the direct children of el that are the element tag of namespace ns.
func children(el *etree.Element, ns, tag string) []*etree.Element {
	if el == nil {
		return nil
	}
	var found []*etree.Element
	for _, token := range el.Child {
		if child, ok := token.(*etree.Element); ok && is(child, ns, tag) {
			found = append(found, child)
		}
	}
	return found
}

// child returns the only child of el that is the element tag of namespace ns, nil
// when there is none, and a refusal when there are several.
func child(el *etree.Element, ns, tag string) (*etree.Element, error) {
	found := children(el, ns, tag)
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return nil, Refuse("%s holds %d elements %s where one may stand", el.Tag, len(found), tag)
}

// attribute returns the value of the attribute that has the given name and no
// namespace. etree's SelectAttr would also take samlp:ID for ID.
func attribute(el *etree.Element, name string) (value string, present bool) {
	for i := range el.Attr {
		if el.Attr[i].Space == "" && el.Attr[i].Key == name {
			return el.Attr[i].Value, true
		}
	}
	return "", false
}

// value is attribute for callers to whom absent and empty are the same.
func value(el *etree.Element, name string) string {
	v, _ := attribute(el, name)
	return v
}

// text returns all character data of el, across comments, as canonicalization
// would leave it. An element inside makes it no text.
func text(el *etree.Element) (string, bool) {
	if len(el.Child) == 1 {
		if data, ok := el.Child[0].(*etree.CharData); ok {
			return data.Data, true
		}
	}
	var b strings.Builder
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.CharData:
			b.WriteString(token.Data)
		case *etree.Comment:
		default:
			return "", false
		}
	}
	return b.String(), true
}

// instant reads a time attribute. SAML wants UTC, written with a Z (Core 1.3.3).
func instant(el *etree.Element, name string) (at time.Time, present bool, err error) {
	v, present := attribute(el, name)
	if !present {
		return time.Time{}, false, nil
	}
	if strings.HasSuffix(v, "Z") {
		if at, err = time.Parse(time.RFC3339Nano, v); err == nil {
			return at, true, nil
		}
	}
	return time.Time{}, true, Refuse("%s of %s is not a time in UTC: %s", name, el.Tag, show(v))
}

// isID reports whether s may be the value of an ID attribute (an XML name without
// a colon).
func isID(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= 0xC0 && r != utf8.RuneError:
		case i > 0 && (r == '-' || r == '.' || r >= '0' && r <= '9' || r == 0xB7):
		default:
			return false
		}
	}
	return s != ""
}

// show quotes what a stranger sent, so that it stays on one line and short.
func show(s string) string {
	const limit = 120
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}

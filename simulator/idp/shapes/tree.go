package shapes

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// writing is what a shape does to a document before it is signed.
type writing = func(*idp.Draft) error

// then does one thing after the other.
func then(deeds ...writing) writing {
	return func(d *idp.Draft) error {
		for _, do := range deeds {
			if err := do(d); err != nil {
				return err
			}
		}
		return nil
	}
}

// response and assertion change the two elements.
func response(change func(*etree.Element)) writing {
	return func(d *idp.Draft) error { change(d.Response); return nil }
}

func assertion(change func(*etree.Element)) writing {
	return func(d *idp.Draft) error { change(d.Assertion); return nil }
}

// at changes the element at a path below the assertion, which must be there.
func at(path string, change func(*etree.Element)) writing {
	return func(d *idp.Draft) error {
		found := d.Assertion.FindElement("./" + path)
		if found == nil {
			return fmt.Errorf("there is no %s", path)
		}
		change(found)
		return nil
	}
}

// with sets attributes, given as names and values.
func with(pairs ...string) func(*etree.Element) {
	return func(el *etree.Element) {
		for n := 0; n < len(pairs); n += 2 {
			el.CreateAttr(pairs[n], pairs[n+1])
		}
	}
}

// without takes an attribute away.
func without(name string) func(*etree.Element) {
	return func(el *etree.Element) { el.RemoveAttr(name) }
}

// add appends an element, written as XML; {p} stands for the parent's own prefix with its
// colon.
func add(xml string) func(*etree.Element) {
	return func(parent *etree.Element) { parent.AddChild(parsed(parent, xml)) }
}

// before puts an element, written as XML, before the first child of that name.
func before(name, xml string) func(*etree.Element) {
	return func(parent *etree.Element) {
		parent.InsertChildAt(parent.SelectElement(name).Index(), parsed(parent, xml))
	}
}

// parsed reads an element that is written in this package: an error in it is one of the
// program.
func parsed(parent *etree.Element, xml string) *etree.Element {
	prefix := ""
	if parent.Space != "" {
		prefix = parent.Space + ":"
	}
	document := etree.NewDocument()
	if err := document.ReadFromString(strings.ReplaceAll(xml, "{p}", prefix)); err != nil {
		panic("shapes: " + err.Error())
	}
	return document.Root()
}

// remove takes the children of that name away.
func remove(name string) func(*etree.Element) {
	return func(parent *etree.Element) {
		for _, child := range parent.SelectElements(name) {
			parent.RemoveChild(child)
		}
	}
}

// last makes the child of that name the last one.
func last(name string) func(*etree.Element) {
	return func(parent *etree.Element) {
		child := parent.SelectElement(name)
		parent.RemoveChild(child)
		parent.AddChild(child)
	}
}

// text gives an element another text.
func text(content string) func(*etree.Element) {
	return func(el *etree.Element) { el.SetText(content) }
}

// stating adds an attribute to what is said.
func stating(attributes ...idp.Attribute) func(*idp.Claims) {
	return func(c *idp.Claims) {
		c.Attributes = append(c.Attributes[:len(c.Attributes):len(c.Attributes)], attributes...)
	}
}

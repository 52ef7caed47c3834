package forge

import (
	"time"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// edit is a change to a draft: before it is signed an honest signature over something
// wrong, after it is signed something wrong under a signature.
type edit = func(Donor, *idp.Draft) error

// inAssertion changes the element at the path in the assertion; the empty path is the
// assertion itself.
func inAssertion(path string, change func(Donor, *etree.Element) error) edit {
	return func(d Donor, draft *idp.Draft) error { return changeAt(d, draft.Assertion, path, change) }
}

// inResponse does it in the response.
func inResponse(path string, change func(Donor, *etree.Element) error) edit {
	return func(d Donor, draft *idp.Draft) error { return changeAt(d, draft.Response, path, change) }
}

func changeAt(d Donor, below *etree.Element, path string, change func(Donor, *etree.Element) error) error {
	if path == "" {
		return change(d, below)
	}
	found, err := find(below, path)
	if err != nil {
		return err
	}
	return change(d, found)
}

// remove takes the element out.
func remove(_ Donor, el *etree.Element) error {
	el.Parent().RemoveChild(el)
	return nil
}

// with gives the element an attribute of this value.
func with(attribute, value string) func(Donor, *etree.Element) error {
	return func(_ Donor, el *etree.Element) error {
		el.CreateAttr(attribute, value)
		return nil
	}
}

// without takes attributes from the element.
func without(names ...string) func(Donor, *etree.Element) error {
	return func(_ Donor, el *etree.Element) error {
		for _, name := range names {
			el.RemoveAttr(name)
		}
		return nil
	}
}

// saying puts this text into the element, in place of what stands there.
func saying(text string) func(Donor, *etree.Element) error {
	return func(_ Donor, el *etree.Element) error {
		el.SetText(text)
		return nil
	}
}

// copied puts a copy of the element beside it, after a change to the copy: before it
// (0) or after it (1).
func copied(after int, change func(Donor, *etree.Element) error) func(Donor, *etree.Element) error {
	return func(d Donor, el *etree.Element) error {
		other := el.Copy()
		if err := change(d, other); err != nil {
			return err
		}
		el.Parent().InsertChildAt(el.Index()+after, other)
		return nil
	}
}

const (
	day = 24 * time.Hour
	// instants is how the identity provider writes times.
	instants = "2006-01-02T15:04:05.000Z"
)

// stamped makes an attribute a time, so long from now, written so.
func stamped(attribute string, from time.Duration, layout string) func(Donor, *etree.Element) error {
	return func(d Donor, el *etree.Element) error {
		el.CreateAttr(attribute, d.Claims.Now.UTC().Add(from).Format(layout))
		return nil
	}
}

// typed says that the element is of a type of somebody's own.
func typed(el *etree.Element, name string) *etree.Element {
	el.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	el.CreateAttr("xmlns:own", "https://elsewhere.rollcall.test/types")
	el.CreateAttr("xsi:type", "own:"+name)
	return el
}

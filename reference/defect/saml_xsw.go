package defect

import (
	"strings"

	"github.com/beevik/etree"
)

// Defects that verify one element and read another: what signature wrapping is for.
var _ = register(defects{
	"saml-first-assertion-wins": careless{read: firstAssertion}.install,
	"saml-last-assertion-wins": careless{
		read:   lastAssertion,
		verify: func(v *verifier) { v.target = firstWithID },
	}.install,
	"saml-assertion-anywhere-wins": careless{
		read: func(response, _ *etree.Element) *etree.Element {
			return firstOf(all(response, nsAssertion, "Assertion"))
		},
	}.install,
	"saml-assertion-by-local-name": careless{read: looseAssertion}.install,
	"saml-last-response-wins": careless{
		response: func(document *etree.Document) *etree.Element { return lastOf(responses(document)) },
		read:     firstAssertion,
	}.install,
})

// firstAssertion is the first one that is a child of the response.
func firstAssertion(response, _ *etree.Element) *etree.Element {
	return firstOf(assertionsOf(response))
}

// lastAssertion is the last one that is a child of the response.
func lastAssertion(response, _ *etree.Element) *etree.Element {
	return lastOf(assertionsOf(response))
}

func assertionsOf(response *etree.Element) []*etree.Element {
	var found []*etree.Element
	for _, child := range response.ChildElements() {
		if isA(child, nsAssertion, "Assertion") {
			found = append(found, child)
		}
	}
	return found
}

// looseAssertion is the first child that is called an assertion, in whatever case and
// namespace.
func looseAssertion(response, _ *etree.Element) *etree.Element {
	for _, child := range response.ChildElements() {
		if strings.EqualFold(child.Tag, "Assertion") {
			return child
		}
	}
	return nil
}

// responses are the responses in a document, however many roots it has.
func responses(document *etree.Document) []*etree.Element {
	return where(&document.Element, func(el *etree.Element) bool { return el.Tag == "Response" })
}

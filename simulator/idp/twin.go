package idp

import "sync"

// twin is a piece of a message, written at once in the two forms that it has: as it is
// sent, in Okta's spelling, and as a signature covers it, in exclusive canonical form.
// They differ in three things. Okta declares a namespace on nearly every element, after
// the attributes, and the canonical form where it is new, before them; and an element
// with nothing in it has one tag as it is sent and two in canonical form. Names, order
// of attributes, values and escapes are the same in both.
type twin struct{ sent, covered []byte }

// spaces are the namespace declarations of a start tag, each with the space before it: in
// Okta's spelling and in canonical form. What they hold is written as it stands.
type spaces struct{ sent, covered string }

// same writes what needs no escape and is the same in both forms.
func (t *twin) same(text string) {
	t.sent, t.covered = append(t.sent, text...), append(t.covered, text...)
}

// open writes a start tag. The attributes, as pairs of name and value, have to be in the
// order of the canonical form: by name, those in a namespace last.
func (t *twin) open(name string, declared spaces, attributes ...string) {
	t.tag(name, declared, attributes)
	t.same(">")
}

// leaf writes an element that holds text.
func (t *twin) leaf(name, text string, declared spaces, attributes ...string) {
	if text == "" {
		t.empty(name, declared, attributes...)
		return
	}
	t.open(name, declared, attributes...)
	t.sent, t.covered = appendText(t.sent, text), appendText(t.covered, text)
	t.shut(name)
}

// empty writes an element with nothing in it.
func (t *twin) empty(name string, declared spaces, attributes ...string) {
	t.tag(name, declared, attributes)
	t.sent = append(t.sent, "/>"...)
	t.covered = append(append(append(t.covered, "></"...), name...), '>')
}

// shut writes an end tag.
func (t *twin) shut(name string) {
	t.same("</")
	t.same(name)
	t.same(">")
}

// tag writes a start tag up to its end.
func (t *twin) tag(name string, declared spaces, attributes []string) {
	t.same("<")
	t.same(name)
	t.covered = append(t.covered, declared.covered...)
	for n := 0; n < len(attributes); n += 2 {
		t.same(" ")
		t.same(attributes[n])
		t.sent, t.covered = appendValue(t.sent, attributes[n+1]), appendValue(t.covered, attributes[n+1])
	}
	t.sent = append(t.sent, declared.sent...)
}

// twins are kept from one message to the next, for their memory: one with hundreds of
// attributes fills a hundred kilobytes in either form.
var twins = sync.Pool{New: func() any { return new(twin) }}

// newTwin returns one with nothing in it. Whoever is done with what was written gives it
// back.
func newTwin() *twin {
	t := twins.Get().(*twin)
	t.sent, t.covered = t.sent[:0], t.covered[:0]
	return t
}

func (t *twin) giveBack() { twins.Put(t) }

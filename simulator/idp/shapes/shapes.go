// Package shapes has the honest responses that a service provider must take: the same
// statement about a person, properly signed by the provider's own key, as other identity
// providers than Okta write it.
//
// Each is a named value. What it says is in Says, how it is written is an [idp.Shape];
// both are applied to claims, so a shape can be signed in with, and a forgery can start
// from it:
//
//	shape, _ := shapes.Find("entra")
//	shape.Apply(&claims)
//
// A shape that needs keys of its own names them in Keys; the product then has to be given
// the metadata that [Shape.Metadata] writes. Everything here is verified by xmlsec1 and
// believed by the reference, both in tests: where a product refuses one, the fault is
// the product's, or it has a policy that its profile should state.
package shapes

import (
	"slices"

	"rollcall.example/simulator/idp"
)

// Shape is one way in which an honest response may come.
type Shape struct {
	// Row is where the research list has it, as POS-09.
	Row string
	// Proves is the requirement that it is a form of, as prefixes; Name is the form, and
	// unique. Where both are the same the requirement has no other.
	Proves, Name string
	// Summary goes on after "a response".
	Summary string
	// Sign is what is signed, unless the claims are to decide.
	Sign []idp.Signing
	// Keys are those in the provider's metadata, in this order; none are the identity's
	// own. By is the place of the one that signs.
	Keys []Key
	By   int
	// Says changes what is said, before it is written.
	Says func(*idp.Claims)
	// Written is how it is written.
	Written idp.Shape
}

// Modes are what may be signed in this shape: all three, unless Sign says.
func (s Shape) Modes() []idp.Signing {
	if len(s.Sign) > 0 {
		return s.Sign
	}
	return []idp.Signing{idp.SignBoth}
}

// Apply makes claims come in this shape, signed in the first of its modes.
func (s Shape) Apply(c *idp.Claims) {
	if len(s.Sign) > 0 && !slices.Contains(s.Sign, c.Sign) {
		c.Sign = s.Sign[0]
	}
	if s.Says != nil {
		s.Says(c)
	}
	c.Shape = s.Written
	c.Shape.Name = s.Name
}

// All lists every shape, those of one row together.
func All() []Shape {
	return slices.Concat(signed, written, canonicalized, said, named, timed, keyed, dialects)
}

// Find returns the shape with the given name.
func Find(name string) (Shape, bool) {
	all := All()
	at := slices.IndexFunc(all, func(s Shape) bool { return s.Name == name })
	if at < 0 {
		return Shape{}, false
	}
	return all[at], true
}

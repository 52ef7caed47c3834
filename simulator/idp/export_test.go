package idp

import "github.com/beevik/etree"

// CanonicalForm is held to the library's by a test, and so is what Serialize writes.
func CanonicalForm(algorithm, prefixList string, element, leave *etree.Element) ([]byte, error) {
	return canonicalForm(nil, algorithm, prefixList, element, leave)
}

// Serialize writes a document.
var Serialize = serialize

package idp

// CanonicalForm is held to the library's by a test.
var CanonicalForm = canonicalForm

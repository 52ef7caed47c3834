package idp

// Serialize writes a document. What it writes is held to the library's by a test.
var Serialize = serialize

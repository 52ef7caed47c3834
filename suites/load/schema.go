package load

import _ "embed"

// JSONSchema is the JSON Schema (2020-12) of a [Result], for those who read one with
// other tools.
//
//go:embed schema.json
var JSONSchema []byte

package target

import (
	"bytes"
	_ "embed" // the schema
	"encoding/json"
	"fmt"

	"rollcall.example/fixtures"
)

//go:embed schema.json
var schemaText []byte

// SchemaFile is the name under which rollcall init writes [Schema] beside a target
// file.
const SchemaFile = "rollcall.schema.json"

// Schema is the JSON Schema (2020-12) of a target file, for editors. It knows the
// dialects, features and keys of profiles that there are.
func Schema() ([]byte, error) {
	var schema map[string]any
	if err := json.Unmarshal(schemaText, &schema); err != nil {
		return nil, fmt.Errorf("the schema of target files: %w", err)
	}
	words := vocabulary()
	var keys []string
	for _, key := range fixtures.ProfileKeys() {
		keys = append(keys, key.Name)
	}
	within(schema, "$defs", "dialect")["enum"] = words["dialects"]
	within(schema, "$defs", "feature")["enum"] = words["features"]
	inline, _ := within(schema, "$defs", "profile")["anyOf"].([]any)[1].(map[string]any)
	within(inline, "properties", "keys", "propertyNames")["enum"] = keys
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(schema)
	return text.Bytes(), err
}

// within follows a path through objects that are there: the schema is built in.
func within(object map[string]any, path ...string) map[string]any {
	for _, step := range path {
		object, _ = object[step].(map[string]any)
	}
	return object
}

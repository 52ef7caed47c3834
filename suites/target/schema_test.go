package target

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"rollcall.example/suites/target/strict"
)

func compiledSchema(t *testing.T) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("target.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("target.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema, document.(map[string]any)
}

// validates says whether the file is one by the schema.
func validates(t *testing.T, schema *jsonschema.Schema, path string) error {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return err
	}
	asJSON, err := json.Marshal(value)
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

// beyondSchemas are the broken files of which no schema can tell: what is wrong is
// outside of the file, or is not a matter of its structure.
var beyondSchemas = []string{
	"base-url-of-users", "ca-is-no-certificate", "ca-missing", "command-fails", "command-not-there", "command-says-nothing", "file-missing",
	"file-of-many-lines", "idp-missing", "key-of-another-certificate", "no-identity", "port-too-high", "profile", "profile-extends-nothing",
	"profile-file-missing", "profile-file-with-a-mistake", "propagation-beyond-the-run", "signed-in-expression", "tenant-twice",
	"two-documents", "url-to-be-filled-in", "url-with-space", "variable-empty", "variable-missing",
}

func TestSchemaAndLoaderAgreeOnFiles(t *testing.T) {
	t.Parallel()
	schema, _ := compiledSchema(t)
	good, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(good) < 2 {
		t.Fatalf("%v, %v", good, err)
	}
	for _, path := range good {
		if err := validates(t, schema, path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	broken, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(broken) < 60 {
		t.Fatalf("%d, %v", len(broken), err)
	}
	var missed []string
	for _, path := range broken {
		if validates(t, schema, path) == nil {
			missed = append(missed, strings.TrimSuffix(filepath.Base(path), ".yaml"))
		}
	}
	slices.Sort(missed)
	if !slices.Equal(missed, beyondSchemas) {
		t.Errorf("the schema has nothing against\n%q, and should have nothing against\n%q", missed, beyondSchemas)
	}
}

// schemaKeys lists the keys that the schema knows, in the way of [strict.Outline].
func schemaKeys(root, at map[string]any, path string, all map[string]bool) {
	if ref, ok := at["$ref"].(string); ok {
		schemaKeys(root, within(root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...), path, all)
	}
	properties, _ := at["properties"].(map[string]any)
	for name, below := range properties {
		key := strings.TrimPrefix(path+"."+name, ".")
		all[key] = true
		schemaKeys(root, below.(map[string]any), key, all)
	}
	if items, ok := at["items"].(map[string]any); ok {
		schemaKeys(root, items, path+"[]", all)
	}
	if values, ok := at["additionalProperties"].(map[string]any); ok {
		all[path+".{}"] = true
		schemaKeys(root, values, path+".{}", all)
	}
}

func TestSchemaAndLoaderHaveTheSameKeys(t *testing.T) {
	t.Parallel()
	_, root := compiledSchema(t)
	inSchema := map[string]bool{}
	schemaKeys(root, root, "", inSchema)
	inLoader := map[string]bool{}
	for _, key := range strict.Outline(file{}) {
		inLoader[key.Path] = true
		if key.Secret && key.Kind == "text" || key.Sourced {
			// What a secret is made of is the loader's own.
			for _, from := range []string{"env", "file", "command"} {
				if key.Secret {
					inLoader[key.Path+"."+from] = true
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(inSchema)) {
		if !inLoader[key] {
			t.Errorf("the schema has %s, and the loader does not", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(inLoader)) {
		if !inSchema[key] {
			t.Errorf("the loader has %s, and the schema does not", key)
		}
	}
}

// required says what the schema wants where the loader wants it.
func TestSchemaAndLoaderRequireTheSame(t *testing.T) {
	t.Parallel()
	schema, _ := compiledSchema(t)
	for _, key := range strict.Outline(file{}) {
		if !key.Required {
			continue
		}
		parent, name := "", key.Path
		if at := strings.LastIndexByte(key.Path, '.'); at >= 0 {
			parent, name = key.Path[:at], key.Path[at+1:]
		}
		if !requires(schema, strings.FieldsFunc(parent, func(r rune) bool { return r == '.' }), name) {
			t.Errorf("the loader requires %s, and the schema does not", key.Path)
		}
	}
}

func requires(s *jsonschema.Schema, path []string, name string) bool {
	for s.Ref != nil {
		s = s.Ref
	}
	if len(path) == 0 {
		return slices.Contains(s.Required, name)
	}
	step, isList := strings.CutSuffix(path[0], "[]")
	next := s.Properties[step]
	if next == nil {
		return false
	}
	for next.Ref != nil {
		next = next.Ref
	}
	if isList {
		next, _ = next.Items2020, isList
	}
	return requires(next, path[1:], name)
}

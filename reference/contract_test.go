package reference_test

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"rollcall.example/fixtures"
	"rollcall.example/reference/web/probe"
)

// contract is the probe's document, ready to hold answers against.
type contract struct {
	document fixtures.ProbeDocument
	compiler *jsonschema.Compiler
	mu       sync.Mutex
}

const contractURL = "probe.json"

var loadContract = sync.OnceValues(func() (*contract, error) {
	document, err := fixtures.Probe()
	if err != nil {
		return nil, err
	}
	closeObjects(document.Tree)
	c := &contract{document: document, compiler: jsonschema.NewCompiler()}
	c.compiler.AssertFormat()
	return c, c.compiler.AddResource(contractURL, document.Tree)
})

// closeObjects makes every object of the document refuse members that it does not
// name: a vendor may answer more than the contract says, the reference does not.
func closeObjects(node any) {
	switch node := node.(type) {
	case map[string]any:
		_, described := node["properties"].(map[string]any)
		if _, open := node["additionalProperties"]; described && !open {
			node["additionalProperties"] = false
		}
		for _, child := range node {
			closeObjects(child)
		}
	case []any:
		for _, child := range node {
			closeObjects(child)
		}
	}
}

// at walks down the document, through references.
func (c *contract) at(pointer string) (string, map[string]any) {
	node := c.document.Tree
	for _, name := range strings.Split(pointer, "/")[1:] {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
		object, _ := node.(map[string]any)
		node = object[name]
	}
	object, _ := node.(map[string]any)
	if reference, ok := object["$ref"].(string); ok && len(object) == 1 {
		return c.at(strings.TrimPrefix(reference, "#"))
	}
	return pointer, object
}

// operation finds the documented path that a path below the probe belongs to.
func (c *contract) operation(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	if path == "" {
		path = "/"
	}
	for template, operations := range c.document.Operations {
		if _, ok := operations[strings.ToLower(method)]; ok && matches(template, path) {
			return template
		}
	}
	return ""
}

func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

// checkAnswer fails the test where an answer is not what the document says.
func checkAnswer(t *testing.T, method, path string, status int, body []byte) {
	t.Helper()
	c, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	template := c.operation(method, path)
	if template == "" {
		t.Fatalf("the document has no %s %s", method, path)
	}
	escaped := strings.ReplaceAll(strings.ReplaceAll(template, "~", "~0"), "/", "~1")
	pointer, answer := c.at("/paths/" + escaped + "/" + strings.ToLower(method) + "/responses/" + strconv.Itoa(status))
	if answer == nil {
		t.Fatalf("the document has no answer %d to %s %s", status, method, template)
	}
	if answer["content"] == nil {
		if len(body) > 0 {
			t.Fatalf("%s %s answered %d with a body that the document does not have: %s", method, path, status, body)
		}
		return
	}
	c.validate(t, pointer+"/content/application~1json/schema", body)
}

func (c *contract) validate(t *testing.T, pointer string, body []byte) {
	t.Helper()
	c.mu.Lock()
	schema, err := c.compiler.Compile(contractURL + "#" + pointer)
	c.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Fatalf("the answer is not what the contract says: %v\n%s", err, body)
	}
}

func TestEveryDocumentedOperationIsServedAndNoOther(t *testing.T) {
	t.Parallel()
	c, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	var documented, served []string
	for path, operations := range c.document.Operations {
		for method := range operations {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	for _, route := range probe.New(probe.Options{}).Routes() {
		path := strings.TrimSuffix(strings.TrimPrefix(route.Path, probe.Prefix), "{$}")
		if path != "" { // the prefix without its slash is the same operation
			served = append(served, route.Method+" "+path)
		}
	}
	slices.Sort(documented)
	slices.Sort(served)
	if !slices.Equal(documented, served) {
		t.Errorf("documented:\n%s\nserved:\n%s", strings.Join(documented, "\n"), strings.Join(served, "\n"))
	}
}

func TestEverySchemaOfTheContractCompiles(t *testing.T) {
	t.Parallel()
	c, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	_, schemas := c.at("/components/schemas")
	if len(schemas) < 20 {
		t.Fatalf("only %d schemas: the document was not read whole", len(schemas))
	}
	for name := range schemas {
		c.mu.Lock()
		_, err := c.compiler.Compile(contractURL + "#/components/schemas/" + name)
		c.mu.Unlock()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheProbeIsClosedWithoutItsToken(t *testing.T) {
	t.Parallel()
	w := listen(t)
	for _, authorization := range []string{"", "Bearer", "Bearer wrong", "Basic " + w.app.ProbeToken(), w.app.ProbeToken()} {
		for _, path := range []string{"", "/", "/look", "/organizations", "/nothing"} {
			request := w.request("GET", w.app.ProbeURL()+path, nil)
			request.Header.Set("Authorization", authorization)
			answer, body := w.send(http.DefaultClient, request)
			if answer.StatusCode != http.StatusUnauthorized {
				t.Errorf("GET %s with %q: %d %s", path, authorization, answer.StatusCode, body)
			}
		}
	}
}

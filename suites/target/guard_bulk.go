package target

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// bulkOperation is one operation of a bulk request (RFC 7644 section 3.7).
type bulkOperation struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	BulkID string          `json:"bulkId"`
	Data   json.RawMessage `json:"data"`
}

// bulk sends a bulk request in which each operation may be sent by itself: what is made
// is written down first, and what is changed is the run's own.
func (g *guard) bulk(request *http.Request, at Connection) (*http.Response, error) {
	request, body, err := readBody(request)
	if err != nil {
		return nil, err
	}
	var job struct{ Operations []bulkOperation }
	if json.Unmarshal(body, &job) != nil {
		// Nobody can do what it says, but a product might try.
		job.Operations = []bulkOperation{{Method: http.MethodPost, Path: "/Users", Data: nil}}
	}
	made := map[string][]*Thing{}
	for n, op := range job.Operations {
		things, err := g.permit(request, at, op)
		if err != nil {
			return nil, withhold(request, fmt.Errorf("operation %d, %s %s: %w", n+1, op.Method, op.Path, err))
		}
		made[op.BulkID] = append(made[op.BulkID], things...)
	}
	response, err := g.inner.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	answer, err := readAnswer(response)
	if err != nil {
		return nil, err
	}
	if err := g.learnBulk(request, at, response.StatusCode, answer, made); err != nil {
		_ = response.Body.Close()
		return nil, err
	}
	return response, nil
}

// permit says whether an operation may be sent, and writes down what it makes.
func (g *guard) permit(request *http.Request, at Connection, op bulkOperation) ([]*Thing, error) {
	collection, id, _ := strings.Cut(strings.Trim(op.Path, "/"), "/")
	kind, known := collections[strings.ToLower(collection)]
	switch strings.ToUpper(op.Method) {
	case http.MethodPost:
		if !known && op.Path != "" || id != "" {
			return nil, errNoMaking
		}
		if op.Path == "" {
			kind = APerson // no product should make anything of it
		}
		return g.noteResource(kind, at, op.Data)
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
	case "": // whatever a product takes it for, it is done to this one resource
	default:
		return nil, errors.New("nobody knows what it changes")
	}
	if !known || id == "" || strings.ContainsAny(id, "/") || strings.Contains(id, "..") {
		return nil, errors.New("it is the address of no single resource")
	}
	if strings.HasPrefix(id, "bulkId:") {
		return nil, nil // made by the same request, or nobody
	}
	resource, err := url.Parse(strings.TrimRight(at.SCIM.BaseURL, "/") + "/" + collection + "/" + id)
	if err != nil {
		return nil, err
	}
	if address, who := addressOf(resource), credentialsOf(request); !g.owns(address, who) {
		aimed := request.Clone(request.Context())
		aimed.URL = resource
		if err := g.lookFirst(aimed, address, who, g.isMadeUp(id)); err != nil {
			return nil, err
		}
	}
	if names := g.custody.tag.namesInUser(op.Data); kind == APerson && len(names) > 0 {
		return nil, second(g.noteAll(APerson, at, names, false))
	}
	return nil, nil
}

func second[T any](_ T, err error) error { return err }

// bulkResult is what came of one operation. Its status is a text, or an object with one.
type bulkResult struct {
	BulkID   string          `json:"bulkId"`
	Location string          `json:"location"`
	Status   json.RawMessage `json:"status"`
}

// code is the status of the operation; 0 where none can be read.
func (r bulkResult) code() int {
	var nested struct {
		Code json.RawMessage `json:"code"`
	}
	text := r.Status
	if json.Unmarshal(text, &nested) == nil && nested.Code != nil {
		text = nested.Code
	}
	code, _ := strconv.Atoi(strings.Trim(string(text), `"`)) // 0 says nothing
	return code
}

// learnBulk notes what a bulk request was answered with. What is not told of keeps its
// name, by which it can be found.
func (g *guard) learnBulk(request *http.Request, at Connection, status int, answer []byte, made map[string][]*Thing) error {
	if status >= http.StatusBadRequest {
		for _, things := range made {
			if err := g.learnAll(things, line{Refused: true}); err != nil {
				return err
			}
		}
		return nil
	}
	var said struct{ Operations []bulkResult }
	_ = json.Unmarshal(answer, &said) // what cannot be read tells nothing
	for _, result := range said.Operations {
		things := made[result.BulkID]
		if result.BulkID == "" || len(things) == 0 {
			continue
		}
		if err := g.learnResult(request, at, result, things); err != nil {
			return err
		}
	}
	return nil
}

func (g *guard) learnResult(request *http.Request, at Connection, result bulkResult, things []*Thing) error {
	if result.code() >= http.StatusBadRequest {
		return g.learnAll(things, line{Refused: true})
	}
	base := strings.TrimRight(at.SCIM.BaseURL, "/")
	if !strings.HasPrefix(result.Location, base+"/") {
		return nil // it can be found by its name
	}
	resource, err := url.Parse(result.Location)
	if err != nil {
		return fmt.Errorf("the product says that it made something at an address that is none: %w", err)
	}
	if !g.provenToBeOurs(request, resource, nil) {
		return nil
	}
	g.own(addressOf(resource), credentialsOf(request))
	return g.learnAll(things, line{Record: addressOf(resource)})
}

// saysNothing says whether a request to discovery would change nothing, even where a
// product took it: discovery is the product's own, and nobody could put it back.
func saysNothing(below string, body []byte) bool {
	switch strings.ToLower(strings.Trim(below, "/")) {
	case "serviceproviderconfig", "resourcetypes", "schemas":
		return strings.TrimSpace(string(body)) == "{}"
	}
	return false
}

// isMe says whether the path is the alias of whoever comes in (RFC 7644 section 3.11).
func isMe(below string) bool { return strings.EqualFold(strings.Trim(below, "/"), "me") }

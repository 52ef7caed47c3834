package scim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// MaxBulkOperations is how many operations one bulk request may hold. Its size is
// bounded by [MaxBody] like that of any other.
const MaxBulkOperations = 1000

const (
	bulkRequestSchema  = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	bulkResponseSchema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
)

// bulkResponse is the answer to a bulk request (RFC 7644 section 3.7.3). It lists
// the operations that were tried, in the order of the request.
type bulkResponse struct {
	Schemas    []string  `json:"schemas"`
	Operations []outcome `json:"Operations"`
}

// outcome is what became of one operation. The response is there for a refusal only.
type outcome struct {
	Method   string `json:"method,omitempty"`
	BulkID   string `json:"bulkId,omitempty"`
	Version  string `json:"version,omitempty"`
	Location string `json:"location,omitempty"`
	Status   string `json:"status"`
	Response any    `json:"response,omitempty"`
}

// task is one operation of a bulk request.
type task struct {
	method, bulkID, path, version string

	data    Document
	problem *Error // what is wrong with the operation as it is written
	needs   []int  // the tasks that make what it refers to
	stage   stage
	status  int
	outcome outcome
}

// stage is how far a task has come.
type stage int

const (
	waiting stage = iota
	begun         // it waits for what it needs to be made
	done
)

func (t *task) failed() bool { return t.status >= http.StatusBadRequest }

// makes says whether the task makes a resource that others may refer to.
func (t *task) makes() bool { return t.method == http.MethodPost && t.bulkID != "" }

// bulk answers POST /Bulk (RFC 7644 section 3.7). Every operation is a request of its
// own that goes through the same gates and handlers as one that came alone.
func (s *Server) bulk(x *exchange) (reply, error) {
	j, err := s.readJob(x)
	if err != nil {
		return reply{}, err
	}
	j.run()
	answer := bulkResponse{Schemas: []string{bulkResponseSchema}, Operations: []outcome{}}
	for _, t := range j.tasks {
		if t.stage == done {
			answer.Operations = append(answer.Operations, t.outcome)
		}
	}
	return reply{http.StatusOK, nil, answer}, nil
}

// readJob reads a bulk request. What is wrong with the request as a whole refuses it
// before anything is done; what is wrong with an operation is that operation's error.
func (s *Server) readJob(x *exchange) (*job, error) {
	if !mentions(x.body["schemas"], bulkRequestSchema) {
		return nil, bad(InvalidSyntax, "schemas must name %s", bulkRequestSchema)
	}
	list, ok := x.body["operations"].([]any)
	if !ok || len(list) == 0 {
		return nil, bad(InvalidSyntax, "Operations must be a list of one or more operations")
	}
	if len(list) > MaxBulkOperations {
		return nil, &Error{
			Status: http.StatusRequestEntityTooLarge,
			Detail: fmt.Sprintf("%d operations are more than maxOperations (%d)", len(list), MaxBulkOperations),
		}
	}
	j := &job{server: s, outer: x, tasks: make([]*task, len(list)), made: map[string]string{}, lowest: unbroken}
	var err error
	if j.bearable, err = errorLimit(x.body); err != nil {
		return nil, err
	}
	for i, entry := range list {
		object, ok := entry.(map[string]any)
		if !ok {
			return nil, bad(InvalidSyntax, "operation %d is not an object", i+1)
		}
		j.tasks[i] = readTask(object)
	}
	return j, j.connect()
}

// errorLimit reads failOnErrors: how many errors end the job. Without it none do.
func errorLimit(body Document) (int, error) {
	value, given := body["failonerrors"]
	if !given || value == nil {
		return MaxBulkOperations + 1, nil
	}
	number, _ := value.(json.Number)
	limit, err := strconv.Atoi(string(number))
	if err != nil || limit < 1 {
		return 0, bad(InvalidValue, "failOnErrors must be a whole number from 1")
	}
	return limit, nil
}

func readTask(object Document) *task {
	t := &task{}
	for name, into := range map[string]*string{"method": &t.method, "bulkid": &t.bulkID, "path": &t.path, "version": &t.version} {
		value, given := object[name]
		var ok bool
		if *into, ok = value.(string); given && value != nil && !ok {
			t.problem = bad(InvalidSyntax, "method, bulkId, path and version must be texts")
		}
	}
	var hasData bool
	t.data, hasData = object["data"].(map[string]any)
	t.outcome = outcome{Method: t.method, BulkID: t.bulkID}
	if t.problem == nil {
		t.problem = t.missing(hasData)
	}
	return t
}

// missing says what an operation lacks that one by its method must have.
func (t *task) missing(hasData bool) *Error {
	switch t.method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return bad(InvalidSyntax, "method must be POST, PUT, PATCH or DELETE")
	}
	switch {
	case t.path == "":
		return bad(InvalidSyntax, "path is missing")
	case t.method == http.MethodPost && t.bulkID == "":
		return bad(InvalidSyntax, "bulkId is missing: POST needs one")
	case t.method != http.MethodDelete && !hasData:
		return bad(InvalidSyntax, "data must be an object: %s needs one", t.method)
	}
	return nil
}

// inner makes an operation a request of its own.
func (s *Server) inner(x *exchange, method, path, version string, data Document) (*exchange, *Error) {
	address, err := url.Parse(Prefix + url.PathEscape(x.provider) + path)
	if err != nil || !strings.HasPrefix(path, "/") || address.RawQuery != "" || address.ForceQuery || address.Fragment != "" {
		return nil, bad(InvalidValue, "path must be that of a resource type or of a resource, as /Users or /Users/2819c223")
	}
	request := x.WithContext(x.Context())
	request.Method, request.URL, request.RequestURI = method, address, ""
	request.Body, request.ContentLength = http.NoBody, 0
	request.Header = http.Header{"Authorization": x.Header["Authorization"]}
	if version != "" && method != http.MethodPost {
		request.Header.Set("If-Match", version)
	}
	inner, ok := s.open(request)
	if !ok {
		return nil, errNoAddress
	}
	if at, known := s.endpoints[inner.path[0]]; known && at.item[http.MethodPut] == nil {
		return nil, bad(InvalidValue, "a bulk operation is about resources: path must not lead to /%s", inner.path[0])
	}
	inner.understood, inner.body = true, data
	return inner, nil
}

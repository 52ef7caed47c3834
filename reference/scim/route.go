package scim

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"rollcall.example/reference/org"
)

// Prefix is where the connections of all customers are found; the id of the
// provider follows.
const Prefix = "/scim/v2/"

// exchange is one request that is being answered.
type exchange struct {
	*http.Request
	provider string   // as the path has it
	path     []string // what follows it, unescaped
	id       string   // of the resource; empty at a collection
	base     string   // the connection's base URL
	query    url.Values
	view     *projection
	caller   org.Caller
	me       string // the id of the record of the person who asks at /Me

	content    []byte // the body as it came
	understood bool   // body and problem say what there is to say of it
	body       Document
	problem    *Error // what is wrong with the body
}

// location is the absolute address of something below the connection's base URL.
func (x *exchange) location(parts ...string) string {
	address := x.base
	for _, part := range parts {
		address += "/" + url.PathEscape(part)
	}
	return address
}

type operation func(*exchange) (reply, error)

// methods are the operations that an address offers.
type methods map[string]operation

// endpoint is a first step of the path: what a collection offers, what each thing in
// it does (nil: it holds nothing), and how it is searched by POST (nil: not at all).
type endpoint struct{ collection, item, search methods }

// routes lists all endpoints. Each resource type is one.
func (s *Server) routes() map[string]endpoint {
	return map[string]endpoint{
		"Users": {
			collection: methods{http.MethodGet: viewed(s.listUsers), http.MethodPost: viewed(s.createUser)},
			search:     methods{http.MethodPost: searched(viewed(s.listUsers))},
			item: methods{http.MethodGet: viewed(s.readUser), http.MethodPut: viewed(s.replaceUser),
				http.MethodPatch: viewed(s.patchUser), http.MethodDelete: s.deleteUser},
		},
		"Groups": {
			collection: methods{http.MethodGet: viewedAs(groups, s.listGroups), http.MethodPost: viewedAs(groups, s.createGroup)},
			search:     methods{http.MethodPost: searched(viewedAs(groups, s.listGroups))},
			item: methods{http.MethodGet: viewedAs(groups, s.readGroup), http.MethodPut: viewedAs(groups, s.replaceGroup),
				http.MethodPatch: viewedAs(groups, s.patchGroup), http.MethodDelete: s.deleteGroup},
		},
		"ServiceProviderConfig": {collection: methods{http.MethodGet: s.configuration}},
		"ResourceTypes":         {collection: methods{http.MethodGet: s.listResourceTypes}, item: methods{http.MethodGet: s.readResourceType}},
		"Schemas":               {collection: methods{http.MethodGet: s.listSchemas}, item: methods{http.MethodGet: s.readSchema}},
		"Bulk":                  {collection: methods{http.MethodPost: s.bulk}},
		"Me": {collection: methods{http.MethodGet: viewed(s.mine(s.readUser)), http.MethodPatch: viewed(s.mine(s.patchMe)),
			http.MethodPut: s.mine(s.notMine), http.MethodDelete: s.mine(s.notMine)}},
		".search": {collection: methods{http.MethodPost: searched(s.searchAll)}},
	}
}

// viewed reads which attributes of users the client wants to see, before anything is
// done.
func viewed(do operation) operation { return viewedAs(users, do) }

// viewedAs is viewed for resources of another schema.
func viewedAs(schema *schema, do operation) operation {
	return func(x *exchange) (reply, error) {
		var err error
		if x.view, err = projectionOf(x.query, schema); err != nil {
			return reply{}, err
		}
		return do(x)
	}
}

var errNoAddress = &Error{Status: http.StatusNotFound, Detail: "there is nothing at this address"}

// answer takes a request through its stages.
func (s *Server) answer(r *http.Request) (reply, error) {
	x, ok := s.open(r)
	if !ok {
		return reply{}, errNoAddress
	}
	s.receive(x)
	return s.process(x)
}

// process takes a request whose body has been read through the other stages.
func (s *Server) process(x *exchange) (reply, error) {
	if err := s.admit(x); err != nil {
		return reply{}, err
	}
	if refusal := checkAccept(x.Request); refusal != nil {
		return reply{}, refusal
	}
	do, err := s.find(x)
	if err != nil {
		return reply{}, err
	}
	if x.query, err = readQuery(x.URL.RawQuery); err != nil {
		return reply{}, err
	}
	x.understand()
	if x.problem != nil {
		return reply{}, x.problem
	}
	return do(x)
}

// readQuery reads the query of an address, which must be text like a body.
func readQuery(raw string) (url.Values, error) {
	if raw == "" {
		return nil, nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, bad(InvalidSyntax, "the query of the address is malformed")
	}
	for name, values := range query {
		for _, value := range values {
			if isText(name) && isText(value) {
				continue
			}
			if name == "filter" {
				return nil, bad(InvalidFilter, "filter: a character that no text may hold")
			}
			return nil, bad(InvalidSyntax, "the query of the address holds a character that no text may hold")
		}
	}
	return query, nil
}

// isText says whether s is what the product can keep and look for: UTF-8 without NUL.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// open reads the path; false when it leads nowhere below the prefix.
func (s *Server) open(r *http.Request) (*exchange, bool) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), Prefix)
	if !ok {
		return nil, false
	}
	steps := strings.Split(rest, "/")
	for i, step := range steps {
		plain, err := url.PathUnescape(step)
		if err != nil || plain == "" || !isText(plain) {
			return nil, false
		}
		steps[i] = plain
	}
	x := &exchange{Request: r, provider: steps[0], path: steps[1:]}
	x.base = s.baseURL(r) + Prefix + url.PathEscape(x.provider)
	return x, true
}

// find looks up the operation that a request asks for.
func (s *Server) find(x *exchange) (operation, error) {
	if len(x.path) == 0 || len(x.path) > 2 {
		return nil, errNoAddress
	}
	if x.path[0] == "Groups" && !x.caller.Provider.Groups {
		return nil, errNoAddress
	}
	at := s.endpoints[x.path[0]]
	offered := at.collection
	if len(x.path) == 2 {
		offered, x.id = at.item, x.path[1]
		if x.id == ".search" && at.search != nil {
			offered, x.id = at.search, ""
		}
	}
	if offered == nil {
		return nil, errNoAddress
	}
	method := x.Method
	if method == http.MethodHead {
		method = http.MethodGet // net/http leaves the body away
	}
	if do := offered[method]; do != nil {
		return do, nil
	}
	return nil, notAllowed(offered)
}

// notAllowed refuses a method and says which there are.
func notAllowed(offered methods) *Error {
	allow := strings.Join(slices.Sorted(maps.Keys(offered)), ", ")
	return &Error{
		Status: http.StatusMethodNotAllowed,
		Detail: "this address offers " + allow + " only",
		Header: http.Header{"Allow": {allow}},
	}
}

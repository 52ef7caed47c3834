// Package route maps methods and paths to handlers. It adds two things to
// [http.ServeMux]: what it refuses is answered in the form of its own part of
// the product (a page, or JSON), and the table can be read back, so that a test
// can hold it against the document that describes it.
package route

import (
	"net/http"
	"slices"
	"strings"
)

// Table is a set of routes. Fill it before it serves.
type Table struct {
	mux    *http.ServeMux
	refuse Refusal
	paths  map[string]map[string]http.HandlerFunc
}

// Refusal answers a request that no route takes: 404 or 405.
type Refusal func(w http.ResponseWriter, r *http.Request, status int)

// Route is one line of the table. Path is a pattern of [http.ServeMux] without
// method.
type Route struct {
	Method, Path string
}

// New returns an empty table.
func New(refuse Refusal) *Table {
	t := &Table{mux: http.NewServeMux(), refuse: refuse, paths: map[string]map[string]http.HandlerFunc{}}
	t.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { refuse(w, r, http.StatusNotFound) })
	return t
}

// Handle adds a route. A handler for GET answers HEAD as well.
//
// Paths are registered without their method: with it, ServeMux lets the
// catch-all take a wrong method, and the answer would be 404 instead of 405.
func (t *Table) Handle(method, path string, handler http.HandlerFunc) {
	methods, known := t.paths[path]
	if !known {
		methods = map[string]http.HandlerFunc{}
		t.paths[path] = methods
		t.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { t.dispatch(w, r, methods) })
	}
	methods[method] = handler
}

func (t *Table) dispatch(w http.ResponseWriter, r *http.Request, methods map[string]http.HandlerFunc) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if handler, ok := methods[method]; ok {
		handler(w, r)
		return
	}
	w.Header().Set("Allow", allowed(methods))
	t.refuse(w, r, http.StatusMethodNotAllowed)
}

func allowed(methods map[string]http.HandlerFunc) string {
	var names []string
	for name := range methods {
		names = append(names, name)
		if name == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// ServeHTTP dispatches the request.
func (t *Table) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.mux.ServeHTTP(w, r) }

// Routes lists the table, sorted by path and then by method.
func (t *Table) Routes() []Route {
	var routes []Route
	for path, methods := range t.paths {
		for method := range methods {
			routes = append(routes, Route{method, path})
		}
	}
	slices.SortFunc(routes, func(a, b Route) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return routes
}

package scim

import (
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// job is a bulk request being done.
//
// Operations run in the order of the request, but one that refers to a resource
// which a later one makes waits for that. What is left waiting at the end refers to
// each other in a circle: there the first of them is made without the references
// that cannot be kept yet, then the others, and then the first is replaced by the
// whole of itself. A circle is made as a whole: when the product refuses to close it,
// what was made of it is deleted again (RFC 7644 section 3.7.1).
type job struct {
	server   *Server
	outer    *exchange
	tasks    []*task
	makers   map[string]int    // by bulkId
	made     map[string]string // ids of resources, by bulkId
	bearable int               // so many errors end the job

	stack  []int        // tasks begun, each for the sake of the one before it
	circle map[int]bool // tasks of the circle that is open
	open   []int        // those of them that were made without some reference
	lowest int          // where in the stack the circle begins
}

// unbroken is where a circle begins while none is open.
const unbroken = math.MaxInt

func (j *job) run() {
	for i := range j.tasks {
		if j.ready(i) {
			j.perform(i)
			j.wake(i)
		}
	}
	for i, t := range j.tasks {
		if t.stage == waiting && !j.over() {
			j.visit(i)
		}
	}
}

// over says whether nothing more may be done.
func (j *job) over() bool {
	errors := 0
	for _, t := range j.tasks {
		if t.stage == done && t.failed() {
			errors++
		}
	}
	return errors >= j.bearable || j.outer.Context().Err() != nil
}

// ready says whether everything that a waiting task needs is there, or never will be.
func (j *job) ready(i int) bool {
	t := j.tasks[i]
	return t.stage == waiting && !slices.ContainsFunc(t.needs, func(n int) bool { return j.tasks[n].stage != done })
}

// wake performs tasks before the given one that have been waiting and now need not.
func (j *job) wake(before int) {
	for again := true; again; {
		again = false
		for i := range before {
			if j.ready(i) && !j.over() {
				j.perform(i)
				again = true
			}
		}
	}
}

// visit performs a task after those that it needs. One that is begun already is
// needed by itself: that closes a circle.
func (j *job) visit(i int) {
	t := j.tasks[i]
	t.stage = begun
	depth := len(j.stack)
	j.stack = append(j.stack, i)
	for _, n := range t.needs {
		switch {
		case j.over(): // perform does nothing either
		case j.tasks[n].stage == begun:
			j.join(slices.Index(j.stack, n))
		case j.circle[n]:
			j.join(j.lowest)
		case j.tasks[n].stage == waiting:
			j.visit(n)
		}
	}
	j.stack = j.stack[:depth]
	j.perform(i)
	if j.lowest == depth {
		j.close()
	}
}

// join takes what is begun, from a place in the stack on, into the open circle.
func (j *job) join(from int) {
	if j.circle == nil {
		j.circle = map[int]bool{}
	}
	j.lowest = min(j.lowest, from)
	for _, i := range j.stack[from:] {
		j.circle[i] = true
	}
}

// perform does one task, with the references that are known by now.
func (j *job) perform(i int) {
	if j.over() {
		j.tasks[i].stage = waiting
		return
	}
	t := j.tasks[i]
	if t.problem == nil {
		t.problem = j.lacking(t)
	}
	if t.problem != nil {
		j.refuse(t, t.problem)
		return
	}
	data, whole := j.resolved(t.data)
	if !whole {
		j.open = append(j.open, i)
	}
	j.send(t, t.method, j.resolvedPath(t.path), data)
	if t.makes() && !t.failed() {
		j.made[t.bulkID] = lastStep(t.outcome.Location)
	}
}

// lacking says that something which a task needs could not be made.
func (j *job) lacking(t *task) *Error {
	for _, n := range t.needs {
		if need := j.tasks[n]; need.stage == done && need.failed() {
			return bad(InvalidValue, "the resource with the bulkId %s was not made", quote(need.bulkID))
		}
	}
	return nil
}

// close replaces what was made without a reference by the whole of itself.
func (j *job) close() {
	circle, open := slices.Sorted(maps.Keys(j.circle)), j.open
	j.circle, j.open, j.lowest = nil, nil, unbroken
	for _, i := range open {
		if t := j.tasks[i]; !t.failed() {
			if problem := j.complete(t); problem != nil {
				j.undo(circle, problem)
				return
			}
		}
	}
}

// complete gives a resource that was made the rest of its references.
func (j *job) complete(t *task) *Error {
	data, whole := j.resolved(t.data)
	if !whole {
		return bad(InvalidValue, "a part of it was not made")
	}
	status, made := t.status, t.outcome
	j.send(t, http.MethodPut, t.path+"/"+url.PathEscape(j.made[t.bulkID]), data)
	if t.failed() {
		refused, _ := t.outcome.Response.(errorBody)
		return &Error{Status: t.status, Detail: refused.Detail}
	}
	made.Version = t.outcome.Version
	t.status, t.outcome = status, made
	return nil
}

// undo deletes what was made of a circle that cannot be closed.
func (j *job) undo(circle []int, cause *Error) {
	for _, i := range circle {
		t := j.tasks[i]
		id := j.made[t.bulkID]
		if t.stage != done || id == "" {
			continue
		}
		j.send(t, http.MethodDelete, t.path+"/"+url.PathEscape(id), nil)
		left := ""
		if t.failed() { // then it is still there
			left = t.outcome.Location
		}
		j.refuse(t, &Error{
			Status: http.StatusConflict,
			Detail: "the resources refer to each other in a circle that cannot be made: " + cause.Detail,
		})
		t.outcome.Location = left
	}
}

// send hands a request to the ordinary handlers and notes what became of it.
func (j *job) send(t *task, method, path string, data Document) {
	version := ""
	if method == t.method {
		version = t.version
	}
	x, problem := j.server.inner(j.outer, method, path, version, data)
	if problem != nil {
		j.refuse(t, problem)
		return
	}
	answer, err := j.server.process(x)
	if err != nil {
		answer = j.server.refusal(x.Request, err)
	}
	location := answer.header.Get("Location")
	if method != http.MethodPost && len(x.path) == 2 {
		location = x.location(x.path...)
	}
	j.note(t, answer, location)
}

func (j *job) refuse(t *task, problem *Error) {
	j.note(t, reply{problem.Status, nil, problem.body()}, "")
}

func (j *job) note(t *task, answer reply, location string) {
	t.stage, t.status = done, answer.status
	t.outcome = outcome{Method: t.method, BulkID: t.bulkID, Version: answer.header.Get("Etag"), Location: location, Status: strconv.Itoa(answer.status)}
	if t.failed() {
		t.outcome.Response = answer.body
	}
}

// lastStep is the id at the end of a resource's address.
func lastStep(location string) string {
	id, err := url.PathUnescape(location[strings.LastIndexByte(location, '/')+1:])
	if err != nil {
		return ""
	}
	return id
}

package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"rollcall.example/simulator/journal"
	"rollcall.example/suites/target"
)

// errStranger is why a request was not sent.
var errStranger = errors.New("the product shows somebody else there, whom this run did not make")

// maxAnswer bounds what is read of an answer.
const maxAnswer = 16 << 20

// task is one job of Okta's about one person or group. It goes along in the context
// of its requests.
type task struct {
	job    string
	number int
	of     *roster
	id     string    // whom the job may change; empty where it makes somebody
	name   string    // that the product has to show under it
	last   Operation // what was asked last
	failed bool      // and whether it was answered wrongly, or not
}

type taskKey struct{}

func withTask(ctx context.Context, t *task) context.Context {
	return context.WithValue(ctx, taskKey{}, t)
}

// carrier carries the requests of tasks, each at its time, measures them, and holds
// back what would change somebody whom the run did not make.
type carrier struct {
	inner    http.RoundTripper
	base     string // path of the SCIM base URL
	schedule *schedule
	gauge    *gauge
	ctx      context.Context // of the run: what it cuts off is not measured
}

// RoundTrip sends a request of a task and reads the answer whole.
func (c *carrier) RoundTrip(request *http.Request) (*http.Response, error) {
	t, ok := request.Context().Value(taskKey{}).(*task)
	if !ok {
		return nil, errors.New("a request that belongs to no task")
	}
	t.last, t.failed = c.operation(t, request), false
	changes := request.Method == http.MethodPut || request.Method == http.MethodPatch || request.Method == http.MethodDelete
	if changes {
		if err := c.prove(request, t); err != nil {
			closeBody(request)
			return nil, err
		}
	}
	if request.Method == http.MethodPost {
		t.of.set(t.number, asked, true)
	}
	due, err := c.schedule.turn(request.Context())
	if err != nil {
		closeBody(request)
		return nil, err
	}
	ctx, tally := target.WithTally(request.Context())
	response, body, err := c.send(request.WithContext(ctx))
	c.measure(t, due, tally, response, err)
	if err != nil {
		return nil, err
	}
	if request.Method == http.MethodGet && t.id != "" {
		t.see(response, body)
	}
	return response, nil
}

func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
}

// send sends a request and reads its answer, which can then be read again.
func (c *carrier) send(request *http.Request) (*http.Response, []byte, error) {
	response, err := c.inner.RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	_ = response.Body.Close()
	if err != nil {
		return nil, nil, fmt.Errorf("the answer broke off: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, body, nil
}

// measure notes what came of the request. Latency counts from when it was due, where
// requests are scheduled; otherwise what it had to wait for leave does not count.
func (c *carrier) measure(t *task, due time.Time, tally *target.Tally, response *http.Response, err error) {
	if c.ctx.Err() != nil && err != nil {
		return
	}
	e := exchange{operation: t.last, begun: due, ended: time.Now(), throttled: tally.Throttled}
	e.latency = e.ended.Sub(due)
	if c.schedule == nil {
		e.latency -= tally.Waited
	}
	if err != nil {
		e.class = classOf(err)
	} else {
		e.class = classOfStatus(response.StatusCode)
	}
	t.failed = e.class != ""
	c.gauge.note(e)
}

// prove makes sure, before somebody is changed, that the product shows the name of
// the crowd under the address. Okta reads a person before most changes; where it did
// not yet, the run looks by itself, once, and does not measure it.
func (c *carrier) prove(request *http.Request, t *task) error {
	if t.id == "" || path.Base(request.URL.EscapedPath()) != url.PathEscape(t.id) {
		return errStranger
	}
	if t.of.is(t.number, stranger) {
		return errStranger
	}
	if t.of.is(t.number, proven) {
		return nil
	}
	look := request.Clone(request.Context())
	look.Method, look.Body, look.GetBody, look.ContentLength = http.MethodGet, nil, nil, 0
	look.URL.RawQuery = ""
	look.Header.Del("Content-Type")
	response, body, err := c.send(look)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	t.see(response, body)
	if !t.of.is(t.number, proven) {
		return errStranger
	}
	return nil
}

// see notes whose name the product shows under the task's id.
func (t *task) see(response *http.Response, body []byte) {
	if response.StatusCode != http.StatusOK || t.of.is(t.number, proven) {
		return
	}
	body, err := journal.Decode(response.Header, body)
	var shown struct {
		UserName    string `json:"userName"`
		DisplayName string `json:"displayName"`
	}
	if err != nil || json.Unmarshal(body, &shown) != nil {
		return
	}
	ours := strings.EqualFold(shown.UserName, t.name) || shown.UserName == "" && strings.EqualFold(shown.DisplayName, t.name)
	t.of.set(t.number, proven, ours)
	t.of.set(t.number, stranger, !ours && shown.UserName+shown.DisplayName != "")
}

// operation names what a request is.
func (c *carrier) operation(t *task, request *http.Request) Operation {
	below := strings.TrimPrefix(request.URL.Path, c.base)
	collection, rest, _ := strings.Cut(strings.TrimPrefix(below, "/"), "/")
	name := "/" + collection
	switch {
	case rest != "":
		name += "/{id}"
	case request.URL.RawQuery != "":
		name += "?filter"
	}
	return Operation{Job: t.job, Method: request.Method, Path: name}
}

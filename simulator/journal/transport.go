package journal

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxAnswer is the most that is read of one answer. No honest SCIM page or web
// page comes near it; an endless body must not fill the memory.
const maxAnswer = 16 << 20

// ErrTooLong is returned for an answer longer than 16 MiB.
var ErrTooLong = errors.New("the answer is longer than 16 MiB")

// Transport returns a round tripper that records every exchange made through
// base as sent by the actor ("scim", "browser") at the time the clock shows. A
// nil base is http.DefaultTransport; a nil clock is time.Now. The answer's body
// is read before RoundTrip returns.
func (j *Journal) Transport(base http.RoundTripper, actor string, clock func() time.Time) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if clock == nil {
		clock = time.Now
	}
	return &recorder{journal: j, base: base, actor: actor, clock: clock}
}

type recorder struct {
	journal *Journal
	base    http.RoundTripper
	actor   string
	clock   func() time.Time
}

// RoundTrip sends the request through the base and records what happened.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	exchange := Exchange{
		Seq:     r.journal.begin(),
		At:      r.clock(),
		Actor:   r.actor,
		Subject: subjectOf(request.Context()),
	}
	traceOf(request.Context()).note(exchange.Seq)

	sent, request, err := readRequest(request)
	if err != nil {
		return nil, err
	}
	exchange.Request = sent
	started := time.Now()
	response, err := r.base.RoundTrip(request)
	if err == nil {
		exchange.Status = response.StatusCode
		exchange.Response, err = readResponse(response)
	}
	exchange.Duration = time.Since(started)
	if err != nil {
		exchange.Error = err.Error()
	}
	r.journal.record(exchange)
	if err != nil {
		return nil, err
	}
	return response, nil
}

// readRequest returns what is about to be sent, and a request that still has its
// body: a round tripper may not change the one that it was given.
func readRequest(request *http.Request) (Message, *http.Request, error) {
	message := Message{Method: request.Method, URL: request.URL.String(), Header: request.Header.Clone()}
	if request.Body == nil || request.Body == http.NoBody {
		return message, request, nil
	}
	body, err := readSent(request)
	_ = request.Body.Close()
	if err != nil {
		return message, nil, fmt.Errorf("reading the request's body: %w", err)
	}
	message.Body = body
	request = request.Clone(request.Context())
	request.Body = io.NopCloser(strings.NewReader(body))
	return message, request, nil
}

// readSent reads the body of a request. A long one is mostly of a length that is known,
// and is then read into as much and no more.
func readSent(request *http.Request) (string, error) {
	if request.ContentLength <= ordinary {
		return ReadText(request.Body)
	}
	var text strings.Builder
	text.Grow(int(request.ContentLength))
	_, err := io.Copy(&text, request.Body)
	return text.String(), err
}

// readResponse reads the whole answer and puts it back for the caller.
func readResponse(response *http.Response) (Message, error) {
	body, err := ReadText(io.LimitReader(response.Body, maxAnswer+1))
	_ = response.Body.Close()
	if err != nil {
		return Message{Header: response.Header.Clone()}, fmt.Errorf("reading the answer's body: %w", err)
	}
	if len(body) > maxAnswer {
		return Message{Header: response.Header.Clone()}, ErrTooLong
	}
	response.Body = io.NopCloser(strings.NewReader(body))
	message := Message{Header: response.Header.Clone(), Body: body}
	if response.Header.Get("Content-Encoding") != "" {
		if plain, err := Decode(response.Header, []byte(body)); err == nil {
			message.Body = string(plain)
		}
	}
	return message, nil
}

// ReadText reads to the end, as text that is as long as it is read and no longer: what
// is read into grows, is kept and serves again.
func ReadText(from io.Reader) (string, error) {
	buffer := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= ordinary {
			buffer.Reset()
			buffers.Put(buffer)
		}
	}()
	_, err := buffer.ReadFrom(from)
	return buffer.String(), err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// ordinary is how long a text may be for its buffer to be kept.
const ordinary = 64 << 10

// Decode undoes the Content-Encoding named in the header: gzip, deflate (with or
// without the zlib wrapper; servers send both) or none. A result longer than 16
// MiB is ErrTooLong.
func Decode(header http.Header, body []byte) ([]byte, error) {
	var reader io.Reader
	switch encoding := strings.ToLower(strings.TrimSpace(header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("content-encoding gzip: %w", err)
		}
		reader = unzipped
	case "deflate":
		if wrapped, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			reader = wrapped
		} else {
			reader = flate.NewReader(bytes.NewReader(body))
		}
	default:
		return nil, fmt.Errorf("content-encoding %q was not asked for", encoding)
	}
	plain, err := io.ReadAll(io.LimitReader(reader, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("content-encoding: %w", err)
	}
	if len(plain) > maxAnswer {
		return nil, ErrTooLong
	}
	return plain, nil
}

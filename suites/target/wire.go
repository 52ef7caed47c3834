package target

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"rollcall.example/simulator/provision"
)

// What a product that answers 429 is waited for: so often, and so long at most at a
// time. A minute is the longest window that products commonly count in.
const (
	maxSends  = 6
	firstWait = time.Second
	maxWait   = 2 * time.Minute
)

// Throttled is what becomes of a request that a product would not take: it kept
// answering 429 Too Many Requests, or asked to be left alone for longer than a run
// can wait (RFC 6585 section 4).
type Throttled struct {
	Host  string
	Sends int           // how often it was asked
	Wait  time.Duration // what it asked for last
}

func (t *Throttled) Error() string {
	if t.Wait > maxWait {
		return fmt.Sprintf("%s answers 429 Too Many Requests and asks to be left alone for %v", t.Host, t.Wait.Round(time.Second))
	}
	return fmt.Sprintf("%s still answers 429 Too Many Requests when asked for the %s time", t.Host, ordinal(t.Sends))
}

// Hint says what to do about it.
func (t *Throttled) Hint() string {
	return "raise its limit for the run, or go slower: network.requests_per_second and network.concurrency in the target file"
}

func ordinal(n int) string {
	if n > 3 || n < 1 {
		return fmt.Sprintf("%dth", n)
	}
	return []string{"first", "second", "third"}[n-1]
}

// TimedOut is what becomes of a request that was not answered in time.
type TimedOut struct{ Within time.Duration }

func (t *TimedOut) Error() string { return fmt.Sprintf("no answer within %v", t.Within) }

// Timeout says that it is one, as a net.Error does.
func (t *TimedOut) Timeout() bool { return true }

// Temporary belongs to a net.Error.
func (t *TimedOut) Temporary() bool { return true }

// Traffic counts what went to a product.
type Traffic struct {
	Requests  int64         // sent, each sending counted
	Throttled int64         // answered 429
	Waited    time.Duration // because the product asked for it
}

// Minus is what was added since.
func (t Traffic) Minus(before Traffic) Traffic {
	return Traffic{t.Requests - before.Requests, t.Throttled - before.Throttled, t.Waited - before.Waited}
}

// wire carries requests to the product within the limits of the target, and waits
// where the product asks for it. It is safe for concurrent use.
type wire struct {
	base    *http.Transport
	limits  Network
	limiter *rate.Limiter // nil without a limit
	slots   chan struct{} // nil without a limit
	pause   func(context.Context, time.Duration) error
	now     func() time.Time

	requests, throttled, waited atomic.Int64

	shut sync.Map // of host to the time.Time until which it wants to be left alone
}

func newWire(n Network) (*wire, error) {
	config, err := n.TLS()
	if err != nil {
		return nil, err
	}
	w := &wire{base: transport(config, n.Concurrency), limits: n, pause: provision.Wait, now: time.Now}
	if n.RequestsPerSecond > 0 {
		w.limiter = rate.NewLimiter(rate.Limit(n.RequestsPerSecond), 1)
	}
	if n.Concurrency > 0 {
		w.slots = make(chan struct{}, n.Concurrency)
	}
	return w, nil
}

// transport keeps a connection for each request at a time, so that none is opened
// anew for every one.
func transport(config *tls.Config, concurrency int) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     config,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: max(16, concurrency),
		IdleConnTimeout:     time.Minute,
		TLSHandshakeTimeout: 10 * time.Second,
		// Ten times that is what net/http would read, for each of the requests under way.
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// RoundTrip sends the request, again where the product is too busy for it.
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	host := request.URL.Host
	var asked time.Duration
	for sends := 0; ; {
		if err := w.awaitLeave(request.Context(), host, sends); err != nil {
			return nil, err
		}
		response, err := w.send(request)
		sends++
		if err != nil || response.StatusCode != http.StatusTooManyRequests {
			return response, err
		}
		w.throttled.Add(1)
		tallyOf(request.Context()).throttled()
		asked = retryAfter(response.Header.Get("Retry-After"), w.now(), sends)
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
		_ = response.Body.Close()
		w.shut.Store(host, w.now().Add(asked))
		if sends == maxSends || asked > maxWait {
			return nil, &Throttled{host, sends, asked}
		}
		if request, err = again(request); err != nil {
			return nil, err
		}
	}
}

// awaitLeave waits until the product, and then the limits, let a request go. A
// product that wants to be left alone for longer than that is not asked.
func (w *wire) awaitLeave(ctx context.Context, host string, sends int) error {
	for {
		until, ok := w.shut.Load(host)
		if !ok {
			break
		}
		wait := until.(time.Time).Sub(w.now())
		if wait <= 0 {
			w.shut.CompareAndDelete(host, until)
			break
		}
		if wait > maxWait {
			return &Throttled{host, sends, wait}
		}
		w.waited.Add(int64(wait))
		if err := w.waitFor(ctx, wait); err != nil {
			return err
		}
	}
	if w.limiter == nil {
		return nil
	}
	defer waiting(ctx)()
	if err := w.limiter.Wait(ctx); err != nil {
		return fmt.Errorf("waiting for the turn of a request (requests_per_second %g): %w", w.limits.RequestsPerSecond, err)
	}
	return nil
}

func (w *wire) waitFor(ctx context.Context, wait time.Duration) error {
	defer waiting(ctx)()
	if err := w.pause(ctx, wait); err != nil {
		return fmt.Errorf("waiting %v, as the product asked with 429 Too Many Requests: %w", wait.Round(time.Millisecond), err)
	}
	return nil
}

// send sends the request once. Its time and its place are given back with the body
// of the answer.
func (w *wire) send(request *http.Request) (*http.Response, error) {
	leave, err := w.enter(request.Context())
	if err != nil {
		return nil, err
	}
	w.requests.Add(1)
	if w.limits.Timeout == 0 && w.slots == nil {
		return w.base.RoundTrip(request)
	}
	ctx, cancel := w.bounded(request.Context())
	done := func() { cancel(); leave() }
	response, err := w.base.RoundTrip(request.WithContext(ctx))
	if err != nil {
		err = lateness(ctx, err)
		done()
		return nil, err
	}
	response.Body = &heldBody{response.Body, ctx, done}
	return response, nil
}

// bounded is a context for one sending.
func (w *wire) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.limits.Timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, w.limits.Timeout, &TimedOut{w.limits.Timeout})
}

// lateness is *TimedOut where that is why there was an error.
func lateness(ctx context.Context, err error) error {
	var late *TimedOut
	if errors.As(context.Cause(ctx), &late) {
		return late
	}
	return err
}

// enter takes one of the places for requests at the same time.
func (w *wire) enter(ctx context.Context) (leave func(), err error) {
	if w.slots == nil {
		return func() {}, nil
	}
	defer waiting(ctx)()
	select {
	case w.slots <- struct{}{}:
		return sync.OnceFunc(func() { <-w.slots }), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the turn of a request (concurrency %d): %w", w.limits.Concurrency, context.Cause(ctx))
	}
}

// heldBody is the body of an answer; closing it ends the exchange.
type heldBody struct {
	io.ReadCloser
	ctx  context.Context
	done func()
}

// Read says when the time for the exchange was over.
func (b *heldBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		err = lateness(b.ctx, err)
	}
	return n, err
}

// Close ends the exchange.
func (b *heldBody) Close() error {
	err := b.ReadCloser.Close()
	b.done()
	return err
}

// again is the request with its body from the beginning.
func again(request *http.Request) (*http.Request, error) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, nil
	}
	if request.GetBody == nil {
		return nil, errors.New("the product answered 429 Too Many Requests to a request whose body can be sent only once")
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	repeated := request.Clone(request.Context())
	repeated.Body = body
	return repeated, nil
}

// Traffic is what was sent so far.
func (w *wire) Traffic() Traffic {
	return Traffic{w.requests.Load(), w.throttled.Load(), time.Duration(w.waited.Load())}
}

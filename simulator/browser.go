package simulator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/journal"
	"rollcall.example/simulator/provision"
)

// Bounds of one walk through the web.
const (
	maxRedirects = 20 // and as many pages that lead on by themselves
	maxPage      = 8 << 20
	pageTimeout  = 60 * time.Second
)

// Browser is somebody's browser: it keeps cookies, follows redirects and posts
// forms. It runs no scripts, but follows a page whose form posts itself. It never
// asks the network for the identity provider, which it knows in person. It is safe
// for concurrent use.
type Browser struct {
	tenant  *Tenant
	cookies cookies
	wire    http.RoundTripper

	mu sync.Mutex
	// since tells when each person signed in to Okta in this browser.
	since map[*Person]time.Time
	// sessions are those that began at products and that Okta has not ended.
	sessions []AppSession
}

// Browser returns a browser without cookies. A nil transport is the tenant's.
func (t *Tenant) Browser(transport http.RoundTripper) *Browser {
	if transport == nil {
		transport = t.options.Transport
	}
	return &Browser{
		tenant: t,
		wire:   t.journal.Transport(transport, "browser", t.clock.Now),
		since:  map[*Person]time.Time{},
	}
}

// Cookies returns the cookies that the browser would send to the address if somebody
// typed it in.
func (b *Browser) Cookies(address string) []*http.Cookie {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return b.cookies.pick(parsed, http.MethodGet, "")
}

// Get opens an address with the browser's cookies, follows redirects and returns
// the last answer's status and body. An error means that no answer came.
func (b *Browser) Get(ctx context.Context, address string) (int, string, error) {
	page, err := b.Open(ctx, address)
	return page.Status, page.Body, err
}

// Page is where a browser came out.
type Page struct {
	URL    string
	Status int
	Header http.Header
	Body   string
}

// Open is Get for whoever also wants to know where the redirects led. One that leads
// to Okta is not followed: nobody signs in on the way.
func (b *Browser) Open(ctx context.Context, address string) (Page, error) {
	ended, err := b.walk(ctx, step{method: http.MethodGet, address: address}, b.atOkta)
	if errors.As(err, new(stoppedError)) {
		err = nil
	}
	return Page{ended.address, ended.status, ended.header, ended.body}, err
}

// Peek is Open without following redirects.
func (b *Browser) Peek(ctx context.Context, address string) (Page, error) {
	answered, err := b.fetch(ctx, step{method: http.MethodGet, address: address})
	return Page{answered.address, answered.status, answered.header, answered.body}, err
}

// step is a request to make.
type step struct {
	method  string
	address string
	form    url.Values
	// initiator is the origin of the page that leads there; empty where somebody
	// typed the address in.
	initiator string
	// delivery is what to send to the letter; nil for an ordinary navigation.
	delivery *Delivery
}

// page is an answer that was read.
type page struct {
	address string
	status  int
	header  http.Header
	body    string
}

// travel is walk, and goes on where a page leads on by itself.
func (b *Browser) travel(ctx context.Context, next step, stop func(step) bool) (page, error) {
	for range maxRedirects + 1 {
		current, err := b.walk(ctx, next, stop)
		if err != nil {
			return current, err
		}
		following := onward(current, b.atOkta)
		if following == nil {
			return current, nil
		}
		next = *following
	}
	return page{address: next.address}, &StuckError{fmt.Sprintf("more than %d pages that lead on by themselves, the last one to %s", maxRedirects, bare(next.address))}
}

// walk makes a request and those that redirects lead to, until an answer is no
// redirect or stop says that the next step is not for the network. It returns
// the last page and, if stopped, a [stoppedError] with the step that was not made.
func (b *Browser) walk(ctx context.Context, next step, stop func(step) bool) (page, error) {
	current := page{address: next.address}
	for range maxRedirects + 1 {
		if stop(next) {
			return current, stoppedError{next}
		}
		var err error
		if current, err = b.fetch(ctx, next); err != nil {
			return page{}, err
		}
		following, err := redirect(current, next)
		if err != nil || following == nil {
			return current, err
		}
		next = *following
	}
	return page{address: next.address}, &StuckError{fmt.Sprintf("more than %d redirects, the last one to %s", maxRedirects, bare(next.address))}
}

// StuckError says that the product led the browser nowhere: round and round, or to what
// is no address of the web. Every answer came, and none of them is a page.
type StuckError struct{ reason string }

// Error says how.
func (e *StuckError) Error() string { return "browser: " + e.reason }

// Reason says how, without saying that it is of a browser.
func (e *StuckError) Reason() string { return e.reason }

// stuckBy is the reason of a [StuckError]; empty for any other error.
func stuckBy(err error) string {
	var stuck *StuckError
	if errors.As(err, &stuck) {
		return stuck.reason
	}
	return ""
}

// stoppedError carries the step at which a walk was stopped.
type stoppedError struct{ at step }

// Error is never shown: who sets stop also handles it.
func (e stoppedError) Error() string { return "stopped before " + bare(e.at.address) }

// atOkta says whether a step is for Okta, of this app or another one: its single
// sign-on address or that for single logout.
func (b *Browser) atOkta(s step) bool {
	address := bare(s.address)
	if answersAt(b.tenant.options.Identity, address) {
		return true
	}
	return slices.ContainsFunc(b.tenant.Apps(), func(a *App) bool { return answersAt(a.Identity(), address) })
}

func answersAt(identity idp.Identity, address string) bool {
	return address == identity.SSOURL || address == identity.SLOURL
}

func (b *Browser) fetch(ctx context.Context, s step) (page, error) {
	// A timeout of the client would cost a goroutine for each page.
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(b.tenant.options.PageTimeout, pageTimeout))
	defer cancel()
	request, err := s.request(ctx)
	if err != nil {
		return page{}, fmt.Errorf("browser: %s: %w", bare(s.address), provision.WithoutURL(err))
	}
	for _, cookie := range b.cookies.pick(request.URL, s.method, s.initiator) {
		request.AddCookie(cookie)
	}
	// A client would look into Location by itself, and take a strange one for no answer.
	response, err := b.wire.RoundTrip(request)
	if err != nil {
		return page{}, fmt.Errorf("browser: %s %s: no answer: %w", s.method, bare(s.address), provision.WithoutURL(err))
	}
	b.cookies.keep(request.URL, response.Cookies())
	defer func() { _ = response.Body.Close() }()
	content, err := journal.ReadText(io.LimitReader(response.Body, maxPage))
	if err != nil {
		return page{}, fmt.Errorf("browser: %s %s: the answer broke off: %w", s.method, bare(s.address), err)
	}
	return page{address: s.address, status: response.StatusCode, header: response.Header, body: content}, nil
}

// request is what a browser sends for the step, but for its cookies.
func (s step) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	switch {
	case s.delivery != nil && s.delivery.Body != nil:
		body = bytes.NewReader(s.delivery.Body)
	case s.form != nil:
		body = strings.NewReader(encodeForm(s.form))
	}
	request, err := http.NewRequestWithContext(ctx, s.method, s.address, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	if s.form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s.initiator != "" && s.method == http.MethodPost {
		request.Header.Set("Origin", s.initiator)
	}
	if s.delivery != nil {
		s.delivery.shape(request)
	}
	return request, nil
}

// redirect returns where the page leads, or nil. 307 and 308 repeat the request,
// the others turn it into a GET (RFC 9110 §15.4).
func redirect(p page, made step) (*step, error) {
	switch p.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	location := p.header.Get("Location")
	if location == "" {
		return nil, nil
	}
	base, err := url.Parse(p.address)
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	target, err := base.Parse(location)
	if err != nil {
		return nil, &StuckError{bare(p.address) + " redirects to an address that is none"}
	}
	if target.Scheme != "http" && target.Scheme != "https" {
		return nil, &StuckError{fmt.Sprintf("%s redirects to a %s address, which is not followed", bare(p.address), target.Scheme)}
	}
	next := step{method: http.MethodGet, address: target.String(), initiator: made.initiator}
	if p.status == http.StatusTemporaryRedirect || p.status == http.StatusPermanentRedirect {
		next.method, next.form = made.method, made.form
	}
	return &next, nil
}

// bare returns an address without its query, which may hold a message or a token.
func bare(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}

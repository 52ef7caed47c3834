package simulator

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/journal"
)

// Options make a Tenant.
type Options struct {
	// Subdomain is the tenant's name, as acme in acme.okta.com; empty takes it from the identity.
	Subdomain string
	// Identity signs. Every app uses it that has none of its own.
	Identity idp.Identity
	// Clock is the tenant's time; nil makes one on the system's clock.
	Clock *Clock
	// Journal records; nil makes one.
	Journal *journal.Journal
	// Transport carries SCIM requests and browsers; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// PageTimeout is how long a browser waits for a page; 0 is a minute.
	PageTimeout time.Duration
	// RealTime makes the answer 429 cost real time. Otherwise the wait only moves the clock.
	RealTime bool
	// Random feeds ids; nil is crypto/rand. It is read under a lock.
	Random io.Reader
}

// Tenant is one customer's Okta. It is safe for concurrent use: its lock covers
// its own state and is never held while a request is under way, so that two
// verbs about two people, or a sign-in and a deactivation, really meet in the
// product.
type Tenant struct {
	options Options
	clock   *Clock
	journal *journal.Journal

	mu     sync.Mutex
	people []*Person
	groups []*Group
	apps   []*App
}

// New makes an empty tenant.
func New(options Options) (*Tenant, error) {
	if options.Identity.Key == nil || options.Identity.Certificate == nil {
		return nil, errors.New("a tenant needs an identity with a key and a certificate: see idp.NewIdentity")
	}
	if options.Subdomain == "" {
		options.Subdomain = options.Identity.Org
	}
	if options.Clock == nil {
		options.Clock = NewClock(nil)
	}
	if options.Journal == nil {
		options.Journal = journal.New()
	}
	return &Tenant{options: options, clock: options.Clock, journal: options.Journal}, nil
}

// Subdomain returns the tenant's name.
func (t *Tenant) Subdomain() string { return t.options.Subdomain }

// Identity returns the tenant's identity provider.
func (t *Tenant) Identity() idp.Identity { return t.options.Identity }

// Clock returns the tenant's clock.
func (t *Tenant) Clock() *Clock { return t.clock }

// Journal returns the record of all exchanges.
func (t *Tenant) Journal() *journal.Journal { return t.journal }

// People returns everybody, in the order of hiring.
func (t *Tenant) People() []*Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.people)
}

// Groups returns all groups, in the order of making.
func (t *Tenant) Groups() []*Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.groups)
}

// Apps returns all apps, in the order of making.
func (t *Tenant) Apps() []*App {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.apps)
}

// Package reference is a product that gets everything right: a small web
// application whose organizations let their people in through an identity
// provider. Rollcall's suite is run against it first, for a suite that fails the
// right product, or passes a wrong one, proves nothing.
//
// An [App] is an [http.Handler] over a store of its own:
//
//	app, err := reference.New(ctx, reference.Options{})
//	server := httptest.NewServer(app)
//	founded, err := app.Found(ctx, org.NewOrganization{Name: "Acme", …})
//
// It is put together from [Parts]: the rules and the steps of the domain (package
// org), the checks of the SAML service provider (package saml), the SCIM server
// (package scim), the store, and the edge of the HTTP server. A [Defect] changes
// parts before that, and so makes a product that gets one named thing wrong.
//
// Its addresses:
//
//	/scim/v2/{provider}/                             SCIM, by the provider's token
//	/sso/{organization}                              where a person starts to sign in
//	/login/sso/saml/consume?organization={…}         where the identity provider's answer arrives
//	/sso/~/{provider}/saml/metadata                  who we are, for the identity provider
//	/sso/~/{provider}/saml/logout                    where its logout messages arrive
//	/organizations/…, /teams/…, /audit, /settings/…  pages
//	/api/v1/…                                        the same in JSON
//	/probe/v1/…                                      the probe contract
package reference

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
	"rollcall.example/reference/store"
	"rollcall.example/reference/web"
	"rollcall.example/reference/web/probe"
	"rollcall.example/reference/web/site"
)

// Options are what an App may be given. The zero value is a good one.
type Options struct {
	// Data is the file that holds everything, or the address of a PostgreSQL database
	// that does, as postgres://user@host:5432/database. Empty: a store that ends with
	// the App.
	Data string
	// Scratch has a PostgreSQL database keep nothing beyond the App.
	Scratch bool
	// BaseURL is where the App is reached, without a slash at the end. Empty: see
	// [App.SetBaseURL].
	BaseURL string
	// Clock tells the time; nil: [time.Now].
	Clock func() time.Time
	// Logger hears of faults; nil: nobody does. No secret ever reaches it.
	Logger *slog.Logger
	// ProbeToken opens the probe; empty: one is made, see [App.ProbeToken].
	ProbeToken string
	// Key is what the App signs its own SAML messages with; nil: one is made when it is
	// first needed, and kept in the store. Making one takes a while.
	Key *rsa.PrivateKey
	// Rules are the decisions in which products differ; nil: [org.Standard].
	Rules *org.Rules
}

// App is the product.
type App struct {
	store      *store.Store
	org        *org.Service
	handler    http.Handler
	base       atomic.Pointer[site.Site]
	probeToken string
	key        *rsa.PrivateKey

	decryptionKey func() (string, error) // made when it is first asked for
}

// New puts an App together and opens its store. Whoever made it closes it.
func New(ctx context.Context, options Options, more ...Option) (*App, error) {
	options = options.complete()
	parts := standardParts(options)
	for _, option := range more {
		option(parts)
	}
	opened, err := store.Open(ctx, store.Options{Path: options.Data, Scratch: options.Scratch, Extra: parts.Migrations})
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	app := &App{store: opened, probeToken: options.ProbeToken, key: options.Key}
	if options.BaseURL != "" {
		app.SetBaseURL(options.BaseURL)
	}
	app.org = org.New(parts.wrapStore(opened), parts.domain, parts.Clock)
	app.decryptionKey = sync.OnceValues(func() (string, error) { return newDecryptionKey(parts.Clock()) })
	app.handler = app.assemble(parts, options.Logger)
	return app, nil
}

func (o Options) complete() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.ProbeToken == "" {
		o.ProbeToken = rand.Text()
	}
	if o.Rules == nil {
		rules := org.Standard()
		o.Rules = &rules
	}
	return o
}

// assemble stacks the handlers: what parts put around the edge stands outside of
// everything but the net that catches panics.
func (a *App) assemble(parts *Parts, logger *slog.Logger) http.Handler {
	provisioning := scim.New(a.org, scim.Options{
		Protocol: parts.SCIM,
		BaseURL:  func(r *http.Request) string { return string(a.site(r)) },
		Clock:    parts.Clock,
		Logger:   logger,
	})
	pages := web.New(web.Options{Org: a.org, SAML: *parts.SAML, Logout: *parts.Logout, Key: a.key, Site: a.site, Logger: logger})
	window := probe.New(probe.Options{
		Org: a.org, Site: a.site, Token: a.probeToken, Logger: logger, DecryptionKey: a.decryptionKey,
	})
	var handler http.Handler = &entrance{scim: provisioning.Handler(), probe: window, pages: pages}
	handler = web.Headers(handler)
	for _, around := range parts.Edge {
		handler = around(handler)
	}
	return survive(handler, pages, logger)
}

// ServeHTTP answers a request.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Close ends the App. What its store held is gone, unless it has a file.
func (a *App) Close() error { return a.store.Close() }

// ProbeToken is the bearer token that opens the probe.
func (a *App) ProbeToken() string { return a.probeToken }

// ProbeURL is where the probe answers.
func (a *App) ProbeURL() string { return string(a.where()) + probe.Prefix }

// Org is the domain itself, for whoever seeds the product or looks after it.
func (a *App) Org() *org.Service { return a.org }

// SetBaseURL says where the App is reached. Until then a request is answered as if
// the App was reached at the address of the listener that took it.
func (a *App) SetBaseURL(base string) {
	at := site.Site(strings.TrimRight(base, "/"))
	a.base.Store(&at)
}

// where is the base URL as far as it is known without a request.
func (a *App) where() site.Site {
	if base := a.base.Load(); base != nil {
		return *base
	}
	return ""
}

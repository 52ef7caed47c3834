package main

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/suites/bundled"
)

// stage is the fake Okta of a rollcall serve.
type stage struct {
	failed <-chan error // what ended it
	token  string       // of its management API
	app    string       // the id of the product's app
}

// play opens the fake Okta, with its company, on the listener.
func play(ctx context.Context, listener net.Listener, product *bundled.Bundled) (stage, error) {
	connection := product.Target.Connection()
	identity, err := connection.Okta.Identity()
	if err != nil {
		return stage{}, err
	}
	tenant, err := simulator.New(simulator.Options{Subdomain: connection.Okta.Subdomain, Identity: identity})
	if err != nil {
		return stage{}, err
	}
	if err := settle(ctx, tenant, connection, product.Target.Profile.States("scim_groups", "push")); err != nil {
		return stage{}, err
	}
	token := rand.Text()
	mux := http.NewServeMux()
	mux.Handle("/", tenant.Handler())
	mux.Handle("/api/v1/", tenant.API(token))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	return stage{failed, token, tenant.Apps()[0].ID}, nil
}

package verify

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// lure is an address on this machine that a message names and that nobody has any
// business to open.
type lure struct {
	address string
	server  *http.Server

	mu   sync.Mutex
	came []string
}

func newLure(ctx context.Context) (*lure, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for whoever follows a forged message: %w", err)
	}
	l := &lure{address: "http://" + listener.Addr().String() + "/lure"}
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: ReachWithin}
	go func() { _ = l.server.Serve(listener) }()
	return l, nil
}

// ServeHTTP notes who came.
func (l *lure) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.came = append(l.came, r.Method+" "+r.URL.Path)
	http.NotFound(w, r)
}

func (l *lure) visitors() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.came...)
}

func (l *lure) close() { _ = l.server.Close() }

package target

import (
	"net/http"
	"time"

	"rollcall.example/simulator"
)

// Live is a target that is ready to be called: its connection pool, its
// credentials and its probe. Making one calls nobody.
type Live struct {
	Target
	transport http.RoundTripper
	probe     Probe
}

// callTimeout is how long one call of a probe may take.
const callTimeout = 30 * time.Second

// Open readies the target. It fails on a target that cannot be used, as [Target.Check]
// says.
func Open(t Target) (*Live, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	live := &Live{Target: t, transport: &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute}}
	live.probe = live.openProbe()
	return live, nil
}

func (l *Live) openProbe() Probe {
	switch p := l.Target.Probe; {
	case p == nil:
		return nil
	case p.Go != nil:
		return p.Go
	default:
		return NewHTTPProbe(*p.HTTP, &http.Client{Transport: l.transport, Timeout: callTimeout})
	}
}

// Transport carries every request to the product.
func (l *Live) Transport() http.RoundTripper { return l.transport }

// Probe looks inside the product; nil where the target has none.
func (l *Live) Probe() Probe { return l.probe }

// Okta is the SCIM endpoint as an app of Okta's is connected with it.
func (l *Live) Okta(s SCIM) simulator.Connection {
	connection := simulator.Connection{BaseURL: s.BaseURL, Token: s.Token}
	if auth := s.Auth; auth != nil {
		connection.Authorize = func(request *http.Request) error {
			auth.authorize(request)
			return nil
		}
	}
	return connection
}

// Close ends the connections that are idle.
func (l *Live) Close() {
	if t, ok := l.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

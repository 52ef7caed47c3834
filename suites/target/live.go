package target

import (
	"context"
	"net/http"
	"slices"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/simulator/journal"
)

// Live is a target that is ready to be called: its connection pool, its
// credentials and its probe. Making one calls nobody.
type Live struct {
	Target
	wire      *wire
	transport http.RoundTripper
	grants    *grants
	secrets   []string
	probe     Probe
	safety
}

// callTimeout is how long one call of a probe may take, waiting for the product's
// leave to send it included.
const callTimeout = 10 * time.Minute

// Open readies the target. It fails on a target that cannot be used, as [Target.Check]
// says.
func Open(t Target) (*Live, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	carrier, err := newWire(t.Network)
	if err != nil {
		return nil, err
	}
	live := &Live{Target: t, wire: carrier, grants: newGrants(carrier), secrets: t.Secrets()}
	live.transport = &renewing{carrier, live.grants}
	if live.probe, err = live.openProbe(); err != nil {
		return nil, err
	}
	if err := live.keepSafe(); err != nil {
		live.Close()
		return nil, err
	}
	return live, nil
}

func (l *Live) openProbe() (Probe, error) {
	switch p := l.Target.Probe; {
	case p == nil:
		return nil, nil
	case p.Go != nil:
		return p.Go, nil
	case p.Exec != nil:
		return NewExecProbe(*p.Exec), nil
	case p.Map != nil:
		return NewMapProbe(*p.Map, l.client(p.Map.Auth))
	default:
		return NewHTTPProbe(*p.HTTP, l.client(p.HTTP.Auth)), nil
	}
}

// client sends every request with the credentials; nil are none.
func (l *Live) client(auth *Auth) *http.Client {
	through := l.transport
	if auth != nil {
		through = authorized{l.transport, l.writer(auth)}
	}
	return &http.Client{
		Transport: through,
		Timeout:   callTimeout,
		// A redirect would take the credentials along to who knows where.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// writer writes the credentials into a request, and gets a token first where one
// has to be granted.
func (l *Live) writer(auth *Auth) func(*http.Request) error {
	return func(request *http.Request) error {
		auth.write(request)
		if auth.OAuth2 == nil {
			return nil
		}
		token, err := l.grants.of(*auth.OAuth2).get(request.Context())
		if err == nil {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		return err
	}
}

// Learned is the target with what its probe says that it can do, besides what the
// target declares.
func (l *Live) Learned(ctx context.Context) (Target, error) {
	t := l.Target
	if l.probe == nil {
		return t, nil
	}
	offered, err := l.probe.Features(ctx)
	if err != nil {
		return t, err
	}
	t.Features = inOrder(append(slices.Clone(t.Features), offered...))
	return t, nil
}

// Transport carries every request to the product.
func (l *Live) Transport() http.RoundTripper { return l.transport }

// Probe looks inside the product; nil where the target has none.
func (l *Live) Probe() Probe { return l.probe }

// Okta is the SCIM endpoint as an app of Okta's is connected with it.
func (l *Live) Okta(s SCIM) simulator.Connection {
	connection := simulator.Connection{BaseURL: s.BaseURL, Token: s.Token}
	if s.Auth != nil {
		connection.Authorize = l.writer(s.Auth)
	}
	connection.Timeout = l.Timeout()
	return connection
}

// Timeout is how long a caller may take who has to wait for the product's leave as
// well; 0 where nobody waits. What takes too long on the wire ends long before.
func (l *Live) Timeout() time.Duration {
	if l.Network.Timeout == 0 {
		return 0
	}
	return callTimeout
}

// Secrets lists what nobody may see: the target's secrets, and the tokens that were
// granted since.
func (l *Live) Secrets() []string {
	return append(slices.Clone(l.secrets), l.grants.tokens()...)
}

// Conceal takes out of an error what nobody may see: it may quote what the product
// answered. The cause stays what it is.
func (l *Live) Conceal(err error) error { return conceal(err, l.Secrets()) }

// Granted lists the access tokens that were granted so far.
func (l *Live) Granted() []string { return l.grants.tokens() }

// Redact takes the same out of a text.
func (l *Live) Redact(text string) string { return journal.Redactor(l.Secrets()...)(text) }

// Traffic is what was sent so far.
func (l *Live) Traffic() Traffic { return l.wire.Traffic() }

// Close ends the connections that are idle, and lets go of the ledger.
func (l *Live) Close() {
	l.wire.base.CloseIdleConnections()
	l.leave()
}

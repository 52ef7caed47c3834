package spec

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
)

// Stall begins this many postings to the assertion consumer service and finishes none,
// as somebody does who wants to keep it busy. What it returns lets go of them.
func (o *Okta) Stall(ctx context.Context, many int) (let func()) {
	var open []net.Conn
	let = func() {
		for _, connection := range open {
			_ = connection.Close()
		}
	}
	for range many {
		connection, err := o.begin(ctx, o.connection.SAML.ACS)
		if err != nil {
			let()
			broken(err, 1)
		}
		open = append(open, connection)
	}
	return let
}

// begin sends the beginning of a form.
func (s *stage) begin(ctx context.Context, address string) (net.Conn, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	connection, err := s.dial(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("a connection to %s: %w", at.Host, err)
	}
	_, err = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nSAMLResponse=PHNh", at.RequestURI(), at.Host)
	return connection, err
}

func (s *stage) dial(ctx context.Context, at *url.URL) (net.Conn, error) {
	port := at.Port()
	if at.Scheme == "https" {
		config, err := s.live.Network.TLS()
		if err != nil {
			return nil, err
		}
		return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", net.JoinHostPort(at.Hostname(), orElse(port, "443")))
	}
	return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(at.Hostname(), orElse(port, "80")))
}

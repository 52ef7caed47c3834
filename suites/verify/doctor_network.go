package verify

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// hosts looks at each host that the target names: its name, its port, its
// certificate.
func (p *patient) hosts() {
	completed := p.target
	ctx, cancel := p.within()
	defer cancel()
	if resolved, err := p.target.Resolve(ctx); err == nil {
		completed = resolved // where the metadata says that responses go is a host too
	}
	seen := map[string]bool{}
	for _, address := range completed.Addresses() {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Host == "" || seen[hostOf(address)] {
			continue
		}
		seen[hostOf(address)] = true
		p.gone[hostOf(address)] = !p.host(parsed)
	}
}

// hostOf is the host of an address with its port.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return address
	}
	if parsed.Port() != "" {
		return parsed.Host
	}
	if parsed.Scheme == "https" {
		return parsed.Host + ":443"
	}
	return parsed.Host + ":80"
}

// host says whether the host can be called.
func (p *patient) host(at *url.URL) bool {
	address := hostOf(at.String())
	if through := proxyOf(at); through != "" {
		p.found("connection", NotChecked, address+" is called through the proxy "+through)
		return true
	}
	ctx, cancel := p.within()
	defer cancel()
	if !p.name(ctx, at.Hostname()) {
		return false
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		p.wrong("connection", explained(ctx, at.String(), err))
		return false
	}
	defer func() { _ = connection.Close() }()
	p.found("connection", OK, address+" takes connections")
	return at.Scheme != "https" || p.certificate(ctx, at, connection)
}

func proxyOf(at *url.URL) string {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: at})
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Host
}

func (p *patient) name(ctx context.Context, host string) bool {
	if net.ParseIP(host) != nil {
		return true
	}
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		p.wrong("name", explained(ctx, "https://"+host, err))
		return false
	}
	p.found("name", OK, host+" is "+strings.Join(found[:min(3, len(found))], ", "))
	return true
}

// soon is when a certificate that ends is worth a word.
const soon = 14 * 24 * time.Hour

// certificate shakes hands as a request would, and says whom with.
func (p *patient) certificate(ctx context.Context, at *url.URL, connection net.Conn) bool {
	config, err := p.target.Network.TLS()
	if err != nil {
		p.wrong("certificate", err)
		return false
	}
	config.ServerName = at.Hostname()
	asked := false
	shown := config.Certificates
	config.Certificates, config.GetClientCertificate = nil, func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = true
		if len(shown) > 0 {
			return &shown[0], nil
		}
		return &tls.Certificate{}, nil
	}
	secured := tls.Client(connection, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		p.wrong("certificate", explained(ctx, at.String(), err))
		return false
	}
	state := secured.ConnectionState()
	leaf := state.PeerCertificates[0]
	says := fmt.Sprintf("%s, %s until %s, signed by %s", tls.VersionName(state.Version), at.Hostname(), leaf.NotAfter.Format(time.DateOnly), issuer(state))
	if time.Until(leaf.NotAfter) < soon {
		says += ", which is soon"
	}
	p.found("certificate", OK, says)
	p.clientCertificate(at.Host, asked, len(shown) > 0)
	return true
}

func issuer(state tls.ConnectionState) string {
	name := state.PeerCertificates[0].Issuer
	if name.CommonName != "" {
		return name.CommonName
	}
	return name.String()
}

// clientCertificate compares what the server asks for with what the target has.
// Whether the server takes it shows with the first request.
func (p *patient) clientCertificate(host string, asked, have bool) {
	switch {
	case asked && have:
		p.found("client certificate", OK, host+" asks for one, and the target has one")
	case asked:
		p.found("client certificate", NotChecked, host+" asks for one, and the target has none; it may do without")
	case have:
		p.found("client certificate", NotChecked, host+" does not ask for the one that the target has")
	}
}

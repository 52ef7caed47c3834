package web

import (
	"crypto/x509"
	"sync"
)

// trusted are the certificates of identity providers, parsed. A sign-in needs them and they
// seldom change, while reading one takes as long as verifying a signature with it. They
// are known by their bytes, so none outlives a change. Nobody may change one that is
// handed out.
type trusted struct {
	mu    sync.Mutex
	known map[string]*x509.Certificate // by DER
}

// mostCertificates bounds what is kept. Where there are more, all are read again.
const mostCertificates = 1000

// parse gives the certificate with this DER.
func (c *trusted) parse(der []byte) (*x509.Certificate, error) {
	if known := c.find(der); known != nil {
		return known, nil
	}
	certificate, err := x509.ParseCertificate(der)
	if err == nil {
		c.keep(certificate)
	}
	return certificate, err
}

func (c *trusted) find(der []byte) *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[string(der)]
}

func (c *trusted) keep(certificate *x509.Certificate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= mostCertificates {
		c.known = map[string]*x509.Certificate{}
	}
	c.known[string(certificate.Raw)] = certificate
}

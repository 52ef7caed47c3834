package target

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"rollcall.example/suites/target/strict"
)

// Network is how the product may be called: whom to trust, how fast, how long.
// The zero value trusts whom the system trusts and knows no limits.
type Network struct {
	CA                string             `json:"ca,omitempty" yaml:"ca" read:"content"` // certificates in PEM, trusted besides the system's
	ClientCertificate *ClientCertificate `json:"client_certificate,omitempty" yaml:"client_certificate"`
	RequestsPerSecond float64            `json:"requests_per_second,omitempty" yaml:"requests_per_second"` // of the whole run; 0 for as many as come
	Concurrency       int                `json:"concurrency,omitempty" yaml:"concurrency"`                 // requests at the same time; 0 for as many as come
	Timeout           time.Duration      `json:"timeout,omitempty" yaml:"timeout"`                         // of one request, waiting for leave to send it not counted
	Deadline          time.Duration      `json:"deadline,omitempty" yaml:"deadline"`                       // of the whole run; one that Ginkgo runs has its --timeout
}

// ClientCertificate is what the run shows to a server that asks who is calling
// (mutual TLS), both in PEM.
type ClientCertificate struct {
	Certificate string `json:"certificate" yaml:"certificate" read:"content,required"` // with the chain below it
	Key         string `json:"key" yaml:"key" read:"secret,lines,required"`
}

// DefaultTimeout is how long a request may take where the target file does not say.
const DefaultTimeout = 30 * time.Second

// Share is what one of several processes may use of it, so that all of them
// together keep the limits: its part of the rate and of the requests at a time.
func (n Network) Share(of int) Network {
	if of <= 1 {
		return n
	}
	n.RequestsPerSecond /= float64(of)
	if n.Concurrency > 0 {
		n.Concurrency = max(1, n.Concurrency/of)
	}
	return n
}

// Procs is how many processes can share it: no more than requests at a time.
func (n Network) Procs(wanted int) int {
	if n.Concurrency > 0 {
		return max(1, min(wanted, n.Concurrency))
	}
	return wanted
}

func (n *Network) check() error {
	var errs []error
	if n.RequestsPerSecond < 0 {
		errs = append(errs, strict.At("requests_per_second", errors.New("it cannot be negative")))
	}
	if n.Concurrency < 0 {
		errs = append(errs, strict.At("concurrency", errors.New("it cannot be negative")))
	}
	if _, err := n.pool(); err != nil {
		errs = append(errs, strict.At("ca", err))
	}
	if n.ClientCertificate != nil {
		if _, err := n.ClientCertificate.pair(); err != nil {
			errs = append(errs, strict.At("client_certificate", err))
		}
	}
	return errors.Join(errs...)
}

// TLS is the configuration of the connections.
func (n Network) TLS() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if config.RootCAs, err = n.pool(); err != nil {
		return nil, err
	}
	if n.ClientCertificate != nil {
		pair, err := n.ClientCertificate.pair()
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// pool is whom to trust; nil for whom the system trusts.
func (n Network) pool() (*x509.CertPool, error) {
	if n.CA == "" {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(n.CA)) {
		return nil, errors.New("it holds no certificate in PEM")
	}
	return pool, nil
}

// pair is the certificate with its key. What crypto/tls says of a key that is no
// key holds nothing of it.
func (c ClientCertificate) pair() (tls.Certificate, error) {
	pair, err := tls.X509KeyPair([]byte(c.Certificate), []byte(c.Key))
	if err != nil {
		return pair, fmt.Errorf("the certificate and its key cannot be used: %w", err)
	}
	return pair, nil
}

package target

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"rollcall.example/simulator/journal"
)

// Trouble is what keeps us from a product, by the name that people know it by.
type Trouble struct {
	Kind   TroubleKind
	Says   string // one line, without a secret
	Advice string // what to do about it; may be empty
	Err    error  // the cause; may be nil
}

// TroubleKind names a trouble for programs.
type TroubleKind string

// The kinds of trouble.
const (
	Unresolvable       TroubleKind = "unresolvable"
	Refused            TroubleKind = "refused"
	NoRoute            TroubleKind = "no-route"
	NoConnection       TroubleKind = "no-connection"
	Hangs              TroubleKind = "hangs"
	Closed             TroubleKind = "closed"
	Proxy              TroubleKind = "proxy"
	CertificateExpired TroubleKind = "certificate-expired"
	CertificateName    TroubleKind = "certificate-name"
	CertificateUnknown TroubleKind = "certificate-unknown"
	CertificateWanted  TroubleKind = "client-certificate"
	NoTLS              TroubleKind = "no-tls"
	Credentials        TroubleKind = "credentials"
	Unpaid             TroubleKind = "payment-required"
	Redirected         TroubleKind = "redirected"
	HTML               TroubleKind = "html"
	NotJSON            TroubleKind = "not-json"
	NotFound           TroubleKind = "not-found"
	OldSCIM            TroubleKind = "scim-1"
	TooMuch            TroubleKind = "too-much"
	Broken             TroubleKind = "broken"
	Busy               TroubleKind = "throttled"
)

// ErrInterrupted says that somebody interrupted a run before it had anything to report.
var ErrInterrupted = errors.New("interrupted before anything was judged")

func (t *Trouble) Error() string { return t.Says }

// Hint says what to do about it.
func (t *Trouble) Hint() string { return t.Advice }

// Unwrap returns the cause.
func (t *Trouble) Unwrap() error { return t.Err }

// Explain says in plain words why no answer came from an address. What it does not
// know it returns as it is.
func Explain(address string, err error) error {
	var known *Trouble
	if err == nil || errors.As(err, &known) {
		return err
	}
	host := hostOf(address)
	for _, explain := range []func(string, error) *Trouble{aboutGrant, aboutProxy, aboutLimits, aboutSize, aboutName, aboutCertificate, aboutTLS, aboutConnection, aboutTime} {
		if found := explain(host, err); found != nil {
			found.Err = err
			return found
		}
	}
	return err
}

// hostOf is the host and port of an address.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return "the product"
	}
	return parsed.Host
}

func bareHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// aboutGrant is about a token endpoint, which is another host.
func aboutGrant(_ string, err error) *Trouble {
	var refused *NotGranted
	if !errors.As(err, &refused) {
		return nil
	}
	if refused.Status == 0 {
		return &Trouble{Kind: kindOf(Explain(refused.URL, refused.Err)), Says: fmt.Sprintf("the token endpoint %s gave no access token: %v", refused.URL, Explain(refused.URL, refused.Err))}
	}
	return &Trouble{Kind: Credentials, Says: refused.Error(), Advice: "are client_id, client_secret and scopes right, and is token_url the token endpoint?"}
}

// proxiesAreNamed is how to come by another proxy, or without one.
const proxiesAreNamed = "HTTPS_PROXY and HTTP_PROXY name it, with name and password where it wants them; NO_PROXY names the hosts that are called without it"

// aboutProxy is about the proxy that the environment names: where it is what cannot be
// reached, the product has no part in it.
func aboutProxy(host string, err error) *Trouble {
	var operation *net.OpError
	switch {
	case errors.As(err, &operation) && operation.Op == "proxyconnect":
		return &Trouble{Kind: Proxy, Says: fmt.Sprintf("the proxy before %s cannot be used: %v", host, Explain("http://"+dialled(operation.Err), operation.Err)), Advice: proxiesAreNamed}
	case strings.HasSuffix(err.Error(), http.StatusText(http.StatusProxyAuthRequired)): // net/http says no more of it
		return &Trouble{Kind: Proxy, Says: "the proxy before " + host + " wants a name and a password", Advice: proxiesAreNamed}
	}
	return nil
}

// dialled is the address that could not be connected to.
func dialled(err error) string {
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Addr != nil {
		return operation.Addr.String()
	}
	return ""
}

func kindOf(err error) TroubleKind {
	var known *Trouble
	if errors.As(err, &known) {
		return known.Kind
	}
	return Broken
}

func aboutLimits(_ string, err error) *Trouble {
	var busy *Throttled
	if !errors.As(err, &busy) {
		return nil
	}
	return &Trouble{Kind: Busy, Says: busy.Error(), Advice: busy.Hint()}
}

// aboutSize is about answers that have no end.
func aboutSize(host string, err error) *Trouble {
	switch {
	case errors.Is(err, journal.ErrTooLong):
		return &Trouble{Kind: TooMuch, Says: host + " answers with more than 16 MiB", Advice: "is this the base URL of the SCIM endpoint, and does it show people by the page?"}
	case strings.Contains(err.Error(), "server response headers exceeded"): // net/http
		return &Trouble{Kind: TooMuch, Says: host + " answers with headers of more than 1 MiB", Advice: "its log may say why"}
	}
	return nil
}

func aboutName(_ string, err error) *Trouble {
	var unknown *net.DNSError
	switch {
	case !errors.As(err, &unknown):
		return nil
	case unknown.IsNotFound:
		return &Trouble{Kind: Unresolvable, Says: fmt.Sprintf("the name %s cannot be resolved: no such host", unknown.Name), Advice: "is it spelled right, and does it resolve on this machine?"}
	}
	return &Trouble{Kind: Unresolvable, Says: fmt.Sprintf("the name %s cannot be resolved: the name server does not answer", unknown.Name), Advice: "does this machine have a name server that works?"}
}

func aboutCertificate(host string, err error) *Trouble {
	var invalid x509.CertificateInvalidError
	var named x509.HostnameError
	var unknown x509.UnknownAuthorityError
	name := bareHost(host)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return aboutDates(name, invalid.Cert)
	case errors.As(err, &named):
		return &Trouble{
			Kind: CertificateName, Says: fmt.Sprintf("the certificate is not for %s but for %s", name, namesOn(named.Certificate)),
			Advice: "use an address that the certificate names, or give the server one that names this address",
		}
	case errors.As(err, &unknown):
		return &Trouble{
			Kind: CertificateUnknown, Says: fmt.Sprintf("the certificate of %s is signed by nobody that this machine trusts", name),
			Advice: "name the certificate of its authority with network.ca in the target file",
		}
	case errors.As(err, &invalid):
		return &Trouble{Kind: CertificateUnknown, Says: fmt.Sprintf("the certificate of %s cannot be used: %v", name, invalid)}
	}
	return nil
}

func aboutDates(name string, certificate *x509.Certificate) *Trouble {
	if now := time.Now(); now.Before(certificate.NotBefore) {
		return &Trouble{
			Kind: CertificateExpired, Says: fmt.Sprintf("the certificate of %s is not valid before %s", name, certificate.NotBefore.Format(time.DateOnly)),
			Advice: "is the clock of this machine right?",
		}
	}
	return &Trouble{
		Kind: CertificateExpired, Says: fmt.Sprintf("the certificate of %s expired on %s", name, certificate.NotAfter.Format(time.DateOnly)),
		Advice: "renew it",
	}
}

// namesOn are the names and addresses that a certificate is for.
func namesOn(c *x509.Certificate) string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0 && c.Subject.CommonName != "":
		return fmt.Sprintf("%q (its subject, which counts no more)", c.Subject.CommonName)
	case len(names) == 0:
		return "nobody"
	case len(names) > 3:
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

func aboutTLS(host string, err error) *Trouble {
	var plain tls.RecordHeaderError
	text := err.Error()
	switch {
	case strings.Contains(text, "tls: certificate required"), strings.Contains(text, "tls: bad certificate"), strings.Contains(text, "tls: unknown certificate authority"):
		return &Trouble{
			Kind: CertificateWanted, Says: host + " wants a client certificate, and does not take what it was shown",
			Advice: "name one that it knows with network.client_certificate in the target file",
		}
	case strings.Contains(text, "server gave HTTP response to HTTPS client"), errors.As(err, &plain):
		return &Trouble{Kind: NoTLS, Says: host + " does not speak TLS, and the address begins with https://", Advice: "is the port right? without TLS it is http://"}
	case strings.Contains(text, "malformed HTTP response"):
		return &Trouble{Kind: NoTLS, Says: host + " does not speak HTTP", Advice: "is the port right, and does the address begin with https:// where the server wants TLS?"}
	}
	return nil
}

func aboutConnection(host string, err error) *Trouble {
	var operation *net.OpError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Trouble{Kind: Refused, Says: "nothing listens at " + host + ": connection refused", Advice: "is it running, and is the port right?"}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return &Trouble{Kind: NoRoute, Says: "there is no way to " + host + " from this machine", Advice: "does it need a VPN or a proxy?"}
	case errors.As(err, &operation) && operation.Op == "dial" && operation.Timeout():
		return &Trouble{Kind: NoConnection, Says: host + " cannot be connected to: it does not answer", Advice: "does a firewall stand between, or does it need a VPN or a proxy?"}
	case strings.Contains(err.Error(), "content-encoding"):
		return nil // what cannot be unpacked ends early too
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		strings.Contains(err.Error(), "server closed idle connection"): // net/http, where it was closed before it was used
		return &Trouble{Kind: Closed, Says: host + " closed the connection " + begunOr(err, "in the middle of its answer", "without an answer"), Advice: "its log may say why"}
	}
	return nil
}

// begunOr chooses by whether an answer had begun.
func begunOr(err error, begun, otherwise string) string {
	if strings.Contains(err.Error(), "broke off") {
		return begun
	}
	return otherwise
}

func aboutTime(host string, err error) *Trouble {
	var late *TimedOut
	var out *OutOfTime
	within := ""
	switch {
	case errors.As(err, &late):
		within = fmt.Sprintf(" within %v", late.Within)
	case errors.As(err, &out):
		within = fmt.Sprintf(" within %v", out.Limit)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
	default:
		return nil
	}
	return &Trouble{Kind: Hangs, Says: host + begunOr(err, " begins to answer and does not come to an end", " takes the request and does not answer") + within, Advice: "is it too slow? network.timeout in the target file gives it longer"}
}

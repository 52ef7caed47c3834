// A service provider as the documentation of crewjam/saml builds one with its package
// samlsp. What the library decides is left to it: requests, what it believes of a
// response, sessions. What it leaves to the integrator is done here: people are known by
// their e-mail address, whoever comes for the first time is made a user, and an address
// says who is there.
//
// It listens on loopback, on the port in PORT or else a free one, and says where, as one
// line of JSON on standard output. The metadata of the identity provider that it trusts
// is in the file IDP_METADATA. It ends with its standard input.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
)

func main() {
	log.SetFlags(0)
	listener, err := net.Listen("tcp", "127.0.0.1:"+orElse(os.Getenv("PORT"), "0"))
	if err != nil {
		log.Fatal(err)
	}
	at := url.URL{Scheme: "http", Host: listener.Addr().String()}
	provider, err := serviceProvider(at)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	err = json.NewEncoder(os.Stdout).Encode(map[string]string{
		"base": at.String(), "metadata": at.String() + "/saml/metadata", "sign_in": at.String() + "/", "whoami": at.String() + "/me",
	})
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Handler: product(provider), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0), // who posted sees that it fell over
	}
	log.Fatal(server.Serve(listener))
}

// serviceProvider is samlsp with its defaults, but that it lets sign-in start at the
// identity provider, unless IDP_INITIATED is off.
func serviceProvider(at url.URL) (*samlsp.Middleware, error) {
	text, err := os.ReadFile(os.Getenv("IDP_METADATA"))
	if err != nil {
		return nil, fmt.Errorf("IDP_METADATA: %w", err)
	}
	trusted, err := samlsp.ParseMetadata(text)
	if err != nil {
		return nil, fmt.Errorf("IDP_METADATA: %w", err)
	}
	key, certificate, err := keyPair()
	if err != nil {
		return nil, err
	}
	options := samlsp.Options{
		URL: at, Key: key, Certificate: certificate, IDPMetadata: trusted,
		AllowIDPInitiated: os.Getenv("IDP_INITIATED") != "off",
	}
	made, err := samlsp.New(options)
	if err != nil {
		return nil, err
	}
	// The library's own answer is this too, besides a log of the whole response.
	made.OnError = func(w http.ResponseWriter, _ *http.Request, _ error) {
		http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
	}
	// Cookies are signed with a key of their own, of a kind that signs quickly.
	if options.Key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	made.RequestTracker = samlsp.DefaultRequestTracker(options, &made.ServiceProvider)
	sessions := samlsp.DefaultSessionProvider(options)
	sessions.Codec = byAddress{sessions.Codec}
	made.Session = sessions
	return made, nil
}

// byAddress is the library's sessions, for people who are known by their e-mail address.
type byAddress struct{ samlsp.SessionCodec }

// New makes a session for the person of the assertion's address.
func (c byAddress) New(assertion *saml.Assertion) (samlsp.Session, error) {
	made, err := c.SessionCodec.New(assertion)
	if err != nil {
		return nil, err
	}
	claims, ok := made.(samlsp.JWTSessionClaims)
	if claims.Subject = address(assertion); !ok || claims.Subject == "" {
		return nil, errors.New("the assertion has no e-mail address")
	}
	return claims, nil
}

// address is the name, where that is an address, as Okta sends it; a name that means
// something to the identity provider only has the address in an attribute beside it.
func address(assertion *saml.Assertion) string {
	if assertion.Subject == nil || assertion.Subject.NameID == nil {
		return ""
	}
	name := assertion.Subject.NameID
	switch saml.NameIDFormat(name.Format) {
	case saml.PersistentNameIDFormat, saml.TransientNameIDFormat:
		for _, statement := range assertion.AttributeStatements {
			for _, attribute := range statement.Attributes {
				if attribute.Name == "email" && len(attribute.Values) == 1 {
					return attribute.Values[0].Value
				}
			}
		}
		return ""
	}
	if !strings.Contains(name.Value, "@") {
		return ""
	}
	return name.Value
}

// keyPair is what requests are signed with and assertions encrypted for.
func keyPair() (*rsa.PrivateKey, *x509.Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a product"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return key, certificate, err
}

// users are everybody who ever signed in.
type users struct {
	mu    sync.Mutex
	known map[string]time.Time
}

// meet makes a user of whoever comes for the first time.
func (u *users) meet(email string) (since time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, ok := u.known[email]; !ok {
		u.known[email] = time.Now()
	}
	return u.known[email]
}

// asking is the provider where it signs its requests, and asks that the person be seen anew.
func asking(provider samlsp.Middleware) *samlsp.Middleware {
	anew := true
	provider.ServiceProvider.ForceAuthn = &anew
	provider.ServiceProvider.SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	return &provider
}

func product(provider *samlsp.Middleware) http.Handler {
	everybody := &users{known: map[string]time.Time{}}
	mux := http.NewServeMux()
	mux.Handle("/saml/", provider)
	mux.Handle("GET /{$}", provider.RequireAccount(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		everybody.meet(subject(samlsp.SessionFromContext(r.Context())))
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Home</title><p>Welcome.</p>")
	})))
	anew := asking(*provider)
	mux.HandleFunc("GET /anew", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/" // where the way ends
		anew.HandleStartAuthFlow(w, r)
	})
	mux.HandleFunc("GET /saml/metadata", func(w http.ResponseWriter, _ *http.Request) {
		described, always := anew.ServiceProvider.Metadata(), false // with the key for requests, which not all have
		described.SPSSODescriptors[0].AuthnRequestsSigned = &always
		w.Header().Set("Content-Type", "application/samlmetadata+xml")
		_ = xml.NewEncoder(w).Encode(described)
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		session, err := provider.Session.GetSession(r)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		email := subject(session)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"user": map[string]any{"email": email, "since": everybody.meet(email)}})
	})
	return mux
}

// subject is whom the session is for.
func subject(session samlsp.Session) string {
	claims, ok := session.(samlsp.JWTSessionClaims)
	if !ok {
		return ""
	}
	return claims.Subject
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

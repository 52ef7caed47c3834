package saml

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Request is a sign-in request that we send: its ID, to be remembered until it is
// answered, and its XML.
type Request struct {
	ID  string
	XML []byte
}

// AuthnRequest makes a sign-in request with the given ID (Core 3.4.1). It states where
// the answer should go, for identity providers that want to be told, and leaves the
// kind of name to them.
func (p Provider) AuthnRequest(id string, now time.Time) Request {
	document := newDocument()
	request := document.CreateElement("samlp:AuthnRequest")
	request.CreateAttr("xmlns:samlp", nsProtocol)
	request.CreateAttr("xmlns:saml", nsAssertion)
	request.CreateAttr("ID", id)
	request.CreateAttr("Version", "2.0")
	request.CreateAttr("IssueInstant", now.UTC().Format("2006-01-02T15:04:05.000Z"))
	request.CreateAttr("Destination", p.IdP.SSOURL)
	request.CreateAttr("AssertionConsumerServiceURL", p.ACS)
	request.CreateAttr("ProtocolBinding", bindingPOST)
	request.CreateElement("saml:Issuer").SetText(p.EntityID)
	policy := request.CreateElement("samlp:NameIDPolicy")
	policy.CreateAttr("AllowCreate", "true")
	policy.CreateAttr("Format", formatAny)
	return Request{ID: id, XML: write(document)}
}

// Redirect returns the address that sends the request to ssoURL with the Redirect
// binding (Bindings 3.4.4): deflated, base64, and in the order that the binding
// names. relayState comes back with the response; "" leaves it out. It is at most 1024
// bytes, which is more than the 80 of the standard and less than any known limit.
func (r Request) Redirect(ssoURL, relayState string) (string, error) {
	target, err := url.Parse(ssoURL)
	if err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
		return "", fmt.Errorf("saml: the identity provider's sign-in address %q is not an http or https URL", ssoURL)
	}
	if len(relayState) > maxRelayState {
		return "", fmt.Errorf("saml: the relay state has %d bytes; %d are allowed", len(relayState), maxRelayState)
	}
	deflated, err := deflate(r.XML)
	if err != nil {
		return "", fmt.Errorf("saml: the request could not be deflated: %w", err)
	}
	query := "SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated))
	if relayState != "" {
		query += "&RelayState=" + url.QueryEscape(relayState)
	}
	if target.RawQuery != "" {
		query = strings.TrimSuffix(target.RawQuery, "&") + "&" + query
	}
	target.RawQuery, target.Fragment, target.RawFragment = query, "", ""
	return target.String(), nil
}

// deflaters are kept, since making one takes more memory than all the rest of a
// sign-in. At this level one is also used again without clearing its tables, which
// takes longer than a request of half a kilobyte.
var deflaters = sync.Pool{New: func() any {
	writer, _ := flate.NewWriter(io.Discard, flate.BestSpeed) // fails on an unknown level only
	return writer
}}

func deflate(data []byte) ([]byte, error) {
	writer := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(writer)
	var out bytes.Buffer
	writer.Reset(&out)
	_, writeErr := writer.Write(data)
	if err := errors.Join(writeErr, writer.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// NewID returns a fresh ID for a request: an underscore, since an XML ID must not
// start with a digit, and 160 random bits in hex (Core 1.3.4 asks for 128 to 160).
// random is crypto/rand.Reader outside of tests; NewID panics when it fails.
func NewID(random io.Reader) string {
	var bits [20]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		panic("saml: no randomness for an ID: " + err.Error())
	}
	return "_" + hex.EncodeToString(bits[:])
}

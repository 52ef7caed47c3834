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
	return p.Ask(id, now, Wish{})
}

// Wish is what a sign-in request may ask for beyond a sign-in.
type Wish struct {
	ForceAuthn bool // that the person proves anew who they are
	IsPassive  bool // that nobody is asked anything: who is not signed in there stays out
}

// Ask is AuthnRequest with a wish.
func (p Provider) Ask(id string, now time.Time, w Wish) Request {
	document := newDocument()
	request := document.CreateElement("samlp:AuthnRequest")
	request.CreateAttr("xmlns:samlp", nsProtocol)
	request.CreateAttr("xmlns:saml", nsAssertion)
	request.CreateAttr("ID", id)
	request.CreateAttr("Version", "2.0")
	request.CreateAttr("IssueInstant", stamp(now))
	request.CreateAttr("Destination", p.IdP.SSOURL)
	if w.ForceAuthn {
		request.CreateAttr("ForceAuthn", "true")
	}
	if w.IsPassive {
		request.CreateAttr("IsPassive", "true")
	}
	request.CreateAttr("AssertionConsumerServiceURL", p.ACS)
	request.CreateAttr("ProtocolBinding", bindingPOST)
	request.CreateElement("saml:Issuer").SetText(p.EntityID)
	policy := request.CreateElement("samlp:NameIDPolicy")
	policy.CreateAttr("AllowCreate", "true")
	policy.CreateAttr("Format", formatAny)
	return Request{ID: id, XML: write(document)}
}

// SendRequest puts a request on its way: by Redirect, or by POST where that is asked for
// and the identity provider takes it. It is signed where there is a key to sign with.
func (p Provider) SendRequest(r Request, relayState string, byPost bool) (Leaving, error) {
	if !byPost || p.IdP.SSOPostURL == "" {
		address, err := redirect(p.IdP.SSOURL, "SAMLRequest", r.XML, relayState, p.Signing)
		return Leaving{Address: address}, err
	}
	return post(p.IdP.SSOPostURL, "SAMLRequest", r.XML, relayState, p.Signing)
}

// Redirect returns the address that sends the request to ssoURL with the Redirect
// binding (Bindings 3.4.4): deflated, base64, and in the order that the binding
// names. relayState comes back with the response; "" leaves it out. It is at most 1024
// bytes, which is more than the 80 of the standard and less than any known limit.
func (r Request) Redirect(ssoURL, relayState string) (string, error) {
	return redirect(ssoURL, "SAMLRequest", r.XML, relayState, nil)
}

// SignedRedirect is Redirect with a signature in the address, by our own key.
func (r Request) SignedRedirect(ssoURL, relayState string, k *KeyPair) (string, error) {
	return redirect(ssoURL, "SAMLRequest", r.XML, relayState, k)
}

// Posted is the form value SAMLRequest of the POST binding (Bindings 3.5.4), signed
// where a key is given.
func (r Request) Posted(k *KeyPair) (string, error) { return posted(r.XML, k) }

// redirect writes a message into the query of an address, signed where there is a key.
func redirect(to, parameter string, xml []byte, relayState string, k *KeyPair) (string, error) {
	target, err := url.Parse(to)
	if err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
		return "", fmt.Errorf("saml: the identity provider's address %q is not an http or https URL", to)
	}
	if len(relayState) > maxRelayState {
		return "", fmt.Errorf("saml: the relay state has %d bytes; %d are allowed", len(relayState), maxRelayState)
	}
	deflated, err := deflate(xml)
	if err != nil {
		return "", fmt.Errorf("saml: the message could not be deflated: %w", err)
	}
	query := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated))
	if relayState != "" {
		query += "&RelayState=" + url.QueryEscape(relayState)
	}
	if k != nil {
		if query, err = k.signQuery(query); err != nil {
			return "", err
		}
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

// forced begins the ID of a request with ForceAuthn, so that its answer is known for
// one: the ID is ours, and none that we did not send is taken.
const forced = "_anew-"

// NewForcedID is [NewID] for a request that the person proves anew who they are.
func NewForcedID(random io.Reader) string { return forced + strings.TrimPrefix(NewID(random), "_") }

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

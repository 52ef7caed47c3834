package saml

import (
	"crypto/x509"
	"time"
)

// Provider is one configured single sign-on connection: an organization's identity
// provider on one side and the service provider that we are to it on the other.
type Provider struct {
	// ID is the connection's UUID. It keys the request log, so that one
	// connection never answers another's request.
	ID string
	// EntityID is our own name, as the identity provider knows us: the audience
	// that an assertion must be meant for.
	EntityID string
	// ACS is the absolute URL of our assertion consumer service, query included.
	ACS string
	// Decryption is the key that assertions through this connection are encrypted for;
	// nil where they come plain. With a key, a plain one is refused.
	Decryption *DecryptionKey
	// SLO is the absolute URL of our single logout service for this connection; empty
	// where there is none.
	SLO string
	// Signing signs what we send; nil where nothing is signed.
	Signing *KeyPair
	// SignsRequests says that every AuthnRequest is signed.
	SignsRequests bool
	// IdP is the identity provider on the other side.
	IdP IdP
}

// IdP is what we know of an identity provider, from its metadata.
type IdP struct {
	// EntityID is its name, compared as is with every Issuer.
	EntityID string
	// SSOURL is where a sign-in request is sent with the Redirect binding.
	SSOURL string
	// SSOPostURL is where one is sent with the POST binding; empty where that is not offered.
	SSOPostURL string
	// SLOURL and SLOPostURL are where logout messages are sent with either binding;
	// empty where that is not offered.
	SLOURL, SLOPostURL string
	// WantsSignedRequests says that it takes only requests that we sign.
	WantsSignedRequests bool
	// Certificates hold the RSA and ECDSA keys that may sign. Two of them are a rollover;
	// either may have signed a message. Only their keys matter, not their dates.
	Certificates []*x509.Certificate
	// ValidUntil is when the metadata stops to be good; zero where it does not say. It
	// counts when the metadata is given to us, and not for what comes later.
	ValidUntil time.Time
}

package saml

import "crypto/x509"

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
	// IdP is the identity provider on the other side.
	IdP IdP
}

// IdP is what we know of an identity provider, from its metadata.
type IdP struct {
	// EntityID is its name, compared as is with every Issuer.
	EntityID string
	// SSOURL is where a sign-in request is sent with the Redirect binding.
	SSOURL string
	// Certificates hold the RSA and ECDSA keys that may sign. Two of them are a rollover;
	// either may have signed a message. Only their keys matter, not their dates.
	Certificates []*x509.Certificate
}

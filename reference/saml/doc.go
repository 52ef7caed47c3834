// Package saml is the service provider's half of SAML 2.0 web single sign-on, as
// a library: it writes our metadata and our sign-in requests, reads an identity
// provider's metadata, and decides whether a posted response may be believed.
// It has no routes, no store and no clock; its caller brings all three.
//
// # How a sign-in travels
//
// A person asks for /sso/acme. The provider makes an AuthnRequest, remembers its
// ID, and sends the browser to the identity provider with the request deflated
// into the address (the Redirect binding). The identity provider knows who sits
// there, writes an assertion ("this is han@example.com, for this audience, until
// five past"), signs it, wraps it in a Response and has the browser post that to
// our assertion consumer service (the POST binding). A sign-in that starts at the
// identity provider is the same without the request: the response is unsolicited.
//
//	request := provider.AuthnRequest(saml.NewID(rand.Reader), now)
//	location, err := request.Redirect(provider.IdP.SSOURL, "/projects")
//	…
//	assertion, err := saml.Standard().Verify(ctx, saml.Arrival{
//		Encoded: form.Get("SAMLResponse"), Providers: candidates, ACS: acs, Now: now,
//		Requests: requests, Uses: uses, AllowUnsolicited: true,
//	})
//	var refusal *saml.Refusal
//	if errors.As(err, &refusal) { … } // refusal.Check and refusal.Reason go to the audit log
//
// # What was verified is what is read
//
// Nearly every hole in this protocol was one and the same mistake: a signature was
// checked over one part of the document and the person was read from another.
// So a [Policy] is a list of named checks in which one, "signature", is a
// watershed. The checks before it read the document as it came and can only
// refuse. "signature" computes the canonical form of the signed element, compares
// digest and signature, and then parses those very bytes again into
// [Message.Trusted]. The checks after it read the assertion from nowhere else.
// Text, comments and elements that were not signed are not in that tree.
//
// # Why a scanner of our own
//
// Most of the time of a sign-in went into reading XML: the parser of the standard library
// costs six verifications of a signature for each time that a response is read, and it is
// read twice, as it came and as it was verified. So this package has a scanner of its own,
// some three hundred lines for the part of XML that SAML needs, and none for the rest; all
// that is dangerous in XML is in the rest. It makes the tree that the library would make,
// so that everything else stayed as it was, the canonical form among it. That form is not
// made while scanning, which would be faster still: it would take a second notion of
// namespaces beside the one that the checks have, and two notions of one document are
// what attacks are made of. A response with one signature is decided on in the time of
// about four verifications, one with two in that of about six.
//
// Fuzz targets hold the scanner to the standard library, and the canonical form to that of
// the simulator, of goxmldsig and, where they are installed, of xmllint and xmlsec1.
//
// # Whose key
//
// A provider's certificates are pinned: a certificate is taken as the holder of a
// key and nothing more, as the metadata interoperability profile of SAML has it.
// Its dates, issuer and extensions are not looked at, so an expired certificate
// that an administrator has not replaced goes on working, and a
// certificate inside a message never decides which key is used.
//
// # Secrets
//
// A [Provider] with a Decryption key takes assertions that are encrypted for it, and no
// others. Encryption hides, it does not prove: anybody can encrypt for us, so what was
// decrypted needs a signature like everything else. [Ciphers] has the algorithms. All
// failures to decrypt are one and the same refusal, that nobody can use us as an oracle.
//
// # Limits, on purpose
//
// RSA and ECDSA with SHA-256, SHA-384 or SHA-512 and exclusive canonicalization without
// comments are the only algorithms for signatures.
package saml

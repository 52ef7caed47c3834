// Package idp is the SAML half of the fake Okta: an identity provider without a
// network.
//
// A sign-in is a short conversation in which the two sides never talk directly;
// the browser carries every message. The product sends the browser over with an
// AuthnRequest, which ParseRedirect and ParsePost read. The identity provider
// finds out who is sitting there and answers with a signed Response (Issue), in
// a page that posts itself to the product (Form). The product believes what the
// response says because of the signature, made with the key whose certificate it
// was given beforehand in the metadata (Identity.Metadata).
//
// Everything is in Okta's shape down to the order of attributes, since products
// break on shape as often as on meaning; a Shape in the claims makes it another's, and
// package shapes has those that are met. What may differ from one message to the
// next is in Claims; an Encryption there hides the assertion, or the name in it, from
// everybody but the product. To make a response that is wrong on purpose, take the Draft
// that Issue would sign, change it before or after Signer.Sign, and Seal it.
package idp

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Name identifier formats that Okta can be set to send (SAML 2.0 core §8.3).
const (
	FormatEmailAddress = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	FormatUnspecified  = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	FormatX509Subject  = "urn:oasis:names:tc:SAML:1.1:nameid-format:x509SubjectName"
	FormatPersistent   = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	FormatTransient    = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
)

// Identity is one app's identity provider: the names and addresses that its
// metadata states, and the key that signs. In Okta each app has one of its own.
type Identity struct {
	// Org is the tenant's subdomain, as acme in acme.okta.com.
	Org string
	// App is the app's name in URLs, as acme_rollcall_1.
	App string
	// ExternalKey is the id that starts with exk and stands in the other fields.
	ExternalKey string
	// EntityID is what the Issuer of each message says: http://www.okta.com/exk….
	EntityID string
	// SSOURL takes AuthnRequests, by Redirect and by POST.
	SSOURL string
	// SLOURL takes logout messages, by Redirect and by POST.
	SLOURL string
	// Logout says that single logout is switched on, and the metadata that there is a SLOURL.
	Logout bool
	// WantRequestsSigned has the metadata ask for signed AuthnRequests.
	WantRequestsSigned bool
	// MetadataURL serves Metadata.
	MetadataURL string
	// NameIDFormat is the one format that the metadata offers; FormatEmailAddress from NewIdentity.
	NameIDFormat string
	// Key signs; Certificate holds its public half.
	Key         Key
	Certificate *x509.Certificate
}

var (
	orgName  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	notASlug = regexp.MustCompile(`[^a-z0-9]+`)
)

// NewIdentity makes the identity that Okta would give the app with that label in
// the org with that subdomain. It depends on nothing but its arguments, so a
// product that was given the metadata once keeps trusting it: the external key
// comes from org and label, the certificate from org, key and the time of
// creation. The base URL is where the identity provider answers; empty means
// https://{org}.okta.com.
func NewIdentity(org, label string, key Key, created time.Time, baseURL string) (Identity, error) {
	if key == nil {
		return Identity{}, errors.New("identity provider: no key to sign with")
	}
	named, err := Identity{NameIDFormat: FormatEmailAddress}.Named(org, label, baseURL)
	if err != nil {
		return Identity{}, err
	}
	return named.WithKey(key, created)
}

// Named returns the identity under the names that Okta would give another app,
// with the same key and the same certificate: making one takes as long as signing
// a response. The arguments are those of NewIdentity.
func (i Identity) Named(org, label, baseURL string) (Identity, error) {
	if !orgName.MatchString(org) {
		return Identity{}, fmt.Errorf("identity provider: %q is not a subdomain; use small letters, digits and hyphens", org)
	}
	if baseURL == "" {
		baseURL = "https://" + org + ".okta.com"
	}
	if base, err := url.Parse(baseURL); err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return Identity{}, fmt.Errorf("identity provider: base URL %q is not an absolute http or https URL", baseURL)
	}
	slug := strings.Trim(notASlug.ReplaceAllString(strings.ToLower(label), ""), "_")
	if slug == "" {
		return Identity{}, fmt.Errorf("identity provider: label %q has no letter or digit to make a name of", label)
	}
	baseURL = strings.TrimRight(baseURL, "/")
	i.Org, i.App, i.ExternalKey = org, org+"_"+slug+"_1", externalKey(org, slug)
	i.EntityID = "http://www.okta.com/" + i.ExternalKey
	i.SSOURL = baseURL + "/app/" + i.App + "/" + i.ExternalKey + "/sso/saml"
	i.SLOURL = baseURL + "/app/" + i.App + "/" + i.ExternalKey + "/slo/saml"
	i.MetadataURL = baseURL + "/app/" + i.ExternalKey + "/sso/saml/metadata"
	return i, nil
}

// WithKey returns the identity after a key rollover: all the same names, another
// key and the certificate made for it at that time.
func (i Identity) WithKey(key Key, created time.Time) (Identity, error) {
	certificate, err := Certify(i.Org, key, created)
	if err != nil {
		return Identity{}, err
	}
	i.Key, i.Certificate = key, certificate
	return i, nil
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// externalKey returns 20 characters that look drawn at random and never change.
func externalKey(org, slug string) string {
	sum := sha256.Sum256([]byte(org + "\x00" + slug))
	id := []byte("exk")
	for _, b := range sum[:14] {
		id = append(id, base62[int(b)%len(base62)])
	}
	return string(append(id, "697"...))
}

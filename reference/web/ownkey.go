package web

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net/http"
	"sync"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// signingKey is the name of the key that we sign with, in the store.
const signingKey = "saml-signing"

const ownKeyBits = 2048

// givenAt dates the certificate of a key that was given rather than made.
var givenAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// ownKey is the key pair that signs what we send to identity providers: one for the
// whole product, as its entity id is one. It is found or made when it is first needed,
// since few connections need it and making a key takes a while.
type ownKey struct {
	given *rsa.PrivateKey

	mu    sync.Mutex
	found *saml.KeyPair
}

func (k *ownKey) pair(ctx context.Context, store *org.Service, name string) (*saml.KeyPair, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.found != nil {
		return k.found, nil
	}
	key, created := k.given, givenAt
	if key == nil {
		var err error
		if key, created, err = kept(ctx, store); err != nil {
			return nil, err
		}
	}
	pair, err := saml.NewKeyPair(key, name, created)
	if err == nil {
		k.found = pair
	}
	return pair, err
}

// kept takes the key from the store.
func kept(ctx context.Context, store *org.Service) (*rsa.PrivateKey, time.Time, error) {
	own, err := store.OwnKey(ctx, signingKey, func() ([]byte, error) {
		made, err := rsa.GenerateKey(rand.Reader, ownKeyBits)
		if err != nil {
			return nil, err
		}
		return x509.MarshalPKCS8PrivateKey(made)
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(own.Private)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("the key %s in the store: %w", signingKey, err)
	}
	key, is := parsed.(*rsa.PrivateKey)
	if !is {
		return nil, time.Time{}, fmt.Errorf("the key %s in the store is not an RSA key", signingKey)
	}
	return key, own.Created, nil
}

// signingParty is [Server.serviceProvider] with our key.
func (s *Server) signingParty(r *http.Request, organization org.Organization, provider org.Provider) (saml.Provider, error) {
	us, err := s.serviceProvider(s.site(r), organization, provider)
	if err != nil {
		return saml.Provider{}, err
	}
	us.Signing, err = s.signing.pair(r.Context(), s.org, us.EntityID)
	return us, err
}

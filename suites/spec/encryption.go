package spec

import (
	"context"

	"rollcall.example/suites/target"
)

// withKey returns the connection with the key to encrypt for, where it wants that.
func (p *Product) withKey(ctx context.Context, made target.Connection) target.Connection {
	if !made.SAML.WantsEncryption {
		return made
	}
	made, ok, err := p.live.Encrypted(ctx, made)
	broken(err, 2)
	if !ok {
		conclude(EntryUntestable, "the product wants encrypted assertions, and its metadata has no key to encrypt for", 2)
	}
	return made
}

// WithEncryption is Okta and the product at a connection that takes encrypted assertions:
// the usual one where its metadata has a key for that, and otherwise that of an
// organization which is founded so. Okta encrypts there.
func (p *Product) WithEncryption(ctx context.Context) (*Okta, *Product) {
	usual, ok, err := p.live.Encrypted(ctx, p.connection)
	broken(err, 1)
	if ok {
		return p.enter(usual)
	}
	if !p.live.Has(target.OrgCreate) {
		conclude(EntryUntestable, "the product's metadata has no key to encrypt for, and nobody can found an organization that has one", 1)
	}
	return p.Found(ctx, Organization{Encrypted: true})
}

// OnlyEncrypted is WithEncryption where plain assertions are refused. It ends the spec as
// unsupported where the product does not say so of itself.
func (p *Product) OnlyEncrypted(ctx context.Context) (*Okta, *Product) {
	okta, product := p.WithEncryption(ctx)
	if !product.connection.SAML.WantsEncryption {
		conclude(EntryUnsupported, "the product has a key to encrypt for and does not say that it takes nothing else (saml.wants_encrypted_assertions)", 1)
	}
	return okta, product
}
